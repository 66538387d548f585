//! The ways to choose a group's new offsets.

use std::collections::BTreeMap;

use kafka_core::config::iso_duration;
use kafka_core::protocol::{MetadataTopic, OffsetSpec};
use kafka_core::types::{Name, Offset};

use super::csv_plan::CsvPlan;
use super::options::no_scenario;
use crate::admin::Admin;
use crate::clock::read_instant;
use crate::java::{Exception, log_line};
use crate::jopt::Parsed;
use crate::process::Ctx;
use crate::tools::Stop;
use crate::tools::group_offsets::{
    Named, Stored, committed, hash_order, list_offsets, number, topics,
};

const LOGGER: &str = "org.apache.kafka.tools.OffsetsUtils";

/// New offsets by partition.
pub(in crate::tools) type Chosen = BTreeMap<Named, Stored>;

/// Complains about partitions that are not there or have no leader.
pub(in crate::tools) async fn check_exist(admin: &Admin, partitions: &[Named]) -> Result<(), Stop> {
    let known = topics_of(admin, partitions).await?;
    let list = |named: Vec<&Named>| {
        let names = named
            .iter()
            .map(|(topic, number)| format!("{topic}-{number}"));
        names.collect::<Vec<String>>().join(",")
    };
    let missing = partitions.iter().filter(|it| number(&known, it).is_none());
    let missing: Vec<&Named> = missing.collect();
    if !missing.is_empty() {
        let text = format!("The partitions \"{}\" do not exist", list(missing));
        let class = "org.apache.kafka.common.errors.UnknownTopicOrPartitionException";
        return Err(Exception::new(class, text).into());
    }
    let leaderless = partitions.iter().filter(|it| !has_leader(&known, it));
    let leaderless: Vec<&Named> = leaderless.collect();
    if !leaderless.is_empty() {
        let text = format!("The partitions \"{}\" have no leader", list(leaderless));
        let class = "org.apache.kafka.common.errors.LeaderNotAvailableException";
        return Err(Exception::new(class, text).into());
    }
    Ok(())
}

fn has_leader(known: &[MetadataTopic], (name, partition): &Named) -> bool {
    let topic = known.iter().find(|topic| topic.name == *name);
    let found = topic.and_then(|topic| {
        let mut partitions = topic.partitions.iter();
        partitions.find(|known| known.partition == *partition)
    });
    found.is_some_and(|found| found.leader.is_some())
}

async fn topics_of(admin: &Admin, partitions: &[Named]) -> Result<Vec<MetadataTopic>, Exception> {
    let names = partitions.iter().map(|(topic, _)| topic.clone()).collect();
    topics(admin, names).await
}

/// The new offsets of a group's partitions.
pub(in crate::tools) async fn choose(
    ctx: &Ctx,
    admin: &Admin,
    options: &Parsed,
    group: &Name,
    partitions: &[Named],
) -> Result<Chosen, Stop> {
    let known = topics_of(admin, partitions).await?;
    let plain = |found: BTreeMap<Named, Offset>| {
        let found = found.into_iter();
        found.map(|(named, offset)| (named, Stored::plain(offset)))
    };
    if options.has("to-offset") {
        let offset = options.long("to-offset")?.unwrap_or_default();
        let wanted = partitions.iter().map(|named| (named.clone(), offset));
        return clamp(ctx, admin, wanted.collect()).await;
    }
    if options.has("to-earliest") {
        let found = list_offsets(admin, &known, partitions, OffsetSpec::Earliest).await?;
        return Ok(plain(found).collect());
    }
    if options.has("to-latest") {
        let found = list_offsets(admin, &known, partitions, OffsetSpec::Latest).await?;
        return Ok(plain(found).collect());
    }
    if options.has("shift-by") {
        let by = options.long("shift-by")?.unwrap_or_default();
        return shift(ctx, admin, group, partitions, by).await;
    }
    if let Some(text) = options.one("to-datetime")? {
        let from_ms = read_instant(text).map_err(|message| {
            let cause = format!("java.text.ParseException: {message}");
            Exception {
                causes: vec![cause.clone()],
                ..Exception::new("java.lang.RuntimeException", cause)
            }
        })?;
        return at_time(ctx, admin, &known, partitions, from_ms).await;
    }
    if let Some(text) = options.one("by-duration")? {
        let Some(length) = iso_duration::nanoseconds(text) else {
            let text = "Text cannot be parsed to a Duration";
            return Err(Exception::new("java.time.format.DateTimeParseException", text).into());
        };
        let length_ms = i64::try_from(length / 1_000_000).unwrap_or(i64::MAX);
        let from_ms = ctx.wall_ms().saturating_sub(length_ms);
        return at_time(ctx, admin, &known, partitions, from_ms).await;
    }
    if let Some(path) = options.one("from-file")? {
        let plan = CsvPlan::read(ctx, path, options.all("group").count() == 1)?;
        return clamp(ctx, admin, plan.of(group)).await;
    }
    if options.has("to-current") {
        return current(admin, &known, group, partitions).await;
    }
    Err(no_scenario())
}

