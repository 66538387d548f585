//! Stored offsets and the administrator's view of groups.

use super::*;

const DAY_MS: u64 = 86_400_000;

fn stored(bench: &Bench, partition: u32) -> Option<i64> {
    let offsets = &bench.coordinator.group(GROUP)?.offsets;
    Some(offsets.get(&("orders".into(), partition))?.offset.0)
}

fn code(bench: &mut Bench, request: OffsetCommitRequest) -> Option<ErrorCode> {
    commit_code(bench.ask(Request::OffsetCommit(request)))
}

fn fetched(response: Option<Response>) -> Vec<(u32, i64)> {
    match response {
        Some(Response::OffsetFetch(response)) => {
            let offsets = response.offsets.iter();
            offsets.map(|o| (o.partition, o.offset.0)).collect()
        }
        other => panic!("not an OffsetFetch answer: {other:?}"),
    }
}

/// GRP-21: validity of a commit, in the states of a group.
#[test]
fn only_members_of_the_current_generation_commit() {
    let mut bench = Bench::new();
    let got = code(&mut bench, commit("a", 1, 0, 5));
    assert_eq!(got, Some(ErrorCode::GroupIdNotFound));
    let (id, _) = bench.join_new("a");
    bench.pass_ms(3_000);
    let got = code(&mut bench, commit(&id, 1, 0, 5));
    assert_eq!(
        got,
        Some(ErrorCode::RebalanceInProgress),
        "CompletingRebalance"
    );
    bench.finish_sync(std::slice::from_ref(&id), &["a"]);
    let cases = [
        (commit(&id, 1, 0, 5), ErrorCode::None),
        (commit(&id, 0, 0, 6), ErrorCode::IllegalGeneration),
        (commit("nobody", 1, 0, 6), ErrorCode::UnknownMemberId),
        (commit("", -1, 0, 6), ErrorCode::UnknownMemberId),
    ];
    for (request, expected) in cases {
        assert_eq!(code(&mut bench, request), Some(expected));
    }
    assert_eq!(stored(&bench, 0), Some(5));
    bench.join_new("b");
    let got = code(&mut bench, commit(&id, 1, 0, 7));
    assert_eq!(got, Some(ErrorCode::None), "PreparingRebalance accepts");
}

/// GRP-21: without membership a commit makes a group that only stores offsets.
#[test]
fn a_commit_without_membership_creates_a_simple_group() {
    let mut bench = Bench::new();
    assert_eq!(
        code(&mut bench, commit("", -1, 3, 9)),
        Some(ErrorCode::None)
    );
    assert_eq!(bench.state(), (GroupState::Empty, 0));
    assert_eq!(bench.group().protocol_type, None);
    assert_eq!(fetched(bench.ask(fetch_all(false))), [(3, 9)]);
}

/// GRP-22: the last write wins, also backwards; an unowned partition is not refused.
#[test]
fn commits_may_go_backwards() {
    let mut bench = Bench::new();
    let ids = bench.stable(&["a"]);
    for offset in [10, 4] {
        let got = code(&mut bench, commit(&ids[0], 1, 40, offset));
        assert_eq!(got, Some(ErrorCode::None));
    }
    assert_eq!(stored(&bench, 40), Some(4));
    let committed = |note: &&Note| matches!(note, Note::OffsetsCommitted(..));
    assert_eq!(bench.notes.iter().filter(committed).count(), 2);
}

/// GRP-22: a commit is answered, and seen, when it is committed; and it keeps the
/// session alive.
#[test]
fn a_commit_waits_for_the_log_and_is_a_sign_of_life() {
    let mut bench = Bench::new();
    let ids = bench.stable(&["a"]);
    bench.pass_ms(40_000);
    let request = bench.send(Request::OffsetCommit(commit(&ids[0], 1, 0, 5)));
    assert!(!bench.answers.contains_key(&request));
    assert_eq!(fetched(bench.answers_of(fetch_all(false))), []);
    let stable_read = bench.send(fetch_all(true));
    let beat = bench.send(beat(&ids[0], 1, None));
    assert!(!bench.answers.contains_key(&stable_read));
    assert!(!bench.answers.contains_key(&beat), "behind the write");
    bench.commit_appends();
    assert_eq!(
        commit_code(bench.answers.remove(&request)),
        Some(ErrorCode::None)
    );
    assert_eq!(fetched(bench.answers.remove(&stable_read)), [(0, 5)]);
    assert!(bench.answers.contains_key(&beat));
    bench.pass_ms(44_000);
    assert_eq!(bench.group().members.len(), 1);
}

