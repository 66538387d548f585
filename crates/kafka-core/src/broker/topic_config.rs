//! Effective settings of a topic: its own, else the broker's, else the default.

use std::rc::Rc;

use super::{Broker, Cx};
use crate::compress::Compression;
use crate::log::LogConfig;
use crate::protocol::ConfigResource;
use crate::types::{Name, TopicId};

/// Units a broker setting may be given in, with their length in milliseconds.
const HOUR_MS: i64 = 3_600_000;
const MINUTE_MS: i64 = 60_000;

impl Broker {
    /// The effective settings of a topic's logs.
    pub(super) fn topic_log_config(&self, topic: TopicId) -> Rc<LogConfig> {
        let name = self.image.topics.get(&topic).map(|topic| &topic.name);
        let default = LogConfig::default();
        let number = |topic_key: &str, broker_keys: &[(&str, i64)]| -> Option<i64> {
            let own = name.and_then(|name| self.topic_setting(name, topic_key));
            own.and_then(|value| value.parse().ok()).or_else(|| {
                broker_keys.iter().find_map(|(key, unit)| {
                    let value: i64 = self.broker_setting(key)?.parse().ok()?;
                    Some(if value < 0 { value } else { value * unit })
                })
            })
        };
        let text = |topic_key: &str, broker_key: &str| -> Option<&Name> {
            name.and_then(|name| self.topic_setting(name, topic_key))
                .or_else(|| self.broker_setting(broker_key))
        };
        let policy = text("cleanup.policy", "log.cleanup.policy");
        let has = |word: &str| policy.map(|list| list.split(',').any(|item| item.trim() == word));
        let stamp_type = text("message.timestamp.type", "log.message.timestamp.type");
        let codec = text("compression.type", "compression.type");
        let plain = |topic_key: &str, broker_key: &str| number(topic_key, &[(broker_key, 1)]);
        let min_isr = plain("min.insync.replicas", "min.insync.replicas");
        let segment_bytes = plain("segment.bytes", "log.segment.bytes");
        let max_message_bytes = plain("max.message.bytes", "message.max.bytes");
        let ratio = text(
            "min.cleanable.dirty.ratio",
            "log.cleaner.min.cleanable.ratio",
        );
        let before_max = "message.timestamp.before.max.ms";
        let after_max = "message.timestamp.after.max.ms";
        Rc::new(LogConfig {
            segment_bytes: segment_bytes.map_or(default.segment_bytes, |bytes| bytes as u64),
            segment_ms: number(
                "segment.ms",
                &[("log.roll.ms", 1), ("log.roll.hours", HOUR_MS)],
            )
            .unwrap_or(default.segment_ms),
            segment_index_bytes: plain("segment.index.bytes", "log.index.size.max.bytes")
                .map_or(default.segment_index_bytes, |bytes| bytes as u64),
            index_interval_bytes: plain("index.interval.bytes", "log.index.interval.bytes")
                .map_or(default.index_interval_bytes, |bytes| bytes as u64),
            retention_bytes: plain("retention.bytes", "log.retention.bytes")
                .unwrap_or(default.retention_bytes),
            retention_ms: number(
                "retention.ms",
                &[
                    ("log.retention.ms", 1),
                    ("log.retention.minutes", MINUTE_MS),
                    ("log.retention.hours", HOUR_MS),
                ],
            )
            .unwrap_or(default.retention_ms),
            delete: has("delete").unwrap_or(default.delete),
            compact: has("compact").unwrap_or(default.compact),
            min_cleanable_dirty_ppm: ratio
                .and_then(|text| text.trim().parse::<f64>().ok())
                .map_or(default.min_cleanable_dirty_ppm, |ratio| {
                    (ratio.clamp(0.0, 1.0) * 1e6).round() as u32
                }),
            delete_retention_ms: plain("delete.retention.ms", "log.cleaner.delete.retention.ms")
                .unwrap_or(default.delete_retention_ms),
            min_compaction_lag_ms: plain(
                "min.compaction.lag.ms",
                "log.cleaner.min.compaction.lag.ms",
            )
            .unwrap_or(default.min_compaction_lag_ms),
            max_compaction_lag_ms: plain(
                "max.compaction.lag.ms",
                "log.cleaner.max.compaction.lag.ms",
            )
            .unwrap_or(default.max_compaction_lag_ms),
            max_message_bytes: max_message_bytes
                .map_or(default.max_message_bytes, |bytes| bytes as u32),
            compression: codec.and_then(|name| match &**name {
                "uncompressed" => Some(Compression::None),
                name => Compression::of(name),
            }),
            log_append_time: stamp_type.is_some_and(|value| &**value == "LogAppendTime"),
            timestamp_before_max_ms: plain(before_max, "log.message.timestamp.before.max.ms")
                .unwrap_or(default.timestamp_before_max_ms),
            timestamp_after_max_ms: plain(after_max, "log.message.timestamp.after.max.ms")
                .unwrap_or(default.timestamp_after_max_ms),
            min_insync_replicas: min_isr.map_or(default.min_insync_replicas, |n| n as u32),
        })
    }

    fn topic_setting(&self, topic: &Name, key: &str) -> Option<&Name> {
        let resource = ConfigResource::Topic(topic.clone());
        self.image.config(&resource, key)
    }

    /// A broker setting that is set: for this broker, for all, or in its file.
    pub(super) fn broker_setting(&self, key: &str) -> Option<&Name> {
        let own = ConfigResource::Broker(Some(self.config.node));
        let properties = self.config.properties.iter();
        self.image
            .config(&own, key)
            .or_else(|| self.image.config(&ConfigResource::Broker(None), key))
            .or_else(|| {
                let mut named = properties.filter(|(name, _)| &**name == key);
                named.next().map(|(_, value)| value)
            })
    }

    /// A config changed: the partitions it concerns obey it from now on.
    pub(super) fn refresh_topic_configs(&mut self, cx: &mut Cx<'_>, resource: &ConfigResource) {
        let only = match resource {
            ConfigResource::Topic(name) => match self.image.topics_by_name.get(name) {
                Some(topic) => Some(*topic),
                None => return,
            },
            ConfigResource::Broker(broker) => {
                if broker.is_some_and(|broker| broker != self.me()) {
                    return;
                }
                self.refresh_throttles();
                None
            }
            ConfigResource::Group(_) => return,
        };
        let concerned = self
            .partitions
            .ids_where(|partition| only.is_none_or(|topic| topic == partition.id.topic));
        for id in concerned {
            let config = self.topic_log_config(id.topic);
            if let Some(partition) = self.partitions.get_mut(id) {
                partition.config = config;
            }
            self.wake_cleaner(cx, id);
            self.try_advance_high_watermark(cx, id);
        }
    }
}
