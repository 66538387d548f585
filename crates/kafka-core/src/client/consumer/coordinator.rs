//! Where the group's coordinator is (GRP-1, GRP-2, client side).

use super::{Consumer, Purpose};
use crate::client::ClientFailure;
use crate::client::lookup::Found;
use crate::client::network::ConnId;
use crate::error::ErrorCode;
use crate::node::{Effects, Prng};
use crate::protocol::FindCoordinatorResponse;
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
        let Some(group) = &self.config.group else {
            return;
        };
        let question = (group, Purpose::FindCoordinator);
        if let Some(at) = self.lookup.ask(&mut self.net, question, now, prng, fx) {
            self.retry_at(at, fx);
        }
    }

    /// GRP-1.
    pub(super) fn coordinator_found(
        &mut self,
        answer: &FindCoordinatorResponse,
        now: Time,
        prng: &mut Prng,
        fx: &mut Effects,
    ) {
        match self.lookup.answered(&mut self.net, answer, now, prng, fx) {
            Found::At(conn) => {
                self.coordinator = Some(conn);
                self.member.last_heartbeat = now;
            }
            Found::Fatal(error) => self.member.failure = Some(ClientFailure::code(error)),
            Found::Later(at) => self.retry_at(at, fx),
        }
    }

    pub(super) fn lookup_failed(&mut self, now: Time, prng: &mut Prng, fx: &mut Effects) {
        let at = self.lookup.failed(&self.net, now, prng);
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
