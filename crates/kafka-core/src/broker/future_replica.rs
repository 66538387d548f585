//! A future replica: the copy, in another log directory of the broker, that is to take a
//! replica's place (KIP-113).
//!
//! Not here: when it copies, and what happens when it has everything (`moves`). Invariant: after
//! it was reconciled it holds nothing that the current replica does not.

use super::Partition;
use super::replicate::common_end;
use crate::log::{Log, LogDisk};
use crate::types::{LeaderEpoch, Offset, Time};

/// A future replica as its folder holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct FutureLog {
    /// The number of its directory.
    pub dir: u32,
    /// When its folder was made.
    pub since: Time,
    /// What its files hold.
    pub log: LogDisk,
}

/// How far a move has come.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum MoveStage {
    /// It copies.
    Copying,
    /// It had everything; the controller has not confirmed the new directory yet.
    Assigning,
    /// The controller knows the new directory: the replica goes there at the next moment at
    /// which the copy has everything.
    Confirmed,
    /// One of the two directories has failed: nothing happens until the process starts anew.
    Halted,
}

/// A copy that is to take the place of the replica.
#[derive(Clone, Debug, PartialEq)]
pub struct FutureReplica {
    /// The number of its directory.
    pub dir: u32,
    /// When its folder was made.
    pub since: Time,
    /// Its log.
    pub log: Log,
    /// How far the move has come.
    pub stage: MoveStage,
}

impl FutureReplica {
    pub(super) fn open(future: FutureLog, stage: MoveStage) -> FutureReplica {
        FutureReplica {
            dir: future.dir,
            since: future.since,
            log: Log::open(future.log, Offset::ZERO),
            stage,
        }
    }

    pub(super) fn into_disk(self) -> FutureLog {
        FutureLog {
            dir: self.dir,
            since: self.since,
            log: self.log.into_disk(),
        }
    }

    /// Whether the controller has been, or may have been, told of its directory.
    pub(super) fn is_told(&self) -> bool {
        matches!(self.stage, MoveStage::Assigning | MoveStage::Confirmed)
    }

    /// What it holds that the current replica does not is cut, as a follower does it (REP-25).
    pub(super) fn reconcile(&mut self, current: &Log, now: Time) {
        loop {
            let state = (self.log.latest_epoch(), self.log.log_end_offset());
            if state.0 == LeaderEpoch::NONE {
                break;
            }
            let to = match current.end_offset_for(state.0) {
                Some((epoch, end)) if epoch == state.0 && end >= state.1 => break,
                Some(theirs) => common_end(&self.log, theirs),
                None => self.log.high_watermark(),
            };
            self.log.truncate_to(to);
            if (self.log.latest_epoch(), self.log.log_end_offset()) == state {
                break;
            }
        }
        if self.log.log_end_offset() > current.log_end_offset() {
            self.log.truncate_to(current.log_end_offset());
        }
        let start = current.log_start_offset();
        if self.log.log_end_offset() < start {
            self.log.truncate_fully_and_start_at(start, now);
        }
    }

    /// Copies up to that many bytes. Returns how many; none if what is there does not fit.
    pub(super) fn copy(&mut self, current: &Partition, max_bytes: u32, now: Time) -> u32 {
        let (from, until) = (self.log.log_end_offset(), current.log.log_end_offset());
        let mut batches = Vec::new();
        let bytes = (current.log).read(from, until, max_bytes, true, &mut batches);
        for batch in &batches {
            self.log.append_as_follower(batch, &current.config, now);
        }
        match self.log.log_end_offset() > from {
            true => bytes,
            false => 0,
        }
    }

    /// Whether it ends where the current replica does; then the offsets are taken over too.
    pub(super) fn catches_up(&mut self, current: &Log) -> bool {
        if self.log.log_end_offset() != current.log_end_offset() {
            return false;
        }
        self.log.raise_log_start(current.log_start_offset());
        self.log.set_high_watermark(current.high_watermark());
        true
    }
}
