//! From a record to its batch: the partition (PRO-1, PRO-3), the batch that takes
//! it, the moment the batch may go (PRO-4, PRO-5).

use super::application::{PendingSend, Wait};
use super::batch::ProducerBatch;
use super::{Draw, Producer};
use crate::encode::estimate_upper_bound;
use crate::node::{Effects, Prng, TimerKey};
use crate::partitioner::{TopicPartitions, partition_for_key};
use crate::record::Record;
use crate::types::{Duration, Time, TopicId, TopicPartition};

impl Producer {
    /// Appends the record to its partition's last batch, or to a new one.
    pub(super) fn try_send(
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
        let packing = *self.acc.packing(slot);
        let batch = ProducerBatch::new(number, record, self.config.batch_size, packing, now);
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

    pub(super) fn sticky_slot(&mut self, topic: u32, prng: &mut Prng) -> u32 {
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
}
