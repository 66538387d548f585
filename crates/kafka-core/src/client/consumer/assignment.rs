//! What a consumer keeps of each assigned partition: Kafka's `SubscriptionState`.

use super::{Consumer, ConsumerPartition};
use crate::client::NamedPartition;
use crate::node::Effects;
use crate::protocol::OffsetSpec;
use crate::types::{BrokerId, LeaderEpoch, Name, Offset, Time, TopicPartition};

/// Where a partition's position stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Phase {
    /// No position yet: the committed offset must be asked for (CON-2).
    Initializing,
    /// The position will be what ListOffsets answers.
    AwaitReset(OffsetSpec),
    /// The position's epoch must be checked with a new leader (CON-12).
    AwaitValidation,
    /// Has a valid position.
    Fetching,
}

/// An assigned partition.
#[derive(Clone, Debug)]
pub(super) struct AssignedPartition {
    pub topic: Name,
    pub partition: u32,
    /// As brokers call it, once metadata has the topic.
    pub id: Option<TopicPartition>,
    pub phase: Phase,
    /// Next offset to return.
    pub offset: Offset,
    /// Epoch of the record before it, or NONE.
    pub offset_epoch: LeaderEpoch,
    /// Leader epoch the position was last valid with.
    pub leader_epoch: LeaderEpoch,
    pub committed: Offset,
    pub paused: bool,
    /// Has to be given up: not read any more.
    pub is_leaving: bool,
    pub high_watermark: Offset,
    /// Read from this follower instead, until then (REP-44).
    pub preferred: Option<(BrokerId, Time)>,
}

impl AssignedPartition {
    fn new(named: &NamedPartition, id: Option<TopicPartition>) -> AssignedPartition {
        AssignedPartition {
            topic: named.topic.clone(),
            partition: named.partition,
            id,
            phase: Phase::Initializing,
            offset: Offset::UNKNOWN,
            offset_epoch: LeaderEpoch::NONE,
            leader_epoch: LeaderEpoch::NONE,
            committed: Offset::UNKNOWN,
            paused: false,
            is_leaving: false,
            high_watermark: Offset::UNKNOWN,
            preferred: None,
        }
    }

    /// As applications name it.
    pub fn named(&self) -> NamedPartition {
        NamedPartition {
            topic: self.topic.clone(),
            partition: self.partition,
        }
    }

    /// Whether `poll` may return records of it.
    pub fn is_readable(&self) -> bool {
        !self.paused && !self.is_leaving
    }

    /// Whether it has a position to commit.
    pub fn has_position(&self) -> bool {
        matches!(self.phase, Phase::Fetching | Phase::AwaitValidation)
    }

    pub fn picture(&self) -> ConsumerPartition {
        ConsumerPartition {
            topic: self.topic.clone(),
            partition: self.partition,
            position: self.offset,
            committed: self.committed,
            paused: self.paused,
            high_watermark: self.high_watermark,
            phase: match self.phase {
                Phase::Initializing => "INITIALIZING",
                Phase::AwaitReset(_) => "AWAIT_RESET",
                Phase::AwaitValidation => "AWAIT_VALIDATION",
                Phase::Fetching => "FETCHING",
            },
        }
    }
}

impl Consumer {
    /// Where an application's partition stands in the assignment.
    pub(super) fn position_of(&self, named: &NamedPartition) -> Option<usize> {
        self.assigned
            .iter()
            .position(|p| p.topic == named.topic && p.partition == named.partition)
    }

    fn id_of(&self, named: &NamedPartition) -> Option<TopicPartition> {
        let topic = self.net.view.topic_id(&named.topic)?;
        Some(TopicPartition::new(topic, named.partition))
    }

    /// Takes over an assignment; partitions that stay keep their position.
    pub(super) fn set_assignment(&mut self, partitions: &[NamedPartition]) {
        let mut old = std::mem::take(&mut self.assigned);
        for named in partitions {
            let same =
                |p: &AssignedPartition| p.topic == named.topic && p.partition == named.partition;
            let kept = old.iter().position(same).map(|at| old.swap_remove(at));
            let id = self.id_of(named);
            let new = kept.unwrap_or_else(|| AssignedPartition::new(named, id));
            self.assigned.push(new);
        }
        self.index();
        let by_id = &self.by_id;
        self.buffer.retain(|b| by_id.contains_key(&b.partition));
    }

    fn index(&mut self) {
        let ids = self.assigned.iter().zip(0..);
        self.by_id = ids.filter_map(|(p, at)| Some((p.id?, at))).collect();
    }

    /// Metadata changed: ids may be known now, leaders may be new (CON-12).
    pub(super) fn metadata_changed(&mut self) {
        self.seen_version = self.net.view.version();
        self.match_topics();
        for at in 0..self.assigned.len() {
            let named = self.assigned[at].named();
            let id = self.id_of(&named);
            let partition = &mut self.assigned[at];
            if id.is_some() && partition.id != id {
                partition.id = id;
            }
            let epoch = self.leader_epoch(at);
            let partition = &mut self.assigned[at];
            // Also while another leader is being asked: its answer would come too late.
            if !partition.has_position() || epoch <= partition.leader_epoch {
                continue;
            }
            if partition.leader_epoch != LeaderEpoch::NONE
                && partition.offset_epoch != LeaderEpoch::NONE
            {
                partition.phase = Phase::AwaitValidation;
            }
            partition.leader_epoch = epoch;
            partition.preferred = None;
        }
        self.index();
        self.check_leader_snapshot();
    }

    /// Reads these partitions without a group's assignment.
    pub(super) fn assign_manually(
        &mut self,
        partitions: &[NamedPartition],
        now: Time,
        fx: &mut Effects,
    ) {
        if self.config.auto_commit {
            self.send_auto_commit(now, fx);
        }
        self.forget_pattern();
        self.subscribed.clear();
        self.member.rejoin = false;
        for partition in partitions {
            self.net.want_topic(&partition.topic);
        }
        self.set_assignment(partitions);
    }

    /// CON-6: a new position, without validation; what was fetched is dropped.
    pub(super) fn seek(&mut self, named: &NamedPartition, offset: Offset) {
        let Some(at) = self.position_of(named) else {
            return;
        };
        let epoch = self.leader_epoch(at);
        let partition = &mut self.assigned[at];
        partition.offset = offset;
        partition.offset_epoch = LeaderEpoch::NONE;
        partition.leader_epoch = epoch;
        partition.phase = Phase::Fetching;
        let id = partition.id;
        self.buffer.retain(|b| Some(b.partition) != id);
    }

    /// CON-6: the position will be asked for in the next `poll`.
    pub(super) fn reset_to(&mut self, named: &NamedPartition, spec: OffsetSpec) {
        let Some(at) = self.position_of(named) else {
            return;
        };
        let partition = &mut self.assigned[at];
        partition.phase = Phase::AwaitReset(spec);
        let id = partition.id;
        self.buffer.retain(|b| Some(b.partition) != id);
    }
}
