//! `bootstrap.servers` as a client reads it.

use crate::config::error::ConfigError;

/// Checks the addresses: `host:port`, with or without a protocol before them, IPv6 in
/// brackets or not. Nothing is looked up; only names that can never be resolved
/// (`*.invalid`) count as unknown.
///
/// # Errors
/// The first address that is none, or no address that could be resolved.
pub(super) fn check(setting: &str, addresses: &[String]) -> Result<(), ConfigError> {
    let mut resolvable = false;
    for address in addresses {
        let (host, port) = split(address)
            .ok_or_else(|| ConfigError::config(format!("Invalid url in {setting}: {address}")))?;
        if port.parse::<u16>().is_err() {
            let message = format!("Invalid port in {setting}: {address}");
            return Err(ConfigError::config(message));
        }
        resolvable |= !host.ends_with(".invalid");
    }
    if resolvable {
        return Ok(());
    }
    Err(ConfigError::config(format!(
        "No resolvable bootstrap urls given in {setting}"
    )))
}

/// Host and digits of the port; `None` if the text is no address.
fn split(address: &str) -> Option<(&str, &str)> {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let (host, port) = rest.rsplit_once(':')?;
    let host = host.strip_prefix('[').unwrap_or(host);
    let host = host.strip_suffix(']').unwrap_or(host);
    let legal = |letter: u8| letter.is_ascii_alphanumeric() || b"-%._:".contains(&letter);
    let is_port = !port.is_empty() && port.bytes().all(|digit| digit.is_ascii_digit());
    (is_port && host.bytes().all(legal)).then_some((host, port))
}
