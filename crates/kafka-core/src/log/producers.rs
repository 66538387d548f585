//! What a log knows of idempotent producers (PRO-14, PRO-16).
//!
//! The state is a function of the batches in the log, so every replica can
//! rebuild it and deduplication survives a failover.

use std::collections::BTreeMap;

use super::Transactions;
use crate::encode::marker_coordinator_epoch;
use crate::error::ErrorCode;
use crate::record::{Batch, BatchBody, BatchKind};
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
    /// Epoch of the transaction coordinator that wrote its last marker, or -1.
    pub coordinator_epoch: i32,
    /// Where its open transaction began, if one is open (TXN-5).
    pub current_txn_first_offset: Option<Offset>,
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

    /// Sequence of its last record in this epoch, or NONE.
    pub fn last_sequence(&self) -> Sequence {
        let last = self.recent().last();
        last.map_or(Sequence::NONE, |recent| recent.last_sequence)
    }

    fn enter_epoch(&mut self, epoch: ProducerEpoch) {
        if self.epoch != epoch {
            self.epoch = epoch;
            self.len = 0;
        }
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
    pub(super) transactions: Transactions,
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
        self.transactions.clear();
    }

    /// The transactions of the log.
    pub fn transactions(&self) -> &Transactions {
        &self.transactions
    }

    /// Whether the producer has an open transaction in this epoch.
    pub fn has_open_transaction(&self, producer: ProducerId, epoch: ProducerEpoch) -> bool {
        let entry = self.entries.get(&producer);
        entry.is_some_and(|it| it.epoch == epoch && it.current_txn_first_offset.is_some())
    }

    /// The check of PRO-14 for a batch a client sent.
    ///
    /// # Errors
    /// INVALID_PRODUCER_EPOCH or OUT_OF_ORDER_SEQUENCE_NUMBER; INVALID_TXN_STATE for a
    /// batch outside the producer's open transaction (TXN-5).
    pub fn check(&self, body: &BatchBody) -> Result<ProducerCheck, ErrorCode> {
        if body.producer_id == ProducerId::NONE {
            return Ok(ProducerCheck::Fresh);
        }
        let Some(entry) = self.entries.get(&body.producer_id) else {
            return Ok(ProducerCheck::Fresh);
        };
        let last_sequence = body.last_sequence();
        if body.producer_epoch == entry.epoch && body.base_sequence != Sequence::NONE {
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
                // Only a marker was written in this epoch.
                None => Sequence(0),
            }
        };
        if body.base_sequence != expected && body.base_sequence != Sequence::NONE {
            return Err(ErrorCode::OutOfOrderSequenceNumber);
        }
        if entry.current_txn_first_offset.is_some() && body.kind == BatchKind::Data {
            return Err(ErrorCode::InvalidTxnState);
        }
        Ok(ProducerCheck::Fresh)
    }

    /// The check before a marker is appended (TXN-8).
    ///
    /// # Errors
    /// INVALID_PRODUCER_EPOCH or TRANSACTION_COORDINATOR_FENCED.
    pub fn check_marker(
        &self,
        producer: ProducerId,
        epoch: ProducerEpoch,
        coordinator_epoch: i32,
    ) -> Result<(), ErrorCode> {
        let Some(entry) = self.entries.get(&producer) else {
            return Ok(());
        };
        if epoch < entry.epoch {
            return Err(ErrorCode::InvalidProducerEpoch);
        }
        if coordinator_epoch < entry.coordinator_epoch {
            return Err(ErrorCode::TransactionCoordinatorFenced);
        }
        Ok(())
    }

    /// Notes an appended batch, on leaders and followers alike (PRO-16).
    pub fn note(&mut self, batch: &Batch) {
        let body = &batch.body;
        if body.producer_id == ProducerId::NONE {
            return;
        }
        if let BatchKind::Marker(commit) = body.kind {
            self.note_marker(batch, commit);
            return;
        }
        let recent = RecentBatch {
            base_sequence: body.base_sequence,
            last_sequence: body.last_sequence(),
            base_offset: batch.base_offset,
        };
        let entry = entry_of(&mut self.entries, body);
        entry.enter_epoch(body.producer_epoch);
        entry.push(recent);
        entry.last_timestamp_ms = body.max_timestamp_ms;
        if body.kind == BatchKind::Transactional && entry.current_txn_first_offset.is_none() {
            entry.current_txn_first_offset = Some(batch.base_offset);
            self.transactions.begin(body.producer_id, batch.base_offset);
        }
    }

    /// A marker ends the producer's transaction, if records of it are here (TXN-8).
    fn note_marker(&mut self, batch: &Batch, commit: bool) {
        let body = &batch.body;
        let written_by = body.records.first().and_then(marker_coordinator_epoch);
        let entry = entry_of(&mut self.entries, body);
        entry.enter_epoch(body.producer_epoch);
        entry.last_timestamp_ms = body.max_timestamp_ms;
        entry.coordinator_epoch = written_by.unwrap_or(entry.coordinator_epoch);
        if let Some(first) = entry.current_txn_first_offset.take() {
            let last = batch.base_offset;
            self.transactions
                .end(body.producer_id, first, last, !commit);
        }
    }

    /// Drops producers silent for longer than `expiration_ms` (PRO-16), but none with
    /// an open transaction.
    pub fn expire(&mut self, now_ms: i64, expiration_ms: i64) {
        self.entries.retain(|_, entry| {
            entry.current_txn_first_offset.is_some()
                || now_ms.saturating_sub(entry.last_timestamp_ms) < expiration_ms
        });
    }
}

fn entry_of<'a>(
    entries: &'a mut BTreeMap<ProducerId, ProducerEntry>,
    body: &BatchBody,
) -> &'a mut ProducerEntry {
    let nothing = RecentBatch {
        base_sequence: Sequence::NONE,
        last_sequence: Sequence::NONE,
        base_offset: Offset::UNKNOWN,
    };
    entries.entry(body.producer_id).or_insert(ProducerEntry {
        epoch: body.producer_epoch,
        recent: [nothing; WINDOW],
        len: 0,
        last_timestamp_ms: body.max_timestamp_ms,
        coordinator_epoch: -1,
        current_txn_first_offset: None,
    })
}
