//! The AdminClient against a scripted cluster.

use super::*;
use crate::client::testing::{Client, Fake, topic};
use crate::client::{ClientLog, NamedPartition};
use crate::config::Endpoint;
use crate::protocol::{
    ApiKey, ApiVersionsResponse, DeleteRecordsRequest, DeleteRecordsResponse,
    DescribeClusterRequest, DescribeClusterResponse, DescribeGroupsRequest, DescribeGroupsResponse,
    DescribeQuorumRequest, DescribedGroup, FindCoordinatorResponse, ListGroupsRequest,
    ListGroupsResponse, Listener, MetadataBroker, Outcome, refusal,
};
use crate::types::{Offset, TopicId, TopicPartition, Uuid};

impl Client for Admin {
    fn handle(&mut self, now: Time, input: Input<'_>, prng: &mut Prng, fx: &mut Effects) {
        Admin::handle(self, now, input, prng, fx);
    }
}

fn admin() -> Fake<Admin> {
    let config = ClientConfig {
        bootstrap: vec![Endpoint {
            node: NodeId(0),
            host: "localhost".into(),
            port: 9092,
        }],
        ..ClientConfig::default()
    };
    let node = Admin::new(config, NodeId(10_000));
    let mut fake = Fake::new(node, 3, &[topic("t", 4, &[(2, 0)])]);
    fake.input(Input::Started);
    fake
}

fn group_answer(error: ErrorCode) -> Response {
    Response::DescribeGroups(DescribeGroupsResponse {
        groups: vec![DescribedGroup {
            error,
            group: "g".into(),
            state: "Stable".into(),
            protocol_type: "consumer".into(),
            protocol_name: "range".into(),
            members: Vec::new(),
        }],
    })
}

fn describe_group(fake: &mut Fake<Admin>) {
    let request = Request::DescribeGroups(DescribeGroupsRequest {
        groups: vec!["g".into()],
    });
    let target = AdminTarget::Coordinator("g".into());
    fake.command(ClientCommand::Call(1, target, Box::new(request)));
    fake.settle();
}

fn coordinator_is(fake: &mut Fake<Admin>, id: u32) {
    fake.answer(ApiKey::FindCoordinator, |_| {
        Response::FindCoordinator(FindCoordinatorResponse {
            error: ErrorCode::None,
            node: Some(NodeId(id)),
        })
    });
    fake.settle();
}

/// kafka-cli 2, cluster unreachable: a warning an attempt, then after
/// `default.api.timeout.ms` the failure names the call.
#[test]
fn without_a_broker_a_call_times_out_waiting_for_a_node() {
    let mut fake = admin();
    let request = Request::Metadata(MetadataRequest {
        topics: None,
        allow_auto_topic_creation: false,
    });
    let call = ClientCommand::Call(9, AdminTarget::AnyBroker, Box::new(request));
    fake.command(call);
    let until = fake.now + Duration::from_secs(61);
    loop {
        if !fake.sent.is_empty() {
            fake.disconnect(0);
        }
        if fake.step(until).is_none() {
            break;
        }
    }
    let events = fake.take_events();
    let warning = ClientEvent::Log(ClientLog::ConnectionFailed {
        node: -1,
        address: "localhost:9092".into(),
    });
    // 50 ms doubling to 1 s over 60 s: between 60 and 75 attempts.
    let warnings = events.iter().filter(|e| **e == warning).count();
    assert!((55..80).contains(&warnings), "{warnings}");
    let failed = events
        .iter()
        .filter(|e| !matches!(e, ClientEvent::Log(_)))
        .collect::<Vec<_>>();
    let expected = ClientEvent::CallFailed {
        call: 9,
        failure: ClientFailure {
            error: ErrorCode::RequestTimedOut,
            exception: "TimeoutException",
            message: "Timed out waiting for a node assignment. Call: listTopics".into(),
            cause: None,
        },
    };
    assert_eq!(failed, [&expected]);
    assert_eq!(fake.node.pending(), 0);
}

/// GRP-2: NOT_COORDINATOR leads to a new lookup, and the answer comes from the
/// new coordinator.
#[test]
fn a_moved_coordinator_is_looked_up_again() {
    let mut fake = admin();
    fake.settle();
    describe_group(&mut fake);
    coordinator_is(&mut fake, 1);
    fake.answer(ApiKey::DescribeGroups, |_| {
        group_answer(ErrorCode::NotCoordinator)
    });
    assert!(fake.take_events().is_empty());
    fake.advance(Duration::from_ms(130));
    coordinator_is(&mut fake, 2);
    assert_eq!(fake.sent[0].to, NodeId(2));
    fake.answer(ApiKey::DescribeGroups, |_| group_answer(ErrorCode::None));
    let expected = ClientEvent::Answer {
        call: 1,
        from: NodeId(2),
        response: Box::new(group_answer(ErrorCode::None)),
        last: true,
    };
    assert_eq!(fake.take_events(), [expected]);
}

