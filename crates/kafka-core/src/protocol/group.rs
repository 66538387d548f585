//! Messages of classic groups and their offsets (sections 7 and 8).

use crate::error::ErrorCode;
use crate::types::{
    BrokerId, Bytes, Generation, GroupEpoch, LeaderEpoch, Name, Offset, TopicId, TopicPartition,
};

/// What a coordinator coordinates.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum CoordinatorKind {
    /// A consumer group.
    Group,
    /// A transactional id.
    Transaction,
    /// A share partition.
    Share,
}

/// FindCoordinator (GRP-1).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FindCoordinatorRequest {
    /// Of what.
    pub kind: CoordinatorKind,
    /// Group id or transactional id.
    pub key: Name,
}

/// Answer of FindCoordinator.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FindCoordinatorResponse {
    /// None, COORDINATOR_NOT_AVAILABLE.
    pub error: ErrorCode,
    /// The coordinator.
    pub node: Option<BrokerId>,
}

/// JoinGroup (GRP-3).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JoinGroupRequest {
    /// Group.
    pub group: Name,
    /// Client id (prefix of a generated member id).
    pub client_id: Name,
    /// Host the request comes from, as tools print it.
    pub client_host: Name,
    /// `session.timeout.ms`.
    pub session_timeout_ms: u32,
    /// `max.poll.interval.ms`.
    pub rebalance_timeout_ms: u32,
    /// Member id, empty at first.
    pub member_id: Name,
    /// `group.instance.id`, if static.
    pub group_instance_id: Option<Name>,
    /// "consumer" for consumers.
    pub protocol_type: Name,
    /// Assignor names in order of preference, each with the encoded subscription.
    pub protocols: Vec<(Name, Bytes)>,
    /// Why it joins, for people.
    pub reason: Option<Name>,
}

/// A member in the leader's JoinGroup answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JoinGroupMember {
    /// Member id.
    pub member_id: Name,
    /// Instance id, if static.
    pub group_instance_id: Option<Name>,
    /// Encoded subscription for the chosen protocol.
    pub metadata: Bytes,
}

/// Answer of JoinGroup.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JoinGroupResponse {
    /// Error.
    pub error: ErrorCode,
    /// New generation.
    pub generation: Generation,
    /// Protocol type.
    pub protocol_type: Option<Name>,
    /// Chosen assignor.
    pub protocol_name: Option<Name>,
    /// Member id of the group leader.
    pub leader: Name,
    /// The leader need not assign (static rejoin, GRP-19).
    pub skip_assignment: bool,
    /// This member's id.
    pub member_id: Name,
    /// All members; empty unless this member leads.
    pub members: Vec<JoinGroupMember>,
}

/// SyncGroup (GRP-11).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SyncGroupRequest {
    /// Group.
    pub group: Name,
    /// Generation.
    pub generation: Generation,
    /// Member.
    pub member_id: Name,
    /// Instance id, if static.
    pub group_instance_id: Option<Name>,
    /// Protocol type.
    pub protocol_type: Option<Name>,
    /// Assignor.
    pub protocol_name: Option<Name>,
    /// Member id and encoded assignment; empty unless sent by the leader.
    pub assignments: Vec<(Name, Bytes)>,
}

/// Answer of SyncGroup.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SyncGroupResponse {
    /// Error.
    pub error: ErrorCode,
    /// Protocol type.
    pub protocol_type: Option<Name>,
    /// Assignor.
    pub protocol_name: Option<Name>,
    /// Encoded assignment of this member.
    pub assignment: Bytes,
}

/// Heartbeat (GRP-13).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HeartbeatRequest {
    /// Group.
    pub group: Name,
    /// Generation.
    pub generation: Generation,
    /// Member.
    pub member_id: Name,
    /// Instance id, if static.
    pub group_instance_id: Option<Name>,
}

/// Answer of Heartbeat.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HeartbeatResponse {
    /// Error.
    pub error: ErrorCode,
}

/// LeaveGroup (GRP-15): member ids with instance ids.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LeaveGroupRequest {
    /// Group.
    pub group: Name,
    /// Who leaves.
    pub members: Vec<(Name, Option<Name>)>,
}

/// Answer of LeaveGroup.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LeaveGroupResponse {
    /// Error of the whole request.
    pub error: ErrorCode,
    /// Error a member.
    pub members: Vec<(Name, ErrorCode)>,
}

/// An offset to store.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OffsetToCommit {
    /// Partition.
    pub partition: TopicPartition,
    /// Name of the topic (offsets are stored by name).
    pub topic_name: Name,
    /// Next record to process.
    pub offset: Offset,
    /// Epoch of the last consumed record, or NONE.
    pub leader_epoch: LeaderEpoch,
    /// Free text.
    pub metadata: Name,
}

