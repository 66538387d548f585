//! The files that hold an offset of each log of the directory (LOG-5): when they are
//! written, and what they held when they were.
//!
//! Recovery points and log starts are written on a schedule. No timer is set for that:
//! whoever changes one of them first brings the files to the last moment of the schedule
//! ([`Broker::settle_checkpoints`]), so a file is always what it was then, and a broker
//! whose offsets stand still pays nothing. A roll alone changes a recovery point without
//! a word; the segments remember when they were made. Not here: the cleaner's offsets
//! (each log keeps its own). Invariant: a file speaks for one moment, whole.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::Broker;
use crate::log::LogDisk;
use crate::types::{Duration, Offset, Time, TopicPartition};

/// `log.initial.task.delay.ms`.
const FIRST_MS: u64 = 30_000;
/// `log.flush.offset.checkpoint.interval.ms` and
/// `log.flush.start.offset.checkpoint.interval.ms`.
const EVERY_MS: u64 = 60_000;
/// `log.segment.delete.delay.ms`.
const FILE_DELETE_DELAY: Duration = Duration::from_secs(60);

/// What a file holds; `None`: it was made and never written.
pub type Offsets = Option<Rc<BTreeMap<TopicPartition, Offset>>>;

/// The checkpoint files of a log directory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Checkpoints {
    /// `recovery-point-offset-checkpoint`: what of each log is flushed (LOG-15).
    pub recovery_points: Offsets,
    /// `log-start-offset-checkpoint`: the log starts that no file name tells.
    pub log_starts: Offsets,
    /// `replication-offset-checkpoint`: high watermarks, up to 5 s old.
    pub high_watermarks: Offsets,
    /// `cleaner-offset-checkpoint` was written: what it holds, the logs know.
    pub cleaner: bool,
}

impl Checkpoints {
    /// The high watermark checkpointed for a log.
    pub fn high_watermark(&self, id: TopicPartition) -> Option<Offset> {
        self.high_watermarks.as_ref()?.get(&id).copied()
    }

    /// The files are new that spoke for these logs.
    pub(super) fn forget(&mut self, gone: impl Fn(TopicPartition) -> bool) {
        let files = [
            &mut self.recovery_points,
            &mut self.log_starts,
            &mut self.high_watermarks,
        ];
        for offsets in files.into_iter().flatten() {
            Rc::make_mut(offsets).retain(|id, _| !gone(*id));
        }
    }
}

/// A log whose folder was renamed to be deleted (TOP-9).
#[derive(Clone, Debug, PartialEq)]
pub struct DeletedLog {
    /// What it was the log of.
    pub id: TopicPartition,
    /// The number of its directory.
    pub dir: u32,
    /// When it was renamed, or found again by a new process.
    pub at: Time,
    /// What its files hold.
    pub log: LogDisk,
}

impl DeletedLog {
    /// Whether its files are still there: they go after `file.delete.delay.ms`.
    pub fn is_there(&self, now: Time) -> bool {
        now < self.at + FILE_DELETE_DELAY
    }
}

/// The files of a running broker.
#[derive(Clone, Debug, Default)]
pub(super) struct CheckpointFiles {
    /// As far as they are brought.
    pub(super) files: Checkpoints,
    recovery_points: Schedule,
    log_starts: Schedule,
    /// Logs that are gone, and their files not yet.
    pub(super) deleted: Vec<DeletedLog>,
    /// Logs were cut or are gone: that is written at the end of the input.
    owed: Option<Owed>,
}

/// Why a file is written outside its schedule.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Owed {
    /// A log was cut: its recovery point may have moved.
    Cut,
    /// A log is gone.
    Gone,
}

/// The moments a file is written at.
#[derive(Clone, Copy, Debug, Default)]
struct Schedule {
    /// The first moment; `None` before the logs are loaded.
    first: Option<Time>,
    every: Duration,
    /// The moment the file speaks for.
    done: Time,
}

impl Schedule {
    fn new(first: Time, every_ms: u64) -> Schedule {
        Schedule {
            first: Some(first),
            every: Duration::from_ms(every_ms.max(1)),
            done: Time::ZERO,
        }
    }

    /// The last moment of the schedule if the file does not speak for it yet.
    fn due(&self, now: Time) -> Option<Time> {
        let first = self.first.filter(|first| *first <= now)?;
        let rounds = now.since(first).0 / self.every.0;
        let last = first + Duration(rounds * self.every.0);
        (last > self.done).then_some(last)
    }
}

impl CheckpointFiles {
    /// The files as an earlier life left them.
    pub(super) fn new(files: Checkpoints, deleted: Vec<DeletedLog>) -> CheckpointFiles {
        CheckpointFiles {
            files,
            deleted,
            ..CheckpointFiles::default()
        }
    }

    /// A log was cut.
    pub(super) fn cut(&mut self) {
        self.owed = self.owed.max(Some(Owed::Cut));
    }

    /// A log is gone from the directory.
    pub(super) fn gone(&mut self) {
        self.files.cleaner = true;
        self.owed = Some(Owed::Gone);
    }