/// GRP-2: a coordinator that has left the metadata (its broker was fenced) is looked up
/// again; until then it is tried.
#[test]
fn a_coordinator_that_left_the_cluster_is_looked_up_again() {
    let mut fake = admin();
    fake.settle();
    describe_group(&mut fake);
    fake.answer(ApiKey::FindCoordinator, |_| {
        Response::FindCoordinator(FindCoordinatorResponse {
            error: ErrorCode::None,
            node: Some(NodeId(2)),
        })
    });
    // It refuses connections; while the cluster knows it, nobody else is asked.
    let lookups = |fake: &Fake<Admin>| {
        let log = fake.log.iter();
        log.filter(|(api, _)| *api == ApiKey::FindCoordinator)
            .count()
    };
    let until = fake.now + Duration::from_secs(2);
    let refuse = |fake: &mut Fake<Admin>| {
        if fake.sent.iter().any(|sent| sent.to == NodeId(2)) {
            fake.disconnect(2);
        }
        fake.settle();
    };
    refuse(&mut fake);
    while fake.step(until).is_some() {
        refuse(&mut fake);
    }
    assert_eq!(lookups(&fake), 1);
    // It is fenced.
    fake.brokers = 2;
    let until = until + Duration::from_secs(3);
    while lookups(&fake) == 1 && fake.step(until).is_some() {
        refuse(&mut fake);
    }
    coordinator_is(&mut fake, 1);
    assert_eq!(fake.sent[0].to, NodeId(1));
}

/// An error that is not retriable is the answer.
#[test]
fn a_final_error_is_the_answer() {
    let mut fake = admin();
    fake.settle();
    describe_group(&mut fake);
    coordinator_is(&mut fake, 1);
    fake.answer(ApiKey::DescribeGroups, |_| {
        group_answer(ErrorCode::GroupIdNotFound)
    });
    assert_eq!(fake.take_events().len(), 1);
    assert_eq!(fake.node.pending(), 0);
}

/// LOG-11 goes to the partition's leader, found by a metadata lookup.
#[test]
fn a_leader_call_finds_the_leader_first() {
    let mut fake = admin();
    fake.settle();
    let partition = TopicPartition::new(TopicId(4), 0);
    let request = Request::DeleteRecords(DeleteRecordsRequest {
        partitions: vec![(partition, Offset(3))],
        timeout_ms: 1_000,
    });
    let target = AdminTarget::Leader(NamedPartition {
        topic: "t".into(),
        partition: 0,
    });
    fake.command(ClientCommand::Call(5, target, Box::new(request)));
    fake.settle();
    assert_eq!(fake.sent[0].to, NodeId(2));
    let answer = DeleteRecordsResponse {
        partitions: vec![(partition, ErrorCode::None, Offset(3))],
    };
    fake.answer(ApiKey::DeleteRecords, |_| {
        Response::DeleteRecords(answer.clone())
    });
    assert!(matches!(
        fake.take_events().as_slice(),
        [ClientEvent::Answer { call: 5, .. }]
    ));
}

/// ListGroups asks every broker; the end of the answers is told.
#[test]
fn a_call_to_all_brokers_ends_after_the_last_answer() {
    let mut fake = admin();
    fake.settle();
    let request = Request::ListGroups(ListGroupsRequest {});
    let call = ClientCommand::Call(2, AdminTarget::AllBrokers, Box::new(request));
    fake.command(call);
    fake.settle();
    for _ in 0..3 {
        fake.answer(ApiKey::ListGroups, |_| {
            Response::ListGroups(ListGroupsResponse {
                error: ErrorCode::None,
                groups: Vec::new(),
            })
        });
    }
    let events = fake.take_events();
    let lasts = events.iter().map(|e| match e {
        ClientEvent::Answer { call: 2, last, .. } => *last,
        other => panic!("{other:?}"),
    });
    assert_eq!(lasts.collect::<Vec<_>>(), [false, false, true]);
}

/// A lost connection is retried on another attempt, not reported.
#[test]
fn a_lost_connection_is_retried() {
    let mut fake = admin();
    fake.settle();
    let request = Request::DescribeCluster(DescribeClusterRequest::default());
    let target = AdminTarget::Broker(NodeId(1));
    fake.command(ClientCommand::Call(3, target, Box::new(request)));
    fake.settle();
    fake.disconnect(1);
    fake.advance(Duration::from_ms(200));
    assert_eq!(fake.apis(), [ApiKey::DescribeCluster]);
    assert_eq!(fake.sent[0].to, NodeId(1));
    assert!(fake.take_events().is_empty());
}

fn describe_cluster() -> ClientCommand {
    let request = Request::DescribeCluster(DescribeClusterRequest::default());
    ClientCommand::Call(4, AdminTarget::AnyBroker, Box::new(request))
}

