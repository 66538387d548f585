//! The cluster view of a world: looked up, never stored.
//!
//! The controller's view (leader, ISR, fencing) is read from the active controller's metadata
//! image, the logs from the replicas themselves, so the picture shows disagreement when there is one.

use std::collections::BTreeMap;

use kafka_core::client::{Producer, ProducerPartition};
use kafka_core::config::BrokerConfig;
use kafka_core::controller::Controller;
use kafka_core::metadata::{ClusterImage, PartitionRegistration};
use kafka_core::protocol::Acks;
use kafka_core::types::{NodeId, Offset, TopicId, TopicPartition};
use kafka_sim::{DiskState, Halt, KafkaProcess, NodeConfig, NodeView, Role, Status, World};

use super::cluster::*;
use super::object::PartitionName;
use super::{flight, groups, logs};

pub use kafka_lessons::names::client_names;

/// The view of `world` now.
pub fn cluster(world: &World) -> ClusterView {
    let names = client_names(world);
    ClusterView {
        now: world.now().0,
        quorum: quorum(world),
        brokers: world
            .nodes()
            .filter_map(|node| broker(world, &node))
            .collect(),
        topics: topics(world),
        clients: world
            .nodes()
            .filter_map(|node| client(world, &node, &names))
            .collect(),
        groups: groups::groups(world, &names),
        messages: flight::messages(world, &names),
    }
}

/// A node id as Kafka's tools print it.
pub fn number(id: NodeId) -> i32 {
    i32::try_from(id.0).unwrap_or(i32::MAX)
}

fn process(status: Status) -> Process {
    match status {
        Status::Running => Process::Running,
        Status::Paused => Process::Paused,
        Status::Down(Halt::Clean) | Status::New => Process::Stopped { at: 0 },
        Status::Down(Halt::Crash | Halt::PowerLoss) => Process::Crashed { at: 0 },
    }
}

/// The name of a topic, from the newest metadata.
pub fn topic_name(world: &World, topic: TopicId) -> Option<String> {
    world.topic_name(topic).map(ToString::to_string)
}

/// The active controller, as the controllers themselves see it: the leader of the newest epoch.
fn active(world: &World) -> Option<(NodeId, &Controller)> {
    controllers(world)
        .filter(|(_, c)| c.raft().is_leader())
        .max_by_key(|(_, c)| c.raft().epoch(&c.disk().raft))
}

fn controllers(world: &World) -> impl Iterator<Item = (NodeId, &Controller)> {
    world.nodes().filter_map(|node| match node.process {
        KafkaProcess::Controller(controller) => Some((node.id, &**controller)),
        _ => None,
    })
}

/// The newest metadata.
pub fn image(world: &World) -> Option<&ClusterImage> {
    world.metadata()
}

fn quorum(world: &World) -> QuorumView {
    let leader = active(world);
    let known = controllers_by_epoch(world);
    let voters = known.map_or(&[][..], |newest| newest.raft().voters().keys());
    let vote = |id: NodeId| match voters.iter().find(|key| key.node == id) {
        None => Vote::Observer,
        Some(key) if key.directory.0 == 0 => Vote::Fixed,
        Some(key) => Vote::Voter(key.directory.to_string()),
    };
    let controllers = world
        .nodes()
        .filter(|node| node.role == Role::Controller)
        .map(|node| ControllerView {
            id: number(node.id),
            process: process(node.status),
            active: leader.is_some_and(|(id, _)| id == node.id),
            vote: vote(node.id),
        })
        .collect();
    QuorumView {
        epoch: known.map_or(0, |c| c.raft().epoch(&c.disk().raft).0),
        controllers,
        high_watermark: known.map_or(0, |c| offset(c.raft().high_watermark())),
        log_end: known.map_or(0, |c| offset(c.disk().raft.log.end_offset())),
    }
}

/// The leader, else whoever knows the newest epoch.
fn controllers_by_epoch(world: &World) -> Option<&Controller> {
    let newest = || {
        controllers(world)
            .map(|(_, c)| c)
            .max_by_key(|c| c.raft().epoch(&c.disk().raft))
    };
    active(world).map(|(_, c)| c).or_else(newest)
}

/// An offset for drawing; "unknown" is drawn as 0.
pub fn offset(offset: Offset) -> u64 {
    u64::try_from(offset.0).unwrap_or(0)
}

fn broker(world: &World, node: &NodeView<'_>) -> Option<BrokerView> {
    let NodeConfig::Broker(config) = node.config else {
        return None;
    };
    let image = image(world);
    let registration = image.and_then(|i| i.brokers.get(&node.id));
    let leads = image.map_or(0, |i| {
        i.topics
            .values()
            .flat_map(|t| &t.partitions)
            .filter(|p| p.leader == Some(node.id))
            .count()
    });
    let stopping = registration.is_some_and(|r| r.in_controlled_shutdown);
    let process = match process(node.status) {
        Process::Running if stopping => Process::Stopping,
        other => other,
    };
    Some(BrokerView {
        id: number(node.id),
        address: format!("{}:{}", config.host, config.port),
        process,
        fenced: registration.is_none_or(|r| r.fenced),
        disk: disk(world, node.id, 0),
        dirs: dirs(world, node.id, config),
        session: active(world)
            .and_then(|(_, c)| c.session(node.id, world.now()))
            .map(|(left, whole)| (left.0, whole.0)),
        leads,
        led: None,
    })
}

