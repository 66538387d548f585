//! `kafka-consumer-groups.sh`: list and describe groups, delete empty ones.

mod describe;
mod described;
mod table;

use kafka_core::client::AdminTarget;
use kafka_core::error::ErrorCode;
use kafka_core::protocol::{
    DeleteGroupsRequest, ListGroupsRequest, ListedGroup, Request, Response,
};
use kafka_core::types::Name;

use super::{Stop, exit_status, opening, require};
use crate::admin::{Admin, interruption};
use crate::hints::Hint;
use crate::java::Exception;
use crate::jopt::{Arg, OptionSpec, Parsed, flag, integer, text};
use crate::process::Ctx;

const HELP: &str = "This tool helps to list all consumer groups, describe a consumer group, delete consumer group info, or reset consumer group offsets.";
const ACTIONS: [&str; 6] = [
    "list",
    "describe",
    "delete",
    "reset-offsets",
    "delete-offsets",
    "validate-regex",
];
const STATES: [&str; 7] = [
    "CompletingRebalance",
    "PreparingRebalance",
    "Reconciling",
    "Assigning",
    "Dead",
    "Stable",
    "Empty",
];
const TYPES: [&str; 2] = ["Consumer", "Classic"];

/// The options; descriptions are our own.
pub(super) const OPTIONS: &[OptionSpec] = &[
    flag("all-groups", "All groups."),
    flag("all-topics", "All topics of a group (reset-offsets)."),
    text(
        "bootstrap-server",
        "server to connect to",
        "REQUIRED: a broker to begin with, host:port.",
    ),
    flag("delete", "Delete empty groups with their offsets."),
    flag(
        "delete-offsets",
        "Delete offsets of a topic. Not simulated yet.",
    ),
    flag(
        "describe",
        "Show offsets and lag, members or state of groups.",
    ),
    text("group", "consumer group", "The group. May be repeated."),
    flag("help", "Print this table."),
    flag("list", "List groups."),
    flag("members", "Describe the members."),
    flag("offsets", "Describe offsets and lag. (default)"),
    flag(
        "reset-offsets",
        "Move the offsets of a group. Not simulated yet.",
    ),
    OptionSpec {
        name: "state",
        arg: Arg::OptionalText,
        arg_text: "",
        help: "With --describe: the state. With --list: show states, or only groups in these states.",
    },
    integer(
        "timeout",
        "timeout (ms)",
        "Longest wait, in ms. (default: 30000)",
    ),
    text(
        "topic",
        "topic",
        "The topic (delete-offsets, reset-offsets).",
    ),
    OptionSpec {
        name: "type",
        arg: Arg::OptionalText,
        arg_text: "",
        help: "With --list: show types, or only groups of these types.",
    },
    text(
        "validate-regex",
        "regex",
        "Check a regular expression. Not simulated yet.",
    ),
    flag("verbose", "More columns."),
    flag("version", "Print Kafka's version."),
];

/// Runs the tool.
pub(super) async fn run(ctx: Ctx, words: Vec<String>) -> i32 {
    let outcome = execute(&ctx, &words).await.map(|()| 0);
    exit_status(&ctx, outcome, OPTIONS, |exception| {
        interruption(exception).unwrap_or_else(|| {
            print_error(&ctx, exception);
            0
        })
    })
}

/// Failures go to standard output with a blank line before, the trace to
/// standard error; the exit status stays 0.
fn print_error(ctx: &Ctx, exception: &Exception) {
    let message = format!(
        "\nError: Executing consumer group command failed due to {}\n",
        exception.message
    );
    ctx.out(message);
    ctx.err(exception.trace());
}

fn check(ctx: &Ctx, words: &[String]) -> Result<Parsed, Stop> {
    let options = opening(ctx, words, OPTIONS, HELP)?;
    if ACTIONS.iter().filter(|action| options.has(action)).count() != 1 {
        let actions: Vec<String> = ACTIONS.iter().map(|a| format!("--{a}")).collect();
        return Err(Stop::Usage(format!(
            "Command must include exactly one action: {}",
            actions.join(", ")
        )));
    }
    require(&options, &["bootstrap-server"])?;
    if options.has("describe") {
        check_describe(&options)?;
    }
    if options.has("delete") && !options.has("group") && !options.has("all-groups") {
        return Err(Stop::Usage(
            "Option [delete] takes one of these options: [group], [all-groups]".to_string(),
        ));
    }
    Ok(options)
}

fn check_describe(options: &Parsed) -> Result<(), Stop> {
    if !options.has("group") && !options.has("all-groups") {
        return Err(Stop::Usage(
            "Option [describe] takes one of these options: [group], [all-groups]".to_string(),
        ));
    }
    let kinds = ["members", "offsets", "state"];
    if kinds.iter().filter(|kind| options.has(kind)).count() > 1 {
        return Err(Stop::Usage(
            "Option [describe] takes at most one of these options: [members], [offsets], [state]"
                .to_string(),
        ));
    }
    if options.one("state")?.is_some() {
        return Err(Stop::Usage(
            "Option [describe] does not take a value for [state]".to_string(),
        ));
    }
    if options.has("topic") {
        return Err(Stop::Usage(
            "Option \"[topic]\" can't be used with option \"[describe]\"".to_string(),
        ));
    }
    Ok(())
}

