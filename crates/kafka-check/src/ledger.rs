//! The record-fate ledger: what became of every record that carries a tag.
//!
//! Producers say what was sent, acknowledged and refused; brokers' notes say where it
//! was appended; consumers say what they were given and what their groups committed.
//! Replication and loss are read from the batch a record is in. Invariant: a record's
//! states only ever grow, except that a lost one may be found again when a replica
//! that still holds it leads.

use std::collections::BTreeMap;

use kafka_core::client::{ClientEvent, DeliveredRecord};
use kafka_core::error::ErrorCode;
use kafka_core::protocol::{AcknowledgeType, AcknowledgementBatch, Acks};
use kafka_core::types::{BrokerId, Name, NodeId, Offset, TopicPartition};
use kafka_sim::{HistoryItem, Seq};

use crate::book::{BatchFate, Book};
use crate::cluster::Cluster;

/// Where a record was appended: a batch of a partition's book.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Place {
    pub(crate) partition: TopicPartition,
    pub(crate) batch: u32,
    pub(crate) index: u32,
}

/// A producer was told that a record is stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Ack {
    pub(crate) tag: u64,
    pub(crate) partition: TopicPartition,
    pub(crate) offset: Offset,
    /// What the producer waited for.
    pub(crate) acks: Acks,
}

#[derive(Clone, Debug, Default)]
struct Entry {
    sent: Option<(Seq, NodeId)>,
    topic: Option<Name>,
    place: Option<Place>,
    /// Appended again: by a retry without idempotence, or after a loss.
    again: Vec<Place>,
    acked: Option<(Seq, Offset, Acks)>,
    failed: Option<(Seq, ErrorCode)>,
    delivered: Vec<Delivery>,
    /// Share groups whose members accepted it.
    accepted: Vec<Name>,
}

/// A record was given to a consumer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Delivery {
    /// The consumer.
    pub consumer: NodeId,
    /// When its `poll` returned.
    pub seq: Seq,
    /// How many records that consumer was given up to this one, itself included.
    pub number: u32,
}

/// A copy of a record: where it was appended, and what became of it there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AppendedAt {
    /// The partition.
    pub partition: TopicPartition,
    /// Its offset.
    pub offset: Offset,
    /// The leader that appended it.
    pub leader: BrokerId,
    /// When.
    pub seq: Seq,
    /// The brokers whose log holds it now.
    pub replicas: Vec<BrokerId>,
    /// When the high watermark passed it.
    pub visible: Option<Seq>,
    /// When it was lost to the partition: its leader's log does not hold it.
    pub superseded: Option<Seq>,
}

/// What became of one record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fate {
    /// Its tag.
    pub tag: u64,
    /// Topic it was sent to.
    pub topic: Option<Name>,
    /// When it was sent, and by whom.
    pub sent: Option<(Seq, NodeId)>,
    /// Every place it was appended at; more than one is a duplicate.
    pub appended: Vec<AppendedAt>,
    /// When it was acknowledged, at which offset, and what the producer waits for.
    pub acknowledged: Option<(Seq, Offset, Acks)>,
    /// When the producer gave it up, and why.
    pub failed: Option<(Seq, ErrorCode)>,
    /// The consumers it was given to.
    pub delivered: Vec<(NodeId, Seq)>,
    /// The groups whose committed offset has passed it, and the share groups that
    /// accepted it.
    pub committed_by: Vec<Name>,
}

impl Fate {
    /// The copy that counts: the first that is not lost, else the first.
    pub fn copy(&self) -> Option<&AppendedAt> {
        let living = self.appended.iter().find(|at| at.superseded.is_none());
        living.or(self.appended.first())
    }

    /// Acknowledged with a place, and no copy is left in the partition.
    pub fn is_lost(&self) -> bool {
        self.acknowledged.is_some()
            && !self.appended.is_empty()
            && self.appended.iter().all(|at| at.superseded.is_some())
    }

    /// In the partition more than once.
    pub fn is_duplicated(&self) -> bool {
        let living = self.appended.iter().filter(|at| at.superseded.is_none());
        living.count() > 1
    }
}

