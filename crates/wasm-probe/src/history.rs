//! What a long history costs, for the bench of `tests/determinism/seek.mjs`: the same busy cluster as a
//! bare world, which remembers nothing, and as a timeline, which can go back.
//!
//! No clock is read here; the script measures the calls.

use std::cell::RefCell;

use kafka_sim::workload::Workload;
use kafka_sim::{ActionError, ClusterSpec, Target, Timeline, World};

thread_local! {
    static TIMELINE: RefCell<Option<Timeline>> = const { RefCell::new(None) };
}

/// Newest trace entries and history items that a bare world keeps.
const KEPT: usize = 1 << 12;

/// Runs a bare world until that many events were delivered; gives its digest.
pub fn run_bare(seed: u64, events: u64) -> Result<u64, ActionError> {
    let mut world = World::new(ClusterSpec::default(), seed);
    world.trace_mut().keep_entries(KEPT);
    world.history_mut().keep_items(KEPT);
    Workload::default().start(&mut world)?;
    while world.events() < events && world.step() {}
    Ok(world.digest())
}

/// Runs a timeline to the same place and keeps it; gives its digest.
pub fn record(seed: u64, events: u64) -> Result<u64, ActionError> {
    let mut timeline = Timeline::new(ClusterSpec::default(), seed);
    Workload::default().start(&mut timeline)?;
    while timeline.world().events() < events && timeline.step() {}
    let digest = timeline.world().digest();
    TIMELINE.with_borrow_mut(|kept| *kept = Some(timeline));
    Ok(digest)
}

/// Goes to a moment of the kept timeline; gives the digest there, 0 without one.
pub fn seek(event: u64) -> u64 {
    TIMELINE.with_borrow_mut(|kept| {
        kept.as_mut().map_or(0, |timeline| {
            timeline.seek(Target::Event(event));
            timeline.world().digest()
        })
    })
}

/// Number of trace entries of the kept timeline.
pub fn entries() -> u32 {
    TIMELINE.with_borrow(|kept| {
        kept.as_ref()
            .map_or(0, |timeline| timeline.full_trace().len())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the bench measures is the same history, and going back finds it again.
    #[test]
    fn a_timeline_goes_where_a_bare_world_goes() {
        let end = record(5, 12_000).unwrap();
        assert_eq!(end, run_bare(5, 12_000).unwrap());
        let middle = seek(9_000);
        assert_eq!(middle, run_bare(5, 9_000).unwrap());
        assert_eq!(seek(12_000), end);
        assert!(entries() > 12_000);
    }
}
