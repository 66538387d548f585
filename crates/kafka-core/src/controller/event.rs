//! What one event of the active controller decides: records to append as one
//! batch, and the facts for the trace (RAFT-14).
//!
//! Invariant: every decision of an event is made from the image as it was before
//! the event; the records are applied when all are known.

use std::rc::Rc;

use super::partition_change::{BuiltChange, Election, PartitionChangeBuilder};
use crate::config::ControllerConfig;
use crate::metadata::{ClusterImage, MetadataRecord, PartitionRegistration, TopicImage};
use crate::note::{ChangeReason, Note};
use crate::types::{BrokerId, Name, TopicPartition};

/// What an event decides from.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    /// Settings of the controller.
    pub config: &'a ControllerConfig,
    /// Everything appended so far.
    pub image: &'a ClusterImage,
}

/// The decisions of one event, in order.
#[derive(Default, Debug)]
pub(super) struct Event {
    /// Records, to be one batch.
    pub records: Vec<MetadataRecord>,
    /// Facts.
    pub notes: Vec<Note>,
}

impl<'a> View<'a> {
    /// `min.insync.replicas` of a topic, not above its replication factor (REP-33).
    pub(super) fn effective_min_isr(&self, topic: &TopicImage) -> usize {
        let configured = (self.image.topic_config(&topic.name, "min.insync.replicas"))
            .and_then(|value| value.parse::<i32>().ok())
            .unwrap_or(self.config.min_insync_replicas);
        let first = topic.partitions.first();
        let factor = first.map_or(usize::MAX, |partition| partition.replicas.len());
        usize::try_from(configured).unwrap_or(1).min(factor)
    }

    /// Whether the topic prefers losing records to being offline.
    pub(super) fn unclean_allowed(&self, topic: &Name) -> bool {
        (self
            .image
            .topic_config(topic, "unclean.leader.election.enable"))
        .map_or(self.config.unclean_leader_election, |value| {
            value.eq_ignore_ascii_case("true")
        })
    }

    /// The election an event holds that was not asked for one (REP-32).
    pub(super) fn default_election(&self, topic: &Name) -> Election {
        if self.unclean_allowed(topic) {
            Election::Unclean
        } else {
            Election::Online
        }
    }

    /// A builder that wants nothing yet.
    pub(super) fn builder<'b>(
        &self,
        topic: &TopicImage,
        partition: &'b PartitionRegistration,
        acceptable: &'b dyn Fn(BrokerId) -> bool,
    ) -> PartitionChangeBuilder<'b>
    where
        'a: 'b,
    {
        let min_isr = self.effective_min_isr(topic);
        PartitionChangeBuilder::new(partition, acceptable, min_isr, self.image)
    }

    /// All partitions with their topics, in order.
    pub(super) fn partitions(
        &self,
    ) -> impl Iterator<Item = (&'a TopicImage, TopicPartition, &'a PartitionRegistration)> + use<'a>
    {
        let image: &'a ClusterImage = self.image;
        image.topics.values().flat_map(|topic| {
            (topic.partitions.iter().zip(0..)).map(move |(partition, number)| {
                let tp = TopicPartition::new(topic.topic, number);
                (topic, tp, partition)
            })
        })
    }

    /// Whether the broker leads anything.
    pub(super) fn leads_something(&self, broker: BrokerId) -> bool {
        self.partitions()
            .any(|(_, _, partition)| partition.leader == Some(broker))
    }
}

impl Event {
    /// Records a partition's change and why it was made; returns the new state.
    pub(super) fn change_partition(
        &mut self,
        tp: TopicPartition,
        old: &PartitionRegistration,
        built: BuiltChange,
        reason: ChangeReason,
    ) -> PartitionRegistration {
        let mut new = old.clone();
        new.apply(&built.change);
        self.notes.push(Note::PartitionChanged {
            partition: tp,
            leader: new.leader,
            old_leader: old.leader,
            leader_epoch: new.leader_epoch,
            isr: Rc::from(new.isr.as_slice()),
            unclean: built.unclean,
            reason,
        });
        self.records.push(MetadataRecord::PartitionChange {
            topic: tp.topic,
            partition: tp.partition,
            change: built.change,
        });
        new
    }
}
