//! Static members (`group.instance.id`).

use super::*;

fn join_static(instance: &str, member_id: &str) -> JoinGroupRequest {
    JoinGroupRequest {
        group_instance_id: Some(instance.into()),
        ..join("app", member_id)
    }
}

/// A Stable group of two static members, i-1 and i-2.
fn stable(bench: &mut Bench) -> (Name, Name) {
    let first = bench.send(Request::JoinGroup(join_static("i-1", "")));
    let second = bench.send(Request::JoinGroup(join_static("i-2", "")));
    bench.commit_appends();
    bench.pass_ms(6_000);
    let ids = [
        bench.join_answer(first).member_id,
        bench.join_answer(second).member_id,
    ];
    // The first one leads.
    bench.send(Request::SyncGroup(sync(&ids[1], 1, &[])));
    bench.finish_sync(&ids, &["p0", "p1"]);
    let [first, second] = ids;
    (first, second)
}

/// A static member needs no second JoinGroup; its id begins with the instance id
/// (recorded: b-groups-static).
#[test]
fn a_static_member_joins_at_once() {
    let mut bench = Bench::new();
    let (first, second) = stable(&mut bench);
    assert!(first.starts_with("i-1-") && second.starts_with("i-2-"));
}

/// GRP-19, GRP-20: a restarted static member takes its assignment over; nobody
/// rebalances, and its old self is fenced.
#[test]
fn a_restart_within_the_session_changes_nothing_for_the_others() {
    let mut bench = Bench::new();
    let (first, second) = stable(&mut bench);
    bench.pass_ms(40_000);
    bench.heartbeat(&first, 1);
    let request = bench.send(Request::JoinGroup(join_static("i-2", "")));
    assert!(
        !bench.answers.contains_key(&request),
        "waits for its record"
    );
    bench.commit_appends();
    let answer = bench.join_answer(request);
    assert_eq!(
        (answer.error, answer.generation),
        (ErrorCode::None, Generation(1))
    );
    assert!(!answer.skip_assignment, "a follower");
    assert_eq!(bench.state(), (GroupState::Stable, 1));
    assert_eq!(bench.assignment(&answer.member_id), "p1");
    let mut old = sync(&second, 1, &[]);
    old.group_instance_id = Some("i-2".into());
    let fenced = bench.send(Request::SyncGroup(old));
    assert_eq!(bench.sync_answer(fenced).error, ErrorCode::FencedInstanceId);
    let old = bench.ask(beat(&second, 1, Some("i-2")));
    let fenced = HeartbeatResponse {
        error: ErrorCode::FencedInstanceId,
    };
    assert_eq!(old, Some(Response::Heartbeat(fenced)));
    bench.pass_ms(44_000);
    bench.heartbeat(&first, 1);
    assert_eq!(bench.group().members.len(), 2, "its session began anew");
}

/// GRP-19: the group leader that comes back need not assign again.
#[test]
fn a_returning_leader_skips_the_assignment() {
    let mut bench = Bench::new();
    stable(&mut bench);
    let request = bench.send(Request::JoinGroup(join_static("i-1", "")));
    bench.commit_appends();
    let answer = bench.join_answer(request);
    assert!(answer.skip_assignment);
    assert_eq!(answer.leader, answer.member_id);
    assert_eq!(answer.members.len(), 2);
}

/// GRP-19, GRP-23: if the new id cannot be stored, the old one stays.
#[test]
fn a_failed_takeover_is_undone() {
    let mut bench = Bench::new();
    let (_, second) = stable(&mut bench);
    let request = bench.send(Request::JoinGroup(join_static("i-2", "")));
    bench.fail_appends(ErrorCode::NotEnoughReplicas);
    let error = bench.join_answer(request).error;
    assert_eq!(error, ErrorCode::CoordinatorNotAvailable);
    assert_eq!(bench.heartbeat(&second, 1), ErrorCode::None);
    assert_eq!(bench.assignment(&second), "p1");
}

