//! Share groups (KIP-932, section 10 of the rules): what a partition leader keeps of
//! each group that reads the partition, and the share coordinator that stores it.
//!
//! [`SharePartition`] is the leader's machine: which records are Available, Acquired,
//! Acknowledged or Archived, how often each was delivered, until when it is locked
//! (SHG-2 to SHG-5, SHG-8). [`ShareSessions`] remembers what each member fetches.
//! [`ShareCoordinator`] keeps the states in `__share_group_state` (SHG-7). Not here:
//! membership (the group coordinator's) and messages on their way (the broker's).
//! Invariant: a record is acquired by at most one member, is never delivered more
//! often than the limit, and the share partition's start offset never goes back
//! (INV-52, INV-53), unless somebody resets it.

mod acknowledge;
mod acquire;
pub mod codec;
mod coordinator;
mod partition;
mod release;
mod session;
mod settings;
mod start;
mod state;
#[cfg(test)]
mod tests;

pub use acquire::{Acquire, LogBatch};
pub use coordinator::{ShareAppend, ShareCoordinator, ShareReply, StoredState};
pub use partition::{InFlight, Phase, SharePartition};
pub use session::{FINAL_EPOCH, INITIAL_EPOCH, ShareSession, ShareSessions};
pub use settings::{ShareOffsetReset, ShareSettings, broker_number};
pub use state::{RecordState, StateWrite};

use crate::hash::coordinator_partition;
use crate::share_partition_key::SharePartitionKey;
use crate::types::{Name, Uuid};

/// A share partition: one group's reading of one partition, under the topic's own id.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ShareKey {
    /// The share group.
    pub group: Name,
    /// The topic's id.
    pub topic: Uuid,
    /// The partition's number.
    pub partition: u32,
}

impl ShareKey {
    /// The partition of `__share_group_state` (of that many) that holds it.
    ///
    /// # Panics
    /// If `partitions` is 0.
    pub fn state_partition(&self, partitions: u32) -> u32 {
        coordinator_partition(&self.coordinator_key(), partitions)
    }

    /// The key FindCoordinator is asked with.
    pub fn coordinator_key(&self) -> String {
        let key = SharePartitionKey {
            group: self.group.to_string(),
            topic_id: self.topic,
            partition: self.partition as i32,
        };
        key.as_coordinator_key()
    }
}
