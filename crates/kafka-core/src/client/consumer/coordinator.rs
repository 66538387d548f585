//! Where the group's coordinator is (GRP-1, GRP-2, client side).

use super::{Consumer, Purpose};
use crate::client::ClientFailure;
use crate::client::backoff::backoff;
use crate::client::network::ConnId;
use crate::error::ErrorCode;
use crate::node::{Effects, Prng};
use crate::protocol::{CoordinatorKind, FindCoordinatorRequest, FindCoordinatorResponse, Request};
use crate::types::Time;

impl Consumer {
    /// The coordinator's connection if it can be used now; else looks for it.
    pub(super) fn ready_coordinator(
        &mut self,
        now: Time,
        prng: &mut Prng,
        fx: &mut Effects,
    ) -> Option<ConnId> {
        match self.coordinator {
            Some(conn) => self.net.ready(conn, now, fx).then_some(conn),
            None => {
                self.look_for_coordinator(now, prng, fx);
                None
            }
        }
    }

    pub(super) fn look_for_coordinator(&mut self, now: Time, prng: &mut Prng, fx: &mut Effects) {
        let Some(group) = self.config.group.clone() else {
            return;
        };
        if self.lookup_asked {
            return;
        }
        if now < self.lookup_retry_at {
            let at = self.lookup_retry_at;
            self.retry_at(at, fx);
            return;
        }
        let Some(conn) = self.net.least_loaded(now, prng) else {
            return;
        };
        if !self.net.ready(conn, now, fx) {
            return;
        }
        self.lookup_asked = true;
        let request = Request::FindCoordinator(FindCoordinatorRequest {
            kind: CoordinatorKind::Group,
            key: group,
        });
        let purpose = Purpose::FindCoordinator;
        self.net.send(conn, request, purpose, now, fx);
    }

    /// GRP-1.
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
                self.member.last_heartbeat = now;
                self.net.ready(conn, now, fx);
            }
            None if answer.error.is_error() && !answer.error.is_retriable() => {
                self.member.failure = Some(ClientFailure::code(answer.error));
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

    /// An answer of the coordinator had this error: is it still the coordinator?
    pub(super) fn coordinator_error(&mut self, error: ErrorCode, now: Time, fx: &mut Effects) {
        match error {
            ErrorCode::NotCoordinator | ErrorCode::CoordinatorNotAvailable => {
                self.forget_coordinator();
            }
            ErrorCode::CoordinatorLoadInProgress => {
                let at = now + self.retry_backoff();
                self.retry_at(at, fx);
            }
            _ => {}
        }
    }

    /// GRP-2: the coordinator is looked for again; Kafka's client hangs up on the old
    /// one (`pump` does it, when the answer at hand is dealt with).
    pub(super) fn forget_coordinator(&mut self) {
        if let Some(conn) = self.coordinator.take() {
            self.old_coordinator = Some(conn);
        }
    }
}
