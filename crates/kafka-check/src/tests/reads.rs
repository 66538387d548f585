//! Applications: the order of what they send, what they are given and where they stand.

use super::logs::cleaned;
use super::quorum::{partitions, with_metadata};
use super::*;
use kafka_core::client::DeliveredRecord;
use kafka_core::partitioner::partition_for_key;

use crate::verdict::Breach;

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

/// A topic of so many partitions, then of so many; then a record with that key is
/// committed in partition 0. Gives what that shows.
fn keyed(key: &[u8], counts: &[u32], strays: Option<Setting>) -> (Option<Violation>, Outcome) {
    let mut bench = with_metadata();
    bench.cluster.strays = strays;
    let mut from = 0;
    for count in counts {
        assert_eq!(partitions(&mut bench, from..*count), None);
        from = *count;
    }
    sent(&mut bench, 1);
    let mut body = body(1, ProducerId::NONE, -1);
    body.records[0].key = Some(key.into());
    assert_eq!(bench.append_batch(A, body), None);
    assert_eq!(bench.copy(B, A), None);
    assert_eq!(bench.copy(C, A), None);
    (bench.advance(A, 1), bench.outcome(Invariant::KeyRouting))
}

/// INV-35, PRO-1: a record is where its key belongs; who ignores keys may put it elsewhere,
/// and partitions that were added move keys.
#[test]
fn records_with_one_key_are_in_one_partition() {
    let of = |partition| {
        let mut keys = (0..=u8::MAX).map(|byte| [byte]);
        let key = keys.find(|key| partition_for_key(key, 2) == partition);
        key.expect("a key of that partition")
    };
    let key = of(1);
    assert_eq!(keyed(&of(0), &[2], None), (None, Outcome::Holds));
    breaks(keyed(&key, &[2], None).0, Invariant::KeyRouting);
    let allowed = Outcome::AllowedBy(Setting::IgnoreKeys);
    let strays = Some(Setting::IgnoreKeys);
    assert_eq!(keyed(&key, &[2], strays), (None, allowed));
    let allowed = Outcome::AllowedBy(Setting::PartitionsAdded);
    assert_eq!(keyed(&key, &[1, 2], None), (None, allowed));
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

/// INV-50: a group that has read to the end was given every committed record. One that begins
/// at the end was not promised what stood before, and one whose offset outlived an unclean
/// election passes over what is written in its place; what another replica compacted away may
/// have been read there, and what was deleted is asked for no more.
#[test]
fn a_group_is_given_every_committed_record() {
    let mut bench = Bench::new();
    let reader = Reader {
        group: "g".into(),
        partition: P,
        from_earliest: true,
    };
    bench.cluster.readers = vec![reader];
    bench.committed(A, 1);
    bench.committed(A, 2);
    let ended = |bench: &Bench| bench.checker.at_least_once(&bench.cluster, Seq(bench.seq));
    assert_eq!(given(&mut bench, 2, 1), None);
    let found = ended(&bench);
    assert_eq!(found.outcome, Outcome::Violated);
    let never = Breach::NeverGiven {
        group: "g".into(),
        partition: P,
        offset: Offset(0),
    };
    assert_eq!(found.first.map(|it| it.breach), Some(never));
    bench.cluster.readers[0].from_earliest = false;
    let allowed = Outcome::AllowedBy(Setting::AutoOffsetReset);
    assert_eq!(ended(&bench).outcome, allowed);
    bench.cluster.readers[0].from_earliest = true;
    bench.at(A).log_start = Offset(1);
    assert_eq!(ended(&bench).outcome, Outcome::Holds);
    bench.at(A).log_start = Offset(0);
    let mut compacted = Bench::new();
    compacted.cluster.readers = bench.cluster.readers.clone();
    compacted.committed(A, 1);
    compacted.committed(A, 2);
    compacted.at(B).batches.remove(0);
    compacted.sound(B, cleaned(2, 1));
    assert_eq!(given(&mut compacted, 2, 1), None);
    let allowed = Outcome::AllowedBy(Setting::Compaction);
    assert_eq!(ended(&compacted).outcome, allowed);
    assert_eq!(given(&mut bench, 1, 0), None);
    assert_eq!(ended(&bench).outcome, Outcome::Holds);
    bench.committed(A, 3);
    bench.unclean_choice(B, 1);
    let _ = bench.elect(B, 1);
    bench.at(B).high_watermark = Offset(3);
    let allowed = Outcome::AllowedBy(Setting::UncleanLeaderElection);
    assert_eq!(ended(&bench).outcome, allowed);
}
