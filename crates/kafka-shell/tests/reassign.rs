//! `kafka-reassign-partitions.sh` in the words recorded of Kafka 4.3.1.

use kafka_core::types::Duration;
use kafka_shell::files::Files;
use kafka_shell::script::run_line_among;
use kafka_sim::{ClusterSpec, World};

/// A terminal before three brokers with the topic `orders` of the recording.
struct Terminal {
    world: World,
    files: Files,
}

impl Terminal {
    fn new() -> Terminal {
        let mut terminal = Terminal {
            world: World::new(ClusterSpec::quick(3, 1), 1),
            files: Files::default(),
        };
        terminal.says(
            "kafka-topics.sh --bootstrap-server localhost:9092 --create --topic orders --replica-assignment 0:1,1:2,2:0",
            "Created topic orders.\n",
        );
        terminal
    }

    fn run(&mut self, line: &str) -> (String, String, Option<i32>) {
        let limit = Duration::from_secs(120);
        let ran = run_line_among(&self.files, &mut self.world, line, "", limit);
        (ran.out, ran.err, ran.exit)
    }

    fn says(&mut self, line: &str, told: &str) {
        let (out, err, exit) = self.run(line);
        assert_eq!((out.as_str(), exit), (told, Some(0)), "{line}: {err}");
    }

    /// Runs the tool with a file of these partitions of `orders`.
    fn tool(&mut self, action: &str, partitions: &[(u32, &str)]) -> (String, Option<i32>) {
        let one = |(partition, replicas): &(u32, &str)| {
            format!("{{\"topic\":\"orders\",\"partition\":{partition},\"replicas\":[{replicas}]}}")
        };
        let all: Vec<String> = partitions.iter().map(one).collect();
        let json = format!("{{\"version\":1,\"partitions\":[{}]}}", all.join(","));
        self.file(action, &json)
    }

    fn file(&mut self, action: &str, json: &str) -> (String, Option<i32>) {
        assert!(self.files.write("move.json", json, false));
        let line = format!(
            "kafka-reassign-partitions.sh --bootstrap-server localhost:9092 --reassignment-json-file move.json {action}"
        );
        let (out, err, exit) = self.run(&line);
        assert_eq!(err, "");
        (out, exit)
    }

    fn wait(&mut self, seconds: u64) {
        self.world.run_for(Duration::from_secs(seconds));
    }

    fn describe(&mut self) -> Vec<String> {
        let line = "kafka-topics.sh --bootstrap-server localhost:9092 --describe --topic orders";
        let (out, ..) = self.run(line);
        let rows = out.lines().skip(1);
        rows.map(|row| row.trim_start_matches("\tTopic: orders\t").to_string())
            .collect()
    }
}

const CLEARED: &str = "\nClearing broker-level throttles on brokers 0,1,2\nClearing topic-level throttles on topic orders\n";

/// REP-41: growing, moving back, and the order of replicas, as recorded in `b-reassign`.
#[test]
fn replicas_grow_and_move() {
    let mut terminal = Terminal::new();
    let grow = [(0, "0,1,2"), (1, "1,2,0")];
    let (out, _) = terminal.tool("--verify", &grow);
    assert_eq!(
        out,
        format!(
            "Status of partition reassignment:\nThere is no active reassignment of partition orders-0, but replica set is 0,1 rather than 0,1,2.\nThere is no active reassignment of partition orders-1, but replica set is 1,2 rather than 1,2,0.\n{CLEARED}"
        )
    );
    let (out, _) = terminal.tool("--execute", &grow);
    assert_eq!(
        out,
        "Current partition replica assignment\n\n{\"version\":1,\"partitions\":[{\"topic\":\"orders\",\"partition\":0,\"replicas\":[0,1],\"log_dirs\":[\"/tmp/kafka-logs-0\",\"/tmp/kafka-logs-1\"]},{\"topic\":\"orders\",\"partition\":1,\"replicas\":[1,2],\"log_dirs\":[\"/tmp/kafka-logs-1\",\"/tmp/kafka-logs-2\"]}]}\n\nSave this to use as the --reassignment-json-file option during rollback\nSuccessfully started partition reassignments for orders-0,orders-1\n"
    );
    terminal.wait(4);
    let (out, _) = terminal.tool("--verify", &grow);
    assert_eq!(
        out,
        format!(
            "Status of partition reassignment:\nReassignment of partition orders-0 is completed.\nReassignment of partition orders-1 is completed.\n{CLEARED}"
        )
    );
    let rows = terminal.describe();
    assert_eq!(
        rows[0],
        "Partition: 0\tLeader: 0\tReplicas: 0,1,2\tIsr: 0,1,2\tElr: \tLastKnownElr: "
    );
    assert_eq!(
        rows[1],
        "Partition: 1\tLeader: 1\tReplicas: 1,2,0\tIsr: 0,1,2\tElr: \tLastKnownElr: "
    );
    terminal.tool("--execute", &[(0, "2,0"), (1, "1,2")]);
    terminal.wait(4);
    let rows = terminal.describe();
    assert_eq!(
        rows[0],
        "Partition: 0\tLeader: 0\tReplicas: 2,0\tIsr: 0,2\tElr: \tLastKnownElr: "
    );
    assert_eq!(
        rows[1],
        "Partition: 1\tLeader: 1\tReplicas: 1,2\tIsr: 1,2\tElr: \tLastKnownElr: "
    );
    terminal.says(
        "kafka-reassign-partitions.sh --bootstrap-server localhost:9092 --list",
        "No partition reassignments found.\n",
    );
}

