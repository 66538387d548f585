//! Groups: of classic ones one owner a partition, generations that grow, commits of members
//! only (INV-42, INV-47, INV-48).

use std::collections::BTreeMap;

use kafka_core::consumer_protocol::decode_assignment;
use kafka_core::error::ErrorCode;
use kafka_core::group::{Group, GroupState};
use kafka_core::node::Message;
use kafka_core::note::Note;
use kafka_core::protocol::{OffsetCommitRequest, Request, Response};
use kafka_core::types::{BrokerId, Generation, Name, NodeId, RequestId};
use kafka_sim::Seq;

use crate::cluster::Cluster;
use crate::findings::Findings;
use crate::invariant::Invariant;
use crate::modern_groups;
use crate::verdict::Breach;

/// What was seen of the groups.
#[derive(Clone, Debug, Default)]
pub(crate) struct Groups {
    /// Last generation of a group on a coordinator since that one was loaded.
    generations: BTreeMap<(BrokerId, Name), Generation>,
    /// Commits that must be refused, by client and request.
    refusals: BTreeMap<(NodeId, RequestId), (Name, Name, Generation)>,
}

impl Groups {
    /// The coordinator's memory on that broker is new: it may know less than before.
    pub(crate) fn on_reload(&mut self, broker: BrokerId) {
        self.generations.retain(|(known, _), _| *known != broker);
    }

    /// A client's process is gone, and with it what it waits for.
    pub(crate) fn on_client_gone(&mut self, client: NodeId) {
        self.refusals.retain(|(known, _), _| *known != client);
    }

    /// A group changed its state on a coordinator.
    pub(crate) fn on_note<C: Cluster>(
        &mut self,
        cluster: &C,
        findings: &mut Findings,
        seq: Seq,
        broker: BrokerId,
        note: &Note,
    ) {
        let Note::GroupStateChanged(name, state, generation) = note else {
            return;
        };
        let key = (broker, name.clone());
        if *state == GroupState::Dead.name() {
            self.generations.remove(&key);
            return;
        }
        let before = self.generations.insert(key, *generation);
        if let Some(from) = before.filter(|from| from > generation) {
            let breach = Breach::GenerationFell {
                group: name.clone(),
                coordinator: broker,
                from,
                to: *generation,
            };
            findings.violated(Invariant::GenerationMonotone, seq, breach);
        }
        if let Some(group) = cluster.group(broker, name) {
            modern_groups::check(findings, seq, group, cluster.image(broker));
            if *state == GroupState::Stable.name() {
                check_owners(findings, seq, group);
            }
        }
    }

    /// A broker has handled a commit, or a client has its answer.
    pub(crate) fn on_message<C: Cluster>(
        &mut self,
        cluster: &C,
        findings: &mut Findings,
        seq: Seq,
        node: NodeId,
        peer: NodeId,
        message: &Message,
    ) {
        match message {
            Message::Request(id, Request::OffsetCommit(request)) => {
                let group = cluster.group(node, &request.group);
                if group.is_some_and(|group| !may_commit(group, request)) {
                    let claim = (
                        request.group.clone(),
                        request.member_id.clone(),
                        request.generation,
                    );
                    self.refusals.insert((peer, *id), claim);
                }
            }
            Message::Request(_, Request::ConsumerGroupHeartbeat(request)) => {
                if let Some(group) = cluster.group(node, &request.group) {
                    modern_groups::check(findings, seq, group, cluster.image(node));
                }
            }
            Message::Response(id, Response::OffsetCommit(response)) => {
                let Some(claim) = self.refusals.remove(&(node, *id)) else {
                    return;
                };
                let mut codes = response.partitions.iter();
                if codes.any(|(_, code)| *code == ErrorCode::None) {
                    let (group, member, generation) = claim;
                    let breach = Breach::ForeignCommit {
                        group,
                        member,
                        generation,
                    };
                    findings.violated(Invariant::CommitFence, seq, breach);
                }
            }
            _ => {}
        }
    }
}

/// INV-48: a member of the current generation, or anybody while the group is empty.
fn may_commit(group: &Group, request: &OffsetCommitRequest) -> bool {
    if let Some(modern) = &group.modern {
        return modern_groups::may_commit(modern, request);
    }
    let is_member = group.members.contains_key(&request.member_id);
    let is_current = is_member && request.generation == group.generation;
    let is_outside = request.generation < Generation(0);
    is_current || (is_outside && group.state == GroupState::Empty)
}

/// INV-42: no partition in two members' assignments.
fn check_owners(findings: &mut Findings, seq: Seq, group: &Group) {
    let mut owners: BTreeMap<(Name, u32), &Name> = BTreeMap::new();
    for member in group.members.values() {
        let assignment = decode_assignment(&member.assignment).unwrap_or_default();
        for (topic, partitions) in assignment {
            for partition in partitions {
                let Some(one) = owners.insert((topic.clone(), partition), &member.id) else {
                    continue;
                };
                let breach = Breach::TwoOwners {
                    group: group.name.clone(),
                    generation: group.generation,
                    topic: topic.clone(),
                    partition,
                    one: one.clone(),
                    other: member.id.clone(),
                };
                findings.violated(Invariant::SingleOwner, seq, breach);
            }
        }
    }
}
