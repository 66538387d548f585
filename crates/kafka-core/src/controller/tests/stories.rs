//! Recorded stories: the same events give the same records.

use super::harness::{Cluster, three, topic};
use crate::config::ControllerConfig;
use crate::protocol::{
    AlterOp, AlterPartitionReassignmentsRequest, ConfigResource, IncrementalAlterConfigsRequest,
    Request,
};
use crate::types::{BrokerEpoch, Duration, NodeId, Offset};

/// A broker killed and started again: it registers, then unfences.
fn restart_unclean(cluster: &mut Cluster, broker: u32) {
    cluster.register(broker, BrokerEpoch::NONE);
    cluster.heartbeat(broker);
}

/// `boot.json`: the first records of a cluster.
#[test]
fn boot() {
    let cluster = Cluster::solo(ControllerConfig::default(), &[0]);
    let records = cluster.since(Offset::ZERO);
    let feature =
        |name: &str, level: i16| format!("FeatureLevel {{ name: {name:?}, level: {level} }}");
    assert_eq!(
        records[1..],
        [
            "BeginTransaction(\"Bootstrap records\")".to_owned(),
            feature("metadata.version", 30),
            feature("eligible.leader.replicas.version", 1),
            feature("group.version", 1),
            feature("share.version", 1),
            feature("streams.version", 1),
            feature("transaction.version", 2),
            "config min.insync.replicas=1".to_owned(),
            "EndTransaction".to_owned(),
            "RegisterController { controller: NodeId(100) }".to_owned(),
            "register 0".to_owned(),
            "broker 0 unfenced".to_owned(),
        ]
    );
}

/// `min-isr.json` (REP-33 to REP-35): the ELR grows, the last known leader alone brings
/// the partition back.
#[test]
fn min_isr() {
    let mut cluster = three();
    let mark = cluster.mark();
    cluster.create(topic(
        "bank",
        &[&[0, 1, 2]],
        &[("min.insync.replicas", "2")],
    ));
    cluster.pass(11, &[0, 2]);
    cluster.pass(11, &[0]);
    cluster.pass(11, &[]);
    restart_unclean(&mut cluster, 1);
    cluster.pass(2, &[1]);
    restart_unclean(&mut cluster, 2);
    cluster.pass(2, &[1, 2]);
    restart_unclean(&mut cluster, 0);
    cluster.alter(0, &[0, 2], false);
    cluster.alter(0, &[0, 1, 2], false);
    assert_eq!(
        cluster.since(mark),
        [
            "topic bank",
            "config min.insync.replicas=2",
            "clear elr bank",
            "partition 0 replicas [0, 1, 2] isr [0, 1, 2] leader 0",
            "change 0 isr [0, 2]",
            "broker 1 fenced",
            "change 0 isr [0] elr [2]",
            "broker 2 fenced",
            "change 0 isr [] elr [0, 2] last [0] leader -1",
            "broker 0 fenced",
            "register 1",
            "broker 1 unfenced",
            "change 0 elr [0]",
            "register 2",
            "broker 2 unfenced",
            "change 0 elr []",
            "register 0",
            "broker 0 unfenced",
            "change 0 isr [0] last [] leader 0 recovering 1",
            "change 0 isr [0, 2] recovering 0",
            "change 0 isr [0, 1, 2]",
        ]
    );
}

/// `min-isr-no-elr.json` (REP-36): the last ISR member stays and is waited for.
#[test]
fn min_isr_no_elr() {
    let config = ControllerConfig {
        elr_version: 0,
        ..ControllerConfig::default()
    };
    let mut cluster = Cluster::solo(config, &[0, 1, 2]);
    let mark = cluster.mark();
    cluster.create(topic(
        "bank",
        &[&[0, 1, 2]],
        &[("min.insync.replicas", "2")],
    ));
    cluster.pass(11, &[0, 2]);
    cluster.pass(11, &[0]);
    cluster.pass(11, &[]);
    restart_unclean(&mut cluster, 1);
    cluster.pass(2, &[1]);
    restart_unclean(&mut cluster, 0);
    cluster.alter(0, &[0, 1], false);
    assert_eq!(
        cluster.since(mark),
        [
            "topic bank",
            "config min.insync.replicas=2",
            "partition 0 replicas [0, 1, 2] isr [0, 1, 2] leader 0",
            "change 0 isr [0, 2]",
            "broker 1 fenced",
            "change 0 isr [0]",
            "broker 2 fenced",
            "change 0 leader -1",
            "broker 0 fenced",
            "register 1",
            "broker 1 unfenced",
            "register 0",
            "broker 0 unfenced",
            "change 0 leader 0",
            "change 0 isr [0, 1]",
        ]
    );
}

