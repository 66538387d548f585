//! `kafka-console-consumer.sh`: prints records as they arrive.

use kafka_core::client::{ClientCommand, NamedPartition};
use kafka_core::config::{ClientConfig, ConsumerConfig, GroupProtocol, OffsetReset};
use kafka_core::node::mix;
use kafka_core::protocol::OffsetSpec;
use kafka_core::topic_pattern::TopicPattern;
use kafka_core::types::{Duration, Name, NodeId, Offset};

use super::console_reader::Reader;
use super::record_formatter::Formatter;
use super::{Stop, consumer_failed, exit_status, opening, require};
use crate::admin::client_bootstrap;
use crate::hints::Hint;
use crate::host::NewClient;
use crate::java::{Exception, NOT_INT};
use crate::jopt::{OptionSpec, Parsed, flag, integer, text};
use crate::process::Ctx;

const CLIENT_ID: &str = "console-consumer";
const LOGGER: &str = "org.apache.kafka.tools.consumer.ConsoleConsumer";
const HELP: &str =
    "This tool helps to read data from Kafka topics and outputs it to standard output.";
const PROTOCOL_NOTICE: &str = "The consumer rebalance protocol (KIP-848) is production-ready! Set group.protocol=consumer to try it out. See https://kafka.apache.org/documentation/#consumer_rebalance_protocol\n";

/// The options; descriptions are our own.
pub(super) const OPTIONS: &[OptionSpec] = &[
    text(
        "bootstrap-server",
        "server to connect to",
        "REQUIRED: a broker to begin with, host:port.",
    ),
    text(
        "command-property",
        "consumer_prop",
        "A consumer config, name=value. May be repeated.",
    ),
    text(
        "consumer-property",
        "consumer_prop",
        "Deprecated name of --command-property.",
    ),
    text(
        "formatter-property",
        "prop",
        "What is printed: print.key, print.timestamp, print.partition, print.offset, print.headers, print.value, key.separator, line.separator, ...",
    ),
    flag(
        "from-beginning",
        "Without a stored offset, begin with the earliest record.",
    ),
    text(
        "group",
        "consumer group id",
        "The group to read in. Without it a new group without commits.",
    ),
    flag("help", "Print this table."),
    text(
        "include",
        "Java regex (String)",
        "Topics by regular expression.",
    ),
    text(
        "isolation-level",
        "String",
        "read_committed or read_uncommitted.",
    ),
    integer(
        "max-messages",
        "num_messages",
        "End after this many records.",
    ),
    text(
        "offset",
        "consume offset",
        "Where to begin in the partition: a number, earliest or latest. (default: latest)",
    ),
    integer(
        "partition",
        "partition",
        "Read this partition, without a group.",
    ),
    text(
        "property",
        "prop",
        "Deprecated name of --formatter-property.",
    ),
    integer(
        "timeout-ms",
        "timeout_ms",
        "End if no record comes for this long.",
    ),
    text("topic", "topic", "The topic to read."),
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
    for (old, new) in [
        ("property", "formatter-property"),
        ("consumer-property", "command-property"),
    ] {
        if options.has(old) && options.has(new) {
            return Err(Stop::Usage(format!(
                "Options --{old} and --{new} cannot be specified together."
            )));
        }
        if options.has(old) {
            ctx.out(format!("Option --{old} is deprecated and will be removed in a future version. Use --{new} instead.\n"));
        }
    }
    if options.has("topic") == options.has("include") {
        return Err(Stop::Usage(
            "Exactly one of the following arguments is required: [topic], [include]".to_string(),
        ));
    }
    check_positions(&options)?;
    require(&options, &["bootstrap-server"])?;
    Ok(options)
}

fn check_positions(options: &Parsed) -> Result<(), Stop> {
    let complain = |text: &str| Err(Stop::Usage(text.to_string()));
    if options.has("partition") && !options.has("topic") {
        return complain("The topic is required when partition is specified.");
    }
    if options.has("offset") && !options.has("partition") {
        return complain("The partition is required when offset is specified.");
    }
    if options.has("offset") && options.has("from-beginning") {
        return complain("Options from-beginning and offset cannot be specified together.");
    }
    if options.has("group") && options.has("partition") {
        return complain("Options group and partition cannot be specified together.");
    }
    if let Some(offset) = options.one("offset")? {
        start(offset)?;
    }
    Ok(())
}

const RESETS: &str = "The value must be either 'earliest', 'latest', 'none' or of the format 'by_duration:<PnDTnHnMn.nS.>'.";

