//! One replica's log: segments of batches, leader-epoch cache, producer state.
//!
//! What is durable ([`LogDisk`]) and what a process only remembers ([`Log`]) are
//! different types: a process crash keeps the first and loses the second, a power
//! loss also loses what lies above the recovery point (LOG-15). Not here: who may
//! append, fetch or move the high watermark (`broker`). Invariant:
//! log start <= high watermark <= log end, and offsets grow from batch to batch.
//! Log start <= last stable offset <= high watermark.

mod clean;
mod config;
mod disk;
mod epoch_cache;
mod files;
mod producers;
mod replica_log;
mod retention;
mod search;
mod segment;
mod transactions;

pub use clean::{Cleanable, CleanedLog};
pub use config::LogConfig;
pub use disk::LogDisk;
pub use epoch_cache::EpochCache;
pub use files::{DeletedSegment, FileSize, IndexEntry, TimeIndexEntry};
pub use producers::{ProducerCheck, ProducerEntry, ProducerStates, RecentBatch};
pub use replica_log::Log;
pub use search::FoundOffset;
pub use segment::Segment;
pub use transactions::{AbortedTxn, Transactions};

#[cfg(test)]
mod clean_tests;
#[cfg(test)]
mod file_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod txn_tests;
