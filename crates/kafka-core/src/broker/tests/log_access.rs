//! CON-3, LOG-8, LOG-11, LOG-13: what consumers and tools read.

use super::{Bench, plain};
use crate::error::ErrorCode;
use crate::protocol::{
    Acks, DeleteRecordsRequest, FetchPartition, FetchPartitionResponse, FetchRequest,
    ListOffsetsRequest, OffsetForLeaderEpochRequest, OffsetSpec, Request, Response,
};
use crate::types::{LeaderEpoch, NodeId, Offset, TopicPartition};

fn fetch(partition: TopicPartition, offset: i64) -> Request {
    Request::Fetch(FetchRequest {
        replica: None,
        max_wait_ms: 500,
        min_bytes: 1,
        max_bytes: 1_000_000,
        read_committed: false,
        rack: None,
        session_epoch: -1,
        forgotten: Vec::new(),
        partitions: vec![FetchPartition {
            partition,
            current_leader_epoch: LeaderEpoch::NONE,
            fetch_offset: Offset(offset),
            last_fetched_epoch: LeaderEpoch::NONE,
            log_start_offset: Offset::UNKNOWN,
            max_bytes: 1_000_000,
        }],
    })
}

fn fetched(response: Option<Response>) -> FetchPartitionResponse {
    match response {
        Some(Response::Fetch(response)) => response.partitions[0].clone(),
        other => panic!("no fetch answer: {other:?}"),
    }
}

/// CON-3: a fetch at the end waits for records, but no longer than asked; it ends
/// when the high watermark moves, not before.
#[test]
fn consumers_wait_for_committed_records() {
    let mut bench = Bench::new(2);
    let partition = bench.create("t", &[1, 2]);
    assert_eq!(bench.ask_for(1, fetch(partition, 0), 400), None);
    bench.run_ms(110);
    let id = bench.ask(1, fetch(partition, 0));
    bench.run_ms(100);
    bench.cut.insert((NodeId(2), NodeId(1)));
    bench.produce(1, partition, Acks::Leader, plain(2), 10);
    assert!(!bench.answers.contains_key(&id), "not committed yet");
    // Fenced first: a follower that may soon return still holds the mark (REP-8).
    bench.fence(2, true);
    bench.set_isr(partition, &[1]);
    bench.run_ms(10);
    let answer = fetched(bench.answers.remove(&id));
    assert_eq!(answer.high_watermark, Offset(2));
    assert_eq!(answer.batches.len(), 1);
}

/// LOG-8: before the start or after the end is out of range; between is not.
#[test]
fn fetches_out_of_range() {
    let mut bench = Bench::new(1);
    let partition = bench.create("t", &[1]);
    bench.produce(1, partition, Acks::All, plain(2), 10);
    let ahead = fetched(bench.ask_for(1, fetch(partition, 3), 10));
    assert_eq!(ahead.error, ErrorCode::OffsetOutOfRange);
    assert_eq!(bench.ask_for(1, fetch(partition, 2), 10), None, "waits");
}

/// LOG-11, LOG-13: DeleteRecords is answered when the follower has adopted the log
/// start; ListOffsets shows it.
#[test]
fn delete_records_raises_the_log_start_everywhere() {
    let mut bench = Bench::new(2);
    let partition = bench.create("t", &[1, 2]);
    bench.produce(1, partition, Acks::All, plain(3), 600);
    let delete = |to| {
        Request::DeleteRecords(DeleteRecordsRequest {
            partitions: vec![(partition, Offset(to))],
            timeout_ms: 5_000,
        })
    };
    let answer = bench.ask_for(1, delete(4), 10);
    let Some(Response::DeleteRecords(answer)) = answer else {
        panic!("{answer:?}");
    };
    assert_eq!(answer.partitions[0].1, ErrorCode::OffsetOutOfRange);
    let answer = bench.ask_for(1, delete(2), 1_200);
    let Some(Response::DeleteRecords(answer)) = answer else {
        panic!("{answer:?}");
    };
    assert_eq!(answer.partitions[0].2, Offset(2));
    assert_eq!(
        bench.partition(2, partition).log.log_start_offset(),
        Offset(2)
    );
    let ask = |spec| {
        Request::ListOffsets(ListOffsetsRequest {
            replica: None,
            read_committed: false,
            partitions: vec![(partition, LeaderEpoch::NONE, spec)],
        })
    };
    for (spec, offset) in [(OffsetSpec::Earliest, 2), (OffsetSpec::Latest, 3)] {
        match bench.ask_for(1, ask(spec), 10) {
            Some(Response::ListOffsets(answer)) => {
                assert_eq!(answer.partitions[0].offset, Offset(offset), "{spec:?}");
            }
            other => panic!("{other:?}"),
        }
    }
}

