//! How `kafka-dump-log.sh` reads keys and values: as text or numbers, or as the records of the
//! topics Kafka keeps for itself.
//!
//! Not here: the options of the tool and the lines around a record. Invariant: bytes that are no
//! such record are told as Kafka tells them, never a panic.

use kafka_core::record::Record;
use kafka_core::schema::json;
use kafka_core::types::{Bytes, Offset};
use kafka_core::varint::read_unsigned_varint;

use super::Stop;
use super::coordinator_records::{
    CoordinatorRecord, CoordinatorTold, OFFSETS, SHARE_STATE, TRANSACTIONS, parse, versioned,
};
use crate::data_dir::{CONTROL, KINDS};
use crate::java::{Exception, NO_MESSAGE};
use crate::jopt::Parsed;

/// How bytes are told that are no record of Kafka's own.
#[derive(Clone, Copy)]
pub(super) enum Class {
    Text,
    Int,
    Long,
}

/// How keys and values are read.
pub(super) enum Decoder {
    /// Each by a class.
    Classes(Class, Class),
    /// As a coordinator's records.
    Coordinator(&'static [CoordinatorRecord]),
    /// As records of `__cluster_metadata`.
    Metadata,
}

/// What is printed as key and as payload.
type Told = (Option<String>, Option<String>);

impl Decoder {
    /// The decoder the options ask for; the first of Kafka's order wins. `None`: no contents.
    pub(super) fn of(options: &Parsed) -> Result<Option<Decoder>, Stop> {
        let decoder = if options.has("offsets-decoder") {
            Decoder::Coordinator(&OFFSETS)
        } else if options.has("transaction-log-decoder") {
            Decoder::Coordinator(&TRANSACTIONS)
        } else if options.has("cluster-metadata-decoder") {
            Decoder::Metadata
        } else if options.has("share-group-state-decoder") {
            Decoder::Coordinator(&SHARE_STATE)
        } else {
            let class = |option| Ok::<_, Stop>(class(options.one(option)?)?);
            let (key, value) = (class("key-decoder-class")?, class("value-decoder-class")?);
            let asked = ["print-data-log", "key-decoder-class", "value-decoder-class"];
            if !asked.iter().any(|option| options.has(option)) {
                return Ok(None);
            }
            Decoder::Classes(key, value)
        };
        Ok(Some(decoder))
    }

    /// Key and payload of a record.
    ///
    /// # Errors
    /// Kafka's exception, which ends the tool.
    pub(super) fn read(
        &self,
        record: &Record,
        offset: Offset,
        epoch_ms: i64,
    ) -> Result<Told, Exception> {
        let told = |class: Class, bytes: &Option<Bytes>| {
            let bytes = bytes.as_deref();
            bytes.map(|bytes| class.tell(bytes)).transpose()
        };
        match self {
            Decoder::Classes(key, value) => {
                Ok((told(*key, &record.key)?, told(*value, &record.value)?))
            }
            Decoder::Coordinator(kinds) => coordinator(kinds, record, offset, epoch_ms),
            Decoder::Metadata => Ok((None, Some(metadata(record, offset)))),
        }
    }
}

fn class(name: Option<&str>) -> Result<Class, Exception> {
    let Some(name) = name else {
        return Ok(Class::Text);
    };
    match name.strip_prefix("org.apache.kafka.tools.api.") {
        Some("StringDecoder") => Ok(Class::Text),
        Some("IntegerDecoder") => Ok(Class::Int),
        Some("LongDecoder") => Ok(Class::Long),
        _ => {
            let class = "java.lang.RuntimeException";
            let mut exception = Exception::new(class, "Failed to load decoder class");
            let cause = format!("java.lang.ClassNotFoundException: {name}");
            exception.causes.push(cause);
            Err(exception)
        }
    }
}

impl Class {
    fn tell(self, bytes: &[u8]) -> Result<String, Exception> {
        let short = || Exception::new("java.nio.BufferUnderflowException", NO_MESSAGE);
        match self {
            Class::Text => Ok(String::from_utf8_lossy(bytes).into_owned()),
            Class::Int => {
                let four = bytes.first_chunk().ok_or_else(short)?;
                Ok(i32::from_be_bytes(*four).to_string())
            }
            Class::Long => {
                let eight = bytes.first_chunk().ok_or_else(short)?;
                Ok(i64::from_be_bytes(*eight).to_string())
            }
        }
    }
}

fn coordinator(
    kinds: &[CoordinatorRecord],
    record: &Record,
    offset: Offset,
    epoch_ms: i64,
) -> Result<Told, Exception> {
    let skipped = |text: String| Ok((Some(text), None));
    let damaged = |version: i16, part: &str| {
        skipped(format!(
            "Error at offset {offset}, skipping. Could not read record with version {version} from {part}'s buffer due to: null."
        ))
    };
    match parse(kinds, record, epoch_ms) {
        CoordinatorTold::NoKey => {
            let text = format!(
                "Failed to decode message at offset {offset} using the specified decoder (message had a missing key)"
            );
            Err(Exception::new("java.lang.RuntimeException", text))
        }
        CoordinatorTold::UnknownType(kind) => skipped(format!(
            "Unknown record type {kind} at offset {offset}, skipping."
        )),
        CoordinatorTold::DamagedKey(kind) => damaged(kind, "key"),
        CoordinatorTold::DamagedValue(version) => damaged(version, "value"),
        CoordinatorTold::Record { kind, key, value } => {
            let value = value.map_or("<DELETE>".to_string(), |(version, value)| {
                format!("{{\"version\":\"{version}\",\"data\":{value}}}")
            });
            let key = format!("{{\"type\":\"{kind}\",\"data\":{key}}}");
            Ok((Some(key), Some(value)))
        }
    }
}

fn metadata(record: &Record, offset: Offset) -> String {
    const FRAME: u32 = 1;
    let mut bytes = record.value.as_deref().unwrap_or_default();
    let mut head = || {
        let (number, used) = read_unsigned_varint(bytes)?;
        bytes = &bytes[used..];
        Some(number)
    };
    let (frame, kind, version) = (head(), head(), head());
    if frame != Some(FRAME) {
        let frame = frame.unwrap_or(0);
        return format!(
            "Error at {offset}, skipping. Could not deserialize metadata record due to unknown frame version {frame}(only frame version 1 is supported)"
        );
    }
    let is_it = |known: &&(u32, u32, _, _)| Some(known.0) == kind && Some(known.1) == version;
    let told = KINDS
        .iter()
        .find(is_it)
        .and_then(|(_, version, name, schema)| {
            let data = json(schema, bytes, 0)?;
            Some(format!(
                "{{\"type\":\"{name}\",\"version\":{version},\"data\":{data}}}"
            ))
        });
    let kind = kind.unwrap_or(0);
    told.unwrap_or_else(|| format!("Error at {offset}, skipping. Unknown metadata id {kind}"))
}

/// What a control record of the metadata log says.
pub(super) fn control(record: &Record, epoch_ms: i64) -> String {
    let kind = record
        .key
        .as_deref()
        .and_then(|key| Some(versioned(versioned(key)?.1)?.0));
    let mut known = CONTROL.iter();
    let told = known
        .find(|known| Some(known.0) == kind)
        .and_then(|(_, name, schema)| {
            let data = json(schema, record.value.as_deref()?, epoch_ms)?;
            Some(format!(" {name} {data}"))
        });
    told.unwrap_or_default()
}
