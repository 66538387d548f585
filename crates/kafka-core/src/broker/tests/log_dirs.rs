//! LOG-16, KIP-858: brokers with two log directories, one of which fails.

use super::{Bench, CONTROLLER, plain};
use crate::broker::DiskFault;
use crate::error::ErrorCode;
use crate::metadata::log_dir_id;
use crate::node::Message;
use crate::note::Note;
use crate::protocol::{Acks, AssignReplicasToDirsRequest, Request};
use crate::types::{BrokerEpoch, NodeId, TopicPartition, Uuid};

fn bench() -> Bench {
    Bench::configured(2, |config| config.set_log_dirs(2))
}

/// Four partitions led by broker 1, and which of its directories they are in.
fn create(bench: &mut Bench) -> Vec<(TopicPartition, u32)> {
    let names = ["a", "b", "c", "d"];
    let partitions = names.map(|name| bench.create(name, &[1, 2]));
    let dirs = bench.broker(1).log_dirs();
    partitions.map(|id| (id, dirs.place(id))).to_vec()
}

fn fail(bench: &mut Bench, fault: Option<DiskFault>) {
    let (broker, _) = bench.running.get_mut(&NodeId(1)).expect("it runs");
    broker.set_disk(1, fault);
}

fn assignments(bench: &Bench) -> Vec<AssignReplicasToDirsRequest> {
    let sent = bench.sent.iter().filter(|(from, _, _)| *from == NodeId(1));
    let requests = sent.filter_map(|(_, _, message)| match &**message {
        Message::Request(_, Request::AssignReplicasToDirs(request)) => Some(request.clone()),
        _ => None,
    });
    requests.collect()
}

fn offline_dirs(bench: &Bench) -> Vec<Uuid> {
    let sent = bench.sent.iter().rev();
    let mut to_controller = sent.filter(|(from, to, _)| (*from, *to) == (NodeId(1), CONTROLLER));
    let last = to_controller.find_map(|(_, _, message)| match &**message {
        Message::Request(_, Request::BrokerHeartbeat(request)) => Some(request),
        _ => None,
    });
    last.expect("a heartbeat").offline_log_dirs.clone()
}

fn error(bench: &mut Bench, id: TopicPartition) -> ErrorCode {
    let answer = bench.produce(1, id, Acks::Leader, plain(1), 10);
    answer.expect("an answer").partitions[0].error
}

/// LOG-16: a new replica goes where the fewest are, the first directory if they are equal; the
/// controller is told of each, once.
#[test]
fn replicas_are_spread_and_the_controller_is_told() {
    let mut bench = bench();
    let placed = create(&mut bench);
    let dirs: Vec<u32> = placed.iter().map(|(_, dir)| *dir).collect();
    assert_eq!(dirs, [0, 1, 0, 1]);
    let directory = |state: Option<&crate::metadata::PartitionRegistration>, broker| {
        state.and_then(|state| state.directory(NodeId(broker)))
    };
    bench.run_ms(1_000);
    let told = assignments(&bench).into_iter();
    let told: Vec<_> = told.flat_map(|request| request.assignments).collect();
    let expected = placed
        .iter()
        .map(|(id, dir)| (log_dir_id(NodeId(1), *dir, 0), *id));
    assert_eq!(told, expected.collect::<Vec<_>>());
    let state = bench.broker(2).image().partition(placed[1].0);
    assert_eq!(directory(state, 1), Some(log_dir_id(NodeId(1), 1, 0)));
}

