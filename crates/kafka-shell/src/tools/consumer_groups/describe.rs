//! `--describe`: offsets with lag, members, state.

use kafka_core::client::AdminTarget;
use kafka_core::error::ErrorCode;
use kafka_core::protocol::{
    CoordinatorKind, FindCoordinatorRequest, OffsetSpec, Request, Response,
};
use kafka_core::types::{LeaderEpoch, Name, Offset};

use super::super::Stop;
use super::super::group_offsets::{Named, committed, list_offsets, topics};
use super::described::{Described, Member};
use super::table::{Column, lay_out, loose, wide};
use crate::admin::Admin;
use crate::java::Exception;
use crate::jopt::Parsed;
use crate::process::Ctx;

/// Describes the groups in the form the flags ask for.
pub(super) async fn describe(
    ctx: &Ctx,
    admin: &Admin,
    options: &Parsed,
    groups: &[Name],
) -> Result<(), Stop> {
    let mut described = Vec::new();
    for group in groups {
        // One unknown group among several: only its error is printed.
        described.push(Described::ask(admin, group).await?);
    }
    let verbose = options.has("verbose");
    for group in &described {
        if options.has("members") {
            say_state(ctx, group);
            ctx.out(members(group, verbose));
        } else if options.has("state") {
            say_state(ctx, group);
            let coordinator = coordinator(ctx, admin, &group.group).await?;
            ctx.out(state(group, coordinator, verbose));
        } else {
            let rows = offset_rows(admin, group, verbose).await?;
            say_state(ctx, group);
            if !rows.is_empty() {
                ctx.out(offsets(&rows, verbose));
            }
        }
    }
    Ok(())
}

fn say_state(ctx: &Ctx, group: &Described) {
    let id = &group.group;
    match &*group.state {
        "Empty" => ctx.err(format!("\nConsumer group '{id}' has no active members.\n")),
        "PreparingRebalance" | "CompletingRebalance" | "Assigning" | "Reconciling" => {
            ctx.err(format!(
                "\nWarning: Consumer group '{id}' is rebalancing.\n"
            ));
        }
        _ => {}
    }
}

/// A row of the offsets table.
struct OffsetRow {
    group: Name,
    topic: Name,
    partition: u32,
    epoch: Option<LeaderEpoch>,
    committed: Option<Offset>,
    end: Option<Offset>,
    owner: Option<(Name, Name, Name)>,
}

/// Members with the most partitions first, each by topic and partition; then
/// what is committed but belongs to nobody.
async fn offset_rows(
    admin: &Admin,
    group: &Described,
    _verbose: bool,
) -> Result<Vec<OffsetRow>, Exception> {
    let mut committed = committed(admin, &group.group).await?;
    let mut members: Vec<&Member> = group.members.iter().collect();
    members.sort_by_key(|member| std::cmp::Reverse(member.count()));
    let mut rows = Vec::new();
    for member in members {
        for (topic, partitions) in &member.assignment {
            for partition in partitions.iter().copied() {
                let stored = committed.remove(&(topic.clone(), partition));
                rows.push(OffsetRow {
                    group: group.group.clone(),
                    topic: topic.clone(),
                    partition,
                    epoch: stored.as_ref().map(|stored| stored.leader_epoch),
                    committed: stored.map(|stored| stored.offset),
                    end: None,
                    owner: Some((
                        member.member_id.clone(),
                        member.host.clone(),
                        member.client_id.clone(),
                    )),
                });
            }
        }
    }
    rows.extend(
        committed
            .into_iter()
            .map(|((topic, partition), stored)| OffsetRow {
                group: group.group.clone(),
                topic,
                partition,
                epoch: Some(stored.leader_epoch),
                committed: Some(stored.offset),
                end: None,
                owner: None,
            }),
    );
    fill_ends(admin, &mut rows).await?;
    Ok(rows)
}

async fn fill_ends(admin: &Admin, rows: &mut [OffsetRow]) -> Result<(), Exception> {
    let named = |row: &OffsetRow| (row.topic.clone(), row.partition);
    let topics = topics(admin, rows.iter().map(|row| row.topic.clone()).collect()).await?;
    let partitions: Vec<Named> = rows.iter().map(named).collect();
    let ends = list_offsets(admin, &topics, &partitions, OffsetSpec::Latest).await?;
    for row in rows.iter_mut() {
        row.end = ends.get(&named(row)).copied();
    }
    Ok(())
}

/// A cell; `-` if there is nothing to show.
pub(in crate::tools) fn or_dash<T: ToString>(value: Option<T>) -> String {
    value.map_or("-".to_string(), |value| value.to_string())
}

