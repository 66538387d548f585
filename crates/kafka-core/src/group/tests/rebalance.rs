//! Join phase and sync phase.

use super::*;
use crate::note::MemberRemoval;

fn wants(member: &str, protocols: &[&str]) -> JoinGroupRequest {
    let names = protocols.iter();
    JoinGroupRequest {
        protocols: names
            .map(|name| ((*name).into(), subscription("orders")))
            .collect(),
        ..join("app", member)
    }
}

/// GRP-6: the first member waits 3 s, alone, although it is everybody.
#[test]
fn the_first_generation_begins_after_the_initial_delay() {
    let mut bench = Bench::new();
    let (id, request) = bench.join_new("a");
    assert_eq!(bench.state(), (GroupState::PreparingRebalance, 0));
    bench.pass_ms(2_999);
    assert!(bench.answers.is_empty());
    bench.pass_ms(1);
    let answer = bench.join_answer(request);
    assert_eq!(
        (answer.error, answer.generation),
        (ErrorCode::None, Generation(1))
    );
    assert_eq!((answer.leader.clone(), answer.member_id), (id.clone(), id));
    assert_eq!(answer.protocol_name.as_deref(), Some("range"));
    assert_eq!(answer.members.len(), 1);
}

/// GRP-6: each newcomer during a wait buys another one; a wait that brings nobody
/// ends it.
#[test]
fn newcomers_prolong_the_initial_delay() {
    let mut bench = Bench::new();
    bench.join_new("a");
    bench.pass_ms(2_000);
    bench.join_new("b");
    bench.pass_ms(2_000);
    bench.join_new("c");
    bench.pass_ms(4_999);
    assert_eq!(bench.state().0, GroupState::PreparingRebalance);
    bench.pass_ms(1);
    assert_eq!(bench.state(), (GroupState::CompletingRebalance, 1));
    assert_eq!(bench.group().members.len(), 3);
    assert_eq!(bench.now, Time(9_000_000));
}

/// GRP-6: the waits together never exceed the rebalance timeout of the first member
/// (recorded: group-maxpoll, 6 s, two members at the start: Stable after 6 s).
#[test]
fn the_initial_delay_ends_at_the_rebalance_timeout() {
    let mut bench = Bench::new();
    let id = bench.new_id("a");
    let request = JoinGroupRequest {
        rebalance_timeout_ms: 7_000,
        ..join("a", &id)
    };
    bench.send(Request::JoinGroup(request));
    for client in ["b", "c", "d"] {
        bench.pass_ms(2_000);
        bench.join_new(client);
    }
    // Waits of 3, 3 and 1 s: somebody came in each, but the time is used up.
    bench.pass_ms(999);
    assert_eq!(bench.state().0, GroupState::PreparingRebalance);
    bench.pass_ms(1);
    assert_eq!(bench.state(), (GroupState::CompletingRebalance, 1));
    assert_eq!(bench.now, Time(7_000_000));
}

/// GRP-7, GRP-8: an established group waits for nobody but its members.
#[test]
fn a_rebalance_completes_when_all_have_rejoined() {
    let mut bench = Bench::new();
    let ids = bench.stable(&["a", "b"]);
    let (third, request) = bench.join_new("c");
    assert_eq!(bench.state(), (GroupState::PreparingRebalance, 1));
    let first = bench.send(Request::JoinGroup(join("a", &ids[0])));
    assert_eq!(bench.state().0, GroupState::PreparingRebalance);
    bench.send(Request::JoinGroup(join("b", &ids[1])));
    assert_eq!(bench.state(), (GroupState::CompletingRebalance, 2));
    let leader = bench.join_answer(first);
    assert_eq!(leader.leader, ids[0], "the leader stays");
    assert_eq!(leader.members.len(), 3);
    let newcomer = bench.join_answer(request);
    assert_eq!((newcomer.member_id, newcomer.members.len()), (third, 0));
}

