//! What pictures and checks may look at.

use super::Broker;
use super::fetcher::Fetcher;
use super::lifecycle::BrokerState;
use super::partition::Partition;
use crate::config::BrokerConfig;
use crate::group::Coordinator;
use crate::log::LogDisk;
use crate::metadata::ClusterImage;
use crate::raft::{Raft, RaftDisk};
use crate::share::{ShareCoordinator, SharePartition, ShareSessions};
use crate::transaction::TransactionCoordinator;
use crate::types::{BrokerEpoch, BrokerId, IncarnationId, Offset, TopicPartition};

/// How many requests wait, by kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Waiting {
    /// Appends that wait for the high watermark.
    pub produce: u32,
    /// Fetches of consumers.
    pub consumer_fetch: u32,
    /// Fetches of followers.
    pub follower_fetch: u32,
}

impl Broker {
    /// Its id.
    pub fn id(&self) -> BrokerId {
        self.config.node
    }

    /// Its settings.
    pub fn config(&self) -> &BrokerConfig {
        &self.config
    }

    /// Where the process stands.
    pub fn state(&self) -> BrokerState {
        self.lifecycle.state
    }

    /// Its registration's epoch, or NONE.
    pub fn broker_epoch(&self) -> BrokerEpoch {
        self.lifecycle.epoch
    }

    /// Name of this life of the process.
    pub fn incarnation(&self) -> IncarnationId {
        self.lifecycle.incarnation
    }

    /// The metadata it has applied.
    pub fn image(&self) -> &ClusterImage {
        &self.image
    }

    /// Its part in the quorum.
    pub fn raft(&self) -> &Raft {
        &self.raft
    }

    /// Its copy of the metadata log.
    pub fn metadata_disk(&self) -> &RaftDisk {
        &self.metadata_disk
    }

    /// Its replicas, in order of topic and partition.
    pub fn partitions(&self) -> impl Iterator<Item = &Partition> {
        self.partitions.iter()
    }

    /// One replica.
    pub fn partition(&self, id: TopicPartition) -> Option<&Partition> {
        self.partitions.get(id)
    }

    /// A log on its disk that it has not open, for it has just started or the log's directory
    /// has failed, and the high watermark checkpointed for it.
    pub fn unopened(&self, id: TopicPartition) -> Option<(&LogDisk, Option<Offset>)> {
        let log = self.unopened.get(&id);
        let log = log.or_else(|| self.dirs.lost.get(&id))?;
        Some((log, self.checkpoints.files.high_watermark(id)))
    }

    /// The logs it has not opened so far.
    pub fn unopened_logs(&self) -> impl Iterator<Item = TopicPartition> {
        self.unopened.keys().copied()
    }

    /// Its fetchers, one a leader broker.
    pub fn fetchers(&self) -> &[Fetcher] {
        &self.fetchers.list
    }

    /// Requests that wait.
    pub fn waiting(&self) -> Waiting {
        let sessions = self.sessions.list.iter();
        Waiting {
            produce: self.produces.len(),
            consumer_fetch: self.consumers.len() + self.share.waiting(),
            follower_fetch: sessions.filter(|s| s.parked.is_some()).count() as u32,
        }
    }

    /// Share partitions it serves, by group and partition.
    pub fn share_partitions(&self) -> impl Iterator<Item = &SharePartition> {
        self.share.partitions()
    }

    /// Sessions of members of share groups.
    pub fn share_sessions(&self) -> &ShareSessions {
        self.share.sessions()
    }

    /// The share coordinator.
    pub fn share_coordinator(&self) -> &ShareCoordinator {
        self.share.coordinator()
    }

    /// The transaction coordinator.
    pub fn transaction_coordinator(&self) -> &TransactionCoordinator {
        self.txn.coordinator()
    }

    /// The group coordinator.
    pub fn coordinator(&self) -> &Coordinator {
        &self.coordinator
    }
}
