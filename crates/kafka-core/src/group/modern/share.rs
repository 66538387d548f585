//! ShareGroupHeartbeat on the coordinator (SHG-1), and which share partitions of a
//! group have a stored state: only those are assigned.
//!
//! A member has its target at once: nobody has to give anything up first, because
//! several members may have the same partition.

use std::collections::BTreeSet;

use super::super::groups::Groups;
use super::super::state::Group;
use super::super::writes::Env;
use super::{ModernGroup, ModernKind, ModernMember, ModernMemberState, Owned, edit};
use crate::error::ErrorCode;
use crate::metadata::ClusterImage;
use crate::note::MemberRemoval;
use crate::protocol::{ShareGroupHeartbeatRequest, ShareGroupHeartbeatResponse};
use crate::types::{GroupEpoch, Name, TopicPartition};

/// What the share coordinator has to do for a group; the broker sees to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ShareWork {
    /// Begin the state of these share partitions, in that state epoch.
    Initialize(Name, GroupEpoch, Vec<TopicPartition>),
    /// Forget the state of these share partitions.
    Forget(Name, Vec<TopicPartition>),
}

/// An answer that carries only an error.
pub(in crate::group) fn refused(error: ErrorCode) -> ShareGroupHeartbeatResponse {
    ShareGroupHeartbeatResponse {
        error,
        member_id: "".into(),
        member_epoch: GroupEpoch(0),
        heartbeat_interval_ms: 0,
        assignment: None,
    }
}

/// Handles a request; the answer holds once what it wrote is committed.
pub(in crate::group) fn heartbeat(
    groups: &mut Groups,
    env: &mut Env<'_>,
    request: &ShareGroupHeartbeatRequest,
    offsets_partition: u32,
    work: &mut Vec<ShareWork>,
) -> ShareGroupHeartbeatResponse {
    let joins = request.member_epoch == GroupEpoch::JOIN;
    let is_valid = !request.group.is_empty()
        && !request.member_id.is_empty()
        && request.member_epoch >= GroupEpoch::LEAVE
        && (!joins || request.subscribed_topics.is_some());
    let result = if !is_valid {
        Err(ErrorCode::InvalidRequest)
    } else if request.member_epoch == GroupEpoch::LEAVE {
        leave(groups, env, request)
    } else {
        stay(groups, env, request, offsets_partition, work)
    };
    result.unwrap_or_else(refused)
}

fn stay(
    groups: &mut Groups,
    env: &mut Env<'_>,
    request: &ShareGroupHeartbeatRequest,
    offsets_partition: u32,
    work: &mut Vec<ShareWork>,
) -> Result<ShareGroupHeartbeatResponse, ErrorCode> {
    let joins = request.member_epoch == GroupEpoch::JOIN;
    let (name, kind) = (&request.group, ModernKind::Share);
    let group = edit::find_or_create(groups, env, name, kind, offsets_partition, joins)?;
    let settings = edit::settings(env.config, env.image, name, kind);
    let Some(mut after) = group.modern.clone() else {
        return Err(ErrorCode::GroupIdNotFound);
    };
    let known = after.members.contains_key(&request.member_id);
    if !known && after.members.len() as u64 >= u64::from(settings.max_size) {
        return Err(ErrorCode::GroupMaxSizeReached);
    }
    let before = admit(group, &mut after, request)?;
    let changed = update(&mut after, request);
    let settled = after.epoch == after.target_epoch;
    let pending = settled && after.awaits_initialized(env.image);
    after.bump_epoch_if(changed || pending, env.image);
    let default = env.config.modern_groups.default_assignor();
    let interval = settings.assignment_interval_ms;
    after.update_target(env.image, default, interval, env.now_ms());
    let next = after.advanced(&request.member_id);
    let Some(next) = next else {
        return Err(ErrorCode::UnknownMemberId);
    };
    let is_full = request.subscribed_topics.is_some();
    let is_news = joins || is_full || !before.keys().eq(next.assigned.keys());
    let answer = ShareGroupHeartbeatResponse {
        error: ErrorCode::None,
        member_id: next.id.clone(),
        member_epoch: next.epoch,
        heartbeat_interval_ms: settings.heartbeat_interval_ms,
        assignment: is_news.then(|| next.assigned.keys().copied().collect()),
    };
    after.members.insert(next.id.clone(), next);
    let new = after.uninitialized(env.image);
    if !new.is_empty() {
        after.initializing.extend(new.iter().copied());
        work.push(ShareWork::Initialize(name.clone(), after.epoch, new));
    }
    edit::take_over(group, env, after, MemberRemoval::Fenced);
    edit::restart_session(group, env, &request.member_id);
    Ok(answer)
}

