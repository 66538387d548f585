//! Logs, high watermarks and leaders.

use kafka_core::metadata::MetadataRecord;

use super::*;

/// INV-1: log start <= high watermark <= log end.
#[test]
fn offsets_are_in_order() {
    let mut bench = Bench::new();
    bench.committed(A, 1);
    bench.at(B).high_watermark = Offset(2);
    breaks(bench.copy(B, A), Invariant::OffsetOrder);
    let mut bench = Bench::new();
    bench.committed(A, 1);
    bench.at(A).log_start = Offset(2);
    breaks(bench.advance(A, 1), Invariant::OffsetOrder);
}

/// INV-2: what two replicas hold below their high watermarks is the same.
#[test]
fn committed_parts_agree() {
    let mut bench = Bench::new();
    bench.committed(A, 1);
    assert_eq!(bench.append(A, 2), None);
    // B missed record 2 and leads with another one, which is committed ...
    assert_eq!(bench.elect(B, 1), None);
    assert_eq!(bench.append(B, 3), None);
    assert_eq!(bench.copy(C, B), None);
    bench.at(B).isr = vec![B, C];
    assert_eq!(bench.advance(B, 2), None);
    // ... while A believes its own to be.
    bench.at(A).leads = true;
    bench.at(A).isr = vec![A];
    bench.at(A).min_isr = 1;
    breaks(bench.advance(A, 2), Invariant::LogMatching);
}

/// INV-3: a batch stands behind the same history in every log.
#[test]
fn a_batch_stands_behind_the_same_history() {
    let mut bench = Bench::new();
    assert_eq!(bench.append(A, 1), None);
    assert_eq!(bench.elect(B, 1), None);
    assert_eq!(bench.append(B, 2), None);
    assert_eq!(bench.append(B, 3), None);
    // A keeps its first record and takes the second one of B: nobody truncated.
    breaks(bench.copy(A, B), Invariant::EpochPrefix);
}

/// INV-3: a replica that began anew where the leader's log started may lead later; the
/// first batch it appends stands behind what others still hold and it never had.
#[test]
fn a_log_that_began_anew_has_nothing_before_it() {
    let mut bench = Bench::new();
    assert_eq!(bench.append(A, 1), None);
    assert_eq!(bench.copy(C, A), None);
    bench.at(A).isr = vec![A, C];
    assert_eq!(bench.advance(A, 1), None);
    bench.at(B).log_start = Offset(1);
    bench.at(B).high_watermark = Offset(1);
    assert_eq!(bench.elect(B, 1), None);
    assert_eq!(bench.append_at(B, 1, body(2, ProducerId::NONE, -1)), None);
    assert_eq!(bench.copy(A, B), None);
}

/// INV-3: below the log start nothing is left to compare. A follower that comes back with
/// another history below its leader's log start keeps it until retention (EPO-3 answers the
/// start of the leader's oldest epoch), and its own log starts there from this fetch on.
#[test]
fn what_lies_below_the_log_start_is_no_history() {
    let mut bench = Bench::new();
    assert_eq!(bench.append(A, 1), None);
    assert_eq!(bench.elect(B, 1), None);
    assert_eq!(bench.append(B, 2), None);
    assert_eq!(bench.append(B, 3), None);
    assert_eq!(bench.copy(C, B), None);
    bench.at(B).isr = vec![B, C];
    assert_eq!(bench.advance(B, 1), None);
    bench.at(B).log_start = Offset(1);
    bench.at(A).log_start = Offset(1);
    bench.at(A).high_watermark = Offset(1);
    // INV-2: its high watermark may have moved before anybody tells of the append.
    assert_eq!(bench.fetched(A, B), None);
    assert_eq!(bench.copy(A, B), None);
}

