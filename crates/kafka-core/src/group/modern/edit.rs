//! Changing a group of the newer protocols: the change is made on a copy, then written,
//! taken over and made visible here.
//!
//! Invariant: the group's outside (state, generation, subscriptions) always mirrors its
//! inside, and every member has a session timer.

use super::super::groups::Groups;
use super::super::state::{Group, GroupState};
use super::super::writes::{Done, Env};
use super::convert;
use super::{ModernGroup, ModernKind, ModernMember, ModernMemberState, Origin, records};
use crate::config::BrokerConfig;
use crate::config::groups::ModernKindConfig;
use crate::error::ErrorCode;
use crate::metadata::ClusterImage;
use crate::node::{Effects, TimerKey};
use crate::note::{MemberRemoval, Note};
use crate::protocol::ConfigResource;
use crate::types::{Duration, Generation, Name, Time};

/// The settings of one group: its own ones, else the broker's.
pub(in crate::group) fn settings(
    config: &BrokerConfig,
    image: &ClusterImage,
    group: &Name,
    kind: ModernKind,
) -> ModernKindConfig {
    let broker = match kind {
        ModernKind::Consumer => config.modern_groups.consumer,
        ModernKind::Share => config.modern_groups.share,
    };
    let resource = ConfigResource::Group(group.clone());
    let own = |setting: &str, default: u32| {
        let name = format!("{}.{setting}", kind.protocol_type());
        let value = image.config(&resource, &name);
        value.and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    ModernKindConfig {
        session_timeout_ms: own("session.timeout.ms", broker.session_timeout_ms),
        heartbeat_interval_ms: own("heartbeat.interval.ms", broker.heartbeat_interval_ms),
        assignment_interval_ms: own("assignment.interval.ms", broker.assignment_interval_ms),
        max_size: broker.max_size,
    }
}

/// The group of that kind, made if `create`; a classic group that is empty becomes one,
/// keeping its offsets.
///
/// # Errors
/// GROUP_ID_NOT_FOUND if there is none, or it is of another kind.
pub(in crate::group) fn find_or_create<'a>(
    groups: &'a mut Groups,
    env: &mut Env<'_>,
    name: &Name,
    kind: ModernKind,
    offsets_partition: u32,
    create: bool,
) -> Result<&'a mut Group, ErrorCode> {
    let origin = match groups.get(name) {
        Some(_) => Origin::Classic,
        None if create => Origin::New,
        None => return Err(ErrorCode::GroupIdNotFound),
    };
    let group = groups.get_or_create(name, offsets_partition, env.now_ms());
    match &group.modern {
        Some(modern) if modern.kind == kind => return Ok(group),
        None if create && group.state == GroupState::Empty => {}
        None if create && kind == ModernKind::Consumer && convert::may_upgrade(group, env) => {
            convert::upgrade(group, env);
            return Ok(group);
        }
        _ => return Err(ErrorCode::GroupIdNotFound),
    }
    if origin == Origin::Classic {
        // Kafka deletes it: generations do not go on as epochs.
        env.transition(group, GroupState::Dead);
    }
    group.modern = Some(Box::new(ModernGroup::new(kind, origin)));
    mirror(group, env);
    Ok(group)
}

/// Takes over `after`: records, timers, notes, state. `why`: the reason for members that
/// are in it no more.
pub(in crate::group) fn take_over(
    group: &mut Group,
    env: &mut Env<'_>,
    after: Box<ModernGroup>,
    why: MemberRemoval,
) {
    let Some(before) = group.modern.replace(after) else {
        return;
    };
    let Some(after) = &mut group.modern else {
        return;
    };
    after.origin = Origin::Stored;
    let pairs = records::difference(&group.name, &before, after, env.image);
    let added = after
        .members
        .keys()
        .filter(|id| !before.members.contains_key(*id));
    for id in added {
        let note = Note::MemberJoined(group.name.clone(), id.clone());
        env.fx.note(note);
    }
    for member in before.members.values() {
        if !after.members.contains_key(&member.id) {
            cancel_timers(group.number, member, env);
            let note = Note::MemberRemoved(group.name.clone(), member.id.clone(), why);
            env.fx.note(note);
        }
    }
    for member in after.members.values() {
        if before.members.get(&member.id) != Some(member) {
            set_revocation_timer(group.number, member, env);
        }
    }
    mirror(group, env);
    if !pairs.is_empty() {
        env.append(group, pairs, Done::ModernChanged(before));
    }
}

/// The records of a change could not be written: the group is as it was before.
pub(in crate::group) fn undo(group: &mut Group, env: &mut Env<'_>, before: Box<ModernGroup>) {
    let after = group.modern.replace(before);
    let Some(before) = &group.modern else { return };
    let known = |id: &Name| after.as_ref().is_some_and(|it| it.members.contains_key(id));
    let back: Vec<Name> = before
        .members
        .keys()
        .filter(|id| !known(id))
        .cloned()
        .collect();
    for member in after.iter().flat_map(|after| after.members.values()) {
        if !before.members.contains_key(&member.id) {
            cancel_timers(group.number, member, env);
        }
    }
    for id in back {
        restart_session(group, env, &id);
    }
    mirror(group, env);
}

/// Makes the outside of the group what its inside says.
pub(in crate::group) fn mirror(group: &mut Group, env: &mut Env<'_>) {
    if let Some(state) = mirror_all_but_state(group)
        && state != group.state
    {
        env.transition(group, state);
    }
}

