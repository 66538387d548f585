//! Controllers on a tiny network, asked by brokers that exist only as ids.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::show::show;
use crate::config::{ControllerConfig, QuorumConfig};
use crate::controller::{Controller, ControllerDisk};
use crate::error::ErrorCode;
use crate::metadata::directory_id;
use crate::node::{Effect, Effects, Input, Message, Prng, TimerKey};
use crate::protocol::{
    AlterPartitionData, AlterPartitionRequest, AlterPartitionResult, BrokerHeartbeatRequest,
    BrokerHeartbeatResponse, BrokerRegistrationRequest, BrokerRegistrationResponse, CreatableTopic,
    CreateTopicsRequest, Outcome, Request, Response,
};
use crate::types::{
    BrokerEpoch, BrokerId, Duration, IncarnationId, NodeId, Offset, RequestId, Time, TopicId,
    TopicPartition,
};

const LATENCY: Duration = Duration::from_us(500);

/// Controllers, messages in flight, and answers to brokers and tools.
pub(super) struct Cluster {
    pub now: Time,
    pub config: ControllerConfig,
    pub running: BTreeMap<NodeId, (Controller, Prng)>,
    pub exited: BTreeSet<NodeId>,
    timers: BTreeMap<(NodeId, TimerKey), Time>,
    disks: BTreeMap<NodeId, ControllerDisk>,
    flying: BTreeMap<(Time, u64), (NodeId, NodeId, Option<Rc<Message>>)>,
    answers: BTreeMap<u64, Response>,
    counter: u64,
    epochs: BTreeMap<BrokerId, BrokerEpoch>,
}

impl Cluster {
    /// One controller, ready, with these brokers unfenced.
    pub fn solo(config: ControllerConfig, brokers: &[u32]) -> Cluster {
        let quorum = QuorumConfig {
            voters: vec![NodeId(100)],
            ..QuorumConfig::default()
        };
        Cluster::start(ControllerConfig { quorum, ..config }, brokers)
    }

    /// All controllers of the configuration, ready, with these brokers unfenced.
    pub fn start(config: ControllerConfig, brokers: &[u32]) -> Cluster {
        let voters = config.quorum.voters.clone();
        let mut cluster = Cluster {
            now: Time::ZERO,
            config,
            running: BTreeMap::new(),
            exited: BTreeSet::new(),
            timers: BTreeMap::new(),
            disks: BTreeMap::new(),
            flying: BTreeMap::new(),
            answers: BTreeMap::new(),
            counter: 0,
            epochs: BTreeMap::new(),
        };
        for voter in voters {
            cluster.start_controller(voter);
        }
        cluster.run(Duration::from_secs(5));
        for broker in brokers {
            cluster.register(*broker, BrokerEpoch::NONE);
            cluster.heartbeat(*broker);
        }
        cluster
    }

    pub fn start_controller(&mut self, node: NodeId) {
        let disk = self.disks.remove(&node).unwrap_or_default();
        let config = ControllerConfig {
            node,
            ..self.config.clone()
        };
        let controller = Controller::new(config, disk);
        let prng = Prng::new(11 ^ self.now.0, node);
        self.running.insert(node, (controller, prng));
        self.handle(node, Input::Started);
    }

    pub fn kill(&mut self, node: NodeId) {
        if let Some((dead, _)) = self.running.remove(&node) {
            self.disks.insert(node, dead.into_disk());
        }
        self.timers.retain(|(owner, _), _| *owner != node);
        let peers: Vec<NodeId> = self.running.keys().copied().collect();
        for peer in peers {
            self.fly(node, peer, None);
        }
    }

    fn fly(&mut self, from: NodeId, to: NodeId, message: Option<Rc<Message>>) {
        self.counter += 1;
        let key = (self.now + LATENCY, self.counter);
        self.flying.insert(key, (from, to, message));
    }

    pub fn handle(&mut self, node: NodeId, input: Input<'_>) {
        let mut fx = Effects::default();
        let Some((controller, prng)) = self.running.get_mut(&node) else {
            return;
        };
        controller.handle(self.now, input, prng, &mut fx);
        for effect in fx.list {
            match effect {
                Effect::Send { to, message } => self.fly(node, to, Some(message)),
                Effect::SetTimer { key, at } => {
                    self.timers.insert((node, key), at);
                }
                Effect::CancelTimer(key) => {
                    self.timers.remove(&(node, key));
                }
                Effect::Exit => {
                    self.exited.insert(node);
                    self.kill(node);
                }
                Effect::Note(_) | Effect::Event(_) => {}
            }
        }
    }

