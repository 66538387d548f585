//! Timers of a process under the names of Kafka's settings, and the settings themselves.

use kafka_core::config::{
    Acknowledging, BrokerConfig, ConsumerConfig, ControllerConfig, ProducerConfig,
    ShareConsumerConfig,
};
use kafka_core::node::TimerKey;
use kafka_core::protocol::{Acks, ShareAcquireMode};
use kafka_core::types::NodeId;
use kafka_sim::{NodeConfig, World};

use super::inspector::TimerView;

/// Timers shown at most, those due first.
const TIMERS_MAX: usize = 8;

/// The timers of a process, the next one first.
pub fn timers(world: &World, id: NodeId) -> Vec<TimerView> {
    let Some(node) = world.node(id) else {
        return Vec::new();
    };
    let mut set = world.timers(id);
    set.sort_by_key(|(_, at)| *at);
    set.into_iter()
        .take(TIMERS_MAX)
        .map(|(key, at)| {
            let (name, ms) = setting(&key, node.config);
            TimerView {
                name: name.to_owned(),
                left: at.since(world.now()).0,
                whole: ms.map(|ms| u64::from(ms) * 1_000),
            }
        })
        .collect()
}

/// The setting behind a timer, and its value in ms where one setting decides it.
fn setting(key: &TimerKey, config: &NodeConfig) -> (&'static str, Option<u32>) {
    use TimerKey as T;
    match key {
        T::RaftElection => (
            "controller.quorum.election.timeout.ms",
            quorum(config).map(|q| q.election_timeout_ms),
        ),
        T::RaftFetchTimeout => (
            "controller.quorum.fetch.timeout.ms",
            quorum(config).map(|q| q.fetch_timeout_ms),
        ),
        T::RaftFetch => ("controller.quorum.retry.backoff.ms", None),
        T::RaftLeaderCheck => ("controller.quorum.fetch.timeout.ms", None),
        T::RaftAppendLinger => (
            "controller.quorum.append.linger.ms",
            quorum(config).map(|q| q.append_linger_ms),
        ),
        T::RaftParkedFetch(_) => (
            "metadata fetch.max.wait.ms",
            quorum(config).map(|q| q.fetch_max_wait_ms),
        ),
        T::RaftVoterChange => (
            "controller.quorum.request.timeout.ms",
            quorum(config).map(|q| q.request_timeout_ms),
        ),
        T::ControllerRegistration => ("ControllerRegistration", None),
        T::ControllerSessions => ("broker.session.timeout.ms", None),
        T::ControllerNoOp => (
            "metadata.max.idle.interval.ms",
            quorum(config).map(|q| q.max_idle_interval_ms),
        ),
        T::ControllerPreferred => ("leader.imbalance.check.interval.seconds", None),
        T::ControllerUnclean => ("unclean.leader.election.interval.ms", None),
        T::LogUpkeep => ("log.retention.check.interval.ms", None),
        T::LogCleaner => ("log.cleaner.backoff.ms", None),
        T::LogRecovery => ("log recovery", None),
        T::GroupSession(..) => ("session.timeout.ms", None),
        T::TransactionTimeouts => (
            "transaction.abort.timed.out.transaction.cleanup.interval.ms",
            None,
        ),
        T::TransactionalIdExpiry => (
            "transaction.remove.expired.transaction.cleanup.interval.ms",
            None,
        ),
        T::GroupOffsetExpiry => ("offsets.retention.check.interval.ms", None),
        T::GroupJoin(_) => (
            "group.initial.rebalance.delay.ms, rebalance.timeout.ms",
            None,
        ),
        T::GroupSync(_) => ("rebalance.timeout.ms", None),
        _ => match config {
            NodeConfig::Broker(config) => broker(key, config),
            NodeConfig::Producer(config) => producer(key, config),
            NodeConfig::Consumer(config) => consumer(key, config),
            NodeConfig::Controller(_) | NodeConfig::ShareConsumer(_) | NodeConfig::Admin(_) => {
                (common(key), None)
            }
        },
    }
}

