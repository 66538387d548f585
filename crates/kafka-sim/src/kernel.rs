//! The kernel: virtual time, what is due, and its content.
//!
//! Small entries are queued; their content lies in a slab, so that cancelling is
//! a removal there and the queue's entry is skipped when it comes up. Invariant:
//! the clock never goes back; content comes out in (time, sequence) order, where
//! the sequence is the order of queueing.

use kafka_core::types::Time;

use crate::queue::{Entry, Queue};
use crate::slab::{Key, Slab};

/// Virtual time and what is due.
#[derive(Clone, Debug)]
pub struct Kernel<T> {
    now: Time,
    seq: u64,
    queue: Queue,
    slab: Slab<T>,
}

impl<T> Default for Kernel<T> {
    fn default() -> Kernel<T> {
        Kernel {
            now: Time::ZERO,
            seq: 0,
            queue: Queue::default(),
            slab: Slab::default(),
        }
    }
}

impl<T> Kernel<T> {
    /// The virtual time.
    #[inline]
    pub fn now(&self) -> Time {
        self.now
    }

    /// Sets the clock, at most to the next due time, never back.
    pub fn skip_to(&mut self, at: Time) {
        let at = self.next_at().map_or(at, |next| at.min(next));
        self.now = self.now.max(at);
    }

    /// Stores something and queues it; a time in the past means now.
    #[inline]
    pub fn push(&mut self, at: Time, content: T) -> Key {
        let key = self.slab.insert(content);
        self.requeue(at, key);
        key
    }

    /// Stores something without queueing it.
    pub fn store(&mut self, content: T) -> Key {
        self.slab.insert(content)
    }

    /// Queues something stored. Cancelled entries are swept out when they are
    /// most of the queue, so the cost of a cancellation stays constant.
    #[inline]
    pub fn requeue(&mut self, at: Time, key: Key) {
        let at = at.max(self.now).0;
        let seq = self.seq;
        self.seq += 1;
        self.queue.push(Entry { at, seq, key });
        if self.queue.len() > 256 + 4 * self.slab.len() {
            self.sweep();
        }
    }

    #[cold]
    fn sweep(&mut self) {
        let slab = &self.slab;
        self.queue.retain(|entry| slab.contains(entry.key));
    }

    /// Sets the clock to the next due time, if that is not after `limit`, and
    /// gives what is due then; it stays stored until taken.
    #[inline]
    pub fn next(&mut self, limit: Time) -> Option<Key> {
        loop {
            let next = self.queue.pop_until(limit.0)?;
            if self.slab.contains(next.key) {
                self.now = Time(next.at);
                return Some(next.key);
            }
        }
    }

    /// When the next thing is due.
    pub fn next_at(&mut self) -> Option<Time> {
        loop {
            let next = self.queue.peek()?;
            if self.slab.contains(next.key) {
                return Some(Time(next.at));
            }
            self.queue.pop();
        }
    }

    /// Takes something out, which also cancels it.
    #[inline]
    pub fn take(&mut self, key: Key) -> Option<T> {
        self.slab.remove(key)
    }

    /// Looks at something stored.
    #[inline]
    pub fn get(&self, key: Key) -> Option<&T> {
        self.slab.get(key)
    }

    /// Changes something stored.
    pub fn get_mut(&mut self, key: Key) -> Option<&mut T> {
        self.slab.get_mut(key)
    }

    /// Everything stored, queued or not.
    pub fn iter(&self) -> impl Iterator<Item = (Key, &T)> {
        self.slab.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is cancelled never comes, what is due at one time comes in the order
    /// it was queued, and the clock stops at the limit.
    #[test]
    fn cancelled_content_is_skipped() {
        let mut kernel = Kernel::default();
        let far = Time(u64::MAX);
        let keys: Vec<Key> = ["a", "b", "c"].map(|c| kernel.push(Time(5), c)).into();
        kernel.push(Time(9), "d");
        assert_eq!(kernel.take(keys[1]), Some("b"));
        let mut order = Vec::new();
        while let Some(key) = kernel.next(Time(8)) {
            order.extend(kernel.take(key));
        }
        assert_eq!((order, kernel.now()), (vec!["a", "c"], Time(5)));
        kernel.skip_to(Time(100));
        assert_eq!(kernel.now(), Time(9), "not past what is due");
        assert!(kernel.next(far).is_some());
    }

    /// Cancelling again and again does not let the queue grow.
    #[test]
    fn cancelled_entries_are_swept() {
        let mut kernel = Kernel::default();
        for i in 0..100_000 {
            let key = kernel.push(Time(1_000_000 + i), i);
            kernel.take(key);
        }
        assert!(kernel.queue.len() < 1_000);
    }
}
