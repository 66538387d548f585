//! Why a setting is refused, in Kafka's words.

use std::fmt;

/// Java class of an ordinary refusal.
pub const CONFIG_EXCEPTION: &str = "org.apache.kafka.common.config.ConfigException";
/// Java class of a refusal that a request is answered with (error INVALID_CONFIG).
pub const INVALID_CONFIGURATION: &str =
    "org.apache.kafka.common.errors.InvalidConfigurationException";
/// Java class of failed requirements.
pub const ILLEGAL_ARGUMENT: &str = "java.lang.IllegalArgumentException";
/// Java class of a client that could not be built.
pub const KAFKA_EXCEPTION: &str = "org.apache.kafka.common.KafkaException";
/// Java class of an empty group id.
pub const INVALID_GROUP_ID: &str = "org.apache.kafka.common.errors.InvalidGroupIdException";
/// Java class of a class that is not there.
pub const CLASS_NOT_FOUND: &str = "java.lang.ClassNotFoundException";

/// A refused configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// Java class of the exception.
    pub exception: &'static str,
    /// Its message.
    pub message: String,
    /// What caused it, where the cause says more.
    pub cause: Option<Box<ConfigError>>,
}

impl ConfigError {
    /// An exception without a cause.
    pub fn new(exception: &'static str, message: impl Into<String>) -> Self {
        ConfigError {
            exception,
            message: message.into(),
            cause: None,
        }
    }

    /// A plain refusal.
    pub fn config(message: impl Into<String>) -> Self {
        ConfigError::new(CONFIG_EXCEPTION, message)
    }

    /// A refused value.
    pub fn value(name: &str, value: impl fmt::Display, why: impl fmt::Display) -> Self {
        ConfigError::config(format!(
            "Invalid value {value} for configuration {name}: {why}"
        ))
    }

    /// A failed requirement of the broker.
    pub fn requirement(message: impl fmt::Display) -> Self {
        ConfigError::new(ILLEGAL_ARGUMENT, format!("requirement failed: {message}"))
    }

    /// This error as the cause of another.
    pub fn wrapped(self, exception: &'static str, message: impl Into<String>) -> Self {
        ConfigError {
            cause: Some(Box::new(self)),
            ..ConfigError::new(exception, message)
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ConfigError {}
