//! Tools that look at the cluster itself, in the words recorded of Kafka 4.3.1.

use kafka_core::types::{Duration, NodeId};
use kafka_shell::files::Files;
use kafka_shell::script::{Ran, run_line_among};
use kafka_sim::{Action, ClusterSpec, World};

const LIMIT: Duration = Duration::from_secs(120);
const SERVER: &str = "--bootstrap-server localhost:9092";

fn world(brokers: u32, controllers: u32) -> World {
    let mut world = World::new(ClusterSpec::quick(brokers, controllers), 1);
    world.run_for(Duration::from_secs(2));
    world
}

fn run(world: &mut World, line: &str) -> Ran {
    run_line_among(&Files::default(), world, line, "", LIMIT)
}

/// What a line of the status says, by its label.
fn line<'a>(out: &'a str, label: &str) -> &'a str {
    let found = out.lines().find_map(|line| line.strip_prefix(label));
    found
        .unwrap_or_else(|| panic!("no {label} in {out}"))
        .trim()
}

/// The quorum's status names the leader, how far the slowest voter is, and every voter's endpoint;
/// a voter that is down lags by all that was written since.
#[test]
fn the_quorum_is_described_by_its_leader() {
    let mut world = world(1, 3);
    let command = format!("kafka-metadata-quorum.sh {SERVER} describe --status");
    let ran = run(&mut world, &command);
    assert_eq!(ran.exit, Some(0), "{}", ran.err);
    let leader = line(&ran.out, "LeaderId:").to_string();
    assert_eq!(line(&ran.out, "MaxFollowerLag:"), "0");
    assert_eq!(
        line(&ran.out, "CurrentVoters:"),
        "[{\"id\": 100, \"endpoints\": [\"CONTROLLER://localhost:9192\"]}, {\"id\": 101, \"endpoints\": [\"CONTROLLER://localhost:9193\"]}, {\"id\": 102, \"endpoints\": [\"CONTROLLER://localhost:9194\"]}]"
    );
    assert!(line(&ran.out, "CurrentObservers:").starts_with("[{\"id\": 0, \"directoryId\": \""));
    let down = [100, 101, 102].map(NodeId);
    let down = down.into_iter().find(|id| id.to_string() != leader);
    let down = down.expect("three controllers");
    world.apply(&Action::Crash(down)).expect("it runs");
    world.run_for(Duration::from_secs(8));
    let ran = run(&mut world, &command);
    let lag: i64 = line(&ran.out, "MaxFollowerLag:").parse().expect("a number");
    let lag_ms: i64 = line(&ran.out, "MaxFollowerLagTimeMs:")
        .parse()
        .expect("a number");
    assert!(lag > 10 && lag_ms > 7_000, "{}", ran.out);
    let ran = run(
        &mut world,
        &format!("kafka-metadata-quorum.sh {SERVER} describe --replication"),
    );
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(
        lines[0],
        "NodeId\tDirectoryId           \tLogEndOffset\tLag\tLastFetchTimestamp\tLastCaughtUpTimestamp\tStatus  \t"
    );
    assert!(
        lines[1].starts_with(&format!("{leader}   \tAAAAAAAAAAAAAAAAAAAAAA\t")),
        "{}",
        ran.out
    );
    assert!(lines[1].ends_with("\tLeader  \t"), "{}", ran.out);
    assert!(lines[4].ends_with("\tObserver\t"), "{}", ran.out);
}

/// Without a majority the quorum cannot be asked; the tool says so as Kafka's does.
#[test]
fn a_lost_quorum_cannot_be_described() {
    let mut world = world(1, 3);
    for id in [100, 101] {
        world.apply(&Action::Crash(NodeId(id))).expect("it runs");
    }
    world.run_for(Duration::from_secs(10));
    let ran = run(
        &mut world,
        &format!("kafka-metadata-quorum.sh {SERVER} describe --status"),
    );
    assert_eq!(ran.exit, Some(1), "{}", ran.out);
    assert!(ran.err.contains("java.util.concurrent.ExecutionException: org.apache.kafka.common.errors.TimeoutException: "), "{}", ran.err);
}

#[test]
fn mistakes_in_the_quorum_tool_are_told() {
    let mut world = world(1, 1);
    let cases = [
        (
            "describe",
            "One of --status or --replication must be specified with describe sub-command\n",
        ),
        (
            "describe --status --replication",
            "Only one of --status or --replication should be specified with describe sub-command\n",
        ),
        (
            "describe --status --human-readable",
            "The option --human-readable is only supported along with --replication\n",
        ),
    ];
    for (words, told) in cases {
        let ran = run(
            &mut world,
            &format!("kafka-metadata-quorum.sh {SERVER} {words}"),
        );
        assert_eq!((ran.exit, ran.err.as_str()), (Some(1), told), "{words}");
    }
    let ran = run(&mut world, &format!("kafka-metadata-quorum.sh {SERVER}"));
    assert!(
        ran.err
            .ends_with("kafka-metadata-quorum: error: too few arguments\n")
    );
}

