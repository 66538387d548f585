//! Committed cluster metadata: every partition's state after every controller event
//! (INV-5, INV-6, INV-7, INV-20, INV-24, INV-25, INV-26).
//!
//! Replays the committed metadata log into an image of its own.

use kafka_core::metadata::{
    ClusterImage, ImageDelta, MetadataBatch, MetadataRecord, PartitionRegistration,
};
use kafka_core::types::{BrokerId, LeaderEpoch, Name, TopicId, TopicPartition};
use kafka_sim::Seq;

use crate::cluster::Cluster;
use crate::findings::Findings;
use crate::invariant::Invariant;
use crate::permits::Permit;
use crate::verdict::{Breach, Setting};

/// The committed metadata.
#[derive(Clone, Debug, Default)]
pub(crate) struct Metadata {
    pub(crate) image: ClusterImage,
    /// Batches of the committed log applied so far.
    pub(crate) applied: usize,
    pub(crate) touched: Vec<TopicPartition>,
}

impl Metadata {
    /// Applies one committed batch (one controller event) and checks what it changed.
    /// Gives the topics it removed.
    pub(crate) fn apply(
        &mut self,
        findings: &mut Findings,
        seq: Seq,
        batch: &MetadataBatch,
    ) -> Vec<TopicId> {
        self.touched.clear();
        let mut removed = Vec::new();
        for record in &batch.records {
            let before = self.state_before(record);
            match self.image.apply(record) {
                ImageDelta::Partition(partition) => {
                    self.check_step(findings, seq, partition, before.as_ref());
                    self.check_change(findings, seq, partition, before.as_ref());
                    self.touched.push(partition);
                }
                ImageDelta::TopicRemoved(topic, ..) => removed.push(topic),
                ImageDelta::Broker(broker) => self.touch_broker(broker),
                ImageDelta::None | ImageDelta::Config(_) => {}
            }
        }
        let touched = std::mem::take(&mut self.touched);
        for partition in &touched {
            if let Some(state) = self.image.partition(*partition) {
                self.check_partition(findings, seq, *partition, state);
            }
        }
        self.touched = touched;
        removed
    }

    fn state_before(&self, record: &MetadataRecord) -> Option<PartitionRegistration> {
        match record {
            MetadataRecord::PartitionChange {
                topic, partition, ..
            } => {
                let partition = TopicPartition::new(*topic, *partition);
                self.image.partition(partition).cloned()
            }
            _ => None,
        }
    }

    /// A broker was fenced: all partitions that count it in sync must be looked at.
    fn touch_broker(&mut self, broker: BrokerId) {
        if self.image.brokers.get(&broker).is_none_or(|b| !b.fenced) {
            return;
        }
        for topic in self.image.topics.values() {
            for (number, state) in topic.partitions.iter().enumerate() {
                if state.isr.contains(&broker) {
                    let partition = TopicPartition::new(topic.topic, number as u32);
                    self.touched.push(partition);
                }
            }
        }
    }

    /// INV-20: epochs go up by at most one a record, and with every new leader.
    fn check_step(
        &self,
        findings: &mut Findings,
        seq: Seq,
        partition: TopicPartition,
        before: Option<&PartitionRegistration>,
    ) {
        let (Some(before), Some(after)) = (before, self.image.partition(partition)) else {
            return;
        };
        let step = after.leader_epoch.0 - before.leader_epoch.0;
        let moved = after.leader != before.leader;
        let versions = after.partition_epoch.0 - before.partition_epoch.0;
        if !(0..=1).contains(&step) || (moved && step == 0) || versions != 1 {
            let breach = Breach::EpochSkipped {
                partition,
                from: before.leader_epoch,
                to: after.leader_epoch,
            };
            findings.violated(Invariant::EpochSteps, seq, breach);
        }
    }

    /// INV-10: a leader that moves its high watermark has counted everybody whom the controller may
    /// elect. One that was replaced, and does not know it, may be wrong.
    pub(crate) fn check_superset<C: Cluster>(
        &self,
        cluster: &C,
        findings: &mut Findings,
        seq: Seq,
        leader: BrokerId,
        partition: TopicPartition,
    ) {
        let Some(state) = self.image.partition(partition) else {
            return;
        };
        let view = cluster.replica(leader, partition);
        let Some(running) = view.and_then(|view| view.running) else {
            return;
        };
        if running.leader_epoch != state.leader_epoch || state.leader != Some(leader) {
            return;
        }
        let electable = state.isr.iter().chain(&state.elr);
        for broker in electable.copied() {
            if !running.maximal_isr().any(|member| member == broker) {
                let breach = Breach::NotInMaximalIsr {
                    leader,
                    partition,
                    broker,
                };
                findings.violated(Invariant::MaximalIsrSuperset, seq, breach);
            }
        }
    }