/// INV-3: a follower cannot hold what no leader appended.
#[test]
fn a_batch_nobody_appended_is_noticed() {
    let mut bench = Bench::new();
    assert_eq!(bench.append(A, 1), None);
    let mut batch = bench.at(A).batches[0].clone();
    batch.body = Rc::new(body(99, ProducerId::NONE, -1));
    bench.at(B).batches.push(batch);
    let found = bench.note(B, Note::FollowerAppended(P, Offset(0), Offset(1)));
    breaks(found, Invariant::EpochPrefix);
}

/// INV-4: epochs along a log never decrease.
#[test]
fn epochs_never_fall_along_a_log() {
    let mut bench = Bench::new();
    bench.at(A).epoch = LeaderEpoch(1);
    assert_eq!(bench.append(A, 1), None);
    bench.at(A).epoch = LeaderEpoch(2);
    assert_eq!(bench.append(A, 2), None);
    bench.at(A).epoch = LeaderEpoch(1);
    breaks(bench.append(A, 3), Invariant::EpochMonotone);
}

/// INV-12: a leader holds everything that was committed.
#[test]
fn a_new_leader_holds_what_was_committed() {
    let mut bench = Bench::new();
    bench.committed(A, 1);
    assert_eq!(bench.append(A, 2), None, "not committed");
    assert_eq!(bench.elect(B, 1), None);
    let mut bench = Bench::copied_by(&[B]);
    bench.at(A).isr = vec![A, B];
    assert_eq!(bench.advance(A, 2), None);
    breaks(bench.elect(C, 1), Invariant::LeaderComplete);
}

/// INV-15: within an epoch a leader's high watermark never falls; in a new one it may
/// be lower for a moment.
#[test]
fn a_leaders_high_watermark_never_falls() {
    let mut bench = Bench::new();
    bench.committed(A, 1);
    bench.committed(A, 2);
    bench.at(B).high_watermark = Offset(1);
    assert_eq!(bench.elect(B, 1), None);
    assert_eq!(bench.elect(A, 2), None);
    assert_eq!(bench.advance(A, 2), None);
    breaks(bench.advance(A, 1), Invariant::HwMonotoneLeader);
}

/// INV-17: the high watermark is at most what every member of the ISR holds.
#[test]
fn the_high_watermark_waits_for_the_isr() {
    let mut bench = Bench::copied_by(&[B]);
    breaks(bench.advance(A, 2), Invariant::HwBound);
}

/// INV-19: one leader an epoch; one broker may lead several.
#[test]
fn an_epoch_has_one_leader() {
    let mut bench = Bench::new();
    assert_eq!(bench.elect(A, 1), None);
    assert_eq!(bench.elect(B, 2), None);
    breaks(bench.elect(C, 2), Invariant::OneLeaderPerEpoch);
}

/// INV-23: the high watermark moves only with enough in-sync replicas.
#[test]
fn the_high_watermark_rests_under_min_isr() {
    let mut bench = Bench::new();
    bench.at(A).isr = vec![A, B];
    assert_eq!(bench.append(A, 1), None);
    assert_eq!(bench.copy(B, A), None);
    assert_eq!(bench.advance(A, 1), None);
    assert_eq!(bench.append(A, 2), None);
    bench.at(A).isr = vec![A];
    breaks(bench.advance(A, 2), Invariant::StrictMinIsr);
}

fn session(sequences: &[i32]) -> Option<Violation> {
    session_in("orders", sequences)
}

/// The same in a topic of that name.
fn session_in(topic: &str, sequences: &[i32]) -> Option<Violation> {
    let mut bench = Bench::new();
    let mut image = ClusterImage::new();
    image.apply(&MetadataRecord::Topic {
        name: topic.into(),
        topic: P.topic,
        uuid: Uuid(1),
    });
    bench.cluster.image = Some(image);
    let mut found = None;
    for (at, sequence) in sequences.iter().enumerate() {
        let tag = at as u64 + 1;
        assert_eq!(
            bench.append_batch(A, body(tag, ProducerId(7), *sequence)),
            None
        );
        assert_eq!(bench.copy(B, A), None);
        assert_eq!(bench.copy(C, A), None);
        found = found.or(bench.advance(A, at as i64 + 1));
    }
    found
}

