//! Rows 2 and 7: whole Kafka events, and what looking at them costs.
//!
//! Three brokers, three controllers, a topic of 12 partitions with RF 3, two
//! producers of 500 records a second with acks=all, a group of three.

use kafka_check::Checker;
use kafka_core::types::Duration;
use kafka_sim::workload::Workload;
use kafka_sim::{ActionError, ClusterSpec, World};

use crate::reference::heap_of_88_bytes;
use crate::{Meter, Report};

/// Rounds, interleaved; the fastest of each counts.
const ROUNDS: u32 = 3;

/// Virtual time until the group has formed and everything is under way.
const WARM_UP: Duration = Duration::from_secs(10);

/// Newest trace entries and history items that are kept.
const KEPT: usize = 1 << 15;

/// A cluster at its everyday work, past its beginning.
pub(crate) fn busy_world(brokers: u32, seed: u64) -> Result<World, ActionError> {
    let mut world = World::new(ClusterSpec::quick(brokers, 3), seed);
    world.trace_mut().keep_entries(KEPT);
    world.trace_mut().keep_details(0);
    world.history_mut().keep_items(KEPT);
    Workload::default().start(&mut world)?;
    world.run_for(WARM_UP);
    Ok(world)
}

/// Row 2.
pub fn cluster(meter: Meter<'_>, brokers: u32, events: u64) -> Result<Report, ActionError> {
    let start = busy_world(brokers, 1)?;
    let (mut heap, mut seconds) = (f64::INFINITY, f64::INFINITY);
    let mut end = start.clone();
    for _ in 0..ROUNDS {
        heap = heap.min(heap_of_88_bytes(meter, events));
        let mut world = start.clone();
        seconds = seconds.min(meter.time(|| world.run_events(events)).1);
        end = world;
    }
    let simulated = end.now().since(start.now());
    Ok(Report::new("cluster")
        .count("brokers", u64::from(brokers))
        .events(events, seconds)
        .measure("ns_per_event", seconds * 1e9 / events as f64)
        .measure("heap_events_per_s", events as f64 / heap)
        .measure("ratio_to_heap", heap / seconds)
        .measure("simulated_seconds", simulated.as_ms() as f64 / 1e3)
        .digest(end.digest())
        .peak(meter))
}

/// Row 7: the same without the trace digest, and with every invariant after
/// every event.
pub fn look(meter: Meter<'_>, brokers: u32, events: u64) -> Result<Report, ActionError> {
    let plain = busy_world(brokers, 1)?;
    let mut blind = plain.clone();
    blind.trace_mut().keep_digest(false);
    let mut watched = plain.clone();
    watched.trace_mut().keep_details(256);
    let checker = Checker::new(&watched);
    let mut best = [f64::INFINITY; 3];
    let mut broken = 0;
    let mut digest = 0;
    for _ in 0..ROUNDS {
        let mut world = plain.clone();
        let (_, seconds) = meter.time(|| world.run_events(events));
        best[0] = best[0].min(seconds);
        digest = world.digest();
        let mut world = blind.clone();
        let (_, seconds) = meter.time(|| world.run_events(events));
        best[1] = best[1].min(seconds);
        let (mut world, mut checker) = (watched.clone(), checker.clone());
        let (found, seconds) = meter.time(|| run_checked(&mut world, &mut checker, events));
        best[2] = best[2].min(seconds);
        broken = found;
    }
    let [plain, blind, watched] = best;
    Ok(Report::new("look")
        .count("brokers", u64::from(brokers))
        .events(events, plain)
        .measure("digest_ratio", plain / blind)
        .measure("invariants_ratio", watched / plain)
        .count("broken", broken)
        .digest(digest)
        .peak(meter))
}

/// Gives the number of breaches.
fn run_checked(world: &mut World, checker: &mut Checker, events: u64) -> u64 {
    let mut broken = 0;
    for _ in 0..events {
        world.step();
        broken += u64::from(checker.after_event(world).is_some());
    }
    broken
}
