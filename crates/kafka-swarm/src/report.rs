//! What a failing seed tells: everything needed to repeat and to understand it.

use std::fmt;

use kafka_core::types::{Duration, Time};
use kafka_sim::{Detail, Seq, World};

use crate::plan::Plan;
use crate::run::{Ending, Run};

/// Causes shown of a breach, the breach itself first.
const CAUSES: usize = 12;
/// Characters shown of what an entry carried.
const DETAIL: usize = 240;

/// A failing seed. Its `Display` is the whole report, several lines.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// The seed.
    pub seed: u64,
    /// Length of its safety phase.
    pub length: Duration,
    /// What was broken or is missing, in one sentence.
    pub what: String,
    /// The moment.
    pub at: Time,
    /// Events delivered up to it.
    pub event: u64,
    /// The cluster and its work, one line.
    pub setting: String,
    /// What led to it, one line each: an entry of the trace and its causes, or the
    /// state of what did not come to rest.
    pub evidence: Vec<String>,
    /// How many faults the plan has.
    pub faults_planned: usize,
    /// The faults that are enough to fail like that, one line each.
    pub faults: Vec<String>,
}

impl Failure {
    /// The report of a run of `plan` that failed; `shrunk` fails alike.
    pub fn new(plan: &Plan, run: &Run, shrunk: &Plan) -> Failure {
        Failure {
            seed: plan.seed,
            length: plan.safety,
            what: run.ending.to_string(),
            at: run.at,
            event: run.events,
            setting: plan.setting(),
            evidence: evidence(run),
            faults_planned: plan.faults.len(),
            faults: faults(shrunk),
        }
    }

    /// The command that repeats it.
    pub fn command(&self) -> String {
        format!(
            "brokerscope swarm --seeds {}..{} --seconds {}",
            self.seed,
            self.seed + 1,
            self.length.0 / 1_000_000
        )
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {}: {}", self.seed, self.what)?;
        writeln!(f, "  at {} (event {})", Clock(self.at), self.event)?;
        writeln!(f, "  {}", self.setting)?;
        writeln!(f, "  evidence:")?;
        for line in &self.evidence {
            writeln!(f, "    {line}")?;
        }
        let (needed, planned) = (self.faults.len(), self.faults_planned);
        writeln!(
            f,
            "  {needed} of its {planned} faults are enough (times since the work began):"
        )?;
        for line in &self.faults {
            writeln!(f, "    {line}")?;
        }
        write!(f, "  repeat it: {}", self.command())
    }
}

/// A time in seconds, with microseconds.
struct Clock(Time);

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:06} s", self.0.0 / 1_000_000, self.0.0 % 1_000_000)
    }
}

fn faults(plan: &Plan) -> Vec<String> {
    let line = |(at, action): &(Time, _)| format!("{} {action:?}", Clock(*at));
    plan.faults.iter().map(line).collect()
}

fn evidence(run: &Run) -> Vec<String> {
    let Ending::Broken(violation) = &run.ending else {
        return run.unrest.clone();
    };
    let mut lines = Vec::new();
    for seq in &violation.evidence {
        let why = run.world.trace().why(*seq);
        lines.extend(why.iter().take(CAUSES).map(|seq| entry(&run.world, *seq)));
    }
    lines
}

/// One trace entry as a line.
pub(crate) fn entry(world: &World, seq: Seq) -> String {
    let Some(entry) = world.trace().get(seq) else {
        return format!("#{}: no longer kept", seq.0);
    };
    let mut line = format!("#{} {}", seq.0, Clock(entry.at));
    if let Some(node) = world.id_of(entry.node) {
        line += &format!(" process {node}");
    }
    line += &format!(" {:?}", entry.kind);
    if let Some(peer) = world.id_of(entry.peer) {
        line += &format!(" (peer {peer})");
    }
    match world.detail(seq) {
        None | Some(Detail::None) => {}
        Some(detail) => line.extend(format!(" {detail:?}").chars().take(DETAIL)),
    }
    line
}
