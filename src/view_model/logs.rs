//! Replicas as they are on their brokers, running or down.

use kafka_core::broker::{Broker, BrokerDisk, Role};
use kafka_core::log::LogDisk;
use kafka_core::metadata::PartitionRegistration;
use kafka_core::types::{NodeId, Offset, TopicPartition};
use kafka_sim::{KafkaProcess, World};

use super::cluster::{RecordView, ReplicaRole, ReplicaView, Sync};
use super::world::{number, offset};

/// Youngest records a replica shows at most; more than the widest column has room for.
const TAIL: i64 = 48;

/// The replicas of a partition that exist, in the order of the replica list.
pub fn replicas(
    world: &World,
    id: TopicPartition,
    state: &PartitionRegistration,
) -> Vec<ReplicaView> {
    let mut brokers: Vec<NodeId> = state.replicas.clone();
    brokers.sort_unstable();
    brokers
        .into_iter()
        .filter_map(|broker| replica(world, broker, id, state))
        .collect()
}

fn replica(
    world: &World,
    broker: NodeId,
    id: TopicPartition,
    state: &PartitionRegistration,
) -> Option<ReplicaView> {
    match world.node(broker)?.process {
        KafkaProcess::Broker(process) => running(world, process, id, state),
        KafkaProcess::BrokerDisk(disk) => down(disk, broker, id, state),
        _ => None,
    }
}

fn running(
    world: &World,
    broker: &Broker,
    id: TopicPartition,
    state: &PartitionRegistration,
) -> Option<ReplicaView> {
    let Some(partition) = broker.partition(id) else {
        // It has just started: its logs lie on the disk and nobody may read them so far.
        let (log, checkpoint) = broker.unopened(id)?;
        return Some(closed(log, checkpoint, broker.id(), state));
    };
    let role = match partition.role {
        Role::Leader(_) => ReplicaRole::Leader,
        Role::Follower => ReplicaRole::Follower,
    };
    Some(ReplicaView {
        broker: number(broker.id()),
        role,
        sync: pending(world, broker.id(), id, state)
            .unwrap_or_else(|| standing(broker.id(), state)),
        high_watermark: offset(partition.log.high_watermark()),
        leader_epoch: partition.leader_epoch.0,
        dir: Some(broker.log_dirs().place(id)),
        moves_to: broker
            .future_replica(id)
            .map(|future| (future.dir, offset(future.log.log_end_offset()))),
        ..log_view(partition.log.disk())
    })
}

fn down(
    disk: &BrokerDisk,
    broker: NodeId,
    id: TopicPartition,
    state: &PartitionRegistration,
) -> Option<ReplicaView> {
    let log = disk.logs.get(&id)?;
    let checkpoint = disk.high_watermark(id);
    Some(closed(log, checkpoint, broker, state))
}

/// A replica whose log no process has open.
fn closed(
    log: &LogDisk,
    checkpoint: Option<Offset>,
    broker: NodeId,
    state: &PartitionRegistration,
) -> ReplicaView {
    // Until it is fenced, the controller still takes it for the leader.
    let role = if state.leader == Some(broker) {
        ReplicaRole::Led
    } else {
        ReplicaRole::Followed
    };
    ReplicaView {
        broker: number(broker),
        role,
        sync: standing(broker, state),
        high_watermark: checkpoint.map_or(0, offset),
        leader_epoch: log.epochs().latest().map_or(0, |e| e.0),
        ..log_view(log)
    }
}

fn log_view(log: &LogDisk) -> ReplicaView {
    let end = log.log_end_offset();
    let first = Offset(end.0 - TAIL).max(log.log_start_offset());
    let mut tail = Vec::new();
    for batch in log.batches_from(first) {
        let records = batch.records().map(|(offset, _)| offset);
        tail.extend(records.filter(|o| *o >= first).map(|o| RecordView {
            offset: offset(o),
            epoch: batch.leader_epoch.0,
        }));
    }
    ReplicaView {
        broker: 0,
        role: ReplicaRole::Follower,
        sync: Sync::Out,
        log_start: offset(log.log_start_offset()),
        high_watermark: 0,
        log_end: offset(end),
        leader_epoch: 0,
        dir: None,
        moves_to: None,
        tail,
    }
}

fn standing(broker: NodeId, state: &PartitionRegistration) -> Sync {
    if state.isr.contains(&broker) {
        Sync::InSync
    } else if state.elr.contains(&broker) {
        Sync::Eligible
    } else {
        Sync::Out
    }
}

/// The leader's ISR change under way, as far as it concerns this replica.
fn pending(
    world: &World,
    broker: NodeId,
    id: TopicPartition,
    state: &PartitionRegistration,
) -> Option<Sync> {
    let KafkaProcess::Broker(leader) = world.node(state.leader?)?.process else {
        return None;
    };
    let wanted = leader
        .partition(id)?
        .leadership()?
        .pending
        .as_ref()?
        .isr
        .contains(&broker);
    match (state.isr.contains(&broker), wanted) {
        (false, true) => Some(Sync::Joining),
        (true, false) => Some(Sync::Leaving),
        _ => None,
    }
}
