//! Bare queues to compare with: no slab, no cancellation, content in the entry.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// An event of a bare queue with `N` words of content.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bare<const N: usize> {
    pub at: u64,
    pub seq: u64,
    pub content: [u64; N],
}

impl<const N: usize> PartialEq for Bare<N> {
    fn eq(&self, other: &Bare<N>) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl<const N: usize> Eq for Bare<N> {}
impl<const N: usize> PartialOrd for Bare<N> {
    fn partial_cmp(&self, other: &Bare<N>) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<const N: usize> Ord for Bare<N> {
    fn cmp(&self, other: &Bare<N>) -> Ordering {
        (self.at, self.seq).cmp(&(other.at, other.seq))
    }
}

/// What both references can do.
pub(crate) trait BareQueue<const N: usize> {
    fn push(&mut self, event: Bare<N>);
    fn pop(&mut self) -> Option<Bare<N>>;
}

impl<const N: usize> BareQueue<N> for BinaryHeap<Reverse<Bare<N>>> {
    fn push(&mut self, event: Bare<N>) {
        BinaryHeap::push(self, Reverse(event));
    }
    fn pop(&mut self) -> Option<Bare<N>> {
        BinaryHeap::pop(self).map(|Reverse(event)| event)
    }
}

/// A calendar of fixed width: the earliest bucket is sorted when it is reached.
/// Holds what is due within one turn of the ring, which the bench's delays are.
#[derive(Debug)]
pub(crate) struct Calendar<const N: usize> {
    buckets: Vec<Vec<Bare<N>>>,
    shift: u32,
    bucket: u64,
    sorted: bool,
    len: usize,
}

impl<const N: usize> Calendar<N> {
    /// A ring of `buckets` (a power of two) of 2^`shift` microseconds.
    pub fn new(shift: u32, buckets: usize) -> Calendar<N> {
        Calendar {
            buckets: vec![Vec::new(); buckets],
            shift,
            bucket: 0,
            sorted: false,
            len: 0,
        }
    }
}

impl<const N: usize> BareQueue<N> for Calendar<N> {
    fn push(&mut self, event: Bare<N>) {
        let bucket = (event.at >> self.shift).max(self.bucket);
        let slot = bucket as usize & (self.buckets.len() - 1);
        let list = &mut self.buckets[slot];
        if bucket == self.bucket && self.sorted {
            let place = list.partition_point(|other| other > &event);
            list.insert(place, event);
        } else {
            list.push(event);
        }
        self.len += 1;
    }

    fn pop(&mut self) -> Option<Bare<N>> {
        if self.len == 0 {
            return None;
        }
        loop {
            let slot = self.bucket as usize & (self.buckets.len() - 1);
            let list = &mut self.buckets[slot];
            if list.is_empty() {
                self.bucket += 1;
                self.sorted = false;
                continue;
            }
            if !self.sorted {
                list.sort_unstable_by(|a, b| b.cmp(a));
                self.sorted = true;
            }
            self.len -= 1;
            return list.pop();
        }
    }
}
