//! `simple`, the assignor of share groups (SHG): a partition may have several members,
//! and each member gets about as many as the others.
//!
//! Kafka walks hash tables here, so this computes their order. Invariant: nobody has more
//! than its wish, and no partition more members than the common share, unless a crash of
//! Kafka's own is reported instead.

use super::super::{Assignment, Partition};
use super::{ServerMember, ServerTopic, is_homogeneous};
use crate::java_hash_table::{compute_if_absent_order, expected_capacity, put_order};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Kafka's own crash: it asked an empty circle of members for one more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSuchElement;

impl fmt::Display for NoSuchElement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no member is left for a partition that still wants one")
    }
}

impl std::error::Error for NoSuchElement {}

/// Assigns share partitions; `assignable` says which are initialised and may be assigned.
///
/// # Errors
/// Where Kafka's assignor throws `NoSuchElementException`.
pub fn simple(
    topics: &[ServerTopic],
    members: &[ServerMember],
    assignable: &dyn Fn(Partition) -> bool,
) -> Result<Assignment, NoSuchElement> {
    let mut assignment = vec![Vec::new(); members.len()];
    if is_homogeneous(members) {
        let subscribed = members.first().map_or(&[][..], |member| &member.topics);
        let order = Order::HashTable(topics);
        let everybody: Vec<usize> = (0..members.len()).collect();
        let targets = targets(topics, |topic| subscribed.contains(&topic), assignable);
        let mut deal = Deal::new(members, &everybody, order, |it| subscribed.contains(&it));
        deal.run(&targets, &mut assignment)?;
        return Ok(assignment);
    }
    for topic in 0..topics.len() as u32 {
        let subscribes = |member: &usize| members[*member].topics.contains(&topic);
        let subscribers: Vec<usize> = (0..members.len()).filter(subscribes).collect();
        let targets = targets(topics, |it| it == topic, assignable);
        let mut deal = Deal::new(members, &subscribers, Order::Ascending, |it| it == topic);
        deal.run(&targets, &mut assignment)?;
    }
    Ok(assignment)
}

/// The partitions to assign, by topic and number.
fn targets(
    topics: &[ServerTopic],
    wanted: impl Fn(u32) -> bool,
    assignable: &dyn Fn(Partition) -> bool,
) -> Vec<Partition> {
    let numbered = (0u32..).zip(topics).filter(|(topic, _)| wanted(*topic));
    let partitions = numbered
        .flat_map(|(topic, it)| (0..it.partitions).map(move |number| Partition { topic, number }));
    partitions
        .filter(|partition| assignable(*partition))
        .collect()
}

/// In which order partitions are looked at.
#[derive(Clone, Copy)]
enum Order<'a> {
    /// One topic alone.
    Ascending,
    /// All topics together, as Java's table of (topic id, partition) hands them out.
    HashTable(&'a [ServerTopic]),
}

impl Order<'_> {
    /// `hashCode()` of (topic id, partition).
    fn hash(topics: &[ServerTopic], partition: Partition) -> i32 {
        let id = topics[partition.topic as usize].id.0;
        let folded = (id >> 64) as u64 ^ id as u64;
        let hash = ((folded >> 32) ^ folded) as i32;
        hash.wrapping_mul(31).wrapping_add(partition.number as i32)
    }

    /// The elements of a member's set, first to last.
    fn of_set(self, held: &[Partition]) -> Vec<Partition> {
        match self {
            Order::Ascending => sorted(held.iter().copied()),
            Order::HashTable(topics) => {
                let hashes: Vec<i32> = held.iter().map(|it| Order::hash(topics, *it)).collect();
                put_order(&hashes).into_iter().map(|at| held[at]).collect()
            }
        }
    }

    /// The keys of the table of all partitions, first to last.
    fn of_table(self, calls: Vec<Partition>, expected: usize) -> Vec<Partition> {
        match self {
            Order::Ascending => sorted(calls.into_iter()),
            Order::HashTable(topics) => {
                let hashed = calls.into_iter().map(|it| (it, Order::hash(topics, it)));
                compute_if_absent_order(hashed, expected_capacity(expected))
            }
        }
    }
}

