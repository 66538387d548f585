//! Records of `__share_group_state` in Kafka's bytes: a snapshot of a share
//! partition (key version 0), or what changed since (key version 1).
//!
//! Not here: what replaying a record does (`coordinator`). Invariant: decoding what
//! was encoded gives the same value back, and damaged bytes give `None`, never a panic.

use super::ShareKey;
use super::state::{RecordState, StateWrite};
use crate::group::bytes::Reader;
use crate::protocol::StateOfSharePartition;
use crate::types::{Bytes, LeaderEpoch, Offset};
use crate::varint::write_unsigned_varint;

const SNAPSHOT_KEY: i16 = 0;
const UPDATE_KEY: i16 = 1;
const VALUE_VERSION: i16 = 0;
/// Tag of `deliveryCompleteCount` in both values.
const COMPLETE_COUNT_TAG: u32 = 0;
/// What an absent count means: not known, told as none here.
const NO_COUNT: u32 = 0;

/// What a record says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StateRecord {
    /// The whole state; `None` removes the share partition.
    Snapshot(ShareKey, Option<Snapshot>),
    /// What changed since the snapshot of that epoch.
    Update(ShareKey, i32, StateOfSharePartition),
}

/// A whole state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Snapshot {
    /// Counts the snapshots.
    pub epoch: i32,
    /// The state.
    pub state: StateOfSharePartition,
    /// When the share partition was first stored, in milliseconds.
    pub create_timestamp_ms: i64,
    /// When this was written, in milliseconds.
    pub write_timestamp_ms: i64,
}

/// Key of a snapshot.
pub fn snapshot_key(key: &ShareKey) -> Bytes {
    encode_key(SNAPSHOT_KEY, key)
}

/// Key of an update.
pub fn update_key(key: &ShareKey) -> Bytes {
    encode_key(UPDATE_KEY, key)
}

fn encode_key(version: i16, key: &ShareKey) -> Bytes {
    let mut out = Vec::with_capacity(24 + key.group.len());
    out.extend_from_slice(&version.to_be_bytes());
    out.extend_from_slice(&(key.group.len() as i16).to_be_bytes());
    out.extend_from_slice(key.group.as_bytes());
    out.extend_from_slice(&key.topic.0.to_be_bytes());
    out.extend_from_slice(&(key.partition as i32).to_be_bytes());
    out.into()
}

/// ShareSnapshotValue v0.
pub fn snapshot_value(snapshot: &Snapshot) -> Bytes {
    let state = &snapshot.state;
    let mut out = Vec::with_capacity(64 + 20 * state.batches.len());
    out.extend_from_slice(&VALUE_VERSION.to_be_bytes());
    out.extend_from_slice(&snapshot.epoch.to_be_bytes());
    out.extend_from_slice(&state.state_epoch.to_be_bytes());
    out.extend_from_slice(&state.leader_epoch.0.to_be_bytes());
    out.extend_from_slice(&state.start_offset.0.to_be_bytes());
    out.extend_from_slice(&snapshot.create_timestamp_ms.to_be_bytes());
    out.extend_from_slice(&snapshot.write_timestamp_ms.to_be_bytes());
    put_batches(&mut out, &state.batches);
    put_count(&mut out, state.delivery_complete_count);
    out.into()
}

/// ShareUpdateValue v0.
pub fn update_value(snapshot_epoch: i32, state: &StateOfSharePartition) -> Bytes {
    let mut out = Vec::with_capacity(32 + 20 * state.batches.len());
    out.extend_from_slice(&VALUE_VERSION.to_be_bytes());
    out.extend_from_slice(&snapshot_epoch.to_be_bytes());
    out.extend_from_slice(&state.leader_epoch.0.to_be_bytes());
    out.extend_from_slice(&state.start_offset.0.to_be_bytes());
    put_batches(&mut out, &state.batches);
    put_count(&mut out, state.delivery_complete_count);
    out.into()
}

