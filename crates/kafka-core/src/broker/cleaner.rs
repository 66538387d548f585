//! The log cleaner: when a broker compacts which of its logs (section 3.1).
//!
//! Kafka's cleaner thread looks every `log.cleaner.backoff.ms`, counted from the start
//! of the process. Here the timer is armed only while some compacted log has something
//! that a look could find; the looks still fall on the thread's own times. A pass takes
//! no time. Not here: what a pass does to a log (`log::clean`). Invariant: a log that is
//! due at a look is clean, as far as it may be, after it (CMP-1, CMP-2).

use std::rc::Rc;

use super::timer::LazyTimer;
use super::{Broker, Cx, Partition};
use crate::log::Cleanable;
use crate::node::TimerKey;
use crate::note::Note;
use crate::types::{Duration, Offset, Time, TopicPartition};

/// `log.cleaner.backoff.ms`.
const BACKOFF_MS: u64 = 15_000;
/// `log.cleaner.dedupe.buffer.size`.
const DEDUPE_BUFFER_BYTES: u64 = 128 << 20;
/// An entry of the key map: a digest of the key and an offset.
const MAP_ENTRY_BYTES: u64 = 24;
/// `log.cleaner.io.buffer.load.factor` in hundredths.
const LOAD_PERCENT: u64 = 90;

/// The cleaner thread.
#[derive(Clone, Debug)]
pub(super) struct Cleaner {
    started: Time,
    timer: LazyTimer,
}

impl Default for Cleaner {
    fn default() -> Cleaner {
        Cleaner {
            started: Time::ZERO,
            timer: LazyTimer::new(TimerKey::LogCleaner),
        }
    }
}

impl Broker {
    pub(super) fn start_cleaner(&mut self, now: Time) {
        self.cleaner.started = now;
    }

    /// A broker setting that is a number, else the default.
    pub(super) fn number_setting(&self, key: &str, default: u64) -> u64 {
        let set = self.broker_setting(key);
        set.and_then(|text| text.trim().parse().ok())
            .unwrap_or(default)
    }

    /// A compacted log has grown or was opened: the cleaner may find something in it.
    pub(super) fn wake_cleaner(&mut self, cx: &mut Cx<'_>, id: TopicPartition) {
        let Some(partition) = self.partitions.get(id) else {
            return;
        };
        let config = &partition.config;
        let has_closed = partition.log.disk().segments().len() > 1;
        let has_records = partition.log.log_end_offset() > partition.log.log_start_offset();
        if config.compact && (has_closed || (config.delete && has_records)) {
            self.arm_cleaner(cx);
        }
    }

    fn arm_cleaner(&mut self, cx: &mut Cx<'_>) {
        let backoff = self.number_setting("log.cleaner.backoff.ms", BACKOFF_MS);
        let backoff = Duration::from_ms(backoff.max(1));
        let since = cx.now.since(self.cleaner.started).0;
        let looks = since / backoff.0 + 1;
        let next = self.cleaner.started + Duration::from_us(looks * backoff.0);
        self.cleaner.timer.need(next, cx.fx);
    }

    /// A look: the dirtiest log first, until none is due; then retention of the logs that
    /// are compacted and deleted (CMP-7).
    pub(super) fn on_cleaner_timer(&mut self, cx: &mut Cx<'_>) {
        self.cleaner.timer.fired();
        while let Some((id, cleanable)) = self.dirtiest_log(cx.now) {
            if !self.clean_log(cx, id, cleanable.first_dirty) {
                break;
            }
        }
        self.apply_retention(cx, |config| config.compact);
        let now_ms = cx.now.as_ms() as i64;
        if self.partitions.iter().any(|p| waits_for_time(p, now_ms)) {
            self.arm_cleaner(cx);
        }
    }

    /// The log whose turn it is (CMP-2): the highest dirty ratio of those that are due.
    fn dirtiest_log(&self, now: Time) -> Option<(TopicPartition, Cleanable)> {
        let now_ms = now.as_ms() as i64;
        // A log that is being moved is left alone until it has arrived.
        let is_still = |p: &&Partition| self.future_replica(p.id).is_none();
        let logs = self.partitions.iter().filter(|p| p.config.compact);
        let logs = logs.filter(is_still);
        let due = logs.filter_map(|partition| {
            let cleanable = partition.log.cleanable(&partition.config, now_ms);
            let is_due = cleanable.is_due(&partition.config);
            is_due.then_some((partition.id, cleanable))
        });
        due.max_by_key(|(_, cleanable)| cleanable.dirty_per_mille())
    }

    /// One pass. Returns whether the clean part grew.
    fn clean_log(&mut self, cx: &mut Cx<'_>, id: TopicPartition, first_dirty: Offset) -> bool {
        let buffer = self.number_setting("log.cleaner.dedupe.buffer.size", DEDUPE_BUFFER_BYTES);
        let threads = self.number_setting("log.cleaner.threads", 1).max(1);
        let most_keys = buffer / threads / MAP_ENTRY_BYTES * LOAD_PERCENT / 100;
        let most_keys = usize::try_from(most_keys).unwrap_or(usize::MAX);
        self.settle_checkpoints(cx.now);
        let Some(partition) = self.partitions.get_mut(id) else {
            return false;
        };
        let config = Rc::clone(&partition.config);
        let done = partition.log.clean(&config, cx.now, most_keys);
        cx.fx.note(Note::LogCleaned {
            partition: id,
            clean_until: done.clean_until,
            records_before: done.records_before,
            records_after: done.records_after,
        });
        done.clean_until > first_dirty
    }
}

/// Whether time or the high watermark alone could give the cleaner something to do: then
/// it has to look again. A log below the dirty ratio waits for its next segment.
fn waits_for_time(partition: &Partition, now_ms: i64) -> bool {
    let (log, config) = (&partition.log, &partition.config);
    if !config.compact {
        return false;
    }
    let cleanable = log.cleanable(config, now_ms);
    let active = log.disk().segments().next_back();
    let active = active.map_or(log.log_end_offset(), |segment| segment.base_offset);
    let is_held = cleanable.first_uncleanable < active || config.max_compaction_lag_ms < i64::MAX;
    let has_records = log.log_end_offset() > log.log_start_offset();
    (cleanable.first_dirty < active && is_held) || (config.delete && has_records)
}
