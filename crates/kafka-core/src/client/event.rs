//! What an application sees: the client history.

use super::command::NamedPartition;
use super::producer::TransactionCall;
use crate::error::ErrorCode;
use crate::protocol::{AcknowledgementBatch, Response};
use crate::record::Record;
use crate::types::{
    Generation, LeaderEpoch, Name, NodeId, Offset, ProducerEpoch, ProducerId, Sequence,
    TopicPartition,
};

/// A delivered record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeliveredRecord {
    /// Topic name.
    pub topic: Name,
    /// Partition.
    pub partition: TopicPartition,
    /// Offset.
    pub offset: Offset,
    /// Epoch it was appended in.
    pub leader_epoch: LeaderEpoch,
    /// The record.
    pub record: Record,
}

/// A record delivered to a member of a share group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SharedRecord {
    /// The record.
    pub delivered: DeliveredRecord,
    /// The how manieth delivery it is.
    pub delivery_count: u16,
}

/// Something a client reports to its application.
#[derive(Clone, PartialEq, Debug)]
pub enum ClientEvent {
    // Producer
    /// `send` was called: the record waits in the accumulator.
    Sent {
        /// Tag of the record.
        tag: u64,
        /// Topic name.
        topic: Name,
    },
    /// The record was acknowledged.
    Acked {
        /// Tag of the record.
        tag: u64,
        /// Where it is.
        partition: TopicPartition,
        /// Its offset; UNKNOWN with acks=0.
        offset: Offset,
    },
    /// The record failed.
    SendFailed {
        /// Tag of the record.
        tag: u64,
        /// Topic name.
        topic: Name,
        /// Partition, if one was chosen.
        partition: Option<u32>,
        /// The failure.
        failure: ClientFailure,
    },
    /// Everything that was waiting at `Flush` is done.
    Flushed,
    /// A transactional method returned (TXN-13).
    TransactionReturned {
        /// Which one.
        call: TransactionCall,
        /// What it threw, if anything.
        failure: Option<ClientFailure>,
    },
    // Consumer
    /// `poll` returned these records.
    Delivered(Vec<DeliveredRecord>),
    /// onPartitionsAssigned.
    Assigned {
        /// Partitions, in assignment order.
        partitions: Vec<NamedPartition>,
        /// Generation.
        generation: Generation,
        /// Whether this member led the rebalance.
        is_group_leader: bool,
    },
    /// onPartitionsRevoked.
    Revoked(Vec<NamedPartition>),
    /// onPartitionsLost.
    Lost(Vec<NamedPartition>),
    /// A commit ended.
    Committed {
        /// The offsets.
        offsets: Vec<(NamedPartition, Offset)>,
        /// None or the failure.
        failure: Option<ClientFailure>,
        /// Whether it was an automatic commit.
        auto: bool,
    },
    /// `poll` threw.
    PollFailed(ClientFailure),
    // Share consumer
    /// `poll` of a share consumer returned these records.
    ShareDelivered(Vec<SharedRecord>),
    /// Acknowledgements were stored, or not (the acknowledgement commit callback).
    Acknowledged(Vec<(TopicPartition, Vec<AcknowledgementBatch>, ErrorCode)>),
    /// commitSync of a share consumer returned: outcome by partition.
    ShareCommitted(Vec<(NamedPartition, ErrorCode)>),
    // Admin
    /// An answer to `Call`. `from` is the broker that answered.
    Answer {
        /// Number of the call.
        call: u64,
        /// Who answered.
        from: NodeId,
        /// The answer.
        response: Box<Response>,
        /// No further answer to this call follows (only `AllBrokers` has several).
        last: bool,
    },
    /// A call ended without an answer.
    CallFailed {
        /// Number of the call.
        call: u64,
        /// Why.
        failure: ClientFailure,
    },
    // All
    /// A line the client's logger would print at WARN or ERROR.
    Log(ClientLog),
    /// `close` returned.
    Closed,
}

/// Why a client operation failed, as the application sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClientFailure {
    /// Kafka's error code (REQUEST_TIMED_OUT for client-side timeouts).
    pub error: ErrorCode,
    /// Name of the exception class: simple, as in `TimeoutException`, if it is one of
    /// `org.apache.kafka.common.errors`, else in full.
    pub exception: &'static str,
    /// Its message.
    pub message: Name,
    /// The broker's error behind it, where Kafka names one (`Caused by:`).
    pub cause: Option<ErrorCode>,
}

/// Package of most of Kafka's exceptions.
const ERRORS: &str = "org.apache.kafka.common.errors.";

impl ClientFailure {
    /// A failure with the exception class that belongs to the error code.
    pub fn new(error: ErrorCode, message: &str) -> ClientFailure {
        let class = error.exception();
        ClientFailure {
            error,
            exception: class.strip_prefix(ERRORS).unwrap_or(class),
            message: message.into(),
            cause: None,
        }
    }

    /// What `poll` throws for a record whose value the deserializer does not take.
    pub fn bad_value((topic, partition, offset): (&str, u32, Offset)) -> ClientFailure {
        let text = format!(
            "Error deserializing VALUE for partition {topic}-{partition} at offset {offset}. If needed, please seek past the record to continue consumption."
        );
        let mut failure = ClientFailure::new(ErrorCode::UnknownServerError, &text);
        failure.exception = "RecordDeserializationException";
        failure
    }

    /// A failure with Kafka's default text.
    pub fn code(error: ErrorCode) -> ClientFailure {
        ClientFailure::new(error, error.message())
    }
}

/// Log lines of clients, as values; text is made by the shell.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ClientLog {
    /// `Fatal error during metadata update`: the server asked is of the wrong kind.
    MetadataRefused(ClientFailure),
    /// `Connection to node N (...) could not be established. Node may not be available.`
    /// A bootstrap server has a negative number -1, -2, ...
    ConnectionFailed {
        /// Node number as the client knows it.
        node: i32,
        /// Host and port.
        address: Name,
    },
    /// `Bootstrap broker HOST:PORT (id: N rack: null) disconnected`.
    BootstrapDisconnected {
        /// Node number as the client knows it.
        node: i32,
        /// Host and port.
        address: Name,
    },
    /// `Error while fetching metadata with correlation id N : {topic=ERROR}`.
    MetadataError {
        /// Topic.
        topic: Name,
        /// Its error.
        error: ErrorCode,
    },
    /// `The broker returned ... for topic-partition T-P with producerId N, ...`: an idempotent
    /// producer has a gap in its sequence (PRO-15).
    SequenceGap {
        /// Topic name.
        topic: Name,
        /// Partition.
        partition: u32,
        /// What the broker said.
        error: ErrorCode,
        /// The session the batch was numbered in.
        session: (ProducerId, ProducerEpoch),
        /// First sequence number of the batch.
        sequence: Sequence,
    },
    /// `Got error produce response with correlation id N on topic-partition T-P, retrying ...`.
    ProduceRetry {
        /// Topic name.
        topic: Name,
        /// Partition.
        partition: u32,
        /// Attempts left.
        attempts_left: u32,
        /// The error.
        error: ErrorCode,
    },
}