/// OffsetCommit (GRP-21).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OffsetCommitRequest {
    /// Group.
    pub group: Name,
    /// Generation, -1 without membership.
    pub generation: Generation,
    /// Member, empty without membership.
    pub member_id: Name,
    /// Instance id, if static.
    pub group_instance_id: Option<Name>,
    /// The offsets.
    pub offsets: Vec<OffsetToCommit>,
}

/// Answer of OffsetCommit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OffsetCommitResponse {
    /// Error a partition.
    pub partitions: Vec<(TopicPartition, ErrorCode)>,
}

/// OffsetFetch (GRP-24).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OffsetFetchRequest {
    /// Group.
    pub group: Name,
    /// The member that asks with its epoch, in a `consumer` group (NGP-8).
    pub member: Option<(Name, GroupEpoch)>,
    /// Topic names with partitions; `None` = all that are stored.
    pub partitions: Option<Vec<(Name, u32)>>,
    /// Wait out pending transactions.
    pub require_stable: bool,
}

/// A stored offset.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FetchedOffset {
    /// Topic name.
    pub topic_name: Name,
    /// Partition.
    pub partition: u32,
    /// Offset, UNKNOWN if none.
    pub offset: Offset,
    /// Stored epoch, or NONE.
    pub leader_epoch: LeaderEpoch,
    /// Stored text.
    pub metadata: Name,
    /// Error.
    pub error: ErrorCode,
}

/// Answer of OffsetFetch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OffsetFetchResponse {
    /// Error of the whole group.
    pub error: ErrorCode,
    /// The offsets.
    pub offsets: Vec<FetchedOffset>,
}

/// ListGroups.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ListGroupsRequest {}

/// One listed group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListedGroup {
    /// Group id.
    pub group: Name,
    /// "consumer", or empty for a simple group.
    pub protocol_type: Name,
    /// State name as Kafka prints it (`Stable`, `PreparingRebalance`, ...).
    pub state: Name,
    /// "Classic", "Consumer", "Share".
    pub group_type: Name,
}

/// Answer of ListGroups.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListGroupsResponse {
    /// Error (COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE).
    pub error: ErrorCode,
    /// Groups by id.
    pub groups: Vec<ListedGroup>,
}

/// DescribeGroups.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DescribeGroupsRequest {
    /// Group ids.
    pub groups: Vec<Name>,
}

/// A described member.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DescribedMember {
    /// Member id.
    pub member_id: Name,
    /// Instance id.
    pub group_instance_id: Option<Name>,
    /// Client id.
    pub client_id: Name,
    /// Host, as in `/127.0.0.1`.
    pub client_host: Name,
    /// Encoded subscription (empty unless the group is Stable).
    pub metadata: Bytes,
    /// Encoded assignment of the last completed generation.
    pub assignment: Bytes,
}

/// A described group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DescribedGroup {
    /// Error (GROUP_ID_NOT_FOUND, NOT_COORDINATOR, ...).
    pub error: ErrorCode,
    /// Group id.
    pub group: Name,
    /// State name as Kafka prints it.
    pub state: Name,
    /// Protocol type.
    pub protocol_type: Name,
    /// Chosen assignor; empty while none is chosen.
    pub protocol_name: Name,
    /// Members in the coordinator's order.
    pub members: Vec<DescribedMember>,
}

/// Answer of DescribeGroups.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DescribeGroupsResponse {
    /// The groups asked for.
    pub groups: Vec<DescribedGroup>,
}

/// DeleteGroups.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeleteGroupsRequest {
    /// Group ids.
    pub groups: Vec<Name>,
}

/// Answer of DeleteGroups.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeleteGroupsResponse {
    /// Error a group (NON_EMPTY_GROUP, GROUP_ID_NOT_FOUND).
    pub groups: Vec<(Name, ErrorCode)>,
}

/// OffsetDelete.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OffsetDeleteRequest {
    /// Group.
    pub group: Name,
    /// Topic names and partitions.
    pub partitions: Vec<(Name, u32)>,
}

/// Answer of OffsetDelete.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OffsetDeleteResponse {
    /// Error of the whole request.
    pub error: ErrorCode,
    /// Error a partition.
    pub partitions: Vec<(Name, u32, ErrorCode)>,
}

/// A member's partitions as client-side assignors hand them out: by topic id.
pub type Assignment = Vec<(TopicId, Vec<u32>)>;
