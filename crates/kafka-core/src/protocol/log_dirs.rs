//! DescribeLogDirs: what lies in a broker's log directories.

use crate::error::ErrorCode;
use crate::types::{Name, TopicPartition};

/// DescribeLogDirs of one broker; `None` = every replica.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DescribeLogDirsRequest {
    /// Topic names and partitions.
    pub partitions: Option<Vec<(Name, u32)>>,
}

/// A replica in a log directory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DescribedReplicaLog {
    /// Topic.
    pub topic_name: Name,
    /// Partition.
    pub partition: TopicPartition,
    /// Bytes of its segments.
    pub size_bytes: u64,
    /// How far its log end is behind its high watermark, in records.
    pub offset_lag: u64,
}

/// A log directory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DescribedLogDir {
    /// None or KAFKA_STORAGE_ERROR.
    pub error: ErrorCode,
    /// Its path.
    pub path: Name,
    /// What it holds, in order of topic name and partition.
    pub replicas: Vec<DescribedReplicaLog>,
}

/// Answer of DescribeLogDirs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DescribeLogDirsResponse {
    /// Error of the whole request.
    pub error: ErrorCode,
    /// The directories.
    pub dirs: Vec<DescribedLogDir>,
}
