//! Where the share group's coordinator is (GRP-1, GRP-2, client side).

use super::{Purpose, ShareConsumer};
use crate::client::ClientFailure;
use crate::client::lookup::Found;
use crate::client::network::ConnId;
use crate::node::{Effects, Prng};
use crate::protocol::FindCoordinatorResponse;
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
        let question = (&self.config.group, Purpose::FindCoordinator);
        if let Some(at) = self.lookup.ask(&mut self.net, question, now, prng, fx) {
            self.retry_at(at, fx);
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
        match self.lookup.answered(&mut self.net, answer, now, prng, fx) {
            Found::At(conn) => self.coordinator = Some(conn),
            Found::Fatal(error) => self.fatal = Some(ClientFailure::code(error)),
            Found::Later(at) => self.retry_at(at, fx),
        }
    }

    pub(super) fn lookup_failed(&mut self, now: Time, prng: &mut Prng, fx: &mut Effects) {
        let at = self.lookup.failed(&self.net, now, prng);
        self.retry_at(at, fx);
    }
}
