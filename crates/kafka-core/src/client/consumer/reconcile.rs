//! What a member of a `consumer` group does inside `poll`: it joins, and takes over the
//! assignment that heartbeats brought (NGP-4, NGP-7).
//!
//! Partitions that stay are read on all the time; one that goes is not read from the
//! moment the member knows. Invariant: the assigned callback follows the revoked one, and
//! the coordinator hears of neither before both are through.

use super::Consumer;
use super::commit::CommitStep;
use super::group::Prepare;
use super::modern::ModernState;
use crate::client::{ClientEvent, NamedPartition};
use crate::node::Effects;
use crate::note::Note;
use crate::types::{Duration, Time, TopicPartition};

impl Consumer {
    /// The part of `poll` that keeps the membership.
    pub(super) fn modern_step(&mut self, now: Time, fx: &mut Effects) {
        match self.modern.state {
            ModernState::Fenced | ModernState::Stale | ModernState::Fatal => {
                let all = self.all_named();
                self.set_assignment(&[]);
                if !all.is_empty() {
                    fx.event(ClientEvent::Lost(all));
                }
                if self.modern.state != ModernState::Fatal {
                    self.modern.state = ModernState::Joining;
                }
            }
            ModernState::Unsubscribed => self.modern.state = ModernState::Joining,
            ModernState::Reconciling => self.reconcile(now, fx),
            ModernState::Joining | ModernState::Acknowledging | ModernState::Stable => {}
        }
    }

    /// One attempt to take over what is assigned, as far as its topics are known.
    fn reconcile(&mut self, now: Time, fx: &mut Effects) {
        let (wanted, named) = self.resolvable();
        if self.modern.current.as_ref() == Some(&wanted) {
            // Nothing but what is not known yet.
            return;
        }
        let owned = self.all_named();
        let mut revoked = owned.clone();
        revoked.retain(|partition| !named.contains(partition));
        for (assigned, partition) in self.assigned.iter_mut().zip(&owned) {
            assigned.is_leaving = revoked.contains(partition);
        }
        if !self.commit_before_reconciling(now, fx) {
            return;
        }
        self.modern.commit_until = None;
        let group = self.config.group.clone().unwrap_or_default();
        if !revoked.is_empty() {
            fx.note(Note::PartitionsRevoked(group.clone(), revoked.len() as u32));
            fx.event(ClientEvent::Revoked(revoked));
        }
        let mut added = named.clone();
        added.retain(|partition| !owned.contains(partition));
        for partition in &named {
            self.net.want_topic(&partition.topic);
        }
        self.set_assignment(&named);
        self.reset_auto_commit(now);
        fx.note(Note::PartitionsAssigned(group, named.len() as u32));
        fx.event(ClientEvent::Assigned {
            partitions: added,
            generation: self.member.generation,
            is_group_leader: false,
        });
        self.modern.current = Some(wanted);
        self.modern.state = ModernState::Acknowledging;
    }

    /// The assigned partitions whose topics metadata knows, by id and by name.
    fn resolvable(&mut self) -> (Vec<TopicPartition>, Vec<NamedPartition>) {
        let mut known = Vec::with_capacity(self.modern.target.len());
        let mut named = Vec::with_capacity(self.modern.target.len());
        for id in &self.modern.target {
            match self.net.view.topic(id.topic) {
                Some(topic) => {
                    known.push(*id);
                    named.push(NamedPartition {
                        topic: topic.name.clone(),
                        partition: id.partition,
                    });
                }
                None => self.net.request_update(),
            }
        }
        (known, named)
    }

    /// CON-10: all positions are committed first, again and again until it works or the
    /// time for revoking is over. Whether that is done.
    fn commit_before_reconciling(&mut self, now: Time, fx: &mut Effects) -> bool {
        if !self.config.auto_commit {
            return true;
        }
        let until = match self.modern.commit_until {
            Some(until) => until,
            None => {
                self.member.prepare = Prepare::Needed;
                let timeout = u64::from(self.config.max_poll_interval_ms);
                let until = now + Duration::from_ms(timeout);
                self.modern.commit_until = Some(until);
                self.modern.commit_retry_at = now;
                until
            }
        };
        match self.step_commit_before_rejoin(now, fx) {
            CommitStep::Done => true,
            CommitStep::Waits if now >= until => true,
            CommitStep::Waits => false,
        }
    }
}
