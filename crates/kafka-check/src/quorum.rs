//! The controller quorum: one leader an epoch, one vote an epoch, one committed log
//! (INV-21, INV-27, INV-28, INV-29, INV-30, INV-31,
//! INV-32).

use std::collections::BTreeMap;
use std::rc::Rc;

use kafka_core::metadata::MetadataBatch;
use kafka_core::note::Note;
use kafka_core::types::{NodeId, Offset, QuorumEpoch};
use kafka_sim::Seq;

use crate::cluster::{Cluster, QuorumView};
use crate::findings::Findings;
use crate::invariant::Invariant;
use crate::verdict::Breach;

/// What was seen of the quorum.
#[derive(Clone, Debug, Default)]
pub(crate) struct Quorum {
    /// The leader of an epoch, as anybody knows it.
    leaders: BTreeMap<QuorumEpoch, NodeId>,
    voters: BTreeMap<NodeId, Voter>,
    /// How far a broker's log was compared.
    observers: BTreeMap<NodeId, Offset>,
    /// The newest epoch whose leader was found to hold everything, or not.
    complete: Option<QuorumEpoch>,
    /// The committed log, by base offset.
    pub(crate) committed: Vec<Rc<MetadataBatch>>,
}

#[derive(Clone, Copy, Debug)]
struct Voter {
    epoch: QuorumEpoch,
    voted: Option<NodeId>,
    /// Its committed part was compared up to here.
    compared: Offset,
}

impl Quorum {
    /// Looks at a voter after an event. True if the committed log grew.
    pub(crate) fn on_event<C: Cluster>(
        &mut self,
        cluster: &C,
        findings: &mut Findings,
        seq: Seq,
        node: NodeId,
    ) -> bool {
        let Some(view) = cluster.quorum(node) else {
            self.check_observer(cluster, findings, seq, node);
            return false;
        };
        self.check_leader(cluster, findings, seq, node, view.epoch);
        self.check_vote(findings, seq, node, view);
        self.check_log(cluster, findings, seq, node, view)
    }

    /// A voter says that it leads, or whom it follows (INV-27).
    pub(crate) fn on_note(&mut self, findings: &mut Findings, seq: Seq, node: NodeId, note: &Note) {
        let (epoch, leader) = match note {
            Note::BecameQuorumLeader(epoch) => (*epoch, node),
            Note::BecameQuorumFollower(epoch, leader) => (*epoch, *leader),
            _ => return,
        };
        let one = *self.leaders.entry(epoch).or_insert(leader);
        if one != leader {
            let breach = Breach::TwoQuorumLeaders {
                epoch,
                one,
                other: leader,
            };
            findings.violated(Invariant::ElectionSafety, seq, breach);
        }
    }

    /// INV-29: who has just begun to lead holds what is committed.
    fn check_leader<C: Cluster>(
        &mut self,
        cluster: &C,
        findings: &mut Findings,
        seq: Seq,
        node: NodeId,
        epoch: QuorumEpoch,
    ) {
        if self.leaders.get(&epoch) != Some(&node) || self.complete >= Some(epoch) {
            return;
        }
        self.complete = Some(epoch);
        let mut missing = self.committed.iter();
        let mut lacks = missing.next();
        cluster.visit_metadata(node, Offset::ZERO, &mut |batch| {
            let same = lacks.is_some_and(|known| **known == *batch);
            if same {
                lacks = missing.next();
            }
            same
        });
        if let Some(batch) = lacks {
            let breach = Breach::QuorumLeaderLacks {
                leader: node,
                epoch,
                offset: batch.base_offset,
            };
            findings.violated(Invariant::QuorumLeaderComplete, seq, breach);
        }
    }

    /// INV-21: what a broker applied is what was committed there.
    fn check_observer<C: Cluster>(
        &mut self,
        cluster: &C,
        findings: &mut Findings,
        seq: Seq,
        node: NodeId,
    ) {
        let Some(applied) = cluster.applied(node) else {
            return;
        };
        let compared = self.observers.entry(node).or_insert(Offset::ZERO);
        if applied <= *compared {
            return;
        }
        let committed = &self.committed;
        let mut at = committed.partition_point(|batch| batch.base_offset < *compared);
        let mut differs = None;
        cluster.visit_metadata(node, *compared, &mut |batch| {
            let known = committed.get(at);
            if batch.next_offset() > applied || known.is_none() {
                return false;
            }
            if known.is_some_and(|known| **known != *batch) {
                differs = Some(batch.base_offset);
                return false;
            }
            at += 1;
            *compared = batch.next_offset();
            true
        });
        if let Some(offset) = differs {
            // Reported once: it cannot agree again.
            *compared = applied;
            let broker = node;
            let breach = Breach::AppliedOther { broker, offset };
            findings.violated(Invariant::MetadataPrefix, seq, breach);
        }
    }

