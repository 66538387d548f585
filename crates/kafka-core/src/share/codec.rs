//! Records of `__share_group_state` in Kafka's bytes: a snapshot of a share
//! partition (key version 0), or what changed since (key version 1).
//!
//! Not here: what replaying a record does (`coordinator`). Invariant: decoding what
//! was encoded gives the same value back, and damaged bytes give `None`, never a panic.

use std::rc::Rc;

use super::ShareKey;
use super::state::{RecordState, StateWrite};
use crate::protocol::StateOfSharePartition;
use crate::types::{Bytes, LeaderEpoch, Name, Offset, Uuid};
use crate::varint::{read_unsigned_varint, write_unsigned_varint};

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
    let version = i16::from_be_bytes(key.array()?);
    let length = usize::try_from(i16::from_be_bytes(key.array()?)).ok()?;
    let group: Name = Rc::from(std::str::from_utf8(key.take(length)?).ok()?);
    let key = ShareKey {
        group,
        topic: Uuid(u128::from_be_bytes(key.array()?)),
        partition: u32::try_from(i32::from_be_bytes(key.array()?)).ok()?,
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
    if i16::from_be_bytes(value.array()?) != VALUE_VERSION {
        return None;
    }
    let epoch = value.int()?;
    let state_epoch = value.int()?;
    let leader_epoch = LeaderEpoch(value.int()?);
    let start_offset = Offset(value.long()?);
    let create_timestamp_ms = value.long()?;
    let write_timestamp_ms = value.long()?;
    let batches = value.batches()?;
    let delivery_complete_count = value.count()?;
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
    if i16::from_be_bytes(value.array()?) != VALUE_VERSION {
        return None;
    }
    let epoch = value.int()?;
    let leader_epoch = LeaderEpoch(value.int()?);
    let start_offset = Offset(value.long()?);
    let batches = value.batches()?;
    let delivery_complete_count = value.count()?;
    let state = StateOfSharePartition {
        state_epoch: 0,
        start_offset,
        delivery_complete_count,
        leader_epoch,
        batches,
    };
    Some((epoch, state))
}

/// Takes fields from the front of a slice; `None` once the bytes end early.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (front, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(front)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn int(&mut self) -> Option<i32> {
        Some(i32::from_be_bytes(self.array()?))
    }

    fn long(&mut self) -> Option<i64> {
        Some(i64::from_be_bytes(self.array()?))
    }

    fn varint(&mut self) -> Option<u32> {
        let (value, used) = read_unsigned_varint(self.0)?;
        self.take(used)?;
        Some(value)
    }

    fn batches(&mut self) -> Option<Vec<StateWrite>> {
        let count = self.varint()?.checked_sub(1)?;
        let mut batches = Vec::new();
        for _ in 0..count {
            batches.push(StateWrite {
                first: Offset(self.long()?),
                last: Offset(self.long()?),
                state: RecordState::of(i8::from_be_bytes(self.array()?))?,
                delivery_count: u16::from_be_bytes(self.array()?),
            });
            self.skip_tags()?;
        }
        Some(batches)
    }

    fn skip_tags(&mut self) -> Option<()> {
        for _ in 0..self.varint()? {
            self.varint()?;
            let size = self.varint()? as usize;
            self.take(size)?;
        }
        Some(())
    }

    /// The count among the tagged fields.
    fn count(&mut self) -> Option<u32> {
        let mut count = NO_COUNT;
        for _ in 0..self.varint()? {
            let tag = self.varint()?;
            let size = self.varint()? as usize;
            let field = self.take(size)?;
            if tag == COMPLETE_COUNT_TAG {
                let number = i32::from_be_bytes(field.try_into().ok()?);
                count = u32::try_from(number).unwrap_or(NO_COUNT);
            }
        }
        Some(count)
    }
}
