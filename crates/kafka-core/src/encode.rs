//! Record batches as bytes (format version 2), and how many bytes that is, without writing
//! them unless they are compressed (LOG-1).
//!
//! Not here: decoding, the codecs, older formats. Invariant: the size functions say
//! exactly what [`encode_batch`] writes, and allocate nothing for what is not compressed.

use crate::compress::Compression;
use crate::hash::crc32c;
use crate::record::{Batch, BatchBody, BatchKind, Cleaned, Record};
use crate::types::{Bytes, ProducerEpoch, ProducerId, Sequence};
use crate::varint::{size_of_varint, size_of_varlong, write_varint, write_varlong};

/// Bytes before the first record of a batch.
pub const BATCH_HEADER_BYTES: u32 = 61;

/// Bytes of a batch that its own length field does not count: base offset and length.
const LOG_OVERHEAD_BYTES: u32 = 12;

/// The checksum covers everything from here on.
const ATTRIBUTES_AT: usize = 21;

/// The most bytes a record needs beside key, value and headers.
const RECORD_OVERHEAD_BYTES_MAX: u32 = 21;

const MAGIC: u8 = 2;

/// The batch's first timestamp is its delete horizon (KIP-534).
const DELETE_HORIZON_BIT: i16 = 0x40;

/// Where a batch's timestamps come from (`message.timestamp.type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimestampType {
    /// The producer's.
    CreateTime,
    /// The leader's clock: the batch's max timestamp counts for every record.
    LogAppendTime,
}

/// The attributes field of a batch.
pub fn batch_attributes(
    kind: BatchKind,
    timestamps: TimestampType,
    compression: Compression,
) -> i16 {
    let timestamp_bit = match timestamps {
        TimestampType::CreateTime => 0,
        TimestampType::LogAppendTime => 0x08,
    };
    let kind_bits = match kind {
        BatchKind::Data => 0,
        BatchKind::Transactional => 0x10,
        BatchKind::Marker(_) => 0x30,
        BatchKind::Control => 0x20,
    };
    compression.attribute_bits() | timestamp_bit | kind_bits
}

impl BatchBody {
    /// Makes an uncompressed batch of at least one record, with its true size and maximal
    /// timestamp.
    pub fn new(
        kind: BatchKind,
        producer_id: ProducerId,
        producer_epoch: ProducerEpoch,
        base_sequence: Sequence,
        records: Vec<Record>,
    ) -> BatchBody {
        let timestamps = records.iter().map(|record| record.timestamp_ms);
        BatchBody {
            kind,
            producer_id,
            producer_epoch,
            base_sequence,
            compression: Compression::None,
            size_bytes: batch_size(&records),
            max_timestamp_ms: timestamps.max().unwrap_or(-1),
            records,
            cleaned: None,
        }
    }

    /// The same batch with its records compressed so.
    pub fn compressed(mut self, compression: Compression) -> BatchBody {
        self.compression = compression;
        self.size_bytes = body_size(&self);
        self
    }

    /// What is left of it when only the records at these places (ascending, relative to
    /// its first offset) stay. Its offsets and sequences remain (CMP-3, CMP-5); with a
    /// delete horizon, record times are kept relative to that (CMP-4). What is left is
    /// compressed as it was; nothing is not.
    pub fn keeping(&self, kept: &[u32], delete_horizon_ms: Option<i64>) -> BatchBody {
        let wanted = self.deltas().filter(|(delta, _)| kept.contains(delta));
        let records: Vec<Record> = wanted.map(|(_, record)| record.clone()).collect();
        let newest = records.iter().map(|record| record.timestamp_ms).max();
        let cleaned = Cleaned {
            offset_deltas: kept.to_vec(),
            last_offset_delta: self.span() - 1,
            delete_horizon_ms,
        };
        let compression = match records.is_empty() {
            true => Compression::None,
            false => self.compression,
        };
        let body = BatchBody {
            kind: self.kind,
            producer_id: self.producer_id,
            producer_epoch: self.producer_epoch,
            base_sequence: self.base_sequence,
            compression,
            size_bytes: 0,
            max_timestamp_ms: newest.unwrap_or(self.max_timestamp_ms),
            records,
            cleaned: Some(Box::new(cleaned)),
        };
        body.compressed(compression)
    }
}

/// Size of a batch with that body in bytes.
fn body_size(body: &BatchBody) -> u32 {
    if body.compression != Compression::None {
        return BATCH_HEADER_BYTES + record_block(body).len() as u32;
    }
    let base = body.base_timestamp_ms();
    let sizes = body
        .deltas()
        .map(|(delta, record)| record_size(record, delta as i32, record.timestamp_ms - base));
    BATCH_HEADER_BYTES + sizes.sum::<u32>()
}

/// The one record of a transaction marker.
pub fn marker_record(commit: bool, coordinator_epoch: i32, timestamp_ms: i64) -> Record {
    let version = 0i16.to_be_bytes();
    let kind = i16::from(commit).to_be_bytes();
    let value: Vec<u8> = version
        .into_iter()
        .chain(coordinator_epoch.to_be_bytes())
        .collect();
    Record {
        key: Some([version, kind].concat().into()),
        value: Some(value.into()),
        timestamp_ms,
        ..Record::default()
    }
}

/// The epoch of the coordinator that wrote a transaction marker; `None` for a record
/// that is none.
pub fn marker_coordinator_epoch(record: &Record) -> Option<i32> {
    let value = record.value.as_deref()?.get(2..6)?;
    Some(i32::from_be_bytes(value.try_into().ok()?))
}

