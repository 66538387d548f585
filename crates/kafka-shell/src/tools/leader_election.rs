//! `kafka-leader-election.sh`: preferred and unclean elections on demand.

use kafka_core::client::AdminTarget;
use kafka_core::error::ErrorCode;
use kafka_core::protocol::{ElectLeadersRequest, ElectionType, Request, Response};
use kafka_core::types::Name;

use super::VERSION;
use crate::admin::{Admin, interruption};
use crate::java::Exception;
use crate::jopt::{OptionSpec, Parsed, flag, help_table, integer, parse, text};
use crate::json::{self, Json};
use crate::process::Ctx;

/// The options; descriptions are our own.
pub(super) const OPTIONS: &[OptionSpec] = &[
    text(
        "admin.config",
        "config file",
        "(DEPRECATED) Properties for the admin client.",
    ),
    flag("all-topic-partitions", "All partitions that may need it."),
    text(
        "bootstrap-server",
        "host:port",
        "REQUIRED: a broker to begin with, host:port.",
    ),
    text(
        "command-config",
        "Config file",
        "Properties for the admin client.",
    ),
    text(
        "election-type",
        "[PREFERRED,UNCLEAN]",
        "REQUIRED: preferred (the first replica) or unclean (accepts lost data).",
    ),
    flag("help", "Print this table."),
    integer("partition", "partition id", "The partition; needs --topic."),
    text(
        "path-to-json-file",
        "Path to JSON file",
        "A file with the partitions: {\"partitions\":[{\"topic\":\"t\",\"partition\":0}]}.",
    ),
    text("topic", "topic name", "The topic; needs --partition."),
    flag("version", "Print Kafka's version."),
];

/// Runs the tool.
pub(super) async fn run(ctx: Ctx, words: Vec<String>) -> i32 {
    match elect(&ctx, &words).await {
        Ok(exit) => exit,
        Err(exception) => {
            if let Some(exit) = interruption(&exception) {
                return exit;
            }
            ctx.err(format!("{}\n{}\n", exception.message, exception.trace()));
            1
        }
    }
}

fn check(options: &Parsed) -> Result<(), Exception> {
    let missing: Vec<&str> = ["bootstrap-server", "election-type"]
        .into_iter()
        .filter(|name| !options.has(name))
        .collect();
    if !missing.is_empty() {
        let names = missing.join(", ");
        return Err(Exception::admin_command_failed(format!(
            "Missing required option(s): {names}"
        )));
    }
    let scopes = ["topic", "all-topic-partitions", "path-to-json-file"];
    if scopes.iter().filter(|name| options.has(name)).count() != 1 {
        return Err(Exception::admin_command_failed(
            "One and only one of the following options is required: topic, all-topic-partitions, path-to-json-file",
        ));
    }
    match (options.has("topic"), options.has("partition")) {
        (true, false) => Err(Exception::admin_command_failed(
            "Missing required option(s): partition",
        )),
        (false, true) => Err(Exception::admin_command_failed(
            "Option partition is only allowed if topic is used",
        )),
        _ => Ok(()),
    }
}

fn election_type(options: &Parsed) -> Result<ElectionType, Exception> {
    let text = options.one("election-type")?.unwrap_or_default();
    match text.to_ascii_uppercase().as_str() {
        "PREFERRED" => Ok(ElectionType::Preferred),
        "UNCLEAN" => Ok(ElectionType::Unclean),
        _ => Err(Exception {
            causes: vec![format!(
                "joptsimple.ValueConversionException: Value [{text}] is not one of [[PREFERRED,UNCLEAN]]"
            )],
            ..Exception::new(
                "joptsimple.OptionArgumentConversionException",
                format!("Cannot parse argument '{text}' of option election-type"),
            )
        }),
    }
}

