//! Replication: what logs hold, what is committed, what was promised
//! (INV-1 to INV-4, INV-12 to INV-16, INV-19, INV-22, INV-33).
//!
//! Works on notes: who appended, truncated, moved a high watermark, began to lead.
//! Only the replicas an event names are looked at.

use std::collections::BTreeMap;

use kafka_core::note::Note;
use kafka_core::protocol::{Acks, Response};
use kafka_core::record::Batch;
use kafka_core::types::{BrokerId, LeaderEpoch, Offset, TopicId, TopicPartition};
use kafka_sim::Seq;

use crate::book::{BatchNo, Book, Contradiction};
use crate::cluster::Cluster;
use crate::findings::Findings;
use crate::in_sync::check_bounds;
use crate::invariant::Invariant;
use crate::keys::{PartitionCount, check_keys};
use crate::ledger::{Ack, Ledger, Place};
use crate::logs::{check_cleaned, check_log_start};
use crate::permits::{Permit, lost, permit};
use crate::sessions::{check_order, check_sessions};
use crate::verdict::{Breach, Setting};

/// Every partition's book.
#[derive(Clone, Debug, Default)]
pub(crate) struct Replication {
    pub(crate) books: BTreeMap<TopicPartition, Book>,
    /// The partitions of each topic, by the committed metadata.
    pub(crate) counts: BTreeMap<TopicId, PartitionCount>,
    /// The committed metadata say that there are no eligible leader replicas.
    pub(crate) is_elr_off: bool,
}

/// What a check of one event works with.
pub(crate) struct Scene<'a, C> {
    pub(crate) cluster: &'a C,
    pub(crate) ledger: &'a mut Ledger,
    pub(crate) findings: &'a mut Findings,
}

impl Replication {
    /// Reads all logs of a cluster that already runs. The replica with the highest
    /// committed offset is taken for the truth.
    pub(crate) fn adopt<C: Cluster>(&mut self, scene: &mut Scene<'_, C>, seq: Seq) {
        let mut replicas = scene.cluster.replicas();
        let cluster = scene.cluster;
        replicas.sort_by_key(|(broker, partition)| {
            let running = cluster.replica(*broker, *partition).and_then(|r| r.running);
            let leads = running.is_some_and(|r| r.is_leader);
            (*partition, !leads, *broker)
        });
        for (broker, partition) in replicas {
            let book = self.books.entry(partition).or_default();
            let replica = book.replica(broker);
            cluster.visit_batches(broker, partition, Offset::ZERO, &mut |batch| {
                if book.follower_append(replica, batch).is_err() {
                    let (no, _) = book.leader_append(replica, batch, seq);
                    register(scene.ledger, partition, batch, no);
                }
                true
            });
            let running = cluster.replica(broker, partition).and_then(|r| r.running);
            if let Some(running) = running.filter(|r| r.is_leader) {
                book.leaders.insert(running.leader_epoch, (broker, seq));
                self.on_high_watermark(scene, seq, broker, partition, running.high_watermark);
            }
        }
    }

    /// Handles a fact a broker (or the controller) stated.
    pub(crate) fn on_note<C: Cluster>(
        &mut self,
        scene: &mut Scene<'_, C>,
        seq: Seq,
        broker: BrokerId,
        note: &Note,
    ) {
        match note {
            Note::LeaderAppended(partition, from, to) => {
                self.on_leader_append(scene, seq, broker, *partition, (*from, *to));
            }
            Note::FollowerAppended(partition, from, to) => {
                self.on_follower_append(scene, seq, broker, *partition, (*from, *to));
                self.check_replica(scene, seq, broker, *partition);
            }
            Note::Truncated { partition, to, .. } => {
                self.on_truncated(scene, seq, broker, *partition, *to);
                self.check_replica(scene, seq, broker, *partition);
            }
            Note::HighWatermarkAdvanced(partition, to) => {
                self.on_high_watermark(scene, seq, broker, *partition, *to);
                self.check_replica(scene, seq, broker, *partition);
            }
            Note::LogStartMoved(partition, from, to) => {
                let book = self.books.entry(*partition).or_default();
                let of = (broker, *partition);
                check_log_start(scene, book, seq, of, (*from, *to));
                self.check_replica(scene, seq, broker, *partition);
            }
            Note::LogCleaned {
                partition,
                clean_until,
                ..
            } => {
                let book = self.books.entry(*partition).or_default();
                check_cleaned(scene, book, seq, (broker, *partition), *clean_until);
            }
            Note::BecameLeader(partition, epoch, _) => {
                self.check_end(scene, seq, broker, *partition);
                self.on_leader(scene, seq, broker, *partition, *epoch);
                self.check_replica(scene, seq, broker, *partition);
            }
            Note::BecameFollower(partition, ..) => {
                self.check_end(scene, seq, broker, *partition);
                let book = self.books.entry(*partition).or_default();
                let replica = book.replica(broker);
                book.replicas[replica].leading = None;
            }
            Note::PartitionChanged {
                partition,
                unclean: true,
                ..
            } => {
                self.books.entry(*partition).or_default().unclean = Some(seq);
            }
            _ => {}
        }
    }

