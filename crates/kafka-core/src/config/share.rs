//! Settings of share consumers (section 10).

use super::{ClientConfig, Deserializer};
use crate::protocol::{AcknowledgeType, ShareAcquireMode};
use crate::types::{Duration, Name};

/// How the application acknowledges.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Acknowledging {
    /// `share.acknowledgement.mode=implicit`: the next `poll` accepts what the last one
    /// returned (SHG-6).
    Implicit,
    /// Explicit: the application gives every record this type once it has processed it.
    Always(AcknowledgeType),
    /// Explicit: somebody says record by record.
    ByHand,
}

/// Settings of a share consumer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShareConsumerConfig {
    /// Common settings.
    pub client: ClientConfig,
    /// `group.id`.
    pub group: Name,
    /// `client.rack`.
    pub rack: Option<Name>,
    /// `share.acknowledgement.mode`, and what the application does.
    pub acknowledging: Acknowledging,
    /// `share.acquire.mode`.
    pub acquire_mode: ShareAcquireMode,
    /// `max.poll.records`.
    pub max_poll_records: u32,
    /// `fetch.max.wait.ms`.
    pub fetch_max_wait_ms: u32,
    /// `fetch.max.bytes`.
    pub fetch_max_bytes: u32,
    /// `value.deserializer`.
    pub value_deserializer: Deserializer,
    /// `heartbeat.interval.ms`, until the coordinator says another.
    pub heartbeat_interval_ms: u32,
    /// The application: time between two calls of `poll` that return nothing.
    pub poll_every: Duration,
    /// The application: how long it takes for one record.
    pub work: Duration,
    /// The member id it would draw: a replay knows what the recorded one drew. Not Kafka.
    pub member_id: Option<Name>,
    /// The application stops reading after this many records (tools).
    pub max_records: Option<u64>,
}

impl Default for ShareConsumerConfig {
    fn default() -> ShareConsumerConfig {
        ShareConsumerConfig {
            client: ClientConfig {
                client_id: "consumer-1".into(),
                ..ClientConfig::default()
            },
            group: "share".into(),
            rack: None,
            acknowledging: Acknowledging::Implicit,
            acquire_mode: ShareAcquireMode::BatchOptimized,
            max_poll_records: 500,
            fetch_max_wait_ms: 500,
            fetch_max_bytes: 52_428_800,
            value_deserializer: Deserializer::ByteArray,
            heartbeat_interval_ms: 3_000,
            poll_every: Duration::from_ms(100),
            work: Duration::ZERO,
            member_id: None,
            max_records: None,
        }
    }
}
