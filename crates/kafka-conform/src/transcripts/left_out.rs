//! Steps of recordings that ask for what Brokerscope leaves out by name: some tools, and quotas.
//!
//! They are passed over, the others are compared. Invariant: a session with such a step never
//! passes; one whose other steps are as recorded is unsupported, any other has failed.

use super::parse::{Step, StepKind, Transcript};
use super::perf::Load;
use crate::Outcome;

/// Tools that are not simulated.
const TOOLS: [&str; 8] = [
    "kafka-broker-api-versions.sh",
    "kafka-client-metrics.sh",
    "kafka-consumer-perf-test.sh",
    "kafka-e2e-latency.sh",
    "kafka-features.sh",
    "kafka-producer-perf-test.sh",
    "kafka-storage.sh",
    "kafka-streams-groups.sh",
];

/// Whose settings `kafka-configs.sh` does not know here: those that quotas and telemetry are for,
/// and what a server writes into its own text log.
const ENTITIES: [&str; 12] = [
    "--broker-logger",
    "broker-loggers",
    "--client",
    "--client-defaults",
    "--client-metrics",
    "--ip",
    "--ip-defaults",
    "--user",
    "--user-defaults",
    "clients",
    "ips",
    "users",
];

/// What a line asks for that is left out, if it does.
pub(super) fn part(line: &str) -> Option<&'static str> {
    let mut words = line.split_whitespace();
    let tool = words.next()?;
    if tool == "kafka-configs.sh" {
        return words.find_map(|word| ENTITIES.into_iter().find(|entity| *entity == word));
    }
    let left_out = TOOLS.into_iter().find(|name| *name == tool)?;
    Load::of(line).is_none().then_some(left_out)
}

/// Why nothing of a session can be replayed: it starts a server that it has formatted itself.
pub(super) fn own_server(transcript: &Transcript) -> Option<String> {
    let is_none = |(key, rest): &(String, String)| key == "cluster" && rest == "none";
    if !transcript.headers.iter().any(is_none) {
        return None;
    }
    let formats = |step: &&Step| step.text().starts_with("kafka-storage.sh format");
    let step = transcript.steps.iter().find(formats)?;
    let line = step.line;
    Some(format!(
        "line {line}: kafka-storage.sh and the server it formats a disk for are left out"
    ))
}

/// The steps of a session that were passed over.
#[derive(Default)]
pub(super) struct LeftOut {
    /// Line of the first one, and what it asks for.
    first: Option<(usize, &'static str)>,
    count: usize,
}

impl LeftOut {
    /// True if the step is passed over.
    pub(super) fn takes(&mut self, step: &Step) -> bool {
        let StepKind::Command(line) = &step.kind else {
            return false;
        };
        let Some(part) = part(line) else {
            return false;
        };
        self.first.get_or_insert((step.line, part));
        self.count += 1;
        true
    }

    /// What a session comes to whose other steps are as recorded.
    pub(super) fn outcome(&self) -> Outcome {
        let Some((line, part)) = self.first else {
            return Outcome::Pass;
        };
        let count = self.count;
        let steps = if count == 1 { "step" } else { "steps" };
        Outcome::Unsupported(format!(
            "line {line}: {part} is left out ({count} {steps}; all others are as recorded)"
        ))
    }
}
