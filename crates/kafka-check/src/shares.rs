//! Share groups: a record is one member's at a time, and comes to an end (INV-52,
//! INV-53).
//!
//! What counts is one leader's life with a share partition: a leader that was deposed
//! and does not know it may still hand out what its successor hands out, too.

use std::collections::BTreeMap;

use kafka_core::note::Note;
use kafka_core::types::{BrokerId, Name, Offset, TopicPartition};
use kafka_sim::Seq;

use crate::cluster::Cluster;
use crate::findings::Findings;
use crate::invariant::Invariant;
use crate::verdict::Breach;

type Key = (BrokerId, Name, TopicPartition);

/// What one leader did with a share partition.
#[derive(Clone, Debug)]
struct Life {
    start: Offset,
    held: BTreeMap<Offset, Name>,
}

/// What was seen of share partitions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shares {
    lives: BTreeMap<Key, Life>,
    /// The highest delivery limit of each group: it may be lowered meanwhile.
    limits: BTreeMap<Name, u16>,
}

impl Shares {
    /// A broker's process is new: it reads every state anew.
    pub(crate) fn on_process(&mut self, broker: BrokerId) {
        self.lives.retain(|(known, _, _), _| *known != broker);
    }

    pub(crate) fn on_note<C: Cluster>(
        &mut self,
        cluster: &C,
        findings: &mut Findings,
        seq: Seq,
        broker: BrokerId,
        note: &Note,
    ) {
        match note {
            Note::ShareLoaded(group, partition, start) => {
                let life = Life {
                    start: *start,
                    held: BTreeMap::new(),
                };
                let key = (broker, group.clone(), *partition);
                self.lives.insert(key, life);
            }
            Note::ShareAcquired {
                group,
                member,
                partition,
                first,
                last,
                delivery_count,
            } => {
                let place = (group, *partition, *first);
                self.check_count(cluster, findings, seq, broker, place, *delivery_count);
                let run = (*first, *last);
                self.acquire(findings, seq, (broker, group, *partition), member, run);
            }
            Note::ShareAcknowledged {
                group,
                partition,
                first,
                last,
                ..
            }
            | Note::ShareReleased(group, _, partition, first, last)
            | Note::ShareLockExpired(group, partition, first, last)
            | Note::ShareArchived(group, partition, first, last, _) => {
                let life = self.lives.get_mut(&(broker, group.clone(), *partition));
                if let Some(life) = life {
                    life.held
                        .retain(|offset, _| offset < first || offset > last);
                }
            }
            Note::ShareStartMoved(group, partition, to) => {
                self.move_start(findings, seq, (broker, group, *partition), *to);
            }
            _ => {}
        }
    }

    /// INV-52.
    fn acquire(
        &mut self,
        findings: &mut Findings,
        seq: Seq,
        (broker, group, partition): (BrokerId, &Name, TopicPartition),
        member: &Name,
        (first, last): (Offset, Offset),
    ) {
        let life = self.lives.get_mut(&(broker, group.clone(), partition));
        let Some(life) = life else {
            return;
        };
        let twice = life.held.range(first..=last).next();
        if let Some((offset, holder)) = twice {
            let breach = Breach::AcquiredTwice {
                group: group.clone(),
                partition,
                offset: *offset,
                one: holder.clone(),
                other: member.clone(),
            };
            findings.violated(Invariant::ShareExclusive, seq, breach);
        }
        for offset in first.0..=last.0 {
            life.held.insert(Offset(offset), member.clone());
        }
    }

    /// INV-53: no more deliveries than the limit.
    fn check_count<C: Cluster>(
        &mut self,
        cluster: &C,
        findings: &mut Findings,
        seq: Seq,
        broker: BrokerId,
        (group, partition, offset): (&Name, TopicPartition, Offset),
        count: u16,
    ) {
        let Some(now) = cluster.delivery_limit(broker, group) else {
            return;
        };
        let limit = self.limits.entry(group.clone()).or_insert(now);
        *limit = now.max(*limit);
        if count > *limit {
            let breach = Breach::DeliveredTooOften {
                group: group.clone(),
                partition,
                offset,
                count,
                limit: *limit,
            };
            findings.violated(Invariant::ShareOffsets, seq, breach);
        }
    }

    /// INV-53: the start offset does not go back in a leader's life.
    fn move_start(
        &mut self,
        findings: &mut Findings,
        seq: Seq,
        (broker, group, partition): (BrokerId, &Name, TopicPartition),
        to: Offset,
    ) {
        let life = self.lives.get_mut(&(broker, group.clone(), partition));
        let Some(life) = life else {
            return;
        };
        if to < life.start {
            let breach = Breach::ShareStartFell {
                group: group.clone(),
                partition,
                from: life.start,
                to,
            };
            findings.violated(Invariant::ShareOffsets, seq, breach);
        }
        life.start = to;
        life.held.retain(|offset, _| *offset >= to);
    }
}
