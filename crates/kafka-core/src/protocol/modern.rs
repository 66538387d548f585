//! Messages of the groups that the coordinator assigns itself: the `consumer`
//! protocol (KIP-848, section 9). One request does it all; there is no JoinGroup, no
//! SyncGroup and no group leader.

use crate::error::ErrorCode;
use crate::types::{GroupEpoch, Name, TopicPartition};

/// ConsumerGroupHeartbeat (NGP-1): joins, stays, acknowledges, leaves. An absent field
/// has not changed since the last request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConsumerGroupHeartbeatRequest {
    /// Group.
    pub group: Name,
    /// Made by the client itself, once in the life of its process.
    pub member_id: Name,
    /// What the member knows; JOIN, LEAVE or LEAVE_STATIC in other cases.
    pub member_epoch: GroupEpoch,
    /// `group.instance.id`, if static.
    pub group_instance_id: Option<Name>,
    /// `client.rack`.
    pub rack: Option<Name>,
    /// `max.poll.interval.ms`: how long a revocation may take.
    pub rebalance_timeout_ms: Option<u32>,
    /// Topic names subscribed to, sorted.
    pub subscribed_topics: Option<Vec<Name>>,
    /// `group.remote.assignor`.
    pub server_assignor: Option<Name>,
    /// What the member owns now, sorted.
    pub owned: Option<Vec<TopicPartition>>,
    /// Client id.
    pub client_id: Name,
    /// Host the request comes from, as tools print it.
    pub client_host: Name,
}

/// Answer of ConsumerGroupHeartbeat.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConsumerGroupHeartbeatResponse {
    /// Error (NGP-2).
    pub error: ErrorCode,
    /// Member.
    pub member_id: Name,
    /// Its epoch now.
    pub member_epoch: GroupEpoch,
    /// When to send the next one, in milliseconds.
    pub heartbeat_interval_ms: u32,
    /// What the member may own, sorted; absent if that has not changed.
    pub assignment: Option<Vec<TopicPartition>>,
}

/// ConsumerGroupDescribe.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConsumerGroupDescribeRequest {
    /// Group ids.
    pub groups: Vec<Name>,
}

/// A member as ConsumerGroupDescribe shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DescribedConsumerMember {
    /// Member id.
    pub member_id: Name,
    /// Instance id, if static.
    pub group_instance_id: Option<Name>,
    /// Client id.
    pub client_id: Name,
    /// Host, as in `/127.0.0.1`.
    pub client_host: Name,
    /// Epoch.
    pub member_epoch: GroupEpoch,
    /// What it may own: topic names with their partitions.
    pub assignment: Vec<(Name, Vec<u32>)>,
    /// What it shall own.
    pub target: Vec<(Name, Vec<u32>)>,
    /// Whether it speaks the classic protocol (NGP-12).
    pub is_classic: bool,
}

/// A group as ConsumerGroupDescribe and ShareGroupDescribe show it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DescribedConsumerGroup {
    /// Error (GROUP_ID_NOT_FOUND, NOT_COORDINATOR, ...).
    pub error: ErrorCode,
    /// Kafka's text of the error, if it has its own.
    pub message: Option<Name>,
    /// Group id.
    pub group: Name,
    /// State name as Kafka prints it.
    pub state: Name,
    /// Group epoch.
    pub epoch: GroupEpoch,
    /// Epoch of the target assignment.
    pub target_epoch: GroupEpoch,
    /// The server's assignor.
    pub assignor: Name,
    /// Members by id.
    pub members: Vec<DescribedConsumerMember>,
}

/// Answer of ConsumerGroupDescribe.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConsumerGroupDescribeResponse {
    /// The groups asked for.
    pub groups: Vec<DescribedConsumerGroup>,
}

/// ShareGroupDescribe.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShareGroupDescribeRequest {
    /// Group ids.
    pub groups: Vec<Name>,
}

/// Answer of ShareGroupDescribe.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShareGroupDescribeResponse {
    /// The groups asked for; their members are never static or classic.
    pub groups: Vec<DescribedConsumerGroup>,
}
