//! `kafka-share-groups.sh`: list and describe share groups, delete empty ones.
//!
//! The start offsets of share partitions are not asked for yet: `--describe --offsets`,
//! `--reset-offsets` and `--delete-offsets` say so.

mod describe;
mod options;

use kafka_core::client::AdminTarget;
use kafka_core::error::ErrorCode;
use kafka_core::protocol::{DeleteGroupsRequest, ListedGroup, Request, Response};
use kafka_core::types::Name;

use super::group_offsets::group_hash_order;
use super::{Stop, exit_status, groups};
use crate::admin::{Admin, interruption};
use crate::hints::Hint;
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
    let states = states(&options)?;
    let plain = !options.has("members") && !options.has("state");
    for (missing, asked) in [
        ("reset-offsets", options.has("reset-offsets")),
        ("delete-offsets", options.has("delete-offsets")),
        ("offsets", options.has("describe") && plain),
    ] {
        if asked {
            ctx.hint(&Hint::OptionMissing(missing.to_string()));
            return Err(Stop::Exit(1));
        }
    }
    let servers = options.one("bootstrap-server")?.unwrap_or_default();
    let admin = Admin::connect(ctx, servers, options.one("command-config")?).await?;
    if options.has("list") {
        list(ctx, &admin, &options, &states).await
    } else if options.has("delete") {
        delete(ctx, &admin, &options).await
    } else {
        let groups = named_or_all(&admin, &options).await?;
        describe::describe(ctx, &admin, &options, &groups).await
    }
}

/// `--state a,b` of `--list`.
fn states(options: &Parsed) -> Result<Vec<&'static str>, Stop> {
    let Some(list) = options.one("state")? else {
        return Ok(Vec::new());
    };
    let find = |word: &str| STATES.into_iter().find(|it| it.eq_ignore_ascii_case(word));
    let found: Option<Vec<&str>> = list.split(',').map(|word| find(word.trim())).collect();
    found.ok_or_else(|| {
        let all = STATES.join(", ");
        Stop::Usage(format!(
            "Invalid state list '{list}'. Valid states are: {all}"
        ))
    })
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
    let mut done = Vec::new();
    let mut failed = Vec::new();
    for group in group_hash_order(named_or_all(admin, options).await?) {
        let failure = match known.iter().find(|known| known.group == group) {
            None => Some(Exception::illegal_argument(format!(
                "Group '{group}' is not a share group."
            ))),
            Some(known) if &*known.state != "Empty" => Some(Exception::new(
                ErrorCode::NonEmptyGroup.exception(),
                format!("Share group '{group}' is not EMPTY."),
            )),
            Some(_) => delete_one(admin, &group).await?,
        };
        match failure {
            Some(failure) => failed.push((group, failure)),
            None => done.push(format!("'{group}'")),
        }
    }
    let done = done.join(", ");
    if failed.is_empty() {
        ctx.out(format!(
            "Deletion of requested share groups ({done}) was successful.\n"
        ));
        return Ok(());
    }
    ctx.out("\nError: Deletion of some share groups failed:\n");
    for (group, exception) in &failed {
        let cause = exception.text();
        ctx.out(format!(
            "* Group '{group}' could not be deleted due to: {cause}\n"
        ));
    }
    if !done.is_empty() {
        ctx.out(format!(
            "\nThese share groups were deleted successfully: {done}\n"
        ));
    }
    Ok(())
}

async fn delete_one(admin: &Admin, group: &Name) -> Result<Option<Exception>, Exception> {
    let request = Request::DeleteGroups(DeleteGroupsRequest {
        groups: vec![group.clone()],
    });
    let target = AdminTarget::Coordinator(group.clone());
    let Response::DeleteGroups(answer) = admin.call(target, request).await? else {
        return Err(Exception::of_code(ErrorCode::UnknownServerError));
    };
    let error = answer.groups.first().map(|(_, error)| *error);
    let error = error.filter(|error| error.is_error());
    Ok(error.map(Exception::of_code))
}
