//! Log directories: what lies in a broker's (DescribeLogDirs), moving a replica to another one
//! (AlterReplicaLogDirs, KIP-113), and a broker telling the controller where its replicas are
//! (AssignReplicasToDirs, KIP-858).

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
    /// How far its log end is behind its high watermark, in records; of a future replica,
    /// behind the log end of the current one, -1 if that is not there.
    pub offset_lag: i64,
    /// Whether it is a copy that is to take the replica's place (KIP-113).
    pub is_future: bool,
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

/// AlterReplicaLogDirs of one broker.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AlterReplicaLogDirsRequest {
    /// Topic name and partition, and the path of the directory its replica shall be in.
    pub replicas: Vec<(Name, u32, Name)>,
}

/// Answer of AlterReplicaLogDirs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AlterReplicaLogDirsResponse {
    /// The replicas asked for, each with its own error: None, LOG_DIR_NOT_FOUND,
    /// KAFKA_STORAGE_ERROR, REPLICA_NOT_AVAILABLE (it is made there once it comes to the
    /// broker), UNKNOWN_TOPIC_OR_PARTITION, INVALID_TOPIC_EXCEPTION.
    pub replicas: Vec<(Name, u32, ErrorCode)>,
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
