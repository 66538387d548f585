//! Recorded command lines with their complete output, replayed in the terminal.
//!
//! A file is one case. A file that uses a tool, an option or a scene that is not
//! simulated is unsupported, with the reason; it never passes. Steps of what Brokerscope leaves
//! out by name are passed over, and the others of such a file are compared all the same.

mod accidents;
mod actors;
mod left_out;
mod mask;
mod others;
mod parse;
mod perf;
mod producers;
mod scene;
mod topic_ids;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use kafka_core::types::Duration;
use kafka_scenario::driver::Runs;
use kafka_shell::files::Files;
use kafka_shell::process::Signal;
use kafka_shell::script::{Job, Ran, run_line_among, run_line_closed};
use kafka_shell::{system, tools, words};
use kafka_sim::{StartState, World};

use crate::{Case, Outcome};
use actors::{Actors, Wait};
use left_out::LeftOut;
use mask::mask;
use parse::{Step, StepKind, Transcript, parse};
use perf::Load;
use topic_ids::TopicIds;

/// Longest virtual time a command may take: a tool gives up after 60 s.
const COMMAND_LIMIT: Duration = Duration::from_secs(180);
/// Longest virtual time the recorder waited for a member or a producer.
const ACTOR_LIMIT: Duration = Duration::from_secs(20);
/// What the recorder took for its next step: members read what there is meanwhile.
const SETTLING: Duration = Duration::from_secs(1);
/// The same for members that were closed one right after the other: each heartbeat that fell
/// between two of them made a new target.
const CLOSING: Duration = Duration::from_ms(850);
/// The same for several members: the last one's coming concerns the others.
const CROWD_SETTLING: Duration = Duration::from_secs(8);
/// `transaction.timeout.ms` of the recorder's producers that leave a transaction open.
const OPEN_TIMEOUT_MS: &str = "600000";
const SEED: u64 = 1;
/// Draws of the network tried until one reads as the recorded one did.
const DRAWS: u64 = 128;

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
        Ok(text) => {
            let name = file.file_stem().unwrap_or_default().to_string_lossy();
            let transcript = accidents::put_right(others::without_others(parse(&text)), &name);
            replay(&transcript, &name)
        }
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

/// A share consumer reads first from the leader that answers first, a client asks first any of
/// the servers it was given, and any controller may be elected. A recording is one draw of that: the story passes if some
/// draw gives the recorded one from its first line to its last.
fn replay(transcript: &Transcript, name: &str) -> Outcome {
    let draws = |step: &Step| {
        matches!(&step.kind, StepKind::Command(line)
            if line.contains("console-share-consumer") || line.contains("9092,localhost:9093")
                || line.contains("kafka-metadata-quorum"))
    };
    let first = replay_draw(transcript, name, SEED);
    if !matches!(first, Outcome::Fail(_)) || !transcript.steps.iter().any(draws) {
        return first;
    }
    let mut others = (SEED + 1..=DRAWS).map(|seed| replay_draw(transcript, name, seed));
    others
        .find(|outcome| !matches!(outcome, Outcome::Fail(_)))
        .unwrap_or(first)
}

fn replay_draw(transcript: &Transcript, name: &str, seed: u64) -> Outcome {
    if let Some(reason) = unsupported(transcript) {
        return Outcome::Unsupported(reason);
    }
    let mut spec = match scene::spec(&transcript.headers) {
        Ok(spec) => spec,
        Err(reason) => return Outcome::Unsupported(reason),
    };
    let is_dated = scene::has_dated_records(transcript);
    if is_dated {
        scene::begin_on_named_day(&mut spec);
    }
    let is_running = spec.start != StartState::Stopped;
    let mut world = scene::world(spec, seed, &scene::started_later(transcript));
    if is_running && !world.boot(Duration::from_secs(60)) {
        return Outcome::Fail("the cluster did not start within a minute".to_string());
    }
    if is_dated {
        scene::pass_named_moments(&mut world);
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
        actors: Actors::default(),
    };
    let mut left_out = LeftOut::default();
    for step in &transcript.steps {
        if left_out.takes(step) {
            continue;
        }
        if let Some(reason) = accidents::at(name, step) {
            return Outcome::Unsupported(format!("line {}: {reason}", step.line));
        }
        match replay.step(step) {
            Ok(()) => {}
            Err(End::Differs(what)) => return Outcome::Fail(format!("line {}: {what}", step.line)),
            Err(End::Missing(what)) => {
                return Outcome::Unsupported(format!("line {}: {what}", step.line));
            }
        }
    }
    left_out.outcome()
}

