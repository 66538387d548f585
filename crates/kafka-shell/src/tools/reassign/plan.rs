//! The files of `kafka-reassign-partitions.sh`, read and written.

use std::collections::{BTreeMap, BTreeSet};

use kafka_core::types::{BrokerId, Name, NodeId};

use super::{Failure, Tp};
use crate::java::Exception;
use crate::json::{self, Json};

/// Any log directory.
const ANY: &str = "any";

/// Where a partition's replicas shall be, and in which directories.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) tp: Tp,
    pub(super) replicas: Vec<i32>,
    pub(super) dirs: Vec<String>,
}

impl Target {
    /// The directory each replica shall lie in; `None` = any.
    pub(super) fn placed(&self) -> impl Iterator<Item = Option<&str>> {
        let dirs = self.dirs.iter().map(String::as_str);
        dirs.map(|dir| (dir != ANY).then_some(dir))
    }

    /// The replicas as brokers; a negative number is nobody's.
    pub(super) fn brokers(&self) -> Vec<BrokerId> {
        let known = |id: &i32| NodeId(u32::try_from(*id).unwrap_or(u32::MAX));
        self.replicas.iter().map(known).collect()
    }
}

fn parsed(text: &str) -> Result<Json, Exception> {
    let json = json::parse(text).map_err(|message| Exception {
        causes: vec![format!(
            "com.fasterxml.jackson.core.JsonParseException: {message}"
        )],
        ..Exception::admin_operation(message)
    })?;
    match json.get("version") {
        Some(version) if version.number() != Some(1_i32) => {
            let told = match version {
                Json::Number(text) | Json::Text(text) => text.clone(),
                _ => "null".to_string(),
            };
            Err(Exception::admin_operation(format!(
                "Not supported version field value {told}"
            )))
        }
        _ => Ok(json),
    }
}

fn mapping(message: String) -> Exception {
    Exception::new(
        "com.fasterxml.jackson.databind.JsonMappingException",
        message,
    )
}

fn field<'a>(json: &'a Json, name: &str) -> Result<&'a Json, Exception> {
    let found = json.get(name);
    found.ok_or_else(|| mapping(format!("No such field exists: `{name}`")))
}

fn wrong(name: &str) -> Exception {
    mapping(format!("Failed to convert the field `{name}`"))
}

fn integers(json: &Json, name: &str) -> Result<Vec<i32>, Exception> {
    let values = field(json, name)?.list().ok_or_else(|| wrong(name))?;
    let numbers = values.iter().map(Json::number);
    numbers.collect::<Option<_>>().ok_or_else(|| wrong(name))
}

/// Reads a reassignment.
///
/// # Errors
/// What Kafka says of the file.
pub(super) fn read(text: &str) -> Result<Vec<Target>, Exception> {
    let json = parsed(text)?;
    let partitions = json.get("partitions").and_then(Json::list);
    partitions.unwrap_or_default().iter().map(target).collect()
}

fn target(json: &Json) -> Result<Target, Exception> {
    let topic = field(json, "topic")?.text().ok_or_else(|| wrong("topic"))?;
    let partition: u32 = (field(json, "partition")?.number()).ok_or_else(|| wrong("partition"))?;
    let replicas = integers(json, "replicas")?;
    let dirs = match json.get("log_dirs") {
        None => vec![ANY.to_string(); replicas.len()],
        Some(dirs) => {
            let dirs = dirs.list().ok_or_else(|| wrong("log_dirs"))?;
            let texts = dirs.iter().map(|dir| dir.text().map(String::from));
            texts
                .collect::<Option<_>>()
                .ok_or_else(|| wrong("log_dirs"))?
        }
    };
    if dirs.len() != replicas.len() {
        let replicas: Vec<String> = replicas.iter().map(i32::to_string).collect();
        return Err(Exception::admin_command_failed(format!(
            "Size of replicas list [{}] is different from size of log dirs list [{}] for partition {topic}-{partition}",
            replicas.join(", "),
            dirs.join(", ")
        )));
    }
    Ok(Target {
        tp: (topic.into(), partition),
        replicas,
        dirs,
    })
}

