//! The log directories of a broker: where each log is, and which can be used (LOG-16, KIP-112).
//!
//! The first holds the metadata log; without it there is no broker. A directory whose disk does
//! not take writes any more is given up at the next write to it, a checkpoint's at the latest,
//! until the process starts anew: its replicas are offline, and the others go on. Not here: what
//! the controller makes of it (`controller::log_dirs`), and telling it where replicas are
//! (`assignments`). Invariant: a log is in one directory, and no partition of this broker is both
//! served and offline.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};

use super::{Broker, BrokerDisk, Cx};
use crate::log::LogDisk;
use crate::metadata::{UNASSIGNED, log_dir_id};
use crate::note::Note;
use crate::raft::RaftDisk;
use crate::types::{NodeId, TopicPartition, Uuid};

/// What is wrong with a disk.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum DiskFault {
    /// It takes no more writes; what is on it stays.
    Full,
    /// It is lost with what is on it.
    Broken,
}

/// What the disks under the directories are like. Nothing is written of a directory that is the
/// only one, or was never anything but good.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct LogDirsDisk {
    /// The logs that are not in the first directory.
    places: BTreeMap<TopicPartition, u32>,
    faults: BTreeMap<u32, DiskFault>,
    /// How often a disk was replaced by a new one.
    replaced: BTreeMap<u32, u32>,
}

impl LogDirsDisk {
    /// The number of the directory a log is in.
    pub fn place(&self, id: TopicPartition) -> u32 {
        self.places.get(&id).copied().unwrap_or(0)
    }

    /// The id a directory was formatted with.
    pub fn id(&self, node: NodeId, dir: u32) -> Uuid {
        log_dir_id(node, dir, self.replaced.get(&dir).copied().unwrap_or(0))
    }

    /// A disk cannot be written any more, or can again.
    pub fn set_fault(&mut self, dir: u32, fault: Option<DiskFault>) {
        match fault {
            Some(fault) => self.faults.insert(dir, fault),
            None => self.faults.remove(&dir),
        };
    }

    fn put(&mut self, id: TopicPartition, dir: u32) {
        match dir {
            0 => self.places.remove(&id),
            _ => self.places.insert(id, dir),
        };
    }

    fn replace(&mut self, dir: u32) {
        if dir != 0 {
            *self.replaced.entry(dir).or_default() += 1;
        }
        self.places.retain(|_, place| *place != dir);
        self.set_fault(dir, None);
    }
}

/// The directories as the running process knows them.
#[derive(Clone, Debug, Default)]
pub(super) struct LogDirs {
    /// How many it was started with, at least one.
    pub(super) count: u32,
    pub(super) disk: LogDirsDisk,
    /// Those it has given up.
    offline: BTreeSet<u32>,
    /// The logs in them.
    pub(super) lost: BTreeMap<TopicPartition, LogDisk>,
    /// Those that have got a new disk, which only another process will use.
    pub(super) renewed: BTreeSet<u32>,
}

impl LogDirs {
    /// At the start of a process: a disk that is broken cannot be read.
    pub(super) fn open(
        count: u32,
        disk: LogDirsDisk,
        logs: &mut BTreeMap<TopicPartition, LogDisk>,
    ) -> LogDirs {
        let broken = disk.faults.iter();
        let broken = broken.filter(|(_, fault)| **fault == DiskFault::Broken);
        let offline: BTreeSet<u32> = broken.map(|(dir, _)| *dir).collect();
        let is_lost = |id: &TopicPartition| offline.contains(&disk.place(*id));
        let lost: Vec<TopicPartition> = logs.keys().copied().filter(is_lost).collect();
        let lost = lost.into_iter();
        LogDirs {
            count: count.max(1),
            lost: lost.filter_map(|id| logs.remove_entry(&id)).collect(),
            disk,
            offline,
            renewed: BTreeSet::new(),
        }
    }

