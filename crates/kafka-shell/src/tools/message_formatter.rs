//! `--formatter` of the console consumers: the class that prints records.
//!
//! Not here: how Kafka's own class prints one, and the records of Kafka's own topics.

use kafka_core::client::DeliveredRecord;

use super::coordinator_records::CoordinatorFormatter;
use super::record_formatter::{Formatter, Printed};
use crate::process::Ctx;

/// Prints records.
pub(super) enum MessageFormatter {
    /// `DefaultMessageFormatter`.
    Default(Box<Formatter>),
    /// One of those for Kafka's own topics; the wall clock at virtual time zero.
    Coordinator(CoordinatorFormatter, i64),
    /// `NoOpMessageFormatter`.
    Nothing,
}

impl MessageFormatter {
    /// The formatter of that class, if there is one. A property is `(name, value)`.
    pub(super) fn of<'a>(
        ctx: &Ctx,
        class: &str,
        properties: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Option<MessageFormatter> {
        Some(
            match class.strip_prefix("org.apache.kafka.tools.consumer.")? {
                // The second one logs each record too, below the level that tools print.
                "DefaultMessageFormatter" | "LoggingMessageFormatter" => {
                    MessageFormatter::usual(ctx, properties)
                }
                "NoOpMessageFormatter" => MessageFormatter::Nothing,
                class => {
                    let formatter = CoordinatorFormatter::of(class)?;
                    MessageFormatter::Coordinator(formatter, ctx.wall_epoch_ms())
                }
            },
        )
    }

    /// The one that is used unless another is asked for.
    pub(super) fn usual<'a>(
        ctx: &Ctx,
        properties: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> MessageFormatter {
        MessageFormatter::Default(Box::new(Formatter::new(ctx, properties)))
    }

    /// The text of a record, as far as it could be printed; `delivery` is the how manieth of a
    /// share group it is.
    pub(super) fn format(&self, delivered: &DeliveredRecord, delivery: Option<u16>) -> Printed {
        match self {
            MessageFormatter::Default(formatter) => formatter.format(delivered, delivery),
            MessageFormatter::Coordinator(formatter, epoch_ms) => {
                match formatter.format(&delivered.record, delivered.offset, *epoch_ms) {
                    Ok(text) => (text, None),
                    Err(exception) => (String::new(), Some(exception)),
                }
            }
            MessageFormatter::Nothing => (String::new(), None),
        }
    }
}