/// Reads a reassignment that shall be executed: each partition once, each with replicas.
pub(super) fn read_for_execution(text: &str) -> Result<Vec<Target>, Failure> {
    let mut targets = read(text)?;
    let refuse = |message: String| Err(Failure::Thrown(Exception::admin_command_failed(message)));
    if targets.is_empty() {
        return refuse("Partition reassignment list cannot be empty".to_string());
    }
    if targets.iter().any(|target| target.replicas.is_empty()) {
        return refuse("Partition replica list cannot be empty".to_string());
    }
    let twice = duplicates(targets.iter().map(|target| target.tp.clone()));
    if !twice.is_empty() {
        return refuse(format!(
            "Partition reassignment contains duplicate topic partitions: {}",
            super::names(&twice)
        ));
    }
    let mut repeated = Vec::new();
    for target in &targets {
        let twice = duplicates(target.replicas.iter().copied());
        if !twice.is_empty() {
            let (topic, partition) = &target.tp;
            repeated.push(format!(
                "{topic}-{partition} contains multiple entries for {}",
                super::ids(&twice)
            ));
        }
    }
    if !repeated.is_empty() {
        return refuse(format!(
            "Partition replica lists may not contain duplicate entries: {}",
            repeated.join(". ")
        ));
    }
    targets.sort_by(|a, b| a.tp.cmp(&b.tp));
    Ok(targets)
}

/// What stands there more than once, each named once, in order.
pub(in crate::tools) fn duplicates<T: Ord + Clone>(items: impl Iterator<Item = T>) -> Vec<T> {
    let (mut seen, mut twice) = (BTreeSet::new(), BTreeSet::new());
    for item in items {
        if !seen.insert(item.clone()) {
            twice.insert(item);
        }
    }
    twice.into_iter().collect()
}

/// Reads the topics to move, in order.
///
/// # Errors
/// What Kafka says of the file.
pub(super) fn read_topics(text: &str) -> Result<Vec<Name>, Exception> {
    let json = parsed(text)?;
    let topics = json.get("topics").and_then(Json::list).unwrap_or_default();
    let name = |json: &Json| {
        let topic = field(json, "topic")?.text();
        topic.map(Name::from).ok_or_else(|| wrong("topic"))
    };
    let names: Vec<Name> = topics.iter().map(name).collect::<Result<_, _>>()?;
    let twice = duplicates(names.iter().cloned());
    if twice.is_empty() {
        return Ok(names);
    }
    Err(Exception::admin_command_failed(format!(
        "List of topics to reassign contains duplicate entries: [{}]",
        twice.join(", ")
    )))
}

/// A reassignment as one line of JSON. Replicas of no known directory lie in any.
pub(super) fn write(
    partitions: &BTreeMap<Tp, Vec<BrokerId>>,
    dirs: &BTreeMap<(Tp, BrokerId), Name>,
) -> String {
    let one = |(tp, replicas): (&Tp, &Vec<BrokerId>)| {
        let dir = |broker: &BrokerId| {
            let dir = dirs.get(&(tp.clone(), *broker));
            format!("\"{}\"", dir.map_or(ANY, |dir| dir))
        };
        let dirs: Vec<String> = replicas.iter().map(dir).collect();
        format!(
            "{{\"topic\":\"{}\",\"partition\":{},\"replicas\":[{}],\"log_dirs\":[{}]}}",
            tp.0,
            tp.1,
            super::ids(replicas),
            dirs.join(",")
        )
    };
    let all: Vec<String> = partitions.iter().map(one).collect();
    format!("{{\"version\":1,\"partitions\":[{}]}}", all.join(","))
}
