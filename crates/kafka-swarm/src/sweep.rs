//! Many seeds on several threads, reported in the order of the seeds.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;
use std::{fmt, panic};

use kafka_core::types::{Duration, Time};

use crate::paths::Reached;
use crate::plan::Plan;
use crate::report::Failure;
use crate::run::{Options, run};
use crate::shrink::shrink;

/// Which seeds to run, and how.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sweep {
    /// The seeds; the end is not run.
    pub seeds: Range<u64>,
    /// Length of the safety phase of each.
    pub length: Duration,
    /// Worlds that run at the same time, one a thread.
    pub threads: NonZeroUsize,
    /// How each is run.
    pub options: Options,
    /// How many runs the shrinking of one failing plan may take; 0 = none.
    pub shrink_runs: u32,
}

/// What became of one seed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// The seed.
    pub seed: u64,
    /// Events delivered.
    pub events: u64,
    /// Virtual time at the end.
    pub at: Time,
    /// Digest of the trace.
    pub digest: u64,
    /// Paths through the protocol it took.
    pub reached: Reached,
    /// What went wrong; `None` if everything held and the cluster converged.
    pub failure: Option<Failure>,
}

/// All seeds together. Its `Display` is the closing line of a report.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Summary {
    /// Seeds run.
    pub seeds: u64,
    /// Seeds that failed, in order.
    pub failed: Vec<u64>,
    /// Events delivered in all of them.
    pub events: u64,
    /// Digest over the digests of all runs, in order of the seeds.
    pub digest: u64,
    /// Paths through the protocol they took.
    pub reached: Reached,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let failed = self.failed.len() as u64;
        write!(
            f,
            "swarm: {} passed, {failed} failed of {}; {} events, digest {:016x}",
            self.seeds - failed,
            self.seeds,
            self.events,
            self.digest
        )
    }
}

impl Sweep {
    /// These seeds with that length, every invariant and healing, on as many
    /// threads as the machine runs at once.
    pub fn new(seeds: Range<u64>, length: Duration) -> Sweep {
        Sweep {
            seeds,
            length,
            threads: thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            options: Options::default(),
            shrink_runs: 200,
        }
    }

    /// Runs all seeds and tells `progress` of each, in the order of the seeds,
    /// as soon as it and all before it have ended.
    pub fn run(&self, progress: &mut dyn FnMut(&Outcome)) -> Summary {
        let next = AtomicU64::new(self.seeds.start);
        let (sender, outcomes) = mpsc::channel();
        let mut summary = Summary::default();
        thread::scope(|scope| {
            for _ in 0..self.threads.get() {
                let (next, sender) = (&next, sender.clone());
                scope.spawn(move || self.work(next, &sender));
            }
            drop(sender);
            let mut early = BTreeMap::new();
            let mut due = self.seeds.start;
            for outcome in outcomes {
                early.insert(outcome.seed, outcome);
                while let Some(outcome) = early.remove(&due) {
                    due += 1;
                    summary.add(&outcome);
                    progress(&outcome);
                }
            }
        });
        summary
    }

    /// Takes seeds until there are none left.
    fn work(&self, next: &AtomicU64, sender: &mpsc::Sender<Outcome>) {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= self.seeds.end {
                return;
            }
            // The receiver is gone only when its thread panicked.
            if sender.send(self.in_own_thread(seed)).is_err() {
                return;
            }
        }
    }

    /// A thread named after the seed, so that a panic names it.
    fn in_own_thread(&self, seed: u64) -> Outcome {
        thread::scope(|scope| {
            let named = thread::Builder::new().name(format!("seed {seed}"));
            match named.spawn_scoped(scope, || self.run_seed(seed)) {
                Ok(handle) => match handle.join() {
                    Ok(outcome) => outcome,
                    Err(payload) => panic::resume_unwind(payload),
                },
                // No room for a thread: without a name it runs as well.
                Err(_) => self.run_seed(seed),
            }
        })
    }

    fn run_seed(&self, seed: u64) -> Outcome {
        let plan = Plan::new(seed, self.length);
        let run = run(&plan, self.options);
        let failure = (!run.passed()).then(|| {
            let shrunk = shrink(&plan, &run.ending, self.options, self.shrink_runs);
            Failure::new(&plan, &run, &shrunk)
        });
        Outcome {
            seed,
            events: run.events,
            at: run.at,
            digest: run.digest,
            reached: run.reached,
            failure,
        }
    }
}

impl Summary {
    fn add(&mut self, outcome: &Outcome) {
        self.seeds += 1;
        self.events += outcome.events;
        self.reached.add(&outcome.reached);
        self.digest = kafka_core::node::mix(self.digest ^ outcome.digest);
        if outcome.failure.is_some() {
            self.failed.push(outcome.seed);
        }
    }
}
