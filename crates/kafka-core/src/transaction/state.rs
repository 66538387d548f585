//! What the coordinator knows of one transactional id (section 5.4).

use std::collections::BTreeSet;

use crate::error::ErrorCode;
use crate::types::{Name, ProducerEpoch, ProducerId, TopicPartition};

/// Where a transaction stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(i8)]
pub enum TxnState {
    /// The producer is initialised and nothing is open.
    Empty = 0,
    /// Partitions have been added.
    Ongoing = 1,
    /// Decided: commit; markers are on their way.
    PrepareCommit = 2,
    /// Decided: abort; markers are on their way.
    PrepareAbort = 3,
    /// Every partition has its commit marker.
    CompleteCommit = 4,
    /// Every partition has its abort marker.
    CompleteAbort = 5,
    /// Expired; its tombstone is being written.
    Dead = 6,
    /// The producer is being fenced; never stored.
    PrepareEpochFence = 7,
}

impl TxnState {
    /// As Kafka prints it.
    pub fn name(self) -> &'static str {
        match self {
            TxnState::Empty => "Empty",
            TxnState::Ongoing => "Ongoing",
            TxnState::PrepareCommit => "PrepareCommit",
            TxnState::PrepareAbort => "PrepareAbort",
            TxnState::CompleteCommit => "CompleteCommit",
            TxnState::CompleteAbort => "CompleteAbort",
            TxnState::Dead => "Dead",
            TxnState::PrepareEpochFence => "PrepareEpochFence",
        }
    }

    /// The state of that number in a stored record.
    pub fn from_code(code: i8) -> Option<TxnState> {
        let stored = [
            TxnState::Empty,
            TxnState::Ongoing,
            TxnState::PrepareCommit,
            TxnState::PrepareAbort,
            TxnState::CompleteCommit,
            TxnState::CompleteAbort,
            TxnState::Dead,
        ];
        stored.into_iter().find(|state| *state as i8 == code)
    }

    /// Decided, and not everybody knows.
    pub fn is_prepared(self) -> bool {
        matches!(self, TxnState::PrepareCommit | TxnState::PrepareAbort)
    }

    /// The outcome of a decided transaction.
    pub fn is_commit(self) -> bool {
        matches!(self, TxnState::PrepareCommit | TxnState::CompleteCommit)
    }

    pub(super) fn prepare(commit: bool) -> TxnState {
        if commit {
            TxnState::PrepareCommit
        } else {
            TxnState::PrepareAbort
        }
    }

    fn complete(commit: bool) -> TxnState {
        if commit {
            TxnState::CompleteCommit
        } else {
            TxnState::CompleteAbort
        }
    }
}

/// A transactional id.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TransactionMetadata {
    /// The id.
    pub transactional_id: Name,
    /// Partition of `__transaction_state` that holds it.
    pub state_partition: u32,
    /// Its producer id.
    pub producer_id: ProducerId,
    /// The producer id before the last change, which is the same but for a change of ids;
    /// NONE before the first.
    pub prev_producer_id: ProducerId,
    /// The producer id that follows when the transaction is complete, or NONE.
    pub next_producer_id: ProducerId,
    /// Its epoch; NONE before the first InitProducerId is stored.
    pub producer_epoch: ProducerEpoch,
    /// The epoch before that, or NONE; not stored.
    pub last_producer_epoch: ProducerEpoch,
    /// `transaction.timeout.ms`.
    pub timeout_ms: u32,
    /// Where its transaction stands.
    pub state: TxnState,
    /// The transition whose record is being written.
    pub pending: Option<TxnState>,
    /// Partitions of the transaction.
    pub partitions: BTreeSet<TopicPartition>,
    /// When the transaction began, in milliseconds, or -1.
    pub start_ms: i64,
    /// Last change in milliseconds.
    pub last_update_ms: i64,
    /// `transaction.version` of the producer's last transaction.
    pub client_transaction_version: i16,
}

impl TransactionMetadata {
    /// An id nobody has used.
    pub fn new(id: &Name, state_partition: u32, producer: ProducerId, timeout_ms: u32) -> Self {
        TransactionMetadata {
            transactional_id: id.clone(),
            state_partition,
            producer_id: producer,
            prev_producer_id: ProducerId::NONE,
            next_producer_id: ProducerId::NONE,
            producer_epoch: ProducerEpoch::NONE,
            last_producer_epoch: ProducerEpoch::NONE,
            timeout_ms,
            state: TxnState::Empty,
            pending: None,
            partitions: BTreeSet::new(),
            start_ms: -1,
            last_update_ms: -1,
            client_transaction_version: 0,
        }
    }

