//! Servers, topics and partitions, as the newest metadata and the replicas themselves have them.

use kafka_core::controller::Controller;
use kafka_core::log::LogDisk;
use kafka_core::metadata::{ClusterImage, MetadataRecord, PartitionRegistration};
use kafka_core::protocol::ApiKey;
use kafka_core::types::{NodeId, Offset, TopicPartition};
use kafka_sim::{EntryKind, KafkaProcess, NodeIndex, Role};
use lesson_format::accessors::Get;

use super::{Event, Scene};
use crate::value::Value;

pub(super) fn id(node: NodeId) -> i64 {
    i64::from(node.0)
}

fn ids(nodes: &[NodeId]) -> Value {
    Value::Numbers(nodes.iter().copied().map(id).collect())
}

fn offset(offset: Offset) -> Value {
    Value::Number(offset.0)
}

impl Scene<'_> {
    fn controllers_known(&self) -> impl Iterator<Item = &Controller> {
        self.world.nodes().filter_map(|node| match node.process {
            KafkaProcess::Controller(controller) => Some(&**controller),
            _ => None,
        })
    }

    /// The active controller, else whoever knows most.
    fn knowing(&self) -> Option<&Controller> {
        let newest = || {
            self.controllers_known()
                .max_by_key(|c| c.image().next_offset)
        };
        self.world.active_controller().or_else(newest)
    }

    pub(super) fn image(&self) -> Option<&ClusterImage> {
        self.knowing().map(Controller::image)
    }

    pub(super) fn place(&self, topic: &str, partition: u32) -> Option<TopicPartition> {
        let image = self.image()?.topic(topic)?;
        image.partitions.get(partition as usize)?;
        Some(TopicPartition::new(image.topic, partition))
    }

    fn registration(&self, place: TopicPartition) -> Option<&PartitionRegistration> {
        self.image()?.partition(place)
    }

    /// The log of a replica, running or down.
    fn log(&self, broker: NodeId, place: TopicPartition) -> Option<&LogDisk> {
        match self.world.node(broker)?.process {
            KafkaProcess::Broker(process) => match process.partition(place) {
                Some(partition) => Some(partition.log.disk()),
                None => process.unopened(place).map(|(log, _)| log),
            },
            KafkaProcess::BrokerDisk(disk) => disk.logs.get(&place),
            _ => None,
        }
    }

    /// The leader's log, or without a leader the longest there is.
    pub(super) fn leading_log(&self, place: TopicPartition) -> Option<&LogDisk> {
        let state = self.registration(place)?;
        let leader = state.leader.and_then(|leader| self.log(leader, place));
        leader.or_else(|| {
            let logs = state.replicas.iter().filter_map(|b| self.log(*b, place));
            logs.max_by_key(|log| log.log_end_offset())
        })
    }

    pub(super) fn high_watermark(&self, place: TopicPartition) -> Option<Offset> {
        let leader = self.registration(place)?.leader?;
        let partition = self.world.broker(leader)?.partition(place)?;
        Some(partition.log.high_watermark())
    }

    pub(super) fn part(&self, topic: &str, partition: u32, get: Get, args: &[Value]) -> Value {
        let Some(place) = self.place(topic, partition) else {
            return match get {
                Get::PartReplicas | Get::PartIsr | Get::PartElr | Get::PartLeaders => {
                    Value::Numbers(Vec::new())
                }
                Get::PartRecords => Value::Texts(Vec::new()),
                _ => Value::None,
            };
        };
        let Some(state) = self.registration(place) else {
            return Value::None;
        };
        let running = || {
            let broker = self.world.broker(state.leader?)?;
            broker.partition(place)
        };
        let or_none = |found: Option<Offset>| found.map_or(Value::None, offset);
        let log = || self.leading_log(place);
        match get {
            Get::PartLeader => state.leader.map_or(Value::None, |l| Value::Number(id(l))),
            Get::PartReplicas => ids(&state.replicas),
            Get::PartIsr => ids(&state.isr),
            Get::PartElr => ids(&state.elr),
            Get::PartEpoch => Value::Number(i64::from(state.leader_epoch.0)),
            Get::PartLogStart => or_none(log().map(LogDisk::log_start_offset)),
            Get::PartHighWatermark => or_none(running().map(|p| p.log.high_watermark())),
            Get::PartLastStable => or_none(running().map(|p| p.log.last_stable_offset())),
            Get::PartLogEnd => or_none(log().map(LogDisk::log_end_offset)),
            Get::PartLogEndAt => {
                let broker = match args.first() {
                    Some(Value::Number(n)) => u32::try_from(*n).ok().map(NodeId),
                    _ => None,
                };
                let log = broker.and_then(|broker| self.log(broker, place));
                or_none(log.map(LogDisk::log_end_offset))
            }
            Get::PartRecords => Value::Texts(log().map(values).unwrap_or_default()),
            _ => Value::Numbers(self.leaders(place)),
        }
    }

    /// The leaders a partition had, in order; a time without one is left out.
    fn leaders(&self, place: TopicPartition) -> Vec<i64> {
        let mut leaders: Vec<i64> = Vec::new();
        let Some(controller) = self.knowing() else {
            return leaders;
        };
        let log = &controller.disk().raft.log;
        for record in log.read_from(Offset::ZERO).flat_map(|batch| &batch.records) {
            let leader = match record {
                MetadataRecord::Partition {
                    topic,
                    partition,
                    state,
                } if (*topic, *partition) == (place.topic, place.partition) => state.leader,
                MetadataRecord::PartitionChange {
                    topic,
                    partition,
                    change,
                } if (*topic, *partition) == (place.topic, place.partition) => {
                    change.leader.flatten()
                }
                _ => None,
            };
            let Some(leader) = leader else { continue };
            if leaders.last() != Some(&id(leader)) {
                leaders.push(id(leader));
            }
        }
        leaders
    }

    pub(super) fn topic(&self, topic: &str, get: Get) -> Value {
        let image = self.image().and_then(|image| image.topic(topic));
        let count = image.map_or(0, |image| image.partitions.len());
        match get {
            Get::TopicPartitions => Value::Number(count as i64),
            _ => {
                let places = (0..count as u32).filter_map(|p| self.place(topic, p));
                let logs = places.filter_map(|place| self.leading_log(place));
                let stored = |log: &LogDisk| log.log_end_offset().0 - log.log_start_offset().0;
                Value::Number(logs.map(stored).sum())
            }
        }
    }

    pub(super) fn topic_names(&self) -> Vec<String> {
        let topics = self.image().into_iter().flat_map(|i| i.topics.values());
        let mut names: Vec<String> = topics.map(|t| t.name.to_string()).collect();
        names.retain(|name| !name.starts_with("__"));
        names.sort();
        names
    }

    pub(super) fn broker_ids(&self, running: bool) -> Vec<i64> {
        let brokers = self.world.nodes().filter(|n| n.role == Role::Broker);
        let wanted = brokers.filter(|n| !running || n.status.is_alive());
        wanted.map(|n| id(n.id)).collect()
    }

    /// The active controller's number: the leader of the newest epoch.
    fn active(&self) -> Option<NodeId> {
        let leaders = self.world.nodes().filter_map(|node| match node.process {
            KafkaProcess::Controller(c) if c.raft().is_leader() => {
                Some((c.raft().epoch(&c.disk().raft), node.id))
            }
            _ => None,
        });
        leaders.max().map(|(_, id)| id)
    }

    pub(super) fn controllers(&self, get: Get) -> Value {
        match get {
            Get::ControllerActive => self.active().map_or(Value::None, |a| Value::Number(id(a))),
            Get::ControllerEpoch => Value::Number(
                self.knowing()
                    .map_or(0, |c| i64::from(c.raft().epoch(&c.disk().raft).0)),
            ),
            _ => {
                let all = self.world.nodes().filter(|n| n.role == Role::Controller);
                let (total, alive) = all.fold((0, 0), |(total, alive), node| {
                    (total + 1, alive + usize::from(node.status.is_alive()))
                });
                Value::Bool(alive * 2 > total)
            }
        }
    }

    /// Requests of a kind, in order: `fetch` of consumers, `replicaFetch` of brokers, or the name
    /// of an API as Kafka has it.
    pub(super) fn events(&self, kind: &str) -> Vec<Event> {
        let role = |index: NodeIndex| {
            let node = self.world.id_of(index)?;
            let (_, config) = self.world.ever().find(|(id, _)| *id == node)?;
            Some(config.role())
        };
        let wanted = |api: ApiKey, from: Role| match kind {
            "fetch" => api == ApiKey::Fetch && from == Role::Consumer,
            "replicaFetch" => api == ApiKey::Fetch && from == Role::Broker,
            _ => api.name().eq_ignore_ascii_case(kind),
        };
        let requests = self.world.trace().iter_from(kafka_sim::Seq(0));
        let requests = requests.filter(|(_, entry)| entry.kind == EntryKind::Request);
        let events = requests.filter_map(|(_, entry)| {
            let (from, to) = (role(entry.peer)?, role(entry.node)?);
            entry.api.filter(|api| wanted(*api, from))?;
            Some(Event {
                from: role_name(from),
                to: role_name(to),
                at: entry.at.0,
            })
        });
        events.collect()
    }
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Controller => "controller",
        Role::Broker => "broker",
        Role::Producer => "producer",
        Role::Consumer => "consumer",
        Role::Admin => "tool",
    }
}

fn values(log: &LogDisk) -> Vec<String> {
    let start = log.log_start_offset();
    let batches = log.batches().filter(|batch| !batch.body.is_control());
    let records = batches.flat_map(|batch| batch.records());
    let readable = records.filter(|(offset, _)| *offset >= start);
    readable
        .map(|(_, record)| text(record.value.as_deref()))
        .collect()
}

pub(super) fn text(bytes: Option<&[u8]>) -> String {
    String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned()
}
