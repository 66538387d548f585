//! What a check says: the invariant, whether it holds, and the evidence.
//!
//! A verdict carries facts, not text. [`Breach`] has a plain English sentence as its
//! `Display`; a page that speaks another language makes its own from the facts.

use std::fmt;

use kafka_core::types::{
    BrokerId, Generation, GroupEpoch, LeaderEpoch, Name, NodeId, Offset, ProducerEpoch, ProducerId,
    QuorumEpoch, Sequence, TopicPartition,
};
use kafka_sim::{Seq, World};

use crate::invariant::Invariant;

/// A setting that permits what would otherwise be a breach.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Setting {
    /// `unclean.leader.election.enable=true`, or an unclean election by hand.
    UncleanLeaderElection,
    /// `acks=1`: the leader's word was enough.
    AcksLeader,
    /// `acks=0`: nobody's word was asked for.
    AcksNone,
    /// `min.insync.replicas=1`: one replica was enough, and it was lost.
    MinInsyncReplicas,
    /// `eligible.leader.replicas.version=0`: the last replica in sync leads again even
    /// if it lost what was not flushed.
    NoEligibleLeaderReplicas,
    /// `max.in.flight.requests.per.connection` above 1 with retries and without idempotence: a
    /// batch that is sent again comes after the one behind it.
    MaxInFlight,
    /// Offsets are committed after processing, by `enable.auto.commit` or by hand: what was
    /// processed since the last commit comes again after a rebalance or a crash.
    CommitAfterProcessing,
    /// `retention.ms`, `retention.bytes` or DeleteRecords: what was written is gone, and with
    /// it what a new replica would know its producer by.
    RecordsDeleted,
    /// The application names the partitions itself, as a `partitioner.class` of its own would.
    OwnPartitioner,
    /// `auto.offset.reset=latest`: without a committed offset a group begins at the end, and is
    /// never given what stood before.
    AutoOffsetReset,
    /// `seek`, a commit of other offsets, or `kafka-consumer-groups.sh --reset-offsets`: somebody
    /// said where the group goes on.
    OffsetsReset,
    /// `partitioner.ignore.keys=true`: a key does not matter.
    IgnoreKeys,
    /// The topic got more partitions: keys are spread anew (TOP-8).
    PartitionsAdded,
    /// `cleanup.policy=compact`: records that showed where two histories part are gone.
    Compaction,
    /// `log.flush.interval.messages`: too many replicas lost what was not flushed.
    UnflushedLoss,
}

impl Setting {
    /// The setting as an operator writes it.
    pub fn text(self) -> &'static str {
        match self {
            Setting::UncleanLeaderElection => "unclean.leader.election.enable=true",
            Setting::AcksLeader => "acks=1",
            Setting::AcksNone => "acks=0",
            Setting::MinInsyncReplicas => "min.insync.replicas=1",
            Setting::NoEligibleLeaderReplicas => "eligible.leader.replicas.version=0",
            Setting::MaxInFlight => "max.in.flight.requests.per.connection",
            Setting::CommitAfterProcessing => "enable.auto.commit",
            Setting::RecordsDeleted => "retention.ms",
            Setting::OwnPartitioner => "partitioner.class",
            Setting::AutoOffsetReset => "auto.offset.reset=latest",
            Setting::OffsetsReset => "kafka-consumer-groups.sh --reset-offsets",
            Setting::IgnoreKeys => "partitioner.ignore.keys=true",
            Setting::PartitionsAdded => "kafka-topics.sh --alter --partitions",
            Setting::Compaction => "cleanup.policy=compact",
            Setting::UnflushedLoss => "log.flush.interval.messages",
        }
    }
}

