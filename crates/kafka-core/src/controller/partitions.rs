//! Leaders and ISRs on request: AlterPartition (REP-19, REP-20), ElectLeaders and
//! the periodic passes (REP-32, REP-38).

use super::brokers::check_epoch;
use super::event::{Event, View};
use super::partition_change::Election;
use crate::error::ErrorCode;
use crate::metadata::{PartitionRegistration, TopicImage};
use crate::note::ChangeReason;
use crate::protocol::{
    AlterPartitionData, AlterPartitionRequest, AlterPartitionResponse, AlterPartitionResult,
    ElectLeadersRequest, ElectLeadersResponse, ElectionType, Outcome,
};
use crate::types::{BrokerEpoch, BrokerId, LeaderEpoch, PartitionEpoch, TopicPartition};

/// Most elections of one periodic pass (REP-38).
const MAX_ELECTIONS_PER_PASS: usize = 1_000;

/// REP-19 and REP-20.
pub(super) fn alter_partition(
    view: View<'_>,
    request: &AlterPartitionRequest,
) -> (Event, AlterPartitionResponse) {
    let mut event = Event::default();
    let mut response = AlterPartitionResponse {
        error: ErrorCode::None,
        partitions: Vec::new(),
    };
    if let Err(error) = check_epoch(view, request.broker, request.broker_epoch) {
        response.error = error;
        return (event, response);
    }
    for data in &request.partitions {
        let result = match alter_one(view, &mut event, request.broker, data) {
            Ok(result) => result,
            Err(error) => refusal(data, error),
        };
        response.partitions.push(result);
    }
    (event, response)
}

fn alter_one(
    view: View<'_>,
    event: &mut Event,
    sender: BrokerId,
    data: &AlterPartitionData,
) -> Result<AlterPartitionResult, ErrorCode> {
    let topic = (view.image.topics.get(&data.topic)).ok_or(ErrorCode::UnknownTopicId)?;
    let partition = (topic.partitions.get(data.partition as usize))
        .ok_or(ErrorCode::UnknownTopicOrPartition)?;
    check(view, sender, data, partition)?;
    let acceptable = |broker: BrokerId| view.image.is_active(broker);
    let built = (view.builder(topic, partition, &acceptable))
        .election(view.default_election(&topic.name))
        .isr(data.new_isr.iter().map(|member| member.0).collect())
        .recovering(data.recovering)
        .build();
    let tp = TopicPartition::new(data.topic, data.partition);
    let reason = ChangeReason::AlterPartition(sender);
    let new = match built {
        Some(built) => event.change_partition(tp, partition, built, reason),
        None => partition.clone(),
    };
    if new.leader != Some(sender) {
        // Completing a reassignment took the leadership away.
        return Err(ErrorCode::NewLeaderElected);
    }
    Ok(AlterPartitionResult {
        topic: data.topic,
        partition: data.partition,
        error: ErrorCode::None,
        leader: new.leader,
        leader_epoch: new.leader_epoch,
        partition_epoch: new.partition_epoch,
        isr: new.isr,
        recovering: new.recovering,
    })
}

/// The table of REP-19, in its order.
fn check(
    view: View<'_>,
    sender: BrokerId,
    data: &AlterPartitionData,
    partition: &PartitionRegistration,
) -> Result<(), ErrorCode> {
    let refuse = |refused: bool, error| if refused { Err(error) } else { Ok(()) };
    let ahead = data.leader_epoch > partition.leader_epoch
        || data.partition_epoch > partition.partition_epoch;
    refuse(ahead, ErrorCode::NotController)?;
    let fenced = data.leader_epoch < partition.leader_epoch;
    refuse(fenced, ErrorCode::FencedLeaderEpoch)?;
    let foreign = partition.leader != Some(sender);
    refuse(foreign, ErrorCode::InvalidRequest)?;
    let stale = data.partition_epoch < partition.partition_epoch;
    refuse(stale, ErrorCode::InvalidUpdateVersion)?;
    let isr = &data.new_isr;
    let mut ids: Vec<BrokerId> = isr.iter().map(|member| member.0).collect();
    ids.sort_unstable();
    ids.dedup();
    let malformed = ids.len() != isr.len()
        || !ids.contains(&sender)
        || !ids.iter().all(|id| partition.replicas.contains(id))
        || (data.recovering && (isr.len() > 1 || !partition.recovering));
    refuse(malformed, ErrorCode::InvalidRequest)?;
    let eligible = |(broker, epoch): &(BrokerId, BrokerEpoch)| {
        (view.image.brokers.get(broker)).is_some_and(|registration| {
            let known = *epoch == BrokerEpoch::NONE || *epoch == registration.epoch;
            registration.is_active() && known
        })
    };
    refuse(!isr.iter().all(eligible), ErrorCode::IneligibleReplica)
}

