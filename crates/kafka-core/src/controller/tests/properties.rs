//! Whatever happens to the brokers, partition states stay sound (section 13).

use super::harness::{Cluster, topic};
use crate::config::ControllerConfig;
use crate::metadata::{ClusterImage, PartitionRegistration};
use crate::node::{Prng, Stream};
use crate::protocol::{
    AlterPartitionReassignmentsRequest, ElectLeadersRequest, ElectionType, Request,
};
use crate::types::{BrokerEpoch, NodeId, TopicId, TopicPartition};

const BROKERS: u32 = 4;
const TP: TopicPartition = TopicPartition::new(TopicId(0), 0);

/// What a broker process does at the moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Process {
    Running,
    Killed,
    /// Stopped cleanly; it remembers its broker epoch.
    Stopped(BrokerEpoch),
}

fn check(image: &ClusterImage, before: &PartitionRegistration, context: &str) {
    let state = image.partition(TP).expect("there");
    let unique = |list: &[NodeId]| {
        list.iter()
            .all(|a| list.iter().filter(|b| a == *b).count() == 1)
    };
    assert!(
        unique(&state.replicas) && unique(&state.isr),
        "{context}: {state:?}"
    );
    let in_replicas = |list: &[NodeId]| list.iter().all(|member| state.replicas.contains(member));
    assert!(
        in_replicas(&state.isr) && in_replicas(&state.elr),
        "{context}: {state:?}"
    );
    let apart = state.elr.iter().all(|member| !state.isr.contains(member));
    assert!(apart, "ISR and ELR overlap, {context}: {state:?}");
    if let Some(leader) = state.leader {
        assert!(state.isr.contains(&leader), "{context}: {state:?}");
        assert!(image.is_active(leader), "{context}: {state:?}");
        assert!(state.last_known_elr.is_empty(), "{context}: {state:?}");
    }
    assert!(state.leader_epoch >= before.leader_epoch, "{context}");
    assert!(state.partition_epoch >= before.partition_epoch, "{context}");
    if state.leader != before.leader {
        assert!(
            state.leader_epoch > before.leader_epoch,
            "REP-22, {context}"
        );
    }
    if !image.elr_enabled() {
        assert!(
            !state.isr.is_empty() && state.elr.is_empty(),
            "REP-36, {context}"
        );
    }
    if image.elr_enabled() && state.leader.is_none() {
        assert!(state.isr.is_empty(), "{context}: {state:?}");
    }
}

/// Asks to stop until told to, as a broker does; killed if that takes too long.
fn stop(cluster: &mut Cluster, processes: &[Process], broker: u32) -> Process {
    for _ in 0..5 {
        let answer = cluster.heartbeat_with(broker, |request| request.want_shut_down = true);
        if answer.should_shut_down {
            return Process::Stopped(cluster.epoch(broker));
        }
        for other in (0..BROKERS).filter(|other| *other != broker) {
            if processes[other as usize] == Process::Running {
                cluster.heartbeat(other);
            }
        }
    }
    Process::Killed
}

fn act(cluster: &mut Cluster, processes: &mut [Process], dice: &mut Prng) -> String {
    let mut roll = |bound: u32| dice.below(Stream::Choice, bound);
    let broker = roll(BROKERS);
    let at = broker as usize;
    let what = roll(8);
    let state = cluster
        .active()
        .image()
        .partition(TP)
        .expect("there")
        .clone();
    match (what, processes[at]) {
        (0, Process::Running) => processes[at] = Process::Killed,
        (1, Process::Running) => processes[at] = stop(cluster, processes, broker),
        (2 | 3, Process::Killed | Process::Stopped(_)) => {
            let previous = match processes[at] {
                Process::Stopped(epoch) => epoch,
                _ => BrokerEpoch::NONE,
            };
            if cluster.try_register(broker, previous).broker_epoch != BrokerEpoch::NONE {
                cluster.heartbeat(broker);
                processes[at] = Process::Running;
            }
        }
        (4 | 5, _) => {
            if let Some(leader) = state.leader {
                let mut isr = vec![leader.0, broker];
                isr.extend(
                    state
                        .isr
                        .iter()
                        .map(|member| member.0)
                        .filter(|_| what == 4),
                );
                isr.sort_unstable();
                isr.dedup();
                cluster.alter(0, &isr, false);
            }
        }
        (6, _) => {
            let target =
                (roll(3) > 0).then(|| vec![NodeId(broker), NodeId((broker + 1) % BROKERS)]);
            let request = AlterPartitionReassignmentsRequest {
                partitions: vec![("t".into(), 0, target)],
            };
            cluster.ask(0, Request::AlterPartitionReassignments(request));
        }
        _ => {
            let kinds = [ElectionType::Preferred, ElectionType::Unclean];
            let request = ElectLeadersRequest {
                election_type: kinds[roll(2) as usize],
                partitions: None,
            };
            cluster.ask(0, Request::ElectLeaders(request));
        }
    }
    format!("{what} on {broker}")
}

fn play(seed: u64, elr_version: i16) {
    let config = ControllerConfig {
        elr_version,
        ..ControllerConfig::default()
    };
    let mut cluster = Cluster::solo(config, &[0, 1, 2, 3]);
    let min_isr = [("min.insync.replicas", "2")];
    cluster.create(topic("t", &[&[0, 1, 2]], &min_isr));
    let mut dice = Prng::new(seed, NodeId(1));
    let mut processes = [Process::Running; BROKERS as usize];
    for step in 0..60 {
        let before = cluster
            .active()
            .image()
            .partition(TP)
            .expect("there")
            .clone();
        let action = act(&mut cluster, &mut processes, &mut dice);
        let context = format!("seed {seed} elr {elr_version} step {step}: {action}");
        check(cluster.active().image(), &before, &context);
        let alive: Vec<u32> = (0..BROKERS)
            .filter(|broker| processes[*broker as usize] == Process::Running)
            .collect();
        let before = cluster
            .active()
            .image()
            .partition(TP)
            .expect("there")
            .clone();
        let seconds = [0, 2, 11][dice.below(Stream::Choice, 3) as usize];
        cluster.pass(seconds, &alive);
        check(cluster.active().image(), &before, &context);
    }
    // The image is what the log says, nothing else.
    let controller = cluster.active();
    let mut replayed = ClusterImage::new();
    for batch in controller
        .disk()
        .raft
        .log
        .read_from(crate::types::Offset::ZERO)
    {
        for record in &batch.records {
            replayed.apply(record);
        }
    }
    assert_eq!(replayed.topics, controller.image().topics, "seed {seed}");
    assert_eq!(replayed.brokers, controller.image().brokers, "seed {seed}");
}

/// INV: leader in ISR and alive, ISR and ELR apart, epochs only grow, an ISR is empty
/// only with ELR (REP-22, REP-29, REP-34, REP-36).
#[test]
fn partition_states_stay_sound() {
    for seed in 0..40 {
        play(seed, 1);
        play(seed, 0);
    }
}
