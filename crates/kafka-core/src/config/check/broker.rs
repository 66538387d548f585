//! Brokers and controllers: what a process checks before it starts.

use super::group::BOUNDED;
use super::listeners::{self, Listener};
use crate::config::definitions::Section;
use crate::config::error::{CLASS_NOT_FOUND, ConfigError, ILLEGAL_ARGUMENT, KAFKA_EXCEPTION};
use crate::config::parsed::{Parsed, Properties};
use crate::config::value::class_exists;

const HOUR_MS: i64 = 3_600_000;
const MINUTE_MS: i64 = 60_000;

/// `KafkaConfig.fromProps`.
///
/// # Errors
/// A setting by itself, or a contradiction between roles, voters, listeners, timeouts.
pub fn broker(properties: &Properties) -> Result<Parsed, ConfigError> {
    let mut properties = properties.clone();
    // `broker.id` is the old name of `node.id`: each stands in for the other.
    if let Some(node) = properties.get("node.id").copied() {
        properties.entry("broker.id").or_insert(node);
    } else if let Some(broker) = properties.get("broker.id").copied() {
        properties.insert("node.id", broker);
    }
    let config = Parsed::read(Section::Broker, &properties)?;
    if config.int("broker.id") != config.int("node.id") {
        return Err(ConfigError::config(
            "You must set `node.id` to the same value as `broker.id`.",
        ));
    }
    let voters = voters(&config)?;
    check_assignors(&config)?;
    check_limits(&config)?;
    check_group_bounds(&config)?;
    check_roles(&config, &voters)?;
    Ok(config)
}

/// The ids in `controller.quorum.voters`, each entry being `{id}@{host}:{port}`.
fn voters(config: &Parsed) -> Result<Vec<i64>, ConfigError> {
    let entries = config.list("controller.quorum.voters");
    let dynamic = config.list("controller.quorum.bootstrap.servers");
    if entries.is_empty() && dynamic.is_empty() {
        return Err(ConfigError::config(
            "If using process.roles, either controller.quorum.bootstrap.servers must contain the \
             set of bootstrap controllers or controller.quorum.voters must contain a parseable \
             set of controllers.",
        ));
    }
    entries.iter().map(|entry| voter(entry)).collect()
}

fn voter(entry: &str) -> Result<i64, ConfigError> {
    const FORM: &str = "Each entry should be in the form `{id}@{host}:{port}`.";
    const NAME: &str = "controller.quorum.voters";
    let Some((id, address)) = entry
        .split_once('@')
        .filter(|_| entry.matches('@').count() == 1)
    else {
        let message = format!("Invalid configuration value for {NAME}. {FORM}");
        return Err(ConfigError::config(message));
    };
    let failed = |part: &str| {
        let message = format!(
            "Failed to parse {part} from entry {entry} for the configuration {NAME}. {FORM}"
        );
        ConfigError::config(message)
    };
    let id = id.parse::<i32>().map_err(|_| failed("voter ID"))?;
    let (_, port) = address
        .rsplit_once(':')
        .ok_or_else(|| failed("host name"))?;
    port.parse::<u16>().map_err(|_| failed("host port"))?;
    Ok(i64::from(id))
}

fn check_assignors(config: &Parsed) -> Result<(), ConfigError> {
    let built_in = ["uniform", "range", "simple"];
    let names = ["group.consumer.assignors", "group.share.assignors"];
    let mut assignors = names.iter().flat_map(|name| config.list(name));
    let missing = assignors.find(|it| !built_in.contains(&it.as_str()) && !class_exists(it));
    match missing {
        Some(class) => {
            let message = format!("Class {class} cannot be found");
            let cause = ConfigError::new(CLASS_NOT_FOUND, class.as_str());
            Err(cause.wrapped(KAFKA_EXCEPTION, message))
        }
        None => Ok(()),
    }
}

fn check_limits(config: &Parsed) -> Result<(), ConfigError> {
    let retention_ms = retention_ms(config);
    if retention_ms == 0 {
        return Err(ConfigError::requirement(
            "log.retention.ms must be unlimited (-1) or, greater than or equal to 1",
        ));
    }
    let fetch_wait = config.int("replica.fetch.wait.max.ms");
    if fetch_wait > config.int("replica.socket.timeout.ms") {
        return Err(ConfigError::requirement(
            "replica.socket.timeout.ms should always be at least replica.fetch.wait.max.ms to \
             prevent unnecessary socket timeouts",
        ));
    }
    if fetch_wait > config.int("replica.lag.time.max.ms") {
        return Err(ConfigError::requirement(
            "replica.fetch.wait.max.ms should always be less than or equal to \
             replica.lag.time.max.ms to prevent frequent changes in ISR",
        ));
    }
    Ok(())
}

/// The finest unit that is set wins; negative means unlimited.
fn retention_ms(config: &Parsed) -> i64 {
    let in_minutes = config.int("log.retention.minutes").map(|it| it * MINUTE_MS);
    let in_hours = config.int("log.retention.hours").map(|it| it * HOUR_MS);
    let ms = config.int("log.retention.ms").or(in_minutes).or(in_hours);
    ms.unwrap_or(-1).max(-1)
}

