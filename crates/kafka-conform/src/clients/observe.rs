//! What the simulated clients told their applications, in the recordings' terms.

use std::collections::BTreeMap;

use kafka_core::client::{ClientEvent, ClientFailure, NamedPartition};
use kafka_core::protocol::Response;
use kafka_core::types::{NodeId, TopicPartition};
use kafka_sim::{HistoryItem, World};

use super::fact::{Fact, callback, failed};
use super::replay::Played;

/// Acknowledged values by partition and offset.
pub(super) type Acks = BTreeMap<(u32, i64), String>;

/// What one client told.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub facts: Vec<Fact>,
    pub acks: Acks,
}

/// Collects what a client told.
pub(super) fn told(played: &Played, client: NodeId) -> Told {
    let mut told = Told::default();
    // As `groupMetadata()` shows it: of the last assignment.
    let mut generation = -1;
    let items: Vec<&HistoryItem> = played
        .world
        .history()
        .iter_from(0)
        .filter(|item| item.client == client)
        .collect();
    for (at, item) in items.iter().enumerate() {
        let label = |tag: &u64| played.labels.get(tag).cloned().unwrap_or_default();
        let names = |list: &[NamedPartition]| list.iter().map(name).collect::<Vec<String>>();
        let fact = match &item.event {
            ClientEvent::Acked {
                tag,
                partition,
                offset,
            } => {
                let place = (partition.partition, offset.0);
                told.acks.insert(place, label(tag));
                continue;
            }
            ClientEvent::SendFailed { tag, failure, .. } => {
                failure_of(&format!("send {}", label(tag)), failure)
            }
            ClientEvent::Delivered(records) => {
                for record in records {
                    told.facts.push(Fact::Received {
                        partition: format!("{}-{}", record.topic, record.partition.partition),
                        from: record.offset.0,
                        to: record.offset.0,
                    });
                }
                continue;
            }
            ClientEvent::Assigned {
                partitions,
                generation: new,
                ..
            } => {
                generation = i64::from(new.0);
                callback("assigned", names(partitions), generation)
            }
            ClientEvent::Revoked(partitions) => {
                // Cooperatively given up: the new generation's assignment says so.
                let next = items.get(at + 1).map(|next| (&next.event, next.at));
                if let Some((
                    ClientEvent::Assigned {
                        generation: new, ..
                    },
                    when,
                )) = next
                    && when == item.at
                {
                    generation = i64::from(new.0);
                }
                callback("revoked", names(partitions), generation)
            }
            ClientEvent::Lost(partitions) => callback("lost", names(partitions), generation),
            ClientEvent::Committed {
                failure,
                auto: false,
                ..
            } => match failure {
                None => Fact::Said("committed".to_string()),
                Some(failure) => failure_of("commit", failure),
            },
            ClientEvent::PollFailed(failure) => failure_of("poll", failure),
            ClientEvent::Closed => Fact::Said("closed".to_string()),
            _ => continue,
        };
        told.facts.push(fact);
    }
    told
}

fn name(partition: &NamedPartition) -> String {
    format!("{}-{}", partition.topic, partition.partition)
}

fn failure_of(what: &str, failure: &ClientFailure) -> Fact {
    failed(what, failure.exception, &failure.message)
}

/// Offsets that admin calls found, by partition.
///
/// # Errors
/// A call that failed or was not answered.
pub(super) fn offsets(world: &World, calls: &[u64]) -> Result<BTreeMap<String, i64>, String> {
    let mut found = BTreeMap::new();
    for number in calls {
        let answers = world.history().iter_from(0);
        let ended = answers.map(|item| &item.event).find(|event| match event {
            ClientEvent::Answer { call, .. } | ClientEvent::CallFailed { call, .. } => {
                call == number
            }
            _ => false,
        });
        match ended {
            Some(ClientEvent::Answer { response, .. }) => read(response, &mut found)?,
            Some(ClientEvent::CallFailed { failure, .. }) => {
                return Err(format!("{}: {}", failure.exception, failure.message));
            }
            _ => return Err("an admin call was not answered".to_string()),
        }
    }
    Ok(found)
}

fn read(response: &Response, found: &mut BTreeMap<String, i64>) -> Result<(), String> {
    match response {
        Response::ListOffsets(answer) => {
            for listed in &answer.partitions {
                let TopicPartition { partition, .. } = listed.partition;
                found.insert(partition.to_string(), listed.offset.0);
            }
        }
        Response::OffsetFetch(answer) => {
            for stored in &answer.offsets {
                let name = format!("{}-{}", stored.topic_name, stored.partition);
                found.insert(name, stored.offset.0);
            }
        }
        Response::CreateTopics(answer) => {
            for (_, created, _) in &answer.topics {
                if created.error.is_error() {
                    return Err(format!(
                        "the topic was not created: {}",
                        created.error.name()
                    ));
                }
            }
        }
        Response::OffsetCommit(answer) => {
            for (_, error) in &answer.partitions {
                if error.is_error() {
                    return Err(format!("the offset was not set: {}", error.name()));
                }
            }
        }
        Response::DeleteRecords(answer) => {
            for (_, error, _) in &answer.partitions {
                if error.is_error() {
                    return Err(format!("nothing was deleted: {}", error.name()));
                }
            }
        }
        _ => {}
    }
    Ok(())
}
