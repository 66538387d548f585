//! All groups of one coordinator, by id and by timer number.
//!
//! Invariant: a number stands for one group in the life of the process; it is never
//! given to another.

use std::collections::BTreeMap;

use super::state::{Group, GroupState};
use crate::types::Name;

/// The groups of all partitions this broker leads.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Groups {
    by_name: BTreeMap<Name, Group>,
    names: BTreeMap<u32, Name>,
    next_number: u32,
}

impl Groups {
    pub(super) fn iter(&self) -> impl Iterator<Item = &Group> {
        self.by_name.values()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Group> {
        self.by_name.values_mut()
    }

    pub(super) fn get(&self, name: &str) -> Option<&Group> {
        self.by_name.get(name)
    }

    pub(super) fn get_mut(&mut self, name: &str) -> Option<&mut Group> {
        self.by_name.get_mut(name)
    }

    pub(super) fn by_number(&mut self, number: u32) -> Option<&mut Group> {
        self.by_name.get_mut(self.names.get(&number)?)
    }

    /// The group; a new one is Empty with generation 0.
    pub(super) fn get_or_create(
        &mut self,
        name: &Name,
        offsets_partition: u32,
        now_ms: i64,
    ) -> &mut Group {
        let next_number = &mut self.next_number;
        let names = &mut self.names;
        self.by_name.entry(name.clone()).or_insert_with(|| {
            let number = *next_number;
            *next_number += 1;
            names.insert(number, name.clone());
            let mut group = Group::new(name.clone(), number, offsets_partition);
            group.state_since_ms = Some(now_ms);
            group
        })
    }

    /// Forgets a group; it is Dead from now on.
    pub(super) fn remove(&mut self, name: &str) -> Option<Group> {
        let mut group = self.by_name.remove(name)?;
        self.names.remove(&group.number);
        group.state = GroupState::Dead;
        Some(group)
    }

    /// Ids of the groups of one partition.
    pub(super) fn names_of_partition(&self, offsets_partition: u32) -> Vec<Name> {
        let groups = self.by_name.values();
        let of_partition = groups.filter(|group| group.offsets_partition == offsets_partition);
        of_partition.map(|group| group.name.clone()).collect()
    }
}
