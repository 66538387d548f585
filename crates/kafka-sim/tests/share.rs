//! Share groups in a whole cluster (section 10).

use std::collections::BTreeMap;

use kafka_core::client::AdminTarget;
use kafka_core::client::{ClientCommand, ClientEvent, RecordToSend, SharedRecord};
use kafka_core::config::{Acknowledging, ProducerConfig, ShareConsumerConfig};
use kafka_core::error::ErrorCode;
use kafka_core::protocol::{
    AcknowledgeType, AlterOp, ConfigResource, CreatableTopic, CreatePartitionsRequest,
    CreatePartitionsTopic, CreateTopicsRequest, IncrementalAlterConfigsRequest, Request, Response,
    ShareAcquireMode,
};
use kafka_core::types::{Duration, NodeId, Offset};
use kafka_sim::{Action, ClusterSpec, LinkState, World};

struct Bench {
    world: World,
    producer: NodeId,
}

impl Bench {
    /// Three brokers and a topic `jobs` of that many partitions.
    fn new(partitions: i32, seed: u64) -> Bench {
        let mut world = World::new(ClusterSpec::quick(3, 1), seed);
        let admin = add(&mut world, Action::AddAdmin(Box::default()));
        let topic = CreatableTopic {
            name: "jobs".into(),
            num_partitions: partitions,
            replication_factor: 3,
            assignments: Vec::new(),
            configs: Vec::new(),
        };
        let request = Request::CreateTopics(CreateTopicsRequest {
            topics: vec![topic],
            validate_only: false,
        });
        command(
            &mut world,
            admin,
            ClientCommand::Call(1, AdminTarget::AnyBroker, Box::new(request)),
        );
        world.run_for(Duration::from_secs(1));
        let config = ProducerConfig::default();
        let producer = add(&mut world, Action::AddProducer(Box::new(config)));
        Bench { world, producer }
    }

    fn member(&mut self, name: &str, change: impl Fn(&mut ShareConsumerConfig)) -> NodeId {
        let mut config = ShareConsumerConfig {
            group: "workers".into(),
            ..ShareConsumerConfig::default()
        };
        config.client.client_id = name.into();
        change(&mut config);
        let node = add(&mut self.world, Action::AddShareConsumer(Box::new(config)));
        let topics = ClientCommand::Subscribe(vec!["jobs".into()]);
        command(&mut self.world, node, topics);
        node
    }

    fn send(&mut self, records: u32, partition: u32) {
        for number in 0..records {
            let record = RecordToSend {
                topic: "jobs".into(),
                partition: Some(partition),
                key: None,
                value: Some(format!("j{number}").as_bytes().into()),
                headers: Vec::new(),
                timestamp_ms: None,
            };
            let send = ClientCommand::Send(record, 0);
            command(&mut self.world, self.producer, send);
        }
    }

    fn run(&mut self, seconds: u64) {
        self.world.run_for(Duration::from_secs(seconds));
    }

    /// What each client was given: (client, record).
    fn given(&self) -> Vec<(NodeId, SharedRecord)> {
        let items = self.world.history().iter_from(0);
        let given = items.filter_map(|item| match &item.event {
            ClientEvent::ShareDelivered(records) => Some((item.client, records.clone())),
            _ => None,
        });
        let each =
            given.flat_map(|(client, records)| records.into_iter().map(move |r| (client, r)));
        each.collect()
    }

    /// How often each record (partition, offset) was given out, at most.
    fn counts(&self) -> BTreeMap<(u32, i64), u16> {
        let mut counts = BTreeMap::new();
        for (_, shared) in self.given() {
            let place = &shared.delivered;
            let count = counts
                .entry((place.partition.partition, place.offset.0))
                .or_insert(0);
            *count = shared.delivery_count.max(*count);
        }
        counts
    }

    /// The errors of all acknowledgements that were answered.
    fn outcomes(&self) -> Vec<ErrorCode> {
        let items = self.world.history().iter_from(0);
        let told = items.filter_map(|item| match &item.event {
            ClientEvent::Acknowledged(partitions) => Some(partitions),
            _ => None,
        });
        told.flatten().map(|(_, _, error)| *error).collect()
    }

    /// SPSO of each partition on its leader.
    fn starts(&self) -> Vec<i64> {
        let brokers = (0..3).filter_map(|id| self.world.broker(NodeId(id)));
        let mut starts: Vec<(u32, i64)> = brokers
            .flat_map(|broker| broker.share_partitions())
            .map(|share| (share.id().partition, share.start_offset().0))
            .collect();
        starts.sort_unstable();
        starts.into_iter().map(|(_, start)| start).collect()
    }

    /// Whether some coordinator gave a member that many partitions.
    fn assigned(&self, partitions: usize) -> bool {
        let mut brokers = (0..3).filter_map(|id| self.world.broker(NodeId(id)));
        brokers.any(|broker| {
            let group = broker.coordinator().group("workers");
            let members = group.and_then(|group| group.modern.as_ref());
            let mut members = members.into_iter().flat_map(|it| it.members.values());
            members.any(|member| member.assigned.len() == partitions)
        })
    }

