//! The volatile parts of a node of the quorum.

use std::collections::BTreeSet;

use super::leader::LeaderState;
use crate::types::{NodeId, Time};

#[derive(Clone, Debug)]
pub(super) enum State {
    Unattached,
    Prospective(Ballot),
    Candidate(Ballot),
    Follower {
        leader: NodeId,
        /// A fetch succeeded in this epoch (RAFT-6).
        fetched: bool,
    },
    Leader(LeaderState),
    Resigned {
        successors: Vec<NodeId>,
        unacknowledged: BTreeSet<NodeId>,
    },
}

/// Answers to one round of Vote requests; the node itself counts as granted.
#[derive(Clone, Debug, Default)]
pub(super) struct Ballot {
    pub granted: BTreeSet<NodeId>,
    pub rejected: BTreeSet<NodeId>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Question {
    Vote,
    Begin,
    End,
    Fetch,
    /// What a new voter speaks (RAFT-15).
    ApiVersions,
    /// To become a voter (RAFT-15).
    Join,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub to: NodeId,
    pub question: Question,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Pause {
    pub failures: u32,
    pub until: Time,
}
