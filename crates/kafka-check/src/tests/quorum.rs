//! The controller quorum and committed metadata.

use std::ops::Range;

use super::*;
use kafka_core::metadata::{MetadataRecord, PartitionChange, PartitionRegistration};

pub(super) const K: NodeId = NodeId(100);
const L: NodeId = NodeId(101);

pub(super) fn voter(
    bench: &mut Bench,
    node: NodeId,
    epoch: i32,
    voted: Option<NodeId>,
) -> Option<Violation> {
    let (view, _) = bench.cluster.quorum.entry(node).or_insert((
        QuorumView {
            epoch: QuorumEpoch(0),
            voted: None,
            high_watermark: Offset::UNKNOWN,
        },
        Vec::new(),
    ));
    (view.epoch, view.voted) = (QuorumEpoch(epoch), voted);
    bench.step(node, None, EntryKind::Timer, &Detail::None)
}

/// The voter commits one more batch of these records.
pub(super) fn commit(
    bench: &mut Bench,
    node: NodeId,
    records: Vec<MetadataRecord>,
) -> Option<Violation> {
    let (view, batches) = bench.cluster.quorum.get_mut(&node).expect("a voter");
    let base_offset = batches
        .last()
        .map_or(Offset::ZERO, MetadataBatch::next_offset);
    let batch = MetadataBatch {
        base_offset,
        epoch: QuorumEpoch(1),
        append_time_ms: 0,
        records,
    };
    view.high_watermark = batch.next_offset();
    batches.push(batch);
    bench.step(node, None, EntryKind::Timer, &Detail::None)
}

/// INV-27: one quorum leader an epoch, whoever tells.
#[test]
fn the_quorum_has_one_leader_an_epoch() {
    let mut bench = Bench::new();
    bench.sound(K, Note::BecameQuorumLeader(QuorumEpoch(1)));
    bench.sound(L, Note::BecameQuorumFollower(QuorumEpoch(1), K));
    bench.sound(L, Note::BecameQuorumLeader(QuorumEpoch(2)));
    let found = bench.note(K, Note::BecameQuorumFollower(QuorumEpoch(2), NodeId(102)));
    breaks(found, Invariant::ElectionSafety);
}

/// INV-28: voters agree on what is committed.
#[test]
fn voters_agree_on_what_is_committed() {
    let mut bench = Bench::new();
    for node in [K, L] {
        assert_eq!(voter(&mut bench, node, 1, None), None);
    }
    for _ in 0..3 {
        for node in [K, L] {
            assert_eq!(commit(&mut bench, node, vec![MetadataRecord::NoOp]), None);
        }
    }
    assert_eq!(commit(&mut bench, K, vec![MetadataRecord::NoOp]), None);
    let other = MetadataRecord::FeatureLevel {
        name: "metadata.version".into(),
        level: 1,
    };
    breaks(
        commit(&mut bench, L, vec![other]),
        Invariant::QuorumLogMatching,
    );
}

/// INV-30: committed metadata outlives its voters' processes, and the disks of some.
#[test]
fn committed_metadata_is_on_some_disk() {
    let mut bench = Bench::new();
    for node in [K, L] {
        assert_eq!(voter(&mut bench, node, 1, None), None);
        assert_eq!(commit(&mut bench, node, vec![MetadataRecord::NoOp]), None);
    }
    let mut lose = |node: NodeId| {
        let (_, batches) = bench.cluster.quorum.get_mut(&node).expect("a voter");
        batches.clear();
        bench.step(node, None, EntryKind::Action, &Detail::None)
    };
    assert_eq!(lose(K), None);
    breaks(lose(L), Invariant::Durability);
}

/// INV-31: a vote is cast once an epoch, and neither it nor the epoch is forgotten.
#[test]
fn a_voter_votes_once_an_epoch() {
    let mut bench = Bench::new();
    for (epoch, voted) in [
        (1, None),
        (1, Some(K)),
        (1, Some(K)),
        (2, None),
        (2, Some(L)),
    ] {
        assert_eq!(voter(&mut bench, K, epoch, voted), None);
    }
    breaks(voter(&mut bench, K, 2, Some(K)), Invariant::OneVote);
    assert_eq!(voter(&mut bench, K, 3, Some(K)), None);
    breaks(voter(&mut bench, K, 3, None), Invariant::OneVote);
    breaks(voter(&mut bench, K, 2, None), Invariant::OneVote);
}

