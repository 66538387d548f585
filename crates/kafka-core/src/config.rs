//! Settings of processes, typed, with Kafka's defaults (4.3).
//!
//! Static settings of a process live here; dynamic ones (topic and broker
//! configs) are in the metadata image as text. Invariant: `Default` is what a
//! fresh Kafka 4.3 uses, so a test names only what it changes.

pub mod check;
pub mod definitions;
mod deserializer;
pub mod error;
pub mod groups;
pub mod iso_duration;
pub mod parsed;
mod quorum;
mod share;
mod validator;
pub mod value;

pub use deserializer::Deserializer;
pub use quorum::{QuorumConfig, QuorumFormat};
pub use share::{Acknowledging, ShareConsumerConfig};

use crate::compress::Compression;
use crate::protocol::{Acks, OffsetSpec};
use crate::types::{Duration, Name, NodeId, Uuid};

/// Milliseconds of a duration as Java writes it (`PnDTnHnMn.nS`); 0 if it is none, or
/// goes backwards.
pub fn duration_ms(text: &str) -> u64 {
    let length = iso_duration::nanoseconds(text).unwrap_or(0);
    u64::try_from(length / 1_000_000).unwrap_or(0)
}

/// Address of a process as clients write it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Endpoint {
    /// The process.
    pub node: NodeId,
    /// Host.
    pub host: Name,
    /// Port.
    pub port: u16,
}

/// Settings of a controller.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ControllerConfig {
    /// Its id.
    pub node: NodeId,
    /// The quorum.
    pub quorum: QuorumConfig,
    /// `broker.session.timeout.ms`.
    pub session_timeout_ms: u32,
    /// `num.partitions`.
    pub num_partitions: i32,
    /// `default.replication.factor`.
    pub default_replication_factor: i16,
    /// `leader.imbalance.check.interval.seconds`.
    pub leader_imbalance_check_interval_s: u32,
    /// `auto.leader.rebalance.enable`.
    pub auto_leader_rebalance: bool,
    /// `unclean.leader.election.interval.ms`.
    pub unclean_election_interval_ms: u32,
    /// Broker-level default of `unclean.leader.election.enable`.
    pub unclean_leader_election: bool,
    /// `eligible.leader.replicas.version` written at format time (1 = ELR on).
    pub elr_version: i16,
    /// `transaction.version` written at format time (2 = KIP-890; TXN-3).
    pub transaction_version: i16,
    /// Value of `min.insync.replicas` in the properties files (cluster default).
    pub min_insync_replicas: i32,
    /// `delete.topic.enable`.
    pub delete_topic_enable: bool,
    /// Replica lists the placer shall give to topics of these names instead of
    /// drawing them: a replay knows what the recorded cluster drew. Not Kafka.
    pub placements: Vec<(Name, Vec<Vec<NodeId>>)>,
    /// Ids that topics of these names shall get instead of drawn ones, for the same
    /// reason. Not Kafka.
    pub topic_ids: Vec<(Name, Uuid)>,
}

impl Default for ControllerConfig {
    fn default() -> ControllerConfig {
        ControllerConfig {
            node: NodeId(100),
            quorum: QuorumConfig::default(),
            session_timeout_ms: 9_000,
            num_partitions: 1,
            default_replication_factor: 1,
            leader_imbalance_check_interval_s: 300,
            auto_leader_rebalance: true,
            unclean_election_interval_ms: 300_000,
            unclean_leader_election: false,
            elr_version: 1,
            transaction_version: 2,
            min_insync_replicas: 1,
            delete_topic_enable: true,
            placements: Vec::new(),
            topic_ids: Vec::new(),
        }
    }
}

/// How a follower brings its log into line with a new leader's (REP-26).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Truncation {
    /// The leader's answer names where the epochs part (REP-25); what Kafka does today.
    #[default]
    Epochs,
    /// As today, but asked once a leader epoch and of whoever leads, in whatever epoch: no fetch
    /// says which epoch the follower is in. The rule between KIP-279 and KIP-320: a follower may
    /// come to terms with a leader that does not know yet that it led no more, and goes on behind
    /// another history when that one leads again. Kept to show why.
    Unfenced,
    /// The leader's answer is only an offset, without the epoch it is the end of: the rule of
    /// KIP-101, which keeps records the leader never had when leaders change fast (FAIL-11). KIP-279
    /// added the epoch. Kept to show why.
    EpochEnd,
    /// At the follower's own high watermark, before it asks anybody: the rule before KIP-101,
    /// which loses committed records (FAIL-9, FAIL-10). Kept to show why it was given up.
    HighWatermark,
}

