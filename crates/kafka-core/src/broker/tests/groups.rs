//! GRP-1, TOP-10: finding coordinators, creating topics on demand, storing offsets.

use super::{Bench, CLIENT};
use crate::error::ErrorCode;
use crate::group::OFFSETS_TOPIC;
use crate::protocol::{
    CoordinatorKind, FindCoordinatorRequest, MetadataRequest, OffsetCommitRequest,
    OffsetFetchRequest, OffsetToCommit, Request, Response,
};
use crate::types::{Generation, LeaderEpoch, NodeId, Offset};

fn find(group: &str) -> Request {
    Request::FindCoordinator(FindCoordinatorRequest {
        kind: CoordinatorKind::Group,
        key: group.into(),
    })
}

/// TOP-10, GRP-1: the first FindCoordinator makes the broker ask for
/// `__consumer_offsets`; a later one names the leader of the group's partition.
#[test]
fn the_offsets_topic_is_created_on_demand() {
    let mut bench = Bench::new(1);
    let first = bench.ask_for(1, find("my-group"), 100);
    let Some(Response::FindCoordinator(first)) = first else {
        panic!("{first:?}");
    };
    assert_eq!(first.error, ErrorCode::CoordinatorNotAvailable);
    let topic = bench.broker(1).image().topic(OFFSETS_TOPIC).cloned();
    assert_eq!(topic.expect("created").partitions.len(), 50);
    let second = bench.ask_for(1, find("my-group"), 10);
    let Some(Response::FindCoordinator(second)) = second else {
        panic!("{second:?}");
    };
    assert_eq!(second.node, Some(NodeId(1)));
    assert_eq!(bench.broker(1).coordinator().partitions().len(), 50);
}

/// TOP-10: Metadata of an unknown topic creates it if the client allows that.
#[test]
fn metadata_creates_topics_when_allowed() {
    let mut bench = Bench::new(1);
    let ask = |allow_auto_topic_creation| {
        Request::Metadata(MetadataRequest {
            topics: Some(vec!["fresh".into()]),
            allow_auto_topic_creation,
        })
    };
    for (allow, exists) in [(false, false), (true, true)] {
        let answer = bench.ask_for(1, ask(allow), 100);
        let Some(Response::Metadata(answer)) = answer else {
            panic!("{answer:?}");
        };
        let error = answer.topics[0].error;
        assert_eq!(error, ErrorCode::UnknownTopicOrPartition);
        let image = bench.broker(1).image();
        assert_eq!(image.topic("fresh").is_some(), exists);
    }
}

/// GRP-26: offsets stored through one coordinator are there after its crash.
#[test]
fn stored_offsets_survive_a_crash() {
    let mut bench = Bench::new(1);
    let partition = bench.create("t", &[1]);
    bench.ask_for(1, find("g1"), 100);
    let commit = Request::OffsetCommit(OffsetCommitRequest {
        group: "g1".into(),
        generation: Generation(-1),
        member_id: "".into(),
        group_instance_id: None,
        offsets: vec![OffsetToCommit {
            partition,
            topic_name: "t".into(),
            offset: Offset(7),
            leader_epoch: LeaderEpoch::NONE,
            metadata: "".into(),
        }],
    });
    let answer = bench.ask_for(1, commit, 10);
    let Some(Response::OffsetCommit(answer)) = answer else {
        panic!("{answer:?} for {CLIENT}");
    };
    assert_eq!(answer.partitions, [(partition, ErrorCode::None)]);
    bench.kill(NodeId(1));
    bench.start(NodeId(1));
    bench.run_ms(3_000);
    let ids: Vec<_> = (0..50)
        .map(|number| crate::types::TopicPartition::new(crate::types::TopicId(1), number))
        .collect();
    for id in ids {
        bench.elect(id, Some(1), &[1]);
    }
    bench.run_ms(10);
    let fetch = Request::OffsetFetch(OffsetFetchRequest {
        group: "g1".into(),
        member: None,
        partitions: None,
        require_stable: false,
    });
    let answer = bench.ask_for(1, fetch, 10);
    let Some(Response::OffsetFetch(answer)) = answer else {
        panic!("{answer:?}");
    };
    assert_eq!(answer.offsets[0].offset, Offset(7));
}
