//! Processes as a [`Cluster`]: the one place that knows how they are kept.

use kafka_core::config::OffsetReset;
use kafka_core::group::Group;
use kafka_core::log::LogDisk;
use kafka_core::metadata::{ClusterImage, MetadataBatch};
use kafka_core::protocol::{Acks, OffsetSpec};
use kafka_core::record::Batch;
use kafka_core::types::{BrokerId, Name, NodeId, Offset, TopicPartition};
use kafka_sim::{KafkaProcess, NodeConfig, World};

use crate::cluster::{Cluster, QuorumView, Reader, ReplicaView, RunningReplica};
use crate::verdict::Setting;

/// Something that keeps a cluster's processes: the world, or a model of it.
pub trait Processes {
    /// Every process, by id.
    fn nodes(&self) -> Vec<NodeId>;

    /// A process, running or down.
    fn process(&self, node: NodeId) -> Option<&KafkaProcess>;

    /// A process's settings.
    fn settings(&self, node: NodeId) -> Option<&NodeConfig>;
}

impl Processes for World {
    fn nodes(&self) -> Vec<NodeId> {
        World::nodes(self).map(|node| node.id).collect()
    }

    fn process(&self, node: NodeId) -> Option<&KafkaProcess> {
        self.node(node).map(|node| node.process)
    }

    fn settings(&self, node: NodeId) -> Option<&NodeConfig> {
        self.node(node).map(|node| node.config)
    }
}

impl<P: Processes> Cluster for P {
    fn replicas(&self) -> Vec<(BrokerId, TopicPartition)> {
        let mut replicas = Vec::new();
        for node in self.nodes() {
            match self.process(node) {
                Some(KafkaProcess::Broker(broker)) => {
                    replicas.extend(broker.partitions().map(|p| (node, p.id)));
                }
                Some(KafkaProcess::BrokerDisk(disk)) => {
                    replicas.extend(disk.logs.keys().map(|id| (node, *id)));
                }
                _ => {}
            }
        }
        replicas
    }

