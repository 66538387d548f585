//! Answers to a share consumer's requests, and requests that will never be answered.

use super::closing::Closing;
use super::{Purpose, ShareConsumer};
use crate::client::network::Broken;
use crate::node::{Effects, Prng};
use crate::protocol::Response;
use crate::types::{NodeId, Time};

impl ShareConsumer {
    pub(super) fn answered(
        &mut self,
        purpose: Purpose,
        response: &Response,
        now: Time,
        prng: &mut Prng,
        fx: &mut Effects,
    ) {
        match (purpose, response) {
            (Purpose::Fetch(node, owed), Response::ShareFetch(answer)) => {
                self.session_answered(node);
                self.fetched(node, &owed, answer, fx);
            }
            (Purpose::Acknowledge(node, owed), Response::ShareAcknowledge(answer)) => {
                self.session_answered(node);
                self.acknowledged(node, &owed, answer, fx);
                self.farewell_answered();
            }
            (Purpose::FindCoordinator, Response::FindCoordinator(answer)) => {
                self.coordinator_found(answer, now, prng, fx);
            }
            (Purpose::Heartbeat(era), Response::ShareGroupHeartbeat(answer)) => {
                self.heartbeat_answered(era, answer, now, fx);
            }
            (Purpose::Leave, _) if self.closing == Closing::Leaving => self.finish_close(fx),
            _ => {}
        }
    }

    fn session_answered(&mut self, node: NodeId) {
        if let Some(session) = self.sessions.get_mut(&node) {
            session.in_flight = false;
        }
    }

    pub(super) fn broken(
        &mut self,
        broken: Vec<Broken<Purpose>>,
        now: Time,
        prng: &mut Prng,
        fx: &mut Effects,
    ) {
        for Broken { conn, lost, .. } in broken {
            self.connection_lost(conn);
            for purpose in lost {
                self.lost(purpose, now, prng, fx);
            }
            // The broker ended the session with the connection.
            if conn == crate::client::network::ConnId::broker(self.net.peer(conn)) {
                self.reset_session(self.net.peer(conn));
            }
        }
    }

    fn lost(&mut self, purpose: Purpose, now: Time, prng: &mut Prng, fx: &mut Effects) {
        match purpose {
            Purpose::Fetch(node, owed) => {
                self.reset_session(node);
                self.acknowledge_lost_with_fetch(&owed, fx);
            }
            Purpose::Acknowledge(node, owed) => {
                self.reset_session(node);
                self.acknowledge_lost(&owed, fx);
                self.farewell_answered();
            }
            Purpose::FindCoordinator => self.lookup_failed(now, prng, fx),
            Purpose::Heartbeat(_) => self.heartbeat_lost(now),
            Purpose::Leave if self.closing == Closing::Leaving => self.finish_close(fx),
            Purpose::Leave => {}
        }
    }

    fn acknowledge_lost_with_fetch(&mut self, owed: &super::Owed, fx: &mut Effects) {
        self.fail_owed(owed, crate::error::ErrorCode::NetworkException, fx);
    }
}
