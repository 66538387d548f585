//! Settings of the share consumers a scenario introduces.
//!
//! Kafka's names, and four of the application's own: `topic`, `ack` (`implicit`, or what
//! it does with every record: `accept`, `release`, `reject`, `by-hand`), `capacity`
//! (records a second it can work off) and `poll-every`.

use kafka_core::config::{Acknowledging, ShareConsumerConfig};
use kafka_core::protocol::{AcknowledgeType, ShareAcquireMode};
use kafka_core::types::{Duration, Name};

use crate::clients::{deserializer, number};
use crate::error::Problem;
use crate::line::span;

/// A share consumer as a scenario describes it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ShareConsumerPlan {
    /// Its settings.
    pub config: ShareConsumerConfig,
    /// Topics it subscribes to.
    pub topics: Vec<Name>,
}

const KNOWN: &str = "topic, group, ack, capacity, share.acquire.mode, max.poll.records, fetch.max.wait.ms, value.deserializer, client.rack, poll-every";
/// Most records a second: one takes at least a microsecond.
const CAPACITY_MAX: u64 = 1_000_000;

/// Sets one setting of a share consumer.
///
/// # Errors
/// What is wrong with it.
pub fn share_consumer_setting(
    plan: &mut ShareConsumerPlan,
    name: &str,
    value: &str,
) -> Result<(), Problem> {
    let config = &mut plan.config;
    match name {
        "topic" => plan.topics = value.split(',').map(Name::from).collect(),
        "group" => config.group = value.into(),
        "ack" => config.acknowledging = acknowledging(value)?,
        "capacity" => {
            let capacity: u64 = number(value)?;
            if !(1..=CAPACITY_MAX).contains(&capacity) {
                return Err(Problem::BadValue(value.to_string(), "1 to 1000000"));
            }
            config.work = Duration::from_us(1_000_000 / capacity);
        }
        "share.acquire.mode" => {
            config.acquire_mode = match value {
                "batch_optimized" => ShareAcquireMode::BatchOptimized,
                "record_limit" => ShareAcquireMode::RecordLimit,
                _ => {
                    let known = "batch_optimized or record_limit";
                    return Err(Problem::BadValue(value.to_string(), known));
                }
            };
        }
        "max.poll.records" => {
            config.max_poll_records = number(value)?;
            if config.max_poll_records == 0 {
                return Err(Problem::BadValue(value.to_string(), "1 or more"));
            }
        }
        "fetch.max.wait.ms" => config.fetch_max_wait_ms = number(value)?,
        "value.deserializer" => config.value_deserializer = deserializer(value)?,
        "client.rack" => config.rack = Some(value.into()),
        "poll-every" => {
            let bad = Problem::NotASpan(value.to_string());
            config.poll_every = span(value).filter(|s| *s > Duration::ZERO).ok_or(bad)?;
        }
        _ => return Err(Problem::UnknownSetting(name.to_string(), KNOWN)),
    }
    Ok(())
}

fn acknowledging(value: &str) -> Result<Acknowledging, Problem> {
    Ok(match value {
        "implicit" => Acknowledging::Implicit,
        "by-hand" => Acknowledging::ByHand,
        "accept" => Acknowledging::Always(AcknowledgeType::Accept),
        "release" => Acknowledging::Always(AcknowledgeType::Release),
        "reject" => Acknowledging::Always(AcknowledgeType::Reject),
        _ => {
            let known = "implicit, accept, release, reject or by-hand";
            return Err(Problem::BadValue(value.to_string(), known));
        }
    })
}
