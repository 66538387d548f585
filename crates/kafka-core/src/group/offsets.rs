//! Stored offsets: OffsetCommit, OffsetFetch, OffsetDelete and expiry (GRP-21 to GRP-25).

use super::codec::{self, StoredOffset};
use super::groups::Groups;
use super::modern::ModernGroup;
use super::state::{Asker, Group, GroupState};
use super::writes::{Done, Env};
use crate::error::ErrorCode;
use crate::note::Note;
use crate::protocol::{
    FetchedOffset, OffsetCommitRequest, OffsetCommitResponse, OffsetDeleteRequest,
    OffsetDeleteResponse, OffsetFetchRequest, OffsetFetchResponse, OffsetToCommit, Response,
};
use crate::types::{Bytes, Generation, GroupEpoch, LeaderEpoch, Name, Offset, TopicPartition};

/// An answer to OffsetCommit with the same error for every partition.
pub(super) fn commit_error(request: &OffsetCommitRequest, error: ErrorCode) -> Response {
    let offsets = request.offsets.iter();
    Response::OffsetCommit(OffsetCommitResponse {
        partitions: offsets.map(|offset| (offset.partition, error)).collect(),
    })
}

/// Handles an OffsetCommit (GRP-21, GRP-22).
pub(super) fn commit(
    groups: &mut Groups,
    env: &mut Env<'_>,
    asker: Asker,
    request: &OffsetCommitRequest,
    offsets_partition: u32,
) {
    let group = match validate_commit(groups, env, request, offsets_partition) {
        Ok(group) => group,
        Err(error) => {
            env.respond(asker, commit_error(request, error));
            return;
        }
    };
    if group.modern.is_none()
        && matches!(
            group.state,
            GroupState::Stable | GroupState::PreparingRebalance
        )
    {
        env.restart_session(group, &request.member_id);
    }
    let prepared = Prepared::of(env, &group.name, &request.offsets);
    let response = OffsetCommitResponse {
        partitions: prepared.outcomes,
    };
    if prepared.pairs.is_empty() {
        env.respond(asker, Response::OffsetCommit(response));
        return;
    }
    let done = Done::Committed {
        asker,
        response,
        offsets: prepared.offsets,
    };
    env.append(group, prepared.pairs, done);
}

/// Offsets of a commit as they are written, and what is told of each partition.
pub(super) struct Prepared {
    pub(super) outcomes: Vec<(TopicPartition, ErrorCode)>,
    /// Keys and values of the records.
    pub(super) pairs: Vec<(Bytes, Option<Bytes>)>,
    pub(super) offsets: Vec<(TopicPartition, Name, StoredOffset)>,
}

impl Prepared {
    pub(super) fn of(env: &Env<'_>, group: &Name, offsets: &[OffsetToCommit]) -> Prepared {
        let mut prepared = Prepared {
            outcomes: Vec::with_capacity(offsets.len()),
            pairs: Vec::with_capacity(offsets.len()),
            offsets: Vec::with_capacity(offsets.len()),
        };
        for offset in offsets {
            let (partition, topic) = (offset.partition, &offset.topic_name);
            let stored = to_store(env, offset);
            let error = stored.as_ref().err().copied();
            let error = error.unwrap_or(ErrorCode::None);
            prepared.outcomes.push((partition, error));
            if let Ok(stored) = stored {
                let key = codec::offset_key(group, topic, partition.partition);
                let value = codec::offset_value(&stored);
                prepared.pairs.push((key, Some(value)));
                prepared.offsets.push((partition, topic.clone(), stored));
            }
        }
        prepared
    }
}

