//! The event queue: what is due next, in exact (time, sequence) order.
//!
//! A calendar queue. Time is cut into buckets of equal width; a ring of buckets
//! covers the near future, a heap the far one. Only the earliest bucket is kept
//! sorted. Width and number of buckets follow the traffic: about
//! [`PER_BUCKET`] events a bucket, and a ring about as long as messages are under
//! way. What it is not: it knows nothing of cancellation; the owner skips entries
//! whose content is gone. Invariant: `pop` gives entries in the order of
//! `(at, seq)`, for every width (shown against a plain sort).

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

impl Entry {
    /// The order: one comparison of 128 bits.
    #[inline]
    fn rank(&self) -> u128 {
        u128::from(self.at) << 64 | u128::from(self.seq)
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Entry) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Entry) -> std::cmp::Ordering {
        self.rank().cmp(&other.rank())
    }
}

/// End of a bucket's list.
const END: u32 = u32::MAX;

/// Wanted events a bucket.
const PER_BUCKET: u64 = 4;

/// That many entries are quicker kept sorted in one place than in buckets.
const FEW: usize = 8;

/// Fewest buckets, and fewest pops between two looks at the traffic.
const MIN_BUCKETS: u64 = 64;
const MAX_BUCKETS: u64 = 1 << 16;
const LOOK_EVERY: u64 = 2048;

/// Entries of the earliest bucket that are kept sorted by insertion.
const CROWDED: usize = 256;

/// An entry in a bucket's list.
#[derive(Clone, Copy, Debug)]
struct Link {
    entry: Entry,
    next: u32,
}

/// The queue.
#[derive(Clone, Debug)]
pub struct Queue {
    /// The earliest bucket, latest entry first, so that `pop` takes from the end.
    current: Vec<Entry>,
    /// What did not fit into a crowded earliest bucket (many events at one time):
    /// inserting in order there would cost the square of their number.
    crowd: BinaryHeap<Reverse<Entry>>,
    /// Number of that bucket since time zero.
    current_bucket: u64,
    /// Width of a bucket: 2^shift microseconds.
    shift: u32,
    /// First link of each bucket of the ring, by bucket number modulo length.
    heads: Vec<u32>,
    /// One bit a bucket: whether it holds anything.
    occupied: Vec<u64>,
    links: Vec<Link>,
    free: u32,
    in_ring: usize,
    far: BinaryHeap<Reverse<Entry>>,
    pops: u64,
    next_look: u64,
    last_look_at: u64,
    last_look_pops: u64,
}

impl Default for Queue {
    fn default() -> Queue {
        Queue {
            current: Vec::new(),
            crowd: BinaryHeap::new(),
            current_bucket: 0,
            shift: 10,
            heads: vec![END; MIN_BUCKETS as usize],
            occupied: vec![0; MIN_BUCKETS as usize / 64],
            links: Vec::new(),
            free: END,
            in_ring: 0,
            far: BinaryHeap::new(),
            pops: 0,
            next_look: LOOK_EVERY,
            last_look_at: 0,
            last_look_pops: 0,
        }
    }
}

impl Queue {
    /// Adds an entry.
    #[inline]
    pub fn push(&mut self, entry: Entry) {
        let bucket = entry.at >> self.shift;
        if bucket <= self.current_bucket {
            if self.current.len() >= CROWDED {
                self.crowd.push(Reverse(entry));
                return;
            }
            let rank = entry.rank();
            let mut place = self.current.len();
            while place > 0 && self.current[place - 1].rank() < rank {
                place -= 1;
            }
            self.current.insert(place, entry);
        } else if bucket - self.current_bucket < self.heads.len() as u64 {
            self.push_ring(bucket, entry);
        } else {
            self.far.push(Reverse(entry));
        }
    }

    #[inline]
    fn push_ring(&mut self, bucket: u64, entry: Entry) {
        let slot = (bucket & (self.heads.len() as u64 - 1)) as usize;
        let next = self.heads[slot];
        let link = Link { entry, next };
        let place = self.free;
        if place == END {
            self.heads[slot] = self.links.len() as u32;
            self.links.push(link);
        } else {
            self.free = self.links[place as usize].next;
            self.links[place as usize] = link;
            self.heads[slot] = place;
        }
        self.occupied[slot / 64] |= 1 << (slot % 64);
        self.in_ring += 1;
    }

