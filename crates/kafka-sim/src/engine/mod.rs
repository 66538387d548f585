//! The engine: virtual time, one queue, processes, the network between them.
//!
//! It knows processes only through [`Process`], so tests and benches run it with
//! toys. What it is not: it knows no Kafka role, no configuration, no disk
//! (`World` does). Invariants:
//! - events are delivered in (time, sequence) order, one at a time, and all
//!   effects of one are drained before the next;
//! - a process's handling takes no virtual time; all delay is on links and timers;
//! - what is queued for a process dies with it.

mod lifecycle;
mod network;
mod view;

use std::collections::VecDeque;
use std::rc::Rc;

use kafka_core::client::ClientCommand;
use kafka_core::node::{Effect, Effects, Input, Message, Prng, TimerKey};
use kafka_core::types::{NodeId, RequestId, Time};
use rand_pcg::Pcg32;

use crate::history::{History, HistoryItem};
use crate::kernel::Kernel;
use crate::net::{Link, NetworkSpec};
use crate::note_kind::NoteKind;
use crate::slab::Key;
use crate::timers::{Armed, Timers};
use crate::trace::{Detail, Entry, EntryKind, NodeIndex, Seq, Trace};

pub use view::{FlightPlace, InFlight};

/// A state machine the engine can run.
pub trait Process: Clone {
    /// Handles one input (see `kafka_core::node`).
    fn handle(&mut self, now: Time, input: Input<'_>, prng: &mut Prng, effects: &mut Effects);

    /// The process ends: only its durable part is left, which handles nothing.
    fn halt(&mut self, now: Time, how: Halt);
}

/// How a process ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Halt {
    /// It ended by itself (a clean stop).
    Clean,
    /// Killed: what it had not flushed stays in the page cache of its machine.
    Crash,
    /// Its machine lost power: what was not flushed is gone.
    PowerLoss,
}

/// Whether a process runs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Status {
    /// It runs.
    Running,
    /// It stands still (a long collection of garbage, SIGSTOP): its connections
    /// stay open, its messages and timers wait.
    Paused,
    /// It does not run.
    Down(Halt),
    /// It was never started.
    New,
}

impl Status {
    /// Whether there is a process (running or paused).
    pub fn is_alive(self) -> bool {
        matches!(self, Status::Running | Status::Paused)
    }
}

/// Number of a message sent, from 0; never reused.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct MessageId(pub u64);

/// A request's number carries the sender's life in its upper bits while it is on
/// the way, so that an answer to an earlier life finds nobody.
const LIFE_SHIFT: u32 = 40;

#[derive(Clone, Debug)]
pub(crate) struct Flight {
    pub id: MessageId,
    pub from: u16,
    pub sent: Time,
    pub arrival: Time,
    pub place: FlightPlace,
    pub message: Rc<Message>,
}

#[derive(Clone, Debug)]
pub(crate) enum EventKind {
    Start,
    Message(Flight),
    Disconnect(NodeId),
    Timer(TimerKey),
    Command(Rc<ClientCommand>),
    Terminate,
}

/// Something queued for a process.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub cause: Seq,
    pub node: u16,
    pub kind: EventKind,
}

/// The part of a process's state that changes when it handles something; shared
/// between snapshots until it does.
#[derive(Clone, Debug)]
pub(crate) struct Cell<P> {
    pub process: P,
    prng: Prng,
    net: Pcg32,
    timers: Timers,
    links: Vec<Link>,
}

#[derive(Clone, Debug)]
pub(crate) struct Slot<P> {
    pub id: NodeId,
    pub status: Status,
    /// How often it was started; 0 = never.
    pub life: u32,
    pub cell: Rc<Cell<P>>,
    /// What became due while it was paused.
    backlog: VecDeque<Key>,
}