/// Settings of a broker.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BrokerConfig {
    /// Its id.
    pub node: NodeId,
    /// The quorum it observes.
    pub quorum: QuorumConfig,
    /// Host clients are told.
    pub host: Name,
    /// Port clients are told.
    pub port: u16,
    /// `broker.rack`.
    pub rack: Option<Name>,
    /// `broker.heartbeat.interval.ms`.
    pub heartbeat_interval_ms: u32,
    /// `broker.session.timeout.ms` (caps the heartbeat back-off).
    pub session_timeout_ms: u32,
    /// `controlled.shutdown.enable`.
    pub controlled_shutdown: bool,
    /// How long local recovery takes after a start, before it asks to be unfenced.
    pub recovery: Duration,
    /// `replica.lag.time.max.ms`.
    pub replica_lag_time_max_ms: u32,
    /// `replica.fetch.wait.max.ms`.
    pub replica_fetch_wait_max_ms: u32,
    /// `replica.fetch.min.bytes`.
    pub replica_fetch_min_bytes: u32,
    /// `replica.fetch.max.bytes`.
    pub replica_fetch_max_bytes: u32,
    /// `replica.fetch.response.max.bytes`.
    pub replica_fetch_response_max_bytes: u32,
    /// `replica.fetch.backoff.ms`.
    pub replica_fetch_backoff_ms: u32,
    /// `replica.high.watermark.checkpoint.interval.ms`.
    pub hw_checkpoint_interval_ms: u32,
    /// `auto.create.topics.enable`.
    pub auto_create_topics: bool,
    /// `num.partitions`.
    pub num_partitions: i32,
    /// `default.replication.factor`.
    pub default_replication_factor: i16,
    /// `offsets.topic.num.partitions`.
    pub offsets_topic_partitions: i32,
    /// `offsets.topic.replication.factor`.
    pub offsets_topic_replication_factor: i16,
    /// `group.initial.rebalance.delay.ms`.
    pub group_initial_rebalance_delay_ms: u32,
    /// `group.min.session.timeout.ms`.
    pub group_min_session_timeout_ms: u32,
    /// `group.max.session.timeout.ms`.
    pub group_max_session_timeout_ms: u32,
    /// `group.max.size`.
    pub group_max_size: u32,
    /// Groups of the newer protocols.
    pub modern_groups: groups::ModernGroupsConfig,
    /// `offsets.retention.minutes`.
    pub offsets_retention_minutes: u32,
    /// `offsets.retention.check.interval.ms`.
    pub offsets_retention_check_interval_ms: u32,
    /// `offset.metadata.max.bytes`.
    pub offset_metadata_max_bytes: u32,
    /// How a follower finds where its log leaves the leader's.
    pub truncation: Truncation,
    /// Whether the high watermark stands still while the ISR is below `min.insync.replicas` (REP-9).
    /// Kafka before 3.7 let it move, which KIP-966 ended; kept to show why.
    pub strict_min_isr: bool,
    /// Other settings of its properties file, by name, as text.
    pub properties: Vec<(Name, Name)>,
}

