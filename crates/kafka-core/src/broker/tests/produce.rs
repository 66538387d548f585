//! PRO-7, PRO-13, PRO-14, REP-39, REP-40: what producers are answered.

use std::rc::Rc;

use super::{Bench, batch, offsets, plain};
use crate::compress::Compression;
use crate::compress::samples::orders;
use crate::error::ErrorCode;
use crate::metadata::MetadataRecord;
use crate::note::Note;
use crate::protocol::{
    Acks, ConfigResource, InitProducerIdRequest, ProduceResponse, Request, Response,
};
use crate::record::{BatchBody, BatchKind};
use crate::types::{NodeId, Offset, ProducerEpoch, ProducerId, Sequence, TopicPartition};

fn error(response: Option<ProduceResponse>) -> ErrorCode {
    response.expect("there is an answer").partitions[0].error
}

fn set_min_isr(bench: &mut Bench, topic: &str, min_isr: u32) {
    bench.append(vec![MetadataRecord::Config {
        resource: ConfigResource::Topic(topic.into()),
        name: "min.insync.replicas".into(),
        value: Some(min_isr.to_string().into()),
    }]);
    bench.run_ms(10);
}

/// PRO-7: acks=all waits for all in-sync replicas, acks=1 for the leader alone,
/// acks=0 is not answered at all.
#[test]
fn acks_decide_when_the_answer_comes() {
    let mut bench = Bench::new(3);
    let partition = bench.create("t", &[1, 2, 3]);
    let all = bench.produce(1, partition, Acks::All, plain(2), 600);
    assert_eq!(offsets(&all.expect("answered")), [Offset(0)]);
    let one = bench.produce(1, partition, Acks::Leader, plain(2), 2);
    assert_eq!(offsets(&one.expect("answered")), [Offset(2)]);
    assert_eq!(bench.produce(1, partition, Acks::None, plain(2), 600), None);
    assert_eq!(bench.log_end(1, partition), 6);
}

/// KIP-951: a broker that does not lead says who does.
#[test]
fn a_follower_names_the_leader() {
    let mut bench = Bench::new(2);
    let partition = bench.create("t", &[1, 2]);
    let response = bench.produce(2, partition, Acks::All, plain(1), 10);
    let answer = response.expect("answered").partitions[0].clone();
    assert_eq!(answer.error, ErrorCode::NotLeaderOrFollower);
    let leader = answer.current_leader.expect("the leader is known");
    assert_eq!((leader.0, leader.1.0), (NodeId(1), 0));
    let nowhere = TopicPartition::new(crate::types::TopicId(99), 0);
    let response = bench.produce(2, nowhere, Acks::All, plain(1), 10);
    assert_eq!(error(response), ErrorCode::UnknownTopicId);
}

/// REP-39, REP-9: too few in sync: acks=all is refused and nothing appended;
/// acks=1 is accepted, but the high watermark stands still.
#[test]
fn too_small_an_isr_refuses_acks_all() {
    let mut bench = Bench::new(2);
    let partition = bench.create("t", &[1, 2]);
    set_min_isr(&mut bench, "t", 2);
    bench.produce(1, partition, Acks::All, plain(1), 600);
    bench.kill(NodeId(2));
    bench.fence(2, true);
    bench.set_isr(partition, &[1]);
    bench.run_ms(10);
    let refused = bench.produce(1, partition, Acks::All, plain(1), 10);
    assert_eq!(error(refused), ErrorCode::NotEnoughReplicas);
    assert_eq!(bench.log_end(1, partition), 1);
    let accepted = bench.produce(1, partition, Acks::Leader, plain(1), 10);
    assert_eq!(error(accepted), ErrorCode::None);
    assert_eq!(bench.high_watermark(1, partition), 1);
}

/// REP-9, REP-39: a min.insync.replicas above the replica count counts as that.
#[test]
fn min_isr_is_capped_at_the_replica_count() {
    let mut bench = Bench::new(1);
    let partition = bench.create("t", &[1]);
    set_min_isr(&mut bench, "t", 3);
    let response = bench.produce(1, partition, Acks::All, plain(1), 10);
    assert_eq!(error(response), ErrorCode::None);
}

/// REP-40: a silent follower in the ISR holds the answer until the request times
/// out; the record stays in the log.
#[test]
fn a_silent_follower_times_the_request_out() {
    let mut bench = Bench::new(2);
    let partition = bench.create("t", &[1, 2]);
    bench.kill(NodeId(2));
    assert_eq!(
        bench.produce(1, partition, Acks::All, plain(1), 1_400),
        None
    );
    bench.run_ms(200);
    let last = bench.answers.values().last().cloned();
    let Some(Response::Produce(response)) = last else {
        panic!("no answer: {last:?}");
    };
    assert_eq!(error(Some(response)), ErrorCode::RequestTimedOut);
    assert_eq!(bench.log_end(1, partition), 1);
}

/// REP-40, REP-24: losing the leadership fails what waits.
#[test]
fn a_deposed_leader_fails_what_waits() {
    let mut bench = Bench::new(2);
    let partition = bench.create("t", &[1, 2]);
    bench.cut.insert((NodeId(2), NodeId(1)));
    assert_eq!(bench.produce(1, partition, Acks::All, plain(1), 5), None);
    bench.elect(partition, Some(2), &[2]);
    bench.run_ms(5);
    let last = bench.answers.values().last().cloned();
    let Some(Response::Produce(response)) = last else {
        panic!("no answer: {last:?}");
    };
    let answer = &response.partitions[0];
    assert_eq!(answer.error, ErrorCode::NotLeaderOrFollower);
    assert_eq!(
        answer.current_leader.map(|leader| leader.0),
        Some(NodeId(2))
    );
}

