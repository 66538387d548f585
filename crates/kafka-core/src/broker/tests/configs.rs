//! Changes of brokers' configs, as the broker checks them before the controller does.

use super::{Bench, CONTROLLER};
use crate::error::ErrorCode;
use crate::node::Message;
use crate::protocol::{AlterOp, ConfigResource, IncrementalAlterConfigsRequest, Request, Response};
use crate::types::NodeId;

fn set(resource: ConfigResource, name: &str, value: &str) -> Request {
    Request::IncrementalAlterConfigs(IncrementalAlterConfigsRequest {
        resources: vec![(resource, vec![(name.into(), AlterOp::Set(value.into()))])],
        validate_only: false,
    })
}

fn forwarded(bench: &Bench) -> usize {
    bench.count_sent(1, |message| {
        matches!(
            message,
            Message::Request(_, Request::IncrementalAlterConfigs(_))
        )
    })
}

/// Recorded in `a-configs-brokers`: what only the file may say, what has the wrong type,
/// what contradicts another setting, what another broker has to decide.
#[test]
fn a_broker_refuses_changes_that_it_could_not_follow() {
    let mut bench = Bench::new(1);
    let own = || ConfigResource::Broker(Some(NodeId(1)));
    let cases = [
        (
            own(),
            "node.id",
            "7",
            "Cannot update these configs dynamically: [node.id]",
        ),
        (
            own(),
            "log.cleaner.threads",
            "abc",
            "Invalid value abc for configuration log.cleaner.threads: Not a number of type INT",
        ),
        (
            own(),
            "log.cleaner.threads",
            "200",
            "requirement failed: log.cleaner.dedupe.buffer.size must be at least 1MB per cleaner thread.",
        ),
        (
            ConfigResource::Broker(None),
            "broker.rack",
            "r1",
            "Cannot update these configs dynamically: [broker.rack]",
        ),
        (
            ConfigResource::Broker(Some(NodeId(2))),
            "log.cleaner.threads",
            "2",
            "Unexpected broker id, expected 1, but received 2",
        ),
    ];
    for (resource, name, value, text) in cases {
        let answer = bench.ask_for(1, set(resource, name, value), 50);
        let Some(Response::IncrementalAlterConfigs(answer)) = answer else {
            panic!("{name}={value}: {answer:?}");
        };
        let outcome = &answer.results[0].1;
        assert_eq!(outcome.error, ErrorCode::InvalidRequest, "{name}={value}");
        assert_eq!(outcome.text(), text);
    }
    assert_eq!(forwarded(&bench), 0, "nothing reached {CONTROLLER}");
    bench.ask_for(1, set(own(), "log.cleaner.threads", "2"), 50);
    assert_eq!(forwarded(&bench), 1);
}