impl Default for BrokerConfig {
    fn default() -> BrokerConfig {
        BrokerConfig {
            node: NodeId(0),
            quorum: QuorumConfig::default(),
            host: "localhost".into(),
            port: 9092,
            rack: None,
            heartbeat_interval_ms: 2_000,
            session_timeout_ms: 9_000,
            controlled_shutdown: true,
            recovery: Duration::from_ms(500),
            replica_lag_time_max_ms: 30_000,
            replica_fetch_wait_max_ms: 500,
            replica_fetch_min_bytes: 1,
            replica_fetch_max_bytes: 1_048_576,
            replica_fetch_response_max_bytes: 10_485_760,
            replica_fetch_backoff_ms: 1_000,
            hw_checkpoint_interval_ms: 5_000,
            auto_create_topics: true,
            num_partitions: 1,
            default_replication_factor: 1,
            offsets_topic_partitions: 50,
            offsets_topic_replication_factor: 3,
            group_initial_rebalance_delay_ms: 3_000,
            group_min_session_timeout_ms: 6_000,
            group_max_session_timeout_ms: 1_800_000,
            group_max_size: u32::MAX >> 1,
            modern_groups: groups::ModernGroupsConfig::default(),
            offsets_retention_minutes: 10_080,
            offsets_retention_check_interval_ms: 600_000,
            offset_metadata_max_bytes: 4_096,
            truncation: Truncation::Epochs,
            strict_min_isr: true,
            properties: Vec::new(),
        }
    }
}

/// Where a server's only log directory is unless its file says otherwise: named after its number,
/// so that several servers fit on one machine.
fn default_log_dir(node: NodeId) -> Name {
    format!("/tmp/kafka-logs-{node}").as_str().into()
}

impl ControllerConfig {
    /// What its properties file says: who it is, where it listens and where the others are.
    pub fn file(&self) -> Vec<(Name, Name)> {
        let port = self.quorum.port(self.node);
        let lines = [
            ("controller.listener.names", "CONTROLLER".to_string()),
            self.quorum.property(),
            ("listeners", format!("CONTROLLER://localhost:{port}")),
            ("log.dirs", self.log_dir().to_string()),
            ("node.id", self.node.to_string()),
            ("process.roles", "controller".to_string()),
        ];
        let joins = ("controller.quorum.auto.join.enable", "true".to_string());
        let joins = self.quorum.auto_join.then_some(joins);
        let lines = joins.into_iter().chain(lines);
        lines
            .map(|(name, value)| (name.into(), value.as_str().into()))
            .collect()
    }

    /// Its log directory.
    pub fn log_dir(&self) -> Name {
        default_log_dir(self.node)
    }
}

impl BrokerConfig {
    /// What its properties file says: who it is and where it listens, then the settings
    /// that were given.
    pub fn file(&self) -> Vec<(Name, Name)> {
        let (quorum, controllers) = self.quorum.property();
        let listener = format!("PLAINTEXT://{}:{}", self.host, self.port);
        let lines = [
            ("advertised.listeners", listener.clone()),
            ("broker.id", self.node.to_string()),
            ("controller.listener.names", "CONTROLLER".to_string()),
            (quorum, controllers),
            ("listeners", listener),
            ("log.dirs", self.log_dirs().join(",")),
            ("node.id", self.node.to_string()),
            ("process.roles", "broker".to_string()),
        ];
        let rack = self
            .rack
            .iter()
            .map(|rack| ("broker.rack".into(), rack.clone()));
        let lines = lines.map(|(name, value)| (Name::from(name), value.as_str().into()));
        let mut file: Vec<(Name, Name)> = lines.into_iter().chain(rack).collect();
        file.retain(|(name, _)| self.properties.iter().all(|(given, _)| given != name));
        file.extend(self.properties.iter().cloned());
        file
    }

    /// Its log directories: `log.dirs` or `log.dir` of its file, else one named after its number.
    /// Never empty.
    pub fn log_dirs(&self) -> Vec<Name> {
        let named = |key: &str| {
            let mut properties = self.properties.iter();
            let found = properties.find(|(name, _)| &**name == key);
            found.map(|(_, value)| value.clone())
        };
        let named = named("log.dirs").or_else(|| named("log.dir"));
        let named = named.unwrap_or_default();
        let dirs = named.split(',').map(str::trim);
        let dirs: Vec<Name> = dirs.filter(|dir| !dir.is_empty()).map(Name::from).collect();
        match dirs.is_empty() {
            true => vec![default_log_dir(self.node)],
            false => dirs,
        }
    }