/// GRP-23: what the client is told when the records cannot be stored.
#[test]
fn write_failures_are_mapped() {
    let mut bench = Bench::new();
    let ids = bench.stable(&["a"]);
    let cases = [
        (
            ErrorCode::UnknownTopicOrPartition,
            ErrorCode::CoordinatorNotAvailable,
        ),
        (
            ErrorCode::NotEnoughReplicas,
            ErrorCode::CoordinatorNotAvailable,
        ),
        (ErrorCode::NotLeaderOrFollower, ErrorCode::NotCoordinator),
        (ErrorCode::KafkaStorageError, ErrorCode::NotCoordinator),
        (ErrorCode::MessageTooLarge, ErrorCode::UnknownServerError),
    ];
    for (failure, expected) in cases {
        let request = bench.send(Request::OffsetCommit(commit(&ids[0], 1, 0, 5)));
        bench.fail_appends(failure);
        let answer = bench.answers.remove(&request);
        assert_eq!(commit_code(answer), Some(expected));
        assert_eq!(stored(&bench, 0), None);
    }
}

/// GRP-23: a commit that was appended but not acknowledged in time is refused, and
/// yet in the log: the coordinator keeps it, as it will find it after a failover.
#[test]
fn an_unacknowledged_commit_is_kept() {
    let mut bench = Bench::new();
    let ids = bench.stable(&["a"]);
    for failure in [
        ErrorCode::RequestTimedOut,
        ErrorCode::NotEnoughReplicasAfterAppend,
    ] {
        let request = bench.send(Request::OffsetCommit(commit(&ids[0], 1, 0, 5)));
        bench.fail_appends(failure);
        let answer = bench.answers.remove(&request);
        assert_eq!(
            commit_code(answer),
            Some(ErrorCode::CoordinatorNotAvailable)
        );
        assert_eq!(stored(&bench, 0), Some(5));
    }
}

/// GRP-23: too much metadata, or no such topic, fails that partition alone.
#[test]
fn a_bad_partition_does_not_spoil_the_others() {
    let mut bench = Bench::new();
    let mut request = commit("", -1, 0, 5);
    let good = request.offsets[0].clone();
    let mut large = good.clone();
    large.metadata = "x".repeat(4_097).into();
    let mut unknown = good.clone();
    unknown.topic_name = "nope".into();
    request.offsets = vec![large, good, unknown];
    let Some(Response::OffsetCommit(answer)) = bench.ask(Request::OffsetCommit(request)) else {
        panic!("no answer");
    };
    let codes: Vec<ErrorCode> = answer.partitions.iter().map(|(_, code)| *code).collect();
    let expected = [
        ErrorCode::OffsetMetadataTooLarge,
        ErrorCode::None,
        ErrorCode::UnknownTopicOrPartition,
    ];
    assert_eq!(codes, expected);
    assert_eq!(stored(&bench, 0), Some(5));
}

/// GRP-24: -1 for what is not stored, also of a group nobody knows.
#[test]
fn what_is_not_stored_is_minus_one() {
    let mut bench = Bench::new();
    let request = Request::OffsetFetch(OffsetFetchRequest {
        group: GROUP.into(),
        member: None,
        partitions: Some(vec![("orders".into(), 7)]),
        require_stable: true,
    });
    assert_eq!(fetched(bench.ask(request)), [(7, -1)]);
    assert_eq!(fetched(bench.ask(fetch_all(false))), []);
}

