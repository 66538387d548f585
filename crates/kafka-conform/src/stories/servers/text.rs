//! One line for each thing that happens, in Kafka's words. No times: a story is about
//! the order of things.

use std::collections::BTreeMap;

use kafka_core::client::ClientEvent;
use kafka_core::log::LogDisk;
use kafka_core::metadata::{ClusterImage, MetadataRecord, PartitionChange};
use kafka_core::note::Note;
use kafka_core::types::{BrokerId, NodeId, TopicPartition};
use kafka_sim::{Role, World};

fn ids(brokers: &[BrokerId]) -> String {
    let ids: Vec<String> = brokers.iter().map(BrokerId::to_string).collect();
    format!("[{}]", ids.join(","))
}

fn leader(leader: Option<BrokerId>) -> String {
    leader.map_or("none".to_string(), |id| id.to_string())
}

fn named(image: &ClusterImage, id: TopicPartition) -> String {
    let topic = image.topics.get(&id.topic);
    let name = topic.map_or_else(|| id.topic.to_string(), |topic| topic.name.to_string());
    format!("{name}-{}", id.partition)
}

fn internal(name: &str) -> bool {
    name.starts_with("__")
}

/// A line of a tool without what is drawn at random or is a time.
pub(super) fn masked(line: &str) -> String {
    let mut line = line.to_string();
    if let Some((before, rest)) = line.split_once("[20")
        && let Some((_, rest)) = rest.split_once(']')
    {
        line = format!("{before}[time]{rest}");
    }
    if line.contains("deadlineMs=") {
        line = line.replace(|c: char| c.is_ascii_digit(), "#");
    }
    if let Some((before, rest)) = line.split_once("TopicId: ") {
        let after = rest.find('\t').map_or("", |at| &rest[at..]);
        line = format!("{before}TopicId: (id){after}");
    }
    line
}

/// A record of the controllers' log.
pub(super) fn record(image: &ClusterImage, record: &MetadataRecord) -> Option<String> {
    Some(match record {
        MetadataRecord::RegisterBroker { broker, .. } => format!("broker {broker} registers"),
        MetadataRecord::UnregisterBroker { broker, .. } => format!("broker {broker} unregisters"),
        MetadataRecord::BrokerRegistrationChange {
            broker,
            fenced,
            in_controlled_shutdown,
            ..
        } => match fenced {
            Some(true) => format!("broker {broker} fenced"),
            Some(false) => format!("broker {broker} unfenced"),
            None if *in_controlled_shutdown => format!("broker {broker} in controlled shutdown"),
            None => return None,
        },
        MetadataRecord::Topic { name, .. } => format!("topic {name}"),
        MetadataRecord::RemoveTopic { .. } => "topic removed".to_string(),
        MetadataRecord::Config { name, value, .. } => {
            format!("config {name}={}", value.as_deref().unwrap_or("null"))
        }
        MetadataRecord::ClearElr { .. } => "ELR cleared".to_string(),
        MetadataRecord::Partition {
            topic,
            partition,
            state,
        } => {
            let name = named(image, TopicPartition::new(*topic, *partition));
            let (replicas, first) = (ids(&state.replicas), leader(state.leader));
            format!("{name} replicas {replicas} leader {first}")
        }
        MetadataRecord::PartitionChange {
            topic,
            partition,
            change,
        } => {
            let name = named(image, TopicPartition::new(*topic, *partition));
            format!("{name} {}", changes(change))
        }
        _ => return None,
    })
}

fn changes(change: &PartitionChange) -> String {
    let mut words = Vec::new();
    if let Some(new) = change.leader {
        words.push(format!("leader {}", leader(new)));
    }
    let lists = [
        ("ISR", &change.isr),
        ("ELR", &change.elr),
        ("last known ELR", &change.last_known_elr),
        ("replicas", &change.replicas),
        ("adding", &change.adding),
        ("removing", &change.removing),
    ];
    for (name, list) in lists {
        if let Some(list) = list {
            words.push(format!("{name} {}", ids(list)));
        }
    }
    match change.recovering {
        Some(true) => words.push("unclean".to_string()),
        Some(false) => words.push("recovered".to_string()),
        None => {}
    }
    words.join(" ")
}

