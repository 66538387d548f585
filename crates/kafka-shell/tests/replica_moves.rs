//! Replicas that move between the log directories of a broker: what the tools print is what
//! Kafka 4.3.1 printed in the same story (two brokers, two directories each), but for paths and
//! for what was where (KIP-113).

use kafka_core::types::{Duration, NodeId};
use kafka_shell::data_dir;
use kafka_shell::files::Files;
use kafka_shell::script::run_line_among;
use kafka_sim::{Action, ClusterSpec, World};

const SERVER: &str = "--bootstrap-server localhost:9092";
const FIRST: &str = "/tmp/kafka-logs-0";
const SECOND: &str = "/tmp/kafka-logs-0-1";

struct Story {
    world: World,
    files: Files,
}

impl Story {
    /// `t`, with 1.5 MB on broker 0 alone, and `u`, on both brokers, in their first directories.
    fn new() -> Story {
        let mut spec = ClusterSpec::quick(2, 1);
        for broker in &mut spec.brokers {
            broker.set_log_dirs(2);
        }
        let mut story = Story {
            world: World::new(spec, 1),
            files: Files::default(),
        };
        // One after the other: each goes where the fewest are.
        for (topic, replicas) in [("t", "0"), ("filler", "0"), ("u", "0:1")] {
            story.run(&format!(
                "kafka-topics.sh --create --topic {topic} --replica-assignment {replicas} {SERVER}"
            ));
            story.wait(1);
        }
        let data = format!("{}\n", "x".repeat(1_000)).repeat(1_500);
        let produce = format!("kafka-console-producer.sh --topic t {SERVER}");
        story.run_with(&produce, &data);
        story.wait(5);
        story
    }

    fn run_with(&mut self, line: &str, input: &str) -> String {
        let limit = Duration::from_secs(120);
        run_line_among(&self.files, &mut self.world, line, input, limit).out
    }

    fn run(&mut self, line: &str) -> String {
        self.run_with(line, "")
    }

    fn wait(&mut self, seconds: u64) {
        self.world.run_for(Duration::from_secs(seconds));
    }

    fn plan(&mut self, topic: &str, replicas: &str, dirs: &[&str]) -> String {
        let dirs: Vec<String> = dirs.iter().map(|dir| format!("\"{dir}\"")).collect();
        format!(
            "{{\"version\":1,\"partitions\":[{{\"topic\":\"{topic}\",\"partition\":0,\"replicas\":[{replicas}],\"log_dirs\":[{}]}}]}}",
            dirs.join(",")
        )
    }

    /// Runs the tool with a plan for the one partition of a topic.
    fn reassign(&mut self, options: &str, topic: &str, replicas: &str, dirs: &[&str]) -> String {
        let plan = self.plan(topic, replicas, dirs);
        self.files.write("plan.json", &plan, false);
        self.run(&format!(
            "kafka-reassign-partitions.sh {options} --reassignment-json-file plan.json {SERVER}"
        ))
    }

    /// What `--execute` prints first.
    fn saved(&mut self, topic: &str, replicas: &str, dirs: &[&str]) -> String {
        let plan = self.plan(topic, replicas, dirs);
        format!(
            "Current partition replica assignment\n\n{plan}\n\nSave this to use as the --reassignment-json-file option during rollback\n"
        )
    }

    /// The folders of logs in a directory, the drawn part of their names left out.
    fn folders(&self, path: &str) -> Vec<String> {
        let entries = data_dir::list(&self.world, path).expect("a folder");
        let folders = entries.into_iter().filter_map(|(name, size)| {
            let name = name
                .strip_suffix('/')
                .filter(|_| size.is_none())?
                .to_string();
            let Some((partition, rest)) = name.split_once('.') else {
                return Some(name);
            };
            let (mark, kind) = rest.split_once('-').expect("a kind");
            assert!(mark.len() == 32 && mark.chars().all(|c| c.is_ascii_hexdigit()));
            Some(format!("{partition}.<mark>-{kind}"))
        });
        folders
            .filter(|name| name != "__cluster_metadata-0")
            .collect()
    }

    fn described(&mut self) -> String {
        let line = format!("kafka-log-dirs.sh --describe --broker-list 0 --topic-list t {SERVER}");
        let told = self.run(&line);
        told.lines().last().unwrap_or_default().to_string()
    }
}

const WARNING: &str = "Warning: You must run --verify periodically, until the reassignment completes, to ensure the throttle is removed.\n";
const SLOW: &str = "--execute --replica-alter-log-dirs-throttle 20000";
const KEEP: &str = "--verify --preserve-throttles";

