//! Logs against a simple model, and the tables of PRO-14 and EPO-3.

use std::rc::Rc;

use super::{EpochCache, Log, LogConfig, LogDisk, ProducerCheck};
use crate::compress::Compression;
use crate::error::ErrorCode;
use crate::node::{Prng, Stream};
use crate::record::{Batch, BatchBody, BatchKind, Record};
use crate::types::{LeaderEpoch, NodeId, Offset, ProducerEpoch, ProducerId, Sequence, Time};

fn body(producer: i64, epoch: i16, sequence: i32, stamps: &[i64]) -> Rc<BatchBody> {
    let records: Vec<Record> = stamps
        .iter()
        .map(|&timestamp_ms| Record {
            timestamp_ms,
            ..Record::default()
        })
        .collect();
    Rc::new(BatchBody {
        kind: BatchKind::Data,
        producer_id: ProducerId(producer),
        producer_epoch: ProducerEpoch(epoch),
        base_sequence: Sequence(sequence),
        compression: Compression::None,
        size_bytes: 61 + 10 * records.len() as u32,
        max_timestamp_ms: stamps.iter().copied().max().unwrap_or(-1),
        records,
        cleaned: None,
    })
}

fn plain(stamps: &[i64]) -> Rc<BatchBody> {
    body(-1, -1, -1, stamps)
}

fn empty_log() -> Log {
    Log::open(LogDisk::new(Time::ZERO), Offset::ZERO)
}

/// The model: each record's offset and epoch, in a flat list.
#[derive(Default)]
struct Model {
    records: Vec<(i64, i32, u32)>,
    end: i64,
    starts: Vec<(i32, i64)>,
}

impl Model {
    fn append(&mut self, count: u32, epoch: i32) {
        self.begin(epoch);
        for index in 0..count {
            self.records.push((self.end, epoch, count - index));
            self.end += 1;
        }
    }

    fn begin(&mut self, epoch: i32) {
        if self.starts.last().is_none_or(|start| start.0 < epoch) {
            self.starts.retain(|start| start.1 < self.end);
            self.starts.push((epoch, self.end));
        }
    }

    fn truncate(&mut self, to: i64) {
        if to < self.end {
            // A batch cut in the middle goes as a whole; its offsets stay unused.
            self.records
                .retain(|&(offset, _, left)| offset + i64::from(left) <= to);
            self.end = to;
        }
        self.starts.retain(|start| start.1 < self.end);
    }

    fn end_offset_for(&self, epoch: i32) -> Option<(i32, i64)> {
        let latest = self.starts.last()?.0;
        if epoch > latest || epoch < 0 {
            return None;
        }
        if epoch == latest {
            return Some((epoch, self.end));
        }
        let higher = self.starts.iter().find(|start| start.0 > epoch)?;
        let floor = self.starts.iter().rev().find(|start| start.0 <= epoch);
        Some((floor.map_or(epoch, |start| start.0), higher.1))
    }
}

/// LOG-1, LOG-6, LOG-8, LOG-14, EPO-1..4: random appends, rolls, epoch changes,
/// truncations and restarts give what a flat list of records gives.
#[test]
fn log_equals_a_flat_list_of_records() {
    for seed in 0..60_u64 {
        println!("seed {seed}");
        let mut prng = Prng::new(seed, NodeId(1));
        let mut draw = |bound: u32| prng.below(Stream::Choice, bound);
        let config = LogConfig {
            segment_bytes: 400,
            ..LogConfig::default()
        };
        let (mut log, mut model, mut epoch) = (empty_log(), Model::default(), 0);
        for _ in 0..200 {
            match draw(20) {
                0..=12 => {
                    let count = 1 + draw(4);
                    let stamps = vec![i64::from(draw(1000)); count as usize];
                    let base =
                        log.append_as_leader(plain(&stamps), LeaderEpoch(epoch), &config, Time(1));
                    assert_eq!(base.0, model.end);
                    model.append(count, epoch);
                }
                13..=15 => {
                    epoch += 1 + draw(2) as i32;
                    log.begin_epoch(LeaderEpoch(epoch));
                    model.begin(epoch);
                }
                16..=17 => {
                    let to = model.end - i64::from(draw(12));
                    if to >= 0 {
                        log.truncate_to(Offset(to));
                        model.truncate(to);
                    }
                }
                _ => {
                    // A restart forgets epochs that begin at the log end.
                    model.starts.retain(|start| start.1 < model.end);
                    log = Log::open(log.into_disk(), Offset(model.end));
                }
            }
            compare(&log, &model, draw(40));
        }
    }
}

