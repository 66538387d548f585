//! Losing and gaining office.

use super::harness::{Cluster, topic};
use crate::config::{ControllerConfig, QuorumConfig, QuorumFormat};
use crate::error::ErrorCode;
use crate::metadata::ReplicaKey;
use crate::node::Input;
use crate::protocol::{CreateTopicsRequest, RemoveRaftVoterRequest, Request, Response};
use crate::types::{Duration, NodeId, Offset};

fn three_controllers() -> Cluster {
    Cluster::start(ControllerConfig::default(), &[0, 1, 2])
}

fn active_of(cluster: &Cluster) -> NodeId {
    cluster.active().config().node
}

fn create(name: &str) -> Request {
    Request::CreateTopics(CreateTopicsRequest {
        topics: vec![topic(name, &[&[0, 1, 2]], &[])],
        validate_only: false,
    })
}

fn error_of(response: &Response) -> ErrorCode {
    match response {
        Response::CreateTopics(answer) => answer.topics[0].1.error,
        other => panic!("{other:?}"),
    }
}

/// RAFT-14: only the active controller acts.
#[test]
fn a_standby_answers_not_controller() {
    let mut cluster = three_controllers();
    let active = active_of(&cluster);
    let standby = NodeId(if active.0 == 100 { 101 } else { 100 });
    let id = cluster.send(NodeId(0), standby, create("t"));
    cluster.run(Duration::from_ms(100));
    let answer = cluster.answer(id).expect("an answer");
    assert_eq!(error_of(answer), ErrorCode::NotController);
    assert!(cluster.active().image().topic("t").is_none());
}

/// RAFT-14, RAFT-12, RAFT-9: what is not committed is not promised; a leader without a
/// majority gives up, says so and forgets.
#[test]
fn without_a_majority_nothing_is_promised() {
    let mut cluster = three_controllers();
    let active = active_of(&cluster);
    let others = [100, 101, 102].map(NodeId);
    for other in others.into_iter().filter(|other| *other != active) {
        cluster.kill(other);
    }
    let id = cluster.send(NodeId(0), active, create("t"));
    cluster.run(Duration::from_ms(500));
    assert!(cluster.answer(id).is_none());
    assert_eq!(cluster.active().waiting_requests(), 1);
    assert!(cluster.active().image().topic("t").is_some(), "speculative");
    cluster.run(Duration::from_secs(4));
    let answer = cluster.answer(id).expect("an answer");
    assert_eq!(error_of(answer), ErrorCode::NotController);
    let (controller, _) = &cluster.running[&active];
    assert!(!controller.is_active());
    assert!(controller.image().topic("t").is_none(), "reverted");
    assert_eq!(controller.image().brokers.len(), 3, "committed state stays");
}

/// BRK-9: the new active controller knows everything and fences nobody before its own
/// nine seconds are over.
#[test]
fn a_new_active_controller_gives_every_broker_a_full_session() {
    let mut cluster = three_controllers();
    assert_eq!(
        cluster.create(topic("quiet", &[&[0, 1, 2]], &[])).error,
        ErrorCode::None
    );
    cluster.run(Duration::from_secs(8));
    let old = active_of(&cluster);
    cluster.kill(old);
    while !cluster.running.values().any(|(it, _)| it.is_active()) {
        cluster.run(Duration::from_ms(10));
    }
    cluster.run(Duration::from_ms(8_900));
    let fenced = |cluster: &Cluster| {
        let brokers = cluster.active().image().brokers.values();
        brokers.filter(|broker| broker.fenced).count()
    };
    assert!(cluster.active().image().topic("quiet").is_some());
    assert_eq!(fenced(&cluster), 0);
    // The sessions are looked at every eighth of nine seconds (BRK-6).
    cluster.run(Duration::from_ms(1_300));
    assert_eq!(fenced(&cluster), 3);
}

/// RAFT-10: a clean stop hands over within a second, and the process ends.
#[test]
fn a_stopping_active_controller_hands_over() {
    let mut cluster = three_controllers();
    let old = active_of(&cluster);
    cluster.handle(old, Input::Terminate);
    cluster.run(Duration::from_secs(1));
    assert!(cluster.exited.contains(&old));
    assert_ne!(active_of(&cluster), old);
}

/// A single controller does not wait for anybody.
#[test]
fn a_single_controller_stops_at_once() {
    let mut cluster = Cluster::solo(ControllerConfig::default(), &[]);
    cluster.handle(NodeId(100), Input::Terminate);
    assert!(cluster.exited.contains(&NodeId(100)));
}

