//! `kafka-console-share-consumer.sh`: prints records of a share group as they are given
//! to it, and accepts, releases or rejects them.

use kafka_core::client::{ClientCommand, ClientEvent, SharedRecord};
use kafka_core::config::{Acknowledging, ClientConfig, ShareConsumerConfig};
use kafka_core::protocol::{AcknowledgeType, ShareAcquireMode};
use kafka_core::types::{Duration, Name, NodeId, Time};

use super::record_formatter::Formatter;
use super::{Stop, consumer_failed, exit_status, opening, require};
use crate::admin::bootstrap;
use crate::host::NewClient;
use crate::java::{Exception, client_log, log_line};
use crate::jopt::{OptionSpec, Parsed, flag, integer, text};
use crate::process::{Ctx, Wake};

const CLIENT_ID: &str = "console-share-consumer";
const LOGGER: &str = "org.apache.kafka.tools.consumer.ConsoleShareConsumer";
const HELP: &str = "This tool helps to read data from Kafka topics using share groups and outputs it to standard output.";
const FAILED: &str = "Error processing message, terminating consumer process: ";

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
        "formatter-property",
        "prop",
        "What is printed: print.key, print.partition, print.offset, print.delivery, print.value, key.separator, ...",
    ),
    text(
        "group",
        "share group id",
        "The share group to read in. (default: share)",
    ),
    flag("help", "Print this table."),
    integer(
        "max-messages",
        "num_messages",
        "End after this many records.",
    ),
    flag("reject", "Reject every record: nobody gets it any more."),
    flag("release", "Release every record: somebody gets it again."),
    integer(
        "timeout-ms",
        "timeout_ms",
        "End if no record comes for this long.",
    ),
    text("topic", "topic", "REQUIRED: The topic to read."),
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
    require(&options, &["topic", "bootstrap-server"])?;
    if options.has("reject") && options.has("release") {
        let text = "At most one of --reject and --release may be specified.";
        return Err(Stop::Usage(text.to_string()));
    }
    Ok(options)
}

fn config(ctx: &Ctx, options: &Parsed) -> Result<ShareConsumerConfig, Stop> {
    let servers = options.one("bootstrap-server")?.unwrap_or_default();
    let endpoints = bootstrap(ctx, servers).map_err(|cause| Exception {
        class: "org.apache.kafka.common.KafkaException".to_string(),
        message: "Failed to construct Kafka share consumer".to_string(),
        causes: vec![cause.text()],
    })?;
    let with = if options.has("reject") {
        AcknowledgeType::Reject
    } else if options.has("release") {
        AcknowledgeType::Release
    } else {
        AcknowledgeType::Accept
    };
    let most = options.integer("max-messages")?;
    let mut config = ShareConsumerConfig {
        client: ClientConfig {
            client_id: CLIENT_ID.into(),
            bootstrap: endpoints,
            ..ClientConfig::default()
        },
        group: options.one("group")?.unwrap_or("share").into(),
        acknowledging: Acknowledging::Always(with),
        max_records: most.and_then(|most| u64::try_from(most).ok()),
        ..ShareConsumerConfig::default()
    };
    for pair in options.all("command-property") {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        set(&mut config, key, value)?;
    }
    Ok(config)
}

fn set(config: &mut ShareConsumerConfig, key: &str, value: &str) -> Result<(), Stop> {
    let bad = |text: &str| {
        Stop::Throw(Exception::new(
            "org.apache.kafka.common.config.ConfigException",
            format!("Invalid value {value} for configuration {key}: {text}"),
        ))
    };
    let int = || {
        let number = value.parse::<u32>();
        number.map_err(|_| bad("Not a number of type INT"))
    };
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

struct Reader<'a> {
    ctx: &'a Ctx,
    consumer: NodeId,
    prefix: String,
    formatter: Formatter,
    limit: Option<u64>,
    processed: u64,
    closed: bool,
}

async fn consume(ctx: &Ctx, words: &[String]) -> Result<i32, Stop> {
    let options = check(ctx, words)?;
    let timeout = options.integer("timeout-ms")?.filter(|ms| *ms >= 0);
    let config = config(ctx, &options)?;
    let limit = config.max_records;
    let prefix = format!("Consumer clientId={CLIENT_ID}, groupId={}", config.group);
    let topic: Name = options.one("topic")?.unwrap_or_default().into();
    let consumer = ctx
        .add_client(NewClient::ShareConsumer(config))
        .await
        .map_err(|text| Exception::new("org.apache.kafka.common.KafkaException", text))?;
    let mut reader = Reader {
        ctx,
        consumer,
        prefix,
        formatter: Formatter::new(ctx.wall_epoch_ms(), options.all("formatter-property")),
        limit,
        processed: 0,
        closed: false,
    };
    let subscribe = ClientCommand::Subscribe(vec![topic]);
    ctx.command(consumer, subscribe).await;
    let patience = timeout.map(|ms| Duration::from_ms(ms as u64));
    Ok(reader.read(patience).await)
}

impl Reader<'_> {
    async fn read(&mut self, patience: Option<Duration>) -> i32 {
        let mut deadline: Option<Time> = patience.map(|span| self.ctx.now() + span);
        let mut exit = 0;
        while self.limit.is_none_or(|limit| self.processed < limit) {
            match self.ctx.wait(false, deadline).await {
                Wake::Event(_, ClientEvent::ShareDelivered(records)) => {
                    self.print(&records);
                    deadline = patience.map(|span| self.ctx.now() + span);
                }
                Wake::Event(_, ClientEvent::PollFailed(failure)) => {
                    self.fail(&Exception::of_failure(&failure).trace());
                    break;
                }
                Wake::Event(_, event) => self.seen(event),
                Wake::Time => {
                    self.fail("org.apache.kafka.common.errors.TimeoutException\n");
                    break;
                }
                Wake::Signal(signal) => {
                    exit = signal.exit();
                    break;
                }
                Wake::Line(_) | Wake::EndOfInput => {}
            }
        }
        self.close().await;
        let processed = self.processed;
        self.ctx
            .err(format!("Processed a total of {processed} messages\n"));
        exit
    }

    fn print(&mut self, records: &[SharedRecord]) {
        for shared in records {
            self.ctx.out(self.formatter.format_shared(shared));
            self.processed += 1;
        }
    }

    fn fail(&self, trace: &str) {
        let line = log_line(self.ctx.wall_ms(), "ERROR", FAILED, LOGGER);
        self.ctx.err(line + trace);
    }

    fn seen(&mut self, event: ClientEvent) {
        match event {
            ClientEvent::Log(log) => {
                let line = client_log(self.ctx.wall_ms(), &self.prefix, &log);
                self.ctx.err(line);
            }
            ClientEvent::Closed => self.closed = true,
            _ => {}
        }
    }

    /// The last records are acknowledged by the client itself, which closes once it has
    /// as many as it may have.
    async fn close(&mut self) {
        let close = ClientCommand::Close { leave: true };
        self.ctx.command(self.consumer, close).await;
        while !self.closed {
            if let Wake::Event(_, event) = self.ctx.wait(false, None).await {
                self.seen(event);
            }
        }
    }
}