fn compare(log: &Log, model: &Model, back: u32) {
    assert_eq!(log.log_end_offset().0, model.end);
    let starts: Vec<(i32, i64)> = log
        .disk()
        .epochs()
        .entries()
        .iter()
        .map(|entry| (entry.0.0, entry.1.0))
        .collect();
    assert_eq!(starts, model.starts);
    for epoch in -1..=model.starts.last().map_or(0, |start| start.0 + 1) {
        let found = log.end_offset_for(LeaderEpoch(epoch));
        let found = found.map(|(epoch, offset)| (epoch.0, offset.0));
        assert_eq!(found, model.end_offset_for(epoch), "epoch {epoch}");
    }
    let from = (model.end - i64::from(back)).max(0);
    let mut batches: Vec<Batch> = Vec::new();
    let (mut next, end) = (Offset(from), Offset(model.end));
    while next < end {
        // One segment after the other. A log that was cut inside a batch ends after nothing.
        if log.read(next, end, u32::MAX, true, &mut batches) == 0 {
            break;
        }
        next = batches.last().map_or(end, Batch::next_offset);
    }
    let read: Vec<(i64, i32)> = batches
        .iter()
        .flat_map(|b| (b.base_offset.0..b.next_offset().0).map(|o| (o, b.leader_epoch.0)))
        .filter(|record| record.0 >= from)
        .collect();
    let wanted: Vec<(i64, i32)> = model
        .records
        .iter()
        .filter(|record| record.0 >= from)
        .map(|record| (record.0, record.1))
        .collect();
    assert_eq!(read, wanted);
    let segments: Vec<_> = log.disk().segments().collect();
    for pair in segments.windows(2) {
        assert!(pair[0].base_offset < pair[1].base_offset);
        assert!(pair[0].size_bytes <= 400);
    }
}

/// EPO-3's two odd cases: an epoch between two entries, and one before the first.
#[test]
fn end_offset_of_unknown_epochs() {
    let mut cache = EpochCache::default();
    cache.assign(LeaderEpoch(2), Offset(10));
    cache.assign(LeaderEpoch(5), Offset(20));
    let ask = |epoch| cache.end_offset_for(LeaderEpoch(epoch), Offset(30));
    assert_eq!(ask(3), Some((LeaderEpoch(2), Offset(20))));
    assert_eq!(ask(1), Some((LeaderEpoch(1), Offset(10))));
    assert_eq!(ask(5), Some((LeaderEpoch(5), Offset(30))));
    assert_eq!(ask(6), None);
    cache.truncate_start(Offset(15));
    assert_eq!(cache.entries()[0], (LeaderEpoch(2), Offset(15)));
}

/// PRO-14 row by row: duplicates within five batches, fencing, gaps, wrap.
#[test]
fn idempotence_table() {
    let config = LogConfig::default();
    let mut log = empty_log();
    let append = |log: &mut Log, epoch: i16, sequence: i32| {
        let batch = body(7, epoch, sequence, &[1, 1]);
        let check = log.check_producer(&batch);
        if check == Ok(ProducerCheck::Fresh) {
            log.append_as_leader(batch, LeaderEpoch(0), &config, Time::ZERO);
        }
        check
    };
    assert_eq!(append(&mut log, 0, 40), Ok(ProducerCheck::Fresh), "case 5");
    for sequence in [42, 44, 46, 48, 50] {
        assert_eq!(append(&mut log, 0, sequence), Ok(ProducerCheck::Fresh));
    }
    let gap = Err(ErrorCode::OutOfOrderSequenceNumber);
    assert_eq!(append(&mut log, 0, 40), gap, "older than the window");
    let known = Ok(ProducerCheck::Duplicate(Offset(2)));
    assert_eq!(append(&mut log, 0, 42), known, "case 1");
    assert_eq!(append(&mut log, 0, 54), gap, "case 4");
    assert_eq!(append(&mut log, 1, 3), gap, "case 3");
    assert_eq!(append(&mut log, 1, 0), Ok(ProducerCheck::Fresh), "case 3");
    let fenced = Err(ErrorCode::InvalidProducerEpoch);
    assert_eq!(append(&mut log, 0, 52), fenced, "case 2");
    assert_eq!(log.log_end_offset(), Offset(14));
}

