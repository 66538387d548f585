//! The iteration order of a Java `HashMap`, where Kafka's answer depends on it.
//!
//! Not a container: hashes in, an order out. Nothing of ours is ever stored in or
//! iterated through a hash table; this only repeats the order Kafka would have seen.

use std::collections::BTreeSet;

/// What a table starts with unless told otherwise.
const SMALLEST_TABLE: usize = 16;

/// The order in which a `HashMap` filled by `put` hands its keys out: the positions of
/// `hashes` (the keys' `hashCode`s, distinct keys, in order of insertion).
///
/// Bucket by bucket, within one in order of insertion (splitting a bucket keeps it);
/// the table doubles when it is filled above 3/4.
pub fn put_order(hashes: &[i32]) -> Vec<usize> {
    let mut buckets = SMALLEST_TABLE;
    while hashes.len() > buckets / 4 * 3 {
        buckets *= 2;
    }
    let mut order: Vec<usize> = (0..hashes.len()).collect();
    order.sort_by_key(|position| bucket_of(hashes[*position], buckets));
    order
}

/// The same for a `HashMap` filled by `computeIfAbsent` with these keys and hashes, some
/// of them perhaps again and again.
///
/// Here a new key goes to the head of its bucket, and whether the table has to double is
/// asked before each call. `capacity` is what the table starts with, a power of two.
pub fn compute_if_absent_order<K: Ord + Copy>(
    calls: impl IntoIterator<Item = (K, i32)>,
    capacity: usize,
) -> Vec<K> {
    let mut buckets = capacity.max(1);
    let mut known = BTreeSet::new();
    let mut keys: Vec<(K, i32)> = Vec::new();
    for (key, hash) in calls {
        if keys.len() > buckets * 3 / 4 {
            buckets *= 2;
        }
        if known.insert(key) {
            keys.push((key, hash));
        }
    }
    keys.reverse();
    keys.sort_by_key(|(_, hash)| bucket_of(*hash, buckets));
    keys.into_iter().map(|(key, _)| key).collect()
}

/// The capacity Kafka gives a table for which it expects `entries` entries.
pub fn expected_capacity(entries: usize) -> usize {
    // (entries + 1) / 0.75 + 1, rounded down.
    ((entries + 1) * 4 / 3 + 1).next_power_of_two()
}

fn bucket_of(hash: i32, buckets: usize) -> usize {
    let hash = hash as u32;
    (hash ^ (hash >> 16)) as usize & (buckets - 1)
}
