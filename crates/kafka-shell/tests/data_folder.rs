//! The folder of a server as the terminal lists it, against recorded ones (LOG-5).

use kafka_core::types::{Duration, NodeId};
use kafka_shell::data_dir::{self, DataFile};
use kafka_shell::files::Files;
use kafka_shell::script::run_line_among;
use kafka_sim::{Action, ClusterSpec, StartState, World};

const FOLDER: &str = "/tmp/kafka-logs-0";

fn world(start: StartState) -> World {
    let mut spec = ClusterSpec::quick(1, 1);
    spec.start = start;
    World::new(spec, 1)
}

fn run(world: &mut World, line: &str, input: &str) -> String {
    let limit = Duration::from_secs(120);
    run_line_among(&Files::default(), world, line, input, limit).out
}

/// The files in a folder and their sizes.
fn files(world: &World, path: &str) -> Vec<String> {
    let entries = data_dir::list(world, path).expect("a folder");
    let files = entries
        .into_iter()
        .filter_map(|(name, size)| Some((name, size?)));
    files.map(|(name, size)| format!("{name} {size}")).collect()
}

fn text(world: &World, name: &str) -> String {
    match data_dir::read(world, &format!("{FOLDER}/{name}")) {
        Some(DataFile::Text(text)) => text,
        other => panic!("{name}: {other:?}"),
    }
}

fn stop(world: &mut World) {
    world.apply(&Action::Terminate(NodeId(0))).expect("it runs");
    world.run_for(Duration::from_secs(10));
}

fn start(world: &mut World) {
    world.apply(&Action::Start(NodeId(0))).expect("it stands");
    world.run_for(Duration::from_secs(15));
}

/// A formatted folder holds no checkpoints, a running server's does; the lock goes with a
/// clean stop and stays after a kill, the other way round the mark of a clean stop.
#[test]
fn the_top_of_the_folder_tells_how_the_server_ended() {
    let world_to_be = world(StartState::Stopped);
    let sizes = files(&world_to_be, FOLDER);
    assert!(
        sizes.contains(&"meta.properties 122".to_string()),
        "{sizes:?}"
    );
    assert!(
        !sizes
            .iter()
            .any(|it| it.contains("checkpoint ") && it.contains("offset"))
    );
    let mut world = world(StartState::Booted);
    let running = files(&world, FOLDER);
    for name in [
        ".lock 0",
        "cleaner-offset-checkpoint 0",
        "log-start-offset-checkpoint 0",
        "recovery-point-offset-checkpoint 0",
        "replication-offset-checkpoint 0",
    ] {
        assert!(running.contains(&name.to_string()), "{name}: {running:?}");
    }
    stop(&mut world);
    let stopped = files(&world, FOLDER);
    assert!(!stopped.contains(&".lock 0".to_string()));
    let mark = text(&world, ".kafka_cleanshutdown");
    assert!(
        mark.starts_with("{\"version\":0,\"brokerEpoch\":"),
        "{mark}"
    );
    assert_eq!(text(&world, "log-start-offset-checkpoint"), "0\n0\n");
    start(&mut world);
    world.apply(&Action::Crash(NodeId(0))).expect("it runs");
    let killed = files(&world, FOLDER);
    assert!(killed.contains(&".lock 0".to_string()), "{killed:?}");
    assert!(!killed.iter().any(|it| it.starts_with(".kafka_clean")));
}

/// `meta.properties` names the folder, not the process: it is the same in every life.
#[test]
fn meta_properties_says_whose_the_folder_is() {
    let mut world = world(StartState::Booted);
    let before = text(&world, "meta.properties");
    let lines: Vec<&str> = before.lines().collect();
    assert_eq!(
        lines[..3],
        ["#", "#Wed Jan 01 00:00:00 UTC 2025", "node.id=0"]
    );
    assert!(lines[3].starts_with("directory.id=") && lines[3].len() == 13 + 22);
    assert_eq!(lines[4], "version=1");
    stop(&mut world);
    start(&mut world);
    assert_eq!(text(&world, "meta.properties"), before);
}

