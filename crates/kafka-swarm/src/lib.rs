//! The swarm: a seed becomes a random cluster, random work and random faults; a
//! safety phase with every invariant after every event; then everything is healed
//! and the cluster must converge.
//!
//! What it is not: it judges nothing itself (`kafka-check` does), prints nothing and
//! knows no clock. Invariant: a plan is a function of its seed and length, and a run
//! of its plan, so one number repeats a failure; what [`Sweep::run`] reports does not
//! depend on the number of threads.
//!
//! ```
//! use kafka_core::types::Duration;
//! use kafka_swarm::Sweep;
//!
//! let sweep = Sweep::new(1..4, Duration::from_secs(2));
//! let summary = sweep.run(&mut |outcome| {
//!     if let Some(failure) = &outcome.failure {
//!         // Seed, invariant, moment, evidence, shrunk faults, command.
//!         println!("{failure}");
//!     }
//! });
//! println!("{summary}");
//! assert!(summary.failed.is_empty());
//! ```

mod codecs;
mod dice;
mod extras;
mod faults;
mod log_dirs;
mod paths;
mod plan;
mod report;
mod run;
mod shrink;
mod sweep;
mod transactions;
mod unrest;
mod upkeep;
mod voters;

pub use extras::Extras;
pub use paths::{Path, Reached};
pub use plan::Plan;
pub use report::Failure;
pub use run::{Ending, Options, Run, run};
pub use shrink::shrink;
pub use sweep::{Outcome, Summary, Sweep};