fn state(leader: BrokerId, isr: &[BrokerId], elr: &[BrokerId]) -> PartitionRegistration {
    PartitionRegistration {
        replicas: vec![A, B, C],
        isr: isr.to_vec(),
        removing: Vec::new(),
        adding: Vec::new(),
        leader: Some(leader),
        recovering: false,
        leader_epoch: LeaderEpoch(0),
        partition_epoch: PartitionEpoch(0),
        elr: elr.to_vec(),
        last_known_elr: Vec::new(),
        directories: Vec::new(),
    }
}

/// A bench whose committed metadata knows brokers A, B, C (unfenced), topic `t` with
/// min.insync.replicas=2, and ELR.
pub(super) fn with_metadata() -> Bench {
    let mut bench = Bench::new();
    assert_eq!(voter(&mut bench, K, 1, None), None);
    let mut records = vec![MetadataRecord::FeatureLevel {
        name: "eligible.leader.replicas.version".into(),
        level: 1,
    }];
    for broker in [A, B, C] {
        records.push(MetadataRecord::RegisterBroker {
            broker,
            incarnation: IncarnationId(1),
            broker_epoch: BrokerEpoch(1),
            rack: None,
            host: "localhost".into(),
            port: 9092,
            directories: Vec::new(),
        });
        records.push(fenced(broker, false));
    }
    records.push(MetadataRecord::Topic {
        name: "t".into(),
        topic: TopicId(0),
        uuid: Uuid(1),
    });
    records.push(MetadataRecord::Config {
        resource: kafka_core::protocol::ConfigResource::Topic("t".into()),
        name: "min.insync.replicas".into(),
        value: Some("2".into()),
    });
    assert_eq!(commit(&mut bench, K, records), None);
    bench
}

/// Committed metadata know B as leader of epoch 1, with that ISR and ELR; A still believes
/// to lead epoch 0.
pub(super) fn with_state(isr: &[BrokerId], elr: &[BrokerId]) -> Bench {
    let mut bench = with_metadata();
    let mut newer = state(B, isr, elr);
    newer.leader_epoch = LeaderEpoch(1);
    assert_eq!(create(&mut bench, newer), None);
    bench
}

/// The controller commits another ISR and ELR.
pub(super) fn shrunk_to(
    bench: &mut Bench,
    isr: &[BrokerId],
    elr: &[BrokerId],
) -> Option<Violation> {
    let change = PartitionChange {
        isr: Some(isr.to_vec()),
        elr: Some(elr.to_vec()),
        ..PartitionChange::default()
    };
    let record = MetadataRecord::PartitionChange {
        topic: TopicId(0),
        partition: 0,
        change,
    };
    commit(bench, K, vec![record])
}

fn fenced(broker: BrokerId, fenced: bool) -> MetadataRecord {
    MetadataRecord::BrokerRegistrationChange {
        broker,
        broker_epoch: BrokerEpoch(1),
        fenced: Some(fenced),
        in_controlled_shutdown: false,
        directories: None,
    }
}

fn create(bench: &mut Bench, state: PartitionRegistration) -> Option<Violation> {
    let record = MetadataRecord::Partition {
        topic: TopicId(0),
        partition: 0,
        state,
    };
    commit(bench, K, vec![record])
}

/// The topic gets these partitions, all led by A.
pub(super) fn partitions(bench: &mut Bench, numbers: Range<u32>) -> Option<Violation> {
    let record = |partition| MetadataRecord::Partition {
        topic: TopicId(0),
        partition,
        state: state(A, &[A, B, C], &[]),
    };
    commit(bench, K, numbers.map(record).collect())
}

/// INV-5: a leader is in its ISR.
#[test]
fn a_leader_is_in_its_isr() {
    let mut bench = with_metadata();
    assert_eq!(create(&mut bench, state(A, &[A, B, C], &[])), None);
    let found = create(&mut bench, state(C, &[A, B], &[]));
    breaks(found, Invariant::LeaderInIsr);
}

/// INV-6: ISR and ELR are disjoint parts of the replicas, and with a large enough ISR
/// there is no ELR.
#[test]
fn isr_and_elr_are_parts_of_the_replicas() {
    let mut bench = with_metadata();
    assert_eq!(create(&mut bench, state(A, &[A], &[B])), None);
    for broken in [
        state(A, &[A, NodeId(9)], &[]),
        state(A, &[A], &[NodeId(9)]),
        state(A, &[A], &[A]),
        state(A, &[A, B], &[C]),
    ] {
        let mut bench = with_metadata();
        breaks(create(&mut bench, broken), Invariant::IsrSubset);
    }
}

