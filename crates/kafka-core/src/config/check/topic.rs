//! Topics (TOP-6): what the controller checks before it takes a topic's settings.

use crate::config::definitions::{self, Section};
use crate::config::error::{ConfigError, INVALID_CONFIGURATION};
use crate::config::parsed::{Parsed, Properties};

/// `LogConfig.validate`.
///
/// # Errors
/// An unknown name, a value that is not allowed, compaction lags that contradict each
/// other, or tiered storage, which no broker here has.
pub fn topic(properties: &Properties) -> Result<Parsed, ConfigError> {
    for name in properties.keys() {
        if definitions::find(Section::Topic, name).is_none() {
            let message = format!("Unknown topic config name: {name}");
            return Err(ConfigError::new(INVALID_CONFIGURATION, message));
        }
    }
    let config = Parsed::read(Section::Topic, properties)?;
    let least = config.int("min.compaction.lag.ms").unwrap_or(0);
    let most = config.int("max.compaction.lag.ms").unwrap_or(i64::MAX);
    if least > most {
        return Err(ConfigError::new(
            INVALID_CONFIGURATION,
            format!(
                "conflict topic config setting min.compaction.lag.ms ({least}) > \
                 max.compaction.lag.ms ({most})"
            ),
        ));
    }
    if config.is_true("remote.storage.enable") {
        return Err(ConfigError::config(
            "Tiered Storage functionality is disabled in the broker. Topic cannot be configured \
             with remote log storage.",
        ));
    }
    Ok(config)
}