/// The recorded story: a throttled move is in progress, is seen by all tools, cancelled by asking
/// for the directory where the replica is, begun again, survives a crash, and ends.
#[test]
fn a_replica_moves_to_the_other_directory() {
    let mut story = Story::new();
    let told = story.reassign(SLOW, "t", "0", &[SECOND]);
    let saved = story.saved("t", "0", &[FIRST]);
    let started = format!(
        "Successfully started partition reassignment for t-0\nSuccessfully started moving log directory to {SECOND} for replica t-0 with broker 0 \n"
    );
    let limit = "The replica-alter-dir throttle limit was set to 20000 B/s\n";
    assert_eq!(told, format!("{saved}{WARNING}{limit}{started}"));
    let status = "Status of partition reassignment:\nReassignment of partition t-0 is completed.\n";
    let verified = |story: &mut Story, dir: &str| story.reassign(KEEP, "t", "0", &[dir]);
    assert_eq!(
        verified(&mut story, SECOND),
        format!("{status}Reassignment of replica t-0-0 is still in progress.\n\n")
    );
    assert_eq!(
        verified(&mut story, FIRST),
        format!(
            "{status}Partition t-0 on broker 0 is being moved to log dir {SECOND} instead of {FIRST}.\n\n"
        )
    );
    assert_eq!(story.folders(FIRST), ["t-0", "u-0"]);
    assert_eq!(story.folders(SECOND), ["filler-0", "t-0.<mark>-future"]);
    let described = story.described();
    let (current, future) = described
        .split_once("isFuture\":true")
        .expect("a future replica");
    assert!(
        future.contains(SECOND) && current.contains("\"isFuture\":false"),
        "{described}"
    );
    assert!(!future.contains("\"offsetLag\":0,"), "{described}");
    let list = format!("kafka-reassign-partitions.sh --list {SERVER}");
    assert_eq!(story.run(&list), "No partition reassignments found.\n");

    let back = story.reassign("--execute", "t", "0", &[FIRST]);
    let done = format!(
        "Successfully started partition reassignment for t-0\nSuccessfully started moving log directory to {FIRST} for replica t-0 with broker 0 \n"
    );
    assert_eq!(back, format!("{saved}{done}"));
    assert_eq!(story.folders(SECOND), ["filler-0", "t-0.<mark>-delete"]);
    assert_eq!(
        verified(&mut story, SECOND),
        format!(
            "{status}Partition t-0 on broker 0 is not being moved from log dir {FIRST} to {SECOND}.\n\n"
        )
    );
    let cancelled = story.reassign("--cancel --preserve-throttles", "t", "0", &[SECOND]);
    assert_eq!(
        cancelled,
        "None of the specified partition reassignments are active.\nNone of the specified partition moves are active."
    );

    story.reassign(SLOW, "t", "0", &[SECOND]);
    let kill = story.world.apply(&Action::Crash(NodeId(0)));
    kill.expect("it runs");
    let there = story.folders(SECOND);
    assert!(
        there.contains(&"t-0.<mark>-future".to_string()),
        "{there:?}"
    );
    let start = story.world.apply(&Action::Start(NodeId(0)));
    start.expect("it is down");
    story.wait(30);
    assert_eq!(
        verified(&mut story, SECOND),
        format!("{status}Reassignment of replica t-0-0 completed successfully.\n\n")
    );
    assert_eq!(
        story.reassign("--verify", "t", "0", &[SECOND]),
        format!(
            "{status}Reassignment of replica t-0-0 completed successfully.\n\nClearing broker-level throttles on brokers 0,1\nClearing topic-level throttles on topic t\n"
        )
    );
    assert_eq!(story.folders(FIRST), ["t-0.<mark>-delete", "u-0"]);
    story.wait(60);
    assert_eq!(story.folders(FIRST), ["u-0"]);
    assert_eq!(story.folders(SECOND), ["filler-0", "t-0"]);
    let configs =
        format!("kafka-configs.sh --describe --entity-type brokers --entity-name 0 {SERVER}");
    assert_eq!(story.run(&configs), "Dynamic configs for broker 0 are:\n");
}

/// `--cancel` names a move that runs and has the replica stay.
#[test]
fn a_running_move_is_cancelled() {
    let mut story = Story::new();
    story.reassign(SLOW, "t", "0", &[SECOND]);
    assert_eq!(
        story.reassign("--cancel --preserve-throttles", "t", "0", &[SECOND]),
        format!(
            "None of the specified partition reassignments are active.\nSuccessfully started moving log directory to {FIRST} for replica t-0 with broker 0 \n"
        )
    );
    assert_eq!(story.folders(SECOND), ["filler-0", "t-0.<mark>-delete"]);
}

