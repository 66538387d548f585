//! The thread that uses the producer: it calls `send` one record after another
//! and blocks where Kafka's `send` blocks (metadata, buffer memory, PRO-4); flush
//! and close. Not here: where a record goes (`append`), steady loads (`load`).

use super::Producer;
use super::calls::PendingCall;
use crate::client::{ClientEvent, ClientFailure, RecordToSend};
use crate::encode::estimate_upper_bound;
use crate::error::ErrorCode;
use crate::node::{Effects, Prng, TimerKey};
use crate::record::Record;
use crate::types::{Duration, Name, Time};

/// The application's blocked call may have waited long enough.
pub(super) const BLOCKED: TimerKey = TimerKey::Retry(3);

/// Something the application wants next.
#[derive(Clone, Debug)]
pub(super) enum Action {
    Send(PendingSend),
    Flush,
    Close,
    Transaction(PendingCall),
}

/// A call of `send` that has not returned.
#[derive(Clone, Debug)]
pub(super) struct PendingSend {
    /// Place of the topic.
    pub topic: u32,
    pub partition: Option<u32>,
    pub record: Record,
}

/// Why a call of `send` does not return yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Wait {
    Metadata,
    Memory(u64),
}

impl Producer {
    /// The application calls `send`.
    pub(super) fn command_send(&mut self, command: &RecordToSend, tag: u64, now: Time) {
        let topic = self.use_topic(&command.topic);
        let timestamp = command.timestamp_ms.unwrap_or(self.clock_ms(now));
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

    /// What the clock of its machine shows, in milliseconds.
    pub(super) fn clock_ms(&self, now: Time) -> i64 {
        (now.as_ms() as i64).saturating_add(self.config.clock_skew_ms)
    }

    pub(super) fn use_topic(&mut self, name: &Name) -> u32 {
        self.net.want_topic(name);
        let known = self.acc.topics.len();
        let (size, codec) = (self.config.batch_size, self.config.compression);
        let topic = self.acc.topic(name, size, codec);
        if self.acc.topics.len() > known {
            // The cluster may have told of it already: offsets of a transaction name topics.
            self.seen_version = None;
        }
        topic
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
                Action::Transaction(pending) => self
                    .call_transaction(pending, now, fx)
                    .map(Action::Transaction),
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
        if self.aborts_before_close() {
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
            self.names_partitions |= pending.partition.is_some();
            let topic = self.acc.topics[pending.topic as usize].name.clone();
            let tag = pending.record.tag;
            fx.event(ClientEvent::Sent { tag, topic });
            self.counts.sent += 1;
        }
        if let Some(failure) = self.refused(&pending) {
            self.send_failed(pending, failure, fx);
            return None;
        }
        if let Some(failure) = self.refused_by_transaction(&pending, prng) {
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
}
