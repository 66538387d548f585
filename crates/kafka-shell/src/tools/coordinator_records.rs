//! The records that Kafka's coordinators keep in topics of their own, as JSON: for
//! `kafka-dump-log.sh`, and for the formatters of the console consumers.
//!
//! Invariant: bytes that are no such record are told as Kafka tells them, never a panic.

use std::ops::RangeInclusive;

use kafka_core::record::Record;
use kafka_core::schema::json;
use kafka_core::types::Offset;

use crate::java::Exception;

/// The versions of a coordinator's records: the type in the key, the key's schema, the value's
/// schemas by version (those before the first have none here).
pub(super) type CoordinatorRecord = (i16, &'static str, i16, &'static [&'static str]);

const GROUP: &str = "groupId:s";
const MEMBER: &str = "groupId:s memberId:s";
const SHARE_PARTITION: &str = "groupId:s topicId:u partition:i4";
const OFFSET: &str = "group:s topic:s partition:i4";
const TARGET: &str = "~ topicPartitions:[{topicId:u partitions:[i4]}]";
const TARGET_EPOCH: &str = "~ assignmentEpoch:i4 assignmentTimestamp:t@0";

pub(super) const OFFSETS: [CoordinatorRecord; 14] = [
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

/// What the console consumer's formatter reads, which does not look into a member's bytes.
const GROUP_METADATA: [CoordinatorRecord; 1] = [(
    2,
    "group:s",
    3,
    &[
        "protocolType:s generation:i4 protocol:?s leader:?s currentStateTimestamp:t members:[{memberId:s groupInstanceId:?s clientId:s clientHost:s rebalanceTimeout:i4 sessionTimeout:i4 subscription:x assignment:x}]",
    ],
)];

pub(super) const TRANSACTIONS: [CoordinatorRecord; 1] = [(
    0,
    "transactionalId:s",
    0,
    &[
        "producerId:i8 producerEpoch:i2 transactionTimeoutMs:i4 transactionStatus:i1 transactionPartitions:?[{topic:s partitionIds:[i4]}] transactionLastUpdateTimestampMs:t transactionStartTimestampMs:t",
        "~ producerId:i8 previousProducerId:i8@0 nextProducerId:i8@1 producerEpoch:i2 nextProducerEpoch:i2@3 transactionTimeoutMs:i4 transactionStatus:i1 transactionPartitions:?[{topic:s partitionIds:[i4]}] transactionLastUpdateTimestampMs:t transactionStartTimestampMs:t clientTransactionVersion:i2@2",
    ],
)];

pub(super) const SHARE_STATE: [CoordinatorRecord; 2] = [
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

/// A coordinator's record as its schemas tell it.
pub(super) enum CoordinatorTold {
    /// It has no key.
    NoKey,
    /// A type that none of the schemas is for.
    UnknownType(i16),
    /// A key of that type that cannot be read.
    DamagedKey(i16),
    /// A value of that version that cannot be read.
    DamagedValue(i16),
    /// Type and key, version and value if there is one.
    Record {
        kind: i16,
        key: String,
        value: Option<(i16, String)>,
    },
}

/// Reads a record.
pub(super) fn parse(
    kinds: &[CoordinatorRecord],
    record: &Record,
    epoch_ms: i64,
) -> CoordinatorTold {
    let Some(key) = record.key.as_deref() else {
        return CoordinatorTold::NoKey;
    };
    let (kind, key) = versioned(key).unwrap_or((-1, key));
    let known = kinds.iter().find(|known| known.0 == kind);
    let Some((_, key_schema, first, values)) = known else {
        return CoordinatorTold::UnknownType(kind);
    };
    let Some(key) = json(key_schema, key, epoch_ms) else {
        return CoordinatorTold::DamagedKey(kind);
    };
    let Some(value) = record.value.as_deref() else {
        let value = None;
        return CoordinatorTold::Record { kind, key, value };
    };
    let (version, value) = versioned(value).unwrap_or((-1, value));
    let schema = version
        .checked_sub(*first)
        .and_then(|at| values.get(usize::try_from(at).ok()?));
    match schema.and_then(|schema| json(schema, value, epoch_ms)) {
        Some(value) => {
            let value = Some((version, value));
            CoordinatorTold::Record { kind, key, value }
        }
        None => CoordinatorTold::DamagedValue(version),
    }
}

/// A formatter of the console consumers that prints the records of one of Kafka's own topics.
pub(super) struct CoordinatorFormatter {
    records: &'static [CoordinatorRecord],
    /// The types that are printed.
    types: RangeInclusive<i16>,
}

impl CoordinatorFormatter {
    /// The formatter of that class in `org.apache.kafka.tools.consumer`.
    pub(super) fn of(class: &str) -> Option<CoordinatorFormatter> {
        let (records, types): (&'static [CoordinatorRecord], _) = match class {
            "OffsetsMessageFormatter" => (&OFFSETS, 0..=1),
            "GroupMetadataMessageFormatter" => (&GROUP_METADATA, 2..=2),
            "ShareGroupMessageFormatter" => (&OFFSETS, 10..=15),
            "TransactionLogMessageFormatter" => (&TRANSACTIONS, 0..=0),
            "group.share.ShareGroupStateMessageFormatter" => (&SHARE_STATE, 0..=1),
            _ => return None,
        };
        Some(CoordinatorFormatter { records, types })
    }

    /// One record, with no line end behind it; nothing for one of another type.
    ///
    /// # Errors
    /// Kafka's exception for bytes that are no such record.
    pub(super) fn format(
        &self,
        record: &Record,
        offset: Offset,
        epoch_ms: i64,
    ) -> Result<String, Exception> {
        let damaged = |version: i16, part: &str| {
            let cause = format!(
                "Could not read record with version {version} from {part}'s buffer due to: null."
            );
            let text = format!("Could not read record at offset {offset} due to: {cause}");
            let mut exception = Exception::new("java.lang.RuntimeException", text);
            let cause = format!("java.lang.RuntimeException: {cause}");
            exception.causes.push(cause);
            Err(exception)
        };
        match parse(self.records, record, epoch_ms) {
            CoordinatorTold::DamagedKey(version) => damaged(version, "key"),
            CoordinatorTold::DamagedValue(version) => damaged(version, "value"),
            CoordinatorTold::Record { kind, key, value } if self.types.contains(&kind) => {
                let value = value.map_or("null".to_string(), |(version, value)| {
                    format!("{{\"version\":{version},\"data\":{value}}}")
                });
                Ok(format!(
                    "{{\"key\":{{\"type\":{kind},\"data\":{key}}},\"value\":{value}}}"
                ))
            }
            _ => Ok(String::new()),
        }
    }
}

/// A version of two bytes, and what follows it.
pub(super) fn versioned(bytes: &[u8]) -> Option<(i16, &[u8])> {
    let (version, rest) = bytes.split_first_chunk()?;
    Some((i16::from_be_bytes(*version), rest))
}
