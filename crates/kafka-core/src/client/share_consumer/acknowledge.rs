//! Acknowledging what `poll` returned (SHG-4, SHG-6).

use std::collections::BTreeMap;

use super::{Purpose, ShareConsumer};
use crate::client::network::ConnId;
use crate::client::{ClientEvent, NamedPartition};
use crate::error::ErrorCode;
use crate::node::Effects;
use crate::protocol::{
    AcknowledgeType, AcknowledgementBatch, Request, ShareAcknowledgeRequest,
    ShareAcknowledgeResponse,
};
use crate::types::{NodeId, Offset, Time, TopicPartition};

/// A record that `poll` returned.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held {
    /// The broker that gave it.
    pub(super) from: NodeId,
    /// The application must not acknowledge it any more: a tool that has enough.
    pub(super) is_surplus: bool,
}

/// Acknowledgements by partition and offset.
pub(super) type Owed = BTreeMap<TopicPartition, BTreeMap<Offset, AcknowledgeType>>;

/// A commitSync that waits for its answers.
#[derive(Clone, Debug, Default)]
pub(super) struct Commit {
    waiting: u32,
    sent: bool,
    results: Vec<(TopicPartition, ErrorCode)>,
}

/// Runs of neighbouring offsets, one type each unless they are all the same.
pub(super) fn batches(owed: &BTreeMap<Offset, AcknowledgeType>) -> Vec<AcknowledgementBatch> {
    let mut out: Vec<AcknowledgementBatch> = Vec::new();
    for (offset, acknowledged) in owed {
        match out.last_mut() {
            Some(batch) if batch.last.next() == *offset => {
                batch.last = *offset;
                batch.types.push(*acknowledged);
            }
            _ => out.push(AcknowledgementBatch {
                first: *offset,
                last: *offset,
                types: vec![*acknowledged],
            }),
        }
    }
    for batch in &mut out {
        let first = batch.types[0];
        if batch.types.iter().all(|one| *one == first) {
            batch.types.truncate(1);
        }
    }
    out
}

pub(super) fn renews(owed: &Owed) -> bool {
    let mut types = owed.values().flat_map(BTreeMap::values);
    types.any(|one| *one == AcknowledgeType::Renew)
}

impl ShareConsumer {
    /// Everything `poll` returned gets this type.
    pub(super) fn acknowledge_held(&mut self, with: AcknowledgeType) {
        for ((partition, offset), held) in std::mem::take(&mut self.held) {
            if held.is_surplus {
                self.held.insert((partition, offset), held);
                continue;
            }
            self.owe(held.from, partition, offset, with);
        }
    }

    pub(super) fn owe(
        &mut self,
        to: NodeId,
        partition: TopicPartition,
        offset: Offset,
        with: AcknowledgeType,
    ) {
        let owed = self.owed.entry(to).or_default();
        owed.entry(partition).or_default().insert(offset, with);
    }

    pub(super) fn acknowledge_by_hand(
        &mut self,
        records: &[(NamedPartition, Offset, AcknowledgeType)],
    ) {
        for (named, offset, with) in records {
            let topic = self.net.view.topic_id(&named.topic);
            let Some(topic) = topic else {
                continue;
            };
            let id = TopicPartition::new(topic, named.partition);
            let Some(held) = self.held.get(&(id, *offset)).copied() else {
                continue;
            };
            // A renewed record stays in the application's hands.
            if *with != AcknowledgeType::Renew {
                self.held.remove(&(id, *offset));
            }
            self.owe(held.from, id, *offset, *with);
        }
    }

    /// commitSync: sends what is acknowledged and waits.
    pub(super) fn commit_sync(&mut self) {
        if self.config.acknowledging == crate::config::Acknowledging::Implicit {
            self.acknowledge_held(AcknowledgeType::Accept);
        }
        if self.commit.is_none() {
            self.commit = Some(Commit::default());
        }
    }

    /// commitAsync: brokers that owe an answer get it with the next fetch.
    pub(super) fn commit_async(&mut self, now: Time, fx: &mut Effects) {
        let idle = |node: &NodeId| !self.sessions.get(node).is_some_and(|s| s.in_flight);
        let nodes: Vec<NodeId> = self.owed.keys().copied().filter(idle).collect();
        for node in nodes {
            self.send_acknowledgements(node, false, now, fx);
        }
    }

