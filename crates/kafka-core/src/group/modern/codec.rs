//! Records of groups of the newer protocols in Kafka's bytes: what 4.3 writes.
//!
//! Keys say what a record is about (types 3 and 5 to 8 for consumer groups, 10 to 14 for
//! share groups), then the group id, then the member id. All values are version 0 with
//! compact types. Not here: which records a change needs (`records`).

use std::collections::{BTreeMap, BTreeSet};

use super::super::bytes::{
    Reader, put_compact_length, put_compact_nullable, put_compact_string, put_i16, put_i32,
    put_i64, put_string,
};
use super::{ClassicMember, ModernKind, ModernMember, ModernMemberState, Owned};
use crate::metadata::ClusterImage;
use crate::types::{Bytes, GroupEpoch, Name, TopicId, TopicPartition, Uuid};
use crate::varint::write_unsigned_varint;

/// What a record is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum RecordKind {
    /// The group epoch.
    Group,
    /// What a member said of itself.
    Member,
    /// The epoch of the target assignment.
    TargetEpoch,
    /// The target of a member.
    Target,
    /// Epoch and assignment of a member.
    Current,
    /// Which partitions of a share group have a stored state.
    StatePartitions,
}

impl RecordKind {
    const ALL: [RecordKind; 6] = [
        RecordKind::Group,
        RecordKind::Member,
        RecordKind::TargetEpoch,
        RecordKind::Target,
        RecordKind::Current,
        RecordKind::StatePartitions,
    ];

    /// Type number in the key.
    fn number(self, kind: ModernKind) -> i16 {
        let (consumer, share) = match self {
            RecordKind::Group => (3, 11),
            RecordKind::Member => (5, 10),
            RecordKind::TargetEpoch => (6, 12),
            RecordKind::Target => (7, 13),
            RecordKind::Current => (8, 14),
            // Share groups only.
            RecordKind::StatePartitions => (i16::MAX, 15),
        };
        match kind {
            ModernKind::Consumer => consumer,
            ModernKind::Share => share,
        }
    }

    fn is_of_member(self) -> bool {
        matches!(
            self,
            RecordKind::Member | RecordKind::Target | RecordKind::Current
        )
    }

    fn parse(number: i16) -> Option<(ModernKind, RecordKind)> {
        let kinds = [ModernKind::Consumer, ModernKind::Share];
        let all = kinds
            .into_iter()
            .flat_map(|kind| RecordKind::ALL.map(|record| (kind, record)));
        let mut all = all;
        all.find(|(kind, record)| record.number(*kind) == number)
    }
}

/// A record's key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Key {
    /// Kind of group.
    pub group_kind: ModernKind,
    /// What it is about.
    pub record: RecordKind,
    /// Group id.
    pub group: Name,
    /// Member id; empty for records of the group.
    pub member: Name,
}

/// The bytes of a key.
pub fn key(kind: ModernKind, record: RecordKind, group: &str, member: &str) -> Bytes {
    let mut out = Vec::with_capacity(8 + group.len() + member.len());
    put_i16(&mut out, record.number(kind));
    put_string(&mut out, group);
    if record.is_of_member() {
        put_string(&mut out, member);
    }
    out.into()
}

/// Reads a key; `None` if it is of another kind or damaged.
pub fn read_key(bytes: &[u8]) -> Option<Key> {
    let mut bytes = Reader(bytes);
    let (group_kind, record) = RecordKind::parse(bytes.i16()?)?;
    Some(Key {
        group_kind,
        record,
        group: bytes.string()?,
        member: if record.is_of_member() {
            bytes.string()?
        } else {
            "".into()
        },
    })
}

fn begin() -> Vec<u8> {
    let mut out = Vec::with_capacity(64);
    put_i16(&mut out, 0);
    out
}

fn no_tags(mut out: Vec<u8>) -> Bytes {
    write_unsigned_varint(0, &mut out);
    out.into()
}

/// One tagged field with number 0.
fn one_tag(out: &mut Vec<u8>, field: &[u8]) {
    write_unsigned_varint(1, out);
    write_unsigned_varint(0, out);
    write_unsigned_varint(field.len() as u32, out);
    out.extend_from_slice(field);
}

