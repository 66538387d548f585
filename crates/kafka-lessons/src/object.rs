//! What can be pointed at: the identity of every drawn and listed thing.
//!
//! It is used for selection, focus, links and the JavaScript interface. It is not a handle into
//! the simulation: an id may name a thing that no longer exists, and every reader copes with that.

use std::fmt;

/// A topic's name and a partition's number, as Kafka writes them: `orders-0`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct PartitionName {
    /// The topic's name.
    pub topic: String,
    /// The partition's number.
    pub partition: i32,
}

impl fmt::Display for PartitionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.topic, self.partition)
    }
}

/// The identity of one object of the picture.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub enum ObjectId {
    /// A broker by its `node.id`.
    Broker(i32),
    /// A controller by its `node.id`.
    Controller(i32),
    /// A partition of a topic.
    Partition(PartitionName),
    /// One replica of a partition: the partition and the broker that holds it.
    Replica(PartitionName, i32),
    /// A record of a partition, by its offset.
    Record(PartitionName, u64),
    /// A client process (producer, consumer or tool) by its name.
    Client(String),
    /// A consumer group by its `group.id`.
    Group(String),
    /// A message in flight by its number.
    Message(u64),
    /// An event of the trace by its number.
    Event(u64),
}

impl ObjectId {
    /// The stable text form, used in DOM ids and in links; [`ObjectId::parse`] reads it back.
    pub fn key(&self) -> String {
        match self {
            ObjectId::Broker(id) => format!("broker:{id}"),
            ObjectId::Controller(id) => format!("controller:{id}"),
            ObjectId::Partition(p) => format!("partition:{p}"),
            ObjectId::Replica(p, broker) => format!("replica:{p}@{broker}"),
            ObjectId::Record(p, offset) => format!("record:{p}@{offset}"),
            ObjectId::Client(name) => format!("client:{name}"),
            ObjectId::Group(name) => format!("group:{name}"),
            ObjectId::Message(n) => format!("message:{n}"),
            ObjectId::Event(n) => format!("event:{n}"),
        }
    }

    /// Reads the text form; `None` for anything else (links are untrusted input).
    pub fn parse(text: &str) -> Option<ObjectId> {
        let (kind, rest) = text.split_once(':')?;
        Some(match kind {
            "broker" => ObjectId::Broker(rest.parse().ok()?),
            "controller" => ObjectId::Controller(rest.parse().ok()?),
            "partition" => ObjectId::Partition(parse_partition(rest)?),
            "replica" => {
                let (partition, broker) = rest.rsplit_once('@')?;
                ObjectId::Replica(parse_partition(partition)?, broker.parse().ok()?)
            }
            "record" => {
                let (partition, offset) = rest.rsplit_once('@')?;
                ObjectId::Record(parse_partition(partition)?, offset.parse().ok()?)
            }
            "client" => ObjectId::Client(rest.to_owned()),
            "group" => ObjectId::Group(rest.to_owned()),
            "message" => ObjectId::Message(rest.parse().ok()?),
            "event" => ObjectId::Event(rest.parse().ok()?),
            _ => return None,
        })
    }

    /// The partition this object belongs to, if it is a partition or a replica of one.
    pub fn partition(&self) -> Option<&PartitionName> {
        match self {
            ObjectId::Partition(p) | ObjectId::Replica(p, _) | ObjectId::Record(p, _) => Some(p),
            _ => None,
        }
    }
}

fn parse_partition(text: &str) -> Option<PartitionName> {
    let (topic, partition) = text.rsplit_once('-')?;
    Some(PartitionName {
        topic: topic.to_owned(),
        partition: partition.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_reads_back_what_it_prints() {
        let partition = PartitionName {
            topic: "my-replicated-topic".into(),
            partition: 12,
        };
        let all = [
            ObjectId::Broker(0),
            ObjectId::Controller(101),
            ObjectId::Partition(partition.clone()),
            ObjectId::Replica(partition.clone(), 2),
            ObjectId::Record(partition, 5),
            ObjectId::Client("console-producer".into()),
            ObjectId::Group("a:b".into()),
            ObjectId::Message(7),
            ObjectId::Event(1318),
        ];
        for id in all {
            assert_eq!(ObjectId::parse(&id.key()), Some(id));
        }
    }

    #[test]
    fn foreign_text_is_refused() {
        for text in [
            "",
            "broker",
            "broker:",
            "broker:x",
            "replica:a-1",
            "partition:orders",
            "moon:1",
        ] {
            assert_eq!(ObjectId::parse(text), None, "{text}");
        }
    }
}
