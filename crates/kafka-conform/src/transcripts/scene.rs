//! Setting the scene: the cluster a story begins with, and what acts on it.

use kafka_core::types::{Duration, Name, NodeId, Time};
use kafka_shell::data_dir::{self, DataFile};
use kafka_shell::script::run_line;
use kafka_sim::{Action, ClusterSpec, StartState, World};

use super::parse::{Step, StepKind, Transcript};

pub(super) const LIMIT: Duration = Duration::from_secs(120);
/// 2024-06-01 00:00 UTC: the day of which some commands name moments.
const NAMED_DAY_MS: u64 = 1_717_200_000_000;
const DAY_MS: u64 = 86_400_000;
/// After all of those moments.
const AFTER_NAMED: Time = Time(11 * 3_600_000_000);

/// The cluster the headers describe.
///
/// # Errors
/// What of it is not simulated.
pub(super) fn spec(headers: &[(String, String)]) -> Result<ClusterSpec, String> {
    let of = headers.iter().find(|(key, _)| key == "cluster");
    let mut spec = cluster(of.map_or("brokers=0,1,2 controllers=100", |(_, rest)| rest))?;
    for (name, value) in base_properties(spec.brokers.len()) {
        set(&mut spec, name, &value)?;
    }
    for (key, rest) in headers {
        match key.as_str() {
            "overrides" => {
                for pair in rest.split_whitespace() {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    set(&mut spec, name, value)?;
                }
            }
            "format" => match rest.as_str() {
                "--feature eligible.leader.replicas.version=0" => {
                    for controller in &mut spec.controllers {
                        controller.elr_version = 0;
                    }
                }
                other => return Err(format!("format {other} is not simulated")),
            },
            "placement" => placement(&mut spec, rest)?,
            _ => {}
        }
    }
    spec.clock_epoch_ms = NAMED_DAY_MS + DAY_MS;
    Ok(spec)
}

fn set(spec: &mut ClusterSpec, name: &str, value: &str) -> Result<(), String> {
    kafka_scenario::properties::set(spec, name, value).map_err(|error| error.to_string())
}

