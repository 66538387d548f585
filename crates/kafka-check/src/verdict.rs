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

macro_rules! invariants {
    ($($(#[$doc:meta])* $name:ident = $id:literal;)*) => {
        /// The invariants of section 13 that are checked.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Invariant {
            $($(#[$doc])* $name,)*
        }

        impl Invariant {
            /// All of them, in the order of the reference.
            pub const ALL: &'static [Invariant] = &[$(Invariant::$name,)*];

            /// Its number in the reference, as in `INV-1`.
            pub fn id(self) -> &'static str {
                match self { $(Invariant::$name => $id,)* }
            }

            /// Its name in the reference, as in `OffsetOrder`.
            pub fn name(self) -> &'static str {
                match self { $(Invariant::$name => stringify!($name),)* }
            }
        }
    };
}

invariants! {
    /// Log start <= high watermark <= log end.
    OffsetOrder = "INV-1";
    /// Committed parts of two replicas agree.
    LogMatching = "INV-2";
    /// Same epoch at an offset: same log up to it.
    EpochPrefix = "INV-3";
    /// Leader epochs along a log never decrease.
    EpochMonotone = "INV-4";
    /// A leader is in its ISR.
    LeaderInIsr = "INV-5";
    /// ISR and ELR are disjoint parts of the replicas.
    IsrSubset = "INV-6";
    /// No fenced broker in an ISR.
    FencedNotInIsr = "INV-7";
    /// Who may still be in sync for the controller is so for the leader.
    MaximalIsrSuperset = "INV-10";
    /// A new leader holds everything committed.
    LeaderComplete = "INV-12";
    /// What acks=all acknowledged exists somewhere.
    NoCommittedLost = "INV-13";
    /// A leader's high watermark never falls within its epoch.
    HwMonotoneLeader = "INV-15";
    /// A leader's high watermark is at most what its maximal ISR holds.
    HwBound = "INV-17";
    /// A follower's high watermark is at most what some leader reached.
    FollowerHw = "INV-18";
    /// At most one leader an epoch.
    OneLeaderPerEpoch = "INV-19";
    /// Epochs of a partition go up step by step.
    EpochSteps = "INV-20";
    /// A broker's metadata is a beginning of the committed metadata.
    MetadataPrefix = "INV-21";
    /// acks=all succeeds only below the high watermark.
    AckedAll = "INV-22";
    /// The high watermark moves only with enough in-sync replicas.
    StrictMinIsr = "INV-23";
    /// A clean election chooses among those in sync or eligible.
    CleanElection = "INV-24";
    /// A partition that nobody may lead remembers who led it last.
    ElrRecovery = "INV-25";
    /// Replicas go only when a reassignment ends.
    Reassign = "INV-26";
    /// At most one quorum leader an epoch.
    ElectionSafety = "INV-27";
    /// Voters agree on the committed metadata log.
    QuorumLogMatching = "INV-28";
    /// A new quorum leader holds all committed metadata.
    QuorumLeaderComplete = "INV-29";
    /// A voter votes once an epoch.
    OneVote = "INV-31";
    /// A quorum leader commits a batch of its own epoch first.
    CommitOwnEpoch = "INV-32";
    /// An idempotent session leaves no duplicates.
    NoDup = "INV-33";
    /// A transaction has one outcome in all its partitions.
    TxnAtomic = "INV-36";
    /// The last stable offset stays before every open transaction.
    LsoRule = "INV-37";
    /// No two producers have the same session.
    UniquePidEpoch = "INV-38";
    /// At most one transaction coordinator an epoch.
    OneTxnCoordinator = "INV-39";
    /// Nothing is written in an epoch that is over.
    Fenced = "INV-40";
    /// Transactions change state as the table says.
    TxnStates = "INV-41";
    /// One owner of a partition in a generation.
    SingleOwner = "INV-42";
    /// A target assignment gives a partition to one member.
    LegalTarget = "INV-43";
    /// Who has reached the target has nothing that is meant for another.
    MemberEpoch = "INV-44";
    /// In a Stable group everybody has what is meant for it.
    StableGroup = "INV-45";
    /// Generations never decrease.
    GenerationMonotone = "INV-47";
    /// Only members of the current generation commit.
    CommitFence = "INV-48";
    /// A record of a share group is acquired by one member at a time.
    ShareExclusive = "INV-52";
    /// A share partition's start never goes back; deliveries stay within the limit.
    ShareOffsets = "INV-53";
    /// Only what is committed is deleted, and a log start never goes back.
    Retention = "INV-54";
    /// Compaction keeps the latest value of every key where it was.
    CompactionState = "INV-55";
}

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
    /// `retention.ms`, `retention.bytes` or DeleteRecords: what was written is gone, and with
    /// it what a new replica would know its producer by.
    RecordsDeleted,
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
            Setting::RecordsDeleted => "retention.ms",
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
