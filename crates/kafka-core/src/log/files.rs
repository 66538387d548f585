//! The files a log's folder holds, with their true sizes (LOG-5, LOG-7).
//!
//! Nothing is written anywhere: names, sizes and index entries follow from the batches,
//! as Kafka's follow from its appends. Not here: the checkpoint files beside the logs
//! (`broker::files`). Invariant: the sum of the `.log` sizes is the log's size.

use std::rc::Rc;

use super::{AbortedTxn, Log, LogConfig, ProducerStates, Segment};
use crate::types::{Duration, Offset, Time};

/// `file.delete.delay.ms`: how long a deleted segment's files stay.
const DELETE_DELAY: Duration = Duration::from_secs(60);
/// Bytes of an entry of the offset index.
const INDEX_ENTRY: u64 = 8;
/// Bytes of an entry of the time index.
const TIME_INDEX_ENTRY: u64 = 12;
/// Bytes of an entry of the index of aborted transactions.
const TXN_INDEX_ENTRY: u64 = 34;
/// A producer snapshot without producers, and what each adds.
const SNAPSHOT: (u64, u64) = (10, 46);

/// A file's name and its size in bytes.
pub type FileSize = (String, u64);

/// An entry of an offset index (LOG-7).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IndexEntry {
    /// Last offset of the batch.
    pub offset: Offset,
    /// Where the batch begins in the `.log` file, in bytes.
    pub position: u64,
}

/// An entry of a time index: the largest timestamp so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TimeIndexEntry {
    /// The timestamp in milliseconds.
    pub timestamp_ms: i64,
    /// Last offset of the batch that holds it.
    pub offset: Offset,
}

/// A segment that is no longer of the log, with its files.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeletedSegment {
    /// When it was taken out.
    pub at: Time,
    /// Its files, without the suffix they have got.
    pub files: Vec<FileSize>,
}

impl Segment {
    /// Its offset and time index (LOG-7): an entry for a batch once more than `interval`
    /// bytes were appended since the last entry; when the segment is closed, the time
    /// index also gets the largest timestamp.
    pub fn indexes(
        &self,
        interval: u64,
        is_active: bool,
    ) -> (Vec<IndexEntry>, Vec<TimeIndexEntry>) {
        let (mut offsets, mut times): (Vec<IndexEntry>, Vec<TimeIndexEntry>) = Default::default();
        let (mut position, mut since) = (0, 0);
        let mut newest: Option<TimeIndexEntry> = None;
        for batch in self.batches() {
            let timestamp_ms = batch.body.max_timestamp_ms;
            let offset = batch.last_offset();
            if newest.is_none_or(|known| timestamp_ms > known.timestamp_ms) {
                newest = Some(TimeIndexEntry {
                    timestamp_ms,
                    offset,
                });
            }
            if since > interval {
                offsets.push(IndexEntry { offset, position });
                add_time(&mut times, newest);
                since = 0;
            }
            position += u64::from(batch.size_bytes());
            since += u64::from(batch.size_bytes());
        }
        if !is_active {
            add_time(&mut times, newest);
        }
        (offsets, times)
    }

    /// Whether its offset index or its time index has no room for one more entry (LOG-6); the
    /// time index keeps its last place free for the time at which the segment is closed.
    pub(super) fn is_index_full(&self, config: &LogConfig) -> bool {
        let room = config.segment_index_bytes / INDEX_ENTRY;
        let time_room = (config.segment_index_bytes / TIME_INDEX_ENTRY).saturating_sub(1);
        // Far from full, nothing needs to be counted.
        let most = self.size_bytes / (config.index_interval_bytes + 1);
        if most.min(self.most_batches()) < room.min(time_room) {
            return false;
        }
        let (offsets, times) = self.indexes(config.index_interval_bytes, true);
        offsets.len() as u64 >= room || times.len() as u64 >= time_room
    }

    fn index_sizes(&self, config: &LogConfig, is_active: bool) -> (u64, u64) {
        if is_active {
            // Set aside in full until the segment is closed.
            let full = config.segment_index_bytes;
            return (full - full % INDEX_ENTRY, full - full % TIME_INDEX_ENTRY);
        }
        let (offsets, times) = self.indexes(config.index_interval_bytes, false);
        let times = times.len() as u64 * TIME_INDEX_ENTRY;
        (offsets.len() as u64 * INDEX_ENTRY, times)
    }

