//! Groups of the `consumer` protocol on the coordinator (section 9).

use super::*;
use crate::group::modern::{ModernGroup, ModernMemberState};

const T: TopicId = TopicId(7);

/// A bench with a topic `t` of that many partitions.
fn bench(partitions: u32) -> Bench {
    let mut bench = Bench::new();
    let (name, uuid) = ("t".into(), Uuid(0x77));
    let topic = T;
    bench
        .image
        .apply(&MetadataRecord::Topic { name, topic, uuid });
    grow(&mut bench, 0, partitions);
    bench.pass_ms(1);
    bench
}

fn grow(bench: &mut Bench, from: u32, to: u32) {
    for partition in from..to {
        apply_partition(&mut bench.image, T, partition);
    }
}

fn of(numbers: &[u32]) -> Vec<TopicPartition> {
    numbers
        .iter()
        .map(|it| TopicPartition::new(T, *it))
        .collect()
}

/// What a member sends to join.
fn joining(id: &str) -> ConsumerGroupHeartbeatRequest {
    ConsumerGroupHeartbeatRequest {
        group: GROUP.into(),
        member_id: id.into(),
        member_epoch: GroupEpoch::JOIN,
        group_instance_id: None,
        rack: None,
        rebalance_timeout_ms: Some(300_000),
        subscribed_topics: Some(vec!["t".into()]),
        server_assignor: None,
        owned: Some(Vec::new()),
        client_id: id.into(),
        client_host: "/127.0.0.1".into(),
    }
}

/// What a member sends to stay, or with a negative epoch to leave.
fn staying(id: &str, epoch: i32, owned: Option<&[u32]>) -> ConsumerGroupHeartbeatRequest {
    ConsumerGroupHeartbeatRequest {
        member_epoch: GroupEpoch(epoch),
        rebalance_timeout_ms: None,
        subscribed_topics: None,
        owned: owned.map(of),
        ..joining(id)
    }
}

impl Bench {
    fn send_beat(
        &mut self,
        request: ConsumerGroupHeartbeatRequest,
    ) -> ConsumerGroupHeartbeatResponse {
        match self.ask(Request::ConsumerGroupHeartbeat(request)) {
            Some(Response::ConsumerGroupHeartbeat(response)) => response,
            other => panic!("not a heartbeat's answer: {other:?}"),
        }
    }

    /// A heartbeat that succeeds: the epoch and the assignment, if one was sent.
    fn beats(&mut self, request: ConsumerGroupHeartbeatRequest) -> (i32, Option<Vec<u32>>) {
        let answer = self.send_beat(request);
        assert_eq!(answer.error, ErrorCode::None);
        let given = answer.assignment;
        let numbers = given.map(|given| given.iter().map(|it| it.partition).collect());
        (answer.member_epoch.0, numbers)
    }

    fn refusal(&mut self, request: ConsumerGroupHeartbeatRequest) -> ErrorCode {
        self.send_beat(request).error
    }

    fn modern(&self) -> &ModernGroup {
        self.group().modern.as_deref().expect("a consumer group")
    }

    /// Two members that share six partitions, both Stable in epoch 3.
    fn two_members() -> Bench {
        let mut bench = bench(6);
        bench.beats(joining("m1"));
        bench.pass_ms(5_000);
        bench.beats(joining("m2"));
        bench.beats(staying("m1", 2, None));
        assert_eq!(bench.beats(staying("m1", 2, Some(&[0, 1, 2]))), (3, None));
        assert_eq!(
            bench.beats(staying("m2", 3, None)),
            (3, Some(vec![3, 4, 5]))
        );
        assert_eq!(bench.state(), (GroupState::Stable, 3));
        bench
    }
}

/// NGP-3, NGP-4, NGP-5: the trace of section 9, with the epochs that were recorded
/// (a new group begins with 1). The first member never stops reading what it keeps. INV-46: a
/// partition is free, and given to the next, only once nobody has it or has to give it up.
#[test]
fn a_second_member_gets_its_part_when_the_first_has_given_it_up() {
    let mut bench = bench(3);
    assert_eq!(bench.beats(joining("m1")), (2, Some(vec![0, 1, 2])));
    assert_eq!(bench.state(), (GroupState::Stable, 2));
    bench.pass_ms(5_000);
    assert_eq!(bench.beats(joining("m2")), (3, Some(vec![])));
    assert_eq!(bench.state(), (GroupState::Reconciling, 3));
    let waiting = &bench.modern().members["m2"];
    assert_eq!(waiting.state, ModernMemberState::UnreleasedPartitions);
    // Told to give partitions up, it stays in its epoch until it says that it has.
    assert_eq!(bench.beats(staying("m1", 2, None)), (2, Some(vec![0, 1])));
    assert_eq!(bench.beats(staying("m1", 2, None)), (2, None));
    assert_eq!(bench.beats(staying("m2", 3, None)), (3, None));
    let owner = |bench: &Bench| {
        let owner = bench.modern().owner(of(&[2])[0]);
        owner.map(|member| member.id.to_string())
    };
    let revoking = &bench.modern().members["m1"];
    assert!(!revoking.assigned.contains_key(&of(&[2])[0]));
    assert_eq!(
        owner(&bench).as_deref(),
        Some("m1"),
        "until it has given it up"
    );
    assert_eq!(bench.beats(staying("m1", 2, Some(&[0, 1]))), (3, None));
    assert_eq!(owner(&bench), None);
    assert_eq!(bench.beats(staying("m2", 3, None)), (3, Some(vec![2])));
    assert_eq!(bench.state(), (GroupState::Stable, 3));
}

