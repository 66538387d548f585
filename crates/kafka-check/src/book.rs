//! One partition's history as the checker keeps it: every batch a leader ever
//! appended, what each replica's log holds, and what was committed.
//!
//! A batch knows the batch before it in the log of the leader that appended it. So
//! two logs that hold the same batch agree on everything before it as long as each
//! append was checked against that: one comparison an append, whatever the length.
//! Not here: which findings matter (`replication`). Invariant: `copies` of a batch
//! names exactly the replicas whose log (as last seen) holds it.

mod committed;
mod lineage;

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use kafka_core::protocol::Acks;
use kafka_core::record::{Batch, BatchBody};
use kafka_core::types::{
    BrokerId, LeaderEpoch, NodeId, Offset, ProducerEpoch, ProducerId, Sequence,
};
use kafka_sim::Seq;

use crate::permits::Permit;

/// Replicas a partition may have over its life; more are not told apart.
const MAX_REPLICAS: usize = 64;

/// Number of a batch within its book.
pub(crate) type BatchNo = u32;

/// A batch and what became of it.
#[derive(Clone, Debug)]
pub(crate) struct BatchFate {
    pub(crate) base_offset: Offset,
    pub(crate) epoch: LeaderEpoch,
    pub(crate) body: Rc<BatchBody>,
    /// The batch before it in the log it was appended to.
    pub(crate) previous: Option<BatchNo>,
    pub(crate) appended: Seq,
    pub(crate) appended_by: BrokerId,
    /// One bit a replica of the book.
    pub(crate) copies: u64,
    /// When the high watermark passed it.
    pub(crate) visible: Option<Seq>,
    /// When a leader began that does not hold it, or its last copy went.
    pub(crate) superseded: Option<Seq>,
    /// It was committed, and a leader without it was permitted to begin.
    pub(crate) forfeit: Option<Permit>,
    /// The strongest promise an acknowledgement gave.
    pub(crate) acked: Option<Acks>,
    /// A consumer was given a record of it.
    pub(crate) read: bool,
}

impl BatchFate {
    pub(crate) fn next_offset(&self) -> Offset {
        self.base_offset.plus(i64::from(self.body.span()))
    }

    fn is(&self, batch: &Batch) -> bool {
        self.epoch == batch.leader_epoch
            && self.base_offset == batch.base_offset
            && (Rc::ptr_eq(&self.body, &batch.body)
                || self.body == batch.body
                || self.became(&batch.body))
    }

    /// Whether that is what compaction left of it.
    fn became(&self, left: &BatchBody) -> bool {
        let session = |body: &BatchBody| {
            let producer = (body.producer_id, body.producer_epoch, body.base_sequence);
            (body.kind, producer, body.span())
        };
        let mut records = left.deltas();
        left.cleaned.is_some()
            && session(&self.body) == session(left)
            && records.all(|left| self.body.deltas().any(|own| own == left))
    }
}

/// One replica's log as last seen.
#[derive(Clone, Debug)]
pub(crate) struct Replica {
    pub(crate) broker: BrokerId,
    pub(crate) log: Vec<BatchNo>,
    /// Where its log starts: what lay below was deleted, there or by the leader it
    /// began anew from.
    pub(crate) start: Offset,
    /// The last log start that it told of.
    pub(crate) raised_to: Offset,
    /// Epoch and high watermark while it leads.
    pub(crate) leading: Option<(LeaderEpoch, Offset)>,
    /// It lost what was not flushed and has not caught up since.
    pub(crate) lost_disk: Option<Seq>,
}

/// How a follower's append contradicts the history.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Contradiction {
    /// Nobody appended it, or it stands behind another batch.
    Prefix,
    /// Its epoch is older than the one before.
    Epoch(LeaderEpoch),
    /// It holds a tail that its leader never had. All that showed where the two part was
    /// removed by compaction, so the leader could not know.
    Compacted,
}

/// A producer session's progress in the committed log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Session {
    pub(crate) epoch: ProducerEpoch,
    pub(crate) last: Sequence,
    /// End of its newest batch.
    pub(crate) end: Offset,
}

