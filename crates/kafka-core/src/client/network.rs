//! Connections of a client: which exist, what is unanswered on each, when to
//! connect again, when to give up.
//!
//! It is Kafka's `NetworkClient`. `refresh` adds when to ask for metadata. The
//! owner attaches a context of its own type to each request and gets it back
//! with the answer, or when the connection is lost. Invariant: an attached
//! context comes back exactly once.
//!
//! A TCP connect has no message of its own here: the first ApiVersions request
//! of a connection stands for it, so a peer that does not run is noticed by it.

mod loss;

use std::collections::VecDeque;

use super::cluster::ClusterView;
use super::refresh::Refresh;
use crate::config::ClientConfig;
use crate::node::{Effects, Prng, RequestIds, Stream, TimerKey};
use crate::protocol::{ApiKey, ApiVersionsRequest, ApiVersionsResponse, Listener, Request};
use crate::types::{BrokerId, Duration, NodeId, RequestId, Time};

/// `socket.connection.setup.timeout.ms`.
const CONNECTION_SETUP: Duration = Duration::from_secs(10);
/// One timer serves all request timeouts of a client.
const REQUEST_TIMEOUT: TimerKey = TimerKey::RequestTimeout(RequestId(0));
/// Some connection may be tried again.
const RECONNECT: TimerKey = TimerKey::Retry(0);

/// A connection as Kafka numbers them: bootstrap servers are -1, -2, ..., a
/// broker has its id, and its separate connection as group coordinator has
/// `i32::MAX - id`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct ConnId(pub i32);

impl ConnId {
    fn bootstrap(index: usize) -> ConnId {
        ConnId(-(index as i32) - 1)
    }

    /// The ordinary connection to a broker.
    pub fn broker(id: BrokerId) -> ConnId {
        ConnId(id.0 as i32)
    }

