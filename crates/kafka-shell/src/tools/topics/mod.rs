//! `kafka-topics.sh`: create, list, describe, alter, delete topics.

mod describe;
mod options;
mod write;

use kafka_core::client::AdminTarget;
use kafka_core::protocol::{MetadataRequest, MetadataTopic, Request, Response};
use kafka_core::types::Name;
use regex_lite::Regex;

use super::{Stop, VERSION, log_exception, usage};
use crate::admin::{Admin, interruption};
use crate::java::Exception;
use crate::jopt::{Parsed, parse};
use crate::process::Ctx;

pub(super) use options::OPTIONS;

const LOGGER: &str = "org.apache.kafka.tools.TopicCommand";

/// Runs the tool.
pub(super) async fn run(ctx: Ctx, words: Vec<String>) -> i32 {
    let options = match check(&ctx, &words) {
        Ok(options) => options,
        Err(Stop::Exit(exit)) => return exit,
        Err(Stop::Usage(message)) => return usage(&ctx, &message, OPTIONS),
        Err(Stop::Throw(exception)) => {
            // Thrown while options are read: message, then the trace, no logger.
            ctx.err(format!("{}\n{}\n", exception.message, exception.trace()));
            return 1;
        }
    };
    let admin = match connect(&ctx, &options).await {
        Ok(admin) => admin,
        Err(exception) => {
            ctx.err(format!("{}\n{}\n", exception.message, exception.trace()));
            return 1;
        }
    };
    match execute(&ctx, &admin, &options).await {
        Ok(()) => 0,
        Err(exception) => {
            if let Some(exit) = interruption(&exception) {
                return exit;
            }
            ctx.out(format!(
                "Error while executing topic command : {}\n",
                exception.message
            ));
            log_exception(&ctx, &exception, LOGGER);
            admin.close().await;
            1
        }
    }
}

fn check(ctx: &Ctx, words: &[String]) -> Result<Parsed, Stop> {
    let options = parse(OPTIONS, words)?;
    if words.is_empty() {
        return Err(Stop::Usage(
            "Create, delete, describe, or change a topic.".to_string(),
        ));
    }
    if options.has("help") {
        return Err(Stop::Usage(
            "This tool helps to create, delete, describe, or change a topic.".to_string(),
        ));
    }
    if options.has("version") {
        ctx.out(format!("{VERSION}\n"));
        return Err(Stop::Exit(0));
    }
    options::check(ctx, &options)?;
    Ok(options)
}

async fn connect(ctx: &Ctx, options: &Parsed) -> Result<Admin, Exception> {
    let servers = options.one("bootstrap-server")?.unwrap_or_default();
    Admin::connect(ctx, servers, options.one("command-config")?).await
}

async fn execute(ctx: &Ctx, admin: &Admin, options: &Parsed) -> Result<(), Exception> {
    if options.has("create") {
        write::create(ctx, admin, options).await
    } else if options.has("alter") {
        write::alter(admin, options).await
    } else if options.has("delete") {
        write::delete(admin, options).await
    } else if options.has("list") {
        list(ctx, admin, options).await
    } else {
        describe::describe(ctx, admin, options).await
    }
}

async fn list(ctx: &Ctx, admin: &Admin, options: &Parsed) -> Result<(), Exception> {
    let topics = matching(admin, options).await?;
    let names: Vec<&str> = topics.iter().map(|topic| &*topic.name).collect();
    // An empty cluster prints one empty line.
    ctx.out(format!("{}\n", names.join("\n")));
    Ok(())
}

/// Topics as any broker lists them, sorted by name.
pub(super) async fn all_topics(admin: &Admin) -> Result<Vec<MetadataTopic>, Exception> {
    let request = Request::Metadata(MetadataRequest {
        topics: None,
        allow_auto_topic_creation: false,
    });
    let response = admin.call(AdminTarget::AnyBroker, request).await?;
    let Response::Metadata(mut metadata) = response else {
        return Err(Exception::new(
            "java.lang.IllegalStateException",
            "wrong answer",
        ));
    };
    metadata.topics.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(metadata.topics)
}

/// Topics that `--topic` (a regular expression) and `--exclude-internal` leave.
async fn matching(admin: &Admin, options: &Parsed) -> Result<Vec<MetadataTopic>, Exception> {
    // Kafka reads the option only after it has listed the topics' client.
    let pattern = options.one("topic")?.map(include_list).transpose()?;
    let topics = all_topics(admin).await?;
    let exclude_internal = options.has("exclude-internal");
    Ok(topics
        .into_iter()
        .filter(|topic| !(exclude_internal && topic.is_internal))
        .filter(|topic| pattern.as_ref().is_none_or(|p| p.is_match(&topic.name)))
        .collect())
}

/// Kafka's include list: `,` means "or", quotes around it are dropped, and the
/// whole name must match.
pub(super) fn include_list(text: &str) -> Result<Regex, Exception> {
    let alternatives = text.trim().replace(',', "|").replace(' ', "");
    let bare = alternatives.trim_matches(['"', '\'']);
    Regex::new(&format!("^(?:{bare})$")).map_err(|error| {
        Exception::new(
            "java.lang.RuntimeException",
            format!("{text} is an invalid regex. ({error})"),
        )
    })
}

/// The topics the action is about, or Kafka's complaint that there are none.
async fn expected(admin: &Admin, options: &Parsed) -> Result<Vec<Name>, Exception> {
    let topics = matching(admin, options).await?;
    if topics.is_empty()
        && !options.has("if-exists")
        && let Some(name) = options.one("topic")?
    {
        return Err(Exception::illegal_argument(format!(
            "Topic '{name}' does not exist as expected"
        )));
    }
    Ok(topics.into_iter().map(|topic| topic.name).collect())
}
