//! KIP-113, KIP-858: replicas move between the two log directories of broker 1.

use super::{Bench, CONTROLLER, plain};
use crate::broker::{DiskFault, FutureLog, FutureReplica, MoveStage};
use crate::error::ErrorCode;
use crate::log::{Log, LogConfig, LogDisk};
use crate::metadata::{MetadataRecord, log_dir_id};
use crate::node::Message;
use crate::note::Note;
use crate::protocol::{
    Acks, AlterReplicaLogDirsRequest, ConfigResource, DescribeLogDirsRequest, DescribedReplicaLog,
    Request, Response,
};
use crate::types::{LeaderEpoch, NodeId, Offset, Time, TopicPartition};

const PATHS: [&str; 2] = ["/tmp/kafka-logs-1", "/tmp/kafka-logs-1-1"];

/// Two brokers with two directories each; `t-0`, led by broker 1, has three records and lies in
/// the first directory.
fn bench() -> (Bench, TopicPartition) {
    let mut bench = Bench::configured(2, |config| config.set_log_dirs(2));
    let id = bench.create("t", &[1, 2]);
    bench.produce(1, id, Acks::All, plain(3), 1_000);
    assert_eq!(place(&bench, id), 0);
    (bench, id)
}

fn place(bench: &Bench, id: TopicPartition) -> u32 {
    bench.broker(1).log_dirs().place(id)
}

fn ask(bench: &mut Bench, topic: &str, path: &str, ms: u64) -> ErrorCode {
    let request = AlterReplicaLogDirsRequest {
        replicas: vec![(topic.into(), 0, path.into())],
    };
    let answer = bench.ask_for(1, Request::AlterReplicaLogDirs(request), ms);
    let Some(Response::AlterReplicaLogDirs(answer)) = answer else {
        panic!("no answer: {answer:?}");
    };
    answer.replicas[0].2
}

fn stage(bench: &Bench, id: TopicPartition) -> Option<MoveStage> {
    let future = bench.broker(1).future_replica(id);
    future.map(|future| future.stage)
}

/// The logs in each directory of broker 1, as DescribeLogDirs has them.
fn described(bench: &mut Bench) -> Vec<Vec<DescribedReplicaLog>> {
    let request = DescribeLogDirsRequest { partitions: None };
    let answer = bench.ask_for(1, Request::DescribeLogDirs(request), 5);
    let Some(Response::DescribeLogDirs(answer)) = answer else {
        panic!("no answer: {answer:?}");
    };
    let dirs = answer.dirs.into_iter();
    dirs.map(|dir| dir.replicas).collect()
}

/// The directories of the logs of broker 1 that are to be deleted.
fn deleted(bench: &Bench) -> Vec<u32> {
    let all = bench.broker(1).deleted_logs().iter();
    all.map(|deleted| deleted.dir).collect()
}

fn known_dir(bench: &Bench, id: TopicPartition) -> Option<crate::types::Uuid> {
    let state = bench.controller.image.partition(id);
    state.and_then(|state| state.directory(NodeId(1)))
}

/// A future replica copies, the controller is told, the folders change names; leading goes on,
/// and the other directory's log is deleted.
#[test]
fn a_led_replica_moves() {
    let (mut bench, id) = bench();
    assert_eq!(ask(&mut bench, "t", PATHS[1], 5), ErrorCode::None);
    assert_eq!(stage(&bench, id), Some(MoveStage::Assigning));
    let dirs = described(&mut bench);
    assert!(!dirs[0][0].is_future);
    assert!(dirs[1][0].is_future);
    assert_eq!(
        (dirs[1][0].offset_lag, dirs[1][0].size_bytes),
        (0, dirs[0][0].size_bytes)
    );
    bench.produce(1, id, Acks::All, plain(2), 20);
    assert_eq!(place(&bench, id), 0);
    bench.run_ms(100);
    assert_eq!((place(&bench, id), stage(&bench, id)), (1, None));
    assert_eq!(known_dir(&bench, id), Some(log_dir_id(NodeId(1), 1, 0)));
    assert_eq!(deleted(&bench), [0]);
    assert!(
        bench
            .notes
            .contains(&(NodeId(1), Note::ReplicaMoved(id, 0, 1)))
    );
    let answer = bench.produce(1, id, Acks::All, plain(1), 600);
    assert_eq!(
        answer.expect("an answer").partitions[0].base_offset,
        Offset(5)
    );
    assert_eq!((bench.log_end(1, id), bench.log_end(2, id)), (6, 6));
    assert_eq!(bench.high_watermark(1, id), 6);
    bench.kill(NodeId(1));
    bench.start(NodeId(1));
    bench.run_ms(3_000);
    assert_eq!((place(&bench, id), bench.log_end(1, id)), (1, 6));
}

