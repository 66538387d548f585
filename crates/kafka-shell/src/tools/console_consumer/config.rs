//! The settings of the console consumer's client: from its options, a file, and properties.

use kafka_core::config::{ClientConfig, ConsumerConfig, GroupProtocol, OffsetReset};
use kafka_core::node::mix;
use kafka_core::protocol::OffsetSpec;

use super::super::reader_options::group;
use super::{CLIENT_ID, Stop};
use crate::admin::client_bootstrap;
use crate::java::{Exception, NOT_INT};
use crate::jopt::Parsed;
use crate::process::Ctx;

const RESETS: &str = "The value must be either 'earliest', 'latest', 'none' or of the format 'by_duration:<PnDTnHnMn.nS.>'.";

/// What the options make of the consumer, with those properties.
pub(super) fn config(
    ctx: &Ctx,
    options: &Parsed,
    given: &[(String, String)],
) -> Result<ConsumerConfig, Stop> {
    let group = group(options, given, "consumer.config")?;
    if group.is_some() && options.has("partition") {
        let text = "Options group and partition cannot be specified together.";
        return Err(Stop::Usage(text.to_string()));
    }
    let servers = options.one("bootstrap-server")?.unwrap_or_default();
    let endpoints = client_bootstrap(ctx, servers, "kafka consumer")?;
    let from = if options.has("from-beginning") {
        OffsetSpec::Earliest
    } else {
        OffsetSpec::Latest
    };
    // Kafka draws the number of the nameless group; here it comes from the moment.
    let drawn = format!("console-consumer-{}", mix(ctx.now().0) % 100_000);
    let mut config = ConsumerConfig {
        client: ClientConfig {
            client_id: CLIENT_ID.into(),
            bootstrap: endpoints,
            ..ClientConfig::default()
        },
        group: Some(group.unwrap_or(&drawn).into()),
        offset_reset: OffsetReset::To(from),
        auto_commit: group.is_some(),
        ..ConsumerConfig::default()
    };
    if let Some(level) = options.one("isolation-level")? {
        set(&mut config, "isolation.level", level)?;
    }
    for (key, value) in given {
        set(&mut config, key, value)?;
    }
    if options.has("from-beginning") && config.offset_reset != OffsetReset::To(from) {
        let given = if config.offset_reset == OffsetReset::None {
            "none"
        } else {
            "latest"
        };
        ctx.err(format!("Can't simultaneously specify --from-beginning and 'auto.offset.reset={given}', please remove one option\n"));
        return Err(Stop::Exit(1));
    }
    Ok(config)
}

fn set(config: &mut ConsumerConfig, key: &str, value: &str) -> Result<(), Stop> {
    let bad = |text: &str| Stop::Throw(Exception::bad_config(key, value, text));
    let int = || value.parse::<u32>().map_err(|_| bad(NOT_INT));
    match key {
        "isolation.level" => {
            config.read_committed = match value {
                "read_committed" => true,
                "read_uncommitted" => false,
                _ => {
                    return Err(bad(
                        "String must be one of: read_committed, read_uncommitted",
                    ));
                }
            };
        }
        "group.protocol" => {
            config.protocol = match value.to_ascii_lowercase().as_str() {
                "classic" => GroupProtocol::Classic,
                "consumer" => GroupProtocol::Consumer,
                _ => {
                    return Err(bad(
                        "String must be one of (case insensitive): CONSUMER, CLASSIC",
                    ));
                }
            };
        }
        "group.remote.assignor" => config.remote_assignor = Some(value.into()),
        "auto.offset.reset" => {
            config.offset_reset = match value {
                "earliest" => OffsetReset::To(OffsetSpec::Earliest),
                "latest" => OffsetReset::To(OffsetSpec::Latest),
                "none" => OffsetReset::None,
                _ => {
                    return Err(bad(&format!(
                        "Invalid value `{value}` for configuration {key}. {RESETS}"
                    )));
                }
            };
        }
        "enable.auto.commit" => config.auto_commit = value == "true",
        "auto.commit.interval.ms" => config.auto_commit_interval_ms = int()?,
        "max.poll.records" => config.max_poll_records = int()?,
        "session.timeout.ms" => config.session_timeout_ms = int()?,
        "heartbeat.interval.ms" => config.heartbeat_interval_ms = int()?,
        "fetch.min.bytes" => config.fetch_min_bytes = int()?,
        "fetch.max.wait.ms" => config.fetch_max_wait_ms = int()?,
        "group.instance.id" => config.group_instance_id = Some(value.into()),
        "client.id" => config.client.client_id = value.into(),
        "client.rack" => config.rack = Some(value.into()),
        // Unknown configs are legal: Kafka only mentions them in its log.
        _ => {}
    }
    Ok(())
}
