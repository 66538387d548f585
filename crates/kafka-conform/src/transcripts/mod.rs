//! Recorded command lines with their complete output, replayed in the terminal.
//!
//! A file is one case. A file that uses a tool, an option or a scene that is not
//! simulated is unsupported as a whole, with the reason; it never passes.

mod mask;
mod parse;
mod scene;
mod topic_ids;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use kafka_core::types::Duration;
use kafka_scenario::driver::Runs;
use kafka_shell::files::Files;
use kafka_shell::process::Signal;
use kafka_shell::script::{Job, Ran, run_line_among};
use kafka_shell::{system, tools, words};
use kafka_sim::{StartState, World};

use crate::{Case, Outcome};
use mask::mask;
use parse::{Step, StepKind, Transcript, parse};
use topic_ids::TopicIds;

/// Longest virtual time a command may take: a tool gives up after 60 s.
const COMMAND_LIMIT: Duration = Duration::from_secs(180);
const SEED: u64 = 1;

/// Replays every transcript below `dir` (one folder an era), by name.
pub fn transcripts(dir: &Path) -> Vec<Case> {
    files(dir).iter().map(|file| case(dir, file)).collect()
}

/// The transcripts below a folder, by name.
pub fn files(dir: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = Vec::new();
    collect(dir, &mut files);
    files.sort();
    files
}

/// The case a file of that folder is.
pub fn name(dir: &Path, file: &Path) -> String {
    let shown = file.strip_prefix(dir).unwrap_or(file);
    format!("transcripts/{}", shown.display())
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(dir) else {
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|ext| ext == "txt") {
            files.push(path);
        }
    }
}

/// Replays one file of that folder.
pub fn case(dir: &Path, file: &Path) -> Case {
    let outcome = match fs::read_to_string(file) {
        Ok(text) => replay(&parse(&text)),
        Err(error) => Outcome::Fail(format!("cannot read it: {error}")),
    };
    Case {
        name: name(dir, file),
        outcome,
    }
}

/// Why a replay ends before its last step.
enum End {
    Differs(String),
    Missing(String),
}

fn replay(transcript: &Transcript) -> Outcome {
    if let Some(reason) = unsupported(transcript) {
        return Outcome::Unsupported(reason);
    }
    let spec = match scene::spec(&transcript.headers) {
        Ok(spec) => spec,
        Err(reason) => return Outcome::Unsupported(reason),
    };
    let is_running = spec.start != StartState::Stopped;
    let mut world = World::new(spec, SEED);
    if is_running && !world.boot(Duration::from_secs(60)) {
        return Outcome::Fail("the cluster did not start within a minute".to_string());
    }
    let mut replay = Replay {
        world,
        jobs: BTreeMap::new(),
        files: Files::default(),
        ids: TopicIds::default(),
        start_up: start_up(transcript),
        asks_for_times: has_action(transcript, "time "),
        ends: Vec::new(),
        times: None,
    };
    for step in &transcript.steps {
        match replay.step(step) {
            Ok(()) => {}
            Err(End::Differs(what)) => return Outcome::Fail(format!("line {}: {what}", step.line)),
            Err(End::Missing(what)) => {
                return Outcome::Unsupported(format!("line {}: {what}", step.line));
            }
        }
    }
    Outcome::Pass
}

/// What of the story cannot be replayed at all, found before it begins.
fn unsupported(transcript: &Transcript) -> Option<String> {
    let version = transcript.headers.iter().find(|(key, _)| key == "kafka");
    if let Some((_, version)) = version.filter(|(_, version)| !version.starts_with("4.")) {
        return Some(format!(
            "Kafka {version}: eras before 4 are not simulated yet"
        ));
    }
    for step in &transcript.steps {
        let reason = match &step.kind {
            StepKind::Command(line) | StepKind::Job(line, _) => unknown_command(line),
            StepKind::Action(action) => scene::unknown_action(action),
        };
        if let Some(reason) = reason {
            return Some(format!("line {}: {reason}", step.line));
        }
    }
    None
}

fn unknown_command(line: &str) -> Option<String> {
    let Ok(pipelines) = words::read(line) else {
        return Some("this terminal cannot read the line".to_string());
    };
    let commands = pipelines.iter().flat_map(|pipeline| &pipeline.commands);
    for command in commands {
        let name = command.words.first().map_or("", String::as_str);
        let Some(tool) = tools::find(name) else {
            if system::COMMANDS.contains(&name) {
                continue;
            }
            return Some(format!("{name} is not simulated yet"));
        };
        if let Some(option) = tools::missing_option(tool, &command.words) {
            return Some(format!("{name} {option} is not simulated yet"));
        }
    }
    None
}

