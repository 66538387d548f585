//! Determinism of a whole cluster with producers, a group of consumers and faults of
//! every kind: twice the same, seek = straight run, snapshot + replay = straight run.

use kafka_core::types::{Duration, NodeId};
use kafka_sim::workload::Workload;
use kafka_sim::{Action, ClusterSpec, LinkState, Target, Timeline, World};

const PRODUCER: NodeId = NodeId(NodeId::FIRST_CLIENT.0 + 4);
const CONSUMER: NodeId = NodeId(NodeId::FIRST_CLIENT.0 + 1);

fn workload() -> Workload {
    Workload {
        partitions: 4,
        every: Duration::from_ms(10),
        ..Workload::default()
    }
}

/// A fault about every second.
fn faults() -> Vec<Action> {
    let [b0, b1, b2, c0] = [0, 1, 2, 100].map(NodeId);
    vec![
        Action::SetLossRate {
            from: b0,
            to: b1,
            ppm: 200_000,
        },
        Action::Pause(CONSUMER),
        Action::Crash(b2),
        Action::SetLink {
            from: PRODUCER,
            to: b0,
            state: LinkState::Slow(Duration::from_ms(700)),
        },
        Action::Resume(CONSUMER),
        Action::Start(b2),
        Action::Partition(vec![c0, b1], vec![b0, b2]),
        Action::PowerLoss(b0),
        Action::Heal,
        Action::Start(b0),
        Action::Terminate(b1),
        Action::Crash(CONSUMER),
    ]
}

/// Where a straight run was after each fault.
struct Mark {
    events: u64,
    snapshot: World,
}

/// The straight run, its marks, and its last digest.
fn straight(seed: u64) -> (World, Vec<Mark>) {
    let mut world = World::new(ClusterSpec::default(), seed);
    workload().start(&mut world).expect("a fresh world");
    let mut marks = Vec::new();
    for fault in faults() {
        world.run_for(Duration::from_ms(1_100));
        world.apply(&fault).expect("the script fits the world");
        marks.push(Mark {
            events: world.events(),
            snapshot: world.snapshot(),
        });
    }
    world.run_for(Duration::from_secs(15));
    (world, marks)
}

fn timeline(seed: u64) -> Timeline {
    let mut timeline = Timeline::new(ClusterSpec::default(), seed);
    workload().start(&mut timeline).expect("a fresh world");
    for fault in faults() {
        timeline.run_for(Duration::from_ms(1_100));
        timeline.act(fault).expect("the script fits the world");
    }
    timeline.run_for(Duration::from_secs(15));
    timeline
}

/// The same spec, seed and actions give the same trace, another seed another one; a
/// timeline records the run and does not change it.
#[test]
fn twice_the_same() {
    let (world, _) = straight(1);
    assert_eq!(straight(1).0.digest(), world.digest());
    assert_eq!(timeline(1).world().digest(), world.digest());
    assert_ne!(straight(2).0.digest(), world.digest());
}

/// A snapshot that gets the rest of the actions ends where the straight run ended.
#[test]
fn snapshot_and_replay_are_the_straight_run() {
    let (world, marks) = straight(3);
    for (at, mark) in marks.into_iter().enumerate() {
        let mut replayed = mark.snapshot;
        for fault in &faults()[at + 1..] {
            replayed.run_for(Duration::from_ms(1_100));
            replayed.apply(fault).expect("as before");
        }
        replayed.run_for(Duration::from_secs(15));
        assert_eq!(replayed.digest(), world.digest(), "from fault {at} on");
        assert_eq!(replayed.history().len(), world.history().len());
    }
}

/// Back and forth over all faults: at each place the world is what it was when it was
/// there first, and the end is still the end.
#[test]
fn seek_is_the_straight_run() {
    let (world, marks) = straight(4);
    let mut timeline = timeline(4);
    let end = timeline.moment();
    let places = marks.len();
    for step in 0..places {
        // Every fifth place, round and round: forwards and backwards.
        let at = step * 5 % places;
        let mark = &marks[at];
        timeline.seek(Target::Event(mark.events));
        assert_eq!(timeline.world().events(), mark.events);
        // The fault itself is no event: it is applied with the next one.
        timeline.step();
        let mut next = mark.snapshot.clone();
        next.step();
        assert_eq!(timeline.world().digest(), next.digest(), "fault {at}");
    }
    timeline.seek(Target::Moment(end));
    assert_eq!(timeline.world().digest(), world.digest());
    assert_eq!(timeline.branches().count(), 1);
}