/// A booted cluster with a topic `t` that holds the records a and b.
fn with_two_records() -> World {
    let mut world = world(StartState::Booted);
    let create = "kafka-topics.sh --bootstrap-server localhost:9092 --create --topic t";
    run(&mut world, create, "");
    let produce = "kafka-console-producer.sh --bootstrap-server localhost:9092 --topic t";
    run(&mut world, produce, "a\nb\n");
    world
}

/// As recorded: while a server runs, and after a kill, the newest segment's index files have
/// their full size; a clean stop cuts them and writes the producers at the log's end.
#[test]
fn a_clean_stop_cuts_the_index_files() {
    let mut world = with_two_records();
    let open = [
        "00000000000000000000.index 10485760",
        "00000000000000000000.log 77",
        "00000000000000000000.timeindex 10485756",
        "leader-epoch-checkpoint 8",
        "partition.metadata 43",
    ];
    let folder = format!("{FOLDER}/t-0");
    assert_eq!(files(&world, &folder), open);
    stop(&mut world);
    let closed = [
        "00000000000000000000.index 0",
        "00000000000000000000.log 77",
        "00000000000000000000.timeindex 12",
        "00000000000000000002.snapshot 56",
        "leader-epoch-checkpoint 8",
        "partition.metadata 43",
    ];
    assert_eq!(files(&world, &folder), closed);
    let printed = "kafka-dump-log.sh --files /tmp/kafka-logs-0/t-0/00000000000000000002.snapshot";
    let printed = run(&mut world, printed, "");
    assert!(
        printed.contains("lastSequence: 1 lastOffset: 1"),
        "{printed}"
    );
    assert_eq!(
        text(&world, "recovery-point-offset-checkpoint"),
        "0\n1\nt 0 2\n"
    );
}

/// As recorded of a controller and a broker: the folder of the metadata log with its files, the
/// file they were formatted with, and what they keep of the quorum.
#[test]
fn both_kinds_of_servers_keep_the_metadata_log() {
    let mut world = world(StartState::Booted);
    world.run_for(Duration::from_secs(3));
    for folder in [FOLDER, "/tmp/kafka-logs-100"] {
        let top = files(&world, folder);
        assert!(
            top.contains(&"bootstrap.checkpoint 411".to_string()),
            "{top:?}"
        );
        let log = files(&world, &format!("{folder}/__cluster_metadata-0"));
        let sizes: Vec<&str> = log.iter().map(String::as_str).collect();
        assert_eq!(sizes[0], "00000000000000000000.index 10485760");
        assert!(sizes[1].starts_with("00000000000000000000.log "));
        let rest = [
            "00000000000000000000.timeindex 10485756",
            "leader-epoch-checkpoint 8",
            "partition.metadata 43",
            "quorum-state 129",
        ];
        assert_eq!(sizes[2..], rest);
    }
    assert_eq!(
        files(&world, "/tmp/kafka-logs-100").len(),
        3,
        "no checkpoints of logs"
    );
}

/// The metadata log begins as recorded: sizes and contents.
#[test]
fn the_metadata_log_is_printed_as_recorded() {
    let mut world = world(StartState::Booted);
    let file = "/tmp/kafka-logs-100/__cluster_metadata-0/00000000000000000000.log";
    let command = format!("kafka-dump-log.sh --files {file} --cluster-metadata-decoder");
    let out = run(&mut world, &command, "");
    let recorded = [
        " size: 91 ",
        "keySize: 4 valueSize: 19 sequence: -1 headerKeys: [] LeaderChange: {\"version\":0,\"leaderId\":100,\"voters\":[{\"voterId\":100}],\"grantingVoters\":[{\"voterId\":100}]}",
        " position: 91 ",
        " size: 330 ",
        "keySize: -1 valueSize: 24 sequence: -1 headerKeys: [] payload: {\"type\":\"BEGIN_TRANSACTION_RECORD\",\"version\":0,\"data\":{\"name\":\"Bootstrap records\"}}",
        "payload: {\"type\":\"FEATURE_LEVEL_RECORD\",\"version\":0,\"data\":{\"name\":\"metadata.version\",\"featureLevel\":30}}",
        "payload: {\"type\":\"CONFIG_RECORD\",\"version\":0,\"data\":{\"resourceType\":4,\"resourceName\":\"\",\"name\":\"min.insync.replicas\",\"value\":\"1\"}}",
        "payload: {\"type\":\"END_TRANSACTION_RECORD\",\"version\":0,\"data\":{}}",
        " position: 421 ",
    ];
    let mut rest = out.as_str();
    for part in recorded {
        let (_, after) = rest
            .split_once(part)
            .unwrap_or_else(|| panic!("no {part} in {rest}"));
        rest = after;
    }
    let snapshot = "kafka-dump-log.sh --files /tmp/kafka-logs-0/bootstrap.checkpoint --cluster-metadata-decoder";
    let out = run(&mut world, snapshot, "");
    assert!(
        out.contains("\nKRaft bootstrap snapshot\nbaseOffset: 0 "),
        "{out}"
    );
    assert!(out.contains("valueSize: 11 sequence: -1 headerKeys: [] SnapshotHeader {\"version\":0,\"lastContainedLogTimestamp\":"));
    assert!(out.contains(
        "keySize: 4 valueSize: 3 sequence: -1 headerKeys: [] SnapshotFooter {\"version\":0}\n"
    ));
    assert!(
        out.contains(" position: 83 ") && out.contains(" position: 336 "),
        "{out}"
    );
}

