//! Admin clients.

use super::bootstrap;
use crate::config::definitions::Section;
use crate::config::error::{ConfigError, KAFKA_EXCEPTION};
use crate::config::parsed::{Parsed, Properties};

/// `Admin.create(...)`.
///
/// # Errors
/// A setting by itself; no way in, or two; timeouts that contradict each other.
pub fn admin_client(properties: &Properties) -> Result<Parsed, ConfigError> {
    let config = Parsed::read(Section::Admin, properties)?;
    check_way_in(&config)
        .and_then(|()| check_timeouts(&config))
        .map_err(|cause| cause.wrapped(KAFKA_EXCEPTION, "Failed to create new KafkaAdminClient"))?;
    Ok(config)
}

fn check_way_in(config: &Parsed) -> Result<(), ConfigError> {
    let servers = config.list("bootstrap.servers");
    let controllers = config.list("bootstrap.controllers");
    match (servers.is_empty(), controllers.is_empty()) {
        (true, true) => Err(ConfigError::config(
            "You must set either bootstrap.servers or bootstrap.controllers",
        )),
        (false, false) => Err(ConfigError::config(
            "You cannot set both bootstrap.servers and bootstrap.controllers",
        )),
        (false, true) => bootstrap::check("bootstrap.servers", servers),
        (true, false) => bootstrap::check("bootstrap.controllers", controllers),
    }
}

fn check_timeouts(config: &Parsed) -> Result<(), ConfigError> {
    let is_shorter = config.int("default.api.timeout.ms") < config.int("request.timeout.ms");
    if is_shorter && config.is_set("default.api.timeout.ms") {
        return Err(ConfigError::config(
            "The specified value of default.api.timeout.ms must be no smaller than the value of \
             request.timeout.ms.",
        ));
    }
    Ok(())
}
