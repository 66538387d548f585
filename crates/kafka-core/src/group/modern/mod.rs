//! Groups that the coordinator assigns itself: the `consumer` protocol (KIP-848,
//! section 9) and, with the same members, epochs and target, share groups (KIP-932).
//!
//! A [`ModernGroup`] lives inside a [`Group`], which keeps its name, offsets, timers'
//! number and the state that tools print. Every rule works on a copy (`edit`): it changes
//! members and epochs there, and what differs at the end is written to
//! `__consumer_offsets` as one batch (`records`), taken over, and answered when it is
//! committed. Nothing else persists a change, so no rule can forget to.
//!
//! | part | what | consumer | share |
//! |---|---|---|---|
//! | `edit` | begin and end of a change, state, timers | yes | yes |
//! | `target` | epochs, assignors, target assignment (NGP-3) | uniform, range | simple |
//! | `reconcile` | target to assignment, with revocation (NGP-4) | yes | no: a member's assignment is its target at once |
//! | `heartbeat`, `share` | heartbeats, leaving, fencing (NGP-1, NGP-2, NGP-11; SHG-1) | ConsumerGroupHeartbeat | ShareGroupHeartbeat |
//! | `convert`, `classic` | online migration (NGP-12) | yes | no |
//! | `records`, `codec` | records and their replay | types 3 to 8 | types 10 to 14 |
//!
//! Invariant: epochs never go down; `target` names members only; in a consumer group a
//! partition is assigned to (or not yet given up by) at most one member (NGP-5).

pub(super) mod classic;
pub mod codec;
pub(super) mod convert;
pub(super) mod describe;
pub(super) mod edit;
pub(super) mod heartbeat;
mod reconcile;
pub(super) mod records;
pub mod share;
pub mod share_offsets;
mod target;

use std::collections::{BTreeMap, BTreeSet};

use super::state::GroupState;
use crate::types::{Bytes, GroupEpoch, Name, TopicPartition};

/// What a group of the newer protocols is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ModernKind {
    /// One owner a partition (KIP-848).
    Consumer,
    /// Several members share a partition (KIP-932).
    Share,
}

impl ModernKind {
    /// As ListGroups and tools print it.
    pub fn type_name(self) -> &'static str {
        match self {
            ModernKind::Consumer => "Consumer",
            ModernKind::Share => "Share",
        }
    }

    /// Protocol type in ListGroups.
    pub fn protocol_type(self) -> &'static str {
        match self {
            ModernKind::Consumer => "consumer",
            ModernKind::Share => "share",
        }
    }
}

/// How far a member is on the way to its target (NGP-4).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ModernMemberState {
    /// Has what its epoch's target gives it.
    Stable,
    /// Must give partitions up first.
    UnrevokedPartitions,
    /// Waits for partitions that others still own.
    UnreleasedPartitions,
}

/// Partitions with the epoch in which the member got them.
pub type Owned = BTreeMap<TopicPartition, GroupEpoch>;

/// What a member of a consumer group has if it speaks the classic protocol (NGP-12).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClassicMember {
    /// `session.timeout.ms` of the member.
    pub session_timeout_ms: u32,
    /// Assignors in order of preference with the encoded subscription.
    pub protocols: Vec<(Name, Bytes)>,
}

/// What the log knows of a group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Origin {
    /// Nothing yet.
    New,
    /// An empty classic group of this name.
    Classic,
    /// This group.
    Stored,
}

/// A member.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ModernMember {
    /// Member id.
    pub id: Name,
    /// Instance id, if static.
    pub instance_id: Option<Name>,
    /// Rack.
    pub rack: Option<Name>,
    /// Client id.
    pub client_id: Name,
    /// Host, as in `/127.0.0.1`.
    pub client_host: Name,
    /// How long it may take to give partitions up, in milliseconds.
    pub rebalance_timeout_ms: u32,
    /// Topic names it subscribes to, sorted.
    pub subscribed: Vec<Name>,
    /// The assignor it asks for.
    pub server_assignor: Option<Name>,
    /// Its epoch.
    pub epoch: GroupEpoch,
    /// Its epoch before: an answer may have been lost (NGP-2).
    pub previous_epoch: GroupEpoch,
    /// Where its reconciliation stands.
    pub state: ModernMemberState,
    /// What it may own.
    pub assigned: Owned,
    /// What it has to give up.
    pub pending_revocation: Owned,
    /// Set if it speaks the classic protocol.
    pub classic: Option<ClassicMember>,
    /// Number of its timers within the group.
    pub(super) number: u32,
    /// Speaks the classic protocol and was told to join again; its timer runs.
    pub(super) awaits_join: bool,
}

