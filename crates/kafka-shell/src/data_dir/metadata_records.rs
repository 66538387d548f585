//! The records of `__cluster_metadata` in Kafka's bytes, and their schemas.
//!
//! Where nothing else is said, a replica is in the first directory of its broker. What the
//! simulation does not draw (the ids of controllers' lives) is told as drawn from their place in
//! the log. Not here: the files they lie in. Invariant: a record's bytes are Kafka's of 4.3.

use std::collections::BTreeMap;

use kafka_core::config::QuorumConfig;
use kafka_core::metadata::{
    MetadataRecord, PartitionChange, PartitionRegistration, directory_id, drawn_id,
};
use kafka_core::protocol::ConfigResource;
use kafka_core::schema::{Value, encode};
use kafka_core::types::{NodeId, TopicId, Uuid};
use kafka_core::varint::write_unsigned_varint;

/// A kind of record: its number, its version, its name, its schema.
pub(crate) type Kind = (u32, u32, &'static str, &'static str);

macro_rules! endpoints {
    () => {
        "endPoints:[{name:s host:s port:u2 securityProtocol:i2}] features:[{name:s minSupportedVersion:i2 maxSupportedVersion:i2}]"
    };
}

const REGISTER_BROKER: Kind = (
    0,
    4,
    "REGISTER_BROKER_RECORD",
    concat!(
        "~ brokerId:i4 isMigratingZkBroker:b incarnationId:u brokerEpoch:i8 ",
        endpoints!(),
        " rack:?s fenced:b inControlledShutdown:b logDirs:[u]@0"
    ),
);
const UNREGISTER_BROKER: Kind = (
    1,
    0,
    "UNREGISTER_BROKER_RECORD",
    "~ brokerId:i4 brokerEpoch:i8",
);
const TOPIC: Kind = (2, 0, "TOPIC_RECORD", "~ name:s topicId:u");
const PARTITION: Kind = (
    3,
    2,
    "PARTITION_RECORD",
    "~ partitionId:i4 topicId:u replicas:[i4] isr:[i4] removingReplicas:[i4] addingReplicas:[i4] leader:i4 leaderRecoveryState:i1@0 leaderEpoch:i4 partitionEpoch:i4 directories:[u] eligibleLeaderReplicas:?[i4]@1 lastKnownElr:?[i4]@2",
);
const CONFIG: Kind = (
    4,
    0,
    "CONFIG_RECORD",
    "~ resourceType:i1 resourceName:s name:s value:?s",
);
const PARTITION_CHANGE: Kind = (
    5,
    2,
    "PARTITION_CHANGE_RECORD",
    "~ partitionId:i4 topicId:u isr:?[i4]@0 leader:i4@1 replicas:?[i4]@2 removingReplicas:?[i4]@3 addingReplicas:?[i4]@4 leaderRecoveryState:i1@5 directories:?[u]@8 eligibleLeaderReplicas:?[i4]@6 lastKnownElr:?[i4]@7",
);
const REMOVE_TOPIC: Kind = (9, 0, "REMOVE_TOPIC_RECORD", "~ topicId:u");
const FEATURE_LEVEL: Kind = (12, 0, "FEATURE_LEVEL_RECORD", "~ name:s featureLevel:i2");
const PRODUCER_IDS: Kind = (
    15,
    0,
    "PRODUCER_IDS_RECORD",
    "~ brokerId:i4 brokerEpoch:i8 nextProducerId:i8",
);
const BROKER_REGISTRATION_CHANGE: &str = "~ brokerId:i4 brokerEpoch:i8 fenced:i1@0 inControlledShutdown:i1@1 logDirs:?[u]@2 cordonedLogDirs:?[u]@3";
const NO_OP: Kind = (20, 0, "NO_OP_RECORD", "~");
const BEGIN_TRANSACTION: Kind = (23, 0, "BEGIN_TRANSACTION_RECORD", "~ name:?s@0");
const END_TRANSACTION: Kind = (24, 0, "END_TRANSACTION_RECORD", "~");
const REGISTER_CONTROLLER: Kind = (
    27,
    0,
    "REGISTER_CONTROLLER_RECORD",
    concat!(
        "~ controllerId:i4 incarnationId:u zkMigrationReady:b ",
        endpoints!()
    ),
);
const CLEAR_ELR: Kind = (28, 0, "CLEAR_ELR_RECORD", "~ topicName:s");

/// A change of a registration has the first version that can say it.
const fn registration_change(version: u32) -> Kind {
    const NAME: &str = "BROKER_REGISTRATION_CHANGE_RECORD";
    (17, version, NAME, BROKER_REGISTRATION_CHANGE)
}