/// What of the story cannot be replayed at all, found before it begins.
fn unsupported(transcript: &Transcript) -> Option<String> {
    let version = transcript.headers.iter().find(|(key, _)| key == "kafka");
    if let Some((_, version)) = version.filter(|(_, version)| !version.starts_with("4.")) {
        return Some(format!(
            "Kafka {version}: eras before 4 are not simulated yet"
        ));
    }
    if let Some(reason) = left_out::own_server(transcript) {
        return Some(reason);
    }
    for step in &transcript.steps {
        let reason = match &step.kind {
            StepKind::Command(line) if left_out::part(line).is_some() => None,
            StepKind::Command(line) | StepKind::Job(line, _) => unknown_command(line),
            StepKind::Action(action) => scene::unknown_action(action),
        };
        if let Some(reason) = reason {
            return Some(format!("line {}: {reason}", step.line));
        }
    }
    let (line, file) = scene::unrecorded_file(&transcript.steps)?;
    Some(format!("line {line}: the file {file} was not recorded"))
}

fn unknown_command(line: &str) -> Option<String> {
    if Load::of(line).is_some() {
        return None;
    }
    let Ok(pipelines) = words::read(line) else {
        return Some("this terminal cannot read the line".to_string());
    };
    let commands = pipelines.iter().flat_map(|pipeline| &pipeline.commands);
    for command in commands {
        let name = command.words.first().map_or("", String::as_str);
        if tools::find(name).is_none() && !system::COMMANDS.contains(&name) {
            return Some(format!("{name} is not simulated yet"));
        }
    }
    None
}

/// How long a tool took to start on the recorded machine. What a file holds at some
/// moment may depend on that, so it is only counted in stories that look at files, or at
/// the voters of a quorum that may be losing its majority.
const START_UP: Duration = Duration::from_ms(1_300);

fn has_action(transcript: &Transcript, begin: &str) -> bool {
    let mut steps = transcript.steps.iter();
    steps.any(|step| matches!(&step.kind, StepKind::Action(it) if it.starts_with(begin)))
}

