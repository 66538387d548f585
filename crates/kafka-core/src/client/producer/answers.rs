//! What the answers of its coordinators mean to a transactional producer: the next state,
//! the same question again, an error to abort or to close for (TXN-13).

use super::Producer;
use super::coordinating::{TXN_RETRY, key_of};
use super::transaction::{Ask, TransactionState};
use crate::client::ClientFailure;
use crate::client::network::ConnId;
use crate::error::ErrorCode;
use crate::node::Effects;
use crate::protocol::{
    AddPartitionsToTxnResponse, CoordinatorKind, EndTxnResponse, FindCoordinatorResponse,
    InitProducerIdResponse, Response, TxnOffsetCommitResponse,
};
use crate::types::{Duration, ProducerId, Time};

/// Pause before the first partition of a transaction is added again, while the
/// transaction before is being completed.
const FIRST_RETRY: Duration = Duration::from_ms(20);

impl Producer {
    /// A coordinator answered.
    pub(super) fn coordinator_answered(
        &mut self,
        ask: Ask,
        response: &Response,
        now: Time,
        fx: &mut Effects,
    ) {
        let Some(txn) = &mut self.txn else {
            return;
        };
        txn.in_flight = None;
        match (ask, response) {
            (Ask::Find(kind), Response::FindCoordinator(answer)) => {
                self.found(kind, answer, now, fx);
            }
            (Ask::Init, Response::InitProducerId(answer)) => self.initialised(answer, now, fx),
            (Ask::End, Response::EndTxn(answer)) => self.ended(answer, now, fx),
            (Ask::AddPartitions, Response::AddPartitionsToTxn(answer)) => {
                self.partitions_added(answer, now, fx);
            }
            (Ask::AddOffsets, Response::AddOffsetsToTxn(answer)) => {
                self.offsets_added(answer.error, now, fx);
            }
            (Ask::Offsets, Response::TxnOffsetCommit(answer)) => {
                self.offsets_answered(answer, now, fx);
            }
            _ => {}
        }
    }

    /// The connection to a coordinator broke: it is looked for again.
    pub(super) fn coordinator_lost(&mut self, ask: Ask, now: Time, fx: &mut Effects) {
        if let Some(txn) = &mut self.txn {
            txn.in_flight = None;
            match ask {
                Ask::Find(_) => {}
                Ask::Init | Ask::AddPartitions | Ask::AddOffsets | Ask::End => {
                    txn.coordinator = None;
                }
                Ask::Offsets => txn.group = None,
            }
        }
        self.ask_again(now, fx);
    }

    fn ask_again(&mut self, now: Time, fx: &mut Effects) {
        let pause = Duration::from_ms(u64::from(self.config.client.retry_backoff_ms));
        self.ask_after(pause, now, fx);
    }

    fn ask_after(&mut self, pause: Duration, now: Time, fx: &mut Effects) {
        if let Some(txn) = &mut self.txn {
            txn.retry_at = now + pause;
            fx.set_timer(TXN_RETRY, txn.retry_at);
        }
    }

    fn found(
        &mut self,
        kind: CoordinatorKind,
        answer: &FindCoordinatorResponse,
        now: Time,
        fx: &mut Effects,
    ) {
        let Some(txn) = &mut self.txn else {
            return;
        };
        match answer.node.filter(|_| !answer.error.is_error()) {
            Some(node) => {
                let conn = ConnId::broker(node);
                let key = key_of(txn, kind);
                match kind {
                    CoordinatorKind::Group => txn.group = Some((key, conn)),
                    _ => txn.coordinator = Some(conn),
                }
                self.net.ready(conn, now, fx);
            }
            None if answer.error.is_retriable() || !answer.error.is_error() => {
                self.ask_again(now, fx);
            }
            None => txn.fail_fatally(&ClientFailure::code(answer.error)),
        }
    }

    /// TXN-1.
    fn initialised(&mut self, answer: &InitProducerIdResponse, now: Time, fx: &mut Effects) {
        let Some(txn) = &mut self.txn else {
            return;
        };
        match answer.error {
            ErrorCode::None => {
                self.session = (answer.producer_id, answer.producer_epoch);
                txn.state = TransactionState::Ready;
                self.unresolved.clear();
                self.ready_all();
            }
            ErrorCode::InvalidProducerEpoch | ErrorCode::ProducerFenced => {
                txn.fail_fatally(&ClientFailure::code(ErrorCode::ProducerFenced));
            }
            error if self.asks_again(Ask::Init, error, now, fx) => {}
            error => self.unexpected("Unexpected error in InitProducerIdResponse; ", error),
        }
    }

    /// TXN-7, TXN-9: the answer brings the epoch of the next transaction.
    fn ended(&mut self, answer: &EndTxnResponse, now: Time, fx: &mut Effects) {
        let Some(txn) = &mut self.txn else {
            return;
        };
        match answer.error {
            ErrorCode::None => {
                txn.completed();
                if answer.producer_id != ProducerId::NONE {
                    self.session = (answer.producer_id, answer.producer_epoch);
                }
                self.unresolved.clear();
                self.ready_all();
            }
            ErrorCode::InvalidProducerEpoch | ErrorCode::ProducerFenced => {
                txn.fail_fatally(&ClientFailure::code(ErrorCode::ProducerFenced));
            }
            ErrorCode::InvalidTxnState | ErrorCode::InvalidProducerIdMapping => {
                txn.fail_fatally(&ClientFailure::code(answer.error));
            }
            ErrorCode::TransactionAbortable if txn.state == TransactionState::Aborting => {
                let mut failure = unexpected_error("Failed to abort transaction", answer.error);
                failure.cause = Some(answer.error);
                txn.fail_fatally(&failure);
            }
            ErrorCode::TransactionAbortable | ErrorCode::UnknownProducerId => {
                txn.fail_abortably(&ClientFailure::code(answer.error));
            }
            error if self.asks_again(Ask::End, error, now, fx) => {}
            error => self.unexpected("Unhandled error in EndTxnResponse: ", error),
        }
    }

