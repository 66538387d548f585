//! The files of a log, against the recorded folders of a real broker.

use std::rc::Rc;

use super::{IndexEntry, Log, LogConfig, LogDisk, TimeIndexEntry};
use crate::record::{BatchBody, BatchKind, Record};
use crate::types::{Duration, LeaderEpoch, Offset, ProducerEpoch, ProducerId, Sequence, Time};

/// A record of 300 000 bytes alone in its batch, as the recorded producer sent them.
fn large(producer: i64, timestamp_ms: i64) -> Rc<BatchBody> {
    let record = Record {
        value: Some(vec![b'x'; 300_000].into()),
        timestamp_ms,
        ..Record::default()
    };
    let (id, epoch) = (ProducerId(producer), ProducerEpoch(-1));
    Rc::new(BatchBody::new(
        BatchKind::Data,
        id,
        epoch,
        Sequence::NONE,
        vec![record],
    ))
}

fn at(ms: u64) -> Time {
    Time::ZERO + Duration::from_ms(ms)
}

/// Twelve such records, a hundred milliseconds apart.
fn twelve(config: &LogConfig) -> Log {
    let mut log = Log::open(LogDisk::new(Time::ZERO), Offset::ZERO);
    log.begin_epoch(LeaderEpoch(0));
    for n in 0..12 {
        let body = large(-1, 100 * n);
        log.append_as_leader(body, LeaderEpoch(0), config, at(100 * n as u64));
    }
    log
}

/// They in segments of one MiB, and committed.
fn big() -> (Log, LogConfig) {
    let config = LogConfig {
        segment_bytes: 1_048_576,
        ..LogConfig::default()
    };
    let mut log = twelve(&config);
    log.set_high_watermark(log.log_end_offset());
    (log, config)
}

fn listing(log: &Log, config: &LogConfig, now: Time) -> String {
    let files = log.files(config, now, true).into_iter();
    let lines = files.map(|(name, size)| format!("{name} {size}\n"));
    lines.collect()
}

/// LOG-5, LOG-6, LOG-7: names and sizes of a recorded folder: segments roll by size, index
/// files are set aside in full while they are written and cut when they are closed.
#[test]
fn the_recorded_folder_of_large_records() {
    let (log, config) = big();
    let closed = |base: i64| {
        let snapshot = match base {
            0 => String::new(),
            _ => format!("{base:020}.snapshot 10\n"),
        };
        format!("{base:020}.index 16\n{base:020}.log 900216\n{snapshot}{base:020}.timeindex 24\n")
    };
    let active = "00000000000000000009.index 10485760\n00000000000000000009.log 900216\n00000000000000000009.snapshot 10\n00000000000000000009.timeindex 10485756\n";
    let rest = "leader-epoch-checkpoint 8\n";
    let expected = [closed(0), closed(3), closed(6), active.into(), rest.into()].concat();
    assert_eq!(listing(&log, &config, at(2_000)), expected);
}

/// LOG-7: one entry at most per `index.interval.bytes`, for the batch before which more were
/// written; the time index ends with the segment's largest timestamp.
#[test]
fn index_entries_stand_where_kafka_puts_them() {
    let (log, config) = big();
    let segment = log.disk().segments().next().expect("the first segment");
    let (offsets, times) = segment.indexes(config.index_interval_bytes, false);
    let entry = |offset: i64, position| IndexEntry {
        offset: Offset(offset),
        position,
    };
    assert_eq!(offsets, [entry(1, 300_072), entry(2, 600_144)]);
    let stamp = |timestamp_ms, offset| TimeIndexEntry {
        timestamp_ms,
        offset: Offset(offset),
    };
    assert_eq!(times, [stamp(100, 1), stamp(200, 2)]);
    let (sparse, last) = segment.indexes(500_000, false);
    assert_eq!(sparse, [entry(2, 600_144)]);
    assert_eq!(last, [stamp(200, 2)]);
    assert_eq!(segment.indexes(1_000_000, true), (vec![], vec![]));
}

