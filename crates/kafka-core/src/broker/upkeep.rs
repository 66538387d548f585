//! Periodic work: checkpoints and retention (LOG-5, LOG-9, PRO-16).

use std::rc::Rc;

use super::{Broker, Cx};
use crate::node::TimerKey;
use crate::types::{Duration, TopicPartition};

/// First retention pass after the start (`log.initial.task.delay.ms`).
const FIRST_UPKEEP: Duration = Duration::from_secs(30);
/// `log.retention.check.interval.ms`.
const UPKEEP: Duration = Duration::from_secs(300);
/// `producer.id.expiration.ms`.
const PRODUCER_EXPIRATION_MS: i64 = 86_400_000;

impl Broker {
    pub(super) fn start_upkeep(&mut self, cx: &mut Cx<'_>) {
        self.arm_checkpoint(cx);
        self.arm_shrink_check(cx);
        cx.fx.set_timer(TimerKey::LogUpkeep, cx.now + FIRST_UPKEEP);
    }

    fn arm_checkpoint(&mut self, cx: &mut Cx<'_>) {
        let interval = Duration::from_ms(self.config.hw_checkpoint_interval_ms.into());
        cx.fx
            .set_timer(TimerKey::HighWatermarkCheckpoint, cx.now + interval);
    }

    pub(super) fn on_checkpoint_timer(&mut self, cx: &mut Cx<'_>) {
        self.checkpoint_high_watermarks();
        self.arm_checkpoint(cx);
    }

    /// Writes `replication-offset-checkpoint`.
    pub(super) fn checkpoint_high_watermarks(&mut self) {
        for partition in self.partitions.iter() {
            let high_watermark = partition.log.high_watermark();
            self.checkpoints.insert(partition.id, high_watermark);
        }
    }

    /// Retention on every replica, expiry of silent producers.
    pub(super) fn on_upkeep(&mut self, cx: &mut Cx<'_>) {
        let now_ms = cx.now.as_ms() as i64;
        let mut moved: Vec<TopicPartition> = Vec::new();
        for partition in self.partitions.iter_mut() {
            partition
                .log
                .expire_producers(now_ms, PRODUCER_EXPIRATION_MS);
            let config = Rc::clone(&partition.config);
            if partition.log.apply_retention(&config, cx.now) {
                moved.push(partition.id);
            }
        }
        for id in moved {
            self.sessions.high_watermark_moved(id);
        }
        cx.fx.set_timer(TimerKey::LogUpkeep, cx.now + UPKEEP);
    }
}
