//! Groups of the `consumer` protocol: one owner a partition, a target that is one, members
//! that are where their epoch says, commits of members only (INV-42 to INV-45, INV-48).
//!
//! INV-46 needs no look of its own: a partition's owner is read from the members, so one
//! that is free has none (the coordinator's own tests show it).

use std::collections::BTreeMap;

use kafka_core::group::modern::{ModernGroup, ModernKind, ModernMember, ModernMemberState};
use kafka_core::group::{Group, GroupState};
use kafka_core::metadata::ClusterImage;
use kafka_core::protocol::{OffsetCommitRequest, OffsetToCommit};
use kafka_core::types::{Generation, GroupEpoch, Name, TopicPartition};
use kafka_sim::Seq;

use crate::findings::Findings;
use crate::invariant::Invariant;
use crate::verdict::Breach;

/// Looks at a consumer group after something happened to it, with its coordinator's
/// metadata.
pub(crate) fn check(
    findings: &mut Findings,
    seq: Seq,
    group: &Group,
    image: Option<&ClusterImage>,
) {
    let modern = group.modern.as_deref();
    let Some(modern) = modern.filter(|modern| modern.kind == ModernKind::Consumer) else {
        return;
    };
    check_owners(findings, seq, group, modern);
    check_target(findings, seq, group, modern);
    if let Some(image) = image {
        check_cover(findings, seq, group, modern, image);
    }
    if group.state == GroupState::Stable {
        check_stable(findings, seq, group, modern);
    }
}

/// INV-42: nobody has, or has still to give up, what another has.
fn check_owners(findings: &mut Findings, seq: Seq, group: &Group, modern: &ModernGroup) {
    let mut owners: BTreeMap<TopicPartition, &Name> = BTreeMap::new();
    for member in modern.members.values() {
        let held = member.assigned.keys();
        for partition in held.chain(member.pending_revocation.keys()) {
            let Some(one) = owners.insert(*partition, &member.id) else {
                continue;
            };
            let breach = Breach::TwoMembersHold {
                group: group.name.clone(),
                epoch: modern.epoch,
                partition: *partition,
                one: one.clone(),
                other: member.id.clone(),
            };
            findings.violated(Invariant::SingleOwner, seq, breach);
        }
    }
}

/// INV-43 and INV-44: a partition is meant for one member, and who has reached the target
/// has nothing that is meant for another.
fn check_target(findings: &mut Findings, seq: Seq, group: &Group, modern: &ModernGroup) {
    let mut meant: BTreeMap<TopicPartition, &Name> = BTreeMap::new();
    for (id, target) in &modern.target {
        for partition in target {
            if let Some(one) = meant.insert(*partition, id) {
                let breach = Breach::TwoTargets {
                    group: group.name.clone(),
                    epoch: modern.target_epoch,
                    partition: *partition,
                    one: one.clone(),
                    other: id.clone(),
                };
                findings.violated(Invariant::LegalTarget, seq, breach);
            }
        }
    }
    let arrived = |member: &&ModernMember| member.epoch == modern.target_epoch;
    for member in modern.members.values().filter(arrived) {
        for partition in member.assigned.keys() {
            let Some(other) = meant.get(partition).filter(|id| ***id != member.id) else {
                continue;
            };
            let breach = Breach::MeantForAnother {
                group: group.name.clone(),
                epoch: modern.target_epoch,
                partition: *partition,
                one: member.id.clone(),
                other: (*other).clone(),
            };
            findings.violated(Invariant::MemberEpoch, seq, breach);
        }
    }
}

/// INV-43: every partition of a topic that somebody subscribes to is meant for somebody.
/// Metadata that the group's epoch does not know yet bind it to nothing.
fn check_cover(
    findings: &mut Findings,
    seq: Seq,
    group: &Group,
    modern: &ModernGroup,
    image: &ClusterImage,
) {
    if modern.target_epoch != modern.epoch || !modern.knows_topics_of(image) {
        return;
    }
    for name in modern.subscribed_topics() {
        let Some(topic) = image.topic(&name) else {
            continue;
        };
        let all = 0..topic.partitions.len() as u32;
        let mut all = all.map(|number| TopicPartition::new(topic.topic, number));
        let is_meant = |it: &TopicPartition| modern.target.values().any(|given| given.contains(it));
        if let Some(partition) = all.find(|it| !is_meant(it)) {
            let breach = Breach::MeantForNobody {
                group: group.name.clone(),
                epoch: modern.target_epoch,
                partition,
            };
            findings.violated(Invariant::LegalTarget, seq, breach);
        }
    }
}

/// INV-45: in a Stable group everybody has what is meant for it.
fn check_stable(findings: &mut Findings, seq: Seq, group: &Group, modern: &ModernGroup) {
    let settled = |member: &ModernMember| {
        let target = modern.target.get(&member.id).into_iter().flatten();
        member.epoch == modern.epoch
            && member.state == ModernMemberState::Stable
            && member.pending_revocation.is_empty()
            && member.assigned.keys().eq(target)
    };
    let behind = modern.members.values().find(|member| !settled(member));
    if let Some(member) = behind {
        let breach = Breach::NotSettled {
            group: group.name.clone(),
            epoch: modern.epoch,
            member: member.id.clone(),
        };
        findings.violated(Invariant::StableGroup, seq, breach);
    }
}

/// INV-48: a member in its epoch; in an earlier one, for what it has had since then; or
/// anybody while the group is empty.
pub(crate) fn may_commit(modern: &ModernGroup, request: &OffsetCommitRequest) -> bool {
    if modern.members.is_empty() {
        return request.generation < Generation(0);
    }
    let Some(member) = modern.members.get(&request.member_id) else {
        return false;
    };
    let epoch = GroupEpoch(request.generation.0);
    let had = |offset: &OffsetToCommit| {
        let partition = &offset.partition;
        let held = [&member.assigned, &member.pending_revocation];
        let mut since = held.iter().filter_map(|owned| owned.get(partition));
        since.any(|since| *since <= epoch)
    };
    epoch == member.epoch || epoch < member.epoch && request.offsets.iter().all(had)
}
