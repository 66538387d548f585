//! Record batches: every byte, and every size that is computed without the bytes.

use super::fields::{Fields, Trouble, same, to_hex};
use kafka_core::encode::{
    TimestampType, batch_attributes, batch_size, encode_batch, estimate_upper_bound, marker_record,
    record_size,
};
use kafka_core::record::{Batch, BatchBody, BatchKind, Record};
use kafka_core::types::{Bytes, LeaderEpoch, Name, Offset, ProducerEpoch, ProducerId, Sequence};
use std::rc::Rc;

/// `record-batch.jsonl`.
pub fn record_batch(case: &Fields) -> Result<(), Trouble> {
    let kind = match case.text("kind")? {
        "size" => return sizes(case),
        "plain" | "idempotent" => BatchKind::Data,
        "transactional" => BatchKind::Transactional,
        "marker" => BatchKind::Marker(case.object("input")?.text("controlType")? == "COMMIT"),
        other => return Err(Trouble::Unsupported(format!("kind {other}"))),
    };
    let (timestamps, batch) = batch(case, kind)?;
    same_header(case, &batch, timestamps)?;
    same_records(case, &batch, timestamps)?;
    let bytes = encode_batch(&batch, timestamps);
    same("crcHex", case.text("crcHex")?, to_hex(&bytes[17..21]))?;
    same("hex", case.text("hex")?, to_hex(&bytes))?;
    let size = case.int::<usize>("sizeInBytes")?;
    same("sizeInBytes", size, bytes.len())?;
    same("sizeInBytes", size, batch.size_bytes() as usize)
}

/// The batch that the input describes.
fn batch(case: &Fields, kind: BatchKind) -> Result<(TimestampType, Batch), Trouble> {
    let input = case.object("input")?;
    let (records, sequence) = if let BatchKind::Marker(commit) = kind {
        let epoch = input.int("coordinatorEpoch")?;
        (
            vec![marker_record(commit, epoch, input.int("timestamp")?)],
            -1,
        )
    } else {
        let records: Result<_, _> = input.objects("records")?.iter().map(record).collect();
        (records?, input.int("baseSequence")?)
    };
    let mut body = BatchBody::new(
        kind,
        ProducerId(input.int("producerId")?),
        ProducerEpoch(input.int("producerEpoch")?),
        Sequence(sequence),
        records,
    );
    let timestamps = match case.text("timestampType")? {
        "LogAppendTime" => {
            // The leader's clock is no field of the input: only the result tells it.
            body.max_timestamp_ms = case.int("maxTimestamp")?;
            TimestampType::LogAppendTime
        }
        _ => TimestampType::CreateTime,
    };
    let batch = Batch {
        base_offset: Offset(input.int("baseOffset")?),
        leader_epoch: LeaderEpoch(input.int("partitionLeaderEpoch")?),
        body: Rc::new(body),
    };
    Ok((timestamps, batch))
}

fn record(fields: &Fields) -> Result<Record, Trouble> {
    let mut headers = Vec::new();
    for header in fields.objects("headers")? {
        headers.push((Name::from(header.text("key")?), bytes(&header, "value")?));
    }
    Ok(Record {
        key: bytes(fields, "key")?,
        value: bytes(fields, "value")?,
        headers,
        timestamp_ms: fields.int("timestamp")?,
        ..Record::default()
    })
}

/// Bytes or null.
fn bytes(fields: &Fields, name: &str) -> Result<Option<Bytes>, Trouble> {
    let hex = |_| fields.bytes(name).map(Bytes::from);
    fields.find(name).map(hex).transpose()
}

fn same_header(case: &Fields, batch: &Batch, timestamps: TimestampType) -> Result<(), Trouble> {
    let body = &batch.body;
    let base_timestamp_ms = body.base_timestamp_ms();
    let last_delta = i64::from(body.count()) - 1;
    let attributes = batch_attributes(body.kind, timestamps, body.compression);
    let transactional = body.is_transactional();
    for (field, ours) in [
        ("baseOffset", batch.base_offset.0),
        ("lastOffset", batch.last_offset().0),
        ("lastOffsetDelta", last_delta),
        ("nextOffset", batch.next_offset().0),
        ("count", i64::from(body.count())),
        ("attributes", i64::from(attributes)),
        ("baseTimestamp", base_timestamp_ms),
        ("maxTimestamp", body.max_timestamp_ms),
        ("producerId", body.producer_id.0),
        ("producerEpoch", i64::from(body.producer_epoch.0)),
        ("baseSequence", i64::from(body.base_sequence.0)),
        ("lastSequence", i64::from(body.last_sequence().0)),
    ] {
        same(field, case.int::<i64>(field)?, ours)?;
    }
    same(
        "isTransactional",
        case.flag("isTransactional")?,
        transactional,
    )?;
    same("isControl", case.flag("isControl")?, body.is_control())
}

fn same_records(case: &Fields, batch: &Batch, timestamps: TimestampType) -> Result<(), Trouble> {
    let body = &batch.body;
    let kafka = case.objects("records")?;
    same("records", kafka.len(), body.records.len())?;
    let base_timestamp_ms = body.base_timestamp_ms();
    for ((kafka, ours), delta) in kafka.iter().zip(&body.records).zip(0u32..) {
        let size = record_size(ours, delta as i32, ours.timestamp_ms - base_timestamp_ms);
        same("record size", kafka.int::<u32>("sizeInBytes")?, size)?;
        let offset = batch.base_offset.plus(i64::from(delta)).0;
        same("offset", kafka.int::<i64>("offset")?, offset)?;
        let sequence = match body.base_sequence {
            Sequence::NONE => Sequence::NONE,
            base => base.plus(delta),
        };
        same("sequence", kafka.int::<i32>("sequence")?, sequence.0)?;
        let timestamp = match timestamps {
            TimestampType::CreateTime => ours.timestamp_ms,
            TimestampType::LogAppendTime => body.max_timestamp_ms,
        };
        same("timestamp", kafka.int::<i64>("timestamp")?, timestamp)?;
        same("key", bytes(kafka, "key")?, ours.key.clone())?;
        same("value", bytes(kafka, "value")?, ours.value.clone())?;
    }
    Ok(())
}

fn sizes(case: &Fields) -> Result<(), Trouble> {
    let zeroes = |field| -> Result<Option<Bytes>, Trouble> {
        match case.find(field) {
            Some(_) => Ok(Some(vec![0; case.int::<usize>(field)?].into())),
            None => Ok(None),
        }
    };
    let record = Record {
        key: zeroes("keyBytes")?,
        value: zeroes("valueBytes")?,
        ..Record::default()
    };
    let two = [record.clone(), record.clone()];
    same(
        "batchOf1",
        case.int::<u32>("batchOf1")?,
        batch_size(&two[..1]),
    )?;
    same("batchOf2", case.int::<u32>("batchOf2")?, batch_size(&two))?;
    let bound = estimate_upper_bound(&record);
    same(
        "estimateUpperBound",
        case.int::<u32>("estimateUpperBound")?,
        bound,
    )
}
