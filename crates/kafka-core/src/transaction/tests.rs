//! The coordinator's records and its table of transitions.

use super::codec;
use super::state::{TransactionMetadata, TxnState};
use super::{Progress, TransactionCoordinator, TxnIo};
use crate::error::ErrorCode;
use crate::metadata::{ClusterImage, MetadataRecord};
use crate::node::Effects;
use crate::protocol::{EndTxnRequest, Response};
use crate::types::{
    LeaderEpoch, NodeId, ProducerEpoch, ProducerId, RequestId, Time, TopicId, TopicPartition, Uuid,
};

fn txn() -> TransactionMetadata {
    let mut txn = TransactionMetadata::new(&"pay-tx".into(), 25, ProducerId(1_000), 60_000);
    txn.producer_epoch = ProducerEpoch(3);
    txn.state = TxnState::PrepareCommit;
    txn.start_ms = 17;
    txn.last_update_ms = 42;
    txn.client_transaction_version = 2;
    txn
}

/// TXN-11: what one coordinator writes, the next one reads; damaged bytes are refused.
#[test]
fn records_are_read_back() {
    for version in [0, 1, 2] {
        let mut image = ClusterImage::new();
        image.features.insert("transaction.version".into(), version);
        let topic = MetadataRecord::Topic {
            name: "t".into(),
            topic: TopicId(3),
            uuid: Uuid::default(),
        };
        image.apply(&topic);
        let mut stored = txn();
        let numbers = [0, 2];
        stored.partitions = numbers.map(|it| TopicPartition::new(TopicId(3), it)).into();
        if version == 0 {
            stored.client_transaction_version = 0;
        }
        read_back(&image, stored.clone());
        stored.state = TxnState::Empty;
        stored.partitions.clear();
        read_back(&image, stored);
    }
}

fn read_back(image: &ClusterImage, stored: TransactionMetadata) {
    let (key, value) = (codec::key("pay-tx"), codec::value(&stored, image));
    let id = codec::read_key(&key).expect("a key");
    let read = codec::read_value(&id, 25, &value, image);
    assert_eq!(read, Some(stored));
    for end in 0..value.len() {
        assert_eq!(codec::read_value(&id, 25, &value[..end], image), None);
    }
    for end in 0..key.len() {
        assert_eq!(codec::read_key(&key[..end]), None);
    }
}

/// TXN-9: a decision brings the next epoch; before KIP-890 only a fence does.
#[test]
fn a_decision_brings_the_next_epoch() {
    let mut open = txn();
    open.state = TxnState::Ongoing;
    let epochs = |version, fence| {
        let decided = open.decided(false, version, fence, 50);
        (decided.producer_epoch.0, decided.state)
    };
    assert_eq!(epochs(2, false), (4, TxnState::PrepareAbort));
    assert_eq!(epochs(2, true), (4, TxnState::PrepareAbort));
    assert_eq!(epochs(0, false), (3, TxnState::PrepareAbort));
    assert_eq!(epochs(0, true), (4, TxnState::PrepareAbort));
}

/// TXN-1: the producer may say its epoch or the one before; any other is fenced.
#[test]
fn a_foreign_epoch_is_fenced() {
    let mut known = txn();
    known.state = TxnState::CompleteCommit;
    known.last_producer_epoch = ProducerEpoch(2);
    let next = |expected| {
        let next = known.with_next_epoch(60_000, ProducerEpoch(expected), 50);
        next.map(|next| next.producer_epoch.0)
    };
    assert_eq!(next(-1), Ok(4));
    assert_eq!(next(3), Ok(4));
    assert_eq!(next(2), Ok(3), "the answer to the first attempt was lost");
    assert_eq!(next(1), Err(ErrorCode::ProducerFenced));
}

/// TXN-9: the transaction that uses up the epochs brings the producer id of the next one;
/// if that answer was lost, it is given again once the markers are written.
#[test]
fn used_up_epochs_bring_another_producer_id() {
    let mut last = txn();
    last.state = TxnState::Ongoing;
    last.producer_epoch = ProducerEpoch(i16::MAX - 1);
    let image = ClusterImage::new();
    let mut fx = Effects::default();
    let mut io = TxnIo {
        now: Time(60_000_000),
        image: &image,
        fx: &mut fx,
        appends: Vec::new(),
        replies: Vec::new(),
    };
    let mut coordinator = TransactionCoordinator::new(900_000, 50, 604_800_000);
    coordinator.load(
        &mut io,
        last.state_partition,
        LeaderEpoch(0),
        &mut [].iter(),
    );
    coordinator.ids.insert("pay-tx".into(), last.clone());
    let end = EndTxnRequest {
        transactional_id: "pay-tx".into(),
        producer_id: last.producer_id,
        producer_epoch: last.producer_epoch,
        commit: true,
        transaction_version: 2,
    };
    let asker = (NodeId(10_000), RequestId(1));
    let progress = coordinator.end_transaction(&mut io, asker, &end);
    assert_eq!(progress, Progress::NeedsProducerId);
    coordinator.end_with_producer(&mut io, asker, &end, ProducerId(2_000));
    let mut answers = Vec::new();
    let mut written = 0;
    for _ in 0..2 {
        // The decision, then that it is complete: there are no partitions to tell.
        for append in std::mem::take(&mut io.appends) {
            written += 1;
            coordinator.on_append_result(&mut io, append.ticket, Ok(()));
        }
    }
    coordinator.end_transaction(&mut io, asker, &end);
    for (_, answer) in io.replies {
        match answer {
            Response::EndTxn(it) => answers.push((it.error, it.producer_id.0, it.producer_epoch.0)),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(written, 2);
    assert_eq!(answers, [(ErrorCode::None, 2_000, 0); 2]);
    let txn = coordinator.transaction("pay-tx").expect("it is known");
    assert_eq!(txn.prev_producer_id, last.producer_id);
}
