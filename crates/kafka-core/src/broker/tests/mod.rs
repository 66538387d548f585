//! Brokers on a bench: a scripted controller, a 1 ms network, virtual time.
//!
//! The controller here only keeps a log and does what a test or a broker asks; the
//! real one has its own tests.

mod checkpoints;
mod configs;
mod controller;
mod groups;
mod lifecycle;
mod log_access;
mod log_dirs;
mod moves;
mod produce;
mod replication;
mod transactions;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::{Broker, BrokerDisk, Partition};
use crate::config::{BrokerConfig, QuorumConfig};
use crate::node::{Effect, Effects, Input, Message, Prng, TimerKey};
use crate::note::Note;
use crate::protocol::{
    Acks, DeleteRecordsRequest, ProduceRequest, ProduceResponse, Request, Response,
};
use crate::record::{BatchBody, BatchKind, Record};
use crate::types::{
    Duration, NodeId, Offset, ProducerEpoch, ProducerId, RequestId, Sequence, Time, TopicPartition,
};
use controller::StubController;

const CONTROLLER: NodeId = NodeId(100);
const CLIENT: NodeId = NodeId(10_000);

enum Event {
    Message(NodeId, NodeId, Rc<Message>),
    Disconnected(NodeId, NodeId),
    Timer(NodeId, TimerKey),
}

/// The bench.
struct Bench {
    now: Time,
    seq: u64,
    events: BTreeMap<(Time, u64), Event>,
    timers: BTreeMap<(NodeId, TimerKey), (Time, u64)>,
    running: BTreeMap<NodeId, (Broker, Prng)>,
    disks: BTreeMap<NodeId, BrokerDisk>,
    controller: StubController,
    notes: Vec<(NodeId, Note)>,
    answers: BTreeMap<RequestId, Response>,
    sent: Vec<(NodeId, NodeId, Rc<Message>)>,
    cut: BTreeSet<(NodeId, NodeId)>,
    configure: fn(&mut BrokerConfig),
    next_request: u64,
}

impl Bench {
    /// `count` running and unfenced brokers, numbered from 1.
    fn new(count: u32) -> Bench {
        Bench::configured(count, |_| {})
    }

    fn configured(count: u32, configure: fn(&mut BrokerConfig)) -> Bench {
        let mut bench = Bench {
            now: Time::ZERO,
            seq: 0,
            events: BTreeMap::new(),
            timers: BTreeMap::new(),
            running: BTreeMap::new(),
            disks: BTreeMap::new(),
            controller: StubController::default(),
            notes: Vec::new(),
            answers: BTreeMap::new(),
            sent: Vec::new(),
            cut: BTreeSet::new(),
            configure,
            next_request: 0,
        };
        for id in 1..=count {
            bench.start(NodeId(id));
        }
        bench.run_ms(3_000);
        bench
    }

    fn start(&mut self, id: NodeId) {
        let mut config = BrokerConfig {
            node: id,
            quorum: QuorumConfig {
                voters: vec![CONTROLLER],
                ..QuorumConfig::default()
            },
            ..BrokerConfig::default()
        };
        (self.configure)(&mut config);
        let disk = self.disks.remove(&id).unwrap_or_default();
        let prng = Prng::new(7, NodeId(id.0 + self.seq as u32));
        self.running.insert(id, (Broker::new(config, disk), prng));
        self.input(id, Input::Started);
    }

    /// kill -9.
    fn kill(&mut self, id: NodeId) {
        if let Some((broker, _)) = self.running.remove(&id) {
            let disk = broker.into_disk(self.now);
            self.disks.insert(id, disk);
        }
        self.timers.retain(|(node, _), _| *node != id);
        let others: Vec<NodeId> = self.running.keys().copied().collect();
        for other in others {
            self.push(Duration::from_ms(1), Event::Disconnected(other, id));
        }
    }

    fn broker(&self, id: u32) -> &Broker {
        &self.running[&NodeId(id)].0
    }

    fn partition(&self, id: u32, partition: TopicPartition) -> &Partition {
        let broker = self.broker(id);
        broker.partition(partition).expect("a replica is there")
    }

    fn log_end(&self, id: u32, partition: TopicPartition) -> i64 {
        self.partition(id, partition).log.log_end_offset().0
    }

    fn high_watermark(&self, id: u32, partition: TopicPartition) -> i64 {
        self.partition(id, partition).log.high_watermark().0
    }

    fn push(&mut self, after: Duration, event: Event) {
        self.seq += 1;
        self.events.insert((self.now + after, self.seq), event);
    }

    fn input(&mut self, id: NodeId, input: Input<'_>) {
        let mut fx = Effects::default();
        if let Some((broker, prng)) = self.running.get_mut(&id) {
            broker.handle(self.now, input, prng, &mut fx);
        }
        self.apply(id, fx);
    }

