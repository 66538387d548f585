//! Brokers with two log directories: their folders, and what the tools say of them (LOG-16).

use kafka_core::types::{Duration, NodeId};
use kafka_shell::data_dir;
use kafka_shell::files::Files;
use kafka_shell::script::run_line_among;
use kafka_sim::{Action, ActionError, ClusterSpec, DiskState, World};

const SERVER: &str = "--bootstrap-server localhost:9092";

/// Three brokers with two directories each, and a topic of four partitions on all of them.
fn world() -> World {
    let mut spec = ClusterSpec::quick(3, 1);
    for broker in &mut spec.brokers {
        broker.set_log_dirs(2);
    }
    let mut world = World::new(spec, 1);
    let create = format!(
        "kafka-topics.sh --create --topic t --replica-assignment 0:1:2,1:2:0,0:2:1,0:1:2 {SERVER}"
    );
    assert_eq!(run(&mut world, &create), "Created topic t.\n");
    world.run_for(Duration::from_secs(1));
    world
}

fn run(world: &mut World, line: &str) -> String {
    let limit = Duration::from_secs(120);
    run_line_among(&Files::default(), world, line, "", limit).out
}

fn names(world: &World, path: &str) -> Vec<String> {
    let entries = data_dir::list(world, path).expect("a folder");
    entries.into_iter().map(|(name, _)| name).collect()
}

fn act(world: &mut World, action: &Action, seconds: u64) {
    world.apply(action).expect("it fits");
    world.run_for(Duration::from_secs(seconds));
}

/// LOG-5, LOG-16: as in the recorded folders, each directory has its own id, checkpoints and logs;
/// the metadata log lies in the first.
#[test]
fn each_directory_is_a_folder_of_its_own() {
    let mut world = world();
    world.run_for(Duration::from_secs(5));
    let first = names(&world, "/tmp/kafka-logs-0");
    let second = names(&world, "/tmp/kafka-logs-0-1");
    let common = [
        ".lock",
        "bootstrap.checkpoint",
        "cleaner-offset-checkpoint",
        "log-start-offset-checkpoint",
        "meta.properties",
        "recovery-point-offset-checkpoint",
        "replication-offset-checkpoint",
    ];
    let only = |all: &[String]| {
        let own = all.iter().filter(|name| !common.contains(&name.as_str()));
        own.cloned().collect::<Vec<String>>()
    };
    assert_eq!(only(&first), ["__cluster_metadata-0/", "t-0/", "t-2/"]);
    assert_eq!(only(&second), ["t-1/", "t-3/"]);
    assert_eq!(second.len(), 2 + common.len());
    let file = |world: &mut World, name: &str| run(world, &format!("cat {name}"));
    let checkpoint = file(
        &mut world,
        "/tmp/kafka-logs-0-1/replication-offset-checkpoint",
    );
    assert_eq!(checkpoint, "0\n2\nt 1 0\nt 3 0\n");
    let id = |text: String| {
        let mut lines = text.lines().map(str::to_string);
        lines.find(|line| line.starts_with("directory.id="))
    };
    let ids = ["/tmp/kafka-logs-0", "/tmp/kafka-logs-0-1"]
        .map(|folder| id(file(&mut world, &format!("{folder}/meta.properties"))));
    assert!(ids[0].is_some() && ids[0] != ids[1], "{ids:?}");
    let settings = file(&mut world, "config/server-0.properties");
    assert!(settings.contains("log.dirs=/tmp/kafka-logs-0,/tmp/kafka-logs-0-1\n"));
}

/// LOG-16: the recorded answer of `kafka-log-dirs.sh` before and after one directory failed, and
/// the replicas that `kafka-topics.sh` no longer counts as in sync.
#[test]
fn the_tools_tell_of_a_failed_directory() {
    let mut world = world();
    let describe = format!("kafka-log-dirs.sh --describe --broker-list 0 {SERVER}");
    let replica = |partition: u32| {
        format!("{{\"partition\":\"t-{partition}\",\"size\":0,\"offsetLag\":0,\"isFuture\":false}}")
    };
    let dir = |partitions: &[String], error: &str, path: &str| {
        let partitions = partitions.join(",");
        format!("{{\"partitions\":[{partitions}],\"error\":{error},\"logDir\":\"{path}\"}}")
    };
    let told = |first: String, second: String| {
        format!(
            "Querying brokers for log directories information\nReceived log directory information from brokers 0\n{{\"brokers\":[{{\"broker\":0,\"logDirs\":[{first},{second}]}}],\"version\":1}}\n"
        )
    };
    let first = dir(&[replica(2), replica(0)], "null", "/tmp/kafka-logs-0");
    let second = dir(&[replica(3), replica(1)], "null", "/tmp/kafka-logs-0-1");
    assert_eq!(run(&mut world, &describe), told(first.clone(), second));
    act(&mut world, &Action::FailLogDir(NodeId(0), 1), 6);
    let failed = "\"org.apache.kafka.common.errors.KafkaStorageException\"";
    let second = dir(&[], failed, "/tmp/kafka-logs-0-1");
    assert_eq!(run(&mut world, &describe), told(first, second));
    let topics = format!("kafka-topics.sh --describe --topic t {SERVER}");
    let topics = run(&mut world, &topics);
    let isr = |partition: u32| {
        let mark = format!("\tPartition: {partition}\t");
        let line = topics.lines().find(|line| line.contains(&mark));
        let (_, rest) = line
            .and_then(|line| line.split_once("Leader: "))
            .expect("a line");
        let rest = rest.split("\tElr").next().unwrap_or_default();
        rest.trim().to_string()
    };
    assert_eq!(isr(0), "0\tReplicas: 0,1,2\tIsr: 0,1,2");
    assert_eq!(isr(1), "1\tReplicas: 1,2,0\tIsr: 1,2");
    assert_eq!(isr(3), "1\tReplicas: 0,1,2\tIsr: 1,2");
    assert!(data_dir::list(&world, "/tmp/kafka-logs-0-1").is_none());
}

/// LOG-16: a broken disk is replaced by an empty one with an id of its own, into which the replicas
/// are copied after a restart; a directory nobody has cannot fail.
#[test]
fn a_replaced_disk_is_filled_by_copying() {
    let mut world = world();
    let broker = NodeId(0);
    let none = world.apply(&Action::FailLogDir(broker, 2));
    assert_eq!(none, Err(ActionError::NoSuchLogDir(broker, 2)));
    let properties = "cat /tmp/kafka-logs-0-1/meta.properties";
    let before = run(&mut world, properties);
    act(&mut world, &Action::FailLogDir(broker, 1), 6);
    assert_eq!(world.disk_state(broker, 1), DiskState::Broken);
    act(&mut world, &Action::RepairDisk(broker, 1), 1);
    act(&mut world, &Action::Terminate(broker), 10);
    assert_eq!(
        world.broker_disk(broker).map(|disk| disk.logs.len()),
        Some(2)
    );
    act(&mut world, &Action::Start(broker), 40);
    assert_ne!(run(&mut world, properties), before);
    let folders = names(&world, "/tmp/kafka-logs-0-1");
    assert!(folders.contains(&"t-1/".to_string()), "{folders:?}");
    let image = world.metadata().expect("a controller runs");
    let topic = image.topic("t").expect("the topic exists");
    for (number, state) in topic.partitions.iter().enumerate() {
        assert_eq!(state.isr.len(), 3, "partition {number}");
        assert!(image.is_dir_online(broker, state));
    }
}