/// NGP-4: what a member was told to give up and still has is described as its own (recorded
/// in `b-cg-consumer-protocol`).
#[test]
fn a_member_is_described_with_what_it_has_not_given_up_yet() {
    let mut bench = bench(3);
    bench.beats(joining("m1"));
    bench.pass_ms(5_000);
    bench.beats(joining("m2"));
    let owned = |bench: &mut Bench| {
        let groups = vec![Name::from(GROUP)];
        let request = ConsumerGroupDescribeRequest { groups };
        match bench.ask(Request::ConsumerGroupDescribe(request)) {
            Some(Response::ConsumerGroupDescribe(answer)) => {
                answer.groups[0].members[0].assignment[0].1.clone()
            }
            other => panic!("not a ConsumerGroupDescribe answer: {other:?}"),
        }
    };
    assert_eq!(owned(&mut bench), [0, 1, 2]);
    bench.beats(staying("m1", 2, None));
    let state = bench.modern().members["m1"].state;
    assert_eq!(state, ModernMemberState::UnrevokedPartitions);
    assert_eq!(owned(&mut bench), [0, 1, 2]);
    bench.beats(staying("m1", 2, Some(&[0, 1])));
    assert_eq!(owned(&mut bench), [0, 1]);
}

/// NGP-1: what a request has to carry.
#[test]
fn incomplete_requests_are_invalid() {
    let mut bench = bench(3);
    let spoil: [fn(&mut ConsumerGroupHeartbeatRequest); 6] = [
        |r| r.member_id = "".into(),
        |r| r.rebalance_timeout_ms = None,
        |r| r.subscribed_topics = None,
        |r| r.owned = None,
        |r| r.owned = Some(of(&[0])),
        |r| r.member_epoch = GroupEpoch::LEAVE_STATIC,
    ];
    for (number, spoil) in spoil.iter().enumerate() {
        let mut request = joining("m1");
        spoil(&mut request);
        assert_eq!(
            bench.refusal(request),
            ErrorCode::InvalidRequest,
            "{number}"
        );
    }
    let mut request = joining("m1");
    request.server_assignor = Some("sticky".into());
    assert_eq!(bench.refusal(request), ErrorCode::UnsupportedAssignor);
    let stranger = staying("m1", 2, None);
    assert_eq!(bench.refusal(stranger), ErrorCode::GroupIdNotFound);
}

/// NGP-2: epochs that are not the member's own fence it, but for the one before if it
/// owns no more than it may: then the last answer was lost.
#[test]
fn wrong_epochs_are_fenced_and_a_lost_answer_is_not() {
    let mut bench = Bench::two_members();
    assert_eq!(
        bench.refusal(staying("m1", 4, None)),
        ErrorCode::FencedMemberEpoch
    );
    assert_eq!(
        bench.refusal(staying("m1", 2, None)),
        ErrorCode::FencedMemberEpoch
    );
    assert_eq!(
        bench.refusal(staying("m1", 2, Some(&[3]))),
        ErrorCode::FencedMemberEpoch
    );
    assert_eq!(bench.beats(staying("m1", 2, Some(&[0, 1]))).0, 3);
    assert_eq!(
        bench.refusal(staying("m9", 3, None)),
        ErrorCode::UnknownMemberId
    );
    // Whoever lost its answer to a join joins again.
    assert_eq!(bench.beats(joining("m2")), (3, Some(vec![3, 4, 5])));
}

/// NGP-6: silence ends a membership; what it owned is free at once.
#[test]
fn a_silent_member_is_fenced_after_the_session_timeout() {
    let mut bench = Bench::two_members();
    bench.pass_ms(44_000);
    bench.beats(staying("m1", 3, None));
    bench.pass_ms(2_000);
    assert_eq!(bench.state(), (GroupState::Assigning, 4));
    assert_eq!(
        bench.beats(staying("m1", 3, None)),
        (4, Some(vec![0, 1, 2, 3, 4, 5]))
    );
    assert_eq!(
        bench.refusal(staying("m2", 3, None)),
        ErrorCode::UnknownMemberId
    );
}

