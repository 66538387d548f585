//! Consumers that read from a replica in their own rack (KIP-392).

use kafka_core::client::Consumer;
use kafka_core::log::Log;
use kafka_core::types::{NodeId, TopicPartition};
use kafka_scenario::{Player, Statement, parse, spec};
use kafka_sim::World;

const BEGINNING: &str = "\
scenario 1
cluster brokers=3 controllers=1
racks 0=east 1=west 2=north
set default.replication.factor=3
set replica.selector.class=org.apache.kafka.common.replica.RackAwareReplicaSelector
placement t 0=0,1,2
wait 1s
producer p acks=all
load p t every=100ms
wait 5s
consumer c topic=t group=g from=earliest RACK
wait 10s
";

/// A scenario played to its end.
struct Played {
    world: World,
    player: Player,
}

impl Played {
    fn begin(rack: &str, rest: &str) -> Played {
        let text = BEGINNING.replace("RACK", rack) + rest;
        let scenario = parse(&text).unwrap_or_else(|error| panic!("{error}"));
        let spec = spec(&scenario.setup).unwrap_or_else(|error| panic!("{error}"));
        let mut played = Played {
            world: World::new(spec, 3),
            player: Player::default(),
        };
        for step in &scenario.steps {
            assert!(!matches!(step.what, Statement::Shell(..)));
            let done = played
                .player
                .play(&mut played.world, step, &mut |_, _, _| {});
            done.unwrap_or_else(|error| panic!("{error}"));
        }
        played
    }

    fn delivered(&self) -> u64 {
        let consumer = self
            .player
            .client("c")
            .and_then(|id| self.world.consumer(id));
        consumer.map_or(0, Consumer::delivered)
    }

    fn log(&self, broker: u32) -> &Log {
        let topic = self.world.metadata().and_then(|image| image.topic("t"));
        let id = TopicPartition::new(topic.expect("it was written to").topic, 0);
        let broker = self.world.broker(NodeId(broker)).expect("it runs");
        &broker.partition(id).expect("it has a replica").log
    }

    fn end(&self) -> u64 {
        self.log(0).log_end_offset().0.unsigned_abs()
    }

    fn high_watermark(&self, broker: u32) -> u64 {
        self.log(broker).high_watermark().0.unsigned_abs()
    }
}

/// REP-44: the leader, broker 0 in the east, sends a consumer of the west to broker 1, from which
/// it goes on reading when it cannot reach the leader any more; a consumer of no rack cannot.
#[test]
fn a_consumer_reads_from_the_follower_in_its_rack() {
    let cut = "cut c - 0\nwait 10s\n";
    let west = Played::begin("client.rack=west", cut);
    let behind = west.end() - west.delivered();
    assert!(behind < 10, "{behind} of {}", west.end());
    let nowhere = Played::begin("", cut);
    let behind = nowhere.end() - nowhere.delivered();
    assert!(behind > 50, "{behind} of {}", nowhere.end());
}

/// REP-44: the leader serves its own rack itself, and racks where no replica is.
#[test]
fn the_leader_serves_its_own_rack() {
    for rack in ["client.rack=east", "client.rack=south"] {
        let read = Played::begin(rack, "cut c - 1\ncut c - 2\nwait 10s\n");
        assert!(read.end() - read.delivered() < 10, "{rack}");
        let cut_off = Played::begin(rack, "cut c - 0\nwait 10s\n");
        assert!(cut_off.end() - cut_off.delivered() > 50, "{rack}");
    }
}

/// REP-45: when the follower is gone the consumer goes back to the leader; nothing is read twice or
/// left out.
#[test]
fn without_its_follower_a_consumer_goes_back_to_the_leader() {
    let read = Played::begin(
        "client.rack=west",
        "crash 1\nwait 15s\nstop-load p\nwait 5s\n",
    );
    assert_eq!(read.delivered(), read.end());
}

/// REP-45: a follower shows nothing beyond its own high watermark, which is behind its leader's.
#[test]
fn a_follower_shows_its_own_high_watermark() {
    let read = Played::begin("client.rack=west", "slow 0 -> 1 2s\nwait 21s\n");
    let (leader, follower) = (read.high_watermark(0), read.high_watermark(1));
    assert!(follower < leader, "{follower} {leader}");
    assert!(read.delivered() <= follower, "{}", read.delivered());
    assert!(read.delivered() > 40, "{}", read.delivered());
}