/// REP-42: a move that cannot go on is listed, refused a second time, and cancelled; [0,1] -> [1,2]
/// leaves 1,0 (the order is lost), as recorded in `b-reassign-progress`.
#[test]
fn a_move_is_listed_and_cancelled() {
    let mut terminal = Terminal::new();
    // A broker that cannot fetch: the move stays under way.
    let cut = |from, to| kafka_sim::Action::SetLink {
        from: kafka_core::types::NodeId(from),
        to: kafka_core::types::NodeId(to),
        state: kafka_sim::LinkState::Dropped,
    };
    terminal.world.apply(&cut(2, 0)).expect("both are there");
    let (out, _) = terminal.tool("--execute --throttle 1000", &[(0, "1,2")]);
    assert!(out.ends_with("Warning: You must run --verify periodically, until the reassignment completes, to ensure the throttle is removed.\nThe inter-broker throttle limit was set to 1000 B/s\nSuccessfully started partition reassignment for orders-0\n"), "{out}");
    terminal.wait(3);
    terminal.says(
        "kafka-reassign-partitions.sh --bootstrap-server localhost:9092 --list",
        "Current partition reassignments:\norders-0: replicas: 1,2,0. adding: 2. removing: 0.\n",
    );
    let (out, _) = terminal.tool("--verify", &[(0, "1,2")]);
    assert_eq!(
        out,
        "Status of partition reassignment:\nReassignment of partition orders-0 is still in progress.\n\n"
    );
    let rows = terminal.describe();
    assert_eq!(
        rows[0],
        "Partition: 0\tLeader: 0\tReplicas: 1,2,0\tIsr: 0,1\tAdding Replicas: 2\tRemoving Replicas: 0\tElr: \tLastKnownElr: "
    );
    // REP-43: the replica that is being added does not count as missing.
    terminal.says("kafka-topics.sh --bootstrap-server localhost:9092 --describe --topic orders --under-replicated-partitions", "");
    let topic = terminal.world.metadata().and_then(|image| {
        let resource = kafka_core::protocol::ConfigResource::Topic("orders".into());
        let set = image.config(&resource, "leader.replication.throttled.replicas");
        set.map(ToString::to_string)
    });
    assert_eq!(topic.as_deref(), Some("0:0,0:1"));
    let (out, exit) = terminal.tool("--execute", &[(0, "1,2")]);
    assert!(out.starts_with("Cannot execute because there is an existing partition assignment.  Use --additional to override"), "{out}");
    assert_eq!(exit, Some(1));
    let (out, _) = terminal.tool("--cancel", &[(0, "1,2")]);
    assert_eq!(
        out,
        format!(
            "Successfully cancelled partition reassignment for: orders-0\nNone of the specified partition moves are active.{}",
            &CLEARED[1..]
        )
    );
    let (out, _) = terminal.tool("--verify", &[(0, "1,2")]);
    assert_eq!(
        out,
        format!(
            "Status of partition reassignment:\nThere is no active reassignment of partition orders-0, but replica set is 1,0 rather than 1,2.\n{CLEARED}"
        )
    );
}

