//! kafka-core

pub mod hash;
pub mod java_random;
pub mod share_partition_key;
pub mod topic_name;
pub mod varint;
