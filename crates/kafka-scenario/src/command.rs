//! Statements that are command lines, which run to their end.
//!
//! Not here: the terminal that runs them.

use std::fmt::Display;

use kafka_core::metadata::ReplicaKey;
use kafka_core::types::NodeId;
use kafka_sim::{ClusterSpec, World};

use crate::ast::{Statement, VoterVerb};

/// The line that a statement runs, and its standard input; `None` for what acts at once.
pub fn of(statement: &Statement, world: &World) -> Option<(String, String)> {
    match statement {
        Statement::Shell(line, input) => {
            let input = input.iter().map(|line| format!("{line}\n")).collect();
            Some((line.clone(), input))
        }
        Statement::Voter(verb, controller) => {
            let line = voter_change(*verb, *controller, world.spec());
            Some((line, String::new()))
        }
        Statement::MoveReplica {
            topic,
            partition,
            broker,
            dir,
        } => {
            let line = replica_move(world, (topic, *partition), *broker, *dir);
            Some((line, String::new()))
        }
        _ => None,
    }
}

/// The option of every tool: brokers that can answer.
fn server(spec: &ClusterSpec) -> String {
    let brokers = spec.bootstrap().into_iter();
    let servers: Vec<String> = brokers
        .map(|broker| format!("{}:{}", broker.host, broker.port))
        .collect();
    format!("--bootstrap-server {}", servers.join(","))
}

fn replica_move(world: &World, tp: (&str, u32), broker: NodeId, dir: u32) -> String {
    let spec = world.spec();
    let known = world.metadata().and_then(|image| image.topic(tp.0));
    let known = known.and_then(|topic| topic.partitions.get(tp.1 as usize));
    let replicas = known.map_or(vec![broker], |state| state.replicas.clone());
    let config = spec.brokers.iter().find(|config| config.node == broker);
    let paths = config.map_or(Vec::new(), |config| config.log_dirs());
    let path = paths.get(dir as usize).cloned().unwrap_or_default();
    move_line(tp, &replicas, &broker, &path, &server(spec))
}

/// The line that has a partition's replica on one broker move to the log directory at `path`;
/// `server` is the tool's option that names whom to ask.
pub fn move_line<Id: Display + PartialEq>(
    (topic, partition): (&str, u32),
    replicas: &[Id],
    broker: &Id,
    path: &str,
    server: &str,
) -> String {
    let ids: Vec<String> = replicas.iter().map(Id::to_string).collect();
    let dirs = replicas.iter().map(|replica| match replica == broker {
        true => format!("\"{path}\""),
        false => "\"any\"".to_string(),
    });
    let dirs: Vec<String> = dirs.collect();
    let (ids, dirs) = (ids.join(","), dirs.join(","));
    format!(
        "echo '{{\"version\":1,\"partitions\":[{{\"topic\":\"{topic}\",\"partition\":{partition},\"replicas\":[{ids}],\"log_dirs\":[{dirs}]}}]}}' > move.json; kafka-reassign-partitions.sh --execute --reassignment-json-file move.json {server}"
    )
}

/// As a person would ask for it: the id of the controller's directory stands in its
/// `meta.properties`.
fn voter_change(verb: VoterVerb, controller: NodeId, spec: &ClusterSpec) -> String {
    let tool = format!("kafka-metadata-quorum.sh {}", server(spec));
    match verb {
        VoterVerb::Add => {
            format!("{tool} --command-config config/server-{controller}.properties add-controller")
        }
        VoterVerb::Remove => format!(
            "{tool} remove-controller --controller-id {controller} --controller-directory-id {}",
            ReplicaKey::of(controller).directory
        ),
    }
}
