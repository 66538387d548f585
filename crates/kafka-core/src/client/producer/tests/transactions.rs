//! Which errors a transactional producer can abort for, and which end it (TXN-13).

use super::*;
use crate::client::OffsetsToSend;
use crate::protocol::{
    AddPartitionsToTxnResponse, EndTxnResponse, FindCoordinatorResponse, TxnOffsetCommitResponse,
};

/// A producer in a transaction of that protocol.
fn begun(version: i16) -> Fake<Producer> {
    let config = ProducerConfig {
        transactional_id: Some("tx".into()),
        retries: 0,
        ..config()
    };
    let topics = [topic("t", 1, &[(0, 0)])];
    let mut fake = Fake::new(Producer::new(config, NodeId(10_000)), 3, &topics);
    fake.transaction_version = version;
    fake.input(Input::Started);
    call(&mut fake, TransactionCall::Init);
    found(&mut fake);
    fake.answer(ApiKey::InitProducerId, |_| init_answer(7));
    call(&mut fake, TransactionCall::Begin);
    assert_eq!(state(&fake), TransactionState::InTransaction);
    fake
}

fn call(fake: &mut Fake<Producer>, call: TransactionCall) {
    fake.command(ClientCommand::Transaction(call));
    fake.settle();
}

fn state(fake: &Fake<Producer>) -> TransactionState {
    fake.node.transaction_state().expect("it has an id")
}

/// The coordinator is found at broker 1.
fn found(fake: &mut Fake<Producer>) {
    fake.answer(ApiKey::FindCoordinator, |_| {
        Response::FindCoordinator(FindCoordinatorResponse {
            error: ErrorCode::None,
            node: Some(NodeId(1)),
        })
    });
    fake.settle();
}

fn added(fake: &mut Fake<Producer>, error: ErrorCode) {
    fake.answer(ApiKey::AddPartitionsToTxn, |request| match request {
        Request::AddPartitionsToTxn(asked) => {
            let partitions = asked.partitions.iter().map(|id| (*id, error)).collect();
            Response::AddPartitionsToTxn(AddPartitionsToTxnResponse { partitions })
        }
        other => panic!("{other:?}"),
    });
    fake.settle();
}

fn ended(fake: &mut Fake<Producer>, error: ErrorCode, epoch: i16) {
    fake.answer(ApiKey::EndTxn, |_| {
        Response::EndTxn(EndTxnResponse {
            error,
            producer_id: ProducerId(if epoch < 0 { -1 } else { 7 }),
            producer_epoch: ProducerEpoch(epoch),
        })
    });
    fake.settle();
}

/// What a call threw last: exception and the error behind it.
fn threw(fake: &mut Fake<Producer>) -> Option<(String, Option<ErrorCode>)> {
    let events = fake.take_events();
    let calls = events.into_iter().filter_map(|event| match event {
        ClientEvent::TransactionReturned { failure, .. } => failure,
        _ => None,
    });
    let last = calls.last()?;
    Some((last.exception.to_string(), last.cause))
}

