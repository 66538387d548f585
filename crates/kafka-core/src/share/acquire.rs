//! Acquiring records (SHG-2, SHG-3).

use super::partition::{Batch, Phase, SharePartition, States};
use super::settings::ShareSettings;
use super::state::{Held, RecordState};
use crate::protocol::{AcquiredRecords, ShareAcquireMode};
use crate::types::{Name, Offset, Time};

/// Where a batch of the log begins and ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LogBatch {
    /// First offset.
    pub first: Offset,
    /// Last offset.
    pub last: Offset,
}

/// Who acquires, and how much.
#[derive(Clone, Copy, Debug)]
pub struct Acquire<'a> {
    /// The member.
    pub member: &'a Name,
    /// Whole batches, or not a record more than asked for.
    pub mode: ShareAcquireMode,
    /// Records after which a batch in flight ends (at a batch of the log).
    pub batch_size: u32,
    /// Records wanted.
    pub max_records: u32,
    /// The group's settings.
    pub settings: &'a ShareSettings,
    /// Now.
    pub now: Time,
}

impl Acquire<'_> {
    fn lock_until(&self) -> Time {
        self.now + self.settings.record_lock
    }

    fn is_strict(&self) -> bool {
        self.mode == ShareAcquireMode::RecordLimit
    }

    /// From this delivery count on records are delivered in ever smaller portions,
    /// so that a poisonous one does not archive its neighbours.
    fn throttle_from(&self) -> u16 {
        self.settings.delivery_count_limit.div_ceil(2).max(2)
    }
}

impl SharePartition {
    /// Acquires records of what was read from `fetch_offset` on (SHG-2): free ones in
    /// flight first, then new ones, whole batches unless the mode is strict.
    pub fn acquire(
        &mut self,
        how: &Acquire<'_>,
        fetch_offset: Offset,
        log: &[LogBatch],
    ) -> Vec<AcquiredRecords> {
        let (Some(first), Some(last)) = (log.first(), log.last()) else {
            return Vec::new();
        };
        if self.phase != Phase::Active || last.last < self.start {
            return Vec::new();
        }
        let Some((last, most)) = self.bounds(how, fetch_offset, last.last) else {
            return Vec::new();
        };
        self.archive_stale(fetch_offset, first.first);
        let base = self.base(first.first);
        if first.first.min(base) > last {
            // Nothing of what may be acquired was read: it is not in the log any more.
            return Vec::new();
        }
        let known: Vec<Offset> = self
            .batches
            .range(first.first.min(base)..=last)
            .map(|(first, _)| *first)
            .collect();
        if known.is_empty() {
            return self.acquire_new(how, base, last, most, log);
        }
        self.acquire_among(how, &known, (base, first.first, last), most, log)
    }

    /// What the read is compared with: the batch in flight that holds its beginning.
    fn base(&self, read: Offset) -> Offset {
        match self.batches.range(..=read).next_back() {
            Some((first, batch)) if batch.last >= read => *first,
            Some(_) => read,
            None => read.max(self.start),
        }
    }

    /// Of the batches in flight what is free, of loaded holes between them everything, and
    /// what is new behind them.
    fn acquire_among(
        &mut self,
        how: &Acquire<'_>,
        known: &[Offset],
        (base, first, last): (Offset, Offset, Offset),
        most: u32,
        log: &[LogBatch],
    ) -> Vec<AcquiredRecords> {
        let mut acquired = Vec::new();
        let (mut at, mut taken, mut end) = (base, 0, last);
        let mut ended = false;
        for key in known {
            if self.gap().is_some() && at < *key && taken < most {
                let new = self.acquire_new(how, at, key.plus(-1), most - taken, log);
                taken += count(&new);
                acquired.extend(new);
            }
            ended = taken >= most;
            let Some(batch) = self.batches.get_mut(key).filter(|_| !ended) else {
                break;
            };
            at = batch.last.next();
            end = batch.last;
            let (again, stop) = acquire_again(batch, how, first, last, taken, most);
            taken += count(&again);
            acquired.extend(again);
            ended = stop;
            if stop {
                break;
            }
        }
        if !ended && taken < most && end < last {
            acquired.extend(self.acquire_new(how, end.next(), last, most - taken, log));
        }
        if let Some(run) = acquired.last() {
            self.fill_gap(run.last.next());
        }
        acquired
    }

    /// How far and how many, given the records in flight already (SHG-3).
    fn bounds(&self, how: &Acquire<'_>, from: Offset, last: Offset) -> Option<(Offset, u32)> {
        let locks = i64::from(how.settings.max_record_locks);
        let room = locks - self.span();
        if room > 0 {
            let most = i64::from(how.max_records).min(room) as u32;
            return (most > 0).then_some((last, most));
        }
        let again = self.end.0 - from.0;
        let most = i64::from(how.max_records).min(again);
        (most > 0).then(|| (last.min(self.end.plus(-1)), most as u32))
    }

