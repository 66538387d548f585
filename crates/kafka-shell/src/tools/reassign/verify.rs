//! `--verify` and `--cancel`, which lift the throttles of a move.

use std::collections::BTreeSet;

use kafka_core::protocol::{AlterOp, ConfigResource};
use kafka_core::types::{BrokerId, Name};

use super::cluster::Cluster;
use super::execute::told;
use super::log_dirs;
use super::options::number;
use super::plan::{self, Target};
use super::{Failure, Tp, ids, names};
use crate::jopt::Parsed;
use crate::process::Ctx;

fn targets(ctx: &Ctx, options: &Parsed) -> Result<Vec<Target>, Failure> {
    let path = options.one("reassignment-json-file")?.unwrap_or_default();
    let mut targets = plan::read(&ctx.files().given(path)?)?;
    targets.sort_by(|a, b| a.tp.cmp(&b.tp));
    Ok(targets)
}

pub(super) async fn verify(
    ctx: &Ctx,
    cluster: &Cluster<'_>,
    options: &Parsed,
) -> Result<(), Failure> {
    let targets = targets(ctx, options)?;
    let ongoing = cluster.ongoing().await?;
    let settled = targets.iter().filter(|t| !ongoing.contains_key(&t.tp));
    let topics = cluster
        .topics(settled.map(|t| t.tp.0.clone()).collect())
        .await?;
    ctx.out("Status of partition reassignment:\n");
    for target in &targets {
        let (topic, number) = &target.tp;
        let described = topics.iter().find(|described| described.name == *topic);
        let partition = described.and_then(|d| d.partitions.get(*number as usize));
        let replicas = partition.map(|p| p.replicas.clone()).unwrap_or_default();
        let line = if ongoing.contains_key(&target.tp) {
            format!("Reassignment of partition {topic}-{number} is still in progress.")
        } else if replicas == target.brokers() {
            format!("Reassignment of partition {topic}-{number} is completed.")
        } else {
            format!(
                "There is no active reassignment of partition {topic}-{number}, but replica set is {} rather than {}.",
                ids(&replicas),
                ids(&target.replicas)
            )
        };
        ctx.out(format!("{line}\n"));
    }
    let is_moving = log_dirs::tell(ctx, cluster, &targets).await?;
    ctx.out("\n");
    if ongoing.is_empty() && !is_moving && !options.has("preserve-throttles") {
        lift_throttles(ctx, cluster, &targets).await?;
    }
    Ok(())
}

pub(super) async fn cancel(
    ctx: &Ctx,
    cluster: &Cluster<'_>,
    options: &Parsed,
) -> Result<(), Failure> {
    let targets = targets(ctx, options)?;
    let ongoing = cluster.ongoing().await?;
    let active = targets.iter().filter(|t| ongoing.contains_key(&t.tp));
    let active: Vec<Tp> = active.map(|target| target.tp.clone()).collect();
    if active.is_empty() {
        ctx.out("None of the specified partition reassignments are active.\n");
    } else {
        let plural = if active.len() == 1 { "" } else { "s" };
        let cancelled = active.iter().map(|(t, p)| (t.clone(), *p, None));
        let refused = cluster.reassign(cancelled.collect()).await?;
        if !refused.is_empty() {
            let text = format!(
                "Error cancelling partition reassignment{plural} for:\n{}",
                told(&refused)
            );
            return Err(Failure::Terse(text));
        }
        ctx.out(format!(
            "Successfully cancelled partition reassignment{plural} for: {}\n",
            names(&active)
        ));
    }
    let timeout_ms = number(options, "timeout")?;
    log_dirs::cancel(ctx, cluster, &targets, timeout_ms).await?;
    if !options.has("preserve-throttles") {
        lift_throttles(ctx, cluster, &targets).await?;
    }
    Ok(())
}

async fn lift_throttles(
    ctx: &Ctx,
    cluster: &Cluster<'_>,
    targets: &[Target],
) -> Result<(), Failure> {
    let mut brokers: Vec<BrokerId> = cluster.brokers().await?.iter().map(|b| b.id).collect();
    brokers.sort_unstable();
    let plural = |many: usize| if many == 1 { "" } else { "s" };
    ctx.out(format!(
        "Clearing broker-level throttles on broker{} {}\n",
        plural(brokers.len()),
        ids(&brokers)
    ));
    let delete = |names: &[&str]| -> Vec<(Name, AlterOp)> {
        let each = names
            .iter()
            .map(|name| (Name::from(*name), AlterOp::Delete));
        each.collect()
    };
    let rates = [
        "leader.replication.throttled.rate",
        "follower.replication.throttled.rate",
        "replica.alter.log.dirs.io.max.bytes.per.second",
    ];
    let of_broker = |id: &BrokerId| (ConfigResource::Broker(Some(*id)), delete(&rates));
    cluster
        .configure(brokers.iter().map(of_broker).collect())
        .await?;
    let topics: BTreeSet<Name> = targets.iter().map(|target| target.tp.0.clone()).collect();
    let topics: Vec<Name> = topics.into_iter().collect();
    ctx.out(format!(
        "Clearing topic-level throttles on topic{} {}\n",
        plural(topics.len()),
        topics.join(",")
    ));
    let replicas = [
        "leader.replication.throttled.replicas",
        "follower.replication.throttled.replicas",
    ];
    let of_topic = |topic: &Name| (ConfigResource::Topic(topic.clone()), delete(&replicas));
    cluster
        .configure(topics.iter().map(of_topic).collect())
        .await?;
    Ok(())
}
