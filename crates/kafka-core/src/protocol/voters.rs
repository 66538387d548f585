//! Changing the voters of the controller quorum (RAFT-15, KIP-853).

use super::Outcome;
use crate::metadata::ReplicaKey;

/// AddRaftVoter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AddRaftVoterRequest {
    /// Who shall vote.
    pub voter: ReplicaKey,
    /// Whether the answer waits until the new voters are committed; if not, it is sent as soon as
    /// their record is in the leader's log (KIP-1186).
    pub ack_when_committed: bool,
}

/// RemoveRaftVoter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RemoveRaftVoterRequest {
    /// Who shall vote no more.
    pub voter: ReplicaKey,
}

/// Answer of both.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RaftVoterResponse {
    /// None once the new voters are committed, REQUEST_TIMED_OUT, UNSUPPORTED_VERSION,
    /// DUPLICATE_VOTER, VOTER_NOT_FOUND, INVALID_REQUEST, NOT_LEADER_OR_FOLLOWER.
    pub outcome: Outcome,
}