/// GRP-21, in order. A commit without membership creates a group that only stores
/// offsets.
fn validate_commit<'a>(
    groups: &'a mut Groups,
    env: &Env<'_>,
    request: &OffsetCommitRequest,
    offsets_partition: u32,
) -> Result<&'a mut Group, ErrorCode> {
    let without_generation = request.generation < Generation(0);
    if groups.get(&request.group).is_none() && !without_generation {
        return Err(ErrorCode::GroupIdNotFound);
    }
    let group = groups.get_or_create(&request.group, offsets_partition, env.now_ms());
    if group.state == GroupState::Dead {
        return Err(ErrorCode::CoordinatorNotAvailable);
    }
    if without_generation && group.state == GroupState::Empty {
        return Ok(group);
    }
    if let Some(modern) = &group.modern {
        validate_commit_of_member(modern, request)?;
        return Ok(group);
    }
    let claims_membership =
        !without_generation || !request.member_id.is_empty() || request.group_instance_id.is_some();
    if !claims_membership {
        return Err(ErrorCode::UnknownMemberId);
    }
    let instance = request.group_instance_id.as_deref();
    validate_classic(group, &request.member_id, instance, request.generation)?;
    Ok(group)
}

/// A member of a classic group commits in its own generation, and not before it has its share.
pub(super) fn validate_classic(
    group: &Group,
    member: &str,
    instance: Option<&str>,
    generation: Generation,
) -> Result<(), ErrorCode> {
    group.validate_member(member, instance)?;
    if generation != group.generation {
        return Err(ErrorCode::IllegalGeneration);
    }
    if group.state == GroupState::CompletingRebalance {
        return Err(ErrorCode::RebalanceInProgress);
    }
    Ok(())
}

/// NGP-8. An earlier epoch is good for a partition that the member had in it already
/// and has not lost since.
fn validate_commit_of_member(
    modern: &ModernGroup,
    request: &OffsetCommitRequest,
) -> Result<(), ErrorCode> {
    let member = modern.members.get(&request.member_id);
    let member = member.ok_or(ErrorCode::UnknownMemberId)?;
    let epoch = GroupEpoch(request.generation.0);
    let stale = match &member.classic {
        Some(_) => ErrorCode::IllegalGeneration,
        None => ErrorCode::StaleMemberEpoch,
    };
    let had = |offset: &OffsetToCommit| {
        let got = member.assigned.get(&offset.partition);
        let got = got.or_else(|| member.pending_revocation.get(&offset.partition));
        got.is_some_and(|got| epoch >= *got)
    };
    if epoch == member.epoch || (epoch < member.epoch && request.offsets.iter().all(had)) {
        Ok(())
    } else {
        Err(stale)
    }
}

fn to_store(env: &Env<'_>, offset: &OffsetToCommit) -> Result<StoredOffset, ErrorCode> {
    let Some(topic) = env.image.topic(&offset.topic_name) else {
        return Err(ErrorCode::UnknownTopicOrPartition);
    };
    if offset.metadata.len() > env.config.offset_metadata_max_bytes as usize {
        return Err(ErrorCode::OffsetMetadataTooLarge);
    }
    Ok(StoredOffset {
        offset: offset.offset,
        leader_epoch: offset.leader_epoch,
        metadata: offset.metadata.clone(),
        commit_timestamp_ms: env.now_ms(),
        topic_uuid: topic.uuid,
    })
}

/// The fate of a commit is known: stored (or about to be), or not.
pub(super) fn on_commit_stored(
    group: Option<&mut Group>,
    env: &mut Env<'_>,
    asker: Asker,
    mut response: OffsetCommitResponse,
    offsets: Vec<(TopicPartition, Name, StoredOffset)>,
    outcome: CommitOutcome,
) {
    if let CommitOutcome::Refused(error) | CommitOutcome::Unknown(error) = outcome {
        let accepted = response.partitions.iter_mut();
        for (_, code) in accepted.filter(|(_, code)| *code == ErrorCode::None) {
            *code = error;
        }
    }
    if let (Some(group), false) = (group, matches!(outcome, CommitOutcome::Refused(_))) {
        if let Some((partition, _, stored)) = offsets.first() {
            let note = Note::OffsetsCommitted(group.name.clone(), *partition, stored.offset);
            env.fx.note(note);
        }
        for (partition, topic, stored) in offsets {
            group.offsets.insert((topic, partition.partition), stored);
        }
        group.is_visible = true;
    }
    env.respond(asker, Response::OffsetCommit(response));
}