fn quorum(config: &NodeConfig) -> Option<&kafka_core::config::QuorumConfig> {
    match config {
        NodeConfig::Controller(config) => Some(&config.quorum),
        NodeConfig::Broker(config) => Some(&config.quorum),
        _ => None,
    }
}

fn broker(key: &TimerKey, config: &BrokerConfig) -> (&'static str, Option<u32>) {
    use TimerKey as T;
    match key {
        T::BrokerHeartbeat => (
            "broker.heartbeat.interval.ms",
            Some(config.heartbeat_interval_ms),
        ),
        T::ReplicaFetch(_) => (
            "replica.fetch.backoff.ms",
            Some(config.replica_fetch_backoff_ms),
        ),
        T::IsrShrinkCheck => (
            "replica.lag.time.max.ms / 2",
            Some(config.replica_lag_time_max_ms / 2),
        ),
        T::HighWatermarkCheckpoint => (
            "replica.high.watermark.checkpoint.interval.ms",
            Some(config.hw_checkpoint_interval_ms),
        ),
        T::AlterPartitionRetry => ("AlterPartition retry", None),
        T::DelayedProduce(_) => ("produce: request.timeout.ms", None),
        T::DelayedFetch(_) => ("fetch.max.wait.ms", Some(config.replica_fetch_wait_max_ms)),
        _ => (common(key), None),
    }
}

fn producer(key: &TimerKey, config: &ProducerConfig) -> (&'static str, Option<u32>) {
    match key {
        TimerKey::Linger(_) => ("linger.ms", Some(config.linger_ms)),
        TimerKey::DeliveryTimeout => ("delivery.timeout.ms", Some(config.delivery_timeout_ms)),
        _ => (common(key), None),
    }
}

fn consumer(key: &TimerKey, config: &ConsumerConfig) -> (&'static str, Option<u32>) {
    match key {
        TimerKey::Heartbeat => ("heartbeat.interval.ms", Some(config.heartbeat_interval_ms)),
        TimerKey::MaxPollInterval => ("max.poll.interval.ms", Some(config.max_poll_interval_ms)),
        TimerKey::AutoCommit => (
            "auto.commit.interval.ms",
            Some(config.auto_commit_interval_ms),
        ),
        _ => (common(key), None),
    }
}

fn common(key: &TimerKey) -> &'static str {
    match key {
        TimerKey::RequestTimeout(_) => "request.timeout.ms",
        TimerKey::Retry(_) => "retry.backoff.ms",
        TimerKey::MetadataRefresh => "metadata.max.age.ms",
        TimerKey::ProducerLoad(_) => "send()",
        TimerKey::Poll => "poll()",
        _ => "timer",
    }
}

