//! ConsumerGroupDescribe and ShareGroupDescribe.

use std::collections::BTreeSet;

use super::super::groups::Groups;
use super::super::state::GroupState;
use super::{ModernGroup, ModernKind, ModernMember};
use crate::config::groups::ServerAssignor;
use crate::error::ErrorCode;
use crate::metadata::ClusterImage;
use crate::protocol::{DescribedConsumerGroup, DescribedConsumerMember};
use crate::types::{GroupEpoch, Name, TopicPartition};

/// A group that cannot be described, and why.
pub(in crate::group) fn undescribed(
    group: &Name,
    error: ErrorCode,
    message: Option<Name>,
) -> DescribedConsumerGroup {
    DescribedConsumerGroup {
        error,
        message,
        group: group.clone(),
        state: "".into(),
        epoch: GroupEpoch(0),
        target_epoch: GroupEpoch(0),
        assignor: "".into(),
        members: Vec::new(),
    }
}

/// Describes a group of that kind; any other is GROUP_ID_NOT_FOUND.
pub(in crate::group) fn describe(
    groups: &Groups,
    name: &Name,
    kind: ModernKind,
    image: &ClusterImage,
    default: ServerAssignor,
) -> DescribedConsumerGroup {
    if name.is_empty() {
        return undescribed(name, ErrorCode::InvalidGroupId, None);
    }
    let group = groups.get(name);
    let group = group.filter(|group| group.is_visible && group.state != GroupState::Dead);
    let modern = group.and_then(|group| group.modern.as_deref());
    let modern = modern.filter(|modern| modern.kind == kind);
    let Some(modern) = modern else {
        let text = match (group.is_some(), kind) {
            (false, _) => format!("Group {name} not found."),
            (true, ModernKind::Consumer) => format!("Group {name} is not a consumer group."),
            (true, ModernKind::Share) => format!("Group {name} is not a share group."),
        };
        let message = Some(text.as_str().into());
        return undescribed(name, ErrorCode::GroupIdNotFound, message);
    };
    let assignor = match kind {
        ModernKind::Consumer => modern.preferred_assignor(default).name(),
        ModernKind::Share => "simple",
    };
    DescribedConsumerGroup {
        error: ErrorCode::None,
        message: None,
        group: name.clone(),
        state: modern.state().name().into(),
        epoch: modern.epoch,
        target_epoch: modern.target_epoch,
        assignor: assignor.into(),
        members: members(modern, image),
    }
}

fn members(modern: &ModernGroup, image: &ClusterImage) -> Vec<DescribedConsumerMember> {
    let target = |id: &Name| modern.target.get(id).into_iter().flatten();
    let members = modern
        .members
        .values()
        .map(|member| DescribedConsumerMember {
            member_id: member.id.clone(),
            group_instance_id: member.instance_id.clone(),
            client_id: member.client_id.clone(),
            client_host: member.client_host.clone(),
            member_epoch: member.epoch,
            // What it has not given up yet is its own still.
            assignment: by_name(held(member).iter(), image),
            target: by_name(target(&member.id), image),
            is_classic: member.classic.is_some(),
        });
    members.collect()
}

fn held(member: &ModernMember) -> BTreeSet<TopicPartition> {
    let pending = member.pending_revocation.keys();
    member.assigned.keys().chain(pending).copied().collect()
}

/// Partitions by topic name; topics that are gone have none.
fn by_name<'a>(
    partitions: impl Iterator<Item = &'a TopicPartition>,
    image: &ClusterImage,
) -> Vec<(Name, Vec<u32>)> {
    let mut topics: Vec<(Name, Vec<u32>)> = Vec::new();
    for partition in partitions {
        let Some(topic) = image.topics.get(&partition.topic) else {
            continue;
        };
        match topics.last_mut() {
            Some((name, list)) if *name == topic.name => list.push(partition.partition),
            _ => topics.push((topic.name.clone(), vec![partition.partition])),
        }
    }
    topics.sort();
    topics
}
