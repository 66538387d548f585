//! Consumer groups: membership and commits from the coordinator, positions from the consumers.

use std::collections::BTreeMap;

use kafka_core::broker::Broker;
use kafka_core::client::Consumer;
use kafka_core::consumer_protocol::decode_assignment;
use kafka_core::group::modern::{ModernKind, ModernMember};
use kafka_core::group::{Group, GroupState as CoreState};
use kafka_core::metadata::ClusterImage;
use kafka_core::types::{NodeId, Offset, TopicPartition};
use kafka_sim::{KafkaProcess, World};

use super::cluster::{AssignedView, GroupKind, GroupState, GroupView, MemberView};
use super::object::PartitionName;
use super::world::{image, number};

/// Name of the card of consumers that read without a group.
const NO_GROUP: &str = "";

/// All groups by name; consumers without a group come last.
pub fn groups(world: &World, names: &BTreeMap<NodeId, String>) -> Vec<GroupView> {
    let mut found: BTreeMap<String, GroupView> = BTreeMap::new();
    for broker in brokers(world) {
        for group in broker.coordinator().groups() {
            // Only consumers that subscribe make members; a group may also just store offsets.
            found.insert(
                group.name.to_string(),
                group_view(world, broker, group, names),
            );
        }
    }
    let mut groups: Vec<GroupView> = found.into_values().collect();
    groups.extend(alone(world, names));
    groups
}

fn brokers(world: &World) -> impl Iterator<Item = &Broker> {
    world.nodes().filter_map(|node| match node.process {
        KafkaProcess::Broker(broker) if node.status.is_alive() => Some(&**broker),
        _ => None,
    })
}

/// Offsets committed at the coordinators that run, by group, then partition.
pub fn committed(world: &World) -> BTreeMap<String, BTreeMap<PartitionName, u64>> {
    let mut found: BTreeMap<String, BTreeMap<PartitionName, u64>> = BTreeMap::new();
    for group in brokers(world).flat_map(|broker| broker.coordinator().groups()) {
        let offsets = found.entry(group.name.to_string()).or_default();
        for ((topic, partition), stored) in &group.offsets {
            let (Ok(partition), Some(offset)) = (i32::try_from(*partition), known(stored.offset))
            else {
                continue;
            };
            let topic = topic.to_string();
            offsets.insert(PartitionName { topic, partition }, offset);
        }
    }
    found
}

fn consumers(world: &World) -> impl Iterator<Item = (NodeId, &Consumer)> {
    world.nodes().filter_map(|node| match node.process {
        KafkaProcess::Consumer(consumer) if node.status.is_alive() => Some((node.id, &**consumer)),
        _ => None,
    })
}

fn group_view(
    world: &World,
    broker: &Broker,
    group: &Group,
    names: &BTreeMap<NodeId, String>,
) -> GroupView {
    let members = members(world, group, names);
    let mut assigned = members.iter().flat_map(|member| &member.assignment);
    let read = assigned.next().map(|a| a.partition.topic.clone());
    let stored = || {
        group
            .offsets
            .keys()
            .next()
            .map(|(topic, _)| topic.to_string())
    };
    GroupView {
        name: group.name.to_string(),
        kind: match &group.modern {
            None => GroupKind::Classic,
            Some(modern) if modern.kind == ModernKind::Share => GroupKind::Share,
            Some(_) => GroupKind::Consumer,
        },
        topic: read.or_else(stored),
        state: state(group.state),
        assignor: match &group.modern {
            Some(modern) if modern.kind == ModernKind::Share => "simple".to_owned(),
            Some(modern) => {
                let default = broker.config().modern_groups.default_assignor();
                modern.preferred_assignor(default).name().to_owned()
            }
            None => group
                .protocol_name
                .as_deref()
                .unwrap_or_default()
                .to_owned(),
        },
        generation: group.generation.0,
        coordinator: Some(number(broker.id())),
        members,
    }
}

/// Members with what the coordinator lets them own.
fn members(world: &World, group: &Group, names: &BTreeMap<NodeId, String>) -> Vec<MemberView> {
    let view = |id: &str, client_id: &str, assigned: &mut dyn Iterator<Item = (String, u32)>| {
        member_view(world, group, (id, client_id), assigned, names)
    };
    let Some(modern) = &group.modern else {
        let members = group.members.values().map(|member| {
            let assigned = decode_assignment(&member.assignment).unwrap_or_default();
            let mut partitions = assigned
                .iter()
                .flat_map(|(topic, list)| list.iter().map(move |p| (topic.to_string(), *p)));
            view(&member.id, &member.client_id, &mut partitions)
        });
        return members.collect();
    };
    let named = |partition: &TopicPartition| {
        let topic = image(world)?.topics.get(&partition.topic)?;
        Some((topic.name.to_string(), partition.partition))
    };
    let members = modern.members.values().map(|member| {
        let mut partitions = member.assigned.keys().filter_map(named);
        match modern.kind {
            ModernKind::Consumer => view(&member.id, &member.client_id, &mut partitions),
            ModernKind::Share => share_member(world, group, member, names),
        }
    });
    members.collect()
}

fn state(state: CoreState) -> GroupState {
    match state {
        CoreState::Empty => GroupState::Empty,
        CoreState::PreparingRebalance => GroupState::PreparingRebalance,
        CoreState::CompletingRebalance => GroupState::CompletingRebalance,
        CoreState::Stable => GroupState::Stable,
        CoreState::Dead => GroupState::Dead,
        CoreState::Assigning => GroupState::Assigning,
        CoreState::Reconciling => GroupState::Reconciling,
    }
}

