//! PRO-13 and PRO-15: sequences across retries, gaps and epoch bumps.

use super::*;

fn eager() -> ProducerConfig {
    ProducerConfig {
        linger_ms: 0,
        ..config()
    }
}

fn sequences(fake: &Fake<Producer>) -> Vec<(i16, i32)> {
    let count = fake
        .apis()
        .iter()
        .filter(|a| **a == ApiKey::Produce)
        .count();
    let all = (0..count).map(|at| batches(fake, at).remove(0).1);
    all.map(|b| (b.producer_epoch.0, b.base_sequence.0))
        .collect()
}

/// PRO-13: sequences begin at 0 and count records, a partition.
#[test]
fn sequences_count_records() {
    let mut fake = warm(eager(), &[topic("t", 4, &[(1, 0), (1, 0)])]);
    send(&mut fake, 0, "a", 1);
    send(&mut fake, 0, "b", 2);
    send(&mut fake, 1, "c", 3);
    assert_eq!(sequences(&fake), [(0, 0), (0, 1), (0, 0)]);
}

/// PRO-11, PRO-15: five in flight, the first fails: the others, refused as out of
/// order, and the first are sent again one after another in sequence order.
#[test]
fn retries_keep_the_order_with_five_in_flight() {
    let mut fake = warm(eager(), &[topic("t", 4, &[(1, 0)])]);
    for tag in 1..=6 {
        send(&mut fake, 0, "x", tag);
    }
    assert_eq!(sequences(&fake).len(), 5);
    answer_produce(&mut fake, ErrorCode::NotEnoughReplicas);
    for _ in 0..4 {
        answer_produce(&mut fake, ErrorCode::OutOfOrderSequenceNumber);
    }
    fake.advance(Duration::from_ms(121));
    let mut order = Vec::new();
    for _ in 0..6 {
        fake.advance(Duration::from_ms(121));
        while fake.apis().contains(&ApiKey::Produce) {
            order.push(sequences(&fake)[0]);
            answer_produce(&mut fake, ErrorCode::None);
        }
    }
    assert_eq!(order, [(0, 0), (0, 1), (0, 2), (0, 3), (0, 4), (0, 5)]);
    assert_eq!(acked(&fake.events), [1, 2, 3, 4, 5, 6]);
}

/// PRO-15: the next expected batch is refused as out of order: a real gap. The
/// epoch is bumped without asking a broker and the sequences begin at 0.
#[test]
fn a_gap_bumps_the_epoch_and_renumbers() {
    let mut fake = warm(eager(), &[topic("t", 4, &[(1, 0)])]);
    send(&mut fake, 0, "a", 1);
    answer_produce(&mut fake, ErrorCode::None);
    send(&mut fake, 0, "b", 2);
    send(&mut fake, 0, "c", 3);
    assert_eq!(sequences(&fake), [(0, 1), (0, 2)]);
    answer_produce(&mut fake, ErrorCode::OutOfOrderSequenceNumber);
    answer_produce(&mut fake, ErrorCode::OutOfOrderSequenceNumber);
    assert_eq!(fake.node.session(), Some((ProducerId(7), ProducerEpoch(1))));
    let mut order = Vec::new();
    for _ in 0..4 {
        fake.advance(Duration::from_ms(250));
        while fake.apis().contains(&ApiKey::Produce) {
            order.push(sequences(&fake)[0]);
            answer_produce(&mut fake, ErrorCode::None);
        }
    }
    assert_eq!(order, [(1, 0), (1, 1)]);
    assert_eq!(acked(&fake.events), [1, 2, 3]);
}

/// PRO-15: a batch that expired after being sent again leaves its sequence
/// unresolved: the next one waits, then goes in a new epoch.
#[test]
fn an_expired_batch_leaves_its_sequence_unresolved() {
    let config = ProducerConfig {
        delivery_timeout_ms: 2_000,
        ..eager()
    };
    let mut fake = warm(config, &[topic("t", 4, &[(1, 0)])]);
    send(&mut fake, 0, "a", 1);
    for _ in 0..6 {
        answer_produce(&mut fake, ErrorCode::NotEnoughReplicas);
        fake.advance(Duration::from_ms(300));
        if !fake.apis().contains(&ApiKey::Produce) {
            fake.advance(Duration::from_ms(1_000));
        }
        if !failures::failed(&fake.events).is_empty() {
            break;
        }
    }
    assert_eq!(failures::failed(&fake.events).len(), 1);
    fake.sent.clear();
    send(&mut fake, 0, "b", 2);
    assert_eq!(sequences(&fake), [(1, 0)]);
}

/// B-11: retries run out on NOT_ENOUGH_REPLICAS: the sequence is not reused, so
/// the next batch is one too far for the broker.
#[test]
fn exhausted_retries_leave_a_gap() {
    let config = ProducerConfig {
        retries: 1,
        ..eager()
    };
    let mut fake = warm(config, &[topic("t", 4, &[(1, 0)])]);
    send(&mut fake, 0, "a", 1);
    answer_produce(&mut fake, ErrorCode::NotEnoughReplicas);
    fake.advance(Duration::from_ms(121));
    answer_produce(&mut fake, ErrorCode::NotEnoughReplicas);
    assert_eq!(failures::failed(&fake.events).len(), 1);
    send(&mut fake, 0, "b", 2);
    assert_eq!(sequences(&fake), [(0, 1)]);
}
