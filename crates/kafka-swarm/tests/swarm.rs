//! A few seeds of the swarm on every test run: no invariant is broken, every run
//! converges after healing. A failure tells its seed and how to repeat it.

use std::num::NonZeroUsize;

use kafka_core::types::Duration;
use kafka_swarm::{Options, Path, Plan, Sweep, run};

const SAFETY: Duration = Duration::from_secs(20);

/// Safety under faults and liveness after healing, for the first seeds.
#[test]
fn the_first_seeds_pass() {
    let summary = Sweep::new(0..40, SAFETY).run(&mut |outcome| {
        if let Some(failure) = &outcome.failure {
            println!("{failure}");
        }
    });
    assert_eq!(summary.failed, Vec::<u64>::new());
    assert_eq!(summary.seeds, 40);
    // "Sometimes": what so few seeds need not reach, and nothing else.
    let rare = [
        Path::AlterPartitionIneligible,
        Path::ElectionByHand,
        Path::IllegalGeneration,
        Path::NotCoordinator,
        Path::ShareArchived,
        Path::UnknownMember,
    ];
    let mut never = summary.reached.never();
    never.retain(|path| !rare.contains(path));
    assert_eq!(never, []);
}

/// What a sweep reports does not depend on the number of threads.
#[test]
fn threads_change_nothing() {
    let outcomes = |threads| {
        let mut sweep = Sweep::new(5..10, Duration::from_secs(5));
        sweep.threads = threads;
        let mut outcomes = Vec::new();
        let summary = sweep.run(&mut |outcome| outcomes.push(outcome.clone()));
        (summary, outcomes)
    };
    let alone = outcomes(NonZeroUsize::MIN);
    assert_eq!(outcomes(NonZeroUsize::MIN.saturating_add(2)), alone);
    let seeds: Vec<u64> = alone.1.iter().map(|outcome| outcome.seed).collect();
    assert_eq!(seeds, [5, 6, 7, 8, 9]);
}

/// A seed is a run: the same digest with and without looking at the invariants.
#[test]
fn looking_changes_nothing() {
    let plan = Plan::new(3, SAFETY);
    let bare = Options {
        check: false,
        ..Options::default()
    };
    let looked = run(&plan, Options::default());
    assert_eq!(run(&plan, bare).digest, looked.digest);
    assert!(!looked.verdicts.is_empty());
}
