//! The identity of every drawn and listed thing: shared with lessons, which point at them.

pub use kafka_lessons::object::{ObjectId, PartitionName};
