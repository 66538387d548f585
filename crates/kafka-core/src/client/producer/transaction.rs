//! The producer's transactions: Kafka's `TransactionManager` (TXN-13). Since KIP-890
//! (`transaction.version` 2; TXN-3, TXN-9) partitions join a transaction on the broker's
//! side, and every end of a transaction brings the next epoch. Before, the producer adds
//! them itself (TXN-2), and asks for the next epoch after an error.
//!
//! Not here: the requests and their answers (`coordinating`), the calls of the
//! application that wait for them (`calls`). Invariant: records are sent only inside a
//! transaction, and a transaction in error is only aborted.

use std::collections::BTreeMap;

use crate::client::network::ConnId;
use crate::client::{ClientFailure, NamedPartition};
use crate::error::ErrorCode;
use crate::protocol::CoordinatorKind;
use crate::types::{Generation, Name, Offset, Time, TopicPartition};

/// Where the producer's transaction stands (TXN-13).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum TransactionState {
    /// `initTransactions` was not called.
    Uninitialized,
    /// It was called and has not returned.
    Initializing,
    /// No transaction is open.
    Ready,
    /// `beginTransaction` was called.
    InTransaction,
    /// `commitTransaction` was called and has not returned.
    Committing,
    /// `abortTransaction` was called and has not returned.
    Aborting,
    /// The transaction can only be aborted.
    AbortableError,
    /// The producer can only be closed.
    FatalError,
}

impl TransactionState {
    /// Kafka's name, as in `IN_TRANSACTION`.
    pub fn name(self) -> &'static str {
        match self {
            TransactionState::Uninitialized => "UNINITIALIZED",
            TransactionState::Initializing => "INITIALIZING",
            TransactionState::Ready => "READY",
            TransactionState::InTransaction => "IN_TRANSACTION",
            TransactionState::Committing => "COMMITTING_TRANSACTION",
            TransactionState::Aborting => "ABORTING_TRANSACTION",
            TransactionState::AbortableError => "ABORTABLE_ERROR",
            TransactionState::FatalError => "FATAL_ERROR",
        }
    }
}

/// Offsets of a consumer's group to be committed with the transaction (TXN-6).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OffsetsToSend {
    /// The group.
    pub group: Name,
    /// Member id and generation of the consumer; `None` without membership.
    pub member: Option<(Name, Generation)>,
    /// Next record to process, by partition.
    pub offsets: Vec<(NamedPartition, Offset)>,
}

/// What the manager asks a coordinator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ask {
    Find(CoordinatorKind),
    Init,
    AddPartitions,
    AddOffsets,
    Offsets,
    End,
}

/// The transactions of one producer.
#[derive(Clone, Debug)]
pub(super) struct TransactionManager {
    pub id: Name,
    pub state: TransactionState,
    /// Why it is in an error state.
    pub error: Option<ClientFailure>,
    /// `transaction.version` of the transaction: what the brokers said when it began.
    pub version: i16,
    /// Partitions with records, and whether the coordinator knows of them (before KIP-890).
    pub partitions: BTreeMap<TopicPartition, bool>,
    /// The coordinator knows that offsets will come (before KIP-890).
    pub offsets_added: bool,
    /// A batch failed: the next transaction needs another epoch (before KIP-890).
    pub wants_epoch: bool,
    /// Something was sent in this transaction.
    pub started: bool,
    pub coordinator: Option<ConnId>,
    /// A group's coordinator.
    pub group: Option<(Name, ConnId)>,
    /// Offsets that are not stored yet.
    pub offsets: Option<OffsetsToSend>,
    /// The request on its way.
    pub in_flight: Option<Ask>,
    /// Not before this is a request sent again.
    pub retry_at: Time,
}

impl TransactionManager {
    pub fn new(id: Name) -> TransactionManager {
        TransactionManager {
            id,
            state: TransactionState::Uninitialized,
            error: None,
            version: 0,
            partitions: BTreeMap::new(),
            offsets_added: false,
            wants_epoch: false,
            started: false,
            coordinator: None,
            group: None,
            offsets: None,
            in_flight: None,
            retry_at: Time::ZERO,
        }
    }

    /// Whether the transaction is being ended.
    pub fn is_completing(&self) -> bool {
        matches!(
            self.state,
            TransactionState::Committing | TransactionState::Aborting
        )
    }

    /// Whether what was not sent yet is not sent any more.
    pub fn gives_up_batches(&self) -> bool {
        matches!(
            self.state,
            TransactionState::Aborting
                | TransactionState::AbortableError
                | TransactionState::FatalError
        )
    }

