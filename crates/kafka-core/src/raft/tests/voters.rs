//! Voters come and go (RAFT-15).

use super::assert_committed_agree;
use super::net::{A, B, C, D, Net, OBSERVER};
use crate::config::{QuorumConfig, QuorumFormat};
use crate::error::ErrorCode;
use crate::metadata::ReplicaKey;
use crate::node::{Prng, Stream};
use crate::protocol::{AddRaftVoterRequest, RemoveRaftVoterRequest, Request};
use crate::raft::{Question, Role};
use crate::types::{Duration, NodeId, Offset, Uuid};

fn add(node: NodeId) -> Request {
    Request::AddRaftVoter(AddRaftVoterRequest {
        voter: ReplicaKey::of(node),
        ack_when_committed: true,
    })
}

fn remove(node: NodeId) -> Request {
    Request::RemoveRaftVoter(RemoveRaftVoterRequest {
        voter: ReplicaKey::of(node),
    })
}

/// A quorum that `initial` were formatted for; the others have been started to join.
fn dynamic(seed: u64, initial: &[NodeId]) -> Net {
    let config = QuorumConfig {
        voters: vec![A, B, C, D],
        format: QuorumFormat::Initial(initial.to_vec()),
        ..QuorumConfig::default()
    };
    let mut net = Net::new(seed, initial, config);
    let others = [A, B, C, D, OBSERVER].into_iter();
    for node in others.filter(|node| !initial.contains(node)) {
        net.joining.insert(node);
        net.start(node);
    }
    net.run_s(10);
    net
}

fn voters(net: &Net, node: NodeId) -> Vec<NodeId> {
    net.node(node).raft.voters().nodes().collect()
}

/// RAFT-15: the first leader writes the voters it was formatted with into the log, where the
/// others find them; a controller that joins observes until it is added.
#[test]
fn a_formatted_quorum_tells_its_voters_and_takes_another_in() {
    let mut net = dynamic(1, &[A]);
    assert_eq!(net.leader(), A);
    assert_eq!(net.high_watermark(A), Offset(3));
    for node in [A, B, C, D, OBSERVER] {
        assert_eq!(voters(&net, node), [A]);
    }
    assert_eq!(net.node(B).raft.role(), Role::Follower);
    assert!(!net.node(B).raft.is_voter());
    assert_eq!(net.change(A, add(B)).error, ErrorCode::None);
    assert!(net.node(B).raft.is_voter());
    for node in [A, B, C, D, OBSERVER] {
        assert_eq!(voters(&net, node), [A, B]);
    }
}

/// RAFT-15: from its record on the new voter counts: a majority of two is two, and one alone
/// neither commits nor leads for long.
#[test]
fn a_majority_of_the_new_voters_commits() {
    let mut net = dynamic(2, &[A]);
    net.change(A, add(B));
    net.append(A, 1);
    net.run_s(1);
    let committed = net.high_watermark(A);
    assert_eq!(committed, net.end(A));
    net.kill(B);
    net.append(A, 1);
    net.run_s(1);
    assert_eq!(net.high_watermark(A), committed);
    net.run_s(4);
    assert!(!net.node(A).raft.is_leader());
    net.start(B);
    net.run_s(12);
    let leader = net.leader();
    assert!(net.node(leader).raft.is_established_leader());
}

/// RAFT-15: one change at a time, and none before the record of the last one is committed.
#[test]
fn a_second_change_waits_for_the_first_to_be_committed() {
    let mut net = dynamic(3, &[A, B, C]);
    let leader = net.leader();
    let others = net.followers();
    net.cut_off(others[0]);
    net.cut_off(others[1]);
    let first = net.ask(leader, remove(others[0]));
    let second = net.ask(leader, add(D));
    net.run(Duration::from_ms(1));
    let refused = &net.answers[&second];
    assert_eq!(refused.error, ErrorCode::RequestTimedOut);
    assert!(refused.text().contains("handle previous voter change"));
    net.run(Duration::from_ms(2_100));
    assert_eq!(net.answers[&first].error, ErrorCode::RequestTimedOut);
    // The asker was told that it failed; the record is there all the same.
    let third = net.ask(leader, add(D));
    net.run(Duration::from_ms(1));
    let refused = &net.answers[&third];
    assert!(refused.text().contains("to commit the latest voter change"));
    net.run(Duration::from_ms(500));
    assert_eq!(net.high_watermark(leader), Offset(3));
}

