//! A client's picture of the cluster: brokers, topics, leaders and their epochs.
//!
//! Not here: when to ask for it (`network`). Invariant (MET-3): for one topic id
//! the remembered leader epoch of a partition never goes down, so that a stale
//! broker cannot turn a client back to an old leader.

use std::collections::BTreeMap;

use crate::error::ErrorCode;
use crate::protocol::{MetadataBroker, MetadataResponse, MetadataTopic};
use crate::types::{BrokerId, LeaderEpoch, Name, NodeId, TopicId, TopicPartition};

/// What a client knows of one partition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KnownPartition {
    /// Leader, if there is one.
    pub leader: Option<BrokerId>,
    /// Newest leader epoch seen.
    pub leader_epoch: LeaderEpoch,
}

/// What a client knows of one topic.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KnownTopic {
    /// Name.
    pub name: Name,
    /// `__consumer_offsets` and the like.
    pub is_internal: bool,
    /// Partitions by number.
    pub partitions: Vec<KnownPartition>,
}

/// The metadata cache.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ClusterView {
    brokers: Vec<MetadataBroker>,
    /// The active controller; told by controllers only.
    controller: Option<NodeId>,
    topics: BTreeMap<TopicId, KnownTopic>,
    ids: BTreeMap<Name, TopicId>,
    version: u32,
}

impl ClusterView {
    /// Brokers of the last answer; empty before the first one (bootstrap only).
    pub fn brokers(&self) -> &[MetadataBroker] {
        &self.brokers
    }

    /// The active controller, as controllers tell a client that is theirs.
    pub fn controller(&self) -> Option<NodeId> {
        self.controller
    }

    /// Takes over who the active controller is; `None` = unknown.
    pub fn set_controller(&mut self, controller: Option<NodeId>) {
        self.controller = controller;
    }

    /// Forgets the brokers: back to the bootstrap servers (KIP-899).
    pub fn forget_brokers(&mut self) {
        self.brokers.clear();
    }

    /// Counts answers that changed something; equal versions mean equal views.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Id of a topic by name.
    pub fn topic_id(&self, name: &str) -> Option<TopicId> {
        self.ids.get(name).copied()
    }

    /// All topics that are known, by name.
    pub fn topics(&self) -> impl Iterator<Item = &KnownTopic> {
        self.ids.values().filter_map(|id| self.topics.get(id))
    }

    /// A topic by id.
    pub fn topic(&self, id: TopicId) -> Option<&KnownTopic> {
        self.topics.get(&id)
    }

    /// A partition.
    pub fn partition(&self, partition: TopicPartition) -> Option<KnownPartition> {
        let topic = self.topics.get(&partition.topic)?;
        topic.partitions.get(partition.partition as usize).copied()
    }

    /// Leader of a partition with its epoch, if one is known.
    pub fn leader(&self, partition: TopicPartition) -> Option<(BrokerId, LeaderEpoch)> {
        let known = self.partition(partition)?;
        Some((known.leader?, known.leader_epoch))
    }

    /// Takes over an answer. Returns whether anything became different.
    ///
    /// `full` says that the answer names every topic this client wants, so the
    /// others are forgotten.
    pub fn update(&mut self, response: &MetadataResponse, full: bool) -> bool {
        let mut changed = false;
        if self.brokers != response.brokers {
            self.brokers.clone_from(&response.brokers);
            changed = true;
        }
        for topic in &response.topics {
            changed |= self.update_topic(topic);
        }
        if full {
            let kept = |name: &Name| response.topics.iter().any(|t| t.name == *name);
            let gone: Vec<Name> = self.ids.keys().filter(|n| !kept(n)).cloned().collect();
            for name in gone {
                changed |= self.forget(&name);
            }
        }
        self.version += u32::from(changed);
        changed
    }

    fn update_topic(&mut self, topic: &MetadataTopic) -> bool {
        if topic.error.is_error() {
            // A topic that is gone is forgotten; other errors leave the old view.
            let gone = matches!(
                topic.error,
                ErrorCode::UnknownTopicOrPartition | ErrorCode::UnknownTopicId
            );
            return gone && self.forget(&topic.name);
        }
        let mut changed = false;
        if self.ids.get(&topic.name) != Some(&topic.topic) {
            self.forget(&topic.name);
            self.ids.insert(topic.name.clone(), topic.topic);
            changed = true;
        }
        let known = self
            .topics
            .entry(topic.topic)
            .or_insert_with(|| KnownTopic {
                name: topic.name.clone(),
                is_internal: topic.is_internal,
                partitions: Vec::new(),
            });
        for new in &topic.partitions {
            let entry = KnownPartition {
                leader: new.leader,
                leader_epoch: new.leader_epoch,
            };
            match known.partitions.get_mut(new.partition as usize) {
                Some(old) if new.leader_epoch < old.leader_epoch => {}
                Some(old) => {
                    changed |= *old != entry;
                    *old = entry;
                }
                None => {
                    known.partitions.push(entry);
                    changed = true;
                }
            }
        }
        changed
    }

    /// A broker told the new leader in an error response (KIP-951). Returns
    /// whether that was news.
    pub fn hint_leader(
        &mut self,
        partition: TopicPartition,
        leader: BrokerId,
        epoch: LeaderEpoch,
    ) -> bool {
        let known_broker = self.brokers.iter().any(|b| b.id == leader);
        let entry = self
            .topics
            .get_mut(&partition.topic)
            .and_then(|t| t.partitions.get_mut(partition.partition as usize));
        match entry {
            Some(entry) if known_broker && epoch > entry.leader_epoch => {
                entry.leader = Some(leader);
                entry.leader_epoch = epoch;
                self.version += 1;
                true
            }
            _ => false,
        }
    }

    fn forget(&mut self, name: &str) -> bool {
        match self.ids.remove(name) {
            Some(id) => {
                self.topics.remove(&id);
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::testing::{metadata, topic};
    use crate::types::NodeId;

    /// MET-3: an entry with a lower leader epoch is ignored.
    #[test]
    fn a_stale_broker_cannot_turn_the_client_back() {
        let mut view = ClusterView::default();
        assert!(view.update(&metadata(3, &[topic("t", 0, &[(1, 5)])]), true));
        assert!(!view.update(&metadata(3, &[topic("t", 0, &[(0, 4)])]), true));
        let partition = TopicPartition::new(TopicId(0), 0);
        assert_eq!(view.leader(partition), Some((NodeId(1), LeaderEpoch(5))));
    }

    /// TOP-9: a topic created again under its old name is another topic, whose
    /// epochs begin anew.
    #[test]
    fn a_recreated_topic_starts_with_its_own_epochs() {
        let mut view = ClusterView::default();
        view.update(&metadata(3, &[topic("t", 0, &[(1, 5)])]), true);
        view.update(&metadata(3, &[topic("t", 7, &[(0, 0)])]), true);
        assert_eq!(view.topic_id("t"), Some(TopicId(7)));
        assert_eq!(view.topic(TopicId(0)), None);
    }

    /// KIP-951: a leader hint counts only with a higher epoch.
    #[test]
    fn a_leader_hint_needs_a_higher_epoch() {
        let mut view = ClusterView::default();
        view.update(&metadata(3, &[topic("t", 0, &[(1, 5)])]), true);
        let partition = TopicPartition::new(TopicId(0), 0);
        assert!(!view.hint_leader(partition, NodeId(2), LeaderEpoch(5)));
        assert!(view.hint_leader(partition, NodeId(2), LeaderEpoch(6)));
        assert_eq!(view.leader(partition), Some((NodeId(2), LeaderEpoch(6))));
    }
}
