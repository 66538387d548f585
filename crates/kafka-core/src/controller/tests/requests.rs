//! Answers and refusals of the active controller, with Kafka's texts.

use super::harness::{Cluster, text, three, topic};
use crate::error::ErrorCode;
use crate::protocol::{
    AllocateProducerIdsRequest, AlterOp, AlterPartitionData, AlterPartitionReassignmentsRequest,
    ConfigResource, ElectLeadersRequest, ElectionType, IncrementalAlterConfigsRequest,
    ListPartitionReassignmentsRequest, Outcome, Request, Response, UnregisterBrokerRequest,
};
use crate::types::{
    BrokerEpoch, LeaderEpoch, NodeId, PartitionEpoch, ProducerId, TopicId, TopicPartition,
};

fn configure(cluster: &mut Cluster, resource: ConfigResource, name: &str, op: AlterOp) -> Outcome {
    let request = IncrementalAlterConfigsRequest {
        resources: vec![(resource, vec![(name.into(), op)])],
        validate_only: false,
    };
    match cluster.ask(0, Request::IncrementalAlterConfigs(request)) {
        Response::IncrementalAlterConfigs(mut answer) => answer.results.remove(0).1,
        other => panic!("{other:?}"),
    }
}

fn elect(cluster: &mut Cluster, kind: ElectionType, name: &str, partition: u32) -> Outcome {
    let request = ElectLeadersRequest {
        election_type: kind,
        partitions: Some(vec![(name.into(), partition)]),
    };
    match cluster.ask(0, Request::ElectLeaders(request)) {
        Response::ElectLeaders(mut answer) => answer.partitions.remove(0).2,
        other => panic!("{other:?}"),
    }
}

fn reassign(cluster: &mut Cluster, name: &str, target: Option<&[u32]>) -> Outcome {
    let target = target.map(|ids| ids.iter().map(|id| NodeId(*id)).collect());
    let request = AlterPartitionReassignmentsRequest {
        partitions: vec![(name.into(), 0, target)],
    };
    match cluster.ask(0, Request::AlterPartitionReassignments(request)) {
        Response::AlterPartitionReassignments(mut answer) => answer.partitions.remove(0).2,
        other => panic!("{other:?}"),
    }
}

/// The table of REP-19, row by row.
#[test]
fn alter_partition_refusals() {
    let mut cluster = three();
    cluster.create(topic("t", &[&[0, 1, 2]], &[]));
    cluster.alter(0, &[0, 1], false);
    cluster.register(3, BrokerEpoch::NONE);
    let epoch = |cluster: &Cluster, id: u32| (NodeId(id), cluster.epoch(id));
    let good = AlterPartitionData {
        topic: TopicId(0),
        partition: 0,
        leader_epoch: LeaderEpoch(0),
        partition_epoch: PartitionEpoch(1),
        new_isr: vec![epoch(&cluster, 0), epoch(&cluster, 1), epoch(&cluster, 2)],
        recovering: false,
    };
    let isr = |members: &[(NodeId, BrokerEpoch)]| AlterPartitionData {
        new_isr: members.to_vec(),
        ..good.clone()
    };
    let (zero, two) = (epoch(&cluster, 0), epoch(&cluster, 2));
    let stale = (NodeId(2), BrokerEpoch(1));
    for (row, error) in [
        (
            AlterPartitionData {
                topic: TopicId(9),
                ..good.clone()
            },
            ErrorCode::UnknownTopicId,
        ),
        (
            AlterPartitionData {
                partition: 9,
                ..good.clone()
            },
            ErrorCode::UnknownTopicOrPartition,
        ),
        (
            AlterPartitionData {
                leader_epoch: LeaderEpoch(1),
                ..good.clone()
            },
            ErrorCode::NotController,
        ),
        (
            AlterPartitionData {
                leader_epoch: LeaderEpoch(-1),
                ..good.clone()
            },
            ErrorCode::FencedLeaderEpoch,
        ),
        (
            AlterPartitionData {
                partition_epoch: PartitionEpoch(0),
                ..good.clone()
            },
            ErrorCode::InvalidUpdateVersion,
        ),
        (isr(&[two]), ErrorCode::InvalidRequest),
        (isr(&[zero, two, two]), ErrorCode::InvalidRequest),
        (
            isr(&[zero, (NodeId(3), BrokerEpoch::NONE)]),
            ErrorCode::InvalidRequest,
        ),
        (isr(&[zero, stale]), ErrorCode::IneligibleReplica),
        (
            AlterPartitionData {
                recovering: true,
                ..good.clone()
            },
            ErrorCode::InvalidRequest,
        ),
    ] {
        assert_eq!(cluster.alter_with(0, row.clone()).error, error, "{row:?}");
    }
    assert_eq!(
        cluster.alter_with(1, good.clone()).error,
        ErrorCode::InvalidRequest
    );
    let done = cluster.alter_with(0, good);
    assert_eq!(
        (done.error, done.partition_epoch),
        (ErrorCode::None, PartitionEpoch(2))
    );
    assert_eq!(done.leader_epoch, LeaderEpoch(0), "REP-22");
}

