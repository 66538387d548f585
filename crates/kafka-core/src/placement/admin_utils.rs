//! The placer of the ZooKeeper era (`AdminUtils`, section 2.3): round robin over the
//! brokers, the distance of the followers growing by one each time round.

use super::PlacementError;
use crate::java_random::NextInt;
use std::collections::{BTreeMap, BTreeSet};

/// A live broker and its `broker.rack`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BrokerRack<'a> {
    /// `broker.id`.
    pub id: i32,
    /// `broker.rack`.
    pub rack: Option<&'a str>,
}

/// Places partitions `max(0, start_partition_id)..` (`partitions` of them) and returns
/// each partition's brokers. `fixed_start_index` replaces both random numbers, the
/// start broker and the initial shift.
///
/// # Errors
/// No partitions, no replicas, more replicas than brokers, or racks known for only some
/// brokers, checked in this order.
pub fn assign_replicas_to_brokers(
    brokers: &[BrokerRack],
    partitions: i32,
    replication_factor: i32,
    fixed_start_index: Option<u32>,
    start_partition_id: i32,
    random: &mut dyn NextInt,
) -> Result<BTreeMap<i32, Vec<i32>>, PlacementError> {
    if partitions <= 0 {
        return Err(PlacementError::LegacyPartitionsNotPositive);
    }
    if replication_factor <= 0 {
        return Err(PlacementError::LegacyReplicationFactorNotPositive);
    }
    let replicas = replication_factor as usize;
    if replicas > brokers.len() {
        return Err(PlacementError::LegacyReplicationFactorTooLarge {
            replication_factor,
            brokers: brokers.len(),
        });
    }
    let arranged = arranged(brokers)?;
    let count = arranged.len();
    let mut start = || match fixed_start_index {
        Some(fixed) => fixed as usize,
        None => random.next_int(count as i32) as usize,
    };
    let start_index = start();
    let mut shift = start();
    let first = start_partition_id.max(0);
    let mut assignment = BTreeMap::new();
    for partition in first..first.saturating_add(partitions) {
        let number = partition as usize;
        if number > 0 && number.is_multiple_of(count) {
            shift += 1;
        }
        let leader = (number + start_index) % count;
        let brokers = match arranged[leader].rack {
            None => without_racks(&arranged, leader, shift, replicas),
            Some(_) => across_racks(&arranged, leader, shift, replicas),
        };
        assignment.insert(partition, brokers);
    }
    Ok(assignment)
}

/// The brokers in the order the round robin walks: as given without racks; alternating
/// over the sorted racks, each rack's brokers sorted, with them.
fn arranged<'a>(brokers: &[BrokerRack<'a>]) -> Result<Vec<BrokerRack<'a>>, PlacementError> {
    if brokers.iter().all(|broker| broker.rack.is_none()) {
        return Ok(brokers.to_vec());
    }
    let mut by_rack: BTreeMap<&str, BTreeSet<i32>> = BTreeMap::new();
    for broker in brokers {
        let rack = broker.rack.ok_or(PlacementError::LegacyRacksIncomplete)?;
        by_rack.entry(rack).or_default().insert(broker.id);
    }
    let mut arranged = Vec::with_capacity(brokers.len());
    while !by_rack.is_empty() {
        for (rack, ids) in &mut by_rack {
            arranged.extend(ids.pop_first().map(|id| BrokerRack {
                id,
                rack: Some(rack),
            }));
        }
        by_rack.retain(|_, ids| !ids.is_empty());
    }
    Ok(arranged)
}

/// The position of a follower: never the leader's own.
fn follower(leader: usize, shift: usize, index: usize, count: usize) -> usize {
    (leader + 1 + (shift + index) % (count - 1)) % count
}

fn without_racks(brokers: &[BrokerRack], leader: usize, shift: usize, factor: usize) -> Vec<i32> {
    let followers = (0..factor - 1).map(|index| follower(leader, shift, index, brokers.len()));
    std::iter::once(leader)
        .chain(followers)
        .map(|at| brokers[at].id)
        .collect()
}

fn across_racks(brokers: &[BrokerRack], leader: usize, shift: usize, factor: usize) -> Vec<i32> {
    let racks: BTreeSet<_> = brokers.iter().map(|broker| broker.rack).collect();
    let mut used_racks = BTreeSet::from([brokers[leader].rack]);
    let mut replicas = vec![brokers[leader].id];
    let mut candidate = 0;
    while replicas.len() < factor {
        let at = follower(leader, shift * racks.len(), candidate, brokers.len());
        candidate += 1;
        let broker = brokers[at];
        let rack_is_open = used_racks.len() == racks.len() || !used_racks.contains(&broker.rack);
        if rack_is_open && !replicas.contains(&broker.id) {
            used_racks.insert(broker.rack);
            replicas.push(broker.id);
        }
    }
    replicas
}
