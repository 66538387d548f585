//! Transactions in a log: what is stable, what is aborted, what a leader refuses.

use std::rc::Rc;

use super::{Log, LogConfig, LogDisk, ProducerCheck};
use crate::encode::marker_record;
use crate::error::ErrorCode;
use crate::record::{BatchBody, BatchKind, Record};
use crate::types::{LeaderEpoch, Offset, ProducerEpoch, ProducerId, Sequence, Time};

fn data(kind: BatchKind, producer: i64, epoch: i16, sequence: i32, count: usize) -> Rc<BatchBody> {
    Rc::new(BatchBody::new(
        kind,
        ProducerId(producer),
        ProducerEpoch(epoch),
        Sequence(sequence),
        vec![Record::default(); count],
    ))
}

fn sent(producer: i64, epoch: i16, sequence: i32, count: usize) -> Rc<BatchBody> {
    data(BatchKind::Transactional, producer, epoch, sequence, count)
}

fn marker(producer: i64, epoch: i16, commit: bool) -> Rc<BatchBody> {
    Rc::new(BatchBody::new(
        BatchKind::Marker(commit),
        ProducerId(producer),
        ProducerEpoch(epoch),
        Sequence::NONE,
        vec![marker_record(commit, 0, 5)],
    ))
}

fn append(log: &mut Log, body: Rc<BatchBody>) -> Offset {
    let (epoch, config) = (LeaderEpoch(0), LogConfig::default());
    log.append_as_leader(body, epoch, &config, Time::ZERO)
}

fn log() -> Log {
    Log::open(LogDisk::new(Time::ZERO), Offset::ZERO)
}

/// LOG-2, LOG-3, the example of section 5.4: an open transaction holds the last stable
/// offset; its marker takes an offset and frees it once the high watermark has passed.
#[test]
fn an_open_transaction_holds_the_last_stable_offset() {
    let mut log = log();
    append(&mut log, data(BatchKind::Data, -1, -1, -1, 10));
    append(&mut log, sent(7, 0, 0, 2));
    log.set_high_watermark(Offset(12));
    assert_eq!(log.last_stable_offset(), Offset(10));
    assert_eq!(append(&mut log, marker(7, 1, true)), Offset(12));
    assert_eq!(log.last_stable_offset(), Offset(10), "not committed yet");
    log.set_high_watermark(Offset(13));
    assert_eq!(log.last_stable_offset(), Offset(13));
}

/// TXN-12: the first open transaction blocks all later ones, even ended ones.
#[test]
fn one_open_transaction_blocks_everything_behind_it() {
    let mut log = log();
    append(&mut log, sent(1, 0, 0, 1));
    append(&mut log, sent(2, 0, 0, 1));
    append(&mut log, marker(2, 1, true));
    log.set_high_watermark(Offset(3));
    assert_eq!(log.last_stable_offset(), Offset(0));
    append(&mut log, marker(1, 1, false));
    log.set_high_watermark(Offset(4));
    assert_eq!(log.last_stable_offset(), Offset(4));
}

/// TXN-12: a reader is told of the aborted transactions in what it reads, no others.
#[test]
fn aborted_transactions_are_found_by_range() {
    let mut log = log();
    append(&mut log, sent(1, 0, 0, 2)); // 0, 1
    append(&mut log, sent(2, 0, 0, 1)); // 2
    append(&mut log, marker(1, 1, false)); // 3
    append(&mut log, marker(2, 1, true)); // 4
    append(&mut log, sent(1, 1, 0, 1)); // 5
    append(&mut log, marker(1, 2, false)); // 6
    log.set_high_watermark(Offset(7));
    let of = |from, until| {
        let transactions = log.producers().transactions();
        let found = transactions.aborted_in(Offset(from), Offset(until));
        found.iter().map(|it| (it.0.0, it.1.0)).collect::<Vec<_>>()
    };
    assert_eq!(of(0, 7), [(1, 0), (1, 5)]);
    assert_eq!(of(0, 5), [(1, 0)]);
    assert_eq!(of(4, 7), [(1, 5)]);
    assert_eq!(of(3, 5), [(1, 0)], "the reader still meets its marker");
}

/// TXN-5: within an open transaction its producer writes nothing else.
#[test]
fn plain_batches_of_a_producer_in_a_transaction_are_refused() {
    let mut log = log();
    append(&mut log, sent(1, 0, 0, 1));
    let refused = log.check_producer(&data(BatchKind::Data, 1, 0, 1, 1));
    assert_eq!(refused, Err(ErrorCode::InvalidTxnState));
    assert_eq!(
        log.check_producer(&sent(1, 0, 1, 1)),
        Ok(ProducerCheck::Fresh)
    );
}

/// TXN-8, TXN-9: a marker brings the next epoch, in which sequences begin at 0; what
/// comes late of the old one is fenced.
#[test]
fn a_marker_fences_the_epoch_before_it() {
    let mut log = log();
    append(&mut log, sent(1, 0, 0, 3));
    append(&mut log, marker(1, 1, false));
    let late = log.check_producer(&sent(1, 0, 3, 1));
    assert_eq!(late, Err(ErrorCode::InvalidProducerEpoch));
    let gap = log.check_producer(&sent(1, 1, 3, 1));
    assert_eq!(gap, Err(ErrorCode::OutOfOrderSequenceNumber));
    assert_eq!(
        log.check_producer(&sent(1, 1, 0, 1)),
        Ok(ProducerCheck::Fresh)
    );
    let producers = log.producers();
    let old = producers.check_marker(ProducerId(1), ProducerEpoch(0), 0);
    assert_eq!(old, Err(ErrorCode::InvalidProducerEpoch));
    let zombie = producers.check_marker(ProducerId(1), ProducerEpoch(1), -1);
    assert_eq!(zombie, Err(ErrorCode::TransactionCoordinatorFenced));
    let again = producers.check_marker(ProducerId(1), ProducerEpoch(1), 0);
    assert_eq!(again, Ok(()), "a repeated marker is just another one");
}

/// LOG-14, LOG-15, PRO-16: what is open and aborted follows from the batches: a
/// restarted process and a truncated log know it again.
#[test]
fn transactions_are_rebuilt_from_the_batches() {
    let mut log = log();
    append(&mut log, sent(1, 0, 0, 1));
    append(&mut log, sent(2, 0, 0, 1));
    append(&mut log, marker(1, 1, false));
    log.set_high_watermark(Offset(3));
    let reopened = Log::open(log.clone().into_disk(), Offset(3));
    assert_eq!(reopened, log);
    assert_eq!(reopened.last_stable_offset(), Offset(1));
    log.truncate_to(Offset(2));
    assert_eq!(log.last_stable_offset(), Offset(0), "open again");
    assert_eq!(log.producers().transactions().aborted(), []);
}
