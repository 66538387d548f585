//! The fetch loop: what is asked of which broker, and what `poll` returns of the
//! answers (CON-3 to CON-5).

use super::assignment::{AssignedPartition, Phase};
use super::{Consumer, Purpose};
use crate::client::network::ConnId;
use crate::client::{ClientFailure, DeliveredRecord};
use crate::config::OffsetReset;
use crate::error::ErrorCode;
use crate::node::Effects;
use crate::protocol::{
    FetchPartition, FetchPartitionResponse, FetchRequest, FetchResponse, Request,
};
use crate::record::{Batch, BatchKind};
use crate::types::{Duration, LeaderEpoch, NodeId, Offset, ProducerId, Time, TopicPartition};

/// A fetched partition that `poll` has not returned to its end.
#[derive(Clone, Debug)]
pub(super) struct Buffered {
    pub partition: TopicPartition,
    /// It is worthless unless the position is here.
    position: Offset,
    batches: Vec<Batch>,
    /// First batch that is not returned to its end.
    at: usize,
    /// Aborted transactions that have begun or will begin (TXN-12).
    aborted: Vec<(ProducerId, Offset)>,
    read_committed: bool,
}

impl Buffered {
    /// Records not returned yet.
    pub fn remaining(&self) -> u64 {
        let from = self.position;
        let rest = self.batches[self.at..].iter();
        rest.map(|b| (b.next_offset().0 - b.base_offset.0.max(from.0)).max(0) as u64)
            .sum()
    }

    /// Whether the batch belongs to an aborted transaction; an abort marker ends it.
    fn is_aborted(&mut self, batch: &Batch) -> bool {
        if !self.read_committed {
            return false;
        }
        let id = batch.body.producer_id;
        let mine = |entry: &(ProducerId, Offset)| entry.0 == id && entry.1 <= batch.base_offset;
        match batch.body.kind {
            BatchKind::Marker(false) => {
                if let Some(at) = self.aborted.iter().position(mine) {
                    self.aborted.remove(at);
                }
                false
            }
            BatchKind::Transactional => self.aborted.iter().any(mine),
            _ => false,
        }
    }
}

impl Consumer {
    /// Asks every broker that owes no answer for the partitions it leads and of
    /// which nothing is buffered.
    pub(super) fn send_fetches(&mut self, now: Time, fx: &mut Effects) {
        let mut wanted: Vec<(NodeId, usize)> = Vec::new();
        for (partition, at) in self.assigned.iter().zip(0..) {
            let Some(id) = partition.id else {
                self.net.request_update();
                continue;
            };
            if partition.phase != Phase::Fetching || !partition.is_readable() {
                continue;
            }
            let leader = self.net.view.leader(id).map(|(leader, _)| leader);
            match self.read_replica(partition, now).or(leader) {
                None => self.net.request_update(),
                Some(from) if self.fetching.contains(&from) => {}
                Some(from) => {
                    if !self.buffer.iter().any(|b| b.partition == id) {
                        wanted.push((from, at));
                    }
                }
            }
        }
        // Stable: partitions keep their order within a broker.
        wanted.sort_by_key(|(from, _)| *from);
        for of_broker in wanted.chunk_by(|a, b| a.0 == b.0) {
            let conn = ConnId::broker(of_broker[0].0);
            if self.net.ready(conn, now, fx) {
                self.send_fetch(of_broker, now, fx);
            }
        }
    }

    /// The follower to read from: not for longer than `metadata.max.age.ms`, and only while the
    /// metadata names it.
    fn read_replica(&self, partition: &AssignedPartition, now: Time) -> Option<NodeId> {
        let (follower, until) = partition.preferred?;
        let is_known = || self.net.view.brokers().iter().any(|b| b.id == follower);
        (now < until && is_known()).then_some(follower)
    }