    /// INV-31: within an epoch a vote is cast once and never taken back.
    fn check_vote(&mut self, findings: &mut Findings, seq: Seq, node: NodeId, view: QuorumView) {
        let QuorumView { epoch, voted, .. } = view;
        let voter = self.voters.entry(node).or_insert(Voter {
            epoch,
            voted,
            compared: Offset::ZERO,
        });
        let before = (voter.epoch, voter.voted);
        (voter.epoch, voter.voted) = (epoch, voted);
        if before.0 > epoch {
            let breach = Breach::QuorumEpochFell {
                voter: node,
                from: before.0,
                to: epoch,
            };
            findings.violated(Invariant::OneVote, seq, breach);
        } else if let (from, Some(first)) = before
            && from == epoch
            && voted != Some(first)
        {
            let second = voted;
            let breach = Breach::VotedTwice {
                voter: node,
                epoch,
                first,
                second,
            };
            findings.violated(Invariant::OneVote, seq, breach);
        }
    }

    /// INV-28, INV-32: what this voter knows to be committed is what others committed there.
    fn check_log<C: Cluster>(
        &mut self,
        cluster: &C,
        findings: &mut Findings,
        seq: Seq,
        node: NodeId,
        view: QuorumView,
    ) -> bool {
        let high_watermark = view.high_watermark;
        let from = self.voters.get(&node).map_or(Offset::ZERO, |v| v.compared);
        if high_watermark <= from {
            return false;
        }
        let committed = &mut self.committed;
        let before = committed.len();
        let mut at = committed.partition_point(|batch| batch.base_offset < from);
        let mut differs = None;
        let mut compared = from;
        let mut last_epoch = view.epoch;
        cluster.visit_metadata(node, from, &mut |batch| {
            if batch.next_offset() > high_watermark {
                return false;
            }
            match committed.get(at) {
                Some(known) if **known != *batch => {
                    differs = Some(batch.base_offset);
                    return false;
                }
                Some(_) => {}
                None => committed.push(Rc::new(batch.clone())),
            }
            at += 1;
            compared = batch.next_offset();
            last_epoch = batch.epoch;
            true
        });
        if let Some(offset) = differs {
            // Reported once: it cannot agree again.
            compared = high_watermark;
            let breach = Breach::MetadataDiffers {
                voter: node,
                offset,
            };
            findings.violated(Invariant::QuorumLogMatching, seq, breach);
        }
        if let Some(voter) = self.voters.get_mut(&node) {
            voter.compared = compared;
        }
        if last_epoch != view.epoch && self.leaders.get(&view.epoch) == Some(&node) {
            let breach = Breach::OldEpochCommitted {
                leader: node,
                epoch: view.epoch,
                batch: last_epoch,
            };
            findings.violated(Invariant::CommitOwnEpoch, seq, breach);
        }
        self.committed.len() > before
    }

    /// INV-30: a voter stopped or started; what is committed is on some disk. The newest
    /// batch stands for all: logs have no gaps, and INV-28 compares the rest.
    pub(crate) fn check_held<C: Cluster>(
        &self,
        cluster: &C,
        findings: &mut Findings,
        seq: Seq,
        node: NodeId,
    ) {
        let voters = cluster.voters();
        let Some(last) = self.committed.last().filter(|_| voters.contains(&node)) else {
            return;
        };
        let holds = |voter: &NodeId| {
            let mut found = false;
            cluster.visit_metadata(*voter, last.base_offset, &mut |batch| {
                found = *batch == **last;
                false
            });
            found
        };
        if !voters.iter().any(holds) {
            let offset = last.base_offset;
            let breach = Breach::MetadataGone { offset };
            findings.violated(Invariant::Durability, seq, breach);
        }
    }

    /// A voter started anew: its high watermark is unknown, its log is compared again.
    pub(crate) fn on_started(&mut self, node: NodeId) {
        self.observers.remove(&node);
        if let Some(voter) = self.voters.get_mut(&node) {
            voter.compared = Offset::ZERO;
        }
    }
}