/// INV-7: who is fenced leaves every ISR in the same event.
#[test]
fn a_fenced_broker_is_in_no_isr() {
    let mut bench = with_metadata();
    assert_eq!(create(&mut bench, state(A, &[A, B, C], &[])), None);
    let change = MetadataRecord::PartitionChange {
        topic: TopicId(0),
        partition: 0,
        change: PartitionChange {
            isr: Some(vec![A, B]),
            ..PartitionChange::default()
        },
    };
    assert_eq!(commit(&mut bench, K, vec![fenced(C, true), change]), None);
    let found = commit(&mut bench, K, vec![fenced(B, true)]);
    breaks(found, Invariant::FencedNotInIsr);
}

/// INV-20: a new leader comes with a new epoch. A record that names one always bumps
/// it, so only a broker that is ahead of the committed metadata can break it.
#[test]
fn nobody_acts_in_an_epoch_that_is_not_committed() {
    let mut bench = with_metadata();
    assert_eq!(create(&mut bench, state(A, &[A, B, C], &[])), None);
    let change = MetadataRecord::PartitionChange {
        topic: TopicId(0),
        partition: 0,
        change: PartitionChange {
            leader: Some(Some(B)),
            ..PartitionChange::default()
        },
    };
    assert_eq!(commit(&mut bench, K, vec![change]), None);
    assert_eq!(bench.elect(B, 1), None);
    breaks(bench.elect(C, 2), Invariant::EpochSteps);
}

/// A bench with that partition, and then that change of it.
fn changed(from: PartitionRegistration, change: PartitionChange) -> Option<Violation> {
    let mut bench = with_metadata();
    assert_eq!(create(&mut bench, from), None);
    let record = MetadataRecord::PartitionChange {
        topic: TopicId(0),
        partition: 0,
        change,
    };
    commit(&mut bench, K, vec![record])
}

/// INV-24: a clean election chooses from the ISR or the ELR, or who completes a reassignment; an
/// unclean one says that it is.
#[test]
fn a_clean_election_chooses_among_those_in_sync() {
    let elect = |leader, recovering| PartitionChange {
        leader: Some(Some(leader)),
        isr: Some(vec![leader]),
        elr: Some(Vec::new()),
        recovering,
        ..PartitionChange::default()
    };
    let from = || state(A, &[A], &[B]);
    assert_eq!(changed(from(), elect(B, None)), None);
    assert_eq!(changed(from(), elect(C, Some(true))), None);
    let mut moving = from();
    moving.adding = vec![C];
    let mut done = elect(C, None);
    done.adding = Some(Vec::new());
    assert_eq!(changed(moving, done), None);
    // The last leader found C in sync in the record that ends its own time as a replica.
    let mut leaving = state(A, &[A], &[]);
    leaving.removing = vec![A];
    let last_word = PartitionChange {
        replicas: Some(vec![B, C]),
        isr: Some(vec![B, C]),
        removing: Some(Vec::new()),
        ..elect(C, None)
    };
    assert_eq!(changed(leaving, last_word), None);
    let found = changed(from(), elect(C, None));
    breaks(found, Invariant::CleanElection);
}

/// INV-25: when nobody is in sync and nobody eligible, the last leader is known.
#[test]
fn a_partition_without_candidates_knows_its_last_leader() {
    let mut offline = state(A, &[], &[]);
    offline.leader = None;
    offline.last_known_elr = vec![A];
    assert_eq!(create(&mut with_metadata(), offline.clone()), None);
    offline.last_known_elr.clear();
    let found = create(&mut with_metadata(), offline);
    breaks(found, Invariant::ElrRecovery);
}

/// INV-26: a replica goes in the record that ends a reassignment which removes it.
#[test]
fn a_replica_goes_when_its_reassignment_ends() {
    let smaller = PartitionChange {
        replicas: Some(vec![A, B]),
        isr: Some(vec![A, B]),
        removing: Some(Vec::new()),
        ..PartitionChange::default()
    };
    let mut moving = state(A, &[A, B, C], &[]);
    moving.removing = vec![C];
    assert_eq!(changed(moving.clone(), smaller.clone()), None);
    let mut unfinished = smaller.clone();
    unfinished.removing = None;
    breaks(changed(moving, unfinished), Invariant::Reassign);
    // REP-41: with nothing to wait for it begins and ends in one record.
    let still = state(A, &[A, B, C], &[]);
    assert_eq!(changed(still, smaller), None);
}