/// How long a tool took to start on the recorded machine. What a file holds at some
/// moment may depend on that, so it is only counted in stories that look at files.
const START_UP: Duration = Duration::from_ms(1_300);

fn has_action(transcript: &Transcript, begin: &str) -> bool {
    let mut steps = transcript.steps.iter();
    steps.any(|step| matches!(&step.kind, StepKind::Action(it) if it.starts_with(begin)))
}

fn start_up(transcript: &Transcript) -> Duration {
    match has_action(transcript, "ls ") {
        true => START_UP,
        false => Duration::from_ms(0),
    }
}

struct Replay {
    world: World,
    start_up: Duration,
    /// It names a moment of its own.
    asks_for_times: bool,
    /// Command lines that have ended, and when on the wall clock.
    ends: Vec<(String, i64)>,
    /// A recorded time and the simulated one of the same moment.
    times: Option<(i64, i64)>,
    jobs: BTreeMap<String, Job>,
    files: Files,
    ids: TopicIds,
}

impl Replay {
    fn step(&mut self, step: &Step) -> Result<(), End> {
        match &step.kind {
            StepKind::Command(line) => {
                let input = step.sections.stdin.as_deref().unwrap_or_default();
                let limit = recorded_timeout(&step.sections.exit).unwrap_or(COMMAND_LIMIT);
                let typed = self.at_our_times(&self.ids.translate(line));
                self.pass(self.start_up);
                let ran = self.run(&typed, input, limit);
                self.ids.learn(&step.sections.out, &ran.out);
                self.ends.push((line.clone(), self.wall_ms()));
                self.pump_jobs();
                compare(line, step, &ran)
            }
            StepKind::Job(line, id) => {
                let typed = id.starts_with("tty");
                let job = Job::start(&mut self.world, &self.files, line, typed);
                self.jobs.insert(id.clone(), job);
                Ok(())
            }
            StepKind::Action(action) => self.action(action, step),
        }
    }

    fn action(&mut self, action: &str, step: &Step) -> Result<(), End> {
        let words: Vec<&str> = action.split_whitespace().collect();
        match words.as_slice() {
            ["wait", span] => {
                let span = scene::span(span).map_err(End::Missing)?;
                self.pass(span);
                Ok(())
            }
            ["file", path] => {
                let content = step.sections.stdin.as_deref().unwrap_or_default();
                match self.files.write(path, content, false) {
                    true => Ok(()),
                    false => Err(End::Missing(format!("the file {path} is too large"))),
                }
            }
            [verb @ ("ls" | "cat"), path] => {
                let ours = match *verb {
                    "ls" => scene::listing(&self.world, path),
                    _ => scene::content(&self.world, path),
                };
                let missing = || End::Missing(format!("{path} is not simulated"));
                let ours = ours.ok_or_else(missing)?;
                same(action, "stdout", &step.sections.out, &ours)
            }
            // `time between the two produce steps on TOPIC: MS`.
            [
                "time",
                "between",
                "the",
                "two",
                "produce",
                "steps",
                "on",
                topic,
                recorded,
            ] => {
                let topic = format!("--topic {}", topic.trim_end_matches(':'));
                let produced = |line: &str| line.contains("producer.sh") && line.contains(&topic);
                let first = self.ends.iter().find(|(line, _)| produced(line));
                let missing = || End::Missing(format!("`! {action}`: nothing was produced"));
                let recorded = recorded.parse().map_err(|_| missing())?;
                // Later than all that the first one sent.
                let ours = first.map(|(_, at)| at + 1);
                self.times = Some((recorded, ours.ok_or_else(missing)?));
                Ok(())
            }
            ["job", id, "ended"] => self.job_ended(id, step),
            ["job", id, "types" | "stdin", ..] => {
                let text = action.splitn(4, ' ').nth(3).unwrap_or_default();
                self.job_typed(id, text)
            }
            [signal @ ("SIGINT" | "SIGTERM"), id] => {
                let signal = if *signal == "SIGINT" {
                    Signal::Interrupt
                } else {
                    Signal::Terminate
                };
                let job = self.jobs.get_mut(*id);
                let job = job.ok_or_else(|| End::Missing(format!("there is no job {id}")))?;
                job.signal(&mut self.world, signal);
                Ok(())
            }
            _ => {
                scene::act(&mut self.world, action).map_err(End::Missing)?;
                self.pump_jobs();
                Ok(())
            }
        }
    }

