//! A share partition on its leader: the records between SPSO and SPEO.

use std::collections::BTreeMap;

use super::ShareKey;
use super::start::LoadedGap;
use super::state::{Held, RecordState, StateWrite};
use crate::protocol::StateOfSharePartition;
use crate::types::{LeaderEpoch, Name, Offset, Time, TopicPartition};

/// Whether the state has been read from the share coordinator.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Phase {
    /// Not asked for, or asked for and not answered.
    Initializing,
    /// It serves.
    Active,
}

/// The records of one acquisition: one state for all, or one each.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum States {
    Whole(Held),
    Each(Vec<Held>),
}

/// A batch of records in flight.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Batch {
    pub(super) first: Offset,
    pub(super) last: Offset,
    pub(super) states: States,
}

impl Batch {
    pub(super) fn count(&self) -> u32 {
        (self.last.0 - self.first.0 + 1) as u32
    }

    /// Gives every record its own state.
    pub(super) fn split(&mut self) -> &mut Vec<Held> {
        if let States::Whole(held) = &self.states {
            self.states = States::Each(vec![held.clone(); self.count() as usize]);
        }
        match &mut self.states {
            States::Each(each) => each,
            States::Whole(_) => unreachable!("split just above"),
        }
    }

    /// Its runs of records with one state each.
    pub(super) fn runs(&self) -> Vec<(Offset, Offset, &Held)> {
        match &self.states {
            States::Whole(held) => vec![(self.first, self.last, held)],
            States::Each(each) => {
                let offsets = (0..).map(|at| self.first.plus(at));
                let runs = offsets.zip(each);
                runs.map(|(offset, held)| (offset, offset, held)).collect()
            }
        }
    }

    /// Every state it has, to be changed.
    pub(super) fn each_mut(&mut self) -> impl Iterator<Item = &mut Held> {
        match &mut self.states {
            States::Whole(held) => std::slice::from_mut(held).iter_mut(),
            States::Each(each) => each.iter_mut(),
        }
    }

    /// Changes the states of its runs that `change` accepts. Records below `start`
    /// and above `end` are left alone.
    pub(super) fn change(
        &mut self,
        start: Offset,
        end: Offset,
        mut change: impl FnMut(Offset, Offset, &mut Held),
    ) {
        if self.first < start || self.last > end {
            self.split();
        }
        let first = self.first;
        match &mut self.states {
            States::Whole(held) => change(first, self.last, held),
            States::Each(each) => {
                for (at, held) in (0..).zip(each) {
                    let offset = first.plus(at);
                    if offset >= start && offset <= end {
                        change(offset, offset, held);
                    }
                }
            }
        }
    }
}

/// A run of records in flight, as pictures and checks see it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InFlight {
    /// First offset.
    pub first: Offset,
    /// Last offset.
    pub last: Offset,
    /// Their state.
    pub state: RecordState,
    /// How often they were delivered.
    pub delivery_count: u16,
    /// Who has them.
    pub member: Option<Name>,
    /// Until when.
    pub lock_until: Option<Time>,
}

/// One group's reading of one partition, on the partition's leader.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SharePartition {
    pub(super) key: ShareKey,
    pub(super) id: TopicPartition,
    pub(super) leader_epoch: LeaderEpoch,
    pub(super) phase: Phase,
    pub(super) state_epoch: i32,
    pub(super) start: Offset,
    /// Offset after the last record in flight.
    pub(super) end: Offset,
    pub(super) batches: BTreeMap<Offset, Batch>,
    pub(super) loaded_gap: Option<LoadedGap>,
    /// Where SPSO was loaded before every batch.
    pub(super) held_at: Option<Offset>,
    pub(super) next_ticket: u64,
}

impl SharePartition {
    /// Nothing is known of it yet.
    pub fn new(key: ShareKey, id: TopicPartition, leader_epoch: LeaderEpoch) -> SharePartition {
        SharePartition {
            key,
            id,
            leader_epoch,
            phase: Phase::Initializing,
            state_epoch: 0,
            start: Offset::UNKNOWN,
            end: Offset::UNKNOWN,
            batches: BTreeMap::new(),
            loaded_gap: None,
            held_at: None,
            next_ticket: 0,
        }
    }