async fn execute(ctx: &Ctx, words: &[String]) -> Result<(), Stop> {
    let options = check(ctx, words)?;
    for missing in ["reset-offsets", "delete-offsets", "validate-regex"] {
        if options.has(missing) {
            ctx.hint(&Hint::GroupActionMissing(missing.to_string()));
            return Err(Stop::Exit(1));
        }
    }
    let filters = Filters::of(&options)?;
    let servers = options.one("bootstrap-server")?.unwrap_or_default();
    let admin = Admin::connect(ctx, servers, options.one("command-config")?).await?;
    if options.has("list") {
        list(ctx, &admin, &options, &filters).await
    } else if options.has("delete") {
        delete(ctx, &admin, &options).await
    } else {
        let groups = named_or_all(&admin, &options).await?;
        describe::describe(ctx, &admin, &options, &groups).await
    }
}

/// `--state a,b` and `--type a,b` of `--list`.
struct Filters {
    states: Vec<&'static str>,
    types: Vec<&'static str>,
}

impl Filters {
    fn of(options: &Parsed) -> Result<Filters, Stop> {
        Ok(Filters {
            states: known(options, "state", &STATES, |bad, all| {
                format!("Invalid state list '{bad}'. Valid states are: {all}")
            })?,
            types: known(options, "type", &TYPES, |bad, all| {
                format!("Invalid types list '{bad}'. Valid types are: {all}")
            })?,
        })
    }
}

fn known(
    options: &Parsed,
    option: &str,
    all: &[&'static str],
    complain: impl Fn(&str, &str) -> String,
) -> Result<Vec<&'static str>, Stop> {
    let Some(list) = options.one(option)? else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for word in list.split(',').map(str::trim) {
        match all.iter().find(|name| name.eq_ignore_ascii_case(word)) {
            Some(name) => found.push(*name),
            None => return Err(Stop::Usage(complain(list, &all.join(", ")))),
        }
    }
    Ok(found)
}

/// All groups, sorted by id.
async fn all_groups(admin: &Admin) -> Result<Vec<ListedGroup>, Exception> {
    let request = Request::ListGroups(ListGroupsRequest {});
    let mut groups = Vec::new();
    for (_, response) in admin.call_many(AdminTarget::AllBrokers, request).await? {
        if let Response::ListGroups(mut answer) = response {
            groups.append(&mut answer.groups);
        }
    }
    groups.retain(|group| &*group.protocol_type == "consumer" || group.protocol_type.is_empty());
    groups.sort_by(|a, b| a.group.cmp(&b.group));
    Ok(groups)
}

async fn named_or_all(admin: &Admin, options: &Parsed) -> Result<Vec<Name>, Exception> {
    if options.has("all-groups") {
        let groups = all_groups(admin).await?;
        return Ok(groups.into_iter().map(|group| group.group).collect());
    }
    let mut names: Vec<Name> = options.all("group").map(Name::from).collect();
    names.sort();
    names.dedup();
    Ok(names)
}

async fn list(ctx: &Ctx, admin: &Admin, options: &Parsed, filters: &Filters) -> Result<(), Stop> {
    let mut groups = all_groups(admin).await?;
    groups.retain(|group| {
        let state = filters.states.is_empty() || filters.states.contains(&&*group.state);
        let kind = filters.types.is_empty() || filters.types.contains(&&*group.group_type);
        state && kind
    });
    let (with_type, with_state) = (options.has("type"), options.has("state"));
    if !with_type && !with_state {
        for group in &groups {
            ctx.out(format!("{}\n", group.group));
        }
        return Ok(());
    }
    let longest = groups
        .iter()
        .map(|group| group.group.len())
        .max()
        .unwrap_or(0);
    let width = longest.max(15) + 10;
    let row = |group: &str, kind: &str, state: &str| {
        let mut line = format!("{group:<width$}");
        for cell in [(with_type, kind), (with_state, state)] {
            if cell.0 {
                line.push_str(&format!(" {:<20}", cell.1));
            }
        }
        line + "\n"
    };
    ctx.out(row("GROUP", "TYPE", "STATE"));
    for group in &groups {
        ctx.out(row(&group.group, &group.group_type, &group.state));
    }
    Ok(())
}

async fn delete(ctx: &Ctx, admin: &Admin, options: &Parsed) -> Result<(), Stop> {
    let mut done = Vec::new();
    let mut failed = Vec::new();
    for group in named_or_all(admin, options).await? {
        let request = Request::DeleteGroups(DeleteGroupsRequest {
            groups: vec![group.clone()],
        });
        let target = AdminTarget::Coordinator(group.clone());
        let Response::DeleteGroups(answer) = admin.call(target, request).await? else {
            continue;
        };
        let error = answer
            .groups
            .first()
            .map_or(ErrorCode::None, |(_, error)| *error);
        if error.is_error() {
            failed.push((group, Exception::of_code(error)));
        } else {
            done.push(format!("'{group}'"));
        }
    }
    let done = done.join(", ");
    if failed.is_empty() {
        ctx.out(format!(
            "Deletion of requested consumer groups ({done}) was successful.\n"
        ));
        return Ok(());
    }
    ctx.out("\nError: Deletion of some consumer groups failed:\n");
    for (group, exception) in &failed {
        ctx.out(format!(
            "* Group '{group}' could not be deleted due to: {}\n",
            exception.text()
        ));
    }
    if !done.is_empty() {
        ctx.out(format!(
            "\nThese consumer groups were deleted successfully: {done}\n"
        ));
    }
    Ok(())
}
