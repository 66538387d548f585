//! Compaction against the recorded story of a real broker, and its rules.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::{CleanedLog, Log, LogConfig, LogDisk};
use crate::compress::Compression;
use crate::encode::{TimestampType, encode_batch, marker_record};
use crate::node::{Prng, Stream};
use crate::record::{Batch, BatchBody, BatchKind, Record};
use crate::types::{
    Duration, LeaderEpoch, NodeId, Offset, ProducerEpoch, ProducerId, Sequence, Time,
};

const SEGMENT_MS: i64 = 1_500;
const KEYS: usize = 1_000;

/// The settings of the recorded topic.
fn config() -> LogConfig {
    LogConfig {
        compact: true,
        delete: false,
        min_cleanable_dirty_ppm: 10_000,
        segment_ms: SEGMENT_MS,
        delete_retention_ms: 4_000,
        ..LogConfig::default()
    }
}

struct Table {
    log: Log,
    config: LogConfig,
    now_ms: i64,
    producers: i64,
}

impl Table {
    fn new(config: LogConfig) -> Table {
        Table {
            log: Log::open(LogDisk::new(Time::ZERO), Offset::ZERO),
            config,
            now_ms: 1_000_000,
            producers: 0,
        }
    }

    fn now(&self) -> Time {
        Time::ZERO + Duration::from_ms(self.now_ms as u64)
    }

    fn pass(&mut self, ms: i64) -> &mut Table {
        self.now_ms += ms;
        self
    }

    fn body(&self, kind: BatchKind, producer: i64, pairs: &[(&str, Option<&str>)]) -> BatchBody {
        let records = pairs.iter().map(|(key, value)| Record {
            key: Some(key.as_bytes().into()),
            value: value.map(|value| value.as_bytes().into()),
            timestamp_ms: self.now_ms,
            ..Record::default()
        });
        let (producer, epoch) = (ProducerId(producer), ProducerEpoch(0));
        BatchBody::new(kind, producer, epoch, Sequence(0), records.collect())
    }

    fn append(&mut self, body: BatchBody) {
        let (config, now) = (self.config.clone(), self.now());
        self.log
            .append_as_leader(Rc::new(body), LeaderEpoch(0), &config, now);
        self.log.set_high_watermark(self.log.log_end_offset());
    }

    /// A producer of its own sends a batch, as a console producer's run does.
    fn send(&mut self, pairs: &[(&str, Option<&str>)]) -> &mut Table {
        let body = self.body(BatchKind::Data, self.producers, pairs);
        self.producers += 1;
        self.append(body);
        self
    }

    fn clean(&mut self) -> CleanedLog {
        let config = self.config.clone();
        assert!(self.log.cleanable(&config, self.now_ms).is_due(&config));
        self.log.clean(&config, self.now(), KEYS)
    }

    fn sizes(&self) -> Vec<(i64, u64)> {
        let segments = self.log.disk().segments();
        segments.map(|s| (s.base_offset.0, s.size_bytes)).collect()
    }

    fn offsets(&self) -> Vec<i64> {
        let batches = self.log.disk().batches().filter(|b| !b.body.is_control());
        batches
            .flat_map(|batch| batch.records())
            .map(|(offset, _)| offset.0)
            .collect()
    }

    fn batches(&self) -> Vec<&Batch> {
        self.log.disk().batches().collect()
    }
}

const A: &str = "a";
const B: &str = "b";

