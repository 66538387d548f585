//! Messages that move records and tell clients where they are.

use crate::error::ErrorCode;
use crate::record::{Batch, BatchBody};
use crate::types::{
    BrokerEpoch, BrokerId, LeaderEpoch, Name, NodeId, Offset, ProducerEpoch, ProducerId, TopicId,
    TopicPartition, Uuid,
};
use std::rc::Rc;

/// How many acknowledgements a producer wants (PRO-7).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Acks {
    /// 0: no response at all.
    None,
    /// 1: after the leader's append.
    Leader,
    /// -1 / all: after the high watermark has passed the batch.
    #[default]
    All,
}

/// Produce (PRO-7). At most one batch a partition.
#[derive(Clone, PartialEq, Debug)]
pub struct ProduceRequest {
    /// Wanted acknowledgements.
    pub acks: Acks,
    /// How long the broker may wait for them, in milliseconds.
    pub timeout_ms: u32,
    /// Transactional id of the producer, if any.
    pub transactional_id: Option<Name>,
    /// `transaction.version` the producer works by (0 to 2). Since 2 the leader makes the
    /// partitions part of the transaction.
    pub transaction_version: i16,
    /// The batches.
    pub batches: Vec<(TopicPartition, Rc<BatchBody>)>,
}

/// One partition's outcome.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProducePartitionResponse {
    /// The partition.
    pub partition: TopicPartition,
    /// Error.
    pub error: ErrorCode,
    /// Offset of the batch's first record (UNKNOWN on error).
    pub base_offset: Offset,
    /// Leader's log start.
    pub log_start_offset: Offset,
    /// New leader, when the error says this broker is not (KIP-951).
    pub current_leader: Option<(BrokerId, LeaderEpoch)>,
    /// Records that made the leader refuse the whole batch, by their place in it, and
    /// why (`record_errors`, KIP-467).
    pub record_errors: Option<(Vec<u32>, Name)>,
}

/// Answer of Produce.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProduceResponse {
    /// One a partition.
    pub partitions: Vec<ProducePartitionResponse>,
}

/// One partition of a Fetch (REP-1).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FetchPartition {
    /// The partition.
    pub partition: TopicPartition,
    /// Epoch the fetcher believes in, or NONE.
    pub current_leader_epoch: LeaderEpoch,
    /// From where.
    pub fetch_offset: Offset,
    /// Epoch of the fetcher's last record (followers; else NONE).
    pub last_fetched_epoch: LeaderEpoch,
    /// Follower's log start.
    pub log_start_offset: Offset,
    /// Most bytes wanted of this partition (at least one batch is given).
    pub max_bytes: u32,
}

/// Fetch (REP-1, CON-3).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FetchRequest {
    /// Follower's broker id and epoch; `None` for consumers.
    pub replica: Option<(BrokerId, BrokerEpoch)>,
    /// Park it at most this long, in milliseconds.
    pub max_wait_ms: u32,
    /// Park it until this many bytes are there.
    pub min_bytes: u32,
    /// Most bytes of the whole response.
    pub max_bytes: u32,
    /// Stop at the last stable offset.
    pub read_committed: bool,
    /// Consumer's rack (REP-44).
    pub rack: Option<Name>,
    /// Incremental fetch session (KIP-227), used by followers: -1 = no session, the
    /// request and the answer are complete; 0 = begin a session with these partitions;
    /// n > 0 = the n-th request of the session, listing only what changed.
    pub session_epoch: i32,
    /// Partitions to be dropped from the session.
    pub forgotten: Vec<TopicPartition>,
    /// The partitions, in the fetcher's order.
    pub partitions: Vec<FetchPartition>,
}

/// One partition's outcome.
#[derive(Clone, PartialEq, Debug)]
pub struct FetchPartitionResponse {
    /// The partition.
    pub partition: TopicPartition,
    /// Error (REP-2, REP-3).
    pub error: ErrorCode,
    /// Leader's high watermark.
    pub high_watermark: Offset,
    /// Leader's last stable offset.
    pub last_stable_offset: Offset,
    /// Leader's log start.
    pub log_start_offset: Offset,
    /// Set when the follower's log diverges (REP-3).
    pub diverging_epoch: Option<(LeaderEpoch, Offset)>,
    /// New leader, when this broker is not (KIP-951).
    pub current_leader: Option<(BrokerId, LeaderEpoch)>,
    /// Read from this replica instead (REP-44).
    pub preferred_read_replica: Option<BrokerId>,
    /// Aborted transactions in range, (producer, first offset) (TXN-12).
    pub aborted: Vec<(ProducerId, Offset)>,
    /// Whole batches; the first may begin before the fetch offset.
    pub batches: Vec<Batch>,
}

/// Answer of Fetch.
#[derive(Clone, PartialEq, Debug)]
pub struct FetchResponse {
    /// Error of the whole request (INVALID_FETCH_SESSION_EPOCH: begin a new session).
    pub error: ErrorCode,
    /// One a partition of the request; in a session only those with news.
    pub partitions: Vec<FetchPartitionResponse>,
}

