//! ConsumerGroupHeartbeat on the coordinator: joining, staying, leaving, and who is
//! refused (NGP-1 to NGP-3, NGP-11).

use super::super::groups::Groups;
use super::super::state::Group;
use super::super::writes::Env;
use super::reconcile::reconcile;
use super::{ModernGroup, ModernKind, ModernMember, Owned, edit};
use crate::config::groups::{ModernKindConfig, ServerAssignor};
use crate::error::ErrorCode;
use crate::note::MemberRemoval;
use crate::protocol::{ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse};
use crate::types::{GroupEpoch, Name, TopicPartition};

/// An answer that carries only an error.
pub(in crate::group) fn refused(error: ErrorCode) -> ConsumerGroupHeartbeatResponse {
    ConsumerGroupHeartbeatResponse {
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
    request: &ConsumerGroupHeartbeatRequest,
    offsets_partition: u32,
) -> ConsumerGroupHeartbeatResponse {
    let result = validate(env, request).and_then(|()| {
        if request.member_epoch < GroupEpoch::JOIN {
            leave(groups, env, request)
        } else {
            stay(groups, env, request, offsets_partition)
        }
    });
    result.unwrap_or_else(refused)
}

/// NGP-1: what a request must carry.
fn validate(env: &Env<'_>, request: &ConsumerGroupHeartbeatRequest) -> Result<(), ErrorCode> {
    let owns_nothing = request.owned.as_ref().is_some_and(Vec::is_empty);
    let is_full_join = request.rebalance_timeout_ms.is_some()
        && request.subscribed_topics.is_some()
        && owns_nothing;
    let blank = |text: &Option<Name>| text.as_ref().is_some_and(|text| text.is_empty());
    if request.group.is_empty()
        || request.member_id.is_empty()
        || blank(&request.group_instance_id)
        || request.member_epoch < GroupEpoch::LEAVE_STATIC
        || (request.member_epoch == GroupEpoch::JOIN && !is_full_join)
        || (request.member_epoch == GroupEpoch::LEAVE_STATIC && request.group_instance_id.is_none())
    {
        return Err(ErrorCode::InvalidRequest);
    }
    match request.server_assignor.as_deref() {
        Some(name) => {
            let known = &env.config.modern_groups.assignors;
            let assignor = ServerAssignor::parse(name).filter(|it| known.0.contains(it));
            assignor.map(|_| ()).ok_or(ErrorCode::UnsupportedAssignor)
        }
        None => Ok(()),
    }
}

fn stay(
    groups: &mut Groups,
    env: &mut Env<'_>,
    request: &ConsumerGroupHeartbeatRequest,
    offsets_partition: u32,
) -> Result<ConsumerGroupHeartbeatResponse, ErrorCode> {
    let joins = request.member_epoch == GroupEpoch::JOIN;
    let (name, kind) = (&request.group, ModernKind::Consumer);
    let group = edit::find_or_create(groups, env, name, kind, offsets_partition, joins)?;
    let settings = edit::settings(env.config, env.image, &group.name, kind);
    let Some(mut after) = group.modern.clone() else {
        return Err(ErrorCode::GroupIdNotFound);
    };
    let known = after.members.contains_key(&request.member_id);
    if !known && after.members.len() as u64 >= u64::from(settings.max_size) {
        return Err(ErrorCode::GroupMaxSizeReached);
    }
    let before = admit(group, &mut after, request, joins)?;
    let changed = update(&mut after, request);
    let default = env.config.modern_groups.default_assignor();
    after.bump_epoch_if(changed, env.image);
    let interval = settings.assignment_interval_ms;
    after.update_target(env.image, default, interval, env.now_ms());
    let owned = request.owned.as_deref();
    let Some(member) = after.members.get(&request.member_id) else {
        return Err(ErrorCode::UnknownMemberId);
    };
    let next = reconcile(&after, env.image, member, owned, changed);
    let answer = answer(request, &settings, &before, &next);
    after.members.insert(next.id.clone(), next);
    edit::take_over(group, env, after, MemberRemoval::Fenced);
    edit::restart_session(group, env, &request.member_id);
    Ok(answer)
}

/// Lets the sender in: as the member it says it is, as a new one, or in the place of a
/// static member that left for a while (NGP-2, NGP-11). Gives what it was assigned.
fn admit(
    group: &mut Group,
    after: &mut ModernGroup,
    request: &ConsumerGroupHeartbeatRequest,
    joins: bool,
) -> Result<Owned, ErrorCode> {
    let id = &request.member_id;
    let holder = request.group_instance_id.as_deref();
    let holder = holder.and_then(|instance| after.static_member(instance));
    match holder.cloned() {
        Some(old) if joins => {
            if old.epoch != GroupEpoch::LEAVE_STATIC && old.classic.is_none() {
                return Err(ErrorCode::UnreleasedInstanceId);
            }
            return Ok(replace(group, after, old, id));
        }
        Some(owner) if owner.id != *id => return Err(ErrorCode::FencedInstanceId),
        None if !joins && request.group_instance_id.is_some() => {
            return Err(ErrorCode::UnknownMemberId);
        }
        Some(_) | None => {}
    }
    match after.members.get(id) {
        Some(member) => {
            validate_epoch(member, request.member_epoch, request.owned.as_deref())?;
            Ok(member.assigned.clone())
        }
        None if joins => {
            let number = group.next_member_number();
            after
                .members
                .insert(id.clone(), ModernMember::new(id, number));
            Ok(Owned::new())
        }
        None => Err(ErrorCode::UnknownMemberId),
    }
}

/// NGP-11: a new process takes the place of a static member, with all it had.
fn replace(group: &mut Group, after: &mut ModernGroup, old: ModernMember, id: &Name) -> Owned {
    after.members.remove(&old.id);
    if let Some(target) = after.target.remove(&old.id) {
        after.target.insert(id.clone(), target);
    }
    let member = ModernMember {
        id: id.clone(),
        epoch: GroupEpoch(0),
        previous_epoch: GroupEpoch(0),
        number: group.next_member_number(),
        ..old
    };
    let assigned = member.assigned.clone();
    after.members.insert(id.clone(), member);
    assigned
}

/// NGP-2. A member may say the epoch before its own if it owns no more than it may: the
/// last answer was lost. Joining again is always allowed.
fn validate_epoch(
    member: &ModernMember,
    epoch: GroupEpoch,
    owned: Option<&[TopicPartition]>,
) -> Result<(), ErrorCode> {
    if epoch == GroupEpoch::JOIN || epoch == member.epoch {
        return Ok(());
    }
    let owns_only_assigned =
        owned.is_some_and(|owned| owned.iter().all(|it| member.assigned.contains_key(it)));
    if epoch < member.epoch && epoch == member.previous_epoch && owns_only_assigned {
        return Ok(());
    }
    Err(ErrorCode::FencedMemberEpoch)
}

/// Takes over what the request says about its sender; whether its subscription changed.
fn update(after: &mut ModernGroup, request: &ConsumerGroupHeartbeatRequest) -> bool {
    let Some(member) = after.members.get_mut(&request.member_id) else {
        return false;
    };
    if request.group_instance_id.is_some() {
        member.instance_id.clone_from(&request.group_instance_id);
    }
    if request.rack.is_some() {
        member.rack.clone_from(&request.rack);
    }
    if let Some(timeout) = request.rebalance_timeout_ms {
        member.rebalance_timeout_ms = timeout;
    }
    if request.server_assignor.is_some() {
        member.server_assignor.clone_from(&request.server_assignor);
    }
    member.classic = None;
    member.client_id = request.client_id.clone();
    member.client_host = request.client_host.clone();
    member.subscribe(request.subscribed_topics.as_deref())
}

fn answer(
    request: &ConsumerGroupHeartbeatRequest,
    settings: &ModernKindConfig,
    before: &Owned,
    member: &ModernMember,
) -> ConsumerGroupHeartbeatResponse {
    let is_full = request.rebalance_timeout_ms.is_some()
        && request.subscribed_topics.is_some()
        && request.owned.is_some();
    let joins = request.member_epoch == GroupEpoch::JOIN;
    let changed = !before.keys().eq(member.assigned.keys());
    let all = || member.assigned.keys().copied().collect();
    ConsumerGroupHeartbeatResponse {
        error: ErrorCode::None,
        member_id: member.id.clone(),
        member_epoch: member.epoch,
        heartbeat_interval_ms: settings.heartbeat_interval_ms,
        assignment: (joins || is_full || changed).then(all),
    }
}

/// Epochs -1 and -2: the member goes for good, or comes back soon (NGP-11).
fn leave(
    groups: &mut Groups,
    env: &mut Env<'_>,
    request: &ConsumerGroupHeartbeatRequest,
) -> Result<ConsumerGroupHeartbeatResponse, ErrorCode> {
    let group = groups.get_mut(&request.group);
    let group = group.ok_or(ErrorCode::GroupIdNotFound)?;
    let modern = group.modern.as_ref();
    let modern = modern.filter(|modern| modern.kind == ModernKind::Consumer);
    let modern = modern.ok_or(ErrorCode::GroupIdNotFound)?;
    let member = match &request.group_instance_id {
        None => modern.members.get(&request.member_id),
        Some(instance) => modern.static_member(instance),
    };
    let member = member.ok_or(ErrorCode::UnknownMemberId)?;
    if member.id != request.member_id {
        return Err(ErrorCode::FencedInstanceId);
    }
    let id = member.id.clone();
    if request.member_epoch == GroupEpoch::LEAVE_STATIC {
        let mut after = modern.clone();
        if let Some(member) = after.members.get_mut(&id) {
            member.epoch = GroupEpoch::LEAVE_STATIC;
            member.pending_revocation.clear();
            for epoch in member.assigned.values_mut() {
                *epoch = GroupEpoch(0);
            }
        }
        edit::take_over(group, env, after, MemberRemoval::Left);
    } else {
        edit::fence(group, env, &id, MemberRemoval::Left);
    }
    Ok(ConsumerGroupHeartbeatResponse {
        member_id: id,
        member_epoch: request.member_epoch,
        ..refused(ErrorCode::None)
    })
}
