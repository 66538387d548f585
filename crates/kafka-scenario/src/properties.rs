//! Kafka's property names for the typed settings of a cluster.
//!
//! A `server.properties` line, a recording's override or a scenario's `set` all
//! end here. A name that Kafka knows but no rule reads is kept as text, so that
//! `kafka-configs` can show it. Invariant: a bad value names the setting.

use std::fmt;

use kafka_core::config::definitions::{self, Section};
use kafka_sim::ClusterSpec;

/// Why a setting cannot be set.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PropertyError {
    /// Kafka has no such setting.
    Unknown(String),
    /// The value is not of the setting's type or range.
    BadValue {
        /// The setting.
        name: String,
        /// The value.
        value: String,
    },
}

impl fmt::Display for PropertyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PropertyError::Unknown(name) => {
                write!(f, "Kafka has no broker setting {name}; check its spelling")
            }
            PropertyError::BadValue { name, value } => {
                write!(f, "{value} is not a valid value of {name}")
            }
        }
    }
}

impl std::error::Error for PropertyError {}

/// A setting that only controllers may have.
const AUTO_JOIN: &str = "controller.quorum.auto.join.enable";

/// Sets a setting on every broker and controller.
///
/// # Errors
/// Unknown name, or a value out of range.
pub fn set(spec: &mut ClusterSpec, name: &str, value: &str) -> Result<(), PropertyError> {
    if definitions::find(Section::Broker, name).is_none() {
        return Err(PropertyError::Unknown(name.to_string()));
    }
    let bad = || PropertyError::BadValue {
        name: name.to_string(),
        value: value.to_string(),
    };
    for controller in &mut spec.controllers {
        controller_setting(controller, name, value).ok_or_else(bad)?;
    }
    if name == AUTO_JOIN {
        // "... is only supported when process.roles contains the 'controller' role."
        return Ok(());
    }
    for broker in &mut spec.brokers {
        broker_setting(broker, name, value).ok_or_else(bad)?;
        broker.properties.retain(|(known, _)| **known != *name);
        broker.properties.push((name.into(), value.into()));
    }
    Ok(())
}

macro_rules! settings {
    ($target:expr, $name:expr, $value:expr; $($key:pat => $($field:ident).+,)*) => {
        match $name {
            $($key => $target.$($field).+ = $value.trim().parse().ok()?,)*
            _ => {}
        }
    };
}

fn controller_setting(
    controller: &mut kafka_core::config::ControllerConfig,
    name: &str,
    value: &str,
) -> Option<()> {
    settings!(controller, name, value;
        "broker.session.timeout.ms" => session_timeout_ms,
        "num.partitions" => num_partitions,
        "default.replication.factor" => default_replication_factor,
        "leader.imbalance.check.interval.seconds" => leader_imbalance_check_interval_s,
        "auto.leader.rebalance.enable" => auto_leader_rebalance,
        "unclean.leader.election.interval.ms" => unclean_election_interval_ms,
        "unclean.leader.election.enable" => unclean_leader_election,
        "min.insync.replicas" => min_insync_replicas,
        "delete.topic.enable" => delete_topic_enable,
        "controller.quorum.election.timeout.ms" => quorum.election_timeout_ms,
        "controller.quorum.fetch.timeout.ms" => quorum.fetch_timeout_ms,
        "metadata.max.idle.interval.ms" => quorum.max_idle_interval_ms,
        AUTO_JOIN => quorum.auto_join,
    );
    Some(())
}

fn broker_setting(
    broker: &mut kafka_core::config::BrokerConfig,
    name: &str,
    value: &str,
) -> Option<()> {
    settings!(broker, name, value;
        "broker.heartbeat.interval.ms" => heartbeat_interval_ms,
        "broker.session.timeout.ms" => session_timeout_ms,
        "controlled.shutdown.enable" => controlled_shutdown,
        "replica.lag.time.max.ms" => replica_lag_time_max_ms,
        "replica.fetch.wait.max.ms" => replica_fetch_wait_max_ms,
        "replica.fetch.min.bytes" => replica_fetch_min_bytes,
        "replica.fetch.max.bytes" => replica_fetch_max_bytes,
        "replica.fetch.backoff.ms" => replica_fetch_backoff_ms,
        "replica.high.watermark.checkpoint.interval.ms" => hw_checkpoint_interval_ms,
        "auto.create.topics.enable" => auto_create_topics,
        "num.partitions" => num_partitions,
        "default.replication.factor" => default_replication_factor,
        "offsets.topic.num.partitions" => offsets_topic_partitions,
        "offsets.topic.replication.factor" => offsets_topic_replication_factor,
        "group.initial.rebalance.delay.ms" => group_initial_rebalance_delay_ms,
        "group.min.session.timeout.ms" => group_min_session_timeout_ms,
        "group.max.session.timeout.ms" => group_max_session_timeout_ms,
        "group.max.size" => group_max_size,
        "group.consumer.session.timeout.ms" => modern_groups.consumer.session_timeout_ms,
        "group.consumer.heartbeat.interval.ms" => modern_groups.consumer.heartbeat_interval_ms,
        "group.consumer.assignment.interval.ms" => modern_groups.consumer.assignment_interval_ms,
        "group.consumer.max.size" => modern_groups.consumer.max_size,
        "group.consumer.migration.policy" => modern_groups.migration,
        "group.consumer.assignors" => modern_groups.assignors,
        "group.share.session.timeout.ms" => modern_groups.share.session_timeout_ms,
        "group.share.heartbeat.interval.ms" => modern_groups.share.heartbeat_interval_ms,
        "group.share.assignment.interval.ms" => modern_groups.share.assignment_interval_ms,
        "group.share.max.size" => modern_groups.share.max_size,
        "offsets.retention.minutes" => offsets_retention_minutes,
        "offsets.retention.check.interval.ms" => offsets_retention_check_interval_ms,
    );
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_reaches_every_server_and_a_bad_one_is_named() {
        let mut spec = ClusterSpec::quick(3, 1);
        set(&mut spec, "broker.session.timeout.ms", "6000").unwrap();
        assert!(spec.brokers.iter().all(|b| b.session_timeout_ms == 6_000));
        assert!(
            spec.controllers
                .iter()
                .all(|c| c.session_timeout_ms == 6_000)
        );
        let unknown = set(&mut spec, "broker.sesion.timeout.ms", "1").unwrap_err();
        assert!(unknown.to_string().contains("broker.sesion.timeout.ms"));
        let bad = set(&mut spec, "num.partitions", "many").unwrap_err();
        assert_eq!(
            bad.to_string(),
            "many is not a valid value of num.partitions"
        );
    }
}
