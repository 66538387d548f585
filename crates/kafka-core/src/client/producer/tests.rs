//! The producer against a scripted cluster, rule by rule.

mod compression;
mod failures;
mod idempotence;
mod recorded;
mod transactions;

use super::*;
use crate::client::testing::{Client, Fake, topic};
use crate::client::{ClientEvent, ProducerLoad, RecordToSend};
use crate::config::{ClientConfig, Endpoint};
use crate::error::ErrorCode;
use crate::protocol::{
    ApiKey, InitProducerIdResponse, MetadataTopic, ProducePartitionResponse, ProduceRequest,
    ProduceResponse, Request, Response,
};
use crate::record::BatchBody;
use crate::types::{Bytes, Offset, TopicPartition};

impl Client for Producer {
    fn handle(&mut self, now: Time, input: Input<'_>, prng: &mut Prng, fx: &mut Effects) {
        Producer::handle(self, now, input, prng, fx);
    }
}

fn config() -> ProducerConfig {
    let endpoint = |id: u32| Endpoint {
        node: NodeId(id),
        host: "localhost".into(),
        port: 9092 + id as u16,
    };
    ProducerConfig {
        client: ClientConfig {
            bootstrap: vec![endpoint(0), endpoint(1), endpoint(2)],
            ..ClientConfig::default()
        },
        ..ProducerConfig::default()
    }
}

fn producer(config: ProducerConfig, topics: &[MetadataTopic]) -> Fake<Producer> {
    let mut fake = Fake::new(Producer::new(config, NodeId(10_000)), 3, topics);
    fake.input(Input::Started);
    fake
}

fn init_answer(id: i64) -> Response {
    Response::InitProducerId(InitProducerIdResponse {
        error: ErrorCode::None,
        producer_id: ProducerId(id),
        producer_epoch: ProducerEpoch(0),
    })
}

/// Connected, with a session, topic `t` known.
fn warm(config: ProducerConfig, topics: &[MetadataTopic]) -> Fake<Producer> {
    let mut fake = producer(config, topics);
    fake.settle();
    if fake.apis().contains(&ApiKey::InitProducerId) {
        fake.answer(ApiKey::InitProducerId, |_| init_answer(7));
    }
    fake
}

fn bytes(text: &str) -> Bytes {
    text.as_bytes().into()
}

fn send(fake: &mut Fake<Producer>, partition: u32, value: &str, tag: u64) {
    let record = RecordToSend {
        topic: "t".into(),
        partition: Some(partition),
        key: None,
        value: Some(bytes(value)),
        headers: Vec::new(),
        timestamp_ms: None,
    };
    fake.command(ClientCommand::Send(record, tag));
    fake.settle();
}

fn produce_of(request: &Request) -> &ProduceRequest {
    match request {
        Request::Produce(produce) => produce,
        other => panic!("{other:?}"),
    }
}

/// Batches of the n-th unanswered produce request.
fn batches(fake: &Fake<Producer>, index: usize) -> Vec<(TopicPartition, BatchBody)> {
    let requests = fake.sent.iter().map(|s| &s.request);
    let mut produces = requests.filter(|r| r.api() == ApiKey::Produce);
    let request = produces.nth(index).expect("a produce request");
    let batches = produce_of(request).batches.iter();
    batches.map(|(tp, body)| (*tp, (**body).clone())).collect()
}

/// Answers the oldest produce request: every batch gets that error, or offset 0.
fn answer_produce(fake: &mut Fake<Producer>, error: ErrorCode) {
    fake.answer(ApiKey::Produce, |request| {
        let outcome = |partition: &TopicPartition| ProducePartitionResponse {
            partition: *partition,
            error,
            base_offset: Offset(if error.is_error() { -1 } else { 0 }),
            log_start_offset: Offset(0),
            current_leader: None,
            record_errors: None,
        };
        let batches = produce_of(request).batches.iter();
        let partitions = batches.map(|(partition, _)| outcome(partition)).collect();
        Response::Produce(ProduceResponse { partitions })
    });
    fake.settle();
}

fn acked(events: &[ClientEvent]) -> Vec<u64> {
    let tag = |event: &ClientEvent| match event {
        ClientEvent::Acked { tag, .. } => Some(*tag),
        _ => None,
    };
    events.iter().filter_map(tag).collect()
}

fn values(body: &BatchBody) -> Vec<String> {
    let text = |bytes: &Bytes| String::from_utf8_lossy(bytes).into_owned();
    let records = body.records.iter();
    records
        .map(|r| r.value.as_ref().map(text).unwrap_or_default())
        .collect()
}

/// PRO-5: records of one partition that come within `linger.ms` share a batch,
/// which leaves when the linger is over.
#[test]
fn a_batch_lingers() {
    let mut fake = warm(config(), &[topic("t", 4, &[(1, 0)])]);
    send(&mut fake, 0, "one", 1);
    fake.advance(Duration::from_ms(3));
    send(&mut fake, 0, "two", 2);
    assert!(fake.sent.is_empty());
    fake.advance(Duration::from_ms(2));
    let sent = batches(&fake, 0);
    assert_eq!(values(&sent[0].1), ["one", "two"]);
    assert_eq!(fake.sent[0].to, NodeId(1));
    answer_produce(&mut fake, ErrorCode::None);
    assert_eq!(acked(&fake.events), [1, 2]);
}

