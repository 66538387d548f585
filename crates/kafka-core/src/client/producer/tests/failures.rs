//! Retries, back-off, deadlines, memory: PRO-4, PRO-8 to PRO-11.

use super::*;
use crate::client::ClientLog;
use crate::types::TopicId;

/// Tags with exception and message of the failed records.
pub fn failed(events: &[ClientEvent]) -> Vec<(u64, String)> {
    let text = |event: &ClientEvent| match event {
        ClientEvent::SendFailed { tag, failure, .. } => {
            Some((*tag, format!("{}: {}", failure.exception, failure.message)))
        }
        _ => None,
    };
    events.iter().filter_map(text).collect()
}

fn plain() -> ProducerConfig {
    ProducerConfig {
        idempotence: false,
        linger_ms: 0,
        ..config()
    }
}

/// PRO-8: a retriable error puts the batch back; it waits its back-off and goes
/// again with the same records. The retry is logged with the attempts left.
#[test]
fn a_retried_batch_waits_its_back_off() {
    let config = ProducerConfig {
        retries: 3,
        ..plain()
    };
    let mut fake = warm(config, &[topic("t", 4, &[(1, 0)])]);
    send(&mut fake, 0, "one", 1);
    answer_produce(&mut fake, ErrorCode::NotEnoughReplicas);
    assert!(fake.sent.is_empty());
    let log = ClientEvent::Log(ClientLog::ProduceRetry {
        topic: "t".into(),
        partition: 0,
        attempts_left: 2,
        error: ErrorCode::NotEnoughReplicas,
    });
    assert_eq!(fake.events.last(), Some(&log));
    fake.advance(Duration::from_ms(79));
    assert!(fake.sent.is_empty());
    fake.advance(Duration::from_ms(42));
    assert_eq!(values(&batches(&fake, 0)[0].1), ["one"]);
}

/// PRO-8: after `retries` attempts the error is the application's.
#[test]
fn retries_run_out() {
    let config = ProducerConfig {
        retries: 1,
        ..plain()
    };
    let mut fake = warm(config, &[topic("t", 4, &[(1, 0)])]);
    send(&mut fake, 0, "one", 1);
    answer_produce(&mut fake, ErrorCode::NotEnoughReplicas);
    fake.advance(Duration::from_ms(121));
    answer_produce(&mut fake, ErrorCode::NotEnoughReplicas);
    let text = "NotEnoughReplicasException: Messages are rejected since there are fewer in-sync replicas than required.";
    assert_eq!(failed(&fake.events), [(1, text.to_string())]);
}

/// PRO-8, KIP-951: a new leader named in the error is asked at once, without the
/// back-off.
#[test]
fn a_new_leader_is_asked_without_back_off() {
    let mut fake = warm(plain(), &[topic("t", 4, &[(1, 0)])]);
    send(&mut fake, 0, "one", 1);
    fake.answer(ApiKey::Produce, |_| {
        Response::Produce(ProduceResponse {
            partitions: vec![ProducePartitionResponse {
                partition: TopicPartition::new(TopicId(4), 0),
                error: ErrorCode::NotLeaderOrFollower,
                base_offset: Offset::UNKNOWN,
                log_start_offset: Offset::UNKNOWN,
                current_leader: Some((NodeId(2), crate::types::LeaderEpoch(1))),
                record_errors: None,
            }],
        })
    });
    fake.settle();
    assert_eq!(fake.apis(), [ApiKey::Produce]);
    assert_eq!(fake.sent[0].to, NodeId(2));
}

/// PRO-11: without idempotence and with several requests in flight, a failed
/// batch that is retried lands behind a later success.
#[test]
fn without_idempotence_a_retry_reorders() {
    let mut fake = warm(plain(), &[topic("t", 4, &[(1, 0)])]);
    send(&mut fake, 0, "one", 1);
    send(&mut fake, 0, "two", 2);
    answer_produce(&mut fake, ErrorCode::NotEnoughReplicas);
    answer_produce(&mut fake, ErrorCode::None);
    fake.advance(Duration::from_ms(121));
    answer_produce(&mut fake, ErrorCode::None);
    assert_eq!(acked(&fake.events), [2, 1]);
}

/// PRO-11: with one request in flight the order holds.
#[test]
fn one_in_flight_keeps_the_order() {
    let config = ProducerConfig {
        max_in_flight: 1,
        ..plain()
    };
    let mut fake = warm(config, &[topic("t", 4, &[(1, 0)])]);
    send(&mut fake, 0, "one", 1);
    send(&mut fake, 0, "two", 2);
    answer_produce(&mut fake, ErrorCode::NotEnoughReplicas);
    assert!(fake.sent.is_empty());
    fake.advance(Duration::from_ms(121));
    answer_produce(&mut fake, ErrorCode::None);
    answer_produce(&mut fake, ErrorCode::None);
    assert_eq!(acked(&fake.events), [1, 2]);
}

