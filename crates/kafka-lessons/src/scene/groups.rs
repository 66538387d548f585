//! Groups, as their coordinators have them.

use kafka_core::consumer_protocol::decode_assignment;
use kafka_core::group::{Group, Member};
use kafka_core::types::{NodeId, Offset};
use kafka_sim::{KafkaProcess, NodeConfig};
use lesson_format::accessors::Get;

use super::Scene;
use crate::names::client_names;
use crate::value::Value;

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
            (Get::GroupState, _) => Value::Text(group.state.name().into()),
            (Get::GroupMembers, _) => {
                let mut names: Vec<String> = self.members(group).map(|(name, _)| name).collect();
                names.sort();
                Value::Texts(names)
            }
            (Get::GroupAssign, [Value::Text(wanted)]) => {
                let found = self.members(group).find(|(name, _)| name == wanted);
                Value::Texts(found.map(|(_, m)| assigned(m)).unwrap_or_default())
            }
            (Get::GroupOwner, [Value::Text(topic), Value::Number(partition)]) => {
                let wanted = format!("{topic}-{partition}");
                let mut members = self.members(group);
                let owner = members.find(|(_, m)| assigned(m).contains(&wanted));
                owner.map_or(Value::None, |(name, _)| Value::Text(name))
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

    /// Members with the names the page gives their clients.
    fn members<'g>(&self, group: &'g Group) -> impl Iterator<Item = (String, &'g Member)> {
        let names = client_names(self.world);
        let mut clients: Vec<(String, NodeId)> = Vec::new();
        for node in self.world.nodes() {
            if let KafkaProcess::Consumer(consumer) = node.process {
                clients.push((consumer.member_id().to_owned(), node.id));
            }
        }
        group.members.values().map(move |member| {
            let client = clients.iter().find(|(id, _)| *id == *member.id);
            let name = client.and_then(|(_, node)| names.get(node).cloned());
            (name.unwrap_or_else(|| member.client_id.to_string()), member)
        })
    }

    /// Log end minus committed offset, over all partitions the group reads; before a first commit
    /// all that is stored.
    fn lag(&self, group: &Group) -> i64 {
        let mut places: Vec<(String, u32)> = Vec::new();
        for (topic, partition) in group.offsets.keys() {
            places.push((topic.to_string(), *partition));
        }
        for member in group.members.values() {
            let decoded = decode_assignment(&member.assignment).unwrap_or_default();
            for (topic, partitions) in decoded {
                places.extend(partitions.iter().map(|p| (topic.to_string(), *p)));
            }
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
        let mine = all.filter(|(_, config)| {
            matches!(config, NodeConfig::Consumer(c) if c.group.as_deref() == Some(group))
        });
        mine.map(|(id, _)| id).collect()
    }
}

fn assigned(member: &Member) -> Vec<String> {
    let decoded = decode_assignment(&member.assignment).unwrap_or_default();
    let names = decoded
        .iter()
        .flat_map(|(topic, partitions)| partitions.iter().map(move |p| format!("{topic}-{p}")));
    names.collect()
}
