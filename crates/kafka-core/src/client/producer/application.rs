//! The thread that uses the producer: it calls `send` one record after another
//! and blocks where Kafka's `send` blocks (metadata, buffer memory, PRO-4);
//! steady loads; flush and close.

use std::rc::Rc;

use super::batch::ProducerBatch;
use super::{Draw, Producer};
use crate::client::{ClientEvent, ClientFailure, ProducerLoad, RecordToSend};
use crate::encode::estimate_upper_bound;
use crate::error::ErrorCode;
use crate::node::{Effects, Prng, TimerKey};
use crate::partitioner::{TopicPartitions, partition_for_key};
use crate::record::Record;
use crate::types::{Bytes, Duration, Name, Time, TopicId, TopicPartition};

/// The application's blocked call may have waited long enough.
pub(super) const BLOCKED: TimerKey = TimerKey::Retry(3);

/// Something the application wants next.
#[derive(Clone, Debug)]
pub(super) enum Action {
    Send(PendingSend),
    Flush,
    Close,
}

/// A call of `send` that has not returned.
#[derive(Clone, Debug)]
pub(super) struct PendingSend {
    /// Place of the topic.
    topic: u32,
    partition: Option<u32>,
    record: Record,
}

/// Why a call of `send` does not return yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Wait {
    Metadata,
    Memory(u64),
}

/// A load with what it need not make twice.
#[derive(Clone, Debug)]
pub(super) struct RunningLoad {
    load: ProducerLoad,
    topic: u32,
    keys: Vec<Bytes>,
}

impl Producer {
    /// The application calls `send`.
    pub(super) fn command_send(&mut self, command: &RecordToSend, tag: u64, now: Time) {
        let topic = self.use_topic(&command.topic);
        let timestamp = command.timestamp_ms.unwrap_or(now.as_ms() as i64);
        let pending = PendingSend {
            topic,
            partition: command.partition,
            record: Record {
                key: command.key.clone(),
                value: command.value.clone(),
                headers: command.headers.clone(),
                timestamp_ms: timestamp,
                tag,
            },
        };
        self.actions.push_back(Action::Send(pending));
    }

    fn use_topic(&mut self, name: &Name) -> u32 {
        self.net.want_topic(name);
        self.acc.topic(name, self.config.batch_size)
    }

    fn next_tag(&mut self) -> u64 {
        self.last_tag += 1;
        u64::from(self.node.0) << 32 | self.last_tag
    }

    /// The application goes on until it blocks or has nothing to do.
    pub(super) fn run_application(&mut self, now: Time, prng: &mut Prng, fx: &mut Effects) {
        while let Some(action) = self.actions.pop_front() {
            let again = match action {
                Action::Send(pending) => self.call_send(pending, now, prng, fx).map(Action::Send),
                Action::Flush => self.call_flush(fx),
                Action::Close => self.call_close(fx),
            };
            if let Some(blocked) = again {
                self.actions.push_front(blocked);
                return;
            }
        }
    }

    fn call_flush(&mut self, fx: &mut Effects) -> Option<Action> {
        if self.flush_mark.is_none() {
            self.ready_all();
        }
        let mark = *self.flush_mark.get_or_insert(self.acc.last_number);
        if self.acc.outstanding().any(|b| b.origin <= mark) {
            return Some(Action::Flush);
        }
        self.flush_mark = None;
        fx.event(ClientEvent::Flushed);
        None
    }

    fn call_close(&mut self, fx: &mut Effects) -> Option<Action> {
        if self.acc.outstanding().next().is_some() {
            self.ready_all();
            return Some(Action::Close);
        }
        self.closed = true;
        fx.event(ClientEvent::Closed);
        fx.list.push(crate::node::Effect::Exit);
        None
    }

    /// One call of `send`: gives the record back if the call blocks.
    fn call_send(
        &mut self,
        mut pending: PendingSend,
        now: Time,
        prng: &mut Prng,
        fx: &mut Effects,
    ) -> Option<PendingSend> {
        if self.blocked_since.is_none() {
            if pending.record.tag == 0 {
                pending.record.tag = self.next_tag();
            }
            let topic = self.acc.topics[pending.topic as usize].name.clone();
            let tag = pending.record.tag;
            fx.event(ClientEvent::Sent { tag, topic });
            self.counts.sent += 1;
        }
        if let Some(failure) = self.refused(&pending) {
            self.send_failed(pending, failure, fx);
            return None;
        }
        match self.try_send(&mut pending, now, prng, fx) {
            Ok(()) => {
                self.unblock(fx);
                None
            }
            Err(wait) => self.block(pending, wait, now, fx),
        }
    }

