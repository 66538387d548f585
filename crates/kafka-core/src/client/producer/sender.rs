//! Kafka's `Sender`: which batches go out together, and what an answer, an error
//! or silence does to them (PRO-5 to PRO-10).

use super::accumulator::Slot;
use super::batch::ProducerBatch;
use super::{BATCH_RETRY, Producer, Purpose};
use crate::client::backoff::backoff;
use crate::client::network::{Arrival, ConnId};
use crate::client::{ClientEvent, ClientFailure, ClientLog};
use crate::error::ErrorCode;
use crate::node::{Effects, Prng, TimerKey};
use crate::note::Note;
use crate::protocol::{Acks, ProducePartitionResponse, ProduceRequest, Request, Response};
use crate::record::BatchKind;
use crate::types::{Duration, NodeId, Offset, Sequence, Time, TopicPartition};

/// What can be done with a partition's first waiting batch now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Readiness {
    Sendable,
    /// Some timer or answer will bring it back.
    Later,
    /// In its back-off until then.
    BackingOff(Time),
}

impl Producer {
    /// The partition as brokers call it, if its topic exists.
    pub(super) fn address(&self, slot: Slot) -> Option<TopicPartition> {
        let queue = &self.acc.partitions[slot as usize];
        let topic = &self.acc.topics[queue.topic as usize];
        topic.id.map(|id| TopicPartition::new(id, queue.partition))
    }

    /// PRO-5.
    fn readiness(&self, slot: Slot, now: Time) -> Readiness {
        let queue = &self.acc.partitions[slot as usize];
        let Some(first) = queue.waiting.front() else {
            return Readiness::Later;
        };
        if self.config.max_in_flight == 1 && !queue.in_flight.is_empty() {
            return Readiness::Later;
        }
        if first.attempts > 0 && now < first.retry_at {
            let known = self.address(slot).and_then(|p| self.net.view.partition(p));
            if known.is_none_or(|known| known.leader_epoch <= first.sent_epoch) {
                return Readiness::BackingOff(first.retry_at);
            }
        }
        let full = queue.waiting.len() > 1 || first.is_full();
        let waited = first.in_retry() || now >= first.created + self.linger();
        if full || waited || self.memory_exhausted || self.is_flushing() {
            Readiness::Sendable
        } else {
            Readiness::Later
        }
    }

    /// Sends what can be sent: at most one batch a partition a request (PRO-6).
    pub(super) fn drain(&mut self, now: Time, fx: &mut Effects) {
        if self.ready.is_empty() || (self.idempotent && self.session().is_none()) {
            return;
        }
        if self.txn.as_ref().is_some_and(|txn| !txn.may_send()) {
            return;
        }
        let mut found = std::mem::take(&mut self.scratch);
        found.clear();
        let mut retry: Option<Time> = None;
        let mut ready = std::mem::take(&mut self.ready);
        ready.retain(|slot| match self.readiness(slot, now) {
            Readiness::Sendable if !self.is_in_transaction(slot) => true,
            Readiness::Later => false,
            Readiness::BackingOff(at) => {
                retry = Some(retry.map_or(at, |other| other.min(at)));
                false
            }
            Readiness::Sendable => {
                let leader = self.address(slot).and_then(|p| self.net.view.leader(p));
                match leader {
                    Some((leader, _)) => found.push((leader, slot)),
                    None => self.net.request_update(),
                }
                true
            }
        });
        self.ready = ready;
        if let Some(at) = retry
            && self.retry_armed.is_none_or(|armed| at < armed)
        {
            self.retry_armed = Some(at);
            fx.set_timer(BATCH_RETRY, at);
        }
        found.sort_unstable();
        for of_leader in found.chunk_by(|a, b| a.0 == b.0) {
            self.drain_leader(of_leader, now, fx);
        }
        self.scratch = found;
    }

    /// Whether the partition is part of the transaction, if it has to be (TXN-2).
    fn is_in_transaction(&self, slot: Slot) -> bool {
        self.txn.as_ref().is_none_or(|txn| {
            let partition = self.address(slot);
            txn.brokers_add() || partition.is_some_and(|id| txn.may_send_to(id))
        })
    }

    fn drain_leader(&mut self, slots: &[(NodeId, Slot)], now: Time, fx: &mut Effects) {
        let leader = slots[0].0;
        let conn = ConnId::broker(leader);
        while self.net.ready(conn, now, fx) {
            let last = self.drained_last.get(&leader).copied();
            let start = last.map_or(0, |last| slots.partition_point(|(_, s)| *s <= last));
            let turn = slots[start..].iter().chain(&slots[..start]);
            let mut batches = Vec::new();
            let mut numbers = Vec::new();
            let mut size = 0;
            for (_, slot) in turn {
                if self.readiness(*slot, now) != Readiness::Sendable || !self.sequence_allows(*slot)
                {
                    self.ready.remove(*slot);
                    continue;
                }
                let queue = &self.acc.partitions[*slot as usize];
                let bytes = queue.waiting.front().map_or(0, ProducerBatch::size_bytes);
                if !batches.is_empty() && size + bytes > self.config.max_request_size {
                    break;
                }
                self.assign_sequence(*slot);
                size += self.take_for_sending(*slot, &mut batches, &mut numbers);
                self.drained_last.insert(leader, *slot);
            }
            if batches.is_empty() {
                return;
            }
            self.send_produce(conn, batches, numbers, now, fx);
        }
    }