/// TXN-13: the answer to EndTxn.
#[test]
fn errors_of_an_end_are_fatal_or_abortable() {
    use TransactionState as S;
    for (error, commit, abort) in [
        (
            ErrorCode::TransactionAbortable,
            S::AbortableError,
            S::FatalError,
        ),
        (ErrorCode::InvalidTxnState, S::FatalError, S::FatalError),
        (
            ErrorCode::InvalidProducerIdMapping,
            S::FatalError,
            S::FatalError,
        ),
        (
            ErrorCode::InvalidProducerEpoch,
            S::FatalError,
            S::FatalError,
        ),
        (ErrorCode::ProducerFenced, S::FatalError, S::FatalError),
        (ErrorCode::InvalidRequest, S::FatalError, S::FatalError),
        (
            ErrorCode::ConcurrentTransactions,
            S::Committing,
            S::Aborting,
        ),
        (
            ErrorCode::CoordinatorLoadInProgress,
            S::Committing,
            S::Aborting,
        ),
        (ErrorCode::NotCoordinator, S::Committing, S::Aborting),
    ] {
        for (end, expected) in [
            (TransactionCall::Commit, commit),
            (TransactionCall::Abort, abort),
        ] {
            let mut fake = begun(2);
            send(&mut fake, 0, "a", 1);
            fake.advance(Duration::from_ms(10));
            answer_produce(&mut fake, ErrorCode::None);
            call(&mut fake, end);
            ended(&mut fake, error, -1);
            assert_eq!(state(&fake), expected, "{error:?} for {end:?}");
            if error == ErrorCode::NotCoordinator {
                fake.advance(Duration::from_ms(200));
                found(&mut fake);
            }
            fake.advance(Duration::from_ms(200));
            let again = fake.apis().contains(&ApiKey::EndTxn);
            assert_eq!(again, error.is_retriable(), "{error:?} for {end:?}");
        }
    }
}

/// TXN-2, TXN-13: the answer to AddPartitionsToTxn. While the transaction before is being
/// completed the first one is asked again after 20 ms.
#[test]
fn errors_of_an_addition_are_fatal_or_abortable() {
    use TransactionState as S;
    for (error, expected) in [
        (ErrorCode::TransactionAbortable, S::AbortableError),
        (ErrorCode::UnknownProducerId, S::AbortableError),
        (ErrorCode::InvalidRequest, S::AbortableError),
        (ErrorCode::InvalidTxnState, S::FatalError),
        (ErrorCode::InvalidProducerIdMapping, S::FatalError),
        (ErrorCode::InvalidProducerEpoch, S::FatalError),
        (ErrorCode::ConcurrentTransactions, S::InTransaction),
    ] {
        let mut fake = begun(1);
        send(&mut fake, 0, "a", 1);
        added(&mut fake, error);
        assert_eq!(state(&fake), expected, "{error:?}");
        assert!(!fake.apis().contains(&ApiKey::Produce), "{error:?}");
        fake.advance(Duration::from_ms(25));
        let again = fake.apis().contains(&ApiKey::AddPartitionsToTxn);
        assert_eq!(
            again,
            error == ErrorCode::ConcurrentTransactions,
            "{error:?}"
        );
    }
}

fn send_offsets(fake: &mut Fake<Producer>) {
    let partition = crate::client::NamedPartition {
        topic: "t".into(),
        partition: 0,
    };
    fake.command(ClientCommand::SendOffsets(OffsetsToSend {
        group: "g".into(),
        member: None,
        offsets: vec![(partition, Offset(1))],
    }));
    fake.settle();
}

/// The group's coordinator answers TxnOffsetCommit.
fn stored(fake: &mut Fake<Producer>, error: ErrorCode) {
    fake.answer(ApiKey::TxnOffsetCommit, |request| match request {
        Request::TxnOffsetCommit(asked) => {
            let ids = asked.offsets.iter().map(|it| (it.partition, error));
            let partitions = ids.collect();
            Response::TxnOffsetCommit(TxnOffsetCommitResponse { partitions })
        }
        other => panic!("{other:?}"),
    });
}

/// TXN-6, PRO-2: offsets of a topic make it known before any record goes there; a record
/// that is sent then waits for no other metadata.
#[test]
fn a_topic_known_by_its_offsets_takes_records() {
    let mut fake = begun(2);
    send_offsets(&mut fake);
    found(&mut fake);
    fake.advance(Duration::from_secs(3));
    fake.settle();
    stored(&mut fake, ErrorCode::None);
    send(&mut fake, 0, "a", 1);
    assert!(!fake.node.is_blocked());
}

