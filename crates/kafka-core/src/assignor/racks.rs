//! Which member stands in a rack of which partition (KIP-881), for every assignor.

use super::{Member, Partition, Topic};
use std::collections::BTreeSet;

/// Whether a member may be said to be near a partition: it has no rack, or a replica
/// lives in its rack.
pub(super) fn rack_matches(topics: &[Topic], member: &Member, partition: Partition) -> bool {
    member
        .rack
        .is_none_or(|rack| replica_racks(topics, partition).contains(&rack))
}

/// The racks of a partition's replicas; empty where unknown.
pub(super) fn replica_racks<'a>(topics: &'a [Topic], partition: Partition) -> &'a [&'a str] {
    let racks = &topics[partition.topic as usize].racks;
    racks
        .get(partition.number as usize)
        .map_or(&[], Vec::as_slice)
}

/// Whether racks make any difference: members have racks, replicas live in some of
/// them, and not every partition has replicas in every rack there is.
pub(super) fn racks_matter<'a>(
    topics: &'a [Topic],
    members: impl Iterator<Item = &'a Member<'a>>,
    partitions: impl Iterator<Item = Partition> + Clone,
) -> bool {
    let member_racks: BTreeSet<&str> = members.filter_map(|member| member.rack).collect();
    if member_racks.is_empty() {
        return false;
    }
    let racks_of = |partition| -> BTreeSet<&str> {
        replica_racks(topics, partition).iter().copied().collect()
    };
    let all: BTreeSet<&str> = partitions.clone().flat_map(racks_of).collect();
    !member_racks.is_disjoint(&all) && partitions.into_iter().any(|one| racks_of(one) != all)
}