/// REP-32, texts of `b-election.txt`.
#[test]
fn elect_leaders() {
    let mut cluster = three();
    cluster.create(topic("orders", &[&[1, 0, 2]], &[]));
    cluster.create(topic("lonely", &[&[1]], &[]));
    let preferred = ElectionType::Preferred;
    let unknown = ErrorCode::UnknownTopicOrPartition;
    let answer = elect(&mut cluster, preferred, "nosuch", 0);
    assert_eq!(text(&answer), (unknown, "No such topic as nosuch"));
    let answer = elect(&mut cluster, preferred, "orders", 77);
    assert_eq!(text(&answer), (unknown, "No such partition as orders-77"));
    let answer = elect(&mut cluster, preferred, "orders", 0);
    assert_eq!(answer.error, ErrorCode::ElectionNotNeeded);
    cluster.pass(11, &[0, 2]);
    let answer = elect(&mut cluster, preferred, "orders", 0);
    let not_there = ErrorCode::PreferredLeaderNotAvailable;
    assert_eq!(
        text(&answer),
        (not_there, "The preferred leader was not available.")
    );
    let answer = elect(&mut cluster, ElectionType::Unclean, "lonely", 0);
    let message = "Eligible topic partition leaders are not available.";
    assert_eq!(
        text(&answer),
        (ErrorCode::EligibleLeadersNotAvailable, message)
    );
    let all = ElectLeadersRequest {
        election_type: preferred,
        partitions: None,
    };
    let Response::ElectLeaders(answer) = cluster.ask(0, Request::ElectLeaders(all)) else {
        panic!("another answer");
    };
    assert_eq!(
        answer.partitions.len(),
        2,
        "both lack their preferred leader"
    );
}

/// REP-41, REP-42.
#[test]
fn reassignments_can_be_listed_replaced_and_cancelled() {
    let mut cluster = three();
    cluster.create(topic("t", &[&[0, 1]], &[]));
    let none = reassign(&mut cluster, "t", None);
    assert_eq!(none.error, ErrorCode::NoReassignmentInProgress);
    let missing = reassign(&mut cluster, "nope", Some(&[0]));
    assert_eq!(missing.text(), "Unable to find a topic named nope.");
    let bad = reassign(&mut cluster, "t", Some(&[0, 9]));
    assert_eq!(bad.error, ErrorCode::InvalidReplicaAssignment);
    let mark = cluster.mark();
    assert_eq!(reassign(&mut cluster, "t", Some(&[1, 2])), Outcome::ok());
    let request = ListPartitionReassignmentsRequest { partitions: None };
    let answer = cluster.ask(0, Request::ListPartitionReassignments(request));
    let Response::ListPartitionReassignments(list) = answer else {
        panic!("another answer");
    };
    assert_eq!(list.partitions[0].adding, [NodeId(2)]);
    assert_eq!(list.partitions[0].removing, [NodeId(0)]);
    // Another order of the same replicas: what is added and removed stays marked.
    assert_eq!(reassign(&mut cluster, "t", Some(&[1, 0, 2])), Outcome::ok());
    assert_eq!(reassign(&mut cluster, "t", None), Outcome::ok());
    // A pure reorder completes at once; shrinking too, and it bumps the leader epoch.
    assert_eq!(reassign(&mut cluster, "t", Some(&[0, 1])), Outcome::ok());
    assert_eq!(reassign(&mut cluster, "t", Some(&[0])), Outcome::ok());
    assert_eq!(
        cluster.since(mark),
        [
            "change 0 replicas [1, 2, 0] removing [0] adding [2]",
            "change 0 replicas [1, 0, 2]",
            "change 0 replicas [1, 0] removing [] adding [] leader 0",
            "change 0 replicas [0, 1]",
            "change 0 isr [0] replicas [0] leader 0",
        ]
    );
}

