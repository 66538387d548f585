//! Settings: the table of all names, and what a bad value is answered with.

use super::fields::{Fields, Trouble, same};
use kafka_core::config::check;
use kafka_core::config::definitions::{self, Definition, Section};
use kafka_core::config::error::ConfigError;
use kafka_core::config::parsed::{Parsed, Properties};
use kafka_core::config::value::ConfigValue;
use serde_json::Value;

const CLIENT: [(&str, &str); 1] = [("bootstrap.servers", "127.0.0.1:9092")];
const PRODUCER: [(&str, &str); 2] = [
    ("key.serializer", STRING_SERIALIZER),
    ("value.serializer", STRING_SERIALIZER),
];
const STRING_SERIALIZER: &str = "org.apache.kafka.common.serialization.StringSerializer";
const CONSUMER: [(&str, &str); 3] = [
    ("key.deserializer", STRING_DESERIALIZER),
    ("value.deserializer", STRING_DESERIALIZER),
    ("group.id", "g1"),
];
const STRING_DESERIALIZER: &str = "org.apache.kafka.common.serialization.StringDeserializer";
const BROKER: [(&str, &str); 6] = [
    ("process.roles", "broker,controller"),
    ("node.id", "1"),
    ("controller.quorum.voters", "1@localhost:9093"),
    (
        "listeners",
        "PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093",
    ),
    ("controller.listener.names", "CONTROLLER"),
    ("log.dirs", "/tmp/kafka-logs-1"),
];

/// What a target starts from, before the case changes it.
fn base(target: &str) -> Vec<(&'static str, &'static str)> {
    let parts: [&[(&str, &str)]; 2] = match target {
        "ProducerConfig" | "KafkaProducer" => [&CLIENT, &PRODUCER],
        "ConsumerConfig" | "KafkaConsumer" => [&CLIENT, &CONSUMER],
        "Admin" => [&CLIENT, &[]],
        "broker" => [&BROKER, &[]],
        _ => [&[], &[]],
    };
    parts.concat()
}

/// `config-errors.jsonl`.
pub fn config_errors(case: &Fields) -> Result<(), Trouble> {
    let target = case.text("target")?;
    let mut properties: Properties = base(target).into_iter().collect();
    for (name, value) in case.table("set")? {
        match value.as_str() {
            Some(text) => properties.insert(name, text),
            None => properties.remove(name),
        };
    }
    match check(target, &properties)? {
        Ok(config) => {
            if let Some(error) = case.find("error") {
                return Err(Trouble::Different(format!("Kafka {error}, ours accepts")));
            }
            match case.find("effective") {
                Some(_) => same_values(&case.table("effective")?, &config),
                None => Ok(()),
            }
        }
        Err(ours) => match case.find("error") {
            Some(_) => same_error(&case.object("error")?, &ours),
            None => Err(Trouble::Different(format!("Kafka accepts, ours: {ours}"))),
        },
    }
}

fn check(target: &str, properties: &Properties) -> Result<Result<Parsed, ConfigError>, Trouble> {
    Ok(match target {
        "ProducerConfig" => check::producer_config(properties),
        "KafkaProducer" => check::producer_client(properties),
        "ConsumerConfig" => check::consumer_config(properties),
        "KafkaConsumer" => check::consumer_client(properties),
        "Admin" => check::admin_client(properties),
        "topic" => check::topic(properties),
        "broker" => check::broker(properties),
        "group" => check::broker(&BROKER.into_iter().collect())
            .and_then(|broker| check::group(properties, &broker)),
        other => return Err(Trouble::Unsupported(format!("target {other}"))),
    })
}

fn same_values(effective: &[(&str, &Value)], config: &Parsed) -> Result<(), Trouble> {
    for (name, kafka) in effective {
        let ours = match config.get(name) {
            ConfigValue::Null => Value::Null,
            ConfigValue::Bool(value) => Value::from(*value),
            ConfigValue::Int(value) => Value::from(*value),
            ConfigValue::Double(value) => Value::from(*value),
            ConfigValue::Text(value) => Value::from(value.as_str()),
            ConfigValue::List(values) => Value::from(values.clone()),
        };
        same(name, *kafka, &ours)?;
    }
    Ok(())
}

fn same_error(kafka: &Fields, ours: &ConfigError) -> Result<(), Trouble> {
    same("exception", kafka.text("exception")?, ours.exception)?;
    same("message", kafka.text("message")?, ours.message.as_str())?;
    match (kafka.find("cause"), &ours.cause) {
        (None, None) => Ok(()),
        (Some(_), Some(ours)) => same_error(&kafka.object("cause")?, ours),
        (kafka, ours) => Err(Trouble::Different(format!(
            "cause: Kafka {kafka:?}, ours {ours:?}"
        ))),
    }
}

/// One name of `configs-4.3.1.json` against our row; `None` if the section is not ours.
pub fn definition(section: &str, name: &str, kafka: &Fields) -> Result<(), Trouble> {
    let section = Section::ALL.into_iter().find(|it| it.name() == section);
    let section = section
        .ok_or_else(|| Trouble::Unsupported("connectors are not simulated yet".to_string()))?;
    let Some(ours) = definitions::find(section, name) else {
        return Err(Trouble::Different("unknown to us".to_string()));
    };
    same_definition(kafka, &ours)
}

fn same_definition(kafka: &Fields, ours: &Definition) -> Result<(), Trouble> {
    let text = |field| kafka.find(field).and_then(Value::as_str);
    same("type", kafka.text("type")?, ours.config_type.name())?;
    same("required", kafka.flag("required")?, ours.required)?;
    same("default", text("default"), ours.default)?;
    same("valid", text("valid"), ours.valid)?;
    same("importance", kafka.text("importance")?, ours.importance)?;
    same("brokerConfig", text("brokerConfig"), ours.broker_config)?;
    same("updateMode", text("updateMode"), ours.update_mode)?;
    same("internal", kafka.find("internal").is_some(), ours.internal)
}
