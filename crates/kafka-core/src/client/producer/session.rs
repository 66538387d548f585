//! The idempotent producer's session: its id and epoch, and what happens to
//! sequences when something went wrong (PRO-13, PRO-15).
//!
//! It is the part of Kafka's `TransactionManager` that works without
//! transactions. Invariant: two batches of one partition never carry the same
//! (producer id, epoch, sequence) with different records.

use super::accumulator::Slot;
use super::{Producer, Purpose};
use crate::client::ClientFailure;
use crate::client::backoff::backoff;
use crate::error::ErrorCode;
use crate::node::{Effects, Prng, TimerKey};
use crate::protocol::{InitProducerIdRequest, InitProducerIdResponse, Request};
use crate::types::{ProducerEpoch, ProducerId, Time};

/// InitProducerId may be asked again.
const SESSION_RETRY: TimerKey = TimerKey::Retry(2);

impl Producer {
    /// Asks any broker for a session, if one is needed.
    pub(super) fn ask_session(&mut self, now: Time, prng: &mut Prng, fx: &mut Effects) {
        let needed = self.idempotent && self.txn.is_none() && self.session.0 == ProducerId::NONE;
        if !needed || self.session_asked || now < self.session_retry_at {
            return;
        }
        // The broker once drawn is waited for, unless its connection fails.
        let target = self.session_target;
        let target = target.filter(|conn| !self.net.is_failed(*conn, now));
        self.session_target = target.or_else(|| self.net.least_loaded(now, prng));
        let Some(conn) = self.session_target else {
            return;
        };
        if !self.net.ready(conn, now, fx) {
            return;
        }
        self.session_asked = true;
        let request = InitProducerIdRequest {
            transactional_id: None,
            transaction_timeout_ms: i32::MAX as u32,
            producer_id: ProducerId::NONE,
            producer_epoch: ProducerEpoch::NONE,
        };
        let request = Request::InitProducerId(request);
        self.net
            .send(conn, request, Purpose::InitProducerId, now, fx);
    }

    /// The answer to InitProducerId.
    pub(super) fn session_answered(
        &mut self,
        answer: &InitProducerIdResponse,
        now: Time,
        prng: &mut Prng,
        fx: &mut Effects,
    ) {
        if answer.error.is_error() {
            self.session_failed(now, prng, fx);
            return;
        }
        self.session_asked = false;
        self.session_attempts = 0;
        self.session = (answer.producer_id, answer.producer_epoch);
        self.ready_all();
    }

    /// InitProducerId failed or was lost: again after the back-off.
    pub(super) fn session_failed(&mut self, now: Time, prng: &mut Prng, fx: &mut Effects) {
        let client = &self.config.client;
        let (initial, max) = (client.retry_backoff_ms, client.retry_backoff_max_ms);
        self.session_asked = false;
        self.session_target = None;
        self.session_retry_at = now + backoff(prng, initial, max, self.session_attempts);
        self.session_attempts += 1;
        fx.set_timer(SESSION_RETRY, self.session_retry_at);
    }

    /// Whether the batch may be sent again after this error (PRO-8, PRO-15).
    pub(super) fn may_retry(&mut self, slot: Slot, number: u64, error: ErrorCode) -> bool {
        if !self.idempotent || error != ErrorCode::OutOfOrderSequenceNumber {
            return error.is_retriable();
        }
        let queue = &self.acc.partitions[slot as usize];
        let Some(batch) = queue.in_flight.iter().find(|b| b.number == number) else {
            return false;
        };
        let is_next = queue.is_next(batch.base_sequence);
        if self.txn.is_some() {
            // A real gap: the transaction is lost.
            return !queue.unresolved && (batch.renumbered || !is_next);
        }
        if queue.unresolved || (!batch.renumbered && is_next) {
            // A real gap: this partition starts again in a new epoch.
            self.bump.insert(slot);
        }
        true
    }

    /// Partitions with an expired batch whose other batches are all answered:
    /// either nothing was lost, or they start again in a new epoch (PRO-15).
    pub(super) fn resolve_sequences(&mut self) {
        if self.unresolved.is_empty() {
            return;
        }
        for slot in std::mem::take(&mut self.unresolved) {
            let queue = self.acc.queue(slot);
            if queue.has_numbered() {
                self.unresolved.insert(slot);
            } else if queue.is_next(queue.next_sequence) {
                queue.unresolved = false;
                self.ready.insert(slot);
            } else if let Some(txn) = &mut self.txn {
                txn.fail_abortably(&unacknowledged());
            } else {
                self.bump.insert(slot);
            }
        }
    }

    /// Bumps the epoch without asking a broker, and renumbers the partitions that
    /// wanted it; the others follow when they have nothing unanswered.
    pub(super) fn bump_epoch(&mut self) {
        if self.bump.is_empty() {
            return;
        }
        if self.session.1.0 == i16::MAX {
            self.session = (ProducerId::NONE, ProducerEpoch::NONE);
        } else {
            self.session.1.0 += 1;
        }
        for slot in std::mem::take(&mut self.bump) {
            let session = self.session;
            self.unresolved.remove(&slot);
            self.acc.queue(slot).start_session(session);
            self.ready.insert(slot);
        }
    }

    /// Whether idempotence lets the partition's first waiting batch go now.
    /// A partition without unanswered batches moves to the current session here.
    pub(super) fn sequence_allows(&mut self, slot: Slot) -> bool {
        if !self.idempotent {
            return true;
        }
        let session = self.session;
        let queue = self.acc.queue(slot);
        let Some(first) = queue.waiting.front() else {
            return false;
        };
        if first.has_sequence() {
            // A retried batch goes alone, when all before it are answered.
            return queue.first_sequence() == Some(first.base_sequence);
        }
        if queue.unresolved {
            return false;
        }
        if queue.session != session {
            if queue.has_numbered() {
                return false;
            }
            queue.start_session(session);
        }
        true
    }

    /// Gives the partition's first waiting batch its sequence, once.
    pub(super) fn assign_sequence(&mut self, slot: Slot) {
        if !self.idempotent {
            return;
        }
        let queue = self.acc.queue(slot);
        let (session, next) = (queue.session, queue.next_sequence);
        if let Some(first) = queue.waiting.front_mut()
            && !first.has_sequence()
        {
            first.number_in(session, next);
            queue.next_sequence = next.plus(first.count());
        }
    }
}

/// A transaction that lost a batch (PRO-15).
fn unacknowledged() -> ClientFailure {
    let text = "The client hasn't received acknowledgment for some previously sent messages and can no longer retry them. It is safe to abort the transaction and continue.";
    let mut failure = ClientFailure::new(ErrorCode::UnknownServerError, text);
    failure.exception = "org.apache.kafka.common.KafkaException";
    failure
}
