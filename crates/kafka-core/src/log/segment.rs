//! A segment: the batches of one pair of `.log` and index files (LOG-5).

use std::rc::Rc;

use super::ProducerStates;
use crate::record::Batch;
use crate::types::{Offset, Time};

/// Batches a chunk holds. Appending after a snapshot copies one chunk, no more.
const CHUNK: usize = 32;

/// Consecutive batches of a log, named by the first offset it may hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Segment {
    /// First offset that belongs here; the name of its files.
    pub base_offset: Offset,
    /// When it was made, or last cut.
    pub created: Time,
    /// Bytes of its batches.
    pub size_bytes: u64,
    /// Largest record timestamp, `i64::MIN` while empty.
    pub max_timestamp_ms: i64,
    /// The producers when it was begun: its `.snapshot` file. The first segment of a
    /// new log has none.
    pub snapshot: Option<Rc<ProducerStates>>,
    chunks: Vec<Rc<Vec<Batch>>>,
}

impl Segment {
    /// An empty segment.
    pub fn new(base_offset: Offset, created: Time) -> Segment {
        Segment {
            base_offset,
            created,
            size_bytes: 0,
            max_timestamp_ms: i64::MIN,
            snapshot: None,
            chunks: Vec::new(),
        }
    }

    /// The name its files share: the base offset in twenty digits (LOG-5).
    pub fn file_stem(&self) -> String {
        format!("{:020}", self.base_offset.0)
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// It holds no more batches than that.
    pub(super) fn most_batches(&self) -> u64 {
        (self.chunks.len() * CHUNK) as u64
    }

    /// Whether an offset is near enough to its base: indexes and batches keep the difference in
    /// 31 bits (LOG-6).
    pub(super) fn can_name(&self, offset: Offset) -> bool {
        let difference = offset.0 - self.base_offset.0;
        (0..=i64::from(i32::MAX)).contains(&difference)
    }

    /// Its batches in order.
    pub fn batches(&self) -> impl DoubleEndedIterator<Item = &Batch> {
        self.chunks.iter().flat_map(|chunk| chunk.iter())
    }

    /// Its first batch.
    pub fn first(&self) -> Option<&Batch> {
        self.chunks.first()?.first()
    }

    /// Its last batch.
    pub fn last(&self) -> Option<&Batch> {
        self.chunks.last()?.last()
    }

    /// The batches from the one that holds `offset` (or the next one) on.
    pub fn from(&self, offset: Offset) -> impl Iterator<Item = &Batch> {
        let chunk = self.chunks.partition_point(|chunk| {
            chunk
                .last()
                .is_none_or(|batch| batch.next_offset() <= offset)
        });
        let skip = self.chunks.get(chunk).map_or(0, |batches| {
            batches.partition_point(|batch| batch.next_offset() <= offset)
        });
        self.chunks[chunk..]
            .iter()
            .flat_map(|chunk| chunk.iter())
            .skip(skip)
    }

    /// Adds a batch at the end.
    pub fn push(&mut self, batch: Batch) {
        self.size_bytes += u64::from(batch.size_bytes());
        self.max_timestamp_ms = self.max_timestamp_ms.max(batch.body.max_timestamp_ms);
        match self.chunks.last_mut() {
            Some(chunk) if chunk.len() < CHUNK => Rc::make_mut(chunk).push(batch),
            _ => {
                let mut chunk = Vec::with_capacity(CHUNK);
                chunk.push(batch);
                self.chunks.push(Rc::new(chunk));
            }
        }
    }

    /// Drops every batch that holds a record at or after `offset` (LOG-14).
    pub fn truncate(&mut self, offset: Offset) {
        while let Some(chunk) = self.chunks.last_mut() {
            let keep = chunk.partition_point(|batch| batch.next_offset() <= offset);
            if keep == chunk.len() {
                break;
            }
            if keep > 0 {
                Rc::make_mut(chunk).truncate(keep);
                break;
            }
            self.chunks.pop();
        }
        self.size_bytes = self.batches().map(|b| u64::from(b.size_bytes())).sum();
        let stamps = self.batches().map(|b| b.body.max_timestamp_ms);
        self.max_timestamp_ms = stamps.max().unwrap_or(i64::MIN);
    }
}
