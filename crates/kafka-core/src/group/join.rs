//! JoinGroup (GRP-3 to GRP-5, GRP-10, GRP-19).
//!
//! Not here: how the join phase ends (`rebalance`).

use super::groups::Groups;
use super::modern::{classic, edit};
use super::rebalance::{
    join_current, join_error, maybe_complete_join, prepare_rebalance, rebalance_or_complete,
    sync_error,
};
use super::state::{Asker, Group, GroupState, Member};
use super::writes::{Done, Env};
use crate::error::ErrorCode;
use crate::node::{Prng, Stream};
use crate::note::{MemberRemoval, Note};
use crate::protocol::JoinGroupRequest;
use crate::types::{Bytes, Name};

/// How long a first JoinGroup may stay parked, in milliseconds (GRP-10).
const NEW_MEMBER_JOIN_TIMEOUT_MS: u32 = 300_000;

/// Handles a JoinGroup for a group of a partition this broker leads.
pub(super) fn join(
    groups: &mut Groups,
    env: &mut Env<'_>,
    prng: &mut Prng,
    asker: Asker,
    request: &JoinGroupRequest,
    offsets_partition: u32,
) {
    if let Err(error) = validate(env, request) {
        env.respond(asker, join_error(error, request.member_id.clone()));
        return;
    }
    if let Some(group) = groups.get_mut(&request.group)
        && group.modern.is_some()
    {
        if classic::takes_joins(group) {
            return classic::join(group, env, prng, asker, request);
        }
        // An empty group of the newer protocol makes way, as Kafka deletes it.
        edit::retire(group, env);
    }
    let is_new_group = groups.get(&request.group).is_none();
    let is_unknown = request.member_id.is_empty();
    if is_new_group && !is_unknown {
        let error = ErrorCode::UnknownMemberId;
        env.respond(asker, join_error(error, request.member_id.clone()));
        return;
    }
    let group = groups.get_or_create(&request.group, offsets_partition, env.now_ms());
    if !accepts(group, env, &request.member_id) {
        group.remove_member(&request.member_id);
        env.respond(asker, join_error(ErrorCode::GroupMaxSizeReached, "".into()));
    } else if is_unknown {
        join_new(group, env, prng, asker, request);
    } else {
        join_existing(group, env, asker, request);
    }
    if is_new_group {
        let mut value = group.persisted(&Default::default());
        value.protocol_type = "".into();
        value.leader = None;
        value.members.clear();
        env.append_group(group, &value, Done::Created);
    }
}

fn validate(env: &Env<'_>, request: &JoinGroupRequest) -> Result<(), ErrorCode> {
    let allowed = env.config.group_min_session_timeout_ms..=env.config.group_max_session_timeout_ms;
    if request.group.is_empty() {
        Err(ErrorCode::InvalidGroupId)
    } else if !allowed.contains(&request.session_timeout_ms) {
        Err(ErrorCode::InvalidSessionTimeout)
    } else {
        Ok(())
    }
}

/// Whether `group.max.size` leaves room. While members rejoin, those who have come
/// count; afterwards, those who are known.
fn accepts(group: &Group, env: &Env<'_>, member_id: &str) -> bool {
    let limit = env.config.group_max_size as usize;
    let known = group.members.get(member_id);
    match group.state {
        GroupState::Empty | GroupState::Dead | GroupState::Assigning | GroupState::Reconciling => {
            true
        }
        GroupState::PreparingRebalance => {
            known.is_some_and(Member::is_awaiting_join) || group.joined_count() < limit
        }
        GroupState::CompletingRebalance | GroupState::Stable => {
            known.is_some() || group.members.len() < limit
        }
    }
}

