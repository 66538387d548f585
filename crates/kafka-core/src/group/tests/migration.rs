//! NGP-12: classic and consumer members in one group, online upgrade and downgrade.

use super::*;
use crate::config::groups::MigrationPolicy;
use crate::consumer_protocol::{decode_assignment, encode_assignment};

const PARTITIONS: u32 = 50;

fn join_consumer(id: &str) -> ConsumerGroupHeartbeatRequest {
    ConsumerGroupHeartbeatRequest {
        group: GROUP.into(),
        member_id: id.into(),
        member_epoch: GroupEpoch::JOIN,
        group_instance_id: None,
        rack: None,
        rebalance_timeout_ms: Some(300_000),
        subscribed_topics: Some(vec!["orders".into()]),
        server_assignor: None,
        owned: Some(Vec::new()),
        client_id: id.into(),
        client_host: "/127.0.0.1".into(),
    }
}

fn stay_consumer(id: &str, epoch: i32) -> ConsumerGroupHeartbeatRequest {
    ConsumerGroupHeartbeatRequest {
        member_epoch: GroupEpoch(epoch),
        rebalance_timeout_ms: None,
        subscribed_topics: None,
        owned: None,
        ..join_consumer(id)
    }
}

impl Bench {
    fn consumer(
        &mut self,
        request: ConsumerGroupHeartbeatRequest,
    ) -> ConsumerGroupHeartbeatResponse {
        match self.ask(Request::ConsumerGroupHeartbeat(request)) {
            Some(Response::ConsumerGroupHeartbeat(response)) => response,
            other => panic!("not a heartbeat's answer: {other:?}"),
        }
    }

    /// A Stable classic group of two that own halves of `orders`.
    fn two_classic(&mut self) -> Vec<Name> {
        let ids = self.stable(&["a", "b"]);
        let half = |from: u32, to: u32| {
            encode_assignment(&vec![("orders".into(), (from..to).collect())], None)
        };
        // The group as it is after a generation with readable assignments.
        self.send(Request::JoinGroup(join("a", &ids[0])));
        self.send(Request::JoinGroup(join("b", &ids[1])));
        self.commit_appends();
        self.answers.clear();
        let leader = self.group().leader.clone().expect("a leader");
        let mut request = sync(&leader, 2, &[]);
        request.assignments = vec![
            (ids[0].clone(), half(0, 25)),
            (ids[1].clone(), half(25, PARTITIONS)),
        ];
        self.send(Request::SyncGroup(request));
        self.commit_appends();
        self.answers.clear();
        assert_eq!(self.state(), (GroupState::Stable, 2));
        ids
    }

    /// An eager member rejoins and fetches its assignment: generation and partitions.
    fn rejoin_classic(&mut self, client: &str, id: &Name) -> (i32, Vec<u32>) {
        let request = self.send(Request::JoinGroup(join(client, id)));
        self.commit_appends();
        let joined = self.join_answer(request);
        assert_eq!(joined.error, ErrorCode::None);
        let generation = joined.generation.0;
        let request = self.send(Request::SyncGroup(sync(id, generation, &[])));
        let synced = self.sync_answer(request);
        assert_eq!(synced.error, ErrorCode::None);
        let topics = decode_assignment(&synced.assignment).expect("an assignment");
        (generation, topics.into_iter().flat_map(|it| it.1).collect())
    }
}

/// The first consumer member makes the group a consumer group; the classic ones keep what
/// they have, are told to join again, and their generation is the epoch then.
#[test]
fn a_consumer_member_upgrades_a_running_classic_group() {
    let mut bench = Bench::new();
    let ids = bench.two_classic();
    let joined = bench.consumer(join_consumer("m"));
    assert_eq!((joined.error, joined.member_epoch.0), (ErrorCode::None, 3));
    assert_eq!(joined.assignment, Some(Vec::new()));
    assert_eq!(bench.state(), (GroupState::Reconciling, 3));
    assert_eq!(bench.heartbeat(&ids[0], 2), ErrorCode::RebalanceInProgress);
    bench.fail_over();
    assert_eq!(bench.state(), (GroupState::Reconciling, 3));
    let mut all = Vec::new();
    for (client, id) in ["a", "b"].into_iter().zip(&ids) {
        let (generation, mut owned) = bench.rejoin_classic(client, id);
        assert_eq!(generation, 3);
        assert_eq!(bench.heartbeat(id, 3), ErrorCode::None);
        all.append(&mut owned);
    }
    let rest = bench.consumer(stay_consumer("m", 3)).assignment;
    let rest = rest.expect("what the others gave up");
    assert!((16..=17).contains(&rest.len()), "{}", rest.len());
    all.extend(rest.iter().map(|it| it.partition));
    all.sort_unstable();
    assert_eq!(all, (0..PARTITIONS).collect::<Vec<u32>>());
    assert_eq!(bench.state(), (GroupState::Stable, 3));
    // Commits carry the generation; a wrong one is the classic protocol's error.
    let mut commits = |generation| {
        let request = commit(&ids[0], generation, 0, 5);
        commit_code(bench.ask(Request::OffsetCommit(request)))
    };
    assert_eq!(commits(3), Some(ErrorCode::None));
    assert_eq!(commits(4), Some(ErrorCode::IllegalGeneration));
}

