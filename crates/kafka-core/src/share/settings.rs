//! Settings of a share group: the group's own, else the broker's, else Kafka's default.

use crate::config::BrokerConfig;
use crate::config::definitions::{self, Section};
use crate::config::parsed;
use crate::config::value::ConfigValue;
use crate::metadata::ClusterImage;
use crate::protocol::ConfigResource;
use crate::types::{Duration, Name};

/// `share.auto.offset.reset`: where a group begins (SHG-7).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ShareOffsetReset {
    /// After the newest record.
    Latest,
    /// At the oldest record.
    Earliest,
    /// At the first record not older than this, in milliseconds.
    ByDuration(u64),
}

/// The settings of one group that a broker reads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShareSettings {
    /// `share.delivery.count.limit`.
    pub delivery_count_limit: u16,
    /// `share.record.lock.duration.ms`.
    pub record_lock: Duration,
    /// `share.partition.max.record.locks`.
    pub max_record_locks: u32,
    /// `share.auto.offset.reset`.
    pub offset_reset: ShareOffsetReset,
    /// `share.isolation.level` = read_committed (SHG-8).
    pub read_committed: bool,
    /// `share.session.timeout.ms`.
    pub session_timeout_ms: u32,
    /// `share.heartbeat.interval.ms`.
    pub heartbeat_interval_ms: u32,
    /// `share.assignment.interval.ms`.
    pub assignment_interval_ms: u32,
    /// `group.share.max.size`.
    pub max_size: u32,
}

impl ShareSettings {
    /// What a broker uses for a group that has no settings of its own. Read once: a
    /// broker's file does not change while it runs.
    pub fn of_broker(broker: &BrokerConfig) -> ShareSettings {
        let number = |name: &str| broker_number(broker, name);
        ShareSettings {
            delivery_count_limit: number("group.share.delivery.count.limit") as u16,
            record_lock: Duration::from_ms(number("group.share.record.lock.duration.ms")),
            max_record_locks: number("group.share.partition.max.record.locks") as u32,
            offset_reset: ShareOffsetReset::Latest,
            read_committed: false,
            session_timeout_ms: number("group.share.session.timeout.ms") as u32,
            heartbeat_interval_ms: number("group.share.heartbeat.interval.ms") as u32,
            assignment_interval_ms: number("group.share.assignment.interval.ms") as u32,
            max_size: number("group.share.max.size") as u32,
        }
    }

    /// The settings in force for a group: its own before these, the broker's.
    pub fn with_group(&self, group: &str, image: &ClusterImage) -> ShareSettings {
        let resource = ConfigResource::Group(Name::from(group));
        let Some(own) = image.configs.get(&resource) else {
            return self.clone();
        };
        let text = |name: &str| own.get(name).map(|text| &**text);
        let number = |name: &str| text(name).and_then(|text| text.trim().parse::<u64>().ok());
        let small = |name: &str, broker: u32| number(name).map_or(broker, |own| own as u32);
        let count = number("share.delivery.count.limit");
        let lock = number("share.record.lock.duration.ms");
        let locks = small("share.partition.max.record.locks", self.max_record_locks);
        ShareSettings {
            delivery_count_limit: count.map_or(self.delivery_count_limit, |own| own as u16),
            record_lock: lock.map_or(self.record_lock, Duration::from_ms),
            max_record_locks: locks,
            offset_reset: offset_reset(text("share.auto.offset.reset")),
            read_committed: text("share.isolation.level") == Some("read_committed"),
            session_timeout_ms: small("share.session.timeout.ms", self.session_timeout_ms),
            heartbeat_interval_ms: small("share.heartbeat.interval.ms", self.heartbeat_interval_ms),
            assignment_interval_ms: small(
                "share.assignment.interval.ms",
                self.assignment_interval_ms,
            ),
            max_size: self.max_size,
        }
    }
}

fn offset_reset(text: Option<&str>) -> ShareOffsetReset {
    match text {
        Some("earliest") => ShareOffsetReset::Earliest,
        Some(text) => match text.strip_prefix("by_duration:") {
            Some(span) => ShareOffsetReset::ByDuration(crate::config::duration_ms(span)),
            None => ShareOffsetReset::Latest,
        },
        None => ShareOffsetReset::Latest,
    }
}

/// A whole number among a broker's settings: as set, else Kafka's default.
pub fn broker_number(broker: &BrokerConfig, name: &str) -> u64 {
    let set = broker.properties.iter().find(|(known, _)| **known == *name);
    let set = set.and_then(|(_, text)| text.trim().parse().ok());
    set.unwrap_or_else(|| default_number(name))
}

fn default_number(name: &str) -> u64 {
    let Some(definition) = definitions::find(Section::Broker, name) else {
        return 0;
    };
    let value = definition
        .default
        .map(|text| parsed::read_value(&definition, text));
    match value {
        Some(Ok(ConfigValue::Int(number))) => u64::try_from(number).unwrap_or(0),
        _ => 0,
    }
}
