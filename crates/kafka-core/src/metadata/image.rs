//! The cluster as the metadata log describes it up to some offset.

use std::collections::{BTreeMap, BTreeSet};

use super::record::{MetadataRecord, PartitionRegistration};
use crate::protocol::{ConfigResource, MetadataBroker};
use crate::types::{
    BrokerEpoch, BrokerId, IncarnationId, Name, NodeId, Offset, ProducerId, TopicId,
    TopicPartition, Uuid,
};

/// A registered broker.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BrokerRegistration {
    /// Id.
    pub broker: BrokerId,
    /// Epoch of this registration.
    pub epoch: BrokerEpoch,
    /// Incarnation that registered.
    pub incarnation: IncarnationId,
    /// Rack.
    pub rack: Option<Name>,
    /// Host clients are told.
    pub host: Name,
    /// Port clients are told.
    pub port: u16,
    /// Fenced: no leader, in no ISR, absent from client metadata (BRK-11).
    pub fenced: bool,
    /// Stopping cleanly (BRK-8).
    pub in_controlled_shutdown: bool,
    /// Its log directories that can be used, ascending.
    pub directories: Vec<Uuid>,
}

impl BrokerRegistration {
    /// Unfenced and not stopping.
    pub fn is_active(&self) -> bool {
        !self.fenced && !self.in_controlled_shutdown
    }
}

impl From<&BrokerRegistration> for MetadataBroker {
    /// What clients are told of it.
    fn from(registration: &BrokerRegistration) -> MetadataBroker {
        MetadataBroker {
            id: registration.broker,
            host: registration.host.clone(),
            port: registration.port,
            rack: registration.rack.clone(),
        }
    }
}

/// A topic.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TopicImage {
    /// Dense number.
    pub topic: TopicId,
    /// Name.
    pub name: Name,
    /// UUID as printed.
    pub uuid: Uuid,
    /// Partitions by number, without gap.
    pub partitions: Vec<PartitionRegistration>,
}

/// What one record changed; brokers act on it (MET-2).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ImageDelta {
    /// Nothing a broker acts on.
    None,
    /// This partition is new or changed.
    Partition(TopicPartition),
    /// This topic is gone; its last image.
    TopicRemoved(TopicId, Name, u32),
    /// This broker's registration changed.
    Broker(BrokerId),
    /// A config of this resource changed.
    Config(ConfigResource),
}

/// The cluster's metadata after applying a prefix of the log.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ClusterImage {
    /// Offset after the last applied record.
    pub next_offset: Offset,
    /// Brokers by id.
    pub brokers: BTreeMap<BrokerId, BrokerRegistration>,
    /// Topics by number (= order of creation).
    pub topics: BTreeMap<TopicId, TopicImage>,
    /// Topic numbers by name.
    pub topics_by_name: BTreeMap<Name, TopicId>,
    /// Configs set, by resource and name.
    pub configs: BTreeMap<ConfigResource, BTreeMap<Name, Name>>,
    /// Controllers that have registered.
    pub controllers: BTreeSet<NodeId>,
    /// Finalised features.
    pub features: BTreeMap<Name, i16>,
    /// First producer id of the next block.
    pub next_producer_id: ProducerId,
    /// Number the next topic gets.
    pub next_topic: TopicId,
}

impl ClusterImage {
    /// An empty cluster.
    pub fn new() -> ClusterImage {
        ClusterImage {
            next_producer_id: ProducerId(0),
            ..ClusterImage::default()
        }
    }

    /// A topic by name.
    pub fn topic(&self, name: &str) -> Option<&TopicImage> {
        self.topics.get(self.topics_by_name.get(name)?)
    }

    /// A partition's state.
    pub fn partition(&self, tp: TopicPartition) -> Option<&PartitionRegistration> {
        self.topics
            .get(&tp.topic)?
            .partitions
            .get(tp.partition as usize)
    }

    /// Whether the broker is registered, unfenced and not stopping.
    pub fn is_active(&self, broker: BrokerId) -> bool {
        self.brokers
            .get(&broker)
            .is_some_and(BrokerRegistration::is_active)
    }

    /// A config set on that very resource (no defaults).
    pub fn config(&self, resource: &ConfigResource, name: &str) -> Option<&Name> {
        self.configs.get(resource)?.get(name)
    }

    /// A topic's config: its own, else the cluster default, if either is set.
    pub fn topic_config(&self, topic: &Name, name: &str) -> Option<&Name> {
        self.config(&ConfigResource::Topic(topic.clone()), name)
            .or_else(|| self.config(&ConfigResource::Broker(None), name))
    }

    /// Finalized level of `transaction.version` (TXN-3): 0 or 1 is the protocol before
    /// KIP-890.
    pub fn transaction_version(&self) -> i16 {
        let level = self.features.get("transaction.version");
        level.copied().unwrap_or(0)
    }

    /// Whether KIP-966 is on (feature `eligible.leader.replicas.version` >= 1).
    pub fn elr_enabled(&self) -> bool {
        self.features
            .get("eligible.leader.replicas.version")
            .is_some_and(|level| *level >= 1)
    }

