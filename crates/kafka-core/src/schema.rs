//! Kafka's generated messages in one line of text each: to write them as bytes, and to tell
//! bytes as the JSON that Kafka's tools print.
//!
//! A schema is its fields with blanks between them, `name:type` or `name:type@tag`, behind `~ `
//! if the version is flexible (compact lengths, tagged fields). Types: `i1 i2 i4 i8` integers of
//! so many bytes, `u2` an unsigned one, `t` a time in milliseconds (8 bytes), `b` a Boolean, `s`
//! text, `u` an id, `x` bytes, `S` and `A` bytes that hold a consumer's subscription and
//! assignment, `[T]` an array, `{...}` a structure; `?` before a type that may be null. Not
//! here: which record has which schema. Invariant: bytes that end early or make no sense give
//! `None`, never a panic.

use crate::group::bytes::{Reader, put_i32, put_string};
use crate::types::Uuid;
use crate::varint::write_unsigned_varint;

const SUBSCRIPTION: [&str; 4] = [
    "topics:[s] userData:?x",
    "topics:[s] userData:?x ownedPartitions:[{topic:s partitions:[i4]}]",
    "topics:[s] userData:?x ownedPartitions:[{topic:s partitions:[i4]}] generationId:i4",
    "topics:[s] userData:?x ownedPartitions:[{topic:s partitions:[i4]}] generationId:i4 rackId:?s",
];
const ASSIGNMENT: [&str; 1] = ["assignedPartitions:[{topic:s partitions:[i4]}] userData:?x"];

/// A field's value, to be written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// A tagged field at its default: nothing is written.
    Absent,
    /// Null.
    Null,
    /// A number, of the width the schema says; a Boolean is 0 or 1.
    Int(i64),
    /// Text.
    Text(String),
    /// An id.
    Id(Uuid),
    /// An array.
    List(Vec<Value>),
    /// A structure's fields in the schema's order.
    Struct(Vec<Value>),
}

/// A field of a schema.
#[derive(Clone, Copy)]
struct Field<'a> {
    name: &'a str,
    kind: &'a str,
    tag: Option<u32>,
}

/// The fields of a structure.
fn fields(mut text: &str) -> Vec<Field<'_>> {
    let mut fields = Vec::new();
    while let Some((name, rest)) = text.split_once(':') {
        let mut depth = 0;
        let end = rest.find(|c| {
            depth += match c {
                '[' | '{' => 1,
                ']' | '}' => -1,
                _ => 0,
            };
            c == ' ' && depth == 0
        });
        let (kind, after) = rest.split_at(end.unwrap_or(rest.len()));
        let (kind, tag) = match kind.rsplit_once('@') {
            Some((kind, tag)) if !tag.contains(['}', ']']) => (kind, tag.parse().ok()),
            _ => (kind, None),
        };
        fields.push(Field { name, kind, tag });
        text = after.trim_start();
    }
    fields
}

/// The inside of `[T]` or `{...}`.
fn inside(kind: &str) -> &str {
    kind.get(1..kind.len().saturating_sub(1))
        .unwrap_or_default()
}

fn split_flexible(schema: &str) -> (bool, &str) {
    match schema.strip_prefix('~') {
        Some(rest) => (true, rest.trim_start()),
        None => (false, schema),
    }
}

/// The bytes of a message with these values, one for each field of the schema.
pub fn encode(schema: &str, values: &[Value]) -> Vec<u8> {
    let (flexible, schema) = split_flexible(schema);
    let mut out = Vec::new();
    put_struct(schema, flexible, values, &mut out);
    out
}

fn put_struct(schema: &str, flexible: bool, values: &[Value], out: &mut Vec<u8>) {
    let mut tagged: Vec<(u32, Vec<u8>)> = Vec::new();
    for (field, value) in fields(schema).iter().zip(values) {
        match field.tag {
            None => put(field.kind, flexible, value, out),
            Some(_) if *value == Value::Absent => {}
            Some(tag) => {
                let mut bytes = Vec::new();
                put(field.kind, flexible, value, &mut bytes);
                tagged.push((tag, bytes));
            }
        }
    }
    if flexible {
        tagged.sort_unstable_by_key(|(tag, _)| *tag);
        write_unsigned_varint(tagged.len() as u32, out);
        for (tag, bytes) in tagged {
            write_unsigned_varint(tag, out);
            write_unsigned_varint(bytes.len() as u32, out);
            out.extend(bytes);
        }
    }
}

