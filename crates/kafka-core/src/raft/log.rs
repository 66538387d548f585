//! The metadata log on one node's disk: batches in offset order.
//!
//! Not here: which part of it is committed (the high watermark is volatile and
//! lives in [`super::Raft`]). Invariants: batches are contiguous from offset 0,
//! epochs never decrease, a batch is never split (RAFT-14). Sealed chunks are
//! shared, so a clone costs two reference counts however long the log is.

use std::rc::Rc;

use crate::metadata::{MetadataBatch, MetadataRecord, VoterSet};
use crate::types::{Offset, QuorumEpoch};

/// Batches a chunk holds before it is sealed.
const CHUNK: usize = 64;

type Chunk = Vec<Rc<MetadataBatch>>;

/// A node's copy of `__cluster_metadata-0`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MetadataLog {
    /// Full chunks, [`CHUNK`] batches each.
    sealed: Rc<Vec<Rc<Chunk>>>,
    /// The newest batches.
    tail: Rc<Chunk>,
    /// Each epoch with the offset of its first record.
    epochs: Rc<Vec<(QuorumEpoch, Offset)>>,
    /// Each record of voters with its offset (RAFT-15).
    voters: Rc<Vec<(Offset, VoterSet)>>,
    end: Offset,
}

impl MetadataLog {
    /// Offset after the last record.
    pub fn end_offset(&self) -> Offset {
        self.end
    }

    /// Epoch of the last record; 0 for an empty log.
    pub fn last_epoch(&self) -> QuorumEpoch {
        self.epochs.last().map_or(QuorumEpoch(0), |entry| entry.0)
    }

    /// The newest voters named here, committed or not, with the offset of their record.
    pub fn voters(&self) -> Option<&(Offset, VoterSet)> {
        self.voters.last()
    }

    /// Number of batches.
    pub fn len(&self) -> usize {
        self.sealed.len() * CHUNK + self.tail.len()
    }

    /// Whether nothing was ever appended.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All batches from the one that begins at `offset` (or the first after it).
    pub fn read_from(&self, offset: Offset) -> impl Iterator<Item = &Rc<MetadataBatch>> {
        let first = self.position(offset);
        (first..self.len()).filter_map(|index| self.batch(index))
    }

    /// Adds a batch; false (and nothing happens) unless it begins at the end and
    /// its epoch is not older than the last one.
    pub fn append(&mut self, batch: Rc<MetadataBatch>) -> bool {
        if batch.base_offset != self.end || batch.epoch < self.last_epoch() {
            return false;
        }
        if self.epochs.last().is_none_or(|last| last.0 < batch.epoch) {
            Rc::make_mut(&mut self.epochs).push((batch.epoch, batch.base_offset));
        }
        self.note_voters(&batch);
        self.end = batch.next_offset();
        let tail = Rc::make_mut(&mut self.tail);
        tail.push(batch);
        if tail.len() == CHUNK {
            let full = std::mem::take(&mut self.tail);
            Rc::make_mut(&mut self.sealed).push(full);
        }
        true
    }

    /// Removes every batch that reaches beyond `offset` (RAFT-11).
    pub fn truncate(&mut self, offset: Offset) {
        while self.end > offset {
            if self.tail.is_empty() {
                match Rc::make_mut(&mut self.sealed).pop() {
                    Some(chunk) => self.tail = chunk,
                    None => break,
                }
            }
            if let Some(batch) = Rc::make_mut(&mut self.tail).pop() {
                self.end = batch.base_offset;
            }
        }
        let end = self.end;
        Rc::make_mut(&mut self.epochs).retain(|entry| entry.1 < end);
        if self.voters.last().is_some_and(|entry| entry.0 >= end) {
            Rc::make_mut(&mut self.voters).retain(|entry| entry.0 < end);
        }
    }

