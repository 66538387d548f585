//! `--describe` and its report flags.

use kafka_core::client::AdminTarget;
use kafka_core::error::ErrorCode;
use kafka_core::protocol::{
    ConfigEntry, ConfigResource, ConfigSource, DescribeClusterRequest, DescribeConfigsRequest,
    DescribeTopicPartitionsRequest, DescribedPartition, DescribedTopic,
    ListPartitionReassignmentsRequest, OngoingReassignment, Request, Response,
};
use kafka_core::types::{BrokerId, Name};

use super::write::wrong_answer;
use super::{all_topics, expected};
use crate::admin::Admin;
use crate::java::Exception;
use crate::jopt::Parsed;
use crate::process::Ctx;

/// What the flags ask for.
struct Report {
    header: bool,
    only_overridden: bool,
    under_replicated: bool,
    unavailable: bool,
    under_min_isr: bool,
    at_min_isr: bool,
}

impl Report {
    fn of(options: &Parsed) -> Report {
        let under_replicated = options.has("under-replicated-partitions");
        let unavailable = options.has("unavailable-partitions");
        let under_min_isr = options.has("under-min-isr-partitions");
        let at_min_isr = options.has("at-min-isr-partitions");
        Report {
            header: !(under_replicated || unavailable || under_min_isr || at_min_isr),
            only_overridden: options.has("topics-with-overrides"),
            under_replicated,
            unavailable,
            under_min_isr,
            at_min_isr,
        }
    }
}

/// What is known of the cluster besides the topic itself.
struct Surroundings {
    live: Vec<BrokerId>,
    configs: Vec<(Name, Vec<ConfigEntry>)>,
    moving: Vec<OngoingReassignment>,
}

impl Surroundings {
    fn configs_of(&self, topic: &Name) -> &[ConfigEntry] {
        let found = self.configs.iter().find(|(name, _)| name == topic);
        found.map_or(&[], |(_, entries)| entries)
    }

    fn min_isr(&self, topic: &Name) -> usize {
        self.configs_of(topic)
            .iter()
            .find(|entry| &*entry.name == "min.insync.replicas")
            .and_then(|entry| entry.value.as_deref()?.parse().ok())
            .unwrap_or(1)
    }

    fn move_of(&self, topic: &Name, partition: u32) -> Option<&OngoingReassignment> {
        self.moving
            .iter()
            .find(|m| m.topic_name == *topic && m.partition == partition)
    }
}

/// `--describe`.
pub(super) async fn describe(ctx: &Ctx, admin: &Admin, options: &Parsed) -> Result<(), Exception> {
    let by_id = options.one("topic-id")?;
    let names = match by_id {
        Some(id) => by_topic_id(admin, id, options.has("if-exists")).await?,
        None => expected(admin, options).await?,
    };
    if names.is_empty() {
        return Ok(());
    }
    let topics = describe_topics(admin, &names).await?;
    let around = surroundings(admin, &names).await?;
    let report = Report::of(options);
    for topic in &topics {
        if topic.error.is_error() {
            return Err(Exception::of_code(topic.error));
        }
        print_topic(ctx, &report, topic, &around, by_id.is_some());
    }
    Ok(())
}

/// A 22-character id must decode to 16 bytes, or Kafka says how many it got.
async fn by_topic_id(admin: &Admin, id: &str, if_exists: bool) -> Result<Vec<Name>, Exception> {
    let bytes = id.trim_end_matches('=').len() * 6 / 8;
    if bytes != 16 {
        return Err(Exception::illegal_argument(format!(
            "Input string `{id}` decoded as {bytes} bytes, which is not equal to the expected 16 bytes of a base64-encoded UUID"
        )));
    }
    let topics = all_topics(admin).await?;
    let found = topics.into_iter().find(|t| t.uuid.to_string() == id);
    match found {
        Some(topic) => Ok(vec![topic.name]),
        None if if_exists => Ok(Vec::new()),
        None => Err(Exception::illegal_argument(format!(
            "TopicId '{id}' does not exist as expected"
        ))),
    }
}

async fn describe_topics(admin: &Admin, names: &[Name]) -> Result<Vec<DescribedTopic>, Exception> {
    let request = Request::DescribeTopicPartitions(DescribeTopicPartitionsRequest {
        topics: names.to_vec(),
    });
    match admin.call(AdminTarget::AnyBroker, request).await? {
        Response::DescribeTopicPartitions(response) => Ok(response.topics),
        _ => Err(wrong_answer()),
    }
}

