//! Records of `__consumer_offsets` in Kafka's bytes.
//!
//! Keys say what a record is about: version 1 is an offset, version 2 a classic
//! group. Written values are what 4.3 writes: OffsetCommitValue v4 (with the topic
//! id as a tagged field) and GroupMetadataValue v3; an absent value is a tombstone.
//! Not here: what replaying a record does (`load`). Invariant: decoding what was
//! encoded gives the same value back, and damaged bytes give `None`, never a panic.

use super::bytes::{
    Reader, put_bytes, put_compact_string, put_i16, put_i32, put_i64, put_nullable, put_string,
};
use crate::types::{Bytes, Generation, LeaderEpoch, Name, Offset, Uuid};
use crate::varint::write_unsigned_varint;

const OFFSET_KEY_VERSION: i16 = 1;
const GROUP_KEY_VERSION: i16 = 2;
const OFFSET_VALUE_VERSION: i16 = 4;
const GROUP_VALUE_VERSION: i16 = 3;
/// First version of OffsetCommitValue with compact strings and tagged fields.
const OFFSET_VALUE_FLEXIBLE: i16 = 4;
/// Tag of the topic id in OffsetCommitValue v4.
const TOPIC_ID_TAG: u32 = 0;

/// A stored offset.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredOffset {
    /// Next record to process.
    pub offset: Offset,
    /// Epoch of the last consumed record, or NONE.
    pub leader_epoch: LeaderEpoch,
    /// The committer's text.
    pub metadata: Name,
    /// When it was committed, in milliseconds of virtual time.
    pub commit_timestamp_ms: i64,
    /// Id of the topic then, zero if it was not known.
    pub topic_uuid: Uuid,
}

/// A member as the log keeps it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PersistedMember {
    /// Member id.
    pub member_id: Name,
    /// Instance id, if static.
    pub group_instance_id: Option<Name>,
    /// Client id.
    pub client_id: Name,
    /// Host, as in `/127.0.0.1`.
    pub client_host: Name,
    /// Rebalance timeout in milliseconds.
    pub rebalance_timeout_ms: u32,
    /// Session timeout in milliseconds.
    pub session_timeout_ms: u32,
    /// Encoded subscription for the chosen protocol.
    pub subscription: Bytes,
    /// Encoded assignment.
    pub assignment: Bytes,
}

/// A group as the log keeps it: the last completed generation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PersistedGroup {
    /// "consumer"; empty before anybody joined.
    pub protocol_type: Name,
    /// Generation.
    pub generation: Generation,
    /// Chosen assignor.
    pub protocol_name: Option<Name>,
    /// Member id of the leader.
    pub leader: Option<Name>,
    /// When the group entered its state, in milliseconds, or -1.
    pub state_timestamp_ms: i64,
    /// The members.
    pub members: Vec<PersistedMember>,
}

/// What a record of `__consumer_offsets` says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum OffsetsRecord {
    /// An offset of (group, topic, partition); `None` removes it.
    Offset(Name, Name, u32, Option<StoredOffset>),
    /// A group; `None` removes it.
    Group(Name, Option<PersistedGroup>),
}

/// OffsetCommitKey v1.
pub fn offset_key(group: &str, topic: &str, partition: u32) -> Bytes {
    let mut out = Vec::with_capacity(10 + group.len() + topic.len());
    put_i16(&mut out, OFFSET_KEY_VERSION);
    put_string(&mut out, group);
    put_string(&mut out, topic);
    put_i32(&mut out, partition as i32);
    out.into()
}

/// OffsetCommitValue v4.
pub fn offset_value(stored: &StoredOffset) -> Bytes {
    let mut out = Vec::with_capacity(42 + stored.metadata.len());
    put_i16(&mut out, OFFSET_VALUE_VERSION);
    put_i64(&mut out, stored.offset.0);
    put_i32(&mut out, stored.leader_epoch.0);
    put_compact_string(&mut out, &stored.metadata);
    put_i64(&mut out, stored.commit_timestamp_ms);
    if stored.topic_uuid == Uuid::default() {
        write_unsigned_varint(0, &mut out);
    } else {
        write_unsigned_varint(1, &mut out);
        write_unsigned_varint(TOPIC_ID_TAG, &mut out);
        write_unsigned_varint(16, &mut out);
        out.extend_from_slice(&stored.topic_uuid.0.to_be_bytes());
    }
    out.into()
}

