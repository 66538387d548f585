//! Clients: what they sent, received and are through with.

use kafka_core::client::{ClientEvent, DeliveredRecord};
use kafka_core::types::{NodeId, Time};
use kafka_sim::{EntryKind, HistoryItem, NodeConfig, Role, Seq};
use lesson_format::accessors::Get;

use super::Scene;
use super::cluster::text;
use crate::names::{client_names, numbered};
use crate::value::Value;

fn number(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

impl Scene<'_> {
    pub(super) fn client_names(&self, consumers: bool) -> Vec<String> {
        let role = if consumers {
            Role::Consumer
        } else {
            Role::Producer
        };
        let names = client_names(self.world);
        let wanted = self.world.ever().filter(|(_, c)| c.role() == role);
        let name = |(id, config): (NodeId, &NodeConfig)| {
            let gone = || Some(numbered(&config.client()?.client_id, id));
            names.get(&id).cloned().or_else(gone)
        };
        wanted.filter_map(name).collect()
    }

    /// The consumer that was started last, by a name that no other has.
    pub(super) fn last_consumer(&self) -> Value {
        let mut last = Value::None;
        for (id, config) in self.world.ever() {
            if let (Role::Consumer, Some(client)) = (config.role(), config.client()) {
                last = Value::Text(numbered(&client.client_id, id));
            }
        }
        last
    }

    fn items(&self, client: NodeId) -> impl Iterator<Item = &HistoryItem> {
        let items = self.world.history().iter_from(0);
        items.filter(move |item| item.client == client)
    }

    /// What `poll` returned, call by call.
    fn polls(&self, client: NodeId) -> impl Iterator<Item = (&HistoryItem, Vec<&DeliveredRecord>)> {
        self.items(client).filter_map(|item| match &item.event {
            ClientEvent::Delivered(records) => Some((item, records.iter().collect())),
            ClientEvent::ShareDelivered(records) => {
                let records = records.iter().map(|record| &record.delivered);
                Some((item, records.collect()))
            }
            _ => None,
        })
    }

    fn delivered(&self, client: NodeId) -> impl Iterator<Item = &DeliveredRecord> {
        self.polls(client).flat_map(|(_, records)| records)
    }

    /// When a client stopped running; now, if it runs.
    pub(crate) fn ran_until(&self, client: NodeId, from: Seq) -> Time {
        let node = self.world.node(client);
        if node.is_some_and(|node| node.status.is_alive()) {
            return self.world.now();
        }
        let mut end = None;
        for (_, entry) in self.world.trace().iter_from(from) {
            let ends = matches!(entry.kind, EntryKind::Action | EntryKind::Exited);
            if ends && self.world.id_of(entry.node) == Some(client) {
                end = Some(entry.at);
            }
        }
        end.unwrap_or(self.world.now())
    }

    /// Tags of the records a consumer's application is through with, in order. One with a
    /// capacity takes its time for each.
    pub(crate) fn processed(&self, client: NodeId) -> Vec<u64> {
        let work = self.work_time(client);
        let mut tags = Vec::new();
        let mut last = None;
        for (item, records) in self.polls(client) {
            tags.extend(records.iter().map(|record| record.record.tag));
            last = Some((item, records.len()));
        }
        if let (Some((item, count)), Some(work)) = (last, work) {
            let worked = self.ran_until(client, item.seq).0.saturating_sub(item.at.0);
            let through = usize::try_from(worked / work).unwrap_or(usize::MAX);
            tags.truncate(tags.len() - count + through.min(count));
        }
        tags
    }

    pub(super) fn client(&self, client: Option<NodeId>, get: Get, args: &[Value]) -> Value {
        let Some(client) = client else {
            return match get {
                Get::ConsumerReceived | Get::ConsumerProcessed | Get::ConsumerOffsets => {
                    Value::Numbers(Vec::new())
                }
                Get::ConsumerValues | Get::ConsumerPartitions => Value::Texts(Vec::new()),
                Get::ProducerSent | Get::ProducerAcked | Get::ProducerFailed => Value::Number(0),
                _ => Value::None,
            };
        };
        let delivered = || self.delivered(client);
        match get {
            Get::ConsumerReceived => {
                Value::Numbers(delivered().map(|r| number(r.record.tag)).collect())
            }
            Get::ConsumerProcessed => {
                Value::Numbers(self.processed(client).into_iter().map(number).collect())
            }
            Get::ConsumerOffsets => Value::Numbers(delivered().map(|r| r.offset.0).collect()),
            Get::ConsumerValues => {
                let values = delivered().map(|r| text(r.record.value.as_deref()));
                Value::Texts(values.collect())
            }
            Get::ConsumerPartitions => {
                if let Some(consumer) = self.world.share_consumer(client) {
                    let mine = consumer.assignment().iter();
                    return Value::Texts(mine.map(|place| self.place_name(*place)).collect());
                }
                let consumer = self.world.consumer(client);
                let mine = consumer.into_iter().flat_map(|c| c.assignment());
                Value::Texts(
                    mine.map(|a| format!("{}-{}", a.topic, a.partition))
                        .collect(),
                )
            }
            Get::ConsumerPosition => self.position(client, args).unwrap_or(Value::None),
            _ => self.producer(client, get, args),
        }
    }

    fn position(&self, client: NodeId, args: &[Value]) -> Option<Value> {
        let [Value::Text(topic), Value::Number(partition)] = args else {
            return None;
        };
        let mut mine = self.world.consumer(client)?.assignment();
        let found = mine.find(|a| *a.topic == **topic && i64::from(a.partition) == *partition)?;
        (found.position.0 >= 0).then_some(Value::Number(found.position.0))
    }

    fn producer(&self, client: NodeId, get: Get, args: &[Value]) -> Value {
        let (mut sent, mut acked, mut failed) = (Vec::new(), Vec::new(), 0);
        for item in self.items(client) {
            match &item.event {
                ClientEvent::Sent { tag, .. } => sent.push((*tag, item.at)),
                ClientEvent::Acked { tag, .. } => acked.push((*tag, item.at)),
                ClientEvent::SendFailed { .. } => failed += 1,
                _ => {}
            }
        }
        match (get, args) {
            (Get::ProducerSent, _) => Value::Number(sent.len() as i64),
            (Get::ProducerAcked, _) => Value::Number(acked.len() as i64),
            (Get::ProducerFailed, _) => Value::Number(failed),
            (Get::ProducerAckTime, [Value::Number(nth)]) => {
                let nth = usize::try_from(*nth).ok().and_then(|nth| sent.get(nth));
                let took = nth.and_then(|(tag, at)| {
                    let (_, end) = acked.iter().find(|(known, _)| known == tag)?;
                    Some(Value::Span(end.0 - at.0))
                });
                took.unwrap_or(Value::None)
            }
            _ => Value::None,
        }
    }
}
