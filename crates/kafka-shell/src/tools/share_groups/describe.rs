//! `--describe`: offsets, members and state of share groups.

use kafka_core::client::AdminTarget;
use kafka_core::error::ErrorCode;
use kafka_core::protocol::{DescribedConsumerGroup, Request, Response, ShareGroupDescribeRequest};
use kafka_core::types::Name;

use super::offsets;
use crate::admin::Admin;
use crate::java::Exception;
use crate::jopt::Parsed;
use crate::process::Ctx;
use crate::tools::Stop;
use crate::tools::consumer_groups::describe::{assignment_text, coordinator};
use crate::tools::consumer_groups::described::sorted;
use crate::tools::consumer_groups::table::{lay_out, loose, wide};

/// Describes the groups in the form the flags ask for.
pub(super) async fn describe(
    ctx: &Ctx,
    admin: &Admin,
    options: &Parsed,
    groups: &[Name],
) -> Result<(), Stop> {
    let mut described = Vec::new();
    for group in groups {
        described.push(ask(admin, group).await?);
    }
    let verbose = options.has("verbose");
    for group in &described {
        if !options.has("state") && !options.has("members") {
            ctx.out(offsets::rows(admin, &group.group, verbose).await?);
            continue;
        }
        let is_empty = group.members.is_empty();
        if is_empty {
            let id = &group.group;
            ctx.err(format!("\nShare group '{id}' has no active members.\n"));
        }
        if options.has("state") {
            let coordinator = coordinator(ctx, admin, &group.group).await?;
            ctx.out(state(group, coordinator, verbose));
        } else if !is_empty {
            ctx.out(members(group, verbose));
        }
    }
    Ok(())
}

/// A share group.
///
/// # Errors
/// There is none of that name, or no answer.
pub(super) async fn ask(admin: &Admin, group: &Name) -> Result<DescribedConsumerGroup, Exception> {
    let request = Request::ShareGroupDescribe(ShareGroupDescribeRequest {
        groups: vec![group.clone()],
    });
    let target = AdminTarget::Coordinator(group.clone());
    let Response::ShareGroupDescribe(answer) = admin.call(target, request).await? else {
        return Err(Exception::of_code(ErrorCode::UnknownServerError));
    };
    let Some(found) = answer.groups.into_iter().next() else {
        return Err(Exception::of_code(ErrorCode::UnknownServerError));
    };
    if found.error.is_error() {
        let text = found.message.as_deref().unwrap_or(found.error.message());
        return Err(Exception::new(found.error.exception(), text).executed());
    }
    Ok(found)
}

fn members(group: &DescribedConsumerGroup, verbose: bool) -> String {
    let mut columns = vec![
        wide("GROUP", 15),
        wide("CONSUMER-ID", 15),
        wide("HOST", 15),
        wide("CLIENT-ID", 15),
        wide("#PARTITIONS", 12),
    ];
    if verbose {
        columns.push(wide("MEMBER-EPOCH", 13));
    }
    columns.push(loose("ASSIGNMENT"));
    let rows = group.members.iter().map(|member| {
        let assignment = sorted(member.assignment.clone());
        let count: usize = assignment.iter().map(|(_, list)| list.len()).sum();
        let mut cells = vec![
            group.group.to_string(),
            member.member_id.to_string(),
            member.client_host.to_string(),
            member.client_id.to_string(),
            count.to_string(),
        ];
        if verbose {
            cells.push(member.member_epoch.to_string());
        }
        cells.push(assignment_text(&assignment));
        cells
    });
    let mut rows: Vec<Vec<String>> = rows.collect();
    rows.sort();
    lay_out(&columns, &rows)
}

fn state(group: &DescribedConsumerGroup, coordinator: String, verbose: bool) -> String {
    let mut columns = vec![
        wide("GROUP", 15),
        wide("COORDINATOR (ID)", 25),
        wide("STATE", 15),
    ];
    let mut cells = vec![
        group.group.to_string(),
        coordinator,
        group.state.to_string(),
    ];
    if verbose {
        columns.extend([wide("GROUP-EPOCH", 12), wide("ASSIGNMENT-EPOCH", 17)]);
        cells.extend([group.epoch.to_string(), group.target_epoch.to_string()]);
    }
    columns.push(loose("#MEMBERS"));
    cells.push(group.members.len().to_string());
    lay_out(&columns, &[cells])
}
