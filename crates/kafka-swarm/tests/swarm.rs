//! A few seeds of the swarm on every test run: no invariant is broken, every run
//! converges after healing. A failure names its seed.

use kafka_core::types::Duration;
use kafka_swarm::{Options, Plan, run};

const SAFETY: Duration = Duration::from_secs(30);

/// Safety under faults and liveness after healing, for the first seeds.
#[test]
fn the_first_seeds_pass() {
    let failures: Vec<String> = (1..=12)
        .filter_map(|seed| {
            let run = run(&Plan::new(seed, SAFETY), Options::default());
            (!run.passed()).then(|| format!("seed {seed}: {}", run.ending))
        })
        .collect();
    assert_eq!(failures, Vec::<String>::new());
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