impl ModernMember {
    /// Takes over the topics of a heartbeat that names them; whether they changed.
    fn subscribe(&mut self, topics: Option<&[Name]>) -> bool {
        let Some(topics) = topics else {
            return false;
        };
        let mut topics = topics.to_vec();
        topics.sort();
        topics.dedup();
        let changed = topics != self.subscribed;
        self.subscribed = topics;
        changed
    }

    /// A member that has not said anything yet.
    pub(super) fn new(id: &Name, number: u32) -> ModernMember {
        ModernMember {
            id: id.clone(),
            instance_id: None,
            rack: None,
            client_id: "".into(),
            client_host: "".into(),
            rebalance_timeout_ms: 0,
            subscribed: Vec::new(),
            server_assignor: None,
            epoch: GroupEpoch(0),
            previous_epoch: GroupEpoch(-1),
            state: ModernMemberState::Stable,
            assigned: Owned::new(),
            pending_revocation: Owned::new(),
            classic: None,
            number,
            awaits_join: false,
        }
    }

    /// Whether the partition is its own still: assigned, or not given up yet.
    pub fn holds(&self, partition: TopicPartition) -> bool {
        self.assigned.contains_key(&partition) || self.pending_revocation.contains_key(&partition)
    }

    /// Whether it has reached that target.
    pub fn is_reconciled_to(&self, target: GroupEpoch) -> bool {
        self.state == ModernMemberState::Stable && self.epoch == target
    }

    fn is_subscribed_to(&self, topic: &str) -> bool {
        self.subscribed
            .binary_search_by(|name| (**name).cmp(topic))
            .is_ok()
    }
}

/// The part of a group that the newer protocols have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ModernGroup {
    /// Consumer or share.
    pub kind: ModernKind,
    /// Rises with every change of members, subscriptions or their topics.
    pub epoch: GroupEpoch,
    /// The group epoch that `target` was computed for.
    pub target_epoch: GroupEpoch,
    /// What each member shall own.
    pub target: BTreeMap<Name, BTreeSet<TopicPartition>>,
    /// Members by id.
    pub members: BTreeMap<Name, ModernMember>,
    /// Of a share group: partitions with a stored state, which may be assigned.
    pub initialized: BTreeSet<TopicPartition>,
    /// Of a share group: partitions whose state is being begun.
    pub initializing: BTreeSet<TopicPartition>,
    /// When `target` was computed, in milliseconds; 0 if never.
    pub(super) target_at_ms: i64,
    /// Says whether the topics subscribed to have changed.
    pub(super) metadata_hash: u64,
    pub(super) origin: Origin,
}

impl ModernGroup {
    pub(super) fn new(kind: ModernKind, origin: Origin) -> ModernGroup {
        ModernGroup {
            kind,
            epoch: GroupEpoch::INITIAL,
            target_epoch: GroupEpoch::INITIAL,
            target: BTreeMap::new(),
            members: BTreeMap::new(),
            initialized: BTreeSet::new(),
            initializing: BTreeSet::new(),
            target_at_ms: 0,
            metadata_hash: 0,
            origin,
        }
    }

    /// Whether nothing of it was ever written.
    pub(super) fn is_unknown_to_log(&self) -> bool {
        self.origin == Origin::New
    }

    /// State of the group (section 9); a share group knows Empty and Stable only.
    pub fn state(&self) -> GroupState {
        let waits = |member: &ModernMember| !member.is_reconciled_to(self.target_epoch);
        if self.members.is_empty() {
            GroupState::Empty
        } else if self.kind == ModernKind::Share {
            GroupState::Stable
        } else if self.epoch > self.target_epoch {
            GroupState::Assigning
        } else if self.members.values().any(waits) {
            GroupState::Reconciling
        } else {
            GroupState::Stable
        }
    }

    /// The member that owns a partition of a consumer group: it is assigned to it, or
    /// not given up by it yet.
    pub fn owner(&self, partition: TopicPartition) -> Option<&ModernMember> {
        self.members.values().find(|member| member.holds(partition))
    }

    /// The static member of that instance id.
    pub fn static_member(&self, instance_id: &str) -> Option<&ModernMember> {
        let mut members = self.members.values();
        members.find(|member| member.instance_id.as_deref() == Some(instance_id))
    }

    /// Every topic name somebody subscribes to.
    pub fn subscribed_topics(&self) -> BTreeSet<Name> {
        let members = self.members.values();
        members
            .flat_map(|member| member.subscribed.iter().cloned())
            .collect()
    }
}
