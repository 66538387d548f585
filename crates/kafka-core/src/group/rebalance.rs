//! The join phase: when it begins, how long it waits, how it ends (GRP-5 to GRP-10).
//!
//! Invariant: the generation rises by one exactly when a join phase completes.

use super::modern::edit;
use super::state::{Group, GroupState, JoinWait, Member};
use super::writes::{Done, Env};
use crate::error::ErrorCode;
use crate::node::TimerKey;
use crate::note::{MemberRemoval, Note};
use crate::protocol::{JoinGroupResponse, Response, SyncGroupResponse};
use crate::types::{Bytes, Generation, Name};

/// An answer to JoinGroup that carries only an error.
pub(super) fn join_error(error: ErrorCode, member_id: Name) -> Response {
    Response::JoinGroup(JoinGroupResponse {
        error,
        generation: Generation(-1),
        protocol_type: None,
        protocol_name: None,
        leader: "".into(),
        skip_assignment: false,
        member_id,
        members: Vec::new(),
    })
}

/// An answer to SyncGroup that carries only an error.
pub(super) fn sync_error(error: ErrorCode) -> Response {
    Response::SyncGroup(SyncGroupResponse {
        error,
        protocol_type: None,
        protocol_name: None,
        assignment: Bytes::from([]),
    })
}

/// An answer to JoinGroup with the current generation.
pub(super) fn join_current(group: &Group, member_id: &Name, skip_assignment: bool) -> Response {
    let members = if group.is_leader(member_id) {
        group.join_members()
    } else {
        Vec::new()
    };
    Response::JoinGroup(JoinGroupResponse {
        error: ErrorCode::None,
        generation: group.generation,
        protocol_type: group.protocol_type.clone(),
        protocol_name: group.protocol_name.clone(),
        leader: group.leader.clone().unwrap_or_else(|| "".into()),
        skip_assignment,
        member_id: member_id.clone(),
        members,
    })
}

/// Begins a rebalance if the state allows one, else looks whether the running join
/// phase is complete now.
pub(super) fn rebalance_or_complete(group: &mut Group, env: &mut Env<'_>) {
    match group.state {
        GroupState::Empty | GroupState::CompletingRebalance | GroupState::Stable => {
            prepare_rebalance(group, env);
        }
        GroupState::PreparingRebalance => maybe_complete_join(group, env),
        GroupState::Dead | GroupState::Assigning | GroupState::Reconciling => {}
    }
}

/// Enters PreparingRebalance: members parked in Sync are told to rejoin (GRP-5); a
/// group that was empty waits the initial delay (GRP-6).
pub(super) fn prepare_rebalance(group: &mut Group, env: &mut Env<'_>) {
    if group.state == GroupState::CompletingRebalance {
        reset_assignments(group, env, ErrorCode::RebalanceInProgress);
    }
    group.pending_sync.clear();
    env.fx.cancel_timer(TimerKey::GroupSync(group.number));
    let is_initial = group.state == GroupState::Empty;
    env.transition(group, GroupState::PreparingRebalance);
    if is_initial {
        let delay_ms = env.config.group_initial_rebalance_delay_ms;
        let remaining_ms = group.rebalance_timeout_ms().saturating_sub(delay_ms);
        wait_initially(group, env, delay_ms, remaining_ms);
    } else if group.has_all_members_joined() {
        complete_join(group, env);
    } else {
        wait_for_rejoin(group, env);
    }
}

fn wait_initially(group: &mut Group, env: &mut Env<'_>, delay_ms: u32, remaining_ms: u32) {
    group.join_wait = JoinWait::Initial {
        delay_ms,
        remaining_ms,
    };
    let at = env.in_ms(delay_ms);
    env.fx.set_timer(TimerKey::GroupJoin(group.number), at);
}

fn wait_for_rejoin(group: &mut Group, env: &mut Env<'_>) {
    group.join_wait = JoinWait::Rejoin;
    let at = env.in_ms(group.rebalance_timeout_ms());
    env.fx.set_timer(TimerKey::GroupJoin(group.number), at);
}

/// The join timer is due (GRP-6, GRP-7).
pub(super) fn on_join_timer(group: &mut Group, env: &mut Env<'_>) {
    if group.state != GroupState::PreparingRebalance {
        return;
    }
    match group.join_wait {
        JoinWait::Initial {
            delay_ms,
            remaining_ms,
        } if group.new_member_added && remaining_ms != 0 => {
            group.new_member_added = false;
            let longest = env.config.group_initial_rebalance_delay_ms;
            let left = remaining_ms.saturating_sub(delay_ms);
            wait_initially(group, env, longest.min(remaining_ms), left);
        }
        _ => complete_join(group, env),
    }
}

/// Completes the join phase if everybody is there. The initial rebalance waits on
/// even then (GRP-6).
pub(super) fn maybe_complete_join(group: &mut Group, env: &mut Env<'_>) {
    if group.state == GroupState::PreparingRebalance
        && group.previous_state != GroupState::Empty
        && group.has_all_members_joined()
    {
        complete_join(group, env);
    }
}

