//! Small clusters, explored to the end: exact numbers of states, and the breaks that
//! gave historic rules up.

use kafka_check::Invariant;
use kafka_core::config::Truncation;
use kafka_model::{Budget, Plan, Report, explore};
use kafka_sim::Halt;

/// More states than any search here has.
const MOST: u64 = 200_000;

/// Two replicas, `min.insync.replicas` 2.
fn pair(budget: Budget) -> Plan {
    Plan {
        min_isr: 2,
        budget,
        ..Plan::default()
    }
}

/// Every state was seen and none breaks anything; so many states, steps, and states in
/// which nothing more can happen.
#[track_caller]
fn holds(plan: &Plan, states: u64, transitions: u64, ends: u64) {
    let report = explore(plan, MOST);
    let Report {
        broken, gave_up, ..
    } = &report;
    assert!(broken.is_none() && !gave_up, "{report}");
    let found = (report.states, report.transitions, report.ends);
    assert_eq!(found, (states, transitions, ends), "{report}");
}

/// The shortest way to a breach has so many steps and breaks that invariant.
#[track_caller]
fn breaks(plan: &Plan, invariant: Invariant, steps: usize) {
    let report = explore(plan, MOST);
    let Some(trail) = &report.broken else {
        panic!("nothing breaks: {report}");
    };
    assert_eq!(trail.violation.invariant, invariant, "{report}");
    assert_eq!(trail.steps.len(), steps, "{report}");
}

/// Two records without any fault: the only disorder is that of the messages.
#[test]
fn two_records_and_no_fault() {
    let budget = Budget {
        records: 2,
        ..Budget::default()
    };
    holds(&pair(budget), 22, 26, 1);
}

/// Two replicas, two records, a machine that loses power with everything unflushed, one
/// leader more whose session expires, and the machine comes back (BRK-1, BRK-2, REP-33).
#[test]
fn a_power_loss_and_two_elections() {
    let budget = Budget {
        records: 2,
        crashes: 1,
        starts: 1,
        fences: 1,
        ..Budget::default()
    };
    let plan = Plan {
        halt: Halt::PowerLoss,
        ..pair(budget)
    };
    holds(&plan, 35_442, 116_427, 766);
}

/// Three replicas, one record, two crashes one after the other.
fn two_crashes(truncation: Truncation) -> Plan {
    let budget = Budget {
        records: 1,
        crashes: 2,
        ..Budget::default()
    };
    Plan {
        brokers: 3,
        truncation,
        ..pair(budget)
    }
}

/// KIP-101 (REP-26, FAIL-9): a follower that cuts its log at its own high watermark leads
/// without a committed record. One that asks its leader does not.
#[test]
fn before_kip_101_a_committed_record_is_lost() {
    let plan = two_crashes(Truncation::HighWatermark);
    breaks(&plan, Invariant::LeaderComplete, 11);
    holds(&two_crashes(Truncation::Epochs), 1_348, 2_430, 216);
}

/// Broker 1 leads, then broker 0, then broker 1 again, so fast that broker 1 may not hear
/// of it.
fn there_and_back(brokers: u32, records: u32, truncation: Truncation) -> Plan {
    let budget = Budget {
        records,
        fences: 1,
        preferred: 1,
        ..Budget::default()
    };
    Plan {
        brokers,
        second_leads: true,
        truncation,
        budget,
        ..Plan::default()
    }
}

/// KIP-279 (REP-26, FAIL-11): told where an epoch ends but not which, a follower keeps a
/// record that its leader never had.
#[test]
fn before_kip_279_two_fast_elections_make_logs_differ() {
    let plan = there_and_back(2, 3, Truncation::EpochEnd);
    breaks(&plan, Invariant::LogMatching, 12);
    holds(
        &there_and_back(2, 3, Truncation::Epochs),
        16_652,
        32_535,
        401,
    );
}

/// KIP-320 (REP-26): a fetch that does not say its epoch is answered by a leader of an
/// epoch that the follower does not know; then the follower leads in an older one.
#[test]
fn before_kip_320_a_log_goes_back_in_epochs() {
    let plan = there_and_back(2, 2, Truncation::Unfenced);
    breaks(&plan, Invariant::EpochMonotone, 7);
    holds(
        &there_and_back(2, 2, Truncation::Epochs),
        5_409,
        10_561,
        134,
    );
}

/// KIP-966 (REP-9): the high watermark moved on with one replica in sync although two were
/// demanded.
#[test]
fn before_kip_966_the_high_watermark_passes_min_isr() {
    let budget = Budget {
        records: 1,
        crashes: 1,
        ..Budget::default()
    };
    let plan = Plan {
        elr: false,
        ..pair(budget)
    };
    let historic = Plan {
        strict_min_isr: false,
        ..plan.clone()
    };
    breaks(&historic, Invariant::StrictMinIsr, 4);
    holds(&plan, 40, 44, 11);
}
