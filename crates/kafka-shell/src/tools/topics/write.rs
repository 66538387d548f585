//! `--create`, `--alter`, `--delete`.

use std::collections::BTreeSet;

use kafka_core::client::AdminTarget;
use kafka_core::error::ErrorCode;
use kafka_core::protocol::{
    CreatableTopic, CreatePartitionsRequest, CreatePartitionsTopic, CreateTopicsRequest,
    DeleteTopicsRequest, MetadataRequest, Outcome, Request, Response,
};
use kafka_core::types::{BrokerId, Name, NodeId};

use super::expected;
use crate::admin::Admin;
use crate::java::Exception;
use crate::jopt::Parsed;
use crate::process::Ctx;

const COLLISION_WARNING: &str = "WARNING: Due to limitations in metric names, topics with a period ('.') or underscore ('_') could collide. To avoid issues it is best to use either, but not both.\n";

/// `--create`.
pub(super) async fn create(ctx: &Ctx, admin: &Admin, options: &Parsed) -> Result<(), Exception> {
    let topic = creatable(options)?;
    if topic.name.contains(['.', '_']) {
        ctx.out(COLLISION_WARNING);
    }
    if options.has("replication-factor") && topic.replication_factor < 1 {
        return Err(Exception::illegal_argument(
            "The replication factor must be between 1 and 32767 inclusive",
        ));
    }
    if options.has("partitions") && topic.num_partitions < 1 {
        return Err(Exception::illegal_argument(
            "The partitions must be greater than 0",
        ));
    }
    let name = topic.name.clone();
    if name.is_empty() {
        return Err(Exception::new(
            ErrorCode::InvalidTopicException.exception(),
            "The given topic name '' cannot be represented in a request.",
        ));
    }
    let request = Request::CreateTopics(CreateTopicsRequest {
        topics: vec![topic],
        validate_only: false,
    });
    let Response::CreateTopics(response) = admin.call(AdminTarget::AnyBroker, request).await?
    else {
        return Err(wrong_answer());
    };
    for (_, outcome, _) in &response.topics {
        if outcome.error == ErrorCode::TopicAlreadyExists && options.has("if-not-exists") {
            return Ok(());
        }
        succeed(outcome)?;
    }
    ctx.out(format!("Created topic {name}.\n"));
    Ok(())
}

/// Reads the options in Kafka's order, so that the first mistake is reported.
fn creatable(options: &Parsed) -> Result<CreatableTopic, Exception> {
    let name: Name = options.one("topic")?.unwrap_or_default().into();
    let partitions = options.integer("partitions")?;
    let replication_factor = options.integer("replication-factor")?;
    let assignment = assignment(options)?;
    let configs = configs(options)?;
    Ok(CreatableTopic {
        name,
        num_partitions: partitions.unwrap_or(-1),
        // Out of a short's range is as wrong as zero; the caller says so.
        replication_factor: match replication_factor {
            None => -1,
            Some(factor) => i16::try_from(factor).unwrap_or(0),
        },
        assignments: assignment
            .into_iter()
            .enumerate()
            .map(|(partition, brokers)| (partition as i32, brokers))
            .collect(),
        configs,
    })
}

/// `--replica-assignment 1:2,2:3`: partitions by comma, replicas by colon.
fn assignment(options: &Parsed) -> Result<Vec<Vec<BrokerId>>, Exception> {
    let Some(text) = options.one("replica-assignment")? else {
        return Ok(Vec::new());
    };
    let mut partitions: Vec<Vec<BrokerId>> = Vec::new();
    for (number, list) in text.split(',').enumerate() {
        let mut brokers = Vec::new();
        for id in list.split(':') {
            brokers.push(NodeId(broker_id(id.trim())?));
        }
        let mut seen = BTreeSet::new();
        let twice: BTreeSet<u32> = brokers
            .iter()
            .filter(|broker| !seen.insert(**broker))
            .map(|broker| broker.0)
            .collect();
        if !twice.is_empty() {
            let twice: Vec<String> = twice.iter().map(u32::to_string).collect();
            return Err(Exception::admin_command_failed(format!(
                "Partition replica lists may not contain duplicate entries: {}",
                twice.join(", ")
            )));
        }
        if partitions
            .first()
            .is_some_and(|first| first.len() != brokers.len())
        {
            let ids: Vec<String> = brokers.iter().map(BrokerId::to_string).collect();
            return Err(Exception::admin_operation(format!(
                "Partition {number} has different replication factor: [{}]",
                ids.join(", ")
            )));
        }
        partitions.push(brokers);
    }
    Ok(partitions)
}

