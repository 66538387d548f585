//! `close`: a last commit, then the partitions are given up and the group is left
//! (CON-9, GRP-15).

use super::Consumer;
use super::assignment::AssignedPartition;
use crate::client::ClientEvent;
use crate::node::{Effect, Effects, TimerKey};
use crate::types::{Duration, Time};

/// `close` has waited long enough.
pub(super) const CLOSE: TimerKey = TimerKey::Retry(2);

/// How far `close` has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Closing {
    No,
    /// Waits for the last commit; then the membership ends so.
    Committing(Farewell),
    /// Waits for the answer to LeaveGroup.
    Leaving,
    Closed,
}

/// What `close` does to the membership (`GroupMembershipOperation`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Farewell {
    /// DEFAULT: dynamic members leave, static ones stay (GRP-15).
    Default,
    /// LEAVE_GROUP: static members leave as well.
    Leave,
    /// REMAIN_IN_GROUP.
    Remain,
}

impl Consumer {
    /// Begins to close: a last commit, then the group is left (CON-9, GRP-15).
    pub(super) fn close(&mut self, farewell: Farewell, now: Time, fx: &mut Effects) {
        if self.closing != Closing::No {
            return;
        }
        self.looping = false;
        self.in_poll = false;
        self.sync_commit = None;
        fx.cancel_timer(TimerKey::Poll);
        fx.set_timer(CLOSE, now + Duration::from_secs(30));
        self.closing = Closing::Committing(farewell);
        if self.config.auto_commit {
            self.commit_for_closing(now, fx);
        }
    }

    pub(super) fn step_close(&mut self, now: Time, fx: &mut Effects) {
        let Closing::Committing(farewell) = self.closing else {
            return;
        };
        if self.member.closing_commit {
            return;
        }
        if self.is_subscribed() && !self.assigned.is_empty() {
            let all = self.assigned.iter().map(AssignedPartition::named).collect();
            fx.event(ClientEvent::Revoked(all));
        }
        self.assigned.clear();
        self.by_id.clear();
        self.closing = Closing::Leaving;
        if !self.leave_group(farewell, now, fx) {
            self.finish_close(fx);
        }
    }

    pub(super) fn finish_close(&mut self, fx: &mut Effects) {
        self.closing = Closing::Closed;
        fx.event(ClientEvent::Closed);
        fx.list.push(Effect::Exit);
    }
}
