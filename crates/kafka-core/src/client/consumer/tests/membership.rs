//! GRP-16 to GRP-20, CON-9, CON-13: joining, callbacks, heartbeats, leaving.

use super::*;
use crate::consumer_protocol::{Subscription, decode_assignment, encode_subscription};

fn no_auto() -> ConsumerConfig {
    ConsumerConfig {
        auto_commit: false,
        heartbeat_interval_ms: 1_000,
        ..config()
    }
}

/// GRP-18 EAGER: everything is revoked before JoinGroup, all is assigned after.
/// Recorded in group-range.
#[test]
fn eager_revokes_everything_before_joining() {
    let mut fake = consumer(no_auto());
    join(&mut fake, &[0, 1]);
    fake.advance(Duration::from_secs(1));
    heartbeat(&mut fake, ErrorCode::RebalanceInProgress);
    assert_eq!(
        callbacks(&fake.events),
        ["assigned [0 1] 1", "revoked [0 1]"]
    );
    fake.answer(ApiKey::JoinGroup, |request| join_ok(request, 2, "other"));
    sync(&mut fake, ErrorCode::None, &[1]);
    let expected = ["assigned [0 1] 1", "revoked [0 1]", "assigned [1] 2"];
    assert_eq!(callbacks(&fake.events), expected);
}

/// GRP-18 COOPERATIVE: partitions are kept while joining; after SyncGroup the
/// lost ones are revoked, then the new ones (none) assigned, then it joins
/// again. Recorded in group-cooperative, c1, generations 2 and 3.
#[test]
fn cooperative_revokes_after_the_sync_and_rejoins() {
    let config = ConsumerConfig {
        assignors: vec![AssignorName::CooperativeSticky],
        ..no_auto()
    };
    let mut fake = consumer(config);
    join(&mut fake, &[0, 1]);
    fake.advance(Duration::from_secs(1));
    heartbeat(&mut fake, ErrorCode::RebalanceInProgress);
    assert_eq!(callbacks(&fake.events), ["assigned [0 1] 1"]);
    fake.answer(ApiKey::JoinGroup, |request| join_ok(request, 2, "other"));
    sync(&mut fake, ErrorCode::None, &[0]);
    fake.answer(ApiKey::JoinGroup, |request| join_ok(request, 3, "other"));
    sync(&mut fake, ErrorCode::None, &[0]);
    let expected = [
        "assigned [0 1] 1",
        "revoked [1]",
        "assigned [] 2",
        "assigned [] 3",
    ];
    assert_eq!(callbacks(&fake.events), expected);
}

/// GRP-16: UNKNOWN_MEMBER_ID: the partitions are lost, not revoked, and it joins
/// as new.
#[test]
fn an_unknown_member_loses_its_partitions() {
    let mut fake = consumer(no_auto());
    join(&mut fake, &[0]);
    fake.advance(Duration::from_secs(1));
    heartbeat(&mut fake, ErrorCode::UnknownMemberId);
    assert_eq!(callbacks(&fake.events), ["assigned [0] 1", "lost [0]"]);
    let Some(Request::JoinGroup(join)) = fake.sent.back().map(|s| &s.request) else {
        panic!("{:?}", fake.sent);
    };
    assert_eq!(&*join.member_id, "");
}

/// GRP-17: heartbeats go on without `poll`, rejoining does not.
#[test]
fn it_rejoins_only_inside_poll() {
    let mut fake = consumer(no_auto());
    join(&mut fake, &[0]);
    fake.command(ClientCommand::StopPolling);
    fake.advance(Duration::from_secs(1));
    heartbeat(&mut fake, ErrorCode::RebalanceInProgress);
    fake.advance(Duration::from_secs(1));
    heartbeat(&mut fake, ErrorCode::RebalanceInProgress);
    assert!(!fake.apis().contains(&ApiKey::JoinGroup));
    fake.command(ClientCommand::ResumePolling);
    fake.settle();
    assert!(fake.apis().contains(&ApiKey::JoinGroup));
}