/// PRO-13, PRO-14: sequences wrap from 2147483647 to 0.
#[test]
fn sequences_wrap() {
    let config = LogConfig::default();
    let mut log = empty_log();
    let last = body(7, 0, i32::MAX, &[1]);
    log.append_as_leader(last, LeaderEpoch(0), &config, Time::ZERO);
    let check = log.check_producer(&body(7, 0, 0, &[1]));
    assert_eq!(check, Ok(ProducerCheck::Fresh));
}

/// PRO-16: truncation takes the producer state back with it, a restart keeps it.
#[test]
fn producer_state_follows_the_log() {
    let config = LogConfig::default();
    let mut log = empty_log();
    for sequence in 0..4 {
        log.append_as_leader(body(7, 0, sequence, &[1]), LeaderEpoch(0), &config, Time(1));
    }
    log.truncate_to(Offset(2));
    let again = body(7, 0, 2, &[1]);
    assert_eq!(log.check_producer(&again), Ok(ProducerCheck::Fresh));
    let log = Log::open(log.into_disk(), Offset::ZERO);
    assert_eq!(log.check_producer(&again), Ok(ProducerCheck::Fresh));
    let known = log.check_producer(&body(7, 0, 1, &[1]));
    assert_eq!(known, Ok(ProducerCheck::Duplicate(Offset(1))));
}

/// LOG-15: power loss takes what lies above the recovery point; a rolled segment
/// and a flushed log survive.
#[test]
fn power_loss_keeps_what_was_flushed() {
    let config = LogConfig {
        segment_bytes: 150,
        ..LogConfig::default()
    };
    let mut log = empty_log();
    for _ in 0..5 {
        log.append_as_leader(plain(&[1]), LeaderEpoch(0), &config, Time(1));
    }
    // Two batches of 71 bytes fit: segments begin at 0, 2 and 4.
    let mut disk = log.clone().into_disk();
    disk.lose_unflushed();
    assert_eq!(disk.log_end_offset(), Offset(4));
    log.close();
    let mut disk = log.into_disk();
    disk.lose_unflushed();
    assert_eq!(disk.log_end_offset(), Offset(5));
}

/// LOG-9: by time and by size, whole segments, never above the high watermark.
#[test]
fn retention_deletes_whole_segments_below_the_high_watermark() {
    let mut config = LogConfig {
        segment_bytes: 150,
        retention_ms: 1_000,
        ..LogConfig::default()
    };
    let mut log = empty_log();
    for stamp in 0..6 {
        log.append_as_leader(plain(&[stamp * 100]), LeaderEpoch(0), &config, Time(1));
    }
    log.set_high_watermark(Offset(3));
    let now = Time(10_000_000);
    assert!(log.apply_retention(&config, now));
    assert_eq!(
        log.log_start_offset(),
        Offset(2),
        "segment 2..4 is not committed"
    );
    log.set_high_watermark(Offset(6));
    config.retention_ms = -1;
    config.retention_bytes = 150;
    assert!(
        !log.apply_retention(&config, now),
        "284 - 150 is less than a segment"
    );
    config.retention_bytes = 142;
    assert!(log.apply_retention(&config, now));
    assert_eq!(log.log_start_offset(), Offset(4));
    config.retention_ms = 1_000;
    assert!(
        log.apply_retention(&config, now),
        "the active segment goes too"
    );
    assert_eq!(log.log_start_offset(), Offset(6));
    assert_eq!(log.disk().segments().len(), 1);
}

/// LOG-6: a segment rolls when the timestamps span more than `segment.ms`.
#[test]
fn segments_roll_by_time() {
    let config = LogConfig {
        segment_ms: 100,
        ..LogConfig::default()
    };
    let mut log = empty_log();
    for stamp in [0, 100, 101] {
        log.append_as_leader(plain(&[stamp]), LeaderEpoch(0), &config, Time(1));
    }
    let names: Vec<String> = log.disk().segments().map(|s| s.file_stem()).collect();
    assert_eq!(names, ["00000000000000000000", "00000000000000000002"]);
}

fn base_offsets(log: &Log) -> Vec<i64> {
    log.disk().segments().map(|s| s.base_offset.0).collect()
}

/// LOG-6: a segment rolls before the append when its time index has one place left, or its
/// offset index none; the time index gets no entry for a time that is not later.
#[test]
fn segments_roll_when_an_index_is_full() {
    let config = LogConfig {
        segment_index_bytes: 50,
        index_interval_bytes: 0,
        ..LogConfig::default()
    };
    let filled = |stamps: &dyn Fn(i64) -> i64| {
        let mut log = empty_log();
        for n in 0..12 {
            log.append_as_leader(plain(&[stamps(n)]), LeaderEpoch(0), &config, Time(1));
        }
        base_offsets(&log)
    };
    // The first batch gets no entry; three of four places of the time index are taken then.
    assert_eq!(filled(&|n| n), [0, 4, 8]);
    // Six places of the offset index.
    assert_eq!(filled(&|_| 7), [0, 7]);
}

