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
use crate::data_dir::{CONTROL, KINDS};
use crate::java::{Exception, NO_MESSAGE};
use crate::jopt::Parsed;

/// The versions of a coordinator's records: the type in the key, the key's schema, the value's
/// schemas by version (those before the first have none here).
type CoordinatorRecord = (i16, &'static str, i16, &'static [&'static str]);

const GROUP: &str = "groupId:s";
const MEMBER: &str = "groupId:s memberId:s";
const SHARE_PARTITION: &str = "groupId:s topicId:u partition:i4";
const OFFSET: &str = "group:s topic:s partition:i4";
const TARGET: &str = "~ topicPartitions:[{topicId:u partitions:[i4]}]";
const TARGET_EPOCH: &str = "~ assignmentEpoch:i4 assignmentTimestamp:t@0";

const OFFSETS: [CoordinatorRecord; 14] = [
    (
        1,
        OFFSET,
        3,
        &[
            "offset:i8 leaderEpoch:i4 metadata:s commitTimestamp:t",
            "~ offset:i8 leaderEpoch:i4 metadata:s commitTimestamp:t topicId:u@0",
        ],
    ),
    (
        2,
        "group:s",
        3,
        &[
            "protocolType:s generation:i4 protocol:?s leader:?s currentStateTimestamp:t members:[{memberId:s groupInstanceId:?s clientId:s clientHost:s rebalanceTimeout:i4 sessionTimeout:i4 subscription:S assignment:A}]",
        ],
    ),
    (3, GROUP, 0, &["~ epoch:i4 metadataHash:i8@0"]),
    (
        4,
        GROUP,
        0,
        &[
            "~ topics:[{topicId:u topicName:s numPartitions:i4 partitionMetadata:[{partition:i4 racks:[s]}]}]",
        ],
    ),
    (
        5,
        MEMBER,
        0,
        &[
            "~ instanceId:?s rackId:?s clientId:s clientHost:s subscribedTopicNames:[s] subscribedTopicRegex:?s rebalanceTimeoutMs:i4 serverAssignor:?s classicMemberMetadata:?{sessionTimeoutMs:i4 supportedProtocols:[{name:s metadata:x}]}@0",
        ],
    ),
    (6, GROUP, 0, &[TARGET_EPOCH]),
    (7, MEMBER, 0, &[TARGET]),
    (
        8,
        MEMBER,
        0,
        &[
            "~ memberEpoch:i4 previousMemberEpoch:i4 state:i1 assignedPartitions:[{topicId:u partitions:[i4] assignmentEpochs:?[i4]@0}] partitionsPendingRevocation:[{topicId:u partitions:[i4] assignmentEpochs:?[i4]@0}]",
        ],
    ),
    (
        10,
        MEMBER,
        0,
        &["~ rackId:?s clientId:s clientHost:s subscribedTopicNames:[s]"],
    ),
    (11, GROUP, 0, &["~ epoch:i4 metadataHash:i8"]),
    (12, GROUP, 0, &[TARGET_EPOCH]),
    (13, MEMBER, 0, &[TARGET]),
    (
        14,
        MEMBER,
        0,
        &[
            "~ memberEpoch:i4 previousMemberEpoch:i4 state:i1 assignedPartitions:[{topicId:u partitions:[i4]}]",
        ],
    ),
    (
        15,
        GROUP,
        0,
        &[
            "~ initializingTopics:[{topicId:u topicName:s partitions:[i4]}] initializedTopics:[{topicId:u topicName:s partitions:[i4]}] deletingTopics:[{topicId:u topicName:s}]",
        ],
    ),
];

const TRANSACTIONS: [CoordinatorRecord; 1] = [(
    0,
    "transactionalId:s",
    0,
    &[
        "producerId:i8 producerEpoch:i2 transactionTimeoutMs:i4 transactionStatus:i1 transactionPartitions:?[{topic:s partitionIds:[i4]}] transactionLastUpdateTimestampMs:t transactionStartTimestampMs:t",
        "~ producerId:i8 previousProducerId:i8@0 nextProducerId:i8@1 producerEpoch:i2 nextProducerEpoch:i2@3 transactionTimeoutMs:i4 transactionStatus:i1 transactionPartitions:?[{topic:s partitionIds:[i4]}] transactionLastUpdateTimestampMs:t transactionStartTimestampMs:t clientTransactionVersion:i2@2",
    ],
)];

const SHARE_STATE: [CoordinatorRecord; 2] = [
    (
        0,
        SHARE_PARTITION,
        0,
        &[
            "~ snapshotEpoch:i4 stateEpoch:i4 leaderEpoch:i4 startOffset:i8 deliveryCompleteCount:i4@0 createTimestamp:t writeTimestamp:t stateBatches:[{firstOffset:i8 lastOffset:i8 deliveryState:i1 deliveryCount:i2}]",
        ],
    ),
    (
        1,
        SHARE_PARTITION,
        0,
        &[
            "~ snapshotEpoch:i4 leaderEpoch:i4 startOffset:i8 deliveryCompleteCount:i4@0 stateBatches:[{firstOffset:i8 lastOffset:i8 deliveryState:i1 deliveryCount:i2}]",
        ],
    ),
];

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
    let Some(key) = record.key.as_deref() else {
        let text = format!(
            "Failed to decode message at offset {offset} using the specified decoder (message had a missing key)"
        );
        return Err(Exception::new("java.lang.RuntimeException", text));
    };
    let skipped = |text: String| Ok((Some(text), None));
    let (kind, key) = versioned(key).unwrap_or((-1, key));
    let known = kinds.iter().find(|known| known.0 == kind);
    let Some((_, key_schema, first, values)) = known else {
        return skipped(format!(
            "Unknown record type {kind} at offset {offset}, skipping."
        ));
    };
    let damaged = |version: i16, part: &str| {
        skipped(format!(
            "Error at offset {offset}, skipping. Could not read record with version {version} from {part}'s buffer due to: null."
        ))
    };
    let Some(key) = json(key_schema, key, epoch_ms) else {
        return damaged(kind, "key");
    };
    let key = format!("{{\"type\":\"{kind}\",\"data\":{key}}}");
    let Some(value) = record.value.as_deref() else {
        return Ok((Some(key), Some("<DELETE>".to_string())));
    };
    let (version, value) = versioned(value).unwrap_or((-1, value));
    let schema = version
        .checked_sub(*first)
        .and_then(|at| values.get(usize::try_from(at).ok()?));
    match schema.and_then(|schema| json(schema, value, epoch_ms)) {
        Some(value) => {
            let value = format!("{{\"version\":\"{version}\",\"data\":{value}}}");
            Ok((Some(key), Some(value)))
        }
        None => damaged(version, "value"),
    }
}

/// A version of two bytes, and what follows it.
fn versioned(bytes: &[u8]) -> Option<(i16, &[u8])> {
    let (version, rest) = bytes.split_first_chunk()?;
    Some((i16::from_be_bytes(*version), rest))
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
