//! Whether clients have come to rest: producers drained, groups complete, everything
//! read.

use std::collections::BTreeMap;

use kafka_core::client::{Consumer, Producer, ShareConsumer};
use kafka_core::error::ErrorCode;
use kafka_core::metadata::ClusterImage;
use kafka_core::share::RecordState::{Acknowledged, Archived};
use kafka_core::share::{InFlight, SharePartition};
use kafka_core::types::{Name, NodeId, Offset, TopicPartition};
use kafka_sim::{KafkaProcess, World};

use super::Reason;

/// Partitions that members of a group read, and how many do.
type Owners = BTreeMap<(Name, TopicPartition), u32>;

/// Looks at every client that runs.
pub(super) fn check(world: &World, image: &ClusterImage) -> Result<(), Reason> {
    let mut owners = Owners::new();
    for node in world.nodes() {
        match node.process {
            KafkaProcess::Producer(producer) => check_producer(producer)?,
            KafkaProcess::Consumer(consumer) => {
                check_consumer(world, image, consumer, &mut owners)?;
            }
            KafkaProcess::ShareConsumer(member) => check_share(world, image, member)?,
            _ => {}
        }
    }
    match owners.into_iter().find(|(_, count)| *count != 1) {
        Some(((group, partition), count)) => Err(Reason::Owners(group, partition, count)),
        None => Ok(()),
    }
}

/// A share group with a member that polls is through with everything.
fn check_share(world: &World, image: &ClusterImage, member: &ShareConsumer) -> Result<(), Reason> {
    if !member.is_polling() || has_lost_its_group(member.fatal_error()) {
        return Ok(());
    }
    for topic in member
        .subscription()
        .iter()
        .filter_map(|name| image.topic(name))
    {
        for (number, state) in topic.partitions.iter().enumerate() {
            let id = TopicPartition::new(topic.topic, number as u32);
            let Some(leader) = state.leader.and_then(|leader| world.broker(leader)) else {
                continue;
            };
            let end = leader.partition(id).map(|it| it.log.high_watermark());
            let group = &member.config().group;
            let mut shared = leader.share_partitions();
            let shared = shared.find(|it| it.id() == id && it.key().group == *group);
            let reached = shared.map_or(Offset::UNKNOWN, shares_up_to);
            if end.is_some_and(|end| end > Offset::ZERO && reached < end) {
                return Err(Reason::Unshared(group.clone(), id, reached));
            }
        }
    }
    Ok(())
}

/// Where a share partition's records begin that are not done with. Its start offset may
/// lie lower: it moves with the next acknowledgement.
fn shares_up_to(shared: &SharePartition) -> Offset {
    let open = |held: &InFlight| !matches!(held.state, Acknowledged | Archived);
    let first = shared.in_flight().find(open).map(|held| held.first);
    first.unwrap_or(shared.end_offset())
}

/// The coordinator lost the group with its log: Kafka's member throws for good.
fn has_lost_its_group(error: Option<ErrorCode>) -> bool {
    error == Some(ErrorCode::GroupIdNotFound)
}

fn check_producer(producer: &Producer) -> Result<(), Reason> {
    let counts = producer.counts();
    if producer.is_blocked() || counts.acked + counts.failed < counts.sent {
        return Err(Reason::Undelivered(producer.node()));
    }
    Ok(())
}

fn check_consumer(
    world: &World,
    image: &ClusterImage,
    consumer: &Consumer,
    owners: &mut Owners,
) -> Result<(), Reason> {
    if !consumer.is_polling() || has_lost_its_group(consumer.fatal_error()) {
        return Ok(());
    }
    let node = consumer.node();
    let group = consumer.config().group.as_ref();
    if let Some(group) = group.filter(|_| !consumer.subscription().is_empty()) {
        if consumer.state_name() != "STABLE" {
            return Err(Reason::NotReading(node));
        }
        for name in consumer.subscription() {
            if let Some(topic) = image.topic(name) {
                for partition in 0..topic.partitions.len() as u32 {
                    let id = TopicPartition::new(topic.topic, partition);
                    owners.entry((group.clone(), id)).or_default();
                }
            }
        }
    }
    for part in consumer.assignment() {
        let Some(topic) = image.topic(&part.topic) else {
            continue;
        };
        let id = TopicPartition::new(topic.topic, part.partition);
        if let Some(group) = group {
            *owners.entry((group.clone(), id)).or_default() += 1;
        }
        check_position(world, image, node, id, part.position)?;
    }
    Ok(())
}

fn check_position(
    world: &World,
    image: &ClusterImage,
    consumer: NodeId,
    id: TopicPartition,
    position: Offset,
) -> Result<(), Reason> {
    let leader = image.partition(id).and_then(|state| state.leader);
    let replica = leader.and_then(|leader| world.broker(leader)?.partition(id));
    let end = replica.map_or(Offset::UNKNOWN, |replica| replica.log.high_watermark());
    if position == end {
        Ok(())
    } else {
        Err(Reason::Unread(consumer, id, position))
    }
}
