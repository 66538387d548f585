//! Voters and observers on a tiny network.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::config::{QuorumConfig, QuorumFormat};
use crate::metadata::MetadataRecord;
use crate::node::{Effect, Effects, Message, Prng, RequestIds, TimerKey};
use crate::protocol::{ApiVersionsResponse, Outcome, Request, Response, VoteRequest};
use crate::raft::{Raft, RaftDisk, RaftIo};
use crate::types::{Duration, NodeId, Offset, QuorumEpoch, RequestId, Time};

pub(super) const LATENCY: Duration = Duration::from_us(500);
pub(super) const OBSERVER: NodeId = NodeId(1);
pub(super) const A: NodeId = NodeId(100);
pub(super) const B: NodeId = NodeId(101);
pub(super) const C: NodeId = NodeId(102);
pub(super) const D: NodeId = NodeId(103);

pub(super) struct Node {
    pub raft: Raft,
    pub disk: RaftDisk,
    pub ids: RequestIds,
    pub prng: Prng,
    pub timers: BTreeMap<TimerKey, Time>,
}

/// Messages in flight, running nodes, cut links (a cut link swallows silently).
pub(super) struct Net {
    pub now: Time,
    pub config: QuorumConfig,
    pub seed: u64,
    pub running: BTreeMap<NodeId, Node>,
    pub disks: BTreeMap<NodeId, RaftDisk>,
    pub flying: BTreeMap<(Time, u64), (NodeId, NodeId, Option<Rc<Message>>)>,
    pub sent: u64,
    pub cut: BTreeSet<(NodeId, NodeId)>,
    pub leaders: BTreeMap<QuorumEpoch, NodeId>,
    /// Nodes whose directories were not formatted as `config` says.
    pub joining: BTreeSet<NodeId>,
    /// What changes of voters were answered.
    pub answers: BTreeMap<RequestId, Outcome>,
}

impl Net {
    pub fn new(seed: u64, nodes: &[NodeId], config: QuorumConfig) -> Net {
        let mut net = Net {
            now: Time::ZERO,
            config,
            seed,
            running: BTreeMap::new(),
            disks: BTreeMap::new(),
            flying: BTreeMap::new(),
            sent: 0,
            cut: BTreeSet::new(),
            leaders: BTreeMap::new(),
            joining: BTreeSet::new(),
            answers: BTreeMap::new(),
        };
        for node in nodes {
            net.start(*node);
        }
        net
    }

    pub fn three(seed: u64) -> Net {
        Net::new(seed, &[A, B, C, OBSERVER], QuorumConfig::default())
    }

    pub fn start(&mut self, node: NodeId) {
        let mut config = self.config.clone();
        if self.joining.contains(&node) {
            config.format = QuorumFormat::Joining;
        }
        config.auto_join &= node != OBSERVER;
        let started = Node {
            raft: Raft::new(node, config),
            disk: self.disks.remove(&node).unwrap_or_default(),
            ids: RequestIds::default(),
            prng: Prng::new(self.seed ^ self.now.0, node),
            timers: BTreeMap::new(),
        };
        self.running.insert(node, started);
        self.call(node, |raft, io| raft.start(io));
    }

    pub fn kill(&mut self, node: NodeId) {
        if let Some(dead) = self.running.remove(&node) {
            self.disks.insert(node, dead.disk);
        }
        let peers: Vec<NodeId> = self.running.keys().copied().collect();
        for peer in peers {
            self.fly(node, peer, None);
        }
    }

    pub fn fly(&mut self, from: NodeId, to: NodeId, message: Option<Rc<Message>>) {
        self.sent += 1;
        let key = (self.now + LATENCY, self.sent);
        self.flying.insert(key, (from, to, message));
    }

