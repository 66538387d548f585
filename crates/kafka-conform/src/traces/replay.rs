//! A story's steps, done to a simulated cluster at their moments.
//!
//! What the recording leaves to chance is drawn here from the attempt's number: the
//! phases of heartbeats and of the session check, how long messages took, the last tenth
//! of a second of a step's moment, and how long a process took to start where the
//! recording does not show it. Attempt 0 draws nothing.

use std::collections::BTreeMap;

use kafka_core::node::{Prng, Stream};
use kafka_core::types::{Duration, NodeId, Time};
use kafka_shell::script::run_line;
use kafka_sim::{Action, ClusterSpec, StartState, World};

use super::requests;
use super::senders::Sender;
use super::story::{Step, Story};

/// A process that started without being seen to register took this long, about.
const START_TAKES_MS: i64 = 1_700;
/// Local recovery and unfencing, after registration.
const RECOVERY: Duration = Duration::from_ms(300);
/// A session and one more check of it: until then a restarted broker may have had to wait.
const SESSION_MS: i64 = 9_000 + 1_125;
/// The recordings' machine was busy: a message could take this much longer, so that one
/// broker knew of a change well before another. By attempt, in turn.
const SLOWEST_MS: [u64; 4] = [0, 2, 10, 30];
/// How exactly the moment of a step counts.
const STEP_MS: u32 = 100;
/// How far a kill may move to meet a producer's request under way, or to miss it.
const AIM: Duration = Duration::from_ms(400);
/// Longest virtual time of a tool.
const TOOL_LIMIT: Duration = Duration::from_secs(120);

/// Why a story could not be played to its end.
pub(super) enum Stopped {
    /// A step is not simulated.
    Missing(String),
    /// A step did something else than in the recording.
    Differs(String),
}

/// What is to be done at some moment.
enum Deed {
    Step(usize),
    /// The process behind a `start` exists now.
    Launch(NodeId),
    /// Kill it; give up aiming at that time.
    Kill(NodeId, Time),
    /// The named producer's next value.
    Send(String),
}

/// A story being played.
pub(super) struct Play<'a> {
    /// The cluster.
    pub world: World,
    /// The producers by their recorded names.
    pub senders: BTreeMap<String, Sender>,
    story: &'a Story,
    /// Virtual time of the story's beginning.
    origin: Time,
    agenda: BTreeMap<(Time, u64), Deed>,
    entered: u64,
    /// The simulated controller that plays each recorded one.
    controllers: BTreeMap<u32, NodeId>,
    dice: Prng,
    attempt: u64,
}

/// Plays a story to its end.
///
/// # Errors
/// A step that cannot be played or does something else.
pub(super) fn replay(story: &Story, attempt: u64) -> Result<Play<'_>, Stopped> {
    let mut play = Play::begin(story, attempt)?;
    let mut at = play.origin;
    for (index, step) in story.steps.iter().enumerate() {
        at = at.max(play.moment(step.at_ms) + play.chance(STEP_MS));
        play.enter(at, Deed::Step(index));
    }
    while let Some(((at, _), deed)) = play.agenda.pop_first() {
        play.pass(at);
        if play.act(deed)? {
            break;
        }
    }
    Ok(play)
}

fn spec(story: &Story) -> Result<ClusterSpec, Stopped> {
    let (brokers, controllers) = (story.brokers.len() as u32, story.controllers.len() as u32);
    let mut spec = ClusterSpec::quick(brokers, controllers);
    let usual = |ids: &[u32], first: u32| ids.iter().copied().eq(first..first + ids.len() as u32);
    if !usual(&story.brokers, 0) || !usual(&story.controllers, 100) {
        let text = "servers that are not numbered 0, 1, ... and 100, 101, ...";
        return Err(Stopped::Missing(text.to_string()));
    }
    for (name, value) in &story.overrides {
        kafka_scenario::properties::set(&mut spec, name, value)
            .map_err(|error| Stopped::Missing(error.to_string()))?;
    }
    let elr = story.feature("eligible.leader.replicas.version");
    for controller in &mut spec.controllers {
        controller.elr_version = elr as i16;
    }
    for broker in &mut spec.brokers {
        broker.recovery = RECOVERY;
    }
    spec.start = StartState::Stopped;
    Ok(spec)
}

