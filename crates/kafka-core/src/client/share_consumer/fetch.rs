//! Share sessions and fetching: what is asked of which broker, and what `poll` returns.

use super::acknowledge::{Held, Owed, batches, renews};
use super::{Purpose, ShareConsumer};
use crate::client::network::ConnId;
use crate::client::{ClientFailure, DeliveredRecord, SharedRecord};
use crate::error::ErrorCode;
use crate::node::Effects;
use crate::protocol::{
    AcknowledgeType, Request, ShareFetchPartitionResponse, ShareFetchRequest, ShareFetchResponse,
};
use crate::types::{NodeId, Offset, Time, TopicPartition};

/// The share session with one broker.
#[derive(Clone, Debug, Default)]
pub(super) struct Session {
    /// Epoch of the next request.
    pub(super) epoch: i32,
    /// What the broker knows to be in it.
    pub(super) partitions: Vec<TopicPartition>,
    /// A request is unanswered.
    pub(super) in_flight: bool,
}

impl Session {
    pub(super) fn take_epoch(&mut self) -> i32 {
        let epoch = self.epoch;
        self.epoch = epoch.checked_add(1).unwrap_or(1);
        epoch
    }
}

/// Acquired records that `poll` has not returned.
#[derive(Clone, Debug)]
pub(super) struct Buffered {
    from: NodeId,
    records: Vec<SharedRecord>,
}

impl Buffered {
    pub(super) fn len(&self) -> u64 {
        self.records.len() as u64
    }
}

impl ShareConsumer {
    /// The session is begun anew with the next request.
    pub(super) fn reset_session(&mut self, node: NodeId) {
        if let Some(session) = self.sessions.get_mut(&node) {
            *session = Session::default();
        }
    }

    /// Asks every broker that owes no answer for the partitions it leads.
    pub(super) fn send_fetches(&mut self, now: Time, fx: &mut Effects) {
        let mut nodes: Vec<NodeId> = Vec::new();
        for id in &self.assigned {
            match self.net.view.leader(*id) {
                Some((leader, _)) => nodes.push(leader),
                None => self.net.request_update(),
            }
        }
        // Brokers that lead nothing any more are told so once.
        let left = self
            .sessions
            .iter()
            .filter(|(_, s)| !s.partitions.is_empty());
        nodes.extend(left.map(|(node, _)| *node));
        nodes.extend(self.owed.keys().copied());
        nodes.sort_unstable();
        nodes.dedup();
        for node in nodes {
            let busy = self.sessions.get(&node).is_some_and(|s| s.in_flight);
            if !busy && self.net.ready(ConnId::broker(node), now, fx) {
                self.send_fetch(node, now, fx);
            }
        }
    }

    fn send_fetch(&mut self, node: NodeId, now: Time, fx: &mut Effects) {
        let led = |id: &&TopicPartition| {
            let leader = self.net.view.leader(**id);
            leader.is_some_and(|(leader, _)| leader == node)
        };
        let wanted: Vec<TopicPartition> = self.assigned.iter().filter(led).copied().collect();
        let mut owed = self.owed.remove(&node).unwrap_or_default();
        let session = self.sessions.entry(node).or_default();
        if session.epoch == 0 && !owed.is_empty() {
            let lost = std::mem::take(&mut owed);
            self.fail_owed(&lost, ErrorCode::ShareSessionNotFound, fx);
        }
        let session = self.sessions.entry(node).or_default();
        let forgotten = session.partitions.iter().filter(|id| !wanted.contains(id));
        let forgotten: Vec<TopicPartition> = forgotten.copied().collect();
        if wanted.is_empty() && session.epoch == 0 {
            self.sessions.remove(&node);
            return;
        }
        let added = wanted.iter().filter(|id| !session.partitions.contains(id));
        let mut partitions: Vec<_> = added.map(|id| (*id, Vec::new())).collect();
        for (id, owed) in &owed {
            match partitions.iter_mut().find(|(known, _)| known == id) {
                Some((_, known)) => *known = batches(owed),
                None => partitions.push((*id, batches(owed))),
            }
        }
        let is_idle = wanted.is_empty();
        session.partitions = wanted;
        session.in_flight = true;
        let session_epoch = session.take_epoch();
        let request = Request::ShareFetch(ShareFetchRequest {
            group: self.config.group.clone(),
            member_id: self.member.id.clone(),
            session_epoch,
            max_wait_ms: self.config.fetch_max_wait_ms,
            max_bytes: self.config.fetch_max_bytes,
            max_records: if is_idle {
                0
            } else {
                self.config.max_poll_records
            },
            batch_size: self.config.max_poll_records,
            acquire_mode: self.config.acquire_mode,
            is_renew_ack: renews(&owed),
            partitions,
            forgotten,
        });
        let purpose = Purpose::Fetch(node, owed);
        self.net
            .send(ConnId::broker(node), request, purpose, now, fx);
    }

