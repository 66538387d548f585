//! The assignors that the group coordinator runs: `uniform` (NGP-9) and `range` (NGP-10)
//! of the `consumer` protocol, and `simple` of share groups.
//!
//! Pure functions of topics and members with their current target; they know no epochs
//! and hand nothing over by themselves. Racks play no part in Kafka 4.3. Invariant: in
//! a consumer group each partition of a subscribed topic gets exactly one member.

use super::{Assignment, Member, Partition, Topic};
use crate::types::Uuid;
use std::collections::BTreeSet;

mod balancer;
mod heterogeneous;
mod homogeneous;
mod simple;

pub use simple::{NoSuchElement, simple};

/// A topic of the cluster. Its position in the list stands for it; list topics in the
/// order in which the coordinator iterates them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerTopic {
    /// Topic id.
    pub id: Uuid,
    /// Number of partitions.
    pub partitions: u32,
}

/// A member, in the order in which the coordinator iterates them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerMember<'a> {
    /// Member id.
    pub id: &'a str,
    /// `group.instance.id` of a static member.
    pub instance: Option<&'a str>,
    /// Positions of the existing topics it subscribes to, each once.
    pub topics: Vec<u32>,
    /// Its current target, topic by topic; partitions of topics that are gone left out.
    pub current: Vec<Partition>,
}

/// Whether all members subscribe to the same topics.
pub fn is_homogeneous(members: &[ServerMember]) -> bool {
    let topics = |member: &ServerMember| member.topics.iter().copied().collect::<BTreeSet<u32>>();
    let mut subscriptions = members.iter().map(topics);
    let first = subscriptions.next().unwrap_or_default();
    subscriptions.all(|topics| topics == first)
}

/// `uniform`: equal sizes, as few moves as possible.
pub fn uniform(topics: &[ServerTopic], members: &[ServerMember]) -> Assignment {
    if members.is_empty() {
        Vec::new()
    } else if is_homogeneous(members) {
        homogeneous::assign(topics, members)
    } else {
        heterogeneous::assign(topics, members)
    }
}

/// `range`: as the client-side one, without racks; what members hold does not matter.
pub fn range(topics: &[ServerTopic], members: &[ServerMember]) -> Assignment {
    let topics: Vec<Topic> = topics
        .iter()
        .map(|topic| Topic {
            name: "",
            partitions: topic.partitions,
            racks: Vec::new(),
        })
        .collect();
    let members: Vec<Member> = members
        .iter()
        .map(|member| Member {
            id: member.id,
            instance: member.instance,
            rack: None,
            topics: member.topics.clone(),
            claims: Vec::new(),
            generation: -1,
        })
        .collect();
    super::range(&topics, &members)
}
