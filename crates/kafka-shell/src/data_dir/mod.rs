//! The folders servers keep their data in, read from the world: names, sizes, contents.
//!
//! A broker's `log.dirs` is `/tmp/kafka-logs-N` unless its file says otherwise, and may name more
//! than one; the first holds the metadata log. Nothing is
//! ever written there: what a file would hold follows from the state of the broker or of its
//! disk; a controller's folder likewise. Not here: the tools that print a file
//! (`tools::dump_log`). Invariant: reading changes nothing.

mod metadata_log;
mod metadata_records;
mod server;

use std::collections::BTreeMap;
use std::rc::Rc;

use kafka_core::broker::{Broker, Checkpoints, DeletedLog, LogDirsDisk, Offsets};
use kafka_core::log::{
    AbortedTxn, IndexEntry, Log, LogConfig, LogDisk, ProducerStates, Segment, TimeIndexEntry,
};
use kafka_core::metadata::{drawn_id, log_dir_id};
use kafka_core::record::Batch;
use kafka_core::types::{Name, NodeId, Offset, Time, TopicId, TopicPartition, Uuid};
use kafka_sim::{DiskState, World};

pub(crate) use metadata_log::CONTROL;
pub(crate) use metadata_records::KINDS;

const BOOTSTRAP: &str = "bootstrap.checkpoint";
const PARTITION_METADATA: &str = "partition.metadata";
const QUORUM_STATE: &str = "quorum-state";

/// A line of a folder: a name, and a file's size in bytes; a folder has none.
pub type Entry = (String, Option<u64>);

/// What a file holds.
#[derive(Clone, Debug)]
pub enum DataFile {
    /// Text.
    Text(String),
    /// The batches of a `.log` file.
    Batches {
        /// First offset of the segment.
        base_offset: Offset,
        /// The batches.
        batches: Vec<Batch>,
        /// The leader stamps the records (LOG-12).
        log_append_time: bool,
    },
    /// The entries of an `.index` file.
    Index(Vec<IndexEntry>),
    /// The entries of a `.timeindex` file.
    TimeIndex(Vec<TimeIndexEntry>),
    /// The entries of a `.txnindex` file.
    TxnIndex(Vec<AbortedTxn>),
    /// A `.snapshot` file.
    Snapshot(Rc<ProducerStates>),
}

/// A path in some server's folder: the server, the number of its log directory, the folder of a
/// partition, a file.
struct Place<'a> {
    node: NodeId,
    dir: u32,
    rest: Vec<&'a str>,
}

fn place<'a>(world: &World, path: &'a str) -> Option<Place<'a>> {
    let in_folder = |folder: &str| {
        let rest = path.strip_prefix(folder)?;
        (rest.is_empty() || rest.starts_with('/')).then_some(rest)
    };
    let spec = world.spec();
    let brokers = spec.brokers.iter().flat_map(|it| {
        let dirs = (0..).zip(it.log_dirs());
        dirs.map(|(dir, folder)| (it.node, dir, folder))
    });
    let controllers = spec.controllers.iter();
    let controllers = controllers.map(|it| (it.node, 0, it.log_dir()));
    let mut folders = brokers.chain(controllers);
    let found = |(node, dir, folder): (_, _, Name)| Some((node, dir, in_folder(&folder)?));
    let (node, dir, rest) = folders.find_map(found)?;
    let rest: Vec<&str> = rest.split('/').filter(|part| !part.is_empty()).collect();
    (rest.len() <= 2).then_some(Place { node, dir, rest })
}

/// A server's folder, whether it runs or not.
struct Folder<'a> {
    world: &'a World,
    node: NodeId,
    dir: u32,
}