    /// Records of voters are in batches of control records only.
    fn note_voters(&mut self, batch: &MetadataBatch) {
        let control = matches!(
            batch.records.first(),
            Some(MetadataRecord::LeaderChange { .. } | MetadataRecord::KRaftVoters(_))
        );
        if !control {
            return;
        }
        let mut offset = batch.base_offset;
        for record in &batch.records {
            if let MetadataRecord::KRaftVoters(voters) = record {
                Rc::make_mut(&mut self.voters).push((offset, voters.clone()));
            }
            offset = offset.next();
        }
    }

    /// The largest epoch not above `epoch` and where it ends; (0, 0) if there is none.
    pub fn end_offset_for_epoch(&self, epoch: QuorumEpoch) -> (QuorumEpoch, Offset) {
        let after = self.epochs.partition_point(|entry| entry.0 <= epoch);
        let end = self.epochs.get(after).map_or(self.end, |entry| entry.1);
        match after.checked_sub(1).and_then(|at| self.epochs.get(at)) {
            Some(entry) => (entry.0, end),
            None => (QuorumEpoch(0), Offset::ZERO),
        }
    }

    fn batch(&self, index: usize) -> Option<&Rc<MetadataBatch>> {
        match self.sealed.get(index / CHUNK) {
            Some(chunk) => chunk.get(index % CHUNK),
            None => self.tail.get(index - self.sealed.len() * CHUNK),
        }
    }

    /// Index of the first batch with a base offset of at least `offset`.
    fn position(&self, offset: Offset) -> usize {
        let starts_before = |batch: &Rc<MetadataBatch>| batch.base_offset < offset;
        let chunk = self
            .sealed
            .partition_point(|chunk| chunk.last().is_some_and(starts_before));
        let within = self.sealed.get(chunk).unwrap_or(&self.tail);
        chunk * CHUNK + within.partition_point(starts_before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::MetadataRecord;

    fn batch(base: i64, epoch: i32, records: usize) -> Rc<MetadataBatch> {
        Rc::new(MetadataBatch {
            base_offset: Offset(base),
            epoch: QuorumEpoch(epoch),
            append_time_ms: 0,
            records: vec![MetadataRecord::NoOp; records],
        })
    }

    fn log_of(batches: i64) -> MetadataLog {
        let mut log = MetadataLog::default();
        for index in 0..batches {
            assert!(log.append(batch(index * 2, 1 + (index / 100) as i32, 2)));
        }
        log
    }

    #[test]
    fn reads_from_any_offset_across_chunks() {
        let log = log_of(200);
        for start in [0, 1, 2, 127, 128, 129, 256, 399, 400, 500] {
            let bases: Vec<i64> = log
                .read_from(Offset(start))
                .map(|batch| batch.base_offset.0)
                .collect();
            let wanted: Vec<i64> = (0..200).map(|i| i * 2).filter(|b| *b >= start).collect();
            assert_eq!(bases, wanted, "from {start}");
        }
    }

    #[test]
    fn refuses_gaps_and_older_epochs() {
        let mut log = log_of(3);
        assert!(!log.append(batch(7, 1, 1)));
        assert!(log.append(batch(6, 4, 1)));
        assert!(!log.append(batch(7, 3, 1)));
        assert_eq!(log.end_offset(), Offset(7));
    }

    /// RAFT-11: where an epoch ends decides divergence.
    #[test]
    fn knows_where_epochs_end_and_forgets_truncated_ones() {
        let mut log = log_of(200);
        assert_eq!(
            log.end_offset_for_epoch(QuorumEpoch(1)),
            (QuorumEpoch(1), Offset(200))
        );
        assert_eq!(
            log.end_offset_for_epoch(QuorumEpoch(9)),
            (QuorumEpoch(2), Offset(400))
        );
        assert_eq!(
            log.end_offset_for_epoch(QuorumEpoch(0)),
            (QuorumEpoch(0), Offset(0))
        );
        let before = log.clone();
        log.truncate(Offset(120));
        assert_eq!(log.end_offset(), Offset(120));
        assert_eq!(log.last_epoch(), QuorumEpoch(1));
        assert_eq!(log.len(), 60);
        assert_eq!(before.len(), 200, "a clone keeps its own view");
    }
}
