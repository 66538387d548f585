//! All replicas of a broker, by partition.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::partition::Partition;
use crate::types::TopicPartition;

/// A sorted list; shared with snapshots until it changes.
#[derive(Clone, Debug, Default)]
pub struct Partitions {
    list: Vec<Rc<Partition>>,
    /// Those whose log is in a directory that has failed (LOG-16).
    offline: BTreeSet<TopicPartition>,
}

impl Partitions {
    fn find(&self, id: TopicPartition) -> Result<usize, usize> {
        self.list
            .binary_search_by(|partition| partition.id.cmp(&id))
    }

    /// A partition of this broker.
    pub fn get(&self, id: TopicPartition) -> Option<&Partition> {
        self.find(id).ok().map(|index| self.list[index].as_ref())
    }

    /// A partition of this broker, to be changed.
    pub fn get_mut(&mut self, id: TopicPartition) -> Option<&mut Partition> {
        let index = self.find(id).ok()?;
        Some(Rc::make_mut(&mut self.list[index]))
    }

    /// Whether its log is in a directory that has failed.
    pub fn is_offline(&self, id: TopicPartition) -> bool {
        self.offline.contains(&id)
    }

    /// Whether the log of one that is not here is in a directory that has failed.
    pub fn set_offline(&mut self, id: TopicPartition, is_offline: bool) {
        match is_offline {
            true => self.offline.insert(id),
            false => self.offline.remove(&id),
        };
    }

    /// Adds or replaces a partition.
    pub fn insert(&mut self, partition: Partition) {
        match self.find(partition.id) {
            Ok(index) => self.list[index] = Rc::new(partition),
            Err(index) => self.list.insert(index, Rc::new(partition)),
        }
    }

    /// Takes a partition away.
    pub fn remove(&mut self, id: TopicPartition) -> Option<Partition> {
        let index = self.find(id).ok()?;
        Some(Rc::unwrap_or_clone(self.list.remove(index)))
    }

    /// In order of topic and partition.
    pub fn iter(&self) -> impl Iterator<Item = &Partition> {
        self.list.iter().map(Rc::as_ref)
    }

    /// In order of topic and partition, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Partition> {
        self.list.iter_mut().map(Rc::make_mut)
    }

    /// The ids of the partitions that pass, in order.
    pub fn ids_where(&self, pass: impl Fn(&Partition) -> bool) -> Vec<TopicPartition> {
        let chosen = self.iter().filter(|partition| pass(partition));
        chosen.map(|partition| partition.id).collect()
    }

    /// The partitions themselves, when the process ends.
    pub fn into_vec(self) -> Vec<Partition> {
        self.list.into_iter().map(Rc::unwrap_or_clone).collect()
    }
}
