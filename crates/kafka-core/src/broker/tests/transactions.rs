//! Transactional writes at the leaders of their partitions.

use super::*;
use crate::error::ErrorCode;
use crate::topic_name::TRANSACTION_STATE_TOPIC;
use crate::types::TopicId;

/// One record in a transaction of producer 5.
fn in_transaction() -> Rc<BatchBody> {
    let body = BatchBody::new(
        BatchKind::Transactional,
        ProducerId(5),
        ProducerEpoch(0),
        Sequence(0),
        vec![Record::default()],
    );
    Rc::new(body)
}

/// TXN-3: a partition that was not led here when the coordinator was asked was not asked
/// for. If it is led here by the time the write goes on, nothing may be written to it: no
/// transaction would ever end there.
#[test]
fn what_was_not_asked_for_is_not_written() {
    let mut bench = Bench::new(2);
    bench.create(TRANSACTION_STATE_TOPIC, &[2]);
    let known = bench.create("t", &[1]);
    let late = TopicPartition::new(TopicId(known.topic.0 + 1), 0);
    bench.cut.insert((NodeId(1), NodeId(2)));
    let request = Request::Produce(ProduceRequest {
        transaction_version: 2,
        acks: Acks::All,
        timeout_ms: 1_500,
        transactional_id: Some("pay".into()),
        batches: vec![(known, in_transaction()), (late, in_transaction())],
    });
    let id = bench.ask(1, request);
    bench.run_ms(10);
    assert_eq!(bench.create("late", &[1]), late);
    bench.kill(NodeId(2));
    bench.run_ms(10);
    let Some(Response::Produce(answer)) = bench.answers.remove(&id) else {
        panic!("no answer");
    };
    let errors: Vec<_> = answer.partitions.iter().map(|it| it.error).collect();
    let expected = [ErrorCode::NotEnoughReplicas, ErrorCode::NotLeaderOrFollower];
    assert_eq!(errors, expected);
    assert_eq!(bench.log_end(1, late), 0);
}
