//! `kafka-groups.sh`: lists the groups of all kinds.

use kafka_core::client::AdminTarget;
use kafka_core::protocol::{ListGroupsRequest, ListedGroup, Request, Response};

use super::{Stop, exit_status, help_or_version, log_exception, refuse};
use crate::admin::{Admin, interruption};
use crate::java::{Exception, NO_MESSAGE};
use crate::jopt::{OptionSpec, Parsed, flag, parse, text};
use crate::process::Ctx;

const LOGGER: &str = "org.apache.kafka.tools.GroupsCommand";
const HELP: &str = "This tool helps to list groups of all types.";
const TYPES: [&str; 4] = ["classic", "consumer", "share", "streams"];

/// The options; descriptions are our own.
pub(super) const OPTIONS: &[OptionSpec] = &[
    text(
        "bootstrap-server",
        "server to connect to",
        "REQUIRED: a broker to begin with, host:port.",
    ),
    text(
        "command-config",
        "command config property file",
        "Properties for the admin client.",
    ),
    flag(
        "consumer",
        "Only groups of consumers, whichever protocol they speak.",
    ),
    text(
        "group-type",
        "type",
        "Only groups of this type: classic, consumer, share or streams.",
    ),
    flag("help", "Print this table."),
    flag("list", "List the groups."),
    text("protocol", "protocol", "Only groups of this protocol."),
    flag("share", "Only share groups."),
    flag("streams", "Only streams groups."),
    flag("version", "Print Kafka's version."),
];

/// Runs the tool.
pub(super) async fn run(ctx: Ctx, words: Vec<String>) -> i32 {
    let options = match check(&ctx, &words) {
        Ok(options) => options,
        Err(stop) => {
            return exit_status(&ctx, Err(stop), OPTIONS, |exception| {
                ctx.err(format!("{}\n{}\n", exception.message, exception.trace()));
                1
            });
        }
    };
    match list(&ctx, &options).await {
        Ok(()) => 0,
        Err(exception) => interruption(&exception).unwrap_or_else(|| {
            let text = format!(
                "Error while executing groups command : {}\n",
                exception.message()
            );
            ctx.out(text);
            log_exception(&ctx, &exception, LOGGER);
            1
        }),
    }
}

fn check(ctx: &Ctx, words: &[String]) -> Result<Parsed, Stop> {
    let options = parse(OPTIONS, words).map_err(|error| Stop::Usage(error.message))?;
    let asks_nothing = !options.has("help") && !options.has("version");
    if asks_nothing && !options.has("bootstrap-server") {
        let text = "Missing required option(s) [bootstrap-server]";
        return Err(Stop::Usage(text.to_string()));
    }
    help_or_version(ctx, words, &options, HELP)?;
    if !options.has("list") {
        let text = "Command must include exactly one action: --list.";
        return Err(Stop::Usage(text.to_string()));
    }
    refuse(
        &options,
        "consumer",
        &["group-type", "protocol", "share", "streams"],
    )?;
    refuse(
        &options,
        "share",
        &["consumer", "group-type", "protocol", "streams"],
    )?;
    refuse(
        &options,
        "streams",
        &["consumer", "group-type", "protocol", "share"],
    )?;
    if let Some(kind) = options.one("group-type")?
        && !TYPES.iter().any(|known| known.eq_ignore_ascii_case(kind))
    {
        let text = "--group-type must be a valid group type.";
        return Err(Exception::illegal_argument(text).into());
    }
    Ok(options)
}

/// Whether the filters on the line let a group through.
fn is_asked(options: &Parsed, group: &ListedGroup) -> Result<bool, Exception> {
    let (kind, protocol) = (&*group.group_type, &*group.protocol_type);
    if options.has("consumer") {
        let plain = kind == "Classic" && (protocol == "consumer" || protocol.is_empty());
        return Ok(kind == "Consumer" || plain);
    }
    if options.has("share") || options.has("streams") {
        let wanted = if options.has("share") {
            "Share"
        } else {
            "Streams"
        };
        return Ok(kind == wanted);
    }
    let type_fits = options.one("group-type")?;
    let type_fits = type_fits.is_none_or(|wanted| wanted.eq_ignore_ascii_case(kind));
    let protocol_fits = options.one("protocol")?;
    Ok(type_fits && protocol_fits.is_none_or(|wanted| wanted == protocol))
}

async fn list(ctx: &Ctx, options: &Parsed) -> Result<(), Exception> {
    let servers = options.one("bootstrap-server")?.unwrap_or_default();
    let admin = Admin::connect(ctx, servers, options.one("command-config")?).await?;
    let mut shown = Vec::new();
    // The tool gives up after half the time that the client takes for a call.
    let groups = all(&admin).await.map_err(|exception| {
        match exception.class.ends_with(".TimeoutException") {
            true => Exception::new("java.util.concurrent.TimeoutException", NO_MESSAGE),
            false => exception,
        }
    })?;
    for group in groups {
        if is_asked(options, &group)? {
            shown.push(group);
        }
    }
    let longest = shown.iter().map(|group| group.group.len()).max();
    let width = longest.unwrap_or(0).max(20);
    let row = |cells: [&str; 3]| cells.map(|cell| format!("{cell:<width$}")).join(" ");
    ctx.out(row(["GROUP", "TYPE", "PROTOCOL"]) + "\n");
    for group in &shown {
        let cells = [&*group.group, &*group.group_type, &*group.protocol_type];
        ctx.out(row(cells) + " \n");
    }
    Ok(())
}

/// The groups of every kind, sorted by id.
pub(super) async fn all(admin: &Admin) -> Result<Vec<ListedGroup>, Exception> {
    let request = Request::ListGroups(ListGroupsRequest {});
    let mut groups = Vec::new();
    for (_, response) in admin.call_many(AdminTarget::AllBrokers, request).await? {
        if let Response::ListGroups(mut answer) = response {
            groups.append(&mut answer.groups);
        }
    }
    groups.sort_by(|a, b| a.group.cmp(&b.group));
    Ok(groups)
}
