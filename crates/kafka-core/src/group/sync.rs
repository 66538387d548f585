//! SyncGroup, Heartbeat and LeaveGroup (GRP-11 to GRP-15).

use std::collections::BTreeMap;

use super::groups::Groups;
use super::modern::classic;
use super::rebalance::{
    drop_member, maybe_complete_join, rebalance_or_complete, reset_assignments, sync_error,
};
use super::state::{Asker, Group, GroupState};
use super::writes::{Done, Env};
use crate::error::ErrorCode;
use crate::node::TimerKey;
use crate::note::MemberRemoval;
use crate::protocol::{
    HeartbeatRequest, LeaveGroupRequest, LeaveGroupResponse, Response, SyncGroupRequest,
    SyncGroupResponse,
};
use crate::types::{Bytes, Generation, Name};

/// Handles a SyncGroup (GRP-11).
pub(super) fn sync(
    groups: &mut Groups,
    env: &mut Env<'_>,
    asker: Asker,
    request: &SyncGroupRequest,
) {
    let Some(group) = groups.get_mut(&request.group) else {
        env.respond(asker, sync_error(ErrorCode::UnknownMemberId));
        return;
    };
    if group.modern.is_some() {
        return classic::sync(group, env, asker, request);
    }
    if let Err(error) = validate_sync(group, request) {
        env.respond(asker, sync_error(error));
        return;
    }
    forget_pending_sync(group, env, &request.member_id);
    if group.state == GroupState::Stable {
        if let Some(response) = assignment_of(group, &request.member_id) {
            env.respond(asker, response);
        }
        return;
    }
    if let Some(member) = group.members.get_mut(&request.member_id) {
        member.awaiting_sync = Some(asker);
    }
    if group.is_leader(&request.member_id) {
        let assignments: BTreeMap<Name, Bytes> = request.assignments.iter().cloned().collect();
        let value = group.persisted(&assignments);
        let done = Done::Synced(group.generation, assignments);
        env.append_group(group, &value, done);
    }
}

fn validate_sync(group: &Group, request: &SyncGroupRequest) -> Result<(), ErrorCode> {
    match group.state {
        GroupState::Dead => return Err(ErrorCode::CoordinatorNotAvailable),
        GroupState::Empty => return Err(ErrorCode::UnknownMemberId),
        _ => {}
    }
    group.validate_member(&request.member_id, request.group_instance_id.as_deref())?;
    if request.generation != group.generation {
        return Err(ErrorCode::IllegalGeneration);
    }
    // An absent name in the request agrees with everything.
    let differs = |said: &Option<Name>, is: &Option<Name>| said.is_some() && said != is;
    if differs(&request.protocol_type, &group.protocol_type)
        || differs(&request.protocol_name, &group.protocol_name)
    {
        return Err(ErrorCode::InconsistentGroupProtocol);
    }
    if group.state == GroupState::PreparingRebalance {
        return Err(ErrorCode::RebalanceInProgress);
    }
    Ok(())
}

/// This member has synced; once all have, nobody needs the sync timer (GRP-12).
fn forget_pending_sync(group: &mut Group, env: &mut Env<'_>, member_id: &str) {
    group.pending_sync.remove(member_id);
    if group.pending_sync.is_empty() {
        env.fx.cancel_timer(TimerKey::GroupSync(group.number));
    }
}

fn assignment_of(group: &Group, member_id: &str) -> Option<Response> {
    let member = group.members.get(member_id)?;
    Some(Response::SyncGroup(SyncGroupResponse {
        error: ErrorCode::None,
        protocol_type: group.protocol_type.clone(),
        protocol_name: group.protocol_name.clone(),
        assignment: member.assignment.clone(),
    }))
}

