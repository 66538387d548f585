//! A batch of the producer: filled while it waits, then sent, perhaps several
//! times, always with the same records.

use std::rc::Rc;

use crate::compress::Compression;
use crate::encode::{BATCH_HEADER_BYTES, estimate_upper_bound, record_size};
use crate::record::{BatchBody, BatchKind, Record};
use crate::types::{LeaderEpoch, ProducerEpoch, ProducerId, Sequence, Time};

/// How much more than its estimate a compressed batch is taken to need.
const COMPRESSION_FACTOR: f32 = 1.05;

/// How a topic's batches are compressed, and how well that is expected to go.
#[derive(Clone, Copy, Debug)]
pub struct Packing {
    /// The codec.
    pub codec: Compression,
    /// Compressed bytes a byte of records, as estimated (`CompressionRatioEstimator`).
    pub ratio: f32,
}

impl Packing {
    const BETTER_STEP: f32 = 0.005;
    const WORSE_STEP: f32 = 0.05;

    /// Nothing is known yet: compression is expected not to help.
    pub fn new(codec: Compression) -> Packing {
        Packing { codec, ratio: 1.0 }
    }

    /// A batch was compressed that well: the estimate follows slowly down, fast up.
    pub fn observe(&mut self, ratio: f32) {
        if ratio > self.ratio {
            self.ratio = ratio.max(self.ratio + Packing::WORSE_STEP);
        } else if ratio < self.ratio {
            self.ratio = ratio.max(self.ratio - Packing::BETTER_STEP);
        }
    }
}

/// A batch that is not done.
#[derive(Clone, Debug)]
pub struct ProducerBatch {
    /// Its number in this producer; answers find it by this.
    pub number: u64,
    /// Number of the batch it was split from, or its own (flush waits for it).
    pub origin: u64,
    /// Records, at least one.
    records: Vec<Record>,
    /// What is on the wire; made when it is first sent.
    body: Option<Rc<BatchBody>>,
    /// The codec, and the estimate when the batch was made.
    packing: Packing,
    /// Bytes of its records before compression.
    records_bytes: u32,
    /// Bytes of the whole, once it was compressed.
    compressed_bytes: Option<u32>,
    /// It takes records up to this size.
    limit_bytes: u32,
    /// Bytes it occupies of `buffer.memory`.
    pub reserved: u64,
    /// When `delivery.timeout.ms` began.
    pub created: Time,
    /// Failed attempts.
    pub attempts: u32,
    /// Not sent again before this.
    pub retry_at: Time,
    /// Leader epoch at the last attempt.
    pub sent_epoch: LeaderEpoch,
    /// Producer session it is numbered in.
    pub session: (ProducerId, ProducerEpoch),
    /// First sequence; NONE before it is first sent.
    pub base_sequence: Sequence,
    /// Renumbered since it was last sent (PRO-15).
    pub renumbered: bool,
    /// It came out of a split (PRO-10).
    pub is_split: bool,
    /// A record did not fit: it takes no more.
    closed: bool,
}

impl ProducerBatch {
    /// A batch of one record with room for `batch_size` bytes, or more if the
    /// record needs it.
    pub fn new(
        number: u64,
        record: Record,
        batch_size: u32,
        packing: Packing,
        now: Time,
    ) -> ProducerBatch {
        let limit = batch_size.max(estimate_upper_bound(&record));
        ProducerBatch {
            number,
            origin: number,
            packing,
            records_bytes: record_size(&record, 0, 0),
            compressed_bytes: None,
            limit_bytes: limit,
            reserved: u64::from(limit),
            records: vec![record],
            body: None,
            created: now,
            attempts: 0,
            retry_at: Time::ZERO,
            sent_epoch: LeaderEpoch::NONE,
            session: (ProducerId::NONE, ProducerEpoch::NONE),
            base_sequence: Sequence::NONE,
            renumbered: false,
            is_split: false,
            closed: false,
        }
    }

    /// Adds a record if it fits; gives it back if not, or if the batch was sent. Of the new
    /// record it is not expected that it can be compressed. Tells by how much it grew.
    pub fn try_append(&mut self, record: Record) -> Result<u32, Record> {
        if self.closed || self.body.is_some() || self.attempts > 0 {
            return Err(record);
        }
        let delta_ms = record.timestamp_ms - self.records[0].timestamp_ms;
        let bytes = record_size(&record, self.records.len() as i32, delta_ms);
        let before = self.size_bytes();
        if before + bytes > self.limit_bytes {
            self.closed = true;
            return Err(record);
        }
        self.records_bytes += bytes;
        self.records.push(record);
        Ok(self.size_bytes() - before)
    }

