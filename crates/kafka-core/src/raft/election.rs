//! Roles and votes (RAFT-1 to RAFT-7, RAFT-10).

use std::collections::BTreeSet;

use super::leader::LeaderState;
use super::{Ballot, Question, Raft, RaftIo, State};
use crate::error::ErrorCode;
use crate::node::{Stream, TimerKey};
use crate::note::Note;
use crate::protocol::{
    BeginQuorumEpochRequest, EndQuorumEpochRequest, QuorumEpochResponse, Request, VoteRequest,
    VoteResponse,
};
use crate::types::{Duration, NodeId, Offset, QuorumEpoch, Time};

impl Raft {
    /// Adopts an epoch without a leader; a newer epoch wipes vote and leader.
    pub(super) fn become_unattached(&mut self, io: &mut RaftIo<'_>, epoch: QuorumEpoch) {
        if epoch > io.disk.epoch {
            io.disk.epoch = epoch;
            io.disk.voted = None;
        }
        io.disk.leader = None;
        self.enter(io, State::Unattached);
        self.set_election_timer(io);
    }

    pub(super) fn become_follower(
        &mut self,
        io: &mut RaftIo<'_>,
        epoch: QuorumEpoch,
        leader: NodeId,
    ) {
        if epoch > io.disk.epoch {
            io.disk.epoch = epoch;
            io.disk.voted = None;
        }
        io.disk.leader = Some(leader);
        let fetched = false;
        self.enter(io, State::Follower { leader, fetched });
        self.pauses.remove(&leader);
        self.set_fetch_timeout(io);
        self.delay_join(io.now);
        if self.is_voter() {
            io.fx.note(Note::BecameQuorumFollower(epoch, leader));
        }
    }

    /// RAFT-3: asks around before it disturbs anybody; nothing durable changes.
    pub(super) fn become_prospective(&mut self, io: &mut RaftIo<'_>) {
        self.enter(io, State::Prospective(Ballot::default()));
        self.set_election_timer(io);
        self.count_votes(io);
    }

    /// RAFT-4: a new epoch with a vote for itself.
    pub(super) fn become_candidate(&mut self, io: &mut RaftIo<'_>) {
        io.disk.epoch = io.disk.epoch.next();
        io.disk.voted = Some(self.node);
        io.disk.leader = None;
        self.enter(io, State::Candidate(Ballot::default()));
        io.fx.note(Note::BecameCandidate(io.disk.epoch));
        self.set_election_timer(io);
        self.count_votes(io);
    }

    fn become_leader(&mut self, io: &mut RaftIo<'_>, mut granting: Vec<NodeId>) {
        granting.push(self.node);
        granting.sort_unstable();
        io.disk.leader = Some(self.node);
        let leader = LeaderState::new(io.now, &self.config, self.other_voters(), io.disk);
        self.enter(io, State::Leader(leader));
        self.high_watermark = Offset::UNKNOWN;
        io.fx.note(Note::BecameQuorumLeader(io.disk.epoch));
        self.begin_leading(io, granting);
    }

    /// RAFT-10. `announce` is false after a restart: the others know better.
    pub(super) fn become_resigned(
        &mut self,
        io: &mut RaftIo<'_>,
        successors: Vec<NodeId>,
        announce: bool,
    ) {
        let unacknowledged: BTreeSet<NodeId> = if announce {
            self.other_voters().collect()
        } else {
            BTreeSet::new()
        };
        let state = State::Resigned {
            successors,
            unacknowledged,
        };
        self.enter(io, state);
        io.fx.note(Note::ResignedQuorum(io.disk.epoch));
        self.set_resignation_timer(io);
    }

    /// Leaves the old role: its requests, timers and parked fetches.
    fn enter(&mut self, io: &mut RaftIo<'_>, state: State) {
        if let State::Leader(mut leader) = std::mem::replace(&mut self.state, state) {
            leader.abandon(io, self.leader());
            // RAFT-12: the leader's watermark stands; it is committed for ever.
        }
        self.asked.clear();
        for key in [
            TimerKey::RaftElection,
            TimerKey::RaftFetchTimeout,
            TimerKey::RaftFetch,
        ] {
            io.fx.cancel_timer(key);
        }
    }

    /// Observers never elect.
    fn set_election_timer(&mut self, io: &mut RaftIo<'_>) {
        if self.is_voter() {
            self.set_resignation_timer(io);
        }
    }

    /// Uniform in [T, 2T) (table of section 1.1). Also for a leader that was removed from the
    /// voters: its epoch is over (RAFT-15).
    fn set_resignation_timer(&mut self, io: &mut RaftIo<'_>) {
        let base = u64::from(self.config.election_timeout_ms) * 1_000;
        let bound = u32::try_from(base).unwrap_or(u32::MAX);
        let extra = u64::from(io.prng.below(Stream::Election, bound));
        let at = io.now + Duration::from_us(base + extra);
        io.fx.set_timer(TimerKey::RaftElection, at);
    }

