//! Promises, losses, and the settings that permit them.

use super::quorum::{K, commit, voter};
use super::*;
use kafka_core::metadata::MetadataRecord;

/// INV-22: acks=all succeeds only for what is committed.
#[test]
fn acks_all_means_committed() {
    let mut bench = Bench::new();
    bench.committed(A, 1);
    assert_eq!(bench.acked(1, 0), None);
    assert_eq!(bench.append(A, 2), None);
    breaks(bench.acked(2, 1), Invariant::AckedAll);
}

/// INV-22: a retry that a deposed leader appended at the same offset is not the one
/// that was acknowledged.
#[test]
fn the_committed_copy_of_a_retry_is_acknowledged() {
    let mut bench = Bench::copied_by(&[C]);
    assert_eq!(bench.elect(B, 1), None);
    assert_eq!(bench.append(B, 2), None);
    assert_eq!(bench.elect(C, 2), None);
    assert_eq!(bench.truncate(B, 1), None);
    assert_eq!(bench.copy(B, C), None);
    assert_eq!(bench.advance(C, 2), None);
    assert_eq!(bench.acked(2, 1), None);
}

/// INV-13: what acks=all acknowledged exists on some replica; losing one copy is fine.
#[test]
fn acknowledged_records_exist_somewhere() {
    let mut bench = Bench::new();
    bench.committed(A, 1);
    assert_eq!(bench.acked(1, 0), None);
    bench.at(A).leads = false;
    bench.sound(A, Note::BecameFollower(P, LeaderEpoch(1), None));
    assert_eq!(bench.truncate(A, 0), None);
    assert_eq!(bench.truncate(B, 0), None);
    breaks(bench.truncate(C, 0), Invariant::NoCommittedLost);
}

/// INV-12, REP-26: a follower that cuts its log as it begins to follow has lost no disk, so
/// nothing permits that it leads without what is committed.
#[test]
fn a_new_followers_cut_is_no_lost_disk() {
    let mut bench = Bench::new();
    bench.committed(A, 1);
    for broker in [A, B, C] {
        bench.at(broker).min_isr = 1;
    }
    bench.at(C).batches.clear();
    bench.at(C).high_watermark = Offset::ZERO;
    assert_eq!(bench.truncate(C, 0), None);
    bench.sound(C, Note::BecameFollower(P, LeaderEpoch(1), Some(B)));
    breaks(bench.elect(C, 2), Invariant::LeaderComplete);
}

/// INV-13 with acks=1: the leader alone had it; its loss is what acks=1 permits.
#[test]
fn acks_1_permits_the_loss() {
    let mut bench = Bench::new();
    bench.cluster.acks = Acks::Leader;
    bench.committed(A, 1);
    assert_eq!(bench.append(A, 2), None);
    assert_eq!(bench.acked(2, 1), None);
    assert_eq!(bench.elect(B, 1), None);
    assert_eq!(bench.truncate(A, 1), None);
    let outcome = bench.outcome(Invariant::NoCommittedLost);
    assert_eq!(outcome, Outcome::AllowedBy(Setting::AcksLeader));
    assert!(bench.checker.fate(2).expect("a fate").is_lost());
    assert!(!bench.checker.fate(1).expect("a fate").is_lost());
}

/// INV-2, INV-12, INV-13: an unclean election may lose committed records; the verdict
/// says which setting, and shows the election.
#[test]
fn an_unclean_election_permits_the_loss() {
    let mut bench = Bench::copied_by(&[B]);
    bench.at(A).isr = vec![A, B];
    assert_eq!(bench.advance(A, 2), None);
    assert_eq!(bench.acked(2, 1), None);
    bench.unclean_choice(C, 1);
    let chosen = Seq(bench.seq);
    assert_eq!(bench.elect(C, 1), None);
    let allowed = Outcome::AllowedBy(Setting::UncleanLeaderElection);
    assert_eq!(bench.outcome(Invariant::LeaderComplete), allowed);
    let verdicts = bench.checker.verdicts();
    let verdict = verdicts
        .iter()
        .find(|v| v.invariant == Invariant::LeaderComplete);
    let evidence = &verdict
        .and_then(|v| v.first.as_ref())
        .expect("found")
        .evidence;
    assert_eq!(evidence, &[chosen, Seq(bench.seq)]);
    assert_eq!(bench.truncate(A, 1), None);
    assert_eq!(bench.truncate(B, 1), None);
    assert_eq!(bench.outcome(Invariant::NoCommittedLost), allowed);
    assert_eq!(bench.checker.committed_end(P), Offset(1));
    // What follows is judged by the new history.
    assert_eq!(bench.append(C, 3), None);
    assert_eq!(bench.copy(A, C), None);
    bench.at(C).isr = vec![C, A];
    assert_eq!(bench.advance(C, 2), None);
}

fn lose_power(bench: &mut Bench, broker: BrokerId) {
    bench.at(broker).batches.clear();
    bench.at(broker).high_watermark = Offset::ZERO;
    let found = bench.step(broker, None, EntryKind::Action, &Detail::None);
    assert_eq!(found, None);
}

/// INV-17: a leader cannot know that a member of its ISR lost power; its high watermark
/// moves on, and the loss of unflushed records is what permits that.
#[test]
fn a_high_watermark_relies_on_what_a_disk_lost() {
    let mut bench = Bench::copied_by(&[B]);
    bench.at(C).batches.clear();
    lose_power(&mut bench, C);
    assert_eq!(bench.advance(A, 2), None);
    let allowed = Outcome::AllowedBy(Setting::UnflushedLoss);
    assert_eq!(bench.outcome(Invariant::HwBound), allowed);
}