/// LOG-11, REP-7: a log start within a batch. A follower that begins there has to begin at the
/// batch, which its leader gives it whole, and then takes over the log start.
#[test]
fn a_follower_begins_at_the_batch_that_holds_the_log_start() {
    let mut bench = Bench::new(2);
    let partition = bench.create("t", &[1, 2]);
    bench.kill(NodeId(2));
    bench.fence(2, true);
    bench.set_isr(partition, &[1]);
    bench.produce(1, partition, Acks::All, plain(5), 600);
    bench.delete(1, partition, 3);
    bench.produce(1, partition, Acks::All, plain(2), 600);
    bench.start(NodeId(2));
    bench.run_ms(3_000);
    let log = &bench.partition(2, partition).log;
    assert_eq!(log.log_start_offset(), Offset(3));
    assert_eq!(log.log_end_offset(), Offset(7));
    let first = log.disk().batches_from(Offset::ZERO).next();
    assert_eq!(first.map(|batch| batch.base_offset), Some(Offset(0)));
}

/// LOG-11, EPO-4: what would show that a follower's record is not its leader's was deleted, and
/// its log ends within a batch. As in Kafka (UnexpectedAppendOffsetException) it has failed;
/// it does not go on behind a gap.
#[test]
fn a_follower_that_ends_within_a_batch_stops() {
    let mut bench = Bench::new(2);
    let partition = bench.create("t", &[1, 2]);
    bench.kill(NodeId(1));
    bench.fence(1, true);
    bench.elect(partition, Some(2), &[2]);
    bench.run_ms(10);
    bench.produce(2, partition, Acks::Leader, plain(1), 600);
    bench.kill(NodeId(2));
    bench.fence(2, true);
    bench.start(NodeId(1));
    bench.run_ms(10);
    bench.fence(1, false);
    bench.elect(partition, Some(1), &[1]);
    bench.run_ms(10);
    bench.produce(1, partition, Acks::Leader, plain(5), 600);
    bench.delete(1, partition, 1);
    bench.produce(1, partition, Acks::Leader, plain(2), 600);
    bench.start(NodeId(2));
    bench.run_ms(3_000);
    assert_eq!(
        (bench.log_end(1, partition), bench.log_end(2, partition)),
        (7, 1)
    );
}

/// REP-27: where an epoch ends in the leader's log; the epoch of the asker is checked as in a fetch.
#[test]
fn the_end_of_an_epoch_can_be_asked_for() {
    let mut bench = Bench::new(2);
    let partition = bench.create("t", &[1, 2]);
    bench.produce(1, partition, Acks::All, plain(3), 600);
    bench.elect(partition, Some(2), &[1, 2]);
    bench.run_ms(600);
    bench.produce(2, partition, Acks::All, plain(2), 600);
    let mut ask = |current: i32, epoch: i32| {
        let request = OffsetForLeaderEpochRequest {
            partitions: vec![(partition, LeaderEpoch(current), LeaderEpoch(epoch))],
        };
        match bench.ask_for(2, Request::OffsetForLeaderEpoch(request), 10) {
            Some(Response::OffsetForLeaderEpoch(answer)) => {
                let (_, error, epoch, end) = answer.partitions[0];
                (error, epoch.0, end.0)
            }
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(ask(1, 0), (ErrorCode::None, 0, 3));
    assert_eq!(ask(1, 1), (ErrorCode::None, 1, 5));
    assert_eq!(ask(0, 0).0, ErrorCode::FencedLeaderEpoch);
    assert_eq!(ask(2, 0).0, ErrorCode::UnknownLeaderEpoch);
}

/// LOG-13: right after a failover the new leader does not know how far the old one
/// had committed: LATEST is not available until it does.
#[test]
fn latest_is_unknown_right_after_a_failover() {
    let mut bench = Bench::new(3);
    let partition = bench.create("t", &[1, 2, 3]);
    bench.produce(1, partition, Acks::All, plain(3), 10);
    bench.kill(NodeId(1));
    bench.cut.insert((NodeId(3), NodeId(2)));
    bench.elect(partition, Some(2), &[2, 3]);
    bench.run_ms(5);
    let ask = Request::ListOffsets(ListOffsetsRequest {
        replica: None,
        read_committed: false,
        partitions: vec![(partition, LeaderEpoch::NONE, OffsetSpec::Latest)],
    });
    let answer = bench.ask_for(2, ask, 10);
    let Some(Response::ListOffsets(answer)) = answer else {
        panic!("{answer:?}");
    };
    assert_eq!(answer.partitions[0].error, ErrorCode::OffsetNotAvailable);
}
