//! How the console consumer prints a record (`DefaultMessageFormatter`).

use kafka_core::client::{DeliveredRecord, SharedRecord};
use kafka_core::types::Bytes;

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
}

impl Formatter {
    /// Properties as `name=value`; unknown ones are ignored, as in Kafka.
    pub(super) fn new<'a>(
        wall_epoch_ms: i64,
        properties: impl Iterator<Item = &'a str>,
    ) -> Formatter {
        let mut formatter = Formatter {
            wall_epoch_ms,
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
        };
        for (name, value) in properties.filter_map(|property| property.split_once('=')) {
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
                _ => {}
            }
        }
        formatter
    }

    /// The text of one record. Fields are ended by the key separator, the last
    /// one by the line separator; with the value switched off only a key ends a line.
    pub(super) fn format(&self, delivered: &DeliveredRecord) -> String {
        self.line(delivered, None)
    }

    /// The same of a record of a share group, which knows the how manieth delivery it is.
    pub(super) fn format_shared(&self, shared: &SharedRecord) -> String {
        self.line(&shared.delivered, Some(shared.delivery_count))
    }

    fn line(&self, delivered: &DeliveredRecord, delivery: Option<u16>) -> String {
        let record = &delivered.record;
        let mut fields: Vec<String> = Vec::new();
        if self.timestamp {
            let at_ms = self.wall_epoch_ms + record.timestamp_ms;
            fields.push(format!("CreateTime:{at_ms}"));
        }
        if self.partition {
            fields.push(format!("Partition:{}", delivered.partition.partition));
        }
        if self.offset {
            fields.push(format!("Offset:{}", delivered.offset));
        }
        if self.epoch {
            fields.push("Epoch:NOT_PRESENT".to_string());
        }
        if self.delivery {
            fields.push(match delivery {
                Some(count) => format!("Delivery:{count}"),
                None => "Delivery:NOT_PRESENT".to_string(),
            });
        }
        if self.headers {
            fields.push(self.headers_of(delivered));
        }
        if self.key {
            fields.push(self.text(record.key.as_ref()));
        }
        if self.value {
            fields.push(self.text(record.value.as_ref()));
        }
        if fields.is_empty() {
            return String::new();
        }
        fields.join(&self.key_separator) + &self.line_separator
    }

    fn headers_of(&self, delivered: &DeliveredRecord) -> String {
        let headers = &delivered.record.headers;
        if headers.is_empty() {
            return "NO_HEADERS".to_string();
        }
        let texts: Vec<String> = headers
            .iter()
            .map(|(name, value)| format!("{name}:{}", self.text(value.as_ref())))
            .collect();
        texts.join(&self.headers_separator)
    }

    fn text(&self, bytes: Option<&Bytes>) -> String {
        match bytes {
            Some(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            None => self.null_literal.clone(),
        }
    }
}
