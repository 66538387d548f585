//! Facts that nodes report for the trace, in the past tense.
//!
//! Notes are small values; text is made only when somebody looks. They are the
//! source of the story and of the "why?" chain. Not here: the messages
//! themselves, which the world records.

use std::rc::Rc;

use crate::error::ErrorCode;
use crate::share::RecordState;
use crate::transaction::TxnState;
use crate::types::{
    BrokerEpoch, BrokerId, Generation, LeaderEpoch, Name, NodeId, Offset, ProducerEpoch,
    ProducerId, QuorumEpoch, TopicPartition,
};

/// Why a partition's state was changed by the controller.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ChangeReason {
    /// A broker was fenced (BRK-7).
    Fenced(BrokerId),
    /// A broker was unfenced (BRK-5).
    Unfenced(BrokerId),
    /// A broker came back after an unclean stop (BRK-2).
    UncleanRegistration(BrokerId),
    /// A broker began its controlled shutdown (BRK-8).
    ControlledShutdown(BrokerId),
    /// A broker was unregistered.
    Unregistered(BrokerId),
    /// The leader asked for another ISR (REP-19).
    AlterPartition(BrokerId),
    /// Somebody asked for an election (ElectLeaders).
    ElectLeaders,
    /// Periodic preferred pass (REP-38).
    PreferredPass,
    /// Periodic unclean pass (REP-32).
    UncleanPass,
    /// A reassignment (REP-41).
    Reassignment,
    /// A log directory of a broker failed (LOG-16).
    LogDirFailed(BrokerId),
}