/// A broker that is unregistered is gone from the cluster until it registers again; its id is no
/// longer known (BRK-1).
#[test]
fn a_broker_is_listed_and_forgotten() {
    let mut world = world(3, 1);
    let list = format!("kafka-cluster.sh list-endpoints {SERVER}");
    let ran = run(&mut world, &list);
    assert_eq!(
        ran.out,
        "ID         HOST      PORT       RACK       STATE      ENDPOINT_TYPE  \n\
         0          localhost 9092       null       unfenced   broker         \n\
         1          localhost 9093       null       unfenced   broker         \n\
         2          localhost 9094       null       unfenced   broker         \n"
    );
    world.apply(&Action::Crash(NodeId(2))).expect("it runs");
    world.run_for(Duration::from_secs(12));
    let forget = format!("kafka-cluster.sh unregister --id 2 {SERVER}");
    let ran = run(&mut world, &forget);
    assert_eq!(ran.out, "Broker 2 is no longer registered.\n");
    let known = world.metadata().expect("a controller runs").brokers.len();
    assert_eq!(known, 2);
    let ran = run(&mut world, &forget);
    assert_eq!(ran.exit, Some(1));
    assert!(ran.err.contains("ERROR [AdminClient clientId=adminclient-1] Unregister broker request for broker ID 2 failed: Broker ID 2 is not currently registered (org.apache.kafka.clients.admin.KafkaAdminClient)\norg.apache.kafka.common.errors.BrokerIdNotRegisteredException: Broker ID 2 is not currently registered\njava.util.concurrent.ExecutionException: "), "{}", ran.err);
    world.apply(&Action::Start(NodeId(2))).expect("it is down");
    world.run_for(Duration::from_secs(10));
    let known = world.metadata().expect("a controller runs").brokers.len();
    assert_eq!(known, 3);
}

