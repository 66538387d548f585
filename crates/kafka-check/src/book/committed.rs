//! What is committed, where a replica's log leaves it, and what a setting permits to take
//! back from it.

use std::collections::BTreeMap;
use std::ops::Range;

use kafka_core::types::{Offset, ProducerId};
use kafka_sim::Seq;

use super::{BatchNo, Book, Replica, Session, bit};
use crate::permits::Permit;
use crate::verdict::Setting;

impl Book {
    /// Where the committed log and that replica's log part, as an offset: the end of
    /// what they share.
    pub(crate) fn fork(&self, replica: usize) -> Offset {
        let Replica { log, start, .. } = &self.replicas[replica];
        let mut shared = *start;
        let mut at = 0;
        for no in &self.committed[self.count_below(&self.committed, *start)..] {
            let base = self.batch(*no).base_offset;
            while log
                .get(at)
                .is_some_and(|own| self.batch(*own).base_offset < base)
            {
                at += 1;
            }
            match log.get(at) {
                Some(own) if own == no => shared = self.batch(*no).next_offset(),
                _ => break,
            }
        }
        shared
    }

    /// Whether that replica's log from `start` to `offset` is the committed one, as far as
    /// both reach; otherwise an offset at which they differ. What lies below a log start is
    /// no longer part of the log.
    pub(crate) fn agrees(
        &self,
        replica: usize,
        start: Offset,
        offset: Offset,
    ) -> Result<(), Offset> {
        let bound = offset.min(self.true_hw);
        let Some(own) = self.last_below(replica, bound) else {
            return Ok(());
        };
        let end = self.batch(own).next_offset();
        if end <= start {
            return Ok(());
        }
        let count = self.count_below(&self.committed, end);
        match count.checked_sub(1).map(|at| self.committed[at]) {
            Some(no) if no == own => Ok(()),
            _ => Err(self.batch(own).base_offset),
        }
    }

    /// What permitted to forfeit the last batch that this replica holds below `offset`
    /// and below the committed end.
    pub(crate) fn forfeit_below(&self, replica: usize, offset: Offset) -> Option<Permit> {
        let own = self.last_below(replica, offset.min(self.true_hw))?;
        self.batch(own).forfeit
    }

    /// Compaction, if it took out all that was committed beside the last batch that this
    /// replica holds below `offset`: nothing showed it any more that its history is another.
    pub(crate) fn hidden_below(&self, replica: usize, offset: Offset) -> Option<Permit> {
        let own = self.last_below(replica, offset.min(self.true_hw))?;
        let is_hidden = self.batch(own).next_offset() <= self.cleaned;
        is_hidden.then_some((Setting::Compaction, None))
    }

    /// The leader's high watermark is `hw`: what it holds below is committed. Gives
    /// the places in `committed` of what is new, or the offset that contradicts.
    pub(crate) fn commit(
        &mut self,
        replica: usize,
        hw: Offset,
        seq: Seq,
    ) -> Result<Range<usize>, Offset> {
        self.agrees(replica, self.replicas[replica].start, hw)?;
        let from = self.committed.len();
        let log = &self.replicas[replica].log;
        let (done, until) = (
            self.count_below(log, self.true_hw),
            self.count_below(log, hw),
        );
        if done < until {
            let new: Vec<BatchNo> = log[done..until].to_vec();
            for no in &new {
                let batch = &mut self.batches[*no as usize];
                batch.visible.get_or_insert(seq);
                batch.forfeit = None;
            }
            self.committed.extend(new);
        }
        self.true_hw = self.true_hw.max(hw);
        Ok(from..self.committed.len())
    }

    /// A leader began whose log ends the committed one at `fork`: what lay beyond is
    /// no longer committed, as `permit` permits. Gives the first offset of it that a
    /// consumer was given.
    pub(crate) fn cut_committed(
        &mut self,
        fork: Offset,
        seq: Seq,
        permit: Option<Permit>,
    ) -> Option<Offset> {
        let keep = self.count_below(&self.committed, fork);
        self.was_cut = true;
        self.forfeited = permit;
        self.sent.clear();
        let mut read = None;
        for no in self.committed.split_off(keep) {
            let batch = &mut self.batches[no as usize];
            if batch.read {
                read.get_or_insert(batch.base_offset);
            }
            batch.superseded.get_or_insert(seq);
            batch.forfeit = batch.forfeit.or(permit);
        }
        self.true_hw = self.true_hw.min(fork);
        self.sessions = self.replay_sessions();
        read
    }

    /// The setting that permitted a leader to know less of its producers than was committed:
    /// it takes whatever sequence comes first.
    pub(crate) fn forgetting(&self) -> Option<Permit> {
        let unclean = self.unclean;
        let unclean = unclean.map(|seq| (Setting::UncleanLeaderElection, Some(seq)));
        unclean.or(self.forfeited)
    }

    fn replay_sessions(&self) -> BTreeMap<ProducerId, Session> {
        let mut sessions = BTreeMap::new();
        for no in &self.committed {
            let end = self.batch(*no).next_offset();
            let body = &self.batch(*no).body;
            if body.producer_id != ProducerId::NONE {
                let session = Session {
                    epoch: body.producer_epoch,
                    last: body.last_sequence(),
                    end,
                };
                sessions.insert(body.producer_id, session);
            }
        }
        sessions
    }

    /// A new leader began: of the log of the leader before, what it does not hold is
    /// superseded; what it holds is not (any more).
    pub(crate) fn supersede(&mut self, leader: usize, before: usize, seq: Seq) {
        let old = self.replicas[before].log.clone();
        let shared = old
            .iter()
            .rposition(|no| self.batch(*no).copies & bit(leader) != 0)
            .map_or(0, |at| at + 1);
        for no in &old[shared..] {
            self.batches[*no as usize].superseded.get_or_insert(seq);
        }
        let uncommitted = self.count_below(&self.replicas[leader].log, self.true_hw);
        for at in uncommitted..self.replicas[leader].log.len() {
            let no = self.replicas[leader].log[at];
            self.batches[no as usize].superseded = None;
        }
    }
}
