//! Messages of transactions (section 5.4).

use super::OffsetToCommit;
use crate::error::ErrorCode;
use crate::types::{Generation, Name, Offset, ProducerEpoch, ProducerId, Sequence, TopicPartition};

/// AddPartitionsToTxn: from a client before KIP-890, from a partition's leader since.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AddPartitionsToTxnRequest {
    /// Transactional id.
    pub transactional_id: Name,
    /// Its producer id.
    pub producer_id: ProducerId,
    /// Its epoch.
    pub producer_epoch: ProducerEpoch,
    /// Only ask whether they are in the transaction (TXN-4).
    pub verify_only: bool,
    /// `transaction.version` the producer works by (0 to 2).
    pub transaction_version: i16,
    /// The partitions.
    pub partitions: Vec<TopicPartition>,
}

/// Answer of AddPartitionsToTxn.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AddPartitionsToTxnResponse {
    /// One a partition.
    pub partitions: Vec<(TopicPartition, ErrorCode)>,
}

/// AddOffsetsToTxn, before KIP-890 (TXN-6).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AddOffsetsToTxnRequest {
    /// Transactional id.
    pub transactional_id: Name,
    /// Its producer id.
    pub producer_id: ProducerId,
    /// Its epoch.
    pub producer_epoch: ProducerEpoch,
    /// `transaction.version` the producer works by (0 or 1).
    pub transaction_version: i16,
    /// The group.
    pub group: Name,
}

/// Answer of AddOffsetsToTxn.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AddOffsetsToTxnResponse {
    /// Error.
    pub error: ErrorCode,
}

/// EndTxn (TXN-7).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EndTxnRequest {
    /// Transactional id.
    pub transactional_id: Name,
    /// Its producer id.
    pub producer_id: ProducerId,
    /// Its epoch.
    pub producer_epoch: ProducerEpoch,
    /// Commit, or abort.
    pub commit: bool,
    /// `transaction.version` the producer works by (0 to 2).
    pub transaction_version: i16,
}

/// Answer of EndTxn.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EndTxnResponse {
    /// Error.
    pub error: ErrorCode,
    /// Producer id of the next transaction, NONE before KIP-890.
    pub producer_id: ProducerId,
    /// Epoch of the next transaction (TXN-9).
    pub producer_epoch: ProducerEpoch,
}

/// A transaction's outcome for some partitions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TxnMarker {
    /// Whose transaction.
    pub producer_id: ProducerId,
    /// Epoch the marker is written in.
    pub producer_epoch: ProducerEpoch,
    /// Commit, or abort.
    pub commit: bool,
    /// Epoch of the coordinator.
    pub coordinator_epoch: i32,
    /// Where.
    pub partitions: Vec<TopicPartition>,
}

/// WriteTxnMarkers (TXN-8).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WriteTxnMarkersRequest {
    /// The markers.
    pub markers: Vec<TxnMarker>,
}

/// Answer of WriteTxnMarkers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WriteTxnMarkersResponse {
    /// One a marker and partition, in the order of the request.
    pub markers: Vec<(ProducerId, TopicPartition, ErrorCode)>,
}

/// TxnOffsetCommit (TXN-6).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TxnOffsetCommitRequest {
    /// Transactional id.
    pub transactional_id: Name,
    /// Group whose offsets they are.
    pub group: Name,
    /// Producer id.
    pub producer_id: ProducerId,
    /// Producer epoch.
    pub producer_epoch: ProducerEpoch,
    /// Generation of the consumer, -1 without membership.
    pub generation: Generation,
    /// Member, empty without membership.
    pub member_id: Name,
    /// Instance id, if static.
    pub group_instance_id: Option<Name>,
    /// `transaction.version` the producer works by (0 to 2).
    pub transaction_version: i16,
    /// The offsets.
    pub offsets: Vec<OffsetToCommit>,
}

/// Answer of TxnOffsetCommit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TxnOffsetCommitResponse {
    /// Error a partition.
    pub partitions: Vec<(TopicPartition, ErrorCode)>,
}

/// ListTransactions: of the coordinator asked.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ListTransactionsRequest {
    /// Only those that have been open for longer than this many milliseconds.
    pub duration_filter_ms: Option<i64>,
}

/// A listed transactional id.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListedTransaction {
    /// Transactional id.
    pub transactional_id: Name,
    /// Producer id.
    pub producer_id: ProducerId,
    /// State as Kafka prints it.
    pub state: Name,
}

/// Answer of ListTransactions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListTransactionsResponse {
    /// Error.
    pub error: ErrorCode,
    /// What the coordinator knows.
    pub transactions: Vec<ListedTransaction>,
}

/// DescribeTransactions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DescribeTransactionsRequest {
    /// Transactional ids.
    pub transactional_ids: Vec<Name>,
}

/// A described transactional id.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DescribedTransaction {
    /// TRANSACTIONAL_ID_NOT_FOUND, NOT_COORDINATOR, ...
    pub error: ErrorCode,
    /// Transactional id.
    pub transactional_id: Name,
    /// State as Kafka prints it.
    pub state: Name,
    /// `transaction.timeout.ms` of the producer.
    pub timeout_ms: u32,
    /// When its transaction began, in milliseconds, or -1.
    pub start_ms: i64,
    /// Producer id.
    pub producer_id: ProducerId,
    /// Producer epoch.
    pub producer_epoch: ProducerEpoch,
    /// Partitions of the transaction.
    pub partitions: Vec<TopicPartition>,
}

/// Answer of DescribeTransactions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DescribeTransactionsResponse {
    /// Those asked for.
    pub transactions: Vec<DescribedTransaction>,
}

/// DescribeProducers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DescribeProducersRequest {
    /// The partitions.
    pub partitions: Vec<TopicPartition>,
}

/// What a leader's log knows of a producer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DescribedProducer {
    /// Producer id.
    pub producer_id: ProducerId,
    /// Epoch.
    pub producer_epoch: ProducerEpoch,
    /// Sequence of its last record in this epoch, or NONE.
    pub last_sequence: Sequence,
    /// Timestamp of its last batch in milliseconds.
    pub last_timestamp_ms: i64,
    /// Epoch of the coordinator that wrote its last marker, or -1.
    pub coordinator_epoch: i32,
    /// Where its open transaction begins, or UNKNOWN.
    pub current_txn_start_offset: Offset,
}

/// Answer of DescribeProducers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DescribeProducersResponse {
    /// Partition, error, producers in order of their ids.
    pub partitions: Vec<(TopicPartition, ErrorCode, Vec<DescribedProducer>)>,
}