    /// Whether the process has given the directory up.
    pub(super) fn is_offline(&self, dir: u32) -> bool {
        self.offline.contains(&dir)
    }

    /// Whether it has given any up.
    pub(super) fn any_offline(&self) -> bool {
        !self.offline.is_empty()
    }

    /// The numbers of those in use.
    pub(super) fn online(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.count).filter(|dir| !self.is_offline(*dir))
    }

    /// Their ids, ascending.
    pub(super) fn online_ids(&self, node: NodeId) -> Vec<Uuid> {
        let mut ids: Vec<Uuid> = self.online().map(|dir| self.disk.id(node, dir)).collect();
        ids.sort_unstable();
        ids
    }

    /// Whether a write to a directory in use would fail.
    fn rejects_writes(&self, dir: u32) -> bool {
        self.disk.faults.contains_key(&dir) && !self.is_offline(dir)
    }

    /// What a process does next rests on this.
    pub(super) fn hash_state(&self, state: &mut impl Hasher) {
        (&self.disk, &self.offline, self.lost.len()).hash(state);
    }
}

impl Broker {
    /// Where the log of a replica is, or is to be made: where it was assigned to, else in the
    /// directory with the fewest logs. `None`: it may lie in a directory that has failed.
    pub(super) fn directory_for(&mut self, cx: &mut Cx<'_>, id: TopicPartition) -> Option<u32> {
        let me = self.me();
        loop {
            let dirs = &self.dirs;
            if dirs.lost.contains_key(&id) {
                return None;
            }
            if dirs.count == 1 || self.unopened.contains_key(&id) {
                return Some(dirs.disk.place(id));
            }
            let assigned = self
                .image
                .partition(id)
                .and_then(|state| state.directory(me));
            let assigned = assigned.unwrap_or(UNASSIGNED);
            let found = dirs.online().find(|dir| dirs.disk.id(me, *dir) == assigned);
            if found.is_none() && assigned != UNASSIGNED && dirs.any_offline() {
                return None;
            }
            let dir = self.take_preferred_dir(id).or(found);
            let dir = dir.unwrap_or_else(|| self.emptiest_dir());
            if !self.dirs.rejects_writes(dir) {
                return Some(dir);
            }
            self.fail_dir(cx, dir);
        }
    }

    fn emptiest_dir(&self) -> u32 {
        let open = self.partitions.iter().map(|partition| partition.id);
        let logs = open.chain(self.unopened.keys().copied());
        let mut counts: BTreeMap<u32, u32> = self.dirs.online().map(|dir| (dir, 0)).collect();
        for id in logs {
            *counts.entry(self.dirs.disk.place(id)).or_default() += 1;
        }
        let emptiest = counts.into_iter().min_by_key(|(_, logs)| *logs);
        emptiest.map_or(0, |(dir, _)| dir)
    }

    /// The log of that replica is in that directory.
    pub(super) fn put_in_dir(&mut self, id: TopicPartition, dir: u32) {
        self.dirs.disk.put(id, dir);
    }

    /// The replica has no log any more.
    pub(super) fn forget_place(&mut self, id: TopicPartition) {
        if self.dirs.count > 1 {
            self.dirs.disk.put(id, 0);
        }
    }

    /// Before a write to a log: whether its directory fails by it.
    pub(super) fn write_fails(&mut self, cx: &mut Cx<'_>, id: TopicPartition) -> bool {
        let dir = self.dirs.disk.place(id);
        self.write_to_dir_fails(cx, dir)
    }

    /// Before a write to a directory: whether it fails by it.
    pub(super) fn write_to_dir_fails(&mut self, cx: &mut Cx<'_>, dir: u32) -> bool {
        let fails = self.dirs.rejects_writes(dir);
        if fails {
            self.fail_dir(cx, dir);
        }
        fails
    }

