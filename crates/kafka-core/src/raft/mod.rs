//! The controller quorum: Kafka's Raft variant with pull replication and pre-votes
//! (KIP-595, KIP-996, KIP-853; rules RAFT-1 to RAFT-13, RAFT-15).
//!
//! Voters (controllers) and observers (brokers) run the same machine. It keeps
//! the metadata log on a [`RaftDisk`] and knows how far it is committed; what the
//! records mean is not its business. Invariants: at most one leader an epoch; what
//! lies below the high watermark never changes; a reply that depends on durable
//! state is sent after that state was changed; the voters are those of the newest
//! record of voters in the node's own log, committed or not, or else those its
//! directory was formatted with.
//!
//! After every call the host compares [`Raft::high_watermark`], [`Raft::epoch`] and
//! [`Raft::is_leader`] with what it saw before and acts on the difference.

mod election;
mod fetch;
mod join;
mod leader;
mod log;
mod progress;
mod state;
#[cfg(test)]
mod tests;
mod voter_change;
mod voters;

use std::collections::BTreeMap;
use std::rc::Rc;

pub use log::MetadataLog;

use crate::config::QuorumConfig;
use crate::metadata::{MetadataBatch, MetadataRecord, VoterSet};
use crate::node::{Effects, Prng, RequestIds, Stream, TimerKey};
use crate::note::Note;
use crate::protocol::{Request, Response};
use crate::types::{Duration, NodeId, Offset, QuorumEpoch, RequestId, Time};
use state::{Asked, Ballot, Pause, Question, State};
use voter_change::Change;

/// Longest pause between attempts to reach a peer that does not answer.
const PAUSE_MAX: Duration = Duration::from_ms(500);

/// What a node of the quorum keeps over restarts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RaftDisk {
    /// Current epoch.
    pub epoch: QuorumEpoch,
    /// Vote cast in this epoch.
    pub voted: Option<NodeId>,
    /// Leader known in this epoch.
    pub leader: Option<NodeId>,
    /// The metadata log.
    pub log: MetadataLog,
}

/// What a node is in its current epoch.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Role {
    /// Knows no leader.
    Unattached,
    /// Asks whether an election would succeed (KIP-996).
    Prospective,
    /// Asks for votes.
    Candidate,
    /// Leads.
    Leader,
    /// Follows.
    Follower,
    /// Gave up leading.
    Resigned,
}

/// What one call may read and change.
pub struct RaftIo<'a> {
    /// Now.
    pub now: Time,
    /// The node's durable state.
    pub disk: &'a mut RaftDisk,
    /// Numbers for requests.
    pub ids: &'a mut RequestIds,
    /// Randomness.
    pub prng: &'a mut Prng,
    /// What the node wants done.
    pub fx: &'a mut Effects,
}

/// The volatile part of a node of the quorum.
#[derive(Clone, Debug)]
pub struct Raft {
    node: NodeId,
    config: QuorumConfig,
    /// Who votes, as far as this node's log tells.
    voters: VoterSet,
    state: State,
    high_watermark: Offset,
    /// Requests without an answer yet.
    asked: BTreeMap<RequestId, Asked>,
    /// Peers to be left alone for a while.
    pauses: BTreeMap<NodeId, Pause>,
    /// Controller to ask next for the leader.
    cursor: u32,
    /// From when on a follower may ask to become a voter.
    joins_at: Time,
}

impl Raft {
    /// A node that has not started.
    pub fn new(node: NodeId, config: QuorumConfig) -> Raft {
        Raft {
            node,
            voters: voters::formatted(&config.format, &config.voters),
            config,
            state: State::Unattached,
            high_watermark: Offset::UNKNOWN,
            asked: BTreeMap::new(),
            pauses: BTreeMap::new(),
            cursor: 0,
            joins_at: Time::ZERO,
        }
    }

    /// Takes up the role the durable state demands (RAFT-1).
    pub fn start(&mut self, io: &mut RaftIo<'_>) {
        self.cursor = io
            .prng
            .below(Stream::Choice, self.config.voters.len() as u32);
        self.follow_voters(io);
        if self.is_voter() && self.voters.len() == 1 {
            self.become_candidate(io);
            return;
        }
        match io.disk.leader {
            Some(leader) if leader == self.node => self.become_resigned(io, Vec::new(), false),
            Some(leader) => self.become_follower(io, io.disk.epoch, leader),
            None => self.become_unattached(io, io.disk.epoch),
        }
        self.poll(io);
    }

