//! What may happen in a state, and what then becomes of it.
//!
//! Invariant: a choice that is offered can be made; one that changes nothing gives no
//! new state.

use std::rc::Rc;

use kafka_core::broker::{BrokerState, Partition};
use kafka_core::client::ClientEvent;
use kafka_core::compress::Compression;
use kafka_core::error::ErrorCode;
use kafka_core::metadata::MetadataBatch;
use kafka_core::node::{Message, TimerKey};
use kafka_core::protocol::{
    Acks, BrokerHeartbeatRequest, ElectLeadersRequest, ElectionType, ProduceRequest,
    QuorumFetchResponse, Request, Response,
};
use kafka_core::record::{Batch, BatchBody, BatchKind, Record};
use kafka_core::types::{
    LeaderEpoch, NodeId, Offset, ProducerEpoch, ProducerId, RequestId, Sequence, TopicId,
    TopicPartition,
};
use kafka_sim::KafkaProcess;
use kafka_sim::engine::Halt;

use crate::choice::Choice;
use crate::plan::{CONTROLLER, PRODUCER};
use crate::state::{Event, NOW, State, after};

/// The one partition's topic.
pub(crate) const TOPIC: &str = "orders";
/// The one partition.
pub(crate) const PARTITION: TopicPartition = TopicPartition::new(TopicId(0), 0);
/// A start takes a handful of messages; more is a mistake of the model.
const START_ROUNDS: u32 = 20;

impl State {
    /// Everything that may happen now, in a fixed order.
    pub(crate) fn choices(&self) -> Vec<Choice> {
        let mut choices: Vec<Choice> = Vec::new();
        for ((from, to), messages) in &self.links {
            if !self.would_refuse(*to, &messages[0].message) {
                choices.push(Choice::Deliver(*from, *to));
            }
        }
        let retries = self.retries.iter().filter(|(_, key)| match key {
            TimerKey::ReplicaFetch(leader) => self.broker(*leader).is_some(),
            _ => true,
        });
        choices.extend(retries.map(|(node, key)| Choice::Retry(*node, *key)));
        for node in self.brokers() {
            self.choices_of(node, &mut choices);
        }
        if self.left.preferred > 0 {
            choices.push(Choice::Prefer);
        }
        choices
    }

    /// Whether a follower's fetch comes too early, or to a broker that leads no more: it
    /// would be refused and sent again, and nothing else would change. Such a fetch stays
    /// under way until it has an answer that counts.
    fn would_refuse(&self, to: NodeId, message: &Message) -> bool {
        let Message::Request(_, Request::Fetch(fetch)) = message else {
            return false;
        };
        let (Some(broker), Some(wanted)) = (self.broker(to), fetch.partitions.first()) else {
            return false;
        };
        broker.partition(PARTITION).is_none_or(|replica| {
            !replica.is_leader() || wanted.current_leader_epoch > replica.leader_epoch
        })
    }

    fn choices_of(&self, node: NodeId, choices: &mut Vec<Choice>) {
        let image = self.controller().map(|controller| controller.image());
        let is_fenced = image
            .and_then(|image| image.brokers.get(&node))
            .is_none_or(|registration| registration.fenced);
        let partition = image.and_then(|image| image.partition(PARTITION));
        if let Some(broker) = self.broker(node) {
            let lacks = self.lacks(node).len() as u32;
            choices.extend((1..=lacks).map(|count| Choice::Metadata(node, count)));
            if broker.waiting().follower_fetch > 0 {
                choices.push(Choice::WaitEnds(node));
            }
            let leads = broker.partition(PARTITION).is_some_and(|it| it.is_leader());
            if leads && self.left.records > 0 {
                choices.push(Choice::Append(node));
            }
            if is_fenced && self.left.unfences > 0 {
                choices.push(Choice::Unfence(node));
            }
            if self.left.crashes > 0 {
                choices.push(Choice::Halt(node));
            }
        } else if is_fenced && self.left.starts > 0 {
            choices.push(Choice::Start(node));
        }
        let leads = partition.is_some_and(|partition| partition.leader == Some(node));
        let may_expire = self.is_down(node) || (leads && self.left.fences > 0);
        if !is_fenced && may_expire {
            choices.push(Choice::Fence(node));
        }
    }