    /// Closes the partition's first waiting batch and takes it; gives its size.
    fn take_for_sending(
        &mut self,
        slot: Slot,
        batches: &mut Vec<(TopicPartition, std::rc::Rc<crate::record::BatchBody>)>,
        numbers: &mut Vec<(Slot, u64)>,
    ) -> u32 {
        let Some(partition) = self.address(slot) else {
            return 0;
        };
        let epoch = self.net.view.partition(partition);
        let kind = match &mut self.txn {
            Some(txn) => {
                txn.started = true;
                BatchKind::Transactional
            }
            None => BatchKind::Data,
        };
        let queue = self.acc.queue(slot);
        let Some(mut batch) = queue.waiting.pop_front() else {
            return 0;
        };
        if let Some(known) = epoch {
            batch.sent_epoch = known.leader_epoch;
        }
        batches.push((partition, batch.seal(kind)));
        numbers.push((slot, batch.number));
        let (bytes, ratio) = (batch.size_bytes(), batch.compression_ratio());
        queue.in_flight.push_back(batch);
        if let Some(ratio) = ratio {
            self.acc.packing(slot).observe(ratio);
        }
        bytes
    }

    fn send_produce(
        &mut self,
        conn: ConnId,
        batches: Vec<(TopicPartition, std::rc::Rc<crate::record::BatchBody>)>,
        numbers: Vec<(Slot, u64)>,
        now: Time,
        fx: &mut Effects,
    ) {
        let request = Request::Produce(ProduceRequest {
            acks: self.config.acks,
            timeout_ms: self.config.client.request_timeout_ms,
            transactional_id: self.config.transactional_id.clone(),
            transaction_version: self.txn.as_ref().map_or(0, |txn| txn.version),
            batches,
        });
        if self.config.acks != Acks::None {
            self.net
                .send(conn, request, Purpose::Produce(numbers), now, fx);
            return;
        }
        self.net.send_unanswered(conn, request, fx);
        for (slot, number) in numbers {
            if let Some(batch) = self.acc.queue(slot).take_in_flight(number) {
                self.complete(slot, batch, Offset::UNKNOWN, fx);
            }
        }
    }

    /// An answer arrived.
    pub(super) fn arrived(
        &mut self,
        arrival: Arrival<Purpose>,
        response: &Response,
        now: Time,
        prng: &mut Prng,
        fx: &mut Effects,
    ) {
        match (arrival, response) {
            (Arrival::Own(Purpose::Produce(batches)), Response::Produce(answer)) => {
                for (slot, number) in batches {
                    let partition = self.address(slot);
                    let mut outcomes = answer.partitions.iter();
                    let outcome = outcomes.find(|o| Some(o.partition) == partition);
                    match outcome {
                        Some(outcome) => self.outcome(slot, number, outcome, now, prng, fx),
                        None => {
                            let error = ErrorCode::UnknownTopicOrPartition;
                            let failure = ClientFailure::code(error);
                            self.refused_batch(slot, number, (&failure, &[]), now, prng, fx);
                        }
                    }
                }
            }
            (Arrival::Own(Purpose::InitProducerId), Response::InitProducerId(answer)) => {
                self.session_answered(answer, now, prng, fx);
            }
            (Arrival::Own(Purpose::Transaction(ask)), response) => {
                self.coordinator_answered(ask, response, now, fx);
            }
            (Arrival::Metadata, Response::Metadata(answer)) => {
                for topic in &answer.topics {
                    self.topic_errors.remove(&topic.name);
                    if topic.error.is_error() {
                        self.topic_errors.insert(topic.name.clone(), topic.error);
                    }
                }
            }
            _ => {}
        }
    }

    fn outcome(
        &mut self,
        slot: Slot,
        number: u64,
        outcome: &ProducePartitionResponse,
        now: Time,
        prng: &mut Prng,
        fx: &mut Effects,
    ) {
        self.ready.insert(slot);
        if let Some((leader, epoch)) = outcome.current_leader {
            self.net.view.hint_leader(outcome.partition, leader, epoch);
        }
        match outcome.error {
            ErrorCode::None | ErrorCode::DuplicateSequenceNumber => {
                if let Some(batch) = self.acc.queue(slot).take_in_flight(number) {
                    self.complete(slot, batch, outcome.base_offset, fx);
                }
            }
            error => {
                let (mut failure, mut bad) = (ClientFailure::code(error), &[][..]);
                if let Some((records, why)) = &outcome.record_errors {
                    failure.message = why.clone();
                    bad = records;
                }
                self.refused_batch(slot, number, (&failure, bad), now, prng, fx);
            }
        }
    }

