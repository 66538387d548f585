//! Retention and compaction: what may be taken out of a log.

use super::*;

/// A record with that key; `None` is a tombstone.
fn keyed(tag: u64, key: &str, value: Option<&str>) -> BatchBody {
    let mut body = body(tag, ProducerId::NONE, -1);
    body.records[0].key = Some(key.as_bytes().into());
    body.records[0].value = value.map(|value| value.as_bytes().into());
    body
}

/// a=1, b=1, a=2, a tombstone for b, c=1: all committed on A, one batch each.
fn table() -> Bench {
    let mut bench = Bench::new();
    let one = Some("1");
    for (tag, key, value) in [
        (1, "a", one),
        (2, "b", one),
        (3, "a", Some("2")),
        (4, "b", None),
        (5, "c", one),
    ] {
        assert_eq!(bench.append_batch(A, keyed(tag, key, value)), None);
    }
    for follower in [B, C] {
        assert_eq!(bench.copy(follower, A), None);
    }
    assert_eq!(bench.advance(A, 5), None);
    bench
}

/// The cleaner went over the first four records and left these offsets; the tombstone
/// gets its delete horizon.
fn clean(bench: &mut Bench, broker: BrokerId, left: &[i64]) -> Option<Violation> {
    let batches = &mut bench.at(broker).batches;
    batches.retain(|batch| left.contains(&batch.base_offset.0));
    for batch in batches.iter_mut().filter(|b| b.base_offset == Offset(3)) {
        batch.body = Rc::new(batch.body.keeping(&[0], Some(1_000)));
    }
    bench.note(broker, cleaned(4, left.len()))
}

/// The cleaner went over as many records and left so many of them.
pub(super) fn cleaned(all: i64, left: usize) -> Note {
    Note::LogCleaned {
        partition: P,
        clean_until: Offset(all),
        records_before: all as u64,
        records_after: left as u64,
    }
}

/// INV-3: what showed that B's second record is not the leader's was compacted away, so
/// nobody can know it, and B goes on behind it: `cleanup.policy=compact` allows it.
#[test]
fn compaction_may_hide_where_histories_part() {
    let mut bench = Bench::copied_by(&[B]);
    assert_eq!(bench.elect(C, 1), None);
    assert_eq!(bench.append(C, 3), None);
    bench.at(C).isr = vec![C];
    bench.at(C).min_isr = 1;
    assert_eq!(bench.advance(C, 2), None);
    assert_eq!(bench.append(C, 4), None);
    bench.at(C).batches.remove(1);
    bench.sound(C, cleaned(2, 1));
    assert_eq!(bench.copy(B, C), None);
    let allowed = Outcome::AllowedBy(Setting::Compaction);
    assert_eq!(bench.outcome(Invariant::EpochPrefix), allowed);
}

/// INV-55: the latest value of each key stays, a tombstone until its second pass; a
/// replica that has been compacted is copied without the rest.
#[test]
fn compaction_that_keeps_the_latest_is_lawful() {
    let mut bench = table();
    assert_eq!(clean(&mut bench, A, &[2, 3, 4]), None);
    assert_eq!(clean(&mut bench, A, &[2, 4]), None, "past its horizon");
    assert_eq!(bench.truncate(C, 2), None);
    assert_eq!(bench.copy(C, A), None, "offset 3 was compacted away");
}

/// INV-55: a latest value that is gone, a tombstone that goes in the first pass, and a
/// record that is not as it was appended are breaches.
#[test]
fn compaction_that_takes_too_much_is_noticed() {
    let breach = Invariant::CompactionState;
    breaks(clean(&mut table(), A, &[0, 3, 4]), breach);
    breaks(clean(&mut table(), A, &[2, 4]), breach);
    let mut bench = table();
    let changed = Rc::new(keyed(3, "a", Some("3")));
    bench.at(A).batches[2].body = changed;
    breaks(clean(&mut bench, A, &[2, 3, 4]), breach);
}

/// INV-55: the cleaner took a record out because of a newer one, which an unclean election
/// took back afterwards: `unclean.leader.election.enable=true` allows it.
#[test]
fn what_took_a_records_place_may_be_lost() {
    let mut bench = Bench::new();
    for (tag, key) in [(1, "a"), (2, "b"), (3, "a")] {
        assert_eq!(bench.append_batch(A, keyed(tag, key, Some("1"))), None);
    }
    bench.unclean_choice(C, 1);
    bench.at(A).leads = false;
    bench.at(A).batches.remove(0);
    bench.sound(A, cleaned(2, 1));
    assert_eq!(bench.truncate(A, 2), None);
    assert_eq!(bench.note(A, cleaned(2, 1)), None);
    let unclean = Outcome::AllowedBy(Setting::UncleanLeaderElection);
    assert_eq!(bench.outcome(Invariant::CompactionState), unclean);
}

/// INV-55: a record that was deleted stays in its segment's file below the log start; the
/// cleaner goes over it, and it is no part of the log any more.
#[test]
fn what_lies_below_the_log_start_is_not_judged() {
    let mut bench = table();
    bench.at(A).log_start = Offset(5);
    bench.sound(A, Note::LogStartMoved(P, Offset(0), Offset(5)));
    bench.at(B).log_start = Offset(5);
    bench.at(B).high_watermark = Offset(5);
    for (tag, key) in [(6, "a"), (7, "d")] {
        assert_eq!(bench.append_batch(A, keyed(tag, key, Some("3"))), None);
    }
    assert_eq!(bench.copy(B, A), None);
    bench.sound(B, Note::LogStartMoved(P, Offset(0), Offset(5)));
    bench.sound(B, cleaned(6, 6));
    bench.at(B).batches[6].body = Rc::new(keyed(7, "d", Some("4")));
    breaks(bench.note(B, cleaned(7, 7)), Invariant::CompactionState);
}

/// INV-54: the log start of a leader goes up, to its high watermark at most.
#[test]
fn a_log_start_never_goes_back_nor_beyond_what_is_committed() {
    let mut bench = table();
    assert_eq!(bench.append_batch(A, keyed(6, "d", None)), None);
    let moved = |from, to| Note::LogStartMoved(P, Offset(from), Offset(to));
    bench.at(A).log_start = Offset(5);
    assert_eq!(bench.note(A, moved(0, 5)), None);
    breaks(bench.note(A, moved(5, 4)), Invariant::Retention);
    breaks(bench.note(A, moved(5, 6)), Invariant::Retention);
    // A follower takes over what its leader deleted: no more than was committed.
    bench.at(B).log_start = Offset(5);
    bench.at(B).high_watermark = Offset(5);
    assert_eq!(bench.note(B, moved(0, 5)), None);
    breaks(bench.note(B, moved(0, 6)), Invariant::Retention);
}

/// INV-54: what an unclean election took back, a replica that has not heard of it may go
/// on to delete.
#[test]
fn an_unclean_election_excuses_what_is_deleted_beyond() {
    let mut bench = table();
    bench.unclean_choice(C, 1);
    bench.at(B).log_start = Offset(6);
    bench.at(B).high_watermark = Offset(6);
    let moved = Note::LogStartMoved(P, Offset(0), Offset(6));
    let _ = bench.note(B, moved);
    let unclean = Outcome::AllowedBy(Setting::UncleanLeaderElection);
    assert_eq!(bench.outcome(Invariant::Retention), unclean);
}
