//! What people call processes, partitions and members.

use std::collections::BTreeMap;

use kafka_core::client::NamedPartition;
use kafka_core::types::{NodeId, TopicPartition};
use kafka_sim::World;

/// Length of the random end of a member id.
const UUID: usize = 36;

/// Names of a story's clients.
#[derive(Debug, Default)]
pub(super) struct Names {
    clients: BTreeMap<NodeId, String>,
}

impl Names {
    /// A client was introduced.
    pub fn introduce(&mut self, node: NodeId, name: &str) {
        self.clients.insert(node, name.to_string());
    }

    /// Whether the story introduced that client; tools are not.
    pub fn knows(&self, node: NodeId) -> bool {
        self.clients.contains_key(&node)
    }

    /// A process.
    pub fn node(&self, world: &World, node: NodeId) -> String {
        if let Some(name) = self.clients.get(&node) {
            return name.clone();
        }
        let controllers = &world.spec().controllers;
        if controllers.iter().any(|c| c.node == node) {
            format!("controller {node}")
        } else {
            format!("broker {node}")
        }
    }
}

/// A partition as Kafka prints it, `TOPIC-PARTITION`.
pub(super) fn partition(world: &World, partition: TopicPartition) -> String {
    let mut brokers = world.brokers();
    let topic = brokers.find_map(|broker| broker.image().topics.get(&partition.topic));
    match topic {
        Some(topic) => format!("{}-{}", topic.name, partition.partition),
        // Deleted meanwhile.
        None => format!("#{}-{}", partition.topic, partition.partition),
    }
}

/// Several partitions.
pub(super) fn list(partitions: &[NamedPartition]) -> String {
    let name = |p: &NamedPartition| format!("{}-{}", p.topic, p.partition);
    let names: Vec<String> = partitions.iter().map(name).collect();
    format!("[{}]", names.join(", "))
}

/// A member id without its random end.
pub(super) fn member(id: &str) -> &str {
    let end = id.len().checked_sub(UUID + 1);
    let prefix = end.and_then(|end| id.get(..end));
    prefix.unwrap_or(id)
}