/// What was found, with the numbers a sentence needs.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(
    missing_docs,
    reason = "the sentence of each variant explains its fields"
)]
pub enum Breach {
    OffsetsOutOfOrder {
        broker: BrokerId,
        partition: TopicPartition,
        log_start: Offset,
        high_watermark: Offset,
        log_end: Offset,
    },
    CommittedDiffers {
        broker: BrokerId,
        partition: TopicPartition,
        offset: Offset,
    },
    PrefixDiffers {
        broker: BrokerId,
        partition: TopicPartition,
        offset: Offset,
        epoch: LeaderEpoch,
    },
    EpochFell {
        broker: BrokerId,
        partition: TopicPartition,
        offset: Offset,
        epoch: LeaderEpoch,
        before: LeaderEpoch,
    },
    LeaderOutsideIsr {
        partition: TopicPartition,
        leader: BrokerId,
    },
    IsrOutsideReplicas {
        partition: TopicPartition,
        broker: BrokerId,
    },
    InIsrAndElr {
        partition: TopicPartition,
        broker: BrokerId,
    },
    FencedInIsr {
        partition: TopicPartition,
        broker: BrokerId,
    },
    NotInMaximalIsr {
        leader: BrokerId,
        partition: TopicPartition,
        broker: BrokerId,
    },
    FollowerAhead {
        broker: BrokerId,
        partition: TopicPartition,
        high_watermark: Offset,
        committed: Offset,
    },
    ElectedOutsider {
        partition: TopicPartition,
        leader: BrokerId,
    },
    NoWayBack {
        partition: TopicPartition,
    },
    ReplicaDropped {
        partition: TopicPartition,
        broker: BrokerId,
    },
    LeaderLacks {
        leader: BrokerId,
        partition: TopicPartition,
        epoch: LeaderEpoch,
        from: Offset,
        to: Offset,
    },
    AcknowledgedLost {
        partition: TopicPartition,
        offset: Offset,
    },
    HighWatermarkFell {
        leader: BrokerId,
        partition: TopicPartition,
        from: Offset,
        to: Offset,
    },
    HighWatermarkBeyondReplica {
        leader: BrokerId,
        partition: TopicPartition,
        high_watermark: Offset,
        follower: BrokerId,
        log_end: Offset,
    },
    InSyncLacks {
        leader: BrokerId,
        partition: TopicPartition,
        high_watermark: Offset,
        member: BrokerId,
    },
    CandidateLacks {
        partition: TopicPartition,
        broker: BrokerId,
        log_end: Offset,
        committed: Offset,
    },
    CommittedShrank {
        partition: TopicPartition,
        leader: BrokerId,
        from: Offset,
        to: Offset,
    },
    ReadTakenBack {
        partition: TopicPartition,
        leader: BrokerId,
        offset: Offset,
    },
    SentBefore {
        partition: TopicPartition,
        producer: NodeId,
        offset: Offset,
    },
    KeyStrayed {
        partition: TopicPartition,
        producer: NodeId,
        offset: Offset,
        expected: u32,
    },
    PositionBeyondEnd {
        consumer: NodeId,
        partition: TopicPartition,
        position: Offset,
        log_end: Offset,
    },
    GivenAgain {
        group: Name,
        partition: TopicPartition,
        offset: Offset,
    },
    NeverGiven {
        group: Name,
        partition: TopicPartition,
        offset: Offset,
    },
    TwoLeaders {
        partition: TopicPartition,
        epoch: LeaderEpoch,
        one: BrokerId,
        other: BrokerId,
    },
    EpochSkipped {
        partition: TopicPartition,
        from: LeaderEpoch,
        to: LeaderEpoch,
    },
    EpochAhead {
        broker: BrokerId,
        partition: TopicPartition,
        epoch: LeaderEpoch,
        committed: LeaderEpoch,
    },
    AcknowledgedUncommitted {
        partition: TopicPartition,
        offset: Offset,
        committed: Offset,
    },
    MovedUnderMinIsr {
        leader: BrokerId,
        partition: TopicPartition,
        isr: u32,
        min_isr: u32,
    },
    TwoQuorumLeaders {
        epoch: QuorumEpoch,
        one: NodeId,
        other: NodeId,
    },
    MetadataDiffers {
        voter: NodeId,
        offset: Offset,
    },
    AppliedOther {
        broker: BrokerId,
        offset: Offset,
    },
    QuorumLeaderLacks {
        leader: NodeId,
        epoch: QuorumEpoch,
        offset: Offset,
    },
    OldEpochCommitted {
        leader: NodeId,
        epoch: QuorumEpoch,
        batch: QuorumEpoch,
    },
    MetadataGone {
        offset: Offset,
    },
    VotedTwice {
        voter: NodeId,
        epoch: QuorumEpoch,
        first: NodeId,
        second: Option<NodeId>,
    },
    QuorumEpochFell {
        voter: NodeId,
        from: QuorumEpoch,
        to: QuorumEpoch,
    },
    SequenceRepeated {
        partition: TopicPartition,
        producer: ProducerId,
        sequence: Sequence,
        offset: Offset,
    },
    SequenceSkipped {
        partition: TopicPartition,
        producer: ProducerId,
        expected: Sequence,
        sequence: Sequence,
        offset: Offset,
    },
    TwoOwners {
        group: Name,
        generation: Generation,
        topic: Name,
        partition: u32,
        one: Name,
        other: Name,
    },
    TwoMembersHold {
        group: Name,
        epoch: GroupEpoch,
        partition: TopicPartition,
        one: Name,
        other: Name,
    },
    TwoTargets {
        group: Name,
        epoch: GroupEpoch,
        partition: TopicPartition,
        one: Name,
        other: Name,
    },
    MeantForNobody {
        group: Name,
        epoch: GroupEpoch,
        partition: TopicPartition,
    },
    MeantForAnother {
        group: Name,
        epoch: GroupEpoch,
        partition: TopicPartition,
        one: Name,
        other: Name,
    },
    NotSettled {
        group: Name,
        epoch: GroupEpoch,
        member: Name,
    },
    GenerationFell {
        group: Name,
        coordinator: BrokerId,
        from: Generation,
        to: Generation,
    },
    ForeignCommit {
        group: Name,
        member: Name,
        generation: Generation,
    },
    TwoOutcomes {
        producer: ProducerId,
        epoch: ProducerEpoch,
        partition: Option<TopicPartition>,
    },
    UndecidedExposed {
        broker: BrokerId,
        partition: TopicPartition,
        last_stable: Offset,
        first: Offset,
    },
    SessionShared {
        producer: ProducerId,
        epoch: ProducerEpoch,
        one: NodeId,
        other: NodeId,
    },
    TwoCoordinators {
        producer: ProducerId,
        epoch: i32,
        one: BrokerId,
        other: BrokerId,
    },
    FencedWrite {
        broker: BrokerId,
        partition: TopicPartition,
        producer: ProducerId,
        epoch: ProducerEpoch,
        seen: ProducerEpoch,
    },
    WrittenAfterEnd {
        broker: BrokerId,
        partition: TopicPartition,
        producer: ProducerId,
        epoch: ProducerEpoch,
        offset: Offset,
    },
    IllegalTransition {
        id: Name,
        from: &'static str,
        to: &'static str,
    },
    AcquiredTwice {
        group: Name,
        partition: TopicPartition,
        offset: Offset,
        one: Name,
        other: Name,
    },
    DeliveredTooOften {
        group: Name,
        partition: TopicPartition,
        offset: Offset,
        count: u16,
        limit: u16,
    },
    ShareStartFell {
        group: Name,
        partition: TopicPartition,
        from: Offset,
        to: Offset,
    },
    DeletedTooMuch {
        broker: BrokerId,
        partition: TopicPartition,
        from: Offset,
        to: Offset,
        bound: Offset,
    },
    CompactedTooMuch {
        broker: BrokerId,
        partition: TopicPartition,
        offset: Offset,
    },
}

