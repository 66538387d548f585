//! The producer process: Kafka's `KafkaProducer` with its accumulator and sender
//! (section 5), and the small application that uses it.
//!
//! Invariant: every record given to `send` ends with
//! exactly one `Acked` or `SendFailed`, unless the process dies.

mod accumulator;
mod answers;
mod append;
mod application;
mod batch;
mod calls;
mod coordinating;
mod load;
mod sender;
mod session;
mod transaction;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use self::accumulator::{Accumulator, Slot, SlotSet};
use self::application::Action;
pub use self::calls::TransactionCall;
use self::load::RunningLoad;
use self::transaction::{Ask, TransactionManager};
pub use self::transaction::{OffsetsToSend, TransactionState};
use super::network::{Broken, ConnId, Network};
use super::refresh::Refresh;
use super::{ClientCommand, ClientFailure};
use crate::config::ProducerConfig;
use crate::error::ErrorCode;
use crate::java_random::NextInt;
use crate::node::{Effects, Input, Prng, Stream, TimerKey};
use crate::protocol::Acks;
use crate::types::{Duration, Name, NodeId, ProducerEpoch, ProducerId, Sequence, Time};

/// A batch waits for its back-off.
const BATCH_RETRY: TimerKey = TimerKey::Retry(1);

/// What an unanswered request of a producer is for.
#[derive(Clone, Debug)]
enum Purpose {
    /// Batches, by partition and batch number.
    Produce(Vec<(Slot, u64)>),
    /// A producer session.
    InitProducerId,
    /// A question to a coordinator.
    Transaction(Ask),
}

/// How many records took which way.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ProducerCounts {
    /// `send` was called.
    pub sent: u64,
    /// Acknowledged.
    pub acked: u64,
    /// Failed.
    pub failed: u64,
    /// Batches sent again.
    pub retries: u64,
}

/// What a producer holds of one partition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProducerPartition {
    /// Topic.
    pub topic: Name,
    /// Partition.
    pub partition: u32,
    /// Batches not on the wire.
    pub waiting_batches: u32,
    /// Their records.
    pub waiting_records: u32,
    /// Batches sent and not answered.
    pub in_flight_batches: u32,
    /// Their records.
    pub in_flight_records: u32,
    /// Sequence of the next new batch (PRO-13).
    pub next_sequence: Sequence,
}

/// A producer process.
#[derive(Clone, Debug)]
pub struct Producer {
    config: ProducerConfig,
    node: NodeId,
    net: Network<Purpose>,
    acc: Accumulator,
    idempotent: bool,
    /// With a transactional id (TXN-13).
    txn: Option<Box<TransactionManager>>,
    session: (ProducerId, ProducerEpoch),
    /// The broker drawn for InitProducerId.
    session_target: Option<ConnId>,
    session_asked: bool,
    session_retry_at: Time,
    session_attempts: u32,
    /// Partitions whose sequences must begin anew in the next epoch.
    bump: BTreeSet<Slot>,
    unresolved: BTreeSet<Slot>,
    /// Partitions that may have something to send.
    ready: SlotSet,
    /// When lingers end, oldest first; the first one has a timer.
    lingering: VecDeque<(Time, Slot)>,
    drained_last: BTreeMap<NodeId, Slot>,
    /// Reused by `drain`: leader and partition.
    scratch: Vec<(NodeId, Slot)>,
    seen_version: Option<u32>,
    delivery_armed: Option<Time>,
    retry_armed: Option<Time>,
    // The application.
    actions: VecDeque<Action>,
    loads: Vec<Option<RunningLoad>>,
    blocked_since: Option<Time>,
    memory_exhausted: bool,
    flush_mark: Option<u64>,
    /// What the newest metadata says of topics that cannot be written to.
    topic_errors: BTreeMap<Name, ErrorCode>,
    last_tag: u64,
    /// The application has named a partition for some record.
    names_partitions: bool,
    closing: bool,
    closed: bool,
    counts: ProducerCounts,
}

/// The sticky partitioner's draws.
struct Draw<'a>(&'a mut Prng);

impl NextInt for Draw<'_> {
    fn next_int(&mut self, bound: i32) -> i32 {
        self.0.below(Stream::Partitioner, bound.unsigned_abs()) as i32
    }
}