/// LOG-6: the place kept free may be the last one; an interval as large as the segment never
/// fills an index.
#[test]
fn the_last_place_of_the_time_index_is_kept_free() {
    let rolled = |segment_index_bytes, index_interval_bytes| {
        let config = LogConfig {
            segment_index_bytes,
            index_interval_bytes,
            ..LogConfig::default()
        };
        let mut log = empty_log();
        for n in 0..3 {
            log.append_as_leader(plain(&[n]), LeaderEpoch(0), &config, Time(1));
        }
        base_offsets(&log)
    };
    assert_eq!(rolled(24, 0), [0, 2]);
    assert_eq!(rolled(24, 4_096), [0]);
}

/// LOG-6: the offsets of a segment are less than 2^31 apart, as its index keeps them.
#[test]
fn a_segment_names_only_offsets_near_its_base() {
    let config = LogConfig::default();
    let mut log = empty_log();
    let batch = |base_offset| Batch {
        base_offset: Offset(base_offset),
        leader_epoch: LeaderEpoch(0),
        body: plain(&[1]),
    };
    let last = i64::from(i32::MAX);
    for base_offset in [0, last, last + 1] {
        log.append_as_follower(&batch(base_offset), &config, Time(1));
    }
    assert_eq!(base_offsets(&log), [0, last + 1]);
}

/// REP-7, LOG-11: records were deleted up to the middle of the leader's first batch; a follower
/// that begins there takes the whole batch, as Kafka does, and its log still starts inside.
#[test]
fn an_empty_follower_begins_inside_of_a_batch() {
    let config = LogConfig::default();
    let mut log = empty_log();
    log.truncate_fully_and_start_at(Offset(110), Time(1));
    let batch = |base_offset| Batch {
        base_offset: Offset(base_offset),
        leader_epoch: LeaderEpoch(1),
        body: plain(&[1, 1, 1, 1]),
    };
    assert!(!log.append_as_follower(&batch(106), &config, Time(1)));
    assert!(log.append_as_follower(&batch(108), &config, Time(1)));
    assert!(!log.append_as_follower(&batch(108), &config, Time(1)));
    let ends = (log.log_start_offset().0, log.log_end_offset().0);
    assert_eq!((base_offsets(&log), ends), (vec![108], (110, 112)));
    assert_eq!(log.high_watermark(), Offset(110));
}

/// LOG-13: lookups by time go by segment, then by offset; records below the log
/// start do not count.
#[test]
fn lookup_by_time() {
    let config = LogConfig::default();
    let mut log = empty_log();
    log.append_as_leader(plain(&[10, 30, 20]), LeaderEpoch(3), &config, Time(1));
    log.append_as_leader(plain(&[40]), LeaderEpoch(4), &config, Time(1));
    let at = |log: &Log, stamp| log.offset_for_time(stamp).map(|found| found.offset.0);
    assert_eq!(at(&log, 15), Some(1));
    assert_eq!(at(&log, 31), Some(3));
    assert_eq!(at(&log, 41), None);
    let max = log.offset_of_max_time().expect("there are records");
    assert_eq!((max.offset.0, max.leader_epoch.0), (3, 4));
    log.raise_log_start(Offset(2));
    assert_eq!(at(&log, 15), Some(2));
}

/// LOG-8: at least one whole batch, then no more than fits.
#[test]
fn reads_give_whole_batches() {
    let config = LogConfig::default();
    let mut log = empty_log();
    for _ in 0..3 {
        log.append_as_leader(plain(&[1, 1]), LeaderEpoch(0), &config, Time(1));
    }
    let read = |from, until, max, one| {
        let mut out = Vec::new();
        log.read(Offset(from), Offset(until), max, one, &mut out);
        out.iter()
            .map(|batch| batch.base_offset.0)
            .collect::<Vec<_>>()
    };
    assert_eq!(read(1, 6, 10, true), [0], "the batch that holds offset 1");
    assert_eq!(read(0, 6, 10, false), [0; 0]);
    assert_eq!(read(0, 6, 162, true), [0, 2]);
    assert_eq!(read(2, 4, 1_000, true), [2], "not past the visible end");
}
