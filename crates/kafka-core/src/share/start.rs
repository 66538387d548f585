//! Where a share partition's records in flight begin, and what is fetched next.
//!
//! As `SharePartition` of 4.3.1 does it: the start goes from batch to batch over what is
//! done and steps over holes between batches, which only compaction leaves. The holes in
//! what was loaded are another thing: there lie records that were in flight and of which
//! nothing was stored, so they are fetched again before anything new.

use super::partition::{Batch, SharePartition};
use crate::types::Offset;

/// Holes in what was loaded, as long as nothing new is in flight.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) struct LoadedGap {
    /// Where the first hole begins that was not fetched again.
    pub(super) start: Offset,
    /// SPEO when it was loaded; a later one ends it.
    pub(super) end: Offset,
}

impl SharePartition {
    /// SHG-2: where the next fetch reads: the first free record or loaded hole, else SPEO.
    pub fn next_fetch_offset(&self) -> Offset {
        let mut gap = self.gap().map(|gap| gap.start);
        for batch in self.batches.values() {
            if let Some(start) = gap {
                if batch.first > start {
                    return start;
                }
                gap = Some(batch.last.next());
            }
            let mut runs = batch.runs().into_iter();
            let free = runs.find(|(_, last, held)| *last >= self.start && held.is_free());
            if let Some((first, ..)) = free {
                return first.max(self.start);
            }
        }
        self.end
    }

    /// The loaded holes, if any are left.
    pub(super) fn gap(&self) -> Option<LoadedGap> {
        let is_left = |gap: &LoadedGap| gap.end == self.end && !self.batches.is_empty();
        self.loaded_gap.filter(is_left)
    }

    /// Everything before `to` has been fetched again.
    pub(super) fn fill_gap(&mut self, to: Offset) {
        let left = self.gap().filter(|gap| to < gap.end);
        self.loaded_gap = left.map(|gap| LoadedGap { start: to, ..gap });
    }

    /// SHG-5: moves SPSO over what is done and drops it. Returns whether it moved.
    pub(super) fn advance_start(&mut self) -> bool {
        let before = self.start;
        let done = self.last_done().filter(|_| self.may_move_start());
        let (Some(done), Some(end)) = (done, self.batches.values().next_back()) else {
            return false;
        };
        if end.last == done {
            self.start = done.next();
            self.end = done.next();
            self.batches.clear();
            return self.start != before;
        }
        let behind = self.batches.range(done.next()..).next();
        let partial = self.batches.range(..=done).next_back();
        let partial = partial.filter(|(_, batch)| batch.last > done);
        let next = match (partial, behind) {
            (None, Some((next, _))) => *next,
            _ => done.next(),
        };
        let kept = partial.map_or(next, |(first, _)| *first);
        let gap = self.gap().map(|gap| gap.start);
        self.start = gap.unwrap_or(next).min(next).max(self.start);
        self.batches = self.batches.split_off(&kept);
        self.start != before
    }

    /// Whether what SPSO stands on is done. A loaded SPSO that stands before every batch
    /// stays until the records there are fetched again.
    fn may_move_start(&self) -> bool {
        let Some((_, floor)) = self.batches.range(..=self.start).next_back() else {
            return self.held_at != Some(self.start);
        };
        let run = floor.runs().into_iter();
        let mut at_start = run.filter(|(_, last, _)| *last >= self.start.min(floor.last));
        at_start.next().is_some_and(|(_, _, held)| held.is_done())
    }

    /// The last of the records that are done from the first batch on, up to a loaded hole.
    fn last_done(&self) -> Option<Offset> {
        let gap = self.gap();
        let is_before = |batch: &&Batch| gap.is_none_or(|gap| batch.last < gap.start);
        let mut done = None;
        for batch in self.batches.values().take_while(is_before) {
            for (_, last, held) in batch.runs() {
                if last >= self.start && !held.is_done() {
                    return done;
                }
                done = Some(last);
            }
        }
        done
    }
}
