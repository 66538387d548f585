//! `kafka-console-consumer.sh`: prints records as they arrive.

mod config;

use kafka_core::client::{ClientCommand, NamedPartition};
use kafka_core::config::GroupProtocol;
use kafka_core::protocol::OffsetSpec;
use kafka_core::topic_pattern::TopicPattern;
use kafka_core::types::{Duration, Name, NodeId, Offset};

use super::console_reader::Reader;
use super::reader_options::{formatter, given, renamed};
use super::{Stop, consumer_failed, exit_status, opening, require, uncaught};
use crate::hints::Hint;
use crate::host::NewClient;
use crate::java::Exception;
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
        "consumer-property",
        "consumer_prop",
        "Deprecated name of --command-property.",
    ),
    text(
        "consumer.config",
        "config file",
        "Deprecated name of --command-config.",
    ),
    flag(
        "enable-systest-events",
        "Say at the end that the consumer has shut down.",
    ),
    text(
        "formatter",
        "class",
        "What prints records: org.apache.kafka.tools.consumer.DefaultMessageFormatter, or OffsetsMessageFormatter, GroupMetadataMessageFormatter, TransactionLogMessageFormatter, ... for Kafka's own topics.",
    ),
    text(
        "formatter-config",
        "config file",
        "A file of formatter properties; --formatter-property goes before it.",
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
    text(
        "key-deserializer",
        "deserializer for key",
        "The class that makes keys of bytes, as org.apache.kafka.common.serialization.LongDeserializer.",
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
    flag(
        "skip-message-on-error",
        "Pass over a record that cannot be printed.",
    ),
    integer(
        "timeout-ms",
        "timeout_ms",
        "End if no record comes for this long.",
    ),
    text("topic", "topic", "The topic to read."),
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
    let old_names = [
        ("property", "formatter-property"),
        ("consumer-property", "command-property"),
        ("consumer.config", "command-config"),
    ];
    renamed(ctx, &options, &old_names)?;
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

async fn consume(ctx: &Ctx, words: &[String]) -> Result<i32, Stop> {
    let options = check(ctx, words)?;
    let timeout = options.integer("timeout-ms")?.filter(|ms| *ms >= 0);
    let partition = options.integer("partition");
    let partition = partition.map_err(|error| uncaught(ctx, &error.into()))?;
    let given = given(ctx, &options)?;
    let formatter = formatter(ctx, &options)?;
    let config = config::config(ctx, &options, &given)?;
    let prefix = match &config.group {
        Some(group) => format!("Consumer clientId={CLIENT_ID}, groupId={group}"),
        None => format!("Consumer clientId={CLIENT_ID}, groupId=null"),
    };
    let is_classic = config.protocol == GroupProtocol::Classic;
    let topics = match topics(&options)? {
        Ok(topics) => topics,
        Err(problem) => return bad_pattern(ctx, &options, is_classic, problem),
    };
    let consumer = ctx
        .add_client(NewClient::Consumer(config))
        .await
        .map_err(|text| Exception::new("org.apache.kafka.common.KafkaException", text))?;
    let formatter = (formatter, options.has("skip-message-on-error"));
    let reader = Reader::new(ctx, consumer, (LOGGER, prefix), formatter);
    let mut reader = reader.telling_end(options.has("enable-systest-events"));
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
    // Kafka looks at it only now.
    let limit = options.integer("max-messages").map_err(Exception::from);
    let limit = limit.map(|limit| limit.and_then(|limit| u64::try_from(limit).ok()));
    Ok(reader.read(limit, patience).await?)
}

/// What is read.
enum Topics {
    Named(Name),
    Matching(TopicPattern),
}

/// `--topic` or `--include`, or what is wrong with the expression.
fn topics(options: &Parsed) -> Result<Result<Topics, String>, Stop> {
    let Some(text) = options.one("include")? else {
        let topic = options.one("topic")?.unwrap_or_default();
        return Ok(Ok(Topics::Named(topic.into())));
    };
    Ok(TopicPattern::new(text).map(Topics::Matching))
}

/// Ends with Java's words for an expression that is none, or with ours.
fn bad_pattern(
    ctx: &Ctx,
    options: &Parsed,
    is_classic: bool,
    problem: String,
) -> Result<i32, Stop> {
    let text = options.one("include")?.unwrap_or_default();
    let Some(exception) = pattern_error(text) else {
        ctx.hint(&Hint::BadPattern(problem));
        return Ok(1);
    };
    if is_classic {
        ctx.err(PROTOCOL_NOTICE);
    }
    Err(Stop::Throw(exception))
}

/// Java's exception for a class or a group that is not closed.
fn pattern_error(pattern: &str) -> Option<Exception> {
    let (mut classes, mut groups, mut escaped) = (0_u32, 0_i32, false);
    for c in pattern.chars() {
        match c {
            _ if escaped => {}
            '[' => classes += 1,
            ']' => classes = classes.saturating_sub(1),
            '(' if classes == 0 => groups += 1,
            ')' if classes == 0 => groups -= 1,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    let end = pattern.chars().count();
    let message = match (classes, groups) {
        (1.., _) => {
            let last = end.saturating_sub(1);
            let mark = " ".repeat(last);
            format!("Unclosed character class near index {last}\n{pattern}\n{mark}^")
        }
        (0, 1..) => format!("Unclosed group near index {end}\n{pattern}"),
        _ => return None,
    };
    let class = "java.util.regex.PatternSyntaxException";
    Some(Exception::new(class, message))
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

#[cfg(test)]
mod tests {
    use super::pattern_error;

    /// As `Pattern.compile` of Java 17 says it.
    #[test]
    fn what_is_not_closed_is_told_as_java_tells_it() {
        let message = |pattern| pattern_error(pattern).map(|error| error.message);
        let group = |index: u32, pattern: &str| {
            Some(format!("Unclosed group near index {index}\n{pattern}"))
        };
        let class = |index: usize, pattern: &str| {
            let mark = " ".repeat(index);
            Some(format!(
                "Unclosed character class near index {index}\n{pattern}\n{mark}^"
            ))
        };
        assert_eq!(message("["), class(0, "["));
        assert_eq!(message("(a["), class(2, "(a["));
        assert_eq!(message("a("), group(2, "a("));
        assert_eq!(message("(?:x"), group(4, "(?:x"));
        assert_eq!(message(r"a\["), None);
        assert_eq!(message("(a|[bc(]+)"), None);
    }
}
