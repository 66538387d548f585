//! Topics: answers and refusals with Kafka's texts.

use super::harness::{Cluster, text, three, topic};
use crate::config::ControllerConfig;
use crate::error::ErrorCode;
use crate::protocol::{
    ConfigResource, CreatableTopic, CreatePartitionsRequest, CreatePartitionsTopic,
    CreateTopicsRequest, DeleteTopicsRequest, Outcome, Request, Response,
};
use crate::types::{BrokerEpoch, NodeId};

fn drawn(name: &str, partitions: i32, factor: i16) -> CreatableTopic {
    CreatableTopic {
        name: name.into(),
        num_partitions: partitions,
        replication_factor: factor,
        assignments: Vec::new(),
        configs: Vec::new(),
    }
}

fn grow(cluster: &mut Cluster, name: &str, count: i32, lists: &[&[u32]]) -> Outcome {
    let ids = |list: &&[u32]| list.iter().map(|id| NodeId(*id)).collect();
    let request = CreatePartitionsRequest {
        topics: vec![CreatePartitionsTopic {
            name: name.into(),
            count,
            assignments: lists.iter().map(ids).collect(),
        }],
        validate_only: false,
    };
    match cluster.ask(0, Request::CreatePartitions(request)) {
        Response::CreatePartitions(mut answer) => answer.topics.remove(0).1,
        other => panic!("{other:?}"),
    }
}

/// TOP-1..6, texts of `a-topics-create-errors.txt`.
#[test]
fn create_topics_refusals() {
    let mut cluster = three();
    assert_eq!(cluster.create(drawn("a.b", 1, 1)), Outcome::ok());
    let mark = cluster.mark();
    let factor = ErrorCode::InvalidReplicationFactor;
    let assignment = ErrorCode::InvalidReplicaAssignment;
    for (wanted, error, message) in [
        (
            drawn("a b", 1, 1),
            ErrorCode::InvalidTopicException,
            "Topic name is invalid: 'a b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'",
        ),
        (
            drawn("a.b", 1, 1),
            ErrorCode::TopicAlreadyExists,
            "Topic 'a.b' already exists.",
        ),
        (
            drawn("a_b", 1, 1),
            ErrorCode::InvalidTopicException,
            "Topic 'a_b' collides with existing topic: a.b",
        ),
        (
            drawn("t", 1, 4),
            factor,
            "Unable to replicate the partition 4 time(s): The target replication factor of 4 cannot be reached because only 3 broker(s) are registered or some brokers have all their log directories cordoned.",
        ),
        (
            drawn("t", 1, 0),
            factor,
            "Replication factor must be larger than 0, or -1 to use the default value.",
        ),
        (
            drawn("t", 0, 1),
            ErrorCode::InvalidPartitions,
            "Number of partitions was set to an invalid non-positive value.",
        ),
        (
            CreatableTopic {
                num_partitions: 1,
                ..topic("t", &[&[0]], &[])
            },
            ErrorCode::InvalidRequest,
            "A manual partition assignment was specified, but numPartitions was not set to -1.",
        ),
        (
            CreatableTopic {
                replication_factor: 1,
                ..topic("t", &[&[0]], &[])
            },
            ErrorCode::InvalidRequest,
            "A manual partition assignment was specified, but replication factor was not set to -1.",
        ),
        (
            topic("t", &[&[0, 9]], &[]),
            assignment,
            "The manual partition assignment includes broker 9, but no such broker is registered.",
        ),
        (
            topic("t", &[&[0, 1], &[1, 1]], &[]),
            assignment,
            "The manual partition assignment includes the broker 1 more than once.",
        ),
        (
            topic("t", &[&[0, 1], &[1]], &[]),
            assignment,
            "The manual partition assignment includes a partition with 1 replica(s), but this is not consistent with previous partitions, which have 2 replica(s).",
        ),
        (
            topic("t", &[&[0]], &[("foo", "1")]),
            ErrorCode::InvalidConfig,
            "Unknown topic config name: foo",
        ),
        (
            topic("t", &[&[0]], &[("retention.ms", "-5")]),
            ErrorCode::InvalidConfig,
            "Invalid value -5 for configuration retention.ms: Value must be at least -1",
        ),
    ] {
        assert_eq!(text(&cluster.create(wanted)), (error, message));
    }
    assert!(cluster.since(mark).is_empty(), "a refusal appends nothing");
    // TOP-4: -1 is the default of both, 1.
    assert_eq!(cluster.create(drawn("t", -1, -1)), Outcome::ok());
    let made = cluster.active().image().topic("t").map(|topic| {
        let sizes = topic.partitions.iter().map(|p| p.replicas.len());
        sizes.collect::<Vec<_>>()
    });
    assert_eq!(made, Some(vec![1]));
}

