//! What a log knows of idempotent producers (PRO-14, PRO-16).
//!
//! The state is a function of the batches in the log, so every replica can
//! rebuild it and deduplication survives a failover.

use std::collections::BTreeMap;

use crate::error::ErrorCode;
use crate::record::{Batch, BatchBody};
use crate::types::{Offset, ProducerEpoch, ProducerId, Sequence};

/// How many batches of a producer are remembered.
const WINDOW: usize = 5;

/// A remembered batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RecentBatch {
    /// First sequence.
    pub base_sequence: Sequence,
    /// Last sequence.
    pub last_sequence: Sequence,
    /// Where it was appended.
    pub base_offset: Offset,
}

/// State of one producer in one partition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProducerEntry {
    /// Its epoch.
    pub epoch: ProducerEpoch,
    /// Its last batches in this epoch, oldest first, at most five.
    recent: [RecentBatch; WINDOW],
    len: u8,
    /// Timestamp of its last batch, for expiry.
    pub last_timestamp_ms: i64,
}

impl ProducerEntry {
    /// The remembered batches, oldest first.
    pub fn recent(&self) -> &[RecentBatch] {
        &self.recent[..usize::from(self.len)]
    }

    fn push(&mut self, batch: RecentBatch) {
        if usize::from(self.len) == WINDOW {
            self.recent.rotate_left(1);
        } else {
            self.len += 1;
        }
        self.recent[usize::from(self.len) - 1] = batch;
    }
}

/// What the check before an append found (PRO-14).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProducerCheck {
    /// Append it.
    Fresh,
    /// It is there already, at that offset: success, nothing to append.
    Duplicate(Offset),
}

/// All producers of one partition.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ProducerStates {
    entries: BTreeMap<ProducerId, ProducerEntry>,
}

impl ProducerStates {
    /// Producers with their state.
    pub fn iter(&self) -> impl Iterator<Item = (&ProducerId, &ProducerEntry)> {
        self.entries.iter()
    }

    /// State of one producer.
    pub fn get(&self, producer: ProducerId) -> Option<&ProducerEntry> {
        self.entries.get(&producer)
    }

    /// Forgets everything (before a rebuild).
    pub fn clear(&mut self) {
        self.entries.clear();
    }

    /// The check of PRO-14 for a batch a client sent.
    ///
    /// # Errors
    /// INVALID_PRODUCER_EPOCH or OUT_OF_ORDER_SEQUENCE_NUMBER.
    pub fn check(&self, body: &BatchBody) -> Result<ProducerCheck, ErrorCode> {
        if body.producer_id == ProducerId::NONE {
            return Ok(ProducerCheck::Fresh);
        }
        let Some(entry) = self.entries.get(&body.producer_id) else {
            return Ok(ProducerCheck::Fresh);
        };
        let last_sequence = body.last_sequence();
        if body.producer_epoch == entry.epoch {
            let same = entry.recent().iter().find(|recent| {
                recent.base_sequence == body.base_sequence && recent.last_sequence == last_sequence
            });
            if let Some(recent) = same {
                return Ok(ProducerCheck::Duplicate(recent.base_offset));
            }
        }
        if body.producer_epoch < entry.epoch {
            return Err(ErrorCode::InvalidProducerEpoch);
        }
        let expected = if body.producer_epoch > entry.epoch {
            Sequence(0)
        } else {
            match entry.recent().last() {
                Some(recent) => recent.last_sequence.plus(1),
                None => return Ok(ProducerCheck::Fresh),
            }
        };
        if body.base_sequence == expected {
            Ok(ProducerCheck::Fresh)
        } else {
            Err(ErrorCode::OutOfOrderSequenceNumber)
        }
    }

    /// Notes an appended batch, on leaders and followers alike (PRO-16).
    pub fn note(&mut self, batch: &Batch) {
        let body = &batch.body;
        if body.producer_id == ProducerId::NONE || body.is_control() {
            return;
        }
        let recent = RecentBatch {
            base_sequence: body.base_sequence,
            last_sequence: body.last_sequence(),
            base_offset: batch.base_offset,
        };
        let entry = self
            .entries
            .entry(body.producer_id)
            .or_insert(ProducerEntry {
                epoch: body.producer_epoch,
                recent: [recent; WINDOW],
                len: 0,
                last_timestamp_ms: body.max_timestamp_ms,
            });
        if entry.epoch != body.producer_epoch {
            entry.epoch = body.producer_epoch;
            entry.len = 0;
        }
        entry.push(recent);
        entry.last_timestamp_ms = body.max_timestamp_ms;
    }

    /// Drops producers silent for longer than `expiration_ms` (PRO-16).
    pub fn expire(&mut self, now_ms: i64, expiration_ms: i64) {
        self.entries
            .retain(|_, entry| now_ms.saturating_sub(entry.last_timestamp_ms) < expiration_ms);
    }
}
