//! What recorded producers of Kafka 4.3.1 did, on connections and in bytes.

use super::*;

fn keyed(fake: &mut Fake<Producer>, key: &str, value: &str, tag: u64) {
    let record = RecordToSend {
        topic: "t".into(),
        partition: None,
        key: Some(bytes(key)),
        value: Some(bytes(value)),
        headers: Vec::new(),
        timestamp_ms: None,
    };
    fake.command(ClientCommand::Send(record, tag));
    fake.command(ClientCommand::Flush);
}

/// Story produce-first: keys k1, k1, k2, each flushed. The recorded requests are
/// ApiVersions to two bootstrap servers, Metadata to the first, InitProducerId to
/// the second, then a connection to each leader when it is first needed, and
/// batches of 73, 73 and 75 bytes to partitions 2, 2 and 0 (PRO-1, PRO-13).
#[test]
fn produce_first() {
    let topics = [topic("t", 4, &[(1, 0), (2, 0), (0, 0)])];
    let mut fake = Fake::new(Producer::new(config(), NodeId(10_000)), 3, &topics);
    // A seed with which, as in the recording, the two draws differ.
    fake.prng = Prng::new(5, NodeId(10_000));
    fake.input(Input::Started);
    keyed(&mut fake, "k1", "one", 1);
    let mut produced = Vec::new();
    for (key, value, tag) in [("", "", 0), ("k1", "two", 2), ("k2", "three", 3)] {
        if tag > 0 {
            keyed(&mut fake, key, value, tag);
        }
        fake.settle();
        if fake.apis().contains(&ApiKey::InitProducerId) {
            fake.answer(ApiKey::InitProducerId, |_| init_answer(7));
            fake.settle();
        }
        for (partition, body) in batches(&fake, 0) {
            produced.push((partition.partition, body.size_bytes));
        }
        answer_produce(&mut fake, ErrorCode::None);
    }
    assert_eq!(produced, [(2, 73), (2, 73), (0, 75)]);
    let apis: Vec<ApiKey> = fake.log.iter().map(|(api, _)| *api).collect();
    use ApiKey::*;
    assert_eq!(
        apis,
        [
            ApiVersions,
            ApiVersions,
            Metadata,
            InitProducerId,
            ApiVersions,
            Produce,
            Produce,
            ApiVersions,
            Produce
        ]
    );
    // Metadata went where the first connection went, the session to the second.
    assert_eq!(fake.log[2].1, fake.log[0].1);
    assert_eq!(fake.log[3].1, fake.log[1].1);
    assert_ne!(fake.log[0].1, fake.log[1].1);
}

/// Story produce-errors: a record of 3000 bytes makes a batch of 3070; one of
/// 6000 bytes is refused before it is sent, with its size as Kafka reckons it.
#[test]
fn produce_errors_in_bytes() {
    let config = ProducerConfig {
        max_request_size: 5_000,
        ..config()
    };
    let mut fake = warm(config, &[topic("t", 4, &[(1, 0)])]);
    send(&mut fake, 0, &"x".repeat(3_000), 1);
    send(&mut fake, 0, &"x".repeat(6_000), 2);
    fake.advance(Duration::from_ms(5));
    assert_eq!(batches(&fake, 0)[0].1.size_bytes, 3_070);
    answer_produce(&mut fake, ErrorCode::MessageTooLarge);
    let failures: Vec<(u64, String)> = failures::failed(&fake.events);
    let expected = [
        (
            2,
            "RecordTooLargeException: The message is 6086 bytes when serialized which is larger than 5000, which is the value of the max.request.size configuration.",
        ),
        (
            1,
            "RecordTooLargeException: The request included a message larger than the max message size the server will accept.",
        ),
    ];
    assert_eq!(failures, expected.map(|(tag, text)| (tag, text.into())));
}

/// The size a batch is reckoned at while it fills is the size of its bytes.
#[test]
fn the_running_size_is_the_encoded_size() {
    let mut fake = warm(config(), &[topic("t", 4, &[(1, 0)])]);
    for tag in 1..=200 {
        send(&mut fake, 0, &"v".repeat(tag as usize % 70), tag);
    }
    fake.command(ClientCommand::Flush);
    fake.settle();
    for (_, body) in batches(&fake, 0) {
        assert_eq!(body.size_bytes, crate::encode::batch_size(&body.records));
    }
}
