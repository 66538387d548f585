//! Offsets inside transactions: pending until their marker decides (TXN-6).
//!
//! Not here: whether the producer may write to the partition (the broker asks its
//! transaction coordinator first). Invariant: a pending offset is seen by nobody, and
//! makes a reader that wants stable offsets wait (UNSTABLE_OFFSET_COMMIT).

use super::codec::{self, OffsetsRecord, StoredOffset};
use super::groups::Groups;
use super::offsets::{Prepared, validate_classic};
use super::state::{Asker, Group, GroupState};
use super::writes::{Done, Env};
use crate::error::ErrorCode;
use crate::metadata::ClusterImage;
use crate::node::Effects;
use crate::note::Note;
use crate::protocol::{Response, TxnOffsetCommitRequest, TxnOffsetCommitResponse};
use crate::record::{Batch, BatchKind};
use crate::types::{Generation, GroupEpoch, Name, ProducerId, TopicPartition};

/// A TxnOffsetCommit that is being written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct TxnCommit {
    asker: Asker,
    response: TxnOffsetCommitResponse,
    producer: ProducerId,
    offsets: Vec<(TopicPartition, Name, StoredOffset)>,
}

/// An answer with the same error for every partition.
pub(super) fn commit_error(request: &TxnOffsetCommitRequest, error: ErrorCode) -> Response {
    let offsets = request.offsets.iter();
    Response::TxnOffsetCommit(TxnOffsetCommitResponse {
        partitions: offsets.map(|offset| (offset.partition, error)).collect(),
    })
}

/// Handles a TxnOffsetCommit whose partition is in the transaction already.
pub(super) fn commit(
    groups: &mut Groups,
    env: &mut Env<'_>,
    asker: Asker,
    request: &TxnOffsetCommitRequest,
    offsets_partition: u32,
) {
    let group = match validate(groups, env, request, offsets_partition) {
        Ok(group) => group,
        Err(error) => return env.respond(asker, commit_error(request, error)),
    };
    let prepared = Prepared::of(env, &group.name, &request.offsets);
    let done = TxnCommit {
        asker,
        response: TxnOffsetCommitResponse {
            partitions: prepared.outcomes,
        },
        producer: request.producer_id,
        offsets: prepared.offsets,
    };
    let pairs = prepared.pairs;
    if pairs.is_empty() {
        return env.respond(asker, Response::TxnOffsetCommit(done.response));
    }
    let producer = (request.producer_id, request.producer_epoch);
    env.append_in(group, pairs, Some(producer), Done::TxnCommitted(done));
}

/// As for OffsetCommit (GRP-21), but a sender without membership is always welcome.
fn validate<'a>(
    groups: &'a mut Groups,
    env: &Env<'_>,
    request: &TxnOffsetCommitRequest,
    offsets_partition: u32,
) -> Result<&'a mut Group, ErrorCode> {
    let without_generation = request.generation < Generation(0);
    if groups.get(&request.group).is_none() && !without_generation {
        return Err(ErrorCode::IllegalGeneration);
    }
    let group = groups.get_or_create(&request.group, offsets_partition, env.now_ms());
    if group.state == GroupState::Dead {
        return Err(ErrorCode::CoordinatorNotAvailable);
    }
    let anonymous = request.member_id.is_empty() && request.group_instance_id.is_none();
    if without_generation && (anonymous || group.state == GroupState::Empty) {
        return Ok(group);
    }
    if let Some(modern) = &group.modern {
        let member = modern.members.get(&request.member_id);
        let member = member.ok_or(ErrorCode::UnknownMemberId)?;
        if member.epoch != GroupEpoch(request.generation.0) {
            return Err(ErrorCode::IllegalGeneration);
        }
        return Ok(group);
    }
    let instance = request.group_instance_id.as_deref();
    validate_classic(group, &request.member_id, instance, request.generation)?;
    Ok(group)
}

/// The fate of a TxnOffsetCommit is known.
pub(super) fn on_stored(
    group: Option<&mut Group>,
    env: &mut Env<'_>,
    mut done: TxnCommit,
    error: Option<ErrorCode>,
    in_log: bool,
) {
    if let Some(error) = error {
        let accepted = done.response.partitions.iter_mut();
        for (_, code) in accepted.filter(|(_, code)| *code == ErrorCode::None) {
            *code = error;
        }
    }
    if let (Some(group), true) = (group, in_log) {
        let pending = group.pending_offsets.entry(done.producer).or_default();
        let offsets = done.offsets.into_iter();
        pending.extend(offsets.map(|(at, topic, stored)| ((topic, at.partition), stored)));
        group.is_visible = true;
    }
    env.respond(done.asker, Response::TxnOffsetCommit(done.response));
}

/// A write whose partition was lost.
pub(super) fn abandoned(mut done: TxnCommit, error: ErrorCode) -> (Asker, Response) {
    for (_, code) in &mut done.response.partitions {
        *code = error;
    }
    (done.asker, Response::TxnOffsetCommit(done.response))
}

/// A marker was committed in a partition of `__consumer_offsets`: what the producer had
/// pending there takes effect, or never was.
pub(super) fn decide(
    groups: &mut Groups,
    offsets_partition: u32,
    producer: ProducerId,
    commit: bool,
    mut told: impl FnMut(&Group, &Name, u32, &StoredOffset),
) {
    for group in groups.iter_mut() {
        if group.offsets_partition != offsets_partition {
            continue;
        }
        let Some(pending) = group.pending_offsets.remove(&producer) else {
            continue;
        };
        if !commit {
            continue;
        }
        for ((topic, number), stored) in pending {
            told(group, &topic, number, &stored);
            group.offsets.insert((topic, number), stored);
        }
    }
}

/// Says of the first offset that it was committed.
pub(super) fn note_committed(
    image: &ClusterImage,
    fx: &mut Effects,
    group: &Group,
    (topic, number): (&Name, u32),
    stored: &StoredOffset,
) {
    if let Some(id) = image.topics_by_name.get(topic) {
        let partition = TopicPartition::new(*id, number);
        let note = Note::OffsetsCommitted(group.name.clone(), partition, stored.offset);
        fx.note(note);
    }
}

/// Replays a batch of a transaction, or its marker (GRP-26).
pub(super) fn replay(groups: &mut Groups, offsets_partition: u32, now_ms: i64, batch: &Batch) {
    let producer = batch.body.producer_id;
    if let BatchKind::Marker(commit) = batch.body.kind {
        return decide(groups, offsets_partition, producer, commit, |_, _, _, _| {});
    }
    for record in &batch.body.records {
        let Some(key) = &record.key else { continue };
        let read = codec::decode(key, record.value.as_deref());
        if let Some(OffsetsRecord::Offset(name, topic, number, Some(stored))) = read {
            let group = groups.get_or_create(&name, offsets_partition, now_ms);
            let pending = group.pending_offsets.entry(producer).or_default();
            pending.insert((topic, number), stored);
        }
    }
}
