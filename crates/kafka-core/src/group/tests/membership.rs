//! JoinGroup, Heartbeat and LeaveGroup of dynamic members.

use super::*;
use crate::note::MemberRemoval;

fn refused(bench: &mut Bench, request: JoinGroupRequest) -> ErrorCode {
    match bench.ask(Request::JoinGroup(request)) {
        Some(Response::JoinGroup(response)) => response.error,
        other => panic!("parked or odd: {other:?}"),
    }
}

/// GRP-2, GRP-27: a broker that does not lead the group's partition says so.
#[test]
fn another_broker_is_not_the_coordinator() {
    let mut bench = Bench::new();
    bench.unload();
    assert_eq!(
        refused(&mut bench, join("app", "")),
        ErrorCode::NotCoordinator
    );
    assert_eq!(bench.heartbeat("app-1", 1), ErrorCode::NotCoordinator);
    let answer = bench.ask(Request::OffsetCommit(commit("", -1, 0, 5)));
    assert_eq!(commit_code(answer), Some(ErrorCode::NotCoordinator));
}

/// GRP-3: the first JoinGroup hands out `<clientId>-<uuid>`; the uuid has the form of
/// `java.util.UUID.randomUUID`. The id is remembered as long as a session lasts.
#[test]
fn a_member_id_is_handed_out_and_expires_unused() {
    let mut bench = Bench::new();
    let id = bench.new_id("app-1");
    let uuid = id.strip_prefix("app-1-").expect("client id first");
    let parts: Vec<&str> = uuid.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    assert_eq!(lengths, [8, 4, 4, 4, 12]);
    assert!(parts[2].starts_with('4'), "version 4: {uuid}");
    assert!(
        parts[3].starts_with(['8', '9', 'a', 'b']),
        "variant: {uuid}"
    );
    assert_eq!(bench.group().pending_members().count(), 1);
    bench.pass_ms(44_999);
    assert_eq!(bench.group().pending_members().count(), 1);
    bench.pass_ms(1);
    assert_eq!(bench.group().pending_members().count(), 0);
    let code = refused(&mut bench, join("app-1", &id));
    assert_eq!(code, ErrorCode::UnknownMemberId);
}

/// GRP-3: an id nobody handed out is unknown, with or without a group.
#[test]
fn an_invented_member_id_is_refused() {
    let mut bench = Bench::new();
    let code = refused(&mut bench, join("app", "app-x"));
    assert_eq!(code, ErrorCode::UnknownMemberId);
    assert!(bench.coordinator.group(GROUP).is_none());
    bench.stable(&["a"]);
    let code = refused(&mut bench, join("app", "app-x"));
    assert_eq!(code, ErrorCode::UnknownMemberId);
}

/// GRP-4 and the table before it: what a JoinGroup is refused for.
#[test]
fn unfit_joins_are_refused() {
    let mut bench = Bench::with(BrokerConfig {
        group_max_size: 1,
        ..BrokerConfig::default()
    });
    for session_timeout_ms in [5_999, 1_800_001] {
        let request = JoinGroupRequest {
            session_timeout_ms,
            ..join("app", "")
        };
        let code = refused(&mut bench, request);
        assert_eq!(code, ErrorCode::InvalidSessionTimeout);
    }
    let no_protocols = JoinGroupRequest {
        protocols: vec![],
        ..join("app", "")
    };
    let code = refused(&mut bench, no_protocols);
    assert_eq!(code, ErrorCode::InconsistentGroupProtocol);
    bench.stable(&["a"]);
    let code = refused(&mut bench, join("b", ""));
    assert_eq!(code, ErrorCode::GroupMaxSizeReached);
}

/// GRP-4: another protocol type, or no assignor in common.
#[test]
fn a_stranger_to_the_protocol_is_refused() {
    let mut bench = Bench::new();
    bench.stable(&["a"]);
    let connect = JoinGroupRequest {
        protocol_type: "connect".into(),
        ..join("b", "")
    };
    let sticky = JoinGroupRequest {
        protocols: vec![("sticky".into(), subscription("orders"))],
        ..join("b", "")
    };
    for request in [connect, sticky] {
        let code = refused(&mut bench, request);
        assert_eq!(code, ErrorCode::InconsistentGroupProtocol);
    }
}

