//! The ledger: what became of each record. Real Kafka has no such thing.

use kafka_check::Fate;
use kafka_core::types::{NodeId, Offset};
use kafka_sim::{NodeConfig, Role};
use lesson_format::accessors::Get;

use super::Scene;
use super::cluster::id;
use crate::names::client_names;
use crate::value::Value;

impl Scene<'_> {
    /// The number of the record at a place, as the leader's log has it.
    pub(super) fn tag_at(&self, topic: &str, partition: i64, offset: i64) -> Option<u64> {
        let place = self.place(topic, u32::try_from(partition).ok()?)?;
        let log = self.leading_log(place)?;
        let batch = log.batches_from(Offset(offset)).next()?;
        let mut records = batch.records();
        let found = records.find(|(at, _)| at.0 == offset);
        found.map(|(_, record)| record.tag)
    }

    fn fates(&self) -> impl Iterator<Item = Fate> + '_ {
        let tags = self.checker.ledger().tags().iter();
        tags.filter_map(|tag| self.checker.fate(*tag))
    }

    /// How often consumers of a group processed a record.
    fn times(&self, tag: u64, group: &str) -> i64 {
        let clients = self.consumers_of(group);
        clients
            .iter()
            .map(|client| self.times_by(tag, *client))
            .sum()
    }

    fn times_by(&self, tag: u64, client: NodeId) -> i64 {
        let processed = self.processed(client);
        processed.iter().filter(|known| **known == tag).count() as i64
    }

    fn all_consumers(&self) -> Vec<NodeId> {
        let all = self.world.ever();
        let consumers = all.filter(|(_, config)| config.role() == Role::Consumer);
        consumers.map(|(id, _)| id).collect()
    }

    pub(super) fn ledger(&self, get: Get, args: &[Value]) -> Value {
        let name = match args.first() {
            Some(Value::Text(name)) => name.as_str(),
            _ => "",
        };
        let count = |wanted: &dyn Fn(&Fate) -> bool| self.fates().filter(|f| wanted(f)).count();
        Value::Number(match get {
            Get::LedgerLostAcked => count(&Fate::is_lost) as i64,
            Get::LedgerUnavailable => count(&|fate| self.is_unavailable(fate)) as i64,
            Get::LedgerLostToGroup => {
                count(&|fate| self.is_behind(fate, name) && self.times(fate.tag, name) == 0) as i64
            }
            Get::LedgerDupForGroup => count(&|fate| self.times(fate.tag, name) > 1) as i64,
            _ => {
                let of_topic = |fate: &Fate| fate.topic.as_deref() == Some(name);
                count(&|fate| of_topic(fate) && fate.is_duplicated()) as i64
            }
        })
    }

    /// Acknowledged, not lost, and nobody leads its partition.
    fn is_unavailable(&self, fate: &Fate) -> bool {
        let Some(copy) = fate.copy() else {
            return false;
        };
        let state = self.image().and_then(|i| i.partition(copy.partition));
        let led = state.is_some_and(|state| state.leader.is_some());
        fate.acknowledged.is_some() && !fate.is_lost() && !led
    }

    /// Behind the committed offset of a group, or deleted.
    fn is_behind(&self, fate: &Fate, group: &str) -> bool {
        let deleted = fate.copy().is_some_and(|copy| {
            let log = self.leading_log(copy.partition);
            log.is_some_and(|log| copy.offset < log.log_start_offset())
        });
        deleted || fate.committed_by.iter().any(|known| **known == *group)
    }

    pub(super) fn record(&self, tag: Option<u64>, get: Get, args: &[Value]) -> Value {
        let fate = tag.and_then(|tag| self.checker.fate(tag));
        let copy = fate.as_ref().and_then(Fate::copy);
        match (get, args) {
            (Get::RecordAcked, _) => {
                Value::Bool(fate.is_some_and(|fate| fate.acknowledged.is_some()))
            }
            (Get::RecordBrokers, _) => {
                let brokers = copy.into_iter().flat_map(|copy| &copy.replicas);
                Value::Numbers(brokers.map(|broker| id(*broker)).collect())
            }
            (Get::RecordCommitted, _) => {
                Value::Bool(copy.is_some_and(|copy| copy.visible.is_some()))
            }
            (Get::RecordDeliveredTo, _) => {
                let names = client_names(self.world);
                let delivered = fate.iter().flat_map(|fate| &fate.delivered);
                let name = |(client, _): &(NodeId, _)| names.get(client).cloned();
                Value::Texts(delivered.filter_map(name).collect())
            }
            (Get::RecordProcessed, [Value::Text(group)]) => {
                Value::Number(tag.map_or(0, |tag| self.times(tag, group)))
            }
            _ => {
                let clients = self.all_consumers();
                let times = |tag| clients.iter().map(|c| self.times_by(tag, *c)).sum();
                Value::Number(tag.map_or(0, times))
            }
        }
    }

    /// Time a consumer's application takes for a record, µs; `None` if it takes none.
    pub(crate) fn work_time(&self, client: NodeId) -> Option<u64> {
        let mut all = self.world.ever();
        let (_, config) = all.find(|(id, _)| *id == client)?;
        match config {
            NodeConfig::Consumer(c) if c.capacity > 0 => Some(1_000_000 / u64::from(c.capacity)),
            NodeConfig::ShareConsumer(c) if c.work.0 > 0 => Some(c.work.0),
            _ => None,
        }
    }

    /// Name and group of a consumer, also of one that is gone.
    pub(crate) fn consumer_config(&self, client: NodeId) -> Option<(String, Option<String>)> {
        let mut all = self.world.ever();
        let (_, config) = all.find(|(id, _)| *id == client)?;
        match config {
            NodeConfig::Consumer(c) => {
                let name = client_names(self.world).remove(&client);
                let name = name.unwrap_or_else(|| c.client.client_id.to_string());
                Some((name, c.group.as_deref().map(str::to_owned)))
            }
            _ => None,
        }
    }
}