fn refusal(data: &AlterPartitionData, error: ErrorCode) -> AlterPartitionResult {
    AlterPartitionResult {
        topic: data.topic,
        partition: data.partition,
        error,
        leader: None,
        leader_epoch: LeaderEpoch::NONE,
        partition_epoch: PartitionEpoch(-1),
        isr: Vec::new(),
        recovering: false,
    }
}

/// ElectLeaders (REP-32). For "all", partitions where nothing is to do are left out.
pub(super) fn elect_leaders(
    view: View<'_>,
    request: &ElectLeadersRequest,
) -> (Event, ElectLeadersResponse) {
    let mut event = Event::default();
    let kind = request.election_type;
    let mut partitions = Vec::new();
    match &request.partitions {
        Some(wanted) => {
            for (name, number) in wanted {
                let outcome = match view.image.topic(name) {
                    None => unknown(&format!("No such topic as {name}")),
                    Some(topic) => elect(view, &mut event, topic, *number, kind),
                };
                partitions.push((name.clone(), *number, outcome));
            }
        }
        None => {
            for (topic, tp, _) in view.partitions() {
                let outcome = elect(view, &mut event, topic, tp.partition, kind);
                if outcome.error != ErrorCode::ElectionNotNeeded {
                    partitions.push((topic.name.clone(), tp.partition, outcome));
                }
            }
        }
    }
    let error = ErrorCode::None;
    (event, ElectLeadersResponse { error, partitions })
}

fn unknown(text: &str) -> Outcome {
    Outcome::fail(ErrorCode::UnknownTopicOrPartition, text)
}

fn elect(
    view: View<'_>,
    event: &mut Event,
    topic: &TopicImage,
    number: u32,
    kind: ElectionType,
) -> Outcome {
    let Some(partition) = topic.partitions.get(number as usize) else {
        return unknown(&format!("No such partition as {}-{number}", topic.name));
    };
    let satisfied = match kind {
        ElectionType::Preferred => has_preferred_leader(partition),
        ElectionType::Unclean => partition.leader.is_some(),
    };
    if satisfied {
        return Outcome::code(ErrorCode::ElectionNotNeeded);
    }
    let (election, nobody) = match kind {
        ElectionType::Preferred => (Election::Preferred, ErrorCode::PreferredLeaderNotAvailable),
        ElectionType::Unclean => (Election::Unclean, ErrorCode::EligibleLeadersNotAvailable),
    };
    let tp = TopicPartition::new(topic.topic, number);
    let reason = ChangeReason::ElectLeaders;
    if hold(view, event, topic, tp, partition, election, reason) {
        Outcome::ok()
    } else {
        Outcome::code(nobody)
    }
}

fn has_preferred_leader(partition: &PartitionRegistration) -> bool {
    partition.leader.is_some() && partition.leader == partition.replicas.first().copied()
}

/// Holds one election; false if it changes nothing.
fn hold(
    view: View<'_>,
    event: &mut Event,
    topic: &TopicImage,
    tp: TopicPartition,
    partition: &PartitionRegistration,
    election: Election,
    reason: ChangeReason,
) -> bool {
    let acceptable = |broker: BrokerId| view.image.is_active(broker);
    let builder = view.builder(topic, partition, &acceptable);
    match builder.election(election).build() {
        Some(built) => {
            event.change_partition(tp, partition, built, reason);
            true
        }
        None => false,
    }
}

/// REP-38: moves leaderships back to the first replicas.
pub(super) fn preferred_pass(view: View<'_>) -> Event {
    let mut event = Event::default();
    for (topic, tp, partition) in view.partitions() {
        if event.records.len() >= MAX_ELECTIONS_PER_PASS {
            break;
        }
        if !has_preferred_leader(partition) {
            let reason = ChangeReason::PreferredPass;
            let election = Election::Preferred;
            hold(view, &mut event, topic, tp, partition, election, reason);
        }
    }
    event
}

/// REP-32: leaderless partitions whose topic allows it.
pub(super) fn unclean_pass(view: View<'_>) -> Event {
    let mut event = Event::default();
    for (topic, tp, partition) in view.partitions() {
        if event.records.len() >= MAX_ELECTIONS_PER_PASS {
            break;
        }
        if partition.leader.is_none() && view.unclean_allowed(&topic.name) {
            let reason = ChangeReason::UncleanPass;
            let election = Election::Unclean;
            hold(view, &mut event, topic, tp, partition, election, reason);
        }
    }
    event
}
