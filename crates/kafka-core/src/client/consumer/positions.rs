//! Where reading begins: committed offsets, resets and validation (CON-2, CON-5,
//! CON-12).

use super::assignment::Phase;
use super::{Consumer, Purpose};
use crate::client::ClientFailure;
use crate::client::network::ConnId;
use crate::config::OffsetReset;
use crate::error::ErrorCode;
use crate::node::{Effects, Prng};
use crate::protocol::{
    ListOffsetsRequest, ListOffsetsResponse, OffsetFetchRequest, OffsetFetchResponse,
    OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse, Request,
};
use crate::types::{GroupEpoch, LeaderEpoch, NodeId, Offset, Time, TopicPartition};

impl Consumer {
    /// What `poll` does for partitions without a valid position.
    pub(super) fn update_positions(&mut self, now: Time, prng: &mut Prng, fx: &mut Effects) {
        if self.assigned.iter().all(|p| p.phase == Phase::Fetching) {
            return;
        }
        self.validate(now, fx);
        self.ask_committed(now, prng, fx);
        self.reset(now, fx);
    }

    /// Partitions in that phase by leader, if they may be asked about now.
    fn by_leader(&mut self, phase: impl Fn(Phase) -> bool) -> Vec<(NodeId, usize)> {
        let mut found = Vec::new();
        for (partition, at) in self.assigned.iter().zip(0..) {
            if phase(partition.phase) {
                match partition.id.and_then(|id| self.net.view.leader(id)) {
                    Some((leader, _)) => found.push((leader, at)),
                    None => self.net.request_update(),
                }
            }
        }
        found.sort_unstable();
        found
    }

    fn may_ask(&mut self, now: Time, fx: &mut Effects) -> bool {
        if now < self.positions_retry_at {
            let at = self.positions_retry_at;
            self.retry_at(at, fx);
            return false;
        }
        self.positions_asked == 0
    }

    fn validate(&mut self, now: Time, fx: &mut Effects) {
        let waits = |phase| phase == Phase::AwaitValidation;
        if !self.assigned.iter().any(|p| waits(p.phase)) || !self.may_ask(now, fx) {
            return;
        }
        let found = self.by_leader(waits);
        for of_leader in found.chunk_by(|a, b| a.0 == b.0) {
            let conn = ConnId::broker(of_leader[0].0);
            if !self.net.ready(conn, now, fx) {
                continue;
            }
            let question = |(_, at): &(NodeId, usize)| {
                let p = &self.assigned[*at];
                Some((p.id?, p.leader_epoch, p.offset_epoch))
            };
            let partitions: Vec<_> = of_leader.iter().filter_map(question).collect();
            let asked = partitions.iter().map(|(id, epoch, _)| (*id, *epoch));
            let purpose = Purpose::Epochs(asked.collect());
            let request = Request::OffsetForLeaderEpoch(OffsetForLeaderEpochRequest { partitions });
            self.positions_asked += 1;
            self.net.send(conn, request, purpose, now, fx);
        }
    }

    /// CON-12: is the position still in the new leader's log? What was asked of an
    /// earlier leader means nothing any more.
    pub(super) fn epochs_answered(
        &mut self,
        asked: &[(TopicPartition, LeaderEpoch)],
        answer: &OffsetForLeaderEpochResponse,
        now: Time,
    ) {
        self.positions_asked = self.positions_asked.saturating_sub(1);
        for (id, error, epoch, end) in &answer.partitions {
            let Some(&at) = self.by_id.get(id) else {
                continue;
            };
            let question = (*id, self.assigned[at].leader_epoch);
            if !self.is_phase(at, Phase::AwaitValidation) || !asked.contains(&question) {
                continue;
            }
            if error.is_error() {
                self.positions_retry_at = now + self.retry_backoff();
                self.net.request_update();
                continue;
            }
            let unknown = *epoch == LeaderEpoch::NONE || *end == Offset::UNKNOWN;
            let position = self.assigned[at].offset;
            if !unknown && *end >= position {
                self.assigned[at].phase = Phase::Fetching;
                continue;
            }
            match self.config.offset_reset {
                OffsetReset::To(spec) if unknown => {
                    self.assigned[at].phase = Phase::AwaitReset(spec);
                }
                OffsetReset::To(_) => {
                    let partition = &mut self.assigned[at];
                    partition.offset = *end;
                    partition.offset_epoch = *epoch;
                    partition.phase = Phase::Fetching;
                }
                OffsetReset::None => {
                    let mut failure = ClientFailure::new(
                        ErrorCode::OffsetOutOfRange,
                        &format!(
                            "Detected log truncation for partition {}-{} with diverging offset {end}",
                            self.assigned[at].topic, self.assigned[at].partition
                        ),
                    );
                    failure.exception = "LogTruncationException";
                    self.failure = Some(failure);
                }
            }
        }
    }

    /// CON-2: asks the coordinator for committed offsets; without a group the
    /// reset policy decides at once.
    fn ask_committed(&mut self, now: Time, prng: &mut Prng, fx: &mut Effects) {
        let new = |phase| phase == Phase::Initializing;
        if !self.assigned.iter().any(|p| new(p.phase)) || self.offsets_asked {
            return;
        }
        let Some(group) = self.config.group.clone() else {
            let all: Vec<usize> = (0..self.assigned.len()).collect();
            self.reset_initializing(&all);
            return;
        };
        let Some(conn) = self.ready_coordinator(now, prng, fx) else {
            return;
        };
        let is_member = self.is_modern() && self.is_subscribed();
        let epoch = GroupEpoch(self.member.generation.0);
        let member = is_member.then(|| (self.member.id.clone(), epoch));
        if is_member && now < self.positions_retry_at {
            let at = self.positions_retry_at;
            self.retry_at(at, fx);
            return;
        }
        let initializing = self.assigned.iter().filter(|p| new(p.phase));
        let partitions = initializing.map(|p| (p.topic.clone(), p.partition));
        let request = Request::OffsetFetch(OffsetFetchRequest {
            group,
            member,
            partitions: Some(partitions.collect()),
            require_stable: true,
        });
        self.offsets_asked = true;
        self.net.send(conn, request, Purpose::OffsetFetch, now, fx);
    }