fn sorted(partitions: impl Iterator<Item = Partition>) -> Vec<Partition> {
    partitions.collect::<BTreeSet<_>>().into_iter().collect()
}

/// One deal over some members: all of them, or the subscribers of one topic.
struct Deal<'a> {
    /// Positions of the members that take part, ascending.
    members: &'a [usize],
    order: Order<'a>,
    /// What each of them has, in `members` order.
    held: Vec<Vec<Partition>>,
    /// How many each may have.
    wish: Vec<usize>,
    /// Members (by place in `members`) that want more; a circle with a next one.
    unfilled: Vec<usize>,
    next: usize,
}

impl<'a> Deal<'a> {
    fn new(
        all: &[ServerMember],
        members: &'a [usize],
        order: Order<'a>,
        concerns: impl Fn(u32) -> bool,
    ) -> Self {
        let kept = |member: &usize| {
            let current = all[*member].current.iter().copied();
            current.filter(|it| concerns(it.topic)).collect()
        };
        Deal {
            members,
            order,
            held: members.iter().map(kept).collect(),
            wish: Vec::new(),
            unfilled: Vec::new(),
            next: 0,
        }
    }

    fn run(
        &mut self,
        targets: &[Partition],
        assignment: &mut Assignment,
    ) -> Result<(), NoSuchElement> {
        let count = self.members.len();
        let share = match targets.len() {
            0 => 0,
            partitions => count.div_ceil(partitions),
        };
        // Member j wants what brings the first j + 1 members to their part, rounded up.
        let up_to = |members: usize| (share * targets.len() * members).div_ceil(count.max(1));
        self.wish = (0..count).map(|it| up_to(it + 1) - up_to(it)).collect();
        // Whatever is held at this point is dealt with the targets, assignable or not.
        let known = self.held.iter().flatten().chain(targets).copied().collect();
        let order = self.order.of_table(known, targets.len());
        self.give_up_excess();
        self.thin_out(share);
        let wants = |place: &usize| self.held[*place].len() < self.wish[*place];
        self.unfilled = (0..count).filter(wants).collect();
        self.deal(&order, share)?;
        for (member, held) in self.members.iter().zip(&mut self.held) {
            assignment[*member].append(held);
        }
        Ok(())
    }

    /// A member with more than it wants gives up the first ones.
    fn give_up_excess(&mut self) {
        for (held, wish) in self.held.iter_mut().zip(&self.wish) {
            let excess = held.len().saturating_sub(*wish);
            if excess > 0 {
                *held = self.order.of_set(held).split_off(excess);
            }
        }
    }

    /// A partition with more members than the share loses the first of them.
    fn thin_out(&mut self, share: usize) {
        for (partition, holders) in self.holders() {
            let excess = holders.len().saturating_sub(share);
            for place in &holders[..excess] {
                self.held[*place].retain(|held| *held != partition);
            }
        }
    }

    fn holders(&self) -> BTreeMap<Partition, Vec<usize>> {
        let mut holders: BTreeMap<Partition, Vec<usize>> = BTreeMap::new();
        for (place, held) in self.held.iter().enumerate() {
            for partition in held {
                holders.entry(*partition).or_default().push(place);
            }
        }
        holders
    }

    fn deal(&mut self, order: &[Partition], share: usize) -> Result<(), NoSuchElement> {
        let holders = self.holders();
        for partition in order {
            if self.unfilled.is_empty() {
                return Ok(());
            }
            let already = holders.get(partition).map_or(0, Vec::len);
            for _ in already..share {
                if self.unfilled.is_empty() {
                    return Err(NoSuchElement);
                }
                if !self.give_to_next(*partition) {
                    break;
                }
            }
        }
        Ok(())
    }

    /// The next member in the circle that lacks the partition gets it; false if all have it.
    fn give_to_next(&mut self, partition: Partition) -> bool {
        for _ in 0..self.unfilled.len() {
            let at = self.next % self.unfilled.len();
            let place = self.unfilled[at];
            self.next = at + 1;
            if self.held[place].contains(&partition) {
                continue;
            }
            self.held[place].push(partition);
            if self.held[place].len() == self.wish[place] {
                self.unfilled.remove(at);
                self.next = at;
            }
            return true;
        }
        false
    }
}
