//! What must be equal between a recorded and a simulated story.

use std::collections::{BTreeMap, BTreeSet};

use kafka_core::client::ClientEvent;
use kafka_sim::{KafkaProcess, World};
use serde_json::Value;

use super::records::{self, Facts};
use super::replay::Played;

/// Compares everything.
///
/// # Errors
/// The first difference.
pub(super) fn compare(story: &Value, played: &Played) -> Result<(), String> {
    let metadata = story["metadata"].as_array().cloned().unwrap_or_default();
    let recorded = records::recorded(&metadata);
    let simulated = records::simulated(&played.world);
    same_facts(&recorded, &simulated)?;
    same_losses(story, played)?;
    same_epochs(story, &played.world)
}

fn same_facts(recorded: &Facts, simulated: &Facts) -> Result<(), String> {
    let subjects: BTreeSet<&String> = recorded.keys().chain(simulated.keys()).collect();
    let none = Vec::new();
    for subject in subjects {
        if subject.contains("__") {
            continue;
        }
        let wanted = orderless(recorded.get(subject).unwrap_or(&none));
        let got = orderless(simulated.get(subject).unwrap_or(&none));
        for at in 0..wanted.len().max(got.len()) {
            let (w, g) = (wanted.get(at), got.get(at));
            if w != g {
                let show = |fact: Option<&String>| {
                    fact.map_or("nothing more".to_string(), |fact| format!("`{fact}`"))
                };
                return Err(format!(
                    "{subject}, fact {}: {}, Kafka's is {}",
                    at + 1,
                    show(g),
                    show(w)
                ));
            }
        }
    }
    Ok(())
}

/// Two expansions of an ISR that follow each other can come in either order (the
/// recordings' notes: in which order returning brokers re-enter), and one
/// expansion can add both at once. What is left of a run is where it leads.
/// A second fencing after a clean stop depends on how fast the broker came back.
fn orderless(facts: &[String]) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for fact in facts {
        let grows = |fact: &String| {
            fact.starts_with("change isr=") && !fact.contains("leader=") && !fact.contains("elr=")
        };
        match kept.last_mut() {
            Some(last) if grows(last) && grows(fact) && size(last) < size(fact) => {
                let recovered = last.contains("recovering=0") && !fact.contains("recovering");
                *last = if recovered {
                    format!("{fact} recovering=0")
                } else {
                    fact.clone()
                };
            }
            Some(last) if last == "fenced" && fact == "fenced" => {}
            _ => kept.push(fact.clone()),
        }
    }
    kept
}

fn size(fact: &str) -> usize {
    fact.matches(',').count()
}

/// Values acknowledged and values present in the logs at the end.
struct Fate {
    acknowledged: BTreeSet<String>,
    errors: BTreeSet<String>,
}

fn same_losses(story: &Value, played: &Played) -> Result<(), String> {
    let in_logs = recorded_values(story);
    let simulated_logs = simulated_values(&played.world);
    let producers = story["producers"].as_object().cloned().unwrap_or_default();
    for (name, events) in &producers {
        let recorded = recorded_fate(events);
        let lost = recorded.acknowledged.difference(&in_logs).count();
        let Some(client) = played.producers.get(name) else {
            return Err(format!("producer {name} was not played"));
        };
        let simulated = simulated_fate(&played.world, *client);
        let lost_here = simulated.acknowledged.difference(&simulated_logs).count();
        if (lost > 0) != (lost_here > 0) {
            return Err(format!(
                "{name}: {lost_here} acknowledged values lost, Kafka's are {lost}"
            ));
        }
        if recorded.errors.is_empty() != simulated.errors.is_empty() {
            return Err(format!(
                "{name}: errors {:?}, Kafka's are {:?}",
                simulated.errors, recorded.errors
            ));
        }
        let unknown: Vec<&String> = simulated.errors.difference(&recorded.errors).collect();
        if !unknown.is_empty() && recorded.errors.len() > simulated.errors.len() + 1 {
            return Err(format!(
                "{name}: errors {:?}, Kafka's are {:?}",
                simulated.errors, recorded.errors
            ));
        }
    }
    Ok(())
}

