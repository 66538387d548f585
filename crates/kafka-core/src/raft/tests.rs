//! The quorum's rules, played by three voters and an observer on a tiny network.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::{Raft, RaftDisk, RaftIo, Role};
use crate::config::QuorumConfig;
use crate::metadata::{MetadataBatch, MetadataRecord};
use crate::node::{Effect, Effects, Message, Prng, RequestIds, TimerKey};
use crate::protocol::{Request, Response, VoteRequest};
use crate::types::{Duration, NodeId, Offset, QuorumEpoch, RequestId, Time};

const LATENCY: Duration = Duration::from_us(500);
const OBSERVER: NodeId = NodeId(1);
const A: NodeId = NodeId(100);
const B: NodeId = NodeId(101);
const C: NodeId = NodeId(102);

struct Node {
    raft: Raft,
    disk: RaftDisk,
    ids: RequestIds,
    prng: Prng,
    timers: BTreeMap<TimerKey, Time>,
}

/// Messages in flight, running nodes, cut links (a cut link swallows silently).
struct Net {
    now: Time,
    config: QuorumConfig,
    seed: u64,
    running: BTreeMap<NodeId, Node>,
    disks: BTreeMap<NodeId, RaftDisk>,
    flying: BTreeMap<(Time, u64), (NodeId, NodeId, Option<Rc<Message>>)>,
    sent: u64,
    cut: BTreeSet<(NodeId, NodeId)>,
    leaders: BTreeMap<QuorumEpoch, NodeId>,
}

