//! One state of a search: the processes, what is under way between them, and what the
//! checks remember.
//!
//! Not here: what may happen next (`moves`). Invariant: after every input of a process
//! the checks have seen the input and every fact the process stated.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::{self, Write};
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use kafka_check::{Checker, Processes, Step, Violation};
use kafka_core::client::ClientEvent;
use kafka_core::error::ErrorCode;
use kafka_core::node::{Effect, Effects, Input, Message, Prng, TimerKey};
use kafka_core::protocol::{ProduceResponse, Request, Response};
use kafka_core::types::{Duration, NodeId, Offset, RequestId, Time};
use kafka_sim::digest::Digest;
use kafka_sim::engine::Process;
use kafka_sim::{Detail, EntryKind, HistoryItem, KafkaProcess, NodeConfig, Seq};

use crate::plan::{Budget, CONTROLLER, PRODUCER};

/// The moment at which the clock stands.
pub(crate) const NOW: Time = Time(1_000_000);
/// What is due later than this never happens.
const SOON: Time = Time(NOW.0 + 100_000);
/// Nothing has a place in a trace.
const SEQ: Seq = Seq(0);

/// A process and its randomness.
#[derive(Clone, Debug)]
struct Node {
    process: KafkaProcess,
    prng: Prng,
    hash: u64,
}

/// A message under way.
#[derive(Clone, Debug)]
pub(crate) struct Flying {
    pub(crate) message: Rc<Message>,
    hash: u64,
}

/// What happens to a process.
#[derive(Debug)]
pub(crate) enum Event {
    Started,
    Message(NodeId, Rc<Message>),
    Disconnected(NodeId),
    Timer(TimerKey, Time),
}

/// A state.
#[derive(Clone, Debug)]
pub(crate) struct State {
    settings: Rc<BTreeMap<NodeId, NodeConfig>>,
    nodes: BTreeMap<NodeId, Rc<Node>>,
    /// First message first.
    pub(crate) links: BTreeMap<(NodeId, NodeId), Vec<Flying>>,
    /// The metadata fetch that each broker has under way.
    pub(crate) asked: BTreeMap<NodeId, RequestId>,
    pub(crate) retries: BTreeSet<(NodeId, TimerKey)>,
    pub(crate) left: Budget,
    /// Records the producer has sent.
    pub(crate) sent: u32,
    /// The last record was refused.
    pub(crate) refused: bool,
    /// How much of the metadata log is in the number, and the number.
    metadata: (Offset, u64),
    checker: Checker,
    pub(crate) found: Option<Violation>,
}

impl Processes for State {
    fn nodes(&self) -> Vec<NodeId> {
        self.nodes.keys().copied().collect()
    }

    fn process(&self, node: NodeId) -> Option<&KafkaProcess> {
        self.nodes.get(&node).map(|node| &node.process)
    }

    fn settings(&self, node: NodeId) -> Option<&NodeConfig> {
        self.settings.get(&node)
    }
}

impl State {
    /// Processes that have not started.
    pub(crate) fn new(settings: Vec<(NodeId, NodeConfig)>, left: Budget) -> State {
        let servers = settings.iter().filter(|(_, it)| !it.role().is_client());
        let nodes = servers.map(|(id, _)| {
            let node = Node {
                process: KafkaProcess::Absent,
                prng: Prng::new(1, *id),
                hash: 0,
            };
            (*id, Rc::new(node))
        });
        State {
            nodes: nodes.collect(),
            settings: Rc::new(settings.into_iter().collect()),
            links: BTreeMap::new(),
            asked: BTreeMap::new(),
            retries: BTreeSet::new(),
            left,
            sent: 0,
            refused: false,
            metadata: (Offset::ZERO, 0),
            checker: Checker::default(),
            found: None,
        }
    }

    pub(crate) fn broker(&self, node: NodeId) -> Option<&kafka_core::broker::Broker> {
        match self.process(node)? {
            KafkaProcess::Broker(broker) => Some(broker),
            _ => None,
        }
    }

    pub(crate) fn controller(&self) -> Option<&kafka_core::controller::Controller> {
        match self.process(CONTROLLER)? {
            KafkaProcess::Controller(controller) => Some(controller),
            _ => None,
        }
    }

    /// Starts a process on what is left of its last life.
    pub(crate) fn start(&mut self, id: NodeId) {
        let settings = Rc::clone(&self.settings);
        if let (Some(node), Some(config)) = (self.nodes.get_mut(&id), settings.get(&id)) {
            let node = Rc::make_mut(node);
            let left = std::mem::take(&mut node.process);
            node.process = KafkaProcess::start(id, config, left);
        }
        self.happen(id, Event::Started);
    }