/// The engine.
#[derive(Clone, Debug)]
pub struct Engine<P> {
    seed: u64,
    network: NetworkSpec,
    events: u64,
    messages: u64,
    kernel: Kernel<Event>,
    pub(crate) nodes: Vec<Slot<P>>,
    index: Rc<Vec<u16>>,
    trace: Trace,
    history: History,
    last_activity: Time,
    effects: Vec<Effect>,
}

impl<P: Process> Engine<P> {
    /// An empty world.
    pub fn new(seed: u64, network: NetworkSpec) -> Engine<P> {
        Engine {
            seed,
            network,
            events: 0,
            messages: 0,
            kernel: Kernel::default(),
            nodes: Vec::new(),
            index: Rc::new(Vec::new()),
            trace: Trace::default(),
            history: History::default(),
            last_activity: Time::ZERO,
            effects: Vec::new(),
        }
    }

    /// Delivers exactly one event; false if nothing is left to happen.
    pub fn step(&mut self) -> bool {
        self.step_until(Time(u64::MAX))
    }

    /// Delivers the next event if it is due at or before `limit`.
    pub fn step_until(&mut self, limit: Time) -> bool {
        while let Some(key) = self.kernel.next(limit) {
            let Some(event) = self.kernel.get(key) else {
                continue;
            };
            let node = event.node;
            match self.nodes[node as usize].status {
                Status::Running => {
                    if let Some(event) = self.kernel.take(key)
                        && self.deliver(event)
                    {
                        return true;
                    }
                }
                Status::Paused => self.wait_at_door(node, key),
                Status::Down(_) | Status::New => {
                    if let Some(event) = self.kernel.take(key) {
                        self.refuse(event);
                    }
                }
            }
        }
        false
    }

    /// Delivers everything due at or before `until`, then sets the clock to it.
    /// Gives the number of events delivered.
    pub fn run_until(&mut self, until: Time) -> u64 {
        let before = self.events;
        while self.step_until(until) {}
        self.kernel.skip_to(until);
        self.events - before
    }

    /// Sets the clock, at most to the next event's time, never back.
    pub fn skip_to(&mut self, at: Time) {
        self.kernel.skip_to(at);
    }

    /// Runs one handler. False if the event turned out to be nothing (an answer
    /// to an earlier life of the process).
    fn deliver(&mut self, event: Event) -> bool {
        let Event { cause, node, kind } = event;
        if let EventKind::Message(flight) = &kind
            && self.is_stale_response(node, flight)
        {
            return false;
        }
        self.events += 1;
        let seq = self.record_event(node, cause, &kind);
        let mut effects = Effects {
            list: std::mem::take(&mut self.effects),
        };
        if let EventKind::Disconnect(peer) = &kind {
            self.connection_closed(node, *peer);
        }
        let from = match &kind {
            EventKind::Message(flight) => self.nodes[flight.from as usize].id,
            _ => NodeId::default(),
        };
        let now = self.now();
        let cell = Rc::make_mut(&mut self.nodes[node as usize].cell);
        let input = match &kind {
            EventKind::Start => Input::Started,
            EventKind::Disconnect(peer) => Input::Disconnected { peer: *peer },
            EventKind::Timer(key) => {
                cell.timers.remove(*key);
                Input::Timer(*key)
            }
            EventKind::Command(command) => Input::Command(command),
            EventKind::Terminate => Input::Terminate,
            EventKind::Message(flight) => {
                if let Message::Response(..) = *flight.message
                    && let Some(link) = cell.links.get_mut(flight.from as usize)
                {
                    link.unanswered = link.unanswered.saturating_sub(1);
                }
                message_input(from, &flight.message)
            }
        };
        cell.process
            .handle(now, input, &mut cell.prng, &mut effects);
        self.drain(node, seq, &mut effects);
        self.effects = effects.list;
        true
    }