/// GRP-7: a handed out id that has not joined yet holds the phase open.
#[test]
fn a_pending_member_holds_the_join_phase_open() {
    let mut bench = Bench::new();
    let ids = bench.stable(&["a"]);
    let id = bench.new_id("b");
    bench.send(Request::JoinGroup(join("a", &ids[0])));
    assert_eq!(bench.state().0, GroupState::PreparingRebalance);
    bench.send(Request::JoinGroup(join("b", &id)));
    assert_eq!(bench.state(), (GroupState::CompletingRebalance, 2));
}

/// GRP-7, GRP-8: at the rebalance timeout members that did not come are removed, and
/// another one leads.
#[test]
fn who_does_not_rejoin_in_time_is_removed() {
    let mut bench = Bench::new();
    let ids = bench.stable(&["a", "b"]);
    let (third, request) = bench.join_new("c");
    bench.send(Request::JoinGroup(join("b", &ids[1])));
    for _ in 0..29 {
        bench.pass_ms(10_000);
        assert_eq!(bench.heartbeat(&ids[0], 1), ErrorCode::RebalanceInProgress);
    }
    assert_eq!(bench.state().0, GroupState::PreparingRebalance);
    bench.pass_ms(10_000);
    assert_eq!(bench.state(), (GroupState::CompletingRebalance, 2));
    let removed = Note::MemberRemoved(
        GROUP.into(),
        ids[0].clone(),
        MemberRemoval::RebalanceTimeout,
    );
    assert!(bench.notes.contains(&removed));
    let leader = bench.join_answer(request).leader;
    assert_eq!(leader, ids[1].clone().min(third));
    assert_eq!(bench.heartbeat(&ids[0], 1), ErrorCode::UnknownMemberId);
}

/// GRP-8: first preferences among common names; the majority wins.
#[test]
fn members_vote_for_the_assignor() {
    let mut bench = Bench::new();
    for protocols in [
        &["sticky", "range"][..],
        &["range", "sticky"],
        &["roundrobin", "range", "sticky"],
    ] {
        let id = bench.new_id("app");
        bench.send(Request::JoinGroup(wants(&id, protocols)));
    }
    bench.pass_ms(6_000);
    // roundrobin is not known to all, so the third member votes for range.
    assert_eq!(bench.group().protocol_name.as_deref(), Some("range"));
}

/// GRP-8: a tie goes to the lowest name (B-3; Kafka's order is arbitrary).
#[test]
fn a_tied_vote_goes_to_the_lowest_name() {
    let mut bench = Bench::new();
    for protocols in [["sticky", "range"], ["range", "sticky"]] {
        let id = bench.new_id("app");
        bench.send(Request::JoinGroup(wants(&id, &protocols)));
    }
    bench.pass_ms(6_000);
    assert_eq!(bench.group().protocol_name.as_deref(), Some("range"));
}

/// GRP-5: what a JoinGroup of a member does in a Stable group.
#[test]
fn only_a_leader_or_a_change_disturbs_a_stable_group() {
    let mut bench = Bench::new();
    let ids = bench.stable(&["a", "b"]);
    let same = bench.send(Request::JoinGroup(join("b", &ids[1])));
    assert_eq!(bench.join_answer(same).generation, Generation(1));
    assert_eq!(bench.state(), (GroupState::Stable, 1));
    let changed = JoinGroupRequest {
        protocols: vec![("range".into(), subscription("payments"))],
        ..join("b", &ids[1])
    };
    bench.send(Request::JoinGroup(changed));
    assert_eq!(bench.state().0, GroupState::PreparingRebalance);
    bench.send(Request::JoinGroup(join("a", &ids[0])));
    assert_eq!(bench.state(), (GroupState::CompletingRebalance, 2));
    bench.finish_sync(&ids, &["a", "b"]);
    bench.send(Request::JoinGroup(join("a", &ids[0])));
    assert_eq!(
        bench.state().0,
        GroupState::PreparingRebalance,
        "leader rejoins"
    );
}

