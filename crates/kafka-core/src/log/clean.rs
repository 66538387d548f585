//! Compaction of one log (section 3.1): what may be cleaned, the key map, the rewrite.
//!
//! Every replica cleans its own log; nothing here is replicated. When to clean is the
//! broker's business (`broker::cleaner`). Invariant: cleaning changes neither the log's
//! end nor the offset, order or timestamp of a record that stays, and touches nothing
//! from the active segment or the last stable offset on (CMP-6).

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::{Log, LogConfig, Segment};
use crate::record::{Batch, BatchKind, Record};
use crate::types::{Bytes, Offset, ProducerId, Time};

/// What of a log could be cleaned now (CMP-1, CMP-2).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cleanable {
    /// Everything below was cleaned before.
    pub first_dirty: Offset,
    /// Nothing from here on may be cleaned.
    pub first_uncleanable: Offset,
    /// Bytes of the segments that were cleaned.
    pub clean_bytes: u64,
    /// Bytes of the segments that a pass would clean.
    pub cleanable_bytes: u64,
    /// The oldest dirty record has waited longer than `max.compaction.lag.ms`.
    pub overdue: bool,
}

impl Cleanable {
    /// Dirty bytes per thousand of all; the higher, the sooner the log's turn.
    pub fn dirty_per_mille(&self) -> u64 {
        let total = self.clean_bytes + self.cleanable_bytes;
        (self.cleanable_bytes * 1_000)
            .checked_div(total)
            .unwrap_or(0)
    }

    /// Whether a pass is due (CMP-2).
    pub fn is_due(&self, config: &LogConfig) -> bool {
        let total = u128::from(self.clean_bytes + self.cleanable_bytes);
        let dirty = u128::from(self.cleanable_bytes) * 1_000_000;
        let limit = u128::from(config.min_cleanable_dirty_ppm) * total;
        self.cleanable_bytes > 0 && (self.overdue || dirty > limit)
    }
}

/// What one pass did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CleanedLog {
    /// The log is clean up to here.
    pub clean_until: Offset,
    /// Records before the pass, in the segments it rewrote.
    pub records_before: u64,
    /// Records that it left there.
    pub records_after: u64,
}

impl Log {
    /// What may be cleaned at that wall-clock time (CMP-1).
    pub fn cleanable(&self, config: &LogConfig, now_ms: i64) -> Cleanable {
        let disk = &self.disk;
        let known = disk.first_dirty.unwrap_or(disk.log_start);
        let valid = known >= disk.log_start && known <= disk.end;
        let first_dirty = if valid { known } else { disk.log_start };
        let active = disk.segments.last().map_or(disk.end, |s| s.base_offset);
        let closed = &disk.segments[..disk.segments.len() - 1];
        let dirty = &closed[floor(closed, first_dirty)..];
        let too_young = dirty.iter().find(|segment| {
            let limit = now_ms.saturating_sub(config.min_compaction_lag_ms);
            config.min_compaction_lag_ms > 0 && segment.max_timestamp_ms > limit
        });
        let young = too_young.map_or(active, |segment| segment.base_offset);
        let bound = self.last_stable_offset().min(active).min(young);
        let holds_bound = closed.iter().rev().find(|s| s.base_offset <= bound);
        let first_uncleanable = match holds_bound {
            Some(segment) if bound < active => segment.base_offset,
            _ => active,
        };
        let bytes = |segments: &[Rc<Segment>], to: Offset| -> u64 {
            let wanted = segments.iter().filter(|s| s.base_offset < to);
            wanted.map(|s| s.size_bytes).sum()
        };
        let until = now_ms.saturating_sub(config.max_compaction_lag_ms);
        let mut stamps = dirty.iter().filter_map(|segment| segment.first());
        let overdue = stamps.any(|batch| (1..until).contains(&batch.body.max_timestamp_ms));
        Cleanable {
            first_dirty,
            first_uncleanable: first_uncleanable.max(first_dirty),
            clean_bytes: bytes(closed, first_dirty),
            cleanable_bytes: bytes(dirty, first_uncleanable),
            overdue,
        }
    }

