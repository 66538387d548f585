//! `kafka-share-groups.sh`: list and describe share groups, delete empty ones, set and
//! delete their start offsets.

mod describe;
mod offsets;
mod options;

use kafka_core::error::ErrorCode;
use kafka_core::protocol::ListedGroup;
use kafka_core::types::Name;

use super::group_args::{delete_group, known, tell_deleted};
use super::{Stop, exit_status, groups};
use crate::admin::{Admin, interruption};
use crate::java::Exception;
use crate::jopt::Parsed;
use crate::process::Ctx;
pub(super) use options::OPTIONS;
use options::check;

const STATES: [&str; 3] = ["Empty", "Dead", "Stable"];

/// Runs the tool.
pub(super) async fn run(ctx: Ctx, words: Vec<String>) -> i32 {
    let outcome = execute(&ctx, &words).await.map(|()| 0);
    exit_status(&ctx, outcome, OPTIONS, |exception| {
        interruption(exception).unwrap_or_else(|| {
            ctx.out(format!(
                "\nError: Executing share group command failed due to {}\n",
                exception.message
            ));
            ctx.err(exception.trace());
            0
        })
    })
}

async fn execute(ctx: &Ctx, words: &[String]) -> Result<(), Stop> {
    let options = check(ctx, words)?;
    let states = known(&options, "state", &STATES, |bad, all| {
        format!("Invalid state list '{bad}'. Valid states are: {all}")
    })?;
    let servers = options.one("bootstrap-server")?.unwrap_or_default();
    let file = options.one("command-config")?;
    if let Some(path) = file {
        (ctx.files().properties(path)).map_err(|missing| missing.wrapped())?;
    }
    let admin = Admin::connect(ctx, servers, file).await?;
    if options.has("list") {
        list(ctx, &admin, &options, &states).await
    } else if options.has("delete") {
        delete(ctx, &admin, &options).await
    } else if options.has("reset-offsets") {
        offsets::reset(ctx, &admin, &options).await
    } else if options.has("delete-offsets") {
        offsets::delete(ctx, &admin, &options).await
    } else {
        let groups = named_or_all(&admin, &options).await?;
        describe::describe(ctx, &admin, &options, &groups).await
    }
}

/// All share groups, sorted by id.
async fn all_groups(admin: &Admin) -> Result<Vec<ListedGroup>, Exception> {
    let mut groups = groups::all(admin).await?;
    groups.retain(|group| &*group.group_type == "Share");
    Ok(groups)
}

async fn named_or_all(admin: &Admin, options: &Parsed) -> Result<Vec<Name>, Exception> {
    if options.has("all-groups") {
        let groups = all_groups(admin).await?;
        return Ok(groups.into_iter().map(|group| group.group).collect());
    }
    let mut names: Vec<Name> = options.all("group").map(Name::from).collect();
    names.dedup();
    Ok(names)
}

async fn list(
    ctx: &Ctx,
    admin: &Admin,
    options: &Parsed,
    states: &[&'static str],
) -> Result<(), Stop> {
    let mut groups = all_groups(admin).await?;
    groups.retain(|group| states.is_empty() || states.contains(&&*group.state));
    if !options.has("state") {
        for group in &groups {
            ctx.out(format!("{}\n", group.group));
        }
        return Ok(());
    }
    let longest = groups.iter().map(|group| group.group.len()).max();
    let width = longest.unwrap_or(0).max(15);
    ctx.out(format!("{:<width$} STATE\n", "GROUP"));
    for group in &groups {
        ctx.out(format!("{:<width$} {}\n", group.group, group.state));
    }
    Ok(())
}

/// Only share groups that nobody is in are deleted.
async fn delete(ctx: &Ctx, admin: &Admin, options: &Parsed) -> Result<(), Stop> {
    let known = all_groups(admin).await?;
    let mut outcomes = Vec::new();
    for group in named_or_all(admin, options).await? {
        let failure = match known.iter().find(|known| known.group == group) {
            None => Some(Exception::illegal_argument(format!(
                "Group '{group}' is not a share group."
            ))),
            Some(known) if &*known.state != "Empty" => Some(Exception::new(
                ErrorCode::NonEmptyGroup.exception(),
                format!("Share group '{group}' is not EMPTY."),
            )),
            Some(_) => delete_group(admin, &group).await?,
        };
        outcomes.push((group, failure));
    }
    tell_deleted(ctx, "share", &outcomes);
    Ok(())
}