    /// Its file names that many log directories, which are named after its number too.
    pub fn set_log_dirs(&mut self, count: u32) {
        let first = default_log_dir(self.node);
        let others = (1..count).map(|number| format!("{first}-{number}"));
        let all: Vec<String> = [first.to_string()].into_iter().chain(others).collect();
        self.properties.retain(|(name, _)| **name != *"log.dirs");
        let all = all.join(",").as_str().into();
        self.properties.push(("log.dirs".into(), all));
    }
}

/// What every client has.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClientConfig {
    /// `client.id`.
    pub client_id: Name,
    /// `bootstrap.servers`, resolved; or `bootstrap.controllers`.
    pub bootstrap: Vec<Endpoint>,
    /// Whether `bootstrap` names controllers, which only an AdminClient talks to.
    pub to_controllers: bool,
    /// `request.timeout.ms`.
    pub request_timeout_ms: u32,
    /// `default.api.timeout.ms`.
    pub default_api_timeout_ms: u32,
    /// `retry.backoff.ms`.
    pub retry_backoff_ms: u32,
    /// `retry.backoff.max.ms`.
    pub retry_backoff_max_ms: u32,
    /// `reconnect.backoff.ms`.
    pub reconnect_backoff_ms: u32,
    /// `reconnect.backoff.max.ms`.
    pub reconnect_backoff_max_ms: u32,
    /// `metadata.max.age.ms`.
    pub metadata_max_age_ms: u32,
}

impl Default for ClientConfig {
    fn default() -> ClientConfig {
        ClientConfig {
            client_id: "client".into(),
            bootstrap: Vec::new(),
            to_controllers: false,
            request_timeout_ms: 30_000,
            default_api_timeout_ms: 60_000,
            retry_backoff_ms: 100,
            retry_backoff_max_ms: 1_000,
            reconnect_backoff_ms: 50,
            reconnect_backoff_max_ms: 1_000,
            metadata_max_age_ms: 300_000,
        }
    }
}

/// Settings of a producer (section 5).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProducerConfig {
    /// Common settings.
    pub client: ClientConfig,
    /// `acks`.
    pub acks: Acks,
    /// `enable.idempotence`.
    pub idempotence: bool,
    /// How far the clock of its machine is ahead of the brokers', in milliseconds; it
    /// stamps records by it (LOG-12). Negative: behind.
    pub clock_skew_ms: i64,
    /// `retries`.
    pub retries: u32,
    /// `delivery.timeout.ms`.
    pub delivery_timeout_ms: u32,
    /// `linger.ms`.
    pub linger_ms: u32,
    /// `batch.size`.
    pub batch_size: u32,
    /// `compression.type`, at each codec's default level.
    pub compression: Compression,
    /// `buffer.memory`.
    pub buffer_memory: u64,
    /// `max.block.ms`.
    pub max_block_ms: u32,
    /// `max.request.size`.
    pub max_request_size: u32,
    /// `max.in.flight.requests.per.connection`.
    pub max_in_flight: u32,
    /// `partitioner.ignore.keys`.
    pub ignore_keys: bool,
    /// `partitioner.adaptive.partitioning.enable`.
    pub adaptive_partitioning: bool,
    /// `transactional.id`.
    pub transactional_id: Option<Name>,
    /// `transaction.timeout.ms`.
    pub transaction_timeout_ms: u32,
}

impl Default for ProducerConfig {
    fn default() -> ProducerConfig {
        ProducerConfig {
            client: ClientConfig {
                client_id: "producer-1".into(),
                ..ClientConfig::default()
            },
            acks: Acks::All,
            idempotence: true,
            clock_skew_ms: 0,
            retries: i32::MAX as u32,
            delivery_timeout_ms: 120_000,
            linger_ms: 5,
            batch_size: 16_384,
            compression: Compression::None,
            buffer_memory: 33_554_432,
            max_block_ms: 60_000,
            max_request_size: 1_048_576,
            max_in_flight: 5,
            ignore_keys: false,
            adaptive_partitioning: true,
            transactional_id: None,
            transaction_timeout_ms: 60_000,
        }
    }
}

/// What a consumer does without a stored offset (`auto.offset.reset`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum OffsetReset {
    /// Go to that place (earliest, latest, by_duration).
    To(OffsetSpec),
    /// Throw.
    None,
}