fn long_tag(mut out: Vec<u8>, number: i64) -> Bytes {
    if number == 0 {
        return no_tags(out);
    }
    one_tag(&mut out, &number.to_be_bytes());
    out.into()
}

/// (Consumer|Share)GroupMetadataValue.
pub fn group_value(kind: ModernKind, epoch: GroupEpoch, hash: u64) -> Bytes {
    let mut out = begin();
    put_i32(&mut out, epoch.0);
    match kind {
        ModernKind::Consumer => long_tag(out, hash as i64),
        ModernKind::Share => {
            put_i64(&mut out, hash as i64);
            no_tags(out)
        }
    }
}

/// Reads what [`group_value`] wrote.
pub fn read_group(kind: ModernKind, bytes: &[u8]) -> Option<(GroupEpoch, u64)> {
    let mut bytes = versioned(bytes)?;
    let epoch = GroupEpoch(bytes.i32()?);
    let hash = match kind {
        ModernKind::Consumer => read_long_tag(&mut bytes)?,
        ModernKind::Share => bytes.i64()?,
    };
    Some((epoch, hash as u64))
}

/// (Consumer|Share)GroupTargetAssignmentMetadataValue.
pub fn target_epoch_value(epoch: GroupEpoch, at_ms: i64) -> Bytes {
    let mut out = begin();
    put_i32(&mut out, epoch.0);
    long_tag(out, at_ms)
}

/// Reads what [`target_epoch_value`] wrote.
pub fn read_target_epoch(bytes: &[u8]) -> Option<(GroupEpoch, i64)> {
    let mut bytes = versioned(bytes)?;
    let epoch = GroupEpoch(bytes.i32()?);
    Some((epoch, read_long_tag(&mut bytes)?))
}

fn versioned(bytes: &[u8]) -> Option<Reader<'_>> {
    let mut bytes = Reader(bytes);
    (bytes.i16()? == 0).then_some(bytes)
}

fn read_long_tag(bytes: &mut Reader<'_>) -> Option<i64> {
    let mut number = 0;
    bytes.tagged_fields(|tag, field| {
        if tag == 0 {
            number = field.i64()?;
        }
        Some(())
    })?;
    Some(number)
}

/// (Consumer|Share)GroupMemberMetadataValue.
pub fn member_value(kind: ModernKind, member: &ModernMember) -> Bytes {
    let mut out = begin();
    if kind == ModernKind::Consumer {
        put_compact_nullable(&mut out, member.instance_id.as_deref());
    }
    put_compact_nullable(&mut out, member.rack.as_deref());
    put_compact_string(&mut out, &member.client_id);
    put_compact_string(&mut out, &member.client_host);
    put_compact_length(&mut out, member.subscribed.len());
    for topic in &member.subscribed {
        put_compact_string(&mut out, topic);
    }
    if kind == ModernKind::Share {
        return no_tags(out);
    }
    // No regular expression.
    put_compact_string(&mut out, "");
    put_i32(&mut out, member.rebalance_timeout_ms as i32);
    put_compact_nullable(&mut out, member.server_assignor.as_deref());
    match &member.classic {
        Some(classic) => {
            one_tag(&mut out, &classic_field(classic));
            out.into()
        }
        None => no_tags(out),
    }
}

/// ClassicMemberMetadata (NGP-12), behind the mark that it is not null.
fn classic_field(classic: &ClassicMember) -> Vec<u8> {
    let mut out = vec![1];
    put_i32(&mut out, classic.session_timeout_ms as i32);
    put_compact_length(&mut out, classic.protocols.len());
    for (name, metadata) in &classic.protocols {
        put_compact_string(&mut out, name);
        put_compact_length(&mut out, metadata.len());
        out.extend_from_slice(metadata);
        write_unsigned_varint(0, &mut out);
    }
    write_unsigned_varint(0, &mut out);
    out
}

/// Reads what [`member_value`] wrote into a member that knows nothing else yet.
pub fn read_member(kind: ModernKind, bytes: &[u8], member: &mut ModernMember) -> Option<()> {
    let mut bytes = versioned(bytes)?;
    if kind == ModernKind::Consumer {
        member.instance_id = bytes.compact_nullable()?;
    }
    member.rack = bytes.compact_nullable()?;
    member.client_id = bytes.compact_string()?;
    member.client_host = bytes.compact_string()?;
    member.subscribed = bytes.compact_array(Reader::compact_string)?;
    if kind == ModernKind::Consumer {
        bytes.compact_nullable()?;
        member.rebalance_timeout_ms = u32::try_from(bytes.i32()?).ok()?;
        member.server_assignor = bytes.compact_nullable()?;
        member.classic = None;
        bytes.tagged_fields(|tag, field| {
            if tag == 0 {
                member.classic = Some(read_classic(field)?);
            }
            Some(())
        })?;
    }
    Some(())
}

