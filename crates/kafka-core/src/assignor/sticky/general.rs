//! The sticky algorithm for different subscriptions: give what is free to the least
//! loaded subscriber, then move single partitions while that improves the balance.

use super::super::{Assignment, Partition};
use super::movements::Movements;
use super::{Claims, Group};
use std::collections::{BTreeMap, BTreeSet};

/// Assigns all partitions somebody subscribes to.
pub(super) fn assign(group: &Group, claims: &Claims) -> Assignment {
    let mut rank = vec![0; group.members.len()];
    for (place, member) in group.by_id().into_iter().enumerate() {
        rank[member] = place;
    }
    let mut balancer = Balancer {
        group,
        potential: potential(group),
        rank,
        previous: previous_owners(group, claims),
        held: vec![Vec::new(); group.members.len()],
        owner: vec![None; group.slots],
        in_play: BTreeSet::new(),
        movements: Movements::default(),
    };
    let something_revoked = balancer.keep_owned(claims);
    balancer.balance(something_revoked);
    balancer.held
}

/// How many partitions each member could hold at most.
fn potential(group: &Group) -> Vec<usize> {
    let mut potential = vec![0; group.members.len()];
    for (topic, subscribers) in group.subscribers.iter().enumerate() {
        for member in subscribers {
            potential[*member] += group.topics[topic].partitions as usize;
        }
    }
    potential
}

/// For each partition the claimant with the highest generation below the newest.
fn previous_owners(group: &Group, claims: &Claims) -> BTreeMap<Partition, usize> {
    let mut previous: BTreeMap<Partition, usize> = BTreeMap::new();
    for (member, said) in group.members.iter().enumerate() {
        if said.generation >= claims.newest_generation {
            continue;
        }
        for partition in &said.claims {
            let known = previous.entry(*partition).or_insert(member);
            if group.members[*known].generation < said.generation {
                *known = member;
            }
        }
    }
    previous
}

struct Balancer<'g, 'a> {
    group: &'g Group<'a>,
    potential: Vec<usize>,
    /// Place of each member by id.
    rank: Vec<usize>,
    previous: BTreeMap<Partition, usize>,
    held: Vec<Vec<Partition>>,
    /// By slot.
    owner: Vec<Option<usize>>,
    /// Members that may still change: (size, rank, member), the least loaded first.
    in_play: BTreeSet<(usize, usize, usize)>,
    movements: Movements,
}

impl Balancer<'_, '_> {
    /// Members keep what they still subscribe to and stand near to; says whether
    /// anything had to be taken away.
    fn keep_owned(&mut self, claims: &Claims) -> bool {
        let mut something_revoked = false;
        for (member, owned) in claims.owned.iter().enumerate() {
            for partition in owned {
                let subscribes = self.subscribes(member, *partition);
                if subscribes && !self.group.rack_mismatches(member, *partition) {
                    self.hold(member, *partition);
                } else {
                    something_revoked = true;
                }
            }
        }
        for member in 0..self.held.len() {
            self.in_play.insert(self.key(member));
        }
        something_revoked
    }

    fn balance(&mut self, something_revoked: bool) {
        let started_empty = self.held.iter().all(Vec::is_empty);
        let mut all: Vec<Partition> = self.group.partitions().collect();
        // By topic and number already; a stable sort keeps that.
        all.sort_by_key(|partition| self.group.subscribers[partition.topic as usize].len());
        let mut unassigned = all.clone();
        unassigned.retain(|partition| self.owner[self.group.slot(*partition)].is_none());
        if self.group.use_racks {
            self.give_all(&unassigned, true);
        }
        self.give_all(&unassigned, false);

        let movable = |partition: &Partition| self.can_move(*partition);
        all.retain(movable);
        unassigned.retain(movable);
        self.drop_fixed_members();
        let before = (self.held.clone(), self.owner.clone());
        let score_before = self.balance_score();
        if !something_revoked {
            self.reassign(&unassigned);
        }
        let moved = self.reassign(&all);
        if !started_empty && moved && self.balance_score() >= score_before {
            (self.held, self.owner) = before;
        }
    }

    /// Gives each partition that nobody has to its least loaded subscriber.
    fn give_all(&mut self, unassigned: &[Partition], only_near: bool) {
        for partition in unassigned {
            let mismatches = |member| self.group.rack_mismatches(member, *partition);
            let free = self.owner[self.group.slot(*partition)].is_none();
            let taker = self.in_play.iter().map(|entry| entry.2).find(|member| {
                self.subscribes(*member, *partition) && !(only_near && mismatches(*member))
            });
            if let Some(taker) = taker.filter(|_| free) {
                self.in_play.remove(&self.key(taker));
                self.hold(taker, *partition);
                self.in_play.insert(self.key(taker));
            }
        }
    }

