//! Voters of the controller quorum, in whole worlds that a scenario sets up.

mod common;

use common::played;
use kafka_core::types::NodeId;
use kafka_sim::World;

/// The voters as the last controller that runs knows them.
fn voters(world: &World) -> Vec<u32> {
    let controllers = (100..103).rev().map(NodeId);
    let mut running = controllers.filter_map(|id| world.controller(id));
    let raft = running.next().expect("a controller runs").raft();
    raft.voters().nodes().map(|node| node.0).collect()
}

/// RAFT-15, KIP-1186: with `controller.quorum.auto.join.enable` the controllers that were
/// formatted to join become voters without a tool, so that the cluster outlives the first one;
/// without it they only follow, and nobody is left to lead.
#[test]
fn controllers_that_join_by_themselves_outlive_the_first_one() {
    let story = |setting: &str| {
        format!(
            "scenario 1\ncluster brokers=1 controllers=3 voters=1\n{setting}wait 10s\ncrash 100\nwait 10s\n"
        )
    };
    let joined = played(&story("set controller.quorum.auto.join.enable=true\n"));
    assert_eq!(voters(&joined), [100, 101, 102]);
    assert!(
        joined
            .metadata()
            .is_some_and(|image| !image.brokers.is_empty())
    );
    let leads = |world: &World| {
        let mut ids = [101, 102].map(NodeId).into_iter();
        ids.any(|id| world.controller(id).is_some_and(|it| it.is_active()))
    };
    assert!(leads(&joined));
    let alone = played(&story(""));
    assert_eq!(voters(&alone), [100]);
    assert!(!leads(&alone));
}
