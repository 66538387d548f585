//! `kafka-console-share-consumer.sh`: prints records of a share group as they are given
//! to it, and accepts, releases or rejects them.

use kafka_core::client::ClientCommand;
use kafka_core::config::{Acknowledging, ClientConfig, ShareConsumerConfig};
use kafka_core::protocol::{AcknowledgeType, ShareAcquireMode};
use kafka_core::types::{Duration, Name};

use super::console_reader::Reader;
use super::reader_options::{formatter, given, group, renamed};
use super::{Stop, consumer_failed, exit_status, opening, require};
use crate::admin::client_bootstrap;
use crate::host::NewClient;
use crate::java::{Exception, NOT_INT};
use crate::jopt::{OptionSpec, Parsed, flag, integer, text};
use crate::process::Ctx;

const CLIENT_ID: &str = "console-share-consumer";
const LOGGER: &str = "org.apache.kafka.tools.consumer.ConsoleShareConsumer";
const HELP: &str = "This tool helps to read data from Kafka topics using share groups and outputs it to standard output.";

/// The options; descriptions are our own.
pub(super) const OPTIONS: &[OptionSpec] = &[
    text(
        "bootstrap-server",
        "server to connect to",
        "REQUIRED: a broker to begin with, host:port.",
    ),
    text(
        "command-config",
        "config file",
        "A file of consumer configs; --command-property goes before it.",
    ),
    text(
        "command-property",
        "consumer_prop",
        "A consumer config, name=value. May be repeated.",
    ),
    text(
        "consumer-config",
        "config file",
        "Deprecated name of --command-config.",
    ),
    text(
        "consumer-property",
        "consumer_prop",
        "Deprecated name of --command-property.",
    ),
    flag(
        "enable-systest-events",
        "Say at the end that the consumer has shut down.",
    ),
    text("formatter", "class", "What prints records."),
    text(
        "formatter-config",
        "config file",
        "A file of formatter properties; --formatter-property goes before it.",
    ),
    text(
        "formatter-property",
        "prop",
        "What is printed: print.key, print.partition, print.offset, print.delivery, print.value, key.separator, ...",
    ),
    text(
        "group",
        "share group id",
        "The share group to read in. (default: console-share-consumer)",
    ),
    flag("help", "Print this table."),
    text(
        "key-deserializer",
        "deserializer for key",
        "The class that makes keys of bytes.",
    ),
    integer(
        "max-messages",
        "num_messages",
        "End after this many records.",
    ),
    text(
        "property",
        "prop",
        "Deprecated name of --formatter-property.",
    ),
    flag("reject", "Reject every record: nobody gets it any more."),
    flag(
        "reject-message-on-error",
        "Reject a record that cannot be printed, and go on.",
    ),
    flag("release", "Release every record: somebody gets it again."),
    integer(
        "timeout-ms",
        "timeout_ms",
        "End if no record comes for this long.",
    ),
    text("topic", "topic", "REQUIRED: The topic to read."),
    text(
        "value-deserializer",
        "deserializer for values",
        "The class that makes values of bytes.",
    ),
    flag("version", "Print Kafka's version."),
];

/// Runs the tool.
pub(super) async fn run(ctx: Ctx, words: Vec<String>) -> i32 {
    let outcome = consume(&ctx, &words).await;
    exit_status(&ctx, outcome, OPTIONS, |exception| {
        consumer_failed(&ctx, exception, LOGGER)
    })
}

fn check(ctx: &Ctx, words: &[String]) -> Result<Parsed, Stop> {
    let options = opening(ctx, words, OPTIONS, HELP)?;
    if !options.has("topic") {
        return Err(Stop::Usage("--topic is a required argument".to_string()));
    }
    require(&options, &["bootstrap-server"])?;
    if options.has("reject") && options.has("release") {
        let text = "At most one of --reject and --release may be specified.";
        return Err(Stop::Usage(text.to_string()));
    }
    let old_names = [
        ("consumer-property", "command-property"),
        ("consumer-config", "command-config"),
        ("property", "formatter-property"),
    ];
    renamed(ctx, &options, &old_names)?;
    Ok(options)
}