    /// Runs a line. In a story that asks for times a producer reads its lines one after
    /// the other, as the recorded one did: each record has a time of its own.
    fn run(&mut self, line: &str, input: &str, limit: Duration) -> Ran {
        if !(self.asks_for_times && line.contains("console-producer")) {
            return run_line_among(&self.files, &mut self.world, line, input, limit);
        }
        let mut job = Job::start(&mut self.world, &self.files, line, false);
        for typed in input.lines() {
            self.pass(Duration::from_ms(1));
            job.type_line(&mut self.world, typed);
        }
        job.end_input(&mut self.world);
        job.finish(&mut self.world, limit)
    }

    fn wall_ms(&self) -> i64 {
        self.world.spec().clock_epoch_ms as i64 + self.world.now().as_ms() as i64
    }

    /// A recorded command line with the simulated times: moments of the story are as far
    /// from the one that is known in both.
    fn at_our_times(&self, line: &str) -> String {
        const DIGITS: usize = 13;
        let Some((recorded, ours)) = self.times else {
            return line.to_string();
        };
        let moved = line.split(' ').map(|word| match word.parse::<i64>() {
            Ok(time) if word.len() == DIGITS => (time - recorded + ours).to_string(),
            _ => word.to_string(),
        });
        moved.collect::<Vec<String>>().join(" ")
    }

    fn job_typed(&mut self, id: &str, text: &str) -> Result<(), End> {
        let missing = || End::Missing(format!("there is no job {id}"));
        let job = self.jobs.get_mut(id).ok_or_else(missing)?;
        match text {
            "Ctrl-D" | "EOF" => job.end_input(&mut self.world),
            "Ctrl-C" => job.signal(&mut self.world, Signal::Interrupt),
            line => job.type_line(&mut self.world, line),
        }
        self.pass(Duration::from_ms(500));
        Ok(())
    }

    fn job_ended(&mut self, id: &str, step: &Step) -> Result<(), End> {
        let missing = || End::Missing(format!("there is no job {id}"));
        let job = self.jobs.remove(id).ok_or_else(missing)?;
        let line = job.line().to_string();
        let ran = job.finish(&mut self.world, COMMAND_LIMIT);
        compare(&line, step, &ran)
    }

    /// Lets time pass; jobs go on whenever one of their clients has news.
    fn pass(&mut self, span: Duration) {
        let until = self.world.now() + span;
        let mut seen = self.world.history().len();
        self.pump_jobs();
        while Runs::step_until(&mut self.world, until) {
            let now = self.world.history().len();
            if now != seen {
                seen = now;
                self.pump_jobs();
            }
        }
        self.pump_jobs();
    }

    fn pump_jobs(&mut self) {
        for job in self.jobs.values_mut() {
            job.pump(&mut self.world);
        }
    }
}

/// `timeout 9s`: the tool was still running then.
fn recorded_timeout(exit: &str) -> Option<Duration> {
    scene::span(exit.strip_prefix("timeout ")?).ok()
}

fn compare(line: &str, step: &Step, ran: &Ran) -> Result<(), End> {
    if ran.hints.contains("not simulated") {
        return Err(End::Missing(ran.hints.trim().to_string()));
    }
    if let Some(terminal) = &step.sections.terminal {
        same(line, "terminal", terminal, &(ran.out.clone() + &ran.err))?;
    } else {
        same(line, "stdout", &step.sections.out, &ran.out)?;
        same(line, "stderr", &step.sections.err, &ran.err)?;
    }
    let expected = recorded_timeout(&step.sections.exit).is_none();
    let exit = ran
        .exit
        .filter(|_| expected)
        .map_or("timeout".to_string(), |e| e.to_string());
    let wanted = if expected {
        step.sections.exit.as_str()
    } else {
        "timeout"
    };
    if exit == wanted {
        Ok(())
    } else {
        Err(End::Differs(format!(
            "{line}: exit {exit}, Kafka's is {wanted}"
        )))
    }
}

fn same(line: &str, channel: &str, wanted: &str, got: &str) -> Result<(), End> {
    let (wanted, got) = (mask(line, wanted), mask(line, got));
    if wanted == got {
        return Ok(());
    }
    let at = wanted
        .lines()
        .zip(got.lines())
        .take_while(|(a, b)| a == b)
        .count();
    let show = |text: &str| match text.lines().nth(at) {
        Some(line) => format!("{line:?}"),
        None => "the end".to_string(),
    };
    Err(End::Differs(format!(
        "{line}: {channel} line {}: {}, Kafka's is {}",
        at + 1,
        show(&got),
        show(&wanted)
    )))
}
