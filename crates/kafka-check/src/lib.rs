//! Checks of a Kafka world: invariants after each event, verdicts with evidence, the
//! record-fate ledger, and whether a cluster has converged.
//!
//! What it is not: it changes nothing, decides nothing about time, and makes no text
//! beyond one plain sentence a breach. Invariant: after an event only what the event
//! touched is looked at, so the cost of checking does not grow with the history.

mod at_rest;
mod book;
mod checker;
mod cluster;
mod converge;
mod findings;
mod groups;
mod in_sync;
mod invariant;
mod keys;
mod ledger;
mod logs;
mod metadata;
mod modern_groups;
mod permits;
mod quorum;
mod reads;
mod replication;
mod sentence;
mod sessions;
mod shares;
#[cfg(test)]
mod tests;
mod transactions;
mod verdict;
mod world;

pub use checker::Checker;
pub use cluster::{Cluster, QuorumView, ReplicaView, RunningReplica, Step};
pub use converge::{Reason, converged};
pub use invariant::Invariant;
pub use ledger::{AppendedAt, Counts, Delivery, Fate, Ledger};
pub use sentence::{Told, partition_name};
pub use verdict::{Breach, Outcome, Setting, Verdict, Violation};
pub use world::Processes;