impl<'a> Folder<'a> {
    /// `None` if its disk is broken: nothing can be read there.
    fn of(world: &'a World, place: &Place<'_>) -> Option<Folder<'a>> {
        let (node, dir) = (place.node, place.dir);
        world.node(node)?;
        let is_broken = dir != 0 && world.disk_state(node, dir) == DiskState::Broken;
        (!is_broken).then_some(Folder { world, node, dir })
    }

    /// Where the broker has its logs.
    fn log_dirs(&self) -> Option<&'a LogDirsDisk> {
        match self.broker() {
            Some(broker) => Some(broker.log_dirs()),
            None => Some(&self.world.broker_disk(self.node)?.dirs),
        }
    }

    fn is_here(&self, id: TopicPartition) -> bool {
        self.log_dirs().map_or(0, |dirs| dirs.place(id)) == self.dir
    }

    fn broker(&self) -> Option<&'a Broker> {
        self.world.broker(self.node)
    }

    fn partitions(&self) -> Vec<TopicPartition> {
        let mut ids: Vec<TopicPartition> = match (self.broker(), self.world.broker_disk(self.node))
        {
            (Some(broker), _) => {
                let open = broker.partitions().map(|p| p.id);
                let closed = broker.unopened_logs().chain(broker.lost_logs());
                open.chain(closed).collect()
            }
            (None, Some(disk)) => disk.logs.keys().copied().collect(),
            (None, None) => Vec::new(),
        };
        ids.retain(|id| self.is_here(*id));
        ids
    }

    fn name(&self, id: TopicPartition) -> String {
        format!("{}-{}", self.topic_name(id.topic), id.partition)
    }

    /// Name and id of a topic; of one that is gone the metadata log knows them.
    fn topic(&self, topic: TopicId) -> Option<(&'a Name, Uuid)> {
        let known = self
            .world
            .metadata()
            .and_then(|image| image.topics.get(&topic));
        known.map(|topic| (&topic.name, topic.uuid)).or_else(|| {
            let disk = metadata_log::raft_disk(self.world, self.node)?;
            metadata_log::topic(disk, topic)
        })
    }

    fn topic_name(&self, topic: TopicId) -> &'a str {
        self.topic(topic).map_or("", |(name, _)| name)
    }

    /// Folders that are to be deleted.
    fn deleted(&self) -> Vec<(String, &'a DeletedLog)> {
        let disk = self.world.broker_disk(self.node);
        let of_disk = disk.map_or(&[][..], |disk| &disk.deleted);
        let all = self.broker().map_or(of_disk, Broker::deleted_logs).iter();
        let now = self.world.now();
        let there = all.filter(|deleted| deleted.dir == self.dir && deleted.is_there(now));
        let named = there.map(|deleted| {
            let mark = folder_mark(deleted.at, deleted.id);
            let name = format!("{}.{:032x}-delete", self.name(deleted.id), mark.0);
            (name, deleted)
        });
        named.collect()
    }

    /// Folders of replicas that are being moved here.
    fn futures(&self) -> Vec<(String, TopicPartition, &'a LogDisk)> {
        let all: Vec<_> = match (self.broker(), self.world.broker_disk(self.node)) {
            (Some(broker), _) => broker.future_logs().collect(),
            (None, disk) => {
                let all = disk.into_iter().flat_map(|disk| &disk.futures);
                let all = all.map(|(id, it)| (*id, it.dir, it.since, &it.log));
                all.collect()
            }
        };
        let here = all.into_iter().filter(|(_, dir, ..)| *dir == self.dir);
        let named = here.map(|(id, _, since, log)| {
            let name = format!("{}.{:032x}-future", self.name(id), folder_mark(since, id).0);
            (name, id, log)
        });
        named.collect()
    }

    /// The folder of a log: whose it is, and what is in it.
    fn find(&self, name: &str) -> Option<(TopicPartition, (Log, LogConfig))> {
        let mut all = self.partitions().into_iter();
        if let Some(id) = all.find(|id| self.name(*id) == name) {
            return Some((id, self.log(id)?));
        }
        let deleted = self.deleted().into_iter();
        let deleted = deleted.map(|(known, deleted)| (known, deleted.id, &deleted.log));
        let mut others = deleted.chain(self.futures());
        let (_, id, log) = others.find(|(known, ..)| known == name)?;
        let log = Log::open(log.clone(), Offset::ZERO);
        Some((id, (log, LogConfig::default())))
    }

    fn log(&self, id: TopicPartition) -> Option<(Log, LogConfig)> {
        let (log, high_watermark) = match (self.broker(), self.world.broker_disk(self.node)) {
            (Some(broker), _) => match broker.partition(id) {
                Some(partition) => {
                    return Some((partition.log.clone(), LogConfig::clone(&partition.config)));
                }
                None => broker.unopened(id)?,
            },
            (None, disk) => {
                let disk = disk?;
                (disk.logs.get(&id)?, disk.high_watermark(id))
            }
        };
        let log = Log::open(log.clone(), high_watermark.unwrap_or(Offset::ZERO));
        Some((log, LogConfig::default()))
    }

    /// `version`, number of lines, `topic partition offset`; empty if never written.
    fn checkpoint(&self, offsets: &Offsets) -> String {
        let Some(offsets) = offsets else {
            return String::new();
        };
        let here = offsets.iter().filter(|(id, _)| self.is_here(**id));
        let lines = here.map(|(id, offset)| {
            let topic = self.topic_name(id.topic);
            format!("{topic} {} {offset}\n", id.partition)
        });
        let lines: Vec<String> = lines.collect();
        format!("0\n{}\n{}", lines.len(), lines.concat())
    }

    fn clean_offsets(&self, was_written: bool) -> Offsets {
        let logs = self.partitions().into_iter();
        let dirty = logs.filter_map(|id| {
            let (log, _) = self.log(id)?;
            Some((id, log.disk().first_dirty_offset()?))
        });
        let dirty: BTreeMap<_, _> = dirty.collect();
        (was_written || !dirty.is_empty()).then(|| Rc::new(dirty))
    }

    /// The checkpoint files; `None` before the first start.
    fn checkpoints(&self) -> Option<Checkpoints> {
        match self.broker() {
            Some(broker) => Some(broker.checkpoints(self.world.now())),
            None => self.world.broker_disk(self.node)?.checkpoints.clone(),
        }
    }

    /// The text files at the top of the folder, by name.
    fn texts(&self) -> Vec<(&'static str, String)> {
        let mut texts = Vec::new();
        if server::is_locked(self.world, self.node) {
            texts.push((".lock", String::new()));
        }
        let disk = self.world.broker_disk(self.node);
        if let Some(epoch) = disk.and_then(|disk| disk.clean_shutdown_epoch) {
            texts.push((".kafka_cleanshutdown", server::clean_shutdown(epoch)));
        }
        let directory = match self.log_dirs() {
            Some(dirs) => dirs.id(self.node, self.dir),
            None => log_dir_id(self.node, self.dir, 0),
        };
        let properties = server::meta_properties(self.world, self.node, directory);
        texts.push(("meta.properties", properties));
        if let Some(files) = self.checkpoints() {
            let cleaner = self.clean_offsets(files.cleaner);
            texts.extend([
                ("cleaner-offset-checkpoint", self.checkpoint(&cleaner)),
                (
                    "log-start-offset-checkpoint",
                    self.checkpoint(&files.log_starts),
                ),
                (
                    "recovery-point-offset-checkpoint",
                    self.checkpoint(&files.recovery_points),
                ),
                (
                    "replication-offset-checkpoint",
                    self.checkpoint(&files.high_watermarks),
                ),
            ]);
        }
        texts
    }

    fn entries(&self) -> Vec<Entry> {
        let folders = self.partitions().into_iter().map(|id| self.name(id));
        let folders = folders.chain(self.deleted().into_iter().map(|(name, _)| name));
        let folders = folders.chain(self.futures().into_iter().map(|(name, ..)| name));
        let metadata = metadata_log::raft_disk(self.world, self.node);
        let metadata = metadata.filter(|_| self.dir == 0);
        let metadata = metadata.map(|_| metadata_log::NAME.to_string());
        let folders = folders
            .chain(metadata)
            .map(|name| (format!("{name}/"), None));
        let mut entries: Vec<Entry> = folders.collect();
        let bootstrap = metadata_log::bootstrap(self.world);
        let size = bootstrap
            .iter()
            .map(|batch| u64::from(batch.size_bytes()))
            .sum();
        entries.push((BOOTSTRAP.to_string(), Some(size)));
        let files = self.texts().into_iter();
        entries.extend(files.map(|(name, text)| (name.to_string(), Some(text.len() as u64))));
        entries.sort();
        entries
    }

    /// Whether a process writes there, or one that died did.
    fn is_open(&self) -> bool {
        server::is_locked(self.world, self.node)
    }

    /// The files of `__cluster_metadata-0`.
    fn metadata_entries(&self) -> Option<Vec<Entry>> {
        let disk = metadata_log::raft_disk(self.world, self.node)?;
        let (log, config) = self.metadata_log()?;
        let files = log
            .files(&config, self.world.now(), self.is_open())
            .into_iter();
        let mut entries: Vec<Entry> = files.map(|(name, size)| (name, Some(size))).collect();
        let state = metadata_log::quorum_state(self.world, self.node, disk);
        for (name, text) in [
            (PARTITION_METADATA, metadata_log::PARTITION_METADATA),
            (QUORUM_STATE, &state),
        ] {
            entries.push((name.to_string(), Some(text.len() as u64)));
        }
        if let Some(batches) = metadata_log::first_checkpoint(self.world, self.node) {
            let name = metadata_log::FIRST_CHECKPOINT.to_string();
            entries.push((name, Some(bytes_of(&batches))));
            entries.sort();
        }
        Some(entries)
    }

    fn metadata_log(&self) -> Option<(Log, LogConfig)> {
        let disk = metadata_log::raft_disk(self.world, self.node)?;
        let (mut log, config) = metadata_log::log(self.world, disk);
        if !self.is_open() {
            log.close();
        }
        Some((log, config))
    }

    fn metadata_file(&self, name: &str) -> Option<DataFile> {
        let disk = metadata_log::raft_disk(self.world, self.node)?;
        let text = match name {
            PARTITION_METADATA => metadata_log::PARTITION_METADATA.to_string(),
            QUORUM_STATE => metadata_log::quorum_state(self.world, self.node, disk),
            metadata_log::FIRST_CHECKPOINT => {
                let batches = metadata_log::first_checkpoint(self.world, self.node)?;
                return Some(plain(batches));
            }
            _ => return self.log_file(self.metadata_log()?, name),
        };
        Some(DataFile::Text(text))
    }

    fn partition_metadata(&self, id: TopicPartition) -> Option<String> {
        let (_, uuid) = self.topic(id.topic)?;
        Some(format!("version: 0\ntopic_id: {uuid}"))
    }

    fn log_entries(&self, name: &str) -> Option<Vec<Entry>> {
        let (id, (log, config)) = self.find(name)?;
        let files = log.files(&config, self.world.now(), self.is_open());
        let files = files.into_iter().map(|(name, size)| (name, Some(size)));
        let mut entries: Vec<Entry> = files.collect();
        if let Some(text) = self.partition_metadata(id) {
            let size = text.len() as u64;
            entries.push((PARTITION_METADATA.to_string(), Some(size)));
        }
        entries.sort();
        Some(entries)
    }

    fn file(&self, folder: &str, name: &str) -> Option<DataFile> {
        let (id, log) = self.find(folder)?;
        match name {
            PARTITION_METADATA => self.partition_metadata(id).map(DataFile::Text),
            _ => self.log_file(log, name),
        }
    }

    fn log_file(&self, (log, config): (Log, LogConfig), name: &str) -> Option<DataFile> {
        if name == "leader-epoch-checkpoint" {
            return Some(DataFile::Text(log.disk().epochs().checkpoint()));
        }
        let (stem, kind) = name.split_once('.')?;
        if kind == "snapshot" {
            let at = Offset(stem.parse().ok()?);
            return log.disk().snapshot(at).cloned().map(DataFile::Snapshot);
        }
        let mut segments = log.disk().segments();
        let segment = segments.find(|segment| segment.file_stem() == stem)?;
        let is_active = self.is_open() && segments.next().is_none();
        segment_file(&log, &config, segment, is_active, kind)
    }
}