/// The kinds of records in the log.
pub(crate) const KINDS: [Kind; 18] = [
    REGISTER_BROKER,
    UNREGISTER_BROKER,
    TOPIC,
    PARTITION,
    CONFIG,
    PARTITION_CHANGE,
    REMOVE_TOPIC,
    FEATURE_LEVEL,
    PRODUCER_IDS,
    registration_change(0),
    registration_change(1),
    registration_change(2),
    registration_change(3),
    NO_OP,
    BEGIN_TRANSACTION,
    END_TRANSACTION,
    REGISTER_CONTROLLER,
    CLEAR_ELR,
];

/// Features a server of 4.3 supports: name, least and largest version.
const FEATURES: [(&str, i64, i64); 7] = [
    ("group.version", 0, 1),
    ("kraft.version", 0, 1),
    ("metadata.version", 7, 30),
    ("share.version", 0, 1),
    ("streams.version", 0, 1),
    ("transaction.version", 0, 2),
    ("eligible.leader.replicas.version", 0, 1),
];

fn int(number: impl Into<i64>) -> Value {
    Value::Int(number.into())
}

fn text(text: &str) -> Value {
    Value::Text(text.to_string())
}

fn node(id: NodeId) -> Value {
    int(id.0)
}

fn nodes(ids: &[NodeId]) -> Value {
    Value::List(ids.iter().copied().map(node).collect())
}

fn ids(directories: &[Uuid]) -> Value {
    Value::List(directories.iter().map(|id| Value::Id(*id)).collect())
}

fn directories(replicas: &[NodeId]) -> Value {
    let first = replicas.iter().map(|id| directory_id(*id));
    ids(&first.collect::<Vec<Uuid>>())
}

/// A tagged field that is left out when there is nothing to say.
fn unless(is_default: bool, value: Value) -> Value {
    if is_default { Value::Absent } else { value }
}

fn endpoint(name: &str, host: &str, port: i64) -> Value {
    const PLAINTEXT: i64 = 0;
    let fields = vec![
        text(name),
        text(host),
        Value::Int(port),
        Value::Int(PLAINTEXT),
    ];
    Value::List(vec![Value::Struct(fields)])
}

fn features() -> Value {
    let features = FEATURES.iter().map(|(name, least, largest)| {
        Value::Struct(vec![text(name), Value::Int(*least), Value::Int(*largest)])
    });
    Value::List(features.collect())
}

fn leader(leader: Option<NodeId>) -> Value {
    leader.map_or(Value::Int(-1), node)
}

/// Writes the records of a log one after the other.
#[derive(Default)]
pub(super) struct Writer {
    /// Ids of the topics that were made so far.
    topics: BTreeMap<TopicId, Uuid>,
    /// Where the controllers listen.
    pub quorum: QuorumConfig,
}

impl Writer {
    /// For the log of that quorum.
    pub fn new(quorum: QuorumConfig) -> Writer {
        Writer {
            quorum,
            ..Writer::default()
        }
    }

    /// A data record's bytes, its frame included; `at` is its offset. A control record has none.
    pub fn bytes(&mut self, record: &MetadataRecord, at: i64) -> Option<Vec<u8>> {
        const FRAME: u32 = 1;
        let (kind, values) = self.values(record, at)?;
        let (number, version, _, schema) = kind;
        let mut out = Vec::new();
        for head in [FRAME, number, version] {
            write_unsigned_varint(head, &mut out);
        }
        out.extend(encode(schema, &values));
        Some(out)
    }

    fn topic(&self, topic: TopicId) -> Value {
        Value::Id(self.topics.get(&topic).copied().unwrap_or_default())
    }

    fn values(&mut self, record: &MetadataRecord, at: i64) -> Option<(Kind, Vec<Value>)> {
        use MetadataRecord as Record;
        Some(match record {
            Record::LeaderChange { .. } | Record::KRaftVersion(_) | Record::KRaftVoters(_) => {
                return None;
            }
            Record::NoOp => (NO_OP, Vec::new()),
            Record::BeginTransaction(name) => (BEGIN_TRANSACTION, vec![text(name)]),
            Record::EndTransaction => (END_TRANSACTION, Vec::new()),
            Record::FeatureLevel { name, level } => (FEATURE_LEVEL, vec![text(name), int(*level)]),
            Record::Config {
                resource,
                name,
                value,
            } => (CONFIG, config(resource, name, value.as_deref())),
            Record::RegisterController { controller } => {
                (REGISTER_CONTROLLER, self.controller(*controller, at))
            }
            Record::RegisterBroker { .. } => (REGISTER_BROKER, broker(record)),
            Record::BrokerRegistrationChange { .. } => changed_registration(record),
            Record::UnregisterBroker {
                broker,
                broker_epoch,
            } => (UNREGISTER_BROKER, vec![node(*broker), int(broker_epoch.0)]),
            Record::Topic { name, topic, uuid } => {
                self.topics.insert(*topic, *uuid);
                (TOPIC, vec![text(name), Value::Id(*uuid)])
            }
            Record::RemoveTopic { topic } => (REMOVE_TOPIC, vec![self.topic(*topic)]),
            Record::Partition {
                topic,
                partition,
                state,
            } => (PARTITION, self.partition(*topic, *partition, state)),
            Record::PartitionChange {
                topic,
                partition,
                change,
            } => (PARTITION_CHANGE, self.change(*topic, *partition, change)),
            Record::ClearElr { topic } => (CLEAR_ELR, vec![text(topic.as_deref().unwrap_or(""))]),
            Record::ProducerIds {
                broker,
                broker_epoch,
                next,
            } => {
                let values = vec![node(*broker), int(broker_epoch.0), int(next.0)];
                (PRODUCER_IDS, values)
            }
        })
    }