    /// Its files stay a while under another name (TOP-9).
    pub(super) fn keep_deleted(&mut self, log: DeletedLog) {
        self.deleted.retain(|deleted| deleted.is_there(log.at));
        self.deleted.push(log);
    }
}

impl Broker {
    /// The logs are loaded: from now on the files are written on schedule.
    pub(super) fn start_checkpoints(&mut self, now: Time) {
        for deleted in &mut self.checkpoints.deleted {
            deleted.at = now;
        }
        let first_ms = self.number_setting("log.initial.task.delay.ms", FIRST_MS);
        let first = now + Duration::from_ms(first_ms);
        let every = |key| Schedule::new(first, self.number_setting(key, EVERY_MS));
        let recovery_points = every("log.flush.offset.checkpoint.interval.ms");
        let log_starts = every("log.flush.start.offset.checkpoint.interval.ms");
        self.checkpoints.recovery_points = recovery_points;
        self.checkpoints.log_starts = log_starts;
    }

    /// Before a log start, a recovery point or the set of logs changes: writes what was
    /// due by now.
    pub(super) fn settle_checkpoints(&mut self, now: Time) {
        if let Some(moment) = self.checkpoints.recovery_points.due(now) {
            self.checkpoints.recovery_points.done = moment;
            self.checkpoints.files.recovery_points = self.recovery_points(Some(moment));
        }
        if let Some(moment) = self.checkpoints.log_starts.due(now) {
            self.checkpoints.log_starts.done = moment;
            self.checkpoints.files.log_starts = self.log_starts();
        }
    }

    /// At the end of an input: logs that were cut or are gone are written at once.
    pub(super) fn write_owed_checkpoints(&mut self) {
        match self.checkpoints.owed.take() {
            None => {}
            Some(Owed::Cut) => self.checkpoints.files.recovery_points = self.recovery_points(None),
            Some(Owed::Gone) => self.write_checkpoints(),
        }
    }

    /// Writes recovery points and log starts as they are.
    pub(super) fn write_checkpoints(&mut self) {
        self.checkpoints.files.recovery_points = self.recovery_points(None);
        self.checkpoints.files.log_starts = self.log_starts();
    }

    /// Writes `replication-offset-checkpoint`, unless there is nothing to write.
    pub(super) fn checkpoint_high_watermarks(&mut self) {
        let logs = self.partitions.iter();
        let kept = self.kept(&self.checkpoints.files.high_watermarks);
        let offsets = logs.map(|p| (p.id, p.log.high_watermark())).chain(kept);
        let offsets: BTreeMap<_, _> = offsets.collect();
        if !offsets.is_empty() {
            self.checkpoints.files.high_watermarks = Some(Rc::new(offsets));
        }
    }

    /// What a file says of logs in directories that have failed: it is not written there.
    fn kept(&self, offsets: &Offsets) -> impl Iterator<Item = (TopicPartition, Offset)> {
        let lost = self.dirs.lost.keys();
        lost.filter_map(|id| Some((*id, *offsets.as_deref()?.get(id)?)))
    }

    /// The logs' recovery points as they are, or as they were at a moment since which nothing
    /// but rolls has moved them.
    fn recovery_points(&self, at: Option<Time>) -> Offsets {
        let known = self.checkpoints.files.recovery_points.as_deref();
        let earlier = |id| known.and_then(|known| known.get(&id)).copied();
        let open = self.partitions.iter().map(|p| (p.id, p.log.disk()));
        let all = open.chain(self.unopened.iter().map(|(id, log)| (*id, log)));
        let points = all.map(|(id, log)| match at {
            Some(moment) => (id, log.recovery_point_at(moment, earlier(id))),
            None => (id, log.recovery_point()),
        });
        let kept = self.kept(&self.checkpoints.files.recovery_points);
        Some(Rc::new(points.chain(kept).collect()))
    }

    fn log_starts(&self) -> Offsets {
        let open = self.partitions.iter().map(|p| (p.id, p.log.disk()));
        let all = open.chain(self.unopened.iter().map(|(id, log)| (*id, log)));
        let inside = all.filter(|(_, log)| log.log_start_offset() > log.first_file_offset());
        let starts = inside.map(|(id, log)| (id, log.log_start_offset()));
        let kept = self.kept(&self.checkpoints.files.log_starts);
        Some(Rc::new(starts.chain(kept).collect()))
    }

    /// Logs that are to be deleted; the files of some may be gone by now.
    pub fn deleted_logs(&self) -> &[DeletedLog] {
        &self.checkpoints.deleted
    }

    /// The checkpoint files as they are on the disk now (LOG-5).
    pub fn checkpoints(&self, now: Time) -> Checkpoints {
        let mut files = self.checkpoints.files.clone();
        if let Some(moment) = self.checkpoints.recovery_points.due(now) {
            files.recovery_points = self.recovery_points(Some(moment));
        }
        if self.checkpoints.log_starts.due(now).is_some() {
            files.log_starts = self.log_starts();
        }
        files
    }
}