/// INV-32: a quorum leader's high watermark first covers a batch of its own epoch.
#[test]
fn a_quorum_leader_commits_in_its_own_epoch() {
    let mut bench = Bench::new();
    bench.sound(K, Note::BecameQuorumLeader(QuorumEpoch(1)));
    assert_eq!(voter(&mut bench, K, 1, None), None);
    assert_eq!(commit(&mut bench, K, vec![MetadataRecord::NoOp]), None);
    // Elected again, it takes what is left of its first epoch for committed.
    bench.sound(K, Note::BecameQuorumLeader(QuorumEpoch(2)));
    assert_eq!(voter(&mut bench, K, 2, None), None);
    let found = commit(&mut bench, K, vec![MetadataRecord::NoOp]);
    breaks(found, Invariant::CommitOwnEpoch);
}

/// INV-21: a broker's metadata log is a beginning of the committed one.
#[test]
fn brokers_apply_what_is_committed() {
    let mut bench = Bench::new();
    assert_eq!(voter(&mut bench, K, 1, None), None);
    for _ in 0..3 {
        assert_eq!(commit(&mut bench, K, vec![MetadataRecord::NoOp]), None);
    }
    let log = bench.cluster.quorum[&K].1.clone();
    bench.cluster.observers.insert(A, log[..2].to_vec());
    let look = |bench: &mut Bench| bench.step(A, None, EntryKind::Timer, &Detail::None);
    assert_eq!(look(&mut bench), None, "it is behind");
    bench.cluster.observers.insert(A, log.clone());
    assert_eq!(look(&mut bench), None);
    assert_eq!(commit(&mut bench, K, vec![MetadataRecord::NoOp]), None);
    let mut other = bench.cluster.quorum[&K].1.clone();
    other[3].epoch = QuorumEpoch(9);
    bench.cluster.observers.insert(A, other);
    breaks(look(&mut bench), Invariant::MetadataPrefix);
}

/// INV-29: a controller that begins to lead holds all that is committed.
#[test]
fn a_new_quorum_leader_holds_what_is_committed() {
    let mut bench = Bench::new();
    for node in [K, L] {
        assert_eq!(voter(&mut bench, node, 1, None), None);
    }
    for node in [K, L, K] {
        assert_eq!(commit(&mut bench, node, vec![MetadataRecord::NoOp]), None);
    }
    bench.sound(K, Note::BecameQuorumLeader(QuorumEpoch(2)));
    assert_eq!(voter(&mut bench, K, 2, None), None);
    // L has one batch of two.
    bench.sound(L, Note::BecameQuorumLeader(QuorumEpoch(3)));
    breaks(
        voter(&mut bench, L, 3, None),
        Invariant::QuorumLeaderComplete,
    );
}

/// INV-10: the leader counts everybody whom the controller may elect; one that was replaced may not.
#[test]
fn a_leader_counts_whom_the_controller_may_elect() {
    let bench = || {
        let mut bench = with_metadata();
        assert_eq!(create(&mut bench, state(A, &[A, B], &[])), None);
        assert_eq!(bench.append(A, 1), None);
        assert_eq!(bench.copy(B, A), None);
        bench.at(A).isr = vec![A, B, C];
        bench
    };
    let mut sound = bench();
    assert_eq!(sound.copy(C, A), None);
    assert_eq!(sound.advance(A, 1), None, "more than the controller's");
    let mut broken = bench();
    broken.at(A).isr = vec![A];
    broken.at(A).min_isr = 1;
    breaks(broken.advance(A, 1), Invariant::MaximalIsrSuperset);
}

/// INV-18: a follower knows no high watermark that no leader had.
#[test]
fn a_follower_is_never_ahead_of_every_leader() {
    let mut bench = Bench::new();
    bench.committed(A, 1);
    assert_eq!(bench.append(A, 2), None);
    bench.at(B).high_watermark = Offset(1);
    assert_eq!(bench.copy(B, A), None);
    assert_eq!(bench.append(A, 3), None);
    bench.at(B).high_watermark = Offset(2);
    breaks(bench.copy(B, A), Invariant::FollowerHw);
}