/// INV-12: with min.insync.replicas=1 the loss of the only in-sync replica's unflushed
/// records is permitted, with 2 the same loss is not.
#[test]
fn one_lost_disk_is_permitted_only_with_min_isr_1() {
    for (min_isr, permitted) in [(1, true), (2, false)] {
        let mut bench = Bench::new();
        bench.at(A).min_isr = min_isr;
        bench.committed(A, 1);
        lose_power(&mut bench, A);
        let found = bench.elect(A, 1);
        if permitted {
            assert_eq!(found, None);
            let allowed = Outcome::AllowedBy(Setting::MinInsyncReplicas);
            assert_eq!(bench.outcome(Invariant::LeaderComplete), allowed);
        } else {
            breaks(found, Invariant::LeaderComplete);
        }
    }
}

/// INV-12: two lost disks are as many as min.insync.replicas=2 waits for.
#[test]
fn as_many_lost_disks_as_min_isr_are_permitted() {
    let mut bench = Bench::new();
    bench.committed(A, 1);
    lose_power(&mut bench, A);
    lose_power(&mut bench, B);
    assert_eq!(bench.elect(A, 1), None);
    let allowed = Outcome::AllowedBy(Setting::UnflushedLoss);
    assert_eq!(bench.outcome(Invariant::LeaderComplete), allowed);
}

/// INV-12, REP-34: without eligible leader replicas the last replica in sync leads
/// again whatever it lost, so one lost disk is enough.
#[test]
fn one_lost_disk_is_permitted_without_elr() {
    for (level, permitted) in [(0, true), (1, false)] {
        let mut bench = Bench::new();
        assert_eq!(voter(&mut bench, K, 1, None), None);
        let elr = MetadataRecord::FeatureLevel {
            name: "eligible.leader.replicas.version".into(),
            level,
        };
        assert_eq!(commit(&mut bench, K, vec![elr]), None);
        bench.committed(A, 1);
        lose_power(&mut bench, A);
        let found = bench.elect(A, 1);
        if permitted {
            assert_eq!(found, None);
            let allowed = Outcome::AllowedBy(Setting::NoEligibleLeaderReplicas);
            assert_eq!(bench.outcome(Invariant::LeaderComplete), allowed);
        } else {
            breaks(found, Invariant::LeaderComplete);
        }
    }
}

/// INV-2, INV-13: what a leader was permitted to begin without is forfeited for good:
/// followers that still hold it, and truncate it later, are excused by the same setting
/// even when the leader has long caught up with the new history.
#[test]
fn what_was_forfeited_may_vanish_later() {
    let mut bench = Bench::new();
    bench.at(A).min_isr = 1;
    bench.committed(A, 1);
    assert_eq!(bench.acked(1, 0), None);
    lose_power(&mut bench, A);
    assert_eq!(bench.elect(A, 1), None);
    assert_eq!(bench.append(A, 2), None);
    bench.at(A).isr = vec![A];
    assert_eq!(bench.advance(A, 1), None);
    // B and C have not heard of it yet.
    assert_eq!(bench.advance(B, 1), None);
    assert_eq!(bench.truncate(B, 0), None);
    assert_eq!(bench.truncate(C, 0), None);
    let allowed = Outcome::AllowedBy(Setting::MinInsyncReplicas);
    assert_eq!(bench.outcome(Invariant::LogMatching), allowed);
    assert_eq!(bench.outcome(Invariant::NoCommittedLost), allowed);
}

/// INV-13, LOG-11: what DeleteRecords took away is not lost with the last disk that still
/// had it.
#[test]
fn deleted_records_are_not_lost() {
    let mut bench = Bench::new();
    bench.committed(A, 1);
    assert_eq!(bench.acked(1, 0), None);
    for follower in [B, C] {
        bench.at(follower).log_start = Offset(1);
        bench.at(follower).high_watermark = Offset(1);
    }
    bench.second_copied_by(&[B, C]);
    lose_power(&mut bench, A);
}

/// INV-12, LOG-9: a follower that began anew where its leader's log starts after
/// retention lacks nothing that still exists, and may lead.
#[test]
fn deleted_records_are_not_lacked() {
    let mut bench = Bench::new();
    bench.committed(A, 1);
    assert_eq!(bench.truncate(B, 0), None);
    bench.at(B).log_start = Offset(1);
    bench.at(B).high_watermark = Offset(1);
    assert_eq!(bench.elect(B, 1), None);
    assert_eq!(bench.outcome(Invariant::LeaderComplete), Outcome::Holds);
}

/// A replica that has caught up again no longer excuses anything.
#[test]
fn a_lost_disk_is_forgiven_once_caught_up() {
    let mut bench = Bench::new();
    bench.at(C).min_isr = 1;
    bench.committed(A, 1);
    lose_power(&mut bench, B);
    assert_eq!(bench.copy(B, A), None);
    bench.at(C).batches.clear();
    let found = bench.note(
        C,
        Note::Truncated {
            partition: P,
            from: Offset(1),
            to: Offset(0),
        },
    );
    assert_eq!(found, None);
    breaks(bench.elect(C, 1), Invariant::LeaderComplete);
}
