//! LOG-5: when the checkpoint files are written, and what they hold then.

use std::collections::BTreeMap;

use super::{Bench, batch, plain};
use crate::broker::Offsets;
use crate::config::BrokerConfig;
use crate::node::Input;
use crate::protocol::Acks;
use crate::types::{NodeId, Offset, ProducerId, Sequence, TopicPartition};

/// Segments of one batch, and a schedule from 30 s after the start, every 10 s.
fn small_segments(config: &mut BrokerConfig) {
    let properties = [
        ("log.segment.bytes", "200"),
        ("log.flush.offset.checkpoint.interval.ms", "10000"),
        ("log.flush.start.offset.checkpoint.interval.ms", "10000"),
    ];
    let properties = properties.map(|(name, value)| (name.into(), value.into()));
    config.properties.extend(properties);
}

fn held(offsets: &Offsets) -> Option<BTreeMap<TopicPartition, i64>> {
    let offsets = offsets.as_ref()?.iter();
    Some(offsets.map(|(id, offset)| (*id, offset.0)).collect())
}

fn recovery_point(bench: &Bench, partition: TopicPartition) -> Option<i64> {
    let files = bench.broker(1).checkpoints(bench.now);
    held(&files.recovery_points)?.get(&partition).copied()
}

fn log_start(bench: &Bench, partition: TopicPartition) -> Option<i64> {
    let files = bench.broker(1).checkpoints(bench.now);
    held(&files.log_starts)?.get(&partition).copied()
}

/// LOG-5, LOG-15: the recovery points stand in their file as they were at the last moment of
/// the schedule, whatever was rolled since, and a log that came later is not in it.
#[test]
fn recovery_points_are_written_on_schedule() {
    let mut bench = Bench::configured(1, small_segments);
    let partition = bench.create("t", &[1]);
    for _ in 0..3 {
        bench.produce(1, partition, Acks::All, plain(10), 10);
    }
    assert_eq!(recovery_point(&bench, partition), None, "never written");
    bench.run_ms(40_000);
    assert_eq!(
        recovery_point(&bench, partition),
        Some(20),
        "the closed ones"
    );
    bench.produce(1, partition, Acks::All, plain(10), 10);
    let other = bench.create("later", &[1]);
    let point = bench.partition(1, partition).log.disk().recovery_point();
    assert_eq!(point, Offset(30), "rolled");
    assert_eq!(
        recovery_point(&bench, partition),
        Some(20),
        "not written yet"
    );
    assert_eq!(recovery_point(&bench, other), None);
    bench.run_ms(10_000);
    assert_eq!(recovery_point(&bench, partition), Some(30));
    assert_eq!(recovery_point(&bench, other), Some(0));
}

/// LOG-5: a log that is cut, and one that goes, are written at once.
#[test]
fn what_is_gone_is_written_at_once() {
    let mut bench = Bench::configured(1, small_segments);
    let (kept, gone) = (bench.create("kept", &[1]), bench.create("gone", &[1]));
    bench.run_ms(40_000);
    assert_eq!(recovery_point(&bench, gone), Some(0));
    let removed = crate::metadata::MetadataRecord::RemoveTopic { topic: gone.topic };
    bench.append(vec![removed]);
    bench.run_ms(1_000);
    assert_eq!(recovery_point(&bench, gone), None);
    assert_eq!(recovery_point(&bench, kept), Some(0));
    assert!(bench.broker(1).checkpoints(bench.now).cleaner);
}

/// LOG-5, LOG-11: only a log start inside a file is written; a kill before that loses it,
/// a kill after that does not.
#[test]
fn a_log_start_survives_a_kill_once_it_is_written() {
    let mut bench = Bench::new(1);
    let partition = bench.create("t", &[1]);
    bench.produce(1, partition, Acks::All, plain(10), 10);
    bench.run_ms(31_000);
    assert_eq!(log_start(&bench, partition), None, "that of its first file");
    bench.delete(1, partition, 4);
    let start = |bench: &Bench| bench.partition(1, partition).log.log_start_offset().0;
    assert_eq!(start(&bench), 4);
    assert_eq!(log_start(&bench, partition), None, "not written yet");
    bench.kill(NodeId(1));
    bench.start(NodeId(1));
    bench.run_ms(15_000);
    assert_eq!(start(&bench), 0, "as if nothing had been deleted");
    bench.delete(1, partition, 4);
    bench.run_ms(60_000);
    assert_eq!(log_start(&bench, partition), Some(4));
    bench.kill(NodeId(1));
    bench.start(NodeId(1));
    bench.run_ms(15_000);
    assert_eq!(start(&bench), 4);
}

/// LOG-5, PRO-16: a clean stop writes all files and the producers at the log's end; the next
/// start keeps that snapshot, the stop after it makes another.
#[test]
fn a_clean_stop_writes_everything() {
    let mut bench = Bench::new(1);
    let partition = bench.create("t", &[1]);
    let stop = |bench: &mut Bench| {
        bench.input(NodeId(1), Input::Terminate);
        bench.run_ms(1_000);
        bench.disks[&NodeId(1)].clone()
    };
    bench.produce(
        1,
        partition,
        Acks::All,
        batch(ProducerId(5), Sequence(0), 3),
        10,
    );
    bench.delete(1, partition, 2);
    let disk = stop(&mut bench);
    let files = disk.checkpoints.expect("it was started");
    let one = |offset| Some(BTreeMap::from([(partition, offset)]));
    assert_eq!(held(&files.recovery_points), one(3));
    assert_eq!(held(&files.log_starts), one(2));
    assert_eq!(held(&files.high_watermarks), one(3));
    let log = &disk.logs[&partition];
    assert!(log.snapshot(Offset(3)).is_some());
    bench.start(NodeId(1));
    bench.run_ms(15_000);
    bench.produce(
        1,
        partition,
        Acks::All,
        batch(ProducerId(5), Sequence(3), 2),
        10,
    );
    let disk = stop(&mut bench);
    let log = &disk.logs[&partition];
    assert!(log.snapshot(Offset(3)).is_some() && log.snapshot(Offset(5)).is_some());
    bench.start(NodeId(1));
    bench.run_ms(15_000);
    let log = bench.partition(1, partition).log.disk();
    assert!(log.snapshot(Offset(3)).is_none() && log.snapshot(Offset(5)).is_some());
}