/// RAFT-15: what is cut off with an uncommitted record is also who votes.
#[test]
fn uncommitted_voters_are_forgotten_with_their_record() {
    let mut net = dynamic(4, &[A, B, C]);
    let old = net.leader();
    let others = net.followers();
    net.cut_off(old);
    net.ask(old, remove(others[0]));
    net.run(Duration::from_ms(1));
    assert!(!voters(&net, old).contains(&others[0]));
    net.run_s(12);
    net.cut.clear();
    net.run_s(12);
    for node in [A, B, C, D] {
        assert_eq!(voters(&net, node), [A, B, C]);
    }
}

/// RAFT-15: a leader that removes itself leads until the new voters have committed that, without
/// counting itself; then one of them leads, and it observes.
#[test]
fn a_leader_that_is_removed_resigns_after_the_commit() {
    for seed in 0..10 {
        let mut net = dynamic(seed, &[A, B, C]);
        let old = net.leader();
        assert_eq!(net.change(old, remove(old)).error, ErrorCode::None);
        net.run_s(8);
        let new = net.leader();
        assert_ne!(new, old, "seed {seed}");
        assert!(!voters(&net, new).contains(&old), "seed {seed}");
        assert_eq!(net.node(old).raft.role(), Role::Follower, "seed {seed}");
        assert_eq!(net.node(old).raft.leader(), Some(new), "seed {seed}");
        net.append(new, 1);
        net.run_s(1);
        assert_eq!(net.high_watermark(old), net.high_watermark(new));
        // It does not stand for election any more.
        net.kill(new);
        net.run_s(12);
        assert_ne!(net.node(old).raft.role(), Role::Candidate, "seed {seed}");
    }
}

/// RAFT-15: without a majority of the voters that remain, the leader's removal stays uncommitted.
#[test]
fn a_removed_leader_does_not_count_itself() {
    let mut net = dynamic(5, &[A, B, C]);
    let leader = net.leader();
    let others = net.followers();
    net.kill(others[0]);
    net.run(Duration::from_ms(100));
    let end = net.end(leader);
    net.ask(leader, remove(leader));
    net.run(Duration::from_ms(1_500));
    assert_eq!(net.end(others[1]), net.end(leader));
    assert_eq!(net.high_watermark(leader), end);
    assert!(net.node(leader).raft.is_leader());
}

/// RAFT-15: who is voter already, who is not one, who was never seen, and the last one.
#[test]
fn impossible_changes_are_refused_with_kafkas_reasons() {
    let mut net = dynamic(6, &[A]);
    let known = ReplicaKey::of(A);
    let refused = net.change(A, add(A));
    assert_eq!(refused.error, ErrorCode::DuplicateVoter);
    assert_eq!(
        refused.text(),
        format!("The voter id for {known} is already part of the set of voters [{known}].")
    );
    let refused = net.change(A, remove(B));
    assert_eq!(refused.error, ErrorCode::VoterNotFound);
    assert_eq!(net.change(A, remove(A)).error, ErrorCode::VoterNotFound);
    let refused = net.change(B, add(C));
    assert_eq!(refused.error, ErrorCode::NotLeaderOrFollower);
    net.kill(C);
    net.run_s(1);
    let refused = net.change(A, add(C));
    assert_eq!(refused.error, ErrorCode::RequestTimedOut);
    assert!(refused.text().ends_with("error BROKER_NOT_AVAILABLE"));
    let elsewhere = Request::AddRaftVoter(AddRaftVoterRequest {
        voter: ReplicaKey {
            node: B,
            directory: Uuid(7),
        },
        ack_when_committed: true,
    });
    let refused = net.change(A, elsewhere);
    assert!(refused.text().ends_with("since it is lagging behind"));
    assert_eq!(voters(&net, A), [A]);
}

/// RAFT-15: the voters of `controller.quorum.voters` (`kraft.version` 0) do not change.
#[test]
fn static_voters_do_not_change() {
    let mut net = Net::three(7);
    net.run_s(10);
    let leader = net.leader();
    let refused = net.change(leader, remove(leader));
    assert_eq!(refused.error, ErrorCode::UnsupportedVersion);
    let refused = net.change(leader, add(D));
    assert_eq!(
        refused.text(),
        "Cluster doesn't support adding voter because the kraft.version feature is 0"
    );
}

