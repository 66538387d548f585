//! Followers and observers: pulling the metadata log (RAFT-2, RAFT-11, RAFT-12).

use std::rc::Rc;

use super::{Question, Raft, RaftIo, State};
use crate::error::ErrorCode;
use crate::node::TimerKey;
use crate::protocol::{QuorumFetchRequest, QuorumFetchResponse, Request};
use crate::types::{Duration, NodeId, Offset, QuorumEpoch};

impl Raft {
    /// RAFT-2: restarted by every successful fetch. Observers never elect.
    pub(super) fn set_fetch_timeout(&mut self, io: &mut RaftIo<'_>) {
        if self.is_voter() {
            let timeout = Duration::from_ms(self.config.fetch_timeout_ms.into());
            io.fx
                .set_timer(TimerKey::RaftFetchTimeout, io.now + timeout);
        }
    }

    pub(super) fn on_fetch_timeout(&mut self, io: &mut RaftIo<'_>) {
        if matches!(self.state, State::Follower { .. }) && self.is_voter() {
            self.become_prospective(io);
        }
    }

    /// Keeps exactly one fetch under way: to the leader, or while it cannot be
    /// reached or is unknown to the other controllers in turn, who may know better.
    pub(super) fn maybe_fetch(&mut self, io: &mut RaftIo<'_>) {
        // One request at a time to a peer.
        if self.is_asking(None, Question::Fetch)
            || self.is_asking(None, Question::Join)
            || self.maybe_join(io)
        {
            return;
        }
        let Some(to) = self.fetch_target(io) else {
            let ready = self.contacts().map(|peer| self.ready_at(peer)).min();
            if let Some(at) = ready {
                io.fx.set_timer(TimerKey::RaftFetch, at);
            }
            return;
        };
        let request = QuorumFetchRequest {
            replica: self.node,
            current_leader_epoch: io.disk.epoch,
            fetch_offset: io.disk.log.end_offset(),
            last_fetched_epoch: io.disk.log.last_epoch(),
            high_watermark: self.high_watermark,
            max_wait_ms: self.config.fetch_max_wait_ms,
        };
        self.ask(io, to, Question::Fetch, Request::QuorumFetch(request));
        self.set_request_timeout(io);
    }

    pub(super) fn set_request_timeout(&self, io: &mut RaftIo<'_>) {
        let timeout = Duration::from_ms(self.config.request_timeout_ms.into());
        io.fx.set_timer(TimerKey::RaftFetch, io.now + timeout);
    }

    fn fetch_target(&mut self, io: &RaftIo<'_>) -> Option<NodeId> {
        if let State::Follower { leader, .. } = &self.state
            && self.ready_at(*leader) <= io.now
        {
            return Some(*leader);
        }
        let count = self.config.voters.len() as u32;
        for step in 0..count {
            let at = (self.cursor + step) % count;
            let voter = self.config.voters[at as usize];
            if voter != self.node && self.ready_at(voter) <= io.now {
                self.cursor = (at + 1) % count;
                return Some(voter);
            }
        }
        None
    }

    /// Either the fetch under way (or the wish to join) was not answered in time, or a pause ended.
    pub(super) fn on_fetch_timer(&mut self, io: &mut RaftIo<'_>) {
        let late = (self.asked.iter())
            .find(|(_, asked)| matches!(asked.question, Question::Fetch | Question::Join));
        if let Some((id, peer)) = late.map(|(id, asked)| (*id, asked.to)) {
            self.asked.remove(&id);
            self.pause(io.now, peer);
        }
    }

    pub(super) fn on_fetch(
        &mut self,
        io: &mut RaftIo<'_>,
        from: NodeId,
        answer: &QuorumFetchResponse,
    ) {
        if answer.epoch < io.disk.epoch || answer.error == ErrorCode::UnknownLeaderEpoch {
            // The answerer is behind; it knows nothing of use.
            self.pause(io.now, from);
            return;
        }
        let changed = self.on_epoch_answer(io, answer.epoch, answer.leader);
        if answer.error != ErrorCode::None {
            if self.leader() != Some(from) || !changed {
                self.pause(io.now, from);
            }
            return;
        }
        let State::Follower { leader, fetched } = &mut self.state else {
            return;
        };
        if *leader != from {
            return;
        }
        *fetched = true;
        self.pauses.remove(&from);
        self.set_fetch_timeout(io);
        if let Some((epoch, end)) = answer.diverging {
            self.truncate(io, epoch, end);
            return;
        }
        for batch in &answer.batches {
            if !io.disk.log.append(Rc::clone(batch)) {
                break;
            }
        }
        self.follow_voters(io);
        let end = io.disk.log.end_offset();
        self.set_high_watermark(io, answer.high_watermark.min(end));
    }

    /// RAFT-11: cuts off what the leader never had.
    fn truncate(&mut self, io: &mut RaftIo<'_>, epoch: QuorumEpoch, end: Offset) {
        let (own_epoch, own_end) = io.disk.log.end_offset_for_epoch(epoch);
        let to = if own_epoch == epoch {
            own_end.min(end)
        } else {
            own_end
        };
        io.disk.log.truncate(to);
        self.follow_voters(io);
    }
}