fn join_new(
    group: &mut Group,
    env: &mut Env<'_>,
    prng: &mut Prng,
    asker: Asker,
    request: &JoinGroupRequest,
) {
    if group.state == GroupState::Dead {
        let error = ErrorCode::CoordinatorNotAvailable;
        env.respond(asker, join_error(error, "".into()));
        return;
    }
    if !group.supports_protocols(&request.protocol_type, &request.protocols) {
        let error = ErrorCode::InconsistentGroupProtocol;
        env.respond(asker, join_error(error, "".into()));
        return;
    }
    let Some(instance) = &request.group_instance_id else {
        // GRP-3: the client must come back with the id it is given here.
        let id = member_id(&request.client_id, prng);
        let number = group.next_member_number();
        group.pending_members.insert(id.clone(), number);
        let at = env.in_ms(request.session_timeout_ms);
        env.fx.set_timer(group.session_timer(number), at);
        env.respond(asker, join_error(ErrorCode::MemberIdRequired, id));
        return;
    };
    let id = member_id(instance, prng);
    match group.static_members.get(instance).cloned() {
        Some(old) => replace_static(group, env, asker, request, &old, id),
        None => add(group, env, asker, request, id),
    }
}

fn join_existing(group: &mut Group, env: &mut Env<'_>, asker: Asker, request: &JoinGroupRequest) {
    let id = &request.member_id;
    let instance = request.group_instance_id.as_deref();
    let refusal = if group.state == GroupState::Dead {
        Some(ErrorCode::CoordinatorNotAvailable)
    } else if !group.supports_protocols(&request.protocol_type, &request.protocols) {
        Some(ErrorCode::InconsistentGroupProtocol)
    } else if group.pending_members.contains_key(id) && instance.is_none() {
        return add(group, env, asker, request, id.clone());
    } else {
        group.validate_member(id, instance).err()
    };
    if let Some(error) = refusal {
        env.respond(asker, join_error(error, id.clone()));
        return;
    }
    let unchanged = group
        .members
        .get(id)
        .is_some_and(|member| member.protocols == request.protocols);
    let needs_rebalance = match group.state {
        GroupState::PreparingRebalance => true,
        GroupState::CompletingRebalance => !unchanged,
        GroupState::Stable => !unchanged || group.is_leader(id),
        _ => {
            env.respond(asker, join_error(ErrorCode::UnknownMemberId, id.clone()));
            return;
        }
    };
    if needs_rebalance {
        if let Some(member) = group.members.get_mut(id) {
            update(member, request, asker);
        }
        rebalance_or_complete(group, env);
    } else {
        env.respond(asker, join_current(group, id, false));
    }
}

/// Adds a member and begins or completes a rebalance. Its session timer is the long
/// one of a parked first join (GRP-10).
fn add(group: &mut Group, env: &mut Env<'_>, asker: Asker, request: &JoinGroupRequest, id: Name) {
    let number = match group.pending_members.get(&id) {
        Some(number) => *number,
        None => group.next_member_number(),
    };
    if group.state == GroupState::PreparingRebalance && group.previous_state == GroupState::Empty {
        group.new_member_added = true;
    }
    let member = Member {
        id: id.clone(),
        instance_id: request.group_instance_id.clone(),
        client_id: request.client_id.clone(),
        client_host: request.client_host.clone(),
        session_timeout_ms: request.session_timeout_ms,
        rebalance_timeout_ms: request.rebalance_timeout_ms,
        protocols: request.protocols.clone(),
        assignment: Bytes::from([]),
        number,
        is_new: true,
        awaiting_join: Some(asker),
        awaiting_sync: None,
    };
    group.add_member(member, Some(request.protocol_type.clone()));
    let at = env.in_ms(NEW_MEMBER_JOIN_TIMEOUT_MS);
    env.fx.set_timer(group.session_timer(number), at);
    env.fx.note(Note::MemberJoined(group.name.clone(), id));
    rebalance_or_complete(group, env);
}

fn update(member: &mut Member, request: &JoinGroupRequest, asker: Asker) {
    member.protocols.clone_from(&request.protocols);
    member.rebalance_timeout_ms = request.rebalance_timeout_ms;
    member.session_timeout_ms = request.session_timeout_ms;
    member.awaiting_join = Some(asker);
}

