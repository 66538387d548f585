//! Settings of the clients a scenario introduces, by Kafka's names.

use kafka_core::compress::Compression;
use kafka_core::config::groups::ServerAssignor;
use kafka_core::config::{
    AssignorName, ConsumerConfig, Deserializer, Endpoint, GroupProtocol, OffsetReset,
    ProducerConfig,
};
use kafka_core::protocol::{Acks, OffsetSpec};
use kafka_core::topic_pattern::TopicPattern;
use kafka_core::types::{Duration, Name, NodeId};

use crate::error::Problem;
use crate::line::span;

/// A consumer as a scenario describes it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ConsumerPlan {
    /// Its settings.
    pub config: ConsumerConfig,
    /// Topics it subscribes to.
    pub topics: Vec<Name>,
    /// Or a pattern of their names.
    pub pattern: Option<TopicPattern>,
}

const PRODUCER: &str = "acks, enable.idempotence, retries, linger.ms, batch.size, compression.type, delivery.timeout.ms, request.timeout.ms, max.in.flight.requests.per.connection, max.block.ms, clock-skew-ms, transactional.id, transaction.timeout.ms, bootstrap";
const CONSUMER: &str = "topic, pattern, group, from, assignor, protocol, group.remote.assignor, enable.auto.commit, auto.commit.interval.ms, max.poll.records, max.poll.interval.ms, session.timeout.ms, heartbeat.interval.ms, group.instance.id, isolation.level, value.deserializer, client.rack, poll-every, capacity, bootstrap";

pub(crate) fn number<T: std::str::FromStr>(value: &str) -> Result<T, Problem> {
    value
        .parse()
        .map_err(|_| Problem::NotANumber(value.to_string()))
}

fn truth(value: &str) -> Result<bool, Problem> {
    match value {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(Problem::BadValue(value.to_string(), "true or false")),
    }
}

/// Brokers a client is told of, by number: where a scenario's brokers listen is fixed.
fn bootstrap(value: &str) -> Result<Vec<Endpoint>, Problem> {
    let endpoint = |id: &str| {
        let node: u32 = number(id)?;
        let known = "numbers of brokers, as 1 or 0,2";
        let port = u16::try_from(9_092 + u64::from(node));
        Ok(Endpoint {
            node: NodeId(node),
            host: "localhost".into(),
            port: port.map_err(|_| Problem::BadValue(id.to_string(), known))?,
        })
    };
    value.split(',').map(endpoint).collect()
}

/// Sets one setting of a producer.
///
/// # Errors
/// What is wrong with it.
pub fn producer_setting(
    config: &mut ProducerConfig,
    name: &str,
    value: &str,
) -> Result<(), Problem> {
    match name {
        "acks" => {
            config.acks = match value {
                "all" | "-1" => Acks::All,
                "1" => Acks::Leader,
                "0" => Acks::None,
                _ => return Err(Problem::BadValue(value.to_string(), "0, 1 or all")),
            };
        }
        "enable.idempotence" => config.idempotence = truth(value)?,
        "retries" => config.retries = number(value)?,
        "linger.ms" => config.linger_ms = number(value)?,
        "compression.type" => {
            let known = "none, gzip, snappy, lz4 or zstd";
            let codec = Compression::of(value);
            config.compression =
                codec.ok_or_else(|| Problem::BadValue(value.to_string(), known))?;
        }
        "batch.size" => config.batch_size = number(value)?,
        "delivery.timeout.ms" => config.delivery_timeout_ms = number(value)?,
        "request.timeout.ms" => config.client.request_timeout_ms = number(value)?,
        "max.in.flight.requests.per.connection" => config.max_in_flight = number(value)?,
        "bootstrap" => config.client.bootstrap = bootstrap(value)?,
        "clock-skew-ms" => config.clock_skew_ms = number(value)?,
        "transactional.id" => config.transactional_id = Some(value.into()),
        "transaction.timeout.ms" => config.transaction_timeout_ms = number(value)?,
        "max.block.ms" => config.max_block_ms = number(value)?,
        _ => return Err(Problem::UnknownSetting(name.to_string(), PRODUCER)),
    }
    Ok(())
}