/// How many records are in which state. A record counts in every state it reached.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Handed to a producer.
    pub sent: u64,
    /// In some leader's log once.
    pub appended: u64,
    /// On at least two brokers now.
    pub replicated: u64,
    /// Acknowledged.
    pub acknowledged: u64,
    /// Given up by the producer.
    pub failed: u64,
    /// Below the high watermark.
    pub visible: u64,
    /// Given to a consumer.
    pub delivered: u64,
    /// Passed by the committed offset of some group.
    pub committed: u64,
    /// Acknowledged and lost.
    pub lost: u64,
    /// In the log more than once.
    pub duplicated: u64,
}

/// Place of each tag in the ledger's entries. A client numbers its records one
/// after the other in the lower half of the tag: those stand in a list.
#[derive(Clone, Debug, Default)]
struct Index {
    runs: BTreeMap<u32, Vec<u32>>,
    others: BTreeMap<u64, u32>,
}

impl Index {
    /// Number of the run and place in it; a run begins with 1.
    fn split(tag: u64) -> (u32, usize) {
        ((tag >> 32) as u32, (tag as u32).wrapping_sub(1) as usize)
    }

    fn get(&self, tag: u64) -> Option<u32> {
        let (run, place) = Index::split(tag);
        let run = self.runs.get(&run);
        let found = run.and_then(|run| run.get(place));
        found.or_else(|| self.others.get(&tag)).copied()
    }

    /// The place of a tag; a new one gets `next`.
    fn place(&mut self, tag: u64, next: u32) -> u32 {
        if let Some(known) = self.get(tag) {
            return known;
        }
        let (number, place) = Index::split(tag);
        let run = self.runs.entry(number).or_default();
        if run.len() == place {
            run.push(next);
        } else {
            self.others.insert(tag, next);
        }
        next
    }
}

/// All tagged records.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    index: Index,
    tags: Vec<u64>,
    entries: Vec<Entry>,
    /// Records given to each consumer so far.
    given: BTreeMap<NodeId, u32>,
    /// Tags of records given to members of share groups, by place.
    shared: BTreeMap<(TopicPartition, Offset), u64>,
    /// Committed offsets by topic and partition, then group.
    commits: BTreeMap<(Name, u32), BTreeMap<Name, Offset>>,
}

impl Ledger {
    fn entry(&mut self, tag: u64) -> &mut Entry {
        let next = self.entries.len() as u32;
        let at = self.index.place(tag, next);
        if at == next {
            self.entries.push(Entry::default());
            self.tags.push(tag);
        }
        &mut self.entries[at as usize]
    }

    pub(crate) fn on_appended(&mut self, tag: u64, place: Place) {
        let entry = self.entry(tag);
        match entry.place {
            None => entry.place = Some(place),
            Some(_) => entry.again.push(place),
        }
    }

    /// Who sent a record, and its place in the order of sending; `None` if that is not
    /// known, or if it was appended more than once.
    pub(crate) fn order(&self, tag: u64) -> Option<(NodeId, u32)> {
        let at = self.index.get(tag)?;
        let entry = &self.entries[at as usize];
        let (_, producer) = entry.sent.filter(|_| entry.again.is_empty())?;
        Some((producer, at))
    }

    /// The place of a record at that offset; where the producer did not learn an
    /// offset, the newest.
    pub(crate) fn place_at(
        &self,
        ack: &Ack,
        books: &BTreeMap<TopicPartition, Book>,
    ) -> Option<Place> {
        let entry = &self.entries[self.index.get(ack.tag)? as usize];
        let places = entry.again.iter().rev().chain(&entry.place);
        let fits = |place: &&Place| {
            let at = appended_at(place, books);
            let at = at.map(|at| (at.partition, at.offset));
            ack.offset == Offset::UNKNOWN || at == Some((ack.partition, ack.offset))
        };
        // A retry may stand at the same offset in the log of a leader that was deposed;
        // the acknowledgement means the one that was committed.
        let is_visible = |place: &Place| {
            let at = appended_at(place, books);
            at.is_some_and(|at| at.visible.is_some())
        };
        let mut fitting = places.filter(fits);
        let newest = *fitting.next()?;
        let mut all = std::iter::once(newest).chain(fitting.copied());
        Some(all.find(is_visible).unwrap_or(newest))
    }