/// `clean-stop.json` (BRK-8, BRK-6): the leader's controlled shutdown, its second
/// fencing nine seconds later, and its return.
#[test]
fn clean_stop() {
    let mut cluster = three();
    cluster.create(topic("payments", &[&[0, 1, 2], &[1, 2, 0]], &[]));
    cluster.pass(1, &[0, 1, 2]);
    let mark = cluster.mark();
    let began = cluster.heartbeat_with(0, |request| request.want_shut_down = true);
    assert!(!began.should_shut_down);
    let waits = cluster.heartbeat_with(0, |request| request.want_shut_down = true);
    assert!(
        !waits.should_shut_down,
        "the others have not applied it yet"
    );
    cluster.pass(1, &[1, 2]);
    let may_stop = cluster.heartbeat_with(0, |request| request.want_shut_down = true);
    assert!(may_stop.should_shut_down);
    cluster.pass(11, &[1, 2]);
    let saved = cluster.epoch(0);
    cluster.register(0, saved);
    cluster.heartbeat(0);
    assert_eq!(
        cluster.since(mark),
        [
            "broker 0 stopping",
            "change 0 isr [1, 2] leader 1",
            "change 1 isr [1, 2]",
            "broker 0 fenced",
            "broker 0 fenced",
            "register 0",
            "broker 0 unfenced",
        ]
    );
}

/// `clean-all.json`: brokers that lead nothing stop at once; the last one keeps its place
/// in the ELR and is elected cleanly when it returns (REP-34).
#[test]
fn clean_all() {
    let mut cluster = three();
    cluster.create(topic("sleep", &[&[0, 1, 2]], &[]));
    let mark = cluster.mark();
    for broker in [1, 2] {
        let answer = cluster.heartbeat_with(broker, |request| request.want_shut_down = true);
        assert!(answer.should_shut_down);
        cluster.heartbeat(0);
    }
    cluster.heartbeat_with(0, |request| request.want_shut_down = true);
    let answer = cluster.heartbeat_with(0, |request| request.want_shut_down = true);
    assert!(answer.should_shut_down, "nobody is left to wait for");
    let (one, zero) = (cluster.epoch(1), cluster.epoch(0));
    cluster.register(1, one);
    cluster.heartbeat(1);
    cluster.register(0, zero);
    cluster.heartbeat(0);
    assert_eq!(
        cluster.since(mark),
        [
            "change 0 isr [0, 2]",
            "broker 1 fenced",
            "change 0 isr [0]",
            "broker 2 fenced",
            "broker 0 stopping",
            "change 0 isr [] elr [0] last [0] leader -1",
            "broker 0 fenced",
            "register 1",
            "broker 1 unfenced",
            "register 0",
            "broker 0 unfenced",
            "change 0 isr [0] elr [] last [] leader 0",
        ]
    );
}

/// `last-replica-unclean.json` (REP-31, REP-32): setting the config elects nobody; the
/// returning last leader is passed over in its own registration event.
#[test]
fn last_replica_unclean() {
    let mut cluster = three();
    cluster.create(topic("alone", &[&[0, 1, 2]], &[]));
    cluster.pass(11, &[0, 2]);
    cluster.pass(11, &[0]);
    cluster.pass(11, &[]);
    restart_unclean(&mut cluster, 1);
    restart_unclean(&mut cluster, 2);
    let mark = cluster.mark();
    let set = AlterOp::Set("true".into());
    let ops = vec![("unclean.leader.election.enable".into(), set)];
    let request = IncrementalAlterConfigsRequest {
        resources: vec![(ConfigResource::Topic("alone".into()), ops)],
        validate_only: false,
    };
    cluster.ask(1, Request::IncrementalAlterConfigs(request));
    restart_unclean(&mut cluster, 0);
    cluster.alter(0, &[1, 2], false);
    cluster.alter(0, &[0, 1, 2], false);
    assert_eq!(
        cluster.since(mark),
        [
            "config unclean.leader.election.enable=true",
            "change 0 isr [1] elr [] last [] leader 1 recovering 1",
            "register 0",
            "broker 0 unfenced",
            "change 0 isr [1, 2] recovering 0",
            "change 0 isr [0, 1, 2]",
        ]
    );
}

/// `bounce-leader.json` (BRK-1): a broker that returns before its session ended is
/// refused until it expires; then the fencing comes first.
#[test]
fn bounce_leader() {
    let mut cluster = three();
    cluster.create(topic("payments", &[&[0, 1, 2]], &[]));
    cluster.pass(1, &[0, 1, 2]);
    let mark = cluster.mark();
    let refused = cluster.try_register(0, BrokerEpoch::NONE);
    assert_eq!(
        refused.error,
        crate::error::ErrorCode::DuplicateBrokerRegistration
    );
    cluster.pass(10, &[1, 2]);
    restart_unclean(&mut cluster, 0);
    cluster.alter(0, &[0, 1, 2], false);
    assert_eq!(
        cluster.since(mark),
        [
            "change 0 isr [1, 2] leader 1",
            "broker 0 fenced",
            "register 0",
            "broker 0 unfenced",
            "change 0 isr [0, 1, 2]",
        ]
    );
}

