//! Classic groups, on a real coordinator whose group leader misbehaves.

use super::*;
use kafka_core::config::BrokerConfig;
use kafka_core::consumer_protocol::encode_assignment;
use kafka_core::error::ErrorCode;
use kafka_core::group::Coordinator;
use kafka_core::metadata::ClusterImage;
use kafka_core::node::{Effect, Effects, Prng, TimerKey};
use kafka_core::protocol::*;

/// A coordinator of groups nobody has heard of.
pub(super) fn loaded(image: &ClusterImage) -> Coordinator {
    let mut coordinator = Coordinator::new(&BrokerConfig {
        offsets_topic_partitions: 1,
        group_initial_rebalance_delay_ms: 0,
        ..BrokerConfig::default()
    });
    coordinator.load(
        Time::ZERO,
        0,
        LeaderEpoch(0),
        image,
        &mut std::iter::empty(),
        &mut Effects::default(),
    );
    coordinator
}

/// A group of two members in generation 1, each assigned these partitions of `t`.
fn group(first: &[u32], second: &[u32]) -> (Coordinator, Vec<Name>) {
    let image = ClusterImage::new();
    let mut coordinator = loaded(&image);
    let mut prng = Prng::new(1, A);
    let mut ask = |coordinator: &mut Coordinator, request| {
        ask((coordinator, Time::ZERO), &image, &mut prng, request)
    };
    let mut ids = Vec::new();
    for _ in 0..2 {
        let answer = ask(&mut coordinator, Request::JoinGroup(join("")));
        let Some(Response::JoinGroup(answer)) = answer else {
            panic!("no member id");
        };
        ask(
            &mut coordinator,
            Request::JoinGroup(join(&answer.member_id)),
        );
        ids.push(answer.member_id);
    }
    let (mut fx, mut appends) = (Effects::default(), Vec::new());
    let mut prng = Prng::new(2, A);
    let number = TimerKey::GroupJoin(0);
    for _ in 0..2 {
        coordinator.on_timer(
            Time::ZERO,
            number,
            &ClusterImage::new(),
            &mut prng,
            &mut fx,
            &mut appends,
        );
    }
    let given = [first, second].map(|p| encode_assignment(&vec![("t".into(), p.to_vec())], None));
    let leader = coordinator
        .group("g")
        .and_then(|g| g.leader.clone())
        .expect("a leader");
    let sync = SyncGroupRequest {
        group: "g".into(),
        generation: Generation(1),
        member_id: leader,
        group_instance_id: None,
        protocol_type: None,
        protocol_name: None,
        assignments: ids.iter().cloned().zip(given).collect(),
    };
    ask(&mut coordinator, Request::SyncGroup(sync));
    (coordinator, ids)
}

/// Asks a coordinator whose writes succeed at once; gives its answer.
pub(super) fn ask(
    (coordinator, now): (&mut Coordinator, Time),
    image: &ClusterImage,
    prng: &mut Prng,
    request: Request,
) -> Option<Response> {
    let (mut fx, mut appends) = (Effects::default(), Vec::new());
    coordinator.on_request(
        now,
        CONSUMER,
        RequestId(1),
        &request,
        image,
        prng,
        &mut fx,
        &mut appends,
    );
    for append in appends {
        coordinator.on_append_result(
            now,
            append.ticket,
            Ok(()),
            image,
            prng,
            &mut fx,
            &mut Vec::new(),
        );
    }
    fx.list.into_iter().find_map(|effect| match effect {
        Effect::Send { message, .. } => match Rc::unwrap_or_clone(message) {
            Message::Response(_, response) => Some(response),
            Message::Request(..) => None,
        },
        _ => None,
    })
}

fn join(member_id: &str) -> JoinGroupRequest {
    JoinGroupRequest {
        group: "g".into(),
        client_id: "app".into(),
        client_host: "/127.0.0.1".into(),
        session_timeout_ms: 45_000,
        rebalance_timeout_ms: 300_000,
        member_id: member_id.into(),
        group_instance_id: None,
        protocol_type: "consumer".into(),
        protocols: vec![("range".into(), Bytes::from([]))],
        reason: None,
    }
}

fn stable(generation: i32) -> Note {
    Note::GroupStateChanged("g".into(), "Stable", Generation(generation))
}

/// INV-42: no partition belongs to two members of a generation.
#[test]
fn a_partition_has_one_owner() {
    let mut bench = Bench::new();
    bench.cluster.group = group(&[0, 1], &[2]).0.group("g").cloned();
    assert_eq!(bench.note(A, stable(1)), None);
    bench.cluster.group = group(&[0, 1], &[1]).0.group("g").cloned();
    breaks(bench.note(A, stable(1)), Invariant::SingleOwner);
}

/// INV-47: a generation never falls, except after the group was forgotten or another
/// coordinator took over from the log.
#[test]
fn generations_never_fall() {
    let mut bench = Bench::new();
    let forming = |g| Note::GroupStateChanged("g".into(), "PreparingRebalance", Generation(g));
    for generation in [0, 1, 2] {
        bench.sound(A, forming(generation));
    }
    bench.sound(B, forming(1));
    bench.sound(
        A,
        Note::GroupStateChanged("g".into(), "Dead", Generation(2)),
    );
    bench.sound(A, forming(0));
    bench.sound(A, forming(3));
    breaks(bench.note(A, forming(2)), Invariant::GenerationMonotone);
}

fn commit(member: &str, generation: i32) -> Request {
    Request::OffsetCommit(OffsetCommitRequest {
        group: "g".into(),
        generation: Generation(generation),
        member_id: member.into(),
        group_instance_id: None,
        offsets: Vec::new(),
    })
}

fn answer(error: ErrorCode) -> Response {
    let partitions = vec![(P, error)];
    Response::OffsetCommit(OffsetCommitResponse { partitions })
}

/// INV-48: only members of the current generation commit.
#[test]
fn only_members_of_the_generation_commit() {
    let mut bench = Bench::new();
    let (coordinator, ids) = group(&[0], &[1]);
    bench.cluster.group = coordinator.group("g").cloned();
    let cases = [
        (commit(&ids[0], 1), ErrorCode::None, true),
        (commit(&ids[0], 0), ErrorCode::IllegalGeneration, true),
        (commit(&ids[0], 0), ErrorCode::None, false),
        (commit("stranger", 1), ErrorCode::None, false),
        (commit("", -1), ErrorCode::None, false),
    ];
    for (number, (request, error, is_sound)) in cases.into_iter().enumerate() {
        let id = RequestId(number as u64);
        let asked = Message::Request(id, request);
        assert_eq!(bench.message(A, CONSUMER, asked), None);
        let found = bench.message(CONSUMER, A, Message::Response(id, answer(error)));
        if is_sound {
            assert_eq!(found, None);
        } else {
            breaks(found, Invariant::CommitFence);
        }
    }
}
