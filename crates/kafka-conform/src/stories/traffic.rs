//! Requests of clients, and answers that refuse them.

use kafka_core::error::ErrorCode;
use kafka_core::node::Message;
use kafka_core::protocol::{ApiKey, ProduceRequest, Request, Response};
use kafka_core::types::{Sequence, TopicPartition};
use kafka_sim::World;

use super::names;

/// A request in words; `None` for those that repeat for ever.
pub(super) fn request(world: &World, message: &Message) -> Option<String> {
    let Message::Request(_, request) = message else {
        return None;
    };
    let name = request.api().name();
    Some(match request {
        Request::Produce(produce) => format!("{name} {}", batches(world, produce)),
        Request::FindCoordinator(find) => format!("{name} {}", find.key),
        Request::JoinGroup(join) => {
            let member = names::member(&join.member_id);
            let protocols: Vec<&str> = join.protocols.iter().map(|(p, _)| &**p).collect();
            let instance = join.group_instance_id.as_deref();
            let instance = instance.map_or(String::new(), |id| format!(" instance {id}"));
            format!("{name} as '{member}'{instance}, {}", protocols.join(" or "))
        }
        Request::SyncGroup(sync) => {
            let given = sync.assignments.len();
            let generation = sync.generation;
            format!("{name} generation {generation} with {given} assignments")
        }
        Request::OffsetFetch(fetch) => {
            let count = fetch.partitions.as_ref().map_or(0, Vec::len);
            format!("{name} of {count} partitions")
        }
        Request::OffsetCommit(commit) => {
            let one = |o: &kafka_core::protocol::OffsetToCommit| {
                format!("{}-{}={}", o.topic_name, o.partition.partition, o.offset)
            };
            let offsets: Vec<String> = commit.offsets.iter().map(one).collect();
            let generation = commit.generation;
            format!("{name} generation {generation} {}", offsets.join(" "))
        }
        Request::ListOffsets(list) => {
            let asked = list.partitions.iter();
            let asked: Vec<String> = asked
                .map(|(p, _, spec)| format!("{:?} of {}", spec, names::partition(world, *p)))
                .collect();
            format!("{name} {}", asked.join(", "))
        }
        Request::OffsetForLeaderEpoch(ask) => {
            let asked = ask.partitions.iter();
            let asked: Vec<String> = asked
                .map(|(p, _, epoch)| format!("{epoch} of {}", names::partition(world, *p)))
                .collect();
            format!("{name} {}", asked.join(", "))
        }
        Request::InitProducerId(_) | Request::LeaveGroup(_) => name.to_string(),
        _ => return None,
    })
}

fn batches(world: &World, produce: &ProduceRequest) -> String {
    let batches = produce.batches.iter().map(|(partition, body)| {
        let partition = names::partition(world, *partition);
        let (count, bytes) = (body.count(), body.size_bytes);
        let records = if count == 1 { "record" } else { "records" };
        let session = match body.base_sequence {
            Sequence::NONE => String::new(),
            sequence => format!(
                ", producer {} epoch {} sequence {sequence}",
                body.producer_id, body.producer_epoch
            ),
        };
        format!("{partition} {count} {records}, {bytes} bytes{session}")
    });
    batches.collect::<Vec<String>>().join("; ")
}

/// An answer with an error in words.
pub(super) fn refusal(world: &World, message: &Message, api: Option<ApiKey>) -> Option<String> {
    let Message::Response(_, response) = message else {
        return None;
    };
    let mut errors = errors(response);
    errors.retain(|(_, error)| error.is_error());
    errors.dedup_by_key(|(_, error)| *error);
    let (partition, error) = *errors.first()?;
    let of = partition.map_or(String::new(), |p| {
        format!(" of {}", names::partition(world, p))
    });
    let api = api.map_or("", ApiKey::name);
    Some(format!("{api}{of} refused, {}", error.name()))
}

fn errors(response: &Response) -> Vec<(Option<TopicPartition>, ErrorCode)> {
    let whole = |error: ErrorCode| vec![(None, error)];
    match response {
        Response::Produce(r) => r
            .partitions
            .iter()
            .map(|p| (Some(p.partition), p.error))
            .collect(),
        Response::Fetch(r) => {
            let each = r.partitions.iter().map(|p| (Some(p.partition), p.error));
            each.chain([(None, r.error)]).collect()
        }
        Response::ListOffsets(r) => {
            let each = r.partitions.iter();
            each.map(|p| (Some(p.partition), p.error)).collect()
        }
        Response::OffsetForLeaderEpoch(r) => {
            r.partitions.iter().map(|p| (Some(p.0), p.1)).collect()
        }
        Response::OffsetCommit(r) => r.partitions.iter().map(|p| (Some(p.0), p.1)).collect(),
        Response::Metadata(r) => r.topics.iter().map(|t| (None, t.error)).collect(),
        Response::InitProducerId(r) => whole(r.error),
        Response::FindCoordinator(r) => whole(r.error),
        Response::JoinGroup(r) => whole(r.error),
        Response::SyncGroup(r) => whole(r.error),
        Response::Heartbeat(r) => whole(r.error),
        Response::LeaveGroup(r) => {
            let each = r.members.iter().map(|m| (None, m.1));
            each.chain([(None, r.error)]).collect()
        }
        Response::OffsetFetch(r) => {
            let each = r.offsets.iter().map(|o| (None, o.error));
            each.chain([(None, r.error)]).collect()
        }
        _ => Vec::new(),
    }
}
