//! Replicas for which a plan names a log directory of their broker: moving them there, and
//! telling where they are (KIP-113).
//!
//! The plan's replicas move between brokers first (`execute`); a broker that has no such replica
//! yet remembers the directory, and is asked again until it has. Texts are the recorded ones.

use std::collections::{BTreeMap, BTreeSet};

use kafka_core::error::ErrorCode;
use kafka_core::protocol::{AlterOp, ConfigResource};
use kafka_core::types::{BrokerId, Duration, Name};

use super::cluster::Cluster;
use super::plan::Target;
use super::{Failure, Tp};
use crate::java::Exception;
use crate::process::Ctx;

/// A partition's replica.
pub(super) type Replica = (Tp, BrokerId);

/// Default of `--timeout`.
const TIMEOUT_MS: u64 = 10_000;
/// Between two requests for replicas that are not there yet.
const PAUSE: Duration = Duration::from_ms(100);

/// The directory that the broker is known to have a replica in, and the one it is moving to.
#[derive(Clone, Debug, Default)]
pub(super) struct Lies {
    pub(super) current: Option<Name>,
    pub(super) future: Option<Name>,
}

/// The replicas of a plan that shall lie in a certain directory, in order.
pub(super) fn wanted(targets: &[Target]) -> BTreeMap<Replica, Name> {
    let of_target = |target: &Target| {
        let placed = target.brokers().into_iter().zip(target.placed());
        let wanted = placed.filter_map(|(broker, dir)| Some((broker, Name::from(dir?))));
        let tp = target.tp.clone();
        wanted
            .map(move |(broker, dir)| ((tp.clone(), broker), dir))
            .collect::<Vec<_>>()
    };
    targets.iter().flat_map(of_target).collect()
}

/// `topic-0-1`.
fn name(((topic, partition), broker): &Replica) -> String {
    format!("{topic}-{partition}-{broker}")
}

/// Holds moves on these replicas' brokers to a rate.
pub(super) async fn throttle(
    ctx: &Ctx,
    cluster: &Cluster<'_>,
    wanted: &BTreeMap<Replica, Name>,
    rate: u64,
) -> Result<(), Failure> {
    let brokers: BTreeSet<BrokerId> = wanted.keys().map(|(_, broker)| *broker).collect();
    let value = Name::from(rate.to_string().as_str());
    let of_broker = |broker: BrokerId| {
        let set = (
            "replica.alter.log.dirs.io.max.bytes.per.second".into(),
            AlterOp::Set(value.clone()),
        );
        (ConfigResource::Broker(Some(broker)), vec![set])
    };
    cluster
        .configure(brokers.into_iter().map(of_broker).collect())
        .await?;
    ctx.out(format!(
        "The replica-alter-dir throttle limit was set to {rate} B/s\n"
    ));
    Ok(())
}

/// Has every replica move to its directory, and waits until each broker has begun.
pub(super) async fn start(
    ctx: &Ctx,
    cluster: &Cluster<'_>,
    mut pending: BTreeMap<Replica, Name>,
    timeout_ms: Option<u64>,
) -> Result<(), Failure> {
    let limit = ctx.now() + Duration::from_ms(timeout_ms.unwrap_or(TIMEOUT_MS));
    loop {
        let mut waiting = BTreeMap::new();
        for (replica, outcome) in cluster.alter_log_dirs(&pending).await {
            let Some(dir) = pending.remove(&replica) else {
                continue;
            };
            match outcome {
                Ok(ErrorCode::None) => {
                    let ((topic, partition), broker) = replica;
                    ctx.out(format!(
                        "Successfully started moving log directory to {dir} for replica {topic}-{partition} with broker {broker} \n"
                    ));
                }
                Ok(ErrorCode::ReplicaNotAvailable) => {
                    waiting.insert(replica, dir);
                }
                Ok(error) => return Err(failed(&replica, &Exception::of_code(error))),
                Err(cause) => return Err(failed(&replica, &cause)),
            }
        }
        if waiting.is_empty() {
            return Ok(());
        }
        if ctx.now() >= limit {
            let names: Vec<String> = waiting.keys().map(name).collect();
            let plural = if names.len() == 1 { "" } else { "s" };
            return Err(Failure::Terse(format!(
                "Timed out before log directory move{plural} could be started for: {}",
                names.join(",")
            )));
        }
        cluster.admin.pause(PAUSE).await?;
        pending = waiting;
    }
}

fn failed(replica: &Replica, cause: &Exception) -> Failure {
    if crate::admin::interruption(cause).is_some() {
        return cause.clone().into();
    }
    let cause = cause.executed();
    let causes = [cause.text()].into_iter().chain(cause.causes);
    Failure::Thrown(Exception {
        causes: causes.collect(),
        ..Exception::admin_command_failed(format!("Failed to alter dir for {}", name(replica)))
    })
}

/// How far the move of a replica to that directory is, as a line.
fn line(replica: &Replica, wanted: &str, lies: &Lies) -> String {
    let ((topic, partition), broker) = replica;
    let partition = format!("Partition {topic}-{partition}");
    match (&lies.current, &lies.future) {
        (None, _) => format!(
            "{partition} is not found in any live log dir on broker {broker}. There is likely an offline log directory on the broker."
        ),
        (_, Some(future)) if **future == *wanted => format!(
            "Reassignment of replica {} is still in progress.",
            name(replica)
        ),
        (_, Some(future)) => format!(
            "{partition} on broker {broker} is being moved to log dir {future} instead of {wanted}."
        ),
        (Some(current), None) if **current == *wanted => format!(
            "Reassignment of replica {} completed successfully.",
            name(replica)
        ),
        (Some(current), None) => format!(
            "{partition} on broker {broker} is not being moved from log dir {current} to {wanted}."
        ),
    }
}

/// Tells of every replica for which the plan names a directory. Returns whether one is moving.
pub(super) async fn tell(
    ctx: &Ctx,
    cluster: &Cluster<'_>,
    targets: &[Target],
) -> Result<bool, Failure> {
    let wanted = wanted(targets);
    let places = cluster.places(wanted.keys().cloned().collect()).await?;
    for (replica, dir) in &wanted {
        let lies = places.get(replica).cloned().unwrap_or_default();
        ctx.out(format!("{}\n", line(replica, dir, &lies)));
    }
    Ok(places.values().any(|lies| lies.future.is_some()))
}

/// Ends the moves of the plan's replicas: they stay where they are.
pub(super) async fn cancel(
    ctx: &Ctx,
    cluster: &Cluster<'_>,
    targets: &[Target],
    timeout_ms: Option<u64>,
) -> Result<(), Failure> {
    let replicas = wanted(targets).into_keys().collect();
    let places = cluster.places(replicas).await?.into_iter();
    let moving =
        places.filter_map(|(replica, lies)| lies.future.and(Some((replica, lies.current?))));
    let moving: BTreeMap<Replica, Name> = moving.collect();
    if moving.is_empty() {
        // Kafka ends no line here.
        ctx.out("None of the specified partition moves are active.");
        return Ok(());
    }
    start(ctx, cluster, moving, timeout_ms).await
}
