//! Facts of nodes and what clients tell, in words.

use kafka_core::client::{ClientEvent, ClientFailure, ClientLog};
use kafka_core::consumer_protocol::decode_assignment;
use kafka_core::group::codec::{self, OffsetsRecord, PersistedGroup};
use kafka_core::note::{ChangeReason, MemberRemoval, Note};
use kafka_core::types::{NodeId, Offset, TopicPartition};
use kafka_sim::World;

use super::names::{self, Names};

const OFFSETS_TOPIC: &str = "__consumer_offsets";

/// A note in words; `None` for what goes without saying.
pub(super) fn note(world: &World, names: &Names, node: NodeId, note: &Note) -> Option<String> {
    let who = names.node(world, node);
    let place = |p: &TopicPartition| names::partition(world, *p);
    Some(match note {
        Note::BecameQuorumLeader(epoch) => format!("{who} leads the quorum in epoch {epoch}"),
        Note::BrokerFenced(id) => format!("{who} fences broker {id}"),
        Note::BrokerUnfenced(id) => format!("{who} unfences broker {id}"),
        Note::ControlledShutdownBegan(id) => format!("{who} lets broker {id} shut down"),
        Note::TopicCreated(name, count) => format!("{who} creates {name} with {count} partitions"),
        Note::TopicDeleted(name) => format!("{who} deletes {name}"),
        Note::PartitionChanged {
            partition,
            leader,
            leader_epoch,
            isr,
            unclean,
            reason,
            ..
        } => {
            let place = place(partition);
            if place.starts_with(OFFSETS_TOPIC) {
                return None;
            }
            let leader = leader.map_or("none".to_string(), |id| id.to_string());
            let isr: Vec<String> = isr.iter().map(NodeId::to_string).collect();
            let unclean = if *unclean { ", unclean" } else { "" };
            let (isr, why) = (isr.join(" "), reason_text(*reason));
            format!(
                "{who}: {place} has leader {leader} in epoch {leader_epoch}, ISR {isr}{unclean} ({why})"
            )
        }
        Note::LeaderAppended(partition, from, to) => {
            return stored(world, node, *partition, *from, *to);
        }
        Note::Truncated {
            partition,
            from,
            to,
        } => format!("{who} cuts {} from {from} to {to}", place(partition)),
        Note::DuplicateBatch(partition, offset) => {
            format!(
                "{who} knows the batch of {} already, at offset {offset}",
                place(partition)
            )
        }
        Note::StoppedCleanly => format!("{who} has stopped"),
        Note::LogDirFailed(dir, replicas) => {
            format!("{who} gives up its log directory {dir} with {replicas} replicas")
        }
        Note::GroupStateChanged(group, state, generation) => {
            format!("{who}: {group} is {state} in generation {generation}")
        }
        Note::MemberJoined(group, id) => {
            format!("{who}: {} is a member of {group}", names::member(id))
        }
        Note::MemberRemoved(group, id, why) => {
            let (id, why) = (names::member(id), removal_text(*why));
            format!("{who}: {id} is no member of {group} any more ({why})")
        }
        _ => return None,
    })
}

fn reason_text(reason: ChangeReason) -> String {
    match reason {
        ChangeReason::Fenced(id) => format!("broker {id} is fenced"),
        ChangeReason::Unfenced(id) => format!("broker {id} is unfenced"),
        ChangeReason::UncleanRegistration(id) => format!("broker {id} had crashed"),
        ChangeReason::ControlledShutdown(id) => format!("broker {id} shuts down"),
        ChangeReason::Unregistered(id) => format!("broker {id} is unregistered"),
        ChangeReason::AlterPartition(id) => format!("broker {id} asks"),
        ChangeReason::ElectLeaders => "an election was asked for".to_string(),
        ChangeReason::PreferredPass => "the preferred leader is back".to_string(),
        ChangeReason::UncleanPass => "an unclean election is allowed".to_string(),
        ChangeReason::Reassignment => "reassignment".to_string(),
        ChangeReason::LogDirFailed(id) => format!("a log directory of broker {id} failed"),
    }
}

fn removal_text(removal: MemberRemoval) -> &'static str {
    match removal {
        MemberRemoval::Left => "it left",
        MemberRemoval::SessionExpired => "its session expired",
        MemberRemoval::RebalanceTimeout => "it did not rejoin in time",
        MemberRemoval::SyncTimeout => "it did not sync in time",
        MemberRemoval::Fenced => "its instance id was taken over",
    }
}