    /// The connection to a group coordinator.
    pub fn coordinator(id: BrokerId) -> ConnId {
        ConnId(i32::MAX - id.0 as i32)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Link {
    Closed,
    Opening,
    Ready,
}

#[derive(Clone, Debug)]
pub(super) enum Job<C> {
    Versions,
    Metadata { full: bool },
    Own(C),
}

#[derive(Clone, Debug)]
struct InFlight<C> {
    id: RequestId,
    deadline: Time,
    job: Job<C>,
}

#[derive(Clone, Debug)]
struct Connection<C> {
    id: ConnId,
    peer: NodeId,
    link: Link,
    failures: u32,
    /// Not before this time may a closed connection be opened again.
    retry_at: Time,
    last_attempt: Time,
    /// What the server speaks, as it told when the connection was opened.
    listener: Listener,
    in_flight: VecDeque<InFlight<C>>,
}

/// What an answer meant.
#[derive(Debug)]
pub enum Arrival<C> {
    /// Nobody waits for it any more.
    Nothing,
    /// A connection may be used now.
    Opened,
    /// The metadata request was answered; the view is up to date.
    Metadata,
    /// The owner's request with its context was answered.
    Own(C),
}

/// A lost connection and the owner's requests that died with it.
#[derive(Debug)]
pub struct Broken<C> {
    /// Which connection.
    pub conn: ConnId,
    /// Given up because a request was not answered in time, not broken by the peer.
    pub timed_out: bool,
    /// Contexts of the unanswered requests, oldest first.
    pub lost: Vec<C>,
}

/// The connections of one client process.
#[derive(Clone, Debug)]
pub struct Network<C> {
    pub(super) config: ClientConfig,
    pub(super) ids: RequestIds,
    pub(super) refresh: Refresh,
    /// What is known of the cluster.
    pub view: ClusterView,
    /// Level of the feature `transaction.version`, as the last broker told it.
    pub transaction_version: i16,
    connections: Vec<Connection<C>>,
    max_in_flight: usize,
    timeout_armed: Option<Time>,
    reconnect_armed: Option<Time>,
}

impl<C> Network<C> {
    /// `max_in_flight` bounds the unanswered requests of each connection.
    pub fn new(config: ClientConfig, max_in_flight: u32, refresh: Refresh) -> Network<C> {
        Network {
            config,
            ids: RequestIds::default(),
            refresh,
            view: ClusterView::default(),
            transaction_version: 0,
            connections: Vec::new(),
            max_in_flight: max_in_flight as usize,
            timeout_armed: None,
            reconnect_armed: None,
        }
    }

    /// Common settings of the client.
    pub fn config(&self) -> &ClientConfig {
        &self.config
    }

    /// The kind of servers that it is a client of.
    pub fn endpoint_type(&self) -> Listener {
        match self.config.to_controllers {
            true => Listener::Controller,
            false => Listener::Broker,
        }
    }

    /// Unanswered requests on a connection.
    pub fn in_flight(&self, conn: ConnId) -> usize {
        self.find(conn).map_or(0, |c| c.in_flight.len())
    }

    fn find(&self, conn: ConnId) -> Option<&Connection<C>> {
        self.connections.iter().find(|c| c.id == conn)
    }

    fn slot(&mut self, conn: ConnId) -> &mut Connection<C> {
        let at = match self.connections.iter().position(|c| c.id == conn) {
            Some(at) => at,
            None => {
                let peer = self.peer(conn);
                self.connections.push(Connection {
                    id: conn,
                    peer,
                    link: Link::Closed,
                    failures: 0,
                    retry_at: Time::ZERO,
                    last_attempt: Time::ZERO,
                    listener: Listener::default(),
                    in_flight: VecDeque::new(),
                });
                self.connections.len() - 1
            }
        };
        &mut self.connections[at]
    }

    /// The process at the other end.
    pub fn peer(&self, conn: ConnId) -> NodeId {
        if conn.0 < 0 {
            let index = (-(conn.0 + 1)) as usize;
            self.config.bootstrap[index].node
        } else if conn.0 > i32::MAX / 2 {
            NodeId((i32::MAX - conn.0) as u32)
        } else {
            NodeId(conn.0 as u32)
        }
    }

    fn address(&self, conn: ConnId) -> String {
        let peer = self.peer(conn);
        let known = self.view.brokers().iter().find(|b| b.id == peer);
        let endpoint = self.config.bootstrap.iter().find(|e| e.node == peer);
        match (known, endpoint) {
            (Some(broker), _) => format!("{}:{}", broker.host, broker.port),
            (None, Some(endpoint)) => format!("{}:{}", endpoint.host, endpoint.port),
            (None, None) => String::new(),
        }
    }

    /// Whether a request could be sent right now.
    pub fn can_send(&self, conn: ConnId) -> bool {
        self.find(conn)
            .is_some_and(|c| c.link == Link::Ready && c.in_flight.len() < self.max_in_flight)
    }

    /// Whether the connection is in its back-off after a failure.
    pub fn is_failed(&self, conn: ConnId, now: Time) -> bool {
        self.find(conn)
            .is_some_and(|c| c.link == Link::Closed && now < c.retry_at)
    }

    fn can_connect(&self, conn: ConnId, now: Time) -> bool {
        self.find(conn)
            .is_none_or(|c| c.link == Link::Closed && now >= c.retry_at)
    }

    pub(super) fn is_any_opening(&self) -> bool {
        self.connections.iter().any(|c| c.link == Link::Opening)
    }

    /// Whether a request can be sent; if not, begins to connect, or makes sure
    /// that the owner is woken when it may try again.
    pub fn ready(&mut self, conn: ConnId, now: Time, fx: &mut Effects) -> bool {
        if self.can_send(conn) {
            return true;
        }
        if self.can_connect(conn, now) {
            self.open(conn, now, fx);
        } else if let Some(c) = self.find(conn)
            && c.link == Link::Closed
        {
            let at = c.retry_at;
            self.wake_at(at, fx);
        }
        false
    }

    fn open(&mut self, conn: ConnId, now: Time, fx: &mut Effects) {
        let id = self.ids.next_id();
        let deadline = now + CONNECTION_SETUP;
        let slot = self.slot(conn);
        slot.link = Link::Opening;
        slot.last_attempt = now;
        slot.in_flight.push_back(InFlight {
            id,
            deadline,
            job: Job::Versions,
        });
        let peer = slot.peer;
        fx.request(peer, id, Request::ApiVersions(ApiVersionsRequest {}));
        self.arm_timeout(deadline, fx);
    }

    pub(super) fn wake_at(&mut self, at: Time, fx: &mut Effects) {
        if self.reconnect_armed.is_none_or(|armed| at < armed) {
            self.reconnect_armed = Some(at);
            fx.set_timer(RECONNECT, at);
        }
    }

    fn arm_timeout(&mut self, at: Time, fx: &mut Effects) {
        if self.timeout_armed.is_none_or(|armed| at < armed) {
            self.timeout_armed = Some(at);
            fx.set_timer(REQUEST_TIMEOUT, at);
        }
    }

    /// Sends a request on a connection that [`Network::ready`] approved, with the
    /// ordinary `request.timeout.ms`. Returns its number.
    pub fn send(
        &mut self,
        conn: ConnId,
        request: Request,
        context: C,
        now: Time,
        fx: &mut Effects,
    ) -> RequestId {
        let timeout = Duration::from_ms(u64::from(self.config.request_timeout_ms));
        self.send_job(conn, request, Job::Own(context), now + timeout, fx)
    }

    /// As [`Network::send`], with its own deadline (JoinGroup).
    pub fn send_until(
        &mut self,
        conn: ConnId,
        request: Request,
        context: C,
        deadline: Time,
        fx: &mut Effects,
    ) -> RequestId {
        self.send_job(conn, request, Job::Own(context), deadline, fx)
    }

    pub(super) fn send_job(
        &mut self,
        conn: ConnId,
        request: Request,
        job: Job<C>,
        deadline: Time,
        fx: &mut Effects,
    ) -> RequestId {
        let id = self.ids.next_id();
        let slot = self.slot(conn);
        slot.in_flight.push_back(InFlight { id, deadline, job });
        fx.request(slot.peer, id, request);
        self.arm_timeout(deadline, fx);
        id
    }

    /// Sends a request that gets no answer (acks=0, PRO-7).
    pub fn send_unanswered(&mut self, conn: ConnId, request: Request, fx: &mut Effects) {
        let id = self.ids.next_id();
        let peer = self.peer(conn);
        fx.request(peer, id, request);
    }

    /// Takes an answer off its connection.
    pub(super) fn take(&mut self, from: NodeId, id: RequestId) -> Option<Job<C>> {
        for slot in self.connections.iter_mut().filter(|c| c.peer == from) {
            // Almost always the oldest: a broker answers in order.
            let at = slot.in_flight.iter().position(|f| f.id == id);
            let Some(in_flight) = at.and_then(|at| slot.in_flight.remove(at)) else {
                continue;
            };
            if matches!(in_flight.job, Job::Versions) {
                slot.link = Link::Ready;
                slot.failures = 0;
            }
            return Some(in_flight.job);
        }
        None
    }

    /// A server told what it speaks.
    pub(super) fn take_versions(&mut self, from: NodeId, answer: &ApiVersionsResponse) {
        self.transaction_version = answer.transaction_version;
        for slot in self.connections.iter_mut().filter(|c| c.peer == from) {
            slot.listener = answer.listener;
        }
    }

    /// Whether the server at the other end of an open connection speaks that API.
    pub(super) fn speaks(&self, conn: ConnId, api: ApiKey) -> bool {
        (self.find(conn)).is_none_or(|slot| api.is_on(slot.listener))
    }

    /// The least loaded connection among the known brokers (or the bootstrap
    /// servers before the first answer), beginning at a random one: an idle ready
    /// one, else the least loaded ready one, else one that is connecting, else
    /// the one whose last attempt is oldest. `None`: all are in their back-off.
    pub fn least_loaded(&self, now: Time, prng: &mut Prng) -> Option<ConnId> {
        let count = self.candidates();
        let start = prng.below(Stream::Choice, count as u32) as usize;
        let (mut ready, mut opening, mut connectable) = (None, None, None);
        for i in 0..count {
            let conn = self.candidate((start + i) % count);
            if self.can_send(conn) {
                let load = self.in_flight(conn);
                if load == 0 {
                    return Some(conn);
                }
                if ready.is_none_or(|(_, least)| load < least) {
                    ready = Some((conn, load));
                }
            } else if self.find(conn).is_some_and(|c| c.link == Link::Opening) {
                opening = Some(conn);
            } else if self.can_connect(conn, now) {
                let last = self.find(conn).map_or(Time::ZERO, |c| c.last_attempt);
                if connectable.is_none_or(|(_, oldest)| last < oldest) {
                    connectable = Some((conn, last));
                }
            }
        }
        let connectable = connectable.map(|(conn, _)| conn);
        ready.map(|(conn, _)| conn).or(opening).or(connectable)
    }

    /// How many servers can be asked for metadata: the known brokers, or the
    /// bootstrap servers before the first answer.
    fn candidates(&self) -> usize {
        match self.view.brokers().len() {
            0 => self.config.bootstrap.len(),
            known => known,
        }
    }

    fn candidate(&self, index: usize) -> ConnId {
        match self.view.brokers().get(index) {
            Some(broker) => ConnId::broker(broker.id),
            None => ConnId::bootstrap(index),
        }
    }

    /// When the first of the servers that can be asked for metadata may be tried
    /// again, if [`Network::least_loaded`] found all of them in their back-off.
    /// Other connections do not count: nobody is about to use them.
    pub(super) fn earliest_retry(&self) -> Option<Time> {
        let all = (0..self.candidates()).filter_map(|index| self.find(self.candidate(index)));
        let closed = all.filter(|c| c.link == Link::Closed);
        closed.map(|c| c.retry_at).min()
    }

    /// Whether this timer belongs to the network; the caller then calls
    /// [`Network::timed_out`] for request timeouts and pumps in every case.
    pub fn timer_fired(&mut self, key: TimerKey) -> Option<bool> {
        match key {
            REQUEST_TIMEOUT => Some(true),
            RECONNECT => {
                self.reconnect_armed = None;
                Some(false)
            }
            TimerKey::MetadataRefresh => {
                self.refresh.timer_fired();
                Some(false)
            }
            _ => None,
        }
    }
}
