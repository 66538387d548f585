//! `StickyAssignor` and `CooperativeStickyAssignor` (sections 8.3 and 8.4): balance
//! first, then as few moves as possible from what the members claim to have owned.
//!
//! This file reads the claims and chooses between the two algorithms;
//! [`constrained`] serves equal subscriptions, [`general`] different ones.

use super::racks::{racks_matter, replica_racks};
use super::{Assignment, Member, Partition, Topic, partitions_of, subscribers};
use std::collections::BTreeSet;

mod constrained;
mod general;
mod movements;

/// The sticky assignor. `members` in the order of the leader's table: it decides who of
/// several equal claimants comes first.
pub fn sticky(topics: &[Topic], members: &[Member]) -> Assignment {
    let group = Group::new(topics, members);
    let claims = Claims::read(&group);
    if claims.all_subscriptions_equal {
        constrained::assign(&group, &claims).assignment
    } else {
        general::assign(&group, &claims)
    }
}

/// The cooperative-sticky assignor: as [`sticky`], but a partition that another member
/// still holds is left out of this round (ASG-3), and follows in the next.
pub fn cooperative_sticky(topics: &[Topic], members: &[Member]) -> Assignment {
    let group = Group::new(topics, members);
    let claims = Claims::read(&group);
    let (mut assignment, in_transfer) = if claims.all_subscriptions_equal {
        let dealt = constrained::assign(&group, &claims);
        (dealt.assignment, dealt.in_transfer)
    } else {
        let assignment = general::assign(&group, &claims);
        let in_transfer = added_here_and_revoked_there(members, &assignment);
        (assignment, in_transfer)
    };
    for partitions in &mut assignment {
        partitions.retain(|partition| !in_transfer.contains(partition));
    }
    assignment
}

/// Partitions that are new for their member and claimed by one that does not keep them.
fn added_here_and_revoked_there(
    members: &[Member],
    assignment: &Assignment,
) -> BTreeSet<Partition> {
    let mut added = BTreeSet::new();
    let mut revoked = BTreeSet::new();
    for (member, partitions) in members.iter().zip(assignment) {
        let claimed: BTreeSet<Partition> = member.claims.iter().copied().collect();
        let given: BTreeSet<Partition> = partitions.iter().copied().collect();
        added.extend(given.difference(&claimed));
        revoked.extend(claimed.difference(&given));
    }
    added.intersection(&revoked).copied().collect()
}

/// What both algorithms look things up in.
struct Group<'a> {
    topics: &'a [Topic<'a>],
    members: &'a [Member<'a>],
    /// Per topic its subscribers, in the order of the members.
    subscribers: Vec<Vec<usize>>,
    /// Per topic the number of partitions of all topics before it.
    offsets: Vec<usize>,
    /// Partitions of all topics together, subscribed to or not.
    slots: usize,
    use_racks: bool,
}

impl<'a> Group<'a> {
    fn new(topics: &'a [Topic<'a>], members: &'a [Member<'a>]) -> Self {
        let order: Vec<usize> = (0..members.len()).collect();
        let mut slots = 0;
        let offsets = topics
            .iter()
            .map(|topic| {
                slots += topic.partitions as usize;
                slots - topic.partitions as usize
            })
            .collect();
        let mut group = Group {
            topics,
            members,
            subscribers: subscribers(topics, members, &order),
            offsets,
            slots,
            use_racks: false,
        };
        let partitions: Vec<Partition> = group.partitions().collect();
        group.use_racks = racks_matter(topics, members.iter(), partitions.iter().copied());
        group
    }

    /// All partitions somebody subscribes to, by topic and number.
    fn partitions(&self) -> impl Iterator<Item = Partition> {
        (0..self.topics.len())
            .filter(|topic| !self.subscribers[*topic].is_empty())
            .flat_map(|topic| partitions_of(self.topics, topic))
    }

    /// The place of a partition in a table over all partitions.
    fn slot(&self, partition: Partition) -> usize {
        self.offsets[partition.topic as usize] + partition.number as usize
    }

    /// Whether the partition exists and somebody subscribes to its topic.
    fn knows(&self, partition: Partition) -> bool {
        let topic = partition.topic as usize;
        partition.number < self.topics[topic].partitions && !self.subscribers[topic].is_empty()
    }

    /// Whether racks count and the member's rack holds no replica of the partition.
    fn rack_mismatches(&self, member: usize, partition: Partition) -> bool {
        self.use_racks && self.members[member].rack.is_some() && !self.near(member, partition)
    }

    /// Whether the member has a rack and it holds a replica of the partition.
    fn near(&self, member: usize, partition: Partition) -> bool {
        self.members[member]
            .rack
            .is_some_and(|rack| replica_racks(self.topics, partition).contains(&rack))
    }

    /// Positions of the members sorted by member id.
    fn by_id(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.members.len()).collect();
        order.sort_by_key(|member| self.members[*member].id);
        order
    }
}

/// What the members say they owned, with contradictions settled by generation.
struct Claims {
    /// Per member what it may keep, in the order it listed it.
    owned: Vec<Vec<Partition>>,
    /// Claimed by two members in the same generation: nobody's.
    doubly_claimed: BTreeSet<Partition>,
    /// The newest generation anyone mentioned; -1 if nobody did.
    newest_generation: i32,
    all_subscriptions_equal: bool,
}

/// The last claimant that counted, and whether it owns the partition.
#[derive(Clone, Copy)]
struct Claimant {
    member: usize,
    owns: bool,
}

impl Claims {
    fn read(group: &Group) -> Self {
        let mut claimants: Vec<Option<Claimant>> = vec![None; group.slots];
        let mut doubly_claimed = BTreeSet::new();
        for (member, description) in group.members.iter().enumerate() {
            for partition in description.claims.iter().filter(|one| group.knows(**one)) {
                let claimant = &mut claimants[group.slot(*partition)];
                let rival = claimant.map_or(i32::MIN, |rival: Claimant| {
                    group.members[rival.member].generation
                });
                if claimant.is_none() || description.generation > rival {
                    *claimant = Some(Claimant { member, owns: true });
                } else if description.generation == rival {
                    doubly_claimed.insert(*partition);
                    *claimant = Some(Claimant {
                        member,
                        owns: false,
                    });
                }
            }
        }
        let owns = |member: usize, partition: Partition| {
            group.knows(partition)
                && claimants[group.slot(partition)]
                    .is_some_and(|claimant| claimant.owns && claimant.member == member)
        };
        let owned = group.members.iter().enumerate().map(|(member, said)| {
            let claims = said.claims.iter().copied();
            claims.filter(|one| owns(member, *one)).collect()
        });
        Claims {
            owned: owned.collect(),
            doubly_claimed,
            newest_generation: generations(group).max().unwrap_or(-1),
            all_subscriptions_equal: all_subscriptions_equal(group.members),
        }
    }
}

fn generations(group: &Group) -> impl Iterator<Item = i32> {
    group.members.iter().map(|member| member.generation)
}

/// Kafka compares with the first member that subscribes to anything: empty
/// subscriptions before it do not count as different. An oddity, and recorded.
fn all_subscriptions_equal(members: &[Member]) -> bool {
    let topics = |member: &Member| member.topics.iter().copied().collect::<BTreeSet<u32>>();
    let mut subscriptions = members
        .iter()
        .map(topics)
        .skip_while(|topics| topics.is_empty());
    let first = subscriptions.next().unwrap_or_default();
    subscriptions.all(|topics| topics == first)
}
