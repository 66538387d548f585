//! The consumer against a scripted cluster, rule by rule.

mod membership;
mod modern;
mod pattern;
mod reading;

use std::rc::Rc;

use super::*;
use crate::client::NamedPartition;
use crate::client::testing::{Client, Fake, metadata, topic};
use crate::config::{AssignorName, ClientConfig, Endpoint, OffsetReset};
use crate::consumer_protocol::encode_assignment;
use crate::error::ErrorCode;
use crate::protocol::{
    ApiKey, FetchPartitionResponse, FetchResponse, FetchedOffset, FindCoordinatorResponse,
    HeartbeatResponse, JoinGroupMember, JoinGroupResponse, LeaveGroupResponse,
    ListOffsetsPartitionResponse, ListOffsetsResponse, OffsetCommitResponse, OffsetFetchResponse,
    OffsetSpec, Request, Response, SyncGroupResponse,
};
use crate::record::{Batch, BatchBody, BatchKind, Record};
use crate::types::{Generation, ProducerEpoch, ProducerId, Sequence};

impl Client for Consumer {
    fn handle(&mut self, now: Time, input: Input<'_>, prng: &mut Prng, fx: &mut Effects) {
        Consumer::handle(self, now, input, prng, fx);
    }
}

fn config() -> ConsumerConfig {
    ConsumerConfig {
        client: ClientConfig {
            bootstrap: vec![Endpoint {
                node: NodeId(0),
                host: "localhost".into(),
                port: 9092,
            }],
            ..ClientConfig::default()
        },
        group: Some("g".into()),
        offset_reset: OffsetReset::To(OffsetSpec::Earliest),
        ..ConsumerConfig::default()
    }
}

/// Two partitions, led by brokers 0 and 2.
fn consumer(config: ConsumerConfig) -> Fake<Consumer> {
    let node = Consumer::new(config, NodeId(10_000));
    let mut fake = Fake::new(node, 3, &[topic("t", 4, &[(0, 0), (2, 0)])]);
    fake.input(Input::Started);
    fake
}

fn named(partition: u32) -> NamedPartition {
    NamedPartition {
        topic: "t".into(),
        partition,
    }
}

fn coordinator(fake: &mut Fake<Consumer>) {
    fake.settle();
    fake.answer(ApiKey::FindCoordinator, |_| {
        Response::FindCoordinator(FindCoordinatorResponse {
            error: ErrorCode::None,
            node: Some(NodeId(1)),
        })
    });
    fake.settle();
}

fn join_error(error: ErrorCode, member: &str) -> Response {
    Response::JoinGroup(JoinGroupResponse {
        error,
        generation: Generation(-1),
        protocol_type: None,
        protocol_name: None,
        leader: "".into(),
        skip_assignment: false,
        member_id: member.into(),
        members: Vec::new(),
    })
}

/// The coordinator's answer to the member that leads or not.
fn join_ok(request: &Request, generation: i32, leader: &str) -> Response {
    let Request::JoinGroup(join) = request else {
        panic!("{request:?}");
    };
    let (name, metadata) = join.protocols[0].clone();
    let member = JoinGroupMember {
        member_id: join.member_id.clone(),
        group_instance_id: None,
        metadata,
    };
    let leads = *join.member_id == *leader;
    Response::JoinGroup(JoinGroupResponse {
        error: ErrorCode::None,
        generation: Generation(generation),
        protocol_type: Some("consumer".into()),
        protocol_name: Some(name),
        leader: leader.into(),
        skip_assignment: false,
        member_id: join.member_id.clone(),
        members: if leads { vec![member] } else { Vec::new() },
    })
}

fn sync(fake: &mut Fake<Consumer>, error: ErrorCode, partitions: &[u32]) {
    let assignment = encode_assignment(&vec![("t".into(), partitions.to_vec())], None);
    fake.answer(ApiKey::SyncGroup, |_| {
        Response::SyncGroup(SyncGroupResponse {
            error,
            protocol_type: None,
            protocol_name: None,
            assignment,
        })
    });
    fake.settle();
}

/// Through the first rebalance, as a follower of member `other`.
fn join(fake: &mut Fake<Consumer>, partitions: &[u32]) {
    fake.command(ClientCommand::Subscribe(vec!["t".into()]));
    coordinator(fake);
    let required = join_error(ErrorCode::MemberIdRequired, "me");
    fake.answer(ApiKey::JoinGroup, |_| required);
    fake.answer(ApiKey::JoinGroup, |request| join_ok(request, 1, "other"));
    sync(fake, ErrorCode::None, partitions);
}

