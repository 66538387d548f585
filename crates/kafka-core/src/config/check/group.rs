//! Groups: settings of one group have to stay within the bounds the brokers set.

use crate::config::definitions::{self, Section};
use crate::config::error::{ConfigError, INVALID_CONFIGURATION};
use crate::config::parsed::{Parsed, Properties};

/// Settings with a default and bounds among the broker's settings
/// (`group.<kind>.<setting>`, `group.<kind>.min.<setting>`, `group.<kind>.max.<setting>`).
pub(super) const BOUNDED: [(&str, &str); 12] = [
    ("consumer", "heartbeat.interval.ms"),
    ("consumer", "session.timeout.ms"),
    ("consumer", "assignment.interval.ms"),
    ("share", "heartbeat.interval.ms"),
    ("share", "session.timeout.ms"),
    ("share", "assignment.interval.ms"),
    ("share", "record.lock.duration.ms"),
    ("share", "delivery.count.limit"),
    ("share", "partition.max.record.locks"),
    ("streams", "heartbeat.interval.ms"),
    ("streams", "session.timeout.ms"),
    ("streams", "assignment.interval.ms"),
];

/// `GroupConfig.validate`, against the settings of the brokers.
///
/// # Errors
/// An unknown name, a value that is not allowed, or one outside the brokers' bounds.
pub fn group(properties: &Properties, broker: &Parsed) -> Result<Parsed, ConfigError> {
    for name in properties.keys() {
        if definitions::find(Section::Group, name).is_none() {
            let message = format!("Unknown group config name: {name}");
            return Err(ConfigError::new(INVALID_CONFIGURATION, message));
        }
    }
    let config = Parsed::read(Section::Group, properties)?;
    for (kind, setting) in BOUNDED {
        let name = format!("{kind}.{setting}");
        check_bounds(&name, kind, setting, config.int(&name), broker)?;
    }
    for kind in ["consumer", "share", "streams"] {
        let session = format!("{kind}.session.timeout.ms");
        let heartbeat = format!("{kind}.heartbeat.interval.ms");
        if config.int(&session) <= config.int(&heartbeat) {
            let message = format!("{session} must be greater than {heartbeat}");
            return Err(ConfigError::new(INVALID_CONFIGURATION, message));
        }
    }
    Ok(config)
}

fn check_bounds(
    name: &str,
    kind: &str,
    setting: &str,
    value: Option<i64>,
    broker: &Parsed,
) -> Result<(), ConfigError> {
    let least = format!("group.{kind}.min.{setting}");
    let most = format!("group.{kind}.max.{setting}");
    let refused = |relation: &str, bound: &str| {
        let message = format!("{name} must be {relation} than or equal to {bound}");
        Err(ConfigError::new(INVALID_CONFIGURATION, message))
    };
    if value < broker.int(&least) {
        return refused("greater", &least);
    }
    if broker.int(&most).is_some_and(|most| value > Some(most)) {
        return refused("less", &most);
    }
    Ok(())
}
