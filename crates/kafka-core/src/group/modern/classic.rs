//! Members of a consumer group that speak the classic protocol (NGP-12): what their
//! JoinGroup, SyncGroup, Heartbeat and LeaveGroup mean here.
//!
//! A generation is the member's epoch, JoinGroup says what it owns, SyncGroup fetches what
//! it may own. There is no leader: the coordinator assigns. Nobody waits for anybody.

use super::super::join::member_id;
use super::super::rebalance::{join_error, sync_error};
use super::super::state::{Asker, Group};
use super::super::writes::{Deferred, Env};
use super::convert::{encoded, partitions};
use super::reconcile::reconcile;
use super::{ClassicMember, ModernGroup, ModernKind, ModernMember, ModernMemberState, edit};
use crate::consumer_protocol::decode_subscription;
use crate::error::ErrorCode;
use crate::node::{Prng, TimerKey};
use crate::note::MemberRemoval;
use crate::protocol::{
    HeartbeatRequest, JoinGroupRequest, JoinGroupResponse, Response, SyncGroupRequest,
    SyncGroupResponse,
};
use crate::types::{Generation, GroupEpoch, Name};

/// Whether JoinGroup goes to a group of a newer protocol as it is: one with members, or a
/// share group, which refuses it.
pub(in crate::group) fn takes_joins(group: &Group) -> bool {
    let modern = group.modern.as_ref();
    modern.is_some_and(|it| it.kind == ModernKind::Share || !it.members.is_empty())
}

/// JoinGroup: the member says what it subscribes to and owns, and learns its epoch.
pub(in crate::group) fn join(
    group: &mut Group,
    env: &mut Env<'_>,
    prng: &mut Prng,
    asker: Asker,
    request: &JoinGroupRequest,
) {
    let refuse = |env: &mut Env<'_>, error: ErrorCode, id: Name| {
        env.respond(asker, join_error(error, id));
    };
    if let Err(error) = accepts(group, env, request) {
        return refuse(env, error, request.member_id.clone());
    }
    let mut id = request.member_id.clone();
    if id.is_empty() {
        let prefix = request.group_instance_id.as_ref();
        id = member_id(prefix.unwrap_or(&request.client_id), prng);
        if request.group_instance_id.is_none() {
            return refuse(env, ErrorCode::MemberIdRequired, id);
        }
    }
    match joined(group, env, request, &id) {
        Ok(response) => {
            let deferred = Deferred::Join(response);
            let partition = group.offsets_partition;
            if let Some(Deferred::Join(response)) = env.defer(partition, asker, deferred) {
                env.respond(asker, Response::JoinGroup(response));
            }
        }
        Err(error) => refuse(env, error, id),
    }
}

fn accepts(group: &Group, env: &Env<'_>, request: &JoinGroupRequest) -> Result<(), ErrorCode> {
    let Some(modern) = &group.modern else {
        return Err(ErrorCode::UnknownMemberId);
    };
    let policy = env.config.modern_groups.migration;
    let is_disabled = !policy.may_upgrade() && !policy.may_downgrade();
    let known = modern.members.contains_key(&request.member_id);
    let most = u64::from(env.config.modern_groups.consumer.max_size);
    let others = modern.members.values().filter_map(|it| it.classic.as_ref());
    let common = |name: &Name| {
        let mut others = others.clone();
        others.all(|it| it.protocols.iter().any(|(known, _)| known == name))
    };
    if is_disabled
        || modern.kind == ModernKind::Share
        || &*request.protocol_type != "consumer"
        || !request.protocols.iter().any(|(name, _)| common(name))
    {
        Err(ErrorCode::InconsistentGroupProtocol)
    } else if !known && modern.members.len() as u64 >= most {
        Err(ErrorCode::GroupMaxSizeReached)
    } else {
        Ok(())
    }
}

