//! The invariants of section 13 of the reference, by number and name.

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
    /// Who is in a leader's ISR holds what is below its high watermark.
    WeakIsr = "INV-8";
    /// Who is in the controller's ISR does, whatever leader believes itself to be one.
    StrongIsr = "INV-9";
    /// Who may still be in sync for the controller is so for the leader.
    MaximalIsrSuperset = "INV-10";
    /// Who may be elected holds everything committed.
    LeaderCandidateComplete = "INV-11";
    /// A new leader holds everything committed.
    LeaderComplete = "INV-12";
    /// What acks=all acknowledged exists somewhere.
    NoCommittedLost = "INV-13";
    /// What a consumer was given stays where it was.
    ConsistentRead = "INV-14";
    /// A leader's high watermark never falls within its epoch.
    HwMonotoneLeader = "INV-15";
    /// What is committed stays committed.
    TrueHwMonotone = "INV-16";
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
    /// What is committed of the metadata is on the disk of some voter.
    Durability = "INV-30";
    /// A voter votes once an epoch.
    OneVote = "INV-31";
    /// A quorum leader commits a batch of its own epoch first.
    CommitOwnEpoch = "INV-32";
    /// An idempotent session leaves no duplicates.
    NoDup = "INV-33";
    /// A producer's records stand in the order of sending.
    Order = "INV-34";
    /// Records with one key are in one partition.
    KeyRouting = "INV-35";
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
    /// A target assignment gives every partition of a topic subscribed to to one member.
    LegalTarget = "INV-43";
    /// Who has reached the target has nothing that is meant for another.
    MemberEpoch = "INV-44";
    /// In a Stable group everybody has what is meant for it.
    StableGroup = "INV-45";
    /// Generations never decrease.
    GenerationMonotone = "INV-47";
    /// Only members of the current generation commit.
    CommitFence = "INV-48";
    /// A consumer's position is no further than its leader's log.
    PositionRange = "INV-49";
    /// At the end a group was given every committed record.
    AtLeastOnce = "INV-50";
    /// A group is given a record once.
    AtMostOnce = "INV-51";
    /// A record of a share group is acquired by one member at a time.
    ShareExclusive = "INV-52";
    /// A share partition's start never goes back; deliveries stay within the limit.
    ShareOffsets = "INV-53";
    /// Only what is committed is deleted, and a log start never goes back.
    Retention = "INV-54";
    /// Compaction keeps the latest value of every key where it was.
    CompactionState = "INV-55";
}