/// Gives the state that is left to be mirrored.
fn mirror_all_but_state(group: &mut Group) -> Option<GroupState> {
    let modern = group.modern.as_ref()?;
    group.generation = Generation(modern.epoch.0);
    group.protocol_type = Some(modern.kind.protocol_type().into());
    group.subscribed_topics = Some(modern.subscribed_topics());
    Some(modern.state())
}

/// A replayed group begins its life here: all sessions begin anew (GRP-26).
pub(in crate::group) fn after_load(
    group: &mut Group,
    now: Time,
    config: &BrokerConfig,
    image: &ClusterImage,
    fx: &mut Effects,
) {
    if let Some(state) = mirror_all_but_state(group) {
        group.state = state;
        group.previous_state = state;
    }
    if let Some(modern) = &mut group.modern {
        // Whoever was asked to begin these states answers another coordinator, if at all.
        modern.initializing.clear();
    }
    let Some(modern) = &group.modern else { return };
    let in_ms = |ms: u32| now + Duration::from_ms(u64::from(ms));
    let settings = settings(config, image, &group.name, modern.kind);
    for member in modern.members.values() {
        fx.set_timer(
            group.session_timer(member.number),
            in_ms(session_timeout_ms(member, &settings)),
        );
        if member.state == ModernMemberState::UnrevokedPartitions {
            let key = TimerKey::GroupRevocation(group.number, member.number);
            fx.set_timer(key, in_ms(member.rebalance_timeout_ms));
        }
    }
}

/// Begins a member's session anew.
pub(in crate::group) fn restart_session(group: &Group, env: &mut Env<'_>, id: &str) {
    let Some(modern) = &group.modern else { return };
    if let Some(member) = modern.members.get(id) {
        let settings = settings(env.config, env.image, &group.name, modern.kind);
        let at = env.in_ms(session_timeout_ms(member, &settings));
        env.fx.set_timer(group.session_timer(member.number), at);
    }
}

/// A member of the classic protocol brings its own session timeout.
fn session_timeout_ms(member: &ModernMember, settings: &ModernKindConfig) -> u32 {
    let own = member.classic.as_ref();
    own.map_or(settings.session_timeout_ms, |it| it.session_timeout_ms)
}

/// An empty group of a newer protocol is deleted, but for its offsets: a classic one of
/// the same name begins (NGP-12).
pub(in crate::group) fn retire(group: &mut Group, env: &mut Env<'_>) {
    let pairs = group.tombstones();
    env.transition(group, GroupState::Dead);
    group.modern = None;
    group.generation = Generation(0);
    group.protocol_type = None;
    group.subscribed_topics = None;
    env.transition(group, GroupState::Empty);
    env.append(group, pairs, Done::Nothing);
}

fn set_revocation_timer(group_number: u32, member: &ModernMember, env: &mut Env<'_>) {
    let key = TimerKey::GroupRevocation(group_number, member.number);
    if member.classic.is_some() {
        // It has another deadline: when it has to have joined again.
    } else if member.state == ModernMemberState::UnrevokedPartitions {
        let at = env.in_ms(member.rebalance_timeout_ms);
        env.fx.set_timer(key, at);
    } else {
        env.fx.cancel_timer(key);
    }
}

pub(super) fn cancel_timers(group_number: u32, member: &ModernMember, env: &mut Env<'_>) {
    let keys = [
        TimerKey::GroupSession(group_number, member.number),
        TimerKey::GroupRevocation(group_number, member.number),
    ];
    for key in keys {
        env.fx.cancel_timer(key);
    }
}

/// Removes a member, and its target with it; the group epoch rises (NGP-6). What it
/// owned is free from now on.
pub(in crate::group) fn fence(group: &mut Group, env: &mut Env<'_>, id: &str, why: MemberRemoval) {
    let Some(mut after) = group.modern.clone() else {
        return;
    };
    if convert::may_downgrade(&after, id, env) && after.members.contains_key(id) {
        return convert::downgrade(group, env, id, why);
    }
    if after.members.remove(id).is_none() {
        return;
    }
    after.target.remove(id);
    after.bump_epoch_if(true, env.image);
    take_over(group, env, after, why);
}

/// A member's session is over (NGP-6).
pub(in crate::group) fn on_session_timer(group: &mut Group, env: &mut Env<'_>, number: u32) {
    let expired = |_: &ModernMember| true;
    fence_by_number(group, env, number, expired, MemberRemoval::SessionExpired);
}

/// A member had to give partitions up by now (NGP-6).
pub(in crate::group) fn on_revocation_timer(group: &mut Group, env: &mut Env<'_>, number: u32) {
    let late = |member: &ModernMember| match member.classic {
        None => member.state == ModernMemberState::UnrevokedPartitions,
        Some(_) => member.awaits_join,
    };
    fence_by_number(group, env, number, late, MemberRemoval::RebalanceTimeout);
}

fn fence_by_number(
    group: &mut Group,
    env: &mut Env<'_>,
    number: u32,
    applies: impl Fn(&ModernMember) -> bool,
    why: MemberRemoval,
) {
    let members = group
        .modern
        .iter()
        .flat_map(|modern| modern.members.values());
    let mut found = members.filter(|member| member.number == number && applies(member));
    if let Some(id) = found.next().map(|member| member.id.clone()) {
        fence(group, env, &id, why);
    }
}
