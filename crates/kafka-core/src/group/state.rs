//! A group and the members of a classic one: the data and the questions about it.
//!
//! A group of a newer protocol has its own part (`modern`); name, offsets, state and
//! generation (there: the group epoch) mean the same for all.
//! Not here: the rules that move a group from state to state (`join`, `sync`,
//! `rebalance`). Invariant: `static_members` names exactly the members that have an
//! instance id, and every member speaks the group's protocol type.

use std::collections::{BTreeMap, BTreeSet};

use super::codec::{self, PersistedGroup, PersistedMember, StoredOffset};
use super::modern::{ModernGroup, records};
use crate::error::ErrorCode;
use crate::node::TimerKey;
use crate::protocol::JoinGroupMember;
use crate::types::{Bytes, Generation, Name, NodeId, ProducerId, RequestId, TopicPartition};

/// States of a group: of a classic one (7.2), of a consumer group (section 9).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum GroupState {
    /// No members.
    Empty,
    /// Waits for members to (re)join.
    PreparingRebalance,
    /// Waits for the leader's assignment.
    CompletingRebalance,
    /// Every member has its assignment.
    Stable,
    /// About to be forgotten.
    Dead,
    /// A consumer group whose target assignment is not computed yet.
    Assigning,
    /// A consumer group with a member that has not reached its target.
    Reconciling,
}

impl GroupState {
    /// Kafka's name, as in `PreparingRebalance`.
    pub fn name(self) -> &'static str {
        match self {
            GroupState::Empty => "Empty",
            GroupState::PreparingRebalance => "PreparingRebalance",
            GroupState::CompletingRebalance => "CompletingRebalance",
            GroupState::Stable => "Stable",
            GroupState::Dead => "Dead",
            GroupState::Assigning => "Assigning",
            GroupState::Reconciling => "Reconciling",
        }
    }
}

/// Who waits for an answer: the process and the request.
pub(super) type Asker = (NodeId, RequestId);

/// A member of a classic group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    /// Member id.
    pub id: Name,
    /// Instance id, if static.
    pub instance_id: Option<Name>,
    /// Client id.
    pub client_id: Name,
    /// Host, as in `/127.0.0.1`.
    pub client_host: Name,
    /// `session.timeout.ms` of the member.
    pub session_timeout_ms: u32,
    /// `max.poll.interval.ms` of the member.
    pub rebalance_timeout_ms: u32,
    /// Assignors in order of preference with the encoded subscription.
    pub protocols: Vec<(Name, Bytes)>,
    /// Encoded assignment of the last completed generation; empty if none.
    pub assignment: Bytes,
    /// Number of its session timer within the group.
    pub(super) number: u32,
    /// Its first join is still parked (GRP-10).
    pub(super) is_new: bool,
    pub(super) awaiting_join: Option<Asker>,
    pub(super) awaiting_sync: Option<Asker>,
}

impl Member {
    /// Its subscription for that assignor; empty bytes if it does not know it.
    pub fn metadata(&self, protocol: Option<&str>) -> Bytes {
        let known = self
            .protocols
            .iter()
            .find(|(name, _)| Some(&**name) == protocol);
        known.map_or_else(|| Bytes::from([]), |(_, metadata)| metadata.clone())
    }

    /// Whether its JoinGroup is parked.
    pub fn is_awaiting_join(&self) -> bool {
        self.awaiting_join.is_some()
    }

    /// Whether its SyncGroup is parked.
    pub fn is_awaiting_sync(&self) -> bool {
        self.awaiting_sync.is_some()
    }

    pub(super) fn supports(&self, protocol: &str) -> bool {
        self.protocols.iter().any(|(name, _)| **name == *protocol)
    }
}

/// What the join timer waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum JoinWait {
    /// The initial delay: this wait and what may still be added, in ms (GRP-6).
    Initial { delay_ms: u32, remaining_ms: u32 },
    /// The rebalance timeout (GRP-7).
    Rejoin,
}

/// A group as its coordinator keeps it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// Group id.
    pub name: Name,
    /// Partition of `__consumer_offsets` it belongs to.
    pub offsets_partition: u32,
    /// State.
    pub state: GroupState,
    /// Generation.
    pub generation: Generation,
    /// "consumer"; none for a group that only stores offsets.
    pub protocol_type: Option<Name>,
    /// Chosen assignor.
    pub protocol_name: Option<Name>,
    /// Member id of the group leader.
    pub leader: Option<Name>,
    /// Members by id.
    pub members: BTreeMap<Name, Member>,
    /// Stored offsets by topic name and partition.
    pub offsets: BTreeMap<(Name, u32), StoredOffset>,
    /// Offsets of open transactions, by producer (TXN-6).
    pub pending_offsets: BTreeMap<ProducerId, BTreeMap<(Name, u32), StoredOffset>>,
    /// Members, epochs and target of a group of a newer protocol; absent in a classic one.
    pub modern: Option<Box<ModernGroup>>,
    /// Number of its timers.
    pub(super) number: u32,
    pub(super) previous_state: GroupState,
    /// When it entered its state, in milliseconds; `None` before any transition.
    pub(super) state_since_ms: Option<i64>,
    /// Member ids handed out and not used yet, with their timer numbers (GRP-3).
    pub(super) pending_members: BTreeMap<Name, u32>,
    pub(super) pending_sync: BTreeSet<Name>,
    pub(super) static_members: BTreeMap<Name, Name>,
    pub(super) new_member_added: bool,
    pub(super) join_wait: JoinWait,
    /// Topics somebody subscribes to; `None` if that is not known.
    pub(super) subscribed_topics: Option<BTreeSet<Name>>,
    /// Its first record is committed: admin clients may see it.
    pub(super) is_visible: bool,
    next_member_number: u32,
}

