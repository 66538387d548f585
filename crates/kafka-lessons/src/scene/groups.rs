//! Groups, as their coordinators have them.

use std::collections::BTreeMap;

use kafka_core::consumer_protocol::decode_assignment;
use kafka_core::group::Group;
use kafka_core::types::{NodeId, Offset, TopicPartition};
use kafka_sim::{KafkaProcess, NodeConfig};
use lesson_format::accessors::Get;

use super::Scene;
use crate::names::client_names;
use crate::value::Value;

/// A member: the name the page gives its client, and its partitions as `orders-0`.
struct Member {
    name: String,
    partitions: Vec<String>,
}

impl Scene<'_> {
    fn groups_known(&self) -> impl Iterator<Item = &Group> {
        self.world.brokers().flat_map(|b| b.coordinator().groups())
    }

    pub(super) fn group_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.groups_known().map(|g| g.name.to_string()).collect();
        names.sort();
        names.dedup();
        names
    }

    fn find_group(&self, name: &str) -> Option<&Group> {
        self.groups_known().find(|group| *group.name == *name)
    }

    pub(super) fn group(&self, name: &str, get: Get, args: &[Value]) -> Value {
        if get == Get::GroupProcessed {
            return Value::Number(self.processed_by_group(name).len() as i64);
        }
        let Some(group) = self.find_group(name) else {
            return match get {
                Get::GroupState => Value::Text("Dead".into()),
                Get::GroupMembers | Get::GroupAssign => Value::Texts(Vec::new()),
                Get::GroupLag => Value::Number(0),
                _ => Value::None,
            };
        };
        match (get, args) {
            (Get::GroupState, _) => {
                let state = group.modern.as_ref().map_or(group.state, |m| m.state());
                Value::Text(state.name().into())
            }
            (Get::GroupMembers, _) => {
                let members = self.members(group).into_iter();
                let mut names: Vec<String> = members.map(|member| member.name).collect();
                names.sort();
                Value::Texts(names)
            }
            (Get::GroupAssign, [Value::Text(wanted)]) => {
                let mut members = self.members(group).into_iter();
                let found = members.find(|member| member.name == *wanted);
                Value::Texts(found.map(|member| member.partitions).unwrap_or_default())
            }
            (Get::GroupOwner, [Value::Text(topic), Value::Number(partition)]) => {
                let wanted = format!("{topic}-{partition}");
                let mut members = self.members(group).into_iter();
                let owner = members.find(|member| member.partitions.contains(&wanted));
                owner.map_or(Value::None, |member| Value::Text(member.name))
            }
            (Get::GroupCommitted, [Value::Text(topic), Value::Number(partition)]) => {
                let partition = u32::try_from(*partition).unwrap_or(u32::MAX);
                let stored = group.offsets.get(&(topic.as_str().into(), partition));
                stored.map_or(Value::None, |stored| Value::Number(stored.offset.0))
            }
            (Get::GroupLag, _) => Value::Number(self.lag(group)),
            _ => Value::None,
        }
    }

    /// Members of a group of any protocol, with the names the page gives their clients.
    fn members(&self, group: &Group) -> Vec<Member> {
        let names = client_names(self.world);
        let mut clients: BTreeMap<String, NodeId> = BTreeMap::new();
        for node in self.world.nodes() {
            let id = match node.process {
                KafkaProcess::Consumer(consumer) => consumer.member_id().to_owned(),
                KafkaProcess::ShareConsumer(consumer) => consumer.member_id().to_string(),
                _ => continue,
            };
            clients.insert(id, node.id);
        }
        let member = |id: &str, client_id: &str, partitions| {
            let known = clients.get(id).and_then(|node| names.get(node));
            Member {
                name: known.cloned().unwrap_or_else(|| client_id.to_owned()),
                partitions,
            }
        };
        let classic = group.members.values();
        let classic = classic.map(|m| member(&m.id, &m.client_id, assigned(&m.assignment)));
        let modern = group
            .modern
            .iter()
            .flat_map(|modern| modern.members.values());
        let modern = modern.map(|m| {
            let owned = m.assigned.keys().map(|place| self.place_name(*place));
            member(&m.id, &m.client_id, owned.collect())
        });
        classic.chain(modern).collect()
    }

    /// `orders-0`.
    pub(super) fn place_name(&self, place: TopicPartition) -> String {
        let topic = self
            .image()
            .and_then(|image| image.topics.get(&place.topic));
        let name = topic.map_or("?", |topic| &*topic.name);
        format!("{name}-{}", place.partition)
    }

    /// Log end minus committed offset, over all partitions the group reads; before a first commit
    /// all that is stored.
    fn lag(&self, group: &Group) -> i64 {
        let mut places: Vec<(String, u32)> = Vec::new();
        for (topic, partition) in group.offsets.keys() {
            places.push((topic.to_string(), *partition));
        }
        for name in self.members(group).into_iter().flat_map(|m| m.partitions) {
            let place = name.rsplit_once('-');
            let place = place.and_then(|(t, p)| Some((t.to_owned(), p.parse().ok()?)));
            places.extend(place);
        }
        places.sort();
        places.dedup();
        places
            .iter()
            .map(|(topic, partition)| {
                let place = self.place(topic, *partition);
                let end = place.and_then(|place| self.high_watermark(place));
                let start = place.and_then(|place| self.leading_log(place));
                let stored = group.offsets.get(&(topic.as_str().into(), *partition));
                let from = stored.map(|stored| stored.offset);
                let from = from.or(start.map(|log| log.log_start_offset()));
                let (end, from) = (end.unwrap_or(Offset::ZERO), from.unwrap_or(Offset::ZERO));
                (end.0 - from.0).max(0)
            })
            .sum()
    }

    /// Tags of the records that consumers of a group are through with, without repetition.
    fn processed_by_group(&self, group: &str) -> Vec<u64> {
        let mut tags: Vec<u64> = Vec::new();
        for client in self.consumers_of(group) {
            tags.extend(self.processed(client));
        }
        tags.sort_unstable();
        tags.dedup();
        tags
    }

    /// All consumers that ever belonged to a group.
    pub(crate) fn consumers_of(&self, group: &str) -> Vec<NodeId> {
        let all = self.world.ever();
        let mine = all.filter(|(_, config)| match config {
            NodeConfig::Consumer(c) => c.group.as_deref() == Some(group),
            NodeConfig::ShareConsumer(c) => &*c.group == group,
            _ => false,
        });
        mine.map(|(id, _)| id).collect()
    }
}

/// Partitions of an encoded assignment.
fn assigned(assignment: &[u8]) -> Vec<String> {
    let decoded = decode_assignment(assignment).unwrap_or_default();
    let names = decoded
        .iter()
        .flat_map(|(topic, partitions)| partitions.iter().map(move |p| format!("{topic}-{p}")));
    names.collect()
}
