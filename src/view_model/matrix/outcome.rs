//! What became of a record in the hands of the consumer that was given it.
//!
//! Groups that commit offsets tell it by the committed offset; members of share groups acknowledge
//! record by record, and their acknowledgements are read from the history of the world shown.

use std::collections::BTreeMap;

use kafka_check::Delivery;
use kafka_core::client::ClientEvent;
use kafka_core::protocol::share::{AcknowledgeType, AcknowledgementBatch};
use kafka_core::types::{NodeId, Offset, TopicPartition};
use kafka_sim::{Seq, World};

/// What became of it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Outcome {
    /// Not committed so far.
    #[default]
    Open,
    /// A member of a share group has it and has not acknowledged it so far.
    Acquired,
    /// The group's committed offset has passed it, or a member accepted it.
    Done,
    /// A member of a share group gave it back: somebody else may have it.
    Released,
    /// A member of a share group refused it: nobody gets it again.
    Rejected,
    /// Not acknowledged before the lock expired or the member was gone: it was given out again.
    Lapsed,
}

/// One time that a consumer was given the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given {
    /// Which one of the consumer's records it was: 1 = the first.
    pub number: u32,
    /// What became of it.
    pub outcome: Outcome,
}

/// An acknowledgement that the broker took.
type Taken = (Seq, AcknowledgeType);

/// Acknowledgements in share groups, by the consumer and the record's place.
#[derive(Default)]
pub struct Acknowledgements(BTreeMap<(NodeId, TopicPartition, Offset), Vec<Taken>>);

impl Acknowledgements {
    /// All of the world's history.
    pub fn of(world: &World) -> Acknowledgements {
        let mut found = Acknowledgements::default();
        for item in world.history().iter_from(0) {
            let ClientEvent::Acknowledged(partitions) = &item.event else {
                continue;
            };
            for (partition, batches, error) in partitions {
                if !error.is_error() {
                    for batch in batches {
                        found.take(item.client, *partition, batch, item.seq);
                    }
                }
            }
        }
        found
    }

    fn take(
        &mut self,
        client: NodeId,
        partition: TopicPartition,
        batch: &AcknowledgementBatch,
        seq: Seq,
    ) {
        for (index, at) in (batch.first.0..=batch.last.0).enumerate() {
            let only = batch.types.first().filter(|_| batch.types.len() == 1);
            if let Some(with) = only.or(batch.types.get(index)) {
                let key = (client, partition, Offset(at));
                self.0.entry(key).or_default().push((seq, *with));
            }
        }
    }

    /// What became of a delivery in a share group; `again` = it was given out after that.
    pub fn outcome(
        &self,
        delivery: &Delivery,
        (partition, offset): (TopicPartition, Offset),
        again: Option<Seq>,
    ) -> Outcome {
        let taken = self.0.get(&(delivery.consumer, partition, offset));
        let before = |seq: Seq| again.is_none_or(|again| seq < again);
        let last = taken.into_iter().flatten().rfind(|(seq, with)| {
            *seq >= delivery.seq && before(*seq) && *with != AcknowledgeType::Renew
        });
        match last.map(|(_, with)| *with) {
            Some(AcknowledgeType::Accept) => Outcome::Done,
            Some(AcknowledgeType::Release) => Outcome::Released,
            Some(AcknowledgeType::Reject | AcknowledgeType::Gap) => Outcome::Rejected,
            Some(AcknowledgeType::Renew) | None if again.is_some() => Outcome::Lapsed,
            Some(AcknowledgeType::Renew) | None => Outcome::Acquired,
        }
    }
}
