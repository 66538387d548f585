//! `--generate`: a proposal drawn by the placer of the controller.

use std::collections::BTreeMap;

use kafka_core::java_random::JavaRandom;
use kafka_core::placement::{UsableBroker, place_striped};
use kafka_core::types::{BrokerId, NodeId};

use super::cluster::Cluster;
use super::plan::{self, duplicates};
use super::{Failure, Tp};
use crate::java::Exception;
use crate::jopt::Parsed;
use crate::process::Ctx;

pub(super) async fn generate(
    ctx: &Ctx,
    cluster: &Cluster<'_>,
    options: &Parsed,
) -> Result<(), Failure> {
    let path = options.one("topics-to-move-json-file")?.unwrap_or_default();
    let text = ctx.files().given(path)?;
    let brokers = broker_list(options.one("broker-list")?.unwrap_or_default())?;
    let topics = plan::read_topics(&text)?;
    let described = cluster.known_topics(topics.into_iter().collect()).await?;
    let mut current: BTreeMap<Tp, Vec<BrokerId>> = BTreeMap::new();
    for topic in &described {
        for partition in &topic.partitions {
            let tp = (topic.name.clone(), partition.partition);
            current.insert(tp, partition.replicas.clone());
        }
    }
    let proposed = propose(ctx, cluster, options, &brokers, &current).await?;
    let dirs = cluster.log_dirs(&current).await?;
    ctx.out(format!(
        "Current partition replica assignment\n{}\n\nProposed partition reassignment configuration\n{}\n",
        plan::write(&current, &dirs),
        plan::write(&proposed, &BTreeMap::new())
    ));
    Ok(())
}

fn broker_list(list: &str) -> Result<Vec<i32>, Exception> {
    let number = |id: &str| {
        id.parse::<i32>().map_err(|_| {
            let text = format!("For input string: \"{id}\"");
            Exception::new("java.lang.NumberFormatException", text)
        })
    };
    let ids: Vec<i32> = list.split(',').map(number).collect::<Result<_, _>>()?;
    let twice = duplicates(ids.iter().copied());
    if twice.is_empty() {
        return Ok(ids);
    }
    let twice: Vec<String> = twice.iter().map(i32::to_string).collect();
    Err(Exception::admin_command_failed(format!(
        "Broker list contains duplicate entries: [{}]",
        twice.join(", ")
    )))
}

async fn propose(
    ctx: &Ctx,
    cluster: &Cluster<'_>,
    options: &Parsed,
    wanted: &[i32],
    current: &BTreeMap<Tp, Vec<BrokerId>>,
) -> Result<BTreeMap<Tp, Vec<BrokerId>>, Failure> {
    let mut up = cluster.brokers().await?;
    up.retain(|broker| {
        wanted
            .iter()
            .any(|id| u32::try_from(*id) == Ok(broker.id.0))
    });
    up.sort_by_key(|broker| broker.id);
    let aware = !options.has("disable-rack-aware");
    let with_rack = up.iter().filter(|broker| broker.rack.is_some()).count();
    if aware && with_rack != 0 && with_rack != up.len() {
        return Err(Exception::admin_operation("Not all brokers have rack information. Add --disable-rack-aware in command line to make replica assignment without rack information.",
        )
        .into());
    }
    let usable: Vec<UsableBroker<'_>> = (up.iter())
        .filter_map(|broker| {
            Some(UsableBroker {
                id: i32::try_from(broker.id.0).ok()?,
                rack: broker.rack.as_deref().filter(|_| aware),
                fenced: false,
            })
        })
        .collect();
    // A proposal is drawn anew at every call.
    let mut random = JavaRandom::new(i64::try_from(ctx.now().0).unwrap_or(0));
    let mut topics: BTreeMap<_, Vec<&Tp>> = BTreeMap::new();
    for tp in current.keys() {
        topics.entry(&tp.0).or_default().push(tp);
    }
    let mut proposed = BTreeMap::new();
    for tps in topics.values() {
        let factor = i32::try_from(current[tps[0]].len()).unwrap_or(i32::MAX);
        let placed = place_striped(&usable, tps.len() as u32, factor, &mut random);
        let placed = placed.map_err(|error| {
            Exception::new(
                "org.apache.kafka.common.errors.InvalidReplicationFactorException",
                error.to_string(),
            )
        })?;
        for (tp, replicas) in tps.iter().zip(placed) {
            let ids = replicas.into_iter().filter_map(|id| u32::try_from(id).ok());
            proposed.insert((*tp).clone(), ids.map(NodeId).collect());
        }
    }
    Ok(proposed)
}