    /// Takes the earliest entry out.
    #[inline]
    pub fn pop(&mut self) -> Option<Entry> {
        self.pop_until(u64::MAX)
    }

    /// Takes the earliest entry out if it is due at or before `limit`.
    #[inline]
    pub fn pop_until(&mut self, limit: u64) -> Option<Entry> {
        if !self.crowd.is_empty() {
            return self.pop_crowd(limit);
        }
        if self.current.is_empty() {
            self.advance();
        }
        let first = *self.current.last()?;
        if first.at > limit {
            return None;
        }
        self.current.pop();
        self.count_pop(first.at);
        Some(first)
    }

    #[cold]
    fn pop_crowd(&mut self, limit: u64) -> Option<Entry> {
        let first = self.first_of_crowd()?;
        if first.at > limit {
            return None;
        }
        if self.current.last() == Some(&first) {
            self.current.pop();
        } else {
            self.crowd.pop();
        }
        self.count_pop(first.at);
        Some(first)
    }

    #[inline]
    fn count_pop(&mut self, at: u64) {
        self.pops += 1;
        if self.pops == self.next_look {
            self.look(at);
        }
    }

    /// The earliest entry.
    #[inline]
    pub fn peek(&mut self) -> Option<Entry> {
        if !self.crowd.is_empty() {
            return self.first_of_crowd();
        }
        if self.current.is_empty() {
            self.advance();
        }
        self.current.last().copied()
    }

    #[cold]
    fn first_of_crowd(&self) -> Option<Entry> {
        let Reverse(crowd) = self.crowd.peek()?;
        Some(self.current.last().map_or(*crowd, |last| *last.min(crowd)))
    }

    /// Makes the next bucket that holds anything the current one.
    fn advance(&mut self) {
        if self.in_ring > 0 {
            self.current_bucket = self.next_occupied();
        } else if let Some(Reverse(first)) = self.far.peek() {
            self.current_bucket = first.at >> self.shift;
        } else {
            return;
        }
        let end = self.current_bucket + self.heads.len() as u64;
        while let Some(Reverse(first)) = self.far.peek() {
            let bucket = first.at >> self.shift;
            if bucket >= end {
                break;
            }
            if let Some(Reverse(entry)) = self.far.pop() {
                self.push_ring(bucket, entry);
            }
        }
        self.take_bucket();
    }

    /// Number of the first bucket of the ring after the current one that holds
    /// anything. There is one.
    fn next_occupied(&self) -> u64 {
        let mask = self.heads.len() as u64 - 1;
        let start = (self.current_bucket + 1) & mask;
        let words = self.occupied.len();
        let mut word = start as usize / 64;
        let mut bits = self.occupied[word] & (u64::MAX << (start % 64));
        for _ in 0..=words {
            if bits != 0 {
                let slot = word as u64 * 64 + u64::from(bits.trailing_zeros());
                return self.current_bucket + 1 + (slot.wrapping_sub(start) & mask);
            }
            word = (word + 1) % words;
            bits = self.occupied[word];
        }
        self.current_bucket
    }

    /// Moves the current bucket's list out of the ring and sorts it.
    fn take_bucket(&mut self) {
        let slot = (self.current_bucket & (self.heads.len() as u64 - 1)) as usize;
        let mut next = std::mem::replace(&mut self.heads[slot], END);
        self.occupied[slot / 64] &= !(1 << (slot % 64));
        while next != END {
            let link = &mut self.links[next as usize];
            self.current.push(link.entry);
            let place = next;
            next = std::mem::replace(&mut link.next, self.free);
            self.free = place;
            self.in_ring -= 1;
        }
        self.current.sort_unstable_by(|a, b| b.cmp(a));
    }

    /// Fits width and number of buckets to the traffic since the last look.
    #[cold]
    fn look(&mut self, now: u64) {
        let pops = (self.pops - self.last_look_pops).max(1);
        let width = (now.saturating_sub(self.last_look_at) * PER_BUCKET / pops).max(1);
        let few = self.len() <= FEW;
        let shift = if few { 40 } else { width.ilog2().min(32) };
        let wanted = (self.len() as u64 / 2).next_power_of_two();
        let buckets = wanted.clamp(MIN_BUCKETS, MAX_BUCKETS);
        let have = self.heads.len() as u64;
        if shift.abs_diff(self.shift) > 1 || buckets > have || buckets * 8 < have {
            self.rebuild(shift, buckets, now);
        }
        self.last_look_at = now;
        self.last_look_pops = self.pops;
        self.next_look = self.pops + LOOK_EVERY.max(self.len() as u64);
    }