impl Group {
    pub(super) fn new(name: Name, number: u32, offsets_partition: u32) -> Group {
        Group {
            name,
            offsets_partition,
            state: GroupState::Empty,
            generation: Generation(0),
            protocol_type: None,
            protocol_name: None,
            leader: None,
            members: BTreeMap::new(),
            offsets: BTreeMap::new(),
            pending_offsets: BTreeMap::new(),
            modern: None,
            number,
            previous_state: GroupState::Empty,
            state_since_ms: None,
            pending_members: BTreeMap::new(),
            pending_sync: BTreeSet::new(),
            static_members: BTreeMap::new(),
            new_member_added: false,
            join_wait: JoinWait::Rejoin,
            subscribed_topics: None,
            is_visible: false,
            next_member_number: 0,
        }
    }

    /// Whether that member leads the group.
    pub fn is_leader(&self, member_id: &str) -> bool {
        self.leader.as_deref() == Some(member_id)
    }

    /// Member ids handed out that have not joined with them yet.
    pub fn pending_members(&self) -> impl Iterator<Item = &Name> {
        self.pending_members.keys()
    }

    pub(super) fn next_member_number(&mut self) -> u32 {
        self.next_member_number += 1;
        self.next_member_number
    }

    pub(super) fn session_timer(&self, member_number: u32) -> TimerKey {
        TimerKey::GroupSession(self.number, member_number)
    }

    /// The longest rebalance timeout of any member, in milliseconds (GRP-7).
    pub(super) fn rebalance_timeout_ms(&self) -> u32 {
        let timeouts = self.members.values().map(|m| m.rebalance_timeout_ms);
        timeouts.max().unwrap_or(0)
    }

    pub(super) fn joined_count(&self) -> usize {
        let joined = self.members.values().filter(|m| m.is_awaiting_join());
        joined.count()
    }

    pub(super) fn has_all_members_joined(&self) -> bool {
        self.pending_members.is_empty() && self.members.values().all(Member::is_awaiting_join)
    }

    /// Whether a client with these protocols fits in (GRP-4).
    pub(super) fn supports_protocols(&self, kind: &str, protocols: &[(Name, Bytes)]) -> bool {
        if self.state == GroupState::Empty {
            return !kind.is_empty() && !protocols.is_empty();
        }
        self.protocol_type.as_deref() == Some(kind)
            && protocols.iter().any(|(name, _)| self.all_support(name))
    }

    fn all_support(&self, protocol: &str) -> bool {
        self.members
            .values()
            .all(|member| member.supports(protocol))
    }

    /// GRP-8: each member votes for its first preference among the names that all
    /// support; most votes win, ties go to the lowest name (B-3).
    pub(super) fn select_protocol(&self) -> Option<Name> {
        let first = self.members.values().next()?;
        let names = first.protocols.iter().map(|(name, _)| name);
        let candidates: BTreeSet<&Name> = names.filter(|name| self.all_support(name)).collect();
        let mut votes: BTreeMap<&Name, u32> = BTreeMap::new();
        for member in self.members.values() {
            let mut names = member.protocols.iter().map(|(name, _)| name);
            if let Some(vote) = names.find(|name| candidates.contains(name)) {
                *votes.entry(vote).or_default() += 1;
            }
        }
        let most = votes.values().copied().max()?;
        let winner = votes.into_iter().find(|(_, count)| *count == most);
        winner.map(|(name, _)| name.clone())
    }

    /// Whether an open transaction may be about to change that offset (TXN-6).
    pub(super) fn is_unstable(&self, key: &(Name, u32)) -> bool {
        let mut pending = self.pending_offsets.values();
        pending.any(|offsets| offsets.contains_key(key))
    }

    /// Checks member id and instance id of a request: UNKNOWN_MEMBER_ID or
    /// FENCED_INSTANCE_ID if they do not belong here (GRP-11, GRP-13).
    pub(super) fn validate_member(
        &self,
        member_id: &str,
        instance_id: Option<&str>,
    ) -> Result<(), ErrorCode> {
        if let Some(instance_id) = instance_id {
            match self.static_members.get(instance_id) {
                None => return Err(ErrorCode::UnknownMemberId),
                Some(owner) if **owner != *member_id => return Err(ErrorCode::FencedInstanceId),
                Some(_) => {}
            }
        }
        if self.members.contains_key(member_id) {
            Ok(())
        } else {
            Err(ErrorCode::UnknownMemberId)
        }
    }

