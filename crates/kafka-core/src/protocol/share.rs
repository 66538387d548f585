//! Messages of share groups (KIP-932): fetching and acknowledging at the partition
//! leader, membership and offsets at the group coordinator, stored states at the
//! share coordinator.

use crate::error::ErrorCode;
use crate::record::Batch;
use crate::share::{ShareKey, StateWrite};
use crate::types::{BrokerId, GroupEpoch, LeaderEpoch, Name, Offset, TopicPartition};

/// `share.acquire.mode`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum ShareAcquireMode {
    /// Whole batches: a few records more than asked for.
    #[default]
    BatchOptimized,
    /// Not a record more than asked for.
    RecordLimit,
}

/// What becomes of a record.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum AcknowledgeType {
    /// 0: there is no record at that offset.
    Gap,
    /// 1: processed.
    Accept,
    /// 2: give it to somebody again.
    Release,
    /// 3: not to be processed by anybody.
    Reject,
    /// 4: still being processed; the lock begins anew.
    Renew,
}

impl AcknowledgeType {
    /// The number on the wire.
    pub fn id(self) -> i8 {
        match self {
            AcknowledgeType::Gap => 0,
            AcknowledgeType::Accept => 1,
            AcknowledgeType::Release => 2,
            AcknowledgeType::Reject => 3,
            AcknowledgeType::Renew => 4,
        }
    }
}

/// Acknowledgements of a run of records: one type for all, or one each.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AcknowledgementBatch {
    /// First offset.
    pub first: Offset,
    /// Last offset.
    pub last: Offset,
    /// The types.
    pub types: Vec<AcknowledgeType>,
}

/// Records a member was given.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct AcquiredRecords {
    /// First offset.
    pub first: Offset,
    /// Last offset.
    pub last: Offset,
    /// The how manieth delivery it is.
    pub delivery_count: u16,
}

/// ShareFetch (SHG-2): the next request of a share session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShareFetchRequest {
    /// The group.
    pub group: Name,
    /// The member.
    pub member_id: Name,
    /// 0 begins a session, n is its n-th request, -1 ends it.
    pub session_epoch: i32,
    /// Park it at most this long, in milliseconds.
    pub max_wait_ms: u32,
    /// Most bytes.
    pub max_bytes: u32,
    /// Records wanted.
    pub max_records: u32,
    /// Records after which a batch in flight may end.
    pub batch_size: u32,
    /// Whole batches or not.
    pub acquire_mode: ShareAcquireMode,
    /// Some acknowledgement renews; nothing is fetched then.
    pub is_renew_ack: bool,
    /// Partitions that are new in the session or acknowledged for.
    pub partitions: Vec<(TopicPartition, Vec<AcknowledgementBatch>)>,
    /// Partitions that leave the session.
    pub forgotten: Vec<TopicPartition>,
}

/// One partition's outcome of a ShareFetch.
#[derive(Clone, PartialEq, Debug)]
pub struct ShareFetchPartitionResponse {
    /// The partition.
    pub partition: TopicPartition,
    /// Error of fetching.
    pub error: ErrorCode,
    /// Error of the acknowledgements that came along.
    pub acknowledge_error: ErrorCode,
    /// New leader, when this broker is not (KIP-951).
    pub current_leader: Option<(BrokerId, LeaderEpoch)>,
    /// Whole batches that hold the acquired records.
    pub batches: Vec<Batch>,
    /// What the member may process.
    pub acquired: Vec<AcquiredRecords>,
}

/// Answer of ShareFetch.
#[derive(Clone, PartialEq, Debug)]
pub struct ShareFetchResponse {
    /// Error of the whole request.
    pub error: ErrorCode,
    /// How long records stay locked, in milliseconds.
    pub acquisition_lock_timeout_ms: u32,
    /// Partitions with news.
    pub partitions: Vec<ShareFetchPartitionResponse>,
}

/// ShareAcknowledge (SHG-4).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShareAcknowledgeRequest {
    /// The group.
    pub group: Name,
    /// The member.
    pub member_id: Name,
    /// The n-th request of the session, -1 ends it.
    pub session_epoch: i32,
    /// Some acknowledgement renews.
    pub is_renew_ack: bool,
    /// The acknowledgements.
    pub partitions: Vec<(TopicPartition, Vec<AcknowledgementBatch>)>,
}

