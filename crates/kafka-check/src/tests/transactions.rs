//! Transactions: what coordinators, leaders and clients do with them is judged.

use super::*;
use kafka_core::encode::marker_record;
use kafka_core::error::ErrorCode;
use kafka_core::protocol::{
    AddPartitionsToTxnRequest, InitProducerIdResponse, Request, Response, TxnMarker,
    WriteTxnMarkersRequest,
};
use kafka_core::transaction::TxnState;

const PID: ProducerId = ProducerId(7);

fn state(state: TxnState, epoch: i16) -> Note {
    state_of(state, epoch, 2)
}

fn state_of(state: TxnState, epoch: i16, transaction_version: i16) -> Note {
    Note::TransactionStateChanged {
        transactional_id: "tx".into(),
        state,
        producer_id: PID,
        producer_epoch: ProducerEpoch(epoch),
        transaction_version,
    }
}

fn sent(epoch: i16, sequence: i32) -> BatchBody {
    BatchBody {
        kind: BatchKind::Transactional,
        producer_epoch: ProducerEpoch(epoch),
        ..body(1, PID, sequence)
    }
}

fn marker(epoch: i16, commit: bool) -> BatchBody {
    BatchBody::new(
        BatchKind::Marker(commit),
        PID,
        ProducerEpoch(epoch),
        Sequence::NONE,
        vec![marker_record(commit, 0, 0)],
    )
}

/// Appends a marker and says so, as a leader does.
fn mark(bench: &mut Bench, epoch: i16, commit: bool) -> Option<Violation> {
    let offset = bench
        .at(A)
        .batches
        .last()
        .map_or(Offset::ZERO, Batch::next_offset);
    assert_eq!(bench.append_batch(A, marker(epoch, commit)), None);
    let note = Note::TransactionMarkerAppended {
        partition: P,
        producer_id: PID,
        commit,
        offset,
    };
    bench.note(A, note)
}

/// A bench that has seen a transactional id.
fn bench() -> Bench {
    let mut bench = Bench::new();
    bench.sound(B, state(TxnState::Empty, 0));
    bench
}

/// INV-36: all markers of a transaction say the same; a repeated one says it again.
#[test]
fn markers_agree() {
    let mut bench = bench();
    assert_eq!(mark(&mut bench, 1, true), None);
    assert_eq!(
        mark(&mut bench, 1, true),
        None,
        "sent again after a failover"
    );
    assert_eq!(mark(&mut bench, 2, false), None, "the next transaction");
    breaks(mark(&mut bench, 2, true), Invariant::TxnAtomic);
}

/// INV-37: the last stable offset is at most where an open transaction begins.
#[test]
fn open_transactions_are_not_exposed() {
    let mut bench = bench();
    assert_eq!(bench.append(A, 1), None);
    bench.at(A).high_watermark = Offset(1);
    assert_eq!(bench.append_batch(A, sent(0, 0)), None);
    bench.at(A).high_watermark = Offset(2);
    bench.at(A).last_stable = Some(Offset(1));
    let moved = |to| Note::HighWatermarkAdvanced(P, Offset(to));
    let of_stability =
        |found: Option<Violation>| found.filter(|found| found.invariant == Invariant::LsoRule);
    assert_eq!(of_stability(bench.note(A, moved(2))), None);
    bench.at(A).last_stable = Some(Offset(2));
    bench.seq += 1;
    let found = of_stability(bench.append_batch(A, sent(0, 1)));
    breaks(found, Invariant::LsoRule);
    // The same event went on: a marker came, and what it told before is over.
    assert_eq!(of_stability(bench.note(A, moved(1))), None);
    // What DeleteRecords took of it nobody can read (LOG-11).
    bench.at(A).log_start = Offset(2);
    assert_eq!(of_stability(bench.note(A, moved(2))), None);
}