/// LOG-16: the append that does not fit makes the directory offline: KAFKA_STORAGE_ERROR there,
/// nothing elsewhere, and the next heartbeat, at once, names it. Room on the disk helps only
/// after a restart, which finds the log as it was and is not taken for clean (BRK-2).
#[test]
fn a_full_disk_takes_only_its_directory_offline() {
    let mut bench = bench();
    let placed = create(&mut bench);
    let (good, bad) = (placed[0].0, placed[1].0);
    assert_eq!(error(&mut bench, bad), ErrorCode::None);
    fail(&mut bench, Some(DiskFault::Full));
    assert_eq!(offline_dirs(&bench), []);
    assert_eq!(error(&mut bench, bad), ErrorCode::KafkaStorageError);
    assert!(bench.notes.contains(&(NodeId(1), Note::LogDirFailed(1, 2))));
    assert_eq!(offline_dirs(&bench), [log_dir_id(NodeId(1), 1, 0)]);
    assert_eq!(error(&mut bench, good), ErrorCode::None);
    assert!(bench.broker(1).partition(bad).is_none());
    fail(&mut bench, None);
    assert_eq!(error(&mut bench, bad), ErrorCode::KafkaStorageError);
    bench.input(NodeId(1), crate::node::Input::Terminate);
    bench.run_ms(200);
    let disk = &bench.disks[&NodeId(1)];
    assert_eq!(disk.clean_shutdown_epoch, None);
    assert_eq!(disk.logs[&bad].log_end_offset().0, 1);
    bench.start(NodeId(1));
    bench.run_ms(3_000);
    assert_eq!(bench.log_end(1, bad), 1);
}

/// LOG-15, LOG-16: if nothing is appended, the checkpoint of the high watermarks, every five
/// seconds, finds out.
#[test]
fn a_checkpoint_finds_the_failed_directory() {
    let mut bench = bench();
    create(&mut bench);
    fail(&mut bench, Some(DiskFault::Broken));
    assert!(bench.broker(1).is_log_dir_online(1));
    bench.run_ms(5_000);
    assert!(!bench.broker(1).is_log_dir_online(1));
    assert!(bench.broker(1).is_log_dir_online(0));
}

/// LOG-16: a broken disk is not read at the next start, and its replicas are offline from the
/// beginning; an empty one in its place has another id, and the replicas are made anew.
#[test]
fn a_broken_disk_is_replaced() {
    let mut bench = bench();
    let placed = create(&mut bench);
    let bad = placed[1].0;
    bench.produce(1, bad, Acks::All, plain(3), 600);
    bench.run_ms(1_000);
    fail(&mut bench, Some(DiskFault::Broken));
    bench.kill(NodeId(1));
    bench.start(NodeId(1));
    bench.run_ms(3_000);
    assert_eq!(error(&mut bench, bad), ErrorCode::KafkaStorageError);
    bench.kill(NodeId(1));
    let disk = bench.disks.get_mut(&NodeId(1)).expect("it is down");
    assert!(disk.logs.contains_key(&bad));
    disk.replace(1);
    assert!(!disk.logs.contains_key(&bad));
    bench.start(NodeId(1));
    bench.run_ms(3_000);
    let replacement = log_dir_id(NodeId(1), 1, 1);
    assert_eq!(bench.broker(1).log_dirs().id(NodeId(1), 1), replacement);
    let told = assignments(&bench);
    let again = told.iter().flat_map(|request| &request.assignments);
    assert!(
        again.clone().any(|told| *told == (replacement, bad)),
        "{told:?}"
    );
}

/// LOG-16: a broker that cannot tell the controller of the failure within
/// `log.dir.failure.timeout.ms` stops.
#[test]
fn a_failure_nobody_hears_of_stops_the_broker() {
    let mut bench = bench();
    let placed = create(&mut bench);
    assert_ne!(bench.broker(1).broker_epoch(), BrokerEpoch::NONE);
    bench.cut.insert((NodeId(1), CONTROLLER));
    fail(&mut bench, Some(DiskFault::Full));
    error(&mut bench, placed[1].0);
    bench.run_ms(29_000);
    assert!(!bench.notes.contains(&(NodeId(1), Note::StoppedCleanly)));
    let is_stopping = |bench: &Bench| {
        let broker = bench.running.get(&NodeId(1));
        broker.is_none_or(|(broker, _)| broker.state() != crate::broker::BrokerState::Running)
    };
    assert!(!is_stopping(&bench));
    bench.run_ms(2_000);
    assert!(is_stopping(&bench));
}