    /// SHG-7: takes over what the share coordinator has stored; `initial` is where a
    /// group begins that has no start offset yet (`share.auto.offset.reset`).
    pub fn initialize(&mut self, stored: &StateOfSharePartition, initial: Offset) {
        self.state_epoch = stored.state_epoch;
        self.start = if stored.start_offset == Offset::UNKNOWN {
            initial
        } else {
            stored.start_offset
        };
        self.end = self.start;
        self.batches.clear();
        let mut hole = None;
        for run in stored.batches.iter().filter(|run| run.last >= self.start) {
            let first = run.first.max(self.start);
            if first > self.end {
                hole.get_or_insert(self.end);
            }
            let held = Held::new(run.state, run.delivery_count);
            let batch = Batch {
                first,
                last: run.last,
                states: States::Whole(held),
            };
            self.batches.insert(first, batch);
            self.end = self.end.max(run.last.next());
        }
        let end = self.end;
        self.loaded_gap = hole.map(|start| LoadedGap { start, end });
        self.held_at = hole.filter(|start| *start == self.start);
        self.phase = Phase::Active;
        self.advance_start();
    }

    /// Which share partition it is.
    pub fn key(&self) -> &ShareKey {
        &self.key
    }

    /// The partition.
    pub fn id(&self) -> TopicPartition {
        self.id
    }

    /// The leader epoch it belongs to; a newer leader reads the state anew.
    pub fn leader_epoch(&self) -> LeaderEpoch {
        self.leader_epoch
    }

    /// Whether it serves.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Epoch of the stored state: +1 each time somebody sets the start offset.
    pub fn state_epoch(&self) -> i32 {
        self.state_epoch
    }

    /// SPSO: the first record that is not done.
    pub fn start_offset(&self) -> Offset {
        self.start
    }

    /// SPEO: the end of the records in flight (exclusive).
    pub fn end_offset(&self) -> Offset {
        self.end
    }

    /// The records between them, runs of one state.
    pub fn in_flight(&self) -> impl Iterator<Item = InFlight> + '_ {
        let runs = self.batches.values().flat_map(Batch::runs);
        runs.map(|(first, last, held)| InFlight {
            first,
            last,
            state: held.state,
            delivery_count: held.delivery_count,
            member: held.member.clone(),
            lock_until: held.lock_until,
        })
    }

    /// Records at or after SPSO that are done, also if that is still being stored
    /// (`deliveryCompleteCount`).
    pub fn delivery_complete_count(&self) -> u32 {
        let runs = self.batches.values().flat_map(Batch::runs);
        let done = runs.filter(|(_, last, held)| *last >= self.start && held.state.is_final());
        let counts = done.map(|(first, last, _)| last.0 - first.0.max(self.start.0) + 1);
        counts.sum::<i64>() as u32
    }

    /// SHG-3: whether anything may be acquired: a record again, or a new one while
    /// fewer than `max_locks` are in flight.
    pub fn can_acquire(&self, max_locks: u32) -> bool {
        self.phase == Phase::Active
            && (self.next_fetch_offset() < self.end || self.span() < i64::from(max_locks))
    }

    /// Records between SPSO and SPEO.
    pub(super) fn span(&self) -> i64 {
        self.end.0 - self.start.0
    }

    /// The earliest end of a lock.
    pub fn next_lock_expiry(&self) -> Option<Time> {
        let runs = self.batches.values().flat_map(Batch::runs);
        runs.filter_map(|(_, _, held)| held.lock_until).min()
    }

    pub(super) fn ticket(&mut self) -> u64 {
        self.next_ticket += 1;
        self.next_ticket
    }

    /// The change of that number is stored, or could not be (SHG-4). Returns whether
    /// SPSO moved.
    pub fn settle(&mut self, ticket: u64, stored: bool, limit: u16, now: Time) -> bool {
        for batch in self.batches.values_mut() {
            for held in batch.each_mut() {
                held.settle(ticket, stored, limit, now);
            }
        }
        self.advance_start()
    }
}

/// A run for the share coordinator.
pub(super) fn write_of(first: Offset, last: Offset, held: &Held) -> StateWrite {
    StateWrite {
        first,
        last,
        state: held.state,
        delivery_count: held.delivery_count,
    }
}
