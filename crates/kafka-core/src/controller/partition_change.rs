//! The one place where a partition's next state is computed: reassignment
//! completion, ELR, election, and the record of what changed (REP-28 to REP-36,
//! REP-41).
//!
//! A function of the partition's present state and of what is wanted; which
//! event wants it is the caller's business. Invariant: a record names exactly the
//! fields that change.

use crate::metadata::{ClusterImage, PartitionChange, PartitionRegistration, are_first};
use crate::types::{BrokerId, Uuid};

/// How hard to look for a leader (REP-30).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Election {
    /// The first replica if it may lead.
    Preferred,
    /// Anybody of the ISR (or, with an empty ISR, of the ELR).
    Online,
    /// Anybody alive, if nobody else is left.
    Unclean,
}

/// Builds one PARTITION_CHANGE record.
pub(super) struct PartitionChangeBuilder<'a> {
    partition: &'a PartitionRegistration,
    /// Brokers and their log directories.
    image: &'a ClusterImage,
    /// REP-29: registered, unfenced, not stopping.
    acceptable: &'a dyn Fn(BrokerId) -> bool,
    min_isr: usize,
    elr_enabled: bool,
    /// A replica that is in that log directory (LOG-16).
    assigned: Option<(BrokerId, Uuid)>,
    election: Election,
    unclean_replica: Option<BrokerId>,
    isr: Vec<BrokerId>,
    replicas: Vec<BrokerId>,
    removing: Vec<BrokerId>,
    adding: Vec<BrokerId>,
    elr: Vec<BrokerId>,
    recovering: bool,
}

/// A finished change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct BuiltChange {
    /// The record's fields.
    pub change: PartitionChange,
    /// Whether acknowledged records may be lost by it (REP-31).
    pub unclean: bool,
}

