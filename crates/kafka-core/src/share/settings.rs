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
    /// The settings in force for a group.
    pub fn of(group: &str, image: &ClusterImage, broker: &BrokerConfig) -> ShareSettings {
        let resource = ConfigResource::Group(Name::from(group));
        let lookup = Lookup {
            image,
            broker,
            resource,
        };
        let reset = lookup.group_text("share.auto.offset.reset");
        let isolation = lookup.group_text("share.isolation.level");
        ShareSettings {
            delivery_count_limit: lookup.number("delivery.count.limit") as u16,
            record_lock: Duration::from_ms(lookup.number("record.lock.duration.ms")),
            max_record_locks: lookup.number("partition.max.record.locks") as u32,
            offset_reset: offset_reset(reset.as_deref()),
            read_committed: isolation.as_deref() == Some("read_committed"),
            session_timeout_ms: lookup.number("session.timeout.ms") as u32,
            heartbeat_interval_ms: lookup.number("heartbeat.interval.ms") as u32,
            assignment_interval_ms: lookup.number("assignment.interval.ms") as u32,
            max_size: broker_number(broker, "group.share.max.size") as u32,
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

struct Lookup<'a> {
    image: &'a ClusterImage,
    broker: &'a BrokerConfig,
    resource: ConfigResource,
}

impl Lookup<'_> {
    fn group_text(&self, name: &str) -> Option<Name> {
        self.image.config(&self.resource, name).cloned()
    }

    /// `share.NAME` of the group, else `group.share.NAME` of the brokers.
    fn number(&self, name: &str) -> u64 {
        let own = self.group_text(&format!("share.{name}"));
        let own = own.and_then(|text| text.trim().parse().ok());
        own.unwrap_or_else(|| broker_number(self.broker, &format!("group.share.{name}")))
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
