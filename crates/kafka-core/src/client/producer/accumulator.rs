//! Where records wait: batches by topic and partition (PRO-4), and their
//! numbering in the producer session (PRO-13).
//!
//! Not here: when they are sent (`sender`). Invariant: per partition, batches
//! that carry a sequence stand before those that do not, in sequence order.

use std::collections::{BTreeMap, VecDeque};

use super::batch::{Packing, ProducerBatch};
use crate::compress::Compression;
use crate::partitioner::StickyPartitioner;
use crate::types::{Name, ProducerEpoch, ProducerId, Sequence, Time, TopicId};

/// A partition's place in [`Accumulator::partitions`].
pub type Slot = u32;

/// Some partitions, in order. It keeps its room, so that filling and emptying it
/// allocates nothing.
#[derive(Clone, Debug, Default)]
pub struct SlotSet(Vec<Slot>);

impl SlotSet {
    /// Adds one that may be there already.
    pub fn insert(&mut self, slot: Slot) {
        if let Err(at) = self.0.binary_search(&slot) {
            self.0.insert(at, slot);
        }
    }

    /// Takes one out that may not be there.
    pub fn remove(&mut self, slot: Slot) {
        if let Ok(at) = self.0.binary_search(&slot) {
            self.0.remove(at);
        }
    }