    fn rebuild(&mut self, shift: u32, buckets: u64, now: u64) {
        let entries = self.take_all();
        self.shift = shift;
        self.current_bucket = now >> shift;
        self.heads = vec![END; buckets as usize];
        self.occupied = vec![0; buckets as usize / 64];
        entries.into_iter().for_each(|entry| self.push(entry));
    }

    /// Empties the queue; the entries in no particular order.
    fn take_all(&mut self) -> Vec<Entry> {
        let mut entries = std::mem::take(&mut self.current);
        for head in &mut self.heads {
            let mut next = std::mem::replace(head, END);
            while next != END {
                let link = self.links[next as usize];
                entries.push(link.entry);
                next = link.next;
            }
        }
        self.occupied.fill(0);
        self.links.clear();
        self.free = END;
        self.in_ring = 0;
        let heaps = self.far.drain().chain(self.crowd.drain());
        entries.extend(heaps.map(|Reverse(entry)| entry));
        entries
    }

    /// Number of entries, cancelled ones included.
    pub fn len(&self) -> usize {
        self.current.len() + self.crowd.len() + self.in_ring + self.far.len()
    }

    /// Whether nothing is queued.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Drops the entries that do not fit.
    pub fn retain(&mut self, keep: impl Fn(&Entry) -> bool) {
        let mut entries = self.take_all();
        entries.retain(keep);
        entries.into_iter().for_each(|entry| self.push(entry));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kafka_core::node::mix;

    const KEY: Key = Key {
        slot: 0,
        generation: 0,
    };

    /// Drives the queue and a plain binary heap alike; both give the same order.
    /// `spread` turns random bits into a delay.
    fn compare(seed: u64, in_flight: usize, steps: u64, spread: impl Fn(u64) -> u64) {
        let mut queue = Queue::default();
        let mut heap = BinaryHeap::new();
        let (mut seq, mut now) = (0, 0);
        for step in 0..steps {
            while heap.len() < in_flight || step % 97 == 0 && heap.len() < in_flight * 3 {
                let at = now + spread(mix(seed ^ seq));
                let entry = Entry { at, seq, key: KEY };
                queue.push(entry);
                heap.push(Reverse(entry));
                seq += 1;
            }
            assert_eq!(queue.len(), heap.len());
            if step % 3 == 0 {
                assert_eq!(queue.peek(), heap.peek().map(|Reverse(entry)| *entry));
            }
            let wanted = heap.pop().map(|Reverse(entry)| entry);
            assert_eq!(queue.pop(), wanted, "seed {seed}, step {step}");
            now = wanted.map_or(now, |entry| entry.at);
            if step % 5000 == 4999 {
                queue.retain(|entry| entry.seq % 4 != 0);
                heap.retain(|Reverse(entry)| entry.seq % 4 != 0);
            }
        }
    }

    /// Exact order for few and many in flight, near, far and equal times, and
    /// while the queue changes its widths.
    #[test]
    fn the_order_is_that_of_a_plain_sort() {
        for seed in 0..4 {
            compare(seed, 3, 20_000, |bits| 1_000 + bits % 9_000);
            compare(seed, 300, 20_000, |bits| 1_000 + bits % 9_000);
            compare(seed, 5_000, 40_000, |bits| bits % 500);
            compare(seed, 200, 20_000, |bits| bits % 2);
            compare(seed, 200, 20_000, |bits| {
                if bits % 10 == 0 {
                    30_000_000
                } else {
                    bits % 700
                }
            });
            compare(
                seed,
                2_000,
                20_000,
                |bits| if bits % 3 == 0 { 5 } else { 0 },
            );
            compare(seed, 50, 20_000, |bits| 1 << (bits % 40));
        }
    }

    /// The entry is small: twice a cache line holds five.
    #[test]
    fn an_entry_is_small() {
        assert!(size_of::<Entry>() <= 24);
        assert!(size_of::<Link>() <= 32);
    }
}