impl<'a> PartitionChangeBuilder<'a> {
    /// Wants nothing yet. `min_isr` is the effective one (REP-33).
    pub(super) fn new(
        partition: &'a PartitionRegistration,
        acceptable: &'a dyn Fn(BrokerId) -> bool,
        min_isr: usize,
        image: &'a ClusterImage,
    ) -> PartitionChangeBuilder<'a> {
        PartitionChangeBuilder {
            partition,
            image,
            acceptable,
            min_isr,
            elr_enabled: image.elr_enabled(),
            assigned: None,
            election: Election::Online,
            unclean_replica: None,
            isr: partition.isr.clone(),
            replicas: partition.replicas.clone(),
            removing: partition.removing.clone(),
            adding: partition.adding.clone(),
            elr: partition.elr.clone(),
            recovering: partition.recovering,
        }
    }

    /// Which election to hold.
    pub(super) fn election(mut self, election: Election) -> Self {
        self.election = election;
        self
    }

    /// Wanted ISR.
    pub(super) fn isr(mut self, isr: Vec<BrokerId>) -> Self {
        self.isr = isr;
        self
    }

    /// A replica that may have lost data: out of ISR and ELR (BRK-2).
    pub(super) fn unclean_replica(mut self, replica: BrokerId) -> Self {
        self.isr.retain(|member| *member != replica);
        self.unclean_replica = Some(replica);
        self
    }

    /// Wanted assignment (REP-41).
    pub(super) fn assignment(
        mut self,
        replicas: Vec<BrokerId>,
        removing: Vec<BrokerId>,
        adding: Vec<BrokerId>,
    ) -> Self {
        self.replicas = replicas;
        self.removing = removing;
        self.adding = adding;
        self
    }

    /// The replica of that broker is in that log directory (LOG-16).
    pub(super) fn directory(mut self, broker: BrokerId, directory: Uuid) -> Self {
        self.assigned = Some((broker, directory));
        self
    }

    /// Wanted recovery state.
    pub(super) fn recovering(mut self, recovering: bool) -> Self {
        self.recovering = recovering;
        self
    }

    /// The record, or `None` if nothing changes (REP-28, in its order).
    pub(super) fn build(mut self) -> Option<BuiltChange> {
        let mut change = PartitionChange::default();
        self.complete_reassignment();
        self.populate_elr();
        let unclean = self.elect(&mut change);
        self.bump_for_removed_replica(&mut change);
        if unclean || !self.elr_enabled {
            self.elr.clear();
        }
        if self.elr != self.partition.elr {
            change.elr = Some(self.elr.clone());
        }
        let may_be_set = !self.isr.is_empty() || self.elr_enabled;
        if change.isr.is_none() && may_be_set && self.isr != self.partition.isr {
            change.isr = Some(self.isr.clone());
        }
        self.last_known_leader(&mut change);
        self.assignment_changes(&mut change);
        self.directory_changes(&mut change);
        if change.recovering.is_none() && self.recovering != self.partition.recovering {
            change.recovering = Some(self.recovering);
        }
        (!change.is_empty()).then_some(BuiltChange { change, unclean })
    }

    /// REP-41: done when what remains after the removals is in sync.
    fn complete_reassignment(&mut self) {
        if self.removing.is_empty() && self.adding.is_empty() {
            return;
        }
        let stays = |broker: &BrokerId| !self.removing.contains(broker);
        let isr: Vec<BrokerId> = self.isr.iter().copied().filter(stays).collect();
        let replicas: Vec<BrokerId> = self.replicas.iter().copied().filter(stays).collect();
        let in_sync = replicas.iter().all(|replica| isr.contains(replica));
        if isr.is_empty() || replicas.is_empty() || !in_sync {
            return;
        }
        self.isr = isr;
        self.replicas = replicas;
        self.removing.clear();
        self.adding.clear();
    }

    /// REP-33.
    fn populate_elr(&mut self) {
        if !self.elr_enabled {
            return;
        }
        if self.isr.len() >= self.min_isr {
            self.elr.clear();
            return;
        }
        let candidates = self.elr.iter().chain(&self.partition.isr).copied();
        let mut elr: Vec<BrokerId> = candidates
            .filter(|broker| !self.isr.contains(broker))
            .filter(|broker| self.unclean_replica != Some(*broker))
            // A cancelled move may have dropped it. Kafka keeps it, and might elect a broker
            // that has no replica.
            .filter(|broker| self.replicas.contains(broker))
            .collect();
        elr.sort_unstable();
        elr.dedup();
        self.elr = elr;
    }

    /// REP-29.
    fn is_valid(&self, broker: BrokerId) -> bool {
        let eligible =
            self.isr.contains(&broker) || (self.isr.is_empty() && self.elr.contains(&broker));
        eligible && self.may_lead(broker)
    }

    /// REP-29, LOG-16: alive, with the replica in a directory that can be read.
    fn may_lead(&self, broker: BrokerId) -> bool {
        (self.acceptable)(broker) && self.image.is_dir_online(broker, self.partition)
    }

    /// REP-30: the leader to be and whether choosing it is unclean.
    fn choose(&self) -> (Option<BrokerId>, bool) {
        let current = self.partition.leader;
        let first = self.replicas.first().copied();
        if self.election == Election::Preferred
            && let Some(first) = first.filter(|first| self.is_valid(*first))
        {
            return (Some(first), false);
        }
        if let Some(current) = current.filter(|current| self.is_valid(*current)) {
            return (Some(current), false);
        }
        let valid = (self.replicas.iter()).find(|replica| self.is_valid(**replica));
        if let Some(valid) = valid {
            return (Some(*valid), false);
        }
        if let Some(last) = self.last_known() {
            return (Some(last), true);
        }
        if self.election == Election::Unclean {
            let alive = (self.replicas.iter()).find(|replica| self.may_lead(**replica));
            if let Some(alive) = alive {
                return (Some(*alive), true);
            }
        }
        (None, false)
    }

    /// REP-35: the last known leader, if nobody else is left and it is alive.
    fn last_known(&self) -> Option<BrokerId> {
        if !self.elr_enabled || !self.isr.is_empty() || !self.elr.is_empty() {
            return None;
        }
        match self.partition.last_known_elr.as_slice() {
            [last] if self.may_lead(*last) => Some(*last),
            _ => None,
        }
    }

    /// Elects; true if it was unclean (REP-31).
    fn elect(&mut self, change: &mut PartitionChange) -> bool {
        let (leader, unclean) = self.choose();
        if leader == self.partition.leader {
            return false;
        }
        change.leader = Some(leader);
        let Some(leader) = leader else {
            return false;
        };
        if self.elr.contains(&leader) {
            self.isr = vec![leader];
            self.elr.retain(|broker| *broker != leader);
        }
        if unclean {
            change.isr = Some(vec![leader]);
            if !self.partition.recovering {
                change.recovering = Some(true);
            }
        }
        unclean
    }

    /// REP-28 (4): brokers must notice that a replica left.
    fn bump_for_removed_replica(&self, change: &mut PartitionChange) {
        let all_stay = (self.partition.replicas.iter()).all(|old| self.replicas.contains(old));
        if change.leader.is_none() && !all_stay {
            change.leader = Some(self.partition.leader);
        }
    }

    /// REP-35: remembered when the ISR empties, forgotten when a leader leads.
    fn last_known_leader(&self, change: &mut PartitionChange) {
        if !self.elr_enabled {
            return;
        }
        let known = &self.partition.last_known_elr;
        let empties = change.isr.as_ref().is_some_and(Vec::is_empty);
        let old_leader: Vec<BrokerId> = self.partition.leader.into_iter().collect();
        let will_lead = change.leader.unwrap_or(self.partition.leader).is_some();
        if empties && (known.len() != 1 || *known != old_leader) {
            // Only when it first becomes leaderless.
            if !old_leader.is_empty() {
                change.last_known_elr = Some(old_leader);
            }
        } else if will_lead && !known.is_empty() {
            change.last_known_elr = Some(Vec::new());
        }
    }

    fn assignment_changes(&self, change: &mut PartitionChange) {
        if !self.replicas.is_empty() && self.replicas != self.partition.replicas {
            change.replicas = Some(self.replicas.clone());
        }
        if self.removing != self.partition.removing {
            change.removing = Some(self.removing.clone());
        }
        if self.adding != self.partition.adding {
            change.adding = Some(self.adding.clone());
        }
    }

    /// Replicas stay where they are; where a new one is, its broker says (LOG-16).
    fn directory_changes(&self, change: &mut PartitionChange) {
        if self.assigned.is_none() && change.replicas.is_none() {
            return;
        }
        let directory = |broker: &BrokerId| match self.assigned {
            Some((assigned, directory)) if assigned == *broker => directory,
            _ => {
                let known = self.partition.directory(*broker);
                known.unwrap_or_else(|| self.image.default_dir(*broker))
            }
        };
        let directories: Vec<Uuid> = self.replicas.iter().map(directory).collect();
        let unnamed = self.partition.directories.is_empty();
        if unnamed && are_first(&self.replicas, &directories) {
            return;
        }
        if directories != self.partition.all_directories() {
            change.directories = Some(directories);
        }
    }
}