/// GroupMetadataKey v2.
pub fn group_key(group: &str) -> Bytes {
    let mut out = Vec::with_capacity(4 + group.len());
    put_i16(&mut out, GROUP_KEY_VERSION);
    put_string(&mut out, group);
    out.into()
}

/// GroupMetadataValue v3.
pub fn group_value(group: &PersistedGroup) -> Bytes {
    let mut out = Vec::with_capacity(64 + 160 * group.members.len());
    put_i16(&mut out, GROUP_VALUE_VERSION);
    put_string(&mut out, &group.protocol_type);
    put_i32(&mut out, group.generation.0);
    put_nullable(&mut out, group.protocol_name.as_deref());
    put_nullable(&mut out, group.leader.as_deref());
    put_i64(&mut out, group.state_timestamp_ms);
    put_i32(&mut out, group.members.len() as i32);
    for member in &group.members {
        put_string(&mut out, &member.member_id);
        put_nullable(&mut out, member.group_instance_id.as_deref());
        put_string(&mut out, &member.client_id);
        put_string(&mut out, &member.client_host);
        put_i32(&mut out, member.rebalance_timeout_ms as i32);
        put_i32(&mut out, member.session_timeout_ms as i32);
        put_bytes(&mut out, &member.subscription);
        put_bytes(&mut out, &member.assignment);
    }
    out.into()
}

/// Reads a record's key and value. `None` for keys of other kinds (transactions,
/// newer group types) and for damaged bytes: Kafka skips both.
pub fn decode(key: &[u8], value: Option<&[u8]>) -> Option<OffsetsRecord> {
    let mut key = Reader(key);
    match key.i16()? {
        0 | OFFSET_KEY_VERSION => {
            let group = key.string()?;
            let topic = key.string()?;
            let partition = u32::try_from(key.i32()?).ok()?;
            let stored = match value {
                Some(value) => Some(decode_offset(value)?),
                None => None,
            };
            Some(OffsetsRecord::Offset(group, topic, partition, stored))
        }
        GROUP_KEY_VERSION => {
            let group = key.string()?;
            let persisted = match value {
                Some(value) => Some(decode_group(value)?),
                None => None,
            };
            Some(OffsetsRecord::Group(group, persisted))
        }
        _ => None,
    }
}

fn decode_offset(value: &[u8]) -> Option<StoredOffset> {
    let mut value = Reader(value);
    let version = value.i16()?;
    if !(3..=OFFSET_VALUE_VERSION).contains(&version) {
        return None;
    }
    let offset = Offset(value.i64()?);
    let leader_epoch = LeaderEpoch(value.i32()?);
    let metadata = if version >= OFFSET_VALUE_FLEXIBLE {
        value.compact_string()?
    } else {
        value.string()?
    };
    let commit_timestamp_ms = value.i64()?;
    let topic_uuid = if version >= OFFSET_VALUE_FLEXIBLE {
        topic_id_tag(&mut value)?
    } else {
        Uuid::default()
    };
    Some(StoredOffset {
        offset,
        leader_epoch,
        metadata,
        commit_timestamp_ms,
        topic_uuid,
    })
}

fn decode_group(value: &[u8]) -> Option<PersistedGroup> {
    let mut value = Reader(value);
    if value.i16()? != GROUP_VALUE_VERSION {
        return None;
    }
    let mut group = PersistedGroup {
        protocol_type: value.string()?,
        generation: Generation(value.i32()?),
        protocol_name: value.nullable()?,
        leader: value.nullable()?,
        state_timestamp_ms: value.i64()?,
        members: Vec::new(),
    };
    for _ in 0..value.i32()? {
        group.members.push(PersistedMember {
            member_id: value.string()?,
            group_instance_id: value.nullable()?,
            client_id: value.string()?,
            client_host: value.string()?,
            rebalance_timeout_ms: u32::try_from(value.i32()?).ok()?,
            session_timeout_ms: u32::try_from(value.i32()?).ok()?,
            subscription: value.bytes()?,
            assignment: value.bytes()?,
        });
    }
    Some(group)
}