/// Offsets brought between a partition's first and last one.
async fn clamp(ctx: &Ctx, admin: &Admin, wanted: Vec<(Named, i64)>) -> Result<Chosen, Stop> {
    let wanted = hash_order(wanted, |(named, _)| named);
    let partitions: Vec<Named> = wanted.iter().map(|(named, _)| named.clone()).collect();
    let known = topics_of(admin, &partitions).await?;
    let first = list_offsets(admin, &known, &partitions, OffsetSpec::Earliest).await?;
    let last = list_offsets(admin, &known, &partitions, OffsetSpec::Latest).await?;
    let mut chosen = Chosen::new();
    for (named, offset) in wanted {
        let (Some(first), Some(last)) = (first.get(&named), last.get(&named)) else {
            continue;
        };
        let beyond = match offset {
            offset if offset > last.0 => Some(("higher than latest", last.0)),
            offset if offset < first.0 => Some(("lower than earliest", first.0)),
            _ => None,
        };
        if let Some((side, limit)) = beyond {
            let (topic, partition) = &named;
            let message = format!(
                "New offset ({offset}) is {side} offset for topic partition {topic}-{partition}. Value will be set to {limit}"
            );
            ctx.err(log_line(ctx.wall_ms(), "WARN", &message, LOGGER));
        }
        let offset = beyond.map_or(offset, |(_, limit)| limit);
        chosen.insert(named, Stored::plain(Offset(offset)));
    }
    Ok(chosen)
}

async fn shift(
    ctx: &Ctx,
    admin: &Admin,
    group: &Name,
    partitions: &[Named],
    by: i64,
) -> Result<Chosen, Stop> {
    let stored = committed(admin, group).await?;
    let mut wanted = Vec::new();
    for named in partitions {
        let Some(stored) = stored.get(named) else {
            let (topic, partition) = named;
            return Err(Stop::Usage(format!(
                "Cannot shift offset for partition {topic}-{partition} since there is no current committed offset"
            )));
        };
        wanted.push((named.clone(), stored.offset.0.saturating_add(by)));
    }
    clamp(ctx, admin, wanted).await
}

/// The stored offsets; the end where none is stored.
async fn current(
    admin: &Admin,
    known: &[MetadataTopic],
    group: &Name,
    partitions: &[Named],
) -> Result<Chosen, Stop> {
    let stored = committed(admin, group).await?;
    let (with, without): (Vec<Named>, Vec<Named>) =
        (partitions.iter().cloned()).partition(|named| stored.contains_key(named));
    let ends = list_offsets(admin, known, &without, OffsetSpec::Latest).await?;
    let ends = ends.into_iter();
    let mut chosen: Chosen = ends
        .map(|(named, end)| (named, Stored::plain(end)))
        .collect();
    let kept = with.into_iter().filter_map(|named| {
        let stored = stored.get(&named)?.clone();
        Some((named, stored))
    });
    chosen.extend(kept);
    Ok(chosen)
}

/// The first record at or after a moment; the end where there is none.
async fn at_time(
    ctx: &Ctx,
    admin: &Admin,
    known: &[MetadataTopic],
    partitions: &[Named],
    from_ms: i64,
) -> Result<Chosen, Stop> {
    let spec = OffsetSpec::Timestamp(from_ms.saturating_sub(ctx.wall_epoch_ms()));
    let mut found = list_offsets(admin, known, partitions, spec).await?;
    let later: Vec<Named> = (partitions.iter())
        .filter(|named| !found.contains_key(*named))
        .cloned()
        .collect();
    found.extend(list_offsets(admin, known, &later, OffsetSpec::Latest).await?);
    for (topic, partition) in &later {
        ctx.out(format!("\nWarn: Partition {partition} from topic {topic} is empty. Falling back to latest known offset.\n"));
    }
    let found = found.into_iter();
    Ok(found
        .map(|(named, offset)| (named, Stored::plain(offset)))
        .collect())
}
