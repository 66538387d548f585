//! `--execute`, with the throttles of a move.

use std::collections::{BTreeMap, BTreeSet};

use kafka_core::error::ErrorCode;
use kafka_core::protocol::{AlterOp, ConfigResource, OngoingReassignment, Outcome};
use kafka_core::types::{BrokerId, Name};

use super::cluster::Cluster;
use super::log_dirs;
use super::options::number;
use super::plan::{self, Target};
use super::{Failure, Tp, ids, names};
use crate::java::Exception;
use crate::jopt::Parsed;
use crate::process::Ctx;

const EXISTING: &str = "Cannot execute because there is an existing partition assignment.  Use --additional to override this and create a new partition assignment in addition to the existing one. The --additional flag can also be used to change the throttle by resubmitting the current reassignment.";

/// Brokers that have a partition, and brokers that shall get it.
type Move = (BTreeSet<BrokerId>, BTreeSet<BrokerId>);

pub(super) async fn execute(
    ctx: &Ctx,
    cluster: &Cluster<'_>,
    options: &Parsed,
) -> Result<(), Failure> {
    let path = options.one("reassignment-json-file")?.unwrap_or_default();
    let text = ctx.files().given(path)?;
    let throttle = number(options, "throttle")?;
    let dir_throttle = number(options, "replica-alter-log-dirs-throttle")?;
    let timeout_ms = number(options, "timeout")?;
    let targets = plan::read_for_execution(&text)?;
    let ongoing = cluster.ongoing().await?;
    if !options.has("additional") && !ongoing.is_empty() {
        return Err(Failure::Terse(EXISTING.to_string()));
    }
    check_brokers(cluster, &targets).await?;
    let current = replicas_of(cluster, &targets).await?;
    if options.has("disallow-replication-factor-change") {
        check_factors(&targets, &current)?;
    }
    let dirs = cluster.log_dirs(&current).await?;
    ctx.out(format!(
        "Current partition replica assignment\n\n{}\n\nSave this to use as the --reassignment-json-file option during rollback\n",
        plan::write(&current, &dirs)
    ));
    let placed = log_dirs::wanted(&targets);
    if throttle.or(dir_throttle).is_some() {
        ctx.out("Warning: You must run --verify periodically, until the reassignment completes, to ensure the throttle is removed.\n");
    }
    if let Some(rate) = throttle {
        let moves = moves(&ongoing, &targets, &current);
        cluster.configure(throttled(&moves, rate)).await?;
        ctx.out(format!(
            "The inter-broker throttle limit was set to {rate} B/s\n"
        ));
    }
    if let Some(rate) = dir_throttle {
        log_dirs::throttle(ctx, cluster, &placed, rate).await?;
    }
    let wanted = targets.iter().map(|target| {
        let (topic, partition) = target.tp.clone();
        (topic, partition, Some(target.brokers()))
    });
    let refused = cluster.reassign(wanted.collect()).await?;
    if !refused.is_empty() {
        let text = format!("Error reassigning partition(s):\n{}", told(&refused));
        return Err(Failure::Terse(text));
    }
    let tps: Vec<Tp> = targets.into_iter().map(|target| target.tp).collect();
    let plural = if tps.len() == 1 { "" } else { "s" };
    ctx.out(format!(
        "Successfully started partition reassignment{plural} for {}\n",
        names(&tps)
    ));
    log_dirs::start(ctx, cluster, placed, timeout_ms).await
}

/// `t-0: text`, a line each.
pub(super) fn told(refused: &[(Tp, Outcome)]) -> String {
    let line = |((topic, partition), outcome): &(Tp, Outcome)| {
        format!("{topic}-{partition}: {}", outcome.text())
    };
    let lines: Vec<String> = refused.iter().map(line).collect();
    lines.join("\n")
}

async fn check_brokers(cluster: &Cluster<'_>, targets: &[Target]) -> Result<(), Failure> {
    let up: Vec<i64> = (cluster.brokers().await?.iter().map(|b| i64::from(b.id.0))).collect();
    let all: BTreeSet<i32> = targets.iter().flat_map(|t| t.replicas.clone()).collect();
    match all.into_iter().find(|id| !up.contains(&i64::from(*id))) {
        None => Ok(()),
        Some(id) => Err(Exception::admin_command_failed(format!("Unknown broker id {id}")).into()),
    }
}

