//! What a broker may take out of a log: retention and compaction (INV-54, INV-55).
//!
//! The book keeps every batch as the leader appended it; what a broker's files still hold
//! is compared with that after each pass of the cleaner. Not here: truncation, which
//! `replication` judges.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use kafka_core::record::Record;
use kafka_core::types::{BrokerId, Bytes, Offset, TopicPartition};
use kafka_sim::Seq;

use crate::book::Book;
use crate::cluster::Cluster;
use crate::invariant::Invariant;
use crate::replication::Scene;
use crate::verdict::{Breach, Setting};

/// INV-54: a log start goes up only, and never beyond what is committed. An unclean
/// election takes back what a replica that has not heard of it goes on to delete.
pub(crate) fn check_log_start<C: Cluster>(
    scene: &mut Scene<'_, C>,
    book: &mut Book,
    seq: Seq,
    (broker, partition): (BrokerId, TopicPartition),
    (from, to): (Offset, Offset),
) {
    let replica = book.replica(broker);
    let led = book.replicas[replica].leading;
    book.replicas[replica].raised_to = to;
    let bound = led.map_or(book.true_hw, |(_, high_watermark)| high_watermark);
    if to < from || to > bound {
        let breach = Breach::DeletedTooMuch {
            broker,
            partition,
            from,
            to,
            bound,
        };
        let unclean = book.unclean.filter(|_| to > from);
        let permit = unclean.map(|seq| (Setting::UncleanLeaderElection, Some(seq)));
        scene
            .findings
            .report(Invariant::Retention, seq, permit, breach);
    }
}

/// INV-55: below the clean point the latest value of each key is there, and all that is
/// there stands where it was appended, unchanged and in order. What the files hold below
/// the log start is no part of the log, and the book forgets it.
pub(crate) fn check_cleaned<C: Cluster>(
    scene: &mut Scene<'_, C>,
    book: &mut Book,
    seq: Seq,
    (broker, partition): (BrokerId, TopicPartition),
    clean_until: Offset,
) {
    let replica = book.replica(broker);
    let mut kept: BTreeMap<Offset, Record> = BTreeMap::new();
    let mut stamped = BTreeSet::new();
    let mut wrong = None;
    let view = scene.cluster.replica(broker, partition);
    let start = view.map_or(Offset::ZERO, |view| view.log_start);
    let mut visit = |batch: &kafka_core::record::Batch| {
        if batch.body.delete_horizon_ms().is_some() {
            stamped.insert(batch.base_offset);
        }
        if batch.body.is_control() {
            return true;
        }
        for (offset, record) in batch.records().filter(|(offset, _)| *offset >= start) {
            if kept.keys().next_back().is_some_and(|last| *last >= offset) {
                wrong.get_or_insert(offset);
            }
            kept.insert(offset, record.clone());
        }
        true
    };
    scene
        .cluster
        .visit_batches(broker, partition, start, &mut visit);
    let wrong = wrong.or_else(|| changed(book, replica, &kept));
    let gone = missing(book, replica, start..clean_until, &kept);
    // What took the place of a record may have been lost since, as some setting permits.
    let permit = book.forgetting().filter(|_| wrong.is_none());
    if let Some(offset) = wrong.or(gone) {
        let breach = Breach::CompactedTooMuch {
            broker,
            partition,
            offset,
        };
        scene
            .findings
            .report(Invariant::CompactionState, seq, permit, breach);
    }
    book.stamped.append(&mut stamped);
    book.cleaned = book.cleaned.max(clean_until);
}

/// A record that is not what was appended at its offset.
fn changed(book: &Book, replica: usize, kept: &BTreeMap<Offset, Record>) -> Option<Offset> {
    let log = &book.replicas[replica].log;
    let mut unknown: BTreeMap<Offset, &Record> = kept.iter().map(|(at, r)| (*at, r)).collect();
    for no in log {
        let batch = book.batch(*no);
        for (delta, record) in batch.body.deltas() {
            let offset = batch.base_offset.plus(i64::from(delta));
            if unknown.get(&offset).is_some_and(|kept| *kept == record) {
                unknown.remove(&offset);
            }
        }
    }
    unknown.keys().next().copied()
}

/// The latest value of some key that is gone, or its tombstone before its time.
fn missing(
    book: &Book,
    replica: usize,
    clean: Range<Offset>,
    kept: &BTreeMap<Offset, Record>,
) -> Option<Offset> {
    let mut latest: BTreeMap<&Bytes, (Offset, bool)> = BTreeMap::new();
    for no in &book.replicas[replica].log {
        let batch = book.batch(*no);
        // What becomes of a transaction's data depends on its marker.
        if batch.body.kind != kafka_core::record::BatchKind::Data {
            continue;
        }
        for (delta, record) in batch.body.deltas() {
            let offset = batch.base_offset.plus(i64::from(delta));
            let Some(key) = &record.key else { continue };
            let aged = record.value.is_none() && book.stamped.contains(&batch.base_offset);
            if clean.contains(&offset) {
                latest.insert(key, (offset, aged));
            }
        }
    }
    let superseded: BTreeMap<&Bytes, Offset> = kept
        .iter()
        .filter_map(|(offset, record)| Some((record.key.as_ref()?, *offset)))
        .collect();
    let gone = latest.iter().filter(|(key, (offset, aged))| {
        let newer = superseded.get(*key).is_some_and(|kept| kept > offset);
        !aged && !newer && !kept.contains_key(offset)
    });
    gone.map(|(_, (offset, _))| *offset).min()
}