/// TXN-6, TXN-13: the answer to TxnOffsetCommit.
#[test]
fn errors_of_offsets_are_fatal_or_abortable() {
    use TransactionState as S;
    for (error, expected) in [
        (ErrorCode::UnknownMemberId, S::AbortableError),
        (ErrorCode::IllegalGeneration, S::AbortableError),
        (ErrorCode::FencedInstanceId, S::AbortableError),
        (ErrorCode::TransactionAbortable, S::AbortableError),
        (ErrorCode::ProducerFenced, S::FatalError),
        (ErrorCode::InvalidRequest, S::FatalError),
        (ErrorCode::CoordinatorLoadInProgress, S::InTransaction),
    ] {
        let mut fake = begun(2);
        send(&mut fake, 0, "a", 1);
        send_offsets(&mut fake);
        found(&mut fake);
        stored(&mut fake, error);
        assert_eq!(state(&fake), expected, "{error:?}");
    }
}

/// TXN-13: a batch that failed. What was retried for too long, or found no open
/// transaction, is told as TRANSACTION_ABORTABLE.
#[test]
fn errors_of_batches_are_fatal_or_abortable() {
    use TransactionState as S;
    let abortable = Some(ErrorCode::TransactionAbortable);
    for (error, expected, cause) in [
        (ErrorCode::NotEnoughReplicas, S::AbortableError, abortable),
        (ErrorCode::InvalidTxnState, S::AbortableError, abortable),
        (
            ErrorCode::TransactionAbortable,
            S::AbortableError,
            abortable,
        ),
        (ErrorCode::InvalidProducerEpoch, S::AbortableError, None),
        (ErrorCode::ProducerFenced, S::FatalError, None),
        (
            ErrorCode::InvalidProducerIdMapping,
            S::FatalError,
            Some(ErrorCode::InvalidProducerIdMapping),
        ),
    ] {
        let mut fake = begun(2);
        send(&mut fake, 0, "a", 1);
        fake.advance(Duration::from_ms(10));
        answer_produce(&mut fake, error);
        assert_eq!(state(&fake), expected, "{error:?}");
        call(&mut fake, TransactionCall::Commit);
        let (_, because) = threw(&mut fake).expect("commit throws");
        assert_eq!(because, cause, "{error:?}");
        call(&mut fake, TransactionCall::Abort);
        let aborts = expected == S::AbortableError;
        assert_eq!(fake.apis().contains(&ApiKey::EndTxn), aborts, "{error:?}");
    }
}

/// TXN-13, KIP-360: after an abort for an error a producer before KIP-890 asks for the next
/// epoch; since, the end of the transaction has brought it.
#[test]
fn an_abort_for_an_error_brings_another_epoch() {
    for version in [0, 1, 2] {
        let mut fake = begun(version);
        send(&mut fake, 0, "a", 1);
        if version < 2 {
            added(&mut fake, ErrorCode::None);
        }
        fake.advance(Duration::from_ms(10));
        answer_produce(&mut fake, ErrorCode::MessageTooLarge);
        call(&mut fake, TransactionCall::Abort);
        ended(&mut fake, ErrorCode::None, if version < 2 { -1 } else { 1 });
        let asks = fake.apis().contains(&ApiKey::InitProducerId);
        assert_eq!(asks, version < 2);
        if asks {
            assert_eq!(state(&fake), TransactionState::Initializing);
            fake.answer(ApiKey::InitProducerId, |request| match request {
                Request::InitProducerId(asked) => {
                    assert_eq!((asked.producer_id.0, asked.producer_epoch.0), (7, 0));
                    Response::InitProducerId(InitProducerIdResponse {
                        error: ErrorCode::None,
                        producer_id: ProducerId(7),
                        producer_epoch: ProducerEpoch(1),
                    })
                }
                other => panic!("{other:?}"),
            });
        }
        assert_eq!(state(&fake), TransactionState::Ready);
        let session = fake.node.session();
        assert_eq!(session, Some((ProducerId(7), ProducerEpoch(1))));
        assert_eq!(threw(&mut fake), None);
    }
}
