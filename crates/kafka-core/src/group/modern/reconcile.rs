//! One step of a member of a consumer group towards its target (NGP-4, NGP-5).

use std::collections::BTreeSet;

use super::{ModernGroup, ModernMember, ModernMemberState, Owned};
use crate::metadata::ClusterImage;
use crate::types::{GroupEpoch, TopicPartition};

/// What a step needs to know beside the member.
struct Step<'a> {
    group: &'a ModernGroup,
    image: &'a ClusterImage,
    /// What the member says it owns; absent if it did not say.
    owned: Option<&'a [TopicPartition]>,
}

/// The member as it is after one step.
///
/// `subscription_changed`: partitions of topics it does not subscribe to any more have to
/// go even if its epoch is the target's.
pub(super) fn reconcile(
    group: &ModernGroup,
    image: &ClusterImage,
    member: &ModernMember,
    owned: Option<&[TopicPartition]>,
    subscription_changed: bool,
) -> ModernMember {
    let step = Step {
        group,
        image,
        owned,
    };
    match member.state {
        ModernMemberState::Stable if member.epoch != group.target_epoch => step.next(member),
        ModernMemberState::UnrevokedPartitions
            if step.still_owns(&member.pending_revocation) && subscription_changed =>
        {
            step.drop_unsubscribed(member)
        }
        ModernMemberState::UnrevokedPartitions if step.still_owns(&member.pending_revocation) => {
            member.clone()
        }
        ModernMemberState::Stable if subscription_changed => step.drop_unsubscribed(member),
        ModernMemberState::Stable => member.clone(),
        ModernMemberState::UnrevokedPartitions | ModernMemberState::UnreleasedPartitions => {
            step.next(member)
        }
    }
}

impl Step<'_> {
    /// Whether the member has these partitions still; it has if it does not say.
    fn still_owns(&self, partitions: &Owned) -> bool {
        match self.owned {
            None => true,
            Some(owned) => owned.iter().any(|owned| partitions.contains_key(owned)),
        }
    }

    fn subscribes(&self, member: &ModernMember, partition: TopicPartition) -> bool {
        let topic = self.image.topics.get(&partition.topic);
        topic.is_some_and(|topic| member.is_subscribed_to(&topic.name))
    }

    /// Partitions of topics not subscribed to any more become ones to give up.
    fn drop_unsubscribed(&self, member: &ModernMember) -> ModernMember {
        let mut next = member.clone();
        let gone: Owned = next
            .assigned
            .extract_if(.., |partition, _| !self.subscribes(member, *partition))
            .collect();
        if gone.is_empty() {
            return next;
        }
        let mut pending = next.pending_revocation.clone();
        pending.extend(gone);
        if self.still_owns(&pending) {
            next.pending_revocation = pending;
            next.state = ModernMemberState::UnrevokedPartitions;
        }
        let epoch = next.epoch;
        advance(&mut next, epoch);
        next
    }

    /// NGP-4: first what must go, in the old epoch; then the target's epoch, with what
    /// is free of what is new.
    fn next(&self, member: &ModernMember) -> ModernMember {
        let empty = BTreeSet::new();
        let target = self.group.target.get(&member.id).unwrap_or(&empty);
        let wanted: BTreeSet<TopicPartition> = target
            .iter()
            .copied()
            .filter(|partition| self.subscribes(member, *partition))
            .collect();
        let mut next = member.clone();
        let revoked: Owned = next
            .assigned
            .extract_if(.., |partition, _| !wanted.contains(partition))
            .collect();
        if !revoked.is_empty() && self.still_owns(&revoked) {
            next.state = ModernMemberState::UnrevokedPartitions;
            next.pending_revocation = revoked;
            let epoch = next.epoch;
            advance(&mut next, epoch);
            return next;
        }
        let mut blocked = false;
        for partition in wanted {
            if next.assigned.contains_key(&partition) {
                continue;
            }
            let owner = self.group.owner(partition);
            if owner.is_none_or(|owner| owner.id == member.id) {
                next.assigned.insert(partition, self.group.target_epoch);
            } else {
                blocked = true;
            }
        }
        next.pending_revocation.clear();
        advance(&mut next, self.group.target_epoch);
        next.state = if blocked {
            ModernMemberState::UnreleasedPartitions
        } else {
            ModernMemberState::Stable
        };
        next
    }
}

/// Gives a member an epoch, maybe its own, and remembers the one before (NGP-2).
fn advance(member: &mut ModernMember, epoch: GroupEpoch) {
    member.previous_epoch = member.epoch;
    member.epoch = epoch;
}
