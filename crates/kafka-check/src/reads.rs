//! What applications were given: positions within the log, and nothing twice where that
//! was promised (INV-49, INV-51; INV-14 needs to know what was read).

use std::collections::BTreeMap;

use kafka_core::client::DeliveredRecord;
use kafka_core::types::{NodeId, TopicPartition};
use kafka_sim::Seq;

use crate::book::Book;
use crate::cluster::Cluster;
use crate::findings::Findings;
use crate::invariant::Invariant;
use crate::ledger::Ledger;
use crate::permits::permit;
use crate::verdict::{Breach, Setting};

/// What a check of one `poll` works with.
pub(crate) struct Given<'a, C> {
    pub(crate) cluster: &'a C,
    pub(crate) consumer: NodeId,
    pub(crate) seq: Seq,
    pub(crate) ledger: &'a Ledger,
    pub(crate) books: &'a mut BTreeMap<TopicPartition, Book>,
    pub(crate) is_elr_off: bool,
}

impl<C: Cluster> Given<'_, C> {
    /// A consumer was given these records; the ledger has not heard of it yet.
    pub(crate) fn check(&mut self, findings: &mut Findings, records: &[DeliveredRecord]) {
        self.check_group(findings, records);
        for (at, record) in records.iter().enumerate() {
            if let Some(book) = self.books.get_mut(&record.partition) {
                book.note_read(record.leader_epoch, record.offset);
            }
            let next = records.get(at + 1);
            if next.is_none_or(|next| next.partition != record.partition) {
                self.check_position(findings, record);
            }
        }
    }

    /// INV-51: everything at once is not promised to a group that commits what it has
    /// processed; the first record that comes again is reported.
    fn check_group(&self, findings: &mut Findings, records: &[DeliveredRecord]) {
        let Some(group) = self.cluster.group_of(self.consumer) else {
            return;
        };
        let again = records.iter().find(|record| {
            let before = self.ledger.deliveries(record.record.tag).iter();
            let mut groups = before.filter_map(|it| self.cluster.group_of(it.consumer));
            record.record.tag != 0 && groups.any(|it| it == group)
        });
        if let Some(record) = again {
            let permit = Some((Setting::CommitAfterProcessing, None));
            let breach = Breach::GivenAgain {
                group,
                partition: record.partition,
                offset: record.offset,
            };
            findings.report(Invariant::AtMostOnce, self.seq, permit, breach);
        }
    }

    /// INV-49: after its last record a consumer stands within its leader's log.
    fn check_position(&self, findings: &mut Findings, last: &DeliveredRecord) {
        let partition = last.partition;
        let position = last.offset.next();
        let Some(book) = self.books.get(&partition) else {
            return;
        };
        let newest = book.leaders.values().next_back();
        let Some((leader, _)) = newest else { return };
        let Some(view) = self.cluster.replica(*leader, partition) else {
            return;
        };
        let leads = view.running.filter(|it| it.is_leader);
        let Some(running) = leads.filter(|_| position > view.log_end) else {
            return;
        };
        let permit = permit(book, running.effective_min_isr, self.is_elr_off);
        let breach = Breach::PositionBeyondEnd {
            consumer: self.consumer,
            partition,
            position,
            log_end: view.log_end,
        };
        findings.report(Invariant::PositionRange, self.seq, permit, breach);
    }
}