/// NGP-6: a member that never gives up what it was told to is fenced after its
/// rebalance timeout, although it sends heartbeats.
#[test]
fn a_member_that_keeps_what_it_must_give_up_is_fenced() {
    let mut bench = bench(2);
    let mut slow = joining("m1");
    slow.rebalance_timeout_ms = Some(20_000);
    bench.beats(slow);
    bench.pass_ms(2_000);
    bench.beats(joining("m2"));
    for _ in 0..4 {
        bench.beats(staying("m1", 2, None));
        bench.beats(staying("m2", 3, None));
        bench.pass_ms(4_999);
    }
    assert_eq!(bench.modern().members.len(), 2);
    bench.pass_ms(10);
    assert_eq!(
        bench.refusal(staying("m1", 2, None)),
        ErrorCode::UnknownMemberId
    );
    assert_eq!(bench.beats(staying("m2", 3, None)), (4, Some(vec![0, 1])));
}

/// NGP-3: who leaves goes at once; new partitions of a topic raise the group epoch.
#[test]
fn leaving_and_new_partitions_raise_the_group_epoch() {
    let mut bench = Bench::two_members();
    let gone = bench.send_beat(staying("m2", -1, Some(&[])));
    assert_eq!((gone.error, gone.member_epoch.0), (ErrorCode::None, -1));
    assert_eq!(bench.state(), (GroupState::Assigning, 4));
    bench.pass_ms(1_000);
    let all = vec![0, 1, 2, 3, 4, 5];
    assert_eq!(bench.beats(staying("m1", 3, None)), (4, Some(all)));
    grow(&mut bench, 6, 8);
    bench.pass_ms(1_000);
    let all = vec![0, 1, 2, 3, 4, 5, 6, 7];
    assert_eq!(bench.beats(staying("m1", 4, None)), (5, Some(all)));
    bench.beats(staying("m1", -1, Some(&[])));
    assert_eq!(bench.state(), (GroupState::Empty, 6));
    assert_eq!(bench.modern().target_epoch, GroupEpoch(5));
}

/// NGP-3: target assignments keep the assignment interval; until then the group is
/// Assigning, and a new member waits without partitions in the epoch of the old target.
#[test]
fn target_assignments_keep_their_interval() {
    let mut bench = bench(2);
    bench.beats(joining("m1"));
    bench.pass_ms(400);
    assert_eq!(bench.beats(joining("m2")), (2, Some(vec![])));
    assert_eq!(bench.state(), (GroupState::Assigning, 3));
    bench.pass_ms(700);
    assert_eq!(bench.beats(staying("m2", 2, None)).0, 3);
    assert_eq!(bench.state(), (GroupState::Reconciling, 3));
}

/// NGP-11: a static member that left for a while keeps its assignment for whoever comes
/// with its instance id; while it lives, nobody else may have that.
#[test]
fn a_static_member_is_replaced_only_when_it_has_left() {
    let named = |id: &str| ConsumerGroupHeartbeatRequest {
        group_instance_id: Some("i1".into()),
        ..joining(id)
    };
    let mut bench = bench(2);
    bench.beats(named("m1"));
    assert_eq!(bench.refusal(named("m2")), ErrorCode::UnreleasedInstanceId);
    let mut leaving = staying("m1", -2, Some(&[]));
    leaving.group_instance_id = Some("i1".into());
    assert_eq!(bench.send_beat(leaving).member_epoch, GroupEpoch(-2));
    assert_eq!(bench.state(), (GroupState::Reconciling, 2));
    bench.pass_ms(10_000);
    assert_eq!(bench.beats(named("m2")), (2, Some(vec![0, 1])));
    assert_eq!(bench.state(), (GroupState::Stable, 2));
    let mut old = staying("m1", 2, None);
    old.group_instance_id = Some("i1".into());
    assert_eq!(bench.refusal(old), ErrorCode::FencedInstanceId);
}

/// NGP-11: who does not come back within the session timeout is gone.
#[test]
fn a_static_member_that_stays_away_is_removed() {
    let mut bench = bench(2);
    let mut request = joining("m1");
    request.group_instance_id = Some("i1".into());
    bench.beats(request.clone());
    request.member_epoch = GroupEpoch::LEAVE_STATIC;
    bench.send_beat(request);
    bench.pass_ms(45_000);
    assert_eq!(bench.state(), (GroupState::Empty, 3));
}

