//! `kafka-console-producer.sh`: each line of standard input becomes a record.

use kafka_core::client::{ClientCommand, ClientEvent, RecordToSend};
use kafka_core::types::{Name, NodeId};

use super::line_reader::{Line, LineReader};
use super::producer_config::config;
use super::{Stop, exit_status, opening, require};
use crate::host::NewClient;
use crate::java::{Exception, client_log, log_line};
use crate::jopt::{Arg, OptionSpec, Parsed, flag, integer, long, text};
use crate::process::{Ctx, Signal, Wake};

pub(super) const CLIENT_ID: &str = "console-producer";
const CALLBACK: &str = "org.apache.kafka.clients.producer.internals.ErrorLoggingCallback";
const HELP: &str = "This tool helps to read data from standard input and publish it to Kafka.";

const LINE_READER: &str = "org.apache.kafka.tools.LineMessageReader";

/// An option with an old name, its new one.
const OLD_NAMES: [(&str, &str); 3] = [
    ("producer-property", "command-property"),
    ("producer.config", "command-config"),
    ("property", "reader-property"),
];

/// The options; descriptions are our own.
pub(super) const OPTIONS: &[OptionSpec] = &[
    integer("batch-size", "size", "Bytes of a batch. (default: 16384)"),
    text(
        "bootstrap-server",
        "server to connect to",
        "REQUIRED: a broker to begin with, host:port.",
    ),
    text(
        "command-config",
        "config file",
        "A file of producer configs; --command-property goes before it.",
    ),
    text(
        "command-property",
        "producer_prop",
        "A producer config, name=value. May be repeated.",
    ),
    OptionSpec {
        name: "compression-codec",
        arg: Arg::OptionalText,
        arg_text: "compression-codec",
        help: "none, gzip, snappy, lz4 or zstd. (without a value: gzip)",
    },
    flag("help", "Print this table."),
    text(
        "line-reader",
        "reader_class",
        "The class that reads lines. There is only Kafka's own.",
    ),
    long(
        "max-block-ms",
        "max block on send",
        "How long a send may block. (default: 60000)",
    ),
    long(
        "max-memory-bytes",
        "total memory in bytes",
        "Bytes of records that may wait. (default: 33554432)",
    ),
    integer(
        "max-partition-memory-bytes",
        "memory in bytes per partition",
        "Deprecated name of --batch-size.",
    ),
    integer(
        "message-send-max-retries",
        "Integer",
        "How often a send is tried again. (default: 3)",
    ),
    long(
        "metadata-expiry-ms",
        "metadata expiration interval",
        "How old metadata may be. (default: 300000)",
    ),
    text(
        "producer-property",
        "producer_prop",
        "Deprecated name of --command-property.",
    ),
    text(
        "producer.config",
        "config file",
        "Deprecated name of --command-config.",
    ),
    text("property", "prop", "Deprecated name of --reader-property."),
    text(
        "reader-config",
        "config file",
        "A file of reader properties; --reader-property goes before it.",
    ),
    text(
        "reader-property",
        "prop",
        "How lines are read: parse.key, key.separator, parse.headers, headers.delimiter, headers.separator, headers.key.separator, null.marker, ignore.error.",
    ),
    text(
        "request-required-acks",
        "request required acks",
        "Acknowledgements wanted: 0, 1, all. (default: -1)",
    ),
    integer(
        "request-timeout-ms",
        "request timeout ms",
        "How long a request may be without an answer. (default: 1500)",
    ),
    long(
        "retry-backoff-ms",
        "Long",
        "How long to wait before a send is tried again. (default: 100)",
    ),
    integer(
        "socket-buffer-size",
        "size",
        "Bytes of the socket's buffer; sockets have none here. (default: 102400)",
    ),
    flag("sync", "Wait for each record before the next."),
    long(
        "timeout",
        "timeout_ms",
        "Longest wait for a full batch, in ms. (default: 1000)",
    ),
    text("topic", "topic", "REQUIRED: the topic to send to."),
    flag("version", "Print Kafka's version."),
];

/// Runs the tool.
pub(super) async fn run(ctx: Ctx, words: Vec<String>) -> i32 {
    let outcome = produce(&ctx, &words).await;
    exit_status(&ctx, outcome, OPTIONS, |exception| {
        // A mistake on the line is told without a trace.
        let is_mistake = exception.class.starts_with("joptsimple.");
        ctx.err(match is_mistake {
            true => format!("{}\n", exception.message),
            false => exception.trace(),
        });
        1
    })
}

fn check(ctx: &Ctx, words: &[String]) -> Result<Parsed, Stop> {
    let options = opening(ctx, words, OPTIONS, HELP)?;
    require(&options, &["topic"])?;
    // Kafka looks at them in this order.
    for (old, new) in [OLD_NAMES[1], OLD_NAMES[0], OLD_NAMES[2]] {
        if options.has(new) && options.has(old) {
            return Err(Stop::Usage(format!(
                "Options --{new} and --{old} cannot be specified together."
            )));
        }
    }
    for (old, new) in OLD_NAMES {
        if options.has(old) {
            ctx.out(format!("Warning: --{old} is deprecated and will be removed in a future version. Use --{new} instead.\n"));
        }
    }
    if options.has("max-partition-memory-bytes") {
        ctx.out("Warning: --max-partition-memory-bytes is deprecated and will be removed in Apache Kafka 5.0. Use --batch-size instead.\n");
    }
    check_bootstrap(&options)?;
    Ok(options)
}