/// What a coordinator wrote into its topic, record by record.
fn stored(
    world: &World,
    node: NodeId,
    partition: TopicPartition,
    from: Offset,
    to: Offset,
) -> Option<String> {
    let name = names::partition(world, partition);
    if !name.starts_with(OFFSETS_TOPIC) {
        return None;
    }
    let log = &world.broker(node)?.partition(partition)?.log;
    let mut records = Vec::new();
    for batch in log.disk().batches_from(from).filter(|b| b.base_offset < to) {
        for (offset, record) in batch.records() {
            let key = record.key.as_deref().unwrap_or_default();
            let text = match codec::decode(key, record.value.as_deref()) {
                Some(record) => offsets_record(&record),
                None => "something unreadable".to_string(),
            };
            records.push(format!("{offset}: {text}"));
        }
    }
    Some(format!("{name} gets {}", records.join("; ")))
}

fn offsets_record(record: &OffsetsRecord) -> String {
    match record {
        OffsetsRecord::Offset(group, topic, partition, None) => {
            format!("{group} {topic}-{partition} tombstone")
        }
        OffsetsRecord::Offset(group, topic, partition, Some(stored)) => {
            let (offset, epoch) = (stored.offset, stored.leader_epoch);
            format!("{group} {topic}-{partition} offset {offset} epoch {epoch}")
        }
        OffsetsRecord::Group(group, None) => format!("{group} tombstone"),
        OffsetsRecord::Group(group, Some(state)) => format!("{group} {}", group_record(state)),
    }
}

fn group_record(state: &PersistedGroup) -> String {
    let members = state.members.iter().map(|member| {
        let assigned = decode_assignment(&member.assignment).unwrap_or_default();
        let topics = assigned.iter().map(|(topic, partitions)| {
            let numbers: Vec<String> = partitions.iter().map(u32::to_string).collect();
            format!("{topic} {}", numbers.join(" "))
        });
        let topics: Vec<String> = topics.collect();
        format!(
            "{}=[{}]",
            names::member(&member.member_id),
            topics.join(", ")
        )
    });
    let members: Vec<String> = members.collect();
    let protocol = state.protocol_name.as_deref().unwrap_or("no protocol");
    let generation = state.generation;
    format!(
        "generation {generation}, {protocol}, members {}",
        members.join(" ")
    )
    .trim_end()
    .to_string()
}

/// What a client tells, without its name; `None` for what goes without saying.
pub(super) fn event(event: &ClientEvent) -> Option<String> {
    Some(match event {
        ClientEvent::SendFailed {
            topic,
            partition,
            failure,
            ..
        } => {
            let place = partition.map_or(topic.to_string(), |p| format!("{topic}-{p}"));
            format!("cannot send to {place}: {}", text(failure))
        }
        ClientEvent::Flushed => "has flushed".to_string(),
        ClientEvent::Assigned {
            partitions,
            generation,
            is_group_leader,
        } => {
            let leads = if *is_group_leader {
                ", leads the group"
            } else {
                ""
            };
            let list = names::list(partitions);
            format!("is assigned {list} in generation {generation}{leads}")
        }
        ClientEvent::Revoked(partitions) => format!("gives up {}", names::list(partitions)),
        ClientEvent::Lost(partitions) => format!("has lost {}", names::list(partitions)),
        ClientEvent::Committed {
            offsets,
            failure,
            auto,
        } => {
            let how = if *auto { "automatically " } else { "" };
            match failure {
                Some(failure) => {
                    format!("cannot commit {how}: {}", text(failure)).replace(" :", ":")
                }
                None => {
                    let one = |(p, offset): &(kafka_core::client::NamedPartition, Offset)| {
                        format!("{}-{}={offset}", p.topic, p.partition)
                    };
                    let offsets: Vec<String> = offsets.iter().map(one).collect();
                    format!("has committed {how}{}", offsets.join(" "))
                }
            }
        }
        ClientEvent::PollFailed(failure) => format!("poll throws {}", text(failure)),
        ClientEvent::Log(log) => return Some(log_text(log)),
        ClientEvent::Closed => "has closed".to_string(),
        _ => return None,
    })
}

fn text(failure: &ClientFailure) -> String {
    format!("{}: {}", failure.exception, failure.message)
}

fn log_text(log: &ClientLog) -> String {
    match log {
        ClientLog::MetadataRefused(failure) => format!("warns: no metadata: {}", text(failure)),
        ClientLog::ConnectionFailed { node, .. } => format!("warns: no connection to node {node}"),
        ClientLog::BootstrapDisconnected { node, .. } => {
            format!("warns: bootstrap server {node} disconnected")
        }
        ClientLog::MetadataError { topic, error } => {
            format!("warns: metadata of {topic}: {}", error.name())
        }
        ClientLog::SequenceGap {
            topic, partition, ..
        } => format!("complains: a gap in the sequence of {topic}-{partition}"),
        ClientLog::ProduceRetry {
            topic,
            partition,
            error,
            ..
        } => format!("warns: retries {topic}-{partition} after {}", error.name()),
    }
}