    /// Handles a request of the quorum protocol; false if it is of another protocol.
    pub fn on_request(
        &mut self,
        io: &mut RaftIo<'_>,
        from: NodeId,
        id: RequestId,
        request: &Request,
    ) -> bool {
        let response = match request {
            Request::Vote(request) => Some(Response::Vote(self.handle_vote(io, request))),
            Request::BeginQuorumEpoch(request) => {
                Some(Response::BeginQuorumEpoch(self.handle_begin(io, request)))
            }
            Request::EndQuorumEpoch(request) => {
                Some(Response::EndQuorumEpoch(self.handle_end(io, request)))
            }
            Request::QuorumFetch(request) => {
                self.handle_fetch(io, from, id, request);
                None
            }
            Request::AddRaftVoter(request) => {
                let asker = (from, id, request.ack_when_committed);
                self.handle_voter_change(io, asker, Change::Add(request.voter));
                None
            }
            Request::RemoveRaftVoter(request) => {
                self.handle_voter_change(io, (from, id, true), Change::Remove(request.voter));
                None
            }
            _ => return false,
        };
        if let Some(response) = response {
            io.fx.respond(from, id, response);
        }
        self.poll(io);
        true
    }

    /// Handles an answer of the quorum protocol (late ones are dropped); false if
    /// it is of another protocol.
    pub fn on_response(
        &mut self,
        io: &mut RaftIo<'_>,
        from: NodeId,
        id: RequestId,
        response: &Response,
    ) -> bool {
        if !matches!(
            response,
            Response::Vote(_)
                | Response::BeginQuorumEpoch(_)
                | Response::EndQuorumEpoch(_)
                | Response::QuorumFetch(_)
                | Response::ApiVersions(_)
                | Response::AddRaftVoter(_)
        ) {
            return false;
        }
        if self.asked.remove(&id).is_some() {
            match response {
                Response::Vote(answer) => self.on_vote(io, from, answer),
                Response::BeginQuorumEpoch(answer) => {
                    self.on_epoch_answer(io, answer.epoch, answer.leader);
                }
                Response::EndQuorumEpoch(answer) => {
                    if let State::Resigned { unacknowledged, .. } = &mut self.state {
                        unacknowledged.remove(&from);
                    }
                    self.on_epoch_answer(io, answer.epoch, answer.leader);
                }
                Response::QuorumFetch(answer) => self.on_fetch(io, from, answer),
                Response::ApiVersions(_) => self.on_voter_versions(io, from),
                Response::AddRaftVoter(answer) => self.on_joined(io, from, &answer.outcome),
                _ => {}
            }
            self.poll(io);
        }
        true
    }

    /// The connection to a peer broke: what was asked there will not be answered.
    pub fn on_disconnected(&mut self, io: &mut RaftIo<'_>, peer: NodeId) {
        let lost: Vec<RequestId> = (self.asked.iter())
            .filter(|(_, asked)| asked.to == peer)
            .map(|(id, _)| *id)
            .collect();
        for id in &lost {
            self.asked.remove(id);
        }
        if let State::Leader(leader) = &mut self.state {
            leader.forget_parked(io.fx, peer);
        }
        if !lost.is_empty() {
            self.voter_unreachable(io, peer);
            self.pause(io.now, peer);
            self.poll(io);
        }
    }

    /// Handles a timer of the quorum; false if it is somebody else's.
    pub fn on_timer(&mut self, io: &mut RaftIo<'_>, key: TimerKey) -> bool {
        match key {
            TimerKey::RaftElection => self.on_election_timeout(io),
            TimerKey::RaftFetchTimeout => self.on_fetch_timeout(io),
            TimerKey::RaftFetch => self.on_fetch_timer(io),
            TimerKey::RaftLeaderCheck => self.on_leader_check(io),
            TimerKey::RaftAppendLinger => self.drain(io),
            TimerKey::RaftParkedFetch(peer) => self.on_parked_fetch_due(io, peer),
            TimerKey::RaftVoterChange => self.on_voter_change_late(io),
            _ => return false,
        }
        self.poll(io);
        true
    }

    /// Queues records as one batch and returns the offset of the first; they reach
    /// the log when the append linger ends (RAFT-14). `None` unless leader.
    pub fn append(&mut self, io: &mut RaftIo<'_>, records: Vec<MetadataRecord>) -> Option<Offset> {
        let State::Leader(leader) = &mut self.state else {
            return None;
        };
        let base_offset = leader.next_offset(io.disk);
        if records.is_empty() {
            return Some(base_offset);
        }
        if leader.accumulated.is_empty() {
            let linger = Duration::from_ms(self.config.append_linger_ms.into());
            io.fx.set_timer(TimerKey::RaftAppendLinger, io.now + linger);
        }
        leader.accumulated.push(Rc::new(MetadataBatch {
            base_offset,
            epoch: io.disk.epoch,
            append_time_ms: io.now.as_ms(),
            records,
        }));
        Some(base_offset)
    }

    /// Offset the next queued record gets; `None` unless leader.
    pub fn next_offset(&self, disk: &RaftDisk) -> Option<Offset> {
        match &self.state {
            State::Leader(leader) => Some(leader.next_offset(disk)),
            _ => None,
        }
    }