    fn step(&mut self, until: Time) -> bool {
        let timer = self.timers.iter().map(|(key, at)| (*at, *key)).min();
        let message = self.flying.keys().next().copied();
        let message_at = message.map(|key| key.0);
        if let Some((at, (node, key))) = timer
            && message_at.is_none_or(|message_at| at < message_at)
        {
            if at > until {
                return false;
            }
            self.now = self.now.max(at);
            self.timers.remove(&(node, key));
            self.handle(node, Input::Timer(key));
            return true;
        }
        let Some(key) = message.filter(|key| key.0 <= until) else {
            return false;
        };
        self.now = self.now.max(key.0);
        let (from, to, message) = self.flying.remove(&key).expect("in flight");
        self.deliver(from, to, message.as_deref());
        true
    }

    fn deliver(&mut self, from: NodeId, to: NodeId, message: Option<&Message>) {
        if to.0 < 100 {
            if let Some(Message::Response(id, response)) = message {
                self.answers.insert(id.0, response.clone());
            }
        } else if !self.running.contains_key(&to) {
            self.handle(from, Input::Disconnected { peer: to });
        } else {
            let input = match message {
                None => Input::Disconnected { peer: from },
                Some(Message::Request(id, request)) => Input::Request {
                    from,
                    id: *id,
                    request,
                },
                Some(Message::Response(id, response)) => Input::Response {
                    from,
                    id: *id,
                    response,
                },
            };
            self.handle(to, input);
        }
    }

    pub fn run(&mut self, span: Duration) {
        let until = self.now + span;
        while self.step(until) {}
        self.now = until;
    }

    /// The active controller.
    pub fn active(&self) -> &Controller {
        let mut controllers = self.running.values().map(|(controller, _)| controller);
        let active = controllers.find(|controller| controller.is_active());
        active.expect("an active controller")
    }

    /// Sends a request to a controller; the number finds the answer.
    pub fn send(&mut self, from: NodeId, to: NodeId, request: Request) -> u64 {
        self.counter += 1;
        let id = self.counter;
        let message = Message::Request(RequestId(id), request);
        self.fly(from, to, Some(Rc::new(message)));
        id
    }

    pub fn answer(&self, id: u64) -> Option<&Response> {
        self.answers.get(&id)
    }

    /// Asks the active controller and waits for the answer.
    pub fn ask(&mut self, from: u32, request: Request) -> Response {
        let to = self.active().config().node;
        let id = self.send(NodeId(from), to, request);
        self.run(Duration::from_ms(60));
        self.answers.remove(&id).expect("an answer")
    }

    pub fn try_register(
        &mut self,
        broker: u32,
        previous: BrokerEpoch,
    ) -> BrokerRegistrationResponse {
        self.counter += 1;
        let request = BrokerRegistrationRequest {
            broker: NodeId(broker),
            incarnation: IncarnationId(self.counter),
            rack: None,
            host: "localhost".into(),
            port: 9092,
            previous_broker_epoch: previous,
            log_dirs: vec![directory_id(NodeId(broker))],
        };
        self.register_as(request)
    }

    /// A registration as the broker sends it.
    pub fn register_as(
        &mut self,
        request: BrokerRegistrationRequest,
    ) -> BrokerRegistrationResponse {
        let broker = request.broker.0;
        let Response::BrokerRegistration(answer) =
            self.ask(broker, Request::BrokerRegistration(request))
        else {
            panic!("another answer");
        };
        if answer.broker_epoch != BrokerEpoch::NONE {
            self.epochs.insert(NodeId(broker), answer.broker_epoch);
        }
        answer
    }

    /// A new incarnation; `previous` is the epoch saved at a clean stop.
    pub fn register(&mut self, broker: u32, previous: BrokerEpoch) {
        let answer = self.try_register(broker, previous);
        assert_eq!(answer.error, ErrorCode::None);
    }