/// REP-37 and TOP-6, texts of `a-configs-brokers.txt` and `a-configs-topics.txt`.
#[test]
fn alter_configs_refusals() {
    let mut cluster = three();
    cluster.create(topic("orders", &[&[0]], &[]));
    let set = |value: &str| AlterOp::Set(value.into());
    let on = |name: &str| ConfigResource::Topic(name.into());
    let invalid = ErrorCode::InvalidConfig;
    for (resource, name, op, error, message) in [
        (
            ConfigResource::Broker(Some(NodeId(0))),
            "min.insync.replicas",
            set("2"),
            invalid,
            "Broker-level min.insync.replicas cannot be altered while ELR is enabled.",
        ),
        (
            ConfigResource::Broker(None),
            "min.insync.replicas",
            AlterOp::Delete,
            invalid,
            "Cluster-level min.insync.replicas cannot be removed while ELR is enabled.",
        ),
        (
            on("nope"),
            "retention.ms",
            set("1"),
            ErrorCode::UnknownTopicOrPartition,
            "The topic 'nope' does not exist.",
        ),
        (
            on("orders"),
            "foo",
            set("1"),
            invalid,
            "Unknown topic config name: foo",
        ),
        (
            on("orders"),
            "min.insync.replicas",
            set("0"),
            invalid,
            "Invalid value 0 for configuration min.insync.replicas: Value must be at least 1",
        ),
        (
            on("orders"),
            "retention.ms",
            AlterOp::Append("5".into()),
            invalid,
            "Can't APPEND to key retention.ms because its type is not LIST.",
        ),
    ] {
        let outcome = configure(&mut cluster, resource, name, op);
        assert_eq!(text(&outcome), (error, message));
    }
    let append = AlterOp::Append("compact".into());
    configure(&mut cluster, on("orders"), "cleanup.policy", append);
    let policy = cluster
        .active()
        .image()
        .config(&on("orders"), "cleanup.policy");
    assert_eq!(policy.map(|value| value.as_ref()), Some("delete,compact"));
}

/// REP-33: forgetting a broker takes it out of ISR and ELR.
#[test]
fn unregister_broker() {
    let mut cluster = three();
    cluster.create(topic("t", &[&[0, 1]], &[("min.insync.replicas", "2")]));
    cluster.pass(11, &[0, 2]);
    let mark = cluster.mark();
    let ask = |cluster: &mut Cluster, broker: u32| {
        let broker = NodeId(broker);
        let request = UnregisterBrokerRequest { broker };
        match cluster.ask(0, Request::UnregisterBroker(request)) {
            Response::UnregisterBroker(answer) => answer.outcome,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(ask(&mut cluster, 1), Outcome::ok());
    assert_eq!(cluster.since(mark)[0], "change 0 elr []");
    assert!(!cluster.active().image().brokers.contains_key(&NodeId(1)));
    let missing = ask(&mut cluster, 9);
    let message = "Broker ID 9 is not currently registered";
    assert_eq!(text(&missing), (ErrorCode::BrokerIdNotRegistered, message));
}

/// PRO-13: blocks of 1000 ids, never twice; a stale broker gets none.
#[test]
fn producer_id_blocks() {
    let mut cluster = three();
    let ask = |cluster: &mut Cluster, broker_epoch| {
        let broker = NodeId(1);
        let request = AllocateProducerIdsRequest {
            broker,
            broker_epoch,
        };
        match cluster.ask(1, Request::AllocateProducerIds(request)) {
            Response::AllocateProducerIds(answer) => answer,
            other => panic!("{other:?}"),
        }
    };
    let epoch = cluster.epoch(1);
    let (first, second) = (ask(&mut cluster, epoch), ask(&mut cluster, epoch));
    assert_eq!((first.start, first.len), (ProducerId(0), 1_000));
    assert_eq!(second.start, ProducerId(1_000));
    let stale = ask(&mut cluster, BrokerEpoch(0));
    assert_eq!(stale.error, ErrorCode::StaleBrokerEpoch);
}

/// BRK-3, BRK-4: stale, still recovering, not caught up.
#[test]
fn heartbeats_of_fenced_brokers() {
    let mut cluster = three();
    cluster.register(3, BrokerEpoch::NONE);
    let recovering = cluster.heartbeat_with(3, |request| request.want_fence = true);
    assert!(recovering.is_fenced && recovering.is_caught_up);
    let behind = cluster.epoch(3).0 - 1;
    let late = cluster.heartbeat_with(3, |request| {
        request.current_metadata_offset = crate::types::Offset(behind);
    });
    assert!(late.is_fenced && !late.is_caught_up);
    let stale = cluster.heartbeat_with(3, |request| request.broker_epoch = BrokerEpoch(0));
    assert_eq!(stale.error, ErrorCode::StaleBrokerEpoch);
    assert!(!cluster.heartbeat(3).is_fenced);
}

/// REP-30 and REP-31: an asked unclean election loses data knowingly.
#[test]
fn unclean_election_on_request() {
    let mut cluster = three();
    cluster.create(topic("t", &[&[0, 1]], &[]));
    cluster.alter(0, &[0], false);
    cluster.pass(11, &[1, 2]);
    let mark = cluster.mark();
    assert_eq!(
        elect(&mut cluster, ElectionType::Unclean, "t", 0),
        Outcome::ok()
    );
    assert_eq!(
        cluster.since(mark),
        ["change 0 isr [1] elr [] last [] leader 1 recovering 1"]
    );
    let tp = TopicPartition::new(TopicId(0), 0);
    assert!(
        cluster
            .active()
            .image()
            .partition(tp)
            .expect("there")
            .recovering
    );
}
