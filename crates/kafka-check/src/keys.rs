//! Where keys lead: records with one key are in one partition (INV-35).

use std::ops::Range;

use kafka_core::partitioner::partition_for_key;
use kafka_core::types::TopicPartition;
use kafka_sim::Seq;

use crate::book::Book;
use crate::cluster::Cluster;
use crate::invariant::Invariant;
use crate::replication::Scene;
use crate::verdict::{Breach, Setting};

/// How many partitions a topic had when it was made, and has now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PartitionCount {
    pub(crate) first: u32,
    pub(crate) now: u32,
}

/// INV-35: what producers sent with a key and is committed now is where the key belongs
/// (PRO-1).
pub(crate) fn check_keys<C: Cluster>(
    scene: &mut Scene<'_, C>,
    book: &Book,
    seq: Seq,
    partition: TopicPartition,
    new: Range<usize>,
    count: PartitionCount,
) {
    for at in new {
        let batch = book.batch(book.committed[at]);
        for record in &batch.body.records {
            let Some(key) = record.key.as_deref().filter(|_| record.tag != 0) else {
                continue;
            };
            let expected = partition_for_key(key, count.now);
            if expected == partition.partition {
                continue;
            }
            let Some((producer, _)) = scene.ledger.order(record.tag) else {
                continue;
            };
            let mut before = count.first..count.now;
            let before = before.any(|count| partition_for_key(key, count) == partition.partition);
            let grown = before.then_some(Setting::PartitionsAdded);
            let permit = grown.or_else(|| scene.cluster.strays(producer));
            let breach = Breach::KeyStrayed {
                partition,
                producer,
                offset: batch.base_offset,
                expected,
            };
            let permit = permit.map(|setting| (setting, None));
            (scene.findings).report(Invariant::KeyRouting, seq, permit, breach);
        }
    }
}
