//! The folders servers keep their data in, read from the world: names, sizes, contents.
//!
//! A broker's `log.dirs` is `/tmp/kafka-logs-N` unless its file says otherwise. Nothing is
//! ever written there: what a file would hold follows from the state of the broker or of its
//! disk. Not here: the folder of `__cluster_metadata`, and the tools that print a file
//! (`tools::dump_log`). Invariant: reading changes nothing.

mod server;

use std::collections::BTreeMap;
use std::rc::Rc;

use kafka_core::broker::{Broker, Checkpoints, Offsets};
use kafka_core::log::{
    AbortedTxn, IndexEntry, Log, LogConfig, ProducerStates, Segment, TimeIndexEntry,
};
use kafka_core::metadata::TopicImage;
use kafka_core::record::Batch;
use kafka_core::types::{NodeId, Offset, TopicPartition};
use kafka_sim::World;

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

/// A path in some broker's folder: the broker, the folder of a partition, a file.
struct Place<'a> {
    node: NodeId,
    rest: Vec<&'a str>,
}

fn place<'a>(world: &World, path: &'a str) -> Option<Place<'a>> {
    let in_folder = |folder: &str| {
        let rest = path.strip_prefix(folder)?;
        (rest.is_empty() || rest.starts_with('/')).then_some(rest)
    };
    let spec = world.spec();
    let brokers = spec.brokers.iter().map(|it| (it.node, it.log_dir()));
    let controllers = spec.controllers.iter().map(|it| (it.node, it.log_dir()));
    let mut folders = brokers.chain(controllers);
    let (node, rest) = folders.find_map(|(node, dir)| Some((node, in_folder(&dir)?)))?;
    let rest: Vec<&str> = rest.split('/').filter(|part| !part.is_empty()).collect();
    (rest.len() <= 2).then_some(Place { node, rest })
}

/// A broker's logs, whether it runs or not.
struct Folder<'a> {
    world: &'a World,
    node: NodeId,
}

impl<'a> Folder<'a> {
    fn of(world: &'a World, node: NodeId) -> Option<Folder<'a>> {
        world.node(node)?;
        Some(Folder { world, node })
    }

    fn broker(&self) -> Option<&'a Broker> {
        self.world.broker(self.node)
    }

    fn partitions(&self) -> Vec<TopicPartition> {
        match (self.broker(), self.world.broker_disk(self.node)) {
            (Some(broker), _) => {
                let open = broker.partitions().map(|p| p.id);
                open.chain(broker.unopened_logs()).collect()
            }
            (None, Some(disk)) => disk.logs.keys().copied().collect(),
            (None, None) => Vec::new(),
        }
    }

    fn topic(&self, id: TopicPartition) -> Option<&'a TopicImage> {
        self.world.metadata()?.topics.get(&id.topic)
    }

    fn name(&self, id: TopicPartition) -> String {
        let topic = self.world.topic_name(id.topic);
        let topic = topic.map_or("deleted", |name| &**name);
        format!("{topic}-{}", id.partition)
    }

    fn find(&self, name: &str) -> Option<TopicPartition> {
        let mut all = self.partitions().into_iter();
        all.find(|id| self.name(*id) == name)
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
        let lines = offsets.iter().map(|(id, offset)| {
            let topic = self.world.topic_name(id.topic);
            let topic = topic.map_or("deleted", |name| &**name);
            format!("{topic} {} {offset}\n", id.partition)
        });
        let lines: String = lines.collect();
        format!("0\n{}\n{lines}", offsets.len())
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
        let properties = server::meta_properties(self.world, self.node);
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
        let folders = self.partitions().into_iter();
        let mut entries: Vec<Entry> = folders
            .map(|id| (format!("{}/", self.name(id)), None))
            .collect();
        let files = self.texts().into_iter();
        entries.extend(files.map(|(name, text)| (name.to_string(), Some(text.len() as u64))));
        entries.sort();
        entries
    }

    /// Whether a process writes there, or one that died did.
    fn is_open(&self) -> bool {
        let disk = self.world.broker_disk(self.node);
        disk.is_none_or(|disk| disk.clean_shutdown_epoch.is_none())
    }

    fn partition_metadata(&self, id: TopicPartition) -> Option<String> {
        let topic = self.topic(id)?;
        Some(format!("version: 0\ntopic_id: {}", topic.uuid))
    }

    fn log_entries(&self, id: TopicPartition) -> Option<Vec<Entry>> {
        let (log, config) = self.log(id)?;
        let files = log
            .files(&config, self.world.now(), self.is_open())
            .into_iter();
        let mut entries: Vec<Entry> = files.map(|(name, size)| (name, Some(size))).collect();
        if let Some(text) = self.partition_metadata(id) {
            let size = text.len() as u64;
            entries.push(("partition.metadata".to_string(), Some(size)));
        }
        entries.sort();
        Some(entries)
    }

    fn file(&self, id: TopicPartition, name: &str) -> Option<DataFile> {
        let (log, config) = self.log(id)?;
        match name {
            "partition.metadata" => return self.partition_metadata(id).map(DataFile::Text),
            "leader-epoch-checkpoint" => {
                return Some(DataFile::Text(log.disk().epochs().checkpoint()));
            }
            _ => {}
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
    let folder = Folder::of(world, place.node)?;
    match place.rest.as_slice() {
        [] => Some(folder.entries()),
        [name] => folder.log_entries(folder.find(name)?),
        _ => None,
    }
}

/// What a file holds; `None` if there is no such file.
pub fn read(world: &World, path: &str) -> Option<DataFile> {
    if let Some(text) = server::properties(world, path) {
        return Some(DataFile::Text(text));
    }
    let place = place(world, path)?;
    let folder = Folder::of(world, place.node)?;
    match place.rest.as_slice() {
        [name] => {
            let mut known = folder.texts().into_iter();
            let found = known.find(|(known, _)| known == name);
            found.map(|(_, text)| DataFile::Text(text))
        }
        [name, file] => folder.file(folder.find(name)?, file),
        _ => None,
    }
}
