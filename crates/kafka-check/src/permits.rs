//! Settings that permit the loss of what was promised.

use kafka_core::protocol::Acks;
use kafka_core::types::TopicPartition;
use kafka_sim::Seq;

use crate::book::{BatchNo, Book};
use crate::cluster::Cluster;
use crate::invariant::Invariant;
use crate::replication::Scene;
use crate::verdict::{Breach, Setting};

/// A setting and the trace entry that shows it at work.
pub(crate) type Permit = (Setting, Option<Seq>);

/// The setting that permits losing committed records in this partition, if any: an
/// unclean election, as many unflushed losses as acks=all waits for replicas, or a
/// single one where the last replica in sync may lead again whatever it lost.
pub(crate) fn permit(book: &Book, min_isr: u32, is_elr_off: bool) -> Option<Permit> {
    if let Some(seq) = book.unclean {
        return Some((Setting::UncleanLeaderElection, Some(seq)));
    }
    let losses = book.disk_losses();
    let last = *losses.last()?;
    let setting = if min_isr <= 1 {
        Setting::MinInsyncReplicas
    } else if losses.len() as u32 >= min_isr {
        Setting::UnflushedLoss
    } else if is_elr_off {
        Setting::NoEligibleLeaderReplicas
    } else {
        return None;
    };
    Some((setting, Some(last)))
}

/// INV-13: no copy of a batch is left. That matters if it was acknowledged.
pub(crate) fn lost<C: Cluster>(
    scene: &mut Scene<'_, C>,
    book: &Book,
    seq: Seq,
    partition: TopicPartition,
    no: BatchNo,
    is_elr_off: bool,
) {
    let batch = book.batch(no);
    let mut replicas = book.replicas.iter();
    if replicas.any(|replica| replica.start >= batch.next_offset()) {
        // It was deleted: some log starts behind it.
        return;
    }
    let permit = match batch.acked {
        None => return,
        Some(Acks::Leader) => Some((Setting::AcksLeader, None)),
        Some(Acks::None) => Some((Setting::AcksNone, None)),
        Some(Acks::All) => {
            let min_isr = book.replicas.iter().find_map(|replica| {
                let view = scene.cluster.replica(replica.broker, partition)?;
                Some(view.running?.effective_min_isr)
            });
            let now = permit(book, min_isr.unwrap_or(1), is_elr_off);
            batch.forfeit.or(now)
        }
    };
    let offset = batch.base_offset;
    let breach = Breach::AcknowledgedLost { partition, offset };
    scene
        .findings
        .report(Invariant::NoCommittedLost, seq, permit, breach);
}
