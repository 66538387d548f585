//! Birth, pause and end of processes.

use std::collections::VecDeque;
use std::rc::Rc;

use kafka_core::client::ClientCommand;
use kafka_core::node::{Prng, mix};
use kafka_core::types::NodeId;
use rand_pcg::Pcg32;

use super::{Cell, Engine, Event, EventKind, FlightPlace, Halt, Process, Slot, Status};
use crate::slab::Key;
use crate::timers::Timers;
use crate::trace::{Detail, EntryKind, NodeIndex, Seq};

/// No index: the table's mark for ids without a process.
const NOBODY: u16 = u16::MAX;

impl<P: Process> Engine<P> {
    /// Adds a process that does not run yet; `None` if the id is taken or the
    /// world is full (65534 processes).
    pub fn add(&mut self, id: NodeId, process: P) -> Option<u16> {
        if self.index_of(id).is_some() || self.nodes.len() >= NOBODY as usize - 1 {
            return None;
        }
        let node = self.nodes.len() as u16;
        let table = Rc::make_mut(&mut self.index);
        if table.len() <= id.0 as usize {
            table.resize(id.0 as usize + 1, NOBODY);
        }
        table[id.0 as usize] = node;
        let stream = mix(self.seed ^ mix(u64::from(id.0) | 1 << 40));
        self.nodes.push(Slot {
            id,
            status: Status::New,
            life: 0,
            cell: Rc::new(Cell {
                process,
                prng: Prng::new(self.seed, id),
                net: Pcg32::new(stream, u64::from(id.0)),
                timers: Timers::default(),
                links: Vec::new(),
            }),
            backlog: VecDeque::new(),
        });
        Some(node)
    }

    /// Dense number of a process.
    #[inline]
    pub(crate) fn index_of(&self, id: NodeId) -> Option<u16> {
        let node = *self.index.get(id.0 as usize)?;
        (node != NOBODY).then_some(node)
    }

    /// Starts a process that does not run; it is told as the next event.
    pub fn start(&mut self, node: u16, process: P, cause: Seq) {
        let slot = &mut self.nodes[node as usize];
        slot.status = Status::Running;
        slot.life += 1;
        Rc::make_mut(&mut slot.cell).process = process;
        self.enqueue_now(node, cause, EventKind::Start);
    }

    /// Takes the remains of a process that does not run, for its next life.
    pub(crate) fn take_process(&mut self, node: u16) -> P
    where
        P: Default,
    {
        let slot = &mut self.nodes[node as usize];
        std::mem::take(&mut Rc::make_mut(&mut slot.cell).process)
    }

    /// A process, or what is left of it, whose surroundings change.
    pub(crate) fn process_mut(&mut self, node: u16) -> &mut P {
        let slot = &mut self.nodes[node as usize];
        &mut Rc::make_mut(&mut slot.cell).process
    }

    /// Records something that comes from outside.
    pub(crate) fn record_outside(
        &mut self,
        node: NodeIndex,
        kind: EntryKind,
        what: &impl std::fmt::Debug,
    ) -> Seq {
        let mut entry = self.entry(0, Seq::NONE, kind);
        entry.node = node;
        self.last_activity = self.now();
        self.trace.digest_text(&format!("{what:?}"));
        self.trace.record(entry, Detail::None)
    }

    /// Asks a process to stop.
    pub fn terminate(&mut self, node: u16, cause: Seq) {
        self.enqueue_now(node, cause, EventKind::Terminate);
    }

    /// Hands a client a command of its application.
    pub fn command(&mut self, node: u16, command: Rc<ClientCommand>, cause: Seq) {
        self.enqueue_now(node, cause, EventKind::Command(command));
    }

    fn enqueue_now(&mut self, node: u16, cause: Seq, kind: EventKind) {
        let now = self.now();
        self.kernel.push(now, Event { cause, node, kind });
    }

    /// Ends a process. Everything queued for it is dropped, its timers die, and
    /// each live peer that has a connection to it is told once that it broke, one
    /// latency later.
    pub fn halt(&mut self, node: u16, how: Halt, cause: Seq) {
        let to_it = self.kernel.iter().filter(|(_, event)| event.node == node);
        let gone: Vec<Key> = to_it.map(|(key, _)| key).collect();
        for key in gone {
            self.kernel.take(key);
        }
        let now = self.now();
        let slot = &mut self.nodes[node as usize];
        slot.status = Status::Down(how);
        slot.backlog.clear();
        let cell = Rc::make_mut(&mut slot.cell);
        cell.timers.clear();
        for link in &mut cell.links {
            link.unanswered = 0;
            link.open = false;
            link.reset_pending = false;
        }
        cell.process.halt(now, how);
        for peer in 0..self.nodes.len() as u16 {
            let slot = &self.nodes[peer as usize];
            if peer != node && slot.status.is_alive() && self.link(peer, node).open {
                self.reset_connection(peer, node, cause);
            }
        }
    }

    /// Stops the clock of a process: what becomes due waits.
    pub fn pause(&mut self, node: u16) {
        self.nodes[node as usize].status = Status::Paused;
    }

    /// Lets it go on: what waited is delivered now, in the order it became due.
    pub fn resume(&mut self, node: u16) {
        let slot = &mut self.nodes[node as usize];
        slot.status = Status::Running;
        let backlog = std::mem::take(&mut slot.backlog);
        let now = self.now();
        for key in backlog {
            if let Some(event) = self.kernel.get_mut(key) {
                if let EventKind::Message(flight) = &mut event.kind {
                    flight.place = FlightPlace::Flying;
                }
                self.kernel.requeue(now, key);
            }
        }
    }

    /// A due event of a paused process joins those that wait.
    pub(super) fn wait_at_door(&mut self, node: u16, key: Key) {
        if let Some(event) = self.kernel.get_mut(key)
            && let EventKind::Message(flight) = &mut event.kind
        {
            flight.place = FlightPlace::AtDoor;
        }
        self.nodes[node as usize].backlog.push_back(key);
    }
}