/// Answer of ShareAcknowledge.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShareAcknowledgeResponse {
    /// Error of the whole request.
    pub error: ErrorCode,
    /// Error a partition.
    pub partitions: Vec<(TopicPartition, ErrorCode)>,
}

/// ShareGroupHeartbeat (SHG-1): joins (epoch 0), stays, leaves (-1).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShareGroupHeartbeatRequest {
    /// Group.
    pub group: Name,
    /// Made by the client itself, once in the life of its process.
    pub member_id: Name,
    /// What the member knows; JOIN or LEAVE in other cases.
    pub member_epoch: GroupEpoch,
    /// `client.rack`.
    pub rack: Option<Name>,
    /// Topic names subscribed to, sorted; absent if they have not changed.
    pub subscribed_topics: Option<Vec<Name>>,
    /// Client id.
    pub client_id: Name,
    /// Host the request comes from, as tools print it.
    pub client_host: Name,
}

/// Answer of ShareGroupHeartbeat.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShareGroupHeartbeatResponse {
    /// Error (SHG-9).
    pub error: ErrorCode,
    /// Member.
    pub member_id: Name,
    /// Its epoch now.
    pub member_epoch: GroupEpoch,
    /// When to send the next one, in milliseconds.
    pub heartbeat_interval_ms: u32,
    /// What the member fetches from, sorted; absent if that has not changed.
    pub assignment: Option<Vec<TopicPartition>>,
}

/// A stored state as it is read, or given as the first one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StateOfSharePartition {
    /// +1 each time somebody sets the start offset.
    pub state_epoch: i32,
    /// SPSO, UNKNOWN if the group has not begun.
    pub start_offset: Offset,
    /// Records at or after SPSO that are done.
    pub delivery_complete_count: u32,
    /// Epoch of the leader that wrote it last.
    pub leader_epoch: LeaderEpoch,
    /// States of records at or after SPSO.
    pub batches: Vec<StateWrite>,
}

impl Default for StateOfSharePartition {
    fn default() -> StateOfSharePartition {
        StateOfSharePartition {
            state_epoch: 0,
            start_offset: Offset::UNKNOWN,
            delivery_complete_count: 0,
            leader_epoch: LeaderEpoch::NONE,
            batches: Vec::new(),
        }
    }
}

/// InitializeShareGroupState: a share partition begins, or begins anew.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InitializeShareGroupStateRequest {
    /// Which, its new state epoch and its start offset (UNKNOWN: as configured).
    pub partitions: Vec<(ShareKey, i32, Offset)>,
}

/// ReadShareGroupState: a new partition leader asks (SHG-7).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReadShareGroupStateRequest {
    /// Which.
    pub key: ShareKey,
    /// Epoch of the asking leader.
    pub leader_epoch: LeaderEpoch,
}

/// Answer of ReadShareGroupState.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReadShareGroupStateResponse {
    /// Error.
    pub error: ErrorCode,
    /// The state.
    pub state: StateOfSharePartition,
}

/// WriteShareGroupState (SHG-4).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WriteShareGroupStateRequest {
    /// Which.
    pub key: ShareKey,
    /// What changed, and the epochs and SPSO of the leader that writes.
    pub state: StateOfSharePartition,
}

/// DeleteShareGroupState.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeleteShareGroupStateRequest {
    /// Which.
    pub keys: Vec<ShareKey>,
}

/// ReadShareGroupStateSummary: what a description needs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReadShareGroupStateSummaryRequest {
    /// Which.
    pub keys: Vec<ShareKey>,
}

/// Answer of InitializeShareGroupState, WriteShareGroupState, DeleteShareGroupState.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShareGroupStateResponse {
    /// Error of each share partition.
    pub partitions: Vec<(ShareKey, ErrorCode)>,
}

/// Answer of ReadShareGroupStateSummary: without the records' states.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReadShareGroupStateSummaryResponse {
    /// Error and state of each share partition.
    pub partitions: Vec<(ShareKey, ErrorCode, StateOfSharePartition)>,
}