fn start_up(transcript: &Transcript) -> Duration {
    let joining = |(key, rest): &(String, String)| key == "cluster" && rest.contains("joining=");
    match has_action(transcript, "ls ") || transcript.headers.iter().any(joining) {
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
    actors: Actors,
}

impl Replay {
    fn step(&mut self, step: &Step) -> Result<(), End> {
        match &step.kind {
            StepKind::Command(line) => {
                if let Some(load) = Load::of(line) {
                    self.pass(self.start_up);
                    return load.run(&mut self.world).map_err(End::Differs);
                }
                let input = step.sections.stdin.as_deref().unwrap_or_default();
                let typed = self.at_our_times(&self.ids.translate(line));
                self.pass(self.start_up);
                let ran = match recorded_timeout(&step.sections.exit) {
                    // The recorder ran the tools in its own process and closed them.
                    Some(limit) => {
                        run_line_closed(&self.files, &mut self.world, &typed, input, limit)
                    }
                    None => self.run(&typed, input),
                };
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
                self.actors.waited();
                Ok(())
            }
            ["file", path, content @ ..] => {
                let inline = || content.join(" ") + "\n";
                let stdin = step.sections.stdin.clone();
                match self.files.write(path, &stdin.unwrap_or_else(inline), false) {
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
            [signal @ ("SIGINT" | "SIGTERM" | "SIGKILL"), id] => {
                let job = self.jobs.get_mut(*id);
                let job = job.ok_or_else(|| End::Missing(format!("there is no job {id}")))?;
                match *signal {
                    "SIGINT" => job.signal(&mut self.world, Signal::Interrupt),
                    "SIGTERM" => job.signal(&mut self.world, Signal::Terminate),
                    _ => job.kill(&mut self.world),
                }
                Ok(())
            }
            _ if scene::is_remark(action) => Ok(()),
            _ => match self.actor(&words).map_err(End::Missing)? {
                Some(wait) => {
                    self.pass_until(ACTOR_LIMIT, &wait);
                    self.pass(match words.first() {
                        Some(&"members") => CROWD_SETTLING,
                        Some(&"close") => CLOSING,
                        _ => SETTLING,
                    });
                    Ok(())
                }
                None => {
                    scene::act(&mut self.world, action).map_err(End::Missing)?;
                    self.pump_jobs();
                    Ok(())
                }
            },
        }
    }

    /// Runs a line. In a story that asks for times a producer reads its lines one after
    /// the other, as the recorded one did: each record has a time of its own.
    fn run(&mut self, line: &str, input: &str) -> Ran {
        if !(self.asks_for_times && line.contains("console-producer")) {
            return run_line_among(&self.files, &mut self.world, line, input, COMMAND_LIMIT);
        }
        let mut job = Job::start(&mut self.world, &self.files, line, false);
        for typed in input.lines() {
            self.pass(Duration::from_ms(1));
            job.type_line(&mut self.world, typed);
        }
        job.end_input(&mut self.world);
        job.finish(&mut self.world, COMMAND_LIMIT)
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

    /// What a client of the story does, if it is one that acts.
    fn actor(&mut self, words: &[&str]) -> Result<Option<Wait>, String> {
        let (actors, world) = (&mut self.actors, &mut self.world);
        let wait = match words {
            ["member", name, settings, topics] => {
                let topics = topics.strip_prefix("topics=").unwrap_or_default();
                actors.join(world, name, settings, topics)?
            }
            ["share-member", name, settings, topics] => {
                let topics = topics.strip_prefix("topics=").unwrap_or_default();
                actors.share(world, name, settings, topics)?;
                Wait::No
            }
            ["members", "killed", group] => {
                actors.kill_crowd(world, group)?;
                Wait::No
            }
            ["members", crowd @ ..] => actors.join_crowd(world, crowd)?,
            ["share-members", group, topic, count] => {
                actors.share_crowd(world, group, topic, count)?;
                Wait::No
            }
            ["pause" | "resume", name] if actors.knows(name) => {
                actors.poll(world, name, words[0] == "resume")?;
                Wait::No
            }
            ["close", name] => actors.close(world, name)?,
            ["begin", id, timeout_ms, topic, partition] => {
                actors.begin(world, id, timeout_ms, (topic, partition))?;
                Wait::No
            }
            ["open-transaction", id, topic, partition] => {
                actors.begin(world, id, OPEN_TIMEOUT_MS, (topic, partition))?;
                Wait::No
            }
            ["txcommit" | "txabort", id] => {
                actors.end_transaction(world, id, words[0] == "txcommit")?;
                Wait::No
            }
            ["commit", name, list @ ..] => actors.commit(world, name, list.first().copied())?,
            ["produce", fill @ ..] if fill.len() > 2 => actors::fill(world, fill)?,
            _ => return Ok(None),
        };
        Ok(Some(wait))
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
        self.pass_unless(span, |_| false);
    }

    /// The same until what is waited for has come.
    fn pass_until(&mut self, limit: Duration, wait: &Wait) {
        self.pass_unless(limit, |world| wait.is_over(world));
    }

    fn pass_unless(&mut self, span: Duration, is_over: impl Fn(&World) -> bool) {
        let until = self.world.now() + span;
        let mut seen = self.world.history().len();
        self.pump_jobs();
        let mut over = is_over(&self.world);
        while !over && Runs::step_until(&mut self.world, until) {
            let now = self.world.history().len();
            if now != seen {
                seen = now;
                self.pump_jobs();
                over = is_over(&self.world);
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
    let part = |text: &str| match &step.only {
        Some(topics) => others::narrowed(text, topics),
        None => text.to_string(),
    };
    if let Some(terminal) = &step.sections.terminal {
        same(line, "terminal", terminal, &(ran.out.clone() + &ran.err))?;
    } else {
        same(line, "stdout", &part(&step.sections.out), &part(&ran.out))?;
        same(line, "stderr", &part(&step.sections.err), &part(&ran.err))?;
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
    // Which of several partitions a consumer reads first is the network's business.
    let any_order = line.contains("-consumer") && channel == "stdout";
    if wanted == got || any_order && mask::same_lines(&wanted, &got) {
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