fn joined(
    group: &mut Group,
    env: &mut Env<'_>,
    request: &JoinGroupRequest,
    id: &Name,
) -> Result<JoinGroupResponse, ErrorCode> {
    let (protocol, metadata) = request
        .protocols
        .first()
        .ok_or(ErrorCode::InconsistentGroupProtocol)?;
    let subscription = decode_subscription(metadata);
    let subscription = subscription.ok_or(ErrorCode::InconsistentGroupProtocol)?;
    let mut after = group.modern.clone().ok_or(ErrorCode::UnknownMemberId)?;
    take_place(group, &mut after, request, id)?;
    let mut topics = subscription.topics;
    topics.sort();
    topics.dedup();
    let Some(member) = after.members.get_mut(id) else {
        return Err(ErrorCode::UnknownMemberId);
    };
    let changed = topics != member.subscribed;
    member.subscribed = topics;
    member.instance_id.clone_from(&request.group_instance_id);
    member.client_id = request.client_id.clone();
    member.client_host = request.client_host.clone();
    member.rebalance_timeout_ms = request.rebalance_timeout_ms;
    member.server_assignor = None;
    member.awaits_join = false;
    member.classic = Some(ClassicMember {
        session_timeout_ms: request.session_timeout_ms,
        protocols: request.protocols.clone(),
    });
    after.bump_epoch_if(changed, env.image);
    let settings = edit::settings(env.config, env.image, &group.name, after.kind);
    let default = env.config.modern_groups.default_assignor();
    let interval = settings.assignment_interval_ms;
    after.update_target(env.image, default, interval, env.now_ms());
    let owned = partitions(&subscription.owned, env.image);
    let Some(member) = after.members.get(id) else {
        return Err(ErrorCode::UnknownMemberId);
    };
    let next = reconcile(&after, env.image, member, Some(&owned), changed);
    let response = JoinGroupResponse {
        error: ErrorCode::None,
        generation: Generation(next.epoch.0),
        protocol_type: Some("consumer".into()),
        protocol_name: Some(protocol.clone()),
        leader: "".into(),
        skip_assignment: false,
        member_id: id.clone(),
        members: Vec::new(),
    };
    let timer = TimerKey::GroupRevocation(group.number, next.number);
    after.members.insert(id.clone(), next);
    edit::take_over(group, env, after, MemberRemoval::Fenced);
    env.fx.cancel_timer(timer);
    edit::restart_session(group, env, id);
    Ok(response)
}

/// Makes sure that the group has that member: known, new, or in a static one's place.
fn take_place(
    group: &mut Group,
    after: &mut ModernGroup,
    request: &JoinGroupRequest,
    id: &Name,
) -> Result<(), ErrorCode> {
    let instance = request.group_instance_id.as_deref();
    let holder = instance.and_then(|instance| after.static_member(instance));
    let holder = holder.map(|holder| holder.id.clone());
    match holder {
        Some(old) if old != *id && request.member_id.is_empty() => {
            if let Some(member) = after.members.remove(&old) {
                let number = group.next_member_number();
                let epoch = after.target_epoch;
                let id = id.clone();
                if let Some(target) = after.target.remove(&old) {
                    after.target.insert(id.clone(), target);
                }
                let new = ModernMember {
                    id: id.clone(),
                    number,
                    epoch,
                    ..member
                };
                after.members.insert(id, new);
            }
            Ok(())
        }
        Some(old) if old != *id => Err(ErrorCode::FencedInstanceId),
        Some(_) => Ok(()),
        None => {
            if !after.members.contains_key(id) {
                let member = ModernMember::new(id, group.next_member_number());
                after.members.insert(id.clone(), member);
            }
            Ok(())
        }
    }
}

/// The member that sends, if it is one that speaks the classic protocol.
fn validate(
    group: &Group,
    id: &str,
    instance: Option<&str>,
    generation: Generation,
) -> Result<ModernMember, ErrorCode> {
    let modern = group.modern.as_ref().ok_or(ErrorCode::UnknownMemberId)?;
    if let Some(instance) = instance {
        let owner = modern.static_member(instance);
        let owner = owner.ok_or(ErrorCode::UnknownMemberId)?;
        if *owner.id != *id {
            return Err(ErrorCode::FencedInstanceId);
        }
    }
    let member = modern.members.get(id);
    let member = member.filter(|member| member.classic.is_some());
    let member = member.ok_or(ErrorCode::UnknownMemberId)?;
    if member.epoch == GroupEpoch(generation.0) {
        Ok(member.clone())
    } else {
        Err(ErrorCode::IllegalGeneration)
    }
}

