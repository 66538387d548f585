//! Whole worlds without faults: what the checks say of them. (Worlds under faults are
//! the swarm's.)

use kafka_check::{Checker, Outcome, Reason, converged};
use kafka_core::types::{Duration, NodeId};
use kafka_sim::workload::Workload;
use kafka_sim::{Action, ClusterSpec, World};

fn loaded(seed: u64) -> World {
    let mut world = World::new(ClusterSpec::default(), seed);
    let workload = Workload {
        partitions: 4,
        every: Duration::from_ms(10),
        records: Some(500),
        ..Workload::default()
    };
    workload.start(&mut world).expect("a fresh world");
    world
}

/// Without faults every invariant holds, every record is acknowledged once, and the
/// ledger agrees with the history.
#[test]
fn a_quiet_world_passes_every_check() {
    let mut world = loaded(7);
    let mut checker = Checker::new(&world);
    let until = world.now() + Duration::from_secs(15);
    while world.step_until(until) {
        assert_eq!(checker.after_event(&world), None);
    }
    assert_eq!(converged(&world), Ok(()));
    let verdicts = checker.verdicts_at(&world);
    assert!(verdicts.iter().all(|v| v.outcome == Outcome::Holds));
    let counts = checker.counts();
    assert_eq!((counts.sent, counts.acknowledged), (1_000, 1_000));
    assert_eq!((counts.replicated, counts.visible), (1_000, 1_000));
    assert_eq!((counts.lost, counts.duplicated), (0, 0));
}

/// A checker that was not asked for so long that the trace has forgotten what happened
/// takes the world as it is and goes on.
#[test]
fn a_checker_that_was_left_behind_begins_anew() {
    let mut world = loaded(8);
    let mut checker = Checker::new(&world);
    world.run_for(Duration::from_secs(3));
    assert_eq!(checker.after_event(&world), None);
    let until = world.now() + Duration::from_secs(3);
    while world.step_until(until) {
        assert_eq!(checker.after_event(&world), None);
    }
}

/// A cluster with a broker down has not converged, and the reason names it.
#[test]
fn a_stopped_broker_is_a_reason() {
    let mut world = World::new(ClusterSpec::default(), 9);
    assert_eq!(converged(&world), Ok(()));
    world.apply(&Action::Crash(NodeId(1))).expect("it runs");
    assert_eq!(converged(&world), Err(Reason::NotRunning(NodeId(1))));
}