    /// Members that hold everything they can, of topics nobody else wants, are done.
    fn drop_fixed_members(&mut self) {
        for member in 0..self.held.len() {
            let holds_all = self.held[member].len() >= self.potential[member];
            if holds_all && !self.held[member].iter().any(|one| self.can_move(*one)) {
                self.in_play.remove(&self.key(member));
            }
        }
    }

    /// Passes over the partitions until one changes nothing; says whether anything moved.
    fn reassign(&mut self, partitions: &[Partition]) -> bool {
        let mut moved_ever = false;
        loop {
            let mut moved = false;
            for partition in partitions {
                if self.is_balanced() {
                    break;
                }
                if let Some(to) = self.better_owner(*partition) {
                    self.move_one(*partition, to);
                    moved = true;
                }
            }
            moved_ever |= moved;
            if !moved {
                return moved_ever;
            }
        }
    }

    /// Who should have the partition instead: its owner of an earlier generation, or the
    /// least loaded subscriber, if they hold at least two fewer.
    fn better_owner(&self, partition: Partition) -> Option<usize> {
        let owner = self.owner[self.group.slot(partition)]?;
        let has_room = |member: &usize| {
            self.in_play.contains(&self.key(*member))
                && self.held[*member].len() + 1 < self.held[owner].len()
        };
        if let Some(previous) = self.previous.get(&partition).filter(|it| has_room(it)) {
            return Some(*previous);
        }
        let mut least_loaded_first = self.in_play.iter().map(|entry| entry.2);
        least_loaded_first
            .find(|member| self.subscribes(*member, partition))
            .filter(has_room)
    }

    fn move_one(&mut self, wished: Partition, to: usize) {
        let Some(owner) = self.owner[self.group.slot(wished)] else {
            return;
        };
        let partition = self.movements.actual(self.group, wished, owner, to);
        let Some(from) = self.owner[self.group.slot(partition)] else {
            return;
        };
        self.in_play.remove(&self.key(from));
        self.in_play.remove(&self.key(to));
        self.movements.note(partition, from, to);
        self.held[from].retain(|held| *held != partition);
        self.hold(to, partition);
        self.in_play.insert(self.key(from));
        self.in_play.insert(self.key(to));
    }

    /// Sizes differ by at most one, or no member lacks a partition of its topics whose
    /// owner has at least two more than it.
    fn is_balanced(&self) -> bool {
        let (Some(least), Some(most)) = (self.in_play.first(), self.in_play.last()) else {
            return true;
        };
        if least.0 + 1 >= most.0 {
            return true;
        }
        // The fullest owner of each topic decides for all its subscribers.
        let mut fullest = vec![0; self.group.topics.len()];
        for (_, _, member) in &self.in_play {
            for partition in &self.held[*member] {
                let of_topic = &mut fullest[partition.topic as usize];
                *of_topic = self.held[*member].len().max(*of_topic);
            }
        }
        self.in_play.iter().all(|(size, _, member)| {
            let mut topics = self.group.members[*member].topics.iter();
            *size == self.potential[*member]
                || topics.all(|topic| size + 1 >= fullest[*topic as usize])
        })
    }

    /// The sum of the differences in size of all pairs of members still in play.
    fn balance_score(&self) -> usize {
        // Ascending sizes: each counts once up for every smaller, once down for every larger.
        let sizes: Vec<usize> = self.in_play.iter().map(|entry| entry.0).collect();
        sizes
            .iter()
            .enumerate()
            .map(|(at, size)| {
                sizes[at..]
                    .iter()
                    .map(|larger| larger - size)
                    .sum::<usize>()
            })
            .sum()
    }

    /// A partition can move if at least two members subscribe to its topic.
    fn can_move(&self, partition: Partition) -> bool {
        self.group.subscribers[partition.topic as usize].len() >= 2
    }

    fn subscribes(&self, member: usize, partition: Partition) -> bool {
        self.group.members[member].topics.contains(&partition.topic)
    }

    fn hold(&mut self, member: usize, partition: Partition) {
        self.owner[self.group.slot(partition)] = Some(member);
        self.held[member].push(partition);
    }

    fn key(&self, member: usize) -> (usize, usize, usize) {
        (self.held[member].len(), self.rank[member], member)
    }
}
