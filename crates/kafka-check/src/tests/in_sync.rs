//! Those in sync: what a leader relies on, whom the controller may elect, and that what is
//! committed stays so.

use super::*;
use crate::tests::quorum::with_state;

/// INV-8: what lies below a leader's high watermark is in the log of everybody in its ISR.
#[test]
fn the_isr_holds_what_is_committed() {
    let mut bench = Bench::copied_by(&[B]);
    // C stays as it is and, in its own epoch, is not asked for its log end.
    bench.at(C).epoch = LeaderEpoch(1);
    bench.at(A).isr = vec![A, B];
    assert_eq!(bench.advance(A, 2), None);
    let mut bench = Bench::copied_by(&[B]);
    bench.at(C).epoch = LeaderEpoch(1);
    breaks(bench.advance(A, 2), Invariant::WeakIsr);
}

/// INV-8: a member that lost what was not flushed is excused; INV-17 does not ask it either.
#[test]
fn a_member_that_lost_its_disk_is_excused() {
    let mut bench = Bench::copied_by(&[B, C]);
    bench.at(C).batches.pop();
    bench.at(C).runs = false;
    assert_eq!(bench.step(C, None, EntryKind::Exited, &Detail::None), None);
    assert_eq!(bench.advance(A, 2), None);
    let lost = Outcome::AllowedBy(Setting::UnflushedLoss);
    assert_eq!(bench.outcome(Invariant::WeakIsr), lost);
}

/// INV-9: a leader that was replaced and does not know it commits nothing that the
/// controller's ISR does not hold.
#[test]
fn the_controllers_isr_holds_what_a_stale_leader_commits() {
    let found = |isr: &[BrokerId]| {
        let mut bench = with_state(isr, &[]);
        bench.committed(A, 1);
        bench.second_copied_by(&[B]);
        bench.at(A).isr = vec![A, B];
        bench.at(C).epoch = LeaderEpoch(1);
        bench.advance(A, 2)
    };
    assert_eq!(found(&[A, B]), None);
    breaks(found(&[A, B, C]), Invariant::StrongIsr);
}

/// INV-11: whoever may be elected reaches the committed end; a broker that does not run
/// is judged when it comes back.
#[test]
fn candidates_reach_the_committed_end() {
    let found = |runs: bool, elr: &[BrokerId]| {
        let mut bench = with_state(&[A, B, C], &[]);
        bench.committed(A, 1);
        bench.second_copied_by(&[B]);
        bench.at(A).isr = vec![A, B];
        bench.at(C).runs = runs;
        // Nobody asked the controller before: that is INV-10's and INV-9's business.
        let _ = bench.advance(A, 2);
        quorum::shrunk_to(&mut bench, &[B], elr)
    };
    assert_eq!(found(true, &[A]), None);
    assert_eq!(found(false, &[C]), None);
    breaks(found(true, &[C]), Invariant::LeaderCandidateComplete);
}

/// INV-16: a new leader has all that was committed; its high watermark may be lower for a
/// moment. INV-14: so has it what consumers were given.
#[test]
fn what_is_committed_and_read_stays() {
    let read = |bench: &mut Bench| reads::given(bench, 2, 1);
    let mut bench = Bench::new();
    bench.committed(A, 1);
    bench.committed(A, 2);
    assert_eq!(read(&mut bench), None);
    bench.at(B).high_watermark = Offset(1);
    assert_eq!(bench.elect(B, 1), None);
    for invariant in [Invariant::TrueHwMonotone, Invariant::ConsistentRead] {
        assert_eq!(bench.outcome(invariant), Outcome::Holds);
    }
    let lossy = |unclean: bool| {
        let mut bench = Bench::copied_by(&[B]);
        bench.at(A).isr = vec![A, B];
        assert_eq!(bench.advance(A, 2), None);
        assert_eq!(read(&mut bench), None);
        if unclean {
            bench.unclean_choice(C, 1);
        }
        let _ = bench.elect(C, 1);
        [Invariant::TrueHwMonotone, Invariant::ConsistentRead].map(|it| bench.outcome(it))
    };
    assert_eq!(lossy(false), [Outcome::Violated; 2]);
    let allowed = Outcome::AllowedBy(Setting::UncleanLeaderElection);
    assert_eq!(lossy(true), [allowed; 2]);
}