    fn leader(&self, partition: usize) -> NodeId {
        let image = self.world.metadata().expect("a controller runs");
        let topic = image.topic("jobs").expect("it was created");
        topic.partitions[partition].leader.expect("a leader")
    }
}

fn add(world: &mut World, action: Action) -> NodeId {
    let applied = world.apply(&action).expect("there is room");
    applied.node.expect("a new client has a number")
}

fn command(world: &mut World, client: NodeId, command: ClientCommand) {
    let command = Box::new(command);
    let action = Action::Command { client, command };
    world.apply(&action).expect("it runs");
}

fn always(with: AcknowledgeType) -> impl Fn(&mut ShareConsumerConfig) {
    move |config| config.acknowledging = Acknowledging::Always(with)
}

/// SHG-1, SHG-5, SHG-10: three members on three partitions process every record once.
#[test]
fn three_members_share_the_work() {
    let mut bench = Bench::new(3, 1);
    let members = ["a", "b", "c"].map(|name| bench.member(name, |_| {}));
    bench.run(10);
    for partition in 0..3 {
        bench.send(10, partition);
    }
    bench.run(5);
    let counts = bench.counts();
    assert_eq!(counts.len(), 30);
    assert!(counts.values().all(|count| *count == 1), "{counts:?}");
    assert_eq!(bench.given().len(), 30);
    for member in members {
        assert!(bench.given().iter().any(|(client, _)| *client == member));
    }
    assert_eq!(bench.starts(), [10, 10, 10]);
}

/// SHG-10: more members than partitions; each takes a record at a time.
#[test]
fn members_share_one_partition_record_by_record() {
    let mut bench = Bench::new(1, 2);
    let one_by_one = |config: &mut ShareConsumerConfig| {
        config.acquire_mode = ShareAcquireMode::RecordLimit;
        config.max_poll_records = 1;
        config.work = Duration::from_secs(1);
    };
    let members = ["a", "b", "c"].map(|name| bench.member(name, one_by_one));
    bench.run(10);
    bench.send(30, 0);
    bench.run(12);
    let given = bench.given();
    assert_eq!(given.len(), 30);
    for member in members {
        let mine = given.iter().filter(|(client, _)| *client == member).count();
        assert!((8..=12).contains(&mine), "{mine} of 30");
    }
    assert_eq!(bench.starts(), [30]);
}

/// FAIL-40: a member dies with records in its hands; when their lock has expired
/// another member is given them, and nobody gets a record twice at a time.
#[test]
fn the_records_of_a_dead_member_come_back_when_their_lock_expires() {
    let mut bench = Bench::new(1, 3);
    let slow = |config: &mut ShareConsumerConfig| config.work = Duration::from_secs(60);
    let dead = bench.member("dead", slow);
    bench.run(10);
    bench.send(6, 0);
    bench.run(2);
    let lost = bench.given().len();
    assert!(lost > 0);
    let _other = bench.member("other", |_| {});
    bench.world.apply(&Action::Crash(dead)).expect("it runs");
    bench.run(20);
    let again = |bench: &Bench| bench.counts().values().filter(|count| **count == 2).count();
    assert_eq!(again(&bench), 0, "the lock holds for 30 s");
    bench.run(25);
    assert_eq!(again(&bench), lost);
    assert_eq!(bench.starts(), [6]);
}

/// FAIL-24, INV-53: a record that everybody releases is given out five times and then
/// to nobody; the ones after it are processed.
#[test]
fn a_record_that_is_always_released_is_archived_after_five_deliveries() {
    let mut bench = Bench::new(1, 4);
    bench.member("a", always(AcknowledgeType::Release));
    bench.run(10);
    bench.send(3, 0);
    bench.run(10);
    let counts = bench.counts();
    assert_eq!(counts.len(), 3);
    assert!(counts.values().all(|count| *count == 5), "{counts:?}");
    assert_eq!(bench.given().len(), 15);
    assert_eq!(bench.starts(), [3]);
}

/// SHG-7: the partition's leader dies; the next one knows what was acknowledged and
/// hands out the rest.
#[test]
fn a_new_leader_goes_on_where_the_old_one_was() {
    let mut bench = Bench::new(1, 5);
    bench.member("a", |config| config.work = Duration::from_ms(200));
    bench.run(10);
    bench.send(20, 0);
    bench.run(2);
    let before = bench.counts();
    assert!(before.len() > 1 && before.len() <= 20);
    let leader = bench.leader(0);
    bench.world.apply(&Action::Crash(leader)).expect("it runs");
    bench.run(60);
    assert_ne!(bench.leader(0), leader);
    let counts = bench.counts();
    assert_eq!(counts.len(), 20, "every record was processed");
    assert_eq!(bench.starts(), [20]);
    // What was accepted before the crash is not given out again.
    let first = bench.given()[0].1.delivered.offset;
    assert_eq!(first, Offset(0));
    assert_eq!(counts[&(0, 0)], 1);
}

