//! Which partitions moved from whom to whom while balancing, so that two partitions of a
//! topic are not exchanged between the same two members for nothing.

use super::super::Partition;
use super::Group;
use crate::hash::java_string_hash;
use crate::java_hash_table::put_order;
use std::collections::BTreeMap;

/// From whom, to whom.
type Pair = (usize, usize);

#[derive(Default)]
pub(super) struct Movements {
    /// Where a moved partition came from at first and where it is now.
    moved: BTreeMap<Partition, Pair>,
    /// The same by topic and pair, in the order of moving.
    by_pair: BTreeMap<(u32, Pair), Vec<Partition>>,
}

impl Movements {
    /// The partition to move from `from` to `to` in place of the wished one: one of the
    /// same topic that went the other way before, if there is any.
    pub(super) fn actual(
        &self,
        group: &Group,
        wished: Partition,
        from: usize,
        to: usize,
    ) -> Partition {
        let from = self.moved.get(&wished).map_or(from, |pair| pair.0);
        let Some(reverse) = self.by_pair.get(&(wished.topic, (to, from))) else {
            return wished;
        };
        let topic = java_string_hash(group.topics[wished.topic as usize].name);
        let hashes: Vec<i32> = reverse
            .iter()
            .map(|partition| java_hash_of(*partition, topic))
            .collect();
        put_order(&hashes).first().map_or(wished, |at| reverse[*at])
    }

    /// Notes a move; a partition that comes home has not moved at all.
    pub(super) fn note(&mut self, partition: Partition, from: usize, to: usize) {
        let mut origin = from;
        if let Some(pair) = self.moved.remove(&partition) {
            origin = pair.0;
            let key = (partition.topic, pair);
            if let Some(movers) = self.by_pair.get_mut(&key) {
                movers.retain(|mover| *mover != partition);
                if movers.is_empty() {
                    self.by_pair.remove(&key);
                }
            }
            if origin == to {
                return;
            }
        }
        let pair = (origin, to);
        self.moved.insert(partition, pair);
        self.by_pair
            .entry((partition.topic, pair))
            .or_default()
            .push(partition);
    }
}

/// `TopicPartition.hashCode()`.
fn java_hash_of(partition: Partition, topic_hash: i32) -> i32 {
    31i32
        .wrapping_add(partition.number as i32)
        .wrapping_mul(31)
        .wrapping_add(topic_hash)
}
