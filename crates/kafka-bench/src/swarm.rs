//! Rows 8 and 9: random faults, and many seeds of them with every invariant.

use std::num::NonZeroUsize;

use kafka_core::types::Duration;
use kafka_swarm::{Options, Plan, Summary, Sweep, run};

use crate::{Meter, Report};

/// Rounds, interleaved; the fastest of each counts.
const ROUNDS: u32 = 3;

/// Row 8: three brokers, 1000 records a second, faults; with and without the
/// invariants.
pub fn chaos(meter: Meter<'_>, seed: u64, seconds: u64) -> Report {
    let plan = Plan::chaos(seed, Duration::from_secs(seconds));
    let options = |check| Options {
        check,
        liveness: false,
    };
    let mut best = [f64::INFINITY; 2];
    let mut last = None;
    for _ in 0..ROUNDS {
        let (ended, took) = meter.time(|| run(&plan, options(false)));
        best[0] = best[0].min(took);
        let (_, took) = meter.time(|| run(&plan, options(true)));
        best[1] = best[1].min(took);
        last = Some(ended);
    }
    let (events, digest) = last.map_or((0, 0), |ended| (ended.events, ended.digest));
    Report::new("chaos")
        .count("seed", seed)
        .count("simulated_seconds", seconds)
        .events(events, best[0])
        .measure("simulated_per_s", seconds as f64 / best[0])
        .measure("simulated_per_s_checked", seconds as f64 / best[1])
        .digest(digest)
        .peak(meter)
}

/// Row 9: every invariant after every event, healing and convergence; on one
/// thread, then on two.
pub fn swarm(meter: Meter<'_>, seeds: u64, seconds: u64) -> Report {
    let mut sweep = Sweep::new(1..seeds + 1, Duration::from_secs(seconds));
    sweep.shrink_runs = 0;
    let mut on_threads = |threads: usize| -> (Summary, f64, u64) {
        sweep.threads = NonZeroUsize::MIN.saturating_add(threads - 1);
        let (summary, took) = meter.time(|| sweep.run(&mut |_| ()));
        (summary, took, (meter.peak_bytes)())
    };
    // The peak after the first is that of one seed at a time, the program included.
    let (one, alone, bytes) = on_threads(1);
    let (two, together, _) = on_threads(2);
    Report::new("swarm")
        .count("seeds", seeds)
        .count("simulated_seconds", seconds)
        .count("failed", one.failed.len() as u64)
        .events(one.events, alone)
        .measure("seeds_per_s_per_core", seeds as f64 / alone)
        .measure("two_threads", alone / together)
        .count("same_on_two_threads", u64::from(one.digest == two.digest))
        .count("bytes_a_seed", bytes)
        .digest(one.digest)
        .peak(meter)
}
