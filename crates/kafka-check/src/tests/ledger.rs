//! The record-fate ledger.

use super::*;
use kafka_core::client::{DeliveredRecord, NamedPartition};

fn sent(bench: &mut Bench, tag: u64) {
    let topic = "t".into();
    assert_eq!(bench.item(PRODUCER, ClientEvent::Sent { tag, topic }), None);
}

fn delivered(bench: &mut Bench, tag: u64, offset: i64) {
    let record = DeliveredRecord {
        topic: "t".into(),
        partition: P,
        offset: Offset(offset),
        leader_epoch: LeaderEpoch(0),
        record: Record {
            tag,
            ..Record::default()
        },
    };
    assert_eq!(
        bench.item(CONSUMER, ClientEvent::Delivered(vec![record])),
        None
    );
}

/// Deliveries to a consumer are numbered one after the other, a record given twice counts twice.
#[test]
fn deliveries_are_numbered_in_each_consumer() {
    let mut bench = Bench::new();
    for tag in [1, 2] {
        sent(&mut bench, tag);
        assert_eq!(bench.append(A, tag), None);
    }
    for (tag, offset) in [(1, 0), (2, 1), (1, 0)] {
        delivered(&mut bench, tag, offset);
    }
    let ledger = bench.checker.ledger();
    let numbers = |tag| {
        let given = ledger.deliveries(tag).iter();
        given.map(|d| (d.consumer, d.number)).collect::<Vec<_>>()
    };
    assert_eq!(numbers(1), [(CONSUMER, 1), (CONSUMER, 3)]);
    assert_eq!(numbers(2), [(CONSUMER, 2)]);
    assert_eq!(numbers(3), []);
}

/// A record's life from `send` to the committed offset of a group.
#[test]
fn a_record_is_followed_through_its_life() {
    let mut bench = Bench::new();
    sent(&mut bench, 1);
    let fate = bench.checker.fate(1).expect("a fate");
    assert!(fate.sent.is_some() && fate.appended.is_empty());
    assert_eq!(bench.append(A, 1), None);
    let copy = |bench: &Bench| bench.checker.fate(1).and_then(|f| f.copy().cloned());
    let at = copy(&bench).expect("appended");
    assert_eq!((at.offset, at.leader, at.replicas), (Offset(0), A, vec![A]));
    assert_eq!(bench.copy(B, A), None);
    assert_eq!(bench.copy(C, A), None);
    assert_eq!(copy(&bench).expect("a copy").replicas, [A, B, C]);
    assert_eq!(copy(&bench).expect("a copy").visible, None);
    assert_eq!(bench.advance(A, 1), None);
    assert!(copy(&bench).expect("a copy").visible.is_some());
    assert_eq!(bench.acked(1, 0), None);
    delivered(&mut bench, 1, 0);
    let partition = NamedPartition {
        topic: "t".into(),
        partition: 0,
    };
    let committed = ClientEvent::Committed {
        offsets: vec![(partition, Offset(1))],
        failure: None,
        auto: true,
    };
    assert_eq!(bench.item(CONSUMER, committed), None);
    let fate = bench.checker.fate(1).expect("a fate");
    assert_eq!(fate.committed_by, ["g".into()]);
    assert!(!fate.is_lost() && !fate.is_duplicated());
    let counts = bench.checker.counts();
    let all = [
        counts.sent,
        counts.appended,
        counts.replicated,
        counts.acknowledged,
        counts.visible,
        counts.delivered,
        counts.committed,
    ];
    assert_eq!(all, [1; 7]);
    assert_eq!((counts.lost, counts.duplicated, counts.failed), (0, 0, 0));
}

/// A retry without idempotence: the record is there twice.
#[test]
fn a_repeated_record_is_a_duplicate() {
    let mut bench = Bench::new();
    sent(&mut bench, 1);
    bench.committed(A, 1);
    bench.committed(A, 1);
    let (lost, duplicated) = bench.checker.lost_and_duplicated();
    assert_eq!((lost.len(), duplicated.len()), (0, 1));
    let offsets: Vec<i64> = duplicated[0]
        .appended
        .iter()
        .map(|at| at.offset.0)
        .collect();
    assert_eq!(offsets, [0, 1]);
}

/// A record that was appended, superseded by another leader's log, and sent again is
/// neither lost nor a duplicate.
#[test]
fn a_record_sent_again_after_a_failover_is_there_once() {
    let mut bench = Bench::new();
    sent(&mut bench, 2);
    bench.committed(A, 1);
    assert_eq!(bench.append(A, 2), None);
    assert_eq!(bench.elect(B, 1), None);
    assert_eq!(bench.append(B, 2), None);
    assert_eq!(bench.copy(C, B), None);
    bench.at(B).isr = vec![B, C];
    assert_eq!(bench.advance(B, 2), None);
    assert_eq!(bench.acked(2, 1), None);
    let fate = bench.checker.fate(2).expect("a fate");
    assert_eq!(fate.appended.len(), 2);
    assert!(!fate.is_lost() && !fate.is_duplicated());
    assert_eq!(fate.copy().expect("a copy").leader, B);
}