    /// A process ends; who is connected to it notices.
    pub(crate) fn halt(&mut self, id: NodeId, how: kafka_sim::engine::Halt) {
        if let Some(node) = self.nodes.get_mut(&id) {
            let node = Rc::make_mut(node);
            node.process.halt(NOW, how);
            node.hash = hash_process(&node.process);
        }
        self.links.retain(|(from, to), _| *from != id && *to != id);
        self.asked.remove(&id);
        self.retries.retain(|(node, _)| *node != id);
        self.check(id, None, EntryKind::Action, Detail::None, &[]);
        for peer in self.nodes() {
            if self.broker(peer).is_some() {
                self.happen(peer, Event::Disconnected(id));
            }
        }
    }

    /// Something happens to a process, and what follows from it at once: a quorum of one
    /// commits, brokers hear the answers to registrations and heartbeats, and who sends to
    /// a process that does not run is told so.
    pub(crate) fn happen(&mut self, node: NodeId, event: Event) {
        let mut due = VecDeque::from([(node, event)]);
        while let Some((node, event)) = due.pop_front() {
            let effects = self.handle(node, event);
            for effect in effects {
                self.dispatch(node, effect, &mut due);
            }
        }
    }

    fn handle(&mut self, id: NodeId, event: Event) -> Vec<Effect> {
        let Some(node) = self.nodes.get_mut(&id) else {
            return Vec::new();
        };
        let node = Rc::make_mut(node);
        let mut fx = Effects::default();
        let (input, now) = match &event {
            Event::Started => (Input::Started, NOW),
            Event::Disconnected(peer) => (Input::Disconnected { peer: *peer }, NOW),
            Event::Timer(key, at) => (Input::Timer(*key), *at),
            Event::Message(from, message) => (message.input(*from), NOW),
        };
        node.process.handle(now, input, &mut node.prng, &mut fx);
        node.hash = hash_process(&node.process);
        let (peer, kind, detail) = match event {
            Event::Started => (None, EntryKind::Started, Detail::None),
            Event::Disconnected(peer) => (Some(peer), EntryKind::Disconnected, Detail::None),
            Event::Timer(key, _) => (None, EntryKind::Timer, Detail::Timer(key)),
            Event::Message(from, message) => {
                let kind = match *message {
                    Message::Request(..) => EntryKind::Request,
                    Message::Response(..) => EntryKind::Response,
                };
                (Some(from), kind, Detail::Message(message))
            }
        };
        if id == CONTROLLER {
            self.hash_metadata();
        }
        self.check(id, peer, kind, detail, &fx.list);
        fx.list
    }

    /// The checks look at an input and at the facts that were stated.
    fn check(
        &mut self,
        node: NodeId,
        peer: Option<NodeId>,
        kind: EntryKind,
        detail: Detail,
        effects: &[Effect],
    ) {
        let mut checker = std::mem::take(&mut self.checker);
        let mut step = Step {
            seq: SEQ,
            node,
            peer,
            kind,
            detail: &detail,
        };
        checker.on_step(self, &step);
        for effect in effects {
            if let Effect::Note(note) = effect {
                let detail = Detail::Note(note.clone());
                step.kind = EntryKind::Note;
                checker.on_step(
                    self,
                    &Step {
                        detail: &detail,
                        ..step
                    },
                );
            }
        }
        let found = checker.take_violated();
        self.checker = checker;
        self.found = self.found.take().or(found);
    }

    /// The producer's application sees something.
    pub(crate) fn see(&mut self, event: ClientEvent) {
        let mut checker = std::mem::take(&mut self.checker);
        let item = HistoryItem {
            seq: SEQ,
            at: NOW,
            client: PRODUCER,
            event,
        };
        checker.on_item(self, &item);
        let found = checker.take_violated();
        self.checker = checker;
        self.found = self.found.take().or(found);
    }

    fn dispatch(&mut self, node: NodeId, effect: Effect, due: &mut VecDeque<(NodeId, Event)>) {
        match effect {
            Effect::Send { to, message } => self.send(node, to, message, due),
            Effect::SetTimer { key, at } => match key {
                TimerKey::RaftAppendLinger | TimerKey::LogRecovery => {
                    due.push_back((node, Event::Timer(key, NOW)));
                }
                TimerKey::ReplicaFetch(_) | TimerKey::AlterPartitionRetry if at <= SOON => {
                    self.retries.insert((node, key));
                }
                _ => {}
            },
            Effect::CancelTimer(key) => {
                self.retries.remove(&(node, key));
            }
            Effect::Note(_) | Effect::Event(_) | Effect::Exit => {}
        }
    }

