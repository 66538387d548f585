//! What ends an acquisition without the member: locks that expire, a log start that
//! moves (SHG-8).

use super::partition::{SharePartition, write_of};
use super::settings::ShareSettings;
use super::state::{RecordState, StateWrite, push_run};
use crate::types::{Offset, Time};

impl SharePartition {
    /// Ends the locks that are due: the records are Available again, or Archived if
    /// they were delivered as often as the limit says. It happens at once; storing
    /// it follows. Returns what to store.
    pub fn expire_locks(&mut self, settings: &ShareSettings, now: Time) -> Vec<StateWrite> {
        let limit = settings.delivery_count_limit;
        let mut writes = Vec::new();
        for batch in self.batches.values_mut() {
            let (from, to) = (batch.first, batch.last);
            batch.change(from, to, |first, last, held| {
                let due = held.lock_until.is_some_and(|until| until <= now);
                if due && held.pending.is_none() {
                    held.leave(RecordState::Available, limit);
                    push_run(&mut writes, write_of(first, last, held));
                }
            });
        }
        if !writes.is_empty() {
            self.advance_start();
        }
        writes
    }

    /// SHG-8: records before the log's start are gone. Returns whether SPSO moved.
    pub fn log_starts_at(&mut self, log_start: Offset) -> bool {
        if log_start <= self.start {
            return false;
        }
        self.start = log_start;
        self.end = self.end.max(log_start);
        self.batches.retain(|_, batch| batch.last >= log_start);
        self.advance_start();
        true
    }
}
