//! The durable part of a log.

use std::rc::Rc;

use super::{DeletedSegment, EpochCache, LogConfig, ProducerStates, Segment};
use crate::record::Batch;
use crate::types::{Offset, Time};

/// What the files of one replica hold, page cache included.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogDisk {
    /// Oldest first, never empty; the last one is active.
    pub(super) segments: Vec<Rc<Segment>>,
    pub(super) end: Offset,
    pub(super) log_start: Offset,
    pub(super) epochs: EpochCache,
    pub(super) recovery_point: Offset,
    /// Up to where the cleaner has come, if it has been here.
    pub(super) first_dirty: Option<Offset>,
    /// Producer snapshots at the ends the log had at clean stops (PRO-16), oldest first.
    pub(super) snapshots: Vec<(Offset, Rc<ProducerStates>)>,
    /// Segments that were taken out of the log; their files stay a while (LOG-5).
    pub(super) deleted: Vec<DeletedSegment>,
}

impl LogDisk {
    /// An empty log.
    pub fn new(now: Time) -> LogDisk {
        LogDisk::starting_at(Offset::ZERO, now)
    }

    /// An empty log whose next record gets offset `start`.
    pub fn starting_at(start: Offset, now: Time) -> LogDisk {
        LogDisk {
            segments: vec![Rc::new(Segment::new(start, now))],
            end: start,
            log_start: start,
            epochs: EpochCache::default(),
            recovery_point: start,
            first_dirty: None,
            snapshots: Vec::new(),
            deleted: Vec::new(),
        }
    }

    /// Offset of the next append.
    pub fn log_end_offset(&self) -> Offset {
        self.end
    }

    /// First offset that may be read.
    pub fn log_start_offset(&self) -> Offset {
        self.log_start
    }

    /// Everything below is flushed and survives a power loss (LOG-15).
    pub fn recovery_point(&self) -> Offset {
        self.recovery_point
    }

    /// Its recovery point as it was at `moment`; it was `earlier` at some time before, and
    /// since then only rolls have moved it.
    pub fn recovery_point_at(&self, moment: Time, earlier: Option<Offset>) -> Offset {
        let mut segments = self.segments.iter().rev();
        let rolled = segments.find(|segment| segment.created <= moment);
        let rolled = rolled.map_or(Offset::ZERO, |segment| segment.base_offset);
        let known = rolled.max(earlier.unwrap_or(Offset::ZERO));
        known.min(self.recovery_point)
    }

    /// First offset its files are named for; the log may start later (LOG-11).
    pub fn first_file_offset(&self) -> Offset {
        self.segments
            .first()
            .map_or(self.log_start, |s| s.base_offset)
    }

    /// Its line in `cleaner-offset-checkpoint`: the first dirty offset (CMP-1), if the
    /// log was ever cleaned.
    pub fn first_dirty_offset(&self) -> Option<Offset> {
        self.first_dirty
    }

    /// The leader-epoch cache.
    pub fn epochs(&self) -> &EpochCache {
        &self.epochs
    }

    /// The segments, oldest first.
    pub fn segments(&self) -> impl DoubleEndedIterator<Item = &Segment> + ExactSizeIterator {
        self.segments.iter().map(Rc::as_ref)
    }

    /// All batches, oldest first.
    pub fn batches(&self) -> impl Iterator<Item = &Batch> {
        self.segments.iter().flat_map(|segment| segment.batches())
    }

    /// The batches from the one that holds `offset` on.
    pub fn batches_from(&self, offset: Offset) -> impl Iterator<Item = &Batch> {
        let index = self
            .segments
            .partition_point(|segment| segment.base_offset <= offset)
            .saturating_sub(1);
        let (first, rest) = self.segments[index..]
            .split_first()
            .map_or((None, &[][..]), |(first, rest)| (Some(first), rest));
        first
            .into_iter()
            .flat_map(move |segment| segment.from(offset))
            .chain(rest.iter().flat_map(|segment| segment.batches()))
    }

    /// The batches from the one that holds `offset` on to the end of its segment; of the first
    /// later segment that has one if this has none (LOG-8).
    pub(super) fn segment_batches_from(&self, offset: Offset) -> impl Iterator<Item = &Batch> {
        let ends_before = move |segment: &&Rc<Segment>| {
            let last = segment.last();
            last.is_none_or(|batch| batch.next_offset() <= offset)
        };
        let holds = self
            .segments
            .partition_point(|segment| segment.base_offset <= offset);
        let candidates = self.segments[holds.saturating_sub(1)..].iter();
        let segment = candidates.skip_while(ends_before).take(1);
        segment.flat_map(move |segment| segment.from(offset))
    }

    /// Bytes of all segments.
    pub fn size_bytes(&self) -> u64 {
        self.segments.iter().map(|segment| segment.size_bytes).sum()
    }

    /// Everything appended so far reaches the disk.
    pub fn flush(&mut self) {
        self.recovery_point = self.end;
    }

