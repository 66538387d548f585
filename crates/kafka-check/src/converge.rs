//! Liveness: whether a healed cluster has come to rest.
//!
//! The swarm heals a world, lets it run, and then asks. The answer names the first
//! thing that is still missing, so a run that never converges explains itself.

mod clients;

use std::fmt;

use kafka_core::broker::{Broker, Partition};
use kafka_core::controller::Controller;
use kafka_core::group::GroupState;
use kafka_core::metadata::PartitionRegistration;
use kafka_core::types::{BrokerId, LeaderEpoch, Name, NodeId, Offset, TopicPartition};
use kafka_sim::{Role, Status, World};

/// What is still missing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reason {
    /// No controller leads with everything committed.
    NoActiveController,
    /// This server does not run.
    NotRunning(NodeId),
    /// This broker is fenced or not registered.
    Fenced(BrokerId),
    /// This broker has not applied all committed metadata.
    MetadataBehind(BrokerId),
    /// This partition has no leader.
    NoLeader(TopicPartition),
    /// The ISR of this partition lacks this replica.
    OutOfSync(TopicPartition, BrokerId),
    /// This replica's log is not the leader's.
    LogsDiffer(TopicPartition, BrokerId),
    /// Not everything in this partition is committed; its high watermark.
    Uncommitted(TopicPartition, Offset),
    /// Produce requests wait at this broker.
    ProducesWait(BrokerId),
    /// This group is rebalancing.
    GroupRebalancing(Name, GroupState),
    /// This producer holds records that were neither acknowledged nor given up.
    Undelivered(NodeId),
    /// This consumer subscribes to topics and is not a member of its group.
    NotReading(NodeId),
    /// Nobody in this group reads that partition, or more than one.
    Owners(Name, TopicPartition, u32),
    /// This consumer has not read that partition to its end; its position.
    Unread(NodeId, TopicPartition, Offset),
    /// This partition is being moved.
    Reassigning(TopicPartition),
    /// A transaction is open in this partition; its last stable offset.
    OpenTransaction(TopicPartition, Offset),
    /// This share group is not through with that partition; its start offset.
    Unshared(Name, TopicPartition, Offset),
}

impl Reason {
    /// The partition it is about, if it is about one.
    pub fn partition(&self) -> Option<TopicPartition> {
        match self {
            Reason::NoLeader(partition)
            | Reason::OutOfSync(partition, _)
            | Reason::LogsDiffer(partition, _)
            | Reason::Reassigning(partition)
            | Reason::OpenTransaction(partition, _)
            | Reason::Uncommitted(partition, _) => Some(*partition),
            _ => None,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |f: &mut fmt::Formatter<'_>, p: &TopicPartition| {
            write!(f, "partition {} of topic #{} ", p.partition, p.topic)
        };
        match self {
            Reason::NoActiveController => write!(f, "no controller is active"),
            Reason::NotRunning(node) => write!(f, "process {node} does not run"),
            Reason::Fenced(broker) => write!(f, "broker {broker} is fenced"),
            Reason::MetadataBehind(broker) => {
                write!(f, "broker {broker} has not applied all committed metadata")
            }
            Reason::NoLeader(p) => {
                part(f, p)?;
                write!(f, "has no leader")
            }
            Reason::OutOfSync(p, broker) => {
                part(f, p)?;
                write!(f, "misses broker {broker} in its ISR")
            }
            Reason::LogsDiffer(p, broker) => {
                part(f, p)?;
                write!(f, "is not the same on broker {broker} as on its leader")
            }
            Reason::Uncommitted(p, hw) => {
                part(f, p)?;
                write!(f, "has records above its high watermark {hw}")
            }
            Reason::ProducesWait(broker) => write!(f, "produce requests wait at broker {broker}"),
            Reason::GroupRebalancing(group, state) => {
                write!(f, "group {group} is {}", state.name())
            }
            Reason::Undelivered(producer) => {
                write!(f, "producer {producer} holds records without an answer")
            }
            Reason::NotReading(consumer) => {
                write!(f, "consumer {consumer} is not a member of its group")
            }
            Reason::Owners(group, p, owners) => {
                part(f, p)?;
                write!(f, "is read by {owners} members of group {group}")
            }
            Reason::Unread(consumer, p, position) => {
                part(f, p)?;
                write!(f, "was read by consumer {consumer} only up to {position}")
            }
            Reason::Reassigning(p) => {
                part(f, p)?;
                write!(f, "is being reassigned")
            }
            Reason::OpenTransaction(p, stable) => {
                part(f, p)?;
                write!(f, "has an open transaction at {stable}")
            }
            Reason::Unshared(group, p, start) => {
                part(f, p)?;
                write!(f, "was shared out to group {group} only up to {start}")
            }
        }
    }
}