/// What ListOffsets asks for (LOG-13).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum OffsetSpec {
    /// -2: log start.
    Earliest,
    /// -1: high watermark or last stable offset.
    Latest,
    /// -3: record with the largest timestamp.
    MaxTimestamp,
    /// First record at or after this timestamp (ms).
    Timestamp(i64),
}

/// ListOffsets (LOG-13).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListOffsetsRequest {
    /// The follower that asks and sees the whole log; none: as a consumer.
    pub replica: Option<BrokerId>,
    /// Whether `Latest` means the last stable offset.
    pub read_committed: bool,
    /// Partition, epoch the asker believes in (or NONE), question.
    pub partitions: Vec<(TopicPartition, LeaderEpoch, OffsetSpec)>,
}

/// One partition's outcome of ListOffsets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListOffsetsPartitionResponse {
    /// The partition.
    pub partition: TopicPartition,
    /// Error.
    pub error: ErrorCode,
    /// Found offset (UNKNOWN: none).
    pub offset: Offset,
    /// Its timestamp, or -1.
    pub timestamp_ms: i64,
    /// Its epoch, or NONE.
    pub leader_epoch: LeaderEpoch,
}

/// Answer of ListOffsets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListOffsetsResponse {
    /// One a partition.
    pub partitions: Vec<ListOffsetsPartitionResponse>,
}

/// OffsetForLeaderEpoch (REP-27): partition, current epoch, asked epoch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OffsetForLeaderEpochRequest {
    /// The questions.
    pub partitions: Vec<(TopicPartition, LeaderEpoch, LeaderEpoch)>,
}

/// Answer of OffsetForLeaderEpoch: partition, error, epoch, end offset.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OffsetForLeaderEpochResponse {
    /// The answers (EPO-3; undefined is NONE, UNKNOWN).
    pub partitions: Vec<(TopicPartition, ErrorCode, LeaderEpoch, Offset)>,
}

/// Metadata.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MetadataRequest {
    /// Topics wanted by name; `None` = all.
    pub topics: Option<Vec<Name>>,
    /// Create what is missing (TOP-10).
    pub allow_auto_topic_creation: bool,
}

/// A broker as clients see it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MetadataBroker {
    /// Id.
    pub id: BrokerId,
    /// Host.
    pub host: Name,
    /// Port.
    pub port: u16,
    /// Rack.
    pub rack: Option<Name>,
}

/// A partition as clients see it (MET-3).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MetadataPartition {
    /// LEADER_NOT_AVAILABLE or None.
    pub error: ErrorCode,
    /// Partition number.
    pub partition: u32,
    /// Leader, if any.
    pub leader: Option<BrokerId>,
    /// Its epoch.
    pub leader_epoch: LeaderEpoch,
    /// All replicas, preferred first.
    pub replicas: Vec<BrokerId>,
    /// In-sync replicas.
    pub isr: Vec<BrokerId>,
    /// Replicas on fenced or unknown brokers.
    pub offline_replicas: Vec<BrokerId>,
}

/// A topic as clients see it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MetadataTopic {
    /// UNKNOWN_TOPIC_OR_PARTITION, LEADER_NOT_AVAILABLE, INVALID_TOPIC_EXCEPTION, None.
    pub error: ErrorCode,
    /// Name.
    pub name: Name,
    /// Dense id (0-based); meaningless on error.
    pub topic: TopicId,
    /// UUID as printed.
    pub uuid: Uuid,
    /// `__consumer_offsets` and friends.
    pub is_internal: bool,
    /// Partitions in order.
    pub partitions: Vec<MetadataPartition>,
}

/// Answer of Metadata.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MetadataResponse {
    /// Unfenced brokers.
    pub brokers: Vec<MetadataBroker>,
    /// Some live broker, as KRaft brokers answer.
    pub controller: Option<NodeId>,
    /// The topics asked for.
    pub topics: Vec<MetadataTopic>,
}

/// InitProducerId (PRO-13, TXN-1).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InitProducerIdRequest {
    /// Transactional id, if any.
    pub transactional_id: Option<Name>,
    /// Transaction timeout in milliseconds.
    pub transaction_timeout_ms: u32,
    /// Current id, or NONE.
    pub producer_id: ProducerId,
    /// Current epoch, or NONE.
    pub producer_epoch: ProducerEpoch,
}

/// Answer of InitProducerId.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InitProducerIdResponse {
    /// Error.
    pub error: ErrorCode,
    /// The session's id.
    pub producer_id: ProducerId,
    /// The session's epoch.
    pub producer_epoch: ProducerEpoch,
}

/// DeleteRecords (LOG-11): partition and new log start (UNKNOWN = high watermark).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeleteRecordsRequest {
    /// The partitions.
    pub partitions: Vec<(TopicPartition, Offset)>,
    /// How long to wait for the followers, in milliseconds.
    pub timeout_ms: u32,
}

/// Answer of DeleteRecords: partition, error, low watermark.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeleteRecordsResponse {
    /// One a partition.
    pub partitions: Vec<(TopicPartition, ErrorCode, Offset)>,
}