    /// A fetch answer may move a follower's high watermark without any note.
    pub(crate) fn on_response<C: Cluster>(
        &mut self,
        scene: &mut Scene<'_, C>,
        seq: Seq,
        broker: BrokerId,
        response: &Response,
    ) {
        if let Response::Fetch(fetch) = response {
            for partition in &fetch.partitions {
                self.check_replica(scene, seq, broker, partition.partition);
            }
        }
    }

    /// A broker stopped, or started again: its logs may have lost their ends.
    pub(crate) fn on_process<C: Cluster>(
        &mut self,
        scene: &mut Scene<'_, C>,
        seq: Seq,
        broker: BrokerId,
    ) {
        let mine: Vec<TopicPartition> = self
            .books
            .iter()
            .filter(|(_, book)| book.replicas.iter().any(|r| r.broker == broker))
            .map(|(partition, _)| *partition)
            .collect();
        for partition in mine {
            let book = self.books.entry(partition).or_default();
            let replica = book.replica(broker);
            book.replicas[replica].leading = None;
            self.check_end(scene, seq, broker, partition);
        }
    }

    /// A log that is shorter than it was, although nobody truncated it, has lost what
    /// was not flushed.
    fn check_end<C: Cluster>(
        &mut self,
        scene: &mut Scene<'_, C>,
        seq: Seq,
        broker: BrokerId,
        partition: TopicPartition,
    ) {
        let Some(view) = scene.cluster.replica(broker, partition) else {
            return;
        };
        let book = self.books.entry(partition).or_default();
        let replica = book.replica(broker);
        book.begin_at(replica, view.log_start, seq);
        if view.log_end < book.end(replica) {
            book.replicas[replica].lost_disk = Some(seq);
            self.on_truncated(scene, seq, broker, partition, view.log_end);
        }
    }

    /// A topic has that many partitions by the committed metadata.
    pub(crate) fn on_partitions(&mut self, topic: TopicId, now: u32) {
        let count = PartitionCount { first: now, now };
        self.counts.entry(topic).or_insert(count).now = now;
    }

    /// A topic is gone, and its partitions with it.
    pub(crate) fn on_topic_removed(&mut self, topic: TopicId) {
        self.books.retain(|partition, _| partition.topic != topic);
        self.counts.remove(&topic);
    }

    fn on_leader_append<C: Cluster>(
        &mut self,
        scene: &mut Scene<'_, C>,
        seq: Seq,
        broker: BrokerId,
        partition: TopicPartition,
        (from, to): (Offset, Offset),
    ) {
        let book = self.books.entry(partition).or_default();
        let replica = book.replica(broker);
        let (ledger, findings) = (&mut *scene.ledger, &mut *scene.findings);
        scene
            .cluster
            .visit_batches(broker, partition, from, &mut |batch| {
                if batch.next_offset() > to {
                    return false;
                }
                let (no, newer) = book.leader_append(replica, batch, seq);
                if let Some(before) = newer {
                    epoch_fell(findings, seq, broker, partition, batch, before);
                }
                register(ledger, partition, batch, no);
                true
            });
    }

    fn on_follower_append<C: Cluster>(
        &mut self,
        scene: &mut Scene<'_, C>,
        seq: Seq,
        broker: BrokerId,
        partition: TopicPartition,
        (from, to): (Offset, Offset),
    ) {
        let book = self.books.entry(partition).or_default();
        let replica = book.replica(broker);
        let start = scene.cluster.replica(broker, partition);
        let start = start.map_or(Offset::ZERO, |view| view.log_start);
        let is_all_deleted = start > Offset::ZERO && start >= from;
        if is_all_deleted || from > book.end(replica) {
            book.begin_anew_at(replica, from, seq);
        }
        let findings = &mut *scene.findings;
        scene
            .cluster
            .visit_batches(broker, partition, from, &mut |batch| {
                if batch.next_offset() > to {
                    return false;
                }
                match book.follower_append(replica, batch) {
                    Ok(_) => {}
                    Err(Contradiction::Compacted) => {
                        let permit = Some((Setting::Compaction, None));
                        let breach = differs(broker, partition, batch);
                        findings.report(Invariant::EpochPrefix, seq, permit, breach);
                    }
                    Err(Contradiction::Epoch(before)) => {
                        epoch_fell(findings, seq, broker, partition, batch, before);
                        book.force(replica, batch, seq);
                    }
                    Err(Contradiction::Prefix) => {
                        let fell = book.start_fell;
                        let permit = fell.map(|fell| (Setting::RecordsDeleted, Some(fell)));
                        let breach = differs(broker, partition, batch);
                        findings.report(Invariant::EpochPrefix, seq, permit, breach);
                        book.force(replica, batch, seq);
                    }
                }
                true
            });
    }