    /// Keeps those that pass, looking at them in order.
    pub fn retain(&mut self, mut keep: impl FnMut(Slot) -> bool) {
        self.0.retain(|slot| keep(*slot));
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What a producer keeps of one partition.
#[derive(Clone, Debug)]
pub struct PartitionQueue {
    /// Place of its topic.
    pub topic: u32,
    /// Partition number.
    pub partition: u32,
    /// Waiting batches, first to go first.
    pub waiting: VecDeque<ProducerBatch>,
    /// Sent and unanswered batches, in the order sent.
    pub in_flight: VecDeque<ProducerBatch>,
    /// Session its sequences belong to.
    pub session: (ProducerId, ProducerEpoch),
    /// Sequence of the next new batch.
    pub next_sequence: Sequence,
    /// Last sequence the broker acknowledged; NONE at first.
    pub last_acked: Sequence,
    /// A sent batch expired: nobody knows whether the broker has it (PRO-15).
    pub unresolved: bool,
}

impl PartitionQueue {
    /// Lowest sequence of the batches that have one and are not done.
    pub fn first_sequence(&self) -> Option<Sequence> {
        let numbered = self.in_flight.iter().chain(&self.waiting);
        let in_session = numbered.filter(|b| b.has_sequence() && b.session == self.session);
        in_session.map(|b| b.base_sequence).min()
    }

    /// Whether a numbered batch is not done.
    pub fn has_numbered(&self) -> bool {
        !self.in_flight.is_empty() || self.waiting.front().is_some_and(|b| b.has_sequence())
    }

    /// Whether this sequence is the one the broker must expect next.
    pub fn is_next(&self, sequence: Sequence) -> bool {
        sequence == self.last_acked.plus(1)
    }

    /// Begins at sequence 0 in a session, renumbering what is not done (PRO-15).
    pub fn start_session(&mut self, session: (ProducerId, ProducerEpoch)) {
        self.session = session;
        self.last_acked = Sequence::NONE;
        self.unresolved = false;
        let mut next = Sequence(0);
        let numbered = self.in_flight.iter_mut().chain(&mut self.waiting);
        let mut numbered: Vec<_> = numbered.filter(|b| b.has_sequence()).collect();
        // Retried batches wait again while later ones are still on the wire.
        numbered.sort_by_key(|b| b.base_sequence);
        for batch in numbered {
            batch.number_in(session, next);
            next = next.plus(batch.count());
        }
        self.next_sequence = next;
    }

    /// Puts a batch back: in sequence order if it has one, else in front (PRO-8).
    pub fn put_back(&mut self, batch: ProducerBatch) {
        let behind = |b: &ProducerBatch| {
            batch.has_sequence() && b.has_sequence() && b.base_sequence < batch.base_sequence
        };
        let at = self.waiting.iter().take_while(|b| behind(b)).count();
        self.waiting.insert(at, batch);
    }

    /// Takes an answered batch out.
    pub fn take_in_flight(&mut self, number: u64) -> Option<ProducerBatch> {
        let at = self.in_flight.iter().position(|b| b.number == number)?;
        self.in_flight.remove(at)
    }
}

/// What a producer keeps of one topic.
#[derive(Clone, Debug)]
pub struct TopicQueue {
    /// Its name.
    pub name: Name,
    /// Its id in the newest metadata.
    pub id: Option<TopicId>,
    /// Slots of its partitions by number.
    pub slots: Vec<Slot>,
    /// Partitions that have a leader, ascending.
    pub available: Vec<u32>,
    /// How its next batch is compressed.
    pub packing: Packing,
    /// Chooses for records without a key (PRO-3).
    pub sticky: StickyPartitioner,
}

/// All batches of a producer that are not done.
#[derive(Clone, Debug, Default)]
pub struct Accumulator {
    /// Topics in the order of first use.
    pub topics: Vec<TopicQueue>,
    by_name: BTreeMap<Name, u32>,
    /// Partitions in the order they became known.
    pub partitions: Vec<PartitionQueue>,
    /// Bytes of `buffer.memory` in use.
    pub reserved: u64,
    /// Number of the newest batch.
    pub last_number: u64,
}

impl Accumulator {
    /// Place of a topic, made on first use.
    pub fn topic(&mut self, name: &Name, batch_size: u32, codec: Compression) -> u32 {
        if let Some(at) = self.by_name.get(name) {
            return *at;
        }
        let at = self.topics.len() as u32;
        self.by_name.insert(name.clone(), at);
        self.topics.push(TopicQueue {
            name: name.clone(),
            id: None,
            slots: Vec::new(),
            available: Vec::new(),
            packing: Packing::new(codec),
            sticky: StickyPartitioner::new(batch_size),
        });
        at
    }

    /// Makes queues for the partitions of a topic that are new.
    pub fn grow(&mut self, topic: u32, partitions: u32) {
        for partition in self.topics[topic as usize].slots.len() as u32..partitions {
            let slot = self.partitions.len() as u32;
            self.topics[topic as usize].slots.push(slot);
            self.partitions.push(PartitionQueue {
                topic,
                partition,
                waiting: VecDeque::new(),
                in_flight: VecDeque::new(),
                session: (ProducerId::NONE, ProducerEpoch::NONE),
                next_sequence: Sequence(0),
                last_acked: Sequence::NONE,
                unresolved: false,
            });
        }
    }

    /// How the next batch of a partition is compressed.
    pub fn packing(&mut self, slot: Slot) -> &mut Packing {
        let topic = self.partitions[slot as usize].topic;
        &mut self.topics[topic as usize].packing
    }

    /// A partition's queue.
    pub fn queue(&mut self, slot: Slot) -> &mut PartitionQueue {
        &mut self.partitions[slot as usize]
    }

    /// Batches that are not done.
    pub fn outstanding(&self) -> impl Iterator<Item = &ProducerBatch> {
        self.partitions
            .iter()
            .flat_map(|p| p.in_flight.iter().chain(&p.waiting))
    }

    /// When the oldest batch was made of those that may expire: batches on the wire,
    /// and the first waiting one of each partition. A retried one behind it waits for
    /// it, as in Kafka, where batches expire in the order of sending.
    pub fn oldest(&self) -> Option<Time> {
        let queues = self.partitions.iter();
        let may_expire = queues.flat_map(|p| p.in_flight.iter().chain(p.waiting.front()));
        may_expire.map(|b| b.created).min()
    }
}