    /// Adds a member; the first one gives the group its protocol type and leads it.
    pub(super) fn add_member(&mut self, member: Member, protocol_type: Option<Name>) {
        if self.members.is_empty() {
            self.protocol_type = protocol_type;
        }
        if self.leader.is_none() {
            self.leader = Some(member.id.clone());
        }
        if let Some(instance) = &member.instance_id {
            self.static_members
                .insert(instance.clone(), member.id.clone());
        }
        self.pending_members.remove(&member.id);
        self.members.insert(member.id.clone(), member);
    }

    /// Forgets a member or a handed out id; a leader is followed by the lowest id.
    pub(super) fn remove_member(&mut self, member_id: &str) -> Option<Member> {
        let removed = self.members.remove(member_id);
        if let Some(instance) = removed.as_ref().and_then(|m| m.instance_id.as_ref()) {
            self.static_members.remove(instance);
        }
        if self.is_leader(member_id) {
            self.leader = self.members.keys().next().cloned();
        }
        self.pending_members.remove(member_id);
        self.pending_sync.remove(member_id);
        removed
    }

    /// Whether a leader that has rejoined leads now (GRP-8); `false` if none can.
    pub(super) fn elect_joined_leader(&mut self) -> bool {
        let Some(leader) = self.leader.as_ref().and_then(|id| self.members.get(id)) else {
            return false;
        };
        if leader.is_awaiting_join() {
            return true;
        }
        match self.members.values().find(|m| m.is_awaiting_join()) {
            Some(joined) => {
                self.leader = Some(joined.id.clone());
                true
            }
            None => false,
        }
    }

    /// All members as the leader's JoinGroup answer lists them.
    pub(super) fn join_members(&self) -> Vec<JoinGroupMember> {
        let protocol = self.protocol_name.as_deref();
        let members = self.members.values().map(|member| JoinGroupMember {
            member_id: member.id.clone(),
            group_instance_id: member.instance_id.clone(),
            metadata: member.metadata(protocol),
        });
        members.collect()
    }

    /// Reads what the members subscribe to; unknown unless all are consumers whose
    /// metadata can be read.
    pub(super) fn compute_subscribed_topics(&self) -> Option<BTreeSet<Name>> {
        if self.protocol_type.as_deref() != Some("consumer") {
            return None;
        }
        if self.members.is_empty() {
            return Some(BTreeSet::new());
        }
        let protocol = self.protocol_name.as_deref()?;
        let mut topics = BTreeSet::new();
        for member in self.members.values() {
            topics.extend(codec::subscribed_topics(&member.metadata(Some(protocol)))?);
        }
        Some(topics)
    }

    pub(super) fn is_subscribed_to(&self, topic: &str) -> bool {
        match &self.subscribed_topics {
            Some(topics) => topics.contains(topic),
            None => self.protocol_type.as_deref() == Some("consumer"),
        }
    }

    /// The assignments of all members, by id.
    pub(super) fn assignments(&self) -> BTreeMap<Name, Bytes> {
        let members = self.members.values();
        members
            .map(|member| (member.id.clone(), member.assignment.clone()))
            .collect()
    }

    /// Share partitions with a stored state; none unless it is a share group.
    pub(super) fn share_partitions(&self) -> Vec<TopicPartition> {
        let modern = self.modern.iter();
        modern
            .flat_map(|modern| modern.initialized.iter().copied())
            .collect()
    }

    /// The records that remove it, without its offsets.
    pub(super) fn tombstones(&self) -> Vec<(Bytes, Option<Bytes>)> {
        match &self.modern {
            Some(modern) => records::tombstones(&self.name, modern),
            None => vec![(codec::group_key(&self.name), None)],
        }
    }

    /// What the log keeps of it, with these assignments.
    pub(super) fn persisted(&self, assignments: &BTreeMap<Name, Bytes>) -> PersistedGroup {
        let protocol = self.protocol_name.as_deref();
        let members = self.members.values().map(|member| PersistedMember {
            member_id: member.id.clone(),
            group_instance_id: member.instance_id.clone(),
            client_id: member.client_id.clone(),
            client_host: member.client_host.clone(),
            rebalance_timeout_ms: member.rebalance_timeout_ms,
            session_timeout_ms: member.session_timeout_ms,
            subscription: member.metadata(protocol),
            assignment: assignments
                .get(&member.id)
                .cloned()
                .unwrap_or_else(|| Bytes::from([])),
        });
        PersistedGroup {
            protocol_type: self.protocol_type.clone().unwrap_or_else(|| "".into()),
            generation: self.generation,
            protocol_name: self.protocol_name.clone(),
            leader: self.leader.clone(),
            state_timestamp_ms: self.state_since_ms.unwrap_or(-1),
            members: members.collect(),
        }
    }
}
