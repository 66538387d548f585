//! Applications: the order of what they send, what they are given and where they stand.

use super::*;
use kafka_core::client::DeliveredRecord;

/// The consumer is given the record of that tag at that offset, of epoch 0.
pub(super) fn given(bench: &mut Bench, tag: u64, offset: i64) -> Option<Violation> {
    let record = Record {
        tag,
        ..Record::default()
    };
    let delivered = DeliveredRecord {
        topic: "t".into(),
        partition: P,
        offset: Offset(offset),
        leader_epoch: LeaderEpoch(0),
        record,
    };
    bench.item(CONSUMER, ClientEvent::Delivered(vec![delivered]))
}

fn sent(bench: &mut Bench, tag: u64) {
    let topic = "t".into();
    assert_eq!(bench.item(PRODUCER, ClientEvent::Sent { tag, topic }), None);
}

/// Two records sent in the order of their tags; gives what committing them in that order
/// of the log shows.
fn logged(tags: [u64; 2], reorders: bool) -> (Option<Violation>, Outcome) {
    let mut bench = Bench::new();
    bench.cluster.reorders = reorders;
    sent(&mut bench, 1);
    sent(&mut bench, 2);
    let mut found = None;
    for (at, tag) in tags.into_iter().enumerate() {
        assert_eq!(bench.append(A, tag), None);
        assert_eq!(bench.copy(B, A), None);
        assert_eq!(bench.copy(C, A), None);
        found = found.or(bench.advance(A, at as i64 + 1));
    }
    (found, bench.outcome(Invariant::Order))
}

/// INV-34: records of a producer stand in the order of sending, unless it has several
/// batches in flight, retries and is not idempotent.
#[test]
fn records_stand_in_the_order_of_sending() {
    assert_eq!(logged([1, 2], false), (None, Outcome::Holds));
    breaks(logged([2, 1], false).0, Invariant::Order);
    let allowed = Outcome::AllowedBy(Setting::MaxInFlight);
    assert_eq!(logged([2, 1], true), (None, allowed));
}

/// INV-49: a consumer stands within its leader's log; an unclean election may leave it
/// beyond.
#[test]
fn positions_stay_within_the_log() {
    let mut bench = Bench::new();
    bench.committed(A, 1);
    assert_eq!(given(&mut bench, 1, 0), None);
    breaks(given(&mut bench, 2, 1), Invariant::PositionRange);
    let mut bench = Bench::new();
    bench.committed(A, 1);
    bench.unclean_choice(B, 1);
    bench.at(B).batches.clear();
    let _ = bench.elect(B, 1);
    assert_eq!(given(&mut bench, 1, 0), None);
    let allowed = Outcome::AllowedBy(Setting::UncleanLeaderElection);
    assert_eq!(bench.outcome(Invariant::PositionRange), allowed);
}

/// INV-51: a group that commits after processing may be given a record again; that is
/// reported, as allowed.
#[test]
fn a_group_may_be_given_a_record_again() {
    let mut bench = Bench::new();
    bench.committed(A, 1);
    bench.committed(A, 2);
    assert_eq!(given(&mut bench, 1, 0), None);
    assert_eq!(given(&mut bench, 2, 1), None);
    assert_eq!(bench.outcome(Invariant::AtMostOnce), Outcome::Holds);
    assert_eq!(given(&mut bench, 1, 0), None);
    let allowed = Outcome::AllowedBy(Setting::CommitAfterProcessing);
    assert_eq!(bench.outcome(Invariant::AtMostOnce), allowed);
}