/// CMP-1, CMP-3, CMP-4, CMP-5, LOG-3: the recorded story of a compacted topic, with the
/// file sizes, remaining offsets and checkpoint that Kafka 4.3.1 had after each step.
#[test]
fn the_recorded_compaction_step_by_step() {
    let mut table = Table::new(config());
    let one = Some("1");
    let first = [
        (A, one),
        (B, one),
        ("c", one),
        (A, Some("2")),
        (B, Some("2")),
    ];
    table.send(&first).pass(3_000);
    assert!(
        !table
            .log
            .cleanable(&config(), table.now_ms)
            .is_due(&config())
    );
    table.send(&[("c", Some("2")), ("d", one), (A, Some("3"))]);
    assert_eq!(table.clean().clean_until, Offset(5));
    assert_eq!(table.sizes(), [(0, 88), (5, 88)]);
    assert_eq!(table.offsets(), [2, 3, 4, 5, 6, 7]);

    table.pass(7_000).send(&[(B, None), ("d", None)]);
    table.clean();
    assert_eq!(
        table.sizes()[0],
        (0, 158),
        "as 0.log was before it was replaced"
    );
    // Late enough that the distance to the horizon takes three bytes a record.
    table.pass(3_000).send(&[("e", one)]).pass(1_750);
    assert_eq!(table.clean().clean_until, Offset(10));
    assert_eq!(table.sizes(), [(0, 221), (10, 70)]);
    assert_eq!(table.offsets(), [5, 7, 8, 9, 10]);
    let horizons: Vec<_> = table
        .batches()
        .iter()
        .map(|b| b.body.delete_horizon_ms())
        .collect();
    let horizon = table.now_ms + 4_000;
    assert_eq!(horizons, [None, None, Some(horizon), None]);

    table.pass(10_000).send(&[("e", Some("2")), ("f", one)]);
    table.pass(3_000).send(&[("g", one)]);
    assert_eq!(table.clean().clean_until, Offset(13));
    assert_eq!(table.sizes(), [(0, 341), (13, 70)]);
    assert_eq!(table.offsets(), [5, 7, 11, 12, 13]);
    let counts: Vec<u32> = table.batches().iter().map(|b| b.body.count()).collect();
    assert_eq!(counts, [0, 2, 0, 0, 2, 1]);
    let last: Vec<i64> = table.batches().iter().map(|b| b.last_offset().0).collect();
    assert_eq!(last, [4, 7, 9, 10, 12, 13]);
    assert_eq!(table.log.log_end_offset(), Offset(14));
    assert_eq!(table.log.log_start_offset(), Offset(0));
}

/// CMP-4: a tombstone outlives the pass that stamps it, however late that is, and every
/// pass before its horizon; what stands in the file has the size that is reckoned.
#[test]
fn a_tombstone_survives_two_passes_and_its_horizon() {
    let mut table = Table::new(config());
    table.send(&[(A, Some("1")), (A, None)]).pass(100_000);
    for (round, horizon_passed) in [(0, false), (1, false), (2, true)] {
        table.send(&[("x", Some("1"))]).pass(1_600);
        table.send(&[("y", Some("1"))]);
        table.clean();
        assert_eq!(
            table.offsets().contains(&1),
            !horizon_passed,
            "round {round}"
        );
        for batch in table.batches() {
            let bytes = encode_batch(batch, TimestampType::CreateTime);
            assert_eq!(bytes.len() as u32, batch.size_bytes());
        }
        table.pass(1_600);
    }
}

/// CMP-5: records of an aborted transaction go, its marker stays as long as a batch of it
/// is there and then until its horizon; a committed one's records stay.
#[test]
fn aborted_data_goes_first_and_its_marker_last() {
    let mut table = Table::new(config());
    let txn = BatchKind::Transactional;
    let marker = |table: &Table, producer: i64, commit: bool| {
        let record = marker_record(commit, 0, table.now_ms);
        let id = ProducerId(producer);
        let kind = BatchKind::Marker(commit);
        BatchBody::new(kind, id, ProducerEpoch(0), Sequence::NONE, vec![record])
    };
    for (producer, key, commit) in [(70, A, false), (71, B, true)] {
        table.append(table.body(txn, producer, &[(key, Some("1"))]));
        table.append(marker(&table, producer, commit));
    }
    table.pass(2_000).send(&[("x", Some("1"))]);
    table.clean();
    assert_eq!(table.offsets(), [2, 4], "the aborted record is gone");
    assert_eq!(
        table.batches()[0].body.count(),
        0,
        "last batch of its producer"
    );
    assert_eq!(
        table.batches()[1].body.count(),
        1,
        "the marker of what is there"
    );
    table.log.expire_producers(table.now_ms + 1, 1);
    for round in 0..3 {
        table.pass(2_000).send(&[("x", Some("2"))]);
        table.pass(4_000).send(&[("y", Some("2"))]);
        table.clean();
        let aborts = table.batches();
        let kept = aborts.iter().any(|b| b.base_offset == Offset(1));
        assert_eq!(
            kept,
            round < 2,
            "its batch goes, it is stamped, it is past its horizon"
        );
    }
    assert!(table.offsets().contains(&2));
}