/// LOG-9, LOG-10: retention by size frees whole segments; their files keep the suffix
/// `.deleted` for a minute. By time the active segment goes too, and a new one begins without
/// an offset index.
#[test]
fn deleted_files_stay_for_a_minute() {
    let (mut log, config) = big();
    let by_size = LogConfig {
        retention_bytes: 2_000_000,
        ..config
    };
    assert!(log.apply_retention(&by_size, at(5_000)));
    assert_eq!(log.log_start_offset(), Offset(3));
    let files = listing(&log, &by_size, at(6_000));
    let gone = "00000000000000000000.index.deleted 16\n00000000000000000000.log.deleted 900216\n00000000000000000000.timeindex.deleted 24\n00000000000000000003.index 16\n";
    assert!(files.starts_with(gone), "{files}");
    let by_time = LogConfig {
        retention_ms: 1_000,
        ..by_size
    };
    assert!(log.apply_retention(&by_time, at(20_000)));
    assert_eq!(log.log_start_offset(), Offset(12));
    let left = "00000000000000000012.log 0\n00000000000000000012.snapshot 10\n00000000000000000012.timeindex 10485756\nleader-epoch-checkpoint 9\n";
    let files = listing(&log, &by_time, at(66_000));
    assert!(files.ends_with(left), "{files}");
    assert!(!files.contains("000.log.deleted"), "a minute is over");
    assert!(files.contains("00000000000000000009.log.deleted 900216"));
    assert_eq!(listing(&log, &by_time, at(80_000)), left);
}

/// LOG-6: recorded folders of twelve large records with `segment.index.bytes=50`, room for six
/// entries of the offset index and four of the time index, of which three are used before a
/// segment is closed: with an entry for each batch but the first, and with one for every second.
#[test]
fn the_recorded_folders_with_small_indexes() {
    let folder = |index_interval_bytes| {
        let config = LogConfig {
            segment_index_bytes: 50,
            index_interval_bytes,
            ..LogConfig::default()
        };
        listing(&twelve(&config), &config, at(2_000))
    };
    assert_eq!(
        folder(0),
        "00000000000000000000.index 24\n00000000000000000000.log 1200288\n00000000000000000000.timeindex 36\n00000000000000000004.index 24\n00000000000000000004.log 1200288\n00000000000000000004.snapshot 10\n00000000000000000004.timeindex 36\n00000000000000000008.index 48\n00000000000000000008.log 1200288\n00000000000000000008.snapshot 10\n00000000000000000008.timeindex 48\nleader-epoch-checkpoint 8\n"
    );
    assert_eq!(
        folder(400_000),
        "00000000000000000000.index 24\n00000000000000000000.log 2100504\n00000000000000000000.timeindex 36\n00000000000000000007.index 48\n00000000000000000007.log 1500360\n00000000000000000007.snapshot 10\n00000000000000000007.timeindex 48\nleader-epoch-checkpoint 8\n"
    );
}

/// LOG-10: a record with a time in the future keeps its segment and all behind it.
#[test]
fn a_future_timestamp_pins_its_segment_and_all_later_ones() {
    let config = LogConfig {
        segment_bytes: 300_100,
        retention_ms: 1_000,
        ..LogConfig::default()
    };
    let mut log = Log::open(LogDisk::new(Time::ZERO), Offset::ZERO);
    for stamp in [0, 7_200_000, 10, 20] {
        log.append_as_leader(large(-1, stamp), LeaderEpoch(0), &config, at(20));
    }
    log.set_high_watermark(log.log_end_offset());
    log.apply_retention(&config, at(100_000));
    assert_eq!(log.log_start_offset(), Offset(1));
    log.apply_retention(&config, at(7_200_000 + 1_001));
    assert_eq!(log.log_start_offset(), Offset(4));
}

/// LOG-10: a clock before the world's beginning is a clock too.
#[test]
fn a_timestamp_far_in_the_past_is_old() {
    let config = LogConfig::default();
    let mut log = Log::open(LogDisk::new(Time::ZERO), Offset::ZERO);
    let ten_days_ms = 864_000_000;
    log.append_as_leader(large(-1, -ten_days_ms), LeaderEpoch(0), &config, at(20));
    log.set_high_watermark(log.log_end_offset());
    assert!(log.apply_retention(&config, at(30_000)));
    assert_eq!(log.log_start_offset(), Offset(1));
}
