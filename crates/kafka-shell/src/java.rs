//! Java's exceptions and Kafka's log lines, as the tools print them.
//!
//! Stack frames are left out: they name source lines of another program. What
//! remains (class, message, causes, line breaks) is Kafka's.

use kafka_core::client::{ClientFailure, ClientLog};
use kafka_core::error::ErrorCode;
use kafka_core::protocol::Outcome;

use crate::clock::log_time;
use crate::jopt::OptionError;

/// In the place of a message: Java's null, of which only the class is printed.
pub const NO_MESSAGE: &str = "\0";

/// An exception that a tool reports.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exception {
    /// Full class name.
    pub class: String,
    /// Message.
    pub message: String,
    /// `Caused by:` lines, without that prefix.
    pub causes: Vec<String>,
}

/// Why a config cannot take a word in the place of a number.
pub const NOT_INT: &str = "Not a number of type INT";

impl Exception {
    /// Kafka's `ConfigException` for a value that a config cannot take.
    pub fn bad_config(name: &str, value: &str, why: &str) -> Exception {
        Exception::new(
            "org.apache.kafka.common.config.ConfigException",
            format!("Invalid value {value} for configuration {name}: {why}"),
        )
    }

    /// An exception of that class.
    pub fn new(class: &str, message: impl Into<String>) -> Exception {
        Exception {
            class: class.to_string(),
            message: message.into(),
            causes: Vec::new(),
        }
    }

    /// `java.lang.IllegalArgumentException`.
    pub fn illegal_argument(message: impl Into<String>) -> Exception {
        Exception::new("java.lang.IllegalArgumentException", message)
    }

    /// Kafka's exception for what an admin tool was given and cannot use.
    pub fn admin_operation(message: impl Into<String>) -> Exception {
        Exception::new("org.apache.kafka.tools.AdminOperationException", message)
    }

    /// Kafka's exception for a command of an admin tool that failed.
    pub fn admin_command_failed(message: impl Into<String>) -> Exception {
        Exception::new(
            "org.apache.kafka.tools.AdminCommandFailedException",
            message,
        )
    }

    /// What a broker answered.
    pub fn of_outcome(outcome: &Outcome) -> Exception {
        Exception::new(outcome.error.exception(), outcome.text())
    }

    /// Kafka's exception of an error code, with its default text.
    pub fn of_code(error: ErrorCode) -> Exception {
        Exception::new(error.exception(), error.message())
    }

    /// What a client reported.
    pub fn of_failure(failure: &ClientFailure) -> Exception {
        let class = if failure.exception.contains('.') {
            failure.exception.to_string()
        } else {
            format!("org.apache.kafka.common.errors.{}", failure.exception)
        };
        let caused = |error| Exception::of_code(error).text();
        Exception {
            causes: failure.cause.map(caused).into_iter().collect(),
            ..Exception::new(&class, &*failure.message)
        }
    }

    /// `RuntimeException` around this one.
    pub fn wrapped(&self) -> Exception {
        let mut causes = vec![self.text()];
        causes.extend(self.causes.iter().cloned());
        Exception {
            causes,
            ..Exception::new("java.lang.RuntimeException", self.text())
        }
    }

    /// What a Java future throws: `ExecutionException` around this one.
    pub fn executed(&self) -> Exception {
        let text = self.text();
        let mut causes = vec![text.clone()];
        causes.extend(self.causes.iter().cloned());
        Exception {
            causes,
            ..Exception::new("java.util.concurrent.ExecutionException", text)
        }
    }

    /// `getMessage`, as a text that Java joins it to shows it.
    pub fn message(&self) -> &str {
        match self.message.as_str() {
            NO_MESSAGE => "null",
            message => message,
        }
    }

    /// `toString`.
    pub fn text(&self) -> String {
        match self.message.as_str() {
            NO_MESSAGE => self.class.clone(),
            message => format!("{}: {message}", self.class),
        }
    }

    /// Stack trace without frames; ends in a line break.
    pub fn trace(&self) -> String {
        let mut trace = self.text();
        trace.push('\n');
        for cause in &self.causes {
            trace.push_str("Caused by: ");
            trace.push_str(cause);
            trace.push('\n');
        }
        trace
    }
}