/// What became of the records of a commit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum CommitOutcome {
    /// Committed.
    Stored,
    /// In the leader's log, but not known to be committed; what the client is told.
    Unknown(ErrorCode),
    /// Not in the log; what the client is told.
    Refused(ErrorCode),
}

/// Answers an OffsetFetch from what is stored (GRP-24).
pub(super) fn fetch(groups: &Groups, request: &OffsetFetchRequest) -> OffsetFetchResponse {
    let group = groups.get(&request.group);
    let group = group.filter(|group| group.state != GroupState::Dead);
    let modern = group.and_then(|group| group.modern.as_deref());
    if let Err(error) = validate_fetch(modern, request) {
        return OffsetFetchResponse {
            error,
            offsets: Vec::new(),
        };
    }
    let lookup = |topic: &Name, partition: u32| {
        let key = (topic.clone(), partition);
        if request.require_stable && group.is_some_and(|group| group.is_unstable(&key)) {
            return unstable(topic, partition);
        }
        let stored = group.and_then(|group| group.offsets.get(&key));
        fetched(topic, partition, stored)
    };
    let offsets = match &request.partitions {
        Some(wanted) => wanted.iter().map(|(topic, p)| lookup(topic, *p)).collect(),
        None => group.map_or_else(Vec::new, |group| {
            let all = group.offsets.iter();
            all.map(|((topic, p), _)| lookup(topic, *p)).collect()
        }),
    };
    OffsetFetchResponse {
        error: ErrorCode::None,
        offsets,
    }
}

/// NGP-8: a member of a consumer group says its epoch.
fn validate_fetch(
    modern: Option<&ModernGroup>,
    request: &OffsetFetchRequest,
) -> Result<(), ErrorCode> {
    let (Some(modern), Some((id, epoch))) = (modern, &request.member) else {
        return Ok(());
    };
    let member = modern.members.get(id).ok_or(ErrorCode::UnknownMemberId)?;
    if member.epoch == *epoch {
        Ok(())
    } else {
        Err(ErrorCode::StaleMemberEpoch)
    }
}

fn fetched(topic: &Name, partition: u32, stored: Option<&StoredOffset>) -> FetchedOffset {
    FetchedOffset {
        topic_name: topic.clone(),
        partition,
        offset: stored.map_or(Offset::UNKNOWN, |stored| stored.offset),
        leader_epoch: stored.map_or(LeaderEpoch::NONE, |stored| stored.leader_epoch),
        metadata: stored.map_or_else(|| "".into(), |stored| stored.metadata.clone()),
        error: ErrorCode::None,
    }
}

/// TXN-6: a transaction may be about to change it.
fn unstable(topic: &Name, partition: u32) -> FetchedOffset {
    FetchedOffset {
        error: ErrorCode::UnstableOffsetCommit,
        ..fetched(topic, partition, None)
    }
}

