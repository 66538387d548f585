//! NGP-1, NGP-2, NGP-7, NGP-11, CON-10: a member of a `consumer` group.

use super::*;
use crate::config::GroupProtocol;
use crate::protocol::{ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse};
use crate::types::{GroupEpoch, TopicId, TopicPartition};

const BEAT: ApiKey = ApiKey::ConsumerGroupHeartbeat;

fn modern() -> ConsumerConfig {
    ConsumerConfig {
        protocol: GroupProtocol::Consumer,
        auto_commit: false,
        ..config()
    }
}

fn ids(partitions: &[u32]) -> Vec<TopicPartition> {
    let id = |partition: &u32| TopicPartition::new(TopicId(4), *partition);
    partitions.iter().map(id).collect()
}

/// Answers the heartbeat that waits and gives it back.
fn beat(
    fake: &mut Fake<Consumer>,
    error: ErrorCode,
    epoch: i32,
    assignment: Option<&[u32]>,
) -> ConsumerGroupHeartbeatRequest {
    let mut asked = None;
    fake.answer(BEAT, |request| {
        let Request::ConsumerGroupHeartbeat(request) = request else {
            panic!("{request:?}");
        };
        asked = Some(request.clone());
        Response::ConsumerGroupHeartbeat(ConsumerGroupHeartbeatResponse {
            error,
            member_id: request.member_id.clone(),
            member_epoch: GroupEpoch(epoch),
            heartbeat_interval_ms: 5_000,
            assignment: assignment.map(ids),
        })
    });
    fake.settle();
    asked.expect("a heartbeat")
}

fn ok(
    fake: &mut Fake<Consumer>,
    epoch: i32,
    given: Option<&[u32]>,
) -> ConsumerGroupHeartbeatRequest {
    beat(fake, ErrorCode::None, epoch, given)
}

/// A member with both partitions in epoch 2 that has said so.
fn stable(config: ConsumerConfig) -> Fake<Consumer> {
    let mut fake = consumer(config);
    fake.command(ClientCommand::Subscribe(vec!["t".into()]));
    coordinator(&mut fake);
    ok(&mut fake, 2, Some(&[0, 1]));
    ok(&mut fake, 2, None);
    fake
}

/// NGP-1: the first heartbeat says everything, the next one what is owned, and later
/// ones nothing; one goes out every interval. There is no JoinGroup.
#[test]
fn a_member_says_what_is_new_and_no_more() {
    let mut fake = consumer(modern());
    fake.command(ClientCommand::Subscribe(vec!["t".into()]));
    coordinator(&mut fake);
    let joins = ok(&mut fake, 2, Some(&[0, 1]));
    assert_eq!(joins.member_epoch, GroupEpoch::JOIN);
    assert_eq!(joins.member_id.len(), 22);
    assert_eq!(joins.rebalance_timeout_ms, Some(300_000));
    assert_eq!(joins.subscribed_topics, Some(vec!["t".into()]));
    assert_eq!(joins.owned, Some(Vec::new()));
    assert_eq!(callbacks(&fake.events), ["assigned [0 1] 2"]);
    let owns = ok(&mut fake, 2, None);
    assert_eq!(owns.member_epoch, GroupEpoch(2));
    assert_eq!(
        (owns.rebalance_timeout_ms, owns.subscribed_topics),
        (None, None)
    );
    assert_eq!(owns.owned, Some(ids(&[0, 1])));
    assert_eq!(fake.node.state_name(), "STABLE");
    fake.advance(Duration::from_ms(4_900));
    assert!(!fake.apis().contains(&BEAT));
    fake.advance(Duration::from_ms(200));
    assert_eq!(ok(&mut fake, 2, None).owned, None);
    assert!(!fake.log.iter().any(|(api, _)| *api == ApiKey::JoinGroup));
}

/// NGP-4, NGP-7, CON-10: a partition that goes is not read from the moment the member
/// knows; positions are committed, the callbacks run, and only then the coordinator
/// hears of it. What stays is read on.
#[test]
fn a_revocation_commits_first_and_stops_nothing_else() {
    let mut fake = stable(ConsumerConfig {
        auto_commit: true,
        auto_commit_interval_ms: 60_000,
        ..modern()
    });
    committed(&mut fake, 5);
    fake.advance(Duration::from_ms(5_100));
    fake.take_events();
    ok(&mut fake, 2, Some(&[0]));
    assert!(fake.apis().contains(&ApiKey::OffsetCommit));
    assert!(callbacks(&fake.events).is_empty());
    assert!(!fake.apis().contains(&BEAT));
    commit_answer(&mut fake, ErrorCode::StaleMemberEpoch);
    assert!(callbacks(&fake.events).is_empty());
    fake.advance(Duration::from_ms(100));
    commit_answer(&mut fake, ErrorCode::None);
    assert_eq!(callbacks(&fake.events), ["revoked [1]", "assigned [] 2"]);
    let acknowledges = ok(&mut fake, 3, None);
    assert_eq!(acknowledges.owned, Some(ids(&[0])));
    assert_eq!(fake.node.generation(), Generation(3));
    assert!(fake.apis().contains(&ApiKey::Fetch));
}

