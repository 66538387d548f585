//! Who votes: as the directory was formatted, then as the log says (RAFT-15, KIP-853).
//!
//! A record of voters counts from the moment it is in a node's log, before it is committed, and
//! no more when it is cut off.

use super::{Raft, RaftDisk, RaftIo, State};
use crate::config::QuorumFormat;
use crate::metadata::{MetadataRecord, ReplicaKey, VoterSet};
use crate::node::TimerKey;
use crate::note::Note;
use crate::types::{NodeId, Uuid};

/// `kraft.version` of a quorum whose voters may change.
const KRAFT_VERSION: i16 = 1;

/// The voters of an empty log.
pub(super) fn formatted(format: &QuorumFormat, configured: &[NodeId]) -> VoterSet {
    let undefined = |node: &NodeId| ReplicaKey {
        node: *node,
        directory: Uuid(0),
    };
    match format {
        QuorumFormat::Static => VoterSet::new(configured.iter().map(undefined)),
        QuorumFormat::Initial(nodes) => VoterSet::new(nodes.iter().copied().map(ReplicaKey::of)),
        QuorumFormat::Joining => VoterSet::new([]),
    }
}

impl Raft {
    /// What a leader appends with its first record if no log holds the voters yet: they were
    /// only in the formatted directories.
    pub(super) fn first_voters(&self, disk: &RaftDisk) -> Vec<MetadataRecord> {
        if self.config.format == QuorumFormat::Static || disk.log.voters().is_some() {
            return Vec::new();
        }
        let version = MetadataRecord::KRaftVersion(KRAFT_VERSION);
        vec![version, MetadataRecord::KRaftVoters(self.voters.clone())]
    }

    /// The log has changed: takes over the voters it names now.
    pub(super) fn follow_voters(&mut self, io: &mut RaftIo<'_>) {
        let voters = match io.disk.log.voters() {
            Some((_, voters)) if voters.is_shared_with(&self.voters) => return,
            Some((_, voters)) => voters.clone(),
            None if self.config.format == QuorumFormat::Static => return,
            None => formatted(&self.config.format, &self.config.voters),
        };
        let voted = self.is_voter();
        self.voters = voters;
        let votes = self.is_voter();
        if voted != votes {
            io.fx.note(Note::VotingChanged(votes));
        }
        match &mut self.state {
            State::Follower { .. } if votes && !voted => self.set_fetch_timeout(io),
            State::Follower { .. } if voted && !votes => {
                io.fx.cancel_timer(TimerKey::RaftFetchTimeout);
            }
            State::Leader(_) => self.lead_voters(io),
            _ => {}
        }
    }

    /// A leader counts other voters from now on; who is none any more observes.
    fn lead_voters(&mut self, io: &mut RaftIo<'_>) {
        let nodes: Vec<NodeId> = self.voters.nodes().collect();
        let State::Leader(leader) = &mut self.state else {
            return;
        };
        let was_alone = leader.voters.is_empty();
        let mut known = std::mem::take(&mut leader.voters);
        known.append(&mut leader.observers);
        for node in nodes.iter().filter(|node| **node != self.node) {
            let progress = known.remove(node).unwrap_or_default();
            leader.voters.insert(*node, progress);
        }
        leader.observers = known;
        leader.votes = nodes.contains(&self.node);
        let is_alone = leader.voters.is_empty();
        io.fx.note(Note::VotersChanged(nodes.into()));
        if was_alone && !is_alone {
            self.watch_voters(io);
        }
    }
}
