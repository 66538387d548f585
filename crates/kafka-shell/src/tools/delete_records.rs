//! `kafka-delete-records.sh`: raises log starts to the offsets of a JSON file (LOG-11).

use kafka_core::client::{AdminTarget, NamedPartition};
use kafka_core::error::ErrorCode;
use kafka_core::protocol::{DeleteRecordsRequest, Request, Response};
use kafka_core::types::{Offset, TopicId, TopicPartition};

use super::topics::all_topics;
use super::{Stop, exit_status, opening, require};
use crate::admin::{Admin, interruption};
use crate::java::{Exception, log_line};
use crate::jopt::{OptionSpec, flag, text};
use crate::json::{self, Json};
use crate::process::Ctx;

const HELP: &str =
    "This tool helps to delete records of the given partitions down to the specified offset.";
/// How long a leader waits for its followers.
const TIMEOUT_MS: u32 = 30_000;
/// No topic has this number.
const NO_TOPIC: TopicId = TopicId(u32::MAX);

/// The options; descriptions are our own.
pub(super) const OPTIONS: &[OptionSpec] = &[
    text(
        "bootstrap-server",
        "server(s) to use for bootstrapping",
        "REQUIRED: a broker to begin with, host:port.",
    ),
    text(
        "command-config",
        "command config property file path",
        "Properties for the admin client.",
    ),
    flag("help", "Print this table."),
    text(
        "offset-json-file",
        "Offset json file path",
        "REQUIRED: {\"partitions\":[{\"topic\":\"foo\",\"partition\":1,\"offset\":1}],\"version\":1}; offset -1 is the high watermark.",
    ),
    flag("version", "Print Kafka's version."),
];

/// Runs the tool.
pub(super) async fn run(ctx: Ctx, words: Vec<String>) -> i32 {
    let outcome = delete(&ctx, &words).await;
    exit_status(&ctx, outcome, OPTIONS, |exception| {
        if let Some(exit) = interruption(exception) {
            return exit;
        }
        ctx.err(format!("{}\n{}\n", exception.message, exception.trace()));
        1
    })
}

async fn delete(ctx: &Ctx, words: &[String]) -> Result<i32, Stop> {
    // What the option parser throws ends the tool as any exception does.
    crate::jopt::parse(OPTIONS, words)?;
    let options = opening(ctx, words, OPTIONS, HELP)?;
    require(&options, &["bootstrap-server", "offset-json-file"])?;
    let wanted = read(ctx, options.one("offset-json-file")?.unwrap_or_default())?;
    let servers = options.one("bootstrap-server")?.unwrap_or_default();
    let admin = Admin::connect(ctx, servers, options.one("command-config")?).await?;
    ctx.out("Executing records delete operation\n");
    let mut lines = Vec::new();
    for (name, to) in wanted {
        let outcome = delete_one(&admin, &name, to).await;
        let (topic, partition) = (&name.topic, name.partition);
        lines.push(match outcome {
            Ok(low) => format!("partition: {topic}-{partition}\tlow_watermark: {low}\n"),
            Err(Refused::Thrown(exception)) if interruption(&exception).is_some() => {
                return Err(exception.into());
            }
            Err(refused) => {
                let exception = refused.exception(ctx, &name);
                format!(
                    "partition: {topic}-{partition}\terror: {}\n",
                    exception.text()
                )
            }
        });
    }
    ctx.out("Records delete operation completed:\n");
    ctx.out(lines.concat());
    admin.close().await;
    Ok(0)
}

/// The partitions of the file and their offsets.
fn read(ctx: &Ctx, path: &str) -> Result<Vec<(NamedPartition, i64)>, Exception> {
    let text = ctx.files().given(path)?;
    let invalid = |_| Exception::admin_operation("The input string is not a valid JSON");
    let file = json::parse(&text).map_err(invalid)?;
    if let Some(version) = file.get("version") {
        match version.number::<i64>() {
            Some(1) => {}
            Some(other) => {
                let message = format!("Not supported version field value {other}");
                return Err(Exception::admin_operation(&message));
            }
            None => return Err(mapping("Expected `Integer` value")),
        }
    }
    let partitions = file.get("partitions").and_then(Json::list);
    let partitions =
        partitions.ok_or_else(|| Exception::admin_operation("Missing partitions field"))?;
    let mut wanted: Vec<(NamedPartition, i64)> = Vec::new();
    for entry in partitions {
        let entry = entry_of(entry)?;
        if wanted.iter().any(|(known, _)| *known == entry.0) {
            let message = format!(
                "Offset json file contains duplicate topic partitions: {}-{}",
                entry.0.topic, entry.0.partition
            );
            return Err(Exception::admin_command_failed(message));
        }
        wanted.push(entry);
    }
    Ok(wanted)
}

fn mapping(message: &str) -> Exception {
    Exception::new(
        "com.fasterxml.jackson.databind.JsonMappingException",
        message,
    )
}

fn entry_of(entry: &Json) -> Result<(NamedPartition, i64), Exception> {
    let field = |name: &str| {
        let value = entry.get(name);
        value.ok_or_else(|| mapping(&format!("No such field exists: `{name}`")))
    };
    let wrong = || mapping("Expected a value of another type");
    let topic = field("topic")?.text().ok_or_else(wrong)?;
    let partition = field("partition")?.number::<u32>().ok_or_else(wrong)?;
    let offset = field("offset")?.number::<i64>().ok_or_else(wrong)?;
    let name = NamedPartition {
        topic: topic.into(),
        partition,
    };
    Ok((name, offset))
}

/// Why a partition's records stay.
enum Refused {
    /// The leader said so.
    Answered(ErrorCode),
    /// The call ended before.
    Thrown(Exception),
}

impl Refused {
    /// The exception of the partition; what a broker refused is logged, too.
    fn exception(self, ctx: &Ctx, name: &NamedPartition) -> Exception {
        match self {
            Refused::Thrown(exception) => exception,
            Refused::Answered(error) => {
                let text = format!(
                    "[AdminClient clientId=adminclient-1] DeleteRecords request for topic partition {}-{} failed due to an unexpected error {}",
                    name.topic,
                    name.partition,
                    error.name()
                );
                let logger = "org.apache.kafka.clients.admin.internals.DeleteRecordsHandler";
                ctx.err(log_line(ctx.wall_ms(), "ERROR", &text, logger));
                Exception::of_code(error)
            }
        }
    }
}

async fn delete_one(admin: &Admin, name: &NamedPartition, to: i64) -> Result<Offset, Refused> {
    let topics = all_topics(admin).await.map_err(Refused::Thrown)?;
    let topic = topics.iter().find(|topic| topic.name == name.topic);
    let known = topic.filter(|topic| (name.partition as usize) < topic.partitions.len());
    // A partition that nobody knows is waited for: the client looks for its leader.
    let topic = known.map_or(NO_TOPIC, |topic| topic.topic);
    let id = TopicPartition::new(topic, name.partition);
    let request = Request::DeleteRecords(DeleteRecordsRequest {
        partitions: vec![(id, Offset(to))],
        timeout_ms: TIMEOUT_MS,
    });
    let target = AdminTarget::Leader(name.clone());
    let answer = admin.call(target, request).await.map_err(Refused::Thrown)?;
    let Response::DeleteRecords(answer) = answer else {
        return Err(Refused::Answered(ErrorCode::UnknownServerError));
    };
    match answer.partitions.first() {
        Some((_, ErrorCode::None, low)) => Ok(*low),
        Some((_, error, _)) => Err(Refused::Answered(*error)),
        None => Err(Refused::Answered(ErrorCode::UnknownServerError)),
    }
}
