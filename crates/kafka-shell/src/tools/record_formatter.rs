//! How the console consumer prints a record (`DefaultMessageFormatter`).

use kafka_core::client::DeliveredRecord;
use kafka_core::config::Deserializer;
use kafka_core::config::value::java_float;
use kafka_core::types::Bytes;

use crate::java::{Exception, log_line};
use crate::process::Ctx;

/// Prints records by the formatter's properties.
pub(super) struct Formatter {
    /// Wall clock at virtual time zero, from which records count.
    wall_epoch_ms: i64,
    timestamp: bool,
    partition: bool,
    offset: bool,
    epoch: bool,
    delivery: bool,
    headers: bool,
    key: bool,
    value: bool,
    key_separator: String,
    line_separator: String,
    headers_separator: String,
    null_literal: String,
    key_deserializer: Option<Deserializer>,
    value_deserializer: Option<Deserializer>,
    headers_deserializer: Option<Deserializer>,
}

/// What was printed, and the exception that came before the rest could be.
pub(super) type Printed = (String, Option<Exception>);

impl Formatter {
    /// By its properties; unknown ones are ignored, as in Kafka.
    pub(super) fn new<'a>(
        ctx: &Ctx,
        properties: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Formatter {
        let mut formatter = Formatter {
            wall_epoch_ms: ctx.wall_epoch_ms(),
            timestamp: false,
            partition: false,
            offset: false,
            epoch: false,
            delivery: false,
            headers: false,
            key: false,
            value: true,
            key_separator: "\t".to_string(),
            line_separator: "\n".to_string(),
            headers_separator: ",".to_string(),
            null_literal: "null".to_string(),
            key_deserializer: None,
            value_deserializer: None,
            headers_deserializer: None,
        };
        for (name, value) in properties {
            let on = value.trim().eq_ignore_ascii_case("true");
            match name {
                "print.timestamp" => formatter.timestamp = on,
                "print.partition" => formatter.partition = on,
                "print.offset" => formatter.offset = on,
                "print.epoch" => formatter.epoch = on,
                "print.delivery" => formatter.delivery = on,
                "print.headers" => formatter.headers = on,
                "print.key" => formatter.key = on,
                "print.value" => formatter.value = on,
                "key.separator" => formatter.key_separator = value.to_string(),
                "line.separator" => formatter.line_separator = value.to_string(),
                "headers.separator" => formatter.headers_separator = value.to_string(),
                "null.literal" => formatter.null_literal = value.to_string(),
                "key.deserializer" => formatter.key_deserializer = instance(ctx, value),
                "value.deserializer" => formatter.value_deserializer = instance(ctx, value),
                "headers.deserializer" => formatter.headers_deserializer = instance(ctx, value),
                _ => {}
            }
        }
        formatter
    }

    /// The text of one record, with the how manieth delivery it is if it is a share group's. Fields
    /// are ended by the key separator, the last one by the line separator; with the value switched
    /// off only a key ends a line.
    pub(super) fn format(&self, delivered: &DeliveredRecord, delivery: Option<u16>) -> Printed {
        let mut fields = self.facts(delivered, delivery);
        let record = &delivered.record;
        let headers = self.headers.then(|| self.headers_of(delivered));
        let key = (self.key).then(|| self.text(self.key_deserializer, record.key.as_ref()));
        let value = (self.value).then(|| self.text(self.value_deserializer, record.value.as_ref()));
        for text in [headers, key, value].into_iter().flatten() {
            match text {
                Ok(text) => fields.push(text),
                Err(exception) => {
                    fields.push(String::new());
                    return (fields.join(&self.key_separator), Some(exception));
                }
            }
        }
        if fields.is_empty() {
            return (String::new(), None);
        }
        (
            fields.join(&self.key_separator) + &self.line_separator,
            None,
        )
    }

    /// What is known of the record besides its contents.
    fn facts(&self, delivered: &DeliveredRecord, delivery: Option<u16>) -> Vec<String> {
        let mut facts: Vec<String> = Vec::new();
        if self.timestamp {
            let at_ms = self.wall_epoch_ms + delivered.record.timestamp_ms;
            facts.push(format!("CreateTime:{at_ms}"));
        }
        if self.partition {
            facts.push(format!("Partition:{}", delivered.partition.partition));
        }
        if self.offset {
            facts.push(format!("Offset:{}", delivered.offset));
        }
        if self.epoch {
            facts.push("Epoch:NOT_PRESENT".to_string());
        }
        if self.delivery {
            facts.push(match delivery {
                Some(count) => format!("Delivery:{count}"),
                None => "Delivery:NOT_PRESENT".to_string(),
            });
        }
        facts
    }

