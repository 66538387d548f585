//! A share partition by itself.

use super::*;
use crate::error::ErrorCode;
use crate::protocol::AcknowledgeType::{Accept, Gap, Reject, Release, Renew};
use crate::protocol::{AcquiredRecords, StateOfSharePartition};
use crate::types::{LeaderEpoch, Time, TopicId, TopicPartition};

/// A share partition and the log below it.
struct Bench {
    partition: SharePartition,
    settings: ShareSettings,
    log: Vec<LogBatch>,
    now: Time,
}

impl Bench {
    /// Log batches of these sizes, from offset 0.
    fn new(sizes: &[i64]) -> Bench {
        let id = TopicPartition::new(TopicId(0), 0);
        let mut partition = SharePartition::new(key(), id, LeaderEpoch(0));
        partition.initialize(&StateOfSharePartition::default(), Offset(0));
        let mut first = 0;
        let mut log = Vec::new();
        for size in sizes {
            log.push(LogBatch {
                first: Offset(first),
                last: Offset(first + size - 1),
            });
            first += size;
        }
        Bench {
            partition,
            settings: settings(),
            log,
            now: Time::ZERO,
        }
    }

    /// What the member is given: (first, last, delivery count).
    fn fetch(&mut self, member: &str, mode: ShareAcquireMode, max: u32) -> Vec<(i64, i64, u16)> {
        if !self.partition.can_acquire(self.settings.max_record_locks) {
            return Vec::new();
        }
        let from = self.partition.next_fetch_offset();
        let member = Name::from(member);
        let how = Acquire {
            member: &member,
            mode,
            batch_size: max,
            max_records: max,
            settings: &self.settings,
            now: self.now,
        };
        let read: Vec<LogBatch> = (self.log.iter())
            .filter(|batch| batch.last >= from)
            .copied()
            .collect();
        let acquired = self.partition.acquire(&how, from, &read);
        let told = |run: &AcquiredRecords| (run.first.0, run.last.0, run.delivery_count);
        acquired.iter().map(told).collect()
    }

    /// Acknowledges, and has it stored.
    fn ack(&mut self, member: &str, batch: AcknowledgementBatch) -> Result<(), ErrorCode> {
        let done = (self.partition).acknowledge(member, &[batch], &self.settings, self.now)?;
        let limit = self.settings.delivery_count_limit;
        self.partition.settle(done.ticket, true, limit, self.now);
        Ok(())
    }

    fn later(&mut self, seconds: u64) -> Vec<StateWrite> {
        self.now = self.now + Duration::from_secs(seconds);
        self.partition.expire_locks(&self.settings, self.now)
    }

    fn bounds(&self) -> (i64, i64) {
        let partition = &self.partition;
        (partition.start_offset().0, partition.end_offset().0)
    }
}

/// SHG-2: whole batches, so one gets a few more than asked for; strictly, not one more.
#[test]
fn a_fetch_acquires_whole_batches_unless_the_limit_is_strict() {
    let mut whole = Bench::new(&[3, 3, 3]);
    assert_eq!(whole.fetch("a", WHOLE, 4), [(0, 5, 1)]);
    assert_eq!(whole.fetch("b", WHOLE, 4), [(6, 8, 1)]);
    assert_eq!(whole.fetch("c", WHOLE, 4), []);
    let mut strict = Bench::new(&[9]);
    assert_eq!(strict.fetch("a", STRICT, 1), [(0, 0, 1)]);
    assert_eq!(strict.fetch("b", STRICT, 2), [(1, 2, 1)]);
    assert_eq!(strict.bounds(), (0, 3));
}

/// SHG-4, SHG-5, recorded (`share-a`): accept, release, reject in one acknowledgement;
/// released records come again, one run each, with the count raised.
#[test]
fn acknowledgements_are_a_records_own_and_the_start_moves_over_what_is_done() {
    let mut bench = Bench::new(&[6]);
    assert_eq!(bench.fetch("s", WHOLE, 4), [(0, 5, 1)]);
    let types = [Accept, Release, Reject, Accept, Accept, Release];
    bench.ack("s", ack(0, 5, &types)).unwrap();
    assert_eq!(bench.bounds(), (1, 6));
    assert_eq!(bench.fetch("s", WHOLE, 4), [(1, 1, 2), (5, 5, 2)]);
    bench.ack("s", ack(1, 1, &[Accept])).unwrap();
    bench.ack("s", ack(5, 5, &[Release])).unwrap();
    assert_eq!(bench.bounds(), (5, 6));
    assert_eq!(bench.fetch("s", WHOLE, 4), [(5, 5, 3)]);
    bench.ack("s", ack(5, 5, &[Accept])).unwrap();
    assert_eq!(bench.bounds(), (6, 6));
}