/// The replica of a follower moves while it follows.
#[test]
fn a_follower_moves() {
    let mut bench = Bench::configured(2, |config| config.set_log_dirs(2));
    let id = bench.create("t", &[2, 1]);
    bench.produce(2, id, Acks::All, plain(3), 1_000);
    assert_eq!(ask(&mut bench, "t", PATHS[1], 5), ErrorCode::None);
    bench.produce(2, id, Acks::All, plain(4), 200);
    assert_eq!((place(&bench, id), bench.log_end(1, id)), (1, 7));
}

/// Asked to be where it is, the replica stays, and the copy is deleted: the controller, which
/// may know of the move, is told again.
#[test]
fn a_move_back_cancels() {
    let (mut bench, id) = bench();
    bench.cut.insert((CONTROLLER, NodeId(1)));
    ask(&mut bench, "t", PATHS[1], 200);
    assert_eq!(stage(&bench, id), Some(MoveStage::Assigning));
    assert_eq!(known_dir(&bench, id), Some(log_dir_id(NodeId(1), 1, 0)));
    assert_eq!(ask(&mut bench, "t", PATHS[0], 5), ErrorCode::None);
    assert_eq!((stage(&bench, id), deleted(&bench)), (None, vec![1]));
    bench.cut.clear();
    bench.run_ms(40_000);
    assert_eq!(place(&bench, id), 0);
    assert_eq!(known_dir(&bench, id), Some(log_dir_id(NodeId(1), 0, 0)));
}

/// The errors of a request; a replica that is not there yet is made where it was asked to be.
#[test]
fn each_error_has_its_reason() {
    let (mut bench, id) = bench();
    assert_eq!(
        ask(&mut bench, "t", "/nowhere", 5),
        ErrorCode::LogDirNotFound
    );
    assert_eq!(ask(&mut bench, "t", PATHS[0], 5), ErrorCode::None);
    assert_eq!(stage(&bench, id), None);
    let long = "x".repeat(249);
    assert_eq!(
        ask(&mut bench, &long, PATHS[0], 5),
        ErrorCode::InvalidTopicException
    );
    assert_eq!(
        ask(&mut bench, "u", PATHS[0], 5),
        ErrorCode::UnknownTopicOrPartition
    );
    let elsewhere = bench.create("elsewhere", &[2]);
    assert_eq!(
        ask(&mut bench, "elsewhere", PATHS[0], 5),
        ErrorCode::ReplicaNotAvailable
    );
    assert!(bench.broker(1).partition(elsewhere).is_none());
    // The second directory has fewer logs.
    let u = bench.create("u", &[1]);
    assert_eq!(place(&bench, u), 0);
    let v = bench.create("v", &[1]);
    assert_eq!(place(&bench, v), 1);
    let (broker, _) = bench.running.get_mut(&NodeId(1)).expect("it runs");
    broker.set_disk(1, Some(DiskFault::Full));
    assert_eq!(
        ask(&mut bench, "t", PATHS[1], 5),
        ErrorCode::KafkaStorageError
    );
    assert!(!bench.broker(1).is_log_dir_online(1));
    assert_eq!(
        ask(&mut bench, "v", PATHS[0], 5),
        ErrorCode::KafkaStorageError
    );
}

