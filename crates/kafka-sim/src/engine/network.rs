//! Sending, links, broken connections, and what may be done to one message.

use std::rc::Rc;

use kafka_core::node::Message;
use kafka_core::protocol::{Acks, Request};
use kafka_core::types::{Duration, NodeId, Time};
use rand::Rng;

use super::{Engine, Event, EventKind, Flight, FlightPlace, LIFE_SHIFT, MessageId, Process};
use crate::net::{Link, LinkState};
use crate::slab::Key;
use crate::trace::{Detail, EntryKind, NodeIndex, Seq};

impl<P: Process> Engine<P> {
    /// Puts a message on the way.
    pub(super) fn send(&mut self, from: u16, to: NodeId, mut message: Rc<Message>, cause: Seq) {
        let Some(to) = self.index_of(to) else {
            self.refuse_unknown(from, to, cause);
            return;
        };
        self.stamp_life(from, &mut message);
        let now = self.now();
        let latency = self.network.latency;
        let jitter = self.network.jitter;
        let cell = Rc::make_mut(&mut self.nodes[from as usize].cell);
        if cell.links.len() <= to as usize {
            cell.links.resize(to as usize + 1, Link::default());
        }
        let link = &mut cell.links[to as usize];
        link.open |= matches!(*message, Message::Request(..));
        if expects_answer(&message) {
            link.unanswered += 1;
        }
        let below = |net: &mut rand_pcg::Pcg32, bound: u64| {
            (u64::from(net.next_u32()) * bound.min(1 << 32)) >> 32
        };
        // A draw even without loss, so that switching loss on moves no jitter.
        let added = Duration(below(&mut cell.net, jitter.0));
        let lost = link.reset_pending
            || link.state == LinkState::Dropped
            || link.loss_ppm > 0 && below(&mut cell.net, 1_000_000) < u64::from(link.loss_ppm);
        if lost {
            self.record_lost(from, to, message, cause);
            return;
        }
        let extra = match link.state {
            LinkState::Slow(extra) => extra,
            _ => Duration::ZERO,
        };
        let held = link.stuck || link.state == LinkState::Held;
        let arrival = (now + latency + added + extra).max(link.last_arrival);
        link.last_arrival = arrival;
        let id = MessageId(self.messages);
        self.messages += 1;
        let place = if held {
            FlightPlace::Held
        } else {
            FlightPlace::Flying
        };
        let event = Event {
            cause,
            node: to,
            kind: EventKind::Message(Flight {
                id,
                from,
                sent: now,
                arrival,
                place,
                message,
            }),
        };
        if held {
            self.kernel.store(event);
        } else {
            self.kernel.push(arrival, event);
        }
    }

    /// Marks a request with the sender's life; the first life needs no mark.
    fn stamp_life(&mut self, from: u16, message: &mut Rc<Message>) {
        let life = self.nodes[from as usize].life - 1;
        if life > 0 && matches!(**message, Message::Request(..)) {
            // Shared only if the sender kept a copy.
            if let Message::Request(id, _) = Rc::make_mut(message) {
                id.0 |= u64::from(life) << LIFE_SHIFT;
            }
        }
    }

    /// Whether a response answers an earlier life of its receiver.
    pub(super) fn is_stale_response(&self, node: u16, flight: &Flight) -> bool {
        let Message::Response(id, _) = &*flight.message else {
            return false;
        };
        id.0 >> LIFE_SHIFT != u64::from(self.nodes[node as usize].life - 1)
    }

    fn record_lost(&mut self, from: u16, to: u16, message: Rc<Message>, cause: Seq) {
        let mut entry = self.entry(from, cause, EntryKind::Lost);
        entry.peer = NodeIndex(to);
        entry.api = Some(match &*message {
            Message::Request(_, request) => request.api(),
            Message::Response(_, response) => response.api(),
        });
        self.trace.record(entry, Detail::Message(message));
    }

    /// Nobody has that id: the connection is refused.
    fn refuse_unknown(&mut self, from: u16, to: NodeId, cause: Seq) {
        let at = self.now() + self.network.latency;
        let kind = EventKind::Disconnect(to);
        let node = from;
        self.kernel.push(at, Event { cause, node, kind });
    }