fn recorded_fate(events: &Value) -> Fate {
    let mut fate = Fate {
        acknowledged: BTreeSet::new(),
        errors: BTreeSet::new(),
    };
    for event in events.as_array().into_iter().flatten() {
        match event.get("error").and_then(Value::as_str) {
            Some(error) => {
                fate.errors.insert(error.to_string());
            }
            None => {
                let value = event["value"].as_str().unwrap_or_default();
                fate.acknowledged.insert(value.to_string());
            }
        }
    }
    fate
}

fn recorded_values(story: &Value) -> BTreeSet<String> {
    let logs = story["logs"].as_object().cloned().unwrap_or_default();
    let records = logs.values().filter_map(|log| log["records"].as_array());
    records
        .flatten()
        .filter_map(|record| Some(record.get(2)?.as_str()?.to_string()))
        .collect()
}

fn simulated_fate(world: &World, client: kafka_core::types::NodeId) -> Fate {
    let mut fate = Fate {
        acknowledged: BTreeSet::new(),
        errors: BTreeSet::new(),
    };
    // A load's values are its running numbers, in the order of its sends.
    let mut values: BTreeMap<u64, u64> = BTreeMap::new();
    for item in world
        .history()
        .iter_from(0)
        .filter(|item| item.client == client)
    {
        match &item.event {
            ClientEvent::Sent { tag, .. } => {
                values.insert(*tag, values.len() as u64);
            }
            ClientEvent::Acked { tag, .. } => {
                if let Some(value) = values.get(tag) {
                    fate.acknowledged.insert(value.to_string());
                }
            }
            ClientEvent::SendFailed { failure, .. } => {
                fate.errors.insert(failure.exception.to_string());
            }
            _ => {}
        }
    }
    fate
}

fn simulated_values(world: &World) -> BTreeSet<String> {
    let mut values = BTreeSet::new();
    for node in world.nodes() {
        let KafkaProcess::Broker(broker) = node.process else {
            continue;
        };
        for partition in broker.partitions() {
            for batch in partition.log.disk().batches() {
                for record in &batch.body.records {
                    if let Some(value) = &record.value {
                        values.insert(String::from_utf8_lossy(value).into_owned());
                    }
                }
            }
        }
    }
    values
}

/// The epochs of every replica's checkpoint, without their offsets.
fn same_epochs(story: &Value, world: &World) -> Result<(), String> {
    let logs = story["logs"].as_object().cloned().unwrap_or_default();
    for (replica, log) in &logs {
        if replica.starts_with("__") {
            continue;
        }
        let wanted: Vec<String> = log["leader_epochs"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(entry.as_str()?.split(' ').next()?.to_string()))
            .collect();
        let Some(got) = simulated_epochs(world, replica) else {
            continue;
        };
        // The last epoch is the leader's; earlier ones exist only if records came in them.
        if wanted.last() != got.last() {
            return Err(format!(
                "{replica}: last epoch {:?}, Kafka's is {:?}",
                got.last(),
                wanted.last()
            ));
        }
    }
    Ok(())
}

fn simulated_epochs(world: &World, replica: &str) -> Option<Vec<String>> {
    let (partition, broker) = replica.rsplit_once('@')?;
    let (topic, number) = partition.rsplit_once('-')?;
    let node = world.node(kafka_core::types::NodeId(broker.parse().ok()?))?;
    let KafkaProcess::Broker(broker) = node.process else {
        return None;
    };
    let image = broker.image().topic(topic)?;
    let id = kafka_core::types::TopicPartition::new(image.topic, number.parse().ok()?);
    let epochs = broker.partition(id)?.log.disk().epochs().entries();
    Some(epochs.iter().map(|(epoch, _)| epoch.to_string()).collect())
}
