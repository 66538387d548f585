//! Log directories: what lies in a broker's (DescribeLogDirs), and a broker telling the
//! controller where its replicas are (AssignReplicasToDirs, KIP-858).

use crate::error::ErrorCode;
use crate::types::{BrokerEpoch, BrokerId, Name, TopicPartition, Uuid};

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

/// AssignReplicasToDirs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AssignReplicasToDirsRequest {
    /// The broker.
    pub broker: BrokerId,
    /// Its epoch.
    pub broker_epoch: BrokerEpoch,
    /// Where its replicas are: the directory's id, and a partition in it.
    pub assignments: Vec<(Uuid, TopicPartition)>,
}

/// Answer of AssignReplicasToDirs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AssignReplicasToDirsResponse {
    /// None, STALE_BROKER_EPOCH, BROKER_ID_NOT_REGISTERED, NOT_CONTROLLER.
    pub error: ErrorCode,
    /// The partitions asked for, each with its own error.
    pub partitions: Vec<(TopicPartition, ErrorCode)>,
}