/// PRO-14 case 1: a repeated batch gets the first one's offset and is not appended,
/// also after a failover (PRO-16).
#[test]
fn a_repeated_batch_is_not_appended_again() {
    let mut bench = Bench::new(2);
    let partition = bench.create("t", &[1, 2]);
    let body = batch(ProducerId(5), Sequence(0), 2);
    bench.produce(1, partition, Acks::All, body.clone(), 600);
    let again = bench.produce(1, partition, Acks::All, body.clone(), 600);
    assert_eq!(offsets(&again.expect("answered")), [Offset(0)]);
    assert!(
        bench
            .notes
            .contains(&(NodeId(1), Note::DuplicateBatch(partition, Offset(0))))
    );
    bench.kill(NodeId(1));
    bench.elect(partition, Some(2), &[2]);
    bench.run_ms(10);
    let again = bench.produce(2, partition, Acks::All, body, 600);
    assert_eq!(offsets(&again.expect("answered")), [Offset(0)]);
    let gap = batch(ProducerId(5), Sequence(7), 1);
    let response = bench.produce(2, partition, Acks::All, gap, 600);
    assert_eq!(error(response), ErrorCode::OutOfOrderSequenceNumber);
}

/// PRO-13: ids come from blocks the controller allocates; the next block is asked
/// for when one is used up.
#[test]
fn producer_ids_come_in_blocks() {
    let mut bench = Bench::new(1);
    let mut ids = Vec::new();
    for _ in 0..3 {
        let request = Request::InitProducerId(InitProducerIdRequest {
            transactional_id: None,
            transaction_timeout_ms: 60_000,
            producer_id: ProducerId::NONE,
            producer_epoch: ProducerEpoch::NONE,
        });
        match bench.ask_for(1, request, 10) {
            Some(Response::InitProducerId(response)) => {
                assert_eq!(response.producer_epoch, ProducerEpoch(0));
                ids.push(response.producer_id.0);
            }
            other => panic!("no id: {other:?}"),
        }
    }
    assert_eq!(ids, [0, 1, 2]);
}

fn set_topic(bench: &mut Bench, name: &str, value: &str) {
    bench.append(vec![MetadataRecord::Config {
        resource: ConfigResource::Topic("t".into()),
        name: name.into(),
        value: Some(value.into()),
    }]);
    bench.run_ms(10);
}

/// LOG-4: larger than `max.message.bytes` is refused.
#[test]
fn too_large_a_batch_is_refused() {
    let mut bench = Bench::new(1);
    let partition = bench.create("t", &[1]);
    set_topic(&mut bench, "max.message.bytes", "70");
    let response = bench.produce(1, partition, Acks::All, plain(1), 10);
    assert_eq!(error(response), ErrorCode::None);
    let response = bench.produce(1, partition, Acks::All, plain(9), 10);
    assert_eq!(error(response), ErrorCode::MessageTooLarge);
}

/// LOG-4, `compression.type`: what counts is the size as it came and, if the topic wants
/// another codec, as it is stored; `producer` keeps what came.
#[test]
fn the_topics_codec_decides_what_is_stored_and_how_large_it_may_be() {
    let mut bench = Bench::new(1);
    let partition = bench.create("t", &[1]);
    let orders = |codec: Compression| {
        let (id, epoch) = (ProducerId::NONE, ProducerEpoch::NONE);
        let body = BatchBody::new(BatchKind::Data, id, epoch, Sequence::NONE, orders(30));
        Rc::new(body.compressed(codec))
    };
    let stored = |bench: &Bench| -> Vec<(Compression, u32)> {
        let batches = bench.partition(1, partition).log.disk().batches();
        let facts = batches.map(|batch| (batch.body.compression, batch.size_bytes()));
        facts.collect()
    };
    use Compression::{Gzip, None, Snappy};
    let mut expected = Vec::new();
    for (topic, sent, kept, size) in [
        ("producer", None, None, 2_549),
        ("producer", Gzip, Gzip, 725),
        ("snappy", Gzip, Snappy, 1_121),
        ("gzip", None, Gzip, 725),
        ("uncompressed", Gzip, None, 2_549),
    ] {
        set_topic(&mut bench, "compression.type", topic);
        let response = bench.produce(1, partition, Acks::All, orders(sent), 10);
        assert_eq!(error(response), ErrorCode::None, "{topic}");
        expected.push((kept, 61 + size));
    }
    assert_eq!(stored(&bench), expected);
    set_topic(&mut bench, "max.message.bytes", "1000");
    for (topic, sent, refusal) in [
        ("producer", None, ErrorCode::MessageTooLarge),
        ("producer", Gzip, ErrorCode::None),
        ("gzip", None, ErrorCode::MessageTooLarge),
        ("snappy", Gzip, ErrorCode::MessageTooLarge),
        ("uncompressed", Gzip, ErrorCode::MessageTooLarge),
    ] {
        set_topic(&mut bench, "compression.type", topic);
        let response = bench.produce(1, partition, Acks::All, orders(sent), 10);
        assert_eq!(error(response), refusal, "{topic}, sent with {sent:?}");
    }
}
