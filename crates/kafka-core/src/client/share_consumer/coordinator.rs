//! Where the share group's coordinator is (GRP-1, GRP-2, client side).

use super::{Purpose, ShareConsumer};
use crate::client::ClientFailure;
use crate::client::backoff::backoff;
use crate::client::network::ConnId;
use crate::node::{Effects, Prng};
use crate::protocol::{CoordinatorKind, FindCoordinatorRequest, FindCoordinatorResponse, Request};
use crate::types::Time;

impl ShareConsumer {
    /// The coordinator's connection if it can be used now; else looks for it.
    pub(super) fn ready_coordinator(
        &mut self,
        now: Time,
        prng: &mut Prng,
        fx: &mut Effects,
    ) -> Option<ConnId> {
        if let Some(conn) = self.coordinator {
            return self.net.ready(conn, now, fx).then_some(conn);
        }
        if self.lookup_asked {
            return None;
        }
        if now < self.lookup_retry_at {
            let at = self.lookup_retry_at;
            self.retry_at(at, fx);
            return None;
        }
        let conn = self.net.least_loaded(now, prng)?;
        if self.net.ready(conn, now, fx) {
            self.lookup_asked = true;
            let request = Request::FindCoordinator(FindCoordinatorRequest {
                kind: CoordinatorKind::Group,
                key: self.config.group.clone(),
            });
            self.net
                .send(conn, request, Purpose::FindCoordinator, now, fx);
        }
        None
    }

    pub(super) fn coordinator_found(
        &mut self,
        answer: &FindCoordinatorResponse,
        now: Time,
        prng: &mut Prng,
        fx: &mut Effects,
    ) {
        self.lookup_asked = false;
        match answer.node.filter(|_| !answer.error.is_error()) {
            Some(node) => {
                let conn = ConnId::coordinator(node);
                self.coordinator = Some(conn);
                self.lookup_attempts = 0;
                self.net.ready(conn, now, fx);
            }
            None if answer.error.is_error() && !answer.error.is_retriable() => {
                self.fatal = Some(ClientFailure::code(answer.error));
            }
            None => self.lookup_failed(now, prng, fx),
        }
    }

    /// The lookup is repeated after the back-off (GRP-2).
    pub(super) fn lookup_failed(&mut self, now: Time, prng: &mut Prng, fx: &mut Effects) {
        let client = &self.config.client;
        let (initial, max) = (client.retry_backoff_ms, client.retry_backoff_max_ms);
        self.lookup_asked = false;
        self.lookup_retry_at = now + backoff(prng, initial, max, self.lookup_attempts);
        self.lookup_attempts += 1;
        let at = self.lookup_retry_at;
        self.retry_at(at, fx);
    }
}