    pub fn call<T>(&mut self, at: NodeId, act: impl FnOnce(&mut Raft, &mut RaftIo<'_>) -> T) -> T {
        let mut fx = Effects::default();
        let node = self.running.get_mut(&at).expect("a running node");
        let mut io = RaftIo {
            now: self.now,
            disk: &mut node.disk,
            ids: &mut node.ids,
            prng: &mut node.prng,
            fx: &mut fx,
        };
        let result = act(&mut node.raft, &mut io);
        if node.raft.is_leader() {
            let known = self.leaders.insert(node.disk.epoch, at);
            assert!(known.is_none_or(|known| known == at), "two leaders");
        }
        for effect in fx.list {
            match effect {
                Effect::Send { to, message } => self.fly(at, to, Some(message)),
                Effect::SetTimer { key, at: due } => {
                    self.node_mut(at).timers.insert(key, due);
                }
                Effect::CancelTimer(key) => {
                    self.node_mut(at).timers.remove(&key);
                }
                _ => {}
            }
        }
        result
    }

    pub fn node_mut(&mut self, node: NodeId) -> &mut Node {
        self.running.get_mut(&node).expect("a running node")
    }

    pub fn node(&self, node: NodeId) -> &Node {
        &self.running[&node]
    }

    pub fn step(&mut self, until: Time) -> bool {
        let timer = (self.running.iter())
            .flat_map(|(id, node)| node.timers.iter().map(|(key, at)| (*at, *id, *key)))
            .min();
        let message = self.flying.keys().next().copied();
        let timer_first = match (timer, message) {
            (None, None) => return false,
            (Some(timer), Some(message)) => timer.0 < message.0,
            (timer, _) => timer.is_some(),
        };
        if timer_first {
            let (at, id, key) = timer.expect("a timer");
            if at > until {
                return false;
            }
            self.now = self.now.max(at);
            self.node_mut(id).timers.remove(&key);
            let known = self.call(id, |raft, io| raft.on_timer(io, key));
            assert!(known, "{key:?}");
            return true;
        }
        let key = message.expect("a message");
        if key.0 > until {
            return false;
        }
        self.now = self.now.max(key.0);
        let (from, to, message) = self.flying.remove(&key).expect("in flight");
        self.deliver(from, to, message.as_deref());
        true
    }

    pub fn deliver(&mut self, from: NodeId, to: NodeId, message: Option<&Message>) {
        if self.cut.contains(&(from, to)) {
            return;
        }
        if !self.running.contains_key(&to) {
            if self.running.contains_key(&from) {
                self.call(from, |raft, io| raft.on_disconnected(io, to));
            }
            return;
        }
        match message {
            None => self.call(to, |raft, io| raft.on_disconnected(io, from)),
            // As the controller around it does.
            Some(Message::Request(id, Request::ApiVersions(_))) => {
                let answer = Response::ApiVersions(ApiVersionsResponse::default());
                let answer = Message::Response(*id, answer);
                self.fly(to, from, Some(Rc::new(answer)));
            }
            Some(Message::Response(
                id,
                Response::AddRaftVoter(answer) | Response::RemoveRaftVoter(answer),
            )) if to == OBSERVER => {
                self.answers.insert(*id, answer.outcome.clone());
            }
            Some(Message::Request(id, request)) => {
                self.call(to, |raft, io| raft.on_request(io, from, *id, request));
            }
            Some(Message::Response(id, response)) => {
                self.call(to, |raft, io| raft.on_response(io, from, *id, response));
            }
        }
    }

    pub fn run(&mut self, span: Duration) {
        let until = self.now + span;
        while self.step(until) {}
        self.now = until;
    }

    pub fn run_s(&mut self, seconds: u64) {
        self.run(Duration::from_secs(seconds));
    }

    pub fn leader(&self) -> NodeId {
        let mut leaders = (self.running.iter()).filter(|(_, node)| node.raft.is_leader());
        let newest = leaders.by_ref().max_by_key(|(_, node)| node.disk.epoch);
        *newest.expect("a leader").0
    }

    pub fn followers(&self) -> Vec<NodeId> {
        let leader = self.leader();
        let voters = self.node(leader).raft.voters();
        voters.nodes().filter(|voter| *voter != leader).collect()
    }

    pub fn cut_off(&mut self, node: NodeId) {
        for other in [A, B, C, D, OBSERVER] {
            self.cut.insert((node, other));
            self.cut.insert((other, node));
        }
    }

    /// Asks a node, as OBSERVER, to change the voters; the answer comes to `answers`.
    pub fn ask(&mut self, at: NodeId, request: Request) -> RequestId {
        self.sent += 1;
        let id = RequestId(1_000_000 + self.sent);
        self.call(at, |raft, io| raft.on_request(io, OBSERVER, id, &request));
        id
    }

    /// As [`Net::ask`], and waits for the answer.
    pub fn change(&mut self, at: NodeId, request: Request) -> Outcome {
        let id = self.ask(at, request);
        self.run_s(3);
        self.answers[&id].clone()
    }

    pub fn append(&mut self, at: NodeId, records: usize) -> Option<Offset> {
        let records = vec![MetadataRecord::NoOp; records];
        self.call(at, |raft, io| raft.append(io, records))
    }

    pub fn high_watermark(&self, node: NodeId) -> Offset {
        self.node(node).raft.high_watermark()
    }

    pub fn end(&self, node: NodeId) -> Offset {
        self.node(node).disk.log.end_offset()
    }
}

pub(super) fn ask_vote(
    net: &mut Net,
    voter: NodeId,
    request: VoteRequest,
) -> crate::protocol::VoteResponse {
    let mut fx = Effects::default();
    let now = net.now;
    let node = net.node_mut(voter);
    let mut io = RaftIo {
        now,
        disk: &mut node.disk,
        ids: &mut node.ids,
        prng: &mut node.prng,
        fx: &mut fx,
    };
    let from = request.candidate;
    let request = Request::Vote(request);
    assert!(
        node.raft
            .on_request(&mut io, from, RequestId(9_999), &request)
    );
    for effect in fx.list {
        if let Effect::Send { message, .. } = effect
            && let Message::Response(RequestId(9_999), Response::Vote(answer)) = &*message
        {
            return answer.clone();
        }
    }
    panic!("no answer");
}
