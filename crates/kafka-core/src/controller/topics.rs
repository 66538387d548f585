//! Topics come, grow and go (TOP-1 to TOP-9).

use std::collections::BTreeMap;

use super::configs;
use super::event::{Event, View};
use super::placer::Placer;
use crate::error::ErrorCode;
use crate::metadata::{MetadataRecord, PartitionRegistration, TopicImage};
use crate::node::Prng;
use crate::note::Note;
use crate::protocol::{
    CreatableTopic, CreatePartitionsRequest, CreatePartitionsResponse, CreatePartitionsTopic,
    CreateTopicsRequest, CreateTopicsResponse, DeleteTopicsRequest, DeleteTopicsResponse, Outcome,
};
use crate::topic_name;
use crate::types::{BrokerId, Name, TopicId, Uuid};

/// The brokers of a new partition.
pub(super) struct Placed {
    /// All, preferred first.
    pub replicas: Vec<BrokerId>,
    /// The active ones, in that order.
    pub isr: Vec<BrokerId>,
}

/// CreateTopics: each topic for itself, all in one batch.
pub(super) fn create(
    view: View<'_>,
    prng: &mut Prng,
    request: &CreateTopicsRequest,
) -> (Event, CreateTopicsResponse) {
    let mut event = Event::default();
    let mut topics = Vec::new();
    let mut next_topic = view.image.next_topic;
    for wanted in &request.topics {
        let same_name = |other: &&CreatableTopic| other.name == wanted.name;
        let made = if request.topics.iter().filter(same_name).count() > 1 {
            let text = "Duplicate topic name.";
            Err(Outcome::fail(ErrorCode::InvalidRequest, text))
        } else {
            create_one(view, prng, wanted, next_topic)
        };
        let (outcome, created) = match made {
            Ok((uuid, one)) => {
                let topic = next_topic;
                next_topic = TopicId(topic.0 + 1);
                event.records.extend(one.records);
                event.notes.extend(one.notes);
                (Outcome::ok(), Some((topic, uuid)))
            }
            Err(outcome) => (outcome, None),
        };
        topics.push((wanted.name.clone(), outcome, created));
    }
    if request.validate_only {
        event = Event::default();
    }
    (event, CreateTopicsResponse { topics })
}

fn create_one(
    view: View<'_>,
    prng: &mut Prng,
    wanted: &CreatableTopic,
    topic: TopicId,
) -> Result<(Uuid, Event), Outcome> {
    check_name(view, &wanted.name)?;
    let configs = configs::for_new_topic(view, &wanted.name, &wanted.configs)?;
    let partitions = if wanted.assignments.is_empty() {
        placed(view, prng, wanted)?
    } else {
        assigned(view, wanted)?
    };
    let drawn = prng.uuid();
    let known = (view.config.topic_ids.iter()).find(|(known, _)| *known == wanted.name);
    let uuid = known.map_or(drawn, |(_, uuid)| *uuid);
    let mut event = Event::default();
    let name = wanted.name.clone();
    event
        .notes
        .push(Note::TopicCreated(name.clone(), partitions.len() as u32));
    event
        .records
        .push(MetadataRecord::Topic { name, topic, uuid });
    event.records.extend(configs);
    event
        .records
        .extend(partition_records(view, topic, 0, partitions));
    Ok((uuid, event))
}

/// TOP-1 and TOP-2.
fn check_name(view: View<'_>, name: &Name) -> Result<(), Outcome> {
    let invalid = |text: &str| Err(Outcome::fail(ErrorCode::InvalidTopicException, text));
    if let Err(text) = topic_name::validate(name) {
        return invalid(&text);
    }
    if view.image.topics_by_name.contains_key(name) {
        let text = format!("Topic '{name}' already exists.");
        return Err(Outcome::fail(ErrorCode::TopicAlreadyExists, &text));
    }
    if topic_name::has_collision_chars(name) {
        let mut names = view.image.topics_by_name.keys();
        if let Some(other) = names.find(|other| topic_name::has_collision(other, name)) {
            let text = format!("Topic '{name}' collides with existing topic: {other}");
            return invalid(&text);
        }
    }
    Ok(())
}

