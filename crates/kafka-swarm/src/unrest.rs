//! What a world looks like that does not come to rest, as lines of a report.

use kafka_check::Reason;
use kafka_core::client::Producer;
use kafka_core::types::TopicPartition;
use kafka_sim::{KafkaProcess, Seq, World};

use crate::report::entry;

/// Trace entries shown of a world that never stops.
const NEWEST: u32 = 24;

/// The newest trace entries.
pub(crate) fn newest(world: &World) -> Vec<String> {
    let end = world.trace().len();
    let from = end.saturating_sub(NEWEST);
    (from..end).map(|seq| entry(world, Seq(seq))).collect()
}

/// The state of what the reason is about.
pub(crate) fn unrest(world: &World, reason: &Reason) -> Vec<String> {
    if let Some(partition) = reason.partition() {
        return replicas(world, partition);
    }
    match reason {
        Reason::GroupRebalancing(group, _) => members(world, Some(group)),
        Reason::Unshared(group, partition, _) => share_partitions(world, group, *partition),
        Reason::Unread(..) | Reason::NotReading(_) => members(world, None),
        Reason::Undelivered(node) => match world.producer(*node) {
            Some(producer) => held(producer),
            None => Vec::new(),
        },
        _ => newest(world),
    }
}

fn replicas(world: &World, partition: TopicPartition) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(active) = world.active_controller() {
        let state = active.image().partition(partition);
        lines.push(format!("controller {}: {state:?}", active.config().node));
    }
    for broker in world.brokers() {
        let Some(replica) = broker.partition(partition) else {
            continue;
        };
        lines.push(format!(
            "broker {}: leader {:?} epoch {} isr {:?} log {}..{} hw {} epochs {:?} pending {:?}",
            broker.id(),
            replica.leader,
            replica.leader_epoch,
            replica.isr,
            replica.log.log_start_offset(),
            replica.log.log_end_offset(),
            replica.log.high_watermark(),
            replica.log.disk().epochs().entries(),
            replica.leadership().map(|leader| &leader.pending),
        ));
    }
    lines
}

fn held(producer: &Producer) -> Vec<String> {
    let mut lines = vec![format!(
        "{:?}, session {:?}, transaction {:?}, blocked {}",
        producer.counts(),
        producer.session(),
        producer.transaction_state(),
        producer.is_blocked(),
    )];
    lines.extend(producer.partitions().map(|p| format!("    {p:?}")));
    lines
}

fn share_partitions(world: &World, group: &str, partition: TopicPartition) -> Vec<String> {
    let mut lines = replicas(world, partition);
    for broker in world.brokers() {
        let of_group = broker
            .share_partitions()
            .filter(|shared| shared.id() == partition && &*shared.key().group == group);
        for shared in of_group {
            lines.push(format!(
                "broker {}: {:?} in epoch {}, {}..{}, fetches next from {}",
                broker.id(),
                shared.phase(),
                shared.leader_epoch(),
                shared.start_offset(),
                shared.end_offset(),
                shared.next_fetch_offset(),
            ));
            lines.extend(shared.in_flight().map(|run| format!("    {run:?}")));
        }
    }
    lines
}

fn members(world: &World, only: Option<&str>) -> Vec<String> {
    let mut lines = Vec::new();
    for broker in world.brokers() {
        for group in broker.coordinator().groups() {
            if only.is_none_or(|only| only == &*group.name) {
                let members: Vec<_> = group.members.keys().collect();
                lines.push(format!(
                    "coordinator {}: group {} {} generation {} members {members:?}",
                    broker.id(),
                    group.name,
                    group.state.name(),
                    group.generation,
                ));
            }
        }
    }
    for node in world.nodes() {
        if let KafkaProcess::Consumer(consumer) = node.process {
            lines.push(format!(
                "consumer {} {} member {} generation {} coordinator {:?} polling {}",
                node.id,
                consumer.state_name(),
                consumer.member_id(),
                consumer.generation(),
                consumer.coordinator(),
                consumer.is_polling(),
            ));
            lines.extend(consumer.assignment().map(|p| format!("    {p:?}")));
        }
    }
    lines
}