/// Size of a batch of these records in bytes: header and records.
pub fn batch_size(records: &[Record]) -> u32 {
    let base = records.first().map_or(0, |record| record.timestamp_ms);
    let sizes = records
        .iter()
        .zip(0..)
        .map(|(record, delta)| record_size(record, delta, record.timestamp_ms - base));
    BATCH_HEADER_BYTES + sizes.sum::<u32>()
}

/// Size of one record inside a batch, its length field included, given its distance in
/// offset and in milliseconds from the batch's first record.
pub fn record_size(record: &Record, offset_delta: i32, timestamp_delta_ms: i64) -> u32 {
    let body = record_body_size(record, offset_delta, timestamp_delta_ms);
    size_of_varint(body as i32) + body
}

fn record_body_size(record: &Record, offset_delta: i32, timestamp_delta_ms: i64) -> u32 {
    let attributes = 1;
    attributes
        + size_of_varlong(timestamp_delta_ms)
        + size_of_varint(offset_delta)
        + payload_size(record)
}

/// Key, value and headers.
fn payload_size(record: &Record) -> u32 {
    let headers: u32 = record
        .headers
        .iter()
        .map(|(key, value)| sized(Some(key.len())) + sized(value.as_ref().map(|it| it.len())))
        .sum();
    sized(record.key.as_ref().map(|it| it.len()))
        + sized(record.value.as_ref().map(|it| it.len()))
        + size_of_varint(record.headers.len() as i32)
        + headers
}

/// A length field and so many bytes; null is length -1.
fn sized(length: Option<usize>) -> u32 {
    match length {
        Some(length) => size_of_varint(length as i32) + length as u32,
        None => size_of_varint(-1),
    }
}

/// What a producer reckons a batch of this one record may need at most: its measure
/// against `max.request.size` and for a new buffer.
pub fn estimate_upper_bound(record: &Record) -> u32 {
    BATCH_HEADER_BYTES + RECORD_OVERHEAD_BYTES_MAX + payload_size(record)
}

/// The batch as it stands in a segment file and travels on the wire.
pub fn encode_batch(batch: &Batch, timestamps: TimestampType) -> Vec<u8> {
    let body = &batch.body;
    let mut bytes = Vec::with_capacity(body.size_bytes as usize);
    let base_timestamp_ms = body.base_timestamp_ms();
    bytes.extend(batch.base_offset.0.to_be_bytes());
    let length = body.size_bytes - LOG_OVERHEAD_BYTES;
    bytes.extend((length as i32).to_be_bytes());
    bytes.extend(batch.leader_epoch.0.to_be_bytes());
    bytes.push(MAGIC);
    let checksum_at = bytes.len();
    bytes.extend([0; 4]);
    let horizon_bit = body.delete_horizon_ms().map_or(0, |_| DELETE_HORIZON_BIT);
    let attributes = batch_attributes(body.kind, timestamps, body.compression) | horizon_bit;
    bytes.extend(attributes.to_be_bytes());
    bytes.extend((body.span() as i32 - 1).to_be_bytes());
    bytes.extend(base_timestamp_ms.to_be_bytes());
    bytes.extend(body.max_timestamp_ms.to_be_bytes());
    bytes.extend(body.producer_id.0.to_be_bytes());
    bytes.extend(body.producer_epoch.0.to_be_bytes());
    bytes.extend(body.base_sequence.0.to_be_bytes());
    bytes.extend((body.count() as i32).to_be_bytes());
    match body.compression {
        Compression::None => encode_records(body, &mut bytes),
        _ => bytes.append(&mut record_block(body)),
    }
    let checksum = crc32c(&bytes[ATTRIBUTES_AT..]);
    bytes[checksum_at..ATTRIBUTES_AT].copy_from_slice(&checksum.to_be_bytes());
    bytes
}

fn encode_records(body: &BatchBody, out: &mut Vec<u8>) {
    let base_timestamp_ms = body.base_timestamp_ms();
    for (offset_delta, record) in body.deltas() {
        let timestamp_delta_ms = record.timestamp_ms - base_timestamp_ms;
        encode_record(record, offset_delta as i32, timestamp_delta_ms, out);
    }
}

/// The records, compressed.
fn record_block(body: &BatchBody) -> Vec<u8> {
    let mut raw = Vec::new();
    encode_records(body, &mut raw);
    body.compression.compress(&raw)
}

fn encode_record(record: &Record, offset_delta: i32, timestamp_delta_ms: i64, out: &mut Vec<u8>) {
    let length = record_body_size(record, offset_delta, timestamp_delta_ms);
    write_varint(length as i32, out);
    let attributes = 0;
    out.push(attributes);
    write_varlong(timestamp_delta_ms, out);
    write_varint(offset_delta, out);
    write_sized(record.key.as_deref(), out);
    write_sized(record.value.as_deref(), out);
    write_varint(record.headers.len() as i32, out);
    for (key, value) in &record.headers {
        write_sized(Some(key.as_bytes()), out);
        write_sized(value.as_ref().map(|it: &Bytes| &it[..]), out);
    }
}

fn write_sized(bytes: Option<&[u8]>, out: &mut Vec<u8>) {
    match bytes {
        Some(bytes) => {
            write_varint(bytes.len() as i32, out);
            out.extend_from_slice(bytes);
        }
        None => write_varint(-1, out),
    }
}
