//! `kafka-get-offsets.sh`: where logs begin and end, and what offset a time has.

use kafka_core::client::{AdminTarget, NamedPartition};
use kafka_core::error::ErrorCode;
use kafka_core::protocol::{ListOffsetsRequest, MetadataTopic, OffsetSpec, Request, Response};
use kafka_core::types::{LeaderEpoch, Offset, TopicPartition};
use regex_lite::Regex;

use super::topics::{all_topics, include_list};
use super::{Stop, exit_status, opening, require};
use crate::admin::{Admin, interruption};
use crate::java::{Exception, log_line};
use crate::jopt::{OptionSpec, Parsed, flag, text};
use crate::process::Ctx;

const HELP: &str = "An interactive shell for getting topic-partition offsets.";
const TERSE: &str = "org.apache.kafka.tools.TerseException";

/// The options; descriptions are our own.
pub(super) const OPTIONS: &[OptionSpec] = &[
    text(
        "bootstrap-server",
        "HOST1:PORT1,...",
        "REQUIRED: a broker to begin with, host:port.",
    ),
    text(
        "command-config",
        "config file",
        "Properties for the admin client.",
    ),
    flag("exclude-internal-topics", "Leave out internal topics."),
    flag("help", "Print this table."),
    text(
        "partitions",
        "partition ids",
        "Only these partitions, with commas between them.",
    ),
    text(
        "time",
        "<timestamp> / -1 or latest / -2 or earliest / ...",
        "The first offset at or after that time, or one of the names. Default: latest.",
    ),
    text(
        "topic",
        "topic",
        "Only topics that match this regular expression.",
    ),
    text(
        "topic-partitions",
        "topic1:1,topic2:0-3,...",
        "Only these partitions: a number, FROM-TO (TO not included), FROM- or -TO.",
    ),
    flag("version", "Print Kafka's version."),
];

/// Runs the tool.
pub(super) async fn run(ctx: Ctx, words: Vec<String>) -> i32 {
    let outcome = get(&ctx, &words).await;
    exit_status(&ctx, outcome, OPTIONS, |exception| {
        if let Some(exit) = interruption(exception) {
            return exit;
        }
        let trace = match exception.class == TERSE {
            true => String::new(),
            false => format!("{}\n", exception.trace()),
        };
        ctx.err(format!("Error occurred: {}\n{trace}", exception.message));
        1
    })
}

fn terse(message: impl Into<String>) -> Stop {
    Stop::Throw(Exception::new(TERSE, message))
}

/// What is asked of each partition.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Question {
    Ask(OffsetSpec),
    /// Nothing lies in a tier that does not exist.
    Tiered,
    /// A number that brokers do not know.
    Unknown,
}

fn question(ctx: &Ctx, text: &str) -> Result<Question, Stop> {
    let ask = |spec| Ok(Question::Ask(spec));
    match text {
        "-1" | "latest" => ask(OffsetSpec::Latest),
        "-2" | "earliest" | "-4" | "earliest-local" => ask(OffsetSpec::Earliest),
        "-3" | "max-timestamp" => ask(OffsetSpec::MaxTimestamp),
        "-5" | "latest-tiered" | "-6" | "earliest-pending-upload" => Ok(Question::Tiered),
        _ => match text.parse::<i64>() {
            Ok(time) if time >= 0 => {
                let epoch_ms = ctx.wall_ms() - ctx.now().as_ms() as i64;
                ask(OffsetSpec::Timestamp((time - epoch_ms).max(0)))
            }
            Ok(_) => Ok(Question::Unknown),
            Err(_) => Err(terse(format!(
                "Malformed time argument {text}. Please use -1 or latest / -2 or earliest / -3 or max-timestamp / -4 or earliest-local / -5 or latest-tiered / -6 or earliest-pending-upload, or a specified long format timestamp"
            ))),
        },
    }
}

/// Which partitions are asked for.
enum Filter {
    /// A pattern of names, and numbers (none: all).
    Names(Option<Regex>, Vec<u32>),
    /// Any of these: a pattern of names, first number, number after the last.
    Rules(Vec<(Regex, u32, u32)>),
}

impl Filter {
    fn of(options: &Parsed) -> Result<Filter, Stop> {
        if let Some(rules) = options.one("topic-partitions")? {
            if options.has("topic") || options.has("partitions") {
                let text = "--topic-partitions cannot be used with --topic or --partitions";
                return Err(terse(text));
            }
            let rules: Result<_, Exception> = rules.split(',').map(rule).collect();
            return Ok(Filter::Rules(rules?));
        }
        let names = options.one("topic")?.map(include_list).transpose()?;
        let Some(list) = options.one("partitions")? else {
            return Ok(Filter::Names(names, Vec::new()));
        };
        let numbers: Result<Vec<u32>, _> = list.split(',').map(str::parse).collect();
        let numbers = numbers.map_err(|_| {
            terse(format!(
                "--partitions expects a comma separated list of numeric partition ids, but received: {list}"
            ))
        })?;
        Ok(Filter::Names(names, numbers))
    }

    fn takes(&self, topic: &str, partition: u32) -> bool {
        match self {
            Filter::Names(names, numbers) => {
                names.as_ref().is_none_or(|names| names.is_match(topic))
                    && (numbers.is_empty() || numbers.contains(&partition))
            }
            Filter::Rules(rules) => rules.iter().any(|(names, from, to)| {
                names.is_match(topic) && (*from..*to).contains(&partition)
            }),
        }
    }
}

