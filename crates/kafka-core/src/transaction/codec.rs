//! Records of `__transaction_state` in Kafka's bytes: TransactionLogKey v0 and
//! TransactionLogValue v1; v0 while `transaction.version` is 0, which says nothing of
//! other producer ids nor of the protocol.
//!
//! Not here: what replaying a record does (`load`). Invariant: decoding what was
//! encoded gives the same value back, and damaged bytes give `None`, never a panic.

use std::collections::{BTreeMap, BTreeSet};

use super::state::{TransactionMetadata, TxnState};
use crate::group::bytes::{
    Reader, put_compact_length, put_compact_string, put_i16, put_i32, put_i64, put_string,
};
use crate::metadata::ClusterImage;
use crate::types::{Bytes, Name, ProducerEpoch, ProducerId, TopicPartition};
use crate::varint::write_unsigned_varint;

const KEY_VERSION: i16 = 0;
const VALUE_VERSION: i16 = 1;
/// Before tagged fields.
const FIRST_VALUE_VERSION: i16 = 0;
const TAG_PREVIOUS_PRODUCER_ID: u32 = 0;
const TAG_NEXT_PRODUCER_ID: u32 = 1;
const TAG_CLIENT_TRANSACTION_VERSION: u32 = 2;

/// TransactionLogKey v0.
pub fn key(transactional_id: &str) -> Bytes {
    let mut out = Vec::with_capacity(4 + transactional_id.len());
    put_i16(&mut out, KEY_VERSION);
    put_string(&mut out, transactional_id);
    out.into()
}

/// TransactionLogValue. Topics are stored by name; those that are gone are left out.
pub fn value(txn: &TransactionMetadata, image: &ClusterImage) -> Bytes {
    let has_tags = image.transaction_version() > 0;
    let mut out = Vec::with_capacity(64);
    let version = match has_tags {
        true => VALUE_VERSION,
        false => FIRST_VALUE_VERSION,
    };
    put_i16(&mut out, version);
    put_i64(&mut out, txn.producer_id.0);
    put_i16(&mut out, txn.producer_epoch.0);
    put_i32(&mut out, txn.timeout_ms as i32);
    out.push(txn.state as i8 as u8);
    let by_topic = by_topic(txn, image);
    match has_tags {
        true => put_partitions(by_topic, &mut out),
        false => put_first_partitions(by_topic, &mut out),
    }
    put_i64(&mut out, txn.last_update_ms);
    put_i64(&mut out, txn.start_ms);
    if has_tags {
        put_tags(txn, &mut out);
    }
    out.into()
}

fn put_tags(txn: &TransactionMetadata, out: &mut Vec<u8>) {
    let mut tagged: Vec<(u32, Vec<u8>)> = Vec::new();
    for (tag, id) in [
        (TAG_PREVIOUS_PRODUCER_ID, txn.prev_producer_id),
        (TAG_NEXT_PRODUCER_ID, txn.next_producer_id),
    ] {
        if id != ProducerId::NONE {
            tagged.push((tag, id.0.to_be_bytes().into()));
        }
    }
    if txn.client_transaction_version != 0 {
        let version = txn.client_transaction_version.to_be_bytes();
        tagged.push((TAG_CLIENT_TRANSACTION_VERSION, version.into()));
    }
    write_unsigned_varint(tagged.len() as u32, out);
    for (tag, bytes) in tagged {
        write_unsigned_varint(tag, out);
        write_unsigned_varint(bytes.len() as u32, out);
        out.extend(bytes);
    }
}

/// Topics with their partitions; `None` of an id without a transaction.
type ByTopic = Option<BTreeMap<Name, Vec<u32>>>;

fn by_topic(txn: &TransactionMetadata, image: &ClusterImage) -> ByTopic {
    if txn.state == TxnState::Empty {
        return None;
    }
    let mut by_topic: BTreeMap<Name, Vec<u32>> = BTreeMap::new();
    for id in &txn.partitions {
        if let Some(topic) = image.topics.get(&id.topic) {
            let name = topic.name.clone();
            by_topic.entry(name).or_default().push(id.partition);
        }
    }
    Some(by_topic)
}