fn member_view(
    world: &World,
    group: &Group,
    (id, client_id): (&str, &str),
    assigned: &mut dyn Iterator<Item = (String, u32)>,
    names: &BTreeMap<NodeId, String>,
) -> MemberView {
    let client = consumers(world).find(|(_, c)| c.member_id() == id);
    let assignment = assigned
        .map(|(topic, partition)| {
            let committed = group
                .offsets
                .get(&(topic.as_str().into(), partition))
                .map(|o| o.offset);
            assigned_view(world, topic, partition, client.map(|(_, c)| c), committed)
        })
        .collect();
    let name = client.and_then(|(node, _)| names.get(&node).cloned());
    MemberView {
        name: name.unwrap_or_else(|| client_id.to_owned()),
        alive: client.is_some(),
        polling: client.map(|(_, c)| c.is_polling()),
        assignment,
    }
}

/// A member of a share group: where the group stands in each of its partitions, which
/// other members may read as well.
fn share_member(
    world: &World,
    group: &Group,
    member: &ModernMember,
    names: &BTreeMap<NodeId, String>,
) -> MemberView {
    let mut nodes = world.nodes().filter(|node| node.status.is_alive());
    let client = nodes.find(|node| match node.process {
        KafkaProcess::ShareConsumer(consumer) => *consumer.member_id() == member.id,
        _ => false,
    });
    let polling = client.as_ref().and_then(|node| match node.process {
        KafkaProcess::ShareConsumer(consumer) => Some(consumer.is_polling()),
        _ => None,
    });
    let name = client
        .as_ref()
        .and_then(|node| names.get(&node.id).cloned());
    let shared = |id: &TopicPartition| {
        let topic = image(world)?.topics.get(&id.topic)?;
        let mut view = assigned_view(world, topic.name.to_string(), id.partition, None, None);
        let start = share_start(world, group, *id);
        let high = high_watermark(world, &topic.name, id.partition);
        view.position = start;
        view.lag = start.zip(high).map(|(at, high)| high.saturating_sub(at));
        Some(view)
    };
    MemberView {
        name: name.unwrap_or_else(|| member.client_id.to_string()),
        alive: client.is_some(),
        polling,
        assignment: member.assigned.keys().filter_map(shared).collect(),
    }
}

/// The group's start offset in a partition, as the partition's leader knows it.
fn share_start(world: &World, group: &Group, id: TopicPartition) -> Option<u64> {
    let state = image(world)?.partition(id)?;
    let KafkaProcess::Broker(broker) = world.node(state.leader?)?.process else {
        return None;
    };
    let mut shares = broker.share_partitions();
    let share = shares.find(|share| share.id() == id && share.key().group == group.name)?;
    known(share.start_offset())
}

fn assigned_view(
    world: &World,
    topic: String,
    partition: u32,
    client: Option<&Consumer>,
    committed: Option<Offset>,
) -> AssignedView {
    let own = client.and_then(|c| {
        c.assignment()
            .find(|a| *a.topic == *topic && a.partition == partition)
    });
    let position = own.as_ref().and_then(|a| known(a.position));
    let high = high_watermark(world, &topic, partition)
        .or_else(|| own.as_ref().and_then(|a| known(a.high_watermark)));
    let leader = image(world).and_then(|i| leader(i, &topic, partition));
    AssignedView {
        partition: PartitionName {
            topic,
            partition: i32::try_from(partition).unwrap_or(i32::MAX),
        },
        position,
        committed: committed
            .and_then(known)
            .or_else(|| own.as_ref().and_then(|a| known(a.committed))),
        lag: position
            .zip(high)
            .map(|(position, high)| high.saturating_sub(position)),
        source: leader.map(number),
    }
}

fn known(offset: Offset) -> Option<u64> {
    u64::try_from(offset.0).ok()
}

fn leader(image: &ClusterImage, topic: &str, partition: u32) -> Option<NodeId> {
    image
        .topic(topic)?
        .partitions
        .get(partition as usize)?
        .leader
}

/// The high watermark at the leader itself.
fn high_watermark(world: &World, topic: &str, partition: u32) -> Option<u64> {
    let image = image(world)?;
    let leader = leader(image, topic, partition)?;
    let KafkaProcess::Broker(broker) = world.node(leader)?.process else {
        return None;
    };
    let id = TopicPartition::new(image.topic(topic)?.topic, partition);
    known(broker.partition(id)?.log.high_watermark())
}

/// Consumers that assign themselves partitions, without a group.
fn alone(world: &World, names: &BTreeMap<NodeId, String>) -> Option<GroupView> {
    let members: Vec<MemberView> = consumers(world)
        .filter(|(_, c)| c.config().group.is_none())
        .map(|(id, c)| MemberView {
            name: names.get(&id).cloned().unwrap_or_default(),
            alive: true,
            polling: Some(c.is_polling()),
            assignment: c
                .assignment()
                .map(|a| assigned_view(world, a.topic.to_string(), a.partition, Some(c), None))
                .collect(),
        })
        .collect();
    (!members.is_empty()).then(|| GroupView {
        name: NO_GROUP.to_owned(),
        kind: GroupKind::Classic,
        topic: None,
        state: GroupState::Stable,
        assignor: String::new(),
        generation: 0,
        coordinator: None,
        members,
    })
}
