//! The iteration order of a Java `HashMap`, where Kafka's answer depends on it.
//!
//! Not a container: hashes in, an order out. Nothing of ours is ever stored in or
//! iterated through a hash table; this only repeats the order Kafka would have seen.

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

fn bucket_of(hash: i32, buckets: usize) -> usize {
    let hash = hash as u32;
    (hash ^ (hash >> 16)) as usize & (buckets - 1)
}