    /// Nobody knows what became of these: the connection is gone.
    pub(super) fn produce_lost(
        &mut self,
        batches: &[(Slot, u64)],
        failure: &ClientFailure,
        now: Time,
        prng: &mut Prng,
        fx: &mut Effects,
    ) {
        for (slot, number) in batches {
            self.refused_batch(*slot, *number, (failure, &[]), now, prng, fx);
        }
    }

    /// An error for a batch, and which of its records are to blame if that is known:
    /// split, retry or fail (PRO-8, PRO-10).
    fn refused_batch(
        &mut self,
        slot: Slot,
        number: u64,
        (failure, bad): (&ClientFailure, &[u32]),
        now: Time,
        prng: &mut Prng,
        fx: &mut Effects,
    ) {
        let error = failure.error;
        self.ready.insert(slot);
        let queue = &self.acc.partitions[slot as usize];
        let Some(batch) = queue.in_flight.iter().find(|b| b.number == number) else {
            return;
        };
        let timeout = Duration::from_ms(u64::from(self.config.delivery_timeout_ms));
        let in_time = now < batch.created + timeout && batch.attempts < self.config.retries;
        let splits = error == ErrorCode::MessageTooLarge && batch.count() > 1;
        let retries = !splits && in_time && self.may_retry(slot, number, error);
        let Some(batch) = self.acc.queue(slot).take_in_flight(number) else {
            return;
        };
        if splits {
            let left = self.config.retries - batch.attempts;
            self.log_retry(slot, left, error, fx);
            self.split(slot, batch);
        } else if retries {
            // Without the one that begins now.
            let left = (self.config.retries - batch.attempts).saturating_sub(1);
            self.log_retry(slot, left, error, fx);
            self.put_back(slot, batch, now, prng);
        } else {
            let adjust = batch.attempts < self.config.retries;
            self.fail(slot, batch, (failure, bad), adjust, fx);
        }
        if error.refreshes_metadata() {
            self.net.request_update();
        }
    }

    fn log_retry(&self, slot: Slot, attempts_left: u32, error: ErrorCode, fx: &mut Effects) {
        let queue = &self.acc.partitions[slot as usize];
        fx.event(ClientEvent::Log(ClientLog::ProduceRetry {
            topic: self.acc.topics[queue.topic as usize].name.clone(),
            partition: queue.partition,
            attempts_left,
            error,
        }));
        if let Some(partition) = self.address(slot) {
            fx.note(Note::ProducerRetry(partition, error));
        }
    }

    fn put_back(&mut self, slot: Slot, mut batch: ProducerBatch, now: Time, prng: &mut Prng) {
        let client = &self.config.client;
        let (initial, max) = (client.retry_backoff_ms, client.retry_backoff_max_ms);
        batch.retry_at = now + backoff(prng, initial, max, batch.attempts);
        batch.attempts += 1;
        self.counts.retries += 1;
        self.acc.queue(slot).put_back(batch);
    }

    /// Cuts a batch that the broker did not take (PRO-10). Compression is no longer trusted to
    /// help, or what is cut would soon be too large again.
    fn split(&mut self, slot: Slot, batch: ProducerBatch) {
        self.acc.reserved -= batch.reserved;
        let packing = self.acc.packing(slot);
        packing.ratio = batch.compression_ratio().unwrap_or(1.0).max(1.0);
        let packing = *packing;
        let size = self.config.batch_size;
        let parts = batch.split(size, packing, &mut self.acc.last_number);
        for part in parts.into_iter().rev() {
            self.acc.reserved += part.reserved;
            self.acc.queue(slot).put_back(part);
        }
    }

    fn complete(&mut self, slot: Slot, batch: ProducerBatch, base: Offset, fx: &mut Effects) {
        self.acc.reserved -= batch.reserved;
        let queue = self.acc.queue(slot);
        if batch.has_sequence() && batch.session == queue.session {
            let last = batch.last_sequence();
            // Sequences wrap (PRO-13): a much smaller one is newer.
            if last > queue.last_acked || queue.last_acked.0 - last.0 > i32::MAX / 2 {
                queue.last_acked = last;
            }
        }
        let Some(partition) = self.address(slot) else {
            return;
        };
        self.counts.acked += u64::from(batch.count());
        for (record, index) in batch.records().iter().zip(0..) {
            let offset = if base == Offset::UNKNOWN {
                base
            } else {
                base.plus(index)
            };
            fx.event(ClientEvent::Acked {
                tag: record.tag,
                partition,
                offset,
            });
        }
    }

