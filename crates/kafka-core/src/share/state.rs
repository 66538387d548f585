//! The state of one record, or of a run of records that share it.

use crate::types::{Name, Offset, Time};

/// Where a record stands. The numbers are those that are stored.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum RecordState {
    /// May be given to a member.
    Available,
    /// One member has it, until its lock expires.
    Acquired,
    /// Accepted: done.
    Acknowledged,
    /// Rejected, a gap, or delivered too often: done.
    Archived,
}

impl RecordState {
    /// The number in stored states.
    pub fn id(self) -> i8 {
        match self {
            RecordState::Available => 0,
            RecordState::Acquired => 1,
            RecordState::Acknowledged => 2,
            RecordState::Archived => 4,
        }
    }

    /// The state of a stored number.
    pub fn of(id: i8) -> Option<RecordState> {
        Some(match id {
            0 => RecordState::Available,
            1 => RecordState::Acquired,
            2 => RecordState::Acknowledged,
            4 => RecordState::Archived,
            _ => return None,
        })
    }

    /// Nothing happens to the record any more.
    pub fn is_final(self) -> bool {
        matches!(self, RecordState::Acknowledged | RecordState::Archived)
    }
}

/// A run of records in a written or stored state.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct StateWrite {
    /// First offset.
    pub first: Offset,
    /// Last offset.
    pub last: Offset,
    /// Their state.
    pub state: RecordState,
    /// How often they were delivered.
    pub delivery_count: u16,
}

/// What the leader keeps of a record or run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Held {
    pub(super) state: RecordState,
    pub(super) delivery_count: u16,
    /// Who has it, while it is Acquired.
    pub(super) member: Option<Name>,
    /// Until when, while it is Acquired.
    pub(super) lock_until: Option<Time>,
    /// A change that is being stored: its number, and what to go back to.
    pub(super) pending: Option<(u64, Box<Held>)>,
}

impl Held {
    pub(super) fn new(state: RecordState, delivery_count: u16) -> Held {
        Held {
            state,
            delivery_count,
            member: None,
            lock_until: None,
            pending: None,
        }
    }

    /// Whether a member may be given it now.
    pub(super) fn is_free(&self) -> bool {
        self.state == RecordState::Available && self.pending.is_none()
    }

    /// Whether that member has it and nothing about it is being stored.
    pub(super) fn is_of(&self, member: &str) -> bool {
        self.state == RecordState::Acquired
            && self.pending.is_none()
            && self.member.as_deref() == Some(member)
    }

    /// Final, and stored as such.
    pub(super) fn is_done(&self) -> bool {
        self.state.is_final() && self.pending.is_none()
    }

    /// SHG-2: one delivery more, and a lock.
    pub(super) fn acquire(&mut self, member: &Name, until: Time) {
        self.state = RecordState::Acquired;
        self.delivery_count = self.delivery_count.saturating_add(1);
        self.member = Some(member.clone());
        self.lock_until = Some(until);
    }

    /// Ends the acquisition. A record given back for the last time is archived.
    pub(super) fn leave(&mut self, to: RecordState, limit: u16) {
        let used_up = to == RecordState::Available && self.delivery_count >= limit;
        self.state = if used_up { RecordState::Archived } else { to };
        self.member = None;
        self.lock_until = None;
    }

    /// The same, to be settled once the change is stored.
    pub(super) fn begin_leave(&mut self, to: RecordState, limit: u16, ticket: u64) {
        let before = Box::new(self.clone());
        self.leave(to, limit);
        self.pending = Some((ticket, before));
    }

    /// The change of that number is stored, or could not be. A lock that ran out
    /// meanwhile ends now. Returns whether there was such a change.
    pub(super) fn settle(&mut self, ticket: u64, stored: bool, limit: u16, now: Time) -> bool {
        match self.pending.take() {
            Some((number, before)) if number == ticket => {
                if !stored {
                    *self = *before;
                    if self.lock_until.is_some_and(|until| until <= now) {
                        self.leave(RecordState::Available, limit);
                    }
                }
                true
            }
            other => {
                self.pending = other;
                false
            }
        }
    }
}

/// Adds a run to a list, joining it with the one before if it continues that.
pub(super) fn push_run(runs: &mut Vec<StateWrite>, run: StateWrite) {
    if let Some(last) = runs.last_mut()
        && last.last.next() == run.first
        && last.state == run.state
        && last.delivery_count == run.delivery_count
    {
        last.last = run.last;
        return;
    }
    runs.push(run);
}
