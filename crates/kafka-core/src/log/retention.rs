//! Deleting old segments (LOG-9, LOG-10).

use std::rc::Rc;

use super::{Log, LogConfig, Segment};
use crate::types::{Offset, Time};

impl Log {
    /// One retention pass: whole segments from the head, by log start, by size, by
    /// time; never above the high watermark. Returns whether the log start moved.
    pub fn apply_retention(&mut self, config: &LogConfig, now: Time) -> bool {
        let before = self.disk.log_start;
        // What lies below the log start goes with its segment, but never the active one: as recorded,
        // a log emptied by DeleteRecords keeps its bytes.
        self.delete_head(config, now, |log, segment_end, _| {
            log.disk.segments.len() > 1 && segment_end <= log.disk.log_start
        });
        if config.delete {
            if config.retention_bytes >= 0 {
                let limit = config.retention_bytes as u64;
                self.delete_head(config, now, |log, _, segment| {
                    log.disk.size_bytes() >= limit + segment.size_bytes
                });
            }
            if config.retention_ms >= 0 {
                let now_ms = now.as_ms() as i64;
                self.delete_head(config, now, |_, _, segment| {
                    let stamp = if has_stamp(segment.max_timestamp_ms) {
                        segment.max_timestamp_ms
                    } else {
                        segment.created.as_ms() as i64
                    };
                    now_ms.saturating_sub(stamp) > config.retention_ms
                });
            }
        }
        self.disk.log_start != before
    }

    /// Deletes segments from the head while `deletable` says so and they lie wholly
    /// below the high watermark. An emptied log gets a new active segment first.
    fn delete_head(
        &mut self,
        config: &LogConfig,
        now: Time,
        deletable: impl Fn(&Log, Offset, &Segment) -> bool,
    ) {
        loop {
            let head = Rc::clone(&self.disk.segments[0]);
            let next = self.disk.segments.get(1);
            let segment_end = next.map_or(self.disk.end, |segment| segment.base_offset);
            let active = next.is_none();
            if (active && head.is_empty())
                || segment_end > self.high_watermark
                || !deletable(self, segment_end, &head)
            {
                return;
            }
            if active {
                self.disk.roll(self.disk.end, now, &self.producers);
            }
            self.disk.segments.remove(0);
            self.note_deleted(&[head], config, now);
            self.raise_log_start(segment_end);
        }
    }
}

/// Whether a timestamp was given: -1 says that none was, an empty segment has none.
fn has_stamp(timestamp_ms: i64) -> bool {
    timestamp_ms != -1 && timestamp_ms != i64::MIN
}
