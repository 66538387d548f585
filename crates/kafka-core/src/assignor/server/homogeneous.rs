//! `uniform` where all members subscribe to the same topics (NGP-9).

use super::super::{Assignment, Partition};
use super::{ServerMember, ServerTopic};
use std::collections::{BTreeSet, VecDeque};

/// Assigns all partitions of the members' topics. `members` is not empty.
pub(super) fn assign(topics: &[ServerTopic], members: &[ServerMember]) -> Assignment {
    let subscribed: BTreeSet<u32> = members[0].topics.iter().copied().collect();
    let held: BTreeSet<Partition> = members.iter().flat_map(|it| &it.current).copied().collect();
    let all = subscribed.iter().flat_map(|topic| {
        let numbers = 0..topics[*topic as usize].partitions;
        numbers.map(move |number| Partition {
            topic: *topic,
            number,
        })
    });
    let all: Vec<Partition> = all.collect();
    let mut dealer = Dealer {
        free: all
            .iter()
            .copied()
            .filter(|it| !held.contains(it))
            .collect(),
        subscribed,
        members_left: members.len(),
        quota: all.len() / members.len(),
        extra: all.len() % members.len(),
        unfilled: Vec::new(),
        assignment: vec![Vec::new(); members.len()],
    };
    for (position, member) in members.iter().enumerate() {
        dealer.keep(position, member);
    }
    for (position, missing) in std::mem::take(&mut dealer.unfilled) {
        let count = missing.min(dealer.free.len());
        dealer.assignment[position].extend(dealer.free.drain(..count));
    }
    dealer.assignment
}

struct Dealer {
    subscribed: BTreeSet<u32>,
    /// Partitions nobody holds, then those released.
    free: VecDeque<Partition>,
    /// Members not looked at yet, the present one included.
    members_left: usize,
    /// Every member's certain share.
    quota: usize,
    /// How many members still may have one more.
    extra: usize,
    /// Members that lack something, and how much.
    unfilled: Vec<(usize, usize)>,
    assignment: Assignment,
}

impl Dealer {
    /// The member keeps what it holds up to its quota, and one extra if it fills that;
    /// extras left over go to the last members.
    fn keep(&mut self, position: usize, member: &ServerMember) {
        let tentative = self.extra > 0;
        let mut room = self.quota + usize::from(tentative);
        for partition in &member.current {
            if !self.subscribed.contains(&partition.topic) {
                continue;
            }
            if room > 0 {
                room -= 1;
                self.assignment[position].push(*partition);
            } else {
                self.free.push_back(*partition);
            }
        }
        if tentative && room > 0 && self.members_left > self.extra {
            room -= 1;
        } else if tentative {
            self.extra -= 1;
        }
        self.members_left -= 1;
        if room > 0 {
            self.unfilled.push((position, room));
        }
    }
}
