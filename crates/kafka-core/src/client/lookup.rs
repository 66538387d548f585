//! Looking for a group's coordinator (GRP-1, GRP-2, client side).
//!
//! Not here: what becomes of a coordinator that was found. Invariant: at most one
//! question is on its way.

use super::backoff::backoff;
use super::network::{ConnId, Network};
use crate::error::ErrorCode;
use crate::node::{Effects, Prng};
use crate::protocol::{CoordinatorKind, FindCoordinatorRequest, FindCoordinatorResponse, Request};
use crate::types::{Name, Time};

/// Where the search stands.
#[derive(Clone, Debug)]
pub(super) struct Lookup {
    asked: bool,
    attempts: u32,
    retry_at: Time,
}

/// What an answer came to.
pub(super) enum Found {
    /// The coordinator's connection.
    At(ConnId),
    /// The group cannot have one.
    Fatal(ErrorCode),
    /// To be asked again at that time.
    Later(Time),
}

impl Lookup {
    /// A search that has not begun.
    pub fn new() -> Lookup {
        Lookup {
            asked: false,
            attempts: 0,
            retry_at: Time::ZERO,
        }
    }

    /// Asks some broker if nobody is asked and the back-off is over. Gives the time to
    /// come back at if it is not.
    pub fn ask<C>(
        &mut self,
        net: &mut Network<C>,
        (group, purpose): (&Name, C),
        now: Time,
        prng: &mut Prng,
        fx: &mut Effects,
    ) -> Option<Time> {
        if self.asked {
            return None;
        }
        if now < self.retry_at {
            return Some(self.retry_at);
        }
        let conn = net.least_loaded(now, prng)?;
        if net.ready(conn, now, fx) {
            self.asked = true;
            let request = Request::FindCoordinator(FindCoordinatorRequest {
                kind: CoordinatorKind::Group,
                key: group.clone(),
            });
            net.send(conn, request, purpose, now, fx);
        }
        None
    }

    /// The answer is there; a coordinator is connected to at once.
    pub fn answered<C>(
        &mut self,
        net: &mut Network<C>,
        answer: &FindCoordinatorResponse,
        now: Time,
        prng: &mut Prng,
        fx: &mut Effects,
    ) -> Found {
        self.asked = false;
        match answer.node.filter(|_| !answer.error.is_error()) {
            Some(node) => {
                let conn = ConnId::coordinator(node);
                self.attempts = 0;
                net.ready(conn, now, fx);
                Found::At(conn)
            }
            None if answer.error.is_error() && !answer.error.is_retriable() => {
                Found::Fatal(answer.error)
            }
            None => Found::Later(self.failed(net, now, prng)),
        }
    }

    /// The question is repeated after the back-off (GRP-2); gives when.
    pub fn failed<C>(&mut self, net: &Network<C>, now: Time, prng: &mut Prng) -> Time {
        let client = net.config();
        let (initial, max) = (client.retry_backoff_ms, client.retry_backoff_max_ms);
        self.asked = false;
        self.retry_at = now + backoff(prng, initial, max, self.attempts);
        self.attempts += 1;
        self.retry_at
    }
}