/// Client-side assignors (section 8).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum AssignorName {
    /// `range`.
    Range,
    /// `roundrobin`.
    RoundRobin,
    /// `sticky`.
    Sticky,
    /// `cooperative-sticky`.
    CooperativeSticky,
}

impl AssignorName {
    /// The protocol name.
    pub fn name(self) -> &'static str {
        match self {
            AssignorName::Range => "range",
            AssignorName::RoundRobin => "roundrobin",
            AssignorName::Sticky => "sticky",
            AssignorName::CooperativeSticky => "cooperative-sticky",
        }
    }
}

/// `group.protocol`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum GroupProtocol {
    /// Members assign among themselves (section 7).
    #[default]
    Classic,
    /// The coordinator assigns (section 9).
    Consumer,
}

/// Settings of a consumer (section 6).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConsumerConfig {
    /// Common settings.
    pub client: ClientConfig,
    /// `group.id`; `None` = no group.
    pub group: Option<Name>,
    /// `group.instance.id`.
    pub group_instance_id: Option<Name>,
    /// `group.protocol`.
    pub protocol: GroupProtocol,
    /// `group.remote.assignor`; `None` = the coordinator's default.
    pub remote_assignor: Option<Name>,
    /// The id it gives itself in a `consumer` group; `None` = drawn, as Kafka's client
    /// does. Not a setting of Kafka: the order of members depends on it, so replays and
    /// lessons may fix it.
    pub member_id: Option<Name>,
    /// `client.rack`.
    pub rack: Option<Name>,
    /// `auto.offset.reset`.
    pub offset_reset: OffsetReset,
    /// `enable.auto.commit`.
    pub auto_commit: bool,
    /// `auto.commit.interval.ms`.
    pub auto_commit_interval_ms: u32,
    /// `max.poll.records`.
    pub max_poll_records: u32,
    /// `max.poll.interval.ms`.
    pub max_poll_interval_ms: u32,
    /// `session.timeout.ms`.
    pub session_timeout_ms: u32,
    /// `heartbeat.interval.ms`.
    pub heartbeat_interval_ms: u32,
    /// `fetch.min.bytes`.
    pub fetch_min_bytes: u32,
    /// `fetch.max.wait.ms`.
    pub fetch_max_wait_ms: u32,
    /// `fetch.max.bytes`.
    pub fetch_max_bytes: u32,
    /// `max.partition.fetch.bytes`.
    pub max_partition_fetch_bytes: u32,
    /// `isolation.level` = read_committed.
    pub read_committed: bool,
    /// `partition.assignment.strategy`.
    pub assignors: Vec<AssignorName>,
    /// `value.deserializer`.
    pub value_deserializer: Deserializer,
    /// The application: time between two calls of `poll` while it runs.
    pub poll_every: Duration,
    /// The application: records it processes a second, one after the other; it polls again when
    /// it is through with what it got. 0 = it takes no time.
    pub capacity: u32,
    /// The application stops reading after this many records (tools).
    pub max_records: Option<u64>,
}

impl Default for ConsumerConfig {
    fn default() -> ConsumerConfig {
        ConsumerConfig {
            client: ClientConfig {
                client_id: "consumer-1".into(),
                ..ClientConfig::default()
            },
            group: None,
            group_instance_id: None,
            protocol: GroupProtocol::default(),
            remote_assignor: None,
            member_id: None,
            rack: None,
            offset_reset: OffsetReset::To(OffsetSpec::Latest),
            auto_commit: true,
            auto_commit_interval_ms: 5_000,
            max_poll_records: 500,
            max_poll_interval_ms: 300_000,
            session_timeout_ms: 45_000,
            heartbeat_interval_ms: 3_000,
            fetch_min_bytes: 1,
            fetch_max_wait_ms: 500,
            fetch_max_bytes: 52_428_800,
            max_partition_fetch_bytes: 1_048_576,
            read_committed: false,
            assignors: vec![AssignorName::Range, AssignorName::CooperativeSticky],
            value_deserializer: Deserializer::ByteArray,
            poll_every: Duration::from_ms(100),
            capacity: 0,
            max_records: None,
        }
    }
}