/// What the properties files of all recorded brokers say.
fn base_properties(brokers: usize) -> [(&'static str, String); 7] {
    let (factor, in_sync) = (
        brokers.clamp(1, 3).to_string(),
        brokers.clamp(1, 2).to_string(),
    );
    [
        ("log.cleaner.dedupe.buffer.size", "4194304".to_string()),
        ("num.partitions", "1".to_string()),
        ("offsets.topic.replication.factor", factor.clone()),
        ("share.coordinator.state.topic.min.isr", in_sync.clone()),
        (
            "share.coordinator.state.topic.replication.factor",
            factor.clone(),
        ),
        ("transaction.state.log.min.isr", in_sync),
        ("transaction.state.log.replication.factor", factor),
    ]
}

/// `brokers=0,1,2 controllers=100`, or `none`: then no broker runs. With `joining=101,102` the
/// voters can change, and these controllers are formatted to join; those that the story starts
/// only later do not run at first.
fn cluster(rest: &str) -> Result<ClusterSpec, String> {
    let ids = |key: &str| {
        let list = rest
            .split_whitespace()
            .find_map(|word| word.strip_prefix(key));
        list.map_or(0, |list| list.split(',').count() as u32)
    };
    let (brokers, controllers) = (ids("brokers="), ids("controllers="));
    if rest == "none" {
        let mut spec = ClusterSpec::quick(3, 1);
        spec.start = StartState::Stopped;
        return Ok(spec);
    }
    if brokers == 0 || controllers == 0 {
        return Err(format!("a cluster of {rest} is not simulated"));
    }
    Ok(match ids("joining=") {
        0 => ClusterSpec::quick(brokers, controllers),
        joining => {
            ClusterSpec::quick(brokers, controllers + joining).with_voters(controllers as usize)
        }
    })
}

/// The world at the story's beginning: without the servers that it starts only later.
pub(super) fn world(mut spec: ClusterSpec, seed: u64, later: &[NodeId]) -> World {
    if later.is_empty() || spec.start == StartState::Stopped {
        return World::new(spec, seed);
    }
    spec.start = StartState::Stopped;
    let mut world = World::new(spec, seed);
    let servers: Vec<NodeId> = world.nodes().map(|node| node.id).collect();
    for node in servers.into_iter().filter(|node| !later.contains(node)) {
        // It is there and does not run.
        let _ = world.apply(&Action::Start(node));
    }
    world
}

/// Servers that the story starts before it stops them: they did not run at its beginning.
pub(super) fn started_later(transcript: &Transcript) -> Vec<NodeId> {
    let mut stopped: Vec<NodeId> = Vec::new();
    let mut later = Vec::new();
    for step in &transcript.steps {
        let StepKind::Action(action) = &step.kind else {
            continue;
        };
        let words: Vec<&str> = action.split_whitespace().collect();
        let [verb, node] = words.as_slice() else {
            continue;
        };
        let Ok(node) = node.parse().map(NodeId) else {
            continue;
        };
        match *verb {
            "kill" | "stop" => stopped.push(node),
            "start" if !stopped.contains(&node) => later.push(node),
            _ => {}
        }
    }
    later
}

/// `TOPIC 0=1,2,0 1=...`.
fn placement(spec: &mut ClusterSpec, rest: &str) -> Result<(), String> {
    let mut words = rest.split_whitespace();
    let topic: Name = words.next().unwrap_or_default().into();
    let mut lists: Vec<Vec<NodeId>> = Vec::new();
    for word in words {
        let list = word.split_once('=').map_or("", |(_, list)| list);
        let replicas: Result<Vec<NodeId>, _> =
            list.split(',').map(|id| id.parse().map(NodeId)).collect();
        lists.push(replicas.map_err(|_| format!("{word} is not a replica list"))?);
    }
    for controller in &mut spec.controllers {
        controller.placements.push((topic.clone(), lists.clone()));
    }
    Ok(())
}

/// `5s`, `500ms`.
///
/// # Errors
/// The text is no span.
pub(super) fn span(text: &str) -> Result<Duration, String> {
    let bad = || format!("{text} is not a span of time");
    if let Some(ms) = text.strip_suffix("ms") {
        return ms.parse().map(Duration::from_ms).map_err(|_| bad());
    }
    let seconds = text.strip_suffix('s').unwrap_or(text);
    let seconds: f64 = seconds.parse().map_err(|_| bad())?;
    if !(0.0..=86_400.0).contains(&seconds) {
        return Err(bad());
    }
    Ok(Duration::from_us((seconds * 1_000_000.0) as u64))
}

const ACTIONS: [&str; 27] = [
    "kill",
    "stop",
    "start",
    "pause",
    "resume",
    "wait",
    "topic",
    "create",
    "produce",
    "job",
    "SIGINT",
    "SIGKILL",
    "SIGTERM",
    "file",
    "ls",
    "cat",
    "time",
    "member",
    "members",
    "share-member",
    "share-members",
    "commit",
    "close",
    "begin",
    "open-transaction",
    "txcommit",
    "txabort",
];

/// Why an action cannot be replayed, if so.
pub(super) fn unknown_action(action: &str) -> Option<String> {
    let word = action.split_whitespace().next().unwrap_or_default();
    if is_remark(action) || ACTIONS.contains(&word) {
        None
    } else {
        Some(format!("the scene line `! {word}` is not replayed yet"))
    }
}

/// `! p1 was closed; ...` and `! only one of three ...` explain what follows and do nothing.
pub(super) fn is_remark(action: &str) -> bool {
    let words: Vec<&str> = action.split_whitespace().collect();
    matches!(words.as_slice(), [_, "was", "closed;", ..] | ["only", ..])
}

/// Whether the action writes records of given moments.
fn is_dated(action: &str) -> bool {
    let words: Vec<&str> = action.split_whitespace().collect();
    words.first() == Some(&"produce") && words.len() > 4
}

/// Whether records of given moments are written: they were written after those moments, which
/// the story has to let come first. Every other story begins after them.
pub(super) fn has_dated_records(transcript: &Transcript) -> bool {
    let dated = |step: &Step| matches!(&step.kind, StepKind::Action(it) if is_dated(it));
    transcript.steps.iter().any(dated)
}

/// Begins on the day of the named moments, before them.
pub(super) fn begin_on_named_day(spec: &mut ClusterSpec) {
    spec.clock_epoch_ms = NAMED_DAY_MS;
}

/// Lets the named moments come.
pub(super) fn pass_named_moments(world: &mut World) {
    while world.step_until(AFTER_NAMED) {}
}

/// A file that a command reads but no step has written, if the story has one. Those of
/// the brokers are theirs.
pub(super) fn unrecorded_file(steps: &[Step]) -> Option<(usize, String)> {
    let mut written = Vec::new();
    for step in steps {
        let words = (step.text().split_whitespace())
            .filter(|word| word.starts_with("/tmp/") && !word.starts_with("/tmp/kafka-logs"));
        for word in words {
            if matches!(step.kind, StepKind::Action(_)) {
                written.push(word);
            } else if !written.contains(&word) {
                return Some((step.line, word.to_string()));
            }
        }
    }
    None
}

/// A folder of a broker, `name size` or `name/` a line.
pub(super) fn listing(world: &World, path: &str) -> Option<String> {
    let entries = data_dir::list(world, path)?;
    let lines = entries.into_iter().map(|(name, size)| match size {
        Some(size) => format!("{name} {size}\n"),
        None => format!("{name}\n"),
    });
    Some(lines.collect())
}

/// A text file of a broker.
pub(super) fn content(world: &World, path: &str) -> Option<String> {
    match data_dir::read(world, path)? {
        DataFile::Text(text) => Some(text),
        _ => None,
    }
}

/// Acts on the world.
///
/// # Errors
/// What could not be done.
pub(super) fn act(world: &mut World, action: &str) -> Result<(), String> {
    let words: Vec<&str> = action.split_whitespace().collect();
    match words.as_slice() {
        [
            verb @ ("kill" | "stop" | "start" | "pause" | "resume"),
            node,
        ] => {
            let node = NodeId(node.parse().map_err(|_| format!("{node} is no broker"))?);
            server(world, verb, node)
        }
        ["topic", topic, partitions, factor] => {
            let options = format!("--partitions {partitions} --replication-factor {factor}");
            create(world, topic, &options)
        }
        ["create", topic, replicas] => {
            create(world, topic, &format!("--replica-assignment {replicas}"))
        }
        ["produce", topic, records] => produce(world, topic, records),
        _ => Err(format!("`! {action}` is not replayed yet")),
    }
}

fn server(world: &mut World, verb: &str, node: NodeId) -> Result<(), String> {
    let action = match verb {
        "kill" => Action::Crash(node),
        "stop" => Action::Terminate(node),
        "start" => Action::Start(node),
        "pause" => Action::Pause(node),
        _ => Action::Resume(node),
    };
    world.apply(&action).map_err(|error| error.to_string())?;
    // A recorded stop waits for the end of the process, a start for its port.
    if verb == "stop" {
        let until = world.now() + LIMIT;
        while world.node(node).is_some_and(|n| n.status.is_alive()) && world.step_until(until) {}
    }
    Ok(())
}

fn address(world: &World) -> String {
    let up = world.spec().brokers.iter().find(|broker| {
        world
            .node(broker.node)
            .is_some_and(|node| node.status.is_alive())
    });
    up.map_or_else(String::new, |broker| {
        format!("{}:{}", broker.host, broker.port)
    })
}

fn create(world: &mut World, topic: &str, options: &str) -> Result<(), String> {
    let address = address(world);
    let line =
        format!("kafka-topics.sh --bootstrap-server {address} --create --topic {topic} {options}");
    let ran = run_line(world, &line, "", LIMIT);
    match ran.exit {
        Some(0) => Ok(()),
        _ => Err(format!("{line}: {}", ran.out)),
    }
}

/// `k0:v0..k8:v8` or `k:v`: keyed records, one by one.
fn produce(world: &mut World, topic: &str, records: &str) -> Result<(), String> {
    let mut input = String::new();
    match records.split_once("..") {
        None => input.push_str(&format!("{records}\n")),
        Some((first, last)) => {
            let number = |text: &str| {
                let key = text.split(':').next().unwrap_or_default();
                key.trim_start_matches(|c: char| !c.is_ascii_digit())
                    .parse::<u32>()
            };
            let (Ok(from), Ok(to)) = (number(first), number(last)) else {
                return Err(format!("{records} are no records"));
            };
            for n in from..=to {
                input.push_str(&format!("k{n}:v{n}\n"));
            }
        }
    }
    let address = address(world);
    let line = format!(
        "kafka-console-producer.sh --bootstrap-server {address} --topic {topic} --sync --reader-property parse.key=true --reader-property key.separator=:"
    );
    let ran = run_line(world, &line, &input, LIMIT);
    match ran.exit {
        Some(0) => Ok(()),
        _ => Err(format!("{line}: {}{}", ran.out, ran.err)),
    }
}