    pub(super) fn commit_step(&mut self, now: Time, fx: &mut Effects) {
        let Some(commit) = &mut self.commit else {
            return;
        };
        if !commit.sent {
            let idle = self.sessions.values().all(|session| !session.in_flight);
            if !idle && !self.owed.is_empty() {
                return;
            }
            commit.sent = true;
            let nodes: Vec<NodeId> = self.owed.keys().copied().collect();
            for node in nodes {
                self.send_acknowledgements(node, false, now, fx);
            }
        }
        if self
            .commit
            .as_ref()
            .is_some_and(|commit| commit.waiting == 0)
        {
            self.commit_done(fx);
        }
    }

    fn commit_done(&mut self, fx: &mut Effects) {
        let Some(commit) = self.commit.take() else {
            return;
        };
        let results = commit.results.into_iter();
        let named = results.filter_map(|(id, error)| Some((self.named(id)?, error)));
        fx.event(ClientEvent::ShareCommitted(named.collect()));
    }

    /// Sends what is owed to a broker, and ends the session there if it is the last.
    /// Returns whether a request went out.
    pub(super) fn send_acknowledgements(
        &mut self,
        node: NodeId,
        last: bool,
        now: Time,
        fx: &mut Effects,
    ) -> bool {
        let owed = self.owed.remove(&node).unwrap_or_default();
        let conn = ConnId::broker(node);
        let usable = self
            .sessions
            .get(&node)
            .is_some_and(|session| session.epoch > 0);
        if !usable || !self.net.ready(conn, now, fx) {
            self.fail_owed(&owed, ErrorCode::ShareSessionNotFound, fx);
            return false;
        }
        let Some(session) = self.sessions.get_mut(&node) else {
            return false;
        };
        let session_epoch = if last { -1 } else { session.take_epoch() };
        session.in_flight = true;
        let partitions = owed.iter().map(|(id, owed)| (*id, batches(owed)));
        let request = Request::ShareAcknowledge(ShareAcknowledgeRequest {
            group: self.config.group.clone(),
            member_id: self.member.id.clone(),
            session_epoch,
            is_renew_ack: renews(&owed),
            partitions: partitions.collect(),
        });
        if let Some(commit) = &mut self.commit {
            commit.waiting += 1;
        }
        let purpose = Purpose::Acknowledge(node, owed);
        self.net.send(conn, request, purpose, now, fx);
        true
    }

    pub(super) fn acknowledged(
        &mut self,
        node: NodeId,
        owed: &Owed,
        answer: &ShareAcknowledgeResponse,
        fx: &mut Effects,
    ) {
        if answer.error.is_error() {
            self.reset_session(node);
            self.commit_answered(owed, |_| answer.error);
            self.fail_owed(owed, answer.error, fx);
            return;
        }
        let error_of = |id: &TopicPartition| {
            let found = answer.partitions.iter().find(|(known, _)| known == id);
            found.map_or(ErrorCode::None, |(_, error)| *error)
        };
        self.commit_answered(owed, error_of);
        self.tell_outcomes(owed, error_of, fx);
    }

    /// The request is gone without an answer.
    pub(super) fn acknowledge_lost(&mut self, owed: &Owed, fx: &mut Effects) {
        self.commit_answered(owed, |_| ErrorCode::NetworkException);
        self.fail_owed(owed, ErrorCode::NetworkException, fx);
    }

    fn commit_answered(&mut self, owed: &Owed, error_of: impl Fn(&TopicPartition) -> ErrorCode) {
        if let Some(commit) = &mut self.commit {
            commit.waiting = commit.waiting.saturating_sub(1);
            let results = owed.keys().map(|id| (*id, error_of(id)));
            commit.results.extend(results);
        }
    }

    pub(super) fn fail_owed(&mut self, owed: &Owed, error: ErrorCode, fx: &mut Effects) {
        self.tell_outcomes(owed, |_| error, fx);
    }

    /// The acknowledgement commit callback: what became of each partition's.
    pub(super) fn tell_outcomes(
        &mut self,
        owed: &Owed,
        error_of: impl Fn(&TopicPartition) -> ErrorCode,
        fx: &mut Effects,
    ) {
        let told = owed
            .iter()
            .map(|(id, owed)| (*id, batches(owed), error_of(id)));
        let told: Vec<_> = told.collect();
        if !told.is_empty() {
            fx.event(ClientEvent::Acknowledged(told));
        }
    }

    /// As applications name it.
    pub(super) fn named(&self, id: TopicPartition) -> Option<NamedPartition> {
        let topic = self.net.view.topic(id.topic)?.name.clone();
        Some(NamedPartition {
            topic,
            partition: id.partition,
        })
    }
}
