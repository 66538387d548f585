//! Completion of a command line: tools, their options, topics, addresses, ids.

use crate::host::{Host, ServerState};
use crate::system::{COMMANDS, pid};
use crate::tools::{self, TOOLS};

/// What could stand in place of the line's last word. `topics` are the names the
/// cluster knows.
pub fn complete(host: &dyn Host, topics: &[String], line: &str) -> Vec<String> {
    let (before, last) = match line.rfind([' ', '|', ';']) {
        Some(at) => (&line[..=at], &line[at + 1..]),
        None => ("", line),
    };
    let command = before.rsplit(['|', ';']).next().unwrap_or_default();
    let mut words = command.split_whitespace();
    let candidates = match words.next() {
        None => names(),
        Some(tool) => after(host, topics, tool, words.last()),
    };
    let mut found: Vec<String> = candidates
        .into_iter()
        .filter(|candidate| candidate.starts_with(last))
        .collect();
    found.sort();
    found.dedup();
    found
}

fn names() -> Vec<String> {
    let tools = TOOLS.iter().map(|tool| format!("{}.sh", tool.name));
    tools
        .chain(COMMANDS.iter().map(|name| (*name).to_string()))
        .collect()
}

fn after(host: &dyn Host, topics: &[String], tool: &str, previous: Option<&str>) -> Vec<String> {
    let servers = host.servers();
    match (tool, previous) {
        (_, Some("--topic")) => topics.to_vec(),
        (_, Some("--bootstrap-server")) => servers
            .iter()
            .filter(|server| server.is_broker && server.state == ServerState::Running)
            .map(|server| format!("{}:{}", server.endpoint.host, server.endpoint.port))
            .collect(),
        (_, Some("--election-type")) => vec!["preferred".to_string(), "unclean".to_string()],
        ("kill", _) => servers
            .iter()
            .filter(|server| server.state != ServerState::Stopped)
            .map(|server| pid(server).to_string())
            .collect(),
        ("kafka-server-start.sh" | "bin/kafka-server-start.sh", _) => servers
            .iter()
            .map(|server| format!("config/server-{}.properties", server.node))
            .collect(),
        _ => tools::find(tool)
            .map(|tool| {
                tool.options
                    .iter()
                    .map(|option| format!("--{}", option.name))
                    .collect()
            })
            .unwrap_or_default(),
    }
}