    pub(crate) fn brokers(&self) -> Vec<NodeId> {
        let nodes = kafka_check::Processes::nodes(self).into_iter();
        nodes.filter(|node| *node != CONTROLLER).collect()
    }

    /// Committed metadata that a broker has not.
    fn lacks(&self, node: NodeId) -> Vec<Rc<MetadataBatch>> {
        let (Some(broker), Some(controller)) = (self.broker(node), self.controller()) else {
            return Vec::new();
        };
        let from = broker.metadata_disk().log.end_offset();
        let log = &controller.disk().raft.log;
        log.read_from(from).map(Rc::clone).collect()
    }

    /// What becomes of the state; `None` if nothing does.
    pub(crate) fn after(&self, choice: Choice, halt: Halt) -> Option<State> {
        let mut state = self.clone();
        match choice {
            Choice::Deliver(from, to) => state.deliver(from, to),
            Choice::Metadata(node, count) => state.give_metadata(node, count as usize),
            Choice::Append(node) => {
                state.append(node);
                if std::mem::take(&mut state.refused) {
                    return None;
                }
            }
            Choice::WaitEnds(node) => state.end_waits(node),
            Choice::Retry(node, key) => {
                state.retries.remove(&(node, key));
                let at = match key {
                    TimerKey::ReplicaFetch(_) => NOW,
                    _ => after(100),
                };
                state.happen(node, Event::Timer(key, at));
            }
            Choice::Fence(node) => {
                state.left.fences -= u32::from(!self.is_down(node));
                state.heartbeat(node, true);
            }
            Choice::Unfence(node) => {
                state.left.unfences -= 1;
                state.heartbeat(node, false);
            }
            Choice::Prefer => {
                state.left.preferred -= 1;
                state.ask_controller(Request::ElectLeaders(ElectLeadersRequest {
                    election_type: ElectionType::Preferred,
                    partitions: None,
                }));
                if state.metadata_end() == self.metadata_end() {
                    return None;
                }
            }
            Choice::Halt(node) => {
                state.left.crashes -= 1;
                state.halt(node, halt);
            }
            Choice::Start(node) => {
                state.left.starts -= 1;
                state.come_back(node);
            }
        }
        // A refusal may also come late, when a leader is deposed.
        state.refused = false;
        state.deliver_stale();
        Some(state)
    }

    /// Fetches and answers of an epoch that the follower has left: it will not look at
    /// the answer, whenever it comes, so it comes at once. A fetch among them counts for
    /// nothing if the leader has left that epoch too.
    fn deliver_stale(&mut self) {
        loop {
            let mut links = self.links.iter();
            let stale = links.find(|((from, to), flying)| match &*flying[0].message {
                Message::Response(_, Response::Fetch(_)) => self.has_left(*to, *from),
                Message::Request(_, Request::Fetch(fetch)) => {
                    let epoch = fetch.partitions.first().map(|it| it.current_leader_epoch);
                    let epoch = epoch.filter(|epoch| *epoch != LeaderEpoch::NONE);
                    epoch.is_some_and(|epoch| self.epoch(*to) > Some(epoch))
                        && self.has_left(*from, *to)
                }
                _ => false,
            });
            match stale.map(|(ends, _)| *ends) {
                Some((from, to)) => self.deliver(from, to),
                None => return,
            }
        }
    }

    /// Whether a follower is in another epoch than that of its last fetch from there.
    fn has_left(&self, follower: NodeId, leader: NodeId) -> bool {
        let broker = self.broker(follower);
        let mut fetchers = broker.into_iter().flat_map(|it| it.fetchers());
        let fetcher = fetchers.find(|fetcher| fetcher.leader == leader);
        let sent = fetcher
            .and_then(|it| it.partitions.first())
            .map(|it| it.sent.0);
        sent != self.epoch(follower)
    }