/// NGP-8: commits carry the member epoch; an older one holds for partitions the member
/// had in it and has not lost.
#[test]
fn commits_are_fenced_by_the_member_epoch() {
    let mut bench = Bench::two_members();
    let mut commits = |member: &str, epoch: i32, partition: u32| {
        let mut request = commit(member, epoch, 0, 5);
        request.offsets[0].partition = TopicPartition::new(T, partition);
        request.offsets[0].topic_name = "t".into();
        commit_code(bench.ask(Request::OffsetCommit(request)))
    };
    assert_eq!(commits("m1", 3, 0), Some(ErrorCode::None));
    assert_eq!(commits("m1", 2, 0), Some(ErrorCode::None));
    assert_eq!(commits("m1", 2, 4), Some(ErrorCode::StaleMemberEpoch));
    assert_eq!(commits("m2", 2, 4), Some(ErrorCode::StaleMemberEpoch));
    assert_eq!(commits("m1", 4, 0), Some(ErrorCode::StaleMemberEpoch));
    assert_eq!(commits("m9", 3, 0), Some(ErrorCode::UnknownMemberId));
    assert_eq!(commits("", -1, 0), Some(ErrorCode::UnknownMemberId));
}

/// GRP-26: another coordinator knows from the log what this one knew, in the middle of a
/// hand-over, too; the members go on where they were.
#[test]
fn a_new_coordinator_goes_on_in_the_middle_of_a_hand_over() {
    let mut bench = bench(3);
    bench.beats(joining("m1"));
    bench.pass_ms(5_000);
    bench.beats(joining("m2"));
    let (_, kept) = bench.beats(staying("m1", 2, None));
    let mut before = bench.modern().clone();
    bench.fail_over();
    let after = bench.modern();
    for member in before.members.values_mut() {
        member.number = after.members[&member.id].number;
    }
    assert_eq!(*after, before);
    assert_eq!(bench.state(), (GroupState::Reconciling, 3));
    let kept = kept.expect("a smaller assignment");
    assert_eq!(bench.beats(staying("m1", 2, Some(&kept))), (3, None));
    assert_eq!(bench.beats(staying("m2", 3, None)).0, 3);
    assert_eq!(bench.state(), (GroupState::Stable, 3));
}

/// GRP-23: what could not be written has not happened.
#[test]
fn a_change_that_is_not_written_is_undone() {
    let mut bench = bench(3);
    let id = bench.send(Request::ConsumerGroupHeartbeat(joining("m1")));
    bench.fail_appends(ErrorCode::NotEnoughReplicas);
    let Response::ConsumerGroupHeartbeat(answer) = bench.answer(id) else {
        panic!("not a heartbeat's answer");
    };
    assert_eq!(answer.error, ErrorCode::CoordinatorNotAvailable);
    assert!(bench.coordinator.group(GROUP).is_none());
    bench.beats(joining("m1"));
    bench.pass_ms(2_000);
    bench.send(Request::ConsumerGroupHeartbeat(joining("m2")));
    assert_eq!(bench.modern().members.len(), 2);
    bench.fail_appends(ErrorCode::NotEnoughReplicas);
    assert_eq!(bench.state(), (GroupState::Stable, 2));
    assert_eq!(bench.modern().members.len(), 1);
}

/// NGP-12: an empty classic group becomes a consumer group and keeps its offsets.
#[test]
fn an_empty_classic_group_makes_way() {
    let mut bench = bench(3);
    let commits = Request::OffsetCommit(commit("", -1, 0, 5));
    assert_eq!(commit_code(bench.ask(commits)), Some(ErrorCode::None));
    assert_eq!(bench.beats(joining("m1")).0, 2);
    assert_eq!(bench.group().offsets.len(), 1);
    bench.fail_over();
    assert_eq!(bench.group().offsets.len(), 1);
    assert_eq!(bench.state(), (GroupState::Stable, 2));
}

/// A describe request finds groups of its own kind only, and says of which kind a group
/// is not (recorded in `b-share-groups`).
#[test]
fn a_group_is_described_as_what_it_is() {
    let mut bench = bench(1);
    bench.ask(Request::ConsumerGroupHeartbeat(joining("a")));
    let mut told = |groups: &[&str]| {
        let groups = groups.iter().map(|name| Name::from(*name)).collect();
        match bench.ask(Request::ShareGroupDescribe(ShareGroupDescribeRequest {
            groups,
        })) {
            Some(Response::ShareGroupDescribe(answer)) => {
                let texts = answer.groups.into_iter().map(|group| group.message);
                texts
                    .flatten()
                    .map(|text| text.to_string())
                    .collect::<Vec<_>>()
            }
            other => panic!("not a ShareGroupDescribe answer: {other:?}"),
        }
    };
    let no_share = format!("Group {GROUP} is not a share group.");
    assert_eq!(told(&[GROUP]), [no_share]);
}
