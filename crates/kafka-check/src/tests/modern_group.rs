//! Groups of the `consumer` protocol: made by a real coordinator, then spoilt by hand.

use super::group::{ask, loaded};
use super::*;
use kafka_core::group::GroupState;
use kafka_core::group::modern::ModernGroup;
use kafka_core::metadata::{MetadataRecord, PartitionRegistration};
use kafka_core::node::Prng;
use kafka_core::protocol::{ConsumerGroupHeartbeatRequest, Request, Response};

const Q: TopicPartition = TopicPartition::new(TopicId(0), 1);

/// A topic of two partitions.
fn image() -> ClusterImage {
    let mut image = ClusterImage::new();
    let topic = TopicId(0);
    image.apply(&MetadataRecord::Topic {
        topic,
        name: "t".into(),
        uuid: Uuid(1),
    });
    for partition in [0, 1] {
        image.apply(&MetadataRecord::Partition {
            topic,
            partition,
            state: PartitionRegistration::default(),
        });
    }
    image
}

fn heartbeat(member: &str, epoch: i32) -> Request {
    Request::ConsumerGroupHeartbeat(ConsumerGroupHeartbeatRequest {
        group: "g".into(),
        member_id: member.into(),
        member_epoch: GroupEpoch(epoch),
        group_instance_id: None,
        rack: None,
        rebalance_timeout_ms: Some(1_000),
        subscribed_topics: Some(vec!["t".into()]),
        server_assignor: None,
        owned: Some(Vec::new()),
        client_id: "app".into(),
        client_host: "/127.0.0.1".into(),
    })
}

/// A Stable group of two members with a partition each.
fn bench() -> Bench {
    let mut bench = Bench::new();
    let image = image();
    let mut coordinator = loaded(&image);
    let mut prng = Prng::new(1, A);
    // The first has both partitions, gives one up when the second comes, and says so.
    let mut known = [("one", GroupEpoch(0)), ("two", GroupEpoch(0))];
    for (second, at) in (0..).zip([0, 1, 0, 1, 0, 1]) {
        let now = Time::ZERO + Duration::from_secs(2 * second);
        let (member, epoch) = known[at];
        let request = heartbeat(member, epoch.0);
        let desk = (&mut coordinator, now);
        let answer = ask(desk, &image, &mut prng, request);
        let Some(Response::ConsumerGroupHeartbeat(answer)) = answer else {
            panic!("no answer to {member}");
        };
        known[at].1 = answer.member_epoch;
    }
    bench.cluster.group = coordinator.group("g").cloned();
    let state = bench.cluster.group.as_ref().map(|group| group.state);
    assert_eq!(state, Some(GroupState::Stable));
    bench.cluster.image = Some(image);
    bench
}

impl Bench {
    fn modern(&mut self) -> &mut ModernGroup {
        let group = self.cluster.group.as_mut().expect("a group");
        group.modern.as_deref_mut().expect("of the new protocol")
    }

    /// What the checks say after the group's next heartbeat.
    fn beat(&mut self) -> Option<Violation> {
        let message = Message::Request(RequestId(9), heartbeat("one", 2));
        self.message(A, CONSUMER, message)
    }
}

/// INV-43: a target gives every partition of a subscribed topic to one member; partitions
/// that the group's epoch does not know yet bind it to nothing.
#[test]
fn a_target_covers_every_partition_once() {
    let mut sound = bench();
    assert_eq!(sound.beat(), None);
    let given = |bench: &mut Bench| -> Vec<TopicPartition> {
        bench.modern().target.values().flatten().copied().collect()
    };
    assert_eq!(given(&mut sound).len(), 2);
    let mut twice = bench();
    for target in twice.modern().target.values_mut() {
        target.insert(P);
    }
    breaks(twice.beat(), Invariant::LegalTarget);
    let mut never = bench();
    never.modern().target.values_mut().for_each(|it| {
        it.remove(&Q);
    });
    let Some(found) = never.beat() else {
        panic!("a partition for nobody was not noticed");
    };
    assert_eq!(found.invariant, Invariant::LegalTarget);
    let mut grown = bench();
    let image = grown.cluster.image.as_mut().expect("metadata");
    image.apply(&MetadataRecord::Partition {
        topic: TopicId(0),
        partition: 2,
        state: PartitionRegistration::default(),
    });
    assert_eq!(grown.beat(), None);
}

/// INV-44: who has reached the target has nothing that is meant for another.
#[test]
fn who_arrived_has_nothing_of_another() {
    let mut bench = bench();
    assert_eq!(bench.beat(), None);
    let modern = bench.modern();
    let ids: Vec<Name> = modern.target.keys().cloned().collect();
    let first = modern.target.remove(&ids[0]).expect("a target");
    let second = modern.target.insert(ids[1].clone(), first);
    modern
        .target
        .insert(ids[0].clone(), second.expect("a target"));
    breaks(bench.beat(), Invariant::MemberEpoch);
}

/// INV-45: in a Stable group everybody has what is meant for it.
#[test]
fn in_a_stable_group_all_is_settled() {
    let mut bench = bench();
    assert_eq!(bench.beat(), None);
    let modern = bench.modern();
    let one = modern.members.values_mut().next().expect("a member");
    let held = std::mem::take(&mut one.assigned);
    one.pending_revocation = held;
    breaks(bench.beat(), Invariant::StableGroup);
}