/// What Kafka says of files it cannot follow; all of it on standard output.
#[test]
fn bad_plans_are_refused() {
    let mut terminal = Terminal::new();
    let class = "org.apache.kafka.tools.AdminCommandFailedException";
    let cases = [
        (
            r#"{"version":1,"partitions":[]}"#,
            class,
            "Partition reassignment list cannot be empty",
        ),
        (
            r#"{"partitions":[{"topic":"orders","partition":0,"replicas":[1,1]}]}"#,
            class,
            "Partition replica lists may not contain duplicate entries: orders-0 contains multiple entries for 1",
        ),
        (
            r#"{"partitions":[{"topic":"orders","partition":0,"replicas":[]}]}"#,
            class,
            "Partition replica list cannot be empty",
        ),
        (
            r#"{"partitions":[{"topic":"orders","partition":0,"replicas":[0,1]},{"topic":"orders","partition":0,"replicas":[1,2]}]}"#,
            class,
            "Partition reassignment contains duplicate topic partitions: orders-0",
        ),
        (
            r#"{"partitions":[{"topic":"orders","partition":0,"replicas":[0,7]}]}"#,
            class,
            "Unknown broker id 7",
        ),
        (
            r#"{"partitions":[{"topic":"orders","partition":0,"replicas":[0,-1]}]}"#,
            class,
            "Unknown broker id -1",
        ),
        (
            r#"{"partitions":[{"topic":"orders","partition":0}]}"#,
            "com.fasterxml.jackson.databind.JsonMappingException",
            "No such field exists: `replicas`",
        ),
        (
            r#"{"version":2,"partitions":[]}"#,
            "org.apache.kafka.tools.AdminOperationException",
            "Not supported version field value 2",
        ),
        (
            r#"{"partitions":[{"topic":"orders","partition":0,"replicas":[0,1],"log_dirs":["any"]}]}"#,
            class,
            "Size of replicas list [0, 1] is different from size of log dirs list [any] for partition orders-0",
        ),
    ];
    for (json, class, told) in cases {
        let (out, exit) = terminal.file("--execute", json);
        assert_eq!(out, format!("Error: {told}\n{class}: {told}\n\n"));
        assert_eq!(exit, Some(1));
    }
    let (out, _) = terminal.file(
        "--execute",
        r#"{"partitions":[{"topic":"nosuch","partition":0,"replicas":[0,1]}]}"#,
    );
    let told =
        "org.apache.kafka.common.errors.UnknownTopicOrPartitionException: Topic nosuch not found.";
    assert_eq!(
        out,
        format!(
            "Error: {told}\njava.util.concurrent.ExecutionException: {told}\nCaused by: {told}\n\n"
        )
    );
}

/// A proposal keeps to the brokers named, with as many replicas as there are.
#[test]
fn a_proposal_is_made_for_the_brokers_named() {
    let mut terminal = Terminal::new();
    assert!(terminal.files.write(
        "topics.json",
        "{\"topics\":[{\"topic\":\"orders\"}],\"version\":1}",
        false
    ));
    let tool = "kafka-reassign-partitions.sh --bootstrap-server localhost:9092 --topics-to-move-json-file topics.json --generate --broker-list";
    let (out, _, exit) = terminal.run(&format!("{tool} 1,2"));
    assert_eq!(exit, Some(0));
    let proposed = out.lines().last().unwrap_or_default();
    for partition in proposed.split("{\"topic\"").skip(1) {
        let fits =
            partition.contains("\"replicas\":[1,2]") || partition.contains("\"replicas\":[2,1]");
        assert!(
            fits && partition.contains("\"log_dirs\":[\"any\",\"any\"]"),
            "{proposed}"
        );
    }
    let (out, _, exit) = terminal.run(&format!("{tool} 0,0"));
    assert!(
        out.starts_with("Error: Broker list contains duplicate entries: [0]\n"),
        "{out}"
    );
    assert_eq!(exit, Some(1));
    let (out, ..) = terminal.run(&format!("{tool} 1"));
    assert!(out.starts_with("Error: The target replication factor of 2 cannot be reached because only 1 broker(s) are registered"), "{out}");
    let (_, err, _) = terminal
        .run("kafka-reassign-partitions.sh --bootstrap-server localhost:9092 --list --throttle 5");
    assert!(
        err.starts_with("Option \"[throttle]\" can't be used with action \"[list]\"\n"),
        "{err}"
    );
}
