//! Behind which batch a follower appends: every batch must stand where the leader that made
//! it had it, except for what compaction took out between two of them.

use kafka_core::record::Batch;

use super::{BatchNo, Book, Contradiction, bit};

impl Book {
    /// A follower appended a batch; it must stand behind the same batch as in the
    /// log of the leader that made it.
    pub(crate) fn follower_append(
        &mut self,
        replica: usize,
        batch: &Batch,
    ) -> Result<BatchNo, Contradiction> {
        let last = self.replicas[replica].log.last().copied();
        let no = self.find(batch, last).ok_or(Contradiction::Prefix)?;
        if let Some(last) = last {
            let before = self.batch(last).epoch;
            if before > batch.leader_epoch {
                return Err(Contradiction::Epoch(before));
            }
        }
        let removed = self.removed_between(last, no);
        if last.is_some() && removed.is_none() {
            if !self.parts_in_removed(replica, no) {
                return Err(Contradiction::Prefix);
            }
            self.hold(replica, no);
            return Err(Contradiction::Compacted);
        }
        for no in removed.into_iter().flatten() {
            self.hold(replica, no);
        }
        self.hold(replica, no);
        Ok(no)
    }

    /// The batches between a follower's last and its next that compaction has removed
    /// altogether; they count as held, for what they stood for is. `None` if something
    /// else lies between. Before the first batch of a log that began anew at its leader's
    /// log start lies what was deleted there.
    fn removed_between(&self, last: Option<BatchNo>, next: BatchNo) -> Option<Vec<BatchNo>> {
        let mut removed = Vec::new();
        let mut first = next;
        let mut before = self.batch(next).previous;
        while before != last {
            let Some(no) = before else {
                let end = last.map(|last| self.batch(last).next_offset());
                let begins_there = end.is_some_and(|end| end <= self.batch(first).base_offset);
                return begins_there.then_some(removed);
            };
            first = no;
            if self.batch(no).next_offset() > self.cleaned {
                return None;
            }
            removed.push(no);
            before = self.batch(no).previous;
        }
        removed.reverse();
        Some(removed)
    }

    /// Whether everything between a batch and the one before it that the replica holds too
    /// was removed by compaction.
    fn parts_in_removed(&self, replica: usize, next: BatchNo) -> bool {
        let mut before = self.batch(next).previous;
        while let Some(no) = before.filter(|no| self.batch(*no).copies & bit(replica) == 0) {
            if self.batch(no).next_offset() > self.cleaned {
                return false;
            }
            before = self.batch(no).previous;
        }
        true
    }

    /// A batch as known here. Mostly it is the one made after the follower's last.
    pub(crate) fn find(&self, batch: &Batch, last: Option<BatchNo>) -> Option<BatchNo> {
        if let Some(next) = last.map(|last| last + 1)
            && self.batches.get(next as usize).is_some_and(|b| b.is(batch))
        {
            return Some(next);
        }
        let of_epoch = self.by_epoch.get(&batch.leader_epoch)?;
        let at = of_epoch.partition_point(|no| self.batch(*no).base_offset < batch.base_offset);
        let no = *of_epoch.get(at)?;
        self.batch(no).is(batch).then_some(no)
    }
}
