//! What the tools of groups of each kind share: lists of states, checks of options, deletion.

use kafka_core::client::AdminTarget;
use kafka_core::error::ErrorCode;
use kafka_core::protocol::{DeleteGroupsRequest, Request, Response};
use kafka_core::types::Name;

use super::Stop;
use crate::admin::Admin;
use crate::java::Exception;
use crate::jopt::Parsed;
use crate::process::Ctx;

/// A complaint with the help table below it.
pub(super) fn complain<T>(text: &str) -> Result<T, Stop> {
    Err(Stop::Usage(text.to_string()))
}

/// The words of a list like `--state a,b`, each one of `all` in any case.
///
/// # Errors
/// `refuse`, given the list and all names, if one is none of them.
pub(super) fn known(
    options: &Parsed,
    option: &str,
    all: &[&'static str],
    refuse: impl Fn(&str, &str) -> String,
) -> Result<Vec<&'static str>, Stop> {
    let Some(list) = options.one(option)? else {
        return Ok(Vec::new());
    };
    let find = |word: &str| {
        let mut names = all.iter().copied();
        names.find(|name| name.eq_ignore_ascii_case(word.trim()))
    };
    let found: Option<Vec<&'static str>> = list.split(',').map(find).collect();
    found.ok_or_else(|| Stop::Usage(refuse(list, &all.join(", "))))
}

/// `--group` or `--all-groups` must be there.
pub(super) fn check_groups(options: &Parsed, refusal: &str) -> Result<(), Stop> {
    match options.has("group") || options.has("all-groups") {
        true => Ok(()),
        false => complain(refusal),
    }
}

/// Which groups to describe, and what of them.
pub(super) fn check_describe(options: &Parsed) -> Result<(), Stop> {
    check_groups(
        options,
        "Option [describe] takes one of these options: [all-groups], [group]",
    )?;
    let kinds = ["members", "offsets", "state"];
    if kinds.iter().filter(|kind| options.has(kind)).count() > 1 {
        return complain(
            "Option [describe] takes at most one of these options: [members], [offsets], [state]",
        );
    }
    if options.one("state")?.is_some() {
        return complain("Option [describe] does not take a value for [state]");
    }
    Ok(())
}

/// Exactly one of the actions must be there; `end` closes the complaint.
pub(super) fn check_action(options: &Parsed, actions: &[&str], end: &str) -> Result<(), Stop> {
    if actions.iter().filter(|action| options.has(action)).count() == 1 {
        return Ok(());
    }
    let actions: Vec<String> = actions.iter().map(|action| format!("--{action}")).collect();
    complain(&format!(
        "Command must include exactly one action: {}{end}",
        actions.join(", ")
    ))
}

/// Deletes a group; why it could not be deleted.
///
/// # Errors
/// There was no answer.
pub(super) async fn delete_group(
    admin: &Admin,
    group: &Name,
) -> Result<Option<Exception>, Exception> {
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

/// Prints what became of groups of a kind (`consumer`, `share`) that were to be deleted.
pub(super) fn tell_deleted(ctx: &Ctx, kind: &str, outcomes: &[(Name, Option<Exception>)]) {
    let done = outcomes.iter().filter(|(_, failure)| failure.is_none());
    let done: Vec<String> = done.map(|(group, _)| format!("'{group}'")).collect();
    let done = done.join(", ");
    if outcomes.iter().all(|(_, failure)| failure.is_none()) {
        ctx.out(format!(
            "Deletion of requested {kind} groups ({done}) was successful.\n"
        ));
        return;
    }
    ctx.out(format!("\nError: Deletion of some {kind} groups failed:\n"));
    for (group, failure) in outcomes {
        if let Some(exception) = failure {
            let cause = exception.text();
            ctx.out(format!(
                "* Group '{group}' could not be deleted due to: {cause}\n"
            ));
        }
    }
    if !done.is_empty() {
        ctx.out(format!(
            "\nThese {kind} groups were deleted successfully: {done}\n"
        ));
    }
}
