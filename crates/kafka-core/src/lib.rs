//! Kafka as pure state machines: the protocol's vocabulary and the processes
//! (controller, broker, clients) that exchange its requests.
//!
//! What it is not: it knows no clock, no entropy, no network, no text format and
//! no picture. The world (`kafka-sim`) owns those. Invariant: the same inputs in
//! the same order give the same effects, on every platform.

pub mod assignor;
pub mod broker;
pub mod client;
pub mod compress;
pub mod config;
pub mod consumer_protocol;
pub mod controller;
pub mod encode;
pub mod error;
pub mod group;
pub mod hash;
pub mod java_hash_table;
pub mod java_random;
pub mod log;
pub mod metadata;
pub mod node;
pub mod note;
pub mod partitioner;
pub mod placement;
pub mod protocol;
pub mod raft;
pub mod record;
pub mod schema;
pub mod share;
pub mod share_partition_key;
pub mod topic_name;
pub mod topic_pattern;
pub mod transaction;
pub mod types;
pub mod varint;
