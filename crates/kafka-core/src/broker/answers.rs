//! Answers to a fetch of one partition, and the checks all fetchers share.

use super::partition::Partition;
use super::partitions::Partitions;
use crate::error::ErrorCode;
use crate::metadata::ClusterImage;
use crate::protocol::{FetchPartition, FetchPartitionResponse};
use crate::types::{BrokerId, LeaderEpoch, Offset, TopicPartition};

impl FetchPartitionResponse {
    /// No records yet, and where the leader's log stands.
    pub(super) fn of(partition: &Partition) -> FetchPartitionResponse {
        FetchPartitionResponse {
            partition: partition.id,
            error: ErrorCode::None,
            high_watermark: partition.log.high_watermark(),
            last_stable_offset: partition.log.last_stable_offset(),
            log_start_offset: partition.log.log_start_offset(),
            diverging_epoch: None,
            current_leader: None,
            preferred_read_replica: None,
            aborted: Vec::new(),
            batches: Vec::new(),
        }
    }

    /// An error.
    pub(super) fn refusal(partition: TopicPartition, error: ErrorCode) -> FetchPartitionResponse {
        FetchPartitionResponse {
            partition,
            error,
            high_watermark: Offset::UNKNOWN,
            last_stable_offset: Offset::UNKNOWN,
            log_start_offset: Offset::UNKNOWN,
            diverging_epoch: None,
            current_leader: None,
            preferred_read_replica: None,
            aborted: Vec::new(),
            batches: Vec::new(),
        }
    }
}

/// The partition if this broker leads it in the epoch the fetcher believes in
/// (REP-2); else the refusal, with the leader this broker knows (KIP-951).
pub(super) fn led<'a>(
    partitions: &'a Partitions,
    image: &ClusterImage,
    wanted: &FetchPartition,
) -> Result<&'a Partition, Box<FetchPartitionResponse>> {
    let id = wanted.partition;
    leader_in_epoch(partitions, image, id, wanted.current_leader_epoch).map_err(|error| {
        let mut refusal = FetchPartitionResponse::refusal(id, error);
        if matches!(
            error,
            ErrorCode::NotLeaderOrFollower | ErrorCode::FencedLeaderEpoch
        ) {
            refusal.current_leader = known_leader(image, id);
        }
        Box::new(refusal)
    })
}

/// The partition if this broker has a replica in the epoch the consumer believes in, be it the
/// leader's or a follower's (REP-45); else the refusal.
pub(super) fn held<'a>(
    partitions: &'a Partitions,
    image: &ClusterImage,
    wanted: &FetchPartition,
) -> Result<&'a Partition, Box<FetchPartitionResponse>> {
    let (id, epoch) = (wanted.partition, wanted.current_leader_epoch);
    let held = partitions.get(id).filter(|partition| {
        !partition.is_leader() && partition.leader.is_some() && partition.leader_epoch == epoch
    });
    held.map_or_else(|| led(partitions, image, wanted), Ok)
}

/// The partition if this broker leads it in that epoch (NONE skips the epoch).
pub(super) fn leader_in_epoch<'a>(
    partitions: &'a Partitions,
    image: &ClusterImage,
    id: TopicPartition,
    epoch: LeaderEpoch,
) -> Result<&'a Partition, ErrorCode> {
    let Some(partition) = partitions.get(id) else {
        return Err(absent(partitions, image, id));
    };
    if !partition.is_leader() {
        return Err(ErrorCode::NotLeaderOrFollower);
    }
    if epoch != LeaderEpoch::NONE && epoch < partition.leader_epoch {
        return Err(ErrorCode::FencedLeaderEpoch);
    }
    if epoch > partition.leader_epoch {
        return Err(ErrorCode::UnknownLeaderEpoch);
    }
    Ok(partition)
}

/// Why a partition is not here: its log cannot be read (LOG-16), it is elsewhere, or nowhere
/// (TOP-9).
pub(super) fn absent(
    partitions: &Partitions,
    image: &ClusterImage,
    id: TopicPartition,
) -> ErrorCode {
    if partitions.is_offline(id) {
        ErrorCode::KafkaStorageError
    } else if image.partition(id).is_some() {
        ErrorCode::NotLeaderOrFollower
    } else if image.topics.contains_key(&id.topic) {
        ErrorCode::UnknownTopicOrPartition
    } else {
        ErrorCode::UnknownTopicId
    }
}

/// The leader this broker's image names (KIP-951).
pub(super) fn known_leader(
    image: &ClusterImage,
    id: TopicPartition,
) -> Option<(BrokerId, LeaderEpoch)> {
    let state = image.partition(id)?;
    Some((state.leader?, state.leader_epoch))
}