    fn fail(
        &mut self,
        slot: Slot,
        batch: ProducerBatch,
        (failure, bad): (&ClientFailure, &[u32]),
        adjust: bool,
        fx: &mut Effects,
    ) {
        self.acc.reserved -= batch.reserved;
        if let Some(txn) = &mut self.txn {
            txn.fail(failure);
        } else if self.idempotent
            && batch.has_sequence()
            && (adjust || failure.error == ErrorCode::OutOfOrderSequenceNumber)
        {
            self.bump.insert(slot);
        }
        let queue = &self.acc.partitions[slot as usize];
        let topic = self.acc.topics[queue.topic as usize].name.clone();
        self.counts.failed += u64::from(batch.count());
        for (at, record) in (0..).zip(batch.records()) {
            let blamed = bad.is_empty() || bad.contains(&at);
            fx.event(ClientEvent::SendFailed {
                tag: record.tag,
                topic: topic.clone(),
                partition: Some(queue.partition),
                failure: if blamed { failure.clone() } else { innocent() },
            });
        }
        let gap = failure.error == ErrorCode::OutOfOrderSequenceNumber;
        if gap && self.txn.is_none() && batch.has_sequence() {
            fx.event(ClientEvent::Log(ClientLog::SequenceGap {
                topic,
                partition: queue.partition,
                error: failure.error,
                session: batch.session,
                sequence: batch.base_sequence,
            }));
        }
    }

    /// A transaction that will be aborted: what was never sent fails with the error that
    /// is the reason, or because the application said so.
    pub(super) fn give_up_batches(&mut self, fx: &mut Effects) {
        let Some(txn) = self.txn.as_ref().filter(|txn| txn.gives_up_batches()) else {
            return;
        };
        let failure = txn.error.clone().unwrap_or_else(aborted);
        for slot in 0..self.acc.partitions.len() as Slot {
            let queue = self.acc.queue(slot);
            let (sent, never): (Vec<_>, Vec<_>) = queue
                .waiting
                .drain(..)
                .partition(ProducerBatch::has_sequence);
            queue.waiting = sent.into();
            for batch in never {
                self.fail(slot, batch, (&failure, &[]), false, fx);
            }
        }
    }

    /// PRO-9: batches older than `delivery.timeout.ms` fail, wherever they are.
    pub(super) fn expire(&mut self, now: Time, fx: &mut Effects) {
        let timeout = Duration::from_ms(u64::from(self.config.delivery_timeout_ms));
        for slot in 0..self.acc.partitions.len() as Slot {
            let queue = self.acc.queue(slot);
            let over = |b: &ProducerBatch| now >= b.created + timeout;
            let mut expired = Vec::new();
            while queue.waiting.front().is_some_and(over) {
                expired.extend(queue.waiting.pop_front());
            }
            let (old, young): (Vec<_>, Vec<_>) = queue.in_flight.drain(..).partition(over);
            queue.in_flight = young.into();
            expired.extend(old);
            for batch in expired {
                self.expire_batch(slot, batch, now, fx);
            }
        }
        self.delivery_armed = self.acc.oldest().map(|oldest| oldest + timeout);
        if let Some(at) = self.delivery_armed {
            fx.set_timer(TimerKey::DeliveryTimeout, at);
        }
    }

    fn expire_batch(&mut self, slot: Slot, batch: ProducerBatch, now: Time, fx: &mut Effects) {
        let queue = self.acc.queue(slot);
        if batch.base_sequence != Sequence::NONE && batch.in_retry() {
            queue.unresolved = true;
            self.unresolved.insert(slot);
        }
        let queue = &self.acc.partitions[slot as usize];
        let text = format!(
            "Expiring {} record(s) for {}-{}:{} ms has passed since batch creation. The request has not been sent, or no server response has been received yet.",
            batch.count(),
            self.acc.topics[queue.topic as usize].name,
            queue.partition,
            now.since(batch.created).as_ms(),
        );
        let failure = ClientFailure::new(ErrorCode::RequestTimedOut, &text);
        self.fail(slot, batch, (&failure, &[]), false, fx);
        self.ready.insert(slot);
    }
}

fn aborted() -> ClientFailure {
    let text = "Failing batch since transaction was aborted";
    let mut failure = ClientFailure::new(ErrorCode::TransactionAbortable, text);
    failure.exception = "TransactionAbortedException";
    failure
}

/// KIP-467: the failure of a record whose batch was refused because of others.
fn innocent() -> ClientFailure {
    let text = "Failed to append record because it was part of a batch which had one more more invalid records";
    let mut failure = ClientFailure::new(ErrorCode::InvalidRecord, text);
    failure.exception = "org.apache.kafka.common.KafkaException";
    failure
}