/// CMP-2, CMP-1: the ratio, the lag limits, the last stable offset and the active segment
/// decide whether there is anything to clean.
#[test]
fn ratio_lags_and_the_high_watermark_bound_a_pass() {
    let mut table = Table::new(config());
    table
        .send(&[(A, Some("1"))])
        .pass(2_000)
        .send(&[(A, Some("2"))]);
    let at = |table: &Table, config: &LogConfig| table.log.cleanable(config, table.now_ms);
    assert_eq!(
        at(&table, &config()).first_uncleanable,
        Offset(1),
        "the active segment"
    );
    let lagging = LogConfig {
        min_compaction_lag_ms: 3_000,
        ..config()
    };
    assert_eq!(at(&table, &lagging).cleanable_bytes, 0);
    table.clean();
    let lazy = LogConfig {
        min_cleanable_dirty_ppm: 600_000,
        ..config()
    };
    table.pass(2_000).send(&[(A, Some("3"))]);
    assert!(at(&table, &config()).is_due(&config()));
    assert!(!at(&table, &lazy).is_due(&lazy), "half of it is dirty");
    let hasty = LogConfig {
        max_compaction_lag_ms: 1_000,
        ..lazy
    };
    assert!(at(&table, &hasty).is_due(&hasty));
    let mut behind = Log::open(table.log.disk().clone(), Offset(1));
    assert_eq!(behind.cleanable(&config(), table.now_ms).cleanable_bytes, 0);
    behind.set_high_watermark(Offset(2));
    assert!(behind.cleanable(&config(), table.now_ms).cleanable_bytes > 0);
}

/// CMP-3: a key map that is full ends the pass there; the next goes on.
#[test]
fn a_full_key_map_cleans_in_several_passes() {
    let mut table = Table::new(config());
    for n in 0..6 {
        let key = format!("k{}", n % 3);
        table.send(&[(&key, Some("v"))]);
    }
    table.pass(2_000).send(&[("x", None)]);
    let config = table.config.clone();
    let first = table.log.clean(&config, table.now(), 2);
    assert_eq!(first.clean_until, Offset(2));
    assert_eq!(
        table.offsets().len(),
        7,
        "no key of the first two comes twice there"
    );
    let second = table.log.clean(&config, table.now(), KEYS);
    assert_eq!(second.clean_until, Offset(6));
    assert_eq!(table.offsets(), [3, 4, 5, 6]);
}

/// LOG-14, CMP-1: what is cut off was clean no longer.
#[test]
fn truncation_takes_the_clean_part_back() {
    let mut table = Table::new(config());
    table
        .send(&[(A, Some("1"))])
        .pass(2_000)
        .send(&[(A, Some("2"))]);
    table.pass(2_000).send(&[(A, Some("3"))]);
    table.clean();
    assert_eq!(table.log.disk().first_dirty_offset(), Some(Offset(2)));
    table.log.truncate_to(Offset(1));
    assert_eq!(table.log.disk().first_dirty_offset(), Some(Offset(0)));
}