/// FAIL-40, SHG-4: a lock expires, others get the records, the late acknowledgement is
/// refused as a whole.
#[test]
fn an_expired_lock_gives_the_records_to_others_and_refuses_the_late_acknowledgement() {
    let mut bench = Bench::new(&[10]);
    assert_eq!(bench.fetch("w", WHOLE, 10), [(0, 9, 1)]);
    bench.ack("w", ack(0, 3, &[Accept])).unwrap();
    assert_eq!(bench.later(29), []);
    let expired = bench.later(1);
    assert_eq!(expired.len(), 1);
    assert_eq!((expired[0].first, expired[0].last), (Offset(4), Offset(9)));
    let given: i64 = bench
        .fetch("v", WHOLE, 10)
        .iter()
        .map(|(first, last, count)| {
            assert_eq!(*count, 2);
            last - first + 1
        })
        .sum();
    assert_eq!(given, 6);
    let late = bench.ack("w", ack(4, 9, &[Accept]));
    assert_eq!(late, Err(ErrorCode::InvalidRecordState));
    let partly = bench.ack("w", ack(0, 9, &[Accept]));
    assert_eq!(partly, Err(ErrorCode::InvalidRecordState));
}

/// INV-53, FAIL-24: after the limit of deliveries nobody gets the record any more, and
/// it does not hold up the others.
#[test]
fn a_poisonous_record_is_archived_after_the_limit_of_deliveries() {
    let mut bench = Bench::new(&[1, 1]);
    for delivery in 1..=5 {
        let got = bench.fetch("w", STRICT, 1);
        assert_eq!(got, [(0, 0, delivery)], "delivery {delivery}");
        bench.ack("w", ack(0, 0, &[Release])).unwrap();
    }
    assert_eq!(bench.bounds().0, 1);
    assert_eq!(bench.fetch("w", STRICT, 1), [(1, 1, 1)]);
}

/// SHG-3: one stuck record at the start blocks new ones, but not those given back.
#[test]
fn the_lock_limit_stops_new_records_only() {
    let mut bench = Bench::new(&[1; 8]);
    bench.settings.max_record_locks = 4;
    assert_eq!(bench.fetch("stuck", STRICT, 1), [(0, 0, 1)]);
    assert_eq!(bench.fetch("w", STRICT, 10), [(1, 3, 1)]);
    bench.ack("w", ack(1, 2, &[Accept])).unwrap();
    assert_eq!(bench.fetch("w", STRICT, 10), []);
    bench.ack("w", ack(3, 3, &[Release])).unwrap();
    assert_eq!(bench.fetch("w", STRICT, 10), [(3, 3, 2)]);
    bench.ack("stuck", ack(0, 0, &[Accept])).unwrap();
    assert_eq!(bench.fetch("w", STRICT, 10), [(4, 6, 1)]);
}

/// SHG-4: while a change is being stored the record is nobody's; a change that could
/// not be stored did not happen, and a lock that ran out meanwhile ends.
#[test]
fn a_change_counts_once_it_is_stored() {
    let mut bench = Bench::new(&[2]);
    bench.fetch("a", WHOLE, 2);
    let release = [ack(0, 1, &[Release])];
    let done = bench
        .partition
        .acknowledge("a", &release, &bench.settings, bench.now);
    let done = done.unwrap();
    assert_eq!(bench.fetch("b", WHOLE, 2), []);
    let again = bench
        .partition
        .acknowledge("a", &release, &bench.settings, bench.now);
    assert_eq!(again.err(), Some(ErrorCode::InvalidRecordState));
    bench.partition.settle(done.ticket, false, 5, bench.now);
    bench.ack("a", ack(0, 0, &[Accept])).unwrap();
    let done =
        bench
            .partition
            .acknowledge("a", &[ack(1, 1, &[Accept])], &bench.settings, bench.now);
    bench.later(40);
    bench
        .partition
        .settle(done.unwrap().ticket, false, 5, bench.now);
    assert_eq!(bench.fetch("b", WHOLE, 2), [(1, 1, 2)]);
}

/// Renewing begins the lock anew and stores nothing; a gap is archived.
#[test]
fn renewing_keeps_the_record_and_a_gap_is_done() {
    let mut bench = Bench::new(&[2]);
    bench.fetch("a", WHOLE, 2);
    bench.ack("a", ack(0, 0, &[Gap])).unwrap();
    bench.later(20);
    let renewed =
        bench
            .partition
            .acknowledge("a", &[ack(1, 1, &[Renew])], &bench.settings, bench.now);
    assert_eq!(renewed.unwrap().writes, []);
    assert_eq!(bench.later(20), []);
    assert_eq!(bench.later(10).len(), 1);
    assert_eq!(bench.bounds(), (1, 2));
}

/// SHG-7: a new leader knows what was stored; records acquired and never acknowledged
/// are read again as if for the first time.
#[test]
fn a_new_leader_goes_on_from_what_was_stored() {
    let mut bench = Bench::new(&[10]);
    let stored = StateOfSharePartition {
        state_epoch: 3,
        start_offset: Offset(2),
        delivery_complete_count: 2,
        leader_epoch: LeaderEpoch(1),
        batches: vec![
            StateWrite {
                first: Offset(2),
                last: Offset(3),
                state: RecordState::Acknowledged,
                delivery_count: 1,
            },
            StateWrite {
                first: Offset(6),
                last: Offset(7),
                state: RecordState::Available,
                delivery_count: 2,
            },
        ],
    };
    bench.partition.initialize(&stored, Offset(0));
    assert_eq!(bench.partition.state_epoch(), 3);
    assert_eq!(bench.bounds(), (4, 8));
    assert_eq!(bench.partition.next_fetch_offset(), Offset(4));
    let got = bench.fetch("w", STRICT, 3);
    assert_eq!(got, [(4, 5, 1), (6, 6, 3)]);
}