    /// Takes in what an application saw. Gives the acknowledgement, if it was one.
    pub(crate) fn on_history<C: Cluster>(
        &mut self,
        cluster: &C,
        item: &HistoryItem,
    ) -> Option<Ack> {
        match &item.event {
            ClientEvent::Sent { tag, topic } => {
                let entry = self.entry(*tag);
                entry.sent.get_or_insert((item.seq, item.client));
                entry.topic.get_or_insert_with(|| topic.clone());
            }
            ClientEvent::Acked {
                tag,
                partition,
                offset,
            } => {
                let acks = cluster.acks(item.client).unwrap_or_default();
                self.entry(*tag).acked = Some((item.seq, *offset, acks));
                return Some(Ack {
                    tag: *tag,
                    partition: *partition,
                    offset: *offset,
                    acks,
                });
            }
            ClientEvent::SendFailed { tag, failure, .. } => {
                self.entry(*tag).failed = Some((item.seq, failure.error));
            }
            ClientEvent::Delivered(records) => {
                for record in records {
                    self.deliver(item, record);
                }
            }
            ClientEvent::ShareDelivered(records) => {
                for shared in records {
                    self.deliver(item, &shared.delivered);
                    let place = &shared.delivered;
                    let key = (place.partition, place.offset);
                    self.shared.insert(key, place.record.tag);
                }
            }
            ClientEvent::Acknowledged(partitions) => {
                if let Some(group) = cluster.group_of(item.client) {
                    self.accept(&group, partitions);
                }
            }
            ClientEvent::Committed {
                offsets,
                failure: None,
                ..
            } => {
                if let Some(group) = cluster.group_of(item.client) {
                    for (partition, offset) in offsets {
                        let key = (partition.topic.clone(), partition.partition);
                        self.commits
                            .entry(key)
                            .or_default()
                            .insert(group.clone(), *offset);
                    }
                }
            }
            _ => {}
        }
        None
    }

    fn deliver(&mut self, item: &HistoryItem, record: &DeliveredRecord) {
        if record.record.tag == 0 {
            return;
        }
        let given = self.given.entry(item.client).or_default();
        *given += 1;
        let delivery = Delivery {
            consumer: item.client,
            seq: item.seq,
            number: *given,
        };
        self.entry(record.record.tag).delivered.push(delivery);
    }

    /// Members of a share group accept records one by one: each is the group's own.
    fn accept(
        &mut self,
        group: &Name,
        partitions: &[(TopicPartition, Vec<AcknowledgementBatch>, ErrorCode)],
    ) {
        let stored = partitions.iter().filter(|(_, _, error)| !error.is_error());
        for (partition, batches, _) in stored {
            for batch in batches {
                for at in batch.first.0..=batch.last.0 {
                    let index = (at - batch.first.0) as usize;
                    let only = batch.types.first().filter(|_| batch.types.len() == 1);
                    let with = only.or(batch.types.get(index));
                    let tag = self.shared.get(&(*partition, Offset(at))).copied();
                    if with == Some(&AcknowledgeType::Accept)
                        && let Some(tag) = tag.filter(|tag| *tag != 0)
                    {
                        let accepted = &mut self.entry(tag).accepted;
                        if !accepted.contains(group) {
                            accepted.push(group.clone());
                        }
                    }
                }
            }
        }
    }

    /// Every time the record was given to a consumer, in order.
    pub fn deliveries(&self, tag: u64) -> &[Delivery] {
        let entry = self.index.get(tag).map(|at| &self.entries[at as usize]);
        entry.map_or(&[], |entry| &entry.delivered)
    }

    /// Tags of all records, in the order they were first heard of.
    pub fn tags(&self) -> &[u64] {
        &self.tags
    }

