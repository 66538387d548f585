//! Statements that are command lines, which run to their end.
//!
//! Not here: the terminal that runs them.

use kafka_core::metadata::ReplicaKey;
use kafka_core::types::NodeId;
use kafka_sim::ClusterSpec;

use crate::ast::{Statement, VoterVerb};

/// The line that a statement runs, and its standard input; `None` for what acts at once.
pub fn of(statement: &Statement, spec: &ClusterSpec) -> Option<(String, String)> {
    match statement {
        Statement::Shell(line, input) => {
            let input = input.iter().map(|line| format!("{line}\n")).collect();
            Some((line.clone(), input))
        }
        Statement::Voter(verb, controller) => {
            Some((voter_change(*verb, *controller, spec), String::new()))
        }
        _ => None,
    }
}

/// As a person would ask for it: the id of the controller's directory stands in its
/// `meta.properties`.
fn voter_change(verb: VoterVerb, controller: NodeId, spec: &ClusterSpec) -> String {
    let servers: Vec<String> = (spec.bootstrap().iter())
        .map(|broker| format!("{}:{}", broker.host, broker.port))
        .collect();
    let tool = format!(
        "kafka-metadata-quorum.sh --bootstrap-server {}",
        servers.join(",")
    );
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