/// CMP-7: with `compact,delete` whole old segments go, even with the latest value of a key.
#[test]
fn compacted_and_deleted_segments_go_with_their_latest_values() {
    let both = LogConfig {
        delete: true,
        retention_ms: 10_000,
        ..config()
    };
    let mut table = Table::new(both.clone());
    table.send(&[(A, Some("1"))]).pass(3_000);
    table.send(&[(B, Some("1"))]).pass(3_000);
    table.send(&[(B, Some("2"))]);
    table.clean();
    assert_eq!(table.offsets(), [0, 1, 2], "b=2 lies in the active segment");
    table.pass(8_500);
    assert!(table.log.apply_retention(&both, table.now()));
    assert_eq!(table.offsets(), [2], "a=1 was the latest of its key");
    assert_eq!(table.log.log_start_offset(), Offset(2));
    let compacted = LogConfig {
        delete: false,
        ..both
    };
    table.pass(100_000);
    assert!(!table.log.apply_retention(&compacted, table.now()));
}

/// CMP-6, INV-55: random histories keep the latest value of every key (or its tombstone),
/// order, offsets and timestamps; the end stays, and lookups still find what is there.
#[test]
fn random_cleanings_keep_the_final_state_of_every_key() {
    for seed in 0..60 {
        let mut prng = Prng::new(seed, NodeId(0));
        let mut table = Table::new(config());
        let mut latest: BTreeMap<String, (i64, bool)> = BTreeMap::new();
        for _ in 0..prng.below(Stream::Choice, 60) + 5 {
            let key = format!("k{}", prng.below(Stream::Choice, 5));
            let value = (prng.below(Stream::Choice, 4) > 0).then_some("v");
            let offset = table.log.log_end_offset().0;
            table
                .send(&[(&key, value)])
                .pass(prng.below(Stream::Choice, 2_000) as i64);
            latest.insert(key, (offset, value.is_some()));
            let config = table.config.clone();
            if prng.below(Stream::Choice, 4) == 0
                && table.log.cleanable(&config, table.now_ms).is_due(&config)
            {
                let before: Vec<(Offset, Record)> = all(&table);
                table.log.clean(&config, table.now(), KEYS);
                let after = all(&table);
                assert!(after.iter().all(|r| before.contains(r)), "seed {seed}");
                assert!(after.is_sorted_by_key(|r| r.0), "seed {seed}");
            }
            for (key, (offset, has_value)) in &latest {
                let kept = table.offsets().contains(offset);
                assert!(kept || !has_value, "seed {seed}: {key} at {offset}");
            }
            assert_eq!(table.log.log_end_offset().0, offset + 1);
        }
    }
}

fn all(table: &Table) -> Vec<(Offset, Record)> {
    let batches = table.log.disk().batches();
    let records = batches.flat_map(|batch| batch.records());
    records
        .map(|(offset, record)| (offset, record.clone()))
        .collect()
}

/// A batch that lost records is compressed as it was, and has the size that it then has; one
/// that lost all of them is not compressed.
#[test]
fn what_is_left_of_a_batch_keeps_its_codec() {
    for codec in Compression::ALL {
        let mut table = Table::new(config());
        let pairs = [(A, Some("1")), ("b", Some("1")), ("b", Some("2"))];
        let body = table.body(BatchKind::Data, 0, &pairs);
        table.append(body.compressed(codec));
        let before = table.batches()[0].size_bytes();
        table.pass(1_600).send(&[("x", Some("1"))]).pass(1_600);
        table.send(&[("y", Some("1"))]);
        table.clean();
        let batch = table.batches()[0];
        assert_eq!((batch.body.compression, batch.body.count()), (codec, 2));
        let bytes = encode_batch(batch, TimestampType::CreateTime);
        assert_eq!(bytes.len() as u32, batch.size_bytes());
        assert_eq!(i16::from(bytes[22] & 7), codec.attribute_bits());
        assert!(batch.size_bytes() < before, "{codec:?}");
        assert_eq!(batch.body.keeping(&[], None).compression, Compression::None);
    }
}
