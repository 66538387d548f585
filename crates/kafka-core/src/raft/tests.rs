//! The quorum's rules, played by three voters and an observer on a tiny network.

mod net;
mod voters;

use std::rc::Rc;

use net::{A, B, C, Net, OBSERVER, ask_vote};

use super::{RaftDisk, Role};
use crate::config::QuorumConfig;
use crate::metadata::{MetadataBatch, MetadataRecord};
use crate::node::Prng;
use crate::protocol::VoteRequest;
use crate::types::{Duration, NodeId, Offset, QuorumEpoch};

/// RAFT-7, RAFT-8, RAFT-12: one leader, its epoch's first record is committed,
/// everybody (the observer too) knows leader and high watermark.
#[test]
fn three_voters_elect_one_leader_and_commit_its_first_record() {
    for seed in 0..20 {
        let mut net = Net::three(seed);
        net.run_s(10);
        let leader = net.leader();
        assert!(net.node(leader).raft.is_established_leader(), "seed {seed}");
        for node in [A, B, C, OBSERVER] {
            assert_eq!(net.node(node).raft.leader(), Some(leader), "seed {seed}");
            assert_eq!(net.high_watermark(node), Offset(1), "seed {seed}");
        }
    }
}

/// A single voter needs nobody and never expires (RAFT-9).
#[test]
fn a_single_voter_leads_at_once_and_for_ever() {
    let config = QuorumConfig {
        voters: vec![A],
        ..QuorumConfig::default()
    };
    let mut net = Net::new(1, &[A, OBSERVER], config);
    assert!(net.node(A).raft.is_established_leader());
    net.run_s(20);
    assert_eq!(net.node(A).disk.epoch, QuorumEpoch(1));
    assert_eq!(net.node(OBSERVER).raft.leader(), Some(A));
    assert_eq!(net.high_watermark(OBSERVER), Offset(1));
}

/// RAFT-14 and the 25 ms linger: records of one call stay together, and become
/// visible to others only after the linger.
#[test]
fn appended_records_linger_and_then_reach_everybody() {
    let mut net = Net::three(3);
    net.run_s(10);
    let leader = net.leader();
    assert_eq!(net.append(leader, 3), Some(Offset(1)));
    assert_eq!(net.append(leader, 2), Some(Offset(4)));
    net.run(Duration::from_ms(24));
    assert_eq!(net.end(leader), Offset(1));
    net.run(Duration::from_ms(10));
    for node in [A, B, C, OBSERVER] {
        assert_eq!(net.high_watermark(node), Offset(6));
        let sizes: Vec<usize> = (net.node(node).disk.log.read_from(Offset(1)))
            .map(|batch| batch.records.len())
            .collect();
        assert_eq!(sizes, [3, 2]);
    }
    assert_eq!(net.append(OBSERVER, 1), None);
}

/// RAFT-2, RAFT-3, RAFT-4: after the leader's death a follower is elected within
/// the fetch timeout plus election timeouts; committed records survive.
#[test]
fn a_dead_leader_is_replaced_and_committed_records_stay() {
    for seed in 0..20 {
        let mut net = Net::three(seed);
        net.run_s(10);
        let old = net.leader();
        net.append(old, 5);
        net.run_s(1);
        net.kill(old);
        net.run_s(12);
        let new = net.leader();
        assert_ne!(new, old, "seed {seed}");
        assert!(net.node(new).raft.is_established_leader(), "seed {seed}");
        assert_eq!(net.end(OBSERVER), Offset(7), "seed {seed}");
        net.start(old);
        net.run_s(5);
        assert_eq!(net.node(old).raft.leader(), Some(new), "seed {seed}");
        assert_eq!(net.high_watermark(old), Offset(7), "seed {seed}");
    }
}

