//! Reading the fields of a recorded case, and comparing one with our answer.

use serde_json::Value;
use std::fmt::Debug;

/// Why a case did not pass.
pub enum Trouble {
    /// Our answer is another one: what differs, Kafka's answer, ours.
    Different(String),
    /// The line lacks a field or holds one of another type.
    Malformed(String),
    /// The case asks for something we do not claim; why.
    Unsupported(String),
}

/// One JSON object of a recording.
#[derive(Clone, Copy)]
pub struct Fields<'a>(&'a Value);

impl<'a> Fields<'a> {
    /// Wraps a value; a value that is no object has no fields.
    pub fn new(value: &'a Value) -> Self {
        Fields(value)
    }

    /// A field that may be absent; JSON null counts as absent.
    pub fn find(&self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    fn take<T>(
        &self,
        name: &str,
        kind: &str,
        read: impl Fn(&'a Value) -> Option<T>,
    ) -> Result<T, Trouble> {
        self.0
            .get(name)
            .and_then(read)
            .ok_or_else(|| Trouble::Malformed(format!("field {name} is not {kind}")))
    }

    /// A text field.
    pub fn text(&self, name: &str) -> Result<&'a str, Trouble> {
        self.take(name, "a text", Value::as_str)
    }

    /// An integer field, also one written as text because it has more than 53 bits.
    pub fn int<T: TryFrom<i64>>(&self, name: &str) -> Result<T, Trouble> {
        self.take(name, "an integer in range", |value| as_int(value))
    }

    /// A true or false field.
    pub fn flag(&self, name: &str) -> Result<bool, Trouble> {
        self.take(name, "true or false", Value::as_bool)
    }

    /// A list field.
    pub fn list(&self, name: &str) -> Result<&'a [Value], Trouble> {
        self.take(name, "a list", |value| value.as_array().map(Vec::as_slice))
    }

    /// A list of texts.
    pub fn texts(&self, name: &str) -> Result<Vec<&'a str>, Trouble> {
        self.take(name, "a list of texts", |value| {
            value.as_array()?.iter().map(Value::as_str).collect()
        })
    }

    /// A list of integers.
    pub fn ints<T: TryFrom<i64>>(&self, name: &str) -> Result<Vec<T>, Trouble> {
        self.take(name, "a list of integers", |value| {
            value.as_array()?.iter().map(as_int).collect()
        })
    }

    /// A field that is a table: its names and values, sorted by name.
    pub fn table(&self, name: &str) -> Result<Vec<(&'a str, &'a Value)>, Trouble> {
        self.take(name, "a table", |value| {
            let table = value.as_object()?;
            Some(
                table
                    .iter()
                    .map(|(key, value)| (key.as_str(), value))
                    .collect(),
            )
        })
    }

    /// A field that is an object with fields of its own.
    pub fn object(&self, name: &str) -> Result<Fields<'a>, Trouble> {
        self.take(name, "an object", |value| {
            value.is_object().then_some(Fields(value))
        })
    }

    /// A list of objects.
    pub fn objects(&self, name: &str) -> Result<Vec<Fields<'a>>, Trouble> {
        Ok(self.list(name)?.iter().map(Fields).collect())
    }

    /// A field of lower-case hexadecimal bytes.
    pub fn bytes(&self, name: &str) -> Result<Vec<u8>, Trouble> {
        self.take(name, "hexadecimal bytes", |value| from_hex(value.as_str()?))
    }
}

/// An integer, also when it is written as text.
pub fn as_int<T: TryFrom<i64>>(value: &Value) -> Option<T> {
    let number = match value {
        Value::String(text) => text.parse().ok()?,
        other => other.as_i64()?,
    };
    T::try_from(number).ok()
}

/// Bytes from hexadecimal text.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let digit = |at: usize| char::from(digits[at]).to_digit(16);
    (0..digits.len())
        .step_by(2)
        .map(|at| Some((digit(at)? * 16 + digit(at + 1)?) as u8))
        .collect()
}

/// Hexadecimal text of bytes.
pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Kafka's answer against ours.
pub fn same<A, B>(what: &str, kafka: A, ours: B) -> Result<(), Trouble>
where
    A: PartialEq<B> + Debug,
    B: Debug,
{
    if kafka == ours {
        return Ok(());
    }
    Err(Trouble::Different(format!(
        "{what}: Kafka {kafka:?}, ours {ours:?}"
    )))
}

/// The number that a table uses as a name, for example a number of partitions.
pub fn number_of<T: std::str::FromStr>(name: &str) -> Result<T, Trouble> {
    name.parse()
        .map_err(|_| Trouble::Malformed(format!("{name} is not a number")))
}