async fn elect(ctx: &Ctx, words: &[String]) -> Result<i32, Exception> {
    let options = parse(OPTIONS, words)?;
    if words.is_empty() || options.has("help") {
        ctx.err(format!(
            "This tool attempts to elect a new leader for a set of topic partitions. The type of elections supported are preferred replicas and unclean replicas.\n{}",
            help_table(OPTIONS)
        ));
        return Ok(1);
    }
    if options.has("version") {
        ctx.out(format!("{VERSION}\n"));
        return Ok(0);
    }
    check(&options)?;
    let election_type = election_type(&options)?;
    let file = options.one("path-to-json-file")?;
    let wanted: Option<Vec<(Name, u32)>> = match (file, options.one("topic")?) {
        (Some(path), _) => Some(listed(ctx, path)?),
        (None, Some(topic)) => {
            let partition = options.integer("partition")?.unwrap_or_default();
            Some(vec![(
                topic.into(),
                u32::try_from(partition).unwrap_or(u32::MAX),
            )])
        }
        (None, None) => None,
    };
    if wanted.as_ref().is_some_and(Vec::is_empty) {
        return Ok(0);
    }
    let servers = options.one("bootstrap-server")?.unwrap_or_default();
    let mut config = options.one("command-config")?;
    if options.has("admin.config") {
        ctx.out("Option --admin.config has been deprecated and will be removed in a future version. Use --command-config instead.\n");
        config = options.one("admin.config")?;
    }
    let admin = Admin::connect(ctx, servers, config).await?;
    let request = Request::ElectLeaders(ElectLeadersRequest {
        election_type,
        partitions: wanted,
    });
    match admin.call(AdminTarget::AnyBroker, request).await? {
        Response::ElectLeaders(answer) => {
            if answer.error.is_error() {
                return Err(Exception::of_code(answer.error));
            }
            Ok(report(ctx, election_type, &answer.partitions))
        }
        _ => Err(Exception::new(
            "java.lang.IllegalStateException",
            "unexpected response",
        )),
    }
}

/// The partitions of a file.
fn listed(ctx: &Ctx, path: &str) -> Result<Vec<(Name, u32)>, Exception> {
    let text = ctx.files().given(path).map_err(|unread| unread.wrapped())?;
    let json = json::parse(&text)
        .map_err(|_| Exception::admin_operation("Replica election data is empty"))?;
    let partitions = json.get("partitions").and_then(Json::list);
    let missing =
        || Exception::admin_operation("Replica election data is missing \"partitions\" field");
    let mut wanted = Vec::new();
    for partition in partitions.ok_or_else(missing)? {
        let topic = partition.get("topic").and_then(Json::text);
        let number = partition.get("partition").and_then(Json::number);
        let (Some(topic), Some(number)) = (topic, number) else {
            let name = if topic.is_none() {
                "topic"
            } else {
                "partition"
            };
            return Err(Exception::new(
                "com.fasterxml.jackson.databind.JsonMappingException",
                format!("No such field exists: `{name}`"),
            ));
        };
        wanted.push((Name::from(topic), number));
    }
    let twice = super::reassign::duplicates(wanted.iter().cloned());
    if twice.is_empty() {
        return Ok(wanted);
    }
    let names: Vec<String> = twice.iter().map(|(t, p)| format!("{t}-{p}")).collect();
    Err(Exception::admin_operation(format!(
        "Replica election data contains duplicate partitions: [{}]",
        names.join(", ")
    )))
}

fn report(
    ctx: &Ctx,
    election_type: ElectionType,
    partitions: &[(Name, u32, kafka_core::protocol::Outcome)],
) -> i32 {
    let kind = match election_type {
        ElectionType::Preferred => "PREFERRED",
        ElectionType::Unclean => "UNCLEAN",
    };
    let names = |wanted: ErrorCode| {
        let names: Vec<String> = partitions
            .iter()
            .filter(|(_, _, outcome)| outcome.error == wanted)
            .map(|(topic, partition, _)| format!("{topic}-{partition}"))
            .collect();
        names.join(", ")
    };
    let done = names(ErrorCode::None);
    if !done.is_empty() {
        ctx.out(format!(
            "Successfully completed leader election ({kind}) for partitions {done}\n"
        ));
    }
    let noop = names(ErrorCode::ElectionNotNeeded);
    if !noop.is_empty() {
        ctx.out(format!(
            "Valid replica already elected for partitions {noop}\n"
        ));
    }
    let mut suppressed = Vec::new();
    for (topic, partition, outcome) in partitions {
        if outcome.error.is_error() && outcome.error != ErrorCode::ElectionNotNeeded {
            let cause = Exception::of_outcome(outcome).text();
            ctx.out(format!(
                "Error completing leader election ({kind}) for partition: {topic}-{partition}: {cause}\n"
            ));
            suppressed.push(cause);
        }
    }
    if suppressed.is_empty() {
        return 0;
    }
    let message = format!("{} replica(s) could not be elected", suppressed.len());
    let mut trace = format!(
        "{message}\n{}\n",
        Exception::admin_command_failed(message.as_str()).text()
    );
    for cause in &suppressed {
        trace.push_str(&format!("\tSuppressed: {cause}\n"));
    }
    trace.push('\n');
    ctx.err(trace);
    1
}
