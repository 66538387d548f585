//! Start offsets of share groups, as administrators see and set them (KIP-932, KIP-1226).

use super::Outcome;
use crate::error::ErrorCode;
use crate::types::{LeaderEpoch, Name, Offset};

/// DescribeShareGroupOffsets: all share partitions of a group whose state has begun.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DescribeShareGroupOffsetsRequest {
    /// The group.
    pub group: Name,
}

/// Where a group is in a partition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SharePartitionOffset {
    /// Topic.
    pub topic: Name,
    /// Number of the partition.
    pub partition: u32,
    /// Error of this partition.
    pub error: ErrorCode,
    /// SPSO; UNKNOWN if the group has not begun there.
    pub start_offset: Offset,
    /// Epoch of the leader that wrote the state last.
    pub leader_epoch: LeaderEpoch,
    /// Records from SPSO to the high watermark that are not done; none if that is not known.
    pub lag: Option<i64>,
}

/// Answer of DescribeShareGroupOffsets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DescribeShareGroupOffsetsResponse {
    /// Error of the whole request.
    pub error: ErrorCode,
    /// By topic and number.
    pub partitions: Vec<SharePartitionOffset>,
}

/// AlterShareGroupOffsets: the group must be empty.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AlterShareGroupOffsetsRequest {
    /// The group.
    pub group: Name,
    /// Topic, number, new start offset.
    pub partitions: Vec<(Name, u32, Offset)>,
}

/// Answer of AlterShareGroupOffsets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AlterShareGroupOffsetsResponse {
    /// Of the whole request.
    pub outcome: Outcome,
    /// Error a partition.
    pub partitions: Vec<(Name, u32, ErrorCode)>,
}

/// DeleteShareGroupOffsets: the group must be empty.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeleteShareGroupOffsetsRequest {
    /// The group.
    pub group: Name,
    /// The topics.
    pub topics: Vec<Name>,
}

/// Answer of DeleteShareGroupOffsets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeleteShareGroupOffsetsResponse {
    /// Of the whole request.
    pub outcome: Outcome,
    /// Outcome a topic.
    pub topics: Vec<(Name, Outcome)>,
}
