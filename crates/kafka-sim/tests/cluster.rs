//! A whole cluster boots, survives faults and is the same every time.

use kafka_core::client::ClientEvent;
use kafka_core::types::{Duration, NodeId, Time};
use kafka_sim::workload::Workload;
use kafka_sim::{Action, ClusterSpec, StartState, World};

/// BRK-5: a cold cluster unfences all its brokers, within seconds of virtual time.
#[test]
fn a_cold_cluster_boots() {
    let spec = ClusterSpec {
        start: StartState::Cold,
        ..ClusterSpec::quick(3, 3)
    };
    let mut world = World::new(spec, 1);
    assert!(!world.is_booted());
    assert!(world.boot(Duration::from_secs(60)), "not booted in 60 s");
    assert!(
        world.now() < Time::ZERO + Duration::from_secs(15),
        "{:?}",
        world.now()
    );
}

/// A booted spec gives a world in which every broker is in.
#[test]
fn a_booted_world_is_booted() {
    for seed in 0..5 {
        assert!(
            World::new(ClusterSpec::default(), seed).is_booted(),
            "seed {seed}"
        );
    }
}

/// BRK-6: a crashed broker is fenced; started again, it comes back.
#[test]
fn a_crashed_broker_comes_back() {
    let mut world = World::new(ClusterSpec::default(), 2);
    world.apply(&Action::Crash(NodeId(1))).expect("it runs");
    assert!(world.broker(NodeId(1)).is_none());
    assert!(world.broker_disk(NodeId(1)).is_some());
    world.run_for(Duration::from_secs(20));
    let fenced = |world: &World| {
        let controller = world.active_controller().expect("a quorum is left");
        !controller.image().is_active(NodeId(1))
    };
    assert!(fenced(&world));
    world.apply(&Action::Start(NodeId(1))).expect("it is down");
    assert!(world.boot(Duration::from_secs(60)));
    assert!(!fenced(&world));
}

/// BRK-8: a clean stop ends the process by itself.
#[test]
fn a_clean_stop_ends_the_process() {
    let mut world = World::new(ClusterSpec::default(), 3);
    world.apply(&Action::Terminate(NodeId(2))).expect("it runs");
    world.run_for(Duration::from_secs(20));
    assert!(world.broker(NodeId(2)).is_none());
    let disk = world.broker_disk(NodeId(2)).expect("stopped");
    assert!(disk.clean_shutdown_epoch.is_some(), "BRK-2");
}

fn acked(world: &World) -> usize {
    let items = world.history().iter_from(0);
    items
        .filter(|item| matches!(item.event, ClientEvent::Acked { .. }))
        .count()
}

/// PRO-7: every record sent with acks=all is acknowledged, in order of offsets.
#[test]
fn records_are_acknowledged() {
    let mut world = World::new(ClusterSpec::default(), 4);
    let workload = Workload {
        records: Some(1_000),
        ..Workload::default()
    };
    workload.start(&mut world).expect("a fresh world takes all");
    world.run_for(Duration::from_secs(5));
    assert_eq!(acked(&world), 2_000);
}

/// The whole cluster under load and faults is the same every time, and a
/// snapshot that runs on is the straight run.
#[test]
fn a_loaded_cluster_is_deterministic() {
    let run = || {
        let mut world = World::new(ClusterSpec::default(), 5);
        Workload::default().start(&mut world).expect("all fits");
        world.run_for(Duration::from_secs(2));
        world.apply(&Action::Crash(NodeId(0))).expect("it runs");
        world.run_for(Duration::from_secs(5));
        let snapshot = world.snapshot();
        world.apply(&Action::Start(NodeId(0))).expect("it is down");
        world.run_for(Duration::from_secs(20));
        (world, snapshot)
    };
    let (world, mut snapshot) = run();
    assert_eq!(run().0.digest(), world.digest());
    snapshot
        .apply(&Action::Start(NodeId(0)))
        .expect("as before");
    snapshot.run_for(Duration::from_secs(20));
    assert_eq!(snapshot.digest(), world.digest());
    assert!(acked(&world) > 20_000, "{}", acked(&world));
}

/// CON-3, GRP-8: a group of three reads every record of 12 partitions once.
#[test]
fn a_group_reads_everything_once() {
    let mut world = World::new(ClusterSpec::default(), 6);
    let workload = Workload {
        records: Some(1_000),
        ..Workload::default()
    };
    workload.start(&mut world).expect("a fresh world takes all");
    world.run_for(Duration::from_secs(20));
    let mut offsets: Vec<_> = world
        .history()
        .iter_from(0)
        .filter_map(|item| match &item.event {
            ClientEvent::Delivered(records) => Some(records),
            _ => None,
        })
        .flatten()
        .map(|record| (record.partition, record.offset))
        .collect();
    assert_eq!(offsets.len(), 2_000);
    offsets.sort_unstable();
    offsets.dedup();
    assert_eq!(offsets.len(), 2_000, "none twice");
}

/// REP-44, LOG-9: a follower that deleted old segments says so with its next fetch, so
/// that no consumer is sent there for records it no longer has.
#[test]
fn a_follower_tells_its_leader_what_it_deleted() {
    let mut spec = ClusterSpec::quick(2, 1);
    let hasty = ("log.retention.check.interval.ms".into(), "1000".into());
    spec.brokers[1].properties.push(hasty);
    let mut world = World::new(spec, 5);
    let set = |name: &str, value: &str| (name.into(), value.into());
    let work = Workload {
        partitions: 2,
        replication: 2,
        configs: vec![set("retention.ms", "2000"), set("segment.ms", "1000")],
        every: Duration::from_ms(50),
        consumers: Vec::new(),
        ..Workload::default()
    };
    work.start(&mut world).expect("the work begins");
    // Both look for the first time after 30 s (`log.initial.task.delay.ms`).
    world.run_for(Duration::from_secs(45));
    let leader = world.broker(NodeId(0)).expect("it runs");
    let led = leader.partitions().find(|it| it.is_leader());
    let led = led.expect("one of two partitions");
    let copy = world.broker(NodeId(1)).and_then(|it| it.partition(led.id));
    let start = copy.expect("a replica").log.log_start_offset();
    assert!(
        start > led.log.log_start_offset(),
        "only the follower deletes"
    );
    let followers = &led.leadership().expect("it leads").followers;
    assert_eq!(followers[0].log_start_offset, start);
}
