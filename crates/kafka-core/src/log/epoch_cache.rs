//! Where each leader epoch begins in a log (section 3.2).

use crate::types::{LeaderEpoch, Offset};

/// Entries (epoch, first offset), strictly increasing in both (EPO-1).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct EpochCache {
    entries: Vec<(LeaderEpoch, Offset)>,
}

impl EpochCache {
    /// The entries, oldest first: the content of `leader-epoch-checkpoint`.
    pub fn entries(&self) -> &[(LeaderEpoch, Offset)] {
        &self.entries
    }

    /// The file `leader-epoch-checkpoint`: version, number of entries, entries. Empty
    /// before the first epoch.
    pub fn checkpoint(&self) -> String {
        if self.entries.is_empty() {
            return String::new();
        }
        let lines = self.entries.iter();
        let lines = lines.map(|(epoch, start)| format!("{} {}\n", epoch.0, start.0));
        let lines: String = lines.collect();
        format!("0\n{}\n{lines}", self.entries.len())
    }

    /// Latest epoch, if any.
    pub fn latest(&self) -> Option<LeaderEpoch> {
        self.entries.last().map(|entry| entry.0)
    }

    /// Notes that `epoch` begins at `start` (EPO-1).
    pub fn assign(&mut self, epoch: LeaderEpoch, start: Offset) {
        if let Some(&(latest, latest_start)) = self.entries.last() {
            if epoch == latest && start >= latest_start {
                return;
            }
            while self
                .entries
                .last()
                .is_some_and(|entry| entry.0 >= epoch || entry.1 >= start)
            {
                self.entries.pop();
            }
        }
        self.entries.push((epoch, start));
    }

    /// Largest known epoch not above `epoch` and where it ends; `None` is Kafka's
    /// UNDEFINED (EPO-3). `log_end` is where the latest epoch ends so far.
    pub fn end_offset_for(
        &self,
        epoch: LeaderEpoch,
        log_end: Offset,
    ) -> Option<(LeaderEpoch, Offset)> {
        let latest = self.latest()?;
        if epoch == LeaderEpoch::NONE || epoch > latest {
            return None;
        }
        if epoch == latest {
            return Some((epoch, log_end));
        }
        let higher = self.entries.partition_point(|entry| entry.0 <= epoch);
        let end = self.entries[higher].1;
        match higher.checked_sub(1) {
            Some(floor) => Some((self.entries[floor].0, end)),
            None => Some((epoch, end)),
        }
    }

    /// Epoch of the record at `offset`, if the cache reaches that far back.
    pub fn epoch_at(&self, offset: Offset) -> Option<LeaderEpoch> {
        let after = self.entries.partition_point(|entry| entry.1 <= offset);
        after.checked_sub(1).map(|index| self.entries[index].0)
    }

    /// The log now ends at `end` (EPO-4).
    pub fn truncate_end(&mut self, end: Offset) {
        while self.entries.last().is_some_and(|entry| entry.1 >= end) {
            self.entries.pop();
        }
    }

    /// The log now starts at `start` (EPO-4).
    pub fn truncate_start(&mut self, start: Offset) {
        let covered = self.entries.partition_point(|entry| entry.1 <= start);
        if covered > 0 {
            self.entries.drain(..covered - 1);
            self.entries[0].1 = start;
        }
    }

    /// Forgets everything: the log begins anew.
    pub fn clear(&mut self) {
        self.entries.clear();
    }
}
