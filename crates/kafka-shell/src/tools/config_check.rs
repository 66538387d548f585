//! Checks of configs that tools make before they ask a broker.

use kafka_core::config::check;
use kafka_core::config::parsed::Properties;

use crate::java::Exception;

/// Topic configs, as `LogConfig.validate` checks them.
///
/// # Errors
/// Kafka's exception for an unknown name or a value out of range.
pub(crate) fn topic(configs: &[(&str, &str)]) -> Result<(), Exception> {
    let properties: Properties<'_> = configs.iter().copied().collect();
    match check::topic(&properties) {
        Ok(_) => Ok(()),
        Err(error) => Err(Exception::new(error.exception, error.message)),
    }
}