    /// Whether nothing more fits for certain.
    pub fn is_full(&self) -> bool {
        self.closed || self.size_bytes() >= self.limit_bytes
    }

    /// Encoded size; estimated until it was compressed.
    pub fn size_bytes(&self) -> u32 {
        if self.packing.codec == Compression::None {
            return BATCH_HEADER_BYTES + self.records_bytes;
        }
        self.compressed_bytes.unwrap_or_else(|| {
            let expected = self.records_bytes as f32 * self.packing.ratio * COMPRESSION_FACTOR;
            BATCH_HEADER_BYTES + expected as u32
        })
    }

    /// Compressed bytes a byte of records, once it was compressed.
    pub fn compression_ratio(&self) -> Option<f32> {
        let compressed = self.compressed_bytes? - BATCH_HEADER_BYTES;
        Some(compressed as f32 / self.records_bytes as f32)
    }

    /// Its records.
    pub fn records(&self) -> &[Record] {
        match &self.body {
            Some(body) => &body.records,
            None => &self.records,
        }
    }

    /// Number of records.
    pub fn count(&self) -> u32 {
        self.records().len() as u32
    }

    /// Whether it was sent before and waits to be sent again.
    pub fn in_retry(&self) -> bool {
        self.attempts > 0 || self.is_split
    }

    /// Whether it has its sequence already.
    pub fn has_sequence(&self) -> bool {
        self.base_sequence != Sequence::NONE
    }

    /// Sequence of its last record.
    pub fn last_sequence(&self) -> Sequence {
        self.base_sequence.plus(self.count() - 1)
    }

    /// Numbers it in a session (PRO-13), or anew (PRO-15).
    pub fn number_in(&mut self, session: (ProducerId, ProducerEpoch), base: Sequence) {
        self.renumbered = self.has_sequence();
        self.session = session;
        self.base_sequence = base;
        if let Some(body) = self.body.take() {
            self.records = match Rc::try_unwrap(body) {
                Ok(body) => body.records,
                Err(shared) => shared.records.clone(),
            };
        }
    }

    /// The bytes to send, closed for further records, compressed at last.
    pub fn seal(&mut self, kind: BatchKind) -> Rc<BatchBody> {
        self.renumbered = false;
        if let Some(body) = &self.body {
            return body.clone();
        }
        let records = std::mem::take(&mut self.records);
        let max = records.iter().map(|r| r.timestamp_ms).max();
        let mut body = BatchBody {
            kind,
            producer_id: self.session.0,
            producer_epoch: self.session.1,
            base_sequence: self.base_sequence,
            records,
            cleaned: None,
            compression: self.packing.codec,
            size_bytes: self.size_bytes(),
            max_timestamp_ms: max.unwrap_or(-1),
        };
        if self.packing.codec != Compression::None && self.compressed_bytes.is_none() {
            body = body.compressed(self.packing.codec);
            self.compressed_bytes = Some(body.size_bytes);
        }
        let body = Rc::new(body);
        self.body = Some(body.clone());
        body
    }

    /// Cuts it into batches of at most `target` bytes each (PRO-10), in order,
    /// keeping its sequences. The parts are compressed as `packing` says; `next_number`
    /// numbers them.
    pub fn split(self, target: u32, packing: Packing, next_number: &mut u64) -> Vec<ProducerBatch> {
        let target = if self.is_split {
            let largest = self.records().iter().map(estimate_upper_bound).max();
            largest.unwrap_or(0).max(self.size_bytes() / 2)
        } else {
            target
        };
        let mut parts: Vec<ProducerBatch> = Vec::new();
        for record in self.records().iter().cloned() {
            let rejected = match parts.last_mut() {
                Some(part) => part.try_append(record).err(),
                None => Some(record),
            };
            if let Some(record) = rejected {
                *next_number += 1;
                let part = ProducerBatch::new(*next_number, record, target, packing, self.created);
                parts.push(part);
            }
        }
        let mut sequence = self.base_sequence;
        for part in &mut parts {
            part.origin = self.origin;
            part.is_split = true;
            part.attempts = self.attempts;
            part.session = self.session;
            part.base_sequence = sequence;
            if self.has_sequence() {
                sequence = sequence.plus(part.count());
            }
        }
        parts
    }
}
