//! A controller that asks by itself to become a voter (RAFT-15, KIP-1186,
//! `controller.quorum.auto.join.enable`).
//!
//! Not here: what the leader does with the request. Nor RemoveRaftVoter, which Kafka sends for the
//! entry of an earlier directory with the same number: a controller keeps its directory here.
//! Invariant: asked at most once in `controller.quorum.fetch.timeout.ms`.

use super::{Question, Raft, RaftIo, State};
use crate::error::ErrorCode;
use crate::metadata::ReplicaKey;
use crate::protocol::{AddRaftVoterRequest, Outcome, Request};
use crate::types::{Duration, NodeId, Time};

impl Raft {
    /// A few fetches come first.
    pub(super) fn delay_join(&mut self, now: Time) {
        self.joins_at = now + Duration::from_ms(self.config.fetch_timeout_ms.into());
    }

    /// Asks the leader, if it is time to; whether it did.
    pub(super) fn maybe_join(&mut self, io: &mut RaftIo<'_>) -> bool {
        if !self.config.auto_join || self.joins_at > io.now {
            return false;
        }
        if self.is_voter() {
            // Kafka's timer goes on: who is removed asks again within the next period.
            self.delay_join(io.now);
            return false;
        }
        let State::Follower { leader, .. } = self.state else {
            return false;
        };
        let can_change = io.disk.log.voters().is_some();
        if !can_change || self.ready_at(leader) > io.now {
            return false;
        }
        let request = AddRaftVoterRequest {
            voter: ReplicaKey::of(self.node),
            ack_when_committed: false,
        };
        self.ask(io, leader, Question::Join, Request::AddRaftVoter(request));
        self.set_request_timeout(io);
        self.delay_join(io.now);
        true
    }

    /// The leader answered. The log tells whether this node votes now.
    pub(super) fn on_joined(&mut self, io: &RaftIo<'_>, from: NodeId, outcome: &Outcome) {
        match outcome.error {
            ErrorCode::None | ErrorCode::RequestTimedOut | ErrorCode::DuplicateVoter => {
                self.delay_join(io.now);
            }
            _ => self.pause(io.now, from),
        }
    }
}
