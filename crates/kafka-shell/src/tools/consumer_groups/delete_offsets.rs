//! `--delete-offsets`: a group forgets where it was in some topics.

use kafka_core::client::AdminTarget;
use kafka_core::error::ErrorCode;
use kafka_core::protocol::{OffsetDeleteRequest, Request, Response};
use kafka_core::types::Name;

use super::table::{lay_out, loose, wide};
use crate::admin::Admin;
use crate::java::Exception;
use crate::jopt::Parsed;
use crate::process::Ctx;
use crate::tools::Stop;
use crate::tools::group_offsets::{Named, TopicArgs, topics};

/// A partition (none: the topic is unknown) and what became of its offset.
type Row = (Name, Option<u32>, ErrorCode);

/// Deletes what `--topic` names and prints the outcome of each partition.
pub(super) async fn delete_offsets(ctx: &Ctx, admin: &Admin, options: &Parsed) -> Result<(), Stop> {
    let group: Name = options.one("group")?.unwrap_or_default().into();
    let args = TopicArgs::read(options.all("topic"))?;
    let mut asked: Vec<Named> = args.partitions;
    let mut rows: Vec<Row> = Vec::new();
    for topic in topics(admin, args.whole).await? {
        if topic.error.is_error() {
            rows.push((topic.name, None, topic.error));
            continue;
        }
        let all = topic.partitions.iter().map(|known| known.partition);
        asked.extend(all.map(|partition| (topic.name.clone(), partition)));
    }
    let request = Request::OffsetDelete(OffsetDeleteRequest {
        group: group.clone(),
        partitions: asked.clone(),
    });
    let target = AdminTarget::Coordinator(group.clone());
    let Response::OffsetDelete(answer) = admin.call(target, request).await? else {
        return Err(Exception::of_code(ErrorCode::UnknownServerError).into());
    };
    if answer.error.is_error() {
        let failed = asked.into_iter();
        rows.extend(failed.map(|(topic, partition)| (topic, Some(partition), answer.error)));
        say_whole(ctx, &group, answer.error);
    } else {
        let mut errors = answer.partitions.iter().map(|(_, _, error)| *error);
        let first = errors.find(|error| error.is_error());
        let found = answer.partitions.into_iter();
        rows.extend(found.map(|(topic, partition, error)| (topic, Some(partition), error)));
        say_whole(ctx, &group, first.unwrap_or_default());
    }
    rows.sort();
    ctx.out(table(&rows));
    Ok(())
}

/// What became of the request as a whole.
fn say_whole(ctx: &Ctx, group: &Name, error: ErrorCode) {
    match error {
        ErrorCode::None => ctx.out(format!(
            "Request succeeded for deleting offsets from group {group}.\n"
        )),
        ErrorCode::InvalidGroupId | ErrorCode::GroupIdNotFound | ErrorCode::NonEmptyGroup => {
            ctx.out(format!("\nError: {}\n", error.message()));
        }
        ErrorCode::GroupSubscribedToTopic | ErrorCode::UnknownTopicOrPartition => {
            ctx.out("\nError: Encountered some partition-level error, see the follow-up details.\n")
        }
        other => ctx.out(format!(
            "\nError: Encountered some unknown error: {}\n",
            other.name()
        )),
    }
}

fn table(rows: &[Row]) -> String {
    // The last column is filled up to its head's width, whatever else stands in it.
    let columns = [
        wide("TOPIC", 15),
        wide("PARTITION", 10),
        loose("STATUS         "),
    ];
    let cells = rows.iter().map(|(topic, partition, error)| {
        let status = match error {
            ErrorCode::None => "Successful".to_string(),
            error => format!("Error: {}", Exception::of_code(*error).text()),
        };
        vec![
            topic.to_string(),
            partition.map_or("-".to_string(), |partition| partition.to_string()),
            format!("{status:<15}"),
        ]
    });
    let cells: Vec<Vec<String>> = cells.collect();
    lay_out(&columns, &cells)
}
