//! What a rebalance means for the application: revoking, losing and assigning
//! partitions, eagerly or cooperatively (GRP-18), and the leader's assignors
//! (section 8).

use super::Consumer;
use super::assignment::AssignedPartition;
use super::group::Prepare;
use crate::assignor::{self, Member, Partition, Topic};
use crate::client::{ClientEvent, NamedPartition};
use crate::config::AssignorName;
use crate::consumer_protocol::{
    Subscription, TopicPartitions, decode_assignment, decode_subscription, encode_assignment,
    encode_subscription,
};
use crate::node::Effects;
use crate::note::Note;
use crate::protocol::JoinGroupResponse;
use crate::types::{Bytes, Generation, Name, Time};

/// Partitions by topic, in the order the topics first appear.
fn grouped<'a>(partitions: impl Iterator<Item = (&'a Name, u32)>) -> TopicPartitions {
    let mut groups: TopicPartitions = Vec::new();
    for (topic, partition) in partitions {
        match groups.iter_mut().find(|(name, _)| name == topic) {
            Some((_, list)) => list.push(partition),
            None => groups.push((topic.clone(), vec![partition])),
        }
    }
    groups
}

fn flat(groups: &TopicPartitions) -> Vec<NamedPartition> {
    let each = |(topic, list): &(Name, Vec<u32>)| {
        let named = |partition: &u32| NamedPartition {
            topic: topic.clone(),
            partition: *partition,
        };
        list.iter().map(named).collect::<Vec<_>>()
    };
    groups.iter().flat_map(each).collect()
}

/// StickyAssignor's user data: what the member had, then the generation.
fn sticky_user_data(owned: &TopicPartitions, generation: i32) -> Bytes {
    let mut bytes = Vec::new();
    bytes.extend((owned.len() as u32).to_be_bytes());
    for (topic, partitions) in owned {
        bytes.extend((topic.len() as u16).to_be_bytes());
        bytes.extend(topic.as_bytes());
        bytes.extend((partitions.len() as u32).to_be_bytes());
        for partition in partitions {
            bytes.extend(partition.to_be_bytes());
        }
    }
    bytes.extend(generation.to_be_bytes());
    bytes.into()
}

/// Takes a big-endian number off the front.
fn take_u32(bytes: &mut &[u8]) -> Option<u32> {
    let (head, rest) = bytes.split_first_chunk::<4>()?;
    *bytes = rest;
    Some(u32::from_be_bytes(*head))
}

fn read_sticky_user_data(mut bytes: &[u8]) -> Option<(TopicPartitions, i32)> {
    let bytes = &mut bytes;
    let mut owned = TopicPartitions::new();
    for _ in 0..take_u32(bytes)? {
        let (length, rest) = bytes.split_first_chunk::<2>()?;
        let (name, rest) = rest.split_at_checked(u16::from_be_bytes(*length).into())?;
        *bytes = rest;
        let name = std::str::from_utf8(name).ok()?;
        let mut partitions = Vec::new();
        for _ in 0..take_u32(bytes)? {
            partitions.push(take_u32(bytes)?);
        }
        owned.push((name.into(), partitions));
    }
    // Version 0 has no generation.
    let generation = take_u32(bytes).map_or(-1, |number| number as i32);
    Some((owned, generation))
}

impl Consumer {
    /// COOPERATIVE only if every listed assignor can do it; else EAGER.
    fn is_cooperative(&self) -> bool {
        let all = &self.config.assignors;
        all.iter().all(|a| *a == AssignorName::CooperativeSticky)
    }

    /// Assignor names with the encoded subscription, in order of preference.
    pub(super) fn protocols(&self) -> Vec<(Name, Bytes)> {
        let mut owned: Vec<(&Name, u32)> = Vec::new();
        owned.extend(self.assigned.iter().map(|p| (&p.topic, p.partition)));
        owned.sort();
        let owned = grouped(owned.into_iter());
        let encode = |name: &AssignorName| {
            let generation = self.member.sticky_generation;
            let user_data = match name {
                AssignorName::Range | AssignorName::RoundRobin => None,
                AssignorName::CooperativeSticky => Some(generation.to_be_bytes()[..].into()),
                AssignorName::Sticky => self
                    .sticky_memory
                    .as_ref()
                    .map(|had| sticky_user_data(had, generation)),
            };
            let subscription = Subscription {
                topics: self.subscribed.clone(),
                user_data,
                owned: owned.clone(),
                generation: self.member.generation,
                rack: self.config.rack.clone(),
            };
            (name.name().into(), encode_subscription(&subscription))
        };
        self.config.assignors.iter().map(encode).collect()
    }