/// The settings of a process: name and value.
pub fn configs(world: &World, id: NodeId) -> Vec<(String, String)> {
    let Some(node) = world.node(id) else {
        return Vec::new();
    };
    let rows = match node.config {
        NodeConfig::Broker(config) => broker_rows(config),
        NodeConfig::Controller(config) => controller_rows(config),
        NodeConfig::Producer(config) => producer_rows(config),
        NodeConfig::Consumer(config) => consumer_rows(config),
        NodeConfig::ShareConsumer(config) => share_consumer_rows(config),
        NodeConfig::Admin(_) => Vec::new(),
    };
    rows.into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

type Rows = Vec<(&'static str, String)>;

fn broker_rows(c: &BrokerConfig) -> Rows {
    vec![
        ("node.id", c.node.to_string()),
        (
            "broker.session.timeout.ms",
            c.session_timeout_ms.to_string(),
        ),
        (
            "broker.heartbeat.interval.ms",
            c.heartbeat_interval_ms.to_string(),
        ),
        (
            "replica.lag.time.max.ms",
            c.replica_lag_time_max_ms.to_string(),
        ),
        (
            "controlled.shutdown.enable",
            c.controlled_shutdown.to_string(),
        ),
        (
            "auto.create.topics.enable",
            c.auto_create_topics.to_string(),
        ),
        ("num.partitions", c.num_partitions.to_string()),
        (
            "default.replication.factor",
            c.default_replication_factor.to_string(),
        ),
        (
            "offsets.topic.num.partitions",
            c.offsets_topic_partitions.to_string(),
        ),
        (
            "offsets.topic.replication.factor",
            c.offsets_topic_replication_factor.to_string(),
        ),
    ]
}

fn controller_rows(c: &ControllerConfig) -> Rows {
    vec![
        ("node.id", c.node.to_string()),
        (
            "controller.quorum.fetch.timeout.ms",
            c.quorum.fetch_timeout_ms.to_string(),
        ),
        (
            "controller.quorum.election.timeout.ms",
            c.quorum.election_timeout_ms.to_string(),
        ),
        (
            "broker.session.timeout.ms",
            c.session_timeout_ms.to_string(),
        ),
        ("min.insync.replicas", c.min_insync_replicas.to_string()),
        (
            "unclean.leader.election.enable",
            c.unclean_leader_election.to_string(),
        ),
        (
            "auto.leader.rebalance.enable",
            c.auto_leader_rebalance.to_string(),
        ),
        (
            "eligible.leader.replicas.version",
            c.elr_version.to_string(),
        ),
    ]
}

fn producer_rows(c: &ProducerConfig) -> Rows {
    let acks = match c.acks {
        Acks::None => "0",
        Acks::Leader => "1",
        Acks::All => "all",
    };
    vec![
        ("acks", acks.to_owned()),
        ("enable.idempotence", c.idempotence.to_string()),
        ("retries", c.retries.to_string()),
        ("delivery.timeout.ms", c.delivery_timeout_ms.to_string()),
        ("linger.ms", c.linger_ms.to_string()),
        ("batch.size", c.batch_size.to_string()),
        ("compression.type", c.compression.name().to_owned()),
        (
            "max.in.flight.requests.per.connection",
            c.max_in_flight.to_string(),
        ),
    ]
}

fn share_consumer_rows(c: &ShareConsumerConfig) -> Rows {
    let mode = match c.acknowledging {
        Acknowledging::Implicit => "implicit",
        Acknowledging::Always(_) | Acknowledging::ByHand => "explicit",
    };
    let acquire = match c.acquire_mode {
        ShareAcquireMode::BatchOptimized => "batch_optimized",
        ShareAcquireMode::RecordLimit => "record_limit",
    };
    vec![
        ("group.id", c.group.to_string()),
        ("share.acknowledgement.mode", mode.to_owned()),
        ("share.acquire.mode", acquire.to_owned()),
        ("max.poll.records", c.max_poll_records.to_string()),
        ("fetch.max.wait.ms", c.fetch_max_wait_ms.to_string()),
    ]
}

fn consumer_rows(c: &ConsumerConfig) -> Rows {
    let assignors: Vec<&str> = c.assignors.iter().map(|a| a.name()).collect();
    vec![
        (
            "group.id",
            c.group.as_deref().unwrap_or_default().to_owned(),
        ),
        ("partition.assignment.strategy", assignors.join(",")),
        ("enable.auto.commit", c.auto_commit.to_string()),
        (
            "auto.commit.interval.ms",
            c.auto_commit_interval_ms.to_string(),
        ),
        ("session.timeout.ms", c.session_timeout_ms.to_string()),
        ("heartbeat.interval.ms", c.heartbeat_interval_ms.to_string()),
        ("max.poll.interval.ms", c.max_poll_interval_ms.to_string()),
        ("max.poll.records", c.max_poll_records.to_string()),
    ]
}