fn put_batches(out: &mut Vec<u8>, batches: &[StateWrite]) {
    write_unsigned_varint(batches.len() as u32 + 1, out);
    for batch in batches {
        out.extend_from_slice(&batch.first.0.to_be_bytes());
        out.extend_from_slice(&batch.last.0.to_be_bytes());
        out.extend_from_slice(&batch.state.id().to_be_bytes());
        out.extend_from_slice(&batch.delivery_count.to_be_bytes());
        write_unsigned_varint(0, out);
    }
}

fn put_count(out: &mut Vec<u8>, count: u32) {
    write_unsigned_varint(1, out);
    write_unsigned_varint(COMPLETE_COUNT_TAG, out);
    write_unsigned_varint(4, out);
    out.extend_from_slice(&(count as i32).to_be_bytes());
}

/// Reads a record; `None` if it is damaged or of another kind.
pub fn decode(key: &[u8], value: Option<&[u8]>) -> Option<StateRecord> {
    let mut key = Reader(key);
    let version = key.i16()?;
    let key = ShareKey {
        group: key.string()?,
        topic: key.uuid()?,
        partition: u32::try_from(key.i32()?).ok()?,
    };
    match (version, value) {
        (SNAPSHOT_KEY, None) => Some(StateRecord::Snapshot(key, None)),
        (SNAPSHOT_KEY, Some(value)) => {
            Some(StateRecord::Snapshot(key, Some(decode_snapshot(value)?)))
        }
        (UPDATE_KEY, Some(value)) => {
            let (epoch, state) = decode_update(value)?;
            Some(StateRecord::Update(key, epoch, state))
        }
        _ => None,
    }
}

fn decode_snapshot(value: &[u8]) -> Option<Snapshot> {
    let mut value = Reader(value);
    if value.i16()? != VALUE_VERSION {
        return None;
    }
    let epoch = value.i32()?;
    let state_epoch = value.i32()?;
    let leader_epoch = LeaderEpoch(value.i32()?);
    let start_offset = Offset(value.i64()?);
    let create_timestamp_ms = value.i64()?;
    let write_timestamp_ms = value.i64()?;
    let batches = batches(&mut value)?;
    let delivery_complete_count = count(&mut value)?;
    Some(Snapshot {
        epoch,
        state: StateOfSharePartition {
            state_epoch,
            start_offset,
            delivery_complete_count,
            leader_epoch,
            batches,
        },
        create_timestamp_ms,
        write_timestamp_ms,
    })
}

fn decode_update(value: &[u8]) -> Option<(i32, StateOfSharePartition)> {
    let mut value = Reader(value);
    if value.i16()? != VALUE_VERSION {
        return None;
    }
    let epoch = value.i32()?;
    let leader_epoch = LeaderEpoch(value.i32()?);
    let start_offset = Offset(value.i64()?);
    let batches = batches(&mut value)?;
    let delivery_complete_count = count(&mut value)?;
    let state = StateOfSharePartition {
        state_epoch: 0,
        start_offset,
        delivery_complete_count,
        leader_epoch,
        batches,
    };
    Some((epoch, state))
}

fn batches(value: &mut Reader<'_>) -> Option<Vec<StateWrite>> {
    value.compact_array(|value| {
        let write = StateWrite {
            first: Offset(value.i64()?),
            last: Offset(value.i64()?),
            state: RecordState::of(value.i8()?)?,
            delivery_count: value.i16()? as u16,
        };
        value.tagged_fields(|_, _| Some(()))?;
        Some(write)
    })
}

/// The count among the tagged fields.
fn count(value: &mut Reader<'_>) -> Option<u32> {
    let mut count = NO_COUNT;
    value.tagged_fields(|tag, field| {
        if tag == COMPLETE_COUNT_TAG {
            let number = field.i32().filter(|_| field.0.is_empty())?;
            count = u32::try_from(number).unwrap_or(NO_COUNT);
        }
        Some(())
    })?;
    Some(count)
}
