//! KIP-320 (REP-26): before it a fetch did not say in which leader epoch the follower was.
//! With that rule switched on a check catches what became of it; with today's it holds.

use kafka_check::{Checker, Invariant, Outcome};
use kafka_core::client::{AdminTarget, ClientCommand, RecordToSend};
use kafka_core::config::{Endpoint, ProducerConfig, Truncation};
use kafka_core::protocol::{
    Acks, AlterPartitionReassignmentsRequest, CreatableTopic, CreateTopicsRequest,
    ElectLeadersRequest, ElectionType, Request,
};
use kafka_core::types::{Duration, NodeId};
use kafka_sim::{Action, ClusterSpec, LinkState, World};

const CONTROLLER: NodeId = NodeId(100);

struct Story {
    world: World,
    checker: Checker,
    admin: NodeId,
    found: Option<Invariant>,
}

impl Story {
    /// One partition on brokers 0, 2 and 1, led by broker 0.
    fn new(truncation: Truncation) -> Story {
        let mut spec = ClusterSpec::quick(3, 1);
        for broker in &mut spec.brokers {
            broker.truncation = truncation;
        }
        let mut world = World::new(spec, 1);
        let checker = Checker::new(&world);
        let admin = added(&mut world, Action::AddAdmin(Box::default()));
        let mut story = Story {
            world,
            checker,
            admin,
            found: None,
        };
        let topic = CreatableTopic {
            name: "orders".into(),
            num_partitions: -1,
            replication_factor: -1,
            assignments: vec![(0, [0, 2, 1].map(NodeId).to_vec())],
            configs: Vec::new(),
        };
        story.call(Request::CreateTopics(CreateTopicsRequest {
            topics: vec![topic],
            validate_only: false,
        }));
        story.run_ms(1_000);
        story
    }

    fn run_ms(&mut self, ms: u64) {
        let until = self.world.now() + Duration::from_ms(ms);
        while self.world.step_until(until) {
            let found = self.checker.after_event(&self.world);
            self.found = self.found.or(found.map(|it| it.invariant));
        }
        self.world.skip_to(until);
    }

    fn act(&mut self, action: &Action) {
        self.world.apply(action).expect("the action fits");
    }

    fn call(&mut self, request: Request) {
        let command = ClientCommand::Call(1, AdminTarget::AnyBroker, Box::new(request));
        let (client, command) = (self.admin, Box::new(command));
        self.act(&Action::Command { client, command });
    }

    /// A producer with acks=1 that knows only those brokers at first.
    fn producer(&mut self, brokers: &[u32]) -> NodeId {
        let mut config = ProducerConfig {
            acks: Acks::Leader,
            idempotence: false,
            linger_ms: 0,
            ..ProducerConfig::default()
        };
        let all = ClusterSpec::quick(3, 1).bootstrap();
        let known = |end: &Endpoint| brokers.contains(&end.node.0);
        config.client.bootstrap = all.into_iter().filter(known).collect();
        added(&mut self.world, Action::AddProducer(Box::new(config)))
    }

    fn send(&mut self, producer: NodeId, value: &str) {
        let record = RecordToSend {
            topic: "orders".into(),
            partition: Some(0),
            key: None,
            value: Some(value.as_bytes().into()),
            headers: Vec::new(),
            timestamp_ms: None,
        };
        let command = Box::new(ClientCommand::Send(record, 0));
        let client = producer;
        self.act(&Action::Command { client, command });
    }

    /// That broker hears of the controller so many milliseconds later.
    fn slow(&mut self, broker: u32, ms: u64) {
        self.act(&Action::SetLink {
            from: CONTROLLER,
            to: NodeId(broker),
            state: LinkState::Slow(Duration::from_ms(ms)),
        });
    }

    /// The first of these replicas becomes the preferred leader.
    fn prefer(&mut self, replicas: [u32; 3]) {
        let target = Some(replicas.map(NodeId).to_vec());
        let partitions = vec![("orders".into(), 0, target)];
        let request = AlterPartitionReassignmentsRequest { partitions };
        self.call(Request::AlterPartitionReassignments(request));
        self.run_ms(200);
    }

    fn outcome(&self, invariant: Invariant) -> Outcome {
        let verdicts = self.checker.verdicts();
        let found = verdicts.iter().find(|it| it.invariant == invariant);
        found.expect("a verdict for each").outcome
    }

    /// The preferred leader is elected.
    fn elect(&mut self) {
        self.call(Request::ElectLeaders(ElectLeadersRequest {
            election_type: ElectionType::Preferred,
            partitions: None,
        }));
        self.run_ms(200);
    }
}

fn added(world: &mut World, action: Action) -> NodeId {
    let applied = world.apply(&action).expect("there is room");
    applied.node.expect("a new client has a number")
}

/// Broker 2 is elected and then broker 0 again, of which broker 0 hears late. Broker 1,
/// which knows, comes to terms with broker 0 of long ago and its record `x`. Then broker 0
/// follows broker 2 for a while, takes its record `y` instead, and leads again.
fn two_elections(truncation: Truncation) -> Story {
    let mut story = Story::new(truncation);
    let stale = story.producer(&[0]);
    story.send(stale, "first");
    story.run_ms(3_000);
    story.prefer([2, 0, 1]);
    story.slow(0, 1_400);
    story.elect();
    let newer = story.producer(&[1, 2]);
    story.send(stale, "x");
    story.send(newer, "y");
    story.run_ms(100);
    story.slow(2, 1_900);
    story.prefer([0, 2, 1]);
    story.elect();
    story.run_ms(20_000);
    story.act(&Action::Heal);
    story.run_ms(10_000);
    story.send(stale, "after");
    story.run_ms(5_000);
    story
}

/// REP-26, KIP-320: without the epoch in its fetches a follower counts as having what it
/// has not (INV-8), and goes on behind another history than its leader's (INV-3). With it
/// the follower waits, and everything holds.
#[test]
fn a_follower_that_is_not_fenced_diverges() {
    let broken = two_elections(Truncation::Unfenced);
    assert_eq!(broken.found, Some(Invariant::WeakIsr));
    assert_eq!(broken.outcome(Invariant::EpochPrefix), Outcome::Violated);
    let today = two_elections(Truncation::Epochs);
    assert_eq!(today.found, None);
    assert_eq!(today.outcome(Invariant::EpochPrefix), Outcome::Holds);
}
