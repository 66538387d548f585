//! What a broker's folders hold while no process runs.

use std::collections::BTreeMap;

use super::checkpoints::{Checkpoints, DeletedLog};
use super::future_replica::FutureLog;
use super::log_dirs::LogDirsDisk;
use crate::log::LogDisk;
use crate::raft::RaftDisk;
use crate::types::{BrokerEpoch, Offset, TopicPartition};

/// The durable state of a broker. A process crash keeps all of it (LOG-15).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BrokerDisk {
    /// Logs by partition.
    pub logs: BTreeMap<TopicPartition, LogDisk>,
    /// Logs whose folders are still to be deleted (TOP-9).
    pub deleted: Vec<DeletedLog>,
    /// The checkpoint files; `None` before the first start.
    pub checkpoints: Option<Checkpoints>,
    /// Broker epoch saved by a clean stop; read once at the next start (BRK-2).
    pub clean_shutdown_epoch: Option<BrokerEpoch>,
    /// Its log directories, if there are several.
    pub dirs: LogDirsDisk,
    /// Future replicas of replicas that are being moved between them.
    pub futures: BTreeMap<TopicPartition, FutureLog>,
    /// Log of `__cluster_metadata` and the quorum state.
    pub metadata: RaftDisk,
}

impl BrokerDisk {
    /// The high watermark checkpointed for a log (LOG-15).
    pub fn high_watermark(&self, id: TopicPartition) -> Option<Offset> {
        self.checkpoints.as_ref()?.high_watermark(id)
    }

    /// Power loss: each log loses what was not flushed (LOG-15). The metadata log
    /// and the checkpoint files are flushed when they are written.
    pub fn lose_unflushed(&mut self) {
        let futures = self.futures.values_mut().map(|future| &mut future.log);
        for log in self.logs.values_mut().chain(futures) {
            log.lose_unflushed();
        }
    }
}
