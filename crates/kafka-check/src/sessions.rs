//! Producers over what is committed: no sequence of a session repeated, none skipped
//! (INV-33), records in the order of sending (INV-34).

use std::ops::Range;

use kafka_core::group::OFFSETS_TOPIC;
use kafka_core::types::{BrokerId, ProducerId, Sequence, TopicPartition};
use kafka_sim::Seq;

use crate::book::{Book, Session};
use crate::cluster::Cluster;
use crate::invariant::Invariant;
use crate::replication::Scene;
use crate::verdict::{Breach, Setting};

/// INV-33: sequences of newly committed batches go on without repetition or gap. `teller` is
/// the leader that told what is committed; who appended it may be gone.
pub(crate) fn check_sessions<C: Cluster>(
    scene: &mut Scene<'_, C>,
    book: &mut Book,
    seq: Seq,
    (teller, partition): (BrokerId, TopicPartition),
    new: Range<usize>,
) {
    for at in new {
        let batch = book.batch(book.committed[at]);
        let (producer, epoch) = (batch.body.producer_id, batch.body.producer_epoch);
        if producer == ProducerId::NONE || batch.body.base_sequence == Sequence::NONE {
            continue;
        }
        let (sequence, offset) = (batch.body.base_sequence, batch.base_offset);
        let last = batch.body.last_sequence();
        let end = batch.next_offset();
        let leader = batch.appended_by;
        let session = Session { epoch, last, end };
        let before = book.sessions.insert(producer, session);
        let Some(before) = before.filter(|before| before.epoch == epoch) else {
            continue;
        };
        let expected = before.last.plus(1);
        if sequence == expected || numbers_anew(scene.cluster, teller, partition) {
            continue;
        }
        let ahead = (i64::from(sequence.0) - i64::from(expected.0)).rem_euclid(1 << 31);
        if ahead < 1 << 30 {
            let permit = book.forgetting();
            let breach = Breach::SequenceSkipped {
                partition,
                producer,
                expected,
                sequence,
                offset,
            };
            scene.findings.report(Invariant::NoDup, seq, permit, breach);
        } else {
            let breach = Breach::SequenceRepeated {
                partition,
                producer,
                sequence,
                offset,
            };
            // A leader that began anew after them knows nothing of records that were deleted.
            let view = scene.cluster.replica(leader, partition);
            let is_gone = view.is_some_and(|view| view.log_start >= before.end);
            let permit = is_gone.then_some((Setting::RecordsDeleted, None));
            scene.findings.report(Invariant::NoDup, seq, permit, breach);
        }
    }
}

/// Whether a coordinator writes there in the name of producers: it begins each batch with
/// sequence 0, and no leader looks at that.
fn numbers_anew<C: Cluster>(cluster: &C, teller: BrokerId, partition: TopicPartition) -> bool {
    let image = cluster.image(teller);
    let topic = image.and_then(|image| image.topics.get(&partition.topic));
    topic.is_some_and(|topic| &*topic.name == OFFSETS_TOPIC)
}

/// INV-34: what a producer sent to a partition stands there in the order of sending. A
/// batch is in order in itself, so its ends tell.
pub(crate) fn check_order<C: Cluster>(
    scene: &mut Scene<'_, C>,
    book: &mut Book,
    seq: Seq,
    partition: TopicPartition,
    new: Range<usize>,
) {
    for at in new {
        let batch = book.batch(book.committed[at]);
        let offset = batch.base_offset;
        let records = &batch.body.records;
        let (Some(first), Some(last)) = (records.first(), records.last()) else {
            continue;
        };
        let (first, last) = (scene.ledger.order(first.tag), scene.ledger.order(last.tag));
        let (Some((producer, first)), Some((_, last))) = (first, last) else {
            continue;
        };
        let newest = book.sent.entry(producer).or_insert(first);
        let before = std::mem::replace(newest, last.max(*newest));
        if first < before {
            let reorders = scene.cluster.may_reorder(producer);
            let permit = reorders.then_some((Setting::MaxInFlight, None));
            let permit = permit.or(book.forgetting());
            let breach = Breach::SentBefore {
                partition,
                producer,
                offset,
            };
            scene.findings.report(Invariant::Order, seq, permit, breach);
        }
    }
}