    /// Whether no epoch is left for another transaction (TXN-1).
    pub fn is_epoch_exhausted(&self) -> bool {
        self.producer_epoch.0 >= i16::MAX - 1
    }

    /// Whether a transaction of it has been open for longer than its timeout (TXN-10).
    pub fn is_timed_out(&self, now_ms: i64) -> bool {
        self.state == TxnState::Ongoing
            && self.pending.is_none()
            && now_ms - self.start_ms > i64::from(self.timeout_ms)
    }

    /// InitProducerId with the next epoch (TXN-1). `expected` is the epoch the producer
    /// says it has.
    pub(super) fn with_next_epoch(
        &self,
        timeout_ms: u32,
        expected: ProducerEpoch,
        now_ms: i64,
    ) -> Result<TransactionMetadata, ErrorCode> {
        let bumped = ProducerEpoch(self.producer_epoch.0 + 1);
        let (epoch, last) = if expected == ProducerEpoch::NONE {
            (bumped, ProducerEpoch::NONE)
        } else if self.producer_epoch == ProducerEpoch::NONE || expected == self.producer_epoch {
            (bumped, self.producer_epoch)
        } else if expected == self.last_producer_epoch {
            // The answer to the first attempt was lost.
            (self.producer_epoch, self.last_producer_epoch)
        } else {
            return Err(ErrorCode::ProducerFenced);
        };
        Ok(self.begun_anew(self.producer_id, epoch, last, timeout_ms, now_ms))
    }

    /// InitProducerId with a new producer id, when the epochs are used up (TXN-1).
    pub(super) fn with_new_producer(
        &self,
        producer: ProducerId,
        timeout_ms: u32,
        expected: ProducerEpoch,
        now_ms: i64,
    ) -> TransactionMetadata {
        let last = if expected == ProducerEpoch::NONE {
            ProducerEpoch::NONE
        } else {
            self.producer_epoch
        };
        self.begun_anew(producer, ProducerEpoch(0), last, timeout_ms, now_ms)
    }

    fn begun_anew(
        &self,
        producer: ProducerId,
        epoch: ProducerEpoch,
        last: ProducerEpoch,
        timeout_ms: u32,
        now_ms: i64,
    ) -> TransactionMetadata {
        TransactionMetadata {
            producer_id: producer,
            prev_producer_id: self.producer_id,
            producer_epoch: epoch,
            last_producer_epoch: last,
            timeout_ms,
            state: TxnState::Empty,
            pending: None,
            partitions: BTreeSet::new(),
            start_ms: -1,
            last_update_ms: now_ms,
            ..self.clone()
        }
    }

    /// The transaction with more partitions (TXN-2, TXN-3).
    pub(super) fn with_partitions(
        &self,
        added: &[TopicPartition],
        version: i16,
        now_ms: i64,
    ) -> TransactionMetadata {
        let mut next = self.clone();
        next.prev_producer_id = self.producer_id;
        if self.state != TxnState::Ongoing {
            next.start_ms = now_ms;
        }
        next.state = TxnState::Ongoing;
        next.pending = None;
        next.partitions.extend(added);
        next.last_update_ms = now_ms;
        next.client_transaction_version = version;
        next
    }

    /// The decision (TXN-7). Since KIP-890 it also brings the epoch of the next
    /// transaction, or a new producer id if there is none left (TXN-9); before, only a
    /// fenced producer's epoch rises.
    pub(super) fn decided(
        &self,
        commit: bool,
        version: i16,
        fence: bool,
        now_ms: i64,
    ) -> TransactionMetadata {
        let mut next = self.clone();
        next.prev_producer_id = self.producer_id;
        next.state = TxnState::prepare(commit);
        next.pending = None;
        next.last_update_ms = now_ms;
        next.client_transaction_version = version;
        if version >= 2 || fence {
            next.producer_epoch = ProducerEpoch(self.producer_epoch.0.saturating_add(1));
            next.last_producer_epoch = self.producer_epoch;
        }
        next
    }

    /// All markers are written.
    pub(super) fn completed(&self, now_ms: i64) -> TransactionMetadata {
        let mut next = self.clone();
        next.prev_producer_id = self.producer_id;
        next.state = TxnState::complete(self.state.is_commit());
        next.pending = None;
        next.partitions.clear();
        next.last_update_ms = now_ms;
        if self.next_producer_id != ProducerId::NONE {
            next.producer_id = self.next_producer_id;
            next.next_producer_id = ProducerId::NONE;
            next.producer_epoch = ProducerEpoch(0);
        }
        next
    }
}