/// A fact of a server that belongs to the story.
pub(super) fn note(world: &World, node: NodeId, note: &Note) -> Option<String> {
    let role = world.node(node)?.role;
    let who = match role {
        Role::Controller => format!("controller {node}"),
        Role::Broker => format!("broker {node}"),
        _ => return None,
    };
    let image = world.broker(node).map(|broker| broker.image());
    let name = |id: &TopicPartition| {
        let name = image.map_or_else(String::new, |image| named(image, *id));
        (!internal(&name)).then_some(name)
    };
    let what = match note {
        Note::BecameQuorumLeader(epoch) => format!("leads the quorum in epoch {}", epoch.0),
        Note::ResignedQuorum(epoch) => format!("resigns in epoch {}", epoch.0),
        Note::BecameLeader(id, epoch, end) => {
            format!("leads {} in epoch {epoch} from offset {end}", name(id)?)
        }
        Note::BecameFollower(id, epoch, Some(of)) => {
            format!("follows {of} in {}, epoch {epoch}", name(id)?)
        }
        Note::BecameFollower(id, epoch, None) => {
            format!("has no leader to follow in {}, epoch {epoch}", name(id)?)
        }
        Note::Truncated {
            partition,
            from,
            to,
        } => format!("cuts {} from {from} back to {to}", name(partition)?),
        Note::IsrProposed(id, isr) => format!("asks for the ISR {} of {}", ids(isr), name(id)?),
        Note::ProduceRefused(id, error) => format!("refuses records for {}: {error:?}", name(id)?),
        Note::StoppedCleanly => "has stopped cleanly".to_string(),
        _ => return None,
    };
    Some(format!("{who} {what}"))
}

/// What a client saw, and the same without names, for counting.
pub(super) fn event(
    world: &World,
    values: &BTreeMap<u64, String>,
    event: &ClientEvent,
) -> Option<(String, String)> {
    let value = |tag: &u64| values.get(tag).map_or("?", String::as_str);
    Some(match event {
        ClientEvent::Acked {
            tag,
            partition,
            offset,
        } => {
            let image = world.brokers().next().map(|broker| broker.image());
            let name = image.map_or_else(String::new, |image| named(image, *partition));
            let line = format!("`{}` acknowledged at {name} {offset}", value(tag));
            (line, "acknowledged".to_string())
        }
        ClientEvent::SendFailed { tag, failure, .. } => {
            let line = format!(
                "`{}` failed: {}: {}",
                value(tag),
                failure.exception,
                failure.message
            );
            (line, format!("failed with {}", failure.exception))
        }
        ClientEvent::Delivered(records) => {
            let text = |value: &[u8]| format!("`{}`", String::from_utf8_lossy(value));
            let all = records
                .iter()
                .map(|it| it.record.value.as_deref().map_or("null".to_string(), text));
            let line = format!("reads {}", all.collect::<Vec<String>>().join(" "));
            (line, "reads".to_string())
        }
        _ => return None,
    })
}

/// Every replica's log at the end.
pub(super) fn logs(world: &World, listed: usize) -> Vec<String> {
    let Some(controller) = world.active_controller() else {
        return vec!["there is no active controller".to_string()];
    };
    let mut lines = Vec::new();
    for topic in controller
        .image()
        .topics
        .values()
        .filter(|it| !internal(&it.name))
    {
        for (partition, number) in topic.partitions.iter().zip(0..) {
            let id = TopicPartition::new(topic.topic, number);
            let (isr, elr) = (ids(&partition.isr), ids(&partition.elr));
            lines.push(format!(
                "{}-{number}: leader {}, ISR {isr}, ELR {elr}",
                topic.name,
                leader(partition.leader)
            ));
            let mut replicas = partition.replicas.clone();
            replicas.sort_unstable();
            for broker in replicas {
                if let Some(log) = log_of(world, broker, id) {
                    let text = log_text(log, listed);
                    lines.push(format!("  on {broker}: {text}"));
                }
            }
        }
    }
    lines
}

fn log_of(world: &World, broker: BrokerId, id: TopicPartition) -> Option<&LogDisk> {
    if let Some(broker) = world.broker(broker) {
        return Some(broker.partition(id)?.log.disk());
    }
    world.broker_disk(broker)?.logs.get(&id)
}

/// `epoch:value` of each record, then the epochs of the checkpoint with their starts.
fn log_text(log: &LogDisk, listed: usize) -> String {
    let mut records = Vec::new();
    for batch in log.batches() {
        for record in &batch.body.records {
            let value = record.value.as_deref().unwrap_or_default();
            let value = String::from_utf8_lossy(value);
            records.push(format!("{}:{value}", batch.leader_epoch));
        }
    }
    let epochs = log.epochs().entries().iter();
    let epochs: Vec<String> = epochs.map(|(epoch, at)| format!("{epoch}@{at}")).collect();
    let records = match records.len() {
        0 => "empty".to_string(),
        n if n > listed => format!("{n} records"),
        _ => records.join(" "),
    };
    format!("{records} (epochs {})", epochs.join(" "))
}
