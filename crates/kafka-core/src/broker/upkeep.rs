//! Periodic work: checkpoints and retention (LOG-5, LOG-9, PRO-16).

use std::rc::Rc;

use super::{Broker, Cx};
use crate::log::LogConfig;
use crate::node::TimerKey;
use crate::note::Note;
use crate::types::Duration;

/// First retention pass after the start (`log.initial.task.delay.ms`).
const FIRST_UPKEEP_MS: u64 = 30_000;
/// `log.retention.check.interval.ms`.
const UPKEEP_MS: u64 = 300_000;
/// `producer.id.expiration.ms`.
const PRODUCER_EXPIRATION_MS: i64 = 86_400_000;

impl Broker {
    pub(super) fn start_upkeep(&mut self, cx: &mut Cx<'_>) {
        self.arm_checkpoint(cx);
        self.arm_shrink_check(cx);
        self.start_cleaner(cx.now);
        self.arm_upkeep(cx, "log.initial.task.delay.ms", FIRST_UPKEEP_MS);
    }

    fn arm_upkeep(&mut self, cx: &mut Cx<'_>, setting: &str, default_ms: u64) {
        let wait = Duration::from_ms(self.number_setting(setting, default_ms).max(1));
        cx.fx.set_timer(TimerKey::LogUpkeep, cx.now + wait);
    }

    fn arm_checkpoint(&mut self, cx: &mut Cx<'_>) {
        let interval = Duration::from_ms(self.config.hw_checkpoint_interval_ms.into());
        cx.fx
            .set_timer(TimerKey::HighWatermarkCheckpoint, cx.now + interval);
    }

    pub(super) fn on_checkpoint_timer(&mut self, cx: &mut Cx<'_>) {
        self.probe_dirs(cx);
        self.checkpoint_high_watermarks();
        self.arm_checkpoint(cx);
    }

    /// Retention on every replica that is not compacted (the cleaner sees to those),
    /// expiry of silent producers.
    pub(super) fn on_upkeep(&mut self, cx: &mut Cx<'_>) {
        let now_ms = cx.now.as_ms() as i64;
        for partition in self.partitions.iter_mut() {
            partition
                .log
                .expire_producers(now_ms, PRODUCER_EXPIRATION_MS);
        }
        self.apply_retention(cx, |config| !config.compact);
        self.arm_upkeep(cx, "log.retention.check.interval.ms", UPKEEP_MS);
    }

    /// A retention pass over the replicas with such settings (LOG-9).
    pub(super) fn apply_retention(&mut self, cx: &mut Cx<'_>, wanted: fn(&LogConfig) -> bool) {
        self.settle_checkpoints(cx.now);
        let mut moved = Vec::new();
        for partition in self.partitions.iter_mut() {
            let config = Rc::clone(&partition.config);
            let before = partition.log.log_start_offset();
            if wanted(&config) && partition.log.apply_retention(&config, cx.now) {
                moved.push((partition.id, before, partition.log.log_start_offset()));
            }
        }
        for (id, before, after) in moved {
            cx.fx.note(Note::LogStartMoved(id, before, after));
            self.sessions.high_watermark_moved(id);
            // The leader is told with the next fetch: it must not send consumers here for
            // what is gone (REP-44).
            for fetcher in &mut self.fetchers.list {
                fetcher.mark(id);
            }
        }
    }
}
