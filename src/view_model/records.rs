//! Records as they are in the logs, looked up one by one.

use kafka_core::compress::Compression;
use kafka_core::log::LogDisk;
use kafka_core::record::{Batch, Record};
use kafka_core::types::{NodeId, Offset, TopicPartition};
use kafka_sim::{KafkaProcess, World};

use super::object::PartitionName;
use super::world::{image, number};

/// Longest text of a key or value shown, in characters.
const TEXT_MAX: usize = 120;

/// A record, and the brokers whose log holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordFacts {
    /// Offset.
    pub offset: u64,
    /// Leader epoch of its batch.
    pub epoch: i32,
    /// How its batch is compressed.
    pub compression: Compression,
    /// Key, if it has one.
    pub key: Option<String>,
    /// Value; `None` is a tombstone.
    pub value: Option<String>,
    /// CreateTime in ms since the Unix epoch.
    pub timestamp_ms: i64,
    /// Identity in the ledger, 0 = not tracked.
    pub tag: u64,
    /// Brokers whose log holds this very record.
    pub brokers: Vec<i32>,
}

/// The record at that offset; the leader's when the replicas disagree.
pub fn find(world: &World, name: &PartitionName, offset: u64) -> Option<RecordFacts> {
    let wanted = Offset(i64::try_from(offset).ok()?);
    let holders = holders(world, name)?;
    let (_, leader_log) = *holders.first()?;
    let found = at(leader_log, wanted).or_else(|| holders.iter().find_map(|h| at(h.1, wanted)))?;
    let (record, batch) = found;
    let same = |log: &LogDisk| {
        at(log, wanted)
            .is_some_and(|(r, b)| r.tag == record.tag && b.leader_epoch == batch.leader_epoch)
    };
    let mut brokers: Vec<i32> = holders
        .iter()
        .filter(|(_, log)| same(log))
        .map(|(id, _)| number(*id))
        .collect();
    brokers.sort_unstable();
    Some(RecordFacts {
        offset,
        epoch: batch.leader_epoch.0,
        compression: batch.body.compression,
        key: record.key.as_deref().map(text),
        value: record.value.as_deref().map(text),
        timestamp_ms: record.timestamp_ms,
        tag: record.tag,
        brokers,
    })
}

/// The newest records of a partition, newest first.
pub fn newest(world: &World, name: &PartitionName, count: u64) -> Vec<RecordFacts> {
    let holders = holders(world, name).unwrap_or_default();
    let Some((_, log)) = holders.first() else {
        return Vec::new();
    };
    let end = u64::try_from(log.log_end_offset().0).unwrap_or(0);
    let start = u64::try_from(log.log_start_offset().0).unwrap_or(0);
    let first = end.saturating_sub(count).max(start);
    let offsets = (first..end).rev();
    offsets.filter_map(|o| find(world, name, o)).collect()
}

/// The logs of a partition, the leader's first.
fn holders<'a>(world: &'a World, name: &PartitionName) -> Option<Vec<(NodeId, &'a LogDisk)>> {
    let topic = image(world)?.topic(&name.topic)?;
    let partition = u32::try_from(name.partition).ok()?;
    let state = topic.partitions.get(partition as usize)?;
    let id = TopicPartition::new(topic.topic, partition);
    let mut brokers = state.replicas.clone();
    brokers.sort_by_key(|broker| Some(*broker) != state.leader);
    let log = |broker: NodeId| match world.node(broker)?.process {
        KafkaProcess::Broker(process) => Some(process.partition(id)?.log.disk()),
        KafkaProcess::BrokerDisk(disk) => disk.logs.get(&id),
        _ => None,
    };
    Some(
        brokers
            .into_iter()
            .filter_map(|broker| Some((broker, log(broker)?)))
            .collect(),
    )
}

fn at(log: &LogDisk, offset: Offset) -> Option<(&Record, &Batch)> {
    if offset < log.log_start_offset() || offset >= log.log_end_offset() {
        return None;
    }
    let batch = log.batches_from(offset).next()?;
    let index = usize::try_from(offset.0 - batch.base_offset.0).ok()?;
    Some((batch.body.records.get(index)?, batch))
}

fn text(bytes: &[u8]) -> String {
    let whole = String::from_utf8_lossy(bytes);
    let mut cut: String = whole.chars().take(TEXT_MAX).collect();
    if cut.len() < whole.len() {
        cut.push('…');
    }
    cut
}