/// Lets the sender in (SHG-9). Gives what it was assigned.
fn admit(
    group: &mut Group,
    after: &mut ModernGroup,
    request: &ShareGroupHeartbeatRequest,
) -> Result<Owned, ErrorCode> {
    let (id, epoch) = (&request.member_id, request.member_epoch);
    match after.members.get(id) {
        Some(member) => {
            let is_fresh = epoch == GroupEpoch::JOIN || epoch == member.epoch;
            if is_fresh || epoch == member.previous_epoch {
                Ok(member.assigned.clone())
            } else {
                Err(ErrorCode::FencedMemberEpoch)
            }
        }
        None if epoch == GroupEpoch::JOIN => {
            let number = group.next_member_number();
            let member = ModernMember::new(id, number);
            after.members.insert(id.clone(), member);
            Ok(Owned::new())
        }
        None => Err(ErrorCode::UnknownMemberId),
    }
}

/// Takes over what the request says about its sender; whether its subscription changed.
fn update(after: &mut ModernGroup, request: &ShareGroupHeartbeatRequest) -> bool {
    let Some(member) = after.members.get_mut(&request.member_id) else {
        return false;
    };
    if request.rack.is_some() {
        member.rack.clone_from(&request.rack);
    }
    member.client_id = request.client_id.clone();
    member.client_host = request.client_host.clone();
    member.subscribe(request.subscribed_topics.as_deref())
}

/// Epoch -1.
fn leave(
    groups: &mut Groups,
    env: &mut Env<'_>,
    request: &ShareGroupHeartbeatRequest,
) -> Result<ShareGroupHeartbeatResponse, ErrorCode> {
    let group = groups.get_mut(&request.group);
    let group = group.ok_or(ErrorCode::GroupIdNotFound)?;
    let modern = group.modern.as_ref();
    let modern = modern.filter(|modern| modern.kind == ModernKind::Share);
    let modern = modern.ok_or(ErrorCode::GroupIdNotFound)?;
    if !modern.members.contains_key(&request.member_id) {
        return Err(ErrorCode::UnknownMemberId);
    }
    edit::fence(group, env, &request.member_id, MemberRemoval::Left);
    Ok(ShareGroupHeartbeatResponse {
        member_id: request.member_id.clone(),
        member_epoch: request.member_epoch,
        ..refused(ErrorCode::None)
    })
}

/// The share coordinator has begun these states, or could not: then they are asked for
/// again with the next heartbeat.
pub(in crate::group) fn on_initialized(
    group: &mut Group,
    env: &mut Env<'_>,
    partition: TopicPartition,
    done: bool,
) {
    let Some(mut after) = group.modern.clone() else {
        return;
    };
    if !after.initializing.remove(&partition) {
        return;
    }
    if done {
        after.initialized.insert(partition);
    }
    edit::take_over(group, env, after, MemberRemoval::Fenced);
}

impl ModernGroup {
    /// Existing partitions of topics somebody subscribes to.
    fn subscribed_partitions(&self, image: &ClusterImage) -> BTreeSet<TopicPartition> {
        let names = self.subscribed_topics();
        let topics = names.iter().filter_map(|name| image.topic(name));
        let partitions = topics.flat_map(|topic| {
            let count = topic.partitions.len() as u32;
            (0..count).map(|number| TopicPartition::new(topic.topic, number))
        });
        partitions.collect()
    }

    /// Those of them whose state nobody has begun.
    fn uninitialized(&self, image: &ClusterImage) -> Vec<TopicPartition> {
        let wanted = self.subscribed_partitions(image).into_iter();
        let begun =
            |id: &TopicPartition| self.initialized.contains(id) || self.initializing.contains(id);
        wanted.filter(|id| !begun(id)).collect()
    }

    /// Whether there are initialised partitions that the target does not know.
    fn awaits_initialized(&self, image: &ClusterImage) -> bool {
        let wanted = self.subscribed_partitions(image);
        let targeted: BTreeSet<TopicPartition> = self.target.values().flatten().copied().collect();
        let mut ready = wanted.intersection(&self.initialized);
        ready.any(|id| !targeted.contains(id))
    }

    /// The member with its target's epoch and partitions.
    fn advanced(&self, id: &Name) -> Option<ModernMember> {
        let mut next = self.members.get(id)?.clone();
        if next.epoch == self.target_epoch {
            return Some(next);
        }
        let target = self.target.get(id).into_iter().flatten();
        next.assigned = target.map(|it| (*it, self.target_epoch)).collect();
        next.previous_epoch = next.epoch;
        next.epoch = self.target_epoch;
        next.state = ModernMemberState::Stable;
        Some(next)
    }
}