    /// The leader epoch a broker is in.
    fn epoch(&self, node: NodeId) -> Option<LeaderEpoch> {
        let replica = self.broker(node)?.partition(PARTITION)?;
        Some(replica.leader_epoch)
    }

    fn metadata_end(&self) -> Offset {
        let controller = self.controller();
        controller.map_or(Offset::ZERO, |it| it.disk().raft.log.end_offset())
    }

    fn deliver(&mut self, from: NodeId, to: NodeId) {
        let Some(messages) = self.links.get_mut(&(from, to)) else {
            return;
        };
        let message = messages.remove(0).message;
        if messages.is_empty() {
            self.links.remove(&(from, to));
        }
        self.assert_expected(from, to, &message);
        self.happen(to, Event::Message(from, message));
    }

    /// The fingerprint leaves out the numbers of fetches and of their sessions. That is
    /// sound because no answer is ever stale and no session ever out of step.
    fn assert_expected(&self, from: NodeId, to: NodeId, message: &Message) {
        let Message::Response(id, Response::Fetch(response)) = message else {
            return;
        };
        let broker = self.broker(to);
        let mut fetchers = broker.into_iter().flat_map(|it| it.fetchers());
        let fetcher = fetchers.find(|fetcher| fetcher.leader == from);
        let asked = fetcher.and_then(|it| it.outstanding).map(|(id, _)| id);
        assert_eq!(asked, Some(*id), "a stale answer from {from} to {to}");
        assert_ne!(response.error, ErrorCode::InvalidFetchSessionEpoch);
    }

    /// The leader of the quorum answers a broker's fetch with that many batches.
    pub(crate) fn give_metadata(&mut self, node: NodeId, count: usize) {
        let mut batches = self.lacks(node);
        batches.truncate(count);
        let (Some(id), Some(controller)) = (self.asked.remove(&node), self.controller()) else {
            return;
        };
        let known = self
            .broker(node)
            .map(|it| it.metadata_disk().log.end_offset());
        let high_watermark = batches.last().map(|batch| batch.next_offset()).or(known);
        let answer = QuorumFetchResponse {
            error: ErrorCode::None,
            leader: Some(CONTROLLER),
            epoch: controller.disk().raft.epoch,
            high_watermark: high_watermark.unwrap_or(Offset::UNKNOWN),
            diverging: None,
            batches,
        };
        let message = Message::Response(id, Response::QuorumFetch(answer));
        self.happen(node, Event::Message(CONTROLLER, Rc::new(message)));
    }

    /// The producer's next record, in a batch of its own.
    fn append(&mut self, leader: NodeId) {
        self.left.records -= 1;
        self.sent += 1;
        let tag = u64::from(self.sent);
        self.see(ClientEvent::Sent {
            tag,
            topic: TOPIC.into(),
        });
        let body = BatchBody {
            kind: BatchKind::Data,
            producer_id: ProducerId::NONE,
            producer_epoch: ProducerEpoch::NONE,
            base_sequence: Sequence::NONE,
            records: vec![Record {
                tag,
                ..Record::default()
            }],
            cleaned: None,
            compression: Compression::None,
            size_bytes: 68,
            max_timestamp_ms: 0,
        };
        let request = Request::Produce(ProduceRequest {
            acks: Acks::All,
            timeout_ms: 30_000,
            transactional_id: None,
            transaction_version: 0,
            batches: vec![(PARTITION, Rc::new(body))],
        });
        let message = Message::Request(RequestId(tag), request);
        self.happen(leader, Event::Message(PRODUCER, Rc::new(message)));
    }