    fn record_event(&mut self, node: u16, cause: Seq, kind: &EventKind) -> Seq {
        let mut entry = self.entry(node, cause, EntryKind::Started);
        let detail = match kind {
            EventKind::Start => Detail::None,
            EventKind::Disconnect(peer) => {
                entry.kind = EntryKind::Disconnected;
                entry.peer = self.index_of(*peer).map_or(NodeIndex::NONE, NodeIndex);
                Detail::None
            }
            EventKind::Timer(key) => {
                entry.kind = EntryKind::Timer;
                Detail::Timer(*key)
            }
            EventKind::Command(command) => {
                entry.kind = EntryKind::Command;
                Detail::Command(Rc::clone(command))
            }
            EventKind::Terminate => {
                entry.kind = EntryKind::Terminate;
                Detail::None
            }
            EventKind::Message(flight) => {
                entry.peer = NodeIndex(flight.from);
                (entry.kind, entry.api) = match &*flight.message {
                    Message::Request(_, request) => (EntryKind::Request, Some(request.api())),
                    Message::Response(_, response) => (EntryKind::Response, Some(response.api())),
                };
                Detail::Message(Rc::clone(&flight.message))
            }
        };
        self.trace.record(entry, detail)
    }

    fn entry(&self, node: u16, cause: Seq, kind: EntryKind) -> Entry {
        Entry {
            at: self.now(),
            cause,
            event: self.events as u32,
            node: NodeIndex(node),
            peer: NodeIndex::NONE,
            kind,
            api: None,
            note: None,
        }
    }

    /// Carries out the effects of one handling.
    fn drain(&mut self, node: u16, seq: Seq, effects: &mut Effects) {
        let mut exit = false;
        for effect in effects.list.drain(..) {
            match effect {
                Effect::Send { to, message } => self.send(node, to, message, seq),
                Effect::SetTimer { key, at } => self.set_timer(node, key, at, seq),
                Effect::CancelTimer(key) => self.cancel_timer(node, key),
                Effect::Note(note) => {
                    let mut entry = self.entry(node, seq, EntryKind::Note);
                    let kind = NoteKind::of(&note);
                    entry.note = Some(kind);
                    if !kind.is_idle_traffic() {
                        self.last_activity = self.now();
                    }
                    self.trace.record(entry, Detail::Note(note));
                }
                Effect::Event(event) => {
                    let entry = self.entry(node, seq, EntryKind::Client);
                    let index = self.history.len() as u32;
                    let seq = self.trace.record(entry, Detail::History(index));
                    self.trace.digest_client_event(&event);
                    self.last_activity = self.now();
                    self.history.push(HistoryItem {
                        seq,
                        at: self.now(),
                        client: self.nodes[node as usize].id,
                        event,
                    });
                }
                Effect::Exit => exit = true,
            }
        }
        if exit {
            let entry = self.entry(node, seq, EntryKind::Exited);
            let seq = self.trace.record(entry, Detail::None);
            self.halt(node, Halt::Clean, seq);
        }
    }

    fn set_timer(&mut self, node: u16, key: TimerKey, due: Time, cause: Seq) {
        let due = due.max(self.now());
        let kind = EventKind::Timer(key);
        let event = self.kernel.push(due, Event { cause, node, kind });
        let cell = Rc::make_mut(&mut self.nodes[node as usize].cell);
        if let Some(old) = cell.timers.set(key, Armed { due, event }) {
            self.kernel.take(old.event);
        }
    }

    fn cancel_timer(&mut self, node: u16, key: TimerKey) {
        let cell = Rc::make_mut(&mut self.nodes[node as usize].cell);
        if let Some(old) = cell.timers.remove(key) {
            self.kernel.take(old.event);
        }
    }
}

/// A message as its receiver sees it: numbers of its own requests come back
/// without the mark of its life.
fn message_input(from: NodeId, message: &Message) -> Input<'_> {
    let mut input = message.input(from);
    if let Input::Response { id, .. } = &mut input {
        *id = RequestId(id.0 & ((1 << LIFE_SHIFT) - 1));
    }
    input
}
