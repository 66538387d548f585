//! Connections that end: by the peer, by a request that takes too long, by choice.

use super::{Broken, ConnId, Connection, Job, Link, Network};
use crate::client::backoff::backoff;
use crate::client::{ClientEvent, ClientLog};
use crate::node::{Effects, Prng};
use crate::types::{NodeId, Time};

impl<C> Network<C> {
    /// The world says that everything unanswered at `peer` is lost.
    pub fn disconnected(
        &mut self,
        peer: NodeId,
        now: Time,
        prng: &mut Prng,
        fx: &mut Effects,
    ) -> Vec<Broken<C>> {
        let broken = (0..self.connections.len())
            .filter(|&at| self.connections[at].peer == peer)
            .filter(|&at| self.connections[at].link != Link::Closed)
            .collect::<Vec<_>>();
        let broken = broken.into_iter();
        broken
            .map(|at| self.lose(at, true, now, prng, fx))
            .collect()
    }

    /// The request timer fired: connections with an overdue request are given up.
    pub fn timed_out(&mut self, now: Time, prng: &mut Prng, fx: &mut Effects) -> Vec<Broken<C>> {
        self.timeout_armed = None;
        let mut broken = Vec::new();
        for at in 0..self.connections.len() {
            let overdue = self.connections[at]
                .in_flight
                .iter()
                .any(|f| f.deadline <= now);
            if overdue {
                broken.push(self.lose(at, false, now, prng, fx));
            }
        }
        let waiting = self.connections.iter().flat_map(|c| &c.in_flight);
        if let Some(next) = waiting.map(|f| f.deadline).min() {
            self.arm_timeout(next, fx);
        }
        broken
    }

    /// Closes a connection from this side; its unanswered requests are lost.
    pub fn give_up(
        &mut self,
        conn: ConnId,
        now: Time,
        prng: &mut Prng,
        fx: &mut Effects,
    ) -> Option<Broken<C>> {
        let open = |c: &Connection<C>| c.id == conn && c.link != Link::Closed;
        let at = self.connections.iter().position(open)?;
        Some(self.close(at, false, now, prng, fx).0)
    }

    fn lose(
        &mut self,
        at: usize,
        by_peer: bool,
        now: Time,
        prng: &mut Prng,
        fx: &mut Effects,
    ) -> Broken<C> {
        let (broken, metadata_lost) = self.close(at, by_peer, now, prng, fx);
        self.refresh.connection_lost(metadata_lost, now, prng);
        broken
    }

    /// Also says whether an update of metadata was lost.
    fn close(
        &mut self,
        at: usize,
        by_peer: bool,
        now: Time,
        prng: &mut Prng,
        fx: &mut Effects,
    ) -> (Broken<C>, bool) {
        let wait = backoff(
            prng,
            self.config.reconnect_backoff_ms,
            self.config.reconnect_backoff_max_ms,
            self.connections[at].failures,
        );
        let slot = &mut self.connections[at];
        let was_opening = slot.link == Link::Opening;
        slot.link = Link::Closed;
        slot.failures += 1;
        slot.last_attempt = now;
        slot.retry_at = now + wait;
        let conn = slot.id;
        let mut lost = Vec::new();
        let mut metadata_lost = false;
        for in_flight in slot.in_flight.drain(..) {
            match in_flight.job {
                Job::Own(context) => lost.push(context),
                Job::Metadata { .. } => metadata_lost = true,
                Job::Versions => {}
            }
        }
        if was_opening && by_peer {
            self.log_failure(conn, fx);
        }
        let broken = Broken {
            conn,
            timed_out: !by_peer,
            lost,
        };
        (broken, metadata_lost)
    }

    fn log_failure(&self, conn: ConnId, fx: &mut Effects) {
        let address: crate::types::Name = self.address(conn).into();
        fx.event(ClientEvent::Log(ClientLog::ConnectionFailed {
            node: conn.0,
            address: address.clone(),
        }));
        if self.view.brokers().is_empty() && self.refresh.logs() {
            fx.event(ClientEvent::Log(ClientLog::BootstrapDisconnected {
                node: conn.0,
                address,
            }));
        }
    }
}
