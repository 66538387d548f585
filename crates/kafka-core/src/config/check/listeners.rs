//! The addresses a broker listens on and tells clients about.

use crate::config::error::{ConfigError, ILLEGAL_ARGUMENT, KAFKA_EXCEPTION};
use crate::config::parsed::Parsed;
use crate::config::value::ConfigValue;
use std::collections::BTreeSet;

/// One listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listener {
    pub(super) name: String,
    pub(super) host: String,
    port: String,
}

/// Listener names that have a security protocol: those of the map, and, while the map is
/// the default, the controller's own.
pub(super) fn names_with_protocol(config: &Parsed) -> BTreeSet<String> {
    let map = config.text("listener.security.protocol.map").unwrap_or("");
    let entries = map.split(',').filter_map(|entry| entry.split_once(':'));
    let mut names: BTreeSet<String> = entries
        .map(|(name, _)| name.trim().to_ascii_uppercase())
        .collect();
    if !config.is_set("listener.security.protocol.map") {
        names.extend(config.list("controller.listener.names").iter().cloned());
    }
    names
}

/// Reads a list of listeners.
///
/// # Errors
/// An entry that is none, a listener without a security protocol, or a name or port
/// that occurs twice (ports only where `distinct_ports`).
pub(super) fn parse(
    entries: &[String],
    known: &BTreeSet<String>,
    distinct_ports: bool,
) -> Result<Vec<Listener>, ConfigError> {
    let shown = ConfigValue::List(entries.to_vec());
    let wrap = |cause: ConfigError| {
        let message = format!(
            "Error creating broker listeners from '{shown}': {}",
            cause.message
        );
        cause.wrapped(ILLEGAL_ARGUMENT, message)
    };
    let mut listeners = Vec::new();
    for entry in entries {
        listeners.push(parse_one(entry, known).map_err(wrap)?);
    }
    let names: BTreeSet<&str> = listeners.iter().map(|it| it.name.as_str()).collect();
    if names.len() < listeners.len() {
        let message = format!("Each listener must have a different name, listeners: {shown}");
        return Err(wrap(ConfigError::new(ILLEGAL_ARGUMENT, message)));
    }
    // Port 0 asks the system for any free port, so several may.
    let ports = listeners.iter().map(|it| it.port.as_str());
    let ports: Vec<&str> = ports.filter(|port| *port != "0").collect();
    let distinct: BTreeSet<&str> = ports.iter().copied().collect();
    if distinct_ports && distinct.len() < ports.len() {
        let message = format!("Each listener must have a different port, listeners: {shown}");
        return Err(wrap(ConfigError::new(ILLEGAL_ARGUMENT, message)));
    }
    Ok(listeners)
}

/// `NAME://host:port`.
fn parse_one(entry: &str, known: &BTreeSet<String>) -> Result<Listener, ConfigError> {
    let listener = split(entry).ok_or_else(|| {
        let message = format!("Unable to parse {entry} to a broker endpoint");
        ConfigError::new(KAFKA_EXCEPTION, message)
    })?;
    if !known.contains(&listener.name) {
        let message = format!(
            "No security protocol defined for listener {}",
            listener.name
        );
        return Err(ConfigError::new(ILLEGAL_ARGUMENT, message));
    }
    Ok(listener)
}

fn split(entry: &str) -> Option<Listener> {
    let (name, address) = entry.split_once("://")?;
    let (host, port) = address.rsplit_once(':')?;
    let host = host.strip_prefix('[').unwrap_or(host);
    let host = host.strip_suffix(']').unwrap_or(host);
    let legal = |letter: u8| letter.is_ascii_alphanumeric() || b"-%._:".contains(&letter);
    let is_address = port.parse::<i32>().is_ok() && host.bytes().all(legal);
    is_address.then(|| Listener {
        name: name.to_ascii_uppercase(),
        host: host.to_string(),
        port: port.to_string(),
    })
}