async fn surroundings(admin: &Admin, names: &[Name]) -> Result<Surroundings, Exception> {
    let request = Request::DescribeConfigs(DescribeConfigsRequest {
        resources: names.iter().cloned().map(ConfigResource::Topic).collect(),
    });
    let Response::DescribeConfigs(configs) = admin.call(AdminTarget::AnyBroker, request).await?
    else {
        return Err(wrong_answer());
    };
    let request =
        Request::ListPartitionReassignments(ListPartitionReassignmentsRequest { partitions: None });
    let moving = match admin.call(AdminTarget::AnyBroker, request).await? {
        Response::ListPartitionReassignments(response) => response.partitions,
        _ => return Err(wrong_answer()),
    };
    let request = Request::DescribeCluster(DescribeClusterRequest::default());
    let live = match admin.call(AdminTarget::AnyBroker, request).await? {
        Response::DescribeCluster(response) => response.brokers.iter().map(|b| b.id).collect(),
        _ => return Err(wrong_answer()),
    };
    let mut by_name = Vec::new();
    for (resource, outcome, entries) in configs.results {
        if outcome.error == ErrorCode::UnknownTopicOrPartition {
            return Err(Exception::of_outcome(&outcome));
        }
        if let ConfigResource::Topic(name) = resource {
            by_name.push((name, entries));
        }
    }
    Ok(Surroundings {
        live,
        configs: by_name,
        moving,
    })
}

fn print_topic(
    ctx: &Ctx,
    report: &Report,
    topic: &DescribedTopic,
    around: &Surroundings,
    by_id: bool,
) {
    let overrides: Vec<&ConfigEntry> = around
        .configs_of(&topic.name)
        .iter()
        .filter(|entry| entry.source != ConfigSource::DefaultConfig)
        .collect();
    if report.header && (!report.only_overridden || !overrides.is_empty()) {
        ctx.out(header(topic, around, &overrides));
    }
    if report.only_overridden {
        return;
    }
    let min_isr = around.min_isr(&topic.name);
    for partition in &topic.partitions {
        let moving = around.move_of(&topic.name, partition.partition);
        if is_wanted(report, partition, around, min_isr, moving) {
            ctx.out(partition_line(topic, partition, moving, by_id));
        }
    }
}

fn header(topic: &DescribedTopic, around: &Surroundings, overrides: &[&ConfigEntry]) -> String {
    let factor = topic.partitions.first().map_or(0, |first| {
        let moving = around.move_of(&topic.name, first.partition);
        first.replicas.len() - moving.map_or(0, |m| m.adding.len())
    });
    let configs: Vec<String> = overrides
        .iter()
        .map(|entry| {
            format!(
                "{}={}",
                entry.name,
                entry.value.as_deref().unwrap_or("null")
            )
        })
        .collect();
    format!(
        "Topic: {}\tTopicId: {}\tPartitionCount: {}\tReplicationFactor: {factor}\tConfigs: {}\n",
        topic.name,
        topic.uuid,
        topic.partitions.len(),
        configs.join(",")
    )
}

fn is_wanted(
    report: &Report,
    partition: &DescribedPartition,
    around: &Surroundings,
    min_isr: usize,
    moving: Option<&OngoingReassignment>,
) -> bool {
    let factor = partition.replicas.len() - moving.map_or(0, |m| m.adding.len());
    let isr = partition.isr.len();
    let leaderless = partition.leader.is_none();
    let unavailable = partition
        .leader
        .is_none_or(|leader| !around.live.contains(&leader));
    report.header
        || report.under_replicated && isr < factor
        || report.unavailable && unavailable
        || report.under_min_isr && (leaderless || isr < min_isr)
        || report.at_min_isr && !leaderless && isr == min_isr
}

fn partition_line(
    topic: &DescribedTopic,
    partition: &DescribedPartition,
    moving: Option<&OngoingReassignment>,
    by_id: bool,
) -> String {
    let leader = match partition.leader {
        Some(leader) => leader.to_string(),
        None => "none".to_string(),
    };
    let mut line = format!(
        "\tTopic: {}\tPartition: {}\tLeader: {leader}\tReplicas: {}\tIsr: {}",
        topic.name,
        partition.partition,
        ids(&partition.replicas),
        ids(&partition.isr)
    );
    if let Some(moving) = moving {
        line.push_str(&format!(
            "\tAdding Replicas: {}\tRemoving Replicas: {}",
            ids(&moving.adding),
            ids(&moving.removing)
        ));
    }
    // The request by id is an older one whose answer has no ELR fields.
    let (elr, last) = if by_id {
        ("N/A".to_string(), "N/A".to_string())
    } else {
        (ids(&partition.elr), ids(&partition.last_known_elr))
    };
    line.push_str(&format!("\tElr: {elr}\tLastKnownElr: {last}\n"));
    line
}

fn ids(brokers: &[BrokerId]) -> String {
    let texts: Vec<String> = brokers.iter().map(BrokerId::to_string).collect();
    texts.join(",")
}
