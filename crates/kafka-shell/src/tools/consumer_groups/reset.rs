//! `--reset-offsets`: new offsets for groups that nobody is in.

use std::collections::BTreeMap;

use kafka_core::client::AdminTarget;
use kafka_core::error::ErrorCode;
use kafka_core::protocol::{OffsetCommitRequest, OffsetToCommit, Request, Response};
use kafka_core::types::{Generation, Name};

use super::all_groups;
use super::described::Described;
use super::scenario::{check_exist, choose};
use super::table::{lay_out, loose, wide};
use crate::admin::Admin;
use crate::java::Exception;
use crate::jopt::Parsed;
use crate::process::Ctx;
use crate::tools::Stop;
use crate::tools::group_offsets::{
    Named, Stored, TopicArgs, committed, group_hash_order, hash_order, number, topics,
};

/// New offsets, group by group, in the order they are printed.
pub(in crate::tools) type Plan = Vec<(Name, Vec<(Named, Stored)>)>;

/// Chooses the offsets, stores them if `--execute` is there, and prints them.
pub(super) async fn reset(ctx: &Ctx, admin: &Admin, options: &Parsed) -> Result<(), Stop> {
    let groups: Vec<Name> = if options.has("all-groups") {
        let listed = all_groups(admin).await?;
        listed.into_iter().map(|group| group.group).collect()
    } else {
        let mut named: Vec<Name> = options.all("group").map(Name::from).collect();
        named.dedup();
        named
    };
    let mut plan: Plan = Vec::new();
    for group in group_hash_order(groups) {
        let chosen = match state(admin, &group).await?.as_deref() {
            None | Some("Empty" | "Dead") => reset_inactive(ctx, admin, options, &group).await?,
            Some(state) => {
                ctx.out(format!("\nError: Assignments can only be reset if the group '{group}' is inactive, but the current state is {state}.\n"));
                Vec::new()
            }
        };
        plan.push((group, chosen));
    }
    if options.has("export") {
        ctx.out(csv(&plan, options.all("group").count() == 1));
    } else {
        ctx.out(table(&plan));
    }
    Ok(())
}

/// A group's state; none if there is no such group.
async fn state(admin: &Admin, group: &Name) -> Result<Option<Name>, Exception> {
    match Described::ask(admin, group).await {
        Ok(found) => Ok(Some(found.state)),
        Err(exception) if exception.message.contains("GroupIdNotFoundException") => Ok(None),
        Err(exception) => Err(exception),
    }
}

async fn reset_inactive(
    ctx: &Ctx,
    admin: &Admin,
    options: &Parsed,
    group: &Name,
) -> Result<Vec<(Named, Stored)>, Stop> {
    let partitions = scope(admin, options, group).await?;
    let chosen = choose(ctx, admin, options, group, &partitions).await?;
    if options.has("execute") {
        store(admin, group, &chosen).await?;
    }
    Ok(hash_order(chosen.into_iter().collect(), |(named, _)| named))
}

/// The partitions that get new offsets.
async fn scope(admin: &Admin, options: &Parsed, group: &Name) -> Result<Vec<Named>, Stop> {
    let partitions = if options.has("all-topics") {
        committed(admin, group).await?.into_keys().collect()
    } else if options.has("topic") {
        named_partitions(admin, options).await?
    } else if options.has("from-file") {
        Vec::new()
    } else {
        let text = "One of the reset scopes should be defined: --all-topics, --topic.";
        return Err(Stop::Usage(text.to_string()));
    };
    let partitions = hash_order(partitions, |named| named);
    check_exist(admin, &partitions).await?;
    Ok(partitions)
}

/// The partitions that `--topic` names; those of a whole topic in order.
///
/// # Errors
/// A bad argument, or a topic that is not there.
pub(in crate::tools) async fn named_partitions(
    admin: &Admin,
    options: &Parsed,
) -> Result<Vec<Named>, Stop> {
    let args = TopicArgs::read(options.all("topic"))?;
    let mut named = args.partitions;
    for topic in topics(admin, args.whole).await? {
        if topic.error.is_error() {
            return Err(Exception::of_code(topic.error).into());
        }
        let all = topic.partitions.iter().map(|known| known.partition);
        named.extend(all.map(|partition| (topic.name.clone(), partition)));
    }
    Ok(named)
}

/// Stores the offsets as somebody who is no member.
async fn store(
    admin: &Admin,
    group: &Name,
    chosen: &BTreeMap<Named, Stored>,
) -> Result<(), Exception> {
    let names = chosen.keys().map(|(topic, _)| topic.clone()).collect();
    let topics = topics(admin, names).await?;
    let offsets = chosen.iter().filter_map(|(named, stored)| {
        Some(OffsetToCommit {
            partition: number(&topics, named)?,
            topic_name: named.0.clone(),
            offset: stored.offset,
            leader_epoch: stored.leader_epoch,
            metadata: stored.metadata.clone(),
        })
    });
    let request = Request::OffsetCommit(OffsetCommitRequest {
        group: group.clone(),
        generation: Generation(-1),
        member_id: "".into(),
        group_instance_id: None,
        offsets: offsets.collect(),
    });
    let target = AdminTarget::Coordinator(group.clone());
    let Response::OffsetCommit(answer) = admin.call(target, request).await? else {
        return Err(Exception::of_code(ErrorCode::UnknownServerError));
    };
    let mut errors = answer.partitions.iter().map(|(_, error)| *error);
    match errors.find(|error| error.is_error()) {
        Some(error) => Err(Exception::of_code(error)),
        None => Ok(()),
    }
}

fn rows(plan: &Plan) -> impl Iterator<Item = [String; 4]> + '_ {
    plan.iter().flat_map(|(group, chosen)| {
        chosen.iter().map(move |((topic, partition), stored)| {
            [
                group.to_string(),
                topic.to_string(),
                partition.to_string(),
                stored.offset.to_string(),
            ]
        })
    })
}

/// The new offsets as a table.
pub(in crate::tools) fn table(plan: &Plan) -> String {
    if plan.is_empty() {
        return "\n".to_string();
    }
    let columns = [
        wide("GROUP", 15),
        wide("TOPIC", 15),
        wide("PARTITION", 10),
        loose("NEW-OFFSET"),
    ];
    let cells: Vec<Vec<String>> = rows(plan).map(Vec::from).collect();
    lay_out(&columns, &cells)
}

/// Lines that `--from-file` reads; without the group if there is only one.
fn csv(plan: &Plan, single: bool) -> String {
    let from = usize::from(single);
    let mut text = String::new();
    for row in rows(plan) {
        text.push_str(&row[from..].join(","));
        text.push('\n');
    }
    text.push('\n');
    text
}