    /// The committed offsets are known.
    pub(super) fn offsets_fetched(
        &mut self,
        answer: &OffsetFetchResponse,
        now: Time,
        fx: &mut Effects,
    ) {
        self.offsets_asked = false;
        let errors = answer.offsets.iter().map(|o| o.error);
        let error = errors.chain([answer.error]).find(|e| e.is_error());
        if let Some(error) = error {
            self.coordinator_error(error, now, fx);
            let is_stale = self.is_modern()
                && matches!(
                    error,
                    ErrorCode::StaleMemberEpoch | ErrorCode::UnknownMemberId
                );
            if is_stale || error == ErrorCode::UnstableOffsetCommit {
                // The next heartbeat brings the epoch, or says that the member is gone; a
                // transaction's marker decides the offset (TXN-6).
                self.positions_retry_at = now + self.retry_backoff();
                self.retry_at(self.positions_retry_at, fx);
            } else if !error.is_retriable() {
                self.failure = Some(ClientFailure::code(error));
            }
            return;
        }
        let mut absent = Vec::new();
        for stored in &answer.offsets {
            let same = |p: &super::AssignedPartition| {
                p.topic == stored.topic_name && p.partition == stored.partition
            };
            let Some(at) = self.assigned.iter().position(same) else {
                continue;
            };
            if !self.is_phase(at, Phase::Initializing) {
                continue;
            }
            if stored.offset == Offset::UNKNOWN {
                absent.push(at);
                continue;
            }
            let leader_epoch = self.leader_epoch(at);
            let partition = &mut self.assigned[at];
            partition.committed = stored.offset;
            partition.offset = stored.offset;
            partition.offset_epoch = stored.leader_epoch;
            partition.leader_epoch = leader_epoch;
            partition.phase = if stored.leader_epoch == LeaderEpoch::NONE {
                Phase::Fetching
            } else {
                Phase::AwaitValidation
            };
        }
        self.reset_initializing(&absent);
    }

    /// Partitions without a committed offset follow `auto.offset.reset`.
    fn reset_initializing(&mut self, which: &[usize]) {
        let new = |at: &&usize| self.assigned[**at].phase == Phase::Initializing;
        let which: Vec<usize> = which.iter().filter(new).copied().collect();
        match self.config.offset_reset {
            OffsetReset::To(spec) => {
                for at in which {
                    self.assigned[at].phase = Phase::AwaitReset(spec);
                }
            }
            OffsetReset::None if which.is_empty() => {}
            OffsetReset::None => {
                let name = |at: usize| {
                    let p = &self.assigned[at];
                    format!("{}-{}", p.topic, p.partition)
                };
                let names: Vec<String> = which.into_iter().map(name).collect();
                let text = format!(
                    "Undefined offset with no reset policy for partitions: [{}]",
                    names.join(", ")
                );
                let mut failure = ClientFailure::new(ErrorCode::OffsetOutOfRange, &text);
                failure.exception = "NoOffsetForPartitionException";
                self.failure = Some(failure);
            }
        }
    }

    fn reset(&mut self, now: Time, fx: &mut Effects) {
        let waits = |phase| matches!(phase, Phase::AwaitReset(_));
        if !self.assigned.iter().any(|p| waits(p.phase)) || !self.may_ask(now, fx) {
            return;
        }
        let found = self.by_leader(waits);
        for of_leader in found.chunk_by(|a, b| a.0 == b.0) {
            let conn = ConnId::broker(of_leader[0].0);
            if !self.net.ready(conn, now, fx) {
                continue;
            }
            let mut partitions = Vec::new();
            for (_, at) in of_leader {
                let epoch = self.leader_epoch(*at);
                let partition = &self.assigned[*at];
                if let (Some(id), Phase::AwaitReset(spec)) = (partition.id, partition.phase) {
                    partitions.push((id, epoch, spec));
                }
            }
            let request = Request::ListOffsets(ListOffsetsRequest {
                replica: None,
                read_committed: self.config.read_committed,
                partitions,
            });
            self.positions_asked += 1;
            self.net.send(conn, request, Purpose::ListOffsets, now, fx);
        }
    }

    /// Resets end where the leader says.
    pub(super) fn offsets_listed(&mut self, answer: &ListOffsetsResponse, now: Time) {
        self.positions_asked = self.positions_asked.saturating_sub(1);
        for listed in &answer.partitions {
            let Some(&at) = self.by_id.get(&listed.partition) else {
                continue;
            };
            if !matches!(self.assigned[at].phase, Phase::AwaitReset(_)) {
                continue;
            }
            if listed.error.is_error() {
                self.positions_retry_at = now + self.retry_backoff();
                if listed.error.is_retriable() {
                    self.net.request_update();
                } else {
                    self.failure = Some(ClientFailure::code(listed.error));
                }
                continue;
            }
            let leader_epoch = self.leader_epoch(at);
            let partition = &mut self.assigned[at];
            partition.offset = listed.offset;
            // No record was read: the position has no epoch to check or to commit.
            partition.offset_epoch = LeaderEpoch::NONE;
            partition.leader_epoch = leader_epoch;
            partition.phase = Phase::Fetching;
        }
    }
}
