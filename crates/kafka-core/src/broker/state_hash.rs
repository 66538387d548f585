//! The state of a replica manager as a hash, for a search through all states.
//!
//! Takes in everything that decides what a broker does next with its replicas, as long
//! as the clock stands. Left out: names that mean the same under another number (of
//! requests and of fetch sessions), times, and what the replica manager does not use
//! (groups, transactions, share groups, forwarded requests, quotas). Of the metadata only how
//! far they are applied: the log itself is the same for all. Invariant: two brokers with
//! one hash and the same metadata answer alike.

use std::hash::{Hash, Hasher};

use super::partition::{Partition, Role};
use super::{Broker, BrokerDisk};
use crate::log::LogDisk;

impl Broker {
    /// Takes in what decides its next steps.
    pub fn hash_state(&self, state: &mut impl Hasher) {
        (self.lifecycle.state, self.lifecycle.epoch).hash(state);
        self.image.next_offset.hash(state);
        for partition in self.partitions.iter() {
            hash_partition(partition, state);
        }
        self.fetchers.list.len().hash(state);
        for fetcher in &self.fetchers.list {
            fetcher.hash_state(state);
        }
        self.sessions.hash_state(state);
        self.produces.hash_state(state);
        self.alter.hash_state(state);
        self.checkpoints.files.hash(state);
        self.dirs.hash_state(state);
        self.assignments.hash_state(state);
        self.moves.hash_state(state);
    }
}

impl BrokerDisk {
    /// Takes in what a process that starts from it would find.
    pub fn hash_state(&self, state: &mut impl Hasher) {
        self.clean_shutdown_epoch.hash(state);
        self.metadata.log.end_offset().hash(state);
        self.logs.len().hash(state);
        for (id, log) in &self.logs {
            id.hash(state);
            hash_log(log, state);
        }
        self.checkpoints.hash(state);
        self.dirs.hash(state);
        for (id, future) in &self.futures {
            (id, future.dir).hash(state);
            hash_log(&future.log, state);
        }
    }
}

fn hash_partition(partition: &Partition, state: &mut impl Hasher) {
    partition.id.hash(state);
    hash_log(partition.log.disk(), state);
    partition.log.high_watermark().hash(state);
    (partition.leader, partition.leader_epoch).hash(state);
    (
        partition.partition_epoch,
        &partition.replicas,
        &partition.isr,
    )
        .hash(state);
    let Role::Leader(leadership) = &partition.role else {
        state.write_u8(0);
        return;
    };
    state.write_u8(1);
    (leadership.epoch_start_offset, leadership.followers.len()).hash(state);
    for follower in &leadership.followers {
        (follower.broker, follower.log_end_offset).hash(state);
        (follower.log_start_offset, follower.last_fetch_leader_end).hash(state);
        let times = (follower.last_fetch_time, follower.last_caught_up_time);
        (times.0.is_some(), times.1.is_some(), follower.broker_epoch).hash(state);
    }
    let pending = leadership.pending.as_ref();
    let pending = pending.map(|pending| (&pending.isr, pending.awaits_metadata));
    pending.hash(state);
}

pub(super) fn hash_log(log: &LogDisk, state: &mut impl Hasher) {
    (log.log_start_offset(), log.log_end_offset()).hash(state);
    (log.recovery_point(), log.epochs().entries()).hash(state);
    for batch in log.batches() {
        (batch.base_offset, batch.leader_epoch).hash(state);
        for record in &batch.body.records {
            record.tag.hash(state);
        }
    }
}