/// SHG-8: records before the log's start are gone; what was done with them is no error.
#[test]
fn a_log_start_that_moves_takes_the_start_offset_along() {
    let mut bench = Bench::new(&[4, 4]);
    bench.fetch("w", WHOLE, 4);
    assert!(bench.partition.log_starts_at(Offset(6)));
    assert_eq!(bench.bounds(), (6, 6));
    bench.ack("w", ack(0, 3, &[Accept])).unwrap();
    assert!(!bench.partition.log_starts_at(Offset(5)));
}

/// SHG-7: the end of a member's session gives everything back, the delivery counted.
#[test]
fn the_end_of_a_session_gives_everything_back() {
    let mut bench = Bench::new(&[3]);
    bench.fetch("a", WHOLE, 3);
    let back = bench
        .partition
        .release_member("a", &bench.settings)
        .unwrap();
    bench.partition.settle(back.ticket, true, 5, bench.now);
    assert_eq!(bench.partition.release_member("a", &bench.settings), None);
    assert_eq!(bench.fetch("b", WHOLE, 3), [(0, 2, 2)]);
}

/// Records delivered often come in ever smaller portions, the last time alone, so that
/// their neighbours are not archived with them.
#[test]
fn records_near_the_limit_are_delivered_in_smaller_portions() {
    let mut bench = Bench::new(&[8]);
    let mut sizes = Vec::new();
    for _ in 0..6 {
        let got = bench.fetch("w", WHOLE, 8);
        let size: i64 = got.iter().map(|(first, last, _)| last - first + 1).sum();
        sizes.push(size);
        for (first, last, _) in got {
            bench.ack("w", ack(first, last, &[Release])).unwrap();
        }
    }
    assert_eq!(sizes, [8, 8, 8, 4, 1, 1]);
}

/// A run as the share coordinator stores it.
fn stored_run(first: i64, last: i64, state: RecordState) -> StateWrite {
    StateWrite {
        first: Offset(first),
        last: Offset(last),
        state,
        delivery_count: 1,
    }
}

/// SHG-2, SHG-5: what compaction took out of the log before the first record in flight, and
/// between two of them, is nobody's; the start steps over it.
#[test]
fn the_start_steps_over_what_compaction_took_out() {
    let mut bench = Bench::new(&[2, 4, 2, 3]);
    bench.log.remove(0);
    bench.log.remove(1);
    assert_eq!(bench.fetch("a", WHOLE, 1), [(2, 5, 1)]);
    assert_eq!(bench.bounds(), (2, 6));
    assert_eq!(bench.fetch("a", WHOLE, 1), [(8, 10, 1)]);
    bench.ack("a", ack(2, 5, &[Accept])).unwrap();
    assert_eq!(bench.bounds(), (8, 11));
    bench.ack("a", ack(8, 10, &[Accept])).unwrap();
    assert_eq!(bench.bounds(), (11, 11));
}

/// SHG-7: of records that were in flight nothing is stored; a new leader fetches the holes
/// they leave before anything new, and until then the start stays.
#[test]
fn holes_in_what_was_loaded_are_fetched_again() {
    let mut bench = Bench::new(&[3, 3, 3, 3]);
    let stored = StateOfSharePartition {
        start_offset: Offset(0),
        batches: vec![
            stored_run(3, 5, RecordState::Acknowledged),
            stored_run(9, 9, RecordState::Archived),
        ],
        ..StateOfSharePartition::default()
    };
    bench.partition.initialize(&stored, Offset(0));
    assert_eq!(bench.bounds(), (0, 10));
    assert_eq!(bench.fetch("a", WHOLE, 3), [(0, 2, 1)]);
    assert_eq!(bench.fetch("a", WHOLE, 3), [(6, 8, 1)]);
    assert_eq!(bench.fetch("a", WHOLE, 3), [(10, 11, 1)]);
    bench.ack("a", ack(0, 2, &[Accept])).unwrap();
    assert_eq!(bench.bounds(), (6, 12));
}

/// SHG-3: with every lock taken only records in flight may be acquired again; if compaction
/// took those, nothing is.
#[test]
fn nothing_is_acquired_where_compaction_took_what_was_released() {
    let mut bench = Bench::new(&[3, 3]);
    bench.settings.max_record_locks = 3;
    assert_eq!(bench.fetch("a", WHOLE, 3), [(0, 2, 1)]);
    bench.ack("a", ack(0, 2, &[Release])).unwrap();
    bench.log.remove(0);
    assert_eq!(bench.fetch("a", WHOLE, 3), []);
}