/// The history of one partition.
#[derive(Clone, Debug, Default)]
pub(crate) struct Book {
    pub(crate) batches: Vec<BatchFate>,
    by_epoch: BTreeMap<LeaderEpoch, Vec<BatchNo>>,
    /// Who led in which epoch, and since when.
    pub(crate) leaders: BTreeMap<LeaderEpoch, (BrokerId, Seq)>,
    pub(crate) replicas: Vec<Replica>,
    /// The committed log.
    pub(crate) committed: Vec<BatchNo>,
    /// Where it ends: the largest high watermark a leader ever reached.
    pub(crate) true_hw: Offset,
    /// The last unclean election.
    pub(crate) unclean: Option<Seq>,
    /// A log start fell: a crash before its checkpoint was written brought deleted records
    /// back, and where epochs began among them is not known any more.
    pub(crate) start_fell: Option<Seq>,
    /// A leader began without something that was committed.
    pub(crate) was_cut: bool,
    /// What permitted the last time that was so.
    pub(crate) forfeited: Option<Permit>,
    pub(crate) sessions: BTreeMap<ProducerId, Session>,
    /// The newest record of each producer's process that is committed, by its place in the
    /// order of sending.
    pub(crate) sent: BTreeMap<NodeId, u32>,
    /// Some replica's log is compacted up to here: whole batches below may be missing.
    pub(crate) cleaned: Offset,
    /// Batches whose tombstones a pass of some cleaner has given a delete horizon.
    pub(crate) stamped: BTreeSet<Offset>,
}

impl Book {
    /// The replica's number; a new one gets an empty log.
    pub(crate) fn replica(&mut self, broker: BrokerId) -> usize {
        let known = self.replicas.iter().position(|r| r.broker == broker);
        known.unwrap_or_else(|| {
            self.replicas.push(Replica {
                broker,
                log: Vec::new(),
                start: Offset::ZERO,
                raised_to: Offset::ZERO,
                leading: None,
                lost_disk: None,
            });
            self.replicas.len() - 1
        })
    }

    pub(crate) fn batch(&self, no: BatchNo) -> &BatchFate {
        &self.batches[no as usize]
    }

    /// Where that replica's log ends, as last seen.
    pub(crate) fn end(&self, replica: usize) -> Offset {
        let Replica { log, start, .. } = &self.replicas[replica];
        log.last()
            .map_or(*start, |no| self.batch(*no).next_offset())
    }

    /// The replica's log starts at `start` now.
    pub(crate) fn begin_at(&mut self, replica: usize, start: Offset, seq: Seq) {
        if start < self.replicas[replica].raised_to {
            self.start_fell = Some(seq);
            self.replicas[replica].raised_to = start;
        }
        if start > self.end(replica) {
            self.begin_anew_at(replica, start, seq);
        }
        self.replicas[replica].start = start;
    }

    /// The replica's next batch is at `start`, and nothing is before it: it began anew at
    /// its leader's log start, or what it has below is deleted there.
    pub(crate) fn begin_anew_at(&mut self, replica: usize, start: Offset, seq: Seq) {
        self.truncate(replica, Offset::ZERO, seq);
        self.replicas[replica].start = start;
    }

    /// How many batches of `log` end at or below `offset`. What is asked for lies
    /// near the end, so the search begins there and doubles its steps.
    fn count_below(&self, log: &[BatchNo], offset: Offset) -> usize {
        let is_below = |no: &BatchNo| self.batch(*no).next_offset() <= offset;
        let (mut from, mut to, mut step) = (log.len(), log.len(), 1);
        while let Some(last) = from.checked_sub(1) {
            if is_below(&log[last]) {
                break;
            }
            to = last;
            from = last.saturating_sub(step - 1);
            step *= 2;
        }
        from + log[from..to].partition_point(is_below)
    }

    /// The batch of that replica that ends at or before `offset`, nearest to it.
    pub(crate) fn last_below(&self, replica: usize, offset: Offset) -> Option<BatchNo> {
        let log = &self.replicas[replica].log;
        let count = self.count_below(log, offset);
        log.get(count.checked_sub(1)?).copied()
    }