fn read_classic(bytes: &mut Reader<'_>) -> Option<ClassicMember> {
    bytes.i8()?;
    let session_timeout_ms = u32::try_from(bytes.i32()?).ok()?;
    let protocols = bytes.compact_array(|bytes| {
        let name = bytes.compact_string()?;
        let metadata = bytes.compact_bytes()?;
        bytes.tagged_fields(|_, _| Some(()))?;
        Some((name, metadata))
    })?;
    Some(ClassicMember {
        session_timeout_ms,
        protocols,
    })
}

/// Topic numbers of this cluster's topics, by their ids in records.
pub struct TopicNumbers(BTreeMap<Uuid, TopicId>);

impl TopicNumbers {
    /// Those of an image.
    pub fn of(image: &ClusterImage) -> TopicNumbers {
        let topics = image.topics.values();
        TopicNumbers(topics.map(|topic| (topic.uuid, topic.topic)).collect())
    }
}

/// Partitions by topic; those of topics that are gone have no id any more.
fn by_topic(
    image: &ClusterImage,
    partitions: impl Iterator<Item = (TopicPartition, GroupEpoch)>,
) -> Vec<(Uuid, Vec<(u32, GroupEpoch)>)> {
    let mut topics: Vec<(Uuid, Vec<(u32, GroupEpoch)>)> = Vec::new();
    for (partition, epoch) in partitions {
        let Some(topic) = image.topics.get(&partition.topic) else {
            continue;
        };
        match topics.last_mut() {
            Some((uuid, list)) if *uuid == topic.uuid => list.push((partition.partition, epoch)),
            _ => topics.push((topic.uuid, vec![(partition.partition, epoch)])),
        }
    }
    topics
}

fn put_partitions(out: &mut Vec<u8>, topics: &[(Uuid, Vec<(u32, GroupEpoch)>)], epochs: bool) {
    put_compact_length(out, topics.len());
    for (uuid, partitions) in topics {
        out.extend_from_slice(&uuid.0.to_be_bytes());
        put_compact_length(out, partitions.len());
        for (partition, _) in partitions {
            put_i32(out, *partition as i32);
        }
        if epochs {
            let mut field = Vec::new();
            put_compact_length(&mut field, partitions.len());
            for (_, epoch) in partitions {
                put_i32(&mut field, epoch.0);
            }
            one_tag(out, &field);
        } else {
            write_unsigned_varint(0, out);
        }
    }
}

fn read_partitions(bytes: &mut Reader<'_>, numbers: &TopicNumbers) -> Option<Owned> {
    let topics = bytes.compact_array(|bytes| {
        let uuid = bytes.uuid()?;
        let partitions = bytes.compact_array(Reader::i32)?;
        let mut epochs = Vec::new();
        bytes.tagged_fields(|tag, field| {
            if tag == 0 {
                epochs = field.compact_array(Reader::i32)?;
            }
            Some(())
        })?;
        Some((uuid, partitions, epochs))
    })?;
    let mut owned = Owned::new();
    for (uuid, partitions, epochs) in topics {
        let Some(topic) = numbers.0.get(&uuid) else {
            continue;
        };
        for (at, partition) in partitions.into_iter().enumerate() {
            let partition = TopicPartition::new(*topic, u32::try_from(partition).ok()?);
            let epoch = epochs.get(at).copied().unwrap_or(0);
            owned.insert(partition, GroupEpoch(epoch));
        }
    }
    Some(owned)
}

/// (Consumer|Share)GroupTargetAssignmentMemberValue.
pub fn target_value(
    image: &ClusterImage,
    target: impl IntoIterator<Item = TopicPartition>,
) -> Bytes {
    let mut out = begin();
    let partitions = target.into_iter().map(|it| (it, GroupEpoch(0)));
    put_partitions(&mut out, &by_topic(image, partitions), false);
    no_tags(out)
}

