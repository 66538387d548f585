//! Which partition a producer's record goes to (rules PRO-1 to PRO-3): by its key, or,
//! without one, to the partition the producer sticks to for about one batch.
//!
//! The accumulator tells it about queues and full batches; it knows neither records nor
//! the cluster. Invariant: a key's partition depends on the key and the number of
//! partitions alone, never on which of them are available.

use crate::hash::{murmur2, to_positive};
use crate::java_random::NextInt;

/// PRO-1: the partition of a key among all partitions of the topic, available or not.
///
/// # Panics
/// If `partitions` is 0: metadata without partitions never reaches the partitioner.
pub fn partition_for_key(key: &[u8], partitions: u32) -> u32 {
    to_positive(murmur2(key)).unsigned_abs() % partitions
}

/// The partitions of a topic as the producer's metadata shows them.
#[derive(Clone, Copy, Debug)]
pub struct TopicPartitions<'a> {
    /// How many there are (at least 1).
    pub count: u32,
    /// Those with a known leader, ascending.
    pub available: &'a [u32],
}

/// PRO-3, the sticky partitioner of one topic for records without a key (KIP-794).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StickyPartitioner {
    /// `batch.size`, at least 1.
    batch_size: u64,
    current: Option<u32>,
    /// Bytes that went to `current` since it was chosen.
    produced_bytes: u64,
    load: Option<LoadTable>,
}

/// How likely each partition is to be chosen: the emptier its queue, the likelier.
#[derive(Clone, Debug, PartialEq, Eq)]
struct LoadTable {
    /// Partition and the running sum of the weights up to it.
    cumulative: Vec<(u32, u32)>,
    total: u32,
}

impl StickyPartitioner {
    /// A partitioner that has chosen nothing yet; `batch_size` as configured.
    pub fn new(batch_size: u32) -> Self {
        StickyPartitioner {
            batch_size: u64::from(batch_size.max(1)),
            current: None,
            produced_bytes: 0,
            load: None,
        }
    }

    /// The partition for the next record; chosen now if none is.
    pub fn current(&mut self, topic: TopicPartitions, random: &mut dyn NextInt) -> u32 {
        match self.current {
            Some(partition) => partition,
            None => self.switch(topic, random),
        }
    }

    /// A record of so many bytes went to the current partition. `batch_is_ready` says
    /// whether its batch there is complete: until then a switch waits, though not beyond
    /// twice the batch size. Returns whether the partition changed.
    pub fn record_appended(
        &mut self,
        bytes: u32,
        batch_is_ready: bool,
        topic: TopicPartitions,
        random: &mut dyn NextInt,
    ) -> bool {
        self.produced_bytes += u64::from(bytes);
        let full = self.produced_bytes >= self.batch_size;
        let overdue = self.produced_bytes >= 2 * self.batch_size;
        if (full && batch_is_ready) || overdue {
            self.switch(topic, random);
            return true;
        }
        false
    }

    /// Tells how many batches wait for each partition that may be chosen (adaptive
    /// partitioning); `partitions` is how many the topic has. Equal queues, or a single
    /// partition, make every choice equally likely again.
    pub fn update_load(&mut self, queues: &[(u32, u32)], partitions: u32) {
        self.load = None;
        let Some(longest) = queues.iter().map(|(_, length)| *length).max() else {
            return;
        };
        let some_left_out = (queues.len() as u64) < u64::from(partitions);
        let all_equal = queues.iter().all(|(_, length)| *length == longest);
        if partitions < 2 || (all_equal && !some_left_out) {
            return;
        }
        let mut total = 0;
        let weighted = queues.iter().map(|(partition, length)| {
            total += longest + 1 - length;
            (*partition, total)
        });
        let cumulative = weighted.collect();
        self.load = Some(LoadTable { cumulative, total });
    }

    /// Stops weighing by queues (`partitioner.adaptive.partitioning.enable` = false).
    pub fn forget_load(&mut self) {
        self.load = None;
    }

    fn switch(&mut self, topic: TopicPartitions, random: &mut dyn NextInt) -> u32 {
        let partition = self.choose(topic, random);
        self.current = Some(partition);
        self.produced_bytes = 0;
        partition
    }

    fn choose(&self, topic: TopicPartitions, random: &mut dyn NextInt) -> u32 {
        let mut draw = |bound: u32| random.next_int(bound as i32).unsigned_abs();
        if let Some(load) = &self.load {
            let drawn = draw(load.total);
            let at = load.cumulative.partition_point(|(_, sum)| *sum <= drawn);
            return load.cumulative[at].0;
        }
        match topic.available.len() {
            0 => draw(topic.count),
            available => topic.available[draw(available as u32) as usize],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says the given numbers one after another, and checks the bounds it is asked with.
    struct Script(Vec<(i32, i32)>);

    impl NextInt for Script {
        fn next_int(&mut self, bound: i32) -> i32 {
            let (expected, answer) = self.0.remove(0);
            assert_eq!(bound, expected);
            answer
        }
    }

    const THREE: TopicPartitions = TopicPartitions {
        count: 3,
        available: &[0, 2],
    };

    /// PRO-1: the key counts over all partitions, so one without a leader is chosen too.
    #[test]
    fn a_key_goes_to_its_partition_whatever_is_available() {
        assert_eq!(partition_for_key(b"key-0", 3), 1);
        assert_eq!(partition_for_key(b"foobar", 10), 6);
    }

    /// PRO-3: stays until a batch is full and ready; twice the batch size is the limit.
    #[test]
    fn sticks_for_a_ready_batch_and_at_most_for_two() {
        let mut random = Script(vec![(2, 1), (2, 0), (2, 1)]);
        let mut sticky = StickyPartitioner::new(100);
        assert_eq!(sticky.current(THREE, &mut random), 2);
        assert!(!sticky.record_appended(99, true, THREE, &mut random));
        assert!(!sticky.record_appended(50, false, THREE, &mut random));
        assert_eq!(sticky.current(THREE, &mut random), 2);
        assert!(sticky.record_appended(1, true, THREE, &mut random));
        assert_eq!(sticky.current(THREE, &mut random), 0);
        assert!(sticky.record_appended(200, false, THREE, &mut random));
        assert_eq!(sticky.current(THREE, &mut random), 2);
    }

    /// PRO-3: queues 0, 3, 1 weigh 4, 1, 3: sums 4, 5, 8.
    #[test]
    fn shorter_queues_are_likelier() {
        let mut sticky = StickyPartitioner::new(1);
        sticky.update_load(&[(0, 0), (1, 3), (2, 1)], 3);
        let chosen: Vec<u32> = (0..8)
            .map(|drawn| sticky.switch(THREE, &mut Script(vec![(8, drawn)])))
            .collect();
        assert_eq!(chosen, [0, 0, 0, 0, 1, 2, 2, 2]);
    }

    /// PRO-3: equal queues are no reason to weigh, unless a partition was left out.
    #[test]
    fn equal_queues_weigh_nothing_unless_a_partition_is_left_out() {
        let mut sticky = StickyPartitioner::new(1);
        sticky.update_load(&[(0, 2), (1, 2), (2, 2)], 3);
        assert_eq!(sticky.switch(THREE, &mut Script(vec![(2, 1)])), 2);
        sticky.update_load(&[(1, 7)], 3);
        assert_eq!(sticky.switch(THREE, &mut Script(vec![(1, 0)])), 1);
        let nobody = TopicPartitions {
            count: 3,
            available: &[],
        };
        sticky.forget_load();
        assert_eq!(sticky.switch(nobody, &mut Script(vec![(3, 1)])), 1);
    }
}