    pub(super) fn fetched(
        &mut self,
        node: NodeId,
        owed: &Owed,
        answer: &ShareFetchResponse,
        fx: &mut Effects,
    ) {
        if answer.error.is_error() {
            self.reset_session(node);
            self.fail_owed(owed, answer.error, fx);
            return;
        }
        let error_of = |id: &TopicPartition| {
            let found = answer.partitions.iter().find(|one| one.partition == *id);
            found.map_or(ErrorCode::None, |one| one.acknowledge_error)
        };
        self.tell_outcomes(owed, error_of, fx);
        for partition in &answer.partitions {
            self.partition_fetched(node, partition);
        }
    }

    fn partition_fetched(&mut self, node: NodeId, answer: &ShareFetchPartitionResponse) {
        let id = answer.partition;
        if answer.error.is_error() {
            if let Some((leader, epoch)) = answer.current_leader {
                self.net.view.hint_leader(id, leader, epoch);
            }
            self.net.request_update();
            return;
        }
        let Some(topic) = self
            .net
            .view
            .topic(id.topic)
            .map(|topic| topic.name.clone())
        else {
            return;
        };
        let mut records = Vec::new();
        for run in &answer.acquired {
            let mut expected = run.first;
            for batch in answer
                .batches
                .iter()
                .filter(|batch| !batch.body.is_control())
            {
                for (offset, record) in batch.records() {
                    if offset < run.first || offset > run.last {
                        continue;
                    }
                    self.owe_gaps(node, id, expected, offset);
                    expected = offset.next();
                    records.push(SharedRecord {
                        delivered: DeliveredRecord {
                            topic: topic.clone(),
                            partition: id,
                            offset,
                            leader_epoch: batch.leader_epoch,
                            record: record.clone(),
                        },
                        delivery_count: run.delivery_count,
                    });
                }
            }
            self.owe_gaps(node, id, expected, run.last.next());
        }
        if !records.is_empty() {
            let from = node;
            self.buffer.push_back(Buffered { from, records });
        }
    }

    /// Acquired offsets at which there is no record for the application.
    fn owe_gaps(&mut self, node: NodeId, id: TopicPartition, from: Offset, to: Offset) {
        for offset in from.0..to.0 {
            self.owe(node, id, Offset(offset), AcknowledgeType::Gap);
        }
    }

    /// Takes about `max.poll.records` records: what was acquired together stays together.
    pub(super) fn collect(&mut self) -> Vec<SharedRecord> {
        let most = self.config.max_poll_records as usize;
        let mut records: Vec<SharedRecord> = Vec::new();
        while let Some(next) = self.buffer.front() {
            if !records.is_empty() && records.len() + next.records.len() > most {
                break;
            }
            let Some(mut next) = self.buffer.pop_front() else {
                break;
            };
            let good = next.records.iter().take_while(|it| self.takes(it)).count();
            let rest = next.records.split_off(good);
            for shared in next.records {
                let key = (shared.delivered.partition, shared.delivered.offset);
                let from = next.from;
                let is_surplus = self.has_enough(records.len() as u64);
                self.held.insert(key, Held { from, is_surplus });
                if !is_surplus {
                    records.push(shared);
                }
            }
            if !rest.is_empty() {
                let from = next.from;
                let rest = Buffered {
                    from,
                    records: rest,
                };
                self.meet_bad_value(rest, records.is_empty());
                break;
            }
        }
        records
    }

    fn takes(&self, shared: &SharedRecord) -> bool {
        let value = shared.delivered.record.value.as_deref();
        self.config.value_deserializer.takes(value)
    }

    /// The first of these cannot be deserialized. If nothing stands before it, it is given
    /// back and `poll` throws; the next `poll` goes on behind it.
    fn meet_bad_value(&mut self, mut rest: Buffered, throws: bool) {
        if throws {
            let bad = rest.records.remove(0).delivered;
            let place = (&*bad.topic, bad.partition.partition, bad.offset);
            self.failure = Some(ClientFailure::bad_value(place));
            self.owe(
                rest.from,
                bad.partition,
                bad.offset,
                AcknowledgeType::Release,
            );
        }
        if !rest.records.is_empty() {
            self.buffer.push_front(rest);
        }
    }

    fn has_enough(&self, more: u64) -> bool {
        let most = self.config.max_records;
        most.is_some_and(|most| self.delivered + more >= most)
    }
}