    fn send(
        &mut self,
        from: NodeId,
        to: NodeId,
        message: Rc<Message>,
        due: &mut VecDeque<(NodeId, Event)>,
    ) {
        match &*message {
            Message::Request(id, Request::QuorumFetch(_)) => {
                self.asked.insert(from, *id);
            }
            Message::Request(_, Request::BrokerRegistration(_) | Request::BrokerHeartbeat(_))
            | Message::Response(
                _,
                Response::BrokerRegistration(_) | Response::BrokerHeartbeat(_),
            ) => {
                due.push_back((to, Event::Message(from, message)));
            }
            Message::Response(id, Response::Produce(response)) => self.answered(*id, response),
            _ if to == PRODUCER => {}
            _ if matches!(self.process(to), Some(KafkaProcess::BrokerDisk(_))) => {
                due.push_back((from, Event::Disconnected(to)));
            }
            _ => {
                let hash = hash_message(&message);
                let link = self.links.entry((from, to)).or_default();
                link.push(Flying { message, hash });
            }
        }
    }

    /// The producer hears what became of a record.
    fn answered(&mut self, id: RequestId, response: &ProduceResponse) {
        for answer in &response.partitions {
            if answer.error == ErrorCode::None {
                self.see(ClientEvent::Acked {
                    tag: id.0,
                    partition: answer.partition,
                    offset: answer.base_offset,
                });
            } else {
                self.refused = true;
            }
        }
    }

    /// The metadata log as one number; what is new goes on top of what was there.
    fn hash_metadata(&mut self) {
        let (from, before) = self.metadata;
        let mut digest = Digest::default();
        digest.word(before);
        let Some(controller) = self.controller() else {
            return;
        };
        let log = &controller.disk().raft.log;
        for batch in log.read_from(from) {
            hash_text(&mut digest, &batch.records);
        }
        let end = log.end_offset();
        if end > from {
            self.metadata = (end, digest.value());
        }
    }

    /// The state as one number: two states with one number go on alike.
    pub(crate) fn fingerprint(&self) -> u64 {
        let mut digest = Digest::default();
        for (id, node) in &self.nodes {
            (id, node.hash).hash(&mut digest);
        }
        for (ends, messages) in &self.links {
            (ends, messages.len()).hash(&mut digest);
            for flying in messages {
                digest.word(flying.hash);
            }
        }
        (&self.retries, self.left, self.sent).hash(&mut digest);
        self.metadata.hash(&mut digest);
        self.checker.hash_state(&mut digest);
        digest.value()
    }
}

fn hash_process(process: &KafkaProcess) -> u64 {
    let mut digest = Digest::default();
    match process {
        KafkaProcess::Broker(broker) => {
            digest.word(1);
            broker.hash_state(&mut digest);
        }
        KafkaProcess::BrokerDisk(disk) => {
            digest.word(2);
            disk.hash_state(&mut digest);
        }
        // The controller is its metadata log.
        _ => {}
    }
    digest.value()
}

/// A message without its number. A fetch's place in its session is a name too.
fn hash_message(message: &Message) -> u64 {
    let mut digest = Digest::default();
    match message {
        Message::Request(_, Request::Fetch(fetch)) => {
            let mut fetch = fetch.clone();
            fetch.session_epoch = fetch.session_epoch.min(1);
            hash_text(&mut digest, &fetch);
        }
        Message::Request(_, request) => hash_text(&mut digest, request),
        Message::Response(_, response) => hash_text(&mut digest, response),
    }
    digest.value()
}

/// Takes in a value as its debugging text, which names every field.
fn hash_text(digest: &mut Digest, value: &dyn fmt::Debug) {
    struct Text<'a>(&'a mut Digest);
    impl fmt::Write for Text<'_> {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0.write(text.as_bytes());
            Ok(())
        }
    }
    // Writing to a digest cannot fail.
    let _ = write!(Text(digest), "{value:?}");
}

/// A little later than the clock shows: fetches that wait end.
pub(crate) fn after(milliseconds: u32) -> Time {
    NOW + Duration::from_ms(milliseconds.into())
}
