//! Messages of the controller quorum and between brokers and controllers.

use std::rc::Rc;

use crate::error::ErrorCode;
use crate::metadata::MetadataBatch;
use crate::types::{
    BrokerEpoch, BrokerId, IncarnationId, LeaderEpoch, Name, NodeId, Offset, PartitionEpoch,
    ProducerId, QuorumEpoch, TopicId, Uuid,
};

/// Vote (RAFT-3..6).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VoteRequest {
    /// Candidate's epoch (not bumped for a pre-vote).
    pub epoch: QuorumEpoch,
    /// Who asks.
    pub candidate: NodeId,
    /// Epoch of the candidate's last record.
    pub last_epoch: QuorumEpoch,
    /// Candidate's log end offset.
    pub last_offset: Offset,
    /// Whether nothing durable may change (KIP-996).
    pub pre_vote: bool,
}

/// Answer of Vote.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VoteResponse {
    /// None, or INVALID_REQUEST.
    pub error: ErrorCode,
    /// Voter's epoch after handling.
    pub epoch: QuorumEpoch,
    /// Leader the voter knows in that epoch.
    pub leader: Option<NodeId>,
    /// Whether the vote was granted.
    pub granted: bool,
    /// Echo of the request, so that late answers are told apart.
    pub pre_vote: bool,
}

/// BeginQuorumEpoch (RAFT-7).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BeginQuorumEpochRequest {
    /// The new leader.
    pub leader: NodeId,
    /// Its epoch.
    pub epoch: QuorumEpoch,
}

/// EndQuorumEpoch (RAFT-10).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EndQuorumEpochRequest {
    /// The resigning leader.
    pub leader: NodeId,
    /// Its epoch.
    pub epoch: QuorumEpoch,
    /// Other voters by descending fetch offset.
    pub preferred_successors: Vec<NodeId>,
}

/// Answer of BeginQuorumEpoch and EndQuorumEpoch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QuorumEpochResponse {
    /// None, FENCED_LEADER_EPOCH or UNKNOWN_LEADER_EPOCH.
    pub error: ErrorCode,
    /// Receiver's epoch.
    pub epoch: QuorumEpoch,
    /// Leader the receiver knows.
    pub leader: Option<NodeId>,
}

/// Fetch of the metadata log (RAFT-11).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QuorumFetchRequest {
    /// Who fetches.
    pub replica: NodeId,
    /// Epoch the fetcher believes in.
    pub current_leader_epoch: QuorumEpoch,
    /// Fetcher's log end offset.
    pub fetch_offset: Offset,
    /// Epoch of the fetcher's last record.
    pub last_fetched_epoch: QuorumEpoch,
    /// Fetcher's high watermark (lets the leader answer at once when it moved).
    pub high_watermark: Offset,
    /// How long the leader may park it, in milliseconds.
    pub max_wait_ms: u32,
}

/// Answer of QuorumFetch.
#[derive(Clone, PartialEq, Debug)]
pub struct QuorumFetchResponse {
    /// None, FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH, NOT_LEADER_OR_FOLLOWER.
    pub error: ErrorCode,
    /// Leader known to the answerer.
    pub leader: Option<NodeId>,
    /// Answerer's epoch.
    pub epoch: QuorumEpoch,
    /// Leader's high watermark (unknown: [`Offset::UNKNOWN`]).
    pub high_watermark: Offset,
    /// Set when the fetcher's log diverges: truncate to this and fetch again.
    pub diverging: Option<(QuorumEpoch, Offset)>,
    /// Batches from the fetch offset on.
    pub batches: Vec<Rc<MetadataBatch>>,
}

/// DescribeQuorum.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DescribeQuorumRequest {}

/// One replica of the metadata log, as the leader knows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QuorumReplica {
    /// Which.
    pub replica: NodeId,
    /// Its directory; zero for a voter of a static quorum.
    pub directory: Uuid,
    /// Its log end, -1 if it has not fetched from this leader.
    pub log_end_offset: Offset,
    /// When it last fetched, in milliseconds of virtual time, or -1.
    pub last_fetch_ms: i64,
    /// When it last had all of the leader's log, or -1.
    pub last_caught_up_ms: i64,
}

/// Answer of DescribeQuorum.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DescribeQuorumResponse {
    /// None or NOT_LEADER_OR_FOLLOWER.
    pub error: ErrorCode,
    /// The leader.
    pub leader: Option<NodeId>,
    /// Its epoch.
    pub epoch: QuorumEpoch,
    /// Its high watermark, -1 if unknown.
    pub high_watermark: Offset,
    /// The voters by id.
    pub voters: Vec<QuorumReplica>,
    /// Whoever else fetched within five minutes.
    pub observers: Vec<QuorumReplica>,
    /// The ports of the voters, in the order of `voters`.
    pub ports: Vec<u16>,
}