    /// Before JoinGroup (onJoinPrepare). Returns whether it may be sent now.
    pub(super) fn join_prepare(&mut self, now: Time, fx: &mut Effects) -> bool {
        match self.member.prepare {
            Prepare::Done => return true,
            Prepare::Committing => return false,
            Prepare::Needed => {
                if self.commit_before_rejoin(now, fx) {
                    self.member.prepare = Prepare::Committing;
                    return false;
                }
            }
            Prepare::Committed => {}
        }
        self.member.prepare = Prepare::Done;
        let is_lost = self.member.generation == Generation(-1) || self.member.id.is_empty();
        if is_lost || !self.is_cooperative() {
            let all: Vec<_> = self.assigned.iter().map(AssignedPartition::named).collect();
            self.set_assignment(&[]);
            if !all.is_empty() {
                fx.event(if is_lost {
                    ClientEvent::Lost(all)
                } else {
                    ClientEvent::Revoked(all)
                });
            }
            return true;
        }
        // Cooperative: only what is not subscribed any more.
        let named = self.assigned.iter().map(AssignedPartition::named);
        let (kept, gone): (Vec<_>, Vec<_>) =
            named.partition(|p| self.subscribed.contains(&p.topic));
        if !gone.is_empty() {
            fx.event(ClientEvent::Revoked(gone));
            self.set_assignment(&kept);
        }
        true
    }

    /// After SyncGroup, inside `poll` (onJoinComplete).
    pub(super) fn join_complete(&mut self, now: Time, fx: &mut Effects) {
        let Some(bytes) = self.member.assignment.take() else {
            return;
        };
        let groups = decode_assignment(&bytes).unwrap_or_default();
        let assigned = flat(&groups);
        let owned: Vec<_> = self.assigned.iter().map(AssignedPartition::named).collect();
        let mut added = assigned.clone();
        if self.is_cooperative() {
            added.retain(|p| !owned.contains(p));
            let mut revoked = owned;
            revoked.retain(|p| !assigned.contains(p));
            if !revoked.is_empty() {
                let group = self.config.group.clone().unwrap_or_default();
                fx.note(Note::PartitionsRevoked(group, revoked.len() as u32));
                fx.event(ClientEvent::Revoked(revoked));
                self.member.rejoin = true;
                self.member.reason = Some("need to revoke partitions and re-join".into());
            }
        }
        let protocol = self.member.protocol.as_deref();
        let is_sticky = protocol == Some(AssignorName::Sticky.name());
        if is_sticky || protocol == Some(AssignorName::CooperativeSticky.name()) {
            self.member.sticky_generation = self.member.generation.0;
        }
        if is_sticky {
            self.sticky_memory = Some(groups);
        }
        self.reset_auto_commit(now);
        for partition in &assigned {
            self.net.want_topic(&partition.topic);
        }
        self.set_assignment(&assigned);
        let group = self.config.group.clone().unwrap_or_default();
        fx.note(Note::PartitionsAssigned(group, assigned.len() as u32));
        fx.event(ClientEvent::Assigned {
            partitions: added,
            generation: self.member.generation,
            is_group_leader: self.member.is_leader,
        });
    }

    /// The leader watches the topics of the group: another number of partitions
    /// than it assigned means a rebalance.
    pub(super) fn check_leader_snapshot(&mut self) {
        let Some(snapshot) = &self.member.snapshot else {
            return;
        };
        let changed = snapshot.iter().any(|(name, count)| {
            let known = self.net.view.topic_id(name);
            let known = known.and_then(|id| self.net.view.topic(id));
            known.map_or(0, |topic| topic.partitions.len() as u32) != *count
        });
        if changed && !self.member.rejoin {
            self.member.rejoin = true;
            self.member.reason = Some("cached metadata has changed".into());
        }
    }

