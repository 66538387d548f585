//! LOG-16, KIP-858: what the controller makes of log directories; the records against recorded
//! ones of a cluster whose broker lost one of two directories.

use super::harness::{Cluster, three, topic};
use crate::error::ErrorCode;
use crate::metadata::{PartitionRegistration, UNASSIGNED, log_dir_id};
use crate::protocol::{
    AssignReplicasToDirsRequest, AssignReplicasToDirsResponse, BrokerRegistrationRequest, Request,
    Response,
};
use crate::types::{BrokerEpoch, IncarnationId, NodeId, TopicId, TopicPartition, Uuid};

const P0: TopicPartition = TopicPartition {
    topic: TopicId(0),
    partition: 0,
};
const P1: TopicPartition = TopicPartition {
    topic: TopicId(0),
    partition: 1,
};

fn dir(broker: u32, number: u32) -> Uuid {
    log_dir_id(NodeId(broker), number, 0)
}

/// Three brokers, of which 1 has two directories; two partitions, led by 1 and by 0.
fn two_dirs() -> Cluster {
    let mut cluster = three();
    cluster.pass(11, &[0, 2]);
    let mut log_dirs = vec![dir(1, 0), dir(1, 1)];
    log_dirs.sort_unstable();
    let request = BrokerRegistrationRequest {
        broker: NodeId(1),
        incarnation: IncarnationId(77),
        rack: None,
        host: "localhost".into(),
        port: 9_092,
        previous_broker_epoch: BrokerEpoch::NONE,
        log_dirs,
    };
    cluster.register_as(request);
    cluster.heartbeat(1);
    cluster.create(topic("t", &[&[1, 0, 2], &[0, 1, 2]], &[]));
    cluster
}

fn assign(cluster: &mut Cluster, what: &[(Uuid, TopicPartition)]) -> AssignReplicasToDirsResponse {
    let request = AssignReplicasToDirsRequest {
        broker: NodeId(1),
        broker_epoch: cluster.epoch(1),
        assignments: what.to_vec(),
    };
    match cluster.ask(1, Request::AssignReplicasToDirs(request)) {
        Response::AssignReplicasToDirs(answer) => answer,
        other => panic!("{other:?}"),
    }
}

fn state(cluster: &Cluster, id: TopicPartition) -> PartitionRegistration {
    let image = cluster.active().image();
    image.partition(id).expect("it was created").clone()
}

/// KIP-858: with several directories a broker says where its replicas are; with one, the
/// controller knows. Only what is named changes, and no epoch but the partition's (REP-22).
#[test]
fn a_broker_assigns_its_replicas() {
    let mut cluster = two_dirs();
    let (first, second) = (dir(0, 0), dir(2, 0));
    let before = state(&cluster, P0);
    assert_eq!(before.directories, [UNASSIGNED, first, second]);
    let nowhere = TopicPartition::new(TopicId(0), 9);
    let unknown = TopicPartition::new(TopicId(9), 0);
    let there = dir(1, 1);
    let answer = assign(
        &mut cluster,
        &[(there, P0), (there, nowhere), (there, unknown)],
    );
    let errors: Vec<ErrorCode> = answer.partitions.iter().map(|(_, error)| *error).collect();
    assert_eq!(
        errors,
        [
            ErrorCode::None,
            ErrorCode::UnknownTopicOrPartition,
            ErrorCode::UnknownTopicId
        ]
    );
    let after = state(&cluster, P0);
    assert_eq!(after.directories, [there, first, second]);
    assert_eq!(after.leader_epoch, before.leader_epoch);
    assert_eq!(after.partition_epoch.0, before.partition_epoch.0 + 1);
    assert_eq!(state(&cluster, P1).directories[1], UNASSIGNED);
}

/// LOG-16: as recorded, the partitions of the failed directory first (the ISR without the broker,
/// another leader where it led), then what is left of the registration; once. Replicas in the
/// other directory stay, and where nobody is told yet that the directory is the failed one, that
/// is made good when it is told.
#[test]
fn the_replicas_of_a_failed_directory_leave_the_isr() {
    let mut cluster = two_dirs();
    assign(&mut cluster, &[(dir(1, 1), P0)]);
    let mark = cluster.mark();
    for _ in 0..2 {
        cluster.heartbeat_with(1, |request| request.offline_log_dirs = vec![dir(1, 1)]);
    }
    assert_eq!(
        cluster.since(mark),
        ["change 0 isr [0, 2] leader 0", "broker 1 1 directories"]
    );
    let mark = cluster.mark();
    assign(&mut cluster, &[(dir(1, 1), P1)]);
    assert_eq!(cluster.since(mark), ["change 1 isr [0, 2] directories"]);
    assert_eq!(state(&cluster, P1).directory(NodeId(1)), Some(dir(1, 1)));
}

/// LOG-16: a fenced broker that comes back and tells at once that a directory has failed is first
/// believed the latter, so that nothing in it is elected.
#[test]
fn a_failed_directory_is_heard_of_before_the_broker_is_unfenced() {
    let mut cluster = two_dirs();
    assign(&mut cluster, &[(dir(1, 1), P0), (dir(1, 0), P1)]);
    cluster.pass(11, &[1]);
    cluster.pass(11, &[]);
    assert_eq!(state(&cluster, P0).leader, None);
    for leader in [None, Some(NodeId(1))] {
        cluster.heartbeat_with(1, |request| request.offline_log_dirs = vec![dir(1, 1)]);
        assert_eq!(state(&cluster, P1).leader, leader);
        assert_eq!(state(&cluster, P0).leader, None);
    }
}

/// REP-29, LOG-16: a replica in a failed directory does not lead, though its broker is alive and
/// nobody else is.
#[test]
fn a_replica_in_a_failed_directory_is_not_elected() {
    let mut cluster = two_dirs();
    assign(&mut cluster, &[(dir(1, 1), P0), (dir(1, 0), P1)]);
    cluster.heartbeat_with(1, |request| request.offline_log_dirs = vec![dir(1, 1)]);
    cluster.pass(11, &[1]);
    assert_eq!(state(&cluster, P0).leader, None);
    assert_eq!(state(&cluster, P1).leader, Some(NodeId(1)));
}