/// NGP-2: a fenced member has lost its partitions and joins again under its own id.
#[test]
fn a_fenced_member_loses_its_partitions_and_joins_again() {
    for error in [ErrorCode::FencedMemberEpoch, ErrorCode::UnknownMemberId] {
        let mut fake = stable(modern());
        let id = fake.node.member_id().to_owned();
        fake.advance(Duration::from_ms(5_100));
        beat(&mut fake, error, 0, None);
        fake.advance(Duration::from_ms(100));
        assert_eq!(callbacks(&fake.events), ["assigned [0 1] 2", "lost [0 1]"]);
        let again = ok(&mut fake, 4, Some(&[]));
        assert_eq!(again.member_epoch, GroupEpoch::JOIN);
        assert_eq!((&*again.member_id, again.owned), (&*id, Some(Vec::new())));
    }
}

/// NGP-2: an instance id that is in use is fatal: every `poll` throws.
#[test]
fn an_instance_id_in_use_is_fatal() {
    let mut fake = consumer(ConsumerConfig {
        group_instance_id: Some("i1".into()),
        ..modern()
    });
    fake.command(ClientCommand::Subscribe(vec!["t".into()]));
    coordinator(&mut fake);
    beat(&mut fake, ErrorCode::UnreleasedInstanceId, 0, None);
    let failure = fake.events.iter().find_map(|event| match event {
        ClientEvent::PollFailed(failure) => Some(failure.error),
        _ => None,
    });
    assert_eq!(failure, Some(ErrorCode::UnreleasedInstanceId));
    assert_eq!(fake.node.state_name(), "FATAL");
    fake.advance(Duration::from_secs(10));
    assert!(!fake.apis().contains(&BEAT));
}

/// CON-13, NGP-7: who does not poll leaves, and joins again with its next `poll`.
#[test]
fn an_application_that_does_not_poll_leaves() {
    let mut fake = stable(ConsumerConfig {
        max_poll_interval_ms: 3_000,
        ..modern()
    });
    fake.command(ClientCommand::StopPolling);
    fake.advance(Duration::from_ms(3_100));
    assert_eq!(fake.node.state_name(), "STALE");
    let leaves = ok(&mut fake, -1, None);
    assert_eq!(leaves.member_epoch, GroupEpoch::LEAVE);
    assert_eq!(callbacks(&fake.events), ["assigned [0 1] 2"]);
    fake.command(ClientCommand::ResumePolling);
    fake.settle();
    assert_eq!(callbacks(&fake.events), ["assigned [0 1] 2", "lost [0 1]"]);
    assert_eq!(ok(&mut fake, 4, Some(&[0])).member_epoch, GroupEpoch::JOIN);
}

/// NGP-11: `close` of a static member leaves for a while, of a dynamic one for good.
#[test]
fn closing_leaves_for_good_or_for_a_while() {
    for (instance, epoch) in [(None, -1), (Some("i1".into()), -2)] {
        let mut fake = stable(ConsumerConfig {
            group_instance_id: instance,
            ..modern()
        });
        fake.command(ClientCommand::Close { leave: true });
        let leaves = ok(&mut fake, epoch, None);
        assert_eq!(leaves.member_epoch, GroupEpoch(epoch));
        assert_eq!(leaves.owned, Some(Vec::new()));
        assert!(fake.exited);
    }
}

/// NGP-2: a heartbeat without an answer is repeated with everything in it.
#[test]
fn a_lost_heartbeat_is_repeated_in_full() {
    let mut fake = stable(modern());
    fake.advance(Duration::from_ms(5_100));
    assert!(fake.apis().contains(&BEAT));
    fake.disconnect(1);
    fake.advance(Duration::from_secs(2));
    coordinator(&mut fake);
    fake.advance(Duration::from_secs(1));
    let repeated = ok(&mut fake, 2, Some(&[0, 1]));
    assert_eq!(repeated.member_epoch, GroupEpoch(2));
    assert_eq!(repeated.rebalance_timeout_ms, Some(300_000));
    assert_eq!(repeated.owned, Some(ids(&[0, 1])));
    assert_eq!(callbacks(&fake.events), ["assigned [0 1] 2"]);
}