/// What a call failed with, and how often the client warned of the server before.
fn failed_after_warnings(fake: &mut Fake<Admin>) -> (ClientFailure, usize) {
    let mut warnings = 0;
    for event in fake.take_events() {
        match event {
            ClientEvent::Log(ClientLog::MetadataRefused(_)) => warnings += 1,
            ClientEvent::CallFailed { call: 4, failure } => return (failure, warnings),
            other => panic!("{other:?}"),
        }
    }
    panic!("no failure");
}

/// KIP-511, recorded in q-endpoints: a controller's ApiVersions has no Metadata, so a client of
/// brokers sends none there, and every call fails at once.
#[test]
fn a_client_of_brokers_does_not_ask_a_controller() {
    let mut fake = admin();
    fake.answer(ApiKey::ApiVersions, |_| {
        Response::ApiVersions(ApiVersionsResponse {
            listener: Listener::Controller,
            ..ApiVersionsResponse::default()
        })
    });
    fake.command(describe_cluster());
    let (failure, warnings) = failed_after_warnings(&mut fake);
    assert_eq!(failure.error, ErrorCode::UnsupportedVersion);
    assert_eq!(&*failure.message, "The node does not support METADATA");
    assert_eq!(warnings, 1);
    assert_eq!(fake.apis(), []);
}

/// KIP-919, recorded in q-endpoints: a client of controllers that reaches a broker is told so,
/// and asks again until it reaches a controller.
#[test]
fn a_broker_tells_a_client_of_controllers_that_it_is_none() {
    let config = ClientConfig {
        to_controllers: true,
        ..admin().node.net.config().clone()
    };
    let mut fake = Fake::new(Admin::new(config, NodeId(10_000)), 3, &[]);
    fake.input(Input::Started);
    fake.settle();
    fake.command(describe_cluster());
    let answered_by = |listener| {
        move |request: &Request| match request {
            Request::DescribeCluster(asked) => {
                let described = DescribeClusterResponse {
                    outcome: Outcome::ok(),
                    brokers: vec![MetadataBroker {
                        id: NodeId(100),
                        host: "localhost".into(),
                        port: 9192,
                        rack: None,
                    }],
                    fenced: Vec::new(),
                    controller: Some(NodeId(100)),
                    cluster_id: Uuid(1),
                };
                Response::DescribeCluster(asked.mismatch(listener).unwrap_or(described))
            }
            other => panic!("{other:?}"),
        }
    };
    fake.answer(ApiKey::DescribeCluster, answered_by(Listener::Broker));
    let (failure, warnings) = failed_after_warnings(&mut fake);
    assert_eq!(failure.error, ErrorCode::MismatchedEndpointType);
    assert_eq!(
        &*failure.message,
        "The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER"
    );
    assert_eq!(warnings, 1);
    fake.advance(Duration::from_ms(200));
    fake.answer(ApiKey::DescribeCluster, answered_by(Listener::Controller));
    fake.command(describe_cluster());
    fake.settle();
    fake.answer(ApiKey::DescribeCluster, answered_by(Listener::Controller));
    let events = fake.take_events();
    assert!(
        matches!(&events[..], [ClientEvent::Answer { call: 4, .. }]),
        "{events:?}"
    );
}

/// b-quorum: a broker without a controller says REQUEST_TIMED_OUT after a minute, when the call's
/// time is over too; the answer comes before the client gives up, and is the reason. A request that
/// is not answered at all is given up once, at the end of the call: the client does not wake up
/// for `request.timeout.ms`. The first call of a client is given up before the answer comes.
#[test]
fn a_forward_that_timed_out_is_the_reason_of_the_failure() {
    let failure_after = |is_first: bool, answered_late: bool| {
        let mut fake = admin();
        if !is_first {
            fake.settle();
        }
        let request = Request::DescribeQuorum(DescribeQuorumRequest {});
        fake.command(ClientCommand::Call(
            4,
            AdminTarget::AnyBroker,
            Box::new(request),
        ));
        fake.settle();
        fake.advance(Duration::from_ms(59_990));
        assert!(fake.take_events().is_empty(), "too early");
        assert_eq!(fake.apis(), [ApiKey::DescribeQuorum], "asked once");
        fake.advance(Duration::from_ms(20));
        if answered_late {
            fake.answer(ApiKey::DescribeQuorum, |request| {
                refusal(request, ErrorCode::RequestTimedOut).expect("for controllers")
            });
        }
        fake.advance(Duration::from_ms(200));
        match &fake.take_events()[..] {
            [ClientEvent::CallFailed { call: 4, failure }] => failure.message.to_string(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(failure_after(false, true), "The request timed out.");
    for (is_first, answered_late) in [(false, false), (true, true), (true, false)] {
        let given_up = failure_after(is_first, answered_late);
        let ends = given_up.ends_with("after 1 attempt(s)");
        assert!(
            given_up.starts_with("Call(callName=describeMetadataQuorum") && ends,
            "{given_up}"
        );
    }
}