/// Recorded: both replicas of a partition move, each on its broker; a replica that comes to
/// another broker goes where it was asked to; a directory that no broker has is refused.
#[test]
fn directories_go_with_brokers() {
    let mut story = Story::new();
    let dirs = [SECOND, "/tmp/kafka-logs-1-1"];
    let told = story.reassign("--execute", "u", "0,1", &dirs);
    let lines: Vec<&str> = told.lines().skip(5).collect();
    assert_eq!(
        lines,
        [
            "Successfully started partition reassignment for u-0",
            "Successfully started moving log directory to /tmp/kafka-logs-0-1 for replica u-0 with broker 0 ",
            "Successfully started moving log directory to /tmp/kafka-logs-1-1 for replica u-0 with broker 1 ",
        ]
    );
    story.wait(1);
    assert_eq!(
        story.reassign("--verify", "u", "0,1", &dirs),
        "Status of partition reassignment:\nReassignment of partition u-0 is completed.\nReassignment of replica u-0-0 completed successfully.\nReassignment of replica u-0-1 completed successfully.\n\nClearing broker-level throttles on brokers 0,1\nClearing topic-level throttles on topic u\n"
    );
    let refused = story.reassign(
        "--execute --timeout 3000",
        "u",
        "0,1",
        &["/tmp/nope", "any"],
    );
    let text = "org.apache.kafka.common.errors.LogDirNotFoundException: The user-specified log directory is not found in the broker config.";
    let saved = story.saved("u", "0,1", &dirs);
    assert_eq!(
        refused,
        format!(
            "{saved}Successfully started partition reassignment for u-0\nError: Failed to alter dir for u-0-0\norg.apache.kafka.tools.AdminCommandFailedException: Failed to alter dir for u-0-0\nCaused by: java.util.concurrent.ExecutionException: {text}\nCaused by: {text}\n\n"
        )
    );
    let there = ["/tmp/kafka-logs-1-1"];
    story.reassign("--execute", "filler", "1", &there);
    story.wait(2);
    assert_eq!(
        story.reassign(KEEP, "filler", "1", &there),
        "Status of partition reassignment:\nReassignment of partition filler-0 is completed.\nReassignment of replica filler-0-1 completed successfully.\n\n"
    );
    let folders = story.folders("/tmp/kafka-logs-1-1");
    assert!(folders.contains(&"filler-0".to_string()), "{folders:?}");
    story.run(&format!("kafka-topics.sh --delete --topic filler {SERVER}"));
    assert_eq!(
        story.reassign(KEEP, "filler", "1", &there),
        "Status of partition reassignment:\nThere is no active reassignment of partition filler-0, but replica set is  rather than 1.\nPartition filler-0 is not found in any live log dir on broker 1. There is likely an offline log directory on the broker.\n\n"
    );
}

/// `move-replica` of a scenario does what a person would do with the tool.
#[test]
fn a_scenario_moves_a_replica() {
    let text = "scenario 1\ncluster brokers=2 controllers=1 log-dirs=2\nwait 3s\n$ kafka-topics.sh --create --topic t --replica-assignment 1:0 --bootstrap-server localhost:9092\nwait 1s\nmove-replica t 0 broker=1 dir=1\nwait 1s\n";
    let scenario = kafka_scenario::parse(text).unwrap_or_else(|error| panic!("{error}"));
    let spec = kafka_scenario::spec(&scenario.setup).unwrap_or_else(|error| panic!("{error}"));
    let mut world = World::new(spec, 1);
    let files = Files::default();
    let mut player = kafka_scenario::Player::default();
    let mut told = String::new();
    for step in &scenario.steps {
        let done = player.play(&mut world, step, &mut |world, line, input| {
            told = run_line_among(&files, world, line, input, Duration::from_secs(60)).out;
        });
        done.unwrap_or_else(|error| panic!("{error}"));
    }
    assert!(
        told.ends_with("Successfully started moving log directory to /tmp/kafka-logs-1-1 for replica t-0 with broker 1 \n"),
        "{told}"
    );
    let broker = world.broker(NodeId(1)).expect("it runs");
    let id = broker.partitions().next().expect("a replica").id;
    assert_eq!(
        (broker.log_dirs().place(id), world.metadata().is_some()),
        (1, true)
    );
}