/// Where to begin: a special place or an offset.
enum Start {
    At(OffsetSpec),
    Offset(Offset),
}

fn start(text: &str) -> Result<Start, Stop> {
    match text.to_ascii_lowercase().as_str() {
        "earliest" => Ok(Start::At(OffsetSpec::Earliest)),
        "latest" => Ok(Start::At(OffsetSpec::Latest)),
        number => match number.parse::<i64>() {
            Ok(offset) if offset >= 0 => Ok(Start::Offset(Offset(offset))),
            _ => Err(Stop::Usage(format!(
                "The provided offset value '{text}' is incorrect. Valid values are 'earliest', 'latest', or a non-negative long."
            ))),
        },
    }
}

fn config(ctx: &Ctx, options: &Parsed) -> Result<ConsumerConfig, Stop> {
    let servers = options.one("bootstrap-server")?.unwrap_or_default();
    let endpoints = client_bootstrap(ctx, servers, "kafka consumer")?;
    let group = options.one("group")?;
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
    for name in ["command-property", "consumer-property"] {
        for pair in options.all(name) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            set(&mut config, key, value)?;
        }
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

async fn consume(ctx: &Ctx, words: &[String]) -> Result<i32, Stop> {
    let options = check(ctx, words)?;
    let Ok(topics) = topics(ctx, &options)? else {
        return Ok(1);
    };
    let limit = options.integer("max-messages")?;
    let timeout = options.integer("timeout-ms")?.filter(|ms| *ms >= 0);
    let partition = options.integer("partition")?;
    let config = config(ctx, &options)?;
    let prefix = match &config.group {
        Some(group) => format!("Consumer clientId={CLIENT_ID}, groupId={group}"),
        None => format!("Consumer clientId={CLIENT_ID}, groupId=null"),
    };
    let is_classic = config.protocol == GroupProtocol::Classic;
    let consumer = ctx
        .add_client(NewClient::Consumer(config))
        .await
        .map_err(|text| Exception::new("org.apache.kafka.common.KafkaException", text))?;
    let printed = options.all("formatter-property");
    let printed = printed.chain(options.all("property"));
    let formatter = Formatter::new(ctx.wall_epoch_ms(), printed);
    let limit = limit.and_then(|limit| u64::try_from(limit).ok());
    let mut reader = Reader::new(ctx, consumer, (LOGGER, prefix), formatter, limit);
    match (partition, topics) {
        (Some(partition), Topics::Named(topic)) => {
            assign(ctx, consumer, &options, topic, partition).await?;
        }
        (_, topics) => {
            if is_classic {
                ctx.err(PROTOCOL_NOTICE);
            }
            let subscribe = match topics {
                Topics::Named(topic) => ClientCommand::Subscribe(vec![topic]),
                Topics::Matching(pattern) => ClientCommand::SubscribeTo(pattern),
            };
            ctx.command(consumer, subscribe).await;
        }
    }
    let patience = timeout.map(|ms| Duration::from_ms(ms as u64));
    Ok(reader.read(patience).await)
}

/// What is read.
enum Topics {
    Named(Name),
    Matching(TopicPattern),
}

/// `--topic` or `--include`; an expression that cannot be used is told.
fn topics(ctx: &Ctx, options: &Parsed) -> Result<Result<Topics, ()>, Stop> {
    let Some(text) = options.one("include")? else {
        let topic = options.one("topic")?.unwrap_or_default();
        return Ok(Ok(Topics::Named(topic.into())));
    };
    Ok(TopicPattern::new(text)
        .map(Topics::Matching)
        .map_err(|problem| {
            ctx.hint(&Hint::BadPattern(problem));
        }))
}

/// Reads one partition, without a group.
async fn assign(
    ctx: &Ctx,
    consumer: NodeId,
    options: &Parsed,
    topic: Name,
    partition: i32,
) -> Result<(), Stop> {
    let partition = NamedPartition {
        topic,
        partition: u32::try_from(partition).unwrap_or(0),
    };
    let from = match options.one("offset")? {
        Some(text) => start(text)?,
        None if options.has("from-beginning") => Start::At(OffsetSpec::Earliest),
        None => Start::At(OffsetSpec::Latest),
    };
    let assign = ClientCommand::Assign(vec![partition.clone()]);
    ctx.command(consumer, assign).await;
    let seek = match from {
        Start::At(spec) => ClientCommand::SeekTo(vec![partition], spec),
        Start::Offset(offset) => ClientCommand::Seek(partition, offset),
    };
    ctx.command(consumer, seek).await;
    Ok(())
}