    /// An event came due for a process that does not run. Its machine refuses
    /// requests; everything else vanishes.
    pub(super) fn refuse(&mut self, event: Event) {
        if let EventKind::Message(flight) = event.kind
            && matches!(*flight.message, Message::Request(..))
            && self.nodes[flight.from as usize].status.is_alive()
        {
            self.reset_connection(flight.from, event.node, event.cause);
        }
    }

    /// Tells `peer`, one latency later, that its connection to `node` broke;
    /// once for each break, and not over a link that carries nothing.
    pub(super) fn reset_connection(&mut self, peer: u16, node: u16, cause: Seq) {
        let back = self.link(node, peer);
        let forth = self.link(peer, node);
        if forth.reset_pending || back.state == LinkState::Dropped {
            return;
        }
        let extra = match back.state {
            LinkState::Slow(extra) => extra,
            _ => Duration::ZERO,
        };
        let at = (self.now() + self.network.latency + extra).max(back.last_arrival);
        self.link_mut(peer, node).reset_pending = true;
        let kind = EventKind::Disconnect(self.nodes[node as usize].id);
        let node = peer;
        self.kernel.push(at, Event { cause, node, kind });
    }

    /// The peer has learnt of the break: the next send opens a new connection.
    pub(super) fn connection_closed(&mut self, peer: u16, node: NodeId) {
        if let Some(node) = self.index_of(node) {
            let link = self.link_mut(peer, node);
            link.reset_pending = false;
            link.open = false;
            link.unanswered = 0;
        }
    }

    pub(super) fn link(&self, from: u16, to: u16) -> Link {
        let links = &self.nodes[from as usize].cell.links;
        links.get(to as usize).copied().unwrap_or_default()
    }

    pub(super) fn link_mut(&mut self, from: u16, to: u16) -> &mut Link {
        let links = &mut Rc::make_mut(&mut self.nodes[from as usize].cell).links;
        if links.len() <= to as usize {
            links.resize(to as usize + 1, Link::default());
        }
        &mut links[to as usize]
    }

    /// Sets what a directed link does. What it held goes on its way when the
    /// link comes up, in order; it is lost when the link is dropped.
    pub fn set_link(&mut self, from: u16, to: u16, state: LinkState) {
        let link = self.link_mut(from, to);
        let old = std::mem::replace(&mut link.state, state);
        if old == LinkState::Held && state != LinkState::Held {
            let stuck = std::mem::take(&mut link.stuck);
            let keys = self.on_link(from, to, |flight| flight.place == FlightPlace::Held);
            if state == LinkState::Dropped {
                keys.into_iter().for_each(|key| drop(self.kernel.take(key)));
            } else {
                let at = self.now() + self.network.latency;
                keys.into_iter().for_each(|key| self.fly(key, at));
            }
            debug_assert!(!stuck || state != LinkState::Held);
        }
    }

    /// Sets how many of a million messages a directed link loses at random.
    pub fn set_loss(&mut self, from: u16, to: u16, loss_ppm: u32) {
        self.link_mut(from, to).loss_ppm = loss_ppm.min(1_000_000);
    }

    /// Messages between two processes that fit, in the order they were sent.
    fn on_link(&self, from: u16, to: u16, fits: impl Fn(&Flight) -> bool) -> Vec<Key> {
        let mut found: Vec<(MessageId, Key)> = self
            .kernel
            .iter()
            .filter_map(|(key, event)| match &event.kind {
                EventKind::Message(flight)
                    if event.node == to && flight.from == from && fits(flight) =>
                {
                    Some((flight.id, key))
                }
                _ => None,
            })
            .collect();
        found.sort_unstable_by_key(|(id, _)| *id);
        found.into_iter().map(|(_, key)| key).collect()
    }

    /// Gives a stored message a new arrival. An entry it may have in the queue
    /// becomes void, because the message moves to another place of the slab.
    fn fly(&mut self, key: Key, at: Time) {
        let Some(mut event) = self.kernel.take(key) else {
            return;
        };
        let (to, mut from) = (event.node, 0);
        if let EventKind::Message(flight) = &mut event.kind {
            flight.arrival = at;
            flight.place = FlightPlace::Flying;
            from = flight.from;
        }
        let link = self.link_mut(from, to);
        link.last_arrival = link.last_arrival.max(at);
        self.kernel.push(at, event);
    }