fn put(kind: &str, flexible: bool, value: &Value, out: &mut Vec<u8>) {
    let kind = kind.trim_start_matches('?');
    let put_length = |length: usize, out: &mut Vec<u8>| match flexible {
        true => write_unsigned_varint(length as u32 + 1, out),
        false => put_i32(out, length as i32),
    };
    match value {
        Value::Absent => {}
        Value::Null if flexible => write_unsigned_varint(0, out),
        Value::Null if kind == "s" => out.extend((-1_i16).to_be_bytes()),
        Value::Null => put_i32(out, -1),
        Value::Int(number) => {
            let bytes = number.to_be_bytes();
            let width = match kind {
                "b" | "i1" => 1,
                "i2" | "u2" => 2,
                "i4" => 4,
                _ => 8,
            };
            out.extend(&bytes[8 - width..]);
        }
        Value::Text(text) if flexible => {
            put_length(text.len(), out);
            out.extend(text.as_bytes());
        }
        Value::Text(text) => put_string(out, text),
        Value::Id(id) => out.extend(id.0.to_be_bytes()),
        Value::List(values) => {
            put_length(values.len(), out);
            for value in values {
                put(inside(kind), flexible, value, out);
            }
        }
        Value::Struct(values) => put_struct(inside(kind), flexible, values, out),
    }
}

/// A message as JSON, in the order of the schema; tagged fields that are not there are left
/// out, but for structures. Times get `epoch_ms` added. `None` if the bytes are none of this schema.
pub fn json(schema: &str, bytes: &[u8], epoch_ms: i64) -> Option<String> {
    let (flexible, schema) = split_flexible(schema);
    let mut teller = Teller {
        bytes: Reader(bytes),
        flexible,
        epoch_ms,
    };
    teller.structure(schema)
}

struct Teller<'a> {
    bytes: Reader<'a>,
    flexible: bool,
    epoch_ms: i64,
}

impl Teller<'_> {
    fn structure(&mut self, schema: &str) -> Option<String> {
        let fields = fields(schema);
        let mut told: Vec<Option<String>> = Vec::new();
        for field in &fields {
            told.push(match field.tag {
                None => Some(self.value(field.kind)?),
                // Of a structure that is not there Kafka says so.
                Some(_) => field.kind.starts_with("?{").then(|| "null".to_string()),
            });
        }
        if self.flexible {
            let epoch_ms = self.epoch_ms;
            self.bytes.tagged_fields(|tag, bytes| {
                let mut known = fields.iter().zip(&mut told);
                if let Some((field, told)) = known.find(|(field, _)| field.tag == Some(tag)) {
                    let mut teller = Teller {
                        bytes: Reader(bytes.0),
                        flexible: true,
                        epoch_ms,
                    };
                    *told = Some(teller.value(field.kind)?);
                }
                Some(())
            })?;
        }
        let told = fields.iter().zip(told);
        let told = told.filter_map(|(field, value)| Some(format!("\"{}\":{}", field.name, value?)));
        Some(format!("{{{}}}", told.collect::<Vec<String>>().join(",")))
    }

    /// A length, or null.
    fn length(&mut self, is_text: bool) -> Option<Option<usize>> {
        let length = match (self.flexible, is_text) {
            (true, _) => i64::from(self.bytes.unsigned_varint()?) - 1,
            (false, true) => i64::from(self.bytes.i16()?),
            (false, false) => i64::from(self.bytes.i32()?),
        };
        match length {
            -1 => Some(None),
            length => Some(Some(usize::try_from(length).ok()?)),
        }
    }

    fn value(&mut self, kind: &str) -> Option<String> {
        let (nullable, kind) = match kind.strip_prefix('?') {
            Some(kind) => (true, kind),
            None => (false, kind),
        };
        let number = match kind {
            "i1" => i64::from(self.bytes.i8()?),
            "i2" => i64::from(self.bytes.i16()?),
            "u2" => i64::from(self.bytes.i16()?.cast_unsigned()),
            "i4" => i64::from(self.bytes.i32()?),
            "i8" => self.bytes.i64()?,
            "t" => match self.bytes.i64()? {
                none if none < 0 => none,
                at => at + self.epoch_ms,
            },
            "b" => return Some((self.bytes.i8()? != 0).to_string()),
            "u" => return Some(format!("\"{}\"", self.bytes.uuid()?)),
            _ if kind.starts_with('{') => {
                if nullable && self.bytes.i8()? < 0 {
                    return Some("null".to_string());
                }
                return self.structure(inside(kind));
            }
            _ => return self.sized(kind),
        };
        Some(number.to_string())
    }

    /// What begins with a length.
    fn sized(&mut self, kind: &str) -> Option<String> {
        let Some(length) = self.length(kind == "s")? else {
            return Some("null".to_string());
        };
        if kind.starts_with('[') {
            // Damaged bytes may claim any number; what is there ends the loop.
            let values: Option<Vec<String>> =
                (0..length).map(|_| self.value(inside(kind))).collect();
            return Some(format!("[{}]", values?.join(",")));
        }
        let bytes = self.bytes.take(length)?;
        match kind {
            "s" => Some(quoted(std::str::from_utf8(bytes).ok()?)),
            "S" => self.embedded(&SUBSCRIPTION, bytes),
            "A" => self.embedded(&ASSIGNMENT, bytes),
            _ => Some(format!("\"{}\"", base64(bytes))),
        }
    }

    /// Bytes that hold a message of their own behind its version.
    fn embedded(&self, schemas: &[&str], bytes: &[u8]) -> Option<String> {
        let mut bytes = Reader(bytes);
        let version = usize::try_from(bytes.i16()?).ok()?;
        let schema = schemas.get(version.min(schemas.len() - 1))?;
        json(schema, bytes.0, self.epoch_ms)
    }
}

