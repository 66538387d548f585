//! When the target assignment of a group is computed anew, and how (NGP-3, NGP-9,
//! NGP-10, SHG-1).

use std::collections::{BTreeMap, BTreeSet};

use super::{ModernGroup, ModernKind, ModernMember};
use crate::assignor::Partition;
use crate::assignor::server::{self, ServerMember, ServerTopic};
use crate::config::groups::ServerAssignor;
use crate::hash::java_string_hash;
use crate::java_hash_table::put_order;
use crate::metadata::{ClusterImage, TopicImage};
use crate::types::{Name, TopicPartition};

impl ModernGroup {
    /// What the topics subscribed to look like: changes when one is created, deleted, or
    /// gets partitions. 0 if there is none of them.
    pub(super) fn hash_of_metadata(&self, image: &ClusterImage) -> u64 {
        let names = self.subscribed_topics();
        let topics = names.iter().filter_map(|name| image.topic(name));
        topics.fold(0, |hash, topic| {
            let id = topic.uuid.0;
            let parts = [(id >> 64) as u64, id as u64, topic.partitions.len() as u64];
            parts.into_iter().fold(hash, mix)
        })
    }

    /// Whether the group's epoch knows the topics subscribed to as that image has them.
    pub fn knows_topics_of(&self, image: &ClusterImage) -> bool {
        self.hash_of_metadata(image) == self.metadata_hash
    }

    /// The group epoch rises if somebody changed, or a topic did (NGP-3).
    pub(super) fn bump_epoch_if(&mut self, changed: bool, image: &ClusterImage) {
        let hash = self.hash_of_metadata(image);
        if changed || hash != self.metadata_hash {
            self.metadata_hash = hash;
            self.epoch = self.epoch.next();
        }
    }

    /// Computes the target for the group's epoch, unless the last one is too young.
    pub(super) fn update_target(
        &mut self,
        image: &ClusterImage,
        default: ServerAssignor,
        interval_ms: u32,
        now_ms: i64,
    ) {
        let is_due = self.target_at_ms == 0
            || interval_ms == 0
            || now_ms >= self.target_at_ms + i64::from(interval_ms);
        if self.target_epoch >= self.epoch || !is_due {
            return;
        }
        self.target = self.compute_target(image, default);
        self.target_epoch = self.epoch;
        // 0 stands for never.
        self.target_at_ms = now_ms.max(1);
    }

    /// The assignor most members ask for; ties go to the lowest name.
    pub fn preferred_assignor(&self, default: ServerAssignor) -> ServerAssignor {
        let mut votes: BTreeMap<ServerAssignor, u32> = BTreeMap::new();
        let wishes = self.members.values().filter_map(|member| {
            let wish = member.server_assignor.as_deref();
            wish.and_then(ServerAssignor::parse)
        });
        for wish in wishes {
            *votes.entry(wish).or_default() += 1;
        }
        let most = votes.values().copied().max();
        let winner = votes.into_iter().find(|(_, count)| Some(*count) == most);
        winner.map_or(default, |(assignor, _)| assignor)
    }

    fn compute_target(
        &self,
        image: &ClusterImage,
        default: ServerAssignor,
    ) -> BTreeMap<Name, BTreeSet<TopicPartition>> {
        let names = self.subscribed_topics();
        let topics: Vec<&TopicImage> = names.iter().filter_map(|name| image.topic(name)).collect();
        let described: Vec<ServerTopic> = topics.iter().map(|topic| describe(topic)).collect();
        let ids: Vec<&Name> = self.members_in_table_order();
        let members: Vec<ServerMember> = ids
            .iter()
            .filter_map(|id| self.members.get(*id))
            .map(|member| self.server_member(member, &topics))
            .collect();
        let assignment = match (self.kind, self.preferred_assignor(default)) {
            (ModernKind::Consumer, ServerAssignor::Uniform) => {
                server::uniform(&described, &members)
            }
            (ModernKind::Consumer, ServerAssignor::Range) => server::range(&described, &members),
            (ModernKind::Share, _) => {
                // Where Kafka's own assignor fails, the target stays as it is.
                let assignable = |it: Partition| {
                    let topic = topics[it.topic as usize].topic;
                    let id = TopicPartition::new(topic, it.number);
                    self.initialized.contains(&id)
                };
                match server::simple(&described, &members, &assignable) {
                    Ok(assignment) => assignment,
                    Err(server::NoSuchElement) => return self.target.clone(),
                }
            }
        };
        let named = |given: &Vec<Partition>| {
            let partition =
                |it: &Partition| TopicPartition::new(topics[it.topic as usize].topic, it.number);
            given.iter().map(partition).collect()
        };
        let ids = ids.into_iter().cloned();
        ids.zip(assignment.iter().map(named)).collect()
    }

    /// Member ids as the hash table of Kafka's coordinator hands them out: who comes
    /// first matters to its assignors.
    fn members_in_table_order(&self) -> Vec<&Name> {
        let ids: Vec<&Name> = self.members.keys().collect();
        let hashes: Vec<i32> = ids.iter().map(|id| java_string_hash(id)).collect();
        put_order(&hashes).into_iter().map(|at| ids[at]).collect()
    }

    fn server_member<'a>(
        &self,
        member: &'a ModernMember,
        topics: &[&TopicImage],
    ) -> ServerMember<'a> {
        let numbered = || topics.iter().zip(0_u32..);
        let subscribed = numbered().filter(|(topic, _)| member.is_subscribed_to(&topic.name));
        let place = |partition: &TopicPartition| {
            let (topic, at) = numbered().find(|(topic, _)| topic.topic == partition.topic)?;
            let exists = (partition.partition as usize) < topic.partitions.len();
            exists.then_some(Partition {
                topic: at,
                number: partition.partition,
            })
        };
        let current = self.target.get(&member.id).into_iter().flatten();
        ServerMember {
            id: &member.id,
            instance: member.instance_id.as_deref(),
            topics: subscribed.map(|(_, at)| at).collect(),
            current: current.filter_map(place).collect(),
        }
    }
}

fn describe(topic: &TopicImage) -> ServerTopic {
    ServerTopic {
        id: topic.uuid,
        partitions: topic.partitions.len() as u32,
    }
}

/// FNV-1a of a number's bytes.
fn mix(hash: u64, number: u64) -> u64 {
    let bytes = number.to_be_bytes();
    bytes.into_iter().fold(hash, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
