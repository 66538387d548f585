//! Row 21: a snapshot of a whole world beside a plain clone of the same shape.
//!
//! A snapshot shares what has not changed since the last one, so its price is paid
//! in two parts: at once, and when each process next changes. Both are counted:
//! the snapshot, then a copy of every process as its next event would make it.

use kafka_core::broker::Partition;
use kafka_core::types::{Duration, NodeId};
use kafka_sim::workload::Workload;
use kafka_sim::{ActionError, ClusterSpec, World};

use crate::{Meter, Report};

/// Rounds, interleaved; the fastest of each counts. A round repeats what is short.
const ROUNDS: u32 = 7;
const REPEATS: u32 = 20;

/// A replica as a plain struct would hold it: fixed fields, the lists of replicas
/// and in-sync replicas, the epochs, and where each batch lies.
#[derive(Clone)]
struct PlainReplica {
    /// Ids, epochs, offsets, watermarks, sizes.
    fields: [u64; 16],
    replicas: Vec<NodeId>,
    isr: Vec<NodeId>,
    epochs: Vec<(i32, i64)>,
    batches: Vec<(i64, u32)>,
}

/// The replicas of every broker, nothing shared.
fn plain_of(world: &World) -> Vec<Vec<PlainReplica>> {
    let plain = |partition: &Partition| PlainReplica {
        fields: [partition.leader_epoch.0 as u64; 16],
        replicas: partition.replicas.clone(),
        isr: partition.isr.clone(),
        epochs: vec![(partition.leader_epoch.0, 0)],
        batches: partition
            .log
            .disk()
            .batches()
            .map(|batch| (batch.base_offset.0, batch.size_bytes()))
            .collect(),
    };
    let brokers = world.brokers();
    brokers
        .map(|broker| broker.partitions().map(plain).collect())
        .collect()
}

fn copy_of_plain(plain: &[Vec<PlainReplica>]) -> usize {
    let copy = std::hint::black_box(plain.to_vec());
    let read = |replica: &PlainReplica| {
        let lists = replica.replicas.len() + replica.isr.len() + replica.epochs.len();
        lists + replica.batches.len() + replica.fields[0] as usize
    };
    copy.iter().flatten().map(read).sum()
}

fn world_of(partitions: u32) -> Result<World, ActionError> {
    let mut world = World::new(ClusterSpec::default(), 1);
    let workload = Workload {
        partitions,
        ..Workload::default()
    };
    workload.start(&mut world)?;
    world.run_for(Duration::from_secs(10));
    Ok(world)
}

fn copy_of_everything(world: &World) -> usize {
    let copy = world.snapshot();
    let processes: Vec<_> = copy.nodes().map(|node| node.process.clone()).collect();
    std::hint::black_box(&processes).len()
}

/// Row 21 for one number of replicas.
pub fn snapshot(meter: Meter<'_>, replicas: u64) -> Result<Report, ActionError> {
    let world = world_of((replicas / 3) as u32)?;
    let held = world.brokers().map(|broker| broker.partitions().count());
    let held = held.sum::<usize>() as u64;
    let plain = plain_of(&world);
    let mut best = [f64::INFINITY; 3];
    let repeat = |run: &dyn Fn() -> usize| {
        let all = || (0..REPEATS).map(|_| run()).sum::<usize>();
        meter.time(all).1 / f64::from(REPEATS)
    };
    for _ in 0..ROUNDS {
        let runs: [&dyn Fn() -> usize; 3] = [
            &|| copy_of_everything(&world),
            &|| std::hint::black_box(world.snapshot()).events() as usize,
            &|| copy_of_plain(&plain),
        ];
        for (place, run) in runs.into_iter().enumerate() {
            best[place] = best[place].min(repeat(run));
        }
    }
    let [whole, at_once, plain] = best;
    Ok(Report::new("snapshot")
        .count("replicas", replicas)
        .count("replicas_and_internal", held)
        .count("events", world.events())
        .measure("seconds", whole)
        .measure("at_once_seconds", at_once)
        .measure("plain_seconds", plain)
        .measure("ratio_to_plain", whole / plain)
        .digest(world.digest())
        .peak(meter))
}
