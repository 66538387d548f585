//! How the console producer turns a line into a record (`LineMessageReader`).

use kafka_core::types::{Bytes, Name};

use crate::java::Exception;

/// What a line holds.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Line {
    /// Key.
    pub key: Option<Bytes>,
    /// Value.
    pub value: Option<Bytes>,
    /// Headers.
    pub headers: Vec<(Name, Option<Bytes>)>,
}

/// Reads lines by the reader's properties.
pub(super) struct LineReader {
    parse_key: bool,
    parse_headers: bool,
    key_separator: String,
    headers_delimiter: String,
    headers_separator: String,
    header_key_separator: String,
    ignore_error: bool,
    null_marker: Option<String>,
    line: u64,
}

impl LineReader {
    /// With these properties; unknown ones are ignored, as in Kafka.
    pub(super) fn new(properties: Vec<(String, String)>) -> LineReader {
        let mut reader = LineReader {
            parse_key: false,
            parse_headers: false,
            key_separator: "\t".to_string(),
            headers_delimiter: "\t".to_string(),
            headers_separator: ",".to_string(),
            header_key_separator: ":".to_string(),
            ignore_error: false,
            null_marker: None,
            line: 0,
        };
        for (name, value) in properties {
            let on = value.trim().eq_ignore_ascii_case("true");
            match name.as_str() {
                "parse.key" => reader.parse_key = on,
                "parse.headers" => reader.parse_headers = on,
                "ignore.error" => reader.ignore_error = on,
                "key.separator" if !value.is_empty() => reader.key_separator = value,
                "headers.delimiter" => reader.headers_delimiter = value,
                "headers.separator" => reader.headers_separator = value,
                "headers.key.separator" => reader.header_key_separator = value,
                "null.marker" => reader.null_marker = Some(value),
                _ => {}
            }
        }
        reader
    }

    /// Reads the next line.
    ///
    /// # Errors
    /// Kafka's exception for a line without the separator it must have.
    pub(super) fn read(&mut self, text: &str) -> Result<Line, Exception> {
        self.line += 1;
        let mut rest = text;
        let mut headers = Vec::new();
        if self.parse_headers {
            match self.split(rest, &self.headers_delimiter, "headers delimiter")? {
                Some((found, after)) => {
                    headers = self.headers(found)?;
                    rest = after;
                }
                None => return Ok(self.whole(text)),
            }
        }
        let mut key = None;
        if self.parse_key {
            match self.split(rest, &self.key_separator, "key separator")? {
                Some((found, after)) => {
                    key = self.bytes(found);
                    rest = after;
                }
                None => return Ok(self.whole(rest)),
            }
        }
        Ok(Line {
            key,
            value: self.bytes(rest),
            headers,
        })
    }

    fn whole(&self, text: &str) -> Line {
        Line {
            value: self.bytes(text),
            ..Line::default()
        }
    }

    fn bytes(&self, text: &str) -> Option<Bytes> {
        if self.null_marker.as_deref() == Some(text) {
            None
        } else {
            Some(text.as_bytes().into())
        }
    }

    fn split<'a>(
        &self,
        text: &'a str,
        separator: &str,
        what: &str,
    ) -> Result<Option<(&'a str, &'a str)>, Exception> {
        match text.split_once(separator) {
            Some(parts) => Ok(Some(parts)),
            None if self.ignore_error => Ok(None),
            None => Err(kafka_exception(format!(
                "No {what} found on line number {}: '{text}'",
                self.line
            ))),
        }
    }

    fn headers(&self, text: &str) -> Result<Vec<(Name, Option<Bytes>)>, Exception> {
        if text.is_empty() {
            return Ok(Vec::new());
        }
        let mut headers = Vec::new();
        for pair in text.split(&*self.headers_separator) {
            match pair.split_once(&*self.header_key_separator) {
                Some((name, value)) => headers.push((name.into(), self.bytes(value))),
                None if self.ignore_error => headers.push((pair.into(), None)),
                None => {
                    return Err(kafka_exception(format!(
                        "No header key separator found in pair '{pair}' on line number {}",
                        self.line
                    )));
                }
            }
        }
        Ok(headers)
    }
}

fn kafka_exception(message: String) -> Exception {
    Exception::new("org.apache.kafka.common.KafkaException", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(properties: &[&str], line: &str) -> Result<Line, Exception> {
        let pairs = properties.iter().filter_map(|pair| pair.split_once('='));
        let pairs = pairs.map(|(name, value)| (name.to_string(), value.to_string()));
        LineReader::new(pairs.collect()).read(line)
    }

    fn bytes(text: &str) -> Option<Bytes> {
        Some(text.as_bytes().into())
    }

    #[test]
    fn keys_headers_and_null_markers_are_cut_as_recorded() {
        let keyed = ["parse.key=true", "key.separator=:"];
        let line = read(&keyed, "k3:a:b").unwrap();
        assert_eq!((line.key, line.value), (bytes("k3"), bytes("a:b")));
        let line = read(&keyed, ":empty key").unwrap();
        assert_eq!((line.key, line.value), (bytes(""), bytes("empty key")));
        let marked = ["parse.key=true", "key.separator=:", "null.marker=NIL"];
        assert_eq!(read(&marked, "k1:NIL").unwrap().value, None);
        let headed = [
            "parse.headers=true",
            "parse.key=true",
            "key.separator=:",
            "headers.delimiter=|",
        ];
        let line = read(&headed, "h1:a,h2:b|k9:v9").unwrap();
        assert_eq!(
            line.headers,
            vec![("h1".into(), bytes("a")), ("h2".into(), bytes("b"))]
        );
        assert_eq!((line.key, line.value), (bytes("k9"), bytes("v9")));
    }

    #[test]
    fn a_line_without_its_separator_names_the_line() {
        let error = read(&["parse.key=true", "key.separator=:"], "no separator").unwrap_err();
        assert_eq!(
            error.message,
            "No key separator found on line number 1: 'no separator'"
        );
        let ignored = ["parse.key=true", "key.separator=:", "ignore.error=true"];
        let line = read(&ignored, "no separator").unwrap();
        assert_eq!((line.key, line.value), (None, bytes("no separator")));
        let error = read(&["parse.headers=true", "headers.delimiter=|"], "bad|v14").unwrap_err();
        assert_eq!(
            error.message,
            "No header key separator found in pair 'bad' on line number 1"
        );
    }
}
