//! Records and record batches as every room passes them around.
//!
//! A batch is the unit of append, replication, deduplication and fetch (LOG-1).
//! The payload ([`BatchBody`]) is shared by every replica and every message that
//! carries it; only the header ([`Batch`]), which the leader stamps, is copied.
//! Not here: the exact bytes on the wire, which `encode` computes.
//! Invariant: a body never changes after it was made; as a producer made it, it holds
//! at least one record. Compaction replaces a body by a new one that may have gaps, or nothing
//! left (LOG-3, CMP-5), but stands for the same offsets and sequences.

use std::rc::Rc;

use crate::compress::Compression;
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
    /// Control records of the metadata log, where there are no transactions of producers.
    Control,
}

/// What compaction left of a batch: which of its offsets still have a record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cleaned {
    /// Offsets of the records that are left, relative to the first, ascending.
    pub offset_deltas: Vec<u32>,
    /// Last offset relative to the first, as the leader appended the batch.
    pub last_offset_delta: u32,
    /// From this wall-clock time on (ms) a later pass removes its tombstones (CMP-4).
    pub delete_horizon_ms: Option<i64>,
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
    /// The records, at least one unless it was `cleaned`.
    pub records: Vec<Record>,
    /// Set once compaction has rewritten the batch; then offsets have gaps.
    pub cleaned: Option<Box<Cleaned>>,
    /// How the records are compressed.
    pub compression: Compression,
    /// Size of the encoded batch in bytes (61 header bytes + records, compressed).
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
    /// Number of records that it holds.
    pub fn count(&self) -> u32 {
        self.records.len() as u32
    }

    /// Number of offsets (and sequences) it stands for (>= 1): the records it was made
    /// with, also when compaction removed some.
    pub fn span(&self) -> u32 {
        match &self.cleaned {
            None => self.count(),
            Some(cleaned) => cleaned.last_offset_delta + 1,
        }
    }

    /// Its records, each with its offset relative to the first offset of the batch.
    pub fn deltas(&self) -> impl Iterator<Item = (u32, &Record)> {
        let deltas = self.cleaned.as_deref().map(|it| &it.offset_deltas[..]);
        let records = (0_u32..).zip(&self.records);
        records.map(move |(at, record)| (deltas.map_or(at, |deltas| deltas[at as usize]), record))
    }

    /// From this wall-clock time on (ms) compaction removes its tombstones (CMP-4).
    pub fn delete_horizon_ms(&self) -> Option<i64> {
        self.cleaned.as_ref().and_then(|it| it.delete_horizon_ms)
    }

    /// Timestamp its records' are relative to, in milliseconds; -1 without records.
    pub fn base_timestamp_ms(&self) -> i64 {
        let first = self.records.first().map_or(-1, |it| it.timestamp_ms);
        self.delete_horizon_ms().unwrap_or(first)
    }

    /// Sequence of the last record; [`Sequence::NONE`] without idempotence.
    pub fn last_sequence(&self) -> Sequence {
        if self.base_sequence == Sequence::NONE {
            Sequence::NONE
        } else {
            self.base_sequence.plus(self.span() - 1)
        }
    }

    /// Whether it belongs to a transaction, as data or as its end.
    pub fn is_transactional(&self) -> bool {
        matches!(self.kind, BatchKind::Transactional | BatchKind::Marker(_))
    }

    /// Whether it is a control batch, which consumers never see.
    pub fn is_control(&self) -> bool {
        matches!(self.kind, BatchKind::Marker(_) | BatchKind::Control)
    }
}

impl Batch {
    /// Offset of the last record.
    pub fn last_offset(&self) -> Offset {
        self.base_offset.plus(i64::from(self.body.span()) - 1)
    }

    /// Offset after the last record.
    pub fn next_offset(&self) -> Offset {
        self.base_offset.plus(i64::from(self.body.span()))
    }

    /// Its records with their offsets.
    pub fn records(&self) -> impl Iterator<Item = (Offset, &Record)> {
        let deltas = self.body.deltas();
        deltas.map(|(delta, record)| (self.base_offset.plus(i64::from(delta)), record))
    }

    /// Encoded size in bytes.
    pub fn size_bytes(&self) -> u32 {
        self.body.size_bytes
    }
}