fn disk(world: &World, broker: NodeId, dir: u32) -> Disk {
    match world.disk_state(broker, dir) {
        DiskState::Good => Disk::Good,
        DiskState::Full => Disk::Full,
        DiskState::Broken => Disk::Broken,
    }
}

fn dirs(world: &World, broker: NodeId, config: &BrokerConfig) -> Vec<LogDirView> {
    let running = world.broker(broker);
    let paths = config.log_dirs();
    if paths.len() == 1 {
        return Vec::new();
    }
    let dirs = (0..).zip(paths);
    let dirs = dirs.map(|(number, path)| LogDirView {
        number,
        path: path.to_string(),
        disk: disk(world, broker, number),
        online: running.is_none_or(|running| running.is_log_dir_online(number)),
    });
    dirs.collect()
}

fn topics(world: &World) -> Vec<TopicView> {
    let Some(image) = image(world) else {
        return Vec::new();
    };
    let mut topics: Vec<TopicView> = image
        .topics
        .values()
        .map(|topic| TopicView {
            name: topic.name.to_string(),
            internal: topic.name.starts_with("__"),
            replication_factor: topic.partitions.first().map_or(0, |p| p.replicas.len()),
            partitions: (0..)
                .zip(&topic.partitions)
                .map(|(i, p)| partition(world, topic.topic, i, p))
                .collect(),
        })
        .collect();
    topics.sort_by_key(|t| t.internal);
    topics
}

fn partition(
    world: &World,
    topic: TopicId,
    partition: u32,
    p: &PartitionRegistration,
) -> PartitionView {
    let ids = |ids: &[NodeId]| ids.iter().map(|id| number(*id)).collect::<Vec<_>>();
    PartitionView {
        partition: i32::try_from(partition).unwrap_or(i32::MAX),
        leader: p.leader.map(number),
        leader_epoch: p.leader_epoch.0,
        replicas: ids(&p.replicas),
        isr: ids(&p.isr),
        elr: ids(&p.elr),
        leaderless_since: None,
        changed: false,
        logs: logs::replicas(world, TopicPartition::new(topic, partition), p),
    }
}

/// Producers and tools; consumers are drawn in their groups.
fn client(
    world: &World,
    node: &NodeView<'_>,
    names: &BTreeMap<NodeId, String>,
) -> Option<ClientView> {
    let name = names.get(&node.id).cloned().unwrap_or_default();
    match node.process {
        KafkaProcess::Producer(process) => Some(producer(world, process, name)),
        KafkaProcess::Admin(_) => Some(ClientView {
            name,
            kind: ClientKind::Tool,
            topic: None,
            acks: String::new(),
            transaction: None,
            loaded: false,
            sent: 0,
            acked: 0,
            failed: 0,
            waiting: None,
            targets: Vec::new(),
        }),
        _ => None,
    }
}

fn producer(world: &World, process: &Producer, name: String) -> ClientView {
    let counts = process.counts();
    let image = image(world);
    let leader = |p: &ProducerPartition| {
        let topic = image?.topic(&p.topic)?;
        let leader = topic.partitions.get(p.partition as usize)?.leader?;
        Some((leader, TopicPartition::new(topic.topic, p.partition)))
    };
    let used: Vec<ProducerPartition> = process.partitions().collect();
    let mut targets: Vec<i32> = used
        .iter()
        .filter_map(&leader)
        .map(|(id, _)| number(id))
        .collect();
    targets.sort_unstable();
    targets.dedup();
    let waiting = used
        .iter()
        .find(|p| p.in_flight_batches > 0)
        .map(|p| WaitingView {
            partition: Some(PartitionName {
                topic: p.topic.to_string(),
                partition: i32::try_from(p.partition).unwrap_or(i32::MAX),
            }),
            needs_high_watermark: leader(p)
                .filter(|_| process.config().acks == Acks::All)
                .and_then(|(id, partition)| unreached(world, id, partition)),
        });
    ClientView {
        name,
        kind: ClientKind::Producer,
        topic: used.last().map(|p| p.topic.to_string()),
        acks: acks_name(process.config().acks).to_owned(),
        loaded: process.has_load(),
        transaction: process.transaction_state().map(|state| state.name()),
        sent: counts.sent,
        acked: counts.acked,
        failed: counts.failed,
        waiting,
        targets,
    }
}

/// The high watermark a leader's newest records wait for, when it has not been reached.
fn unreached(world: &World, leader: NodeId, partition: TopicPartition) -> Option<u64> {
    let KafkaProcess::Broker(broker) = world.node(leader)?.process else {
        return None;
    };
    let log = &broker.partition(partition)?.log;
    let (high, end) = (offset(log.high_watermark()), offset(log.log_end_offset()));
    (high < end).then_some(end)
}

fn acks_name(acks: Acks) -> &'static str {
    match acks {
        Acks::None => "0",
        Acks::Leader => "1",
        Acks::All => "all",
    }
}
