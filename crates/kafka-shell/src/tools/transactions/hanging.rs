//! `find-hanging`: open transactions that are older than any may be and that no
//! coordinator knows of.

use std::collections::BTreeSet;

use kafka_core::error::ErrorCode;
use kafka_core::protocol::{DescribedProducer, DescribedTransaction, MetadataTopic};
use kafka_core::types::{Offset, TopicPartition};

use super::{End, Transactions, name_of, number, show};

/// `--max-transaction-timeout` in minutes, and what is added to it.
const MAX_TIMEOUT_MIN: i64 = 15;
const SLACK_MIN: i64 = 5;
const MINUTE_MS: i64 = 60_000;

const HEADS: [&str; 8] = [
    "Topic",
    "Partition",
    "ProducerId",
    "ProducerEpoch",
    "CoordinatorEpoch",
    "StartOffset",
    "LastTimestamp",
    "Duration(min)",
];

/// An old open transaction.
struct Candidate {
    partition: TopicPartition,
    producer: DescribedProducer,
}

pub(super) fn scope_missing() -> End {
    End::Message(
        "The `find-hanging` command requires either --topic or --broker-id to limit the scope of the search"
            .to_string(),
    )
}

impl Transactions<'_> {
    pub(super) async fn find_hanging(&self) -> Result<(), End> {
        let topics = self.topics(None).await?;
        let wanted = self.wanted(&topics)?;
        let broker = number(self.line, "--broker-id")?;
        let max = number(self.line, "--max-transaction-timeout")?;
        let limit_ms = (max.unwrap_or(MAX_TIMEOUT_MIN) + SLACK_MIN) * MINUTE_MS;
        let now_ms = self.ctx.now().as_ms() as i64;
        let mut candidates = Vec::new();
        for partition in wanted {
            let name = name_of(&topics, partition);
            let producers = self.producers(&name, partition.partition, broker).await?;
            for producer in producers {
                let open = producer.current_txn_start_offset != Offset::UNKNOWN;
                if open && now_ms - producer.last_timestamp_ms >= limit_ms {
                    candidates.push(Candidate {
                        partition,
                        producer,
                    });
                }
            }
        }
        let hanging = self.without_coordinator(candidates).await?;
        let rows: Vec<Vec<String>> = (hanging.iter())
            .map(|it| self.row(it, &topics, now_ms))
            .collect();
        self.ctx.out(show::table(&HEADS, &rows));
        Ok(())
    }

    /// The partitions to look at: of a topic, of a broker, or both.
    fn wanted(&self, topics: &[MetadataTopic]) -> Result<Vec<TopicPartition>, End> {
        let broker = number(self.line, "--broker-id")?;
        let only = number(self.line, "--partition")?;
        let name = self.line.value("--topic");
        let known = topics.iter().filter(|it| !it.error.is_error());
        let chosen: Vec<&MetadataTopic> = known
            .filter(|it| name.is_none_or(|name| *it.name == *name))
            .collect();
        if name.is_some() && chosen.is_empty() {
            let why = ErrorCode::UnknownTopicOrPartition.message();
            let text = format!("Failed to describe 1 topics: {why}");
            return Err(End::kafka(text));
        }
        let mut wanted = Vec::new();
        for topic in chosen {
            for it in &topic.partitions {
                let here = |id: i64| it.replicas.iter().any(|node| i64::from(node.0) == id);
                let is_wanted = broker.is_none_or(here)
                    && only.is_none_or(|only| only == i64::from(it.partition));
                if is_wanted {
                    wanted.push(TopicPartition::new(topic.topic, it.partition));
                }
            }
        }
        Ok(wanted)
    }

    /// Those whose coordinator has forgotten them: it knows no such producer, or one
    /// without that partition in its transaction.
    async fn without_coordinator(&self, candidates: Vec<Candidate>) -> Result<Vec<Candidate>, End> {
        if candidates.is_empty() {
            return Ok(candidates);
        }
        let producers = candidates.iter().map(|it| it.producer.producer_id);
        let producers: BTreeSet<_> = producers.collect();
        let mut known: Vec<DescribedTransaction> = Vec::new();
        for (_, listed) in self.listed(None).await? {
            if producers.contains(&listed.producer_id) {
                let (_, described) = self.described(&listed.transactional_id).await?;
                known.push(described);
            }
        }
        let hangs = |it: &Candidate| {
            let mut known = known.iter();
            !known.any(|txn| {
                txn.producer_id == it.producer.producer_id && txn.partitions.contains(&it.partition)
            })
        };
        Ok(candidates.into_iter().filter(hangs).collect())
    }

    fn row(&self, it: &Candidate, topics: &[MetadataTopic], now_ms: i64) -> Vec<String> {
        let producer = &it.producer;
        vec![
            name_of(topics, it.partition),
            it.partition.partition.to_string(),
            producer.producer_id.to_string(),
            producer.producer_epoch.to_string(),
            producer.coordinator_epoch.to_string(),
            producer.current_txn_start_offset.to_string(),
            self.wall(producer.last_timestamp_ms).to_string(),
            ((now_ms - producer.last_timestamp_ms) / MINUTE_MS).to_string(),
        ]
    }
}
