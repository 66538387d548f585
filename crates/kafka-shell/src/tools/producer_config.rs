//! The settings of the console producer's client: properties of a file and of the line, and what
//! the tool's own options and their defaults make of them (`ConsoleProducerOptions`).
//!
//! Invariant: what Kafka refuses is refused in its words; nothing here knows a range.

use std::collections::BTreeMap;

use kafka_core::compress::Compression;
use kafka_core::config::check::producer_client;
use kafka_core::config::error::ConfigError;
use kafka_core::config::parsed::{Parsed as Settings, Properties};
use kafka_core::config::{ClientConfig, ProducerConfig};
use kafka_core::protocol::Acks;

use super::Stop;
use crate::admin::client_bootstrap;
use crate::java::Exception;
use crate::jopt::Parsed;
use crate::process::Ctx;

/// Options, the setting that each gives, and its default. A property is in the place of the
/// default; an option that stands on the line wins over both.
const MERGED: [(&str, &str, &str); 11] = [
    ("timeout", "linger.ms", "1000"),
    ("request-required-acks", "acks", "-1"),
    ("request-timeout-ms", "request.timeout.ms", "1500"),
    ("message-send-max-retries", "retries", "3"),
    ("retry-backoff-ms", "retry.backoff.ms", "100"),
    ("socket-buffer-size", "send.buffer.bytes", "102400"),
    ("max-memory-bytes", "buffer.memory", "33554432"),
    ("batch-size", "batch.size", "16384"),
    ("max-partition-memory-bytes", "batch.size", "16384"),
    ("metadata-expiry-ms", "metadata.max.age.ms", "300000"),
    ("max-block-ms", "max.block.ms", "60000"),
];

/// What a serializer of the tool is; it is needed to build a client.
const BYTES: &str = "org.apache.kafka.common.serialization.ByteArraySerializer";

/// What options and properties make of the producer.
///
/// # Errors
/// What Kafka refuses.
pub(super) fn config(ctx: &Ctx, options: &Parsed) -> Result<ProducerConfig, Stop> {
    let given = given(ctx, options)?;
    let properties: Properties<'_> = given.iter().map(|(n, v)| (&**n, &**v)).collect();
    let bootstrap = client_bootstrap(ctx, properties["bootstrap.servers"], "kafka producer")?;
    let settings = producer_client(&properties).map_err(refused)?;
    let number = |name: &str| u32::try_from(settings.int(name).unwrap_or(0)).unwrap_or(u32::MAX);
    let text = |name: &str| settings.text(name).unwrap_or_default();
    let defaults = ProducerConfig::default();
    Ok(ProducerConfig {
        client: ClientConfig {
            client_id: text("client.id").into(),
            bootstrap,
            request_timeout_ms: number("request.timeout.ms"),
            retry_backoff_ms: number("retry.backoff.ms"),
            retry_backoff_max_ms: number("retry.backoff.max.ms"),
            metadata_max_age_ms: number("metadata.max.age.ms"),
            ..ClientConfig::default()
        },
        acks: acks(&settings),
        compression: Compression::of(text("compression.type")).unwrap_or_default(),
        idempotence: settings.is_true("enable.idempotence"),
        retries: number("retries"),
        delivery_timeout_ms: number("delivery.timeout.ms"),
        linger_ms: number("linger.ms"),
        batch_size: number("batch.size"),
        buffer_memory: u64::from(number("buffer.memory")),
        max_block_ms: number("max.block.ms"),
        max_request_size: number("max.request.size"),
        max_in_flight: number("max.in.flight.requests.per.connection"),
        ignore_keys: settings.is_true("partitioner.ignore.keys"),
        adaptive_partitioning: settings.is_true("partitioner.adaptive.partitioning.enable"),
        ..defaults
    })
}

/// Every setting that the client is built with.
fn given(ctx: &Ctx, options: &Parsed) -> Result<BTreeMap<String, String>, Stop> {
    let mut given: BTreeMap<String, String> = BTreeMap::new();
    for name in ["command-config", "producer.config"] {
        if let Some(path) = options.one(name)? {
            given.extend(ctx.files().properties(path)?);
        }
    }
    for name in ["command-property", "producer-property"] {
        given.extend(options.all(name).map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (key.to_string(), value.to_string())
        }));
    }
    // Without an argument the option means gzip; where it is not given nothing is compressed,
    // whatever the properties say.
    let codec = match options.has("compression-codec") {
        true => match options.one("compression-codec")? {
            None | Some("") => "gzip",
            Some(codec) => codec,
        },
        false => "none",
    };
    let servers = options.one("bootstrap-server")?.unwrap_or_default();
    for (name, value) in [
        ("bootstrap.servers", servers),
        ("compression.type", codec),
        ("key.serializer", BYTES),
        ("value.serializer", BYTES),
    ] {
        given.insert(name.to_string(), value.to_string());
    }
    let id = given.entry("client.id".to_string());
    id.or_insert_with(|| super::console_producer::CLIENT_ID.to_string());
    for (option, setting, default) in MERGED {
        let value = value(options, option)?;
        let is_known = given.contains_key(setting);
        if value.is_some() || !is_known {
            let value = value.unwrap_or_else(|| default.to_string());
            given.insert(setting.to_string(), value);
        }
    }
    Ok(given)
}

/// The option's value, a number for all but one of them. The parser's own message stands alone
/// here, as in Kafka.
fn value(options: &Parsed, option: &str) -> Result<Option<String>, Stop> {
    if option == "request-required-acks" {
        return Ok(options.one(option)?.map(str::to_string));
    }
    let number = options.long(option);
    let number = number.map_err(|error| Stop::Throw(Exception::new(error.class, error.message)))?;
    Ok(number.map(|number| number.to_string()))
}

fn acks(settings: &Settings) -> Acks {
    match settings.text("acks") {
        Some("0") => Acks::None,
        Some("1") => Acks::Leader,
        _ => Acks::All,
    }
}

/// Kafka's exception for what its configs refuse.
fn refused(error: ConfigError) -> Stop {
    Stop::Throw(Exception {
        causes: error.cause.iter().map(|cause| cause.to_string()).collect(),
        ..Exception::new(error.exception, error.message)
    })
}
