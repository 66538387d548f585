//! The requests of clients: kinds, order, connections.
//!
//! A client's group requests are one stream, its data requests one a broker. Left
//! out because only timing or a draw decides: which broker answers METADATA and
//! FIND_COORDINATOR, handshakes, where heartbeats fall between other requests.

use std::collections::BTreeMap;

use kafka_core::protocol::ApiKey;
use kafka_core::types::NodeId;
use kafka_sim::{EntryKind, Seq};

use super::recording::{Recording, Sent};
use super::replay::Played;

/// Group requests whose order says what the member went through.
const MEMBERSHIP: [&str; 5] = [
    "JOIN_GROUP",
    "SYNC_GROUP",
    "OFFSET_FETCH",
    "OFFSET_COMMIT",
    "LEAVE_GROUP",
];
/// Requests to partition leaders.
const DATA: [&str; 6] = [
    "PRODUCE",
    "FETCH",
    "LIST_OFFSETS",
    "OFFSET_FOR_LEADER_EPOCH",
    "SHARE_FETCH",
    "SHARE_ACKNOWLEDGE",
];
/// What a client must have done before what.
const BEFORE: [(&str, &str); 7] = [
    ("METADATA", "PRODUCE"),
    ("INIT_PRODUCER_ID", "PRODUCE"),
    ("METADATA", "FIND_COORDINATOR"),
    ("FIND_COORDINATOR", "JOIN_GROUP"),
    ("OFFSET_FETCH", "FETCH"),
    ("FIND_COORDINATOR", "SHARE_GROUP_HEARTBEAT"),
    ("SHARE_GROUP_HEARTBEAT", "SHARE_FETCH"),
];
/// Sent over and over: counts may differ by half and a few.
const REPEATED: [&str; 5] = [
    "HEARTBEAT",
    "FETCH",
    "METADATA",
    "SHARE_GROUP_HEARTBEAT",
    "SHARE_FETCH",
];
const A_FEW: usize = 6;

/// A request: its API and the broker it went to, if that is not drawn.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Asked {
    api: String,
    broker: Option<u32>,
}

/// Compares the requests of every client whose requests were recorded.
///
/// # Errors
/// The first difference.
pub(super) fn compare(recording: &Recording, played: &Played) -> Result<(), String> {
    let mut ours = simulated(played);
    for client in recording.clients() {
        let asked = |sent: &Sent| Asked {
            api: sent.api.clone(),
            broker: sent.broker(),
        };
        let recorded: Vec<Asked> = recording.sent_by(client).map(asked).collect();
        if recorded.is_empty() {
            continue;
        }
        let node = played.clients.get(client).copied();
        let ours = node.and_then(|node| ours.remove(&node)).unwrap_or_default();
        streams(client, &recorded, &ours)?;
        before(client, &recorded, &ours)?;
        counts(client, &recorded, &ours)?;
    }
    Ok(())
}

/// The requests that reached brokers, by client.
fn simulated(played: &Played) -> BTreeMap<NodeId, Vec<Asked>> {
    let world = &played.world;
    let mut by_client: BTreeMap<NodeId, Vec<Asked>> = BTreeMap::new();
    for (_, entry) in world.trace().iter_from(Seq(0)) {
        if entry.kind != EntryKind::Request {
            continue;
        }
        let (Some(api), Some(from), Some(to)) =
            (entry.api, world.id_of(entry.peer), world.id_of(entry.node))
        else {
            continue;
        };
        if from.is_client() {
            let asked = Asked {
                api: constant(api),
                broker: Some(to.0),
            };
            by_client.entry(from).or_default().push(asked);
        }
    }
    by_client
}

/// `JoinGroup` as `JOIN_GROUP`.
fn constant(api: ApiKey) -> String {
    let mut text = String::new();
    for letter in api.name().chars() {
        if letter.is_ascii_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(letter.to_ascii_uppercase());
    }
    text
}

/// Kinds in order, repeats of the same kind folded.
fn folded<'a>(asked: impl Iterator<Item = &'a Asked>) -> Vec<&'a str> {
    let mut kinds: Vec<&str> = asked.map(|a| a.api.as_str()).collect();
    kinds.dedup();
    kinds
}

fn streams(client: &str, recorded: &[Asked], ours: &[Asked]) -> Result<(), String> {
    let same = |name: &str, pass: &dyn Fn(&&Asked) -> bool| {
        let theirs = folded(recorded.iter().filter(pass));
        let mine = folded(ours.iter().filter(pass));
        if theirs == mine {
            return Ok(());
        }
        let (theirs, mine) = (theirs.join(" "), mine.join(" "));
        Err(format!(
            "{client}'s requests to {name}: Kafka {theirs}, ours {mine}"
        ))
    };
    same("the coordinator", &|asked| {
        MEMBERSHIP.contains(&asked.api.as_str())
    })?;
    let brokers = recorded.iter().chain(ours).filter_map(|asked| asked.broker);
    let mut brokers: Vec<u32> = brokers.collect();
    brokers.sort_unstable();
    brokers.dedup();
    for broker in brokers {
        same(&format!("broker {broker}"), &|asked| {
            asked.broker == Some(broker) && DATA.contains(&asked.api.as_str())
        })?;
    }
    Ok(())
}

fn before(client: &str, recorded: &[Asked], ours: &[Asked]) -> Result<(), String> {
    let first = |asked: &[Asked], api: &str| asked.iter().position(|a| a.api == api);
    for (one, other) in BEFORE {
        let holds = |asked: &[Asked]| match (first(asked, one), first(asked, other)) {
            (Some(one), Some(other)) => Some(one < other),
            _ => None,
        };
        if holds(recorded) != holds(ours) {
            return Err(format!(
                "{client}: {one} comes before {other}: Kafka {:?}, ours {:?}",
                holds(recorded),
                holds(ours)
            ));
        }
    }
    Ok(())
}

fn counts(client: &str, recorded: &[Asked], ours: &[Asked]) -> Result<(), String> {
    for api in REPEATED {
        let count = |asked: &[Asked]| asked.iter().filter(|a| a.api == api).count();
        let (theirs, mine) = (count(recorded), count(ours));
        if theirs.abs_diff(mine) > theirs / 2 + A_FEW {
            return Err(format!(
                "{client} sent {api} {mine} times, Kafka {theirs} times"
            ));
        }
    }
    Ok(())
}
