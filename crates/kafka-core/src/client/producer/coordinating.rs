//! What a transactional producer asks its coordinators, one request at a time (TXN-1,
//! TXN-2, TXN-6, TXN-7). Not here: what their answers mean (`answers`).

use super::transaction::{Ask, TransactionManager, TransactionState};
use super::{Producer, Purpose};
use crate::client::network::ConnId;
use crate::node::{Effects, Prng, TimerKey};
use crate::protocol::{
    AddOffsetsToTxnRequest, AddPartitionsToTxnRequest, CoordinatorKind, EndTxnRequest,
    FindCoordinatorRequest, InitProducerIdRequest, OffsetToCommit, Request, TxnOffsetCommitRequest,
};
use crate::types::{Generation, LeaderEpoch, Name, Time, TopicPartition};

/// A transactional request may be sent again.
pub(super) const TXN_RETRY: TimerKey = TimerKey::Retry(4);

impl Producer {
    /// Sends the next request to a coordinator, if one is due and none is on its way.
    pub(super) fn ask_coordinator(&mut self, now: Time, prng: &mut Prng, fx: &mut Effects) {
        if self.txn.is_none() {
            return;
        }
        self.join_partitions();
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
            Ask::Init | Ask::AddPartitions | Ask::AddOffsets | Ask::End => txn.coordinator,
            Ask::Offsets => txn.group.as_ref().map(|(_, conn)| *conn),
        };
        let Some(conn) = conn else {
            return;
        };
        if wanted != Ask::Offsets || self.offsets_are_known() {
            self.ask(conn, wanted, now, fx);
        }
    }

    /// TXN-2: partitions with records have to be part of the transaction.
    fn join_partitions(&mut self) {
        let open = [
            TransactionState::InTransaction,
            TransactionState::Committing,
        ];
        let Some(txn) = &self.txn else {
            return;
        };
        if txn.brokers_add() || !open.contains(&txn.state) {
            return;
        }
        let slots = (0..).zip(&self.acc.partitions);
        let waiting = slots.filter(|(_, queue)| !queue.waiting.is_empty());
        let joining = waiting.filter_map(|(slot, _)| self.address(slot));
        let joining: Vec<TopicPartition> = joining.collect();
        if let Some(txn) = &mut self.txn {
            for id in joining {
                txn.partitions.entry(id).or_insert(false);
            }
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
                producer_id,
                producer_epoch,
            }),
            Ask::AddPartitions => Request::AddPartitionsToTxn(AddPartitionsToTxnRequest {
                transactional_id: txn.id.clone(),
                producer_id,
                producer_epoch,
                verify_only: false,
                transaction_version: txn.version,
                partitions: txn.new_partitions().collect(),
            }),
            Ask::AddOffsets => Request::AddOffsetsToTxn(AddOffsetsToTxnRequest {
                transactional_id: txn.id.clone(),
                producer_id,
                producer_epoch,
                transaction_version: txn.version,
                group: key_of(txn, CoordinatorKind::Group),
            }),
            Ask::End => Request::EndTxn(EndTxnRequest {
                transactional_id: txn.id.clone(),
                producer_id,
                producer_epoch,
                commit: txn.state == TransactionState::Committing,
                transaction_version: txn.version,
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
            txn.started |= ask == Ask::Offsets && txn.brokers_add();
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
            transaction_version: txn.version,
            offsets,
        })
    }
}

/// What has to be asked next, if anything.
fn next_ask(txn: &TransactionManager, drained: bool) -> Option<Ask> {
    let wanted = match txn.state {
        TransactionState::Initializing => Ask::Init,
        TransactionState::InTransaction | TransactionState::Committing
            if !txn.brokers_add() && txn.new_partitions().next().is_some() =>
        {
            Ask::AddPartitions
        }
        TransactionState::InTransaction | TransactionState::Committing if txn.offsets.is_some() => {
            match txn.brokers_add() || txn.offsets_added {
                true => Ask::Offsets,
                false => Ask::AddOffsets,
            }
        }
        TransactionState::Committing | TransactionState::Aborting if drained => Ask::End,
        _ => return None,
    };
    Some(match wanted {
        Ask::Init | Ask::AddPartitions | Ask::AddOffsets | Ask::End
            if txn.coordinator.is_none() =>
        {
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

pub(super) fn key_of(txn: &TransactionManager, kind: CoordinatorKind) -> Name {
    match (kind, wanted_group(txn)) {
        (CoordinatorKind::Group, Some(group)) => group.clone(),
        _ => txn.id.clone(),
    }
}
