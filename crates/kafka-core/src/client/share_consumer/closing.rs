//! `close`: what is acknowledged is sent, sessions end, the group is left.

use super::ShareConsumer;
use crate::client::ClientEvent;
use crate::node::{Effect, Effects, TimerKey};
use crate::types::{Duration, NodeId, Time};

/// `close` has waited long enough.
pub(super) const CLOSE: TimerKey = TimerKey::Retry(2);

/// How far `close` has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Closing {
    No,
    /// Waits until no broker owes an answer, so that epochs stay in order.
    Settling,
    /// Waits for so many answers to the sessions' last requests.
    Ending(u32),
    /// Waits for the answer to the last heartbeat.
    Leaving,
    Closed,
}

impl ShareConsumer {
    pub(super) fn close(&mut self, now: Time, fx: &mut Effects) {
        if self.closing != Closing::No {
            return;
        }
        self.looping = false;
        self.in_poll = false;
        fx.cancel_timer(TimerKey::Poll);
        fx.set_timer(CLOSE, now + Duration::from_secs(30));
        self.closing = Closing::Settling;
    }

    pub(super) fn close_step(&mut self, now: Time, fx: &mut Effects) {
        if self.closing == Closing::Settling {
            let waits = self.sessions.values().any(|session| session.in_flight);
            if waits {
                return;
            }
            let open = self
                .sessions
                .iter()
                .filter(|(_, session)| session.epoch > 0);
            let nodes: Vec<NodeId> = open.map(|(node, _)| *node).collect();
            let mut sent = 0;
            for node in nodes {
                sent += u32::from(self.send_acknowledgements(node, true, now, fx));
            }
            self.closing = Closing::Ending(sent);
        }
        if self.closing == Closing::Ending(0) {
            self.closing = Closing::Leaving;
            if !self.leave(now, fx) {
                self.finish_close(fx);
            }
        }
    }

    /// One session ended.
    pub(super) fn farewell_answered(&mut self) {
        if let Closing::Ending(waiting) = self.closing {
            self.closing = Closing::Ending(waiting.saturating_sub(1));
        }
    }

    pub(super) fn finish_close(&mut self, fx: &mut Effects) {
        self.closing = Closing::Closed;
        fx.event(ClientEvent::Closed);
        fx.list.push(Effect::Exit);
    }
}