/// Settings of the newer group protocols lie between their own bounds.
fn check_group_bounds(config: &Parsed) -> Result<(), ConfigError> {
    for (kind, setting) in BOUNDED {
        let value = format!("group.{kind}.{setting}");
        let least = format!("group.{kind}.min.{setting}");
        let most = format!("group.{kind}.max.{setting}");
        at_least(config, &most, &least)?;
        at_least(config, &value, &least)?;
        if config.int(&value) > config.int(&most) {
            let message = format!("{value} must be less than or equal to {most}");
            return Err(ConfigError::new(ILLEGAL_ARGUMENT, message));
        }
    }
    for kind in ["consumer", "share", "streams"] {
        let heartbeat = format!("group.{kind}.heartbeat.interval.ms");
        let session = format!("group.{kind}.session.timeout.ms");
        if config.int(&heartbeat) >= config.int(&session) {
            let message = format!("{heartbeat} must be less than {session}");
            return Err(ConfigError::new(ILLEGAL_ARGUMENT, message));
        }
    }
    Ok(())
}

fn at_least(config: &Parsed, name: &str, least: &str) -> Result<(), ConfigError> {
    if config.int(name) < config.int(least) {
        let message = format!("{name} must be greater than or equal to {least}");
        return Err(ConfigError::new(ILLEGAL_ARGUMENT, message));
    }
    Ok(())
}

fn check_roles(config: &Parsed, voters: &[i64]) -> Result<(), ConfigError> {
    let has_role = |role: &str| config.list("process.roles").iter().any(|it| it == role);
    let (broker, controller) = (has_role("broker"), has_role("controller"));
    let node = config.int("node.id").unwrap_or(-1);
    let is_voter = voters.contains(&node);
    let shown = voters
        .iter()
        .map(i64::to_string)
        .collect::<Vec<_>>()
        .join(", ");
    let known = listeners::names_with_protocol(config);
    let listeners = listeners::parse(config.list("listeners"), &known, true)?;
    let is_controllers = |listener: &&Listener| {
        let names = config.list("controller.listener.names");
        names.contains(&listener.name)
    };
    if broker && !controller && is_voter {
        return Err(ConfigError::requirement(format!(
            "If process.roles contains just the 'broker' role, the node id {node} must not be \
             included in the set of voters controller.quorum.voters=Set({shown})"
        )));
    }
    if controller && !voters.is_empty() && !is_voter {
        return Err(ConfigError::requirement(format!(
            "If process.roles contains the 'controller' role, the node id {node} must be included \
             in the set of voters controller.quorum.voters=Set({shown})"
        )));
    }
    if controller && !broker && !listeners.iter().all(|it| is_controllers(&it)) {
        return Err(ConfigError::requirement(
            "The listeners config must only contain KRaft controller listeners from \
             controller.listener.names when process.roles=controller",
        ));
    }
    if controller && !listeners.iter().any(|it| is_controllers(&it)) {
        return Err(ConfigError::requirement(
            "controller.listener.names must contain at least one value appearing in the \
             'listeners' configuration when running the KRaft controller role",
        ));
    }
    if broker {
        let own: Vec<Listener> = listeners
            .iter()
            .filter(|it| !is_controllers(it))
            .cloned()
            .collect();
        check_advertised(config, &own)?;
    }
    Ok(())
}

/// What clients and other brokers are told: by default the broker's own listeners.
fn check_advertised(config: &Parsed, own: &[Listener]) -> Result<(), ConfigError> {
    let known = listeners::names_with_protocol(config);
    let advertised = match config.list("advertised.listeners") {
        [] => own.to_vec(),
        given => listeners::parse(given, &known, false)?,
    };
    let inter_broker = inter_broker_listener(config)?;
    if !known.contains(inter_broker) {
        return Err(ConfigError::config(format!(
            "Listener with name {inter_broker} defined in inter.broker.listener.name not found in \
             listener.security.protocol.map."
        )));
    }
    if !advertised
        .iter()
        .any(|listener| listener.name == inter_broker)
    {
        let names: Vec<&str> = advertised.iter().map(|it| it.name.as_str()).collect();
        return Err(ConfigError::requirement(format!(
            "inter.broker.listener.name must be a listener name defined in advertised.listeners. \
             The valid options based on currently configured listeners are {}",
            names.join(",")
        )));
    }
    if advertised.iter().any(|listener| listener.host == "0.0.0.0") {
        return Err(ConfigError::requirement(
            "advertised.listeners cannot use the nonroutable meta-address 0.0.0.0. Use a routable \
             IP address.",
        ));
    }
    Ok(())
}

fn inter_broker_listener(config: &Parsed) -> Result<&str, ConfigError> {
    match config.text("inter.broker.listener.name") {
        Some(_) if config.is_set("security.inter.broker.protocol") => Err(ConfigError::config(
            "Only one of inter.broker.listener.name and security.inter.broker.protocol should be \
             set.",
        )),
        Some(name) => Ok(name),
        None => Ok(config
            .text("security.inter.broker.protocol")
            .unwrap_or("PLAINTEXT")),
    }
}