/// GRP-19: a takeover that changes the assignor needs a rebalance after all.
#[test]
fn a_takeover_with_another_assignor_rebalances() {
    let mut bench = Bench::new();
    let id = bench.send(Request::JoinGroup(join_static("i-1", "")));
    bench.commit_appends();
    bench.pass_ms(3_000);
    let id = bench.join_answer(id).member_id;
    bench.finish_sync(&[id], &["p0"]);
    let request = JoinGroupRequest {
        protocols: vec![
            ("sticky".into(), subscription("orders")),
            ("range".into(), subscription("orders")),
        ],
        ..join_static("i-1", "")
    };
    let request = bench.send(Request::JoinGroup(request));
    assert_eq!(bench.state(), (GroupState::CompletingRebalance, 2));
    let answer = bench.join_answer(request);
    assert_eq!(answer.protocol_name.as_deref(), Some("sticky"));
}

/// GRP-19: during the sync phase a takeover begins a new rebalance, because the leader
/// has already been told the old id.
#[test]
fn a_takeover_during_sync_rebalances() {
    let mut bench = Bench::new();
    bench.send(Request::JoinGroup(join_static("i-1", "")));
    bench.commit_appends();
    bench.pass_ms(3_000);
    assert_eq!(bench.state(), (GroupState::CompletingRebalance, 1));
    bench.send(Request::JoinGroup(join_static("i-1", "")));
    assert_eq!(bench.state(), (GroupState::CompletingRebalance, 2));
}

/// GRP-7, GRP-9: at the rebalance timeout static members stay; if nobody at all has
/// come, the phase goes on.
#[test]
fn static_members_survive_the_rebalance_timeout() {
    let mut bench = Bench::new();
    let long = |instance: &str| JoinGroupRequest {
        session_timeout_ms: 1_000_000,
        ..join_static(instance, "")
    };
    for instance in ["i-1", "i-2"] {
        bench.send(Request::JoinGroup(long(instance)));
    }
    bench.commit_appends();
    bench.pass_ms(6_000);
    let ids: Vec<Name> = bench.group().members.keys().cloned().collect();
    bench.send(Request::SyncGroup(sync(&ids[1], 1, &[])));
    bench.finish_sync(&ids, &["p0", "p1"]);
    let third = bench.new_id("c");
    bench.send(Request::JoinGroup(join("c", &third)));
    bench.ask(leave(&third, None));
    assert_eq!(bench.state(), (GroupState::PreparingRebalance, 1));
    bench.pass_ms(600_000);
    assert_eq!(bench.state(), (GroupState::PreparingRebalance, 1), "GRP-9");
    assert_eq!(bench.group().members.len(), 2);
    let mut rejoin = long("i-2");
    rejoin.member_id = ids[1].clone();
    bench.send(Request::JoinGroup(rejoin));
    bench.pass_ms(300_000);
    assert_eq!(bench.state(), (GroupState::CompletingRebalance, 2), "GRP-7");
    assert_eq!(bench.group().members.len(), 2);
    assert!(bench.group().is_leader(&ids[1]), "one who came leads");
}

/// GRP-20: beyond the session a static member is removed like any other.
#[test]
fn a_static_member_that_stays_away_is_removed() {
    let mut bench = Bench::new();
    let (first, _) = stable(&mut bench);
    bench.pass_ms(40_000);
    bench.heartbeat(&first, 1);
    bench.pass_ms(5_000);
    assert_eq!(bench.state().0, GroupState::PreparingRebalance);
    assert_eq!(bench.group().members.len(), 1);
}

/// GRP-20: an administrator removes a member by its instance id alone.
#[test]
fn an_administrator_removes_by_instance_id() {
    let mut bench = Bench::new();
    stable(&mut bench);
    assert_eq!(
        leave_codes(bench.ask(leave("", Some("i-2")))),
        [ErrorCode::None]
    );
    let again = leave_codes(bench.ask(leave("", Some("i-2"))));
    assert_eq!(again, [ErrorCode::UnknownMemberId]);
    let fenced = leave_codes(bench.ask(leave("i-1-old", Some("i-1"))));
    assert_eq!(fenced, [ErrorCode::FencedInstanceId]);
}