    fn files(&self, config: &LogConfig, is_active: bool) -> Vec<FileSize> {
        let stem = self.file_stem();
        let (index, time_index) = self.index_sizes(config, is_active);
        let mut files = vec![
            (format!("{stem}.log"), self.size_bytes),
            (format!("{stem}.timeindex"), time_index),
        ];
        // The offset index of a segment that was rolled comes with its first batch.
        if !self.is_empty() || self.snapshot.is_none() || !is_active {
            files.push((format!("{stem}.index"), index));
        }
        let snapshot = self.snapshot.iter();
        files.extend(snapshot.map(|producers| snapshot_file(self.base_offset, producers)));
        files
    }
}

fn add_time(times: &mut Vec<TimeIndexEntry>, newest: Option<TimeIndexEntry>) {
    let last = times.last().map_or(-1, |entry| entry.timestamp_ms);
    times.extend(newest.filter(|entry| entry.timestamp_ms > last));
}

/// A producer snapshot's name and size.
fn snapshot_file(at: Offset, producers: &ProducerStates) -> FileSize {
    let size = SNAPSHOT.0 + SNAPSHOT.1 * producers.iter().count() as u64;
    (format!("{:020}.snapshot", at.0), size)
}

impl Log {
    /// The files in the log's folder, by name, with their sizes in bytes; `is_open`: a
    /// process writes there, or one that died did. `partition.metadata` is not among them:
    /// the log does not know its topic.
    pub fn files(&self, config: &LogConfig, now: Time, is_open: bool) -> Vec<FileSize> {
        let segments = &self.disk.segments;
        let mut files = deleted_files(&self.disk.deleted, now);
        for (at, segment) in segments.iter().enumerate() {
            files.extend(segment.files(config, is_open && at + 1 == segments.len()));
            files.extend(self.txn_index(segment));
        }
        let stray = self.disk.snapshots.iter();
        files.extend(stray.map(|(at, producers)| snapshot_file(*at, producers)));
        let epochs = self.disk.epochs.checkpoint();
        files.push(("leader-epoch-checkpoint".to_string(), epochs.len() as u64));
        files.sort();
        // A segment that began where an earlier life ended shares its snapshot.
        files.dedup_by(|later, earlier| later.0 == earlier.0);
        files
    }

    /// The aborted transactions whose markers lie in that segment: its `.txnindex` file.
    pub fn aborted_in_segment(&self, segment: &Segment) -> Vec<AbortedTxn> {
        let mut later = self.disk.segments.iter().map(|other| other.base_offset);
        let next = later.find(|base| *base > segment.base_offset);
        let is_here = |txn: &&AbortedTxn| {
            txn.last_offset >= segment.base_offset && next.is_none_or(|end| txn.last_offset < end)
        };
        let aborted = self.producers.transactions().aborted().iter();
        aborted.filter(is_here).copied().collect()
    }

    fn txn_index(&self, segment: &Segment) -> Option<FileSize> {
        let size = self.aborted_in_segment(segment).len() as u64 * TXN_INDEX_ENTRY;
        (size > 0).then(|| (format!("{}.txnindex", segment.file_stem()), size))
    }

    /// Segments were taken out of the log at `now`; their files stay a while. What was
    /// replaced by a segment of the same name keeps its producer snapshot.
    pub(super) fn note_deleted(&mut self, gone: &[Rc<Segment>], config: &LogConfig, now: Time) {
        let deleted = &mut self.disk.deleted;
        deleted.retain(|known| known.at + DELETE_DELAY + DELETE_DELAY > now);
        let kept = self.disk.segments.iter().map(|segment| segment.base_offset);
        let kept: Vec<Offset> = kept.collect();
        for segment in gone {
            let mut files = segment.files(config, false);
            if kept.contains(&segment.base_offset) {
                files.retain(|(name, _)| !name.ends_with(".snapshot"));
            }
            deleted.push(DeletedSegment { at: now, files });
        }
    }
}

/// Files with the suffix `.deleted`. A file goes at the end of the delay of whichever
/// deletion was the first, since, to give a file its name.
fn deleted_files(deleted: &[DeletedSegment], now: Time) -> Vec<FileSize> {
    let mut left: Vec<FileSize> = Vec::new();
    for (at, segment) in deleted.iter().enumerate() {
        let names = |other: &DeletedSegment, name: &str| other.files.iter().any(|f| f.0 == name);
        let is_gone = |name: &str| {
            deleted.iter().any(|other| {
                let ends = other.at + DELETE_DELAY;
                ends > segment.at && ends <= now && names(other, name)
            })
        };
        let later = deleted[at + 1..].iter();
        let files = segment.files.iter();
        let files = files
            .filter(|(name, _)| !is_gone(name) && !later.clone().any(|other| names(other, name)));
        left.extend(files.map(|(name, size)| (format!("{name}.deleted"), *size)));
    }
    left
}