/// Whether all servers run and are unfenced, every partition is led and in sync with
/// equal logs, nothing waits to be committed, every group is Stable or Empty, every
/// producer has drained, every consumer has read to the end, no replica is moved and no
/// transaction is open.
pub fn converged(world: &World) -> Result<(), Reason> {
    let servers = world.nodes().filter(|node| !node.role.is_client());
    for node in servers {
        if node.status != Status::Running {
            return Err(Reason::NotRunning(node.id));
        }
    }
    let active = world
        .active_controller()
        .ok_or(Reason::NoActiveController)?;
    let brokers = world.nodes().filter(|node| node.role == Role::Broker);
    for id in brokers.map(|node| node.id) {
        let broker = world.broker(id).ok_or(Reason::NotRunning(id))?;
        check_broker(active, broker)?;
    }
    for topic in active.image().topics.values() {
        for (number, state) in topic.partitions.iter().enumerate() {
            let id = TopicPartition::new(topic.topic, number as u32);
            check_partition(world, id, state)?;
        }
    }
    clients::check(world, active.image())
}

fn check_broker(active: &Controller, broker: &Broker) -> Result<(), Reason> {
    let id = broker.id();
    if !active.image().is_active(id) {
        return Err(Reason::Fenced(id));
    }
    if broker.waiting().produce > 0 {
        return Err(Reason::ProducesWait(id));
    }
    for group in broker.coordinator().groups() {
        if !matches!(group.state, GroupState::Stable | GroupState::Empty) {
            return Err(Reason::GroupRebalancing(group.name.clone(), group.state));
        }
    }
    Ok(())
}

fn check_partition(
    world: &World,
    id: TopicPartition,
    state: &PartitionRegistration,
) -> Result<(), Reason> {
    let leader_id = state.leader.ok_or(Reason::NoLeader(id))?;
    if !state.adding.is_empty() || !state.removing.is_empty() {
        return Err(Reason::Reassigning(id));
    }
    if let Some(missing) = state.replicas.iter().find(|b| !state.isr.contains(b)) {
        return Err(Reason::OutOfSync(id, *missing));
    }
    let leader = replica(world, leader_id, id, state)?;
    let end = leader.log.log_end_offset();
    if !leader.is_leader() {
        return Err(Reason::MetadataBehind(leader_id));
    }
    if leader.log.high_watermark() < end {
        return Err(Reason::Uncommitted(id, leader.log.high_watermark()));
    }
    if leader.log.last_stable_offset() < end {
        return Err(Reason::OpenTransaction(id, leader.log.last_stable_offset()));
    }
    for broker in &state.replicas {
        let follower = replica(world, *broker, id, state)?;
        // Each replica deletes by itself what is old enough, up to everything.
        let start = follower.log.log_start_offset();
        let is_shared = start.max(leader.log.log_start_offset()) < end;
        let agree = ends_alike(last(follower), last(leader), leader.config.compact);
        if follower.log.log_end_offset() != end || (is_shared && !agree) {
            return Err(Reason::LogsDiffer(id, *broker));
        }
    }
    Ok(())
}

fn replica<'a>(
    world: &'a World,
    broker: BrokerId,
    id: TopicPartition,
    state: &PartitionRegistration,
) -> Result<&'a Partition, Reason> {
    let partition = world.broker(broker).and_then(|b| b.partition(id));
    let partition = partition.ok_or(Reason::MetadataBehind(broker))?;
    if partition.leader_epoch == state.leader_epoch {
        Ok(partition)
    } else {
        Err(Reason::MetadataBehind(broker))
    }
}

/// Whether two logs of one length end alike. Each replica compacts by itself, up to the
/// last batch: then only the same batch of another epoch is a difference.
fn ends_alike(
    one: Option<(Offset, LeaderEpoch)>,
    other: Option<(Offset, LeaderEpoch)>,
    compacts: bool,
) -> bool {
    let same_place = one.zip(other).is_some_and(|(one, other)| one.0 == other.0);
    one == other || (compacts && !same_place)
}

/// Which batch is the last: logs with the same one agree on everything before it (INV-3).
fn last(partition: &Partition) -> Option<(Offset, LeaderEpoch)> {
    let end = partition.log.log_end_offset();
    let last = partition.log.disk().batches_from(end.plus(-1)).last();
    last.map(|batch| (batch.base_offset, batch.leader_epoch))
}