    fn unblock(&mut self, fx: &mut Effects) {
        self.memory_exhausted = false;
        if self.blocked_since.take().is_some() {
            fx.cancel_timer(BLOCKED);
        }
    }

    fn block(
        &mut self,
        pending: PendingSend,
        wait: Wait,
        now: Time,
        fx: &mut Effects,
    ) -> Option<PendingSend> {
        let max = Duration::from_ms(u64::from(self.config.max_block_ms));
        let since = *self.blocked_since.get_or_insert(now);
        if since == now {
            fx.set_timer(BLOCKED, now + max);
        }
        if now >= since + max {
            let failure = self.waited_too_long(&pending, wait);
            self.send_failed(pending, failure, fx);
            return None;
        }
        if wait == Wait::Metadata && !self.net.is_updating() {
            self.net.request_update();
        }
        Some(pending)
    }

    fn waited_too_long(&self, pending: &PendingSend, wait: Wait) -> ClientFailure {
        let topic = &self.acc.topics[pending.topic as usize];
        let (name, ms) = (&topic.name, self.config.max_block_ms);
        let text = match (wait, pending.partition) {
            (Wait::Memory(size), _) => {
                let total = self.config.buffer_memory;
                let left = total.saturating_sub(self.acc.reserved);
                let pool = self.config.batch_size;
                format!(
                    "Failed to allocate {size} bytes within the configured max blocking time {ms} ms. Total memory: {total} bytes. Available memory: {left} bytes. Poolable size: {pool} bytes"
                )
            }
            (Wait::Metadata, Some(partition)) if !topic.slots.is_empty() => format!(
                "Partition {partition} of topic {name} with partition count {} is not present in metadata after {ms} ms.",
                topic.slots.len()
            ),
            (Wait::Metadata, _) => {
                format!("Topic {name} not present in metadata after {ms} ms.")
            }
        };
        let mut failure = ClientFailure::new(ErrorCode::RequestTimedOut, &text);
        match wait {
            Wait::Memory(_) => failure.exception = "BufferExhaustedException",
            Wait::Metadata => failure.cause = self.topic_errors.get(name).copied(),
        }
        failure
    }

    /// What `send` throws at once: a record that can never be sent.
    fn refused(&self, pending: &PendingSend) -> Option<ClientFailure> {
        let name = &self.acc.topics[pending.topic as usize].name;
        if self.topic_errors.get(name) == Some(&ErrorCode::InvalidTopicException) {
            let text = format!("Invalid topics: [{name}]");
            return Some(ClientFailure::new(ErrorCode::InvalidTopicException, &text));
        }
        let size = estimate_upper_bound(&pending.record);
        let limit = self.config.max_request_size;
        if size > limit {
            let text = format!(
                "The message is {size} bytes when serialized which is larger than {limit}, which is the value of the max.request.size configuration."
            );
            return Some(ClientFailure::new(ErrorCode::MessageTooLarge, &text));
        }
        if u64::from(size) > self.config.buffer_memory {
            let text = format!(
                "The message is {size} bytes when serialized which is larger than the total memory buffer you have configured with the buffer.memory configuration."
            );
            return Some(ClientFailure::new(ErrorCode::MessageTooLarge, &text));
        }
        None
    }

    fn send_failed(&mut self, pending: PendingSend, failure: ClientFailure, fx: &mut Effects) {
        self.unblock(fx);
        self.counts.failed += 1;
        let topic = self.acc.topics[pending.topic as usize].name.clone();
        if self.topic_errors.get(&topic) == Some(&ErrorCode::InvalidTopicException) {
            self.topic_errors.remove(&topic);
            self.net.unwant_topic(&topic);
        }
        fx.event(ClientEvent::SendFailed {
            tag: pending.record.tag,
            topic,
            partition: pending.partition,
            failure,
        });
    }

    /// Appends the record to its partition's last batch, or to a new one.
    fn try_send(
        &mut self,
        pending: &mut PendingSend,
        now: Time,
        prng: &mut Prng,
        fx: &mut Effects,
    ) -> Result<(), Wait> {
        let topic = &self.acc.topics[pending.topic as usize];
        let count = topic.slots.len() as u32;
        let id = topic.id.ok_or(Wait::Metadata)?;
        if count == 0 || pending.partition.is_some_and(|p| p >= count) {
            return Err(Wait::Metadata);
        }
        let by_key = pending.record.key.as_ref();
        let by_key = by_key.filter(|_| !self.config.ignore_keys);
        let by_key = by_key.map(|key| partition_for_key(key, count));
        let Some(fixed) = pending.partition.or(by_key) else {
            return self.try_send_sticky(pending, id, now, prng, fx);
        };
        let slot = topic.slots[fixed as usize];
        let record = std::mem::take(&mut pending.record);
        match self.append(slot, record) {
            Ok(_) => Ok(()),
            Err(record) => {
                let partition = TopicPartition::new(id, fixed);
                let begun = self.begin_batch(slot, partition, record, now, fx);
                begun.map_err(|(record, wait)| {
                    pending.record = record;
                    wait
                })
            }
        }
    }