/// SHG-4: a member that was paused beyond its lock cannot acknowledge any more.
#[test]
fn a_late_acknowledgement_is_refused() {
    let mut bench = Bench::new(1, 6);
    let slow = |config: &mut ShareConsumerConfig| config.work = Duration::from_secs(20);
    bench.member("slow", slow);
    bench.run(10);
    bench.send(2, 0);
    bench.run(55);
    assert!(bench.outcomes().contains(&ErrorCode::InvalidRecordState));
}

/// SHG-6: a clean close gives back what was not acknowledged at once.
#[test]
fn a_clean_close_gives_records_back_at_once() {
    let mut bench = Bench::new(1, 7);
    let by_hand = |config: &mut ShareConsumerConfig| config.acknowledging = Acknowledging::ByHand;
    let first = bench.member("first", by_hand);
    bench.run(10);
    bench.send(3, 0);
    bench.run(2);
    let held = bench.given().len();
    assert!(held > 0);
    command(
        &mut bench.world,
        first,
        ClientCommand::Close { leave: true },
    );
    bench.run(1);
    bench.member("second", |_| {});
    bench.run(8);
    let again = bench.counts().values().filter(|count| **count == 2).count();
    assert_eq!(again, held);
}

/// The same seed gives the same run, and a snapshot that runs on is the straight run.
#[test]
fn share_groups_are_deterministic() {
    let run = || {
        let mut bench = Bench::new(2, 8);
        bench.member("a", always(AcknowledgeType::Release));
        bench.member("b", |_| {});
        bench.run(8);
        bench.send(10, 0);
        bench.send(10, 1);
        bench.run(3);
        let snapshot = bench.world.snapshot();
        bench.run(30);
        (bench.world.digest(), snapshot)
    };
    let (digest, mut snapshot) = run();
    assert_eq!(run().0, digest);
    snapshot.run_for(Duration::from_secs(30));
    assert_eq!(snapshot.digest(), digest);
}

/// SHG-7: `share.auto.offset.reset=earliest` of the group: it begins with what is there.
#[test]
fn a_group_may_begin_with_the_oldest_record() {
    let mut bench = Bench::new(1, 9);
    bench.send(4, 0);
    bench.run(1);
    let set = AlterOp::Set("earliest".into());
    let configs = vec![("share.auto.offset.reset".into(), set)];
    let request = Request::IncrementalAlterConfigs(IncrementalAlterConfigsRequest {
        resources: vec![(ConfigResource::Group("workers".into()), configs)],
        validate_only: false,
    });
    let call = ClientCommand::Call(1, AdminTarget::AnyBroker, Box::new(request));
    let admin = add(&mut bench.world, Action::AddAdmin(Box::default()));
    command(&mut bench.world, admin, call);
    bench.run(1);
    let answers = bench.world.history().iter_from(0);
    let mut altered = answers.filter_map(|item| match &item.event {
        ClientEvent::Answer { response, .. } => match &**response {
            Response::IncrementalAlterConfigs(answer) => Some(answer.results[0].1.clone()),
            _ => None,
        },
        _ => None,
    });
    assert_eq!(altered.next().map(|o| o.error), Some(ErrorCode::None));
    drop(altered);
    bench.member("a", |_| {});
    bench.run(8);
    assert_eq!(bench.counts().len(), 4);
    assert_eq!(bench.starts(), [4]);
}

/// SHG-1: the heartbeat's answer that brings a new partition is lost. The next heartbeat
/// says everything again and is answered with the whole assignment.
#[test]
fn a_lost_assignment_is_told_again() {
    let mut bench = Bench::new(1, 17);
    let member = bench.member("m1", |_| {});
    bench.run(10);
    let request = CreatePartitionsRequest {
        topics: vec![CreatePartitionsTopic {
            name: "jobs".into(),
            count: 2,
            assignments: Vec::new(),
        }],
        validate_only: false,
    };
    let request = Box::new(Request::CreatePartitions(request));
    let call = ClientCommand::Call(2, AdminTarget::AnyBroker, request);
    command(&mut bench.world, NodeId::FIRST_CLIENT, call);
    // The coordinator has assigned it; the answer leaves when that is in its log.
    while !bench.assigned(2) {
        assert!(bench.world.step(), "a cluster has always something to do");
    }
    let answers = |state| {
        move |id| Action::SetLink {
            from: NodeId(id),
            to: member,
            state,
        }
    };
    for action in (0..3).map(answers(LinkState::Dropped)) {
        bench.world.apply(&action).expect("both ends exist");
    }
    bench.run(1);
    for action in (0..3).map(answers(LinkState::Up)) {
        bench.world.apply(&action).expect("both ends exist");
    }
    bench.run(40);
    bench.send(3, 1);
    bench.run(10);
    let given = bench.given();
    let of_new = given
        .iter()
        .filter(|(_, it)| it.delivered.partition.partition == 1);
    assert_eq!(of_new.count(), 3);
}