    /// One pass over what is cleanable, with room for so many keys in the map (CMP-3).
    pub fn clean(&mut self, config: &LogConfig, now: Time, most_keys: usize) -> CleanedLog {
        let now_ms = now.as_ms() as i64;
        let cleanable = self.cleanable(config, now_ms);
        let map = KeyMap::build(self, &cleanable, most_keys);
        let count = self.disk.segments.len() - 1;
        let until = self.disk.segments[..count].partition_point(|s| s.base_offset < map.end);
        let mut pass = Pass {
            log: self,
            map: &map,
            horizon_ms: now_ms.saturating_add(config.delete_retention_ms),
            now_ms,
            upper_bound: cleanable.first_uncleanable,
            traversed: BTreeSet::new(),
        };
        let groups = group_by_size(&self.disk.segments[..until], config.segment_bytes);
        let cleaned: Vec<Segment> = groups.iter().map(|group| pass.rewrite(group)).collect();
        let records = |segments: &mut dyn Iterator<Item = &Segment>| -> u64 {
            let batches = segments.flat_map(|segment| segment.batches());
            batches.map(|batch| u64::from(batch.body.count())).sum()
        };
        let done = CleanedLog {
            clean_until: map.end,
            records_before: records(&mut self.disk.segments[..until].iter().map(Rc::as_ref)),
            records_after: records(&mut cleaned.iter()),
        };
        let cleaned = cleaned.into_iter().map(Rc::new);
        let replaced: Vec<_> = self.disk.segments.splice(..until, cleaned).collect();
        self.note_deleted(&replaced, config, now);
        self.disk.first_dirty = Some(map.end);
        done
    }
}

/// Place of the segment that holds an offset.
fn floor(segments: &[Rc<Segment>], offset: Offset) -> usize {
    let after = segments.partition_point(|segment| segment.base_offset <= offset);
    after.saturating_sub(1)
}

/// Neighbours that together fit into one segment (CMP-3).
fn group_by_size(segments: &[Rc<Segment>], most_bytes: u64) -> Vec<&[Rc<Segment>]> {
    let mut groups = Vec::new();
    let (mut from, mut bytes) = (0, 0);
    for (at, segment) in segments.iter().enumerate() {
        if at > from && bytes + segment.size_bytes > most_bytes {
            groups.push(&segments[from..at]);
            (from, bytes) = (at, 0);
        }
        bytes += segment.size_bytes;
    }
    if from < segments.len() {
        groups.push(&segments[from..]);
    }
    groups
}

/// Whether a batch belongs to an aborted transaction (CMP-5).
fn is_aborted(log: &Log, batch: &Batch) -> bool {
    let aborted = log.producers.transactions().aborted();
    let (producer, at) = (batch.body.producer_id, batch.base_offset);
    batch.body.kind == BatchKind::Transactional
        && aborted.iter().any(|txn| {
            txn.producer_id == producer && txn.first_offset <= at && at < txn.last_offset
        })
}

/// Latest offset of each key in the dirty part.
struct KeyMap {
    latest: BTreeMap<Bytes, Offset>,
    /// Everything below is in the map.
    end: Offset,
}

impl KeyMap {
    fn build(log: &Log, range: &Cleanable, most_keys: usize) -> KeyMap {
        let mut map = KeyMap {
            latest: BTreeMap::new(),
            end: range.first_dirty,
        };
        let batches = log.disk.batches_from(range.first_dirty);
        for batch in batches.take_while(|batch| batch.base_offset < range.first_uncleanable) {
            let is_data = !batch.body.is_control() && !is_aborted(log, batch);
            for (offset, record) in batch.records().filter(|_| is_data) {
                let Some(key) = &record.key else { continue };
                if offset < range.first_dirty {
                    continue;
                }
                if map.latest.len() >= most_keys {
                    return map;
                }
                map.latest.insert(key.clone(), offset);
            }
            map.end = batch.next_offset();
        }
        map.end = map.end.max(range.first_uncleanable);
        map
    }
}

