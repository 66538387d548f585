//! The swarm: a seed becomes a random cluster, random work and random faults; a
//! safety phase with every invariant after every event; then everything is healed
//! and the cluster must converge.
//!
//! What it is not: it judges nothing itself (`kafka-check` does) and knows no clock
//! and no threads; the caller spreads seeds over cores. Invariant: a plan is a
//! function of its seed and length, and a run of its plan, so one number repeats a
//! failure.

mod dice;
mod faults;
mod plan;
mod run;
mod shrink;

pub use plan::Plan;
pub use run::{Ending, Options, Run, run};
pub use shrink::shrink;
