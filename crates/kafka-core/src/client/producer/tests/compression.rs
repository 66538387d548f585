//! Compressed batches: how many records one takes, how large it is on the wire, and what
//! happens when the broker finds it too large. Counts are those of Kafka 4.3.1's own
//! `ProducerBatch`, given the same records.

use super::*;
use crate::client::producer::batch::{Packing, ProducerBatch};
use crate::compress::Compression;
use crate::compress::samples::orders;
use crate::record::{BatchKind, Record};

const BATCH_SIZE: u32 = 4_000;

/// Records of the batches that 900 orders fill, and the estimate after them.
fn filled(codec: Compression) -> (Vec<u32>, f32) {
    let mut packing = Packing::new(codec);
    let mut counts = Vec::new();
    let begin =
        |record: Record, packing| ProducerBatch::new(1, record, BATCH_SIZE, packing, Time::ZERO);
    let mut records = orders(900).into_iter();
    let mut batch = begin(records.next().expect("900 orders"), packing);
    for record in records {
        let Err(record) = batch.try_append(record) else {
            continue;
        };
        let body = batch.seal(BatchKind::Data);
        assert_eq!(batch.size_bytes(), body.size_bytes);
        counts.push(body.count());
        if let Some(ratio) = batch.compression_ratio() {
            packing.observe(ratio);
        }
        batch = begin(record, packing);
    }
    (counts, packing.ratio)
}

/// `MemoryRecordsBuilder.hasRoomFor`, `CompressionRatioEstimator`: the estimate of a batch's
/// size starts at no compression and 5% more, and comes down by half a percent a batch.
#[test]
fn batches_take_as_many_records_as_kafkas_with_the_same_estimate() {
    let (counts, ratio) = filled(Compression::None);
    assert_eq!(counts, [vec![46], vec![45; 18]].concat());
    assert_eq!(ratio, 1.0);
    let expected = [
        44, 43, 44, 44, 44, 44, 44, 44, 45, 45, 45, 45, 46, 46, 46, 46, 47, 47, 47,
    ];
    for codec in &Compression::ALL[1..] {
        let (counts, ratio) = filled(*codec);
        assert_eq!(counts, expected, "{codec:?}");
        assert_eq!(ratio, 0.905_000_1, "{codec:?}");
    }
}

fn send_orders(fake: &mut Fake<Producer>, count: i64) {
    for (record, tag) in orders(count).into_iter().zip(1..) {
        let record = RecordToSend {
            topic: "t".into(),
            partition: Some(0),
            key: record.key,
            value: record.value,
            headers: Vec::new(),
            timestamp_ms: Some(record.timestamp_ms),
        };
        fake.command(ClientCommand::Send(record, tag));
    }
    fake.settle();
}

/// The batch goes out with its codec and its size after compression: that of the sample in
/// [`crate::compress`] and the header.
#[test]
fn a_batch_is_compressed_when_it_is_closed() {
    let config = ProducerConfig {
        compression: Compression::Gzip,
        ..config()
    };
    let mut fake = warm(config, &[topic("t", 4, &[(1, 0)])]);
    send_orders(&mut fake, 30);
    fake.advance(Duration::from_ms(5));
    let (_, body) = &batches(&fake, 0)[0];
    assert_eq!((body.compression, body.count()), (Compression::Gzip, 30));
    assert_eq!(body.size_bytes, 61 + 725);
    assert_eq!(fake.node.acc.packing(0).ratio, 0.995);
}

/// PRO-10: a compressed batch too large for the broker is split into batches of `batch.size`
/// before compression, as if compression did not help; nothing is lost or reordered.
#[test]
fn a_compressed_batch_too_large_is_split_without_trust_in_compression() {
    let config = ProducerConfig {
        compression: Compression::Gzip,
        batch_size: BATCH_SIZE,
        ..config()
    };
    let mut fake = warm(config, &[topic("t", 4, &[(1, 0)])]);
    send(&mut fake, 0, "the topic is known then", 0);
    fake.advance(Duration::from_ms(5));
    answer_produce(&mut fake, ErrorCode::None);
    // So many good batches that one batch takes much more than batch.size.
    fake.node.acc.packing(0).ratio = 0.25;
    send_orders(&mut fake, 120);
    fake.advance(Duration::from_ms(5));
    let (_, body) = &batches(&fake, 0)[0];
    assert_eq!(body.count(), 120);
    answer_produce(&mut fake, ErrorCode::MessageTooLarge);
    // Back at 1; and one step down, as the first part is on its way already.
    assert_eq!(fake.node.acc.packing(0).ratio, 0.995);
    let mut counts = Vec::new();
    while fake.apis().contains(&ApiKey::Produce) {
        counts.push(batches(&fake, 0)[0].1.count());
        answer_produce(&mut fake, ErrorCode::None);
    }
    assert_eq!(counts, [44, 43, 33]);
    assert_eq!(acked(&fake.events)[1..], (1..=120).collect::<Vec<u64>>());
    assert_eq!(fake.node.acc.reserved, 0);
}