/// A rewrite in progress.
struct Pass<'a> {
    log: &'a Log,
    map: &'a KeyMap,
    /// Delete horizon of what is first kept as a tombstone now.
    horizon_ms: i64,
    now_ms: i64,
    upper_bound: Offset,
    /// Producers whose transaction has had a batch so far (CMP-5).
    traversed: BTreeSet<ProducerId>,
}

impl Pass<'_> {
    fn rewrite(&mut self, group: &[Rc<Segment>]) -> Segment {
        let (first, last) = (&group[0], &group[group.len() - 1]);
        let mut cleaned = Segment::new(first.base_offset, last.created);
        cleaned.snapshot.clone_from(&first.snapshot);
        for batch in group.iter().flat_map(|segment| segment.batches()) {
            if let Some(batch) = self.batch(batch) {
                cleaned.push(batch);
            }
        }
        cleaned
    }

    fn batch(&mut self, batch: &Batch) -> Option<Batch> {
        let body = &batch.body;
        let horizon = body.delete_horizon_ms();
        let is_past = horizon.is_some_and(|horizon| horizon <= self.now_ms);
        let discardable = self.is_discardable(batch);
        let marker_of_nothing = discardable && body.is_control();
        let discard = discardable && (!body.is_control() || is_past);
        let wanted = body.deltas().filter(|(delta, record)| {
            let offset = batch.base_offset.plus(i64::from(*delta));
            !discard && (body.is_control() || self.keeps(offset, record, is_past))
        });
        let (kept, values): (Vec<u32>, Vec<bool>) = wanted
            .map(|(delta, record)| (delta, record.value.is_some()))
            .unzip();
        if kept.is_empty() && !self.stays_empty(batch) {
            return None;
        }
        let tombstones = !body.is_control() && values.contains(&false);
        let stamp = horizon.is_none() && !kept.is_empty() && (tombstones || marker_of_nothing);
        if kept.len() == body.records.len() && !stamp {
            return Some(batch.clone());
        }
        let horizon = if stamp {
            Some(self.horizon_ms)
        } else {
            horizon
        };
        let horizon = horizon.filter(|_| !kept.is_empty());
        Some(Batch {
            base_offset: batch.base_offset,
            leader_epoch: batch.leader_epoch,
            body: Rc::new(body.keeping(&kept, horizon)),
        })
    }

    /// Data of an aborted transaction; a marker whose transaction has no batch left.
    fn is_discardable(&mut self, batch: &Batch) -> bool {
        let producer = batch.body.producer_id;
        match batch.body.kind {
            BatchKind::Data | BatchKind::Control => false,
            BatchKind::Transactional => {
                self.traversed.insert(producer);
                is_aborted(self.log, batch)
            }
            BatchKind::Marker(_) => !self.traversed.remove(&producer),
        }
    }

    /// The latest of its key, with a value or not yet past its horizon (CMP-3, CMP-4).
    fn keeps(&self, offset: Offset, record: &Record, is_past: bool) -> bool {
        if offset >= self.map.end {
            return true;
        }
        let Some(key) = &record.key else { return false };
        let latest = self.map.latest.get(key);
        latest.is_none_or(|latest| offset >= *latest) && (record.value.is_some() || !is_past)
    }

    /// The last batch of an active producer and the last of the range stay (CMP-5).
    fn stays_empty(&self, batch: &Batch) -> bool {
        let body = &batch.body;
        let producer = self.log.producers.get(body.producer_id);
        let is_last = producer.is_some_and(|entry| match entry.recent().last() {
            Some(last) => batch.base_offset == last.base_offset,
            None => body.is_control() && body.producer_epoch == entry.epoch,
        });
        is_last || batch.next_offset() == self.upper_bound
    }
}
