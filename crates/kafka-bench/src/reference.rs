//! Bare queues to compare with: no slab, no cancellation, content in the entry.
//! And the loop that drives them: three nodes with empty handlers, delays of 1 to
//! 10 ms, a digest of what was delivered.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use kafka_sim::digest::Digest;

use crate::Meter;

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

/// Delays: SplitMix-like, one multiplication, the same for all three.
pub(crate) struct Delays(pub u64);

impl Delays {
    #[inline]
    pub fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        1_000 + (((self.0 >> 32) * 9_000) >> 32)
    }
}

/// The empty handlers' nodes: they count, so that the loop is not optimised away.
#[inline]
pub(crate) fn handle<const N: usize>(nodes: &mut [u64; 3], content: [u64; N]) -> [u64; N] {
    let to = content[0] as usize % 3;
    nodes[to] += 1;
    let mut answer = content;
    answer[0] += 1;
    answer[N - 1] = nodes[to];
    answer
}

/// Keeps `in_flight` events in the queue until `events` were delivered; each
/// sends the next. Gives the digest.
pub(crate) fn churn<const N: usize>(
    queue: &mut impl BareQueue<N>,
    in_flight: u64,
    events: u64,
) -> u64 {
    let (mut delays, mut digest, mut nodes) = (Delays(1), Digest::default(), [0; 3]);
    let mut seq = 0;
    while seq < in_flight {
        let at = delays.next();
        let mut content = [0; N];
        content[0] = seq;
        queue.push(Bare { at, seq, content });
        seq += 1;
    }
    for _ in 0..events {
        let Some(event) = queue.pop() else { break };
        digest.word(event.at ^ event.content[0] << 48);
        let content = handle(&mut nodes, event.content);
        let at = event.at + delays.next();
        queue.push(Bare { at, seq, content });
        seq += 1;
    }
    digest.value()
}

/// Seconds that a bare heap with 88-byte events, 300 of them in flight, needs for
/// so many events: what the rows on whole clusters are compared with.
pub(crate) fn heap_of_88_bytes(meter: Meter<'_>, events: u64) -> f64 {
    const _: () = assert!(size_of::<Bare<9>>() == 88);
    let run = || churn(&mut BinaryHeap::<Reverse<Bare<9>>>::new(), 300, events);
    let (digest, seconds) = meter.time(run);
    std::hint::black_box(digest);
    seconds
}
