//! A recorded story as data, and what of its surroundings it tells.
//!
//! How long a process took to start, when a producer's first value went out and
//! which partition it drew at random are no rules of Kafka: they are read from the
//! recording and given to the simulation. What Kafka's rules make of them is not.

use std::collections::BTreeMap;

use serde_json::Value;

/// A story as it was recorded.
pub(super) struct Story {
    /// Brokers configured.
    pub brokers: Vec<u32>,
    /// Voters.
    pub controllers: Vec<u32>,
    /// Broker settings.
    pub overrides: BTreeMap<String, String>,
    /// What was done.
    pub steps: Vec<Step>,
    /// The controllers' log.
    pub metadata: Vec<Record>,
    /// What each producer saw.
    pub producers: BTreeMap<String, Vec<Sent>>,
    /// Each replica's final log, by `topic-partition@broker`.
    pub logs: BTreeMap<String, Log>,
}

/// One step.
#[derive(Clone, Default)]
pub(super) struct Step {
    /// Milliseconds since the story began.
    pub at_ms: i64,
    /// What was done.
    pub text: String,
    /// What a tool printed.
    pub out: Option<String>,
}

impl Step {
    /// Whether a tool asks the brokers for something.
    pub(super) fn needs_brokers(&self) -> bool {
        self.text.starts_with("create ") || self.text.starts_with("$ ")
    }
}

/// A record of the metadata log.
pub(super) struct Record {
    /// Its place.
    pub offset: i64,
    /// Base offset of its batch on disk.
    pub batch: i64,
    /// When its batch was appended.
    pub at_ms: i64,
    /// `REGISTER_BROKER_RECORD` and so on.
    pub kind: String,
    /// Its fields.
    pub data: Value,
}

/// What became of one value of a producer.
#[derive(Clone)]
pub(super) struct Sent {
    /// When the producer was told.
    pub at_ms: i64,
    /// The value: a running number.
    pub value: u64,
    /// Where it was acknowledged.
    pub partition: Option<u32>,
    /// Exception class, or `None` if acknowledged.
    pub error: Option<String>,
    /// Its text.
    pub message: String,
}

/// The final log of a replica.
pub(super) struct Log {
    /// Leader epoch and value of each record.
    pub records: Vec<(i64, String)>,
    /// The epochs of its checkpoint.
    pub epochs: Vec<i64>,
}