/// PRO-9: a retried batch behind a younger one (without idempotence a retry goes to
/// the front) expires with it, and time goes on meanwhile.
#[test]
fn an_old_batch_behind_a_younger_one_expires_with_it() {
    let config = ProducerConfig {
        delivery_timeout_ms: 8_000,
        ..plain()
    };
    let mut fake = warm(config, &[topic("t", 4, &[(1, 0)])]);
    send(&mut fake, 0, "one", 1);
    fake.advance(Duration::from_ms(10));
    send(&mut fake, 0, "two", 2);
    fake.topics = vec![topic("t", 4, &[(99, 0)])];
    answer_produce(&mut fake, ErrorCode::NotLeaderOrFollower);
    answer_produce(&mut fake, ErrorCode::NotLeaderOrFollower);
    let end = fake.now + Duration::from_secs(9);
    for _ in 0..1_000 {
        fake.settle();
        fake.step(end);
    }
    let tags: Vec<u64> = failed(&fake.events).iter().map(|(tag, _)| *tag).collect();
    assert_eq!(tags, [2, 1]);
}

/// PRO-9: `delivery.timeout.ms` counts from the batch's creation.
#[test]
fn a_record_expires() {
    let config = ProducerConfig {
        delivery_timeout_ms: 8_000,
        ..plain()
    };
    let mut fake = warm(config, &[topic("t", 4, &[(99, 0)])]);
    send(&mut fake, 0, "one", 1);
    fake.advance(Duration::from_secs(7));
    assert_eq!(failed(&fake.events), []);
    fake.advance(Duration::from_secs(2));
    let text = "TimeoutException: Expiring 1 record(s) for t-0:8000 ms has passed since batch creation. The request has not been sent, or no server response has been received yet.";
    assert_eq!(failed(&fake.events), [(1, text.to_string())]);
}

/// PRO-4, PRO-8: nothing answers for `request.timeout.ms`; the connection is
/// given up, and the batch goes again on a new one.
#[test]
fn silence_is_a_lost_connection() {
    let mut fake = warm(plain(), &[topic("t", 4, &[(1, 0)])]);
    send(&mut fake, 0, "one", 1);
    fake.advance(Duration::from_secs(29));
    assert_eq!(fake.apis(), [ApiKey::Produce]);
    fake.advance(Duration::from_secs(2));
    assert_eq!(fake.apis(), [ApiKey::Produce, ApiKey::Produce]);
    // The late answer to the first request is nobody's any more.
    answer_produce(&mut fake, ErrorCode::None);
    assert_eq!(acked(&fake.events), []);
    answer_produce(&mut fake, ErrorCode::None);
    assert_eq!(acked(&fake.events), [1]);
}

/// PRO-10: a batch too large for the broker is split, which costs no attempt.
#[test]
fn a_batch_too_large_is_split() {
    let config = ProducerConfig {
        linger_ms: 5,
        retries: 1,
        ..config()
    };
    let mut fake = warm(config, &[topic("t", 4, &[(1, 0)])]);
    for tag in 1..=4 {
        send(&mut fake, 0, &"x".repeat(1_000), tag);
    }
    fake.advance(Duration::from_ms(5));
    // The first split at batch.size changes nothing, the second halves it.
    for _ in 0..2 {
        assert_eq!(batches(&fake, 0)[0].1.count(), 4);
        answer_produce(&mut fake, ErrorCode::MessageTooLarge);
    }
    let sequences = batches(&fake, 0)[0].1.base_sequence;
    assert_eq!(sequences, Sequence(0));
    while fake.apis().contains(&ApiKey::Produce) {
        answer_produce(&mut fake, ErrorCode::None);
    }
    assert_eq!(acked(&fake.events), [1, 2, 3, 4]);
    assert_eq!(fake.node.acc.reserved, 0);
}

/// PRO-4: `send` blocks for `max.block.ms` on metadata, then throws.
#[test]
fn send_blocks_on_metadata() {
    let config = ProducerConfig {
        max_block_ms: 3_000,
        ..plain()
    };
    let mut fake = warm(config, &[topic("u", 4, &[(1, 0)])]);
    send(&mut fake, 0, "one", 1);
    assert!(fake.node.is_blocked());
    fake.topics.push(topic("t", 5, &[(1, 0)]));
    fake.advance(Duration::from_secs(2));
    assert!(!fake.node.is_blocked());
    send(&mut fake, 5, "two", 2);
    fake.advance(Duration::from_secs(4));
    let text = "TimeoutException: Partition 5 of topic t with partition count 1 is not present in metadata after 3000 ms.";
    assert_eq!(failed(&fake.events), [(2, text.to_string())]);
}

/// PRO-4: with the buffer full `send` blocks until an answer frees memory.
#[test]
fn send_blocks_on_memory() {
    let config = ProducerConfig {
        batch_size: 100,
        buffer_memory: 250,
        max_block_ms: 1_000,
        ..plain()
    };
    let mut fake = warm(config, &[topic("t", 4, &[(1, 0)])]);
    for tag in 1..=3 {
        send(&mut fake, 0, &"x".repeat(30), tag);
    }
    assert!(fake.node.is_blocked());
    answer_produce(&mut fake, ErrorCode::None);
    assert!(!fake.node.is_blocked());
    send(&mut fake, 0, &"x".repeat(30), 4);
    fake.advance(Duration::from_secs(2));
    let text = failed(&fake.events);
    assert!(
        text[0]
            .1
            .starts_with("BufferExhaustedException: Failed to allocate")
    );
}