fn put_first_partitions(by_topic: ByTopic, out: &mut Vec<u8>) {
    let Some(by_topic) = by_topic else {
        return put_i32(out, -1);
    };
    put_i32(out, by_topic.len() as i32);
    for (name, partitions) in by_topic {
        put_string(out, &name);
        put_i32(out, partitions.len() as i32);
        for partition in partitions {
            put_i32(out, partition as i32);
        }
    }
}

fn put_partitions(by_topic: ByTopic, out: &mut Vec<u8>) {
    let Some(by_topic) = by_topic else {
        return write_unsigned_varint(0, out);
    };
    put_compact_length(out, by_topic.len());
    for (name, partitions) in by_topic {
        put_compact_string(out, &name);
        put_compact_length(out, partitions.len());
        for partition in partitions {
            put_i32(out, partition as i32);
        }
        write_unsigned_varint(0, out);
    }
}

/// The transactional id of a key.
pub fn read_key(key: &[u8]) -> Option<Name> {
    let mut key = Reader(key);
    if key.i16()? != KEY_VERSION {
        return None;
    }
    key.string()
}

/// What a value says of that id.
pub fn read_value(
    id: &Name,
    state_partition: u32,
    value: &[u8],
    image: &ClusterImage,
) -> Option<TransactionMetadata> {
    let mut value = Reader(value);
    let has_tags = match value.i16()? {
        FIRST_VALUE_VERSION => false,
        VALUE_VERSION => true,
        _ => return None,
    };
    let producer = ProducerId(value.i64()?);
    let mut txn = TransactionMetadata::new(id, state_partition, producer, 0);
    txn.producer_epoch = ProducerEpoch(value.i16()?);
    txn.timeout_ms = u32::try_from(value.i32()?).ok()?;
    txn.state = TxnState::from_code(value.i8()?)?;
    txn.partitions = match has_tags {
        true => read_partitions(&mut value, image)?,
        false => read_first_partitions(&mut value, image)?,
    };
    txn.last_update_ms = value.i64()?;
    txn.start_ms = value.i64()?;
    if !has_tags {
        return Some(txn);
    }
    value.tagged_fields(|tag, field| {
        match tag {
            TAG_PREVIOUS_PRODUCER_ID => txn.prev_producer_id = ProducerId(field.i64()?),
            TAG_NEXT_PRODUCER_ID => txn.next_producer_id = ProducerId(field.i64()?),
            TAG_CLIENT_TRANSACTION_VERSION => txn.client_transaction_version = field.i16()?,
            _ => {}
        }
        Some(())
    })?;
    Some(txn)
}

fn read_partitions(
    value: &mut Reader<'_>,
    image: &ClusterImage,
) -> Option<BTreeSet<TopicPartition>> {
    let mut partitions = BTreeSet::new();
    let Some(topics) = value.unsigned_varint()?.checked_sub(1) else {
        return Some(partitions);
    };
    for _ in 0..topics {
        let name = value.compact_string()?;
        let numbers = value.compact_array(|it| u32::try_from(it.i32()?).ok())?;
        value.tagged_fields(|_, _| Some(()))?;
        partitions.extend(of_topic(image, &name, numbers));
    }
    Some(partitions)
}

fn read_first_partitions(
    value: &mut Reader<'_>,
    image: &ClusterImage,
) -> Option<BTreeSet<TopicPartition>> {
    let mut partitions = BTreeSet::new();
    for _ in 0..value.i32()?.max(0) {
        let name = value.string()?;
        let mut numbers = Vec::new();
        for _ in 0..value.i32()?.max(0) {
            numbers.push(u32::try_from(value.i32()?).ok()?);
        }
        partitions.extend(of_topic(image, &name, numbers));
    }
    Some(partitions)
}

/// Partitions of a topic that is still there.
fn of_topic(image: &ClusterImage, name: &Name, numbers: Vec<u32>) -> Vec<TopicPartition> {
    let topic = image.topics_by_name.get(name);
    let numbers = numbers.into_iter();
    topic.map_or_else(Vec::new, |topic| {
        numbers.map(|it| TopicPartition::new(*topic, it)).collect()
    })
}