/// `bounce-follower.json` (BRK-1, BRK-6): sessions are looked at now and then, so a
/// broker that asks all the time registers before its old session is missed. There is
/// no fencing; the ISR change and the registration are one event.
#[test]
fn bounce_follower() {
    let mut cluster = three();
    cluster.create(topic("payments", &[&[0, 1, 2]], &[]));
    let mark = cluster.mark();
    cluster.pass(8, &[0, 2]);
    while cluster.try_register(1, BrokerEpoch::NONE).error != crate::error::ErrorCode::None {}
    let log = &cluster.active().disk().raft.log;
    let last = log.read_from(mark).last().expect("the registration");
    assert_eq!(last.records.len(), 2);
    assert_eq!(cluster.epoch(1).0, last.base_offset.0);
    cluster.heartbeat(1);
    assert_eq!(
        cluster.since(mark),
        ["change 0 isr [0, 2]", "register 1", "broker 1 unfenced",]
    );
}

/// `auto-election.json` (REP-38).
#[test]
fn auto_election() {
    let config = ControllerConfig {
        leader_imbalance_check_interval_s: 30,
        ..ControllerConfig::default()
    };
    let mut cluster = Cluster::solo(config, &[0, 1, 2]);
    cluster.create(topic("steady", &[&[0, 1, 2], &[1, 2, 0]], &[]));
    cluster.pass(11, &[1, 2]);
    restart_unclean(&mut cluster, 0);
    cluster.alter(0, &[0, 1, 2], false);
    let mark = cluster.mark();
    cluster.pass(30, &[0, 1, 2]);
    assert_eq!(cluster.since(mark), ["change 0 leader 0"]);
}

/// `reassign.json` (REP-41): the leader's AlterPartition that adds the last new replica
/// completes the move, and the leadership goes with it.
#[test]
fn reassign() {
    let mut cluster = three();
    cluster.create(topic("moves", &[&[0, 1]], &[]));
    let mark = cluster.mark();
    let target = Some(vec![NodeId(1), NodeId(2)]);
    let request = AlterPartitionReassignmentsRequest {
        partitions: vec![("moves".into(), 0, target)],
    };
    cluster.ask(0, Request::AlterPartitionReassignments(request));
    let moved = cluster.alter(0, &[0, 1, 2], false);
    assert_eq!(moved.error, crate::error::ErrorCode::NewLeaderElected);
    assert_eq!(
        cluster.since(mark),
        [
            "change 0 replicas [1, 2, 0] removing [0] adding [2]",
            "change 0 isr [1, 2] replicas [1, 2] removing [] adding [] leader 1",
        ]
    );
}

/// `grow.json` (REP-37): configs in Kafka's order, then the end of the ELR.
#[test]
fn grow() {
    let mut cluster = three();
    cluster.create(topic("wide", &[&[0, 1, 2]], &[]));
    let mark = cluster.mark();
    let set = |name: &str, value: &str| (name.into(), AlterOp::Set(value.into()));
    let ops = vec![
        set("retention.ms", "60000"),
        set("min.insync.replicas", "2"),
    ];
    let request = IncrementalAlterConfigsRequest {
        resources: vec![(ConfigResource::Topic("wide".into()), ops)],
        validate_only: false,
    };
    cluster.ask(1, Request::IncrementalAlterConfigs(request));
    assert_eq!(
        cluster.since(mark),
        [
            "config min.insync.replicas=2",
            "config retention.ms=60000",
            "clear elr wide",
        ]
    );
}

/// `all-down.json` (BRK-6): brokers whose sessions end together are fenced one an event.
#[test]
fn all_down() {
    let mut cluster = three();
    cluster.create(topic("dark", &[&[0, 1, 2]], &[]));
    let mark = cluster.mark();
    cluster.run(Duration::from_secs(12));
    assert_eq!(
        cluster.since(mark),
        [
            "change 0 isr [1, 2] leader 1",
            "broker 0 fenced",
            "change 0 isr [2] leader 2",
            "broker 1 fenced",
            "change 0 isr [] elr [2] last [2] leader -1",
            "broker 2 fenced",
        ]
    );
    let log = &cluster.active().disk().raft.log;
    let fencings = (log.read_from(mark)).filter(|batch| batch.records.len() == 2);
    assert_eq!(fencings.count(), 3);
}