/// What the name of a folder that is no replica's own is told apart by.
fn folder_mark(since: Time, id: TopicPartition) -> Uuid {
    drawn_id((since.0 << 8).cast_signed() | i64::from(id.partition))
}

/// Batches of a file that is no segment.
fn plain(batches: Vec<Batch>) -> DataFile {
    DataFile::Batches {
        base_offset: Offset::ZERO,
        batches,
        log_append_time: false,
    }
}

fn bytes_of(batches: &[Batch]) -> u64 {
    let sizes = batches.iter().map(|batch| u64::from(batch.size_bytes()));
    sizes.sum()
}

fn segment_file(
    log: &Log,
    config: &LogConfig,
    segment: &Segment,
    is_active: bool,
    kind: &str,
) -> Option<DataFile> {
    let indexes = || segment.indexes(config.index_interval_bytes, is_active);
    Some(match kind {
        "log" => DataFile::Batches {
            base_offset: segment.base_offset,
            batches: segment.batches().cloned().collect(),
            log_append_time: config.log_append_time,
        },
        "index" => DataFile::Index(indexes().0),
        "timeindex" => DataFile::TimeIndex(indexes().1),
        "txnindex" => DataFile::TxnIndex(log.aborted_in_segment(segment)),
        _ => return None,
    })
}

/// The entries of a folder, by name; `None` if there is no such folder.
pub fn list(world: &World, path: &str) -> Option<Vec<Entry>> {
    let place = place(world, path)?;
    let folder = Folder::of(world, &place)?;
    match place.rest.as_slice() {
        [] => Some(folder.entries()),
        [metadata_log::NAME] if folder.dir == 0 => folder.metadata_entries(),
        [name] => folder.log_entries(name),
        _ => None,
    }
}

/// What a file holds; `None` if there is no such file.
pub fn read(world: &World, path: &str) -> Option<DataFile> {
    if let Some(text) = server::properties(world, path) {
        return Some(DataFile::Text(text));
    }
    let place = place(world, path)?;
    let folder = Folder::of(world, &place)?;
    match place.rest.as_slice() {
        [BOOTSTRAP] => Some(plain(metadata_log::bootstrap(world))),
        [name] => {
            let mut known = folder.texts().into_iter();
            let found = known.find(|(known, _)| known == name);
            found.map(|(_, text)| DataFile::Text(text))
        }
        [metadata_log::NAME, file] if folder.dir == 0 => folder.metadata_file(file),
        [name, file] => folder.file(name, file),
        _ => None,
    }
}
