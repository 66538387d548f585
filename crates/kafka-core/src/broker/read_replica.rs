//! Which replica a consumer is told to read from (REP-44, KIP-392).

use super::partition::{Follower, Partition};
use crate::config::BrokerConfig;
use crate::metadata::ClusterImage;
use crate::types::{BrokerId, Offset};

/// Simple name of the selector that goes by racks.
const RACK_AWARE: &str = "RackAwareReplicaSelector";

/// The follower a consumer in that rack should read this partition from; `None` = the leader, who
/// is asked. Without `replica.selector.class` it is always the leader.
pub(super) fn preferred(
    config: &BrokerConfig,
    image: &ClusterImage,
    partition: &Partition,
    from: Offset,
    rack: &str,
) -> Option<BrokerId> {
    let leadership = partition.leadership()?;
    let selector = (config.properties.iter()).find(|(name, _)| &**name == "replica.selector.class");
    if !selector.is_some_and(|(_, class)| class.ends_with(RACK_AWARE)) {
        return None;
    }
    let is_there = |broker: BrokerId| {
        let registered = image.brokers.get(&broker);
        registered.is_some_and(|known| known.is_active() && known.rack.as_deref() == Some(rack))
    };
    if is_there(config.node) {
        return None;
    }
    let may_serve = |follower: &&Follower| {
        partition.isr.contains(&follower.broker)
            && is_there(follower.broker)
            && follower.log_start_offset <= from
            && from <= follower.log_end_offset
    };
    let candidates = leadership.followers.iter().filter(may_serve);
    let best = candidates.max_by_key(|f| (f.log_end_offset, f.last_caught_up_time, f.broker));
    best.map(|follower| follower.broker)
}