    fn on_truncated<C: Cluster>(
        &mut self,
        scene: &mut Scene<'_, C>,
        seq: Seq,
        broker: BrokerId,
        partition: TopicPartition,
        to: Offset,
    ) {
        let book = self.books.entry(partition).or_default();
        let replica = book.replica(broker);
        for no in book.truncate(replica, to, seq) {
            lost(scene, book, seq, partition, no, self.is_elr_off);
        }
    }

    /// The high watermark reached `to`. The leader's own may be further already: an event may
    /// append and advance several times, and the book knows only what was told so far.
    fn on_high_watermark<C: Cluster>(
        &mut self,
        scene: &mut Scene<'_, C>,
        seq: Seq,
        broker: BrokerId,
        partition: TopicPartition,
        to: Offset,
    ) {
        let book = self.books.entry(partition).or_default();
        let view = scene.cluster.replica(broker, partition);
        let Some(leader) = view.and_then(|r| r.running).filter(|r| r.is_leader) else {
            return;
        };
        let replica = book.replica(broker);
        check_bounds(scene, book, seq, (broker, partition), &leader);
        match book.commit(replica, to, seq) {
            Ok(new) => {
                check_order(scene, book, seq, partition, new.clone());
                if let Some(count) = self.counts.get(&partition.topic) {
                    check_keys(scene, book, seq, partition, new.clone(), *count);
                }
                check_sessions(scene, book, seq, (broker, partition), new);
            }
            Err(offset) => {
                let hidden = book.hidden_below(replica, to);
                let permit = hidden.or(permit(book, leader.effective_min_isr, self.is_elr_off));
                let breach = Breach::CommittedDiffers {
                    broker,
                    partition,
                    offset,
                };
                scene
                    .findings
                    .report(Invariant::LogMatching, seq, permit, breach);
                let fork = book.fork(replica);
                take_back(scene, book, seq, (broker, partition), fork, permit);
                // Both agree now, so this cannot fail.
                if let Ok(new) = book.commit(replica, to, seq) {
                    check_sessions(scene, book, seq, (broker, partition), new);
                }
            }
        }
    }

    fn on_leader<C: Cluster>(
        &mut self,
        scene: &mut Scene<'_, C>,
        seq: Seq,
        broker: BrokerId,
        partition: TopicPartition,
        epoch: LeaderEpoch,
    ) {
        let book = self.books.entry(partition).or_default();
        let replica = book.replica(broker);
        match book.leaders.get(&epoch) {
            Some((other, since)) if *other != broker => {
                let (one, since) = (*other, *since);
                let breach = Breach::TwoLeaders {
                    partition,
                    epoch,
                    one,
                    other: broker,
                };
                scene
                    .findings
                    .violated(Invariant::OneLeaderPerEpoch, since.max(seq), breach);
            }
            Some(_) => {}
            None => {
                book.leaders.insert(epoch, (broker, seq));
            }
        }
        let end = book.end(replica);
        let start = book.replicas[replica].start;
        let lacks = end < book.true_hw || book.agrees(replica, start, end).is_err();
        let is_newest = book.leaders.keys().next_back() == Some(&epoch);
        if lacks && is_newest {
            let fork = book.fork(replica);
            let view = scene.cluster.replica(broker, partition);
            let running = view.and_then(|r| r.running);
            let min_isr = running.map_or(1, |running| running.effective_min_isr);
            let permit = permit(book, min_isr, self.is_elr_off);
            let breach = Breach::LeaderLacks {
                leader: broker,
                partition,
                epoch,
                from: fork,
                to: book.true_hw,
            };
            scene
                .findings
                .report(Invariant::LeaderComplete, seq, permit, breach);
            take_back(scene, book, seq, (broker, partition), fork, permit);
        }
        let before = book.leaders.range(..epoch).next_back();
        if let Some(before) = before
            .map(|(_, (broker, _))| *broker)
            .filter(|b| *b != broker)
        {
            let before = book.replica(before);
            book.supersede(replica, before, seq);
        }
    }

