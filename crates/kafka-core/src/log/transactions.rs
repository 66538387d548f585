//! Which transactions a log holds: open ones, ended ones, aborted ones (LOG-2, TXN-12).
//!
//! Kafka keeps the open ones in memory (`ProducerStateManager`) and the aborted ones in
//! the `.txnindex` files; both follow from the batches, so every replica knows them.
//! Not here: the producers themselves (`producers`). Invariant: a transaction is either
//! open, or ended with a marker not yet below the high watermark, or stable.

use std::collections::BTreeMap;

use crate::types::{Offset, ProducerId};

/// An entry of the index of aborted transactions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AbortedTxn {
    /// Whose.
    pub producer_id: ProducerId,
    /// Its first record.
    pub first_offset: Offset,
    /// Its abort marker.
    pub last_offset: Offset,
    /// Where the log became stable by its end: no later entry begins before this.
    pub last_stable_offset: Offset,
}

/// The transactions of one log.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Transactions {
    /// Open ones by first offset.
    open: BTreeMap<Offset, ProducerId>,
    /// Ended ones by first offset, with their marker, until that is committed.
    unreplicated: BTreeMap<Offset, Offset>,
    /// Aborted ones in the order of their markers.
    aborted: Vec<AbortedTxn>,
}

impl Transactions {
    /// The earliest first offset of a transaction that is not stable yet (LOG-2).
    pub fn first_unstable_offset(&self) -> Option<Offset> {
        let open = self.open.keys().next();
        let ended = self.unreplicated.keys().next();
        open.into_iter().chain(ended).min().copied()
    }

    /// Open transactions: first offset and producer.
    pub fn open(&self) -> impl Iterator<Item = (Offset, ProducerId)> + '_ {
        self.open
            .iter()
            .map(|(first, producer)| (*first, *producer))
    }

    /// The index of aborted transactions.
    pub fn aborted(&self) -> &[AbortedTxn] {
        &self.aborted
    }

    /// Aborted transactions with records in `[from, until)` (TXN-12).
    pub fn aborted_in(&self, from: Offset, until: Offset) -> Vec<(ProducerId, Offset)> {
        let mut found = Vec::new();
        for txn in &self.aborted {
            if txn.last_offset >= from && txn.first_offset < until {
                found.push((txn.producer_id, txn.first_offset));
            }
            if txn.last_stable_offset >= until {
                break;
            }
        }
        found
    }

    pub(super) fn clear(&mut self) {
        *self = Transactions::default();
    }

    pub(super) fn begin(&mut self, producer: ProducerId, first: Offset) {
        self.open.insert(first, producer);
    }

    /// A marker ends the transaction that began at `first`.
    pub(super) fn end(&mut self, producer: ProducerId, first: Offset, last: Offset, abort: bool) {
        self.open.remove(&first);
        self.unreplicated.insert(first, last);
        if abort {
            let next_open = self.open.keys().next().copied();
            self.aborted.push(AbortedTxn {
                producer_id: producer,
                first_offset: first,
                last_offset: last,
                last_stable_offset: next_open.unwrap_or(last.next()),
            });
        }
    }

    /// Markers below the high watermark are stable.
    pub(super) fn high_watermark_moved(&mut self, to: Offset) {
        if !self.unreplicated.is_empty() {
            self.unreplicated.retain(|_, marker| *marker >= to);
        }
    }

    /// What lies wholly below the log start is gone.
    pub(super) fn log_start_moved(&mut self, to: Offset) {
        self.aborted.retain(|txn| txn.last_offset >= to);
    }
}