/// Elections by a file, and what is said of bad ones.
#[test]
fn elections_can_be_listed_in_a_file() {
    let mut world = world(3, 1);
    let files = Files::default();
    let create =
        format!("kafka-topics.sh --create --topic t --replica-assignment 1:2,2:1 {SERVER}");
    assert_eq!(run(&mut world, &create).exit, Some(0));
    world.apply(&Action::Terminate(NodeId(1))).expect("it runs");
    world.run_for(Duration::from_secs(5));
    world.apply(&Action::Start(NodeId(1))).expect("it is down");
    world.run_for(Duration::from_secs(10));
    let mut elect = |file: &str, content: &str| {
        assert!(files.write(file, content, false));
        let line = format!(
            "kafka-leader-election.sh {SERVER} --election-type preferred --path-to-json-file {file}"
        );
        run_line_among(&files, &mut world, &line, "", LIMIT)
    };
    let both = r#"{"partitions":[{"topic":"t","partition":0},{"topic":"t","partition":1}]}"#;
    let ran = elect("both.json", both);
    assert_eq!(
        ran.out,
        "Successfully completed leader election (PREFERRED) for partitions t-0\nValid replica already elected for partitions t-1\n"
    );
    let ran = elect("none.json", r#"{"partitions":[]}"#);
    assert_eq!((ran.out.as_str(), ran.exit), ("", Some(0)));
    let cases = [
        ("oops", "Replica election data is empty\n"),
        (
            "{}",
            "Replica election data is missing \"partitions\" field\n",
        ),
        (
            r#"{"partitions":[{"topic":"t","partition":0},{"topic":"t","partition":0}]}"#,
            "Replica election data contains duplicate partitions: [t-0]\n",
        ),
    ];
    for (content, told) in cases {
        let ran = elect("bad.json", content);
        assert_eq!(ran.exit, Some(1));
        assert!(ran.err.starts_with(told), "{}", ran.err);
    }
}

/// The order of the recorded answer is that of the client's hash map; a topic nobody has is left
/// out, a broker nobody knows is refused.
#[test]
fn log_directories_are_listed() {
    let mut world = world(3, 1);
    let create = |name: &str, replicas: &str| {
        format!("kafka-topics.sh --create --topic {name} --replica-assignment {replicas} {SERVER}")
    };
    let views = create("views", "0,1,2,0,1,2,0,1,2,0,1,2");
    assert_eq!(run(&mut world, &views).exit, Some(0));
    let clicks = create("clicks", "0:1:2");
    assert_eq!(run(&mut world, &clicks).exit, Some(0));
    let describe = format!("kafka-log-dirs.sh --describe {SERVER}");
    let ran = run(
        &mut world,
        &format!("{describe} --topic-list clicks,views --broker-list 0"),
    );
    let partition = |name: &str| {
        format!("{{\"partition\":\"{name}\",\"size\":0,\"offsetLag\":0,\"isFuture\":false}}")
    };
    let recorded = ["views-9", "views-6", "views-3", "clicks-0", "views-0"];
    assert_eq!(
        ran.out,
        format!(
            "Querying brokers for log directories information\nReceived log directory information from brokers 0\n{{\"brokers\":[{{\"broker\":0,\"logDirs\":[{{\"partitions\":[{}],\"error\":null,\"logDir\":\"/tmp/kafka-logs-0\"}}]}}],\"version\":1}}\n",
            recorded.map(partition).join(",")
        )
    );
    let ran = run(
        &mut world,
        &format!("{describe} --topic-list nope --broker-list 1"),
    );
    assert!(ran.out.ends_with("{\"brokers\":[{\"broker\":1,\"logDirs\":[{\"partitions\":[],\"error\":null,\"logDir\":\"/tmp/kafka-logs-1\"}]}],\"version\":1}\n"));
    let ran = run(&mut world, &format!("{describe} --broker-list 0,9"));
    assert_eq!(
        (ran.exit, ran.err.as_str()),
        (
            Some(1),
            "ERROR: The given brokers do not exist from --broker-list: 9. Current existent brokers: 0,1,2\n"
        )
    );
    let ran = run(&mut world, &format!("kafka-log-dirs.sh {SERVER}"));
    assert!(
        ran.err
            .starts_with("Missing required argument \"[describe]\"\n")
    );
    let ran = run(&mut world, &format!("{describe} --broker-list x"));
    assert_eq!(
        ran.err,
        "For input string: \"x\"\njava.lang.NumberFormatException: For input string: \"x\"\n\n"
    );
}

/// RAFT-15: `add-voter` and `remove-voter` of a scenario do with a controller what the tool does,
/// and a controller that may not be added is told by the tool.
#[test]
fn a_scenario_changes_the_voters() {
    let text = "scenario 1\ncluster brokers=1 controllers=3 voters=2\nwait 3s\nadd-voter 102\nremove-voter 100\nadd-voter 101\nwait 3s\n";
    let scenario = kafka_scenario::parse(text).unwrap_or_else(|error| panic!("{error}"));
    let spec = kafka_scenario::spec(&scenario.setup).unwrap_or_else(|error| panic!("{error}"));
    let mut world = World::new(spec, 1);
    let mut player = kafka_scenario::Player::default();
    let mut told = Vec::new();
    for step in &scenario.steps {
        let done = player.play(&mut world, step, &mut |world, line, input| {
            let ran = run_line_among(&Files::default(), world, line, input, LIMIT);
            told.push((
                ran.exit,
                ran.err.contains("is already part of the set of voters"),
            ));
        });
        done.unwrap_or_else(|error| panic!("{error}"));
    }
    let worked = (Some(0), false);
    assert_eq!(told, [worked, worked, (Some(1), true)]);
    let leader = [101, 102].map(NodeId).into_iter();
    let mut leader = leader
        .filter_map(|id| world.controller(id))
        .filter(|it| it.is_active());
    let voters = leader.next().expect("one leads").raft().voters();
    assert_eq!(voters.nodes().collect::<Vec<_>>(), [101, 102].map(NodeId));
}

/// Fenced brokers are told only to who asks for them (KIP-1073).
#[test]
fn fenced_brokers_are_listed_on_demand() {
    let mut world = world(3, 1);
    world.apply(&Action::Crash(NodeId(1))).expect("it runs");
    world.run_for(Duration::from_secs(12));
    let command = format!("kafka-cluster.sh list-endpoints {SERVER}");
    let states = |out: &str| -> Vec<String> {
        let rows = out.lines().skip(1).map(|row| row.split_whitespace());
        rows.map(|mut row| format!("{} {}", row.next().unwrap_or(""), row.nth(3).unwrap_or("")))
            .collect()
    };
    let ran = run(&mut world, &command);
    assert_eq!(
        states(&ran.out),
        ["0 unfenced", "2 unfenced"],
        "{}",
        ran.out
    );
    let ran = run(&mut world, &format!("{command} --include-fenced-brokers"));
    let all = ["0 unfenced", "1 fenced", "2 unfenced"];
    assert_eq!(states(&ran.out), all, "{}", ran.out);
}