/// RAFT-9 and RAFT-11: a leader cut off from its followers resigns after 3 s; what
/// only it had appended is cut off when it returns.
#[test]
fn an_isolated_leader_resigns_and_its_uncommitted_records_go() {
    for seed in 0..10 {
        let mut net = Net::three(seed);
        net.run_s(10);
        let old = net.leader();
        net.cut_off(old);
        net.append(old, 4);
        net.run(Duration::from_ms(100));
        assert_eq!(net.end(old), Offset(5));
        assert_eq!(net.high_watermark(old), Offset(1));
        net.run(Duration::from_ms(3_500));
        assert!(!net.node(old).raft.is_leader(), "seed {seed}");
        net.run_s(10);
        let new = net.leader();
        net.append(new, 1);
        net.run_s(1);
        net.cut.clear();
        net.run_s(12);
        let leader = net.leader();
        let end = net.end(leader);
        for node in [A, B, C, OBSERVER] {
            assert_eq!(net.end(node), end, "seed {seed}");
            let log = &net.node(node).disk.log;
            assert!(log.read_from(Offset::ZERO).all(|b| b.records.len() == 1));
        }
    }
}

/// KIP-996: a voter that was cut off alone does not raise the epoch when it returns.
#[test]
fn pre_votes_keep_a_returning_voter_from_disturbing() {
    let mut net = Net::three(5);
    net.run_s(10);
    let leader = net.leader();
    let epoch = net.node(leader).disk.epoch;
    let lonely = net.followers()[0];
    net.cut_off(lonely);
    net.run_s(30);
    assert_eq!(net.node(lonely).disk.epoch, epoch);
    net.cut.clear();
    net.run_s(10);
    assert_eq!(net.leader(), leader);
    assert_eq!(net.node(leader).disk.epoch, epoch);
    assert_eq!(net.node(lonely).raft.role(), Role::Follower);
}

/// RAFT-10: a resigning leader is followed within a second by its best successor.
#[test]
fn a_resigning_leader_hands_over_quickly() {
    let mut net = Net::three(7);
    net.run_s(10);
    let old = net.leader();
    net.call(old, |raft, io| raft.resign(io));
    net.run(Duration::from_ms(100));
    assert!(net.node(old).raft.is_resignation_known());
    let new = net.leader();
    assert_ne!(new, old);
    assert_eq!(net.node(new).disk.epoch, net.node(old).disk.epoch);
}

/// RAFT-1: a restarted leader resigns from its old epoch, and a vote is remembered.
#[test]
fn restart_keeps_vote_and_never_leads_the_old_epoch_again() {
    let mut net = Net::three(8);
    net.run_s(10);
    let old = net.leader();
    let epoch = net.node(old).disk.epoch;
    net.kill(old);
    net.start(old);
    assert_eq!(net.node(old).raft.role(), Role::Resigned);
    let refused = ask_vote(&mut net, old, vote(B, epoch, (epoch, 99), false));
    assert!(!refused.granted);
}

fn vote(candidate: NodeId, epoch: QuorumEpoch, last: (QuorumEpoch, i64), pre: bool) -> VoteRequest {
    VoteRequest {
        epoch,
        candidate,
        last_epoch: last.0,
        last_offset: Offset(last.1),
        pre_vote: pre,
    }
}

/// RAFT-5: one vote an epoch, only for a log at least as up to date, and never
/// for a request whose last record's epoch is not older than its own epoch.
#[test]
fn votes_are_granted_once_and_only_to_up_to_date_logs() {
    let mut net = Net::new(9, &[A], QuorumConfig::default());
    let disk = &mut net.node_mut(A).disk;
    disk.log.append(Rc::new(MetadataBatch {
        base_offset: Offset::ZERO,
        epoch: QuorumEpoch(2),
        append_time_ms: 0,
        records: vec![MetadataRecord::NoOp; 4],
    }));
    let e = QuorumEpoch;
    assert!(!ask_vote(&mut net, A, vote(B, e(5), (e(2), 3), false)).granted);
    assert!(!ask_vote(&mut net, A, vote(B, e(5), (e(1), 9), false)).granted);
    assert!(ask_vote(&mut net, A, vote(B, e(5), (e(2), 4), false)).granted);
    assert!(ask_vote(&mut net, A, vote(B, e(5), (e(2), 4), false)).granted);
    assert!(!ask_vote(&mut net, A, vote(C, e(5), (e(3), 9), false)).granted);
    assert!(ask_vote(&mut net, A, vote(C, e(5), (e(3), 9), true)).granted);
    let refused = ask_vote(&mut net, A, vote(C, e(6), (e(6), 9), false));
    assert_eq!(refused.error, crate::error::ErrorCode::InvalidRequest);
    assert_eq!(net.node(A).disk.epoch, e(5));
    let late = ask_vote(&mut net, A, vote(C, e(4), (e(3), 9), false));
    assert_eq!(late.error, crate::error::ErrorCode::FencedLeaderEpoch);
}