/// Ends the join phase: dynamic members that did not come are removed, static ones
/// stay (GRP-7); then the next generation begins (GRP-8), or the group is empty, or
/// nobody came and it waits on (GRP-9).
pub(super) fn complete_join(group: &mut Group, env: &mut Env<'_>) {
    env.fx.cancel_timer(TimerKey::GroupJoin(group.number));
    let is_late = |member: &&Member| !member.is_awaiting_join() && member.instance_id.is_none();
    let late: Vec<Name> = group
        .members
        .values()
        .filter(is_late)
        .map(|member| member.id.clone())
        .collect();
    for id in &late {
        drop_member(group, env, id, MemberRemoval::RebalanceTimeout);
    }
    if !group.elect_joined_leader() && !group.members.is_empty() {
        wait_for_rejoin(group, env);
        return;
    }
    group.generation.0 += 1;
    group.pending_sync.clear();
    group.protocol_name = group.select_protocol();
    group.subscribed_topics = group.compute_subscribed_topics();
    if group.members.is_empty() {
        env.transition(group, GroupState::Empty);
        let value = group.persisted(&Default::default());
        env.append_group(group, &value, Done::Nothing);
    } else {
        env.transition(group, GroupState::CompletingRebalance);
        answer_joins(group, env);
    }
}

/// Tells every member the new generation and waits for all to sync (GRP-8).
fn answer_joins(group: &mut Group, env: &mut Env<'_>) {
    let ids: Vec<Name> = group.members.keys().cloned().collect();
    for id in &ids {
        let response = join_current(group, id, false);
        if let Some(member) = group.members.get_mut(id) {
            member.is_new = false;
            if let Some(asker) = member.awaiting_join.take() {
                env.respond(asker, response);
            }
        }
        env.restart_session(group, id);
    }
    group.pending_sync = ids.into_iter().collect();
    let at = env.in_ms(group.rebalance_timeout_ms());
    env.fx.set_timer(TimerKey::GroupSync(group.number), at);
}

/// The sync timer is due: who never synced is removed and a rebalance begins (GRP-12).
pub(super) fn on_sync_timer(group: &mut Group, env: &mut Env<'_>) {
    let waits = matches!(
        group.state,
        GroupState::CompletingRebalance | GroupState::Stable
    );
    if !waits || group.pending_sync.is_empty() {
        return;
    }
    for id in std::mem::take(&mut group.pending_sync) {
        drop_member(group, env, &id, MemberRemoval::SyncTimeout);
    }
    prepare_rebalance(group, env);
}

/// A member's session timer is due (GRP-10, GRP-14). A member parked in Join or Sync
/// is alive, except one whose first join has waited its whole time.
pub(super) fn on_session_timer(group: &mut Group, env: &mut Env<'_>, member_number: u32) {
    if group.modern.is_some() {
        return edit::on_session_timer(group, env, member_number);
    }
    if let Some(id) = pending_by_number(group, member_number) {
        group.remove_member(&id);
        complete_if_all_joined(group, env);
        return;
    }
    let mut members = group.members.values();
    let Some(member) = members.find(|member| member.number == member_number) else {
        return;
    };
    if !member.is_new && (member.is_awaiting_join() || member.is_awaiting_sync()) {
        return;
    }
    let id = member.id.clone();
    drop_member(group, env, &id, MemberRemoval::SessionExpired);
    match group.state {
        GroupState::Stable | GroupState::CompletingRebalance => rebalance_or_complete(group, env),
        _ => complete_if_all_joined(group, env),
    }
}

fn pending_by_number(group: &Group, number: u32) -> Option<Name> {
    let mut pending = group.pending_members.iter();
    let found = pending.find(|(_, pending_number)| **pending_number == number);
    found.map(|(id, _)| id.clone())
}

/// Even an initial rebalance ends at once when its last missing member is gone.
fn complete_if_all_joined(group: &mut Group, env: &mut Env<'_>) {
    if group.state == GroupState::PreparingRebalance && group.has_all_members_joined() {
        complete_join(group, env);
    }
}

/// Removes a member: its parked join is answered, its timer stops, the removal noted.
pub(super) fn drop_member(group: &mut Group, env: &mut Env<'_>, id: &str, why: MemberRemoval) {
    let Some(removed) = group.remove_member(id) else {
        return;
    };
    env.fx.cancel_timer(group.session_timer(removed.number));
    if let Some(asker) = removed.awaiting_join {
        env.respond(asker, join_error(ErrorCode::UnknownMemberId, "".into()));
    }
    env.fx
        .note(Note::MemberRemoved(group.name.clone(), removed.id, why));
}

/// Takes all assignments away and answers the parked SyncGroups with an error.
pub(super) fn reset_assignments(group: &mut Group, env: &mut Env<'_>, error: ErrorCode) {
    let mut answered = Vec::new();
    for member in group.members.values_mut() {
        member.assignment = Bytes::from([]);
        if let Some(asker) = member.awaiting_sync.take() {
            answered.push(member.id.clone());
            env.respond(asker, sync_error(error));
        }
    }
    for id in answered {
        env.restart_session(group, &id);
    }
}
