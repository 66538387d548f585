//! Producers (PRO-9, PRO-12).

use super::bootstrap;
use crate::config::definitions::Section;
use crate::config::error::{ConfigError, KAFKA_EXCEPTION};
use crate::config::parsed::{Parsed, Properties};
use crate::config::value::ConfigValue;

const IN_FLIGHT_WITH_IDEMPOTENCE_MAX: i64 = 5;

/// `ProducerConfig`: reads the settings and settles whether the producer is idempotent.
///
/// # Errors
/// A setting by itself, or a contradiction with idempotence or transactions.
pub fn producer_config(properties: &Properties) -> Result<Parsed, ConfigError> {
    let mut config = Parsed::read(Section::Producer, properties)?;
    if config.text("acks") == Some("all") {
        config.replace("acks", ConfigValue::Text("-1".to_string()));
    }
    if config.is_true("enable.idempotence") && !may_be_idempotent(&config)? {
        config.replace("enable.idempotence", ConfigValue::Bool(false));
    }
    check_transactions(&config)?;
    Ok(config)
}

/// PRO-12: whether a producer with these settings is idempotent.
///
/// # Errors
/// As [`producer_config`]. What every program sets need not be among the settings.
pub fn is_idempotent<'a>(
    settings: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<bool, ConfigError> {
    const STRINGS: &str = "org.apache.kafka.common.serialization.StringSerializer";
    let always = [
        ("bootstrap.servers", "localhost:9092"),
        ("key.serializer", STRINGS),
        ("value.serializer", STRINGS),
    ];
    let properties: Properties<'_> = always.into_iter().chain(settings).collect();
    Ok(producer_config(&properties)?.is_true("enable.idempotence"))
}

/// PRO-12: `acks` and `retries` switch idempotence off where it is only a default;
/// asked for, they contradict it. Too many requests in flight always do.
fn may_be_idempotent(config: &Parsed) -> Result<bool, ConfigError> {
    let asked_for = config.is_set("enable.idempotence");
    let mut may = true;
    if config.int("retries") == Some(0) {
        may = false;
        if asked_for {
            return Err(ConfigError::config(
                "Must set retries to non-zero when using the idempotent producer.",
            ));
        }
    }
    if config.text("acks") != Some("-1") {
        may = false;
        if asked_for {
            return Err(ConfigError::config(
                "Must set acks to all in order to use the idempotent producer. Otherwise we \
                 cannot guarantee idempotence.",
            ));
        }
    }
    let in_flight = config.int("max.in.flight.requests.per.connection");
    if let Some(in_flight) = in_flight.filter(|it| *it > IN_FLIGHT_WITH_IDEMPOTENCE_MAX) {
        return Err(ConfigError::config(format!(
            "To use the idempotent producer, max.in.flight.requests.per.connection must be set \
             to at most {IN_FLIGHT_WITH_IDEMPOTENCE_MAX}. Current value is {in_flight}."
        )));
    }
    Ok(may)
}

fn check_transactions(config: &Parsed) -> Result<(), ConfigError> {
    if config.is_set("transactional.id") && !config.is_true("enable.idempotence") {
        return Err(ConfigError::config(
            "Cannot set a transactional.id without also enabling idempotence.",
        ));
    }
    let two_phase = "transaction.two.phase.commit.enable";
    if config.is_true(two_phase) && config.is_set("transaction.timeout.ms") {
        return Err(ConfigError::config(format!(
            "Cannot set transaction.timeout.ms when {two_phase} is set to true. Transactions \
             will not expire with two-phase commit enabled."
        )));
    }
    Ok(())
}

/// `new KafkaProducer(...)`: what building the client checks beside its settings.
///
/// # Errors
/// As [`producer_config`]; PRO-9; an address that is none.
pub fn producer_client(properties: &Properties) -> Result<Parsed, ConfigError> {
    let config = producer_config(properties)?;
    check_delivery_timeout(&config)
        .and_then(|()| bootstrap::check("bootstrap.servers", config.list("bootstrap.servers")))
        .map_err(|cause| cause.wrapped(KAFKA_EXCEPTION, "Failed to construct kafka producer"))?;
    Ok(config)
}

/// PRO-9; a default is raised silently.
fn check_delivery_timeout(config: &Parsed) -> Result<(), ConfigError> {
    let ms = |name| config.int(name).unwrap_or(0).min(i64::from(i32::MAX));
    let least = (ms("linger.ms") + ms("request.timeout.ms")).min(i64::from(i32::MAX));
    if config.is_set("delivery.timeout.ms") && ms("delivery.timeout.ms") < least {
        return Err(ConfigError::config(
            "delivery.timeout.ms should be equal to or larger than linger.ms + request.timeout.ms",
        ));
    }
    Ok(())
}