/// RAFT-6: a follower that fetches refuses pre-votes; nothing durable changes.
#[test]
fn pre_votes_are_refused_by_followers_that_hear_their_leader() {
    let mut net = Net::three(10);
    net.run_s(10);
    let follower = net.followers()[0];
    let asker = net.followers()[1];
    let before = net.node(follower).disk.clone();
    let request = vote(asker, before.epoch, (before.epoch, 99), true);
    assert!(!ask_vote(&mut net, follower, request.clone()).granted);
    assert_eq!(net.node(follower).disk, before);
    let leader = net.leader();
    assert!(!ask_vote(&mut net, leader, request).granted);
}

/// RAFT-13: whatever is killed, cut and healed, an epoch has one leader (checked
/// on every call) and committed records never differ.
#[test]
fn random_faults_never_split_the_committed_log() {
    for seed in 0..30_u64 {
        let mut net = Net::three(seed);
        let mut dice = Prng::new(seed, NodeId(7));
        for _ in 0..40 {
            let stream = crate::node::Stream::Choice;
            let node = [A, B, C][dice.below(stream, 3) as usize];
            match dice.below(stream, 6) {
                0 if net.running.contains_key(&node) => net.kill(node),
                1 => net.cut_off(node),
                2 => net.cut.clear(),
                3 if net.running.contains_key(&node) => {
                    net.append(node, 2);
                }
                _ if !net.running.contains_key(&node) => net.start(node),
                _ => {}
            }
            net.run(Duration::from_ms(u64::from(dice.below(stream, 4_000))));
            assert_committed_agree(&net, seed);
        }
    }
}

/// What two nodes know to be committed is the same, as far as both know.
fn assert_committed_agree(net: &Net, seed: u64) {
    let logs: Vec<(Offset, &RaftDisk)> = (net.running.values())
        .map(|node| (node.raft.high_watermark(), &node.disk))
        .collect();
    for (hw, disk) in &logs {
        for (other_hw, other) in &logs {
            let both = (*hw).min(*other_hw);
            let committed = |disk: &RaftDisk| -> Vec<Rc<MetadataBatch>> {
                (disk.log.read_from(Offset::ZERO))
                    .take_while(|batch| batch.next_offset() <= both)
                    .cloned()
                    .collect()
            };
            assert_eq!(committed(disk), committed(other), "seed {seed}");
        }
    }
}

/// DescribeQuorum tells observers from voters; observers never count for the high
/// watermark (RAFT-8).
#[test]
fn observers_are_described_but_do_not_count() {
    let mut net = Net::three(12);
    net.run_s(10);
    let leader = net.leader();
    let disk = &net.node(leader).disk;
    let answer = net
        .node(leader)
        .raft
        .describe(net.now, disk)
        .expect("leads");
    let observers: Vec<NodeId> = answer.observers.iter().map(|it| it.replica).collect();
    assert_eq!(observers, [OBSERVER]);
    for follower in net.followers() {
        net.cut_off(follower);
    }
    net.append(leader, 1);
    net.run_s(1);
    assert_eq!(net.end(OBSERVER), Offset(2));
    assert_eq!(net.high_watermark(leader), Offset(1));
}
