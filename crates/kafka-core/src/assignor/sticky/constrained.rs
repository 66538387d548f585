//! The sticky algorithm for equal subscriptions: every member keeps what fits its quota,
//! the rest is dealt round robin. Invariant (ASG-2): sizes differ by at most one.

use super::super::racks::replica_racks;
use super::super::{Assignment, Partition};
use super::{Claims, Group};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The result of a round.
pub(super) struct Dealt {
    pub(super) assignment: Assignment,
    /// Dealt to one member although another has to give it up first.
    pub(super) in_transfer: BTreeSet<Partition>,
}

/// Assigns all partitions; an empty group gets an empty answer.
pub(super) fn assign(group: &Group, claims: &Claims) -> Dealt {
    let partitions: Vec<Partition> = group.partitions().collect();
    let members = group.members.len().max(1);
    let mut builder = Builder {
        group,
        claims,
        min: partitions.len() / members,
        max: partitions.len().div_ceil(members),
        may_be_over: partitions.len() % members,
        over: 0,
        under_filled: Vec::new(),
        exactly_filled: VecDeque::new(),
        lost_by: BTreeMap::new(),
        dealt: Dealt {
            assignment: vec![Vec::new(); group.members.len()],
            in_transfer: BTreeSet::new(),
        },
    };
    for member in 0..group.members.len() {
        builder.keep_owned(member);
    }
    let kept: BTreeSet<Partition> = builder.dealt.assignment.iter().flatten().copied().collect();
    let mut unassigned = partitions;
    unassigned.retain(|partition| !kept.contains(partition));
    builder.sort_by_id();
    if group.use_racks {
        unassigned.sort_by_key(|partition| members_in_racks_of(group, *partition));
        unassigned = builder.deal_within_racks(&unassigned);
    }
    builder.deal(&unassigned);
    builder.dealt
}

struct Builder<'g, 'a> {
    group: &'g Group<'a>,
    claims: &'g Claims,
    /// Every member gets at least this many.
    min: usize,
    /// Nobody gets more than this many.
    max: usize,
    /// How many members may hold more than `min`, and how many do.
    may_be_over: usize,
    over: usize,
    /// Members below `min`.
    under_filled: Vec<usize>,
    /// Members at `min` that may get one more.
    exactly_filled: VecDeque<usize>,
    /// Who had to give a partition up in this round.
    lost_by: BTreeMap<Partition, usize>,
    dealt: Dealt,
}

impl Builder<'_, '_> {
    /// The member keeps what it owned, up to its quota.
    fn keep_owned(&mut self, member: usize) {
        let mut owned = Vec::new();
        for partition in &self.claims.owned[member] {
            if self.group.rack_mismatches(member, *partition) {
                self.lost_by.insert(*partition, member);
            } else if !self.claims.doubly_claimed.contains(partition) {
                owned.push(*partition);
            }
        }
        owned.sort_by_key(|partition| (partition.number, partition.topic));
        let keeps = if owned.len() < self.min {
            self.under_filled.push(member);
            owned.len()
        } else if owned.len() >= self.max && self.over < self.may_be_over {
            self.count_one_over();
            self.max
        } else {
            if self.over < self.may_be_over {
                self.exactly_filled.push_back(member);
            }
            self.min
        };
        for partition in owned.split_off(keeps) {
            self.lost_by.insert(partition, member);
        }
        self.dealt.assignment[member] = owned;
    }

    /// One more member holds more than `min`; the last allowed one closes the list.
    fn count_one_over(&mut self) {
        self.over += 1;
        if self.over == self.may_be_over {
            self.exactly_filled.clear();
        }
    }

    fn sort_by_id(&mut self) {
        let members = self.group.members;
        self.under_filled.sort_by_key(|member| members[*member].id);
        self.exactly_filled
            .make_contiguous()
            .sort_by_key(|member| members[*member].id);
    }

    /// Gives each partition to the next member in one of its racks, and returns those
    /// for which there was none.
    fn deal_within_racks(&mut self, unassigned: &[Partition]) -> Vec<Partition> {
        let mut left = Vec::new();
        let mut next = 0;
        for partition in unassigned {
            let near = |member: &usize| self.group.near(*member, *partition);
            let count = self.under_filled.len();
            let mut circle = (0..count).map(|step| (next + step) % count);
            if let Some(at) = circle.find(|at| near(&self.under_filled[*at])) {
                let member = self.under_filled[at];
                next = at + 1;
                self.give(*partition, member);
                if self.dealt.assignment[member].len() >= self.min {
                    self.under_filled.remove(at);
                    next = at;
                    self.may_get_one_more(member);
                }
                next %= self.under_filled.len().max(1);
            } else if let Some(at) = self.exactly_filled.iter().position(near) {
                self.fill_over(*partition, at);
            } else {
                left.push(*partition);
            }
        }
        left
    }

    /// Deals round robin over the under-filled, then one each to the exactly filled.
    fn deal(&mut self, unassigned: &[Partition]) {
        let mut next = 0;
        for partition in unassigned {
            if self.under_filled.is_empty() {
                self.fill_over(*partition, 0);
                continue;
            }
            next %= self.under_filled.len();
            let member = self.under_filled[next];
            self.give(*partition, member);
            if self.dealt.assignment[member].len() == self.min {
                self.under_filled.remove(next);
                self.may_get_one_more(member);
                // At the end of the circle the next turn starts at its head.
                if next == self.under_filled.len() {
                    next = 0;
                }
            } else {
                next += 1;
            }
        }
    }

    /// The member has reached `min`; it may get one more while more members may be over.
    fn may_get_one_more(&mut self, member: usize) {
        if self.over < self.may_be_over {
            self.exactly_filled.push_back(member);
        }
    }

    /// One more for a member that is exactly filled.
    fn fill_over(&mut self, partition: Partition, at: usize) {
        if let Some(member) = self.exactly_filled.remove(at) {
            self.give(partition, member);
            self.count_one_over();
        }
    }

    fn give(&mut self, partition: Partition, member: usize) {
        self.dealt.assignment[member].push(partition);
        let lost_by_another = self.lost_by.get(&partition).is_some_and(|by| *by != member);
        if lost_by_another || self.claims.doubly_claimed.contains(&partition) {
            self.dealt.in_transfer.insert(partition);
        }
    }
}

/// How many members stand in a rack of the partition: the fewest are served first.
fn members_in_racks_of(group: &Group, partition: Partition) -> usize {
    let racks: BTreeSet<&str> = replica_racks(group.topics, partition)
        .iter()
        .copied()
        .collect();
    let stands_there = |member: &&super::Member| member.rack.is_some_and(|it| racks.contains(it));
    group.members.iter().filter(stands_there).count()
}