impl<'a> Play<'a> {
    /// The cluster started as it was, and booted.
    fn begin(story: &'a Story, attempt: u64) -> Result<Play<'a>, Stopped> {
        let begin = 100 - story.first_leader_ms().min(0);
        let mut spec = spec(story)?;
        let slowest = SLOWEST_MS[(attempt % SLOWEST_MS.len() as u64) as usize];
        spec.network.jitter = Duration::from_ms(slowest).max(spec.network.jitter);
        let mut play = Play {
            world: World::new(spec, attempt + 1),
            senders: BTreeMap::new(),
            story,
            origin: Time::ZERO + Duration::from_ms(begin as u64),
            agenda: BTreeMap::new(),
            entered: 0,
            controllers: story
                .controllers
                .iter()
                .map(|id| (*id, NodeId(*id)))
                .collect(),
            dice: Prng::new(attempt, NodeId(0)),
            attempt,
        };
        let shift = play.chance(1_125);
        for controller in &story.controllers {
            play.enter(Time::ZERO + shift, Deed::Launch(NodeId(*controller)));
        }
        for broker in &story.brokers {
            let suffix = format!(" {broker}");
            let first = story.steps.iter().find(|it| it.text.ends_with(&suffix));
            if first.is_some_and(|it| it.text.starts_with("start ")) {
                continue;
            }
            let until = first.map_or(i64::MAX, |it| it.at_ms);
            let registered = story.registered(*broker, i64::MIN, until);
            let at = play.moment(registered.unwrap_or(-2_000)) + play.chance(2_000);
            play.enter(at, Deed::Launch(NodeId(*broker)));
        }
        while let Some(((at, _), deed)) = play.agenda.pop_first() {
            play.pass(at);
            play.act(deed)?;
        }
        if !play.world.boot(Duration::from_secs(60)) {
            let text = "the cluster did not start within a minute";
            return Err(Stopped::Differs(text.to_string()));
        }
        play.origin = play.origin.max(play.world.now());
        Ok(play)
    }

    /// A random span, zero in the first attempt.
    fn chance(&mut self, bound_ms: u32) -> Duration {
        let drawn = self.dice.below(Stream::Choice, bound_ms);
        Duration::from_ms(if self.attempt == 0 { 0 } else { drawn.into() })
    }

    /// A moment of the story in virtual time.
    fn moment(&self, at_ms: i64) -> Time {
        let since = at_ms.unsigned_abs().saturating_mul(1_000);
        Time(if at_ms < 0 {
            self.origin.0.saturating_sub(since)
        } else {
            self.origin.0.saturating_add(since)
        })
    }

    fn enter(&mut self, at: Time, deed: Deed) {
        self.entered += 1;
        self.agenda.insert((at, self.entered), deed);
    }

    fn pass(&mut self, until: Time) {
        if self.world.now() < until {
            self.world.run_until(until);
        }
    }

    /// Does one thing; true if it was the story's end.
    fn act(&mut self, deed: Deed) -> Result<bool, Stopped> {
        let now = self.world.now();
        match deed {
            Deed::Step(index) => {
                let step = self.story.steps[index].clone();
                if step.text == "end" {
                    return Ok(true);
                }
                self.step(index, &step)?;
            }
            Deed::Launch(node) => {
                // It may still be stopping.
                if self.world.apply(&Action::Start(node)).is_err() {
                    self.enter(now + Duration::from_ms(100), Deed::Launch(node));
                }
            }
            Deed::Kill(node, limit) => {
                let wanted = self.kill_broke_a_request(node);
                let waits = self
                    .senders
                    .values()
                    .any(|sender| sender.waits_for(&self.world, node));
                if waits != wanted && now < limit {
                    self.enter(now + Duration::from_us(200), Deed::Kill(node, limit));
                } else {
                    self.apply(&Action::Crash(node))?;
                }
            }
            Deed::Send(name) => {
                if let Some(sender) = self.senders.get_mut(&name)
                    && let Some(next) = sender.send(&mut self.world)
                {
                    let at = self.moment(next).max(now);
                    self.enter(at, Deed::Send(name));
                }
            }
        }
        Ok(false)
    }

    fn apply(&mut self, action: &Action) -> Result<(), Stopped> {
        let done = self.world.apply(action);
        done.map(drop)
            .map_err(|error| Stopped::Differs(error.to_string()))
    }

    fn step(&mut self, index: usize, step: &Step) -> Result<(), Stopped> {
        let words: Vec<&str> = step.text.split_whitespace().collect();
        match words.as_slice() {
            ["create", "topic", topic, "replicas", replicas, configs @ ..] => {
                let mut line = format!(
                    "kafka-topics.sh --create --topic {topic} --replica-assignment {replicas}"
                );
                for config in configs {
                    line.push_str(&format!(" --config {config}"));
                }
                self.tool(&line, None)
            }
            ["producer", name, "to", topic, acks, rate, ..] => {
                let sender =
                    Sender::new(&mut self.world, self.story, name, topic, acks, rate, step)
                        .map_err(Stopped::Missing)?;
                if let Some(first) = sender.next_ms() {
                    let at = self.moment(first.max(step.at_ms));
                    self.enter(at, Deed::Send(name.to_string()));
                }
                self.senders.insert(name.to_string(), sender);
                Ok(())
            }
            ["stop", "producer", name] => match self.senders.get_mut(*name) {
                Some(sender) => sender.stop(&mut self.world).map_err(Stopped::Differs),
                None => Err(Stopped::Missing(format!("no producer {name} was started"))),
            },
            ["active", "controller", "is", id] => {
                self.name_active_controller(id.parse().unwrap_or(u32::MAX));
                Ok(())
            }
            ["reassign", partition, "to", ..] => {
                let target = step.text.split_once(" to ").map_or("", |(_, to)| to);
                let request = requests::reassignment(partition, target);
                self.call(request, &step.text)
            }
            ["$", ..] => self.tool(&step.text[2..], step.out.as_deref()),
            [verb @ ("kill" | "stop" | "start" | "pause" | "resume"), id] => {
                match id.parse().ok().filter(|id| self.knows(*id)) {
                    Some(id) => self.server(index, verb, id),
                    None => Err(Stopped::Missing(format!("`{}` names no server", step.text))),
                }
            }
            _ => Err(Stopped::Missing(format!(
                "the step `{}` is not simulated yet",
                step.text
            ))),
        }
    }

    fn knows(&self, id: u32) -> bool {
        self.story.brokers.contains(&id) || self.story.controllers.contains(&id)
    }

    fn server(&mut self, index: usize, verb: &str, id: u32) -> Result<(), Stopped> {
        let node = self.controllers.get(&id).copied().unwrap_or(NodeId(id));
        let now = self.world.now();
        if verb == "start" {
            let takes = self.start_takes(index, id);
            self.enter(now + takes, Deed::Launch(node));
            return Ok(());
        }
        let pending = |deed: &Deed| matches!(deed, Deed::Launch(starting) if *starting == node);
        let before = self.agenda.len();
        self.agenda.retain(|_, deed| !pending(deed));
        if self.agenda.len() < before {
            // The process was still starting; it is gone.
            return Ok(());
        }
        match verb {
            "kill" if self.senders.is_empty() => self.apply(&Action::Crash(node)),
            "kill" => self.act(Deed::Kill(node, now + AIM)).map(drop),
            "stop" => self.apply(&Action::Terminate(node)),
            "pause" => self.apply(&Action::Pause(node)),
            _ => self.apply(&Action::Resume(node)),
        }
    }

    /// How long the process of a `start` took until it asked to be registered.
    fn start_takes(&mut self, index: usize, id: u32) -> Duration {
        let steps = &self.story.steps;
        let at_ms = steps[index].at_ms;
        let killed = format!("kill {id}");
        let killed = steps[..index].iter().rev().find(|step| step.text == killed);
        let was_refused = killed.is_some_and(|step| at_ms < step.at_ms + SESSION_MS);
        let until = self.story.next_fault(id, index);
        if let Some(next) = steps.get(index + 1).filter(|next| next.needs_brokers()) {
            // Whoever recorded it waited for the broker before going on.
            let pause = next.at_ms.saturating_sub(at_ms).max(0) as u64;
            return Duration::from_ms((pause / 2).min(START_TAKES_MS as u64));
        }
        match self.story.registered(id, at_ms, until) {
            Some(registered) if !was_refused => {
                Duration::from_ms((registered - at_ms) as u64) + self.chance(500)
            }
            _ => Duration::from_ms(START_TAKES_MS as u64) + self.chance(3_500),
        }
    }

    /// Whether a producer lost a request to this kill in the recording.
    fn kill_broke_a_request(&self, node: NodeId) -> bool {
        let kill = format!("kill {node}");
        let now = self.world.now();
        let mut kills = self
            .story
            .steps
            .iter()
            .rev()
            .filter(|step| step.text == kill);
        let kill = kills.find(|step| self.moment(step.at_ms) <= now);
        let Some(at_ms) = kill.map(|step| step.at_ms) else {
            return false;
        };
        let text = format!("Disconnected from node {node}");
        let events = self.story.producers.values().flatten();
        events
            .filter(|sent| (at_ms..at_ms + 2_000).contains(&sent.at_ms))
            .any(|sent| sent.message == text)
    }

    /// The recorded name of the controller that is active here. Which one wins an
    /// election is chance, so the roles are dealt when the recording tells.
    fn name_active_controller(&mut self, recorded: u32) {
        let Some(active) = self.world.active_controller().map(|it| it.config().node) else {
            return;
        };
        let other = self.controllers.iter().find(|(_, node)| **node == active);
        let other = other.map(|(name, _)| *name);
        let played_by = self.controllers.get(&recorded).copied();
        if let (Some(other), Some(played_by)) = (other, played_by) {
            self.controllers.insert(other, played_by);
            self.controllers.insert(recorded, active);
        }
    }

    fn tool(&mut self, line: &str, out: Option<&str>) -> Result<(), Stopped> {
        let name = line.split_whitespace().next().unwrap_or_default();
        if kafka_shell::tools::find(name).is_none() {
            return match requests::of_line(line) {
                Some(request) => self.call(Some(request), line),
                None => Err(Stopped::Missing(format!("{name} is not simulated yet"))),
            };
        }
        let line = format!("{line} --bootstrap-server {}", self.address());
        let ran = run_line(&mut self.world, &line, "", TOOL_LIMIT);
        let printed = without_log(&(ran.out + &ran.err));
        let wanted = out.map(without_log);
        if ran.exit != Some(0) || wanted.is_some_and(|wanted| wanted != printed) {
            return Err(Stopped::Differs(format!(
                "{line}: {printed:?}, Kafka's is {out:?}"
            )));
        }
        Ok(())
    }

    fn call(
        &mut self,
        request: Option<kafka_core::protocol::Request>,
        text: &str,
    ) -> Result<(), Stopped> {
        let missing = || Stopped::Missing(format!("`{text}` is not simulated yet"));
        let request = request.ok_or_else(missing)?;
        requests::call(&mut self.world, request)
            .map_err(|error| Stopped::Differs(format!("{text}: {error}")))
    }

    fn address(&self) -> String {
        let brokers = &self.world.spec().brokers;
        let up = brokers
            .iter()
            .filter(|b| self.world.node(b.node).is_some_and(|n| n.status.is_alive()))
            .map(|b| format!("{}:{}", b.host, b.port));
        up.collect::<Vec<String>>().join(",")
    }
}

/// What a tool printed, without the lines of its logger.
fn without_log(out: &str) -> String {
    let lines = out.lines().filter(|line| !line.starts_with("[2"));
    lines.collect::<Vec<&str>>().join("\n")
}
