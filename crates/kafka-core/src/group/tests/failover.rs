//! A new coordinator takes over from the log.

use super::*;

/// GRP-26: members of the persisted generation go on without a rebalance; their
/// sessions begin anew; offsets are there.
#[test]
fn members_of_the_persisted_generation_go_on() {
    let mut bench = Bench::new();
    let ids = bench.stable(&["a", "b"]);
    bench.ask(Request::OffsetCommit(commit(&ids[0], 1, 0, 5)));
    let before = bench.group().clone();
    bench.pass_ms(40_000);
    bench.fail_over();
    assert_eq!(bench.state(), (GroupState::Stable, 1));
    assert_eq!(bench.group().members.len(), 2);
    assert_eq!(bench.group().leader, before.leader);
    assert_eq!(bench.group().offsets, before.offsets);
    assert_eq!(bench.assignment(&ids[1]), "b");
    bench.pass_ms(44_000);
    assert_eq!(bench.heartbeat(&ids[0], 1), ErrorCode::None);
    bench.pass_ms(1_000);
    assert_eq!(bench.group().members.len(), 1, "b was silent");
}

/// GRP-26: a generation that was never persisted is lost; its members must rejoin.
#[test]
fn an_unpersisted_generation_is_lost() {
    let mut bench = Bench::new();
    let ids = bench.stable(&["a"]);
    bench.send(Request::JoinGroup(join("a", &ids[0])));
    assert_eq!(bench.state(), (GroupState::CompletingRebalance, 2));
    bench.fail_over();
    assert_eq!(bench.state(), (GroupState::Stable, 1));
    assert_eq!(bench.heartbeat(&ids[0], 2), ErrorCode::IllegalGeneration);
    assert_eq!(bench.heartbeat(&ids[0], 1), ErrorCode::None);
}

/// GRP-26: a join phase in progress is lost; a new group is found empty, and ids that
/// were handed out are unknown.
#[test]
fn a_join_phase_is_lost() {
    let mut bench = Bench::new();
    let (id, _) = bench.join_new("a");
    bench.fail_over();
    assert_eq!(bench.state(), (GroupState::Empty, 0));
    let request = bench.send(Request::JoinGroup(join("a", &id)));
    let error = bench.join_answer(request).error;
    assert_eq!(error, ErrorCode::UnknownMemberId);
}

/// GRP-26, GRP-19: instance ids come back with their members.
#[test]
fn static_members_keep_their_instance_ids() {
    let mut bench = Bench::new();
    let request = JoinGroupRequest {
        group_instance_id: Some("i-1".into()),
        ..join("app", "")
    };
    let id = bench.send(Request::JoinGroup(request));
    bench.commit_appends();
    bench.pass_ms(3_000);
    let id = bench.join_answer(id).member_id;
    bench.finish_sync(std::slice::from_ref(&id), &["p0"]);
    bench.fail_over();
    let answer = bench.ask(beat(&id, 1, Some("i-1")));
    let fine = HeartbeatResponse {
        error: ErrorCode::None,
    };
    assert_eq!(answer, Some(Response::Heartbeat(fine)));
}

/// GRP-27: a coordinator that loses its partition sends everybody away at once and
/// stops its timers.
#[test]
fn losing_the_partition_sends_everybody_away() {
    let mut bench = Bench::new();
    let (first, _) = bench.join_new("a");
    let (second, _) = bench.join_new("b");
    bench.pass_ms(6_000);
    bench.answers.clear();
    let leader = bench.group().leader.clone().expect("a leader");
    let follower = if leader == first { second } else { first };
    let parked_sync = bench.send(Request::SyncGroup(sync(&follower, 1, &[])));
    let parked_leader = bench.send(Request::SyncGroup(sync(&leader, 1, &[])));
    let parked_beat = bench.send(beat(&leader, 1, None));
    bench.unload();
    for id in [parked_sync, parked_leader] {
        assert_eq!(bench.sync_answer(id).error, ErrorCode::NotCoordinator);
    }
    let away = HeartbeatResponse {
        error: ErrorCode::NotCoordinator,
    };
    assert_eq!(bench.answer(parked_beat), Response::Heartbeat(away));
    assert_eq!(bench.timers, BTreeMap::new());
    assert_eq!(bench.coordinator.groups().count(), 0);
}

/// GRP-27: parked joins and commits are sent away, too; a result that comes late
/// changes nothing.
#[test]
fn parked_joins_and_commits_are_sent_away() {
    let mut bench = Bench::new();
    let ids = bench.stable(&["a"]);
    let commit = bench.send(Request::OffsetCommit(commit(&ids[0], 1, 0, 5)));
    let ticket = bench.appends[0].ticket;
    let (_, parked_join) = {
        let id = RequestId(bench.next_id + 1);
        bench.send(Request::JoinGroup(join("b", "")));
        let member = bench.join_answer(id).member_id;
        let request = bench.send(Request::JoinGroup(join("b", &member)));
        (member, request)
    };
    bench.unload();
    let answer = bench.answers.remove(&commit);
    assert_eq!(commit_code(answer), Some(ErrorCode::NotCoordinator));
    assert_eq!(
        bench.join_answer(parked_join).error,
        ErrorCode::NotCoordinator
    );
    bench.report(ticket, Ok(()));
    assert!(bench.answers.is_empty());
    bench.load();
    assert!(bench.group().offsets.is_empty());
}

/// GRP-26: the last record of a key wins, and a tombstone removes.
#[test]
fn replaying_gives_what_was_there() {
    let mut bench = Bench::new();
    let ids = bench.stable(&["a"]);
    for offset in 0..20 {
        let request = commit(&ids[0], 1, (offset % 3) as u32, offset);
        bench.ask(Request::OffsetCommit(request));
    }
    bench.join_new("b");
    bench.send(Request::JoinGroup(join("a", &ids[0])));
    let members: Vec<Name> = bench.group().members.keys().cloned().collect();
    bench.finish_sync(&members, &["x", "y"]);
    let before = bench.group().clone();
    bench.fail_over();
    let after = bench.group();
    assert_eq!(after.offsets, before.offsets);
    assert_eq!(after.generation, before.generation);
    assert_eq!(after.subscribed_topics, before.subscribed_topics);
    let assignments = |group: &Group| group.assignments();
    assert_eq!(assignments(after), assignments(&before));
}