    /// INV-1, INV-2, INV-15 and INV-18 of one replica.
    fn check_replica<C: Cluster>(
        &mut self,
        scene: &mut Scene<'_, C>,
        seq: Seq,
        broker: BrokerId,
        partition: TopicPartition,
    ) {
        let Some(view) = scene.cluster.replica(broker, partition) else {
            return;
        };
        let Some(running) = view.running else { return };
        let hw = running.high_watermark;
        if view.log_start > hw || hw > view.log_end {
            let breach = Breach::OffsetsOutOfOrder {
                broker,
                partition,
                log_start: view.log_start,
                high_watermark: hw,
                log_end: view.log_end,
            };
            scene.findings.violated(Invariant::OffsetOrder, seq, breach);
        }
        let book = self.books.entry(partition).or_default();
        let replica = book.replica(broker);
        if let Err(offset) = book.agrees(replica, view.log_start, hw) {
            let forfeit = book.forfeit_below(replica, hw);
            let forfeit = forfeit.or(book.hidden_below(replica, hw));
            let permit = forfeit.or(permit(book, running.effective_min_isr, self.is_elr_off));
            let breach = Breach::CommittedDiffers {
                broker,
                partition,
                offset,
            };
            scene
                .findings
                .report(Invariant::LogMatching, seq, permit, breach);
        }
        if !running.is_leader && hw > book.true_hw {
            let permit = permit(book, running.effective_min_isr, self.is_elr_off);
            let breach = Breach::FollowerAhead {
                broker,
                partition,
                high_watermark: hw,
                committed: book.true_hw,
            };
            scene
                .findings
                .report(Invariant::FollowerHw, seq, permit, breach);
        }
        let leading = running.is_leader.then_some((running.leader_epoch, hw));
        let before = std::mem::replace(&mut book.replicas[replica].leading, leading);
        if let (Some((old_epoch, from)), Some((epoch, to))) = (before, leading)
            && old_epoch == epoch
            && to < from
        {
            let leader = broker;
            let breach = Breach::HighWatermarkFell {
                leader,
                partition,
                from,
                to,
            };
            scene
                .findings
                .violated(Invariant::HwMonotoneLeader, seq, breach);
        }
    }

    /// A producer was told that its record is stored.
    pub(crate) fn on_acked<C: Cluster>(&mut self, scene: &mut Scene<'_, C>, seq: Seq, ack: &Ack) {
        let Some(place) = scene.ledger.place_at(ack, &self.books) else {
            return;
        };
        let Some(book) = self.books.get_mut(&place.partition) else {
            return;
        };
        let acks = ack.acks;
        let batch = &mut book.batches[place.batch as usize];
        batch.acked = batch.acked.max(Some(acks));
        let offset = batch.base_offset.plus(i64::from(place.index));
        let is_gone = batch.copies == 0;
        if acks == Acks::All && batch.visible.is_none() {
            let permit = book
                .unclean
                .map(|seq| (Setting::UncleanLeaderElection, Some(seq)));
            let breach = Breach::AcknowledgedUncommitted {
                partition: place.partition,
                offset,
                committed: book.true_hw,
            };
            scene
                .findings
                .report(Invariant::AckedAll, seq, permit, breach);
        }
        if is_gone {
            lost(
                scene,
                book,
                seq,
                place.partition,
                place.batch,
                self.is_elr_off,
            );
        }
    }
}

/// INV-14 and INV-16: a leader has not what lies beyond `fork`, although it was committed.
fn take_back<C: Cluster>(
    scene: &mut Scene<'_, C>,
    book: &mut Book,
    seq: Seq,
    (leader, partition): (BrokerId, TopicPartition),
    fork: Offset,
    permit: Option<Permit>,
) {
    let from = book.true_hw;
    let read = book.cut_committed(fork, seq, permit);
    if fork < from {
        let breach = Breach::CommittedShrank {
            partition,
            leader,
            from,
            to: fork,
        };
        let invariant = Invariant::TrueHwMonotone;
        scene.findings.report(invariant, seq, permit, breach);
    }
    if let Some(offset) = read {
        let breach = Breach::ReadTakenBack {
            partition,
            leader,
            offset,
        };
        let invariant = Invariant::ConsistentRead;
        scene.findings.report(invariant, seq, permit, breach);
    }
}

fn differs(broker: BrokerId, partition: TopicPartition, batch: &Batch) -> Breach {
    Breach::PrefixDiffers {
        broker,
        partition,
        offset: batch.base_offset,
        epoch: batch.leader_epoch,
    }
}

fn register(ledger: &mut Ledger, partition: TopicPartition, batch: &Batch, no: BatchNo) {
    for (index, record) in batch.body.records.iter().enumerate() {
        if record.tag != 0 {
            let place = Place {
                partition,
                batch: no,
                index: index as u32,
            };
            ledger.on_appended(record.tag, place);
        }
    }
}

fn epoch_fell(
    findings: &mut Findings,
    seq: Seq,
    broker: BrokerId,
    partition: TopicPartition,
    batch: &Batch,
    before: LeaderEpoch,
) {
    let breach = Breach::EpochFell {
        broker,
        partition,
        offset: batch.base_offset,
        epoch: batch.leader_epoch,
        before,
    };
    findings.violated(Invariant::EpochMonotone, seq, breach);
}
