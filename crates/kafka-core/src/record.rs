//! Records and record batches as every room passes them around.
//!
//! A batch is the unit of append, replication, deduplication and fetch (LOG-1).
//! The payload ([`BatchBody`]) is shared by every replica and every message that
//! carries it; only the header ([`Batch`]), which the leader stamps, is copied.
//! Not here: the exact bytes on the wire, which `encode` computes.
//! Invariant: a body never changes after it was made, and holds >= 1 record.

use std::rc::Rc;

use crate::types::{Bytes, LeaderEpoch, Name, Offset, ProducerEpoch, ProducerId, Sequence};

/// One record as a producer made it. Offsets are implied by the batch.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Record {
    /// Key bytes; `None` is Kafka's null key.
    pub key: Option<Bytes>,
    /// Value bytes; `None` is a tombstone.
    pub value: Option<Bytes>,
    /// Headers in order.
    pub headers: Vec<(Name, Option<Bytes>)>,
    /// CreateTime in milliseconds since the Unix epoch of the world's clock.
    pub timestamp_ms: i64,
    /// Identity of the record in the simulator's ledger, 0 = not tracked.
    /// Simulator-only knowledge: never read by a Kafka rule, never encoded.
    pub tag: u64,
}

/// What kind of batch this is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum BatchKind {
    /// Ordinary data.
    #[default]
    Data,
    /// Data inside a transaction.
    Transactional,
    /// A commit (true) or abort (false) marker; one record.
    Marker(bool),
}

/// The shared, immutable part of a batch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BatchBody {
    /// Data or marker.
    pub kind: BatchKind,
    /// Producer session, or [`ProducerId::NONE`].
    pub producer_id: ProducerId,
    /// Epoch of the session, or [`ProducerEpoch::NONE`].
    pub producer_epoch: ProducerEpoch,
    /// Sequence of the first record, or [`Sequence::NONE`].
    pub base_sequence: Sequence,
    /// The records, at least one.
    pub records: Vec<Record>,
    /// Size of the encoded batch in bytes (61 header bytes + records).
    pub size_bytes: u32,
    /// Largest record timestamp in milliseconds.
    pub max_timestamp_ms: i64,
}

/// A batch in a log: where it stands, who stamped it, and its body.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Batch {
    /// Offset of the first record.
    pub base_offset: Offset,
    /// Epoch of the leader that appended it.
    pub leader_epoch: LeaderEpoch,
    /// The records.
    pub body: Rc<BatchBody>,
}

impl BatchBody {
    /// Number of records (>= 1).
    pub fn count(&self) -> u32 {
        self.records.len() as u32
    }

    /// Sequence of the last record; [`Sequence::NONE`] without idempotence.
    pub fn last_sequence(&self) -> Sequence {
        if self.base_sequence == Sequence::NONE {
            Sequence::NONE
        } else {
            self.base_sequence.plus(self.count() - 1)
        }
    }

    /// Whether it is a control batch, which consumers never see.
    pub fn is_control(&self) -> bool {
        matches!(self.kind, BatchKind::Marker(_))
    }
}

impl Batch {
    /// Offset of the last record.
    pub fn last_offset(&self) -> Offset {
        self.base_offset.plus(i64::from(self.body.count()) - 1)
    }

    /// Offset after the last record.
    pub fn next_offset(&self) -> Offset {
        self.base_offset.plus(i64::from(self.body.count()))
    }

    /// Encoded size in bytes.
    pub fn size_bytes(&self) -> u32 {
        self.body.size_bytes
    }
}