    /// Applies one record and says what a broker may have to act on.
    pub fn apply(&mut self, record: &MetadataRecord) -> ImageDelta {
        self.next_offset = self.next_offset.next();
        match record {
            MetadataRecord::LeaderChange { .. }
            | MetadataRecord::KRaftVersion(_)
            | MetadataRecord::KRaftVoters(_)
            | MetadataRecord::NoOp
            | MetadataRecord::BeginTransaction(_)
            | MetadataRecord::EndTransaction => ImageDelta::None,
            MetadataRecord::RegisterController { controller } => {
                self.controllers.insert(*controller);
                ImageDelta::None
            }
            MetadataRecord::FeatureLevel { name, level } => {
                self.features.insert(name.clone(), *level);
                ImageDelta::None
            }
            MetadataRecord::Config {
                resource,
                name,
                value,
            } => self.apply_config(resource, name, value.as_ref()),
            MetadataRecord::ProducerIds { next, .. } => {
                self.next_producer_id = *next;
                ImageDelta::None
            }
            MetadataRecord::ClearElr { topic } => {
                self.clear_elr(topic.as_ref());
                ImageDelta::None
            }
            MetadataRecord::RegisterBroker { .. }
            | MetadataRecord::BrokerRegistrationChange { .. }
            | MetadataRecord::UnregisterBroker { .. } => self.apply_broker(record),
            MetadataRecord::Topic { .. }
            | MetadataRecord::RemoveTopic { .. }
            | MetadataRecord::Partition { .. }
            | MetadataRecord::PartitionChange { .. } => self.apply_topic(record),
        }
    }

    fn apply_config(
        &mut self,
        resource: &ConfigResource,
        name: &Name,
        value: Option<&Name>,
    ) -> ImageDelta {
        let configs = self.configs.entry(resource.clone()).or_default();
        match value {
            Some(value) => {
                configs.insert(name.clone(), value.clone());
            }
            None => {
                configs.remove(name);
            }
        }
        if configs.is_empty() {
            self.configs.remove(resource);
        }
        ImageDelta::Config(resource.clone())
    }

    fn clear_elr(&mut self, only: Option<&Name>) {
        for topic in self.topics.values_mut() {
            if only.is_none_or(|name| *name == topic.name) {
                for partition in &mut topic.partitions {
                    if !partition.elr.is_empty() || !partition.last_known_elr.is_empty() {
                        partition.elr.clear();
                        partition.last_known_elr.clear();
                    }
                }
            }
        }
    }

    fn apply_broker(&mut self, record: &MetadataRecord) -> ImageDelta {
        match record {
            MetadataRecord::RegisterBroker {
                broker,
                incarnation,
                broker_epoch,
                rack,
                host,
                port,
                directories,
            } => {
                let registration = BrokerRegistration {
                    broker: *broker,
                    epoch: *broker_epoch,
                    incarnation: *incarnation,
                    rack: rack.clone(),
                    host: host.clone(),
                    port: *port,
                    fenced: true,
                    in_controlled_shutdown: false,
                    directories: directories.clone(),
                };
                self.brokers.insert(*broker, registration);
                ImageDelta::Broker(*broker)
            }
            MetadataRecord::BrokerRegistrationChange {
                broker,
                fenced,
                in_controlled_shutdown,
                directories,
                ..
            } => {
                if let Some(registration) = self.brokers.get_mut(broker) {
                    if let Some(fenced) = fenced {
                        registration.fenced = *fenced;
                    }
                    registration.in_controlled_shutdown |= *in_controlled_shutdown;
                    if let Some(directories) = directories {
                        registration.directories.clone_from(directories);
                    }
                }
                ImageDelta::Broker(*broker)
            }
            MetadataRecord::UnregisterBroker { broker, .. } => {
                self.brokers.remove(broker);
                ImageDelta::Broker(*broker)
            }
            _ => ImageDelta::None,
        }
    }

    fn apply_topic(&mut self, record: &MetadataRecord) -> ImageDelta {
        match record {
            MetadataRecord::Topic { name, topic, uuid } => {
                let image = TopicImage {
                    topic: *topic,
                    name: name.clone(),
                    uuid: *uuid,
                    partitions: Vec::new(),
                };
                self.topics.insert(*topic, image);
                self.topics_by_name.insert(name.clone(), *topic);
                self.next_topic = TopicId(self.next_topic.0.max(topic.0 + 1));
                ImageDelta::None
            }
            MetadataRecord::RemoveTopic { topic } => match self.topics.remove(topic) {
                Some(image) => {
                    self.topics_by_name.remove(&image.name);
                    let resource = ConfigResource::Topic(image.name.clone());
                    self.configs.remove(&resource);
                    ImageDelta::TopicRemoved(*topic, image.name, image.partitions.len() as u32)
                }
                None => ImageDelta::None,
            },
            MetadataRecord::Partition {
                topic,
                partition,
                state,
            } => {
                if let Some(image) = self.topics.get_mut(topic) {
                    // Partitions are written in order, without gap (TOP-3).
                    image.partitions.truncate(*partition as usize);
                    image.partitions.push(state.clone());
                }
                ImageDelta::Partition(TopicPartition::new(*topic, *partition))
            }
            MetadataRecord::PartitionChange {
                topic,
                partition,
                change,
            } => {
                let image = self.topics.get_mut(topic);
                if let Some(state) =
                    image.and_then(|image| image.partitions.get_mut(*partition as usize))
                {
                    state.apply(change);
                }
                ImageDelta::Partition(TopicPartition::new(*topic, *partition))
            }
            _ => ImageDelta::None,
        }
    }
}
