//! Start offsets of share groups: described with their lag, set, forgotten.

use kafka_core::client::AdminTarget;
use kafka_core::error::ErrorCode;
use kafka_core::protocol::{
    AlterShareGroupOffsetsRequest, DeleteShareGroupOffsetsRequest,
    DescribeShareGroupOffsetsRequest, Outcome, Request, Response, SharePartitionOffset,
};
use kafka_core::types::{LeaderEpoch, Name, Offset};

use super::describe;
use crate::admin::Admin;
use crate::java::Exception;
use crate::jopt::Parsed;
use crate::process::Ctx;
use crate::tools::Stop;
use crate::tools::consumer_groups::describe::or_dash;
use crate::tools::consumer_groups::reset::{named_partitions, table};
use crate::tools::consumer_groups::scenario::{Chosen, check_exist, choose};
use crate::tools::consumer_groups::table::{lay_out, loose, wide};
use crate::tools::group_offsets::hash_order;

/// What a group has begun, by topic and number.
async fn ask(admin: &Admin, group: &Name) -> Result<Vec<SharePartitionOffset>, Exception> {
    let request = Request::DescribeShareGroupOffsets(DescribeShareGroupOffsetsRequest {
        group: group.clone(),
    });
    let target = AdminTarget::Coordinator(group.clone());
    match admin.call(target, request).await? {
        Response::DescribeShareGroupOffsets(answer) if answer.error.is_error() => {
            Err(Exception::of_code(answer.error).executed())
        }
        Response::DescribeShareGroupOffsets(answer) => Ok(answer.partitions),
        _ => Err(Exception::of_code(ErrorCode::UnknownServerError)),
    }
}

/// The table of `--describe`.
pub(super) async fn rows(admin: &Admin, group: &Name, verbose: bool) -> Result<String, Exception> {
    let found = ask(admin, group).await?;
    if found.is_empty() {
        return Ok(format!(
            "\nShare group '{group}' has no offset information.\n"
        ));
    }
    let mut columns = vec![wide("GROUP", 15), wide("TOPIC", 15), wide("PARTITION", 10)];
    if verbose {
        columns.push(wide("LEADER-EPOCH", 13));
    }
    columns.extend([wide("START-OFFSET", 13), loose("LAG")]);
    let rows = found.iter().map(|row| {
        let begun = row.start_offset != Offset::UNKNOWN;
        let epoch = Some(row.leader_epoch).filter(|epoch| begun && *epoch != LeaderEpoch::NONE);
        let mut cells = vec![
            group.to_string(),
            row.topic.to_string(),
            row.partition.to_string(),
        ];
        if verbose {
            cells.push(or_dash(epoch));
        }
        cells.push(or_dash(Some(row.start_offset).filter(|_| begun)));
        cells.push(or_dash(row.lag));
        cells
    });
    Ok(lay_out(&columns, &rows.collect::<Vec<_>>()))
}

/// `--reset-offsets`: chooses new start offsets of a group that nobody is in, stores them if
/// `--execute` is there, and prints them.
pub(super) async fn reset(ctx: &Ctx, admin: &Admin, options: &Parsed) -> Result<(), Stop> {
    let group: Name = options.one("group")?.unwrap_or_default().into();
    match describe::ask(admin, &group).await {
        Ok(found) if !found.members.is_empty() => {
            ctx.err(format!("Share group '{group}' is not empty.\n"));
            return Err(Stop::Exit(1));
        }
        Err(exception) if !exception.message.contains("GroupIdNotFoundException") => {
            return Err(exception.into());
        }
        _ => {}
    }
    let partitions = if options.has("topic") {
        named_partitions(admin, options).await?
    } else {
        let begun = ask(admin, &group).await?.into_iter();
        begun.map(|row| (row.topic, row.partition)).collect()
    };
    let partitions = hash_order(partitions, |named| named);
    check_exist(admin, &partitions).await?;
    let chosen = choose(ctx, admin, options, &group, &partitions).await?;
    if options.has("execute") {
        store(admin, &group, &chosen).await?;
    }
    let chosen = hash_order(chosen.into_iter().collect(), |(named, _)| named);
    ctx.out(table(&vec![(group, chosen)]));
    Ok(())
}

async fn store(admin: &Admin, group: &Name, chosen: &Chosen) -> Result<(), Exception> {
    let partitions = chosen.iter();
    let partitions = partitions.map(|((name, number), it)| (name.clone(), *number, it.offset));
    let request = Request::AlterShareGroupOffsets(AlterShareGroupOffsetsRequest {
        group: group.clone(),
        partitions: partitions.collect(),
    });
    let target = AdminTarget::Coordinator(group.clone());
    let Response::AlterShareGroupOffsets(answer) = admin.call(target, request).await? else {
        return Err(Exception::of_code(ErrorCode::UnknownServerError));
    };
    if answer.outcome.error.is_error() {
        return Err(Exception::of_outcome(&answer.outcome));
    }
    let mut errors = answer.partitions.iter().map(|(.., error)| *error);
    match errors.find(|error| error.is_error()) {
        Some(error) => Err(Exception::of_code(error)),
        None => Ok(()),
    }
}

/// `--delete-offsets`: a group that nobody is in forgets topics.
pub(super) async fn delete(ctx: &Ctx, admin: &Admin, options: &Parsed) -> Result<(), Stop> {
    let group: Name = options.one("group")?.unwrap_or_default().into();
    let mut topics: Vec<Name> = options.all("topic").map(Name::from).collect();
    topics.sort();
    topics.dedup();
    let request = Request::DeleteShareGroupOffsets(DeleteShareGroupOffsetsRequest {
        group: group.clone(),
        topics: topics.clone(),
    });
    let target = AdminTarget::Coordinator(group);
    let Response::DeleteShareGroupOffsets(answer) = admin.call(target, request).await? else {
        return Err(Exception::of_code(ErrorCode::UnknownServerError).into());
    };
    let mut outcomes = answer.topics;
    if answer.outcome.error.is_error() {
        ctx.out(format!("\nError: {}\n", answer.outcome.text()));
        let all = topics.into_iter();
        outcomes = all.map(|topic| (topic, answer.outcome.clone())).collect();
    }
    outcomes.sort_by(|one, other| one.0.cmp(&other.0));
    let cells = outcomes.iter().map(|(topic, outcome): &(Name, Outcome)| {
        let status = match outcome.error.is_error() {
            true => format!("Error: {}", outcome.text()),
            false => "Successful".to_string(),
        };
        vec![topic.to_string(), status]
    });
    let cells: Vec<Vec<String>> = cells.collect();
    ctx.out(lay_out(&[wide("TOPIC", 15), loose("STATUS")], &cells));
    Ok(())
}