/// TOP-3.
fn assigned(view: View<'_>, wanted: &CreatableTopic) -> Result<Vec<Placed>, Outcome> {
    let bad_request = |what: &str| {
        let text = format!("A manual partition assignment was specified, but {what}");
        Err(Outcome::fail(ErrorCode::InvalidRequest, &text))
    };
    if wanted.replication_factor != -1 {
        return bad_request("replication factor was not set to -1.");
    }
    if wanted.num_partitions != -1 {
        return bad_request("numPartitions was not set to -1.");
    }
    let mut factor = None;
    let mut partitions: BTreeMap<i32, Vec<BrokerId>> = BTreeMap::new();
    for (number, replicas) in &wanted.assignments {
        if partitions.contains_key(number) {
            return Err(bad_assignment(format!(
                "Found multiple manual partition assignments for partition {number}"
            )));
        }
        check_manual_assignment(view, replicas, factor)?;
        check_somebody_active(view, *number, replicas)?;
        factor = Some(replicas.len());
        partitions.insert(*number, replicas.clone());
    }
    if !partitions.keys().copied().eq(0..partitions.len() as i32) {
        let text = "partitions should be a consecutive 0-based integer sequence";
        return Err(bad_assignment(text.to_owned()));
    }
    Ok(with_isr(view, partitions.into_values().collect()))
}

fn bad_assignment(text: String) -> Outcome {
    Outcome::fail(ErrorCode::InvalidReplicaAssignment, &text)
}

/// A replica list somebody wrote by hand: known brokers, none twice, and as many as
/// the other partitions have.
pub(super) fn check_manual_assignment(
    view: View<'_>,
    replicas: &[BrokerId],
    factor: Option<usize>,
) -> Result<(), Outcome> {
    let refuse = |what: String| {
        Err(bad_assignment(format!(
            "The manual partition assignment includes {what}"
        )))
    };
    if replicas.is_empty() {
        return refuse("an empty replica list.".to_owned());
    }
    let mut sorted = replicas.to_vec();
    sorted.sort_unstable();
    let mut previous = None;
    for broker in &sorted {
        if !view.image.brokers.contains_key(broker) {
            return refuse(format!(
                "broker {broker}, but no such broker is registered."
            ));
        }
        if previous == Some(broker) {
            return refuse(format!("the broker {broker} more than once."));
        }
        previous = Some(broker);
    }
    match factor {
        Some(factor) if factor != sorted.len() => refuse(format!(
            "a partition with {} replica(s), but this is not consistent with previous \
             partitions, which have {factor} replica(s).",
            sorted.len()
        )),
        _ => Ok(()),
    }
}

fn check_somebody_active(
    view: View<'_>,
    number: i32,
    replicas: &[BrokerId],
) -> Result<(), Outcome> {
    if replicas.iter().any(|broker| view.image.is_active(*broker)) {
        return Ok(());
    }
    Err(bad_assignment(format!(
        "All brokers specified in the manual partition assignment for partition {number} are \
         fenced or in controlled shutdown."
    )))
}

/// TOP-4 and TOP-5.
fn placed(
    view: View<'_>,
    prng: &mut Prng,
    wanted: &CreatableTopic,
) -> Result<Vec<Placed>, Outcome> {
    let factor = match wanted.replication_factor {
        -1 => view.config.default_replication_factor,
        factor if factor < 1 => {
            let text = "Replication factor must be larger than 0, or -1 to use the default value.";
            return Err(Outcome::fail(ErrorCode::InvalidReplicationFactor, text));
        }
        factor => factor,
    };
    let count = match wanted.num_partitions {
        -1 => view.config.num_partitions,
        count if count < 1 => {
            let text = "Number of partitions was set to an invalid non-positive value.";
            return Err(Outcome::fail(ErrorCode::InvalidPartitions, text));
        }
        count => count,
    };
    let count = u32::try_from(count).unwrap_or(1);
    Placer { view, prng }.place(&wanted.name, 0, count, i32::from(factor))
}

