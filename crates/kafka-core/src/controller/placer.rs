//! Where replicas of new partitions go when nobody says (TOP-5, section 2.2).

use super::event::View;
use super::topics::{Placed, with_isr};
use crate::error::ErrorCode;
use crate::java_random::NextInt;
use crate::node::{Prng, Stream};
use crate::placement::{UsableBroker, place_striped};
use crate::protocol::Outcome;
use crate::types::{BrokerId, Name, NodeId};

/// One run of the placer.
pub(super) struct Placer<'a, 'p> {
    /// The brokers.
    pub view: View<'a>,
    /// The draws come from its placement stream.
    pub prng: &'p mut Prng,
}

struct PlacementDraws<'p>(&'p mut Prng);

impl NextInt for PlacementDraws<'_> {
    fn next_int(&mut self, bound: i32) -> i32 {
        let bound = u32::try_from(bound).unwrap_or(0);
        self.0.below(Stream::Placement, bound) as i32
    }
}

impl Placer<'_, '_> {
    /// Places partitions `first..first + count` of a topic.
    pub(super) fn place(
        &mut self,
        topic: &Name,
        first: u32,
        count: u32,
        factor: i32,
    ) -> Result<Vec<Placed>, Outcome> {
        let view = self.view;
        let brokers: Vec<UsableBroker<'_>> = (view.image.brokers.values())
            .filter(|broker| !broker.in_controlled_shutdown)
            .map(|broker| UsableBroker {
                id: broker.broker.0 as i32,
                rack: broker.rack.as_deref(),
                fenced: broker.fenced,
            })
            .collect();
        let mut draws = PlacementDraws(self.prng);
        let drawn = place_striped(&brokers, count, factor, &mut draws).map_err(|error| {
            let text = format!("Unable to replicate the partition {factor} time(s): {error}");
            Outcome::fail(ErrorCode::InvalidReplicationFactor, &text)
        })?;
        let lists = (first..)
            .zip(drawn)
            .map(|(partition, drawn)| {
                let known = self.known(topic, partition);
                known.unwrap_or_else(|| drawn.iter().map(|id| NodeId(*id as u32)).collect())
            })
            .collect();
        Ok(with_isr(view, lists))
    }

    /// What a recorded cluster drew, if the configuration says.
    fn known(&self, topic: &Name, partition: u32) -> Option<Vec<BrokerId>> {
        let lists = (self.view.config.placements.iter()).find(|(name, _)| name == topic)?;
        lists.1.get(partition as usize).cloned()
    }
}
