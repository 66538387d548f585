//! A log as a running process holds it: the files plus what it remembers.

use std::rc::Rc;

use super::{LogConfig, LogDisk, ProducerCheck, ProducerStates};
use crate::error::ErrorCode;
use crate::record::{Batch, BatchBody};
use crate::types::{LeaderEpoch, Offset, Time};

/// An open log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Log {
    pub(super) disk: LogDisk,
    pub(super) high_watermark: Offset,
    pub(super) producers: ProducerStates,
}

impl Log {
    /// Opens the files: the high watermark comes from its checkpoint (LOG-15), the
    /// producer state from the batches (PRO-16).
    pub fn open(mut disk: LogDisk, checkpointed_high_watermark: Offset) -> Log {
        let end = disk.end;
        disk.epochs.truncate_end(end);
        let high_watermark = checkpointed_high_watermark.min(end).max(disk.log_start);
        let mut log = Log {
            disk,
            high_watermark,
            producers: ProducerStates::default(),
        };
        log.rebuild_producers();
        log
    }

    /// The process ends: only the files remain.
    pub fn into_disk(self) -> LogDisk {
        self.disk
    }

    /// The durable part.
    pub fn disk(&self) -> &LogDisk {
        &self.disk
    }

    /// A clean stop: everything reaches the disk, and the producers with it.
    pub fn close(&mut self) {
        self.disk.flush();
        self.snapshot_producers();
    }

    /// The producers as they are go to a file, at a clean stop and once a log is loaded (PRO-16).
    pub fn snapshot_producers(&mut self) {
        self.disk.take_snapshot(&self.producers);
    }

    /// Offset of the next append.
    pub fn log_end_offset(&self) -> Offset {
        self.disk.end
    }

    /// First offset that may be read.
    pub fn log_start_offset(&self) -> Offset {
        self.disk.log_start
    }

    /// End of what consumers may read (LOG-2).
    pub fn high_watermark(&self) -> Offset {
        self.high_watermark
    }

    /// End of what read_committed consumers may read: where the first transaction
    /// begins that is not stable, else the high watermark (LOG-2).
    pub fn last_stable_offset(&self) -> Offset {
        let unstable = self.producers.transactions().first_unstable_offset();
        let unstable = unstable.map(|first| first.max(self.disk.log_start));
        unstable.map_or(self.high_watermark, |it| it.min(self.high_watermark))
    }

    /// The producers' state.
    pub fn producers(&self) -> &ProducerStates {
        &self.producers
    }

    /// Latest epoch in the cache, or NONE (REP-1).
    pub fn latest_epoch(&self) -> LeaderEpoch {
        self.disk.epochs.latest().unwrap_or(LeaderEpoch::NONE)
    }

    /// End offset of an epoch (EPO-3).
    pub fn end_offset_for(&self, epoch: LeaderEpoch) -> Option<(LeaderEpoch, Offset)> {
        self.disk.epochs.end_offset_for(epoch, self.disk.end)
    }

    /// A new leader notes its epoch before any write (EPO-2).
    pub fn begin_epoch(&mut self, epoch: LeaderEpoch) {
        let end = self.disk.end;
        self.disk.epochs.assign(epoch, end);
    }

    /// Sets the high watermark within its bounds. Returns whether it moved.
    pub fn set_high_watermark(&mut self, to: Offset) -> bool {
        let bounded = to.min(self.disk.end).max(self.disk.log_start);
        let moved = bounded != self.high_watermark;
        self.high_watermark = bounded;
        self.producers.transactions.high_watermark_moved(bounded);
        moved
    }

    /// Whether a producer's batch is new (PRO-14).
    ///
    /// # Errors
    /// INVALID_PRODUCER_EPOCH or OUT_OF_ORDER_SEQUENCE_NUMBER.
    pub fn check_producer(&self, body: &BatchBody) -> Result<ProducerCheck, ErrorCode> {
        self.producers.check(body)
    }

    /// The leader's append: gives the batch its offset and epoch (LOG-1). Returns
    /// the offset of the first record.
    pub fn append_as_leader(
        &mut self,
        body: Rc<BatchBody>,
        leader_epoch: LeaderEpoch,
        config: &LogConfig,
        now: Time,
    ) -> Offset {
        let base_offset = self.disk.end;
        let batch = Batch {
            base_offset,
            leader_epoch,
            body,
        };
        let producers = &self.producers;
        self.disk.append(batch.clone(), config, now, producers);
        self.producers.note(&batch);
        base_offset
    }

    /// The follower's append: the batch as the leader stamped it (REP-7). A batch
    /// below the log end is skipped, unless the log is empty and starts inside of it, as the
    /// leader's does after records were deleted (LOG-11). Returns whether it was appended.
    pub fn append_as_follower(&mut self, batch: &Batch, config: &LogConfig, now: Time) -> bool {
        let (start, end) = (self.disk.log_start, self.disk.end);
        if start == end && batch.base_offset < end && batch.next_offset() > end {
            self.truncate_fully_and_start_at(batch.base_offset, now);
            self.disk.log_start = start;
            self.high_watermark = start;
        }
        if batch.base_offset < self.disk.end {
            return false;
        }
        let producers = &self.producers;
        self.disk.append(batch.clone(), config, now, producers);
        self.producers.note(batch);
        true
    }

    /// Drops records from `to` on (LOG-14). Even when there are none, an epoch that
    /// begins at the log end goes: this broker led in it, wrote nothing, and another
    /// epoch may begin there (EPO-4).
    pub fn truncate_to(&mut self, to: Offset) {
        if to >= self.disk.end {
            let end = self.disk.end;
            self.disk.epochs.truncate_end(end);
            return;
        }
        self.disk.truncate(to);
        self.high_watermark = self.high_watermark.min(to);
        self.rebuild_producers();
    }

    /// Drops everything and goes on at `start` (LOG-14).
    pub fn truncate_fully_and_start_at(&mut self, start: Offset, now: Time) {
        self.disk = LogDisk::starting_at(start, now);
        self.high_watermark = start;
        self.producers.clear();
    }

    /// Raises the log start (LOG-11); whole segments below it go at retention.
    /// Returns whether it moved.
    pub fn raise_log_start(&mut self, to: Offset) -> bool {
        let to = to.min(self.disk.end);
        if to <= self.disk.log_start {
            return false;
        }
        self.disk.log_start = to;
        self.high_watermark = self.high_watermark.max(to);
        self.disk.epochs.truncate_start(to);
        let transactions = &mut self.producers.transactions;
        transactions.log_start_moved(to);
        transactions.high_watermark_moved(self.high_watermark);
        true
    }

    /// Drops producers silent for longer than `expiration_ms` (PRO-16).
    pub fn expire_producers(&mut self, now_ms: i64, expiration_ms: i64) {
        self.producers.expire(now_ms, expiration_ms);
    }

    fn rebuild_producers(&mut self) {
        self.producers.clear();
        for batch in self.disk.segments.iter().flat_map(|s| s.batches()) {
            self.producers.note(batch);
        }
        let transactions = &mut self.producers.transactions;
        transactions.high_watermark_moved(self.high_watermark);
    }
}
