//! Share groups: what a leader notes is judged.

use super::*;
use kafka_core::share::RecordState;

fn group() -> Name {
    "workers".into()
}

fn acquired(member: &str, first: i64, last: i64, delivery_count: u16) -> Note {
    Note::ShareAcquired {
        group: group(),
        member: member.into(),
        partition: P,
        first: Offset(first),
        last: Offset(last),
        delivery_count,
    }
}

fn loaded(start: i64) -> Note {
    Note::ShareLoaded(group(), P, Offset(start))
}

/// INV-52: a record that one member holds is not given to another, unless its lock has
/// expired, it was acknowledged, or another leader began anew.
#[test]
fn a_record_is_one_members_at_a_time() {
    let mut bench = Bench::new();
    assert_eq!(bench.note(A, loaded(0)), None);
    assert_eq!(bench.note(A, acquired("m1", 0, 4, 1)), None);
    let expired = Note::ShareLockExpired(group(), P, Offset(0), Offset(1));
    assert_eq!(bench.note(A, expired), None);
    assert_eq!(bench.note(A, acquired("m2", 0, 1, 2)), None);
    let released = Note::ShareAcknowledged {
        group: group(),
        member: "m1".into(),
        partition: P,
        first: Offset(2),
        last: Offset(3),
        to: RecordState::Available,
    };
    assert_eq!(bench.note(A, released), None);
    assert_eq!(bench.note(A, acquired("m2", 2, 3, 2)), None);
    breaks(
        bench.note(A, acquired("m2", 4, 4, 2)),
        Invariant::ShareExclusive,
    );
    let mut bench = Bench::new();
    bench.note(A, loaded(0));
    bench.note(A, acquired("m1", 0, 4, 1));
    bench.note(A, loaded(0));
    assert_eq!(bench.note(A, acquired("m2", 0, 4, 1)), None);
}

/// INV-53: no more deliveries than the limit, five here.
#[test]
fn a_record_is_not_delivered_too_often() {
    let mut bench = Bench::new();
    bench.note(A, loaded(0));
    assert_eq!(bench.note(A, acquired("m1", 0, 0, 5)), None);
    breaks(
        bench.note(A, acquired("m1", 1, 1, 6)),
        Invariant::ShareOffsets,
    );
}

/// INV-53: the start offset goes forward only in a leader's life; somebody may reset it
/// before the next.
#[test]
fn a_start_offset_never_goes_back() {
    let moved = |to| Note::ShareStartMoved(group(), P, Offset(to));
    let mut bench = Bench::new();
    bench.note(A, loaded(3));
    assert_eq!(bench.note(A, moved(7)), None);
    assert_eq!(bench.note(A, loaded(0)), None);
    assert_eq!(bench.note(A, moved(2)), None);
    breaks(bench.note(A, moved(1)), Invariant::ShareOffsets);
}