/// GRP-25: an empty group keeps its offsets for seven days after it became empty;
/// then they go, and the group with them.
#[test]
fn offsets_of_an_empty_group_expire_with_it() {
    let mut bench = Bench::new();
    let ids = bench.stable(&["a"]);
    code(&mut bench, commit(&ids[0], 1, 0, 5));
    bench.ask(leave(&ids[0], None));
    bench.pass_ms(7 * DAY_MS - 60_000);
    assert_eq!(stored(&bench, 0), Some(5));
    bench.pass_ms(700_000);
    assert!(bench.coordinator.group(GROUP).is_none());
    bench.fail_over();
    assert!(bench.coordinator.group(GROUP).is_none(), "tombstones");
}

/// GRP-25: a running group keeps the offsets of topics it subscribes to; those of
/// others go seven days after the commit.
#[test]
fn a_stable_group_loses_only_offsets_of_topics_it_left() {
    let mut bench = Bench::new();
    bench.image.topics_by_name.insert("old".into(), TopicId(0));
    let id = bench.new_id("a");
    let request = JoinGroupRequest {
        session_timeout_ms: 1_800_000,
        ..join("a", &id)
    };
    bench.send(Request::JoinGroup(request));
    bench.pass_ms(3_000);
    bench.finish_sync(std::slice::from_ref(&id), &["a"]);
    let mut request = commit(&id, 1, 0, 5);
    let mut old = request.offsets[0].clone();
    old.topic_name = "old".into();
    request.offsets.push(old);
    code(&mut bench, request);
    assert_eq!(bench.group().offsets.len(), 2);
    for _ in 0..(7 * 96 + 1) {
        bench.heartbeat(&id, 1);
        bench.pass_ms(DAY_MS / 96);
    }
    assert_eq!(bench.state().0, GroupState::Stable);
    assert_eq!(stored(&bench, 0), Some(5));
    assert_eq!(bench.group().offsets.len(), 1);
}

/// GRP-25: a group that only stores offsets keeps each for seven days.
#[test]
fn simple_offsets_expire_one_by_one() {
    let mut bench = Bench::new();
    code(&mut bench, commit("", -1, 0, 5));
    bench.pass_ms(4 * DAY_MS);
    code(&mut bench, commit("", -1, 1, 6));
    bench.pass_ms(4 * DAY_MS);
    assert_eq!((stored(&bench, 0), stored(&bench, 1)), (None, Some(6)));
}

/// TOP-9: with a topic go its offsets.
#[test]
fn offsets_of_a_deleted_topic_go() {
    let mut bench = Bench::new();
    code(&mut bench, commit("", -1, 0, 5));
    let mut fx = Effects::default();
    let (now, image) = (bench.now, bench.image.clone());
    let coordinator = &mut bench.coordinator;
    coordinator.on_topic_deleted(now, "orders", &image, &mut fx, &mut bench.appends);
    bench.drain(fx);
    bench.commit_appends();
    assert_eq!(stored(&bench, 0), None);
    bench.fail_over();
    assert_eq!(stored(&bench, 0), None);
}

fn described(bench: &mut Bench) -> DescribedGroup {
    let request = DescribeGroupsRequest {
        groups: vec![GROUP.into()],
    };
    match bench.ask(Request::DescribeGroups(request)) {
        Some(Response::DescribeGroups(mut response)) => response.groups.remove(0),
        other => panic!("not a DescribeGroups answer: {other:?}"),
    }
}

/// Recorded in group-cooperative: the assignor is shown only of a Stable group, the
/// assignments also while it rebalances.
#[test]
fn describe_shows_what_the_state_allows() {
    let mut bench = Bench::new();
    let group = described(&mut bench);
    assert_eq!(
        (group.error, &*group.state),
        (ErrorCode::GroupIdNotFound, "Dead")
    );
    bench.stable(&["a"]);
    let group = described(&mut bench);
    assert_eq!((&*group.state, &*group.protocol_name), ("Stable", "range"));
    assert_eq!(&*group.members[0].metadata, &*subscription("orders"));
    bench.join_new("b");
    let group = described(&mut bench);
    let shown = (&*group.state, &*group.protocol_name);
    assert_eq!(shown, ("PreparingRebalance", ""));
    let assigned: Vec<&[u8]> = group.members.iter().map(|m| &*m.assignment).collect();
    assert!(assigned.contains(&&b"a"[..]) && assigned.contains(&&b""[..]));
    assert_eq!(&*group.members[0].metadata, b"");
}

