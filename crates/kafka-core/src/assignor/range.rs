//! `RangeAssignor`: per topic a contiguous run for each subscriber, the first ones one
//! longer (section 8.1); with racks, near partitions first.

use super::racks::{rack_matches, racks_matter};
use super::{Assignment, Member, Partition, Topic, partitions_of, sorted_members, subscribers};
use std::collections::{BTreeMap, BTreeSet};

/// Assigns every topic's partitions in runs. Topics in order within a member.
pub fn range(topics: &[Topic], members: &[Member]) -> Assignment {
    let order = sorted_members(members);
    let mut states: Vec<TopicState> = subscribers(topics, members, &order)
        .into_iter()
        .enumerate()
        .filter(|(topic, consumers)| topics[*topic].partitions > 0 && !consumers.is_empty())
        .map(|(topic, consumers)| TopicState::new(topics, members, topic, consumers))
        .collect();
    let near = |member: usize, partition| rack_matches(topics, &members[member], partition);
    if states.iter().any(|state| state.needs_racks) {
        assign_near(&mut states, &near);
    }
    let mut assignment = vec![Vec::new(); members.len()];
    for state in &mut states {
        state.assign_ranges(|_, _| true);
        for (slot, consumer) in state.consumers.iter().enumerate() {
            assignment[*consumer].append(&mut state.given[slot]);
        }
    }
    assignment
}

/// One topic while its partitions are handed out.
struct TopicState {
    topic: u32,
    /// Members by position, sorted as the assignor sorts them.
    consumers: Vec<usize>,
    /// What each consumer has got, by position in `consumers`.
    given: Vec<Vec<Partition>>,
    unassigned: BTreeSet<Partition>,
    /// Every consumer's certain share.
    quota: usize,
    /// How many may still go one above it.
    extra: usize,
    needs_racks: bool,
}

impl TopicState {
    fn new(topics: &[Topic], members: &[Member], topic: usize, consumers: Vec<usize>) -> Self {
        let partitions = topics[topic].partitions as usize;
        let mine = consumers.iter().map(|consumer| &members[*consumer]);
        TopicState {
            topic: topic as u32,
            given: vec![Vec::new(); consumers.len()],
            unassigned: partitions_of(topics, topic).collect(),
            quota: partitions / consumers.len(),
            extra: partitions % consumers.len(),
            needs_racks: racks_matter(topics, mine, partitions_of(topics, topic)),
            consumers,
        }
    }

    fn at(&self, number: u32) -> Partition {
        Partition {
            topic: self.topic,
            number,
        }
    }

    fn may_still_take(&self, slot: usize) -> usize {
        let limit = self.quota + usize::from(self.extra > 0);
        limit.saturating_sub(self.given[slot].len())
    }

    fn give(&mut self, slot: usize, partitions: &[Partition]) {
        self.given[slot].extend_from_slice(partitions);
        if self.given[slot].len() > self.quota {
            self.extra -= 1;
        }
        for partition in partitions {
            self.unassigned.remove(partition);
        }
    }

    /// Each consumer in turn takes the lowest partitions that suit it, up to its limit.
    fn assign_ranges(&mut self, suits: impl Fn(usize, Partition) -> bool) {
        for slot in 0..self.consumers.len() {
            let consumer = self.consumers[slot];
            let run: Vec<Partition> = self
                .unassigned
                .iter()
                .copied()
                .filter(|partition| suits(consumer, *partition))
                .take(self.may_still_take(slot))
                .collect();
            if !run.is_empty() {
                self.give(slot, &run);
            }
        }
    }
}

/// The rack-aware start: topics with the same subscribers and size are dealt together,
/// so that co-partitioning survives; a topic alone is dealt if it needs racks.
fn assign_near(states: &mut [TopicState], near: &dyn Fn(usize, Partition) -> bool) {
    let mut alike: BTreeMap<(Vec<usize>, usize), Vec<usize>> = BTreeMap::new();
    for (at, state) in states.iter().enumerate() {
        let key = (state.consumers.clone(), state.unassigned.len());
        alike.entry(key).or_default().push(at);
    }
    for ((consumers, partitions), group) in alike {
        if let [only] = group[..] {
            if states[only].needs_racks {
                states[only].assign_ranges(near);
            }
            continue;
        }
        for number in 0..partitions as u32 {
            let taker = (0..consumers.len()).find(|slot| {
                group.iter().map(|at| &states[*at]).all(|state| {
                    state.may_still_take(*slot) > 0 && near(consumers[*slot], state.at(number))
                })
            });
            let Some(taker) = taker else { continue };
            for at in &group {
                let partition = states[*at].at(number);
                states[*at].give(taker, &[partition]);
            }
        }
    }
}
