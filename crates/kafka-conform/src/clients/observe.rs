//! What the simulated clients told their applications, in the recordings' terms.

use std::collections::BTreeMap;

use kafka_core::client::{
    ClientEvent, ClientFailure, DeliveredRecord, NamedPartition, SharedRecord, TransactionCall,
};
use kafka_core::error::ErrorCode;
use kafka_core::protocol::Response;
use kafka_core::types::{NodeId, TopicPartition};
use kafka_sim::{HistoryItem, World};

use super::fact::{self, Fact, callback, failed};
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
        match &item.event {
            ClientEvent::Acked {
                tag,
                partition,
                offset,
            } => {
                let place = (partition.partition, offset.0);
                told.acks.insert(place, label(tag));
            }
            ClientEvent::SendFailed { tag, failure, .. } => {
                let what = format!("send {}", label(tag));
                told.facts.push(failure_of(&what, failure));
            }
            ClientEvent::Delivered(records) => told.facts.extend(records.iter().map(received)),
            ClientEvent::ShareDelivered(records) => {
                told.facts.extend(records.iter().map(shared));
            }
            event => {
                // A member of a `consumer` group shows its epoch as it is.
                let epochs = played.epochs.get(&client).into_iter().flatten();
                if let Some((_, epoch)) = epochs.rev().find(|(from, _)| *from <= item.at) {
                    generation = i64::from(epoch.0);
                }
                let next = items.get(at + 1).filter(|next| next.at == item.at);
                let next = next.map(|next| &next.event);
                told.facts.extend(called_back(event, next, &mut generation));
                told.facts.extend(outcome(event));
            }
        }
    }
    told
}

fn shared(shared: &SharedRecord) -> Fact {
    let place = &shared.delivered;
    let partition = i64::from(place.partition.partition);
    fact::given(partition, place.offset.0, i64::from(shared.delivery_count))
}

fn received(record: &DeliveredRecord) -> Fact {
    Fact::Received {
        partition: format!("{}-{}", record.topic, record.partition.partition),
        from: record.offset.0,
        to: record.offset.0,
        count: 1,
    }
}

/// A callback of the rebalance listener; `next` is what was told at the same moment
/// after it.
fn called_back(
    event: &ClientEvent,
    next: Option<&ClientEvent>,
    generation: &mut i64,
) -> Option<Fact> {
    let names = |list: &[NamedPartition]| list.iter().map(name).collect::<Vec<String>>();
    let (what, partitions) = match event {
        ClientEvent::Assigned {
            partitions,
            generation: new,
            ..
        } => {
            *generation = i64::from(new.0);
            ("assigned", partitions)
        }
        ClientEvent::Revoked(partitions) => {
            // Cooperatively given up: it belongs to the new generation already.
            if let Some(ClientEvent::Assigned {
                generation: new, ..
            }) = next
            {
                *generation = i64::from(new.0);
            }
            ("revoked", partitions)
        }
        ClientEvent::Lost(partitions) => ("lost", partitions),
        _ => return None,
    };
    Some(callback(what, names(partitions), *generation))
}

/// How a call of the application ended.
fn outcome(event: &ClientEvent) -> Option<Fact> {
    Some(match event {
        ClientEvent::Committed {
            failure,
            auto: false,
            ..
        } => match failure {
            None => Fact::Said("committed".to_string()),
            Some(failure) => failure_of("commit", failure),
        },
        ClientEvent::ShareCommitted(results) => {
            let one = |(partition, error): &(NamedPartition, ErrorCode)| {
                let outcome = if error.is_error() {
                    error.exception()
                } else {
                    "Optional.empty"
                };
                format!("{}={outcome}", name(partition))
            };
            let all: Vec<String> = results.iter().map(one).collect();
            Fact::Said(format!("committed {{{}}}", all.join(", ")))
        }
        ClientEvent::PollFailed(failure) => failure_of("poll", failure),
        ClientEvent::TransactionReturned { call, failure } => {
            let what = match call {
                TransactionCall::Commit => "commitTransaction",
                TransactionCall::Abort => "abortTransaction",
                // Not recorded of everybody.
                _ => return None,
            };
            match failure {
                None => Fact::Said(what.to_string()),
                Some(failure) => failure_of(what, failure),
            }
        }
        ClientEvent::Closed => fact::closed(),
        _ => return None,
    })
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
