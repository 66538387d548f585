//! Messages under way, as the picture needs them.

use std::collections::BTreeMap;

use kafka_core::error::ErrorCode;
use kafka_core::node::Message;
use kafka_core::protocol::{ApiClass, ApiKey, Request, Response};
use kafka_core::types::{NodeId, Offset, TopicPartition};
use kafka_sim::{FlightPlace, InFlight, World};

use super::cluster::{Family, MessageView, Passage, Place};
use super::object::PartitionName;
use super::world::number;

/// All messages sent and not yet handled, oldest first.
pub fn messages(world: &World, clients: &BTreeMap<NodeId, String>) -> Vec<MessageView> {
    let mut messages: Vec<MessageView> = world
        .in_flight()
        .map(|flight| message(world, &flight, clients))
        .collect();
    messages.sort_by_key(|m| m.id);
    messages
}

fn message(
    world: &World,
    flight: &InFlight<'_>,
    clients: &BTreeMap<NodeId, String>,
) -> MessageView {
    let content = Content::of(flight.message);
    let definition = content.api.definition();
    MessageView {
        id: flight.id.0,
        api: content.api.name().to_owned(),
        api_key: definition.id,
        api_version: definition.max_stable_version,
        family: content.family(),
        request: matches!(**flight.message, Message::Request(..)),
        from: place(world, flight.from, clients),
        to: place(world, flight.to, clients),
        partition: content.partition.and_then(|p| partition_name(world, p)),
        offset: content.offset.and_then(|o| u64::try_from(o.0).ok()),
        epoch: content.epoch,
        error: content.error.map(|e| e.name().to_owned()),
        sent: flight.sent.0,
        arrives: flight.arrival.0,
        passage: match flight.place {
            FlightPlace::Flying => Passage::Flying,
            FlightPlace::AtDoor => Passage::AtDoor,
            FlightPlace::Held => Passage::Held,
        },
    }
}

/// Where a node is drawn.
pub fn place(world: &World, id: NodeId, clients: &BTreeMap<NodeId, String>) -> Place {
    match world.node(id).map(|n| n.role) {
        Some(kafka_sim::Role::Broker) => Place::Broker(number(id)),
        Some(kafka_sim::Role::Controller) => Place::Controller(number(id)),
        _ => Place::Client(clients.get(&id).cloned().unwrap_or_else(|| id.to_string())),
    }
}

/// A partition's name, from the newest metadata.
pub fn partition_name(world: &World, partition: TopicPartition) -> Option<PartitionName> {
    let topic = super::world::topic_name(world, partition.topic)?;
    Some(PartitionName {
        topic,
        partition: i32::try_from(partition.partition).ok()?,
    })
}

/// What a message is about, as far as it is drawn.
struct Content {
    api: ApiKey,
    records: bool,
    partition: Option<TopicPartition>,
    offset: Option<Offset>,
    epoch: Option<i32>,
    error: Option<ErrorCode>,
}

impl Content {
    fn of(message: &Message) -> Content {
        match message {
            Message::Request(_, request) => Content::of_request(request),
            Message::Response(_, response) => Content::of_response(response),
        }
    }

    fn plain(api: ApiKey) -> Content {
        Content {
            api,
            records: false,
            partition: None,
            offset: None,
            epoch: None,
            error: None,
        }
    }

    fn of_request(request: &Request) -> Content {
        let mut content = Content::plain(request.api());
        match request {
            Request::Produce(produce) => {
                content.records = true;
                content.partition = produce.batches.first().map(|(p, _)| *p);
            }
            Request::Fetch(fetch) => {
                content.partition = fetch.partitions.first().map(|p| p.partition);
                content.offset = fetch.partitions.first().map(|p| p.fetch_offset);
            }
            Request::ListOffsets(list) => content.partition = list.partitions.first().map(|p| p.0),
            _ => {}
        }
        content
    }

    fn of_response(response: &Response) -> Content {
        let mut content = Content::plain(response.api());
        match response {
            Response::Produce(produce) => {
                if let Some(first) = produce.partitions.first() {
                    content.partition = Some(first.partition);
                    content.offset = Some(first.base_offset);
                    content.error = Some(first.error);
                }
            }
            Response::Fetch(fetch) => {
                let full = fetch.partitions.iter().find(|p| !p.batches.is_empty());
                let first = full.or(fetch.partitions.first());
                content.partition = first.map(|p| p.partition);
                content.error = first.map(|p| p.error).or(Some(fetch.error));
                if let Some(batch) = full.and_then(|p| p.batches.first()) {
                    content.records = true;
                    content.offset = Some(batch.base_offset);
                    content.epoch = Some(batch.leader_epoch.0);
                }
            }
            _ => {}
        }
        content.error = content.error.filter(|e| *e != ErrorCode::None);
        content
    }

    fn family(&self) -> Family {
        match self.api.class() {
            _ if self.records => Family::Records,
            ApiClass::Data => Family::Data,
            ApiClass::Control => Family::Control,
            ApiClass::Group => Family::Group,
        }
    }
}