    fn apply(&mut self, id: NodeId, fx: Effects) {
        for effect in fx.list {
            match effect {
                Effect::Send { to, message } => self.send(id, to, message),
                Effect::SetTimer { key, at } => {
                    self.cancel(id, key);
                    self.seq += 1;
                    let slot = (at.max(self.now), self.seq);
                    self.timers.insert((id, key), slot);
                    self.events.insert(slot, Event::Timer(id, key));
                }
                Effect::CancelTimer(key) => self.cancel(id, key),
                Effect::Note(note) => self.notes.push((id, note)),
                Effect::Event(_) => {}
                Effect::Exit => self.kill(id),
            }
        }
    }

    fn cancel(&mut self, id: NodeId, key: TimerKey) {
        if let Some(slot) = self.timers.remove(&(id, key)) {
            self.events.remove(&slot);
        }
    }

    fn send(&mut self, from: NodeId, to: NodeId, message: Rc<Message>) {
        self.sent.push((from, to, Rc::clone(&message)));
        if !self.cut.contains(&(from, to)) {
            self.push(Duration::from_ms(1), Event::Message(from, to, message));
        }
    }

    fn run_ms(&mut self, ms: u64) {
        self.run_until(self.now + Duration::from_ms(ms));
    }

    fn run_until(&mut self, end: Time) {
        while let Some((&(at, seq), _)) = self.events.first_key_value() {
            if at > end {
                break;
            }
            let event = self.events.remove(&(at, seq));
            self.now = at;
            match event {
                Some(Event::Message(from, to, message)) => self.deliver(from, to, &message),
                Some(Event::Disconnected(to, peer)) => {
                    self.input(to, Input::Disconnected { peer });
                }
                Some(Event::Timer(id, key)) => {
                    self.timers.remove(&(id, key));
                    self.input(id, Input::Timer(key));
                }
                None => {}
            }
        }
        self.now = end;
    }

    fn deliver(&mut self, from: NodeId, to: NodeId, message: &Message) {
        if to == CONTROLLER {
            if let Message::Request(id, request) = message {
                let answers = self.controller.handle(from, *id, request);
                self.apply(CONTROLLER, answers);
            }
        } else if to == CLIENT {
            if let Message::Response(id, response) = message {
                self.answers.insert(*id, response.clone());
            }
        } else if self.running.contains_key(&to) {
            self.input(to, message.input(from));
        } else if self.running.contains_key(&from) {
            self.push(Duration::from_ms(1), Event::Disconnected(from, to));
        }
    }

    /// Lets the controller append records, and all brokers hear of it.
    fn append(&mut self, records: Vec<crate::metadata::MetadataRecord>) {
        let fx = self.controller.append(records);
        self.apply(CONTROLLER, fx);
    }

    /// A client's request; the answer is found under the returned number.
    fn ask(&mut self, to: u32, request: Request) -> RequestId {
        self.next_request += 1;
        let id = RequestId(self.next_request);
        let message = Rc::new(Message::Request(id, request));
        self.send(CLIENT, NodeId(to), message);
        id
    }

    /// A client's request and its answer within `ms`.
    fn ask_for(&mut self, to: u32, request: Request, ms: u64) -> Option<Response> {
        let id = self.ask(to, request);
        self.run_ms(ms);
        self.answers.remove(&id)
    }

    /// An administrator deletes the records before that offset; waits 10 ms.
    fn delete(&mut self, at: u32, partition: TopicPartition, to: i64) {
        let request = DeleteRecordsRequest {
            partitions: vec![(partition, Offset(to))],
            timeout_ms: 5_000,
        };
        self.ask_for(at, Request::DeleteRecords(request), 10);
    }

    fn produce(
        &mut self,
        to: u32,
        partition: TopicPartition,
        acks: Acks,
        body: Rc<BatchBody>,
        ms: u64,
    ) -> Option<ProduceResponse> {
        let request = ProduceRequest {
            transaction_version: 2,
            acks,
            timeout_ms: 1_500,
            transactional_id: None,
            batches: vec![(partition, body)],
        };
        match self.ask_for(to, Request::Produce(request), ms) {
            Some(Response::Produce(response)) => Some(response),
            _ => None,
        }
    }

    fn count_sent(&self, from: u32, wanted: impl Fn(&Message) -> bool) -> usize {
        let sent = self.sent.iter();
        sent.filter(|(sender, _, message)| *sender == NodeId(from) && wanted(message))
            .count()
    }
}

/// `count` records without idempotence.
fn plain(count: u32) -> Rc<BatchBody> {
    batch(ProducerId::NONE, Sequence::NONE, count)
}

fn batch(producer: ProducerId, sequence: Sequence, count: u32) -> Rc<BatchBody> {
    let epoch = if producer == ProducerId::NONE {
        ProducerEpoch::NONE
    } else {
        ProducerEpoch(0)
    };
    let records = vec![Record::default(); count as usize];
    let body = BatchBody::new(BatchKind::Data, producer, epoch, sequence, records);
    Rc::new(body)
}

fn offsets(response: &ProduceResponse) -> Vec<Offset> {
    let partitions = response.partitions.iter();
    partitions.map(|partition| partition.base_offset).collect()
}