    /// Whether batches may be sent.
    pub fn may_send(&self) -> bool {
        self.in_flight.is_none()
    }

    /// TXN-3: whether the brokers add partitions and offsets by themselves.
    pub fn brokers_add(&self) -> bool {
        self.version >= 2
    }

    /// Whether batches of this partition may be sent (TXN-2).
    pub fn may_send_to(&self, partition: TopicPartition) -> bool {
        self.brokers_add() || self.partitions.get(&partition) == Some(&true)
    }

    /// Partitions that the coordinator does not know of yet (TXN-2).
    pub fn new_partitions(&self) -> impl Iterator<Item = TopicPartition> {
        let new = self.partitions.iter().filter(|(_, known)| !**known);
        new.map(|(id, _)| *id)
    }

    /// The transaction will be aborted: partitions that were not added need not be.
    pub fn forget_new_partitions(&mut self) {
        self.partitions.retain(|_, known| *known);
    }

    /// A batch failed: that ends the transaction, or the producer (TXN-13). An error that
    /// was retried for too long, or says that the transaction is not open, is told as
    /// TRANSACTION_ABORTABLE.
    pub fn fail(&mut self, failure: &ClientFailure) {
        if is_fatal(failure.error) {
            self.fail_fatally(failure);
        } else if failure.error.is_retriable() || failure.error == ErrorCode::InvalidTxnState {
            let text = "Transaction Request was aborted after exhausting retries.";
            let mut abortable = ClientFailure::new(ErrorCode::TransactionAbortable, text);
            abortable.cause = Some(failure.error);
            self.fail_abortably(&abortable);
        } else {
            self.fail_abortably(failure);
        }
    }

    pub fn fail_abortably(&mut self, failure: &ClientFailure) {
        if matches!(
            self.state,
            TransactionState::InTransaction | TransactionState::Committing
        ) {
            self.wants_epoch |= !self.brokers_add() && !self.is_completing();
            self.state = TransactionState::AbortableError;
            self.error = Some(failure.clone());
            self.offsets = None;
        }
    }

    pub fn fail_fatally(&mut self, failure: &ClientFailure) {
        if self.state != TransactionState::FatalError {
            self.state = TransactionState::FatalError;
            self.error = Some(failure.clone());
            self.offsets = None;
        }
    }

    /// The transaction is over; the next one may begin, or needs another epoch first.
    pub fn completed(&mut self) {
        self.state = match std::mem::take(&mut self.wants_epoch) {
            true => TransactionState::Initializing,
            false => TransactionState::Ready,
        };
        self.error = None;
        self.partitions.clear();
        self.offsets_added = false;
        self.started = false;
        self.offsets = None;
    }

    /// What a transactional call throws in an error state.
    pub fn refusal(&self) -> Option<ClientFailure> {
        let error = self.error.as_ref()?;
        let mut failure = match error.error {
            ErrorCode::ProducerFenced => ClientFailure::new(
                ErrorCode::ProducerFenced,
                &format!(
                    "Producer with transactionalId '{}' has been fenced by another producer with the same transactionalId",
                    self.id
                ),
            ),
            ErrorCode::InvalidProducerEpoch => ClientFailure::new(
                ErrorCode::InvalidProducerEpoch,
                &format!(
                    "Producer with transactionalId '{}' attempted to produce with an old epoch",
                    self.id
                ),
            ),
            code => {
                let text = "Cannot execute transactional method because we are in an error state";
                let mut failure = ClientFailure::new(code, text);
                failure.exception = "org.apache.kafka.common.KafkaException";
                failure.cause = Some(code);
                failure
            }
        };
        failure.error = error.error;
        Some(failure)
    }

    /// What a call throws that does not fit the state.
    pub fn illegal(&self, to: TransactionState) -> ClientFailure {
        let text = format!(
            "TransactionalId {}: Invalid transition attempted from state {} to state {}",
            self.id,
            self.state.name(),
            to.name()
        );
        illegal_state(&text)
    }
}

/// A call at the wrong time.
pub(super) fn illegal_state(text: &str) -> ClientFailure {
    let mut failure = ClientFailure::new(ErrorCode::InvalidTxnState, text);
    failure.exception = "java.lang.IllegalStateException";
    failure
}

/// Errors after which a transactional producer can only be closed (TXN-13).
fn is_fatal(error: ErrorCode) -> bool {
    matches!(
        error,
        ErrorCode::ProducerFenced
            | ErrorCode::InvalidProducerIdMapping
            | ErrorCode::ClusterAuthorizationFailed
            | ErrorCode::TransactionalIdAuthorizationFailed
            | ErrorCode::UnsupportedVersion
    )
}