/// ControllerRegistration: once a life of each controller.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ControllerRegistrationRequest {
    /// The controller.
    pub controller: NodeId,
}

/// Answer of ControllerRegistration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ControllerRegistrationResponse {
    /// None or NOT_CONTROLLER.
    pub error: ErrorCode,
}

/// BrokerRegistration (BRK-1).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BrokerRegistrationRequest {
    /// The broker.
    pub broker: BrokerId,
    /// This life of its process.
    pub incarnation: IncarnationId,
    /// Rack, if configured.
    pub rack: Option<Name>,
    /// Host name clients are told.
    pub host: Name,
    /// Port clients are told.
    pub port: u16,
    /// Epoch saved at the last clean stop, or NONE (BRK-2).
    pub previous_broker_epoch: BrokerEpoch,
    /// Ids of its log directories that can be used, ascending.
    pub log_dirs: Vec<Uuid>,
}

/// Answer of BrokerRegistration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BrokerRegistrationResponse {
    /// None, DUPLICATE_BROKER_REGISTRATION, NOT_CONTROLLER.
    pub error: ErrorCode,
    /// The epoch given, if no error.
    pub broker_epoch: BrokerEpoch,
}

/// BrokerHeartbeat (BRK-3).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BrokerHeartbeatRequest {
    /// The broker.
    pub broker: BrokerId,
    /// Its epoch.
    pub broker_epoch: BrokerEpoch,
    /// Metadata offset it has applied (last applied record's offset).
    pub current_metadata_offset: Offset,
    /// It wants to stay fenced (recovery not finished).
    pub want_fence: bool,
    /// It wants to stop cleanly.
    pub want_shut_down: bool,
    /// Log directories that have failed since it registered.
    pub offline_log_dirs: Vec<Uuid>,
}

/// Answer of BrokerHeartbeat.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BrokerHeartbeatResponse {
    /// None, STALE_BROKER_EPOCH, BROKER_ID_NOT_REGISTERED, NOT_CONTROLLER.
    pub error: ErrorCode,
    /// It has caught up with its own registration.
    pub is_caught_up: bool,
    /// It is fenced.
    pub is_fenced: bool,
    /// It may stop now.
    pub should_shut_down: bool,
}

/// One partition's wanted ISR (REP-19).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AlterPartitionData {
    /// Topic.
    pub topic: TopicId,
    /// Partition.
    pub partition: u32,
    /// Leader's epoch.
    pub leader_epoch: LeaderEpoch,
    /// Version of the state the leader knows.
    pub partition_epoch: PartitionEpoch,
    /// Wanted ISR with the broker epoch of each member (NONE skips the check).
    pub new_isr: Vec<(BrokerId, BrokerEpoch)>,
    /// 0 recovered, 1 recovering.
    pub recovering: bool,
}

/// AlterPartition (REP-19).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AlterPartitionRequest {
    /// The leader's broker id.
    pub broker: BrokerId,
    /// And its epoch.
    pub broker_epoch: BrokerEpoch,
    /// The partitions.
    pub partitions: Vec<AlterPartitionData>,
}

/// One partition's outcome (REP-20).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AlterPartitionResult {
    /// Topic.
    pub topic: TopicId,
    /// Partition.
    pub partition: u32,
    /// Error, see REP-19 and REP-20.
    pub error: ErrorCode,
    /// New leader, if no error (None: no leader).
    pub leader: Option<BrokerId>,
    /// Leader epoch, if no error.
    pub leader_epoch: LeaderEpoch,
    /// Partition epoch, if no error.
    pub partition_epoch: PartitionEpoch,
    /// ISR now, if no error.
    pub isr: Vec<BrokerId>,
    /// Recovery state, if no error.
    pub recovering: bool,
}

/// Answer of AlterPartition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AlterPartitionResponse {
    /// Error of the whole request (STALE_BROKER_EPOCH, NOT_CONTROLLER).
    pub error: ErrorCode,
    /// One a partition.
    pub partitions: Vec<AlterPartitionResult>,
}

/// AllocateProducerIds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AllocateProducerIdsRequest {
    /// The broker that wants a block.
    pub broker: BrokerId,
    /// Its epoch.
    pub broker_epoch: BrokerEpoch,
}

/// Answer of AllocateProducerIds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AllocateProducerIdsResponse {
    /// None, STALE_BROKER_EPOCH, NOT_CONTROLLER.
    pub error: ErrorCode,
    /// First id of the block.
    pub start: ProducerId,
    /// Ids in it (1000).
    pub len: u32,
}