    /// PRO-3: a record without a key goes where the partitioner sticks, which may
    /// move on when the batch there turns out to be complete.
    fn try_send_sticky(
        &mut self,
        pending: &mut PendingSend,
        id: TopicId,
        now: Time,
        prng: &mut Prng,
        fx: &mut Effects,
    ) -> Result<(), Wait> {
        let topic = pending.topic;
        let mut record = std::mem::take(&mut pending.record);
        loop {
            let slot = self.sticky_slot(topic, prng);
            if self.is_complete(slot) && self.stick(topic, 0, true, prng) {
                continue;
            }
            record = match self.append(slot, record) {
                Ok(bytes) => {
                    let complete = self.is_complete(slot);
                    self.stick(topic, bytes, complete, prng);
                    return Ok(());
                }
                Err(record) => record,
            };
            if self.is_complete(slot) && self.stick(topic, 0, true, prng) {
                continue;
            }
            let number = self.acc.partitions[slot as usize].partition;
            let partition = TopicPartition::new(id, number);
            if let Err((record, wait)) = self.begin_batch(slot, partition, record, now, fx) {
                pending.record = record;
                return Err(wait);
            }
            if self.config.adaptive_partitioning {
                self.weigh_queues(topic);
            }
            let queue = &self.acc.partitions[slot as usize];
            let bytes = queue.waiting.back().map_or(0, ProducerBatch::size_bytes);
            let complete = self.is_complete(slot);
            self.stick(topic, bytes, complete, prng);
            return Ok(());
        }
    }

    fn append(&mut self, slot: u32, record: Record) -> Result<u32, Record> {
        let queue = &mut self.acc.partitions[slot as usize];
        let appended = match queue.waiting.back_mut() {
            Some(batch) => batch.try_append(record),
            None => Err(record),
        };
        if queue.waiting.back().is_some_and(ProducerBatch::is_full) {
            self.ready.insert(slot);
        }
        appended
    }

    /// Makes a batch if the buffer has room.
    fn begin_batch(
        &mut self,
        slot: u32,
        partition: TopicPartition,
        record: Record,
        now: Time,
        fx: &mut Effects,
    ) -> Result<(), (Record, Wait)> {
        let size = u64::from(self.config.batch_size.max(estimate_upper_bound(&record)));
        if self.acc.reserved + size > self.config.buffer_memory {
            self.memory_exhausted = true;
            self.ready_all();
            return Err((record, Wait::Memory(size)));
        }
        self.acc.last_number += 1;
        self.acc.reserved += size;
        let number = self.acc.last_number;
        let batch = ProducerBatch::new(number, record, self.config.batch_size, now);
        let queue = self.acc.queue(slot);
        queue.waiting.push_back(batch);
        self.batch_begun(slot, partition, now, fx);
        Ok(())
    }

    /// The oldest linger is over: those that ended with it are sent together.
    pub(super) fn linger_over(&mut self, now: Time, fx: &mut Effects) {
        while let Some((due, slot)) = self.lingering.pop_front() {
            let queue = &self.acc.partitions[slot as usize];
            let lingers = |b: &ProducerBatch| b.created + self.linger() == due;
            if due <= now {
                self.ready.insert(slot);
            } else if let Some(topic) = self.acc.topics[queue.topic as usize].id
                && queue.waiting.iter().any(lingers)
            {
                let partition = TopicPartition::new(topic, queue.partition);
                fx.set_timer(TimerKey::Linger(partition), due);
                self.lingering.push_front((due, slot));
                return;
            }
        }
    }

    /// A new last batch: the one before it is complete now (PRO-5).
    fn batch_begun(&mut self, slot: u32, partition: TopicPartition, now: Time, fx: &mut Effects) {
        let queue = &self.acc.partitions[slot as usize];
        let complete = queue.waiting.len() > 1 || queue.waiting[0].is_full();
        if complete || self.config.linger_ms == 0 || self.is_flushing() {
            self.ready.insert(slot);
        }
        if self.config.linger_ms > 0 {
            let due = now + self.linger();
            if self.lingering.is_empty() {
                fx.set_timer(TimerKey::Linger(partition), due);
            }
            self.lingering.push_back((due, slot));
        }
        let timeout = Duration::from_ms(u64::from(self.config.delivery_timeout_ms));
        if self.delivery_armed.is_none() {
            self.delivery_armed = Some(now + timeout);
            fx.set_timer(TimerKey::DeliveryTimeout, now + timeout);
        }
    }