/// TOP-7, and section 2.2: the placer's brokers, the active ones of them in sync.
#[test]
fn drawn_topics_use_the_placer_and_the_known_placements() {
    let known = vec![vec![NodeId(2), NodeId(0)]];
    let config = ControllerConfig {
        placements: vec![("told".into(), known)],
        ..ControllerConfig::default()
    };
    let mut cluster = Cluster::solo(config, &[0, 1, 2]);
    assert_eq!(cluster.create(drawn("told", 2, 2)), Outcome::ok());
    let state = cluster
        .active()
        .image()
        .topic("told")
        .expect("made")
        .clone();
    assert_eq!(state.partitions[0].replicas, [NodeId(2), NodeId(0)]);
    assert_eq!(state.partitions[1].replicas.len(), 2);
    assert_eq!(
        state.partitions[1].leader,
        Some(state.partitions[1].replicas[0])
    );
    assert!(!state.uuid.to_string().starts_with('-'));
    assert_eq!(state.uuid.0 >> 76 & 0xf, 4, "a random UUID is of version 4");
    // A registered but fenced broker gets replicas last and is not in sync.
    cluster.register(3, BrokerEpoch::NONE);
    assert_eq!(cluster.create(drawn("all", 1, 4)), Outcome::ok());
    let state = &cluster
        .active()
        .image()
        .topic("all")
        .expect("made")
        .partitions[0];
    assert_eq!(state.replicas.len(), 4);
    assert_eq!(state.replicas[3], NodeId(3));
    assert_eq!(state.isr.as_slice(), &state.replicas[..3]);
}

/// TOP-6: everything is checked, nothing is appended.
#[test]
fn validate_only_appends_nothing() {
    let mut cluster = three();
    let mark = cluster.mark();
    let request = CreateTopicsRequest {
        topics: vec![drawn("t", 1, 1)],
        validate_only: true,
    };
    let Response::CreateTopics(answer) = cluster.ask(0, Request::CreateTopics(request)) else {
        panic!("another answer");
    };
    assert_eq!(answer.topics[0].1, Outcome::ok());
    assert!(cluster.since(mark).is_empty());
}

/// TOP-8.
#[test]
fn create_partitions() {
    let mut cluster = three();
    cluster.create(topic("t", &[&[0, 1]], &[]));
    let invalid = ErrorCode::InvalidPartitions;
    let same = grow(&mut cluster, "t", 1, &[]);
    assert_eq!(text(&same), (invalid, "Topic already has 1 partition(s)."));
    let fewer = grow(&mut cluster, "t", 0, &[]);
    let message = "The topic t currently has 1 partition(s); 0 would not be an increase.";
    assert_eq!(text(&fewer), (invalid, message));
    let few = grow(&mut cluster, "t", 4, &[&[0, 1]]);
    let message =
        "Attempted to add 3 additional partition(s), but only 1 assignment(s) were specified.";
    assert_eq!(text(&few), (ErrorCode::InvalidReplicaAssignment, message));
    let missing = grow(&mut cluster, "nope", 2, &[]);
    assert_eq!(missing.error, ErrorCode::UnknownTopicOrPartition);
    assert_eq!(
        grow(&mut cluster, "t", 3, &[&[1, 2], &[2, 0]]),
        Outcome::ok()
    );
    assert_eq!(grow(&mut cluster, "t", 5, &[]), Outcome::ok());
    let partitions = &cluster
        .active()
        .image()
        .topic("t")
        .expect("there")
        .partitions;
    assert_eq!(partitions.len(), 5);
    assert_eq!(partitions[2].replicas, [NodeId(2), NodeId(0)]);
    assert!(partitions.iter().all(|partition| partition.isr.len() == 2));
}

/// TOP-9: gone at once; the name made again is another topic.
#[test]
fn delete_topics() {
    let mut cluster = three();
    cluster.create(topic("t", &[&[0]], &[("retention.ms", "1")]));
    let old = cluster.active().image().topic("t").expect("made").clone();
    let request = DeleteTopicsRequest {
        topics: vec!["t".into(), "nope".into()],
    };
    let Response::DeleteTopics(answer) = cluster.ask(0, Request::DeleteTopics(request)) else {
        panic!("another answer");
    };
    assert_eq!(answer.topics[0].1, Outcome::ok());
    assert_eq!(answer.topics[1].1.error, ErrorCode::UnknownTopicOrPartition);
    cluster.create(topic("t", &[&[0]], &[]));
    let image = cluster.active().image();
    let new = image.topic("t").expect("made again");
    assert!(new.topic > old.topic && new.uuid != old.uuid);
    assert!(
        image
            .config(&ConfigResource::Topic("t".into()), "retention.ms")
            .is_none()
    );
}
