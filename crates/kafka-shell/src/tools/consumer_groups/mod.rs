//! `kafka-consumer-groups.sh`: list and describe groups, delete empty ones, move their
//! offsets.

mod csv_plan;
mod delete_offsets;
pub(super) mod describe;
pub(super) mod described;
mod options;
pub(super) mod reset;
pub(super) mod scenario;
pub(super) mod table;

use kafka_core::protocol::ListedGroup;
use kafka_core::types::Name;

use super::group_args::{delete_group, known, tell_deleted};
use super::group_offsets::group_hash_order;
use super::{Stop, exit_status, groups};
use crate::admin::{Admin, interruption};
use crate::java::Exception;
use crate::jopt::Parsed;
use crate::process::Ctx;
pub(super) use options::OPTIONS;
use options::check;

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

async fn execute(ctx: &Ctx, words: &[String]) -> Result<(), Stop> {
    let options = check(ctx, words)?;
    if let Some(pattern) = options.one("validate-regex")? {
        return validate(ctx, pattern);
    }
    options.long("timeout")?;
    let filters = Filters::of(&options)?;
    let servers = options.one("bootstrap-server")?.unwrap_or_default();
    let file = options.one("command-config")?;
    if let Some(path) = file {
        (ctx.files().properties(path)).map_err(|missing| missing.wrapped())?;
    }
    let admin = Admin::connect(ctx, servers, file).await?;
    if options.has("list") {
        list(ctx, &admin, &options, &filters).await
    } else if options.has("delete") {
        delete(ctx, &admin, &options).await
    } else if options.has("reset-offsets") {
        reset::reset(ctx, &admin, &options).await
    } else if options.has("delete-offsets") {
        delete_offsets::delete_offsets(ctx, &admin, &options).await
    } else {
        let groups = named_or_all(&admin, &options).await?;
        describe::describe(ctx, &admin, &options, &groups).await
    }
}

/// `--validate-regex`: whether a server could subscribe to it.
fn validate(ctx: &Ctx, pattern: &str) -> Result<(), Stop> {
    match regex_lite::Regex::new(pattern) {
        Ok(_) => ctx.out(format!("The regular expression `{pattern}` is valid.\n")),
        Err(error) => {
            let text = error.to_string();
            let what = match text.contains("without closing") {
                true => "missing closing )",
                false => text.as_str(),
            };
            ctx.out(format!(
                "The regular expression `{pattern}` is invalid: {what}.\n"
            ));
        }
    }
    Ok(())
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

/// All groups of consumers, sorted by id.
async fn all_groups(admin: &Admin) -> Result<Vec<ListedGroup>, Exception> {
    let mut groups = groups::all(admin).await?;
    groups.retain(|group| &*group.protocol_type == "consumer" || group.protocol_type.is_empty());
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
    let mut outcomes = Vec::new();
    for group in group_hash_order(named_or_all(admin, options).await?) {
        let failure = delete_group(admin, &group).await?;
        outcomes.push((group, failure));
    }
    tell_deleted(ctx, "consumer", &outcomes);
    Ok(())
}
