//! The scenarios of the gate: between them, everything a world can be made to do.
//!
//! They assert nothing about Kafka; what is compared is that every platform does the same.

use kafka_core::client::{AdminTarget, ClientCommand, ProducerLoad};
use kafka_core::compress::Compression;
use kafka_core::config::{ConsumerConfig, ProducerConfig};
use kafka_core::protocol::{CreatableTopic, CreateTopicsRequest, Request};
use kafka_core::types::{Duration, NodeId};
use kafka_sim::{Action, ClusterSpec, LinkState, World};

/// A named way to spend some virtual time in a world.
pub struct Scenario {
    /// What it is, in a few words.
    pub name: &'static str,
    act: fn(&mut World),
}

impl Scenario {
    /// Runs it from the beginning, in the default cluster of three brokers and three controllers.
    pub fn run(&self, seed: u64) -> World {
        let mut world = World::new(ClusterSpec::default(), seed);
        (self.act)(&mut world);
        world
    }
}

/// All of them. Their numbers are their places here.
pub const SCENARIOS: [Scenario; 6] = [
    Scenario {
        name: "an idle cluster",
        act: |world| wait(world, 30),
    },
    Scenario {
        name: "each server crashes and comes back",
        act: crashes,
    },
    Scenario {
        name: "pauses, cut links, losses",
        act: network,
    },
    Scenario {
        name: "produce and consume",
        act: produce_and_consume,
    },
    Scenario {
        name: "produce and consume under faults",
        act: everything,
    },
    Scenario {
        name: "produce with every codec",
        act: compress,
    },
];

fn wait(world: &mut World, seconds: u64) {
    world.run_for(Duration::from_secs(seconds));
}

/// Applies an action that must be possible.
fn act(world: &mut World, action: Action) -> Option<NodeId> {
    match world.apply(&action) {
        Ok(applied) => applied.node,
        Err(error) => panic!("{action:?}: {error}"),
    }
}

fn servers(world: &World) -> Vec<NodeId> {
    world
        .nodes()
        .filter(|node| !node.role.is_client())
        .map(|node| node.id)
        .collect()
}

fn crashes(world: &mut World) {
    for (index, node) in servers(world).into_iter().enumerate() {
        let stop = [Action::Crash(node), Action::PowerLoss(node)];
        act(world, stop[index % 2].clone());
        wait(world, 12);
        act(world, Action::Start(node));
        wait(world, 5);
    }
}

fn network(world: &mut World) {
    let nodes = servers(world);
    for pair in nodes.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        act(
            world,
            Action::SetLink {
                from,
                to,
                state: LinkState::Dropped,
            },
        );
        act(
            world,
            Action::SetLossRate {
                from: to,
                to: from,
                ppm: 100_000,
            },
        );
        act(world, Action::Pause(from));
        wait(world, 4);
        act(world, Action::Resume(from));
        act(
            world,
            Action::SetLink {
                from,
                to,
                state: LinkState::Slow(Duration::from_ms(80)),
            },
        );
        wait(world, 4);
    }
    let (left, right) = nodes.split_at(nodes.len() / 2);
    act(world, Action::Partition(left.to_vec(), right.to_vec()));
    wait(world, 15);
    act(world, Action::Heal);
    wait(world, 15);
}

/// A producer without keys and one with.
const PLAIN: [(u32, Compression); 2] = [(0, Compression::None), (10, Compression::None)];

fn produce_and_consume(world: &mut World) {
    start_clients(world, &PLAIN);
    wait(world, 20);
}

fn compress(world: &mut World) {
    start_clients(world, &Compression::ALL.map(|codec| (10, codec)));
    wait(world, 20);
}

fn everything(world: &mut World) {
    start_clients(world, &PLAIN);
    wait(world, 5);
    crashes(world);
    network(world);
}

fn command(world: &mut World, client: Option<NodeId>, command: ClientCommand) {
    if let Some(client) = client {
        act(
            world,
            Action::Command {
                client,
                command: Box::new(command),
            },
        );
    }
}

/// A topic of six partitions, a producer for each number of keys and codec, and a group of two.
fn start_clients(world: &mut World, producers: &[(u32, Compression)]) {
    let admin = act(world, Action::AddAdmin(Box::default()));
    let topic = CreatableTopic {
        name: "orders".into(),
        num_partitions: 6,
        replication_factor: 3,
        assignments: Vec::new(),
        configs: Vec::new(),
    };
    let request = CreateTopicsRequest {
        topics: vec![topic],
        validate_only: false,
    };
    let call = ClientCommand::Call(
        1,
        AdminTarget::AnyBroker,
        Box::new(Request::CreateTopics(request)),
    );
    command(world, admin, call);
    wait(world, 3);
    for (keys, compression) in producers.iter().copied() {
        let config = ProducerConfig {
            compression,
            ..ProducerConfig::default()
        };
        let producer = act(world, Action::AddProducer(Box::new(config)));
        let load = ProducerLoad {
            topic: "orders".into(),
            partition: None,
            every: Duration::from_ms(7),
            remaining: None,
            keys,
            key_names: Vec::new(),
            value_bytes: 100,
            next: 0,
        };
        command(world, producer, ClientCommand::StartLoad(load));
    }
    for _ in 0..2 {
        let config = ConsumerConfig {
            group: Some("readers".into()),
            ..ConsumerConfig::default()
        };
        let consumer = act(world, Action::AddConsumer(Box::new(config)));
        command(
            world,
            consumer,
            ClientCommand::Subscribe(vec!["orders".into()]),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_twice_gives_the_same_digest() {
        for scenario in &SCENARIOS {
            assert_eq!(
                scenario.run(7).digest(),
                scenario.run(7).digest(),
                "{}",
                scenario.name
            );
        }
    }
}