/// `replica.alter.log.dirs.io.max.bytes.per.second`: one fetch of 1 MiB, then the copying waits
/// until the rate allows the next; another limit lets it go on.
#[test]
fn a_limit_holds_the_copying_back() {
    let (mut bench, id) = bench();
    let limit = |value: &str| MetadataRecord::Config {
        resource: ConfigResource::Broker(Some(NodeId(1))),
        name: "replica.alter.log.dirs.io.max.bytes.per.second".into(),
        value: Some(value.into()),
    };
    bench.append(vec![limit("1000")]);
    for _ in 0..200 {
        bench.produce(1, id, Acks::All, plain(1_000), 20);
    }
    let size = bench.partition(1, id).log.disk().size_bytes();
    assert!(size > 1 << 20, "{size}");
    ask(&mut bench, "t", PATHS[1], 10_000);
    let future = bench.broker(1).future_replica(id).expect("it waits");
    assert_eq!(future.stage, MoveStage::Copying);
    let copied = future.log.disk().size_bytes();
    assert!(copied <= 1 << 20 && copied > 1_000_000, "{copied}");
    let lag = bench.log_end(1, id) - future.log.log_end_offset().0;
    assert_eq!(described(&mut bench)[1][0].offset_lag, lag);
    bench.append(vec![limit("100000000")]);
    bench.run_ms(2_000);
    assert_eq!((place(&bench, id), bench.log_end(1, id)), (1, 200_003));
}

/// A future replica is on the disk: the next process goes on with it. If the controller knows
/// the new directory already, the copy is the replica from the start, whatever it lacks
/// (`recoverAbandonedFutureLogs`).
#[test]
fn a_crash_does_not_end_a_move() {
    let (mut bench, id) = bench();
    ask(&mut bench, "t", PATHS[1], 5);
    bench.kill(NodeId(1));
    assert_eq!(bench.disks[&NodeId(1)].futures[&id].dir, 1);
    bench.start(NodeId(1));
    bench.run_ms(3_000);
    assert_eq!((place(&bench, id), bench.log_end(1, id)), (1, 3));

    bench.cut.insert((CONTROLLER, NodeId(1)));
    ask(&mut bench, "t", PATHS[0], 200);
    assert_eq!(stage(&bench, id), Some(MoveStage::Assigning));
    assert_eq!(known_dir(&bench, id), Some(log_dir_id(NodeId(1), 0, 0)));
    bench.kill(NodeId(1));
    bench.cut.clear();
    bench.notes.clear();
    bench.start(NodeId(1));
    bench.run_ms(3_000);
    assert!(
        bench
            .notes
            .contains(&(NodeId(1), Note::ReplicaMoved(id, 1, 0)))
    );
    assert!(
        !bench
            .notes
            .iter()
            .any(|(_, note)| matches!(note, Note::ReplicaMoveBegan(..)))
    );
    assert_eq!((place(&bench, id), bench.log_end(1, id)), (0, 3));
    assert_eq!(deleted(&bench).last(), Some(&1));
}

/// The directory of the copy fails: the replica stays, serves on, and the controller is told
/// that it did.
#[test]
fn a_failed_directory_halts_the_move() {
    let (mut bench, id) = bench();
    bench.cut.insert((CONTROLLER, NodeId(1)));
    ask(&mut bench, "t", PATHS[1], 200);
    let (broker, _) = bench.running.get_mut(&NodeId(1)).expect("it runs");
    broker.set_disk(1, Some(DiskFault::Full));
    let answer = bench.produce(1, id, Acks::Leader, plain(1), 10);
    assert_eq!(
        answer.expect("an answer").partitions[0].error,
        ErrorCode::None
    );
    assert_eq!(stage(&bench, id), Some(MoveStage::Halted));
    bench.cut.clear();
    bench.run_ms(40_000);
    assert_eq!((place(&bench, id), bench.log_end(1, id)), (0, 4));
    assert_eq!(known_dir(&bench, id), Some(log_dir_id(NodeId(1), 0, 0)));
}