/// RAFT-15: as recorded of a controller formatted with `--standalone`: the first voters lie in a
/// checkpoint of their own, and the log begins with them.
#[test]
fn a_quorum_that_can_change_keeps_its_voters() {
    let mut world = World::new(ClusterSpec::quick(1, 1).with_voters(1), 1);
    world.run_for(Duration::from_secs(3));
    let folder = "/tmp/kafka-logs-100/__cluster_metadata-0";
    let listed = files(&world, folder);
    assert_eq!(listed[0], "00000000000000000000-0000000000.checkpoint 241");
    assert_eq!(listed.last().map(String::as_str), Some("quorum-state 106"));
    let dump = |file: &str| {
        format!("kafka-dump-log.sh --files {folder}/{file} --cluster-metadata-decoder")
    };
    let out = run(
        &mut world,
        &dump("00000000000000000000-0000000000.checkpoint"),
        "",
    );
    assert!(
        out.contains("\nSnapshot end offset: 0, epoch: 0\nbaseOffset: 0 lastOffset: 2 count: 3 "),
        "{out}"
    );
    let voters = "KRaftVoters {\"version\":0,\"voters\":[{\"voterId\":100,\"voterDirectoryId\":\"";
    let listens = "\",\"endpoints\":[{\"name\":\"CONTROLLER\",\"host\":\"localhost\",\"port\":9192}],\"kRaftVersionFeature\":{\"minSupportedVersion\":0,\"maxSupportedVersion\":1}}]}\n";
    let log = run(&mut world, &dump("00000000000000000000.log"), "");
    for out in [out, log] {
        assert!(out.contains("valueSize: 5 sequence: -1 headerKeys: [] KRaftVersion {\"version\":0,\"kRaftVersion\":1}\n"), "{out}");
        assert!(
            out.contains("keySize: 4 valueSize: 55 ")
                && out.contains(voters)
                && out.contains(listens),
            "{out}"
        );
    }
}

/// TOP-9: the folder of a deleted topic keeps its files under another name for a minute.
#[test]
fn a_deleted_log_stays_a_while() {
    let mut world = with_two_records();
    let delete = "kafka-topics.sh --bootstrap-server localhost:9092 --delete --topic t";
    run(&mut world, delete, "");
    let folder = |world: &World| {
        let entries = data_dir::list(world, FOLDER).expect("a folder").into_iter();
        let mut names = entries
            .map(|(name, _)| name)
            .filter(|name| name.starts_with("t-0"));
        names.next()
    };
    let name = folder(&world).expect("its files are there");
    let mark = name
        .strip_prefix("t-0.")
        .and_then(|it| it.strip_suffix("-delete/"));
    assert!(mark.is_some_and(|mark| mark.len() == 32), "{name}");
    let inside = files(&world, &format!("{FOLDER}/{name}"));
    assert!(
        inside.contains(&"00000000000000000000.log 77".to_string()),
        "{inside:?}"
    );
    assert!(text(&world, &format!("{name}partition.metadata")).contains("topic_id: "));
    world.run_for(Duration::from_secs(60));
    assert_eq!(folder(&world), None);
}