/// GRP-13: answers of a heartbeat in every state.
#[test]
fn heartbeats_say_what_the_group_does() {
    let mut bench = Bench::new();
    assert_eq!(bench.heartbeat("nobody", 1), ErrorCode::UnknownMemberId);
    let (id, _) = bench.join_new("a");
    assert_eq!(bench.heartbeat(&id, 0), ErrorCode::RebalanceInProgress);
    bench.pass_ms(3_000);
    assert_eq!(bench.state(), (GroupState::CompletingRebalance, 1));
    assert_eq!(bench.heartbeat(&id, 1), ErrorCode::None);
    bench.finish_sync(std::slice::from_ref(&id), &["a"]);
    assert_eq!(bench.heartbeat(&id, 1), ErrorCode::None);
    assert_eq!(bench.heartbeat(&id, 0), ErrorCode::IllegalGeneration);
    assert_eq!(bench.heartbeat("nobody", 1), ErrorCode::UnknownMemberId);
    bench.ask(leave(&id, None));
    assert_eq!(bench.state(), (GroupState::Empty, 2));
    assert_eq!(bench.heartbeat(&id, 1), ErrorCode::UnknownMemberId);
}

/// GRP-13, GRP-14: a session lasts from heartbeat to heartbeat; a heartbeat during a
/// rebalance restarts it, too.
#[test]
fn a_silent_member_is_removed_after_its_session() {
    let mut bench = Bench::new();
    let ids = bench.stable(&["a", "b"]);
    for _ in 0..4 {
        bench.pass_ms(40_000);
        assert_eq!(bench.group().members.len(), 2);
        for id in &ids {
            assert_eq!(bench.heartbeat(id, 1), ErrorCode::None);
        }
    }
    bench.pass_ms(10_000);
    bench.heartbeat(&ids[1], 1);
    bench.pass_ms(35_000);
    let (state, _) = bench.state();
    assert_eq!(state, GroupState::PreparingRebalance);
    assert_eq!(bench.group().members.keys().collect::<Vec<_>>(), [&ids[1]]);
    let removed = Note::MemberRemoved(GROUP.into(), ids[0].clone(), MemberRemoval::SessionExpired);
    assert!(bench.notes.contains(&removed));
    assert_eq!(bench.heartbeat(&ids[1], 1), ErrorCode::RebalanceInProgress);
    bench.pass_ms(44_000);
    assert_eq!(bench.group().members.len(), 1, "restarted by the heartbeat");
}

/// GRP-15: who leaves is gone at once; the last one leaves an empty group behind, and
/// that is written to the log.
#[test]
fn leaving_needs_no_timeout() {
    let mut bench = Bench::new();
    let ids = bench.stable(&["a", "b"]);
    assert_eq!(
        leave_codes(bench.ask(leave(&ids[0], None))),
        [ErrorCode::None]
    );
    assert_eq!(bench.state(), (GroupState::PreparingRebalance, 1));
    let code = leave_codes(bench.ask(leave(&ids[0], None)));
    assert_eq!(code, [ErrorCode::UnknownMemberId]);
    let before = bench.log.len();
    assert_eq!(
        leave_codes(bench.ask(leave(&ids[1], None))),
        [ErrorCode::None]
    );
    assert_eq!(bench.state(), (GroupState::Empty, 2));
    assert_eq!(bench.log.len(), before + 1);
    let stranger = bench.ask(Request::LeaveGroup(LeaveGroupRequest {
        group: "no-such-group".into(),
        members: vec![],
    }));
    assert!(
        matches!(stranger, Some(Response::LeaveGroup(r)) if r.error == ErrorCode::NotCoordinator)
    );
}

/// GRP-15: an id that was handed out may be given back.
#[test]
fn a_pending_member_may_leave() {
    let mut bench = Bench::new();
    let id = bench.new_id("a");
    assert_eq!(leave_codes(bench.ask(leave(&id, None))), [ErrorCode::None]);
    assert_eq!(bench.group().pending_members().count(), 0);
}
