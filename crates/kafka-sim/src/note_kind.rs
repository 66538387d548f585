//! Which fact a note states, in one byte, so that the time bar can mark the
//! meaningful moments of a long history without rebuilding its content.

use kafka_core::note::Note;

macro_rules! note_kinds {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        /// The variant of a [`Note`].
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u8)]
        pub enum NoteKind {
            $($(#[$doc])* $name,)*
            /// A fact this list does not name.
            Other,
        }

        impl NoteKind {
            /// The kind of a note.
            #[inline]
            pub fn of(note: &Note) -> NoteKind {
                match note {
                    $(Note::$name { .. } => NoteKind::$name,)*
                    #[allow(unreachable_patterns, reason = "reached once notes are added there")]
                    _ => NoteKind::Other,
                }
            }
        }
    };
}

note_kinds! {
    /// Asked for votes.
    BecameCandidate;
    /// Won the quorum.
    BecameQuorumLeader;
    /// Follows in the quorum.
    BecameQuorumFollower;
    /// Gave up the quorum's lead.
    ResignedQuorum;
    /// Metadata high watermark moved.
    MetadataCommitted;
    /// A broker incarnation was registered.
    BrokerRegistered;
    /// A broker was fenced.
    BrokerFenced;
    /// A broker was unfenced.
    BrokerUnfenced;
    /// A controlled shutdown began.
    ControlledShutdownBegan;
    /// A topic was created.
    TopicCreated;
    /// A topic was deleted.
    TopicDeleted;
    /// A partition's state changed.
    PartitionChanged;
    /// Metadata was applied.
    MetadataApplied;
    /// Began to lead.
    BecameLeader;
    /// Began to follow.
    BecameFollower;
    /// Leader appended.
    LeaderAppended;
    /// Follower appended.
    FollowerAppended;
    /// High watermark moved.
    HighWatermarkAdvanced;
    /// A log was truncated.
    Truncated;
    /// Another ISR was proposed.
    IsrProposed;
    /// Records were refused.
    ProduceRefused;
    /// A repeated batch was recognised.
    DuplicateBatch;
    /// A clean stop was finished.
    StoppedCleanly;
    /// A group changed state.
    GroupStateChanged;
    /// A member joined.
    MemberJoined;
    /// A member was removed.
    MemberRemoved;
    /// Offsets were stored.
    OffsetsCommitted;
    /// A consumer was given partitions.
    PartitionsAssigned;
    /// A consumer gave up partitions.
    PartitionsRevoked;
    /// A client refreshed its metadata.
    MetadataRefreshed;
    /// A producer retried.
    ProducerRetry;
    /// A share partition's state was read.
    ShareLoaded;
    /// Records of a share group were acquired.
    ShareAcquired;
    /// Records of a share group were acknowledged.
    ShareAcknowledged;
    /// An acquisition lock expired.
    ShareLockExpired;
    /// A member gave records back.
    ShareReleased;
    /// Records of a share group were archived.
    ShareArchived;
    /// A share partition's start offset moved.
    ShareStartMoved;
    /// A replica's first offset moved.
    LogStartMoved;
    /// A log was compacted.
    LogCleaned;
    /// A transaction's state changed.
    TransactionStateChanged;
    /// A transaction marker was written.
    TransactionMarkerAppended;
    /// A quorum leader's log names other voters.
    VotersChanged;
    /// A controller votes from now on, or does no more.
    VotingChanged;
    /// A broker gave up a log directory.
    LogDirFailed;
    /// A replica is being copied to another log directory.
    ReplicaMoveBegan;
    /// That came to nothing.
    ReplicaMoveCancelled;
    /// The copy has taken the replica's place.
    ReplicaMoved;
}

impl NoteKind {
    /// Whether it goes on in a cluster that nobody uses: keep-alive records of
    /// the controller and clients refreshing their metadata.
    pub fn is_idle_traffic(self) -> bool {
        matches!(
            self,
            NoteKind::MetadataCommitted | NoteKind::MetadataApplied | NoteKind::MetadataRefreshed
        )
    }
}
