//! Reading a log: by offset and by time.

use super::Log;
use crate::record::Batch;
use crate::types::{LeaderEpoch, Offset};

/// What a lookup by time found (LOG-13).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FoundOffset {
    /// The record's offset.
    pub offset: Offset,
    /// Its timestamp in milliseconds.
    pub timestamp_ms: i64,
    /// Epoch it was written in.
    pub leader_epoch: LeaderEpoch,
}

impl Log {
    /// Adds to `out` the whole batches from the one that holds `from` on, up to the
    /// visible end `until` and `max_bytes`; the first one is given even if it is
    /// too large when `at_least_one` (LOG-8). All are of one segment. Returns their bytes.
    pub fn read(
        &self,
        from: Offset,
        until: Offset,
        max_bytes: u32,
        at_least_one: bool,
        out: &mut Vec<Batch>,
    ) -> u32 {
        if from >= until {
            return 0;
        }
        let mut bytes = 0_u32;
        for batch in self.disk.segment_batches_from(from) {
            if batch.next_offset() > until {
                break;
            }
            let with = bytes.saturating_add(batch.size_bytes());
            if with > max_bytes && !(at_least_one && bytes == 0) {
                break;
            }
            bytes = with;
            out.push(batch.clone());
        }
        bytes
    }

    /// Bytes of whole batches from `from` to `until`, counted until `enough`.
    pub fn available_bytes(&self, from: Offset, until: Offset, enough: u32) -> u32 {
        if from >= until {
            return 0;
        }
        let mut bytes = 0_u32;
        for batch in self.disk.batches_from(from) {
            if bytes >= enough || batch.next_offset() > until {
                break;
            }
            bytes = bytes.saturating_add(batch.size_bytes());
        }
        bytes
    }

    /// First record with a timestamp at or after `timestamp_ms`, in offset order by
    /// segment (LOG-13).
    pub fn offset_for_time(&self, timestamp_ms: i64) -> Option<FoundOffset> {
        let segment = self
            .disk
            .segments
            .iter()
            .find(|segment| segment.max_timestamp_ms >= timestamp_ms && !segment.is_empty())?;
        let batches = segment.batches();
        self.first_record(batches, |stamp| stamp >= timestamp_ms)
    }

    /// Record with the largest timestamp (LOG-13).
    pub fn offset_of_max_time(&self) -> Option<FoundOffset> {
        let segments = &self.disk.segments;
        let max = segments.iter().map(|s| s.max_timestamp_ms).max()?;
        let segment = segments
            .iter()
            .find(|s| s.max_timestamp_ms == max && !s.is_empty())?;
        self.first_record(segment.batches(), |stamp| stamp == max)
    }

    fn first_record<'a>(
        &self,
        batches: impl Iterator<Item = &'a Batch>,
        wanted: impl Fn(i64) -> bool,
    ) -> Option<FoundOffset> {
        for batch in batches {
            for (offset, record) in batch.records() {
                if offset >= self.disk.log_start && wanted(record.timestamp_ms) {
                    return Some(FoundOffset {
                        offset,
                        timestamp_ms: record.timestamp_ms,
                        leader_epoch: batch.leader_epoch,
                    });
                }
            }
        }
        None
    }
}