/// Reads what [`target_value`] wrote.
pub fn read_target(bytes: &[u8], numbers: &TopicNumbers) -> Option<Vec<TopicPartition>> {
    let owned = read_partitions(&mut versioned(bytes)?, numbers)?;
    Some(owned.into_keys().collect())
}

/// ShareGroupStatePartitionMetadataValue.
pub fn state_partitions_value(
    image: &ClusterImage,
    initializing: &BTreeSet<TopicPartition>,
    initialized: &BTreeSet<TopicPartition>,
) -> Bytes {
    let mut out = begin();
    for partitions in [initializing, initialized] {
        let partitions = partitions.iter().map(|it| (*it, GroupEpoch(0)));
        let topics = by_topic(image, partitions);
        put_compact_length(&mut out, topics.len());
        for (uuid, partitions) in topics {
            let mut named = image.topics.values().filter(|topic| topic.uuid == uuid);
            let name = named.next().map_or("", |topic| &*topic.name);
            out.extend_from_slice(&uuid.0.to_be_bytes());
            put_compact_string(&mut out, name);
            put_compact_length(&mut out, partitions.len());
            for (partition, _) in partitions {
                put_i32(&mut out, partition as i32);
            }
            write_unsigned_varint(0, &mut out);
        }
    }
    // No topic is being deleted.
    put_compact_length(&mut out, 0);
    no_tags(out)
}

/// Reads what [`state_partitions_value`] wrote: being begun, begun.
pub fn read_state_partitions(
    bytes: &[u8],
    numbers: &TopicNumbers,
) -> Option<(BTreeSet<TopicPartition>, BTreeSet<TopicPartition>)> {
    let mut bytes = versioned(bytes)?;
    let mut read = || {
        let topics = bytes.compact_array(|bytes| {
            let uuid = bytes.uuid()?;
            bytes.compact_string()?;
            let partitions = bytes.compact_array(Reader::i32)?;
            bytes.tagged_fields(|_, _| Some(()))?;
            Some((uuid, partitions))
        })?;
        let mut all = BTreeSet::new();
        for (uuid, partitions) in topics {
            if let Some(topic) = numbers.0.get(&uuid) {
                let numbers = partitions
                    .into_iter()
                    .filter_map(|it| u32::try_from(it).ok());
                all.extend(numbers.map(|number| TopicPartition::new(*topic, number)));
            }
        }
        Some(all)
    };
    Some((read()?, read()?))
}

/// (Consumer|Share)GroupCurrentMemberAssignmentValue.
pub fn current_value(kind: ModernKind, image: &ClusterImage, member: &ModernMember) -> Bytes {
    let is_consumer = kind == ModernKind::Consumer;
    let mut out = begin();
    put_i32(&mut out, member.epoch.0);
    put_i32(&mut out, member.previous_epoch.0);
    out.push(match member.state {
        ModernMemberState::Stable => 0,
        ModernMemberState::UnrevokedPartitions => 1,
        ModernMemberState::UnreleasedPartitions => 2,
    });
    let topics = |owned: &Owned| by_topic(image, owned.iter().map(|(p, epoch)| (*p, *epoch)));
    put_partitions(&mut out, &topics(&member.assigned), is_consumer);
    if is_consumer {
        put_partitions(&mut out, &topics(&member.pending_revocation), true);
    }
    no_tags(out)
}

/// Reads what [`current_value`] wrote into a member.
pub fn read_current(
    kind: ModernKind,
    bytes: &[u8],
    numbers: &TopicNumbers,
    member: &mut ModernMember,
) -> Option<()> {
    let mut bytes = versioned(bytes)?;
    member.epoch = GroupEpoch(bytes.i32()?);
    member.previous_epoch = GroupEpoch(bytes.i32()?);
    member.state = match bytes.i8()? {
        0 => ModernMemberState::Stable,
        1 => ModernMemberState::UnrevokedPartitions,
        2 => ModernMemberState::UnreleasedPartitions,
        _ => return None,
    };
    member.assigned = read_partitions(&mut bytes, numbers)?;
    member.pending_revocation = match kind {
        ModernKind::Consumer => read_partitions(&mut bytes, numbers)?,
        ModernKind::Share => Owned::new(),
    };
    Some(())
}