    /// Free records that were asked for and are not in the log any more (compaction): nobody
    /// gets them.
    fn archive_stale(&mut self, from: Offset, log_first: Offset) {
        if from >= log_first {
            return;
        }
        let last = log_first.plus(-1);
        for (_, batch) in self.batches.range_mut(..log_first) {
            if batch.last >= from {
                batch.change(from, last, |_, _, held| {
                    if held.is_free() {
                        held.state = RecordState::Archived;
                    }
                });
            }
        }
    }

    pub(super) fn insert(&mut self, first: Offset, last: Offset, held: Held) {
        let states = States::Whole(held);
        self.batches.insert(
            first,
            Batch {
                first,
                last,
                states,
            },
        );
        self.end = self.end.max(last.next());
    }

    /// Records that are not in flight yet, from `first` to at most `last`.
    fn acquire_new(
        &mut self,
        how: &Acquire<'_>,
        first: Offset,
        last: Offset,
        most: u32,
        log: &[LogBatch],
    ) -> Vec<AcquiredRecords> {
        let is_first = self.batches.is_empty();
        let first = if is_first { first.max(self.end) } else { first };
        let wanted_last = first.plus(i64::from(most) - 1);
        let last = if wanted_last >= last {
            last
        } else if how.is_strict() {
            wanted_last
        } else {
            let holding = log.iter().find(|batch| batch.last >= wanted_last);
            holding.map_or(last, |batch| batch.last.min(last))
        };
        let mut acquired = Vec::new();
        let mut at = first;
        for batch in log {
            let enough = batch.last.0 - at.0 + 1 >= i64::from(how.batch_size);
            if batch.last < last && batch.last >= at && enough {
                acquired.push(self.acquire_run(how, at, batch.last));
                at = batch.last.next();
            }
        }
        if at <= last {
            acquired.push(self.acquire_run(how, at, last));
        }
        // What compaction left out before the first batch in flight is nobody's.
        if self.batches.keys().next() == Some(&first) {
            self.start = first;
        }
        self.fill_gap(last.next());
        acquired
    }

    fn acquire_run(&mut self, how: &Acquire<'_>, first: Offset, last: Offset) -> AcquiredRecords {
        let mut held = Held::new(RecordState::Available, 0);
        held.acquire(how.member, how.lock_until());
        self.insert(first, last, held);
        AcquiredRecords {
            first,
            last,
            delivery_count: 1,
        }
    }
}

fn count(acquired: &[AcquiredRecords]) -> u32 {
    let counts = acquired.iter().map(|run| run.last.0 - run.first.0 + 1);
    counts.sum::<i64>() as u32
}

/// Free records of a batch in flight, between `from` and `to`. Also whether nothing
/// more may be acquired with them.
fn acquire_again(
    batch: &mut Batch,
    how: &Acquire<'_>,
    from: Offset,
    to: Offset,
    taken: u32,
    most: u32,
) -> (Vec<AcquiredRecords>, bool) {
    let throttled = is_throttled(batch, how, from, to);
    if throttled && taken > 0 {
        return (Vec::new(), true);
    }
    let inside = batch.first >= from && batch.last <= to;
    let subset = how.is_strict() && batch.count() > most - taken;
    let (first, last) = (batch.first, batch.last);
    if let States::Whole(held) = &mut batch.states {
        if !held.is_free() {
            return (Vec::new(), false);
        }
        if inside && !subset && !throttled {
            held.acquire(how.member, how.lock_until());
            let run = AcquiredRecords {
                first,
                last,
                delivery_count: held.delivery_count,
            };
            return (vec![run], false);
        }
    }
    let acquired = acquire_each(batch, how, from, to, most - taken);
    let stop = throttled && !acquired.is_empty();
    (acquired, stop)
}

fn is_throttled(batch: &Batch, how: &Acquire<'_>, from: Offset, to: Offset) -> bool {
    let runs = batch.runs();
    let mut free = runs
        .iter()
        .filter(|(first, last, held)| *last >= from && *first <= to && held.is_free());
    free.any(|(_, _, held)| held.delivery_count >= how.throttle_from())
}

fn acquire_each(
    batch: &mut Batch,
    how: &Acquire<'_>,
    from: Offset,
    to: Offset,
    most: u32,
) -> Vec<AcquiredRecords> {
    let limit = how.settings.delivery_count_limit;
    let size = batch.count();
    let first = batch.first;
    let mut portion = None;
    let mut acquired = Vec::new();
    for (at, held) in (0..).zip(batch.split()) {
        let offset = first.plus(at);
        if offset < from || offset > to || !held.is_free() {
            continue;
        }
        let before = held.delivery_count;
        let is_last = limit > 2 && before == limit - 1;
        if is_last && !acquired.is_empty() {
            break;
        }
        if before >= how.throttle_from() && portion.is_none() {
            let shift = u32::from(before - how.throttle_from()) + 1;
            portion = Some(size.checked_shr(shift).unwrap_or(0).max(1));
        }
        held.acquire(how.member, how.lock_until());
        acquired.push(AcquiredRecords {
            first: offset,
            last: offset,
            delivery_count: held.delivery_count,
        });
        let taken = acquired.len() as u32;
        let full = how.is_strict() && taken >= most;
        if full || is_last || portion.is_some_and(|portion| taken >= portion) {
            break;
        }
    }
    acquired
}