    pub(crate) fn fate(&self, tag: u64, books: &BTreeMap<TopicPartition, Book>) -> Option<Fate> {
        let entry = &self.entries[self.index.get(tag)? as usize];
        let places = entry.place.iter().chain(&entry.again);
        let appended: Vec<AppendedAt> = places.filter_map(|p| appended_at(p, books)).collect();
        let mut fate = Fate {
            tag,
            topic: entry.topic.clone(),
            sent: entry.sent,
            appended,
            acknowledged: entry.acked,
            failed: entry.failed,
            delivered: entry
                .delivered
                .iter()
                .map(|d| (d.consumer, d.seq))
                .collect(),
            committed_by: Vec::new(),
        };
        fate.committed_by = self.committed_by(&fate);
        fate.committed_by.extend(entry.accepted.iter().cloned());
        Some(fate)
    }

    fn committed_by(&self, fate: &Fate) -> Vec<Name> {
        let (Some(topic), Some(at)) = (&fate.topic, fate.copy()) else {
            return Vec::new();
        };
        let groups = self.commits.get(&(topic.clone(), at.partition.partition));
        let passed = groups
            .into_iter()
            .flatten()
            .filter(|(_, offset)| **offset > at.offset);
        passed.map(|(group, _)| group.clone()).collect()
    }

    /// The topic a record was sent to.
    pub fn topic(&self, tag: u64) -> Option<&Name> {
        self.entries[self.index.get(tag)? as usize].topic.as_ref()
    }

    pub(crate) fn appended_before(
        &self,
        seq: Seq,
        books: &BTreeMap<TopicPartition, Book>,
    ) -> BTreeMap<Name, usize> {
        let is_there = |place: &Place| {
            let batches = books.get(&place.partition).map(|book| &book.batches);
            let batch = batches.and_then(|batches| batches.get(place.batch as usize));
            batch.is_some_and(|batch| batch.appended < seq)
        };
        let mut topics = BTreeMap::new();
        let there = |entry: &&Entry| entry.place.as_ref().is_some_and(is_there);
        for topic in self
            .entries
            .iter()
            .filter(there)
            .filter_map(|e| e.topic.as_ref())
        {
            if let Some(count) = topics.get_mut(topic) {
                *count += 1;
            } else {
                topics.insert(topic.clone(), 1);
            }
        }
        topics
    }

    pub(crate) fn counts(&self, books: &BTreeMap<TopicPartition, Book>) -> Counts {
        let mut counts = Counts::default();
        for fate in self.tags.iter().filter_map(|tag| self.fate(*tag, books)) {
            let copy = fate.copy();
            let one = u64::from;
            counts.sent += one(fate.sent.is_some());
            counts.appended += one(copy.is_some());
            counts.replicated += one(copy.is_some_and(|at| at.replicas.len() > 1));
            counts.acknowledged += one(fate.acknowledged.is_some());
            counts.failed += one(fate.failed.is_some());
            counts.visible += one(copy.is_some_and(|at| at.visible.is_some()));
            counts.delivered += one(!fate.delivered.is_empty());
            counts.committed += one(!fate.committed_by.is_empty());
            counts.lost += one(fate.is_lost());
            counts.duplicated += one(fate.is_duplicated());
        }
        counts
    }
}

fn appended_at(place: &Place, books: &BTreeMap<TopicPartition, Book>) -> Option<AppendedAt> {
    let book = books.get(&place.partition)?;
    let batch: &BatchFate = book.batches.get(place.batch as usize)?;
    let holds = |(at, _): &(usize, &crate::book::Replica)| batch.copies >> at & 1 == 1;
    let replicas = book.replicas.iter().enumerate().filter(holds);
    Some(AppendedAt {
        partition: place.partition,
        offset: batch.base_offset.plus(i64::from(place.index)),
        leader: batch.appended_by,
        seq: batch.appended,
        replicas: replicas.map(|(_, replica)| replica.broker).collect(),
        visible: batch.visible,
        superseded: batch.superseded,
    })
}