/// One fact.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Note {
    // Controller quorum
    /// Asked for votes in that epoch.
    BecameCandidate(QuorumEpoch),
    /// Won that epoch.
    BecameQuorumLeader(QuorumEpoch),
    /// Follows that leader.
    BecameQuorumFollower(QuorumEpoch, NodeId),
    /// Gave up leading.
    ResignedQuorum(QuorumEpoch),
    /// Its own metadata high watermark moved.
    MetadataCommitted(Offset),
    // Active controller (the decision, when its records are appended)
    /// Registered a broker incarnation.
    BrokerRegistered(BrokerId, BrokerEpoch),
    /// No heartbeat within the session timeout, or the broker asked for it.
    BrokerFenced(BrokerId),
    /// Let the broker take part.
    BrokerUnfenced(BrokerId),
    /// Began to move leaderships away from a stopping broker.
    ControlledShutdownBegan(BrokerId),
    /// Created a topic with that many partitions.
    TopicCreated(Name, u32),
    /// Deleted a topic.
    TopicDeleted(Name),
    /// Changed a partition; the new state's epoch, leader and reason.
    PartitionChanged {
        /// Partition.
        partition: TopicPartition,
        /// Leader after the change.
        leader: Option<BrokerId>,
        /// Leader before the change.
        old_leader: Option<BrokerId>,
        /// Leader epoch after the change.
        leader_epoch: LeaderEpoch,
        /// ISR after the change.
        isr: std::rc::Rc<[BrokerId]>,
        /// Whether acknowledged data may be lost by it (REP-31).
        unclean: bool,
        /// Why.
        reason: ChangeReason,
    },
    // Brokers
    /// Applied metadata up to that offset (exclusive).
    MetadataApplied(Offset),
    /// Began to lead at that offset.
    BecameLeader(TopicPartition, LeaderEpoch, Offset),
    /// Began to follow that leader.
    BecameFollower(TopicPartition, LeaderEpoch, Option<BrokerId>),
    /// Leader appended records [from, to).
    LeaderAppended(TopicPartition, Offset, Offset),
    /// Follower appended records [from, to).
    FollowerAppended(TopicPartition, Offset, Offset),
    /// High watermark moved on the leader.
    HighWatermarkAdvanced(TopicPartition, Offset),
    /// Cut off everything from `to` on; the log ended at `from`.
    Truncated {
        /// Partition.
        partition: TopicPartition,
        /// Old log end.
        from: Offset,
        /// New log end.
        to: Offset,
    },
    /// Leader wants another ISR.
    IsrProposed(TopicPartition, std::rc::Rc<[BrokerId]>),
    /// Leader answered records of a producer with an error.
    ProduceRefused(TopicPartition, ErrorCode),
    /// Deduplicated a repeated batch (PRO-14).
    DuplicateBatch(TopicPartition, Offset),
    /// The process finished its clean stop.
    StoppedCleanly,
    // Group coordinator
    /// A group changed state; new state as Kafka prints it.
    GroupStateChanged(Name, &'static str, Generation),
    /// A member was added.
    MemberJoined(Name, Name),
    /// A member left or was removed; the reason as text key.
    MemberRemoved(Name, Name, MemberRemoval),
    /// Offsets were stored (first partition, offset).
    OffsetsCommitted(Name, TopicPartition, Offset),
    // Clients
    /// A consumer was given these partitions.
    PartitionsAssigned(Name, u32),
    /// A consumer gave up partitions.
    PartitionsRevoked(Name, u32),
    /// A client found its metadata stale and asked again.
    MetadataRefreshed,
    /// A producer sends a batch again after this error.
    ProducerRetry(TopicPartition, ErrorCode),
    // Share groups
    /// A leader read a share partition's state; its start offset (SHG-7).
    ShareLoaded(Name, TopicPartition, Offset),
    /// A member was given records of a share group (SHG-2).
    ShareAcquired {
        /// Group.
        group: Name,
        /// Member.
        member: Name,
        /// Partition.
        partition: TopicPartition,
        /// First offset.
        first: Offset,
        /// Last offset.
        last: Offset,
        /// The how manieth delivery it is.
        delivery_count: u16,
    },
    /// A member acknowledged records; what they are from now on, once that is stored
    /// (SHG-4).
    ShareAcknowledged {
        /// Group.
        group: Name,
        /// Member.
        member: Name,
        /// Partition.
        partition: TopicPartition,
        /// First offset.
        first: Offset,
        /// Last offset.
        last: Offset,
        /// Their state.
        to: RecordState,
    },
    /// Records of a group are free again because a lock expired: first, last offset.
    ShareLockExpired(Name, TopicPartition, Offset, Offset),
    /// A member's session ended, and it gave records back: group, member, first and
    /// last offset.
    ShareReleased(Name, Name, TopicPartition, Offset, Offset),
    /// Nobody of the group gets these records any more: first, last offset, deliveries.
    ShareArchived(Name, TopicPartition, Offset, Offset, u16),
    /// A share partition's start offset moved (SHG-5).
    ShareStartMoved(Name, TopicPartition, Offset),
    // Logs
    /// A replica's first offset moved: from, to (LOG-9, LOG-11).
    LogStartMoved(TopicPartition, Offset, Offset),
    /// The cleaner went over a replica's log (CMP-3).
    LogCleaned {
        /// Partition.
        partition: TopicPartition,
        /// The log is clean up to here.
        clean_until: Offset,
        /// Records in the segments it rewrote, before.
        records_before: u64,
        /// And after.
        records_after: u64,
    },
    // Transactions
    /// A transition of a transactional id took effect (section 5.4).
    TransactionStateChanged {
        /// Transactional id.
        transactional_id: Name,
        /// Its new state.
        state: TxnState,
        /// Its producer id.
        producer_id: ProducerId,
        /// Its epoch.
        producer_epoch: ProducerEpoch,
        /// `transaction.version` of the producer's last transaction: since 2 every end of
        /// a transaction brings another epoch (TXN-9).
        transaction_version: i16,
    },
    /// A leader wrote a marker (TXN-8).
    TransactionMarkerAppended {
        /// Partition.
        partition: TopicPartition,
        /// Whose transaction it ends.
        producer_id: ProducerId,
        /// Commit, or abort.
        commit: bool,
        /// Where it is.
        offset: Offset,
    },
    // Controller quorum whose voters may change
    /// As leader, its log names these voters from now on (RAFT-15).
    VotersChanged(Rc<[NodeId]>),
    /// The log has made it a voter, or not one any more (RAFT-15).
    VotingChanged(bool),
    // Log directories
    /// A broker cannot use that log directory of its any more; how many replicas were in it
    /// (LOG-16).
    LogDirFailed(u32, u32),
    /// A replica is being copied to another log directory of its broker, of that number (KIP-113).
    ReplicaMoveBegan(TopicPartition, u32),
    /// It stays where it is; the copy in that directory is of no use.
    ReplicaMoveCancelled(TopicPartition, u32),
    /// The copy has taken its place: from which directory to which.
    ReplicaMoved(TopicPartition, u32, u32),
}

/// Why a member left its group.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum MemberRemoval {
    /// It sent LeaveGroup.
    Left,
    /// Its session expired (GRP-14).
    SessionExpired,
    /// It did not rejoin in time (GRP-7).
    RebalanceTimeout,
    /// It never synced (GRP-12).
    SyncTimeout,
    /// Another process took its instance id (GRP-19).
    Fenced,
}