impl Net {
    fn new(seed: u64, nodes: &[NodeId], config: QuorumConfig) -> Net {
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
        };
        for node in nodes {
            net.start(*node);
        }
        net
    }

    fn three(seed: u64) -> Net {
        Net::new(seed, &[A, B, C, OBSERVER], QuorumConfig::default())
    }

    fn start(&mut self, node: NodeId) {
        let started = Node {
            raft: Raft::new(node, self.config.clone()),
            disk: self.disks.remove(&node).unwrap_or_default(),
            ids: RequestIds::default(),
            prng: Prng::new(self.seed ^ self.now.0, node),
            timers: BTreeMap::new(),
        };
        self.running.insert(node, started);
        self.call(node, |raft, io| raft.start(io));
    }

    fn kill(&mut self, node: NodeId) {
        if let Some(dead) = self.running.remove(&node) {
            self.disks.insert(node, dead.disk);
        }
        let peers: Vec<NodeId> = self.running.keys().copied().collect();
        for peer in peers {
            self.fly(node, peer, None);
        }
    }

    fn fly(&mut self, from: NodeId, to: NodeId, message: Option<Rc<Message>>) {
        self.sent += 1;
        let key = (self.now + LATENCY, self.sent);
        self.flying.insert(key, (from, to, message));
    }

    fn call<T>(&mut self, at: NodeId, act: impl FnOnce(&mut Raft, &mut RaftIo<'_>) -> T) -> T {
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

    fn node_mut(&mut self, node: NodeId) -> &mut Node {
        self.running.get_mut(&node).expect("a running node")
    }

    fn node(&self, node: NodeId) -> &Node {
        &self.running[&node]
    }

    fn step(&mut self, until: Time) -> bool {
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

    fn deliver(&mut self, from: NodeId, to: NodeId, message: Option<&Message>) {
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
            Some(Message::Request(id, request)) => {
                self.call(to, |raft, io| raft.on_request(io, from, *id, request));
            }
            Some(Message::Response(id, response)) => {
                self.call(to, |raft, io| raft.on_response(io, from, *id, response));
            }
        }
    }

    fn run(&mut self, span: Duration) {
        let until = self.now + span;
        while self.step(until) {}
        self.now = until;
    }

    fn run_s(&mut self, seconds: u64) {
        self.run(Duration::from_secs(seconds));
    }

    fn leader(&self) -> NodeId {
        let mut leaders = (self.running.iter()).filter(|(_, node)| node.raft.is_leader());
        let newest = leaders.by_ref().max_by_key(|(_, node)| node.disk.epoch);
        *newest.expect("a leader").0
    }

    fn followers(&self) -> Vec<NodeId> {
        let leader = self.leader();
        let voters = self.config.voters.iter().copied();
        voters.filter(|voter| *voter != leader).collect()
    }

    fn cut_off(&mut self, node: NodeId) {
        for other in [A, B, C, OBSERVER] {
            self.cut.insert((node, other));
            self.cut.insert((other, node));
        }
    }

    fn append(&mut self, at: NodeId, records: usize) -> Option<Offset> {
        let records = vec![MetadataRecord::NoOp; records];
        self.call(at, |raft, io| raft.append(io, records))
    }

    fn high_watermark(&self, node: NodeId) -> Offset {
        self.node(node).raft.high_watermark()
    }

    fn end(&self, node: NodeId) -> Offset {
        self.node(node).disk.log.end_offset()
    }
}

fn ask_vote(net: &mut Net, voter: NodeId, request: VoteRequest) -> crate::protocol::VoteResponse {
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

/// RAFT-7, RAFT-8, RAFT-12: one leader, its epoch's first record is committed,
/// everybody (the observer too) knows leader and high watermark.
#[test]
fn three_voters_elect_one_leader_and_commit_its_first_record() {
    for seed in 0..20 {
        let mut net = Net::three(seed);
        net.run_s(10);
        let leader = net.leader();
        assert!(net.node(leader).raft.is_established_leader(), "seed {seed}");
        for node in [A, B, C, OBSERVER] {
            assert_eq!(net.node(node).raft.leader(), Some(leader), "seed {seed}");
            assert_eq!(net.high_watermark(node), Offset(1), "seed {seed}");
        }
    }
}

/// A single voter needs nobody and never expires (RAFT-9).
#[test]
fn a_single_voter_leads_at_once_and_for_ever() {
    let config = QuorumConfig {
        voters: vec![A],
        ..QuorumConfig::default()
    };
    let mut net = Net::new(1, &[A, OBSERVER], config);
    assert!(net.node(A).raft.is_established_leader());
    net.run_s(20);
    assert_eq!(net.node(A).disk.epoch, QuorumEpoch(1));
    assert_eq!(net.node(OBSERVER).raft.leader(), Some(A));
    assert_eq!(net.high_watermark(OBSERVER), Offset(1));
}

/// RAFT-14 and the 25 ms linger: records of one call stay together, and become
/// visible to others only after the linger.
#[test]
fn appended_records_linger_and_then_reach_everybody() {
    let mut net = Net::three(3);
    net.run_s(10);
    let leader = net.leader();
    assert_eq!(net.append(leader, 3), Some(Offset(1)));
    assert_eq!(net.append(leader, 2), Some(Offset(4)));
    net.run(Duration::from_ms(24));
    assert_eq!(net.end(leader), Offset(1));
    net.run(Duration::from_ms(10));
    for node in [A, B, C, OBSERVER] {
        assert_eq!(net.high_watermark(node), Offset(6));
        let sizes: Vec<usize> = (net.node(node).disk.log.read_from(Offset(1)))
            .map(|batch| batch.records.len())
            .collect();
        assert_eq!(sizes, [3, 2]);
    }
    assert_eq!(net.append(OBSERVER, 1), None);
}

/// RAFT-2, RAFT-3, RAFT-4: after the leader's death a follower is elected within
/// the fetch timeout plus election timeouts; committed records survive.
#[test]
fn a_dead_leader_is_replaced_and_committed_records_stay() {
    for seed in 0..20 {
        let mut net = Net::three(seed);
        net.run_s(10);
        let old = net.leader();
        net.append(old, 5);
        net.run_s(1);
        net.kill(old);
        net.run_s(12);
        let new = net.leader();
        assert_ne!(new, old, "seed {seed}");
        assert!(net.node(new).raft.is_established_leader(), "seed {seed}");
        assert_eq!(net.end(OBSERVER), Offset(7), "seed {seed}");
        net.start(old);
        net.run_s(5);
        assert_eq!(net.node(old).raft.leader(), Some(new), "seed {seed}");
        assert_eq!(net.high_watermark(old), Offset(7), "seed {seed}");
    }
}

/// RAFT-9 and RAFT-11: a leader cut off from its followers resigns after 3 s; what
/// only it had appended is cut off when it returns.
#[test]
fn an_isolated_leader_resigns_and_its_uncommitted_records_go() {
    for seed in 0..10 {
        let mut net = Net::three(seed);
        net.run_s(10);
        let old = net.leader();
        net.cut_off(old);
        net.append(old, 4);
        net.run(Duration::from_ms(100));
        assert_eq!(net.end(old), Offset(5));
        assert_eq!(net.high_watermark(old), Offset(1));
        net.run(Duration::from_ms(3_500));
        assert!(!net.node(old).raft.is_leader(), "seed {seed}");
        net.run_s(10);
        let new = net.leader();
        net.append(new, 1);
        net.run_s(1);
        net.cut.clear();
        net.run_s(12);
        let leader = net.leader();
        let end = net.end(leader);
        for node in [A, B, C, OBSERVER] {
            assert_eq!(net.end(node), end, "seed {seed}");
            let log = &net.node(node).disk.log;
            assert!(log.read_from(Offset::ZERO).all(|b| b.records.len() == 1));
        }
    }
}

/// KIP-996: a voter that was cut off alone does not raise the epoch when it returns.
#[test]
fn pre_votes_keep_a_returning_voter_from_disturbing() {
    let mut net = Net::three(5);
    net.run_s(10);
    let leader = net.leader();
    let epoch = net.node(leader).disk.epoch;
    let lonely = net.followers()[0];
    net.cut_off(lonely);
    net.run_s(30);
    assert_eq!(net.node(lonely).disk.epoch, epoch);
    net.cut.clear();
    net.run_s(10);
    assert_eq!(net.leader(), leader);
    assert_eq!(net.node(leader).disk.epoch, epoch);
    assert_eq!(net.node(lonely).raft.role(), Role::Follower);
}

/// RAFT-10: a resigning leader is followed within a second by its best successor.
#[test]
fn a_resigning_leader_hands_over_quickly() {
    let mut net = Net::three(7);
    net.run_s(10);
    let old = net.leader();
    net.call(old, |raft, io| raft.resign(io));
    net.run(Duration::from_ms(100));
    assert!(net.node(old).raft.is_resignation_known());
    let new = net.leader();
    assert_ne!(new, old);
    assert_eq!(net.node(new).disk.epoch, net.node(old).disk.epoch);
}

/// RAFT-1: a restarted leader resigns from its old epoch, and a vote is remembered.
#[test]
fn restart_keeps_vote_and_never_leads_the_old_epoch_again() {
    let mut net = Net::three(8);
    net.run_s(10);
    let old = net.leader();
    let epoch = net.node(old).disk.epoch;
    net.kill(old);
    net.start(old);
    assert_eq!(net.node(old).raft.role(), Role::Resigned);
    let refused = ask_vote(&mut net, old, vote(B, epoch, (epoch, 99), false));
    assert!(!refused.granted);
}

fn vote(candidate: NodeId, epoch: QuorumEpoch, last: (QuorumEpoch, i64), pre: bool) -> VoteRequest {
    VoteRequest {
        epoch,
        candidate,
        last_epoch: last.0,
        last_offset: Offset(last.1),
        pre_vote: pre,
    }
}

/// RAFT-5: one vote an epoch, only for a log at least as up to date, and never
/// for a request whose last record's epoch is not older than its own epoch.
#[test]
fn votes_are_granted_once_and_only_to_up_to_date_logs() {
    let mut net = Net::new(9, &[A], QuorumConfig::default());
    let disk = &mut net.node_mut(A).disk;
    disk.log.append(Rc::new(MetadataBatch {
        base_offset: Offset::ZERO,
        epoch: QuorumEpoch(2),
        append_time_ms: 0,
        records: vec![MetadataRecord::NoOp; 4],
    }));
    let e = QuorumEpoch;
    assert!(!ask_vote(&mut net, A, vote(B, e(5), (e(2), 3), false)).granted);
    assert!(!ask_vote(&mut net, A, vote(B, e(5), (e(1), 9), false)).granted);
    assert!(ask_vote(&mut net, A, vote(B, e(5), (e(2), 4), false)).granted);
    assert!(ask_vote(&mut net, A, vote(B, e(5), (e(2), 4), false)).granted);
    assert!(!ask_vote(&mut net, A, vote(C, e(5), (e(3), 9), false)).granted);
    assert!(ask_vote(&mut net, A, vote(C, e(5), (e(3), 9), true)).granted);
    let refused = ask_vote(&mut net, A, vote(C, e(6), (e(6), 9), false));
    assert_eq!(refused.error, crate::error::ErrorCode::InvalidRequest);
    assert_eq!(net.node(A).disk.epoch, e(5));
    let late = ask_vote(&mut net, A, vote(C, e(4), (e(3), 9), false));
    assert_eq!(late.error, crate::error::ErrorCode::FencedLeaderEpoch);
}

/// RAFT-6: a follower that fetches refuses pre-votes; nothing durable changes.
#[test]
fn pre_votes_are_refused_by_followers_that_hear_their_leader() {
    let mut net = Net::three(10);
    net.run_s(10);
    let follower = net.followers()[0];
    let asker = net.followers()[1];
    let before = net.node(follower).disk.clone();
    let request = vote(asker, before.epoch, (before.epoch, 99), true);
    assert!(!ask_vote(&mut net, follower, request.clone()).granted);
    assert_eq!(net.node(follower).disk, before);
    let leader = net.leader();
    assert!(!ask_vote(&mut net, leader, request).granted);
}

/// RAFT-13: whatever is killed, cut and healed, an epoch has one leader (checked
/// on every call) and committed records never differ.
#[test]
fn random_faults_never_split_the_committed_log() {
    for seed in 0..30_u64 {
        let mut net = Net::three(seed);
        let mut dice = Prng::new(seed, NodeId(7));
        for _ in 0..40 {
            let stream = crate::node::Stream::Choice;
            let node = [A, B, C][dice.below(stream, 3) as usize];
            match dice.below(stream, 6) {
                0 if net.running.contains_key(&node) => net.kill(node),
                1 => net.cut_off(node),
                2 => net.cut.clear(),
                3 if net.running.contains_key(&node) => {
                    net.append(node, 2);
                }
                _ if !net.running.contains_key(&node) => net.start(node),
                _ => {}
            }
            net.run(Duration::from_ms(u64::from(dice.below(stream, 4_000))));
            let logs: Vec<(Offset, &RaftDisk)> = (net.running.values())
                .map(|node| (node.raft.high_watermark(), &node.disk))
                .collect();
            for (hw, disk) in &logs {
                for (other_hw, other) in &logs {
                    let both = (*hw).min(*other_hw);
                    let committed = |disk: &RaftDisk| -> Vec<Rc<MetadataBatch>> {
                        (disk.log.read_from(Offset::ZERO))
                            .take_while(|batch| batch.next_offset() <= both)
                            .cloned()
                            .collect()
                    };
                    assert_eq!(committed(disk), committed(other), "seed {seed}");
                }
            }
        }
    }
}