fn offsets(rows: &[OffsetRow], verbose: bool) -> String {
    let mut columns: Vec<Column> =
        vec![wide("GROUP", 15), wide("TOPIC", 15), wide("PARTITION", 10)];
    if verbose {
        columns.push(wide("LEADER-EPOCH", 15));
    }
    columns.extend([
        wide("CURRENT-OFFSET", 15),
        wide("LOG-END-OFFSET", 15),
        wide("LAG", 15),
        wide("CONSUMER-ID", 15),
        wide("HOST", 15),
        loose("CLIENT-ID"),
    ]);
    let cells = rows.iter().map(|row| {
        let lag = row.end.zip(row.committed).map(|(end, at)| end.0 - at.0);
        let mut cells = vec![
            row.group.to_string(),
            row.topic.to_string(),
            row.partition.to_string(),
        ];
        if verbose {
            cells.push(or_dash(
                row.epoch.filter(|epoch| *epoch != LeaderEpoch::NONE),
            ));
        }
        let owner = row.owner.as_ref();
        cells.extend([
            or_dash(row.committed),
            or_dash(row.end),
            or_dash(lag),
            or_dash(owner.map(|o| o.0.clone())),
            or_dash(owner.map(|o| o.1.clone())),
            or_dash(owner.map(|o| o.2.clone())),
        ]);
        cells
    });
    let cells: Vec<Vec<String>> = cells.collect();
    lay_out(&columns, &cells)
}

/// `orders:0,1;payments:2`, or `-`.
pub(in crate::tools) fn assignment_text(assignment: &[(Name, Vec<u32>)]) -> String {
    let topics: Vec<String> = assignment
        .iter()
        .map(|(topic, partitions)| {
            let numbers: Vec<String> = partitions.iter().map(u32::to_string).collect();
            format!("{topic}:{}", numbers.join(","))
        })
        .collect();
    if topics.is_empty() {
        "-".to_string()
    } else {
        topics.join(";")
    }
}

fn members(group: &Described, verbose: bool) -> String {
    let with_instance = group.members.iter().any(|m| m.instance_id.is_some());
    let mut columns = vec![wide("GROUP", 15), wide("CONSUMER-ID", 15)];
    if with_instance {
        columns.push(wide("GROUP-INSTANCE-ID", 17));
    }
    columns.extend([
        wide("HOST", 15),
        wide("CLIENT-ID", 15),
        wide("#PARTITIONS", 15),
    ]);
    if verbose {
        columns.extend([
            wide("CURRENT-EPOCH", 15),
            wide("CURRENT-ASSIGNMENT", 20),
            wide("TARGET-EPOCH", 15),
            wide("TARGET-ASSIGNMENT", 20),
        ]);
    }
    // Kafka ends the short rows with a blank.
    if !verbose {
        columns.push(loose(""));
    }
    let mut sorted: Vec<&Member> = group.members.iter().collect();
    sorted.sort_by(|a, b| a.member_id.cmp(&b.member_id));
    let rows: Vec<Vec<String>> = sorted
        .into_iter()
        .map(|member| {
            let mut cells = vec![group.group.to_string(), member.member_id.to_string()];
            if with_instance {
                cells.push(member.instance_id.as_deref().unwrap_or("").to_string());
            }
            cells.extend([
                member.host.to_string(),
                member.client_id.to_string(),
                member.count().to_string(),
            ]);
            if verbose {
                // Epochs and targets belong to the consumer protocol.
                let target = member.target.as_ref();
                cells.extend([
                    or_dash(member.epoch),
                    assignment_text(&member.assignment),
                    or_dash(group.epochs.map(|(_, target)| target)),
                    target.map_or("-".to_string(), |target| assignment_text(target)),
                ]);
            }
            if !verbose {
                cells.push(String::new());
            }
            cells
        })
        .collect();
    lay_out(&columns, &rows)
}

/// `host:port  (id)` of a group's coordinator.
pub(in crate::tools) async fn coordinator(
    ctx: &Ctx,
    admin: &Admin,
    group: &Name,
) -> Result<String, Exception> {
    let request = Request::FindCoordinator(FindCoordinatorRequest {
        kind: CoordinatorKind::Group,
        key: group.clone(),
    });
    let Response::FindCoordinator(answer) = admin.call(AdminTarget::AnyBroker, request).await?
    else {
        return Err(Exception::of_code(ErrorCode::UnknownServerError));
    };
    let Some(node) = answer.node else {
        return Err(Exception::of_code(ErrorCode::CoordinatorNotAvailable));
    };
    let servers = ctx.servers();
    let server = servers.iter().find(|server| server.node == node);
    Ok(server.map_or_else(
        || format!("  ({node})"),
        |server| {
            format!(
                "{}:{}  ({node})",
                server.endpoint.host, server.endpoint.port
            )
        },
    ))
}

fn state(group: &Described, coordinator: String, verbose: bool) -> String {
    let mut columns = vec![
        wide("GROUP", 15),
        wide("COORDINATOR (ID)", 25),
        wide("ASSIGNMENT-STRATEGY", 20),
        wide("STATE", 20),
    ];
    if verbose {
        columns.extend([wide("GROUP-EPOCH", 15), wide("TARGET-ASSIGNMENT-EPOCH", 25)]);
    }
    columns.push(loose("#MEMBERS"));
    let strategy = match &*group.assignor {
        "" => "-",
        name => name,
    };
    let mut cells = vec![
        group.group.to_string(),
        coordinator,
        strategy.to_string(),
        group.state.to_string(),
    ];
    if verbose {
        cells.extend([
            or_dash(group.epochs.map(|(epoch, _)| epoch)),
            or_dash(group.epochs.map(|(_, target)| target)),
        ]);
    }
    cells.push(group.members.len().to_string());
    lay_out(&columns, &[cells])
}
