//! Log directories as the metadata names them (KIP-858).
//!
//! A directory has an id, drawn when it was formatted. Where a replica lies, the controller
//! learns from its broker, unless the broker has only one directory. Invariant: a partition's list
//! of directories is either as long as its list of replicas or empty, which says that each replica
//! is in the first directory of its broker.

use super::image::{BrokerRegistration, ClusterImage};
use super::record::PartitionRegistration;
use super::voters::{directory_id, drawn_id};
use crate::types::{BrokerId, NodeId, Uuid};

/// The broker has not said yet where the replica is.
pub const UNASSIGNED: Uuid = Uuid(1);
/// In one that is gone, and nobody knows which.
const LOST: Uuid = Uuid(0);
/// As it was before directories had ids.
const MIGRATING: Uuid = Uuid(2);

/// The id of a log directory: of the `number`th of a server after its disk was replaced
/// `replaced` times (the draw takes 48 bits). The first, where the metadata log lies, keeps its id.
pub fn log_dir_id(node: NodeId, number: u32, replaced: u32) -> Uuid {
    match number {
        0 => directory_id(node),
        _ => drawn_id(i64::from(node.0) | i64::from(number) << 32 | i64::from(replaced) << 40),
    }
}

impl BrokerRegistration {
    /// Whether a replica in that directory can be read.
    pub fn has_online_dir(&self, directory: Uuid) -> bool {
        match directory {
            UNASSIGNED | MIGRATING => true,
            LOST => false,
            _ => self.directories.is_empty() || self.directories.contains(&directory),
        }
    }

    /// Where a new replica will be, as far as that is known: with one directory there.
    pub fn default_dir(&self) -> Uuid {
        match self.directories.as_slice() {
            [] => MIGRATING,
            [only] => *only,
            _ => UNASSIGNED,
        }
    }
}

impl PartitionRegistration {
    /// Where the replica of that broker is, if it has one.
    pub fn directory(&self, broker: BrokerId) -> Option<Uuid> {
        let at = self
            .replicas
            .iter()
            .position(|replica| *replica == broker)?;
        let named = self.directories.get(at).copied();
        Some(named.unwrap_or_else(|| directory_id(broker)))
    }

    /// Where each replica is.
    pub fn all_directories(&self) -> Vec<Uuid> {
        let named = self.replicas.iter().map(|broker| self.directory(*broker));
        named.flatten().collect()
    }
}

impl ClusterImage {
    /// Whether the replica of a registered broker is in a directory that can be read.
    pub fn is_dir_online(&self, broker: BrokerId, state: &PartitionRegistration) -> bool {
        // A broker without its first directory does not run.
        state.directories.is_empty()
            || self.brokers.get(&broker).is_none_or(|registration| {
                let directory = state.directory(broker);
                directory.is_none_or(|directory| registration.has_online_dir(directory))
            })
    }

    /// Where new replicas on these brokers will be; empty if in the first directory of each.
    pub fn default_dirs(&self, replicas: &[BrokerId]) -> Vec<Uuid> {
        let dirs = replicas.iter().map(|broker| self.default_dir(*broker));
        let dirs: Vec<Uuid> = dirs.collect();
        match are_first(replicas, &dirs) {
            true => Vec::new(),
            false => dirs,
        }
    }

    /// Where a new replica on that broker will be.
    pub fn default_dir(&self, broker: BrokerId) -> Uuid {
        let registration = self.brokers.get(&broker);
        registration.map_or(UNASSIGNED, BrokerRegistration::default_dir)
    }
}

/// Whether these are the first directories of these brokers.
pub fn are_first(replicas: &[BrokerId], directories: &[Uuid]) -> bool {
    let mut pairs = replicas.iter().zip(directories);
    pairs.all(|(broker, directory)| *directory == directory_id(*broker))
}