    /// Gives up leading and tells the others (RAFT-10); nothing for a non-leader.
    pub fn resign(&mut self, io: &mut RaftIo<'_>) {
        if let State::Leader(leader) = &self.state {
            let successors = leader.successors();
            self.become_resigned(io, successors, true);
            self.poll(io);
        }
    }

    /// Whether a resigned leader's farewell reached every other voter, or was never
    /// needed.
    pub fn is_resignation_known(&self) -> bool {
        match &self.state {
            State::Resigned { unacknowledged, .. } => unacknowledged.is_empty(),
            State::Leader(_) => false,
            _ => true,
        }
    }

    /// End of the committed part as this node knows it; [`Offset::UNKNOWN`] at first.
    pub fn high_watermark(&self) -> Offset {
        self.high_watermark
    }

    /// Leader of the current epoch, if known.
    pub fn leader(&self) -> Option<NodeId> {
        match &self.state {
            State::Leader(_) => Some(self.node),
            State::Follower { leader, .. } => Some(*leader),
            _ => None,
        }
    }

    /// Current epoch.
    pub fn epoch(&self, disk: &RaftDisk) -> QuorumEpoch {
        disk.epoch
    }

    /// Whether this node leads the quorum.
    pub fn is_leader(&self) -> bool {
        matches!(self.state, State::Leader(_))
    }

    /// Whether this node leads and a record of its own epoch is committed, so that
    /// everything committed before is known here (the controller may act).
    pub fn is_established_leader(&self) -> bool {
        match &self.state {
            State::Leader(leader) => self.high_watermark > leader.epoch_start,
            _ => false,
        }
    }

    /// What this node is.
    pub fn role(&self) -> Role {
        match &self.state {
            State::Unattached => Role::Unattached,
            State::Prospective(_) => Role::Prospective,
            State::Candidate(_) => Role::Candidate,
            State::Follower { .. } => Role::Follower,
            State::Leader(_) => Role::Leader,
            State::Resigned { .. } => Role::Resigned,
        }
    }

    /// Whether this node is a voter.
    pub fn is_voter(&self) -> bool {
        self.voters.contains(self.node)
    }

    /// The voters as far as this node knows.
    pub fn voters(&self) -> &VoterSet {
        &self.voters
    }

    /// On the leader: each voter with its log end as last fetched from here (RAFT-8).
    pub fn voter_end_offsets(&self, disk: &RaftDisk) -> Vec<(NodeId, Offset)> {
        match &self.state {
            State::Leader(leader) => leader.end_offsets(self.node, disk).collect(),
            _ => Vec::new(),
        }
    }

    fn other_voters(&self) -> impl Iterator<Item = NodeId> + '_ {
        let node = self.node;
        self.voters.nodes().filter(move |voter| *voter != node)
    }

    /// Controllers that may know the leader.
    fn contacts(&self) -> impl Iterator<Item = NodeId> + '_ {
        let node = self.node;
        (self.config.voters.iter().copied()).filter(move |contact| *contact != node)
    }

    fn set_high_watermark(&mut self, io: &mut RaftIo<'_>, offset: Offset) -> bool {
        if offset <= self.high_watermark {
            return false;
        }
        self.high_watermark = offset;
        if self.is_voter() {
            io.fx.note(Note::MetadataCommitted(offset));
        }
        true
    }

    fn ask(&mut self, io: &mut RaftIo<'_>, to: NodeId, question: Question, request: Request) {
        let id = io.ids.next_id();
        self.asked.insert(id, Asked { to, question });
        io.fx.request(to, id, request);
    }

    fn is_asking(&self, to: Option<NodeId>, question: Question) -> bool {
        (self.asked.values())
            .any(|asked| asked.question == question && to.is_none_or(|to| to == asked.to))
    }

    /// Leaves a peer alone for a while: 20 ms, doubled with each failure in a row.
    fn pause(&mut self, now: Time, peer: NodeId) {
        let failures = self.pauses.get(&peer).map_or(0, |pause| pause.failures);
        let pause = Duration::from_ms(self.config.retry_backoff_ms.into());
        let pause = pause.times(1 << failures.min(10)).min(PAUSE_MAX);
        let failures = failures + 1;
        let until = now + pause;
        self.pauses.insert(peer, Pause { failures, until });
    }

    fn ready_at(&self, peer: NodeId) -> Time {
        self.pauses
            .get(&peer)
            .map_or(Time::ZERO, |pause| pause.until)
    }

    /// Sends what the role demands and is not under way (Kafka's poll loop).
    fn poll(&mut self, io: &mut RaftIo<'_>) {
        match &self.state {
            State::Unattached | State::Follower { .. } => self.maybe_fetch(io),
            State::Prospective(_) | State::Candidate(_) => self.ask_for_votes(io),
            State::Resigned { .. } => self.announce_resignation(io),
            State::Leader(leader) => {
                if leader.must_resign {
                    self.resign(io);
                }
            }
        }
    }
}