/// GRP-5: in CompletingRebalance an unchanged member gets the generation again, and
/// members parked in Sync learn of a new rebalance.
#[test]
fn a_join_during_sync_sends_the_parked_back() {
    let mut bench = Bench::new();
    let (first, _) = bench.join_new("a");
    let (second, _) = bench.join_new("b");
    bench.pass_ms(6_000);
    let again = bench.send(Request::JoinGroup(join("a", &first)));
    assert_eq!(bench.join_answer(again).generation, Generation(1));
    let follower = if bench.group().is_leader(&first) {
        &second
    } else {
        &first
    };
    let parked = bench.send(Request::SyncGroup(sync(follower, 1, &[])));
    bench.join_new("c");
    assert_eq!(
        bench.sync_answer(parked).error,
        ErrorCode::RebalanceInProgress
    );
    assert_eq!(bench.state().0, GroupState::PreparingRebalance);
}

/// GRP-11: assignments are handed out once they are committed, not before.
#[test]
fn assignments_wait_for_the_log() {
    let mut bench = Bench::new();
    let (id, _) = bench.join_new("a");
    bench.pass_ms(3_000);
    let request = bench.send(Request::SyncGroup(sync(&id, 1, &[(&id, "p0")])));
    assert_eq!(bench.state().0, GroupState::CompletingRebalance);
    assert!(!bench.answers.contains_key(&request));
    bench.commit_appends();
    let answer = bench.sync_answer(request);
    assert_eq!(
        (answer.error, &*answer.assignment),
        (ErrorCode::None, &b"p0"[..])
    );
    assert_eq!(bench.state(), (GroupState::Stable, 1));
    let again = bench.send(Request::SyncGroup(sync(&id, 1, &[])));
    assert_eq!(&*bench.sync_answer(again).assignment, b"p0");
}

/// GRP-11: whom the leader forgets gets an empty assignment.
#[test]
fn a_missing_assignment_is_empty() {
    let mut bench = Bench::new();
    let ids = bench.stable(&["a", "b"]);
    assert_eq!(bench.assignment(&ids[0]), "a");
    bench.send(Request::JoinGroup(join("a", &ids[0])));
    bench.send(Request::JoinGroup(join("b", &ids[1])));
    bench.finish_sync(&ids[..1], &["all"]);
    assert_eq!(bench.assignment(&ids[0]), "all");
    assert_eq!(bench.assignment(&ids[1]), "");
}

/// GRP-11, GRP-23: if the record cannot be stored, all get the mapped error and
/// rejoin.
#[test]
fn a_failed_write_of_assignments_rebalances() {
    let mut bench = Bench::new();
    let (id, _) = bench.join_new("a");
    bench.pass_ms(3_000);
    let request = bench.send(Request::SyncGroup(sync(&id, 1, &[(&id, "p0")])));
    bench.fail_appends(ErrorCode::NotEnoughReplicas);
    let error = bench.sync_answer(request).error;
    assert_eq!(error, ErrorCode::CoordinatorNotAvailable);
    assert_eq!(bench.state(), (GroupState::PreparingRebalance, 1));
    assert_eq!(bench.assignment(&id), "");
}

/// GRP-11: a result that comes after the group has moved on changes nothing.
#[test]
fn a_late_result_of_an_old_generation_is_dropped() {
    let mut bench = Bench::new();
    let (id, _) = bench.join_new("a");
    bench.pass_ms(3_000);
    bench.send(Request::SyncGroup(sync(&id, 1, &[(&id, "p0")])));
    let late = bench.appends.remove(0);
    bench.join_new("b");
    bench.send(Request::JoinGroup(join("a", &id)));
    assert_eq!(bench.state(), (GroupState::CompletingRebalance, 2));
    bench.report(late.ticket, Ok(()));
    assert_eq!(bench.state(), (GroupState::CompletingRebalance, 2));
    assert_eq!(bench.assignment(&id), "");
}