fn committed(fake: &mut Fake<Consumer>, offset: i64) {
    fake.answer(ApiKey::OffsetFetch, |request| {
        let Request::OffsetFetch(asked) = request else {
            panic!("{request:?}");
        };
        let partitions = asked.partitions.clone().unwrap_or_default();
        let stored = |(topic_name, partition)| FetchedOffset {
            topic_name,
            partition,
            offset: Offset(offset),
            leader_epoch: LeaderEpoch::NONE,
            metadata: "".into(),
            error: ErrorCode::None,
        };
        Response::OffsetFetch(OffsetFetchResponse {
            error: ErrorCode::None,
            offsets: partitions.into_iter().map(stored).collect(),
        })
    });
    fake.settle();
}

fn list_offsets(fake: &mut Fake<Consumer>, offset: i64) {
    fake.answer(ApiKey::ListOffsets, |request| {
        let Request::ListOffsets(asked) = request else {
            panic!("{request:?}");
        };
        let answer = |partition| ListOffsetsPartitionResponse {
            partition,
            error: ErrorCode::None,
            offset: Offset(offset),
            timestamp_ms: -1,
            leader_epoch: LeaderEpoch(0),
        };
        let partitions = asked.partitions.iter().map(|(id, _, _)| answer(*id));
        Response::ListOffsets(ListOffsetsResponse {
            partitions: partitions.collect(),
        })
    });
    fake.settle();
}

fn batch(base: i64, count: u32) -> Batch {
    batch_of(base, (0..count).map(|_| Record::default()).collect())
}

fn batch_of(base: i64, records: Vec<Record>) -> Batch {
    Batch {
        base_offset: Offset(base),
        leader_epoch: LeaderEpoch(0),
        body: Rc::new(BatchBody::new(
            BatchKind::Data,
            ProducerId::NONE,
            ProducerEpoch::NONE,
            Sequence::NONE,
            records,
        )),
    }
}

/// Answers the oldest fetch: every asked partition gets these batches.
fn fetch(fake: &mut Fake<Consumer>, error: ErrorCode, batches: &[Batch]) {
    fake.answer(ApiKey::Fetch, |request| {
        let Request::Fetch(asked) = request else {
            panic!("{request:?}");
        };
        let answer = |partition| FetchPartitionResponse {
            partition,
            error,
            high_watermark: Offset(100),
            last_stable_offset: Offset(100),
            log_start_offset: Offset(0),
            diverging_epoch: None,
            current_leader: None,
            preferred_read_replica: None,
            aborted: Vec::new(),
            batches: batches.to_vec(),
        };
        let partitions = asked.partitions.iter().map(|p| answer(p.partition));
        Response::Fetch(FetchResponse {
            error: ErrorCode::None,
            partitions: partitions.collect(),
        })
    });
    fake.settle();
}

fn heartbeat(fake: &mut Fake<Consumer>, error: ErrorCode) {
    fake.answer(ApiKey::Heartbeat, |_| {
        Response::Heartbeat(HeartbeatResponse { error })
    });
    fake.settle();
}

fn commit_answer(fake: &mut Fake<Consumer>, error: ErrorCode) {
    fake.answer(ApiKey::OffsetCommit, |request| {
        let Request::OffsetCommit(asked) = request else {
            panic!("{request:?}");
        };
        let partitions = asked.offsets.iter().map(|o| (o.partition, error)).collect();
        Response::OffsetCommit(OffsetCommitResponse { partitions })
    });
    fake.settle();
}

/// Offsets delivered so far, by partition.
fn delivered(events: &[ClientEvent]) -> Vec<(u32, i64)> {
    let of = |event: &ClientEvent| match event {
        ClientEvent::Delivered(records) => records
            .iter()
            .map(|r| (r.partition.partition, r.offset.0))
            .collect(),
        _ => Vec::new(),
    };
    events.iter().flat_map(of).collect()
}