/// INV-38: a session is one client's.
#[test]
fn a_session_is_one_clients() {
    let mut bench = bench();
    let answer = |epoch| {
        let answer = InitProducerIdResponse {
            error: ErrorCode::None,
            producer_id: PID,
            producer_epoch: ProducerEpoch(epoch),
        };
        Message::Response(RequestId(1), Response::InitProducerId(answer))
    };
    assert_eq!(bench.message(PRODUCER, B, answer(0)), None);
    assert_eq!(bench.message(PRODUCER, B, answer(0)), None);
    assert_eq!(bench.message(CONSUMER, B, answer(1)), None);
    let found = bench.message(CONSUMER, B, answer(0));
    breaks(found, Invariant::UniquePidEpoch);
}

/// INV-39: markers of a producer come from one broker in a coordinator epoch.
#[test]
fn a_coordinator_epoch_is_one_brokers() {
    let mut bench = bench();
    let markers = |coordinator_epoch| {
        let marker = TxnMarker {
            producer_id: PID,
            producer_epoch: ProducerEpoch(1),
            commit: true,
            coordinator_epoch,
            partitions: vec![P],
        };
        let markers = vec![marker];
        let request = Request::WriteTxnMarkers(WriteTxnMarkersRequest { markers });
        Message::Request(RequestId(1), request)
    };
    assert_eq!(bench.message(A, B, markers(0)), None);
    assert_eq!(bench.message(A, C, markers(1)), None, "after a failover");
    let found = bench.message(A, B, markers(1));
    breaks(found, Invariant::OneTxnCoordinator);
}

/// INV-40: once a partition has seen an epoch, none before it writes there.
#[test]
fn fenced_epochs_write_nothing() {
    let mut bench = bench();
    assert_eq!(bench.append_batch(A, sent(0, 0)), None);
    assert_eq!(mark(&mut bench, 1, false), None);
    assert_eq!(bench.append_batch(A, sent(1, 0)), None);
    let found = bench.append_batch(A, sent(0, 1));
    breaks(found, Invariant::Fenced);
}

/// INV-41: a decision stands, in a coordinator's life and across them.
#[test]
fn a_decision_stands() {
    let mut bench = bench();
    bench.sound(B, state(TxnState::Ongoing, 0));
    bench.sound(B, state(TxnState::PrepareCommit, 1));
    bench.sound(B, state(TxnState::CompleteCommit, 1));
    bench.sound(B, state(TxnState::Ongoing, 1));
    let found = bench.note(B, state(TxnState::CompleteCommit, 2));
    breaks(found, Invariant::TxnStates);
    // Another coordinator, which never saw the decision.
    let found = bench.note(C, state(TxnState::PrepareAbort, 1));
    breaks(found, Invariant::TxnStates);
}

/// INV-36, TXN-2: before KIP-890 a session has one transaction after the other, each with
/// its own outcome; what comes behind the end of one belongs to none.
#[test]
fn a_session_before_kip_890_has_many_transactions() {
    let mut bench = bench();
    let begin = |bench: &mut Bench| {
        let request = AddPartitionsToTxnRequest {
            transactional_id: "tx".into(),
            producer_id: PID,
            producer_epoch: ProducerEpoch(0),
            verify_only: false,
            transaction_version: 1,
            partitions: vec![P],
        };
        let request = Request::AddPartitionsToTxn(request);
        assert_eq!(
            bench.message(PRODUCER, B, Message::Request(RequestId(1), request)),
            None
        );
        bench.sound(B, state_of(TxnState::Ongoing, 0, 1));
    };
    for (sequence, commit) in [(0, true), (1, false)] {
        begin(&mut bench);
        assert_eq!(bench.append_batch(A, sent(0, sequence)), None);
        let (prepare, complete) = match commit {
            true => (TxnState::PrepareCommit, TxnState::CompleteCommit),
            false => (TxnState::PrepareAbort, TxnState::CompleteAbort),
        };
        bench.sound(B, state_of(prepare, 0, 1));
        assert_eq!(mark(&mut bench, 0, commit), None);
        bench.sound(B, state_of(complete, 0, 1));
    }
    let found = bench.append_batch(A, sent(0, 2));
    breaks(found, Invariant::TxnAtomic);
}