/// GRP-11: what a SyncGroup is refused for.
#[test]
fn unfit_syncs_are_refused() {
    let mut bench = Bench::new();
    let ids = bench.stable(&["a"]);
    let mut other_protocol = sync(&ids[0], 1, &[]);
    other_protocol.protocol_name = Some("sticky".into());
    let cases = [
        (sync("nobody", 1, &[]), ErrorCode::UnknownMemberId),
        (sync(&ids[0], 2, &[]), ErrorCode::IllegalGeneration),
        (other_protocol, ErrorCode::InconsistentGroupProtocol),
    ];
    for (request, expected) in cases {
        let id = bench.send(Request::SyncGroup(request));
        assert_eq!(bench.sync_answer(id).error, expected);
    }
    bench.join_new("b");
    let id = bench.send(Request::SyncGroup(sync(&ids[0], 1, &[])));
    assert_eq!(bench.sync_answer(id).error, ErrorCode::RebalanceInProgress);
}

/// GRP-12: a member that never syncs is removed at the sync timeout.
#[test]
fn who_never_syncs_is_removed() {
    let mut bench = Bench::new();
    let (first, _) = bench.join_new("a");
    let (second, _) = bench.join_new("b");
    bench.pass_ms(6_000);
    let leader = bench.group().leader.clone().expect("a leader");
    let silent = if leader == first { second } else { first };
    bench.send(Request::SyncGroup(sync(&leader, 1, &[])));
    bench.commit_appends();
    for _ in 0..10 {
        assert_eq!(bench.state(), (GroupState::Stable, 1));
        bench.pass_ms(30_000);
        bench.heartbeat(&silent, 1);
        bench.heartbeat(&leader, 1);
    }
    assert_eq!(bench.state().0, GroupState::PreparingRebalance);
    let removed = Note::MemberRemoved(GROUP.into(), silent, MemberRemoval::SyncTimeout);
    assert!(bench.notes.contains(&removed));
}

/// GRP-10: a first join may stay parked for 300 s, longer than its session, and is
/// then refused.
#[test]
fn a_parked_first_join_outlives_its_session_but_not_five_minutes() {
    let mut bench = Bench::new();
    let ids = bench.stable(&["a"]);
    let slow = JoinGroupRequest {
        rebalance_timeout_ms: 600_000,
        ..join("b", &bench.new_id("b"))
    };
    let request = bench.send(Request::JoinGroup(slow));
    for _ in 0..29 {
        bench.pass_ms(10_000);
        bench.heartbeat(&ids[0], 1);
    }
    assert_eq!(bench.group().members.len(), 2);
    bench.pass_ms(10_000);
    let error = bench.join_answer(request).error;
    assert_eq!(error, ErrorCode::UnknownMemberId);
    assert_eq!(bench.group().members.len(), 1);
}

/// GRP-14: a rejoining member that is parked needs no heartbeats.
#[test]
fn a_parked_member_is_alive() {
    let mut bench = Bench::new();
    let ids = bench.stable(&["a", "b"]);
    bench.send(Request::JoinGroup(join("a", &ids[0])));
    for _ in 0..6 {
        bench.pass_ms(40_000);
        bench.heartbeat(&ids[1], 1);
    }
    assert_eq!(bench.group().members.len(), 2);
    assert_eq!(bench.state(), (GroupState::PreparingRebalance, 1));
}

/// Section 7: the generation never decreases, and rises by one a join phase.
#[test]
fn generations_count_join_phases() {
    let mut bench = Bench::new();
    let ids = bench.stable(&["a"]);
    for generation in 2..6 {
        bench.send(Request::JoinGroup(join("a", &ids[0])));
        assert_eq!(bench.state(), (GroupState::CompletingRebalance, generation));
        bench.finish_sync(&ids, &["a"]);
    }
}