/// RAFT-13 with RAFT-15: whatever is killed and cut while voters come and go, an epoch has one
/// leader (checked on every call) and committed records never differ.
#[test]
fn random_changes_of_voters_never_split_the_committed_log() {
    let mut changed = 0;
    for seed in 0..30_u64 {
        let mut net = dynamic(seed, &[A, B, C]);
        let mut dice = Prng::new(seed, NodeId(7));
        for _ in 0..40 {
            let node = [A, B, C, D][dice.below(Stream::Choice, 4) as usize];
            let runs = net.running.contains_key(&node);
            match dice.below(Stream::Choice, 9) {
                0 if runs => net.kill(node),
                1 => net.cut_off(node),
                2 => net.cut.clear(),
                3 if runs => {
                    net.append(node, 2);
                }
                change @ 4..7 => {
                    let request = if change == 4 { add(node) } else { remove(node) };
                    let leading = net.running.iter().filter(|(_, it)| it.raft.is_leader());
                    let leader = leading.map(|(id, _)| *id).next_back();
                    if let Some(leader) = leader {
                        net.ask(leader, request);
                    }
                }
                _ if !runs => net.start(node),
                _ => {}
            }
            net.run(Duration::from_ms(dice.below(Stream::Choice, 4_000).into()));
            assert_committed_agree(&net, seed);
        }
        let done = net.answers.values();
        changed += done
            .filter(|answer| answer.error == ErrorCode::None)
            .count();
    }
    assert!(changed > 30, "only {changed} changes");
}

/// Controllers that ask by themselves; the broker does not.
fn auto_joining(seed: u64, initial: &[NodeId], format: QuorumFormat) -> Net {
    let config = QuorumConfig {
        voters: vec![A, B, C],
        format,
        auto_join: true,
        ..QuorumConfig::default()
    };
    let mut nodes = initial.to_vec();
    nodes.push(OBSERVER);
    let mut net = Net::new(seed, &nodes, config);
    net.run_s(5);
    net
}

/// RAFT-15, KIP-1186: a controller that may asks for a vote once it has followed for
/// `controller.quorum.fetch.timeout.ms` (2 s), one after the other; brokers never do.
#[test]
fn a_controller_joins_by_itself() {
    let mut net = auto_joining(7, &[A], QuorumFormat::Initial(vec![A]));
    for node in [B, C] {
        net.joining.insert(node);
        net.start(node);
    }
    net.run(Duration::from_ms(1_900));
    assert_eq!(voters(&net, A), [A], "too early");
    net.run(Duration::from_ms(1_000));
    let joined = voters(&net, A);
    assert!(joined.len() > 1, "nobody joined: {joined:?}");
    // Who came second while the first change was under way is told to try again.
    net.run_s(3);
    for node in [A, B, C, OBSERVER] {
        assert_eq!(voters(&net, node), [A, B, C]);
    }
    assert!(net.node(B).raft.is_voter() && !net.node(OBSERVER).raft.is_voter());
}

/// RAFT-15, KIP-1186: who joins by itself and is removed is back soon.
#[test]
fn a_removed_voter_joins_again() {
    let format = QuorumFormat::Initial(vec![A, B, C]);
    let mut net = auto_joining(8, &[A, B, C], format);
    let (leader, other) = (net.leader(), net.followers()[0]);
    let removed = net.ask(leader, remove(other));
    net.run(Duration::from_ms(100));
    assert_eq!(net.answers[&removed].error, ErrorCode::None);
    assert!(!voters(&net, leader).contains(&other));
    net.run(Duration::from_ms(2_900));
    assert_eq!(voters(&net, leader), [A, B, C]);
}

/// RAFT-15: the voters of a static quorum cannot change, so nobody asks.
#[test]
fn nobody_joins_a_static_quorum() {
    let mut net = auto_joining(9, &[A, B, C], QuorumFormat::Static);
    net.start(D);
    let until = net.now + Duration::from_secs(5);
    while net.step(until) {
        assert!(!net.node(D).raft.is_asking(None, Question::Join));
    }
    assert_eq!(net.node(D).raft.role(), Role::Follower);
}
