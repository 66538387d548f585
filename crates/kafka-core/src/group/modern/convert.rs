//! Online migration: a classic group with members becomes a consumer group when the
//! first member of the new protocol joins, and a classic one again when the last of them
//! is gone (NGP-12).
//!
//! Nobody is stopped by it: members of the classic protocol keep their ids, their
//! generation is their member epoch from then on, and what they were assigned is theirs.

use std::collections::BTreeSet;

use super::super::codec as classic_codec;
use super::super::rebalance::{join_error, prepare_rebalance, sync_error};
use super::super::state::{Group, GroupState, Member};
use super::super::writes::{Done, Env};
use super::{ClassicMember, ModernGroup, ModernKind, ModernMember, Origin, Owned, edit, records};
use crate::consumer_protocol::{
    TopicPartitions, decode_assignment, decode_subscription, encode_assignment,
};
use crate::error::ErrorCode;
use crate::metadata::ClusterImage;
use crate::node::TimerKey;
use crate::note::{MemberRemoval, Note};
use crate::types::{Bytes, Generation, GroupEpoch, Name, TopicPartition};

/// Whether a classic group with members may become a consumer group.
pub(in crate::group) fn may_upgrade(group: &Group, env: &Env<'_>) -> bool {
    let most = env.config.modern_groups.consumer.max_size;
    let readable = |member: &Member| subscription_of(group, member).is_some();
    env.config.modern_groups.migration.may_upgrade()
        && group.modern.is_none()
        && group.state != GroupState::Dead
        && group.protocol_type.as_deref() == Some("consumer")
        && group.members.len() as u64 <= u64::from(most)
        && group.members.values().all(readable)
}

fn subscription_of(group: &Group, member: &Member) -> Option<Vec<Name>> {
    let protocol = group.protocol_name.as_deref();
    let known = member.metadata(protocol);
    let metadata = match member.protocols.first() {
        Some((_, first)) if known.is_empty() => first,
        _ => &known,
    };
    let mut topics = decode_subscription(metadata)?.topics;
    topics.sort();
    topics.dedup();
    Some(topics)
}

/// Makes a classic group a consumer group of the same members. Who is parked in a
/// rebalance is told to join again.
pub(in crate::group) fn upgrade(group: &mut Group, env: &mut Env<'_>) {
    let before = Box::new(group.clone());
    let epoch = GroupEpoch(group.generation.0.max(GroupEpoch::INITIAL.0));
    let mut modern = ModernGroup::new(ModernKind::Consumer, Origin::Stored);
    modern.epoch = epoch;
    modern.target_epoch = epoch;
    for member in group.members.values() {
        let assigned = owned(&member.assignment, env.image, epoch);
        let target: BTreeSet<TopicPartition> = assigned.keys().copied().collect();
        modern.target.insert(member.id.clone(), target);
        let mut converted = ModernMember::new(&member.id, member.number);
        converted.instance_id.clone_from(&member.instance_id);
        converted.client_id = member.client_id.clone();
        converted.client_host = member.client_host.clone();
        converted.rebalance_timeout_ms = member.rebalance_timeout_ms;
        converted.subscribed = subscription_of(group, member).unwrap_or_default();
        converted.epoch = epoch;
        converted.previous_epoch = epoch;
        converted.assigned = assigned;
        converted.classic = Some(ClassicMember {
            session_timeout_ms: member.session_timeout_ms,
            protocols: member.protocols.clone(),
        });
        modern.members.insert(member.id.clone(), converted);
    }
    modern.metadata_hash = modern.hash_of_metadata(env.image);
    send_away(group, env);
    let empty = ModernGroup::new(ModernKind::Consumer, Origin::Classic);
    let pairs = records::difference(&group.name, &empty, &modern, env.image);
    group.modern = Some(Box::new(modern));
    let ids: Vec<Name> = before.members.keys().cloned().collect();
    for id in &ids {
        edit::restart_session(group, env, id);
    }
    edit::mirror(group, env);
    env.append(group, pairs, Done::Converted(before));
}

/// Empties the classic part: parked requests are answered, timers stop.
fn send_away(group: &mut Group, env: &mut Env<'_>) {
    let rejoin = ErrorCode::RebalanceInProgress;
    for member in std::mem::take(&mut group.members).into_values() {
        if let Some(asker) = member.awaiting_join {
            env.respond(asker, join_error(rejoin, member.id.clone()));
        }
        if let Some(asker) = member.awaiting_sync {
            env.respond(asker, sync_error(rejoin));
        }
    }
    for number in std::mem::take(&mut group.pending_members).into_values() {
        env.fx.cancel_timer(group.session_timer(number));
    }
    env.fx.cancel_timer(TimerKey::GroupJoin(group.number));
    env.fx.cancel_timer(TimerKey::GroupSync(group.number));
    group.static_members.clear();
    group.pending_sync.clear();
    group.leader = None;
    group.protocol_name = None;
}

