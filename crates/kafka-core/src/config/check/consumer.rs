//! Consumers.

use super::bootstrap;
use crate::config::definitions::Section;
use crate::config::error::{
    CLASS_NOT_FOUND, ConfigError, ILLEGAL_ARGUMENT, INVALID_CONFIGURATION, INVALID_GROUP_ID,
    KAFKA_EXCEPTION,
};
use crate::config::parsed::{Parsed, Properties};
use crate::config::value::{ConfigValue, class_exists};
use crate::topic_name;

/// Settings that only the other group protocol has.
const NOT_WITH_CONSUMER: [&str; 3] = [
    "partition.assignment.strategy",
    "heartbeat.interval.ms",
    "session.timeout.ms",
];
const NOT_WITH_CLASSIC: [&str; 1] = ["group.remote.assignor"];

const ASSIGNORS: [&str; 4] = [
    "org.apache.kafka.clients.consumer.RangeAssignor",
    "org.apache.kafka.clients.consumer.RoundRobinAssignor",
    "org.apache.kafka.clients.consumer.StickyAssignor",
    "org.apache.kafka.clients.consumer.CooperativeStickyAssignor",
];

/// `ConsumerConfig`: reads the settings; without a group there is no auto commit.
///
/// # Errors
/// A setting by itself, or one that does not go with the group protocol or the group.
pub fn consumer_config(properties: &Properties) -> Result<Parsed, ConfigError> {
    let mut config = Parsed::read(Section::Consumer, properties)?;
    if let Some(instance) = config.text("group.instance.id") {
        topic_name::validate_as("Group instance id", instance)
            .map_err(|message| ConfigError::new(INVALID_CONFIGURATION, message))?;
    }
    if *config.get("group.id") == ConfigValue::Null {
        if !config.is_set("enable.auto.commit") {
            config.replace("enable.auto.commit", ConfigValue::Bool(false));
        } else if config.is_true("enable.auto.commit") {
            return Err(ConfigError::new(
                INVALID_CONFIGURATION,
                "enable.auto.commit cannot be set to true when default group id (null) is used.",
            ));
        }
    }
    let (protocol, excluded) = if is_classic(&config) {
        ("CLASSIC", &NOT_WITH_CLASSIC[..])
    } else {
        ("CONSUMER", &NOT_WITH_CONSUMER[..])
    };
    match excluded.iter().find(|name| config.is_set(name)) {
        Some(name) => Err(ConfigError::config(format!(
            "{name} cannot be set when group.protocol={protocol}"
        ))),
        None => Ok(config),
    }
}

fn is_classic(config: &Parsed) -> bool {
    config
        .text("group.protocol")
        .is_some_and(|protocol| protocol.eq_ignore_ascii_case("classic"))
}

/// `new KafkaConsumer(...)`: what building the client checks beside its settings.
///
/// # Errors
/// As [`consumer_config`]; an address that is none; an assignor that is none; a
/// heartbeat interval that reaches the session timeout.
pub fn consumer_client(properties: &Properties) -> Result<Parsed, ConfigError> {
    for deserializer in ["key.deserializer", "value.deserializer"] {
        if !properties.contains_key(deserializer) {
            return Err(ConfigError::value(
                deserializer,
                "null",
                "must be non-null.",
            ));
        }
    }
    let config = consumer_config(properties)?;
    check_group_id(&config)
        .and_then(|()| bootstrap::check("bootstrap.servers", config.list("bootstrap.servers")))
        .and_then(|()| check_classic(&config))
        .map_err(|cause| cause.wrapped(KAFKA_EXCEPTION, "Failed to construct kafka consumer"))?;
    Ok(config)
}

fn check_group_id(config: &Parsed) -> Result<(), ConfigError> {
    if config
        .text("group.id")
        .is_some_and(|id| id.trim().is_empty())
    {
        return Err(ConfigError::new(
            INVALID_GROUP_ID,
            "The configured group.id should not be an empty string or whitespace.",
        ));
    }
    Ok(())
}

fn check_classic(config: &Parsed) -> Result<(), ConfigError> {
    if !is_classic(config) {
        return Ok(());
    }
    for class in config.list("partition.assignment.strategy") {
        check_assignor(class)?;
    }
    let has_group = config.text("group.id").is_some();
    if has_group && config.int("heartbeat.interval.ms") >= config.int("session.timeout.ms") {
        return Err(ConfigError::new(
            ILLEGAL_ARGUMENT,
            "Heartbeat must be set lower than the session timeout",
        ));
    }
    Ok(())
}

fn check_assignor(class: &str) -> Result<(), ConfigError> {
    if ASSIGNORS.contains(&class) {
        return Ok(());
    }
    if class_exists(class) {
        return Err(ConfigError::new(
            KAFKA_EXCEPTION,
            format!(
                "class {class} is not an instance of \
                 org.apache.kafka.clients.consumer.ConsumerPartitionAssignor"
            ),
        ));
    }
    let message = format!("{class} ClassNotFoundException exception occurred");
    Err(ConfigError::new(CLASS_NOT_FOUND, class).wrapped(KAFKA_EXCEPTION, message))
}