/// INV-33: the committed log holds each sequence of a session once, without gaps.
#[test]
fn an_idempotent_session_leaves_no_duplicate() {
    assert_eq!(session(&[0, 1, 2]), None);
    assert_eq!(session(&[i32::MAX - 1, i32::MAX, 0, 1]), None, "wraps");
    breaks(session(&[0, 1, 1]), Invariant::NoDup);
    breaks(session(&[0, 1, 0]), Invariant::NoDup);
    breaks(session(&[0, 2]), Invariant::NoDup);
    // A coordinator numbers each batch of offsets from 0, whoever's transaction it is.
    assert_eq!(session_in("__consumer_offsets", &[0, 0, 0]), None);
}

/// INV-33: that is so, too, when the coordinator is gone before its batch is committed.
#[test]
fn a_coordinator_that_died_still_numbered_from_0() {
    let mut bench = Bench::new();
    let mut image = ClusterImage::new();
    image.apply(&MetadataRecord::Topic {
        name: "__consumer_offsets".into(),
        topic: P.topic,
        uuid: Uuid(1),
    });
    bench.cluster.image = Some(image);
    for tag in [1, 2] {
        let batch = body(tag, ProducerId(7), 0);
        assert_eq!(bench.append_batch(A, batch), None);
    }
    assert_eq!(bench.copy(B, A), None);
    bench.at(A).runs = false;
    assert_eq!(bench.elect(B, 1), None);
    bench.at(B).isr = vec![B];
    bench.at(B).min_isr = 1;
    assert_eq!(bench.advance(B, 2), None);
}

/// INV-33: a leader whose log begins after a session's records, which were deleted, takes
/// them again: it has nothing to know the producer by.
#[test]
fn deleted_records_may_come_again() {
    let mut bench = Bench::new();
    let record = |tag| body(tag, ProducerId(7), 0);
    assert_eq!(bench.append_batch(A, record(1)), None);
    assert_eq!(bench.copy(C, A), None);
    bench.at(A).isr = vec![A, C];
    assert_eq!(bench.advance(A, 1), None);
    bench.at(B).log_start = Offset(1);
    bench.at(B).high_watermark = Offset(1);
    assert_eq!(bench.elect(B, 1), None);
    assert_eq!(bench.append_at(B, 1, record(1)), None);
    bench.at(B).isr = vec![B, C];
    assert_eq!(bench.copy(C, B), None);
    assert_eq!(bench.advance(B, 2), None);
    let deleted = Outcome::AllowedBy(Setting::RecordsDeleted);
    assert_eq!(bench.outcome(Invariant::NoDup), deleted);
}

/// INV-2: one event may commit, append and commit again. Each note is judged by what was told up to
/// it, although the leader's high watermark is at its end already.
#[test]
fn an_event_may_commit_twice() {
    let mut bench = Bench::new();
    assert_eq!(bench.append(A, 1), None);
    assert_eq!(bench.copy(B, A), None);
    assert_eq!(bench.copy(C, A), None);
    for broker in [A, B, C] {
        let mut second = bench.at(A).batches[0].clone();
        second.base_offset = Offset(1);
        second.body = Rc::new(body(2, ProducerId::NONE, -1));
        bench.at(broker).batches.push(second);
    }
    bench.at(A).high_watermark = Offset(2);
    for (broker, note) in [
        (A, Note::HighWatermarkAdvanced(P, Offset(1))),
        (A, Note::LeaderAppended(P, Offset(1), Offset(2))),
        (B, Note::FollowerAppended(P, Offset(1), Offset(2))),
        (C, Note::FollowerAppended(P, Offset(1), Offset(2))),
        (A, Note::HighWatermarkAdvanced(P, Offset(2))),
    ] {
        assert_eq!(bench.note(broker, note), None);
    }
}