    /// Every fetch that waits at a leader is answered. A follower that hears nothing new
    /// asks again, and the leader has its question, in the same step.
    fn end_waits(&mut self, leader: NodeId) {
        let key = TimerKey::DelayedFetch(0);
        self.happen(leader, Event::Timer(key, after(1_000)));
        for follower in self.brokers() {
            let ends = (leader, follower);
            let says_nothing = self.links.get(&ends).is_some_and(|messages| {
                messages.iter().all(|flying| match &*flying.message {
                    Message::Response(_, Response::Fetch(it)) => it.partitions.is_empty(),
                    _ => false,
                })
            });
            if says_nothing {
                self.deliver(leader, follower);
                if self.links.contains_key(&(follower, leader)) {
                    self.deliver(follower, leader);
                }
            }
        }
    }

    /// What a heartbeat with or without `wantFence` makes the controller do; the former
    /// does to a broker what the end of its session does (BRK-4, BRK-7).
    fn heartbeat(&mut self, broker: NodeId, want_fence: bool) {
        let image = self.controller().map(|controller| controller.image());
        let registration = image.and_then(|image| image.brokers.get(&broker));
        let Some(broker_epoch) = registration.map(|it| it.epoch) else {
            return;
        };
        self.ask_controller(Request::BrokerHeartbeat(BrokerHeartbeatRequest {
            broker,
            broker_epoch,
            current_metadata_offset: self.metadata_end().plus(-1),
            want_fence,
            want_shut_down: false,
            offline_log_dirs: Vec::new(),
        }));
    }

    /// A request to the controller whose answer nobody waits for.
    pub(crate) fn ask_controller(&mut self, request: Request) {
        let message = Message::Request(RequestId(0), request);
        self.happen(CONTROLLER, Event::Message(PRODUCER, Rc::new(message)));
    }

    /// A process starts; registration, recovery and the heartbeat that unfences it follow
    /// each other without a pause.
    pub(crate) fn come_back(&mut self, node: NodeId) {
        self.start(node);
        for _ in 0..START_ROUNDS {
            if self.broker(node).map(|it| it.state()) == Some(BrokerState::Running) {
                return;
            }
            while !self.lacks(node).is_empty() || self.knows_no_leader(node) {
                self.give_metadata(node, usize::MAX);
            }
            self.happen(node, Event::Timer(TimerKey::BrokerHeartbeat, NOW));
        }
        panic!("broker {node} did not start");
    }

    fn knows_no_leader(&self, node: NodeId) -> bool {
        let broker = self.broker(node);
        broker.is_some_and(|broker| broker.raft().leader().is_none())
    }

    /// A follower whose log is not that of its leader, or a leader at which a record waits
    /// although nobody in sync is down. Once nothing can happen any more there is neither.
    pub(crate) fn unsettled(&self) -> Option<NodeId> {
        let replica = |node: NodeId| self.broker(node)?.partition(PARTITION);
        let lags = |node: &NodeId| {
            let Some(own) = replica(*node) else {
                return false;
            };
            let leader = own.leader.and_then(replica);
            let leader = leader.filter(|it| it.is_leader() && it.leader_epoch == own.leader_epoch);
            let theirs = |it: &Partition| it.log.disk().batches().cloned().collect::<Vec<Batch>>();
            leader.is_some_and(|leader| theirs(leader) != theirs(own))
        };
        let waits = |node: &NodeId| {
            let waits = self
                .broker(*node)
                .is_some_and(|it| it.waiting().produce > 0);
            let enough =
                |it: &Partition| !it.is_under_min_isr() && it.isr.iter().all(|b| !self.is_down(*b));
            waits && replica(*node).is_some_and(enough)
        };
        self.brokers()
            .into_iter()
            .find(|node| lags(node) || waits(node))
    }

    /// Whether a process has ended.
    pub(crate) fn is_down(&self, node: NodeId) -> bool {
        let process = kafka_check::Processes::process(self, node);
        !matches!(process, Some(KafkaProcess::Broker(_)))
    }
}
