//! Small clusters, explored to the end: exact numbers of states, and the breaks that
//! gave historic rules up.

use kafka_check::Invariant;
use kafka_model::{Named, Report, Wrong, explore, named};

/// More states than any search here has.
const MOST: u64 = 200_000;

fn search(name: &str) -> Named {
    let mut all = named().into_iter();
    let search = all.find(|search| search.name == name);
    search.unwrap_or_else(|| panic!("no search {name}"))
}

/// Every state was seen and none breaks anything; so many states, steps, and states in
/// which nothing more can happen.
#[track_caller]
fn holds(name: &str, states: u64, transitions: u64, ends: u64) {
    let report = explore(&search(name).plan, MOST);
    let Report {
        broken, gave_up, ..
    } = &report;
    assert!(broken.is_none() && !gave_up, "{report}");
    let found = (report.states, report.transitions, report.ends);
    assert_eq!(found, (states, transitions, ends), "{report}");
}

/// By the historic rule the shortest way to a breach has so many steps and breaks that
/// invariant.
#[track_caller]
fn breaks(name: &str, invariant: Invariant, steps: usize) {
    let historic = search(name).historic.expect("a historic rule");
    let report = explore(&historic, MOST);
    let Some(trail) = &report.broken else {
        panic!("nothing breaks: {report}");
    };
    let Wrong::Breach(violation) = &trail.wrong else {
        panic!("stuck: {report}");
    };
    assert_eq!(violation.invariant, invariant, "{report}");
    assert_eq!(trail.steps.len(), steps, "{report}");
}

/// Two records without any fault: the only disorder is that of the messages.
#[test]
fn two_records_and_no_fault() {
    holds("order", 22, 26, 1);
}

/// A machine loses power with everything unflushed and comes back, and twice a leader's
/// session expires: whatever the order, nothing acknowledged is lost (BRK-1, BRK-2, REP-9, REP-33).
#[test]
fn a_power_loss_and_two_elections() {
    holds("power-loss", 110_227, 392_346, 3_014);
}

/// Two of three replicas lose power with everything unflushed: what that takes back is what
/// such a loss permits, and nothing else breaks.
#[test]
fn a_power_loss_of_two_of_three() {
    holds("three", 5_901, 12_664, 855);
}

/// KIP-101 (REP-26, FAIL-9): a follower that cuts its log at its own high watermark leads
/// without a committed record. One that asks its leader does not.
#[test]
fn before_kip_101_a_committed_record_is_lost() {
    breaks("kip-101", Invariant::LeaderComplete, 11);
    holds("kip-101", 1_333, 2_449, 182);
}

/// KIP-279 (REP-26, FAIL-11): told where an epoch ends but not which, a follower keeps a
/// record that its leader never had.
#[test]
fn before_kip_279_two_fast_elections_make_logs_differ() {
    breaks("kip-279", Invariant::LogMatching, 12);
    holds("kip-279", 16_652, 32_535, 401);
}

/// KIP-320 (REP-26): a fetch that does not say its epoch is answered by a leader of an
/// epoch that the follower does not know; then the follower leads in an older one.
#[test]
fn before_kip_320_a_log_goes_back_in_epochs() {
    breaks("kip-320", Invariant::EpochMonotone, 7);
    holds("kip-320", 5_409, 10_561, 134);
}

/// KIP-966 (REP-9): the high watermark moved on with one replica in sync although two were
/// demanded.
#[test]
fn before_kip_966_the_high_watermark_passes_min_isr() {
    breaks("kip-966", Invariant::StrictMinIsr, 4);
    holds("kip-966", 40, 44, 11);
}