/// A group is listed once its first record is committed.
#[test]
fn list_shows_committed_groups() {
    let mut bench = Bench::new();
    let list = |bench: &mut Bench| match bench.answers_of(Request::ListGroups(ListGroupsRequest {}))
    {
        Some(Response::ListGroups(response)) => response.groups,
        other => panic!("not a ListGroups answer: {other:?}"),
    };
    bench.send(Request::JoinGroup(join("a", "")));
    assert_eq!(list(&mut bench), []);
    bench.commit_appends();
    let groups = list(&mut bench);
    assert_eq!((&*groups[0].group, &*groups[0].state), (GROUP, "Empty"));
    assert_eq!(&*groups[0].group_type, "Classic");
}

fn delete(bench: &mut Bench) -> Option<ErrorCode> {
    let request = DeleteGroupsRequest {
        groups: vec![GROUP.into()],
    };
    match bench.ask(Request::DeleteGroups(request)) {
        Some(Response::DeleteGroups(response)) => Some(response.groups[0].1),
        _ => None,
    }
}

/// Recorded in b-groups-static: only an empty group can be deleted; afterwards it is
/// unknown, also to the next coordinator.
#[test]
fn only_an_empty_group_can_be_deleted() {
    let mut bench = Bench::new();
    assert_eq!(delete(&mut bench), Some(ErrorCode::GroupIdNotFound));
    let ids = bench.stable(&["a"]);
    code(&mut bench, commit(&ids[0], 1, 0, 5));
    assert_eq!(delete(&mut bench), Some(ErrorCode::NonEmptyGroup));
    bench.ask(leave(&ids[0], None));
    assert_eq!(delete(&mut bench), Some(ErrorCode::None));
    assert_eq!(described(&mut bench).error, ErrorCode::GroupIdNotFound);
    bench.fail_over();
    assert!(bench.coordinator.group(GROUP).is_none());
}

/// A deletion that cannot be stored leaves the group as it was.
#[test]
fn a_failed_deletion_leaves_the_group() {
    let mut bench = Bench::new();
    code(&mut bench, commit("", -1, 0, 5));
    let request = DeleteGroupsRequest {
        groups: vec![GROUP.into()],
    };
    let id = bench.send(Request::DeleteGroups(request));
    bench.fail_appends(ErrorCode::NotEnoughReplicas);
    let Response::DeleteGroups(answer) = bench.answer(id) else {
        panic!("not a DeleteGroups answer");
    };
    assert_eq!(answer.groups[0].1, ErrorCode::CoordinatorNotAvailable);
    assert_eq!(
        (bench.state().0, stored(&bench, 0)),
        (GroupState::Empty, Some(5))
    );
}

/// OffsetDelete spares topics somebody subscribes to.
#[test]
fn offsets_of_subscribed_topics_cannot_be_deleted() {
    let mut bench = Bench::new();
    let ids = bench.stable(&["a"]);
    code(&mut bench, commit(&ids[0], 1, 0, 5));
    let ask = |bench: &mut Bench| {
        let request = OffsetDeleteRequest {
            group: GROUP.into(),
            partitions: vec![("orders".into(), 0)],
        };
        match bench.ask(Request::OffsetDelete(request)) {
            Some(Response::OffsetDelete(response)) => response.partitions[0].2,
            other => panic!("not an OffsetDelete answer: {other:?}"),
        }
    };
    assert_eq!(ask(&mut bench), ErrorCode::GroupSubscribedToTopic);
    bench.ask(leave(&ids[0], None));
    assert_eq!(ask(&mut bench), ErrorCode::None);
    assert_eq!(stored(&bench, 0), None);
}

impl Bench {
    /// The answer a request gets before any append is committed.
    fn answers_of(&mut self, request: Request) -> Option<Response> {
        let id = self.send(request);
        self.answers.remove(&id)
    }
}