/// PRO-6: one request to a leader carries at most one batch a partition, and a
/// full batch does not wait for its linger.
#[test]
fn a_request_has_one_batch_a_partition() {
    let config = ProducerConfig {
        batch_size: 100,
        ..config()
    };
    let mut fake = warm(config, &[topic("t", 4, &[(1, 0), (1, 0), (2, 0)])]);
    send(&mut fake, 0, &"a".repeat(30), 1);
    send(&mut fake, 1, &"b".repeat(30), 2);
    assert!(fake.sent.is_empty());
    send(&mut fake, 0, &"c".repeat(30), 3);
    // The first batch of partition 0 is complete; the others still linger.
    assert_eq!(fake.apis(), [ApiKey::Produce]);
    assert_eq!(batches(&fake, 0).len(), 1);
    fake.advance(Duration::from_ms(5));
    let second = batches(&fake, 1);
    let partitions: Vec<u32> = second.iter().map(|(tp, _)| tp.partition).collect();
    assert_eq!(partitions, [1, 0]);
}

/// PRO-7: without acknowledgements a record is done when it is sent.
#[test]
fn without_acks_sending_is_success() {
    let config = ProducerConfig {
        acks: Acks::None,
        ..config()
    };
    let mut fake = warm(config, &[topic("t", 4, &[(1, 0)])]);
    send(&mut fake, 0, "one", 1);
    fake.advance(Duration::from_ms(5));
    let expected = ClientEvent::Acked {
        tag: 1,
        partition: TopicPartition::new(crate::types::TopicId(4), 0),
        offset: Offset::UNKNOWN,
    };
    assert!(fake.events.contains(&expected));
}

/// Flush sends at once what lingers and reports when it is done; close does the
/// same and ends the process.
#[test]
fn flush_and_close_wait_for_the_answers() {
    let mut fake = warm(config(), &[topic("t", 4, &[(1, 0)])]);
    send(&mut fake, 0, "one", 1);
    fake.command(ClientCommand::Flush);
    fake.settle();
    assert!(!fake.events.contains(&ClientEvent::Flushed));
    answer_produce(&mut fake, ErrorCode::None);
    assert!(fake.events.contains(&ClientEvent::Flushed));
    send(&mut fake, 0, "two", 2);
    fake.command(ClientCommand::Close { leave: true });
    assert!(!fake.exited);
    answer_produce(&mut fake, ErrorCode::None);
    assert_eq!(fake.events.last(), Some(&ClientEvent::Closed));
    assert!(fake.exited);
}

/// A load sends its records at its pace, with running numbers and keys.
#[test]
fn a_load_runs_until_it_is_done() {
    let mut fake = warm(config(), &[topic("t", 4, &[(1, 0)])]);
    fake.command(ClientCommand::StartLoad(ProducerLoad {
        topic: "t".into(),
        partition: None,
        every: Duration::from_ms(1),
        remaining: Some(4),
        keys: 2,
        key_names: Vec::new(),
        value_bytes: 0,
        next: 10,
    }));
    fake.advance(Duration::from_ms(20));
    let all: Vec<BatchBody> = batches(&fake, 0).into_iter().map(|b| b.1).collect();
    assert_eq!(values(&all[0]), ["10", "11", "12", "13"]);
    let keys = all[0].records.iter().map(|r| r.key.clone());
    let expected = ["k0", "k1", "k0", "k1"].map(|k| Some(bytes(k)));
    assert_eq!(keys.collect::<Vec<_>>(), expected);
    assert!(!fake.node.has_load());
}

/// Every answer in any order, any loss: nothing ends twice or never. The seed is
/// printed when it fails.
#[test]
fn every_record_ends_exactly_once() {
    for seed in 0..200 {
        let mut draw = Prng::new(seed, NodeId(1));
        let mut fake = warm(config(), &[topic("t", 4, &[(1, 0), (2, 0), (1, 0)])]);
        for tag in 1..=40 {
            send(&mut fake, draw.below(Stream::Choice, 3), "x", tag);
            fake.advance(Duration::from_ms(u64::from(draw.below(Stream::Choice, 8))));
            while fake.apis().contains(&ApiKey::Produce) && draw.below(Stream::Choice, 3) > 0 {
                match draw.below(Stream::Choice, 6) {
                    0 => fake.disconnect(1),
                    1 => answer_produce(&mut fake, ErrorCode::NotEnoughReplicas),
                    2 => answer_produce(&mut fake, ErrorCode::OutOfOrderSequenceNumber),
                    3 => answer_produce(&mut fake, ErrorCode::InvalidRecord),
                    _ => answer_produce(&mut fake, ErrorCode::None),
                }
            }
        }
        for _ in 0..400 {
            while fake.apis().contains(&ApiKey::Produce) {
                answer_produce(&mut fake, ErrorCode::None);
            }
            fake.advance(Duration::from_ms(50));
        }
        let counts = fake.node.counts();
        assert_eq!(counts.sent, 40, "seed {seed}");
        assert_eq!(counts.acked + counts.failed, 40, "seed {seed}");
        assert_eq!(fake.node.acc.reserved, 0, "seed {seed}");
    }
}