    /// INV-24 and INV-26: who may lead, and when a replica may go.
    fn check_change(
        &self,
        findings: &mut Findings,
        seq: Seq,
        partition: TopicPartition,
        before: Option<&PartitionRegistration>,
    ) {
        let (Some(before), Some(after)) = (before, self.image.partition(partition)) else {
            return;
        };
        if let Some(leader) = after.leader.filter(|_| !after.recovering)
            && after.leader != before.leader
        {
            // In the record that ends a reassignment the old leader's word counts: a replica
            // may lead that it found in sync just now (REP-20, REP-41).
            let has_dropped = before
                .replicas
                .iter()
                .any(|it| !after.replicas.contains(it));
            let joined = before.replicas.iter().filter(|_| has_dropped);
            let in_sync = before.isr.iter().chain(&before.elr);
            let mut may_lead = in_sync.chain(&before.adding).chain(joined);
            if !may_lead.any(|broker| *broker == leader) {
                let breach = Breach::ElectedOutsider { partition, leader };
                findings.violated(Invariant::CleanElection, seq, breach);
            }
        }
        // One that has nothing to wait for begins and ends in one record.
        let is_over = after.adding.is_empty() && after.removing.is_empty();
        let mut gone = before.replicas.iter();
        let gone = gone.find(|broker| !after.replicas.contains(broker));
        if let Some(broker) = gone.filter(|_| !is_over) {
            let breach = Breach::ReplicaDropped {
                partition,
                broker: *broker,
            };
            findings.violated(Invariant::Reassign, seq, breach);
        }
    }

    fn check_partition(
        &self,
        findings: &mut Findings,
        seq: Seq,
        partition: TopicPartition,
        state: &PartitionRegistration,
    ) {
        if let Some(leader) = state.leader
            && !state.isr.contains(&leader)
        {
            let breach = Breach::LeaderOutsideIsr { partition, leader };
            findings.violated(Invariant::LeaderInIsr, seq, breach);
        }
        for broker in state.isr.iter().chain(&state.elr) {
            if !state.replicas.contains(broker) {
                let breach = Breach::IsrOutsideReplicas {
                    partition,
                    broker: *broker,
                };
                findings.violated(Invariant::IsrSubset, seq, breach);
            }
        }
        if let Some(broker) = self.misplaced_elr(partition, state) {
            let breach = Breach::InIsrAndElr { partition, broker };
            findings.violated(Invariant::IsrSubset, seq, breach);
        }
        let nobody = state.isr.is_empty() && state.elr.is_empty();
        if nobody && state.last_known_elr.len() != 1 {
            let breach = Breach::NoWayBack { partition };
            let permit = self.unclean_permit(partition);
            findings.report(Invariant::ElrRecovery, seq, permit, breach);
        }
        self.check_fenced(findings, seq, partition, state);
    }

    /// An ELR member that is in the ISR, too, or has no business there because the ISR
    /// is as large as `min.insync.replicas` asks (INV-6).
    fn misplaced_elr(
        &self,
        partition: TopicPartition,
        state: &PartitionRegistration,
    ) -> Option<BrokerId> {
        let in_both = state.elr.iter().find(|broker| state.isr.contains(broker));
        let needed = self.min_isr(partition).min(state.replicas.len());
        let is_full = state.isr.len() >= needed;
        in_both.or(state.elr.first().filter(|_| is_full)).copied()
    }

    fn min_isr(&self, partition: TopicPartition) -> usize {
        let topic: Option<&Name> = self.image.topics.get(&partition.topic).map(|t| &t.name);
        let value = topic.and_then(|name| self.image.topic_config(name, "min.insync.replicas"));
        value.and_then(|text| text.parse().ok()).unwrap_or(1)
    }

    /// INV-7. Without ELR the last member stays although it is fenced.
    fn check_fenced(
        &self,
        findings: &mut Findings,
        seq: Seq,
        partition: TopicPartition,
        state: &PartitionRegistration,
    ) {
        if state.isr.len() == 1 && !self.image.elr_enabled() {
            return;
        }
        for broker in &state.isr {
            if self.image.brokers.get(broker).is_some_and(|b| b.fenced) {
                let breach = Breach::FencedInIsr {
                    partition,
                    broker: *broker,
                };
                let permit = self.may_revert_uncleanly(partition, state);
                findings.report(Invariant::FencedNotInIsr, seq, permit, breach);
            }
        }
    }

    /// A cancelled reassignment whose ISR were all being added falls back to the first of the
    /// replicas that stay, alive or not, if unclean elections are allowed.
    fn may_revert_uncleanly(
        &self,
        partition: TopicPartition,
        state: &PartitionRegistration,
    ) -> Option<Permit> {
        let is_first_alone = state.isr.len() == 1 && state.isr.first() == state.replicas.first();
        self.unclean_permit(partition).filter(|_| is_first_alone)
    }

    fn unclean_permit(&self, partition: TopicPartition) -> Option<Permit> {
        let name = self.image.topics.get(&partition.topic).map(|t| &t.name)?;
        let setting = "unclean.leader.election.enable";
        let allows = self.image.topic_config(name, setting).map(|text| &**text) == Some("true");
        allows.then_some((Setting::UncleanLeaderElection, None))
    }

    /// INV-20 as a broker sees it: nobody acts in an epoch that was not committed.
    pub(crate) fn check_known_epoch<C: Cluster>(
        &self,
        cluster: &C,
        findings: &mut Findings,
        seq: Seq,
        broker: BrokerId,
        partition: TopicPartition,
        epoch: LeaderEpoch,
    ) {
        // Without controllers in view nothing is known to be committed.
        if cluster.voters().is_empty() {
            return;
        }
        let state = self.image.partition(partition);
        let Some(committed) = state.map(|state| state.leader_epoch) else {
            return;
        };
        if epoch > committed {
            let breach = Breach::EpochAhead {
                broker,
                partition,
                epoch,
                committed,
            };
            findings.violated(Invariant::EpochSteps, seq, breach);
        }
    }
}
