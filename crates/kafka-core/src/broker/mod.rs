//! A broker: lifecycle, metadata observer, replica manager, request handling.
//!
//! One process with one entry, [`Broker::handle`]. Each part has its file and is
//! an `impl Broker` block or a machine of its own; what they owe each other at
//! the end of an input (answers that became due, fetches to send) is settled in
//! one place, [`Broker::settle`]. Not here: the rules of groups (`group`), of the
//! quorum (`raft`), of a log (`log`). Invariant: after every input nothing that
//! could be answered is still waiting.

mod accessors;
mod alter_log_dirs;
mod answers;
mod assignments;
mod checkpoints;
mod cleaner;
mod consumer_fetch;
mod delete_records;
mod describe;
mod describe_configs;
mod disk;
mod dynamic_configs;
mod fetcher;
mod follower_fetch;
mod forward;
mod future_replica;
mod groups;
mod handle;
mod isr;
mod lifecycle;
mod log_dirs;
mod metadata;
mod moves;
mod observer;
mod offsets;
mod partition;
mod partitions;
mod produce;
mod producer_ids;
mod purgatory;
mod read_replica;
mod replicate;
mod roles;
mod sessions;
mod share;
mod state_hash;
mod throttle;
mod timer;
mod topic_config;
mod txn;
mod upkeep;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

pub use accessors::Waiting;
pub use checkpoints::{Checkpoints, DeletedLog, Offsets};
pub use describe::CLUSTER_ID;
pub use disk::BrokerDisk;
pub use fetcher::{FetchPhase, FetchState, Fetcher};
pub use future_replica::{FutureLog, FutureReplica, MoveStage};
pub use lifecycle::BrokerState;
pub use log_dirs::{DiskFault, LogDirsDisk};
pub use partition::{Follower, FollowerFetch, Leadership, Partition, PendingIsr, Role};

use crate::config::BrokerConfig;
use crate::group::Coordinator;
use crate::log::LogDisk;
use crate::metadata::ClusterImage;
use crate::node::{Effects, Prng, RequestIds};
use crate::protocol::Request;
use crate::raft::{Raft, RaftDisk};
use crate::types::{BrokerId, Name, NodeId, RequestId, Time, TopicPartition};

use assignments::Assignments;
use checkpoints::CheckpointFiles;
use cleaner::Cleaner;
use consumer_fetch::ConsumerFetches;
use delete_records::DelayedDeletes;
use fetcher::Fetchers;
use forward::Forwards;
use isr::AlterPartitions;
use lifecycle::Lifecycle;
use log_dirs::LogDirs;
use moves::Moves;
use partitions::Partitions;
use producer_ids::ProducerIds;
use purgatory::ProducePurgatory;
use sessions::Sessions;
use share::ShareManager;
use throttle::Throttles;
use txn::TxnManager;

/// What a handler of one input may use.
struct Cx<'a> {
    now: Time,
    prng: &'a mut Prng,
    fx: &'a mut Effects,
}

/// A broker process.
#[derive(Clone, Debug)]
pub struct Broker {
    config: Rc<BrokerConfig>,
    ids: RequestIds,
    lifecycle: Lifecycle,
    raft: Raft,
    metadata_disk: RaftDisk,
    image: Rc<ClusterImage>,
    /// Replicas are started and requests are answered (from the end of local
    /// recovery on).
    serving: bool,
    /// Requests that came before that.
    held: Vec<(NodeId, RequestId, Request)>,
    partitions: Partitions,
    /// Logs on the disk whose partition is not started yet.
    unopened: BTreeMap<TopicPartition, LogDisk>,
    dirs: LogDirs,
    assignments: Assignments,
    moves: Moves,
    checkpoints: CheckpointFiles,
    cleaner: Cleaner,
    fetchers: Fetchers,
    throttles: Throttles,
    sessions: Sessions,
    consumers: ConsumerFetches,
    produces: ProducePurgatory,
    deletes: DelayedDeletes,
    alter: AlterPartitions,
    forwards: Forwards,
    producer_ids: ProducerIds,
    coordinator: Coordinator,
    share: ShareManager,
    txn: TxnManager,
    /// Topics this broker has asked the controller to create (TOP-10).
    creating: BTreeSet<Name>,
    /// Partitions whose high watermark moved during this input.
    moved: Vec<TopicPartition>,
}

impl Broker {
    /// A process that has not started; give it [`crate::node::Input::Started`] first.
    pub fn new(config: BrokerConfig, disk: BrokerDisk) -> Broker {
        let config = Rc::new(config);
        let mut logs = disk.logs;
        let dirs = LogDirs::open(config.log_dirs().len() as u32, disk.dirs, &mut logs);
        // With one of several missing, nobody can say that the last stop was clean (BRK-2).
        let clean_epoch = disk.clean_shutdown_epoch.filter(|_| !dirs.any_offline());
        Broker {
            ids: RequestIds::default(),
            lifecycle: Lifecycle::new(clean_epoch),
            raft: Raft::new(config.node, config.quorum.clone()),
            metadata_disk: disk.metadata,
            image: Rc::new(ClusterImage::new()),
            serving: false,
            held: Vec::new(),
            partitions: Partitions::default(),
            unopened: logs,
            dirs,
            assignments: Assignments::default(),
            moves: Moves::new(disk.futures),
            checkpoints: CheckpointFiles::new(disk.checkpoints.unwrap_or_default(), disk.deleted),
            cleaner: Cleaner::default(),
            fetchers: Fetchers::default(),
            throttles: Throttles::default(),
            sessions: Sessions::default(),
            consumers: ConsumerFetches::default(),
            produces: ProducePurgatory::default(),
            deletes: DelayedDeletes::default(),
            alter: AlterPartitions::default(),
            forwards: Forwards::default(),
            producer_ids: ProducerIds::default(),
            coordinator: Coordinator::new(&config),
            share: ShareManager::new(&config),
            txn: TxnManager::new(&config),
            creating: BTreeSet::new(),
            moved: Vec::new(),
            config,
        }
    }

    /// The process is gone by `now`; what its files hold stays. After a crash the disk
    /// carries no clean-shutdown epoch (BRK-2).
    pub fn into_disk(mut self, now: Time) -> BrokerDisk {
        self.settle_checkpoints(now);
        let mut logs = self.unopened;
        for partition in self.partitions.into_vec() {
            logs.insert(partition.id, partition.log.into_disk());
        }
        let files = self.checkpoints.files;
        let saved_epoch = self.lifecycle.saved_epoch();
        let starts = files.log_starts.as_deref();
        let lose_start = |(id, log): (&TopicPartition, &mut LogDisk)| {
            log.lose_log_start(starts.and_then(|starts| starts.get(id)).copied());
        };
        if saved_epoch.is_none() {
            logs.iter_mut().for_each(lose_start);
        }
        self.dirs.lost.iter_mut().for_each(lose_start);
        let is_whole = !self.dirs.any_offline();
        logs.extend(self.dirs.lost);
        let mut disk = BrokerDisk {
            logs,
            checkpoints: Some(files),
            deleted: self.checkpoints.deleted,
            clean_shutdown_epoch: saved_epoch.filter(|_| is_whole),
            dirs: self.dirs.disk,
            futures: self.moves.into_disk(),
            metadata: self.metadata_disk,
        };
        for dir in self.dirs.renewed {
            disk.replace(dir);
        }
        disk
    }

    fn me(&self) -> BrokerId {
        self.config.node
    }
}