impl From<OptionError> for Exception {
    fn from(error: OptionError) -> Exception {
        Exception {
            class: error.class.to_string(),
            message: error.message,
            causes: error.causes,
        }
    }
}

/// `[time] LEVEL message (logger)` with its line break.
pub fn log_line(wall_ms: i64, level: &str, message: &str, logger: &str) -> String {
    format!("[{}] {level} {message} ({logger})\n", log_time(wall_ms))
}

/// The lines a client's logger prints: one, but for a topic that cannot be. `prefix` is `AdminClient clientId=x` and so on.
pub fn client_log(wall_ms: i64, prefix: &str, log: &ClientLog) -> String {
    const NETWORK: &str = "org.apache.kafka.clients.NetworkClient";
    let (message, logger) = match log {
        ClientLog::MetadataRefused(_) => (
            "Fatal error during metadata update".to_string(),
            ADMIN_METADATA,
        ),
        ClientLog::ConnectionFailed { node, address } => (
            format!(
                "Connection to node {node} ({}) could not be established. Node may not be available.",
                resolved(address)
            ),
            NETWORK,
        ),
        ClientLog::BootstrapDisconnected { node, address } => (
            format!(
                "Bootstrap broker {address} (id: {node} rack: null isFenced: false) disconnected"
            ),
            NETWORK,
        ),
        ClientLog::MetadataError { topic, error } => (
            format!(
                "The metadata response from the cluster reported a recoverable issue with correlation id 1 : {{{topic}={}}}",
                error.name()
            ),
            NETWORK,
        ),
        ClientLog::SequenceGap {
            topic,
            partition,
            error,
            session: (producer, epoch),
            sequence,
        } => (
            format!(
                "The broker returned {} for topic-partition {topic}-{partition} with producerId {producer}, epoch {epoch}, and sequence number {sequence}",
                Exception::of_code(*error).text()
            ),
            "org.apache.kafka.clients.producer.internals.TransactionManager",
        ),
        ClientLog::ProduceRetry {
            topic,
            partition,
            attempts_left,
            error,
        } => (
            format!(
                "Got error produce response with correlation id 1 on topic-partition {topic}-{partition}, retrying ({attempts_left} attempts left). Error: {}",
                error.name()
            ),
            "org.apache.kafka.clients.producer.internals.Sender",
        ),
    };
    let level = match log {
        ClientLog::SequenceGap { .. } => "ERROR",
        _ => "WARN",
    };
    let mut lines = log_line(wall_ms, level, &format!("[{prefix}] {message}"), logger);
    if let ClientLog::MetadataRefused(failure) = log {
        lines += &refusal(wall_ms, prefix, failure);
    }
    if let ClientLog::MetadataError { topic, error } = log
        && *error == ErrorCode::InvalidTopicException
    {
        let message = format!("[{prefix}] Metadata response reported invalid topics [{topic}]");
        let logger = "org.apache.kafka.clients.Metadata";
        lines += &log_line(wall_ms, "ERROR", &message, logger);
    }
    lines
}

const ADMIN_METADATA: &str = "org.apache.kafka.clients.admin.internals.AdminMetadataManager";

/// What follows the line that says that a server does not tell an AdminClient of the cluster.
fn refusal(wall_ms: i64, prefix: &str, failure: &ClientFailure) -> String {
    let exception = format!("{}\n", Exception::of_failure(failure).text());
    if failure.error != ErrorCode::UnsupportedVersion {
        return exception;
    }
    let text =
        format!("[{prefix}] The remote node is not a BROKER that supports the METADATA api.");
    let explained = log_line(wall_ms, "WARN", &text, ADMIN_METADATA);
    format!("{exception}{explained}{exception}")
}

/// `localhost:9092` as Java prints the resolved address.
fn resolved(address: &str) -> String {
    match address.split_once(':') {
        Some(("localhost", port)) => format!("localhost/127.0.0.1:{port}"),
        Some((host, port)) => format!("{host}/{host}:{port}"),
        None => address.to_string(),
    }
}