    /// A leader appended a batch. Gives the epoch before, if it was newer.
    pub(crate) fn leader_append(
        &mut self,
        replica: usize,
        batch: &Batch,
        seq: Seq,
    ) -> (BatchNo, Option<LeaderEpoch>) {
        let previous = self.replicas[replica].log.last().copied();
        let before = previous.map(|no| self.batch(no).epoch);
        let no = self.batches.len() as BatchNo;
        self.batches.push(BatchFate {
            base_offset: batch.base_offset,
            epoch: batch.leader_epoch,
            body: Rc::clone(&batch.body),
            previous,
            appended: seq,
            appended_by: self.replicas[replica].broker,
            copies: 0,
            visible: None,
            superseded: None,
            forfeit: None,
            acked: None,
            read: false,
        });
        self.by_epoch
            .entry(batch.leader_epoch)
            .or_default()
            .push(no);
        self.hold(replica, no);
        (no, before.filter(|before| *before > batch.leader_epoch))
    }

    fn hold(&mut self, replica: usize, no: BatchNo) {
        self.batches[no as usize].copies |= bit(replica);
        self.replicas[replica].log.push(no);
        if self.batch(no).next_offset() >= self.true_hw {
            self.replicas[replica].lost_disk = None;
        }
    }

    /// Puts a batch into a log although it contradicts the history, so that the
    /// mirror goes on being what the replica holds.
    pub(crate) fn force(&mut self, replica: usize, batch: &Batch, seq: Seq) {
        self.leader_append(replica, batch, seq);
    }

    /// The replica's log ends at `to` now. Gives the batches of which no copy is left.
    pub(crate) fn truncate(&mut self, replica: usize, to: Offset, seq: Seq) -> Vec<BatchNo> {
        let keep = self.count_below(&self.replicas[replica].log, to);
        let removed = self.replicas[replica].log.split_off(keep);
        let mut gone = Vec::new();
        for no in removed {
            let batch = &mut self.batches[no as usize];
            batch.copies &= !bit(replica);
            if batch.copies == 0 {
                batch.superseded.get_or_insert(seq);
                gone.push(no);
            }
        }
        gone
    }

    /// A consumer was given the record at that offset, appended in that epoch.
    pub(crate) fn note_read(&mut self, epoch: LeaderEpoch, offset: Offset) {
        let Some(of_epoch) = self.by_epoch.get(&epoch) else {
            return;
        };
        let after = of_epoch.partition_point(|no| self.batch(*no).base_offset <= offset);
        if let Some(no) = after.checked_sub(1).map(|at| of_epoch[at]) {
            self.batches[no as usize].read = true;
        }
    }

    /// Whether that broker's log holds a batch, or begins after it.
    pub(crate) fn holds(&self, broker: BrokerId, no: BatchNo) -> bool {
        let at = self.replicas.iter().position(|it| it.broker == broker);
        at.is_some_and(|at| {
            let batch = self.batch(no);
            batch.copies & bit(at) != 0 || self.replicas[at].start >= batch.next_offset()
        })
    }

    /// What later verdicts rest on, without the moments.
    pub(crate) fn hash_state(&self, state: &mut impl Hasher) {
        (self.batches.len(), self.leaders.len(), self.replicas.len()).hash(state);
        for batch in &self.batches {
            (batch.base_offset, batch.epoch, batch.previous).hash(state);
            for record in &batch.body.records {
                record.tag.hash(state);
            }
            (batch.copies, batch.appended_by, batch.visible.is_some()).hash(state);
            let forfeit = batch.forfeit.map(|(setting, _)| setting);
            (forfeit, batch.acked, batch.read).hash(state);
        }
        for (epoch, (leader, _)) in &self.leaders {
            (epoch, leader).hash(state);
        }
        for replica in &self.replicas {
            (replica.broker, &replica.log, replica.start).hash(state);
            (replica.leading, replica.lost_disk.is_some()).hash(state);
        }
        (&self.committed, self.true_hw).hash(state);
        (self.unclean.is_some(), self.was_cut).hash(state);
        self.start_fell.is_some().hash(state);
    }

    /// Replicas that lost unflushed records and have not caught up since.
    pub(crate) fn disk_losses(&self) -> Vec<Seq> {
        self.replicas.iter().filter_map(|r| r.lost_disk).collect()
    }
}

fn bit(replica: usize) -> u64 {
    1 << replica.min(MAX_REPLICAS - 1)
}