/// Text as JSON writes it.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if u32::from(c) < 0x20 => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Bytes in base 64 with padding.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let at = |place: usize| u32::from(three.get(place).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for place in 0..4 {
            let digit = ALPHABET[(bits >> (18 - 6 * place) & 63) as usize];
            out.push(if place <= three.len() {
                digit as char
            } else {
                '='
            });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLEXIBLE: &str = "~ a:i4 b:?s c:[{d:u2 e:[i2]@3}] f:i1@0 g:b h:u i:?[i4]@1 j:t";

    fn values() -> Vec<Value> {
        let number = Value::Int;
        let empty = Value::Struct(vec![number(65_535), Value::Absent]);
        let full = Value::Struct(vec![number(1), Value::List(vec![number(-2)])]);
        vec![
            number(-7),
            Value::Null,
            Value::List(vec![empty, full]),
            number(-1),
            number(1),
            Value::Id(Uuid(5)),
            Value::Absent,
            number(40),
        ]
    }

    /// What is written is told, in the schema's order, without the tagged fields left out.
    #[test]
    fn what_is_written_is_told() {
        let bytes = encode(FLEXIBLE, &values());
        let expected = "{\"a\":-7,\"b\":null,\"c\":[{\"d\":65535},{\"d\":1,\"e\":[-2]}],\"f\":-1,\"g\":true,\"h\":\"AAAAAAAAAAAAAAAAAAAABQ\",\"j\":1040}";
        assert_eq!(json(FLEXIBLE, &bytes, 1_000).as_deref(), Some(expected));
        let old = "a:s b:?s c:[s]";
        let text = |text: &str| Value::Text(text.to_string());
        let values = [text("q\"\\"), Value::Null, Value::List(vec![text("")])];
        let told = json(old, &encode(old, &values), 0);
        assert_eq!(
            told.as_deref(),
            Some("{\"a\":\"q\\\"\\\\\",\"b\":null,\"c\":[\"\"]}")
        );
    }

    /// Every cut of a message is refused without a panic.
    #[test]
    fn cut_messages_are_refused() {
        let bytes = encode(FLEXIBLE, &values());
        for end in 0..bytes.len() {
            assert_eq!(json(FLEXIBLE, &bytes[..end], 0), None, "cut at {end}");
        }
    }

    #[test]
    fn bytes_are_told_in_base_64() {
        let padded = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="];
        for (end, expected) in padded.iter().enumerate() {
            assert_eq!(base64(&b"foob"[..end]), *expected);
        }
    }
}
