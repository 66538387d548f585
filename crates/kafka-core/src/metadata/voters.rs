//! The voters of the quorum as the metadata log names them (KIP-853).
//!
//! Not here: when they change (`raft`). Invariant: a set has no two replicas of one
//! node, and is in order of node ids.

use std::fmt;
use std::rc::Rc;

use crate::java_hash_table::put_order;
use crate::java_random::JavaRandom;
use crate::types::{NodeId, Uuid};

/// A replica of the metadata log: a node and the directory that holds its copy.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ReplicaKey {
    /// The node.
    pub node: NodeId,
    /// Its directory's id; zero for the voters of a static quorum, which have none.
    pub directory: Uuid,
}

impl ReplicaKey {
    /// A node with the directory it has.
    pub fn of(node: NodeId) -> ReplicaKey {
        ReplicaKey {
            node,
            directory: directory_id(node),
        }
    }

    /// Java's `Objects.hash(id, directoryId)`.
    fn hash_code(self) -> i32 {
        let halves = (self.directory.0 >> 64) as u64 ^ self.directory.0 as u64;
        let directory = (halves >> 32) as i32 ^ halves as i32;
        let id = 31_i32.wrapping_add(self.node.0 as i32);
        31_i32.wrapping_mul(id).wrapping_add(directory)
    }
}

impl fmt::Display for ReplicaKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReplicaKey(id={}, directoryId=", self.node)?;
        match self.directory {
            Uuid(0) => f.write_str("<undefined>)"),
            directory => write!(f, "{directory})"),
        }
    }
}

/// The positions of `keys`, put in in this order, in the order in which a Java hash map of
/// them is read.
pub fn hash_order(keys: &[ReplicaKey]) -> Vec<usize> {
    let hashes: Vec<i32> = keys.iter().map(|key| key.hash_code()).collect();
    put_order(&hashes)
}

/// The id of a node's directory: drawn when it was formatted.
pub fn directory_id(node: NodeId) -> Uuid {
    drawn_id(i64::from(node.0))
}

/// An id drawn from a seed.
pub fn drawn_id(seed: i64) -> Uuid {
    let mut drawn = JavaRandom::new(seed);
    let (high, low) = (drawn.next_i64(), drawn.next_i64());
    Uuid(u128::from(high.cast_unsigned()) << 64 | u128::from(low.cast_unsigned()))
}

/// The voters. Cloning shares them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VoterSet(Rc<[ReplicaKey]>);

impl VoterSet {
    /// A set of replicas, one a node.
    pub fn new(keys: impl IntoIterator<Item = ReplicaKey>) -> VoterSet {
        let mut keys: Vec<ReplicaKey> = keys.into_iter().collect();
        keys.sort_unstable();
        keys.dedup_by_key(|key| key.node);
        VoterSet(keys.into())
    }

    /// The replicas by node.
    pub fn keys(&self) -> &[ReplicaKey] {
        &self.0
    }

    /// The nodes.
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.0.iter().map(|key| key.node)
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the node is one of them.
    pub fn contains(&self, node: NodeId) -> bool {
        self.0.iter().any(|key| key.node == node)
    }

    /// The set with one more; `None` if that node is in it.
    pub fn with(&self, key: ReplicaKey) -> Option<VoterSet> {
        let added = self.0.iter().copied().chain([key]);
        (!self.contains(key.node)).then(|| VoterSet::new(added))
    }

    /// The set without that replica; `None` if it is not in it, or the only one.
    pub fn without(&self, key: ReplicaKey) -> Option<VoterSet> {
        let removable = self.0.contains(&key) && self.len() > 1;
        removable.then(|| VoterSet::new(self.0.iter().copied().filter(|known| *known != key)))
    }

    /// Whether it is the same set in memory: cheaper than to compare.
    pub fn is_shared_with(&self, other: &VoterSet) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// As Kafka prints its hash set of replica keys.
impl fmt::Display for VoterSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let order = hash_order(&self.0);
        f.write_str("[")?;
        for (at, position) in order.into_iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            write!(f, "{comma}{}", self.0[position])?;
        }
        f.write_str("]")
    }
}