    pub(super) fn on_election_timeout(&mut self, io: &mut RaftIo<'_>) {
        match &self.state {
            State::Unattached | State::Candidate(_) => self.become_prospective(io),
            State::Prospective(_) => self.prospective_lost(io),
            // It may neither lead nor vote in its old epoch, so it leaves it.
            State::Resigned { .. } => self.become_unattached(io, io.disk.epoch.next()),
            State::Follower { .. } | State::Leader(_) => {}
        }
    }

    /// RAFT-3: back to the remembered leader, or to none.
    fn prospective_lost(&mut self, io: &mut RaftIo<'_>) {
        match io.disk.leader {
            Some(leader) => self.become_follower(io, io.disk.epoch, leader),
            None => self.become_unattached(io, io.disk.epoch),
        }
    }

    /// Sends Vote to every voter that has not answered, was not asked and may be.
    pub(super) fn ask_for_votes(&mut self, io: &mut RaftIo<'_>) {
        let (ballot, pre_vote) = match &self.state {
            State::Prospective(ballot) => (ballot, true),
            State::Candidate(ballot) => (ballot, false),
            _ => return,
        };
        let open: Vec<NodeId> = (self.other_voters())
            .filter(|voter| !ballot.granted.contains(voter) && !ballot.rejected.contains(voter))
            .filter(|voter| !self.is_asking(Some(*voter), Question::Vote))
            .collect();
        let request = VoteRequest {
            epoch: io.disk.epoch,
            candidate: self.node,
            last_epoch: io.disk.log.last_epoch(),
            last_offset: io.disk.log.end_offset(),
            pre_vote,
        };
        self.ask_when_ready(io, &open, Question::Vote, &Request::Vote(request));
    }

    /// RAFT-10: tells the other voters until they have heard.
    pub(super) fn announce_resignation(&mut self, io: &mut RaftIo<'_>) {
        let State::Resigned {
            successors,
            unacknowledged,
        } = &self.state
        else {
            return;
        };
        let open: Vec<NodeId> = (unacknowledged.iter().copied())
            .filter(|voter| !self.is_asking(Some(*voter), Question::End))
            .collect();
        let request = EndQuorumEpochRequest {
            leader: self.node,
            epoch: io.disk.epoch,
            preferred_successors: successors.clone(),
        };
        self.ask_when_ready(io, &open, Question::End, &Request::EndQuorumEpoch(request));
    }

    /// Asks the peers that are not paused; comes back for the others.
    fn ask_when_ready(
        &mut self,
        io: &mut RaftIo<'_>,
        peers: &[NodeId],
        question: Question,
        request: &Request,
    ) {
        let mut later: Option<Time> = None;
        for peer in peers {
            let ready = self.ready_at(*peer);
            if ready <= io.now {
                self.ask(io, *peer, question, request.clone());
            } else {
                later = Some(later.map_or(ready, |at| at.min(ready)));
            }
        }
        if let Some(at) = later {
            io.fx.set_timer(TimerKey::RaftFetch, at);
        }
    }

    /// RAFT-5 and RAFT-6.
    pub(super) fn handle_vote(
        &mut self,
        io: &mut RaftIo<'_>,
        request: &VoteRequest,
    ) -> VoteResponse {
        let malformed = if request.pre_vote {
            request.last_epoch > request.epoch
        } else {
            request.last_epoch >= request.epoch
        };
        let error = if malformed {
            ErrorCode::InvalidRequest
        } else if request.epoch < io.disk.epoch {
            ErrorCode::FencedLeaderEpoch
        } else {
            ErrorCode::None
        };
        if error == ErrorCode::None && request.epoch > io.disk.epoch {
            self.become_unattached(io, request.epoch);
        }
        let granted = error == ErrorCode::None && self.grants(io, request);
        if granted && !request.pre_vote {
            io.disk.voted = Some(request.candidate);
            self.become_unattached(io, io.disk.epoch);
        }
        VoteResponse {
            error,
            epoch: io.disk.epoch,
            leader: self.leader(),
            granted,
            pre_vote: request.pre_vote,
        }
    }

    fn grants(&self, io: &RaftIo<'_>, request: &VoteRequest) -> bool {
        let own = (io.disk.log.last_epoch(), io.disk.log.end_offset());
        let up_to_date = (request.last_epoch, request.last_offset) >= own;
        if request.pre_vote {
            return match &self.state {
                State::Leader(_) => false,
                State::Follower { fetched, .. } => !fetched && up_to_date,
                _ => up_to_date,
            };
        }
        match &self.state {
            State::Unattached | State::Prospective(_) => match io.disk.voted {
                Some(voted) => voted == request.candidate,
                None => io.disk.leader.is_none() && up_to_date,
            },
            _ => false,
        }
    }

