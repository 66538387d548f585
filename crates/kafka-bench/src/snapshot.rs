//! Row 21: a snapshot of a whole world beside a plain clone of the same shape.
//!
//! A snapshot shares what has not changed since the last one, so its price is paid
//! in two parts: at once, and when each process next changes. Both are counted:
//! the snapshot, then a copy of every process as its next event would make it.

use kafka_core::types::Duration;
use kafka_sim::workload::Workload;
use kafka_sim::{ActionError, ClusterSpec, World};

use crate::{Meter, Report};

/// Rounds, interleaved; the fastest of each counts. A round repeats what is short.
const ROUNDS: u32 = 7;
const REPEATS: u32 = 20;

/// What a replica has at least: 200 bytes of ids, epochs, offsets and sizes.
type PlainReplica = [u64; 25];

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
    let plain: Vec<Vec<PlainReplica>> = vec![vec![[1; 25]; (replicas / 3) as usize]; 3];
    let mut best = [f64::INFINITY; 3];
    let repeat = |run: &dyn Fn() -> usize| {
        let all = || (0..REPEATS).map(|_| run()).sum::<usize>();
        meter.time(all).1 / f64::from(REPEATS)
    };
    for _ in 0..ROUNDS {
        let runs: [&dyn Fn() -> usize; 3] = [
            &|| copy_of_everything(&world),
            &|| std::hint::black_box(world.snapshot()).events() as usize,
            &|| std::hint::black_box(plain.clone()).len(),
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