    /// The leader watches the topics of all members from now on.
    pub(super) fn want_topics_of_group(&mut self, answer: &JoinGroupResponse) {
        for member in &answer.members {
            let subscription = decode_subscription(&member.metadata);
            let topics = subscription.map_or_else(Vec::new, |it| it.topics);
            for name in &topics {
                self.net.want_topic(name);
            }
        }
    }

    /// The group leader's work: member ids with their encoded assignment.
    pub(super) fn assign_members(&mut self, answer: &JoinGroupResponse) -> Vec<(Name, Bytes)> {
        let decoded: Vec<Subscription> = answer
            .members
            .iter()
            .map(|m| decode_subscription(&m.metadata).unwrap_or_else(no_subscription))
            .collect();
        let mut names: Vec<Name> = decoded.iter().flat_map(|s| s.topics.clone()).collect();
        names.sort();
        names.dedup();
        let count = |name: &Name| {
            let known = self.net.view.topic_id(name);
            let topic = known.and_then(|id| self.net.view.topic(id));
            topic.map_or(0, |topic| topic.partitions.len() as u32)
        };
        let counts: Vec<u32> = names.iter().map(count).collect();
        self.member.snapshot = Some(names.iter().cloned().zip(counts.iter().copied()).collect());
        if answer.skip_assignment {
            return Vec::new();
        }
        let topics: Vec<Topic> = names
            .iter()
            .zip(&counts)
            .map(|(name, partitions)| Topic {
                name,
                partitions: *partitions,
                racks: Vec::new(),
            })
            .collect();
        let protocol = answer.protocol_name.as_deref().unwrap_or_default();
        let is_sticky = protocol == AssignorName::Sticky.name();
        let members: Vec<Member> = answer
            .members
            .iter()
            .zip(&decoded)
            .map(|(member, subscription)| {
                let (claims, generation) = claims(subscription, &names, is_sticky);
                Member {
                    id: &member.member_id,
                    instance: member.group_instance_id.as_deref(),
                    rack: subscription.rack.as_deref(),
                    topics: places(&subscription.topics, &names),
                    claims,
                    generation,
                }
            })
            .collect();
        let assignment = match protocol {
            "roundrobin" => assignor::round_robin(&topics, &members),
            "sticky" => assignor::sticky(&topics, &members),
            "cooperative-sticky" => assignor::cooperative_sticky(&topics, &members),
            _ => assignor::range(&topics, &members),
        };
        let encode = |given: &Vec<Partition>| {
            let named = given.iter().map(|p| (&names[p.topic as usize], p.number));
            encode_assignment(&grouped(named), None)
        };
        let ids = answer.members.iter().map(|m| m.member_id.clone());
        ids.zip(assignment.iter().map(encode)).collect()
    }
}

/// What bytes that mean nothing are taken for.
fn no_subscription() -> Subscription {
    Subscription {
        topics: Vec::new(),
        user_data: None,
        owned: Vec::new(),
        generation: Generation(-1),
        rack: None,
    }
}

/// Positions of these topics in the sorted list of all.
fn places(topics: &[Name], names: &[Name]) -> Vec<u32> {
    let place = |topic: &Name| names.binary_search(topic).ok().map(|at| at as u32);
    topics.iter().filter_map(place).collect()
}

/// What a member says it owned, and when. The sticky assignor says so in its own
/// data, since an eager member owns nothing when it joins.
fn claims(subscription: &Subscription, names: &[Name], is_sticky: bool) -> (Vec<Partition>, i32) {
    let user_data = subscription.user_data.as_deref();
    let (owned, generation) = if is_sticky {
        let read = user_data.and_then(read_sticky_user_data);
        read.unwrap_or((Vec::new(), -1))
    } else {
        let own = user_data.and_then(|mut data| take_u32(&mut data));
        let said = subscription.generation.0;
        let generation = if said >= 0 {
            said
        } else {
            own.map_or(-1, |number| number as i32)
        };
        (subscription.owned.clone(), generation)
    };
    let mut claims = Vec::new();
    for (topic, partitions) in &owned {
        if let Ok(at) = names.binary_search(topic) {
            let topic = at as u32;
            claims.extend(partitions.iter().map(|number| Partition {
                topic,
                number: *number,
            }));
        }
    }
    (claims, generation)
}