/// The directory of the replica fails: it is offline, and the copy, complete or not, does not take
/// its place; the controller is told where the replica was. Another disk in its place gets the
/// replica anew, and where that is the copy's directory the copy goes.
#[test]
fn a_failed_source_halts_the_move() {
    let (mut bench, id) = bench();
    ask(&mut bench, "t", PATHS[1], 1_000);
    assert_eq!(place(&bench, id), 1);
    bench.cut.insert((CONTROLLER, NodeId(1)));
    ask(&mut bench, "t", PATHS[0], 200);
    assert_eq!(stage(&bench, id), Some(MoveStage::Assigning));
    assert_eq!(known_dir(&bench, id), Some(log_dir_id(NodeId(1), 0, 0)));
    let (broker, _) = bench.running.get_mut(&NodeId(1)).expect("it runs");
    broker.set_disk(1, Some(DiskFault::Broken));
    let answer = bench.produce(1, id, Acks::Leader, plain(1), 10);
    let error = answer.expect("an answer").partitions[0].error;
    assert_eq!(error, ErrorCode::KafkaStorageError);
    let dirs = described(&mut bench);
    assert_eq!((dirs[0].len(), dirs[1].len()), (1, 0));
    assert_eq!((dirs[0][0].is_future, dirs[0][0].offset_lag), (true, -1));
    bench.cut.clear();
    bench.run_ms(40_000);
    assert_eq!(known_dir(&bench, id), Some(log_dir_id(NodeId(1), 1, 0)));
    bench.kill(NodeId(1));
    let disk = bench.disks.get_mut(&NodeId(1)).expect("it is down");
    disk.replace(1);
    assert_eq!(disk.futures[&id].dir, 0);
    bench.start(NodeId(1));
    bench.run_ms(3_000);
    assert_eq!((place(&bench, id), stage(&bench, id)), (0, None));
    assert_eq!(deleted(&bench).last(), Some(&0));
}

/// As Kafka 4.3.1 was seen to do: a leader whose log moves forgets the epoch in which it has
/// written nothing. A follower that has led before it, and has written nothing either, is told
/// OFFSET_OUT_OF_RANGE again and again, until something is written.
#[test]
fn a_moved_leader_forgets_an_epoch_without_records() {
    let mut bench = Bench::configured(2, |config| config.set_log_dirs(2));
    let id = bench.create("t", &[1, 2]);
    bench.elect(id, Some(2), &[1, 2]);
    let refusals = |bench: &Bench| {
        bench.count_sent(2, |message| match message {
            Message::Response(_, Response::Fetch(answer)) => {
                let mut partitions = answer.partitions.iter();
                partitions.any(|it| it.error == ErrorCode::OffsetOutOfRange)
            }
            _ => false,
        })
    };
    bench.run_ms(2_000);
    assert_eq!(refusals(&bench), 0);
    let request = AlterReplicaLogDirsRequest {
        replicas: vec![("t".into(), 0, "/tmp/kafka-logs-2-1".into())],
    };
    bench.ask_for(2, Request::AlterReplicaLogDirs(request), 2_000);
    let epochs = bench.partition(2, id).log.disk().epochs();
    assert_eq!(epochs.entries(), []);
    let before = refusals(&bench);
    bench.run_ms(2_000);
    assert!(before > 0 && refusals(&bench) > before);
    bench.produce(2, id, Acks::Leader, plain(1), 2_000);
    assert_eq!((bench.log_end(1, id), bench.high_watermark(2, id)), (1, 1));
}

/// A replica that is dropped takes its copy with it.
#[test]
fn a_deleted_topic_ends_the_move() {
    let (mut bench, id) = bench();
    ask(&mut bench, "t", PATHS[1], 5);
    bench.append(vec![MetadataRecord::RemoveTopic { topic: id.topic }]);
    bench.run_ms(10);
    assert_eq!((stage(&bench, id), deleted(&bench)), (None, vec![1, 0]));
    bench.run_ms(1_000);
    assert!(bench.broker(1).partition(id).is_none());
}

/// REP-25: what the copy has of an epoch that the replica has lost is cut, and so is what lies
/// before the replica's first offset.
#[test]
fn a_copy_follows_a_replica_that_was_cut() {
    let config = LogConfig::default();
    let now = Time::ZERO;
    let append = |log: &mut Log, epoch: u32, times: usize| {
        for _ in 0..times {
            log.append_as_leader(plain(1), LeaderEpoch(epoch as i32), &config, now);
        }
    };
    let mut current = Log::open(LogDisk::new(now), Offset::ZERO);
    append(&mut current, 1, 4);
    let future = FutureLog {
        dir: 1,
        since: now,
        log: current.disk().clone(),
    };
    let mut future = FutureReplica::open(future, MoveStage::Copying);
    append(&mut future.log, 2, 3);
    current.truncate_to(Offset(2));
    append(&mut current, 3, 6);
    future.reconcile(&current, now);
    assert_eq!(future.log.log_end_offset(), Offset(2));
    current.raise_log_start(Offset(5));
    future.reconcile(&current, now);
    assert_eq!(future.log.log_start_offset(), Offset(5));
    assert_eq!(future.log.log_end_offset(), Offset(5));
}