/// CON-13 and the story group-maxpoll: the heartbeat side leaves the group, the
/// commit fails, the next poll loses the partitions.
#[test]
fn too_long_between_polls() {
    let config = ConsumerConfig {
        max_poll_interval_ms: 6_000,
        session_timeout_ms: 6_000,
        ..no_auto()
    };
    let mut fake = consumer(config);
    join(&mut fake, &[1]);
    committed(&mut fake, 4);
    fake.command(ClientCommand::StopPolling);
    for _ in 0..5 {
        fake.advance(Duration::from_secs(1));
        heartbeat(&mut fake, ErrorCode::None);
    }
    fake.advance(Duration::from_secs(2));
    assert!(fake.apis().contains(&ApiKey::LeaveGroup));
    fake.command(ClientCommand::Commit(None));
    let failure = fake.events.iter().find_map(|event| match event {
        ClientEvent::Committed { failure, .. } => failure.clone(),
        _ => None,
    });
    let failure = failure.expect("the commit failed");
    assert_eq!(failure.exception, "CommitFailedException");
    assert_eq!(
        &*failure.message,
        "Offset commit cannot be completed since the consumer is not part of an active group for auto partition assignment; it is likely that the consumer was kicked out of the group."
    );
    fake.command(ClientCommand::ResumePolling);
    assert_eq!(callbacks(&fake.events), ["assigned [1] 1", "lost [1]"]);
}

/// CON-9: with auto commit, positions are committed before a rebalance, and
/// JoinGroup waits for that.
#[test]
fn a_rejoin_waits_for_the_commit() {
    let config = ConsumerConfig {
        heartbeat_interval_ms: 1_000,
        ..config()
    };
    let mut fake = consumer(config);
    join(&mut fake, &[0]);
    committed(&mut fake, 5);
    fake.advance(Duration::from_secs(1));
    heartbeat(&mut fake, ErrorCode::RebalanceInProgress);
    assert!(fake.apis().contains(&ApiKey::OffsetCommit));
    assert!(!fake.apis().contains(&ApiKey::JoinGroup));
    commit_answer(&mut fake, ErrorCode::None);
    assert!(fake.apis().contains(&ApiKey::JoinGroup));
    assert_eq!(callbacks(&fake.events), ["assigned [0] 1", "revoked [0]"]);
}

/// CON-8, CON-9: an expired commit interval does not add a second commit before a
/// rejoin: `poll` commits by interval only while the membership stands.
#[test]
fn a_rejoin_commits_once() {
    let mut fake = consumer(ConsumerConfig {
        heartbeat_interval_ms: 1_000,
        ..config()
    });
    join(&mut fake, &[0]);
    committed(&mut fake, 3);
    fake.command(ClientCommand::StopPolling);
    for _ in 0..6 {
        fake.advance(Duration::from_secs(1));
        heartbeat(&mut fake, ErrorCode::RebalanceInProgress);
    }
    fake.command(ClientCommand::ResumePolling);
    let commits = fake.apis().into_iter();
    assert_eq!(
        commits.filter(|api| *api == ApiKey::OffsetCommit).count(),
        1
    );
}

/// GRP-4: an error that repeating does not mend is thrown, and the next `poll` joins
/// again all the same.
#[test]
fn a_refused_join_is_thrown_and_tried_again() {
    let mut fake = consumer(no_auto());
    fake.command(ClientCommand::Subscribe(vec!["t".into()]));
    coordinator(&mut fake);
    let joins = |fake: &Fake<Consumer>| {
        let join = |sent: &&(ApiKey, NodeId)| sent.0 == ApiKey::JoinGroup;
        fake.log.iter().filter(join).count()
    };
    assert_eq!(joins(&fake), 1);
    for round in 1..3 {
        let error = ErrorCode::InconsistentGroupProtocol;
        fake.answer(ApiKey::JoinGroup, |_| join_error(error, ""));
        assert_eq!(callbacks(&fake.events).len(), round);
        fake.advance(Duration::from_secs(1));
        assert_eq!(joins(&fake), round + 1);
    }
}

/// GRP-15: a static member does not leave the group when it closes.
#[test]
fn a_static_member_stays() {
    let config = ConsumerConfig {
        group_instance_id: Some("i1".into()),
        ..no_auto()
    };
    let mut fake = consumer(config);
    join(&mut fake, &[0]);
    fake.command(ClientCommand::Close { leave: true });
    assert!(!fake.apis().contains(&ApiKey::LeaveGroup));
    assert!(fake.exited);
}

/// GRP-15: with LEAVE_GROUP a static member leaves under its instance id. Recorded in
/// group-static: the group is empty at once.
#[test]
fn a_static_member_leaves_when_told_to() {
    let config = ConsumerConfig {
        group_instance_id: Some("i1".into()),
        ..no_auto()
    };
    let mut fake = consumer(config);
    join(&mut fake, &[0]);
    fake.command(ClientCommand::CloseLeaving);
    let Some(Request::LeaveGroup(leave)) = fake.sent.back().map(|s| &s.request) else {
        panic!("{:?}", fake.sent);
    };
    assert_eq!(leave.members[0].1.as_deref(), Some("i1"));
}

