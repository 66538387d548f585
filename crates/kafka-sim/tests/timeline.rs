//! Determinism and time travel over a real controller quorum: twice the same,
//! n steps = one call, seek = straight run, snapshot + replay = straight run,
//! acting in the past forks and loses nothing.

use kafka_core::types::{Duration, NodeId, Time};
use kafka_sim::timeline::ImportError;
use kafka_sim::{Action, BranchId, ClusterSpec, StartState, Target, Timeline, World};

fn spec() -> ClusterSpec {
    ClusterSpec {
        start: StartState::Cold,
        ..ClusterSpec::quick(0, 3)
    }
}

fn secs(s: u64) -> Time {
    Time::ZERO + Duration::from_secs(s)
}

/// A history with faults: crash and restart of a controller, a cut, a heal.
fn eventful(seed: u64) -> Timeline {
    let mut timeline = Timeline::new(spec(), seed);
    let script = [
        (3, Action::Crash(NodeId(100))),
        (6, Action::Start(NodeId(100))),
        (
            9,
            Action::Partition(vec![NodeId(101)], vec![NodeId(100), NodeId(102)]),
        ),
        (14, Action::Heal),
        (16, Action::Pause(NodeId(102))),
        (19, Action::Resume(NodeId(102))),
    ];
    for (at, action) in script {
        timeline.run_until(secs(at));
        timeline.act(action).expect("the script fits the world");
    }
    timeline.run_until(secs(40));
    timeline
}

/// The same spec, seed and inputs give the same trace, another seed another one.
#[test]
fn the_same_run_twice_is_the_same() {
    assert_eq!(eventful(1).world().digest(), eventful(1).world().digest());
    assert_ne!(eventful(1).world().digest(), eventful(2).world().digest());
}

/// n single steps are one call for n.
#[test]
fn single_steps_are_one_call() {
    let mut stepped = World::new(spec(), 7);
    let mut called = stepped.clone();
    for _ in 0..500 {
        stepped.step();
    }
    assert_eq!(called.run_events(500), 500);
    assert_eq!(stepped.digest(), called.digest());
    assert_eq!(stepped.now(), called.now());
}

/// A clone that runs on gives what the straight run gives (snapshots are clones).
#[test]
fn a_snapshot_that_runs_on_is_the_straight_run() {
    let mut straight = World::new(spec(), 3);
    straight.run_until(secs(5));
    let mut snapshot = straight.snapshot();
    straight.run_until(secs(20));
    assert_ne!(snapshot.digest(), straight.digest());
    snapshot.run_until(secs(20));
    assert_eq!(snapshot.digest(), straight.digest());
}

/// Going back and forth over faults shows at each place what the straight run
/// showed there, by event and by time, and the tip is what it was.
#[test]
fn seeking_shows_the_straight_run() {
    let mut timeline = eventful(5);
    let (tip, end) = (timeline.moment(), timeline.world().digest());
    let mut straight = eventful(5);
    for events in [tip.events - 1, 10, 200, 199, 0, tip.events / 2, 1] {
        timeline.seek(Target::Event(events));
        straight.seek(Target::Event(0));
        assert_eq!(straight.world().events(), 0);
        while straight.world().events() < events {
            assert!(straight.step());
        }
        assert_eq!(timeline.world().events(), events);
        assert_eq!(timeline.world().digest(), straight.world().digest());
    }
    timeline.seek(Target::Time(secs(10)));
    let at_ten = timeline.world().digest();
    timeline.seek(Target::Moment(tip));
    assert_eq!((timeline.moment(), timeline.world().digest()), (tip, end));
    timeline.seek(Target::Time(secs(10)));
    assert_eq!(timeline.world().digest(), at_ten);
    assert_eq!(timeline.world().now(), secs(10));
    assert_eq!(timeline.branches().count(), 1);
}

/// One step back and one forward is where one was; at the beginning there is no
/// step back.
#[test]
fn stepping_back_undoes_a_step() {
    let mut timeline = Timeline::new(spec(), 9);
    assert!(!timeline.step_back());
    timeline.run_until(secs(4));
    let here = timeline.world().digest();
    let events = timeline.world().events();
    assert!(timeline.step_back());
    assert_eq!(timeline.world().events(), events - 1);
    assert!(timeline.step());
    assert_eq!(timeline.world().digest(), here);
}

/// A seek in slices of a few events arrives where a seek in one go arrives.
#[test]
fn a_sliced_seek_arrives_at_the_same_world() {
    let mut timeline = eventful(4);
    let whole = {
        let mut other = timeline.clone();
        other.seek(Target::Event(300));
        other.world().digest()
    };
    let mut seek = timeline.begin_seek(timeline.current(), Target::Event(300));
    let mut slices = 0;
    while !seek.advance(7) {
        slices += 1;
    }
    assert!(slices > 1, "300 events do not fit a slice of 7");
    timeline.complete(seek);
    assert_eq!(timeline.world().digest(), whole);
}

