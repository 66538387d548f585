//! What holds once everybody has come to rest: a group was given every committed record
//! (INV-50).
//!
//! Not here: whether the cluster is at rest (`converge`). Invariant: only records that a reader
//! of the log would find now are asked for; what was deleted, compacted away or aborted is not.

use std::collections::{BTreeMap, BTreeSet};

use kafka_core::record::{Batch, BatchKind, Record};
use kafka_core::types::{Name, Offset, ProducerId};
use kafka_sim::Seq;

use crate::book::Book;
use crate::cluster::{Cluster, Reader};
use crate::findings::Findings;
use crate::invariant::Invariant;
use crate::ledger::Ledger;
use crate::permits::{Permit, permit};
use crate::verdict::{Breach, Setting, Violation};

/// What a look at a partition's reader works with.
pub(crate) struct Rest<'a, C> {
    pub(crate) cluster: &'a C,
    pub(crate) ledger: &'a Ledger,
    /// Groups that somebody told where to go on.
    pub(crate) steered: &'a BTreeSet<Name>,
    pub(crate) seq: Seq,
    pub(crate) is_elr_off: bool,
}

impl<C: Cluster> Rest<'_, C> {
    /// INV-50: the first committed record of the partition that the group was not given.
    pub(crate) fn missed(&self, reader: &Reader, book: &Book) -> Option<Violation> {
        let (leader, _) = book.leaders.values().next_back()?;
        let view = self.cluster.replica(*leader, reader.partition)?;
        let running = view.running.filter(|it| it.is_leader)?;
        let mut committed = Committed::default();
        let visit = &mut |batch: &Batch| {
            let is_committed = batch.base_offset < running.high_watermark;
            if is_committed {
                committed.take(batch, view.log_start);
            }
            is_committed
        };
        (self.cluster).visit_batches(*leader, reader.partition, view.log_start, visit);
        let records = committed.records.iter();
        let missed = records.filter(|(_, tag)| !self.was_given(reader, *tag));
        let offset = missed.map(|(offset, _)| *offset).min()?;
        let permit = self.permit(reader, book, (offset, running.effective_min_isr));
        let breach = Breach::NeverGiven {
            group: reader.group.clone(),
            partition: reader.partition,
            offset,
        };
        Some(Findings::finding(
            Invariant::AtLeastOnce,
            self.seq,
            permit,
            breach,
        ))
    }

    fn was_given(&self, reader: &Reader, tag: u64) -> bool {
        let mut deliveries = self.ledger.deliveries(tag).iter();
        deliveries.any(|it| self.cluster.group_of(it.consumer).as_ref() == Some(&reader.group))
    }

    /// A group that begins at the end was never promised what stood there, nor one that was told
    /// where to go on; one whose offsets
    /// are beyond a loss passes over what is written in its place. Every replica is compacted by
    /// itself: a record that one leader has may have been gone from the one that was read.
    fn permit(
        &self,
        reader: &Reader,
        book: &Book,
        (offset, min_isr): (Offset, u32),
    ) -> Option<Permit> {
        if !reader.from_earliest {
            return Some((Setting::AutoOffsetReset, None));
        }
        if self.steered.contains(&reader.group) {
            return Some((Setting::OffsetsReset, None));
        }
        if offset < book.cleaned {
            return Some((Setting::Compaction, None));
        }
        permit(book, min_isr, self.is_elr_off)
    }
}

/// Records of a log that its readers are given, transactions and all.
#[derive(Default)]
struct Committed {
    records: Vec<(Offset, u64)>,
    open: BTreeMap<ProducerId, Vec<(Offset, u64)>>,
}

impl Committed {
    fn take(&mut self, batch: &Batch, from: Offset) {
        let placed = |(delta, record): (u32, &Record)| {
            (batch.base_offset.plus(i64::from(delta)), record.tag)
        };
        let known = batch.body.deltas().map(placed);
        let known = known.filter(|(offset, tag)| *offset >= from && *tag != 0);
        match batch.body.kind {
            BatchKind::Data => self.records.extend(known),
            BatchKind::Transactional => {
                let open = self.open.entry(batch.body.producer_id).or_default();
                open.extend(known);
            }
            BatchKind::Marker(is_commit) => {
                let ended = self.open.remove(&batch.body.producer_id);
                self.records
                    .extend(ended.into_iter().flatten().filter(|_| is_commit));
            }
            BatchKind::Control => {}
        }
    }
}
