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

/// As recorded: while a server runs, and after a kill, the newest segment's index files have
/// their full size; a clean stop cuts them and writes the producers at the log's end.
#[test]
fn a_clean_stop_cuts_the_index_files() {
    let mut world = world(StartState::Booted);
    let server = "--bootstrap-server localhost:9092";
    run(
        &mut world,
        &format!("kafka-topics.sh {server} --create --topic t"),
        "",
    );
    run(
        &mut world,
        &format!("kafka-console-producer.sh {server} --topic t"),
        "a\nb\n",
    );
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