impl Producer {
    /// A producer that has not connected yet. Conflicting `acks` or `retries`
    /// switch idempotence off, as Kafka does when it was not asked for (PRO-12).
    pub fn new(config: ProducerConfig, node: NodeId) -> Producer {
        let refresh = Refresh::for_producer(&config.client);
        Producer {
            net: Network::new(config.client.clone(), config.max_in_flight, refresh),
            idempotent: config.idempotence && config.acks == Acks::All && config.retries > 0,
            txn: config
                .transactional_id
                .clone()
                .map(|id| Box::new(TransactionManager::new(id))),
            config,
            node,
            acc: Accumulator::default(),
            session: (ProducerId::NONE, ProducerEpoch::NONE),
            session_target: None,
            session_asked: false,
            session_retry_at: Time::ZERO,
            session_attempts: 0,
            bump: BTreeSet::new(),
            unresolved: BTreeSet::new(),
            ready: SlotSet::default(),
            lingering: VecDeque::new(),
            drained_last: BTreeMap::new(),
            scratch: Vec::new(),
            seen_version: None,
            delivery_armed: None,
            retry_armed: None,
            actions: VecDeque::new(),
            loads: Vec::new(),
            blocked_since: None,
            memory_exhausted: false,
            flush_mark: None,
            topic_errors: BTreeMap::new(),
            last_tag: 0,
            names_partitions: false,
            closing: false,
            closed: false,
            counts: ProducerCounts::default(),
        }
    }

    /// This process.
    pub fn node(&self) -> NodeId {
        self.node
    }

    /// Its settings.
    pub fn config(&self) -> &ProducerConfig {
        &self.config
    }

    /// Records so far.
    pub fn counts(&self) -> ProducerCounts {
        self.counts
    }

    /// Its session, if it has one (PRO-13).
    pub fn session(&self) -> Option<(ProducerId, ProducerEpoch)> {
        (self.session.0 != ProducerId::NONE).then_some(self.session)
    }

    /// Where its transaction stands, if it has a transactional id (TXN-13).
    pub fn transaction_state(&self) -> Option<TransactionState> {
        self.txn.as_ref().map(|txn| txn.state)
    }

    /// Whether a call of `send` blocks.
    pub fn is_blocked(&self) -> bool {
        self.blocked_since.is_some()
    }

    /// Whether the application has named a partition for some record, instead of leaving
    /// that to keys and the partitioner.
    pub fn names_partitions(&self) -> bool {
        self.names_partitions
    }

    /// Whether a load runs.
    pub fn has_load(&self) -> bool {
        self.loads.iter().any(Option::is_some)
    }