async fn replicas_of(
    cluster: &Cluster<'_>,
    targets: &[Target],
) -> Result<BTreeMap<Tp, Vec<BrokerId>>, Failure> {
    let topics = targets.iter().map(|target| target.tp.0.clone()).collect();
    let topics = cluster.known_topics(topics).await?;
    let mut current = BTreeMap::new();
    for Target { tp, .. } in targets {
        let topic = topics.iter().find(|topic| topic.name == tp.0);
        let partition = topic.and_then(|topic| topic.partitions.get(tp.1 as usize));
        let Some(partition) = partition else {
            let text = format!("Unable to find partition: {}-{}", tp.0, tp.1);
            let outcome = Outcome::fail(ErrorCode::UnknownTopicOrPartition, &text);
            return Err(Exception::of_outcome(&outcome).executed().into());
        };
        current.insert(tp.clone(), partition.replicas.clone());
    }
    Ok(current)
}

fn check_factors(targets: &[Target], current: &BTreeMap<Tp, Vec<BrokerId>>) -> Result<(), Failure> {
    let changed = |target: &&Target| {
        let now = current.get(&target.tp);
        now.is_some_and(|replicas| replicas.len() != target.replicas.len())
    };
    let changed: Vec<Tp> = targets
        .iter()
        .filter(changed)
        .map(|t| t.tp.clone())
        .collect();
    if changed.is_empty() {
        return Ok(());
    }
    Err(Failure::Terse(format!(
        "Error reassigning partition(s):\n{}: The replication factor is changed",
        names(&changed)
    )))
}

/// All moves there will be: those that are running, overridden by the new ones.
fn moves(
    ongoing: &BTreeMap<Tp, OngoingReassignment>,
    targets: &[Target],
    current: &BTreeMap<Tp, Vec<BrokerId>>,
) -> BTreeMap<Tp, Move> {
    let sources = |o: &OngoingReassignment| -> BTreeSet<BrokerId> {
        let all = o
            .replicas
            .iter()
            .filter(|broker| !o.adding.contains(broker));
        all.copied().collect()
    };
    let running = ongoing.iter().map(|(tp, o)| {
        let destinations = o.adding.iter().copied().collect();
        (tp.clone(), (sources(o), destinations))
    });
    let mut moves: BTreeMap<Tp, Move> = running.collect();
    for target in targets {
        let from = match ongoing.get(&target.tp) {
            Some(ongoing) => sources(ongoing),
            None => current
                .get(&target.tp)
                .into_iter()
                .flatten()
                .copied()
                .collect(),
        };
        let to = target
            .brokers()
            .into_iter()
            .filter(|b| !from.contains(b))
            .collect();
        moves.insert(target.tp.clone(), (from, to));
    }
    moves
}

/// The settings that hold these moves to a rate.
fn throttled(moves: &BTreeMap<Tp, Move>, rate: u64) -> Vec<(ConfigResource, Vec<(Name, AlterOp)>)> {
    let mut resources = Vec::new();
    let topics: BTreeSet<&Name> = moves.keys().map(|(topic, _)| topic).collect();
    for topic in topics {
        let (mut leaders, mut followers) = (BTreeSet::new(), BTreeSet::new());
        for ((_, partition), (from, to)) in moves.iter().filter(|((name, _), _)| name == topic) {
            leaders.extend(from.iter().map(|broker| format!("{partition}:{broker}")));
            followers.extend(to.iter().map(|broker| format!("{partition}:{broker}")));
        }
        let mut changes = Vec::new();
        for (side, replicas) in [("leader", leaders), ("follower", followers)] {
            if !replicas.is_empty() {
                let name = format!("{side}.replication.throttled.replicas");
                let list = ids(&replicas.into_iter().collect::<Vec<_>>());
                changes.push((name.as_str().into(), AlterOp::Set(list.as_str().into())));
            }
        }
        resources.push((ConfigResource::Topic(topic.clone()), changes));
    }
    let sides = moves.values().flat_map(|(from, to)| from.iter().chain(to));
    let brokers: BTreeSet<BrokerId> = sides.copied().collect();
    for broker in brokers {
        let rate = Name::from(rate.to_string().as_str());
        let set = |side: &str| {
            let name = format!("{side}.replication.throttled.rate");
            (name.as_str().into(), AlterOp::Set(rate.clone()))
        };
        let changes = vec![set("leader"), set("follower")];
        resources.push((ConfigResource::Broker(Some(broker)), changes));
    }
    resources
}