/// `topic`, `topic:1`, `topic:1-3`, `topic:1-`, `topic:-3`; the topic may be left out.
fn rule(text: &str) -> Result<(Regex, u32, u32), Exception> {
    let bad = || {
        let message = format!("Invalid rule specification: {text}");
        let cause = Exception::new(TERSE, message).text();
        Exception {
            causes: vec![cause.clone()],
            ..Exception::new("java.lang.RuntimeException", cause)
        }
    };
    let (name, numbers) = match text.split_once(':') {
        Some((name, numbers)) => (name, numbers),
        None => (text, ""),
    };
    let number = |text: &str, default: u32| match text {
        "" => Ok(default),
        digits if digits.bytes().all(|it| it.is_ascii_digit()) => digits.parse().map_err(|_| bad()),
        _ => Err(bad()),
    };
    let (from, to) = match numbers.split_once('-') {
        Some((from, to)) => (number(from, 0)?, number(to, u32::MAX)?),
        None if numbers.is_empty() => (0, u32::MAX),
        None => {
            let only = number(numbers, 0)?;
            (only, only.saturating_add(1))
        }
    };
    let name = if name.is_empty() { ".*" } else { name };
    Ok((include_list(name)?, from, to))
}

async fn get(ctx: &Ctx, words: &[String]) -> Result<i32, Stop> {
    if let Err(error) = crate::jopt::parse(OPTIONS, words) {
        return Err(terse(error.message));
    }
    let options = opening(ctx, words, OPTIONS, HELP)?;
    require(&options, &["bootstrap-server"])?;
    let question = question(ctx, options.one("time")?.unwrap_or("latest"))?;
    let filter = Filter::of(&options)?;
    let servers = options.one("bootstrap-server")?.unwrap_or_default();
    let admin = Admin::connect(ctx, servers, options.one("command-config")?).await?;
    let mut wanted = wanted(&admin, &filter, options.has("exclude-internal-topics")).await?;
    if wanted.is_empty() {
        return Err(terse(
            "Could not match any topic-partitions with the specified filters",
        ));
    }
    let found = ask_all(ctx, &admin, &wanted, question).await?;
    admin.close().await;
    // Kafka sorts by the partition's name.
    wanted.sort_by_key(|(name, _, _)| format!("{}-{}", name.topic, name.partition));
    for (name, id, _) in &wanted {
        let offset = found.iter().find(|(known, _)| known == id);
        if let Some((_, offset)) = offset.filter(|(_, offset)| *offset != Offset::UNKNOWN) {
            ctx.out(format!("{}:{}:{offset}\n", name.topic, name.partition));
        }
    }
    Ok(0)
}

/// A partition by name and id, and whether it has a leader.
type Wanted = (NamedPartition, TopicPartition, bool);

async fn wanted(admin: &Admin, filter: &Filter, internal: bool) -> Result<Vec<Wanted>, Exception> {
    let topics = all_topics(admin).await?;
    let topics = topics
        .iter()
        .filter(|topic| !(internal && topic.is_internal));
    let partitions = topics.flat_map(|topic: &MetadataTopic| {
        topic.partitions.iter().map(move |partition| {
            let named = NamedPartition {
                topic: topic.name.clone(),
                partition: partition.partition,
            };
            let id = TopicPartition::new(topic.topic, partition.partition);
            (named, id, partition.leader.is_some())
        })
    });
    let wanted = partitions.filter(|(name, _, _)| filter.takes(&name.topic, name.partition));
    Ok(wanted.collect())
}

async fn ask_all(
    ctx: &Ctx,
    admin: &Admin,
    wanted: &[Wanted],
    question: Question,
) -> Result<Vec<(TopicPartition, Offset)>, Exception> {
    let mut found = Vec::new();
    let mut given_up: Option<Exception> = None;
    for (name, id, has_leader) in wanted {
        let answer = match (question, &given_up) {
            (Question::Tiered, _) => continue,
            (Question::Unknown, _) => {
                let error = ErrorCode::UnsupportedVersion;
                log_refused(ctx, name, error);
                Err(Exception::of_code(error))
            }
            // All partitions without a leader are waited for together.
            (_, Some(exception)) if !has_leader => Err(exception.clone()),
            (Question::Ask(spec), _) => ask(admin, name, *id, spec).await,
        };
        match answer {
            Ok(offset) => found.push((*id, offset)),
            Err(exception) if interruption(&exception).is_some() => return Err(exception),
            Err(exception) => {
                ctx.err(format!(
                    "Skip getting offsets for topic-partition {}-{} due to error: {}\n",
                    name.topic,
                    name.partition,
                    exception.text()
                ));
                given_up = given_up.or(Some(exception).filter(|_| !has_leader));
            }
        }
    }
    Ok(found)
}

async fn ask(
    admin: &Admin,
    name: &NamedPartition,
    id: TopicPartition,
    spec: OffsetSpec,
) -> Result<Offset, Exception> {
    let request = Request::ListOffsets(ListOffsetsRequest {
        replica: None,
        read_committed: false,
        partitions: vec![(id, LeaderEpoch::NONE, spec)],
    });
    let target = AdminTarget::Leader(name.clone());
    let Response::ListOffsets(answer) = admin.call(target, request).await? else {
        return Err(Exception::of_code(ErrorCode::UnknownServerError));
    };
    match answer.partitions.first() {
        Some(partition) if partition.error.is_error() => Err(Exception::of_code(partition.error)),
        Some(partition) => Ok(partition.offset),
        None => Err(Exception::of_code(ErrorCode::UnknownServerError)),
    }
}

fn log_refused(ctx: &Ctx, name: &NamedPartition, error: ErrorCode) {
    let text = format!(
        "[AdminClient clientId=GetOffsetShell] ListOffsets request for topic partition {}-{} failed due to an unexpected error {}",
        name.topic,
        name.partition,
        error.name()
    );
    let logger = "org.apache.kafka.clients.admin.internals.ListOffsetsHandler";
    ctx.err(log_line(ctx.wall_ms(), "ERROR", &text, logger));
}