/// When the last consumer member is gone the group is classic again and rebalances.
#[test]
fn the_last_consumer_member_leaves_a_classic_group() {
    let mut bench = Bench::new();
    let ids = bench.two_classic();
    bench.consumer(join_consumer("m"));
    for (client, id) in ["a", "b"].into_iter().zip(&ids) {
        bench.rejoin_classic(client, id);
    }
    bench.consumer(stay_consumer("m", 3));
    bench.consumer(stay_consumer("m", -1));
    assert!(bench.group().modern.is_none());
    assert_eq!(bench.state(), (GroupState::PreparingRebalance, 3));
    bench.fail_over();
    assert!(bench.group().modern.is_none());
    assert_eq!(bench.group().members.len(), 2);
    assert_eq!(bench.state(), (GroupState::Stable, 3));
    let first = bench.send(Request::JoinGroup(join("a", &ids[0])));
    bench.send(Request::JoinGroup(join("b", &ids[1])));
    assert_eq!(bench.join_answer(first).generation, Generation(4));
}

/// A classic member that does not join again loses its place after its rebalance timeout.
#[test]
fn a_classic_member_that_does_not_rejoin_is_removed() {
    let mut bench = Bench::new();
    let ids = bench.two_classic();
    bench.consumer(join_consumer("m"));
    for _ in 0..11 {
        assert_eq!(bench.heartbeat(&ids[0], 2), ErrorCode::RebalanceInProgress);
        bench.heartbeat(&ids[1], 2);
        bench.consumer(stay_consumer("m", 3));
        bench.pass_ms(28_000);
    }
    assert_eq!(bench.heartbeat(&ids[0], 2), ErrorCode::UnknownMemberId);
    assert_eq!(bench.consumer(stay_consumer("m", 3)).member_epoch.0, 5);
    assert_eq!(bench.state(), (GroupState::Stable, 5));
}

/// The policy decides; and a group that is empty of either kind makes way.
#[test]
fn a_policy_without_upgrades_keeps_the_group_classic() {
    let mut config = BrokerConfig::default();
    config.modern_groups.migration = MigrationPolicy::Disabled;
    let mut bench = Bench::with(config);
    let ids = bench.two_classic();
    let refused = bench.consumer(join_consumer("m")).error;
    assert_eq!(refused, ErrorCode::GroupIdNotFound);
    assert_eq!(bench.heartbeat(&ids[0], 2), ErrorCode::None);
    for id in &ids {
        bench.ask(leave(id, None));
    }
    bench.pass_ms(300_000);
    assert_eq!(bench.consumer(join_consumer("m")).member_epoch.0, 2);
    bench.consumer(stay_consumer("m", -1));
    let id = bench.new_id("a");
    bench.send(Request::JoinGroup(join("a", &id)));
    assert_eq!(bench.state(), (GroupState::PreparingRebalance, 0));
    bench.commit_appends();
}

/// GRP-23: a conversion that cannot be written has not happened.
#[test]
fn a_conversion_that_is_not_written_is_undone() {
    let mut bench = Bench::new();
    let ids = bench.two_classic();
    bench.send(Request::ConsumerGroupHeartbeat(join_consumer("m")));
    assert!(bench.group().modern.is_some());
    bench.fail_appends(ErrorCode::NotEnoughReplicas);
    assert!(bench.group().modern.is_none());
    assert_eq!(bench.state(), (GroupState::Stable, 2));
    assert_eq!(bench.heartbeat(&ids[0], 2), ErrorCode::None);
}
