//! A seek that can be done in slices, so that a page never blocks.

use super::cursor::Cursor;
use super::{BranchId, Moment, Target};
use crate::action::ActionError;

/// A seek under way; [`Timeline::complete`](super::Timeline::complete) ends it,
/// dropping it cancels it.
#[derive(Clone, Debug)]
pub struct Seek {
    branch: BranchId,
    target: Target,
    cursor: Cursor,
    start: Moment,
    done: bool,
}

impl Seek {
    pub(super) fn new(branch: BranchId, target: Target, cursor: Cursor) -> Seek {
        Seek {
            start: cursor.moment(),
            branch,
            target,
            cursor,
            done: false,
        }
    }

    /// Replays at most `budget` events; true when it has arrived.
    pub fn advance(&mut self, budget: u64) -> bool {
        if !self.done {
            self.done = self.cursor.advance(self.target, budget);
            if self.done {
                self.cursor.arrive(self.target);
            }
        }
        self.done
    }

    /// Whether it has arrived.
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// Events replayed so far and, when the target is a number of events, in all.
    pub fn progress(&self) -> (u64, Option<u64>) {
        let done = self.cursor.moment().events - self.start.events;
        let all = match self.target {
            Target::Event(events) => Some(events.saturating_sub(self.start.events)),
            Target::Moment(moment) => Some(moment.events.saturating_sub(self.start.events)),
            Target::Time(_) => None,
        };
        (done, all)
    }

    /// Recorded inputs on the way (by number) that the world refused. Only a
    /// timeline that was imported can have some.
    pub fn refused(&self) -> &[(usize, ActionError)] {
        &self.cursor.refused
    }

    pub(super) fn into_parts(self) -> (BranchId, Cursor) {
        (self.branch, self.cursor)
    }
}