    /// TXN-2.
    fn partitions_added(
        &mut self,
        answer: &AddPartitionsToTxnResponse,
        now: Time,
        fx: &mut Effects,
    ) {
        let errors = answer.partitions.iter().map(|(_, error)| *error);
        let error = errors.max_by_key(|error| (error.is_error(), !error.is_retriable()));
        let error = error.unwrap_or(ErrorCode::None);
        let Some(txn) = &mut self.txn else {
            return;
        };
        if !error.is_error() {
            for (id, _) in &answer.partitions {
                txn.partitions.insert(*id, true);
            }
            txn.started = true;
            return self.ready_all();
        }
        let is_first = txn.partitions.values().all(|known| !known);
        if error == ErrorCode::ConcurrentTransactions && is_first {
            // The transaction before is being completed: it takes a moment.
            return self.ask_after(FIRST_RETRY, now, fx);
        }
        let text = "Could not add partitions to transaction due to errors: ";
        self.not_added(Ask::AddPartitions, error, text, now, fx);
    }

    /// TXN-6 before KIP-890.
    fn offsets_added(&mut self, error: ErrorCode, now: Time, fx: &mut Effects) {
        let Some(txn) = &mut self.txn else {
            return;
        };
        if !error.is_error() {
            txn.offsets_added = true;
            txn.started = true;
            return;
        }
        let text = "Unexpected error in AddOffsetsToTxnResponse: ";
        self.not_added(Ask::AddOffsets, error, text, now, fx);
    }

    fn not_added(&mut self, ask: Ask, error: ErrorCode, text: &str, now: Time, fx: &mut Effects) {
        let Some(txn) = &mut self.txn else {
            return;
        };
        match error {
            ErrorCode::InvalidProducerEpoch | ErrorCode::ProducerFenced => {
                txn.fail_fatally(&ClientFailure::code(ErrorCode::ProducerFenced));
            }
            ErrorCode::InvalidTxnState | ErrorCode::InvalidProducerIdMapping => {
                txn.fail_fatally(&ClientFailure::code(error));
            }
            ErrorCode::TransactionAbortable
            | ErrorCode::UnknownProducerId
            | ErrorCode::GroupAuthorizationFailed
            | ErrorCode::TopicAuthorizationFailed => {
                txn.fail_abortably(&ClientFailure::code(error));
            }
            error if self.asks_again(ask, error, now, fx) => {}
            error if ask == Ask::AddPartitions => {
                let text = format!("{text}{}", error.message());
                if let Some(txn) = &mut self.txn {
                    txn.fail_abortably(&unexpected_error(&text, error));
                }
            }
            error => self.unexpected(text, error),
        }
    }

    /// TXN-6.
    fn offsets_answered(&mut self, answer: &TxnOffsetCommitResponse, now: Time, fx: &mut Effects) {
        let errors = answer.partitions.iter().map(|(_, error)| *error);
        let error = errors.max_by_key(|error| (error.is_error(), !error.is_retriable()));
        let error = error.unwrap_or(ErrorCode::None);
        let Some(txn) = &mut self.txn else {
            return;
        };
        match error {
            ErrorCode::None => txn.offsets = None,
            ErrorCode::InvalidProducerEpoch | ErrorCode::ProducerFenced => {
                txn.fail_fatally(&ClientFailure::code(ErrorCode::ProducerFenced));
            }
            ErrorCode::UnknownMemberId | ErrorCode::IllegalGeneration => {
                let text = format!(
                    "Transaction offset Commit failed due to consumer group metadata mismatch: {}",
                    error.message()
                );
                let mut failure = ClientFailure::new(error, &text);
                failure.exception = "CommitFailedException";
                txn.fail_abortably(&failure);
            }
            ErrorCode::FencedInstanceId
            | ErrorCode::TransactionAbortable
            | ErrorCode::GroupAuthorizationFailed => {
                txn.fail_abortably(&ClientFailure::code(error));
            }
            error if self.asks_again(Ask::Offsets, error, now, fx) => {}
            error => self.unexpected("Unexpected error in TxnOffsetCommitResponse: ", error),
        }
    }

    /// Whether the request is sent again: the coordinator is elsewhere, or is busy.
    fn asks_again(&mut self, ask: Ask, error: ErrorCode, now: Time, fx: &mut Effects) -> bool {
        let Some(txn) = &mut self.txn else {
            return false;
        };
        let moved = matches!(
            error,
            ErrorCode::NotCoordinator | ErrorCode::CoordinatorNotAvailable
        );
        match ask {
            Ask::Offsets if moved || error == ErrorCode::RequestTimedOut => txn.group = None,
            _ if moved => txn.coordinator = None,
            _ if error.is_retriable() => {}
            _ => return false,
        }
        self.ask_again(now, fx);
        true
    }

    fn unexpected(&mut self, text: &str, error: ErrorCode) {
        let text = format!("{text}{}", error.message());
        if let Some(txn) = &mut self.txn {
            txn.fail_fatally(&unexpected_error(&text, error));
        }
    }
}

/// A plain `KafkaException`.
fn unexpected_error(text: &str, error: ErrorCode) -> ClientFailure {
    let mut failure = ClientFailure::new(error, text);
    failure.exception = "org.apache.kafka.common.KafkaException";
    failure
}