/// Topics of an encoded consumer subscription. Every version begins with version 0,
/// so that prefix is all a coordinator reads. `None` if the bytes are something else.
pub fn subscribed_topics(subscription: &[u8]) -> Option<Vec<Name>> {
    let mut bytes = Reader(subscription);
    bytes.i16()?;
    let mut topics = Vec::new();
    for _ in 0..bytes.i32()? {
        topics.push(bytes.string()?);
    }
    Some(topics)
}

/// The topic id among the tagged fields; zero if there is none.
fn topic_id_tag(value: &mut Reader<'_>) -> Option<Uuid> {
    let mut uuid = Uuid::default();
    value.tagged_fields(|tag, field| {
        if tag == TOPIC_ID_TAG {
            uuid = field.uuid()?;
        }
        Some(())
    })?;
    Some(uuid)
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    fn member(id: &str) -> PersistedMember {
        PersistedMember {
            member_id: id.into(),
            group_instance_id: None,
            client_id: "console-consumer".into(),
            client_host: "/127.0.0.1".into(),
            rebalance_timeout_ms: 300_000,
            session_timeout_ms: 45_000,
            // Sizes of a subscription v3 to `orders` and an assignment of two partitions.
            subscription: Rc::from([0_u8; 28]),
            assignment: Rc::from([0_u8; 30]),
        }
    }

    fn group(members: Vec<PersistedMember>) -> PersistedGroup {
        PersistedGroup {
            protocol_type: "consumer".into(),
            generation: Generation(1),
            protocol_name: Some("range".into()),
            leader: members.first().map(|member| member.member_id.clone()),
            state_timestamp_ms: 1_795_233_763_032,
            members,
        }
    }

    fn stored(topic_uuid: Uuid) -> StoredOffset {
        StoredOffset {
            offset: Offset(3),
            leader_epoch: LeaderEpoch(0),
            metadata: "".into(),
            commit_timestamp_ms: 1_795_233_763_151,
            topic_uuid,
        }
    }

    /// GRP-22, GRP-26: key and value sizes are those that `kafka-dump-log
    /// --offsets-decoder` printed for the same records on a real broker.
    #[test]
    fn sizes_are_those_of_recorded_records() {
        assert_eq!(group_key("readers").len(), 11);
        assert_eq!(offset_key("readers", "orders", 0).len(), 23);
        assert_eq!(offset_value(&stored(Uuid(7))).len(), 42);
        let id = "console-consumer-9bf9ab37-b59d-4961-a7f8-88c9ed259c5c";
        assert_eq!(group_value(&group(vec![member(id)])).len(), 251);
        let empty = PersistedGroup {
            protocol_type: "".into(),
            protocol_name: None,
            ..group(vec![])
        };
        assert_eq!(group_value(&empty).len(), 24);
    }

    /// GRP-26: what one coordinator writes, the next one reads.
    #[test]
    fn everything_written_is_read_back() {
        let mut static_member = member("b");
        static_member.group_instance_id = Some("i-1".into());
        let persisted = group(vec![member("a"), static_member]);
        let value = group_value(&persisted);
        let read = decode(&group_key("g"), Some(&value));
        assert_eq!(
            read,
            Some(OffsetsRecord::Group("g".into(), Some(persisted)))
        );
        for uuid in [Uuid::default(), Uuid(1 << 90)] {
            let mut offset = stored(uuid);
            offset.metadata = "é, 200 ü".repeat(40).into();
            let value = offset_value(&offset);
            let read = decode(&offset_key("g", "t", 3), Some(&value));
            let expected = OffsetsRecord::Offset("g".into(), "t".into(), 3, Some(offset));
            assert_eq!(read, Some(expected));
        }
        let tombstone = decode(&offset_key("g", "t", 3), None);
        let expected = OffsetsRecord::Offset("g".into(), "t".into(), 3, None);
        assert_eq!(tombstone, Some(expected));
    }

    /// Every truncation of a record is refused without a panic.
    #[test]
    fn cut_records_are_refused() {
        let key = offset_key("g", "t", 3);
        let value = offset_value(&stored(Uuid(9)));
        for end in 0..key.len() {
            assert_eq!(decode(&key[..end], None), None, "key cut at {end}");
        }
        for end in 0..value.len() {
            assert_eq!(
                decode(&key, Some(&value[..end])),
                None,
                "value cut at {end}"
            );
        }
        let value = group_value(&group(vec![member("a")]));
        for end in 0..value.len() {
            assert_eq!(decode(&group_key("g"), Some(&value[..end])), None);
        }
    }
}