/// Sets one setting of a consumer.
///
/// # Errors
/// What is wrong with it.
pub fn consumer_setting(plan: &mut ConsumerPlan, name: &str, value: &str) -> Result<(), Problem> {
    let config = &mut plan.config;
    match name {
        "topic" => plan.topics = value.split(',').map(Name::from).collect(),
        "pattern" => {
            let known = "a regular expression without look-around";
            let pattern = TopicPattern::new(value);
            let pattern = pattern.map_err(|_| Problem::BadValue(value.to_string(), known))?;
            plan.pattern = Some(pattern);
        }
        "group" => config.group = Some(value.into()),
        "from" => {
            config.offset_reset = match value {
                "earliest" => OffsetReset::To(OffsetSpec::Earliest),
                "latest" => OffsetReset::To(OffsetSpec::Latest),
                "none" => OffsetReset::None,
                _ => {
                    let known = "earliest, latest or none";
                    return Err(Problem::BadValue(value.to_string(), known));
                }
            };
        }
        "assignor" => config.assignors = assignors(value)?,
        "protocol" | "group.protocol" => {
            config.protocol = match value {
                "classic" => GroupProtocol::Classic,
                "consumer" => GroupProtocol::Consumer,
                _ => return Err(Problem::BadValue(value.to_string(), "classic or consumer")),
            };
        }
        "group.remote.assignor" => {
            let bad = Problem::BadValue(value.to_string(), "uniform or range");
            ServerAssignor::parse(value).ok_or(bad)?;
            config.remote_assignor = Some(value.into());
        }
        "enable.auto.commit" => config.auto_commit = truth(value)?,
        "auto.commit.interval.ms" => config.auto_commit_interval_ms = number(value)?,
        "max.poll.records" => config.max_poll_records = number(value)?,
        "max.poll.interval.ms" => config.max_poll_interval_ms = number(value)?,
        "session.timeout.ms" => config.session_timeout_ms = number(value)?,
        "heartbeat.interval.ms" => config.heartbeat_interval_ms = number(value)?,
        "group.instance.id" => config.group_instance_id = Some(value.into()),
        "client.rack" => config.rack = Some(value.into()),
        "isolation.level" => {
            config.read_committed = match value {
                "read_committed" => true,
                "read_uncommitted" => false,
                _ => {
                    let known = "read_committed or read_uncommitted";
                    return Err(Problem::BadValue(value.to_string(), known));
                }
            };
        }
        "value.deserializer" => config.value_deserializer = deserializer(value)?,
        "bootstrap" => config.client.bootstrap = bootstrap(value)?,
        "capacity" => {
            let bad = Problem::BadValue(value.to_string(), "records a second, as 15/s");
            let rate = value.strip_suffix("/s").and_then(|n| n.parse().ok());
            config.capacity = rate.filter(|n| (1..=1_000_000).contains(n)).ok_or(bad)?;
        }
        "poll-every" => {
            let bad = Problem::NotASpan(value.to_string());
            config.poll_every = span(value).filter(|s| *s > Duration::ZERO).ok_or(bad)?;
        }
        _ => return Err(Problem::UnknownSetting(name.to_string(), CONSUMER)),
    }
    Ok(())
}

/// A deserializer by the name of Kafka's class.
pub(crate) fn deserializer(value: &str) -> Result<Deserializer, Problem> {
    let known = "a deserializer of Kafka, as IntegerDeserializer";
    Deserializer::of(value).ok_or(Problem::BadValue(value.to_string(), known))
}

fn assignors(value: &str) -> Result<Vec<AssignorName>, Problem> {
    let all = [
        AssignorName::Range,
        AssignorName::RoundRobin,
        AssignorName::Sticky,
        AssignorName::CooperativeSticky,
    ];
    let known = "range, roundrobin, sticky, cooperative-sticky";
    value
        .split(',')
        .map(|word| {
            let found = all.into_iter().find(|assignor| assignor.name() == word);
            found.ok_or(Problem::BadValue(word.to_string(), known))
        })
        .collect()
}