/// The application's view of the group: callbacks in order.
fn callbacks(events: &[ClientEvent]) -> Vec<String> {
    let list = |partitions: &[NamedPartition]| {
        let numbers: Vec<String> = partitions.iter().map(|p| p.partition.to_string()).collect();
        numbers.join(" ")
    };
    let text = |event: &ClientEvent| match event {
        ClientEvent::Assigned {
            partitions,
            generation,
            ..
        } => Some(format!("assigned [{}] {generation}", list(partitions))),
        ClientEvent::Revoked(partitions) => Some(format!("revoked [{}]", list(partitions))),
        ClientEvent::Lost(partitions) => Some(format!("lost [{}]", list(partitions))),
        ClientEvent::PollFailed(failure) => {
            Some(format!("{}: {}", failure.exception, failure.message))
        }
        _ => None,
    };
    events.iter().filter_map(text).collect()
}

/// Story consume-first: the recorded requests of the first consumer of a group,
/// folded: metadata, coordinator, two JoinGroups, SyncGroup, OffsetFetch,
/// ListOffsets and Fetch at both leaders, commit, LeaveGroup.
#[test]
fn consume_first() {
    let mut fake = consumer(config());
    fake.command(ClientCommand::Subscribe(vec!["t".into()]));
    coordinator(&mut fake);
    let required = join_error(ErrorCode::MemberIdRequired, "me");
    fake.answer(ApiKey::JoinGroup, |_| required);
    fake.answer(ApiKey::JoinGroup, |request| join_ok(request, 1, "me"));
    let Request::SyncGroup(synced) = &fake.sent[0].request else {
        panic!("{:?}", fake.sent);
    };
    let all = encode_assignment(&vec![("t".into(), vec![0, 1])], None);
    assert_eq!(synced.assignments, [("me".into(), all)]);
    sync(&mut fake, ErrorCode::None, &[0, 1]);
    committed(&mut fake, -1);
    list_offsets(&mut fake, 0);
    fake.settle();
    list_offsets(&mut fake, 0);
    fetch(&mut fake, ErrorCode::None, &[batch(0, 3)]);
    fake.advance(Duration::from_ms(100));
    fetch(&mut fake, ErrorCode::None, &[batch(0, 3)]);
    let mut expected = vec![(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)];
    let mut seen = delivered(&fake.events);
    seen.sort_unstable();
    expected.sort_unstable();
    assert_eq!(seen, expected);
    fake.command(ClientCommand::Close { leave: true });
    commit_answer(&mut fake, ErrorCode::None);
    fake.answer(ApiKey::LeaveGroup, |_| {
        Response::LeaveGroup(LeaveGroupResponse {
            error: ErrorCode::None,
            members: Vec::new(),
        })
    });
    assert!(fake.exited);
    let mut apis: Vec<ApiKey> = fake.log.iter().map(|(api, _)| *api).collect();
    apis.retain(|api| *api != ApiKey::ApiVersions);
    apis.dedup();
    use ApiKey::*;
    let order = [
        Metadata,
        FindCoordinator,
        JoinGroup,
        SyncGroup,
        OffsetFetch,
        ListOffsets,
        Fetch,
    ];
    assert_eq!(apis[..order.len()], order);
    assert_eq!(apis[apis.len() - 2..], [OffsetCommit, LeaveGroup]);
    assert_eq!(
        callbacks(&fake.events),
        ["assigned [0 1] 1", "revoked [0 1]"]
    );
}

/// The protocol bytes of a first join are those recorded (consumer protocol 3).
#[test]
fn the_first_subscription_is_the_recorded_one() {
    let mut fake = consumer(config());
    fake.command(ClientCommand::Subscribe(vec!["t".into()]));
    coordinator(&mut fake);
    let Request::JoinGroup(join) = &fake.sent[0].request else {
        panic!("{:?}", fake.sent);
    };
    let names: Vec<&str> = join.protocols.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["range", "cooperative-sticky"]);
    let range = [
        0, 3, 0, 0, 0, 1, 0, 1, b't', 255, 255, 255, 255, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255,
    ];
    assert_eq!(join.protocols[0].1[..], range);
    let user_data = &join.protocols[1].1[9..17];
    assert_eq!(user_data, [0, 0, 0, 4, 255, 255, 255, 255]);
}

/// What a full metadata answer says is taken over by name.
#[test]
fn an_unknown_topic_is_waited_for() {
    let mut fake = consumer(config());
    fake.topics.clear();
    join(&mut fake, &[0]);
    assert_eq!(metadata(3, &[]).topics, []);
    fake.topics.push(topic("t", 4, &[(0, 0)]));
    committed(&mut fake, 5);
    fake.advance(Duration::from_secs(1));
    assert!(fake.apis().contains(&ApiKey::Fetch));
}
