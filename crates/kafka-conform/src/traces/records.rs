//! The metadata log as facts about one broker or one partition at a time.
//!
//! Recorded and simulated records become the same small texts, so that a
//! difference reads well. Ids, ports and features are left out on both sides.

use std::collections::BTreeMap;

use kafka_core::metadata::{MetadataRecord, PartitionRegistration};
use kafka_core::protocol::ConfigResource;
use kafka_core::types::{BrokerId, TopicId};
use kafka_sim::{KafkaProcess, World};
use serde_json::Value;

use super::story::Record;

/// What happened to each broker, partition and topic, in order.
pub(super) type Facts = BTreeMap<String, Vec<Fact>>;

/// One record about a subject.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Fact {
    /// What it says.
    pub text: String,
    /// Its batch: in the simulation one event, on a disk sometimes several.
    pub batch: i64,
    /// Its offset.
    pub offset: i64,
    /// Whether it only adds brokers to an ISR.
    pub grows: bool,
}

impl Fact {
    fn new(text: String, batch: i64, offset: i64) -> Fact {
        let grows = false;
        Fact {
            text,
            batch,
            offset,
            grows,
        }
    }

    /// Whether a partition changes.
    pub(super) fn is_change(&self) -> bool {
        self.text.starts_with("change ")
    }

    /// One of its fields.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        let mut words = self.text.split(' ');
        words.find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
    }

    /// How many brokers the ISR has from now on, if the fact says so.
    pub(super) fn isr_size(&self) -> Option<usize> {
        let list = self.field("isr")?;
        Some(list.split(',').filter(|id| *id != "[]").count())
    }

    /// Becomes both changes in one: this one, then the other.
    pub(super) fn absorb(&mut self, later: &Fact) {
        let mut text = "change".to_string();
        for (_, name) in FIELDS {
            if let Some(value) = later.field(name).or_else(|| self.field(name)) {
                text.push_str(&format!(" {name}={value}"));
            }
        }
        self.text = text;
        (self.batch, self.offset) = (later.batch, later.offset);
    }
}

/// Fields of a partition, in the order they are shown, with Kafka's names first.
const FIELDS: [(&str, &str); 10] = [
    ("replicas", "replicas"),
    ("isr", "isr"),
    ("removingReplicas", "removing"),
    ("addingReplicas", "adding"),
    ("leader", "leader"),
    ("leaderRecoveryState", "recovering"),
    ("eligibleLeaderReplicas", "elr"),
    ("lastKnownElr", "lastKnownElr"),
    ("leaderEpoch", "leaderEpoch"),
    ("partitionEpoch", "partitionEpoch"),
];

/// Facts of the recorded log.
pub(super) fn recorded(metadata: &[Record]) -> Facts {
    let mut facts = Facts::new();
    let mut topics: BTreeMap<String, String> = BTreeMap::new();
    for record in metadata {
        if let Some((about, text)) = recorded_fact(&record.kind, &record.data, &mut topics) {
            let (batch, offset) = (record.batch, record.offset);
            let fact = Fact::new(text, batch, offset);
            facts.entry(about).or_default().push(fact);
        }
    }
    facts
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_string)
}

fn list(value: &Value) -> String {
    let items: Vec<String> = value.as_array().into_iter().flatten().map(text).collect();
    format!("[{}]", items.join(","))
}

fn recorded_fact(
    kind: &str,
    data: &Value,
    topics: &mut BTreeMap<String, String>,
) -> Option<(String, String)> {
    let broker = format!("broker {}", text(&data["brokerId"]));
    let partition = || {
        let id = text(&data["topicId"]);
        let name = topics.get(&id).cloned().unwrap_or(id);
        format!("{name}-{}", text(&data["partitionId"]))
    };
    match kind {
        "TOPIC_RECORD" => {
            let name = text(&data["name"]);
            topics.insert(text(&data["topicId"]), name.clone());
            Some((format!("topic {name}"), "created".to_string()))
        }
        "REMOVE_TOPIC_RECORD" => {
            let name = topics.get(&text(&data["topicId"])).cloned()?;
            Some((format!("topic {name}"), "removed".to_string()))
        }
        "CONFIG_RECORD" => {
            let set = format!("{}={}", text(&data["name"]), text(&data["value"]));
            let what = text(&data["resourceName"]);
            Some((format!("config {what:?}"), set))
        }
        "CLEAR_ELR_RECORD" => {
            let topic = data.get("topicName").map(text).unwrap_or_default();
            Some((format!("config {topic:?}"), "clear ELR".to_string()))
        }
        "FEATURE_LEVEL_RECORD" => Some((
            "features".to_string(),
            format!("{}={}", text(&data["name"]), text(&data["featureLevel"])),
        )),
        "REGISTER_BROKER_RECORD" => Some((broker, "registered, fenced".to_string())),
        "UNREGISTER_BROKER_RECORD" => Some((broker, "unregistered".to_string())),
        "BROKER_REGISTRATION_CHANGE_RECORD" => {
            let fenced = match data.get("fenced").and_then(Value::as_i64) {
                Some(1) => "fenced",
                Some(-1) => "unfenced",
                _ if data.get("inControlledShutdown").is_some() => "in controlled shutdown",
                // Only cordoned directories: dropped on both sides.
                _ => return None,
            };
            Some((broker, fenced.to_string()))
        }
        "PARTITION_RECORD" => Some((partition(), format!("new {}", fields(data)))),
        "PARTITION_CHANGE_RECORD" => Some((partition(), format!("change {}", fields(data)))),
        _ => None,
    }
}

