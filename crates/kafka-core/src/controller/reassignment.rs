//! Moving replicas: AlterPartitionReassignments and its list (REP-41, REP-42).

use super::event::{Event, View};
use super::topics::check_manual_assignment;
use crate::error::ErrorCode;
use crate::metadata::{PartitionRegistration, TopicImage};
use crate::note::ChangeReason;
use crate::protocol::{
    AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse,
    ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse, OngoingReassignment,
    Outcome,
};
use crate::types::{BrokerId, TopicPartition};

/// Starts, replaces or cancels reassignments.
pub(super) fn alter(
    view: View<'_>,
    request: &AlterPartitionReassignmentsRequest,
) -> (Event, AlterPartitionReassignmentsResponse) {
    let mut event = Event::default();
    let mut partitions = Vec::new();
    for (name, number, target) in &request.partitions {
        let unknown = |text: String| Outcome::fail(ErrorCode::UnknownTopicOrPartition, &text);
        let outcome = match view.image.topic(name) {
            None => unknown(format!("Unable to find a topic named {name}.")),
            Some(topic) => match topic.partitions.get(*number as usize) {
                None => unknown(format!("Unable to find partition {name}:{number}.")),
                Some(partition) => {
                    let tp = TopicPartition::new(topic.topic, *number);
                    let changed = match target {
                        Some(target) => move_to(view, &mut event, topic, tp, partition, target),
                        None => cancel(view, &mut event, topic, tp, partition),
                    };
                    changed.err().unwrap_or_default()
                }
            },
        };
        partitions.push((name.clone(), *number, outcome));
    }
    let error = ErrorCode::None;
    (
        event,
        AlterPartitionReassignmentsResponse { error, partitions },
    )
}

/// The members of `these` that are not in `those`, ascending.
fn difference(these: &[BrokerId], those: &[BrokerId]) -> Vec<BrokerId> {
    let rest = these.iter().copied();
    let mut rest: Vec<BrokerId> = rest.filter(|broker| !those.contains(broker)).collect();
    rest.sort_unstable();
    rest
}

fn move_to(
    view: View<'_>,
    event: &mut Event,
    topic: &TopicImage,
    tp: TopicPartition,
    partition: &PartitionRegistration,
    target: &[BrokerId],
) -> Result<(), Outcome> {
    check_manual_assignment(view, target, None)?;
    let removing = difference(&partition.replicas, target);
    let adding = difference(target, &partition.replicas);
    let mut replicas = target.to_vec();
    replicas.extend(&removing);
    // What a running reassignment adds or removes stays marked if this one has nothing to.
    let or = |new: Vec<BrokerId>, old: &[BrokerId]| match new.is_empty() {
        true => old.to_vec(),
        false => new,
    };
    let removing = or(removing, &partition.removing);
    let adding = or(adding, &partition.adding);
    let acceptable = |broker: BrokerId| view.image.is_active(broker);
    let built = (view.builder(topic, partition, &acceptable))
        .election(view.default_election(&topic.name))
        .assignment(replicas, removing, adding)
        .build();
    if let Some(built) = built {
        event.change_partition(tp, partition, built, ChangeReason::Reassignment);
    }
    Ok(())
}

/// REP-42.
fn cancel(
    view: View<'_>,
    event: &mut Event,
    topic: &TopicImage,
    tp: TopicPartition,
    partition: &PartitionRegistration,
) -> Result<(), Outcome> {
    if partition.adding.is_empty() && partition.removing.is_empty() {
        return Err(Outcome::code(ErrorCode::NoReassignmentInProgress));
    }
    let stays = |broker: &BrokerId| !partition.adding.contains(broker);
    let replicas: Vec<BrokerId> = partition.replicas.iter().copied().filter(stays).collect();
    let mut isr: Vec<BrokerId> = partition.isr.iter().copied().filter(stays).collect();
    if isr.is_empty() {
        if !view.unclean_allowed(&topic.name) {
            let text = format!(
                "Unable to revert partition assignment for {}:{} because it would require an \
                 unclean leader election.",
                topic.name, tp.partition
            );
            return Err(Outcome::fail(ErrorCode::InvalidReplicaAssignment, &text));
        }
        isr.extend(replicas.first());
    }
    let acceptable = |broker: BrokerId| view.image.is_active(broker);
    let built = (view.builder(topic, partition, &acceptable))
        .election(view.default_election(&topic.name))
        .isr(isr)
        .assignment(replicas, Vec::new(), Vec::new())
        .build();
    if let Some(built) = built {
        event.change_partition(tp, partition, built, ChangeReason::Reassignment);
    }
    Ok(())
}

/// What is running.
pub(super) fn list(
    view: View<'_>,
    request: &ListPartitionReassignmentsRequest,
) -> ListPartitionReassignmentsResponse {
    let wanted = |topic: &TopicImage, number: u32| {
        (request.partitions.as_ref()).is_none_or(|wanted| {
            (wanted.iter()).any(|(name, partition)| *name == topic.name && *partition == number)
        })
    };
    let partitions = (view.partitions())
        .filter(|(_, _, state)| !state.adding.is_empty() || !state.removing.is_empty())
        .filter(|(topic, tp, _)| wanted(topic, tp.partition))
        .map(|(topic, tp, state)| OngoingReassignment {
            topic_name: topic.name.clone(),
            partition: tp.partition,
            replicas: state.replicas.clone(),
            adding: state.adding.clone(),
            removing: state.removing.clone(),
        })
        .collect();
    ListPartitionReassignmentsResponse {
        error: ErrorCode::None,
        partitions,
    }
}
