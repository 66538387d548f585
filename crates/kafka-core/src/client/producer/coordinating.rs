//! What a transactional producer asks its coordinators, one request at a time, and what
//! their answers mean (TXN-1, TXN-6, TXN-7, TXN-13).

use super::transaction::{Ask, TransactionManager, TransactionState};
use super::{Producer, Purpose};
use crate::client::ClientFailure;
use crate::client::network::ConnId;
use crate::error::ErrorCode;
use crate::node::{Effects, Prng, TimerKey};
use crate::protocol::{
    CoordinatorKind, EndTxnRequest, EndTxnResponse, FindCoordinatorRequest,
    FindCoordinatorResponse, InitProducerIdRequest, InitProducerIdResponse, OffsetToCommit,
    Request, Response, TxnOffsetCommitRequest, TxnOffsetCommitResponse,
};
use crate::types::{
    Duration, Generation, LeaderEpoch, Name, ProducerEpoch, ProducerId, Time, TopicPartition,
};

/// A transactional request may be sent again.
pub(super) const TXN_RETRY: TimerKey = TimerKey::Retry(4);

impl Producer {
    /// Sends the next request to a coordinator, if one is due and none is on its way.
    pub(super) fn ask_coordinator(&mut self, now: Time, prng: &mut Prng, fx: &mut Effects) {
        let drained = self.acc.outstanding().next().is_none();
        let Some(txn) = &mut self.txn else {
            return;
        };
        if txn.is_completing() && drained && !txn.started {
            // Nothing was sent: there is nothing to end.
            txn.completed();
            return;
        }
        let Some(wanted) = next_ask(txn, drained) else {
            return;
        };
        if txn.in_flight.is_some() {
            return;
        }
        if now < txn.retry_at {
            return fx.set_timer(TXN_RETRY, txn.retry_at);
        }
        if self.net.is_update_due(now) {
            self.net.poll(now, prng, fx);
            if self.net.is_update_due(now) {
                return;
            }
        }
        let conn = match wanted {
            Ask::Find(_) => self.net.least_loaded(now, prng),
            Ask::Init | Ask::End => txn.coordinator,
            Ask::Offsets => txn.group.as_ref().map(|(_, conn)| *conn),
        };
        let Some(conn) = conn else {
            return;
        };
        if wanted != Ask::Offsets || self.offsets_are_known() {
            self.ask(conn, wanted, now, fx);
        }
    }

    /// The topics of the offsets have to be known by their ids.
    fn offsets_are_known(&mut self) -> bool {
        let Some(offsets) = self.txn.as_ref().and_then(|txn| txn.offsets.as_ref()) else {
            return false;
        };
        let mut topics = offsets.offsets.iter().map(|(id, _)| &id.topic);
        let unknown = topics.find(|topic| self.net.view.topic_id(topic).is_none());
        if let Some(topic) = unknown.cloned() {
            self.net.want_topic(&topic);
            self.net.request_update();
            return false;
        }
        true
    }

    fn ask(&mut self, conn: ConnId, ask: Ask, now: Time, fx: &mut Effects) {
        if !self.net.ready(conn, now, fx) {
            if self.net.is_failed(conn, now) {
                // Nobody is there: the coordinator may have moved.
                self.coordinator_lost(ask, now, fx);
            }
            return;
        }
        let Some(txn) = &self.txn else {
            return;
        };
        let (producer_id, producer_epoch) = self.session;
        let request = match ask {
            Ask::Find(kind) => Request::FindCoordinator(FindCoordinatorRequest {
                kind,
                key: key_of(txn, kind),
            }),
            Ask::Init => Request::InitProducerId(InitProducerIdRequest {
                transactional_id: Some(txn.id.clone()),
                transaction_timeout_ms: self.config.transaction_timeout_ms,
                producer_id: ProducerId::NONE,
                producer_epoch: ProducerEpoch::NONE,
            }),
            Ask::End => Request::EndTxn(EndTxnRequest {
                transactional_id: txn.id.clone(),
                producer_id,
                producer_epoch,
                commit: txn.state == TransactionState::Committing,
                transaction_version: 2,
            }),
            Ask::Offsets => match self.offsets_request(txn) {
                Some(request) => Request::TxnOffsetCommit(request),
                None => return,
            },
        };
        self.net
            .send(conn, request, Purpose::Transaction(ask), now, fx);
        if let Some(txn) = &mut self.txn {
            txn.in_flight = Some(ask);
            txn.started |= ask == Ask::Offsets;
        }
    }

    fn offsets_request(&self, txn: &TransactionManager) -> Option<TxnOffsetCommitRequest> {
        let sent = txn.offsets.as_ref()?;
        let mut offsets = Vec::with_capacity(sent.offsets.len());
        for (named, offset) in &sent.offsets {
            let topic = self.net.view.topic_id(&named.topic)?;
            offsets.push(OffsetToCommit {
                partition: TopicPartition::new(topic, named.partition),
                topic_name: named.topic.clone(),
                offset: *offset,
                leader_epoch: LeaderEpoch::NONE,
                metadata: "".into(),
            });
        }
        let (member_id, generation) = match &sent.member {
            Some((id, generation)) => (id.clone(), *generation),
            None => ("".into(), Generation(-1)),
        };
        Some(TxnOffsetCommitRequest {
            transactional_id: txn.id.clone(),
            group: sent.group.clone(),
            producer_id: self.session.0,
            producer_epoch: self.session.1,
            generation,
            member_id,
            group_instance_id: None,
            offsets,
        })
    }

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
                Ask::Init | Ask::End => txn.coordinator = None,
                Ask::Offsets => txn.group = None,
            }
        }
        self.ask_again(now, fx);
    }

    fn ask_again(&mut self, now: Time, fx: &mut Effects) {
        let pause = Duration::from_ms(u64::from(self.config.client.retry_backoff_ms));
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
            ErrorCode::TransactionAbortable => {
                txn.fail_abortably(&ClientFailure::code(answer.error));
            }
            error if self.asks_again(Ask::End, error, now, fx) => {}
            error => self.unexpected("Unhandled error in EndTxnResponse: ", error),
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
        let mut failure = ClientFailure::new(error, &text);
        failure.exception = "org.apache.kafka.common.KafkaException";
        if let Some(txn) = &mut self.txn {
            txn.fail_fatally(&failure);
        }
    }
}

/// What has to be asked next, if anything.
fn next_ask(txn: &TransactionManager, drained: bool) -> Option<Ask> {
    let wanted = match txn.state {
        TransactionState::Initializing => Ask::Init,
        TransactionState::InTransaction | TransactionState::Committing if txn.offsets.is_some() => {
            Ask::Offsets
        }
        TransactionState::Committing | TransactionState::Aborting if drained => Ask::End,
        _ => return None,
    };
    Some(match wanted {
        Ask::Init | Ask::End if txn.coordinator.is_none() => {
            Ask::Find(CoordinatorKind::Transaction)
        }
        Ask::Offsets if txn.group.as_ref().map(|(name, _)| name) != wanted_group(txn) => {
            Ask::Find(CoordinatorKind::Group)
        }
        wanted => wanted,
    })
}

fn wanted_group(txn: &TransactionManager) -> Option<&Name> {
    txn.offsets.as_ref().map(|offsets| &offsets.group)
}

fn key_of(txn: &TransactionManager, kind: CoordinatorKind) -> Name {
    match (kind, wanted_group(txn)) {
        (CoordinatorKind::Group, Some(group)) => group.clone(),
        _ => txn.id.clone(),
    }
}