/// Handles an OffsetDelete: only of topics that no member subscribes to.
pub(super) fn delete(
    groups: &Groups,
    env: &mut Env<'_>,
    asker: Asker,
    request: &OffsetDeleteRequest,
) {
    let mut response = OffsetDeleteResponse {
        error: ErrorCode::None,
        partitions: Vec::new(),
    };
    let group = match groups.get(&request.group) {
        Some(group) if group.state != GroupState::Dead => group,
        _ => {
            response.error = ErrorCode::GroupIdNotFound;
            return env.respond(asker, Response::OffsetDelete(response));
        }
    };
    let is_consumer = group.protocol_type.as_deref() == Some("consumer");
    if group.state != GroupState::Empty && !is_consumer {
        response.error = ErrorCode::NonEmptyGroup;
        return env.respond(asker, Response::OffsetDelete(response));
    }
    let mut gone = Vec::new();
    for (topic, partition) in &request.partitions {
        let key = (topic.clone(), *partition);
        let known = env.image.topic(topic);
        let exists = known.is_some_and(|found| found.partitions.len() > *partition as usize);
        let error = if !exists {
            ErrorCode::UnknownTopicOrPartition
        } else if group.is_subscribed_to(topic) {
            ErrorCode::GroupSubscribedToTopic
        } else {
            ErrorCode::None
        };
        response.partitions.push((topic.clone(), *partition, error));
        if error == ErrorCode::None && group.offsets.contains_key(&key) {
            gone.push(key);
        }
    }
    if gone.is_empty() {
        return env.respond(asker, Response::OffsetDelete(response));
    }
    let tombstones = tombstones(&group.name, &gone);
    let done = Done::OffsetsDeleted {
        asker,
        response,
        gone,
    };
    env.append(group, tombstones, done);
}

/// Records that remove these offsets.
pub(super) fn tombstones(group: &Name, gone: &[(Name, u32)]) -> Vec<(Bytes, Option<Bytes>)> {
    let keys = gone.iter();
    keys.map(|(topic, partition)| (codec::offset_key(group, topic, *partition), None))
        .collect()
}

/// Removes the offsets of a deleted topic from every group (TOP-9).
pub(super) fn remove_topic(groups: &Groups, env: &mut Env<'_>, topic: &str) {
    for group in groups.iter() {
        let stored = group.offsets.keys().filter(|(name, _)| **name == *topic);
        let gone: Vec<(Name, u32)> = stored.cloned().collect();
        if !gone.is_empty() {
            let pairs = tombstones(&group.name, &gone);
            env.append(group, pairs, Done::OffsetsRemoved(gone));
        }
    }
}

/// The expiry pass: offsets whose time is over, and groups with nothing left (GRP-25).
pub(super) fn expire(groups: &mut Groups, env: &mut Env<'_>) {
    let retention_ms = i64::from(env.config.offsets_retention_minutes) * 60_000;
    let horizon_ms = env.now_ms() - retention_ms;
    for group in groups.iter_mut() {
        if group.state == GroupState::Dead {
            continue;
        }
        let offsets = group.offsets.iter();
        let gone: Vec<(Name, u32)> = offsets
            .filter(|(key, stored)| {
                !group.is_unstable(key) && is_expired(group, &key.0, stored, horizon_ms)
            })
            .map(|(key, _)| key.clone())
            .collect();
        let mut pairs = tombstones(&group.name, &gone);
        if gone.len() == group.offsets.len() && group.state == GroupState::Empty {
            pairs.extend(group.tombstones());
            env.transition(group, GroupState::Dead);
            env.append(group, pairs, Done::GroupDeleted(None));
        } else if !gone.is_empty() {
            env.append(group, pairs, Done::OffsetsRemoved(gone));
        }
    }
}

/// From when an offset's retention counts: for a group that became empty, from then;
/// for a running one and a group that only stores offsets, from the commit.
fn is_expired(group: &Group, topic: &str, stored: &StoredOffset, horizon_ms: i64) -> bool {
    let commit = stored.commit_timestamp_ms;
    let base = match (&group.protocol_type, group.state) {
        (Some(_), _) if group.modern.is_some() => commit,
        (Some(_), GroupState::Empty) => group.state_since_ms.unwrap_or(commit),
        (Some(kind), GroupState::Stable) if **kind == *"consumer" => {
            if group.subscribed_topics.is_none() {
                return false;
            }
            commit
        }
        (Some(_), _) => return false,
        (None, _) => commit,
    };
    !group.is_subscribed_to(topic) && base <= horizon_ms
}