    fn replica(&self, broker: BrokerId, partition: TopicPartition) -> Option<ReplicaView<'_>> {
        match self.process(broker)? {
            KafkaProcess::Broker(broker) => {
                let replica = broker.partition(partition)?;
                let pending = replica.leadership().and_then(|l| l.pending.as_ref());
                Some(ReplicaView {
                    log_start: replica.log.log_start_offset(),
                    log_end: replica.log.log_end_offset(),
                    running: Some(RunningReplica {
                        high_watermark: replica.log.high_watermark(),
                        last_stable_offset: replica.log.last_stable_offset(),
                        leader_epoch: replica.leader_epoch,
                        is_leader: replica.is_leader(),
                        isr: &replica.isr,
                        pending_isr: pending.map_or(&[][..], |pending| &pending.isr),
                        effective_min_isr: replica.effective_min_isr(),
                    }),
                })
            }
            KafkaProcess::BrokerDisk(disk) => {
                let log = disk.logs.get(&partition)?;
                Some(ReplicaView {
                    log_start: log.log_start_offset(),
                    log_end: log.log_end_offset(),
                    running: None,
                })
            }
            _ => None,
        }
    }

    fn visit_batches(
        &self,
        broker: BrokerId,
        partition: TopicPartition,
        from: Offset,
        visit: &mut dyn FnMut(&Batch) -> bool,
    ) {
        if let Some(log) = log_disk(self, broker, partition) {
            for batch in log.batches_from(from) {
                if !visit(batch) {
                    break;
                }
            }
        }
    }

    fn voters(&self) -> Vec<NodeId> {
        let is_controller =
            |node: &NodeId| matches!(self.settings(*node), Some(NodeConfig::Controller(_)));
        self.nodes().into_iter().filter(is_controller).collect()
    }

    fn quorum(&self, node: NodeId) -> Option<QuorumView> {
        match self.process(node)? {
            KafkaProcess::Controller(controller) => Some(QuorumView {
                epoch: controller.disk().raft.epoch,
                voted: controller.disk().raft.voted,
                high_watermark: controller.raft().high_watermark(),
            }),
            _ => None,
        }
    }

    fn applied(&self, node: NodeId) -> Option<Offset> {
        self.image(node).map(|image| image.next_offset)
    }

    fn visit_metadata(
        &self,
        node: NodeId,
        from: Offset,
        visit: &mut dyn FnMut(&MetadataBatch) -> bool,
    ) {
        let log = match self.process(node) {
            Some(KafkaProcess::Controller(controller)) => &controller.disk().raft.log,
            Some(KafkaProcess::ControllerDisk(disk)) => &disk.raft.log,
            Some(KafkaProcess::Broker(broker)) => &broker.metadata_disk().log,
            _ => return,
        };
        for batch in log.read_from(from) {
            if !visit(batch) {
                break;
            }
        }
    }

    fn image(&self, broker: BrokerId) -> Option<&ClusterImage> {
        match self.process(broker)? {
            KafkaProcess::Broker(broker) => Some(broker.image()),
            _ => None,
        }
    }

    fn group(&self, broker: BrokerId, name: &str) -> Option<&Group> {
        match self.process(broker)? {
            KafkaProcess::Broker(broker) => broker.coordinator().group(name),
            _ => None,
        }
    }

    fn delivery_limit(&self, broker: BrokerId, group: &str) -> Option<u16> {
        match self.process(broker)? {
            KafkaProcess::Broker(broker) => Some(broker.share_settings(group).delivery_count_limit),
            _ => None,
        }
    }

    fn acks(&self, producer: NodeId) -> Option<Acks> {
        match self.settings(producer)? {
            NodeConfig::Producer(config) => Some(config.acks),
            _ => None,
        }
    }

    fn may_reorder(&self, producer: NodeId) -> bool {
        match self.settings(producer) {
            Some(NodeConfig::Producer(config)) => {
                !config.idempotence && config.max_in_flight > 1 && config.retries > 0
            }
            _ => false,
        }
    }

    fn strays(&self, producer: NodeId) -> Option<Setting> {
        match (self.process(producer), self.settings(producer)) {
            (_, Some(NodeConfig::Producer(config))) if config.ignore_keys => {
                Some(Setting::IgnoreKeys)
            }
            (Some(KafkaProcess::Producer(process)), _) if !process.names_partitions() => None,
            _ => Some(Setting::OwnPartitioner),
        }
    }

    fn readers(&self) -> Vec<Reader> {
        let nodes = self.nodes();
        let Some(image) = nodes.iter().find_map(|node| self.image(*node)) else {
            return Vec::new();
        };
        let mut readers = Vec::new();
        for node in nodes {
            let Some(KafkaProcess::Consumer(consumer)) = self.process(node) else {
                continue;
            };
            let Some(group) = consumer.config().group.as_ref() else {
                continue;
            };
            let earliest = OffsetReset::To(OffsetSpec::Earliest);
            readers.extend(consumer.assignment().filter_map(|part| {
                let topic = image.topic(&part.topic)?.topic;
                Some(Reader {
                    group: group.clone(),
                    partition: TopicPartition::new(topic, part.partition),
                    from_earliest: consumer.config().offset_reset == earliest,
                })
            }));
        }
        readers
    }

    fn group_of(&self, consumer: NodeId) -> Option<Name> {
        match self.settings(consumer)? {
            NodeConfig::Consumer(config) => config.group.clone(),
            NodeConfig::ShareConsumer(config) => Some(config.group.clone()),
            _ => None,
        }
    }
}

fn log_disk<P: Processes>(
    world: &P,
    broker: BrokerId,
    partition: TopicPartition,
) -> Option<&LogDisk> {
    match world.process(broker)? {
        KafkaProcess::Broker(broker) => Some(broker.partition(partition)?.log.disk()),
        KafkaProcess::BrokerDisk(disk) => disk.logs.get(&partition),
        _ => None,
    }
}