    pub fn epoch(&self, broker: u32) -> BrokerEpoch {
        self.epochs[&NodeId(broker)]
    }

    /// A caught-up, running broker.
    pub fn heartbeat(&mut self, broker: u32) -> BrokerHeartbeatResponse {
        self.heartbeat_with(broker, |_| ())
    }

    pub fn heartbeat_with(
        &mut self,
        broker: u32,
        edit: impl FnOnce(&mut BrokerHeartbeatRequest),
    ) -> BrokerHeartbeatResponse {
        let applied = self.active().image().next_offset.plus(-1);
        let mut request = BrokerHeartbeatRequest {
            broker: NodeId(broker),
            broker_epoch: self.epoch(broker),
            current_metadata_offset: applied,
            want_fence: false,
            want_shut_down: false,
            offline_log_dirs: Vec::new(),
        };
        edit(&mut request);
        match self.ask(broker, Request::BrokerHeartbeat(request)) {
            Response::BrokerHeartbeat(answer) => answer,
            other => panic!("{other:?}"),
        }
    }

    /// Time passes; these brokers keep sending heartbeats.
    pub fn pass(&mut self, seconds: u64, alive: &[u32]) {
        let until = self.now + Duration::from_secs(seconds);
        while self.now < until {
            for broker in alive {
                self.heartbeat(*broker);
            }
            self.run(Duration::from_ms(1_500));
        }
    }

    pub fn create(&mut self, topic: CreatableTopic) -> Outcome {
        let request = CreateTopicsRequest {
            topics: vec![topic],
            validate_only: false,
        };
        match self.ask(0, Request::CreateTopics(request)) {
            Response::CreateTopics(mut answer) => answer.topics.remove(0).1,
            other => panic!("{other:?}"),
        }
    }

    /// The leader asks for an ISR.
    pub fn alter(&mut self, topic: u32, isr: &[u32], recovering: bool) -> AlterPartitionResult {
        let tp = TopicPartition::new(TopicId(topic), 0);
        let state = self.active().image().partition(tp).expect("known").clone();
        let leader = state.leader.expect("a leader");
        let data = AlterPartitionData {
            topic: TopicId(topic),
            partition: 0,
            leader_epoch: state.leader_epoch,
            partition_epoch: state.partition_epoch,
            new_isr: (isr.iter())
                .map(|id| (NodeId(*id), self.epoch(*id)))
                .collect(),
            recovering,
        };
        self.alter_with(leader.0, data)
    }

    pub fn alter_with(&mut self, sender: u32, data: AlterPartitionData) -> AlterPartitionResult {
        let request = AlterPartitionRequest {
            broker: NodeId(sender),
            broker_epoch: self.epoch(sender),
            partitions: vec![data],
        };
        match self.ask(sender, Request::AlterPartition(request)) {
            Response::AlterPartition(mut answer) => answer.partitions.remove(0),
            other => panic!("{other:?}"),
        }
    }

    /// Where the metadata log ends now.
    pub fn mark(&self) -> Offset {
        self.active().image().next_offset
    }

    /// Committed records since a mark, no-ops left out, as text.
    pub fn since(&self, mark: Offset) -> Vec<String> {
        let log = &self.active().disk().raft.log;
        let batches = log.read_from(mark);
        let records = batches.flat_map(|batch| batch.records.iter());
        records.filter_map(show).collect()
    }
}

/// One controller and three running brokers.
pub(super) fn three() -> Cluster {
    Cluster::solo(ControllerConfig::default(), &[0, 1, 2])
}

/// An outcome's code and text.
pub(super) fn text(outcome: &Outcome) -> (ErrorCode, &str) {
    (outcome.error, outcome.text())
}

/// A topic with replicas given by hand.
pub(super) fn topic(
    name: &str,
    assignments: &[&[u32]],
    configs: &[(&str, &str)],
) -> CreatableTopic {
    CreatableTopic {
        name: name.into(),
        num_partitions: -1,
        replication_factor: -1,
        assignments: (0..)
            .zip(assignments)
            .map(|(number, ids)| (number, ids.iter().map(|id| NodeId(*id)).collect()))
            .collect(),
        configs: (configs.iter())
            .map(|(name, value)| ((*name).into(), Some((*value).into())))
            .collect(),
    }
}