    pub(super) fn on_vote(&mut self, io: &mut RaftIo<'_>, from: NodeId, answer: &VoteResponse) {
        self.pauses.remove(&from);
        if self.on_epoch_answer(io, answer.epoch, answer.leader) {
            return;
        }
        let ballot = match &mut self.state {
            State::Prospective(ballot) if answer.pre_vote => ballot,
            State::Candidate(ballot) if !answer.pre_vote => ballot,
            _ => return,
        };
        if answer.granted {
            ballot.granted.insert(from);
        } else {
            ballot.rejected.insert(from);
        }
        self.count_votes(io);
    }

    fn count_votes(&mut self, io: &mut RaftIo<'_>) {
        let majority = self.voters.len() / 2 + 1;
        let others = self.voters.len() - 1;
        match &self.state {
            State::Prospective(ballot) => {
                if ballot.granted.len() + 1 >= majority {
                    self.become_candidate(io);
                } else if others - ballot.rejected.len() + 1 < majority {
                    self.prospective_lost(io);
                }
            }
            // A rejected candidate waits for its election timeout.
            State::Candidate(ballot) if ballot.granted.len() + 1 >= majority => {
                let granting = ballot.granted.iter().copied().collect();
                self.become_leader(io, granting);
            }
            _ => {}
        }
    }

    /// Adopts what an answer says of epoch and leader; true if the role changed.
    pub(super) fn on_epoch_answer(
        &mut self,
        io: &mut RaftIo<'_>,
        epoch: QuorumEpoch,
        leader: Option<NodeId>,
    ) -> bool {
        let leader = leader.filter(|leader| *leader != self.node);
        if epoch > io.disk.epoch {
            match leader {
                Some(leader) => self.become_follower(io, epoch, leader),
                None => self.become_unattached(io, epoch),
            }
            return true;
        }
        let leaderless = matches!(
            self.state,
            State::Unattached | State::Prospective(_) | State::Candidate(_)
        );
        match leader {
            Some(leader) if epoch == io.disk.epoch && leaderless && io.disk.leader.is_none() => {
                self.become_follower(io, epoch, leader);
                true
            }
            _ => false,
        }
    }

    /// RAFT-7 on the other voters.
    pub(super) fn handle_begin(
        &mut self,
        io: &mut RaftIo<'_>,
        request: &BeginQuorumEpochRequest,
    ) -> QuorumEpochResponse {
        let error = if request.epoch < io.disk.epoch {
            ErrorCode::FencedLeaderEpoch
        } else {
            match &self.state {
                State::Follower { leader, .. }
                    if request.epoch == io.disk.epoch && *leader == request.leader =>
                {
                    self.set_fetch_timeout(io);
                    self.pauses.remove(&request.leader);
                }
                _ => self.become_follower(io, request.epoch, request.leader),
            }
            ErrorCode::None
        };
        self.epoch_response(io, error)
    }

    /// RAFT-10 on the other voters.
    pub(super) fn handle_end(
        &mut self,
        io: &mut RaftIo<'_>,
        request: &EndQuorumEpochRequest,
    ) -> QuorumEpochResponse {
        if request.epoch < io.disk.epoch {
            return self.epoch_response(io, ErrorCode::FencedLeaderEpoch);
        }
        if request.epoch > io.disk.epoch {
            self.become_follower(io, request.epoch, request.leader);
        }
        if self.leader() == Some(request.leader) {
            let wait = self.succession_wait(&request.preferred_successors);
            io.fx.set_timer(TimerKey::RaftFetchTimeout, io.now + wait);
        }
        self.epoch_response(io, ErrorCode::None)
    }

    /// Position 0 elects at once, position i after (max >> (n-1)) << (i-1).
    fn succession_wait(&self, successors: &[NodeId]) -> Duration {
        let max = u64::from(self.config.election_backoff_max_ms);
        let position = successors.iter().position(|node| *node == self.node);
        match position {
            Some(0) => Duration::ZERO,
            Some(position) => {
                let base = max >> (successors.len() - 1).min(63);
                Duration::from_ms(base.saturating_mul(1 << (position - 1).min(20)).min(max))
            }
            None => Duration::from_ms(max),
        }
    }

    fn epoch_response(&self, io: &RaftIo<'_>, error: ErrorCode) -> QuorumEpochResponse {
        QuorumEpochResponse {
            error,
            epoch: io.disk.epoch,
            leader: self.leader(),
        }
    }
}