/// Acting in the past makes a branch; the old future stays reachable, and the
/// new one is what a straight run with those inputs gives.
#[test]
fn acting_in_the_past_forks() {
    let mut timeline = eventful(6);
    let (old_tip, old_end) = (timeline.moment(), timeline.world().digest());
    timeline.seek(Target::Time(secs(5)));
    let refused = timeline.act(Action::Crash(NodeId(100)));
    assert!(refused.is_err(), "it is down at that time");
    assert_eq!(
        timeline.branches().count(),
        1,
        "a refused action forks nothing"
    );
    let fork = timeline.moment();
    timeline.act(Action::Crash(NodeId(101))).expect("it runs");
    timeline.run_until(secs(30));
    assert_eq!(timeline.current(), BranchId(1));
    let new_end = timeline.world().digest();

    let mut straight = Timeline::new(spec(), 6);
    straight.run_until(secs(3));
    straight.act(Action::Crash(NodeId(100))).expect("it runs");
    straight.run_until(secs(5));
    straight.act(Action::Crash(NodeId(101))).expect("it runs");
    straight.run_until(secs(30));
    assert_eq!(straight.world().digest(), new_end);

    let parent = timeline.branch(BranchId(1)).and_then(|b| b.parent());
    assert_eq!(parent, Some((BranchId(0), fork)));
    assert!(timeline.switch(BranchId(0)));
    assert_eq!(
        (timeline.moment(), timeline.world().digest()),
        (old_tip, old_end)
    );
    assert!(timeline.switch(BranchId(1)));
    assert_eq!(timeline.world().digest(), new_end);
}

/// Data exported and imported gives the same worlds on every branch.
#[test]
fn export_and_import_keep_every_branch() {
    let mut timeline = eventful(8);
    timeline.seek(Target::Time(secs(12)));
    timeline.act(Action::Heal).expect("always possible");
    timeline.run_until(secs(20));
    timeline.step_back();
    let data = timeline.export();
    let mut again = Timeline::import(&data).expect("it was exported");
    let mut seek = again.begin_seek(data.current, Target::Moment(data.moment));
    while !seek.advance(1000) {}
    assert_eq!(seek.refused(), []);
    again.complete(seek);
    assert_eq!(again.world().digest(), timeline.world().digest());
    again.switch(BranchId(0));
    timeline.switch(BranchId(0));
    assert_eq!(again.world().digest(), timeline.world().digest());
    assert_eq!(again.export().branches, data.branches);
}

/// Damaged data is refused with the place, or its impossible inputs are told.
#[test]
fn damaged_data_is_refused() {
    let data = eventful(8).export();
    let mut no_branch = data.clone();
    no_branch.branches.clear();
    assert_eq!(
        Timeline::import(&no_branch).err(),
        Some(ImportError::NoBranch)
    );
    let mut unordered = data.clone();
    unordered.branches[0].inputs.reverse();
    let error = Timeline::import(&unordered).err();
    assert_eq!(error, Some(ImportError::BadOrder(BranchId(0))));
    let mut impossible = data;
    impossible.branches[0].inputs[0].action = Action::Start(NodeId(55));
    let timeline = &mut Timeline::import(&impossible).expect("in order");
    let mut seek = timeline.begin_seek(BranchId(0), Target::Event(400));
    assert!(seek.advance(u64::MAX));
    assert_eq!(
        seek.refused().len(),
        2,
        "the unknown node, and the start that no crash precedes"
    );
}

/// The content of old entries is what it was when they were new.
#[test]
fn old_details_are_rebuilt_by_replay() {
    let mut timeline = Timeline::new(spec(), 11);
    timeline.run_until(secs(2));
    let first = kafka_sim::Seq(20);
    let last = kafka_sim::Seq(40);
    let new = format!("{:?}", timeline.details(first, last));
    assert_eq!(timeline.details(first, last).len(), 20);
    timeline.trace_mut().keep_details(1);
    timeline.run_until(secs(30));
    assert_eq!(timeline.world().detail(first).map(|_| ()), None);
    assert_eq!(format!("{:?}", timeline.details(first, last)), new);
}

/// Why: every delivered message leads back through its causes to a start.
#[test]
fn causes_lead_back_to_the_beginning() {
    let mut world = World::new(spec(), 2);
    world.run_until(secs(5));
    let last = kafka_sim::Seq(world.trace().len() - 1);
    let chain = world.trace().why(last);
    assert_eq!(chain[0], last);
    assert!(chain.len() > 3);
    assert!(chain.windows(2).all(|pair| pair[1] < pair[0]));
    let root = world.trace().get(chain[chain.len() - 1]);
    assert_eq!(
        root.map(|entry| entry.kind),
        Some(kafka_sim::EntryKind::Started)
    );
}
