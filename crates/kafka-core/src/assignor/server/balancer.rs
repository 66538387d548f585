//! Who of a topic's subscribers is next to take a partition, and next to give one up.
//!
//! The subscribers stand sorted by size. The least loaded ones form a range at the front
//! whose level rises each time round, the most loaded ones a range at the end whose level
//! falls; each range grows by the members it meets on its level.

/// The two ranges over the subscribers of one topic.
pub(super) struct Balancer {
    /// Members, the smallest first.
    sorted: Vec<usize>,
    least: LeastLoaded,
    most: MostLoaded,
}

struct LeastLoaded {
    /// The range is the front up to here.
    end: usize,
    next: usize,
    level: i64,
}

struct MostLoaded {
    /// The range; members that cannot give anything are moved behind its end.
    start: usize,
    end: usize,
    /// One after the next to give.
    next: usize,
    level: i64,
}

impl Balancer {
    /// Starts over for a topic with these subscribers (at least one), in member order.
    pub(super) fn new(subscribers: &[usize], sizes: &[usize]) -> Self {
        let mut sorted = subscribers.to_vec();
        sorted.sort_by_key(|member| sizes[*member]);
        let size = |member: Option<&usize>| member.map_or(0, |member| sizes[*member] as i64);
        let count = sorted.len();
        Balancer {
            least: LeastLoaded {
                end: 0,
                next: 0,
                level: size(sorted.first()) - 1,
            },
            most: MostLoaded {
                start: count,
                end: count,
                next: count,
                level: size(sorted.last()) + 1,
            },
            sorted,
        }
    }

    /// The difference between the largest and the smallest subscriber.
    pub(super) fn imbalance(&self, sizes: &[usize]) -> usize {
        let size = |member: Option<&usize>| member.map_or(0, |member| sizes[*member]);
        size(self.sorted.last()) - size(self.sorted.first())
    }

    /// Whether the levels of the two ranges differ by at most one.
    pub(super) fn is_balanced(&self) -> bool {
        self.most.level - self.least.level <= 1
    }

    /// The next member to take a partition.
    pub(super) fn next_least_loaded(&mut self, sizes: &[usize]) -> usize {
        let range = &mut self.least;
        if range.next >= range.end {
            range.level += 1;
            while range.end < self.sorted.len()
                && sizes[self.sorted[range.end]] as i64 == range.level
            {
                range.end += 1;
            }
            range.next = 0;
        }
        range.next += 1;
        self.sorted[range.next - 1]
    }

    /// The next member to give a partition up; `None` when nobody is left who could.
    pub(super) fn next_most_loaded(&mut self, sizes: &[usize]) -> Option<usize> {
        let range = &mut self.most;
        if range.next <= range.start {
            if range.end > range.start {
                range.level -= 1;
            } else {
                let below = range.start.checked_sub(1)?;
                range.level = sizes[self.sorted[below]] as i64;
            }
            while range.start > 0 && sizes[self.sorted[range.start - 1]] as i64 == range.level {
                range.start -= 1;
            }
            range.next = range.end;
        }
        range.next -= 1;
        Some(self.sorted[range.next])
    }

    /// The member that was just next has nothing of this topic to give.
    pub(super) fn exclude_most_loaded(&mut self) {
        self.most.end -= 1;
        self.sorted.swap(self.most.next, self.most.end);
    }
}