/// TOP-7: the active replicas are in sync, the first of them leads.
fn partition_records(
    view: View<'_>,
    topic: TopicId,
    first: u32,
    partitions: Vec<Placed>,
) -> impl Iterator<Item = MetadataRecord> + use<'_> {
    (first..)
        .zip(partitions)
        .map(
            move |(partition, Placed { replicas, isr })| MetadataRecord::Partition {
                topic,
                partition,
                state: PartitionRegistration {
                    leader: isr.first().copied(),
                    directories: view.image.default_dirs(&replicas),
                    replicas,
                    isr,
                    ..PartitionRegistration::default()
                },
            },
        )
}

/// DeleteTopics (TOP-9).
pub(super) fn delete(
    view: View<'_>,
    request: &DeleteTopicsRequest,
) -> (Event, DeleteTopicsResponse) {
    let mut event = Event::default();
    let mut topics = Vec::new();
    for name in &request.topics {
        let duplicate = request.topics.iter().filter(|other| *other == name).count() > 1;
        let outcome = if !view.config.delete_topic_enable {
            Outcome::code(ErrorCode::TopicDeletionDisabled)
        } else if duplicate {
            Outcome::fail(ErrorCode::InvalidRequest, "Duplicate topic name.")
        } else if let Some(topic) = view.image.topic(name) {
            let topic = topic.topic;
            event.records.push(MetadataRecord::RemoveTopic { topic });
            event.notes.push(Note::TopicDeleted(name.clone()));
            Outcome::ok()
        } else {
            Outcome::code(ErrorCode::UnknownTopicOrPartition)
        };
        topics.push((name.clone(), outcome));
    }
    (event, DeleteTopicsResponse { topics })
}

/// CreatePartitions (TOP-8).
pub(super) fn create_partitions(
    view: View<'_>,
    prng: &mut Prng,
    request: &CreatePartitionsRequest,
) -> (Event, CreatePartitionsResponse) {
    let mut event = Event::default();
    let mut topics = Vec::new();
    for wanted in &request.topics {
        let outcome = match view.image.topic(&wanted.name) {
            None => Outcome::code(ErrorCode::UnknownTopicOrPartition),
            Some(topic) => match grown(view, prng, topic, wanted) {
                Ok(partitions) => {
                    let first = topic.partitions.len() as u32;
                    let records = partition_records(view, topic.topic, first, partitions);
                    event.records.extend(records);
                    Outcome::ok()
                }
                Err(outcome) => outcome,
            },
        };
        topics.push((wanted.name.clone(), outcome));
    }
    if request.validate_only {
        event = Event::default();
    }
    (event, CreatePartitionsResponse { topics })
}

fn grown(
    view: View<'_>,
    prng: &mut Prng,
    topic: &TopicImage,
    wanted: &CreatePartitionsTopic,
) -> Result<Vec<Placed>, Outcome> {
    let have = topic.partitions.len();
    let count = usize::try_from(wanted.count).unwrap_or(0);
    if count <= have {
        let text = if wanted.count == have as i32 {
            format!("Topic already has {have} partition(s).")
        } else {
            format!(
                "The topic {} currently has {have} partition(s); {} would not be an increase.",
                topic.name, wanted.count
            )
        };
        return Err(Outcome::fail(ErrorCode::InvalidPartitions, &text));
    }
    let additional = count - have;
    let first = topic.partitions.first();
    let factor = first.map_or(1, |partition| partition.replicas.len());
    if wanted.assignments.is_empty() {
        let first = have as u32;
        let mut placer = Placer { view, prng };
        return placer.place(&topic.name, first, additional as u32, factor as i32);
    }
    if wanted.assignments.len() != additional {
        return Err(bad_assignment(format!(
            "Attempted to add {additional} additional partition(s), but only {} assignment(s) \
             were specified.",
            wanted.assignments.len()
        )));
    }
    for (number, replicas) in (have as i32..).zip(&wanted.assignments) {
        check_manual_assignment(view, replicas, Some(factor))?;
        check_somebody_active(view, number, replicas)?;
    }
    Ok(with_isr(view, wanted.assignments.clone()))
}

/// Each replica list with its active members.
pub(super) fn with_isr(view: View<'_>, lists: Vec<Vec<BrokerId>>) -> Vec<Placed> {
    let active = |broker: &BrokerId| view.image.is_active(*broker);
    (lists.into_iter())
        .map(|replicas| {
            let isr = replicas.iter().copied().filter(active).collect();
            Placed { replicas, isr }
        })
        .collect()
}