    /// What it holds of each partition it has used.
    pub fn partitions(&self) -> impl Iterator<Item = ProducerPartition> + '_ {
        self.acc.partitions.iter().map(|queue| ProducerPartition {
            topic: self.acc.topics[queue.topic as usize].name.clone(),
            partition: queue.partition,
            waiting_batches: queue.waiting.len() as u32,
            waiting_records: queue.waiting.iter().map(|b| b.count()).sum(),
            in_flight_batches: queue.in_flight.len() as u32,
            in_flight_records: queue.in_flight.iter().map(|b| b.count()).sum(),
            next_sequence: queue.next_sequence,
        })
    }

    /// Takes one input.
    pub fn handle(&mut self, now: Time, input: Input<'_>, prng: &mut Prng, fx: &mut Effects) {
        if self.closed {
            return;
        }
        match input {
            Input::Command(command) => self.command(command, now, fx),
            Input::Terminate => self.close(fx),
            Input::Response { from, id, response } => {
                let arrival = self.net.answered(from, id, response, now, prng, fx);
                self.arrived(arrival, response, now, prng, fx);
            }
            Input::Disconnected { peer } => {
                let broken = self.net.disconnected(peer, now, prng, fx);
                self.broken(broken, now, prng, fx);
            }
            Input::Timer(key) => self.timer(key, now, prng, fx),
            Input::Started => self.started(now, prng, fx),
            Input::Request { .. } => {}
        }
        self.pump(now, prng, fx);
    }

    /// Draws the broker for the session first, then lets the metadata update draw
    /// its own, as Kafka's sender thread does: usually two connections.
    fn started(&mut self, now: Time, prng: &mut Prng, fx: &mut Effects) {
        if self.idempotent {
            self.session_target = self.net.least_loaded(now, prng);
        }
        self.net.poll(now, prng, fx);
    }

    fn command(&mut self, command: &ClientCommand, now: Time, fx: &mut Effects) {
        match command {
            ClientCommand::Send(record, tag) => self.command_send(record, *tag, now),
            ClientCommand::Flush => self.actions.push_back(Action::Flush),
            ClientCommand::Transaction(call) => self.command_transaction(*call, None),
            // What a person calls "commit" is of a producer its transaction.
            ClientCommand::Commit(_) => self.command_transaction(TransactionCall::Commit, None),
            ClientCommand::SendOffsets(offsets) => {
                self.command_transaction(TransactionCall::SendOffsets, Some(offsets.clone()));
            }
            ClientCommand::StartLoad(load) => self.start_load(load, now, fx),
            ClientCommand::StopLoad => self.stop_loads(fx),
            ClientCommand::Close { .. } | ClientCommand::CloseLeaving => self.close(fx),
            _ => {}
        }
    }

    fn close(&mut self, fx: &mut Effects) {
        if !self.closing {
            self.closing = true;
            self.stop_loads(fx);
            self.actions.push_back(Action::Close);
        }
    }

    fn timer(&mut self, key: TimerKey, now: Time, prng: &mut Prng, fx: &mut Effects) {
        match self.net.timer_fired(key) {
            Some(true) => {
                let broken = self.net.timed_out(now, prng, fx);
                self.broken(broken, now, prng, fx);
                return;
            }
            Some(false) => return,
            None => {}
        }
        match key {
            TimerKey::Linger(_) => self.linger_over(now, fx),
            TimerKey::ProducerLoad(index) => self.load_due(index, now, fx),
            TimerKey::DeliveryTimeout => self.expire(now, fx),
            BATCH_RETRY => {
                self.retry_armed = None;
                self.ready_all();
            }
            _ => {}
        }
    }

    fn broken(
        &mut self,
        broken: Vec<Broken<Purpose>>,
        now: Time,
        prng: &mut Prng,
        fx: &mut Effects,
    ) {
        for broken in broken {
            let failure = lost_request(broken.conn, broken.timed_out);
            for purpose in broken.lost {
                match purpose {
                    Purpose::Produce(batches) => {
                        self.produce_lost(&batches, &failure, now, prng, fx);
                    }
                    Purpose::InitProducerId => self.session_failed(now, prng, fx),
                    Purpose::Transaction(ask) => self.coordinator_lost(ask, now, fx),
                }
            }
        }
    }

    /// Every partition with something waiting is looked at again.
    fn ready_all(&mut self) {
        let queues = self.acc.partitions.iter().zip(0..);
        let waiting = queues.filter(|(queue, _)| !queue.waiting.is_empty());
        waiting.for_each(|(_, slot)| self.ready.insert(slot));
    }

    fn is_flushing(&self) -> bool {
        let completing = self.txn.as_ref().is_some_and(|txn| txn.is_completing());
        self.closing || self.flush_mark.is_some() || completing
    }

    fn linger(&self) -> Duration {
        Duration::from_ms(u64::from(self.config.linger_ms))
    }

    /// Does everything that has become possible.
    fn pump(&mut self, now: Time, prng: &mut Prng, fx: &mut Effects) {
        self.resolve_sequences();
        self.bump_epoch();
        self.ask_session(now, prng, fx);
        self.refresh_topics();
        loop {
            let done = self.counts.acked + self.counts.failed;
            self.give_up_batches(fx);
            self.ask_coordinator(now, prng, fx);
            self.run_application(now, prng, fx);
            self.drain(now, fx);
            // Without acknowledgements records are done as soon as they are sent.
            if self.closed {
                return;
            }
            if self.counts.acked + self.counts.failed == done {
                break;
            }
        }
        // A call that was made just now may have something to ask.
        self.ask_coordinator(now, prng, fx);
        self.net.poll(now, prng, fx);
    }

    /// Takes over news about topics and leaders.
    fn refresh_topics(&mut self) {
        let version = Some(self.net.view.version());
        if self.seen_version == version {
            return;
        }
        self.seen_version = version;
        for at in 0..self.acc.topics.len() as u32 {
            let name = self.acc.topics[at as usize].name.clone();
            let id = self.net.view.topic_id(&name);
            let known = id.and_then(|id| self.net.view.topic(id));
            let partitions = known.map_or(&[][..], |topic| &topic.partitions);
            let led = partitions
                .iter()
                .zip(0..)
                .filter(|(p, _)| p.leader.is_some());
            let available = led.map(|(_, number)| number).collect();
            let count = partitions.len() as u32;
            let topic = &mut self.acc.topics[at as usize];
            topic.id = id;
            topic.available = available;
            self.acc.grow(at, count);
        }
        self.ready_all();
    }
}

#[cfg(test)]
mod tests;

/// What happened to requests on a connection that is gone (PRO-8).
fn lost_request(conn: ConnId, timed_out: bool) -> ClientFailure {
    let node = conn.0;
    if timed_out {
        let text = format!("Disconnected from node {node} due to timeout");
        ClientFailure::new(ErrorCode::RequestTimedOut, &text)
    } else {
        let text = format!("Disconnected from node {node}");
        ClientFailure::new(ErrorCode::NetworkException, &text)
    }
}
