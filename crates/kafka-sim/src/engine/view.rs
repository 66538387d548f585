//! Reading the engine: everything a picture, a checker or a tool may see.

use std::rc::Rc;

use kafka_core::node::{Message, TimerKey};
use kafka_core::types::{NodeId, Time};

use super::{Engine, EventKind, MessageId, Process, Status};
use crate::history::History;
use crate::net::{LinkState, LinkView, NetworkSpec};
use crate::trace::{NodeIndex, Seq, Trace};

/// Where a message is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FlightPlace {
    /// On its way.
    Flying,
    /// Held by its link or by hand.
    Held,
    /// Arrived at a paused process, which has not read it.
    AtDoor,
}

/// A message that was sent and not yet handled.
#[derive(Clone, Copy, Debug)]
pub struct InFlight<'a> {
    /// Its number.
    pub id: MessageId,
    /// Sender.
    pub from: NodeId,
    /// Receiver.
    pub to: NodeId,
    /// When it was sent.
    pub sent: Time,
    /// When it arrives (or would, if it were not held).
    pub arrival: Time,
    /// Where it is.
    pub place: FlightPlace,
    /// The entry during whose handling it was sent.
    pub cause: Seq,
    /// What it carries.
    pub message: &'a Rc<Message>,
}

impl<P: Process> Engine<P> {
    /// The virtual time.
    pub fn now(&self) -> Time {
        self.kernel.now()
    }

    /// Events delivered so far.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// The running digest of the trace.
    pub fn digest(&self) -> u64 {
        self.trace.digest()
    }

    /// The trace.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// The trace, to set what it keeps.
    pub fn trace_mut(&mut self) -> &mut Trace {
        &mut self.trace
    }

    /// The client history.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The client history, to set what it keeps.
    pub fn history_mut(&mut self) -> &mut History {
        &mut self.history
    }

    /// When somebody last stated a fact that is not mere keeping alive.
    pub fn last_activity(&self) -> Time {
        self.last_activity
    }

    /// The network's settings.
    pub fn network(&self) -> NetworkSpec {
        self.network
    }

    /// When the next event is due.
    pub fn next_at(&mut self) -> Option<Time> {
        self.kernel.next_at()
    }

    /// The process with that dense number, as trace entries name it.
    pub fn id_of(&self, node: NodeIndex) -> Option<NodeId> {
        self.nodes.get(node.0 as usize).map(|slot| slot.id)
    }

    /// Whether a process runs; `None` if there is no such process.
    pub fn status(&self, id: NodeId) -> Option<Status> {
        let node = self.index_of(id)?;
        Some(self.nodes[node as usize].status)
    }

    /// How often a process was started.
    pub fn life(&self, id: NodeId) -> u32 {
        self.index_of(id)
            .map_or(0, |node| self.nodes[node as usize].life)
    }

    /// All processes in order of creation, whether or not they run.
    pub fn ids(&self) -> impl Iterator<Item = NodeId> {
        self.nodes.iter().map(|slot| slot.id)
    }

    /// The state machine (or its durable remainder) of a process.
    pub fn process(&self, id: NodeId) -> Option<&P> {
        let node = self.index_of(id)?;
        Some(&self.nodes[node as usize].cell.process)
    }

    /// The timers of a process, in the order of their keys.
    pub fn timers(&self, id: NodeId) -> Vec<(TimerKey, Time)> {
        self.index_of(id).map_or_else(Vec::new, |node| {
            self.nodes[node as usize].cell.timers.iter().collect()
        })
    }

    /// Every message sent and not yet handled, in no particular (but always the
    /// same) order.
    pub fn in_flight(&self) -> impl Iterator<Item = InFlight<'_>> {
        self.kernel.iter().filter_map(|(_, event)| {
            let EventKind::Message(flight) = &event.kind else {
                return None;
            };
            Some(InFlight {
                id: flight.id,
                from: self.nodes[flight.from as usize].id,
                to: self.nodes[event.node as usize].id,
                sent: flight.sent,
                arrival: flight.arrival,
                place: flight.place,
                cause: event.cause,
                message: &flight.message,
            })
        })
    }

    /// The directed links that are not plainly up, or were used.
    pub fn links(&self) -> impl Iterator<Item = LinkView> {
        self.nodes.iter().flat_map(move |slot| {
            let links = slot.cell.links.iter().zip(&self.nodes);
            links.map(move |(link, to)| LinkView {
                from: slot.id,
                to: to.id,
                state: link.state,
                loss_ppm: link.loss_ppm,
                unanswered: link.unanswered,
            })
        })
    }

    /// What a directed link does; up if it was never touched.
    pub fn link_state(&self, from: NodeId, to: NodeId) -> LinkState {
        match (self.index_of(from), self.index_of(to)) {
            (Some(from), Some(to)) => self.link(from, to).state,
            _ => LinkState::Up,
        }
    }
}