fn check_bootstrap(options: &Parsed) -> Result<(), Stop> {
    let list = options.one("bootstrap-server")?.unwrap_or_default();
    if list.is_empty() {
        return Err(Stop::Usage(
            "Error while validating the bootstrap address\n".to_string(),
        ));
    }
    let valid = |address: &str| {
        let port = address
            .rsplit_once(':')
            .and_then(|(_, port)| port.parse::<u16>().ok());
        port.is_some()
    };
    if list.split(',').all(valid) {
        Ok(())
    } else {
        Err(Stop::Usage(
            "Please provide valid host:port like host1:9091,host2:9092\n".to_string(),
        ))
    }
}

struct Sender<'a> {
    ctx: &'a Ctx,
    producer: NodeId,
    topic: Name,
    sync: bool,
    /// Tag, key size, value size of records on their way.
    open: Vec<(u64, Option<usize>, usize)>,
    next_tag: u64,
}

async fn produce(ctx: &Ctx, words: &[String]) -> Result<i32, Stop> {
    let options = check(ctx, words)?;
    if let Some(class) = options
        .one("line-reader")?
        .filter(|class| *class != LINE_READER)
    {
        return Err(Exception::new("java.lang.ClassNotFoundException", class).into());
    }
    let config = config(ctx, &options)?;
    let mut reader = LineReader::new(reader_properties(ctx, &options)?);
    let producer = ctx
        .add_client(NewClient::Producer(config))
        .await
        .map_err(|text| Exception::new("org.apache.kafka.common.KafkaException", text))?;
    let mut sender = Sender {
        ctx,
        producer,
        topic: options.one("topic")?.unwrap_or_default().into(),
        sync: options.has("sync"),
        open: Vec::new(),
        next_tag: 1,
    };
    prompt(ctx);
    loop {
        match ctx.wait(true, None).await {
            Wake::Line(line) => match reader.read(&line) {
                Ok(record) => {
                    sender.send(record).await?;
                    prompt(ctx);
                }
                Err(exception) => {
                    sender.close().await;
                    return Err(exception.into());
                }
            },
            Wake::EndOfInput => {
                sender.close().await;
                return Ok(0);
            }
            Wake::Signal(signal) => {
                if signal == Signal::Interrupt || signal == Signal::Terminate {
                    sender.close().await;
                }
                return Ok(signal.exit());
            }
            Wake::Event(_, event) => {
                sender.seen(event);
            }
            Wake::Time => {}
        }
    }
}

/// Those of the file, then those of the line, which win.
fn reader_properties(ctx: &Ctx, options: &Parsed) -> Result<Vec<(String, String)>, Stop> {
    let file = options.one("reader-config")?;
    let file = file.map(|path| ctx.files().properties(path)).transpose()?;
    let line = options
        .all("reader-property")
        .chain(options.all("property"));
    let line = line.filter_map(|pair| pair.split_once('='));
    let line = line.map(|(name, value)| (name.to_string(), value.to_string()));
    Ok(file.unwrap_or_default().into_iter().chain(line).collect())
}

fn prompt(ctx: &Ctx) {
    if ctx.is_interactive() {
        ctx.out(">");
    }
}

impl Sender<'_> {
    async fn send(&mut self, line: Line) -> Result<(), Stop> {
        let tag = self.next_tag;
        self.next_tag += 1;
        let key_size = line.key.as_ref().map(|key| key.len());
        let value_size = line.value.as_ref().map_or(0, |value| value.len());
        self.open.push((tag, key_size, value_size));
        let record = RecordToSend {
            topic: self.topic.clone(),
            partition: None,
            key: line.key,
            value: line.value,
            headers: line.headers,
            timestamp_ms: None,
        };
        // Tags are per process; the client makes them unique in the ledger.
        let command = ClientCommand::Send(record, tag);
        self.ctx.command(self.producer, command).await;
        while self.sync && self.open.iter().any(|(open, ..)| *open == tag) {
            if let Wake::Event(_, event) = self.ctx.wait(false, None).await
                && let Some(failure) = self.seen(event)
            {
                return Err(Stop::Throw(failure.executed()));
            }
        }
        Ok(())
    }

    async fn close(&mut self) {
        let command = ClientCommand::Close { leave: true };
        self.ctx.command(self.producer, command).await;
        loop {
            if let Wake::Event(_, event) = self.ctx.wait(false, None).await {
                if event == ClientEvent::Closed {
                    return;
                }
                self.seen(event);
            }
        }
    }

    /// Takes note of an event; gives the failure of a record, which is printed
    /// unless records are sent one by one.
    fn seen(&mut self, event: ClientEvent) -> Option<Exception> {
        match event {
            ClientEvent::Acked { tag, .. } => self.open.retain(|(open, ..)| *open != tag),
            ClientEvent::SendFailed { tag, failure, .. } => {
                let index = self.open.iter().position(|(open, ..)| *open == tag)?;
                let (_, key, value) = self.open.remove(index);
                let exception = Exception::of_failure(&failure);
                if !self.sync {
                    let key = key.map_or("null".to_string(), |size| format!("{size} bytes"));
                    let topic = &self.topic;
                    let message = format!(
                        "Error when sending message to topic {topic} with key: {key}, value: {value} bytes with error:"
                    );
                    self.ctx
                        .err(log_line(self.ctx.wall_ms(), "ERROR", &message, CALLBACK));
                    self.ctx.err(exception.trace());
                }
                return Some(exception);
            }
            ClientEvent::Log(log) => {
                let prefix = format!("Producer clientId={CLIENT_ID}");
                self.ctx.err(client_log(self.ctx.wall_ms(), &prefix, &log));
            }
            _ => {}
        }
        None
    }
}
