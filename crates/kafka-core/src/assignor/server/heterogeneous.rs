//! `uniform` where members subscribe to different topics (NGP-9): everything still
//! wanted is kept, free partitions go to the least loaded, then topic by topic the most
//! loaded give to the least loaded.

use super::super::{Assignment, Partition};
use super::balancer::Balancer;
use super::{ServerMember, ServerTopic};
use std::cmp::Ordering;
use std::collections::BTreeMap;

const ROUNDS_MAX: usize = 16;

/// Assigns all partitions of subscribed topics.
pub(super) fn assign(topics: &[ServerTopic], members: &[ServerMember]) -> Assignment {
    let mut subscribers = vec![Vec::new(); topics.len()];
    for (position, member) in members.iter().enumerate() {
        for topic in &member.topics {
            subscribers[*topic as usize].push(position);
        }
    }
    let mut builder = Builder {
        owners: topics
            .iter()
            .map(|topic| vec![None; topic.partitions as usize])
            .collect(),
        sizes: vec![0; members.len()],
        subscribers,
    };
    builder.keep_held(members);
    let order = builder.topic_order(topics);
    for topic in &order {
        builder.assign_free(*topic);
    }
    builder.balance(&order);
    builder.assignment()
}

struct Builder {
    /// Per topic and partition number the position of its member.
    owners: Vec<Vec<Option<usize>>>,
    /// Per member how many partitions it has.
    sizes: Vec<usize>,
    /// Per topic its subscribers in member order.
    subscribers: Vec<Vec<usize>>,
}

impl Builder {
    fn keep_held(&mut self, members: &[ServerMember]) {
        for (position, member) in members.iter().enumerate() {
            for held in member
                .current
                .iter()
                .filter(|it| member.topics.contains(&it.topic))
            {
                let owner = self.owners[held.topic as usize].get_mut(held.number as usize);
                if let Some(owner @ None) = owner {
                    *owner = Some(position);
                    self.sizes[position] += 1;
                }
            }
        }
    }

    /// Most partitions a subscriber first, then fewer subscribers, then topic id.
    fn topic_order(&self, topics: &[ServerTopic]) -> Vec<usize> {
        let mut order: Vec<usize> = (0..topics.len())
            .filter(|topic| !self.subscribers[*topic].is_empty())
            .collect();
        order.sort_by(|a, b| self.compare_topics(topics, *a, *b));
        order
    }

    fn compare_topics(&self, topics: &[ServerTopic], a: usize, b: usize) -> Ordering {
        let partitions = |topic: usize| u64::from(topics[topic].partitions);
        let subscribers = |topic: usize| self.subscribers[topic].len() as u64;
        // Two fractions compared without dividing.
        let crowded_a = partitions(a) * subscribers(b);
        let crowded_b = partitions(b) * subscribers(a);
        // Java compares the two halves of an id as signed numbers.
        let id = |topic: usize| {
            let bits = topics[topic].id.0;
            ((bits >> 64) as i64, bits as i64)
        };
        crowded_b
            .cmp(&crowded_a)
            .then(subscribers(a).cmp(&subscribers(b)))
            .then(id(a).cmp(&id(b)))
    }

    fn assign_free(&mut self, topic: usize) {
        let mut balancer = Balancer::new(&self.subscribers[topic], &self.sizes);
        for owner in self.owners[topic].iter_mut().filter(|it| it.is_none()) {
            let taker = balancer.next_least_loaded(&self.sizes);
            *owner = Some(taker);
            self.sizes[taker] += 1;
        }
    }

    /// Goes round the topics until a full circle has moved nothing.
    fn balance(&mut self, order: &[usize]) {
        let shared = |topic: &&usize| self.subscribers[**topic].len() >= 2;
        let order: Vec<usize> = order.iter().filter(shared).copied().collect();
        let mut last_moved = None;
        for _ in 0..ROUNDS_MAX {
            for topic in &order {
                if last_moved == Some(*topic) {
                    return;
                }
                if self.balance_topic(*topic) || last_moved.is_none() {
                    last_moved = Some(*topic);
                }
            }
        }
    }

    /// Moves partitions of one topic from its most to its least loaded subscribers; says
    /// whether any moved.
    fn balance_topic(&mut self, topic: usize) -> bool {
        let mut balancer = Balancer::new(&self.subscribers[topic], &self.sizes);
        if balancer.imbalance(&self.sizes) <= 1 {
            return false;
        }
        let mut held: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (number, owner) in self.owners[topic].iter().enumerate() {
            if let Some(owner) = owner {
                held.entry(*owner).or_default().push(number);
            }
        }
        let mut moved = false;
        while !balancer.is_balanced() {
            let Some((giver, number)) = next_given(&mut balancer, &mut held, &self.sizes) else {
                break;
            };
            let taker = balancer.next_least_loaded(&self.sizes);
            if balancer.is_balanced() {
                break;
            }
            self.owners[topic][number] = Some(taker);
            self.sizes[giver] -= 1;
            self.sizes[taker] += 1;
            moved = true;
        }
        moved
    }

    fn assignment(&self) -> Assignment {
        let mut assignment = vec![Vec::new(); self.sizes.len()];
        for (topic, owners) in self.owners.iter().enumerate() {
            for (number, owner) in owners.iter().enumerate() {
                if let Some(owner) = owner {
                    assignment[*owner].push(Partition {
                        topic: topic as u32,
                        number: number as u32,
                    });
                }
            }
        }
        assignment
    }
}

/// The most loaded member that has something of the topic, and its last partition.
fn next_given(
    balancer: &mut Balancer,
    held: &mut BTreeMap<usize, Vec<usize>>,
    sizes: &[usize],
) -> Option<(usize, usize)> {
    loop {
        let giver = balancer.next_most_loaded(sizes)?;
        match held.get_mut(&giver).and_then(Vec::pop) {
            Some(number) => return Some((giver, number)),
            None => balancer.exclude_most_loaded(),
        }
    }
}