    fn send_fetch(&mut self, of_broker: &[(NodeId, usize)], now: Time, fx: &mut Effects) {
        let from = of_broker[0].0;
        let mut partitions = Vec::with_capacity(of_broker.len());
        let mut asked = Vec::with_capacity(of_broker.len());
        for (_, at) in of_broker {
            let assigned = &self.assigned[*at];
            let Some(partition) = assigned.id else {
                continue;
            };
            asked.push((partition, assigned.offset));
            partitions.push(FetchPartition {
                partition,
                current_leader_epoch: assigned.leader_epoch,
                fetch_offset: assigned.offset,
                last_fetched_epoch: LeaderEpoch::NONE,
                log_start_offset: Offset::UNKNOWN,
                max_bytes: self.config.max_partition_fetch_bytes,
            });
        }
        let request = Request::Fetch(FetchRequest {
            replica: None,
            max_wait_ms: self.config.fetch_max_wait_ms,
            min_bytes: self.config.fetch_min_bytes,
            max_bytes: self.config.fetch_max_bytes,
            read_committed: self.config.read_committed,
            rack: self.config.rack.clone(),
            session_epoch: -1,
            forgotten: Vec::new(),
            partitions,
        });
        self.fetching.insert(from);
        let purpose = Purpose::Fetch(from, asked);
        self.net
            .send(ConnId::broker(from), request, purpose, now, fx);
    }

    /// A broker answered.
    pub(super) fn fetched(
        &mut self,
        asked: &[(TopicPartition, Offset)],
        answer: &FetchResponse,
        now: Time,
    ) {
        for partition in &answer.partitions {
            let id = partition.partition;
            let Some(&at) = self.by_id.get(&id) else {
                continue;
            };
            let current = (id, self.assigned[at].offset);
            // CON-3: an answer for another position is nobody's.
            if self.is_phase(at, Phase::Fetching) && asked.contains(&current) {
                self.partition_fetched(at, partition, now);
            }
        }
    }

    fn partition_fetched(&mut self, at: usize, answer: &FetchPartitionResponse, now: Time) {
        let age = Duration::from_ms(self.config.client.metadata_max_age_ms.into());
        let partition = &mut self.assigned[at];
        match answer.error {
            ErrorCode::None => {
                partition.high_watermark = answer.high_watermark;
                if let Some(follower) = answer.preferred_read_replica {
                    partition.preferred = Some((follower, now + age));
                }
                if !answer.batches.is_empty() {
                    self.buffer.push_back(Buffered {
                        partition: answer.partition,
                        position: self.assigned[at].offset,
                        batches: answer.batches.clone(),
                        at: 0,
                        aborted: answer.aborted.clone(),
                        read_committed: self.config.read_committed,
                    });
                }
            }
            ErrorCode::OffsetOutOfRange => self.out_of_range(at),
            ErrorCode::UnknownLeaderEpoch => {}
            ErrorCode::CorruptMessage | ErrorCode::TopicAuthorizationFailed => {
                self.failure = Some(ClientFailure::code(answer.error));
            }
            _ => {
                partition.preferred = None;
                if let Some((leader, epoch)) = answer.current_leader {
                    self.net.view.hint_leader(answer.partition, leader, epoch);
                }
                self.net.request_update();
            }
        }
    }

    /// CON-5. A follower may simply be behind: then the leader is asked.
    fn out_of_range(&mut self, at: usize) {
        if self.assigned[at].preferred.take().is_some() {
            return;
        }
        match self.config.offset_reset {
            OffsetReset::To(spec) => self.assigned[at].phase = Phase::AwaitReset(spec),
            OffsetReset::None => {
                let text = format!(
                    "Fetch position {} is out of range for partition {}-{}",
                    self.describe_position(at),
                    self.assigned[at].topic,
                    self.assigned[at].partition
                );
                let failure = ClientFailure::new(ErrorCode::OffsetOutOfRange, &text);
                self.failure = Some(failure);
            }
        }
    }