    /// Before checkpoints are written: the directories with logs that do not take them fail.
    pub(super) fn probe_dirs(&mut self, cx: &mut Cx<'_>) {
        let ids = self.partitions.iter().map(|partition| partition.id);
        let used = ids.map(|id| self.dirs.disk.place(id));
        let futures = self.moves.futures.values().map(|future| future.dir);
        let used: BTreeSet<u32> = used.chain(futures).collect();
        let failing = used
            .into_iter()
            .filter(|dir| self.dirs.rejects_writes(*dir));
        for dir in failing.collect::<Vec<u32>>() {
            self.fail_dir(cx, dir);
        }
    }

    /// LOG-16: a directory is given up; its replicas are offline, and the controller is told.
    /// Requests that wait for one of them wait on, as in Kafka, until their time is over.
    fn fail_dir(&mut self, cx: &mut Cx<'_>, dir: u32) {
        self.settle_checkpoints(cx.now);
        self.dirs.offline.insert(dir);
        let id = self.dirs.disk.id(self.me(), dir);
        let disk = &self.dirs.disk;
        let gone = self
            .partitions
            .ids_where(|partition| disk.place(partition.id) == dir);
        cx.fx.note(Note::LogDirFailed(dir, gone.len() as u32));
        for partition in gone {
            self.take_offline(cx, partition);
        }
        let here = |id: &TopicPartition| self.dirs.disk.place(*id) == dir;
        let unopened: Vec<TopicPartition> = self.unopened.keys().copied().filter(here).collect();
        let unopened = unopened.into_iter();
        let unopened: Vec<_> = unopened
            .filter_map(|id| self.unopened.remove_entry(&id))
            .collect();
        self.dirs.lost.extend(unopened);
        self.halt_moves(cx, dir);
        self.report_failed_dir(cx, id);
    }

    fn take_offline(&mut self, cx: &mut Cx<'_>, id: TopicPartition) {
        let Some(partition) = self.partitions.remove(id) else {
            return;
        };
        self.partitions.set_offline(id, true);
        self.release(cx, &partition);
        self.dirs.lost.insert(id, partition.log.into_disk());
    }

    /// What is wrong with a disk changes under the running process, which notices when it
    /// writes. A directory it has given up it does not use again.
    pub fn set_disk(&mut self, dir: u32, fault: Option<DiskFault>) {
        self.dirs.renewed.remove(&dir);
        self.dirs.disk.set_fault(dir, fault);
    }

    /// The broken disk of a directory is replaced by an empty, formatted one, which the next
    /// process will use: for this one it stays broken.
    pub fn replace_disk(&mut self, dir: u32) {
        self.dirs.renewed.insert(dir);
    }

    /// Whether the process uses that log directory.
    pub fn is_log_dir_online(&self, dir: u32) -> bool {
        !self.dirs.is_offline(dir)
    }

    /// Where the logs are.
    pub fn log_dirs(&self) -> &LogDirsDisk {
        &self.dirs.disk
    }

    /// The logs in directories it has given up.
    pub fn lost_logs(&self) -> impl Iterator<Item = TopicPartition> {
        self.dirs.lost.keys().copied()
    }
}

impl BrokerDisk {
    /// The disk of a directory was replaced by an empty, formatted one.
    pub fn replace(&mut self, dir: u32) {
        let dirs = &self.dirs;
        self.logs.retain(|id, _| dirs.place(*id) != dir);
        self.deleted.retain(|deleted| deleted.dir != dir);
        self.futures.retain(|_, future| future.dir != dir);
        if let Some(files) = &mut self.checkpoints {
            files.forget(|id| dirs.place(id) == dir);
        }
        self.dirs.replace(dir);
        self.clean_shutdown_epoch = None;
        if dir == 0 {
            self.metadata = RaftDisk::default();
        }
        if self.logs.is_empty() && dir == 0 {
            // A server that never ran has no checkpoint files either.
            self.checkpoints = None;
        }
    }
}
