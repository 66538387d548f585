//! Forgetting transactional ids that nobody uses (`transactional.id.expiration.ms`): a
//! tombstone is written, and when it is committed the id is unknown.
//!
//! Invariant: an id with an open or undecided transaction never expires.

use super::state::{TransactionMetadata, TxnState};
use super::{Done, TransactionCoordinator, TxnIo};
use crate::types::{Name, Time};

impl TransactionCoordinator {
    /// When the next id may be forgotten, if nothing happens to it.
    pub fn next_expiry(&self) -> Option<Time> {
        let idle = self.ids.values().filter(|txn| may_expire(txn));
        let oldest = idle.map(|txn| txn.last_update_ms).min()?;
        let due_ms = u64::try_from(oldest).unwrap_or(0) + self.expiration_ms;
        Some(Time(due_ms.saturating_mul(1_000)))
    }

    /// Forgets those that are due.
    pub fn expire(&mut self, io: &mut TxnIo<'_>) {
        let now_ms = io.now_ms();
        let expiration_ms = i64::try_from(self.expiration_ms).unwrap_or(i64::MAX);
        let is_due = |txn: &&TransactionMetadata| {
            may_expire(txn) && now_ms - txn.last_update_ms >= expiration_ms
        };
        let due: Vec<Name> = (self.ids.values().filter(is_due))
            .map(|txn| txn.transactional_id.clone())
            .collect();
        for id in due {
            if let Some(txn) = self.ids.get(&id) {
                let dead = TransactionMetadata {
                    state: TxnState::Dead,
                    ..txn.clone()
                };
                self.store(io, dead, Done::Expired);
            }
        }
    }
}

fn may_expire(txn: &TransactionMetadata) -> bool {
    let idle = [
        TxnState::Empty,
        TxnState::CompleteCommit,
        TxnState::CompleteAbort,
    ];
    txn.pending.is_none() && idle.contains(&txn.state) && txn.last_update_ms >= 0
}