/// GRP-19: a known instance id comes with an empty member id: a new process takes the
/// place, and the assignment, of the old one.
fn replace_static(
    group: &mut Group,
    env: &mut Env<'_>,
    asker: Asker,
    request: &JoinGroupRequest,
    old_id: &Name,
    new_id: Name,
) {
    let Some(before) = swap_static_id(group, env, old_id, &new_id) else {
        return;
    };
    if let Some(member) = group.members.get_mut(&new_id) {
        update(member, request, asker);
    }
    env.restart_session(group, &new_id);
    match group.state {
        GroupState::Stable if group.select_protocol() == group.protocol_name => {
            let value = group.persisted(&group.assignments());
            let done = Done::StaticRejoined {
                new_id,
                before: Box::new(before),
            };
            env.append_group(group, &value, done);
        }
        GroupState::Stable => rebalance_or_complete(group, env),
        GroupState::CompletingRebalance => prepare_rebalance(group, env),
        _ => maybe_complete_join(group, env),
    }
}

/// Puts a static member under another id; whoever waits under the old one is fenced.
/// Gives the member as it was, without its parked requests.
fn swap_static_id(
    group: &mut Group,
    env: &mut Env<'_>,
    old_id: &Name,
    new_id: &Name,
) -> Option<Member> {
    let mut old = group.members.remove(old_id)?;
    let fenced = ErrorCode::FencedInstanceId;
    if let Some(asker) = old.awaiting_join.take() {
        env.respond(asker, join_error(fenced, old_id.clone()));
    }
    if let Some(asker) = old.awaiting_sync.take() {
        env.respond(asker, sync_error(fenced));
    }
    env.fx.cancel_timer(group.session_timer(old.number));
    let member = Member {
        id: new_id.clone(),
        number: group.next_member_number(),
        is_new: false,
        ..old.clone()
    };
    if let Some(instance) = &member.instance_id {
        group
            .static_members
            .insert(instance.clone(), new_id.clone());
    }
    group.members.insert(new_id.clone(), member);
    if group.is_leader(old_id) {
        group.leader = Some(new_id.clone());
    }
    let name = group.name.clone();
    env.fx.note(Note::MemberRemoved(
        name.clone(),
        old_id.clone(),
        MemberRemoval::Fenced,
    ));
    env.fx.note(Note::MemberJoined(name, new_id.clone()));
    Some(old)
}

/// The record of a static member's new id is committed, or is not: then the old
/// member comes back (GRP-19).
pub(super) fn on_static_rejoin_stored(
    group: &mut Group,
    env: &mut Env<'_>,
    new_id: &Name,
    before: Member,
    error: Option<ErrorCode>,
) {
    let Some(error) = error else {
        let response = join_current(group, new_id, group.is_leader(new_id));
        let member = group.members.get_mut(new_id);
        if let Some(asker) = member.and_then(|member| member.awaiting_join.take()) {
            env.respond(asker, response);
        }
        return;
    };
    let waiting = group.members.get_mut(new_id);
    let Some(asker) = waiting.and_then(|member| member.awaiting_join.take()) else {
        return;
    };
    env.respond(asker, join_error(error, "".into()));
    if swap_static_id(group, env, new_id, &before.id).is_some() {
        if let Some(member) = group.members.get_mut(&before.id) {
            member.protocols = before.protocols;
            member.rebalance_timeout_ms = before.rebalance_timeout_ms;
            member.session_timeout_ms = before.session_timeout_ms;
        }
        env.restart_session(group, &before.id);
    }
}

/// `<prefix>-<uuid>`, the uuid as `java.util.UUID.randomUUID` prints it (GRP-3).
pub(super) fn member_id(prefix: &str, prng: &mut Prng) -> Name {
    let high = (prng.bits64(Stream::Ids) & !0xf000) | 0x4000;
    let low = (prng.bits64(Stream::Ids) & (u64::MAX >> 2)) | (1 << 63);
    let uuid = format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    );
    format!("{prefix}-{uuid}").into()
}