/// GRP-16, GRP-19: a fenced static member's next `poll` throws, the one after it
/// gives up its partitions and joins anew. Recorded in group-static.
#[test]
fn a_fenced_member_throws_once_and_joins_anew() {
    let config = ConsumerConfig {
        group_instance_id: Some("i1".into()),
        ..no_auto()
    };
    let mut fake = consumer(config);
    join(&mut fake, &[0]);
    fake.advance(Duration::from_secs(1));
    heartbeat(&mut fake, ErrorCode::FencedInstanceId);
    fake.advance(Duration::from_secs(1));
    let thrown = "FencedInstanceIdException: The broker rejected this static consumer since another consumer with the same group.instance.id has registered with a different member.id.";
    assert_eq!(
        callbacks(&fake.events),
        ["assigned [0] 1", thrown, "lost [0]"]
    );
    assert!(fake.apis().contains(&ApiKey::JoinGroup));
}

/// GRP-2: NOT_COORDINATOR leads to a new lookup, and to a new connection.
#[test]
fn a_moved_coordinator_is_looked_up_again() {
    let mut fake = consumer(no_auto());
    join(&mut fake, &[0]);
    fake.advance(Duration::from_secs(1));
    heartbeat(&mut fake, ErrorCode::NotCoordinator);
    assert!(fake.apis().contains(&ApiKey::FindCoordinator));
    assert_eq!(fake.node.state_name(), "STABLE");
    let handshakes = |fake: &Fake<Consumer>| {
        let handshake = |sent: &&(ApiKey, NodeId)| *sent == &(ApiKey::ApiVersions, NodeId(1));
        fake.log.iter().filter(handshake).count()
    };
    let before = handshakes(&fake);
    coordinator(&mut fake);
    fake.advance(Duration::from_secs(2));
    assert_eq!(handshakes(&fake), before + 1);
    assert!(fake.apis().contains(&ApiKey::Heartbeat));
}

/// The leader sees that a topic has grown and asks for a rebalance.
#[test]
fn the_leader_watches_the_partitions() {
    let mut fake = consumer(ConsumerConfig {
        client: ClientConfig {
            metadata_max_age_ms: 2_000,
            ..config().client
        },
        ..no_auto()
    });
    fake.command(ClientCommand::Subscribe(vec!["t".into()]));
    coordinator(&mut fake);
    let required = join_error(ErrorCode::MemberIdRequired, "me");
    fake.answer(ApiKey::JoinGroup, |_| required);
    fake.answer(ApiKey::JoinGroup, |request| join_ok(request, 1, "me"));
    sync(&mut fake, ErrorCode::None, &[0, 1]);
    fake.topics = vec![topic("t", 4, &[(0, 0), (2, 0), (1, 0)])];
    fake.advance(Duration::from_secs(3));
    assert!(fake.apis().contains(&ApiKey::JoinGroup));
}

/// GRP-11, client side: the leader has fresh metadata before it assigns, also of topics
/// that only another member subscribes to (recorded in `b-cg-describe`).
#[test]
fn the_leader_learns_of_the_others_topics_before_it_assigns() {
    let mut fake = consumer(no_auto());
    fake.topics.push(topic("u", 5, &[(0, 0)]));
    fake.command(ClientCommand::Subscribe(vec!["t".into()]));
    coordinator(&mut fake);
    let required = join_error(ErrorCode::MemberIdRequired, "me");
    fake.answer(ApiKey::JoinGroup, |_| required);
    fake.answer(ApiKey::JoinGroup, |request| {
        let Response::JoinGroup(mut answer) = join_ok(request, 1, "me") else {
            panic!("{request:?}");
        };
        let subscription = Subscription {
            topics: vec!["u".into()],
            user_data: None,
            owned: Vec::new(),
            generation: Generation(-1),
            rack: None,
        };
        answer.members.push(JoinGroupMember {
            member_id: "other".into(),
            group_instance_id: None,
            metadata: encode_subscription(&subscription),
        });
        Response::JoinGroup(answer)
    });
    assert!(!fake.apis().contains(&ApiKey::SyncGroup), "it asks first");
    fake.settle();
    let Some(Request::SyncGroup(sync)) = fake.sent.back().map(|sent| &sent.request) else {
        panic!("{:?}", fake.sent);
    };
    let (_, given) = (sync.assignments.iter())
        .find(|(id, _)| **id == *"other")
        .expect("the other member's assignment");
    assert_eq!(decode_assignment(given), Some(vec![("u".into(), vec![0])]));
}