/// The fate of the leader's assignments is known (GRP-11). If the group has moved on
/// meanwhile, nothing happens.
pub(super) fn on_sync_stored(
    group: &mut Group,
    env: &mut Env<'_>,
    generation: Generation,
    assignments: &BTreeMap<Name, Bytes>,
    error: Option<ErrorCode>,
) {
    if group.state != GroupState::CompletingRebalance || group.generation != generation {
        return;
    }
    if let Some(error) = error {
        reset_assignments(group, env, error);
        rebalance_or_complete(group, env);
        return;
    }
    for member in group.members.values_mut() {
        let given = assignments.get(&member.id).cloned();
        member.assignment = given.unwrap_or_else(|| Bytes::from([]));
    }
    let ids: Vec<Name> = group.members.keys().cloned().collect();
    for id in &ids {
        let response = assignment_of(group, id);
        let member = group.members.get_mut(id);
        let parked = member.and_then(|member| member.awaiting_sync.take());
        if let (Some(asker), Some(response)) = (parked, response) {
            env.respond(asker, response);
            env.restart_session(group, id);
        }
    }
    env.transition(group, GroupState::Stable);
}

/// Judges a Heartbeat and restarts the session of a member that is known (GRP-13).
pub(super) fn heartbeat(
    groups: &mut Groups,
    env: &mut Env<'_>,
    request: &HeartbeatRequest,
) -> ErrorCode {
    if request.group.is_empty() {
        return ErrorCode::InvalidGroupId;
    }
    let Some(group) = groups.get_mut(&request.group) else {
        return ErrorCode::UnknownMemberId;
    };
    if group.modern.is_some() {
        return classic::heartbeat(group, env, request);
    }
    if group.state == GroupState::Dead {
        return ErrorCode::CoordinatorNotAvailable;
    }
    let instance = request.group_instance_id.as_deref();
    if let Err(error) = group.validate_member(&request.member_id, instance) {
        return error;
    }
    if request.generation != group.generation {
        return ErrorCode::IllegalGeneration;
    }
    env.restart_session(group, &request.member_id);
    if group.state == GroupState::PreparingRebalance {
        ErrorCode::RebalanceInProgress
    } else {
        ErrorCode::None
    }
}

/// Removes the members that leave (GRP-15).
pub(super) fn leave(
    groups: &mut Groups,
    env: &mut Env<'_>,
    request: &LeaveGroupRequest,
) -> LeaveGroupResponse {
    if request.group.is_empty() {
        return LeaveGroupResponse {
            error: ErrorCode::InvalidGroupId,
            members: Vec::new(),
        };
    }
    let mut response = LeaveGroupResponse {
        error: ErrorCode::None,
        members: Vec::new(),
    };
    let Some(group) = groups.get_mut(&request.group) else {
        let unknown = |(id, _): &(Name, _)| (id.clone(), ErrorCode::UnknownMemberId);
        response.members = request.members.iter().map(unknown).collect();
        return response;
    };
    if group.state == GroupState::Dead {
        response.error = ErrorCode::CoordinatorNotAvailable;
        return response;
    }
    for (id, instance) in &request.members {
        let instance = instance.as_deref();
        let left = if group.modern.is_some() {
            classic::leave_one(group, env, id, instance)
        } else {
            leave_one(group, env, id, instance)
        };
        let error = left.err().unwrap_or(ErrorCode::None);
        response.members.push((id.clone(), error));
    }
    let somebody_left = response
        .members
        .iter()
        .any(|(_, error)| *error == ErrorCode::None);
    if somebody_left {
        match group.state {
            GroupState::Stable | GroupState::CompletingRebalance => {
                rebalance_or_complete(group, env);
            }
            GroupState::PreparingRebalance => maybe_complete_join(group, env),
            GroupState::Empty
            | GroupState::Dead
            | GroupState::Assigning
            | GroupState::Reconciling => {}
        }
    }
    response
}

/// An empty member id with an instance id is an administrator's removal (GRP-20).
fn leave_one(
    group: &mut Group,
    env: &mut Env<'_>,
    id: &Name,
    instance: Option<&str>,
) -> Result<(), ErrorCode> {
    let id = if id.is_empty() {
        let owner = instance.and_then(|instance| group.static_members.get(instance));
        owner.ok_or(ErrorCode::UnknownMemberId)?.clone()
    } else if let Some(number) = group.pending_members.remove(id) {
        env.fx.cancel_timer(group.session_timer(number));
        return Ok(());
    } else {
        group.validate_member(id, instance)?;
        id.clone()
    };
    drop_member(group, env, &id, MemberRemoval::Left);
    Ok(())
}