/// Whether printing can fail: with a class of the user's choice. Then each record is acknowledged
/// when it has been printed.
fn can_fail(options: &Parsed) -> bool {
    let given = options
        .all("formatter-property")
        .chain(options.all("property"));
    let mut names = given
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, _)| name);
    let chosen = [
        "formatter",
        "formatter-config",
        "key-deserializer",
        "reject-message-on-error",
        "value-deserializer",
    ];
    chosen.iter().any(|name| options.has(name)) || names.any(|name| name.ends_with(".deserializer"))
}

fn config(
    ctx: &Ctx,
    options: &Parsed,
    given: &[(String, String)],
) -> Result<(ShareConsumerConfig, Option<AcknowledgeType>), Stop> {
    let servers = options.one("bootstrap-server")?.unwrap_or_default();
    let endpoints = client_bootstrap(ctx, servers, "Kafka share consumer")?;
    let with = if options.has("reject") {
        AcknowledgeType::Reject
    } else if options.has("release") {
        AcknowledgeType::Release
    } else {
        AcknowledgeType::Accept
    };
    let by_hand = can_fail(options).then_some(with);
    let most = options.integer("max-messages")?;
    let mut config = ShareConsumerConfig {
        client: ClientConfig {
            client_id: CLIENT_ID.into(),
            bootstrap: endpoints,
            ..ClientConfig::default()
        },
        group: group(options, given, "consumer-config")?
            .unwrap_or("console-share-consumer")
            .into(),
        acknowledging: match by_hand {
            Some(_) => Acknowledging::ByHand,
            None => Acknowledging::Always(with),
        },
        max_records: most.and_then(|most| u64::try_from(most).ok()),
        ..ShareConsumerConfig::default()
    };
    for (key, value) in given {
        set(&mut config, key, value)?;
    }
    Ok((config, by_hand))
}

fn set(config: &mut ShareConsumerConfig, key: &str, value: &str) -> Result<(), Stop> {
    let bad = |text: &str| Stop::Throw(Exception::bad_config(key, value, text));
    let int = || value.parse::<u32>().map_err(|_| bad(NOT_INT));
    match key {
        "max.poll.records" => config.max_poll_records = int()?.max(1),
        "fetch.max.wait.ms" => config.fetch_max_wait_ms = int()?,
        "client.id" => config.client.client_id = value.into(),
        "client.rack" => config.rack = Some(value.into()),
        "share.acquire.mode" => {
            config.acquire_mode = match value.to_ascii_lowercase().as_str() {
                "batch_optimized" => ShareAcquireMode::BatchOptimized,
                "record_limit" => ShareAcquireMode::RecordLimit,
                _ => {
                    return Err(bad(
                        "String must be one of (case insensitive): BATCH_OPTIMIZED, RECORD_LIMIT",
                    ));
                }
            };
        }
        // Unknown configs are legal: Kafka only mentions them in its log.
        _ => {}
    }
    Ok(())
}

async fn consume(ctx: &Ctx, words: &[String]) -> Result<i32, Stop> {
    let options = check(ctx, words)?;
    let timeout = options.integer("timeout-ms")?.filter(|ms| *ms >= 0);
    let given = given(ctx, &options)?;
    let formatter = formatter(ctx, &options)?;
    let (mut config, by_hand) = config(ctx, &options, &given)?;
    let limit = config.max_records;
    if by_hand.is_some() {
        // The records beyond the limit are released, and only when the last one is printed.
        config.max_records = None;
    }
    let prefix = format!("Consumer clientId={CLIENT_ID}, groupId={}", config.group);
    let topic: Name = options.one("topic")?.unwrap_or_default().into();
    let consumer = ctx
        .add_client(NewClient::ShareConsumer(config))
        .await
        .map_err(|text| Exception::new("org.apache.kafka.common.KafkaException", text))?;
    let formatter = (formatter, options.has("reject-message-on-error"));
    let reader = Reader::new(ctx, consumer, (LOGGER, prefix), formatter).acknowledging(by_hand);
    let mut reader = reader.telling_end(options.has("enable-systest-events"));
    let subscribe = ClientCommand::Subscribe(vec![topic]);
    ctx.command(consumer, subscribe).await;
    let patience = timeout.map(|ms| Duration::from_ms(ms as u64));
    Ok(reader.read(Ok(limit), patience).await?)
}