fn owned(assignment: &[u8], image: &ClusterImage, epoch: GroupEpoch) -> Owned {
    let topics = decode_assignment(assignment).unwrap_or_default();
    partitions(&topics, image)
        .into_iter()
        .map(|partition| (partition, epoch))
        .collect()
}

/// Partitions by name as the cluster knows them.
pub(super) fn partitions(topics: &TopicPartitions, image: &ClusterImage) -> Vec<TopicPartition> {
    let mut found = Vec::new();
    for (name, numbers) in topics {
        if let Some(topic) = image.topic(name) {
            let id = |number: &u32| TopicPartition::new(topic.topic, *number);
            found.extend(numbers.iter().map(id));
        }
    }
    found.sort_unstable();
    found
}

/// A member's assignment as the classic protocol encodes it.
pub(super) fn encoded(member: &ModernMember, image: &ClusterImage) -> Bytes {
    let mut topics: TopicPartitions = Vec::new();
    for partition in member.assigned.keys() {
        let Some(topic) = image.topics.get(&partition.topic) else {
            continue;
        };
        match topics.last_mut() {
            Some((name, list)) if *name == topic.name => list.push(partition.partition),
            _ => topics.push((topic.name.clone(), vec![partition.partition])),
        }
    }
    encode_assignment(&topics, None)
}

/// Whether the group becomes classic when that member goes.
pub(in crate::group) fn may_downgrade(modern: &ModernGroup, gone: &str, env: &Env<'_>) -> bool {
    let mut others = modern.members.values().filter(|member| *member.id != *gone);
    let count = modern.members.len().saturating_sub(1);
    modern.kind == ModernKind::Consumer
        && count > 0
        && count as u64 <= u64::from(env.config.group_max_size)
        && others.all(|member| member.classic.is_some())
        && env.config.modern_groups.migration.may_downgrade()
}

/// Makes a consumer group a classic one of all members but that; they rebalance at once.
pub(in crate::group) fn downgrade(
    group: &mut Group,
    env: &mut Env<'_>,
    gone: &str,
    why: MemberRemoval,
) {
    let before = Box::new(group.clone());
    let Some(mut modern) = group.modern.take() else {
        return;
    };
    let mut pairs = records::tombstones(&group.name, &modern);
    if let Some(left) = modern.members.remove(gone) {
        edit::cancel_timers(group.number, &left, env);
        env.fx
            .note(Note::MemberRemoved(group.name.clone(), left.id, why));
    }
    group.generation = Generation(modern.epoch.0);
    for member in modern.members.into_values() {
        let key = TimerKey::GroupRevocation(group.number, member.number);
        env.fx.cancel_timer(key);
        let assignment = encoded(&member, env.image);
        let Some(classic) = member.classic else {
            continue;
        };
        let member = Member {
            id: member.id,
            instance_id: member.instance_id,
            client_id: member.client_id,
            client_host: member.client_host,
            session_timeout_ms: classic.session_timeout_ms,
            rebalance_timeout_ms: member.rebalance_timeout_ms,
            protocols: classic.protocols,
            assignment,
            number: member.number,
            is_new: false,
            awaiting_join: None,
            awaiting_sync: None,
        };
        group.add_member(member, Some("consumer".into()));
    }
    group.protocol_type = Some("consumer".into());
    group.protocol_name = group.select_protocol();
    group.subscribed_topics = group.compute_subscribed_topics();
    let value = classic_codec::group_value(&group.persisted(&group.assignments()));
    pairs.push((classic_codec::group_key(&group.name), Some(value)));
    env.transition(group, GroupState::Stable);
    let ids: Vec<Name> = group.members.keys().cloned().collect();
    for id in &ids {
        env.restart_session(group, id);
    }
    env.append(group, pairs, Done::Converted(before));
    prepare_rebalance(group, env);
}

/// The records of a conversion could not be written: the group is what it was before.
pub(in crate::group) fn undo(group: &mut Group, env: &mut Env<'_>, before: Group) {
    *group = before;
    let waiting = group.members.values_mut();
    for member in waiting {
        // They were answered.
        member.awaiting_join = None;
        member.awaiting_sync = None;
    }
    let ids: Vec<Name> = group.members.keys().cloned().collect();
    for id in &ids {
        env.restart_session(group, id);
    }
    let modern = group.modern.iter().flat_map(|it| it.members.keys());
    let ids: Vec<Name> = modern.cloned().collect();
    for id in &ids {
        edit::restart_session(group, env, id);
    }
}