/// `controllers.json`: every life of every controller announces itself once; a restart
/// of the whole quorum loses nothing committed.
#[test]
fn controllers_register_once_a_life() {
    let mut cluster = three_controllers();
    let count = |cluster: &Cluster| {
        let records = cluster.since(Offset::ZERO);
        let registered = |text: &&String| text.starts_with("RegisterController");
        records.iter().filter(registered).count()
    };
    assert_eq!(count(&cluster), 3);
    let voters = [100, 101, 102].map(NodeId);
    for voter in voters {
        cluster.kill(voter);
    }
    for voter in voters {
        cluster.start_controller(voter);
    }
    cluster.run(Duration::from_secs(8));
    assert_eq!(count(&cluster), 6);
    assert_eq!(cluster.active().image().brokers.len(), 3);
}

/// RAFT-14, RAFT-15: a record of voters takes an offset too, so who asks after a change still
/// waits for its own records, and gets no answer from a leader that cannot commit them.
#[test]
fn answers_wait_for_their_own_records_after_a_change_of_voters() {
    let quorum = QuorumConfig::default();
    let quorum = QuorumConfig {
        format: QuorumFormat::Initial(quorum.voters.clone()),
        ..quorum
    };
    let config = ControllerConfig {
        quorum,
        ..ControllerConfig::default()
    };
    let mut cluster = Cluster::start(config, &[0, 1, 2]);
    let leader = active_of(&cluster);
    let others = [100, 101, 102].map(NodeId);
    let others: Vec<NodeId> = (others.into_iter()).filter(|it| *it != leader).collect();
    let voter = ReplicaKey::of(others[0]);
    let request = Request::RemoveRaftVoter(RemoveRaftVoterRequest { voter });
    let id = cluster.send(NodeId(0), leader, request);
    cluster.run(Duration::from_secs(1));
    match cluster.answer(id) {
        Some(Response::RemoveRaftVoter(answer)) => {
            assert_eq!(answer.outcome.error, ErrorCode::None);
        }
        other => panic!("{other:?}"),
    }
    cluster.kill(others[1]);
    let id = cluster.send(NodeId(0), leader, create("late"));
    cluster.run(Duration::from_ms(500));
    assert!(cluster.answer(id).is_none());
    cluster.start_controller(others[1]);
    cluster.run(Duration::from_ms(1_500));
    let answer = cluster.answer(id).expect("committed by both");
    assert_eq!(error_of(answer), ErrorCode::None);
}

/// `b-quorum.txt`: the voters by id; who is dead falls behind;
/// who never fetched from this leader is unknown.
#[test]
fn describe_quorum() {
    let mut cluster = three_controllers();
    let describe = |cluster: &mut Cluster, to: NodeId| {
        let id = cluster.send(NodeId(0), to, Request::DescribeQuorum(Default::default()));
        cluster.run(Duration::from_ms(10));
        match cluster.answer(id) {
            Some(Response::DescribeQuorum(answer)) => answer.clone(),
            other => panic!("{other:?}"),
        }
    };
    let leader = active_of(&cluster);
    let others: Vec<NodeId> = [100, 101, 102]
        .map(NodeId)
        .into_iter()
        .filter(|node| *node != leader)
        .collect();
    let standby = describe(&mut cluster, others[0]);
    assert_eq!(standby.error, ErrorCode::NotLeaderOrFollower);
    cluster.kill(others[1]);
    cluster.run(Duration::from_secs(8));
    let answer = describe(&mut cluster, leader);
    let ids: Vec<u32> = answer.voters.iter().map(|voter| voter.replica.0).collect();
    assert_eq!(ids, [100, 101, 102]);
    let of = |node: NodeId| &answer.voters[node.0 as usize - 100];
    let end = of(leader).log_end_offset;
    assert_eq!(answer.high_watermark, end);
    assert_eq!(of(others[0]).log_end_offset, end);
    let dead = of(others[1]);
    assert!(end.0 - dead.log_end_offset.0 >= 16);
    assert!(of(others[0]).last_caught_up_ms - dead.last_caught_up_ms > 7_000);
    assert!(answer.observers.is_empty());
    cluster.kill(leader);
    cluster.start_controller(others[1]);
    cluster.run(Duration::from_secs(8));
    let new = active_of(&cluster);
    let answer = describe(&mut cluster, new);
    let gone = answer.voters.iter().find(|voter| voter.replica == leader);
    let gone = gone.expect("a voter");
    assert_eq!(
        (gone.log_end_offset, gone.last_fetch_ms),
        (Offset::UNKNOWN, -1)
    );
}