    fn controller(&self, controller: NodeId, at: i64) -> Vec<Value> {
        let port = self.quorum.port(controller);
        vec![
            node(controller),
            Value::Id(drawn_id(i64::from(controller.0) << 32 | at)),
            int(0),
            endpoint("CONTROLLER", "localhost", port.into()),
            features(),
        ]
    }

    fn partition(
        &self,
        topic: TopicId,
        partition: u32,
        state: &PartitionRegistration,
    ) -> Vec<Value> {
        vec![
            int(partition),
            self.topic(topic),
            nodes(&state.replicas),
            nodes(&state.isr),
            nodes(&state.removing),
            nodes(&state.adding),
            leader(state.leader),
            unless(!state.recovering, int(1)),
            int(state.leader_epoch.0),
            int(state.partition_epoch.0),
            ids(&state.all_directories()),
            unless(state.elr.is_empty(), nodes(&state.elr)),
            unless(
                state.last_known_elr.is_empty(),
                nodes(&state.last_known_elr),
            ),
        ]
    }

    fn change(&self, topic: TopicId, partition: u32, change: &PartitionChange) -> Vec<Value> {
        let list = |ids: &Option<Vec<NodeId>>| ids.as_deref().map_or(Value::Absent, nodes);
        let moved = change.replicas.as_deref().map(directories);
        let named = change.directories.as_deref().map(ids);
        vec![
            int(partition),
            self.topic(topic),
            list(&change.isr),
            change.leader.map_or(Value::Absent, leader),
            list(&change.replicas),
            list(&change.removing),
            list(&change.adding),
            change
                .recovering
                .map_or(Value::Absent, |it| int(i64::from(it))),
            named.or(moved).unwrap_or(Value::Absent),
            list(&change.elr),
            list(&change.last_known_elr),
        ]
    }
}

fn config(resource: &ConfigResource, name: &str, value: Option<&str>) -> Vec<Value> {
    let (kind, of) = match resource {
        ConfigResource::Topic(topic) => (2, topic.to_string()),
        ConfigResource::Broker(broker) => (4, broker.map_or(String::new(), |id| id.to_string())),
        ConfigResource::Group(group) => (32, group.to_string()),
    };
    let value = value.map_or(Value::Null, text);
    vec![Value::Int(kind), Value::Text(of), text(name), value]
}

fn broker(record: &MetadataRecord) -> Vec<Value> {
    let MetadataRecord::RegisterBroker {
        broker,
        incarnation,
        broker_epoch,
        rack,
        host,
        port,
        directories,
    } = record
    else {
        return Vec::new();
    };
    vec![
        node(*broker),
        int(0),
        Value::Id(drawn_id(incarnation.0.cast_signed())),
        int(broker_epoch.0),
        endpoint("PLAINTEXT", host, (*port).into()),
        features(),
        rack.as_deref().map_or(Value::Null, text),
        int(1),
        int(0),
        ids(directories),
    ]
}

/// Of a broker that is fenced, unfenced, stopping, or lost a directory; else what follows each
/// registration: none of its directories is cordoned.
fn changed_registration(record: &MetadataRecord) -> (Kind, Vec<Value>) {
    let MetadataRecord::BrokerRegistrationChange {
        broker,
        broker_epoch,
        fenced,
        in_controlled_shutdown,
        directories,
    } = record
    else {
        return (NO_OP, Vec::new());
    };
    let version = match (fenced, in_controlled_shutdown, directories) {
        (_, _, Some(_)) => 2,
        (_, true, None) => 1,
        (Some(_), false, None) => 0,
        (None, false, None) => 3,
    };
    let fenced = fenced.map_or(Value::Absent, |fenced| int(if fenced { 1 } else { -1 }));
    let values = vec![
        node(*broker),
        int(broker_epoch.0),
        fenced,
        unless(!in_controlled_shutdown, int(1)),
        directories.as_deref().map_or(Value::Absent, ids),
        unless(version != 3, Value::List(Vec::new())),
    ];
    (registration_change(version), values)
}

#[cfg(test)]
mod tests;