    /// Whether that message was sent and not yet handled.
    pub fn is_in_flight(&self, id: MessageId) -> bool {
        self.find(id).is_some()
    }

    /// All links up and without loss; what was held goes on its way.
    pub fn heal(&mut self) {
        for from in 0..self.nodes.len() as u16 {
            for to in 0..self.nodes[from as usize].cell.links.len() as u16 {
                self.set_link(from, to, LinkState::Up);
                self.set_loss(from, to, 0);
            }
        }
    }

    fn find(&self, id: MessageId) -> Option<(Key, u16, u16)> {
        self.kernel
            .iter()
            .find_map(|(key, event)| match &event.kind {
                EventKind::Message(flight) if flight.id == id => {
                    Some((key, flight.from, event.node))
                }
                _ => None,
            })
    }

    /// Loses a message in flight.
    pub fn drop_message(&mut self, id: MessageId, cause: Seq) {
        let Some((key, from, to)) = self.find(id) else {
            return;
        };
        if let Some(Event {
            kind: EventKind::Message(flight),
            ..
        }) = self.kernel.take(key)
        {
            self.record_lost(from, to, flight.message, cause);
        }
    }

    /// Lets a message arrive that much later; those behind it on the connection
    /// do not overtake it (B-1).
    pub fn delay_message(&mut self, id: MessageId, by: Duration) {
        let Some((key, from, to)) = self.find(id) else {
            return;
        };
        let Some(EventKind::Message(flight)) = self.kernel.get(key).map(|event| &event.kind) else {
            return;
        };
        let at = flight.arrival.max(self.now()) + by;
        let behind = self.on_link(from, to, |other| {
            other.id >= id && other.arrival <= at && other.place != FlightPlace::Held
        });
        behind.into_iter().for_each(|key| self.fly(key, at));
    }

    /// Sends a copy right behind a message.
    pub fn duplicate_message(&mut self, id: MessageId) {
        let Some((key, ..)) = self.find(id) else {
            return;
        };
        let Some(mut copy) = self.kernel.get(key).cloned() else {
            return;
        };
        let mut at = None;
        if let EventKind::Message(flight) = &mut copy.kind {
            flight.id = MessageId(self.messages);
            at = (flight.place != FlightPlace::Held).then_some(flight.arrival.max(self.now()));
        }
        self.messages += 1;
        match at {
            Some(at) => drop(self.kernel.push(at, copy)),
            None => drop(self.kernel.store(copy)),
        }
    }

    /// Holds a message and, since a connection keeps its order, everything
    /// behind it, until [`Engine::deliver_now`] or the link is set anew.
    pub fn hold_message(&mut self, id: MessageId) {
        let Some((_, from, to)) = self.find(id) else {
            return;
        };
        self.link_mut(from, to).stuck = true;
        for key in self.on_link(from, to, |other| other.id >= id) {
            let Some(mut event) = self.kernel.take(key) else {
                continue;
            };
            if let EventKind::Message(flight) = &mut event.kind {
                flight.place = FlightPlace::Held;
            }
            self.kernel.store(event);
        }
    }

    /// Lets a message, and those before it on its connection, arrive now. What
    /// was held behind it goes on its way.
    pub fn deliver_now(&mut self, id: MessageId) {
        let Some((_, from, to)) = self.find(id) else {
            return;
        };
        let now = self.now();
        for key in self.on_link(from, to, |other| other.id <= id) {
            self.fly(key, now);
        }
        let link = self.link_mut(from, to);
        if std::mem::take(&mut link.stuck) && link.state != LinkState::Held {
            let at = now + self.network.latency;
            for key in self.on_link(from, to, |other| other.place == FlightPlace::Held) {
                self.fly(key, at);
            }
        }
    }
}

/// Whether the sender waits for an answer.
fn expects_answer(message: &Message) -> bool {
    match message {
        Message::Request(_, Request::Produce(produce)) => produce.acks != Acks::None,
        Message::Request(..) => true,
        Message::Response(..) => false,
    }
}