    fn headers_of(&self, delivered: &DeliveredRecord) -> Result<String, Exception> {
        let headers = &delivered.record.headers;
        if headers.is_empty() {
            return Ok("NO_HEADERS".to_string());
        }
        let mut texts = Vec::with_capacity(headers.len());
        for (name, value) in headers {
            let value = self.text(self.headers_deserializer, value.as_ref())?;
            texts.push(format!("{name}:{value}"));
        }
        Ok(texts.join(&self.headers_separator))
    }

    /// Kafka deserializes even the literal that stands for null.
    fn text(
        &self,
        deserializer: Option<Deserializer>,
        bytes: Option<&Bytes>,
    ) -> Result<String, Exception> {
        let bytes = bytes.map_or(self.null_literal.as_bytes(), |bytes| bytes);
        match deserializer {
            Some(deserializer) => deserialized(deserializer, bytes),
            None => Ok(String::from_utf8_lossy(bytes).into_owned()),
        }
    }
}

/// The deserializer of that class; Kafka goes on without it if there is no such class.
fn instance(ctx: &Ctx, class: &str) -> Option<Deserializer> {
    let found = Deserializer::of(class).filter(|_| class.contains('.'));
    if found.is_none() {
        let text = format!("Unable to instantiate a deserializer from {class}");
        let logger = "org.apache.kafka.tools.consumer.DefaultMessageFormatter";
        ctx.err(log_line(ctx.wall_ms(), "ERROR", &text, logger));
        ctx.err(format!("java.lang.ClassNotFoundException: {class}\n"));
    }
    found
}

/// What Java prints of the value.
fn deserialized(deserializer: Deserializer, bytes: &[u8]) -> Result<String, Exception> {
    let number = match (deserializer, bytes) {
        (Deserializer::String, _) => Some(String::from_utf8_lossy(bytes).into_owned()),
        // Java prints an array's identity, which is drawn.
        (Deserializer::ByteArray, _) => Some(format!("[B@{:x}", bytes.len())),
        (Deserializer::Short, &[a, b]) => Some(i16::from_be_bytes([a, b]).to_string()),
        (Deserializer::Integer, &[a, b, c, d]) => {
            Some(i32::from_be_bytes([a, b, c, d]).to_string())
        }
        (Deserializer::Float, &[a, b, c, d]) => {
            let value = f32::from_be_bytes([a, b, c, d]);
            Some(java_float(value, f64::from(value.abs())))
        }
        (Deserializer::Long | Deserializer::Double, _) => bytes.try_into().ok().map(|eight| {
            if deserializer == Deserializer::Long {
                return i64::from_be_bytes(eight).to_string();
            }
            let value = f64::from_be_bytes(eight);
            java_float(value, value.abs())
        }),
        _ => None,
    };
    number.ok_or_else(|| {
        let class = match deserializer {
            Deserializer::Short => "ShortDeserializer",
            Deserializer::Integer => "IntegerDeserializer",
            Deserializer::Long => "LongDeserializer",
            _ => "Deserializer",
        };
        let size = deserializer.size().unwrap_or(0);
        Exception::new(
            "org.apache.kafka.common.errors.SerializationException",
            format!("Size of data received by {class} is not {size}"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(deserializer: Deserializer, bytes: &[u8]) -> String {
        deserialized(deserializer, bytes).unwrap_or_else(|error| error.message)
    }

    /// As Java prints what Kafka's classes make of bytes, and what they throw.
    #[test]
    fn values_are_printed_as_java_prints_them() {
        let float = |value: f32| printed(Deserializer::Float, &value.to_be_bytes());
        let double = |value: f64| printed(Deserializer::Double, &value.to_be_bytes());
        assert_eq!(printed(Deserializer::Short, &[0xff, 0xfe]), "-2");
        assert_eq!(printed(Deserializer::Integer, b"null"), "1853189228");
        assert_eq!(printed(Deserializer::Long, &7_i64.to_be_bytes()), "7");
        assert_eq!(
            [0.1, 1.0, 1e7, 1.5e-4, -3.25].map(float),
            ["0.1", "1.0", "1.0E7", "1.5E-4", "-3.25"]
        );
        assert_eq!(
            [0.1, 1.0, 1e7, 123_456_789.125, -0.0].map(double),
            ["0.1", "1.0", "1.0E7", "1.23456789125E8", "-0.0"]
        );
        for (deserializer, class, size) in [
            (Deserializer::Short, "ShortDeserializer", 2),
            (Deserializer::Integer, "IntegerDeserializer", 4),
            (Deserializer::Long, "LongDeserializer", 8),
            (Deserializer::Float, "Deserializer", 4),
            (Deserializer::Double, "Deserializer", 8),
        ] {
            assert_eq!(
                printed(deserializer, &[0; 3]),
                format!("Size of data received by {class} is not {size}")
            );
        }
    }
}
