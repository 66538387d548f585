//! Log directories of brokers: one fails, or a broker says where its replicas are (KIP-858).
//!
//! Not here: who may lead from which directory (`partition_change`). Invariant: a failed
//! directory is taken off a registration in the batch that takes its replicas out of the ISRs.

use super::brokers::{Fate, check_epoch, update_partitions};
use super::event::{Event, View};
use crate::error::ErrorCode;
use crate::metadata::{BrokerRegistration, MetadataRecord, PartitionRegistration};
use crate::note::ChangeReason;
use crate::protocol::{AssignReplicasToDirsRequest, AssignReplicasToDirsResponse};
use crate::types::{BrokerId, TopicPartition, Uuid};

/// Whether one of these directories was online so far.
pub(super) fn any_fails(registration: &BrokerRegistration, offline: &[Uuid]) -> bool {
    let mut online = registration.directories.iter();
    online.any(|directory| offline.contains(directory))
}

/// LOG-16: the replicas in directories that were online and have failed leave their ISRs.
pub(super) fn failed(
    view: View<'_>,
    event: &mut Event,
    registration: &BrokerRegistration,
    offline: &[Uuid],
) {
    let broker = registration.broker;
    let online = registration.directories.iter();
    let (lost, left): (Vec<Uuid>, Vec<Uuid>) =
        online.partition(|directory| offline.contains(directory));
    if lost.is_empty() {
        return;
    }
    let reason = ChangeReason::LogDirFailed(broker);
    let is_in = |partition: &PartitionRegistration| {
        let directory = partition.directory(broker);
        directory.is_some_and(|directory| lost.contains(&directory))
    };
    update_partitions(view, event, broker, Fate::Leaves, reason, is_in);
    event
        .records
        .push(MetadataRecord::BrokerRegistrationChange {
            broker,
            broker_epoch: registration.epoch,
            fenced: None,
            in_controlled_shutdown: false,
            directories: Some(left),
        });
}

/// AssignReplicasToDirs: each partition for itself.
pub(super) fn assign(
    view: View<'_>,
    request: &AssignReplicasToDirsRequest,
) -> (Event, AssignReplicasToDirsResponse) {
    let mut event = Event::default();
    let mut response = AssignReplicasToDirsResponse {
        error: ErrorCode::None,
        partitions: Vec::new(),
    };
    let registration = match check_epoch(view, request.broker, request.broker_epoch) {
        Ok(registration) => registration,
        Err(error) => {
            response.error = error;
            return (event, response);
        }
    };
    for (directory, tp) in &request.assignments {
        let assigned = assign_one(view, &mut event, registration, *directory, *tp);
        let error = assigned.err().unwrap_or(ErrorCode::None);
        response.partitions.push((*tp, error));
    }
    (event, response)
}

fn assign_one(
    view: View<'_>,
    event: &mut Event,
    registration: &BrokerRegistration,
    directory: Uuid,
    tp: TopicPartition,
) -> Result<(), ErrorCode> {
    let broker = registration.broker;
    let topic = (view.image.topics.get(&tp.topic)).ok_or(ErrorCode::UnknownTopicId)?;
    let partition =
        (topic.partitions.get(tp.partition as usize)).ok_or(ErrorCode::UnknownTopicOrPartition)?;
    if !partition.replicas.contains(&broker) {
        return Err(ErrorCode::NotLeaderOrFollower);
    }
    let is_online = registration.has_online_dir(directory);
    let acceptable =
        |other: BrokerId| (is_online || other != broker) && view.image.is_active(other);
    let mut builder = view.builder(topic, partition, &acceptable);
    if !is_online {
        // The directory has failed since: as if the replica had been known to be there.
        let isr = partition.isr.iter().copied();
        builder = builder
            .election(view.default_election(&topic.name))
            .isr(isr.filter(|member| *member != broker).collect());
    }
    let builder = builder.directory(broker, directory);
    let Some(built) = builder.build() else {
        return Ok(());
    };
    if built.change.isr.is_some() || built.change.leader.is_some() {
        let reason = ChangeReason::LogDirFailed(broker);
        event.change_partition(tp, partition, built, reason);
    } else {
        // Nothing anybody would notice.
        event.records.push(MetadataRecord::PartitionChange {
            topic: tp.topic,
            partition: tp.partition,
            change: built.change,
        });
    }
    Ok(())
}