/// When and where a producer's values go.
pub(super) struct Pace {
    /// The first value cannot have been sent before.
    pub first_ms: i64,
    /// When the rate began to count; a producer held up in between catches up.
    pub throttle_ms: i64,
    /// The partition of each value.
    pub partitions: Vec<u32>,
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_string)
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn ids(value: &Value) -> Vec<u32> {
    let ids = items(value).filter_map(Value::as_u64);
    ids.filter_map(|id| u32::try_from(id).ok()).collect()
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

impl Story {
    /// Reads a story.
    ///
    /// # Errors
    /// What is missing.
    pub(super) fn read(file: &str) -> Result<Story, String> {
        let json: Value = serde_json::from_str(file).map_err(|e| format!("not JSON: {e}"))?;
        let story = Story {
            brokers: ids(&json["cluster"]["brokers"]),
            controllers: ids(&json["cluster"]["controllers"]),
            overrides: entries(&json["overrides"])
                .map(|(name, value)| (name.clone(), text(value)))
                .collect(),
            steps: items(&json["steps"]).map(step).collect(),
            metadata: items(&json["metadata"]).map(record).collect(),
            producers: entries(&json["producers"])
                .map(|(name, events)| (name.clone(), items(events).map(sent).collect()))
                .collect(),
            logs: entries(&json["logs"])
                .map(|(replica, value)| (replica.clone(), log(value)))
                .collect(),
        };
        if story.brokers.is_empty() || story.controllers.is_empty() || story.steps.is_empty() {
            return Err("it has no cluster or no steps".to_string());
        }
        Ok(story)
    }

    /// Level of a feature, as written when the cluster was formatted.
    pub(super) fn feature(&self, name: &str) -> i64 {
        let mut levels = self.metadata.iter().filter(|record| {
            record.kind == "FEATURE_LEVEL_RECORD" && record.data["name"].as_str() == Some(name)
        });
        let last = levels.next_back();
        last.map_or(0, |record| {
            record.data["featureLevel"].as_i64().unwrap_or(0)
        })
    }

    /// When the first leader of the quorum was elected.
    pub(super) fn first_leader_ms(&self) -> i64 {
        self.metadata.first().map_or(0, |record| record.at_ms)
    }

    /// When the broker registered, between two moments.
    pub(super) fn registered(&self, broker: u32, from: i64, until: i64) -> Option<i64> {
        let of_broker = |record: &&Record| {
            record.kind == "REGISTER_BROKER_RECORD"
                && record.data["brokerId"].as_u64() == Some(u64::from(broker))
                && (from..until).contains(&record.at_ms)
        };
        self.metadata.iter().find(of_broker).map(|it| it.at_ms)
    }

    /// The next step after `at` that does something to the server.
    pub(super) fn next_fault(&self, server: u32, after: usize) -> i64 {
        let later = self.steps.iter().skip(after + 1);
        let suffix = format!(" {server}");
        let next = later
            .filter(|step| step.text.ends_with(&suffix))
            .map(|step| step.at_ms);
        next.min().unwrap_or(i64::MAX)
    }

    /// When and where a producer sent its values. `interval_ms` is that of its rate.
    pub(super) fn pace(&self, producer: &str, interval_ms: i64, delivery_ms: i64) -> Pace {
        let none = Vec::new();
        let mut sent = self.producers.get(producer).unwrap_or(&none).clone();
        // An expired batch was made a delivery timeout before.
        let first_ms = sent.iter().map(|it| match it.error {
            Some(_) if it.message.starts_with("Expiring") => it.at_ms - delivery_ms,
            _ => it.at_ms,
        });
        let first_ms = first_ms.min().unwrap_or(0);
        let latest = sent
            .iter()
            .map(|it| it.at_ms - it.value as i64 * interval_ms);
        let throttle_ms = latest.min().unwrap_or(0);
        sent.sort_by_key(|it| it.value);
        let known = sent.iter().find_map(|it| it.partition);
        let mut current = known.unwrap_or(0);
        let partitions = sent.iter().map(|it| {
            current = it.partition.unwrap_or(current);
            current
        });
        Pace {
            first_ms,
            throttle_ms,
            partitions: partitions.collect(),
        }
    }
}

fn step(value: &Value) -> Step {
    Step {
        at_ms: value["at_ms"].as_i64().unwrap_or(0),
        text: text(&value["do"]),
        out: value.get("out").map(text),
    }
}

fn record(value: &Value) -> Record {
    let offset = value["offset"].as_i64().unwrap_or(0);
    Record {
        offset,
        batch: value["batch"].as_i64().unwrap_or(offset),
        at_ms: value["at_ms"].as_i64().unwrap_or(0),
        kind: text(&value["type"]),
        data: value["data"].clone(),
    }
}

fn sent(value: &Value) -> Sent {
    Sent {
        at_ms: value["at_ms"].as_i64().unwrap_or(0),
        value: text(&value["value"]).parse().unwrap_or(0),
        partition: value["partition"]
            .as_u64()
            .and_then(|it| u32::try_from(it).ok()),
        error: value.get("error").map(text),
        message: text(&value["message"]),
    }
}

fn log(value: &Value) -> Log {
    let epoch = |entry: &Value| entry.as_str()?.split(' ').next()?.parse().ok();
    Log {
        records: items(&value["records"])
            .filter_map(|record| Some((record.get(1)?.as_i64()?, text(record.get(2)?))))
            .collect(),
        epochs: items(&value["leader_epochs"]).filter_map(epoch).collect(),
    }
}
