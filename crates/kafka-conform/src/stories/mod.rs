//! Talking tests: a scenario with its complete outcome between its lines.
//!
//! A story is a text file in the scenario language. Lines that begin with `|` are the
//! outcome of the lines above them: what clients told their applications, which
//! requests they sent and which errors came back, what coordinators and controllers
//! decided and stored, what tools printed. Left out is what never ends (heartbeats,
//! fetches, metadata refreshes) unless it is answered with an error. A story of servers
//! is told from the other side: the controllers' log, who leads and follows, and every
//! replica's log in the end. Invariant: a story is a function of its scenario; nothing
//! else decides a line.

mod facts;
mod names;
mod servers;
mod stage;
mod traffic;

use kafka_core::types::Duration;
use kafka_scenario::driver::Runs;
use kafka_scenario::{Player, Scenario, Statement, parse, spec};
use kafka_shell::script::{Ran, run_line};
use kafka_sim::World;

use self::servers::Servers;
use self::stage::Stage;

/// Begins an outcome line.
const OUTCOME: char = '|';
/// A tool that still runs then is ended.
const TOOL_LIMIT: Duration = Duration::from_secs(300);

/// A world that is watched, and what is still to be told of it.
trait Telling: Runs {
    /// A step is about to be played.
    fn before(&mut self, _what: &Statement) {}
    /// A step was played.
    fn after(&mut self, _player: &Player, _what: &Statement) {}
    /// Adds lines that are no events.
    fn say(&mut self, lines: impl Iterator<Item = String>);
    /// The lines so far.
    fn take(&mut self) -> Vec<String>;
    /// What is to be said when all is over.
    fn end(&mut self) -> Vec<String> {
        Vec::new()
    }
}

/// The story again, with the outcome that the simulation gives to its scenario, as its
/// clients see it.
///
/// # Errors
/// A mistake of the scenario, or a step that cannot be played, with its line in the
/// text without outcome.
pub fn tell(text: &str) -> Result<String, String> {
    play(text, Stage::new)
}

/// As [`tell`], but as its servers see it, with every invariant checked.
///
/// # Errors
/// As [`tell`].
pub fn tell_servers(text: &str) -> Result<String, String> {
    play(text, Servers::new)
}

fn play<S: Telling>(text: &str, new: impl FnOnce(World) -> S) -> Result<String, String> {
    let lines: Vec<&str> = text.lines().filter(|l| !l.starts_with(OUTCOME)).collect();
    let scenario = parse(&lines.join("\n")).map_err(|error| error.to_string())?;
    let mut stage = new(begin(&scenario)?);
    let mut player = Player::default();
    let mut steps = scenario.steps.iter().peekable();
    let mut told = String::new();
    for (number, line) in lines.iter().enumerate() {
        if !line.trim_start().starts_with('<') {
            write(stage.take(), &mut told);
        }
        told.push_str(line);
        told.push('\n');
        if let Some(step) = steps.next_if(|step| step.line == number + 1) {
            stage.before(&step.what);
            let play = player.play(&mut stage, step, &mut shell);
            play.map_err(|error| error.to_string())?;
            stage.after(&player, &step.what);
        }
    }
    write(stage.take(), &mut told);
    write(stage.end(), &mut told);
    Ok(told)
}

fn begin(scenario: &Scenario) -> Result<World, String> {
    let spec = spec(&scenario.setup).map_err(|error| error.to_string())?;
    Ok(World::new(spec, scenario.setup.seed))
}

/// Writes down what has happened since the last line.
fn write(lines: Vec<String>, told: &mut String) {
    for line in lines {
        told.push_str(format!("{OUTCOME} {line}").trim_end());
        told.push('\n');
    }
}

fn shell<S: Telling>(stage: &mut S, command: &str, input: &str) {
    let Ran { out, err, exit, .. } = run_line(stage, command, input, TOOL_LIMIT);
    stage.say(out.lines().map(str::to_string));
    stage.say(err.lines().map(|line| format!("stderr: {line}")));
    match exit {
        Some(0) => {}
        Some(status) => stage.say([format!("exit {status}")].into_iter()),
        None => stage.say(["still running".to_string()].into_iter()),
    }
}