    fn sticky_slot(&mut self, topic: u32, prng: &mut Prng) -> u32 {
        let topic = &mut self.acc.topics[topic as usize];
        let view = TopicPartitions {
            count: topic.slots.len() as u32,
            available: &topic.available,
        };
        let partition = topic.sticky.current(view, &mut Draw(prng));
        topic.slots[partition as usize]
    }

    fn is_complete(&self, slot: u32) -> bool {
        let queue = &self.acc.partitions[slot as usize];
        queue.waiting.back().is_none_or(ProducerBatch::is_full)
    }

    /// Tells the sticky partitioner about appended bytes; whether it moved on.
    fn stick(&mut self, topic: u32, bytes: u32, complete: bool, prng: &mut Prng) -> bool {
        let topic = &mut self.acc.topics[topic as usize];
        let view = TopicPartitions {
            count: topic.slots.len() as u32,
            available: &topic.available,
        };
        let draw = &mut Draw(prng);
        topic.sticky.record_appended(bytes, complete, view, draw)
    }

    /// KIP-794: longer queues make a partition less likely to be chosen next.
    fn weigh_queues(&mut self, topic: u32) {
        let topic = &mut self.acc.topics[topic as usize];
        let queues = topic.available.iter().map(|partition| {
            let slot = topic.slots[*partition as usize] as usize;
            (*partition, self.acc.partitions[slot].waiting.len() as u32)
        });
        let queues: Vec<(u32, u32)> = queues.collect();
        topic.sticky.update_load(&queues, topic.slots.len() as u32);
    }

    /// Begins a load.
    pub(super) fn start_load(&mut self, load: &ProducerLoad, now: Time, fx: &mut Effects) {
        let topic = self.use_topic(&load.topic);
        self.loads.push(Some(RunningLoad {
            load: load.clone(),
            topic,
            keys: Vec::new(),
        }));
        let index = self.loads.len() as u32 - 1;
        fx.set_timer(TimerKey::ProducerLoad(index), now);
    }

    /// Ends all loads.
    pub(super) fn stop_loads(&mut self, fx: &mut Effects) {
        for index in 0..self.loads.len() as u32 {
            fx.cancel_timer(TimerKey::ProducerLoad(index));
        }
        self.loads.clear();
    }

    /// A load's next record. While `send` blocks, the load waits with it.
    pub(super) fn load_due(&mut self, index: u32, now: Time, fx: &mut Effects) {
        let Some(Some(running)) = self.loads.get_mut(index as usize) else {
            return;
        };
        let blocked = !self.actions.is_empty();
        if !blocked {
            let pending = running.next_send(now);
            self.actions.push_back(Action::Send(pending));
        }
        if running.load.remaining == Some(0) {
            self.loads[index as usize] = None;
        } else {
            let every = running.load.every.max(Duration(1));
            fx.set_timer(TimerKey::ProducerLoad(index), now + every);
        }
    }
}

impl RunningLoad {
    fn next_send(&mut self, now: Time) -> PendingSend {
        let number = self.load.next;
        self.load.next += 1;
        if let Some(remaining) = &mut self.load.remaining {
            *remaining = remaining.saturating_sub(1);
        }
        PendingSend {
            topic: self.topic,
            partition: self.load.partition,
            record: Record {
                key: (self.load.keys > 0).then(|| self.key(number)),
                value: Some(value(number, self.load.value_bytes)),
                headers: Vec::new(),
                timestamp_ms: now.as_ms() as i64,
                tag: 0,
            },
        }
    }

    fn key(&mut self, number: u64) -> Bytes {
        let index = number % u64::from(self.load.keys);
        if index == self.keys.len() as u64 {
            self.keys.push(Rc::from(format!("k{index}").into_bytes()));
        }
        match self.keys.get(index as usize) {
            Some(key) => key.clone(),
            None => Rc::from(format!("k{index}").into_bytes()),
        }
    }
}

/// The running number as text, filled up with `.` to `len` bytes (0: as it is).
fn value(number: u64, len: u32) -> Bytes {
    let mut digits = [b'.'; 20];
    let mut at = digits.len();
    let mut rest = number;
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    let text = &digits[at..];
    if len == 0 {
        return Rc::from(text);
    }
    let mut value = vec![b'.'; len as usize];
    let shown = text.len().min(value.len());
    value[..shown].copy_from_slice(&text[..shown]);
    Rc::from(value)
}