/// The partition fields a record carries, in a fixed order.
fn fields(data: &Value) -> String {
    let shown: Vec<String> = FIELDS
        .iter()
        .filter_map(|(key, name)| {
            let value = data.get(key).filter(|value| !value.is_null())?;
            let value = if value.is_array() {
                list(value)
            } else {
                text(value)
            };
            Some(format!("{name}={value}"))
        })
        .collect();
    shown.join(" ")
}

/// Facts of the simulated log: the longest one of any controller.
pub(super) fn simulated(world: &World) -> Facts {
    let logs = world.nodes().filter_map(|node| match node.process {
        KafkaProcess::Controller(controller) => Some(&controller.disk().raft.log),
        KafkaProcess::ControllerDisk(disk) => Some(&disk.raft.log),
        _ => None,
    });
    let Some(log) = logs.max_by_key(|log| (log.last_epoch(), log.end_offset())) else {
        return Facts::new();
    };
    let mut facts = Facts::new();
    let mut topics = BTreeMap::new();
    for batch in log.read_from(kafka_core::types::Offset::ZERO) {
        for (record, place) in batch.records.iter().zip(0..) {
            if let Some((about, text)) = simulated_fact(record, &mut topics) {
                let (batch, offset) = (batch.base_offset.0, batch.base_offset.0 + place);
                let fact = Fact::new(text, batch, offset);
                facts.entry(about).or_default().push(fact);
            }
        }
    }
    facts
}

fn simulated_fact(
    record: &MetadataRecord,
    topics: &mut BTreeMap<TopicId, String>,
) -> Option<(String, String)> {
    let named = |topics: &BTreeMap<TopicId, String>, topic: &TopicId| {
        topics.get(topic).cloned().unwrap_or_default()
    };
    match record {
        MetadataRecord::Topic { name, topic, .. } => {
            topics.insert(*topic, name.to_string());
            Some((format!("topic {name}"), "created".to_string()))
        }
        MetadataRecord::RemoveTopic { topic } => {
            let name = named(topics, topic);
            Some((format!("topic {name}"), "removed".to_string()))
        }
        MetadataRecord::Config {
            resource,
            name,
            value,
        } => {
            let what = match resource {
                ConfigResource::Topic(topic) => topic.to_string(),
                ConfigResource::Broker(broker) => {
                    broker.map_or_else(String::new, |id| id.to_string())
                }
                ConfigResource::Group(group) => group.to_string(),
            };
            let value = value.as_deref().unwrap_or("null");
            Some((format!("config {what:?}"), format!("{name}={value}")))
        }
        MetadataRecord::ClearElr { topic } => {
            let topic = topic.as_deref().unwrap_or_default();
            Some((format!("config {topic:?}"), "clear ELR".to_string()))
        }
        MetadataRecord::FeatureLevel { name, level } => {
            Some(("features".to_string(), format!("{name}={level}")))
        }
        MetadataRecord::RegisterBroker { broker, .. } => {
            Some((format!("broker {broker}"), "registered, fenced".to_string()))
        }
        MetadataRecord::UnregisterBroker { broker, .. } => {
            Some((format!("broker {broker}"), "unregistered".to_string()))
        }
        MetadataRecord::BrokerRegistrationChange {
            broker,
            fenced,
            in_controlled_shutdown,
            ..
        } => {
            let fact = match fenced {
                Some(true) => "fenced",
                Some(false) => "unfenced",
                None if *in_controlled_shutdown => "in controlled shutdown",
                None => return None,
            };
            Some((format!("broker {broker}"), fact.to_string()))
        }
        MetadataRecord::Partition {
            topic,
            partition,
            state,
        } => Some((
            format!("{}-{partition}", named(topics, topic)),
            format!("new {}", registration(state)),
        )),
        MetadataRecord::PartitionChange {
            topic,
            partition,
            change,
        } => Some((
            format!("{}-{partition}", named(topics, topic)),
            format!("change {}", change_fields(change)),
        )),
        _ => None,
    }
}

fn ids(brokers: &[BrokerId]) -> String {
    let items: Vec<String> = brokers.iter().map(BrokerId::to_string).collect();
    format!("[{}]", items.join(","))
}

fn leader(leader: Option<BrokerId>) -> String {
    leader.map_or("-1".to_string(), |id| id.to_string())
}

fn registration(state: &PartitionRegistration) -> String {
    format!(
        "replicas={} isr={} removing={} adding={} leader={} leaderEpoch={} partitionEpoch={}",
        ids(&state.replicas),
        ids(&state.isr),
        ids(&state.removing),
        ids(&state.adding),
        leader(state.leader),
        state.leader_epoch,
        state.partition_epoch
    )
}

fn change_fields(change: &kafka_core::metadata::PartitionChange) -> String {
    let mut shown = Vec::new();
    let mut list = |name: &str, brokers: &Option<Vec<BrokerId>>| {
        if let Some(brokers) = brokers {
            shown.push((name.to_string(), ids(brokers)));
        }
    };
    list("replicas", &change.replicas);
    list("isr", &change.isr);
    list("removing", &change.removing);
    list("adding", &change.adding);
    list("elr", &change.elr);
    list("lastKnownElr", &change.last_known_elr);
    if let Some(new) = change.leader {
        shown.push(("leader".to_string(), leader(new)));
    }
    if let Some(recovering) = change.recovering {
        shown.push(("recovering".to_string(), i32::from(recovering).to_string()));
    }
    shown.sort_by_key(|(name, _)| FIELDS.iter().position(|(_, known)| known == name));
    let shown: Vec<String> = shown
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    shown.join(" ")
}
