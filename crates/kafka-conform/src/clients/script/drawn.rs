//! What Kafka drew at random and a replay must repeat: which broker leads which
//! partition, which one coordinates a group. Requests say so.

use std::collections::BTreeMap;

use kafka_core::hash::coordinator_partition;
use kafka_core::types::{Name, Uuid};

use crate::clients::recording::{Recording, Sent};

/// Partitions of `__consumer_offsets` (the default of its config).
const OFFSETS_PARTITIONS: u32 = 50;

/// Random draws of the recorded cluster.
#[derive(Clone, Debug, Default)]
pub(in crate::clients) struct Drawn {
    leaders: BTreeMap<(String, u32), u32>,
    /// By partition of `__consumer_offsets`.
    coordinators: BTreeMap<u32, u32>,
    topic_ids: BTreeMap<String, Uuid>,
}

impl Drawn {
    pub(super) fn of(recording: &Recording) -> Drawn {
        let mut drawn = Drawn::default();
        let topics: Vec<&str> = recording
            .of("admin")
            .filter(|line| line.event == "created")
            .map(|line| line.text("topic"))
            .collect();
        for sent in &recording.requests {
            if sent.to_coordinator() {
                drawn.coordinator(sent);
            } else {
                drawn.leaders(sent, &topics);
            }
        }
        drawn
    }

    /// Ids of topics, where a request names them.
    pub fn topic_ids(&self) -> impl Iterator<Item = (Name, Uuid)> + '_ {
        let known = self.topic_ids.iter();
        known.map(|(topic, id)| (topic.as_str().into(), *id))
    }

    fn coordinator(&mut self, sent: &Sent) {
        let group = sent.body.split_once("groupId='");
        let group = group.and_then(|(_, rest)| rest.split_once('\''));
        let (Some((group, _)), Some(broker)) = (group, sent.broker()) else {
            return;
        };
        if !group.is_empty() {
            let partition = coordinator_partition(group, OFFSETS_PARTITIONS);
            self.coordinators.insert(partition, broker);
        }
    }

    fn leaders(&mut self, sent: &Sent, topics: &[&str]) {
        let Some(broker) = sent.broker() else { return };
        let mut found = |topic: &str, partition: &str| {
            if let Ok(partition) = partition.parse() {
                let key = (topic.to_string(), partition);
                self.leaders.entry(key).or_insert(broker);
            }
        };
        if sent.api == "PRODUCE" {
            // `partitionSizes=[ID:TOPIC-PARTITION=BYTES, ...]`.
            let words = sent.body.split(['[', ',', ']', '}']);
            for word in words.filter_map(|word| word.split_once('=')) {
                let (id, named) = word.0.split_once(':').unwrap_or(("", word.0));
                if let Some((topic, partition)) = named.rsplit_once('-') {
                    found(topic, partition);
                    if let Some(id) = Uuid::parse(id) {
                        self.topic_ids.insert(topic.to_string(), id);
                    }
                }
            }
            return;
        }
        let field = match sent.api.as_str() {
            "LIST_OFFSETS" => "partitionIndex=",
            "FETCH" => "FetchPartition(partition=",
            "OFFSET_FOR_LEADER_EPOCH" => "partition=",
            _ => return,
        };
        let Some(topic) = topics
            .iter()
            .find(|t| sent.body.contains(&format!("'{t}'")))
        else {
            return;
        };
        for rest in sent.body.split(field).skip(1) {
            let digits = rest.find(|c: char| !c.is_ascii_digit());
            // The head of a body may end within a number.
            if let Some(end) = digits {
                found(topic, &rest[..end]);
            }
        }
    }

    /// Replica lists of a topic with the recorded leaders.
    pub fn replicas(&self, topic: &str, partitions: u32, brokers: u32) -> Vec<Vec<u32>> {
        let leader = |partition: u32| {
            let known = self.leaders.get(&(topic.to_string(), partition));
            known.copied().unwrap_or(partition % brokers)
        };
        (0..partitions).map(|p| ring(leader(p), brokers)).collect()
    }

    /// Replica lists of `__consumer_offsets` with the recorded coordinators.
    pub fn offsets_replicas(&self, brokers: u32) -> Vec<Vec<u32>> {
        let leader = |partition: u32| {
            let known = self.coordinators.get(&partition);
            known.copied().unwrap_or(partition % brokers)
        };
        let all = 0..OFFSETS_PARTITIONS;
        all.map(|p| ring(leader(p), brokers)).collect()
    }
}

/// All brokers, beginning with one.
fn ring(first: u32, brokers: u32) -> Vec<u32> {
    (0..brokers).map(|i| (first + i) % brokers).collect()
}