fn broker_id(text: &str) -> Result<u32, Exception> {
    text.parse::<u32>().map_err(|_| {
        Exception::new(
            "java.lang.NumberFormatException",
            format!("For input string: \"{text}\""),
        )
    })
}

/// `--config name=value`, checked by the tool as the controller would.
fn configs(options: &Parsed) -> Result<Vec<(Name, Option<Name>)>, Exception> {
    let mut configs: Vec<(Name, Option<Name>)> = Vec::new();
    for pair in options.all("config") {
        let parts = pair.split_once('=').map(|(k, v)| (k.trim(), v.trim()));
        let Some((name, value)) = parts.filter(|(_, value)| !value.is_empty()) else {
            return Err(Exception::illegal_argument(
                "requirement failed: Invalid topic config: all configs to be added must be in the format \"key=val\".",
            ));
        };
        configs.retain(|(known, _)| **known != *name);
        configs.push((name.into(), Some(value.into())));
    }
    let texts: Vec<(&str, &str)> = configs
        .iter()
        .map(|(name, value)| (&**name, value.as_deref().unwrap_or_default()))
        .collect();
    crate::tools::config_check::topic(&texts)?;
    Ok(configs)
}

/// `--alter --partitions N`.
pub(super) async fn alter(admin: &Admin, options: &Parsed) -> Result<(), Exception> {
    let names = expected(admin, options).await?;
    if names.is_empty() {
        return Ok(());
    }
    let count = options.integer("partitions")?.unwrap_or_default();
    let by_hand = assignment(options)?;
    let existing = partition_counts(admin, &names).await?;
    let topics = names
        .into_iter()
        .zip(existing)
        .map(|(name, existing)| CreatePartitionsTopic {
            name,
            count,
            // The list names all partitions; only those to come are sent.
            assignments: by_hand.iter().skip(existing).cloned().collect(),
        })
        .collect();
    let request = Request::CreatePartitions(CreatePartitionsRequest {
        topics,
        validate_only: false,
    });
    match admin.call(AdminTarget::AnyBroker, request).await? {
        Response::CreatePartitions(response) => {
            response.topics.iter().try_for_each(|(_, o)| succeed(o))
        }
        _ => Err(wrong_answer()),
    }
}

async fn partition_counts(admin: &Admin, names: &[Name]) -> Result<Vec<usize>, Exception> {
    let request = Request::Metadata(MetadataRequest {
        topics: Some(names.to_vec()),
        allow_auto_topic_creation: false,
    });
    let Response::Metadata(metadata) = admin.call(AdminTarget::AnyBroker, request).await? else {
        return Err(wrong_answer());
    };
    let count = |name: &Name| {
        let topic = metadata.topics.iter().find(|topic| topic.name == *name);
        topic.map_or(0, |topic| topic.partitions.len())
    };
    Ok(names.iter().map(count).collect())
}

/// `--delete`.
pub(super) async fn delete(admin: &Admin, options: &Parsed) -> Result<(), Exception> {
    let topics = expected(admin, options).await?;
    if topics.is_empty() {
        return Ok(());
    }
    let request = Request::DeleteTopics(DeleteTopicsRequest { topics });
    match admin.call(AdminTarget::AnyBroker, request).await? {
        Response::DeleteTopics(response) => {
            response.topics.iter().try_for_each(|(_, o)| succeed(o))
        }
        _ => Err(wrong_answer()),
    }
}

fn succeed(outcome: &Outcome) -> Result<(), Exception> {
    if outcome.error.is_error() {
        Err(Exception::of_outcome(outcome))
    } else {
        Ok(())
    }
}

/// A broker answered something else than it was asked. Cannot happen while core
/// keeps its contract; an error rather than a panic all the same.
pub(super) fn wrong_answer() -> Exception {
    Exception::new("java.lang.IllegalStateException", "unexpected response")
}