impl Breach {
    /// The partition it is about, if it is about one.
    pub fn partition(&self) -> Option<TopicPartition> {
        use Breach::*;
        match self {
            OffsetsOutOfOrder { partition, .. }
            | CommittedDiffers { partition, .. }
            | DeletedTooMuch { partition, .. }
            | CompactedTooMuch { partition, .. }
            | PrefixDiffers { partition, .. }
            | EpochFell { partition, .. }
            | LeaderOutsideIsr { partition, .. }
            | IsrOutsideReplicas { partition, .. }
            | InIsrAndElr { partition, .. }
            | FencedInIsr { partition, .. }
            | NotInMaximalIsr { partition, .. }
            | FollowerAhead { partition, .. }
            | ElectedOutsider { partition, .. }
            | NoWayBack { partition }
            | ReplicaDropped { partition, .. }
            | LeaderLacks { partition, .. }
            | AcknowledgedLost { partition, .. }
            | HighWatermarkFell { partition, .. }
            | HighWatermarkBeyondReplica { partition, .. }
            | TwoLeaders { partition, .. }
            | InSyncLacks { partition, .. }
            | CandidateLacks { partition, .. }
            | CommittedShrank { partition, .. }
            | ReadTakenBack { partition, .. }
            | SentBefore { partition, .. }
            | KeyStrayed { partition, .. }
            | PositionBeyondEnd { partition, .. }
            | GivenAgain { partition, .. }
            | NeverGiven { partition, .. }
            | EpochSkipped { partition, .. }
            | EpochAhead { partition, .. }
            | AcknowledgedUncommitted { partition, .. }
            | MovedUnderMinIsr { partition, .. }
            | UndecidedExposed { partition, .. }
            | FencedWrite { partition, .. }
            | WrittenAfterEnd { partition, .. }
            | SequenceRepeated { partition, .. }
            | SequenceSkipped { partition, .. } => Some(*partition),
            _ => None,
        }
    }
}

/// Whether an invariant holds so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// No breach was seen.
    Holds,
    /// A breach that no setting permits.
    Violated,
    /// A breach that this setting permits.
    AllowedBy(Setting),
}

/// One breach, and where to look.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// Which invariant.
    pub invariant: Invariant,
    /// [`Outcome::Violated`] or [`Outcome::AllowedBy`].
    pub outcome: Outcome,
    /// Trace entries to look at, the breaking one last.
    pub evidence: Vec<Seq>,
    /// What was found.
    pub breach: Breach,
}

impl Violation {
    /// The whole finding, with partitions named as that world names them.
    pub fn told(&self, world: &World) -> String {
        self.sentence(&self.breach.told(world))
    }

    fn sentence(&self, breach: &dyn fmt::Display) -> String {
        let (id, name) = (self.invariant.id(), self.invariant.name());
        match self.outcome {
            Outcome::AllowedBy(setting) => {
                format!("{id} {name}: {breach} (allowed by {})", setting.text())
            }
            Outcome::Holds | Outcome::Violated => format!("{id} {name}: {breach}"),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence(&self.breach))
    }
}

/// What can be said of one invariant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// Which invariant.
    pub invariant: Invariant,
    /// The worst that was seen.
    pub outcome: Outcome,
    /// The first breach of that kind.
    pub first: Option<Violation>,
}
