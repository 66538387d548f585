//! The states of groups. An admin client saw them about every 60 ms: what it saw must
//! have been there in that order, and what lasted it must have seen.

use std::collections::BTreeMap;

use kafka_core::config::groups::ServerAssignor;
use kafka_core::consumer_protocol::decode_assignment;
use kafka_core::group::Group;
use kafka_core::group::modern::{ModernGroup, ModernMember};
use kafka_core::metadata::ClusterImage;
use kafka_core::types::{Duration, Generation, Time};
use kafka_sim::World;

use super::recording::{Line, Recording};
use super::replay::Played;

/// A state that lasts this long cannot be missed, not even by a busy machine.
const SEEN: Duration = Duration::from_ms(1_500);

/// State, assignor, and the members' partitions.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Seen {
    state: String,
    assignor: String,
    members: BTreeMap<String, Vec<String>>,
}

impl std::fmt::Display for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let members = self.members.iter();
        let members: Vec<String> = members
            .map(|(client, list)| format!("{client}=[{}]", list.join(", ")))
            .collect();
        write!(f, "{} {} {}", self.state, self.assignor, members.join(" "))
    }
}

/// What to look at to know that nothing has changed.
type Mark = (Option<&'static str>, Generation, u64);

/// `group.consumer.assignors` of the recordings' brokers begins with it.
const DEFAULT: ServerAssignor = ServerAssignor::Uniform;

/// The distinct states of the story's groups with the times they began.
pub(super) struct GroupStates {
    groups: Vec<(String, Mark, Vec<(Time, Seen)>)>,
}

impl GroupStates {
    pub fn new(names: &[String]) -> GroupStates {
        let none = (None, Generation(-1), 0);
        let begin = |name: &String| (name.clone(), none, Vec::new());
        GroupStates {
            groups: names.iter().map(begin).collect(),
        }
    }

    /// Looks at the coordinators.
    pub fn look(&mut self, world: &World) {
        for (name, mark, states) in &mut self.groups {
            let mut coordinators = world.brokers().map(|broker| broker.coordinator());
            let Some(group) = coordinators.find_map(|c| c.group(name)) else {
                continue;
            };
            let now = mark_of(group);
            if now == *mark {
                continue;
            }
            *mark = now;
            let image = world.brokers().map(|broker| broker.image()).next();
            let seen = match (&group.modern, image) {
                (Some(modern), Some(image)) => describe_modern(modern, image),
                _ => describe(group),
            };
            if states.last().is_none_or(|(_, last)| *last != seen) {
                states.push((world.now(), seen));
            }
        }
    }
}

fn mark_of(group: &Group) -> Mark {
    let mix = |sum: u64, byte: u8| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let ids = group.members.keys().flat_map(|id| id.bytes());
    let mut members = ids.fold(group.members.len() as u64, mix);
    for member in group.modern.iter().flat_map(|it| it.members.values()) {
        members = member.id.bytes().fold(members, mix);
        let numbers = member.assigned.keys().map(|it| it.partition as u8);
        members = numbers.fold(members, mix);
    }
    (Some(group.state.name()), group.generation, members)
}

/// As DescribeGroups shows it.
fn describe(group: &Group) -> Seen {
    let state = group.state.name();
    let assignor = group.protocol_name.as_deref().filter(|_| state == "Stable");
    let member = |member: &kafka_core::group::Member| {
        let groups = decode_assignment(&member.assignment).unwrap_or_default();
        let named = groups.iter().flat_map(|(topic, list)| {
            let name = move |partition: &u32| format!("{topic}-{partition}");
            list.iter().map(name)
        });
        let mut partitions: Vec<String> = named.collect();
        partitions.sort();
        (member.client_id.to_string(), partitions)
    };
    Seen {
        state: state.to_string(),
        assignor: assignor.unwrap_or_default().to_string(),
        members: group.members.values().map(member).collect(),
    }
}

/// As ConsumerGroupDescribe shows it.
fn describe_modern(modern: &ModernGroup, image: &ClusterImage) -> Seen {
    let member = |member: &ModernMember| {
        let named = member.assigned.keys().filter_map(|it| {
            let topic = image.topics.get(&it.topic)?;
            Some(format!("{}-{}", topic.name, it.partition))
        });
        let mut partitions: Vec<String> = named.collect();
        partitions.sort();
        (member.client_id.to_string(), partitions)
    };
    Seen {
        state: modern.state().name().to_string(),
        assignor: modern.preferred_assignor(DEFAULT).name().to_string(),
        members: modern.members.values().map(member).collect(),
    }
}

/// Compares the groups' states.
///
/// # Errors
/// The first difference.
pub(super) fn compare(recording: &Recording, played: &Played) -> Result<(), String> {
    for (name, _, ours) in &played.groups.groups {
        let who = format!("group:{name}");
        let recorded: Vec<Seen> = recording.of(&who).filter_map(seen).collect();
        if recorded.is_empty() {
            continue;
        }
        let mut rest = ours.iter();
        for theirs in &recorded {
            if !rest.any(|(_, mine)| mine == theirs) {
                return Err(format!("{who}: Kafka was `{theirs}`, ours never then"));
            }
        }
        let ends = ours.iter().skip(1).map(|(at, _)| *at);
        let ends = ends.chain([played.world.now()]);
        let lasting = ours.iter().zip(ends);
        let lasting = lasting.filter(|((at, _), end)| end.since(*at) >= SEEN);
        let mut rest = recorded.iter();
        for ((_, mine), _) in lasting {
            if !rest.any(|theirs| theirs == mine) {
                return Err(format!("{who}: ours was `{mine}`, Kafka never then"));
            }
        }
    }
    Ok(())
}

/// `None` for an error: the group did not exist yet.
fn seen(line: &Line) -> Option<Seen> {
    let is = &line.body["is"];
    let text = |field: &str| is[field].as_str();
    let members = text("members")?.strip_prefix('[')?.strip_suffix(']')?;
    let mut by_client = BTreeMap::new();
    for member in members.split("]").filter(|member| !member.is_empty()) {
        let (client, list) = member.split_once("=[")?;
        let client = client.trim_start_matches([',', ' ']);
        let list = list.split(", ").filter(|p| !p.is_empty());
        let mut list: Vec<String> = list.map(str::to_string).collect();
        list.sort();
        by_client.insert(client.to_string(), list);
    }
    Some(Seen {
        state: text("state")?.to_string(),
        assignor: text("assignor")?.to_string(),
        members: by_client,
    })
}