/// Whether the member has to join again to go on towards its target.
fn must_rejoin(modern: &ModernGroup, member: &ModernMember) -> bool {
    let waits = || {
        let target = modern.target.get(&member.id).into_iter().flatten();
        let mut missing = target.filter(|it| !member.assigned.contains_key(it));
        missing.any(|it| modern.owner(*it).is_some_and(|owner| owner.id != member.id))
    };
    member.epoch < modern.target_epoch
        || member.state == ModernMemberState::UnrevokedPartitions
        || (member.state == ModernMemberState::UnreleasedPartitions && !waits())
}

/// Heartbeat: whoever has to join again is told so, and has its rebalance timeout for it.
pub(in crate::group) fn heartbeat(
    group: &mut Group,
    env: &mut Env<'_>,
    request: &HeartbeatRequest,
) -> ErrorCode {
    let instance = request.group_instance_id.as_deref();
    let member = match validate(group, &request.member_id, instance, request.generation) {
        Ok(member) => member,
        Err(error) => return error,
    };
    edit::restart_session(group, env, &member.id);
    let rejoins = group
        .modern
        .as_ref()
        .is_some_and(|modern| must_rejoin(modern, &member));
    if !rejoins {
        return ErrorCode::None;
    }
    if !member.awaits_join {
        let key = TimerKey::GroupRevocation(group.number, member.number);
        let at = env.in_ms(member.rebalance_timeout_ms);
        env.fx.set_timer(key, at);
        let modern = group.modern.as_mut();
        if let Some(member) = modern.and_then(|it| it.members.get_mut(&member.id)) {
            member.awaits_join = true;
        }
    }
    ErrorCode::RebalanceInProgress
}

/// SyncGroup: gives the member what it may own.
pub(in crate::group) fn sync(
    group: &Group,
    env: &mut Env<'_>,
    asker: Asker,
    request: &SyncGroupRequest,
) {
    let instance = request.group_instance_id.as_deref();
    let answer = match validate(group, &request.member_id, instance, request.generation) {
        Err(error) => sync_error(error),
        Ok(member) => {
            let target = group.modern.as_ref().map(|modern| modern.target_epoch);
            let is_behind = target.is_some_and(|target| member.epoch < target);
            if is_behind && member.state != ModernMemberState::UnrevokedPartitions {
                sync_error(ErrorCode::RebalanceInProgress)
            } else {
                edit::restart_session(group, env, &member.id);
                Response::SyncGroup(SyncGroupResponse {
                    error: ErrorCode::None,
                    protocol_type: Some("consumer".into()),
                    protocol_name: request.protocol_name.clone(),
                    assignment: encoded(&member, env.image),
                })
            }
        }
    };
    env.respond(asker, answer);
}

/// LeaveGroup, one member: also an administrator's removal by instance id.
pub(in crate::group) fn leave_one(
    group: &mut Group,
    env: &mut Env<'_>,
    id: &Name,
    instance: Option<&str>,
) -> Result<(), ErrorCode> {
    let modern = group.modern.as_ref().ok_or(ErrorCode::UnknownMemberId)?;
    let holder = instance.map(|instance| modern.static_member(instance));
    let id = match holder {
        Some(None) => return Err(ErrorCode::UnknownMemberId),
        Some(Some(holder)) if !id.is_empty() && holder.id != *id => {
            return Err(ErrorCode::FencedInstanceId);
        }
        Some(Some(holder)) => holder.id.clone(),
        None => id.clone(),
    };
    if !modern.members.contains_key(&id) {
        return Err(ErrorCode::UnknownMemberId);
    }
    edit::fence(group, env, &id, MemberRemoval::Left);
    Ok(())
}
