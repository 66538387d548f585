//! The event queue: what is due next, in exact (time, sequence) order.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::slab::Key;

/// One queued event: 24 bytes; its content lies in a slab.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Due time in microseconds.
    pub at: u64,
    /// Breaks ties of time; unique.
    pub seq: u64,
    /// Where the content lies.
    pub key: Key,
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Entry) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Entry) -> std::cmp::Ordering {
        (self.at, self.seq).cmp(&(other.at, other.seq))
    }
}

/// The queue.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    heap: BinaryHeap<Reverse<Entry>>,
}

impl Queue {
    /// Adds an entry.
    pub fn push(&mut self, entry: Entry) {
        self.heap.push(Reverse(entry));
    }

    /// Takes the earliest entry out.
    pub fn pop(&mut self) -> Option<Entry> {
        self.heap.pop().map(|Reverse(entry)| entry)
    }

    /// The earliest entry.
    pub fn peek(&mut self) -> Option<Entry> {
        self.heap.peek().map(|Reverse(entry)| *entry)
    }

    /// Number of entries, cancelled ones included.
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether nothing is queued.
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    /// Drops the entries whose content is gone.
    pub fn retain(&mut self, keep: impl Fn(&Entry) -> bool) {
        self.heap.retain(|Reverse(entry)| keep(entry));
    }
}