    /// The process was killed: of a log start that lies inside a file only the checkpoint
    /// tells, which may be old or not there (LOG-11).
    pub fn lose_log_start(&mut self, checkpointed: Option<Offset>) {
        let known = checkpointed.unwrap_or(Offset::ZERO);
        self.log_start = known.max(self.first_file_offset()).min(self.log_start);
    }

    /// The producers as they are at the log's end go to a file of their own, unless one of
    /// that offset is there (PRO-16).
    pub(super) fn take_snapshot(&mut self, producers: &ProducerStates) {
        let newest = self
            .segments
            .last()
            .filter(|active| active.snapshot.is_some());
        let newest = newest.map_or(Offset::ZERO, |active| active.base_offset);
        let newest = self
            .snapshots
            .last()
            .map_or(newest, |(at, _)| newest.max(*at));
        if self.end > newest {
            self.snapshots.push((self.end, Rc::new(producers.clone())));
        }
    }

    /// At the start of a process only the newest snapshot that belongs to no segment stays, and
    /// that only if it is newer than all segments.
    pub fn drop_stray_snapshots(&mut self) {
        let active = self.segments.last().map_or(Offset::ZERO, |s| s.base_offset);
        let stray = self.snapshots.pop().filter(|(at, _)| *at > active);
        self.snapshots = stray.into_iter().collect();
    }

    /// The producer snapshot in the file of that name (PRO-16).
    pub fn snapshot(&self, at: Offset) -> Option<&Rc<ProducerStates>> {
        let mut segments = self.segments.iter();
        let of_segment = segments.find(|segment| segment.base_offset == at);
        let of_segment = of_segment.and_then(|segment| segment.snapshot.as_ref());
        let mut stray = self.snapshots.iter();
        of_segment.or_else(|| Some(&stray.find(|(offset, _)| *offset == at)?.1))
    }

    /// Power loss: what was not flushed is gone (LOG-15).
    pub fn lose_unflushed(&mut self) {
        self.truncate(self.recovery_point);
    }

    /// Appends a batch that already has its offsets and epoch, rolling first if
    /// LOG-6 asks for it.
    pub(super) fn append(
        &mut self,
        batch: Batch,
        config: &LogConfig,
        now: Time,
        producers: &ProducerStates,
    ) {
        if self.must_roll(&batch, config, now) {
            self.roll(batch.base_offset, now, producers);
        }
        self.epochs.assign(batch.leader_epoch, batch.base_offset);
        self.end = batch.next_offset();
        if let Some(active) = self.segments.last_mut() {
            Rc::make_mut(active).push(batch);
        }
    }

    fn must_roll(&self, batch: &Batch, config: &LogConfig, now: Time) -> bool {
        let Some(active) = self.segments.last() else {
            return false;
        };
        let Some(first) = active.first() else {
            return false;
        };
        let incoming = u64::from(batch.size_bytes());
        let too_large = active.size_bytes + incoming > config.segment_bytes;
        if too_large || active.is_index_full(config) || !active.can_name(batch.last_offset()) {
            return true;
        }
        let (newest, oldest) = (batch.body.max_timestamp_ms, first.body.max_timestamp_ms);
        let waited_ms = if newest != -1 && oldest != -1 {
            newest.saturating_sub(oldest)
        } else {
            now.since(active.created).as_ms() as i64
        };
        let most_ms = match config.compact && config.max_compaction_lag_ms > 0 {
            true => config.segment_ms.min(config.max_compaction_lag_ms),
            false => config.segment_ms,
        };
        waited_ms > most_ms
    }

    /// Begins a new active segment; the closed ones are flushed.
    pub(super) fn roll(&mut self, base_offset: Offset, now: Time, producers: &ProducerStates) {
        self.recovery_point = base_offset;
        let mut segment = Segment::new(base_offset, now);
        segment.snapshot = Some(Rc::new(producers.clone()));
        self.segments.push(Rc::new(segment));
    }

    /// Drops records from `to` on (LOG-14); keeps the producer state out of it.
    pub(super) fn truncate(&mut self, to: Offset) {
        if to >= self.end {
            return;
        }
        while self.segments.len() > 1
            && self
                .segments
                .last()
                .is_some_and(|segment| segment.base_offset >= to)
        {
            self.segments.pop();
        }
        if let Some(active) = self.segments.last_mut() {
            let active = Rc::make_mut(active);
            active.truncate(to);
            active.base_offset = active.base_offset.min(to);
        }
        let active = self.segments.last().map_or(to, |s| s.base_offset);
        self.first_dirty = self.first_dirty.map(|dirty| dirty.min(active));
        self.end = to;
        self.log_start = self.log_start.min(to);
        self.recovery_point = self.recovery_point.min(to);
        self.snapshots.retain(|(at, _)| *at <= to);
        self.epochs.truncate_end(to);
    }
}