    /// The position as Kafka prints it.
    pub(super) fn describe_position(&self, at: usize) -> String {
        let partition = &self.assigned[at];
        let leader = partition.id.and_then(|id| self.net.view.leader(id));
        let node = leader.and_then(|(id, _)| {
            let known = self.net.view.brokers().iter().find(|b| b.id == id);
            known.map(|b| {
                let rack = b.rack.as_deref().unwrap_or("null");
                format!(
                    "Optional[{}:{} (id: {id} rack: {rack} isFenced: false)]",
                    b.host, b.port
                )
            })
        });
        let epoch = match partition.offset_epoch {
            LeaderEpoch::NONE => "Optional.empty".to_string(),
            epoch => format!("Optional[{epoch}]"),
        };
        format!(
            "FetchPosition{{offset={}, offsetEpoch={epoch}, currentLeader=LeaderAndEpoch{{leader={}, epoch={}}}}}",
            partition.offset,
            node.unwrap_or_else(|| "Optional.empty".to_string()),
            partition.leader_epoch,
        )
    }

    /// A follower is gone: its partitions are read from their leaders.
    pub(super) fn forget_preferred(&mut self, from: NodeId) {
        for partition in &mut self.assigned {
            if partition
                .preferred
                .is_some_and(|(follower, _)| follower == from)
            {
                partition.preferred = None;
            }
        }
    }

    /// Takes at most `max.poll.records` out of the buffer (CON-4).
    pub(super) fn collect(&mut self) -> Vec<DeliveredRecord> {
        let mut most = u64::from(self.config.max_poll_records);
        if let Some(end) = self.config.max_records {
            most = most.min(end.saturating_sub(self.delivered));
        }
        let mut records = Vec::new();
        let mut paused = Vec::new();
        while (records.len() as u64) < most {
            let Some(mut buffered) = self.buffer.pop_front() else {
                break;
            };
            let Some(&at) = self.by_id.get(&buffered.partition) else {
                continue;
            };
            let assigned = &self.assigned[at];
            if assigned.phase != Phase::Fetching || assigned.offset != buffered.position {
                continue;
            }
            if !assigned.is_readable() {
                paused.push(buffered);
                continue;
            }
            let is_read = self.take_records(at, &mut buffered, most, &mut records);
            if buffered.at < buffered.batches.len() {
                self.buffer.push_front(buffered);
            }
            if !is_read {
                // It stays the next one in line, so no other partition is read either.
                let assigned = &self.assigned[at];
                let place = (&*assigned.topic, assigned.partition, assigned.offset);
                self.failure = records.is_empty().then(|| ClientFailure::bad_value(place));
                break;
            }
        }
        self.buffer.extend(paused);
        records
    }

    /// Takes records of one partition; `false` if its value cannot be deserialized: its
    /// position stays there, and what came before is returned first.
    fn take_records(
        &mut self,
        at: usize,
        buffered: &mut Buffered,
        most: u64,
        records: &mut Vec<DeliveredRecord>,
    ) -> bool {
        let deserializer = self.config.value_deserializer;
        let assigned = &mut self.assigned[at];
        while let Some(batch) = buffered.batches.get(buffered.at).cloned() {
            let skipped = batch.body.is_control();
            if !buffered.is_aborted(&batch) && !skipped {
                let first = assigned.offset;
                let wanted = batch.records().skip_while(|(offset, _)| *offset < first);
                for (offset, record) in wanted {
                    let is_read = deserializer.takes(record.value.as_deref());
                    if records.len() as u64 >= most || !is_read {
                        buffered.position = assigned.offset;
                        return is_read;
                    }
                    records.push(DeliveredRecord {
                        topic: assigned.topic.clone(),
                        partition: buffered.partition,
                        offset,
                        leader_epoch: batch.leader_epoch,
                        record: record.clone(),
                    });
                    assigned.offset = offset.next();
                    assigned.offset_epoch = batch.leader_epoch;
                }
            }
            assigned.offset = batch.next_offset().max(assigned.offset);
            assigned.offset_epoch = batch.leader_epoch;
            buffered.position = assigned.offset;
            buffered.at += 1;
        }
        true
    }
}
