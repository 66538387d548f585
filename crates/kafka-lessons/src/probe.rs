//! Forks: the answer of a question is what happens when its step is done.
//!
//! A probe builds the run again from its deeds (a world with running tools cannot be cloned, a
//! replay is cheap), does the step's acts on it and evaluates answers and options. An option that
//! is an action is done on a fork of its own; a question that may differ from seed to seed is
//! answered under ten more seeds. All in slices; dropping the probe cancels it. Invariant: nothing
//! is ever done to the run the person sees.

use lesson_format::expr::Expr;
use lesson_format::{Act, Kind, Lesson, Literal, Question, Step};

use crate::deeds::Script;
use crate::offer::{Filling, Offered, of_actions, of_values};
use crate::play::{Build, Doing, Play};
use crate::scene::{Scene, Watched};
use crate::value::Value;

/// Seeds tried beside the run's own.
pub const SEEDS: u64 = 10;
/// A yes that comes later than this after the step's beginning is "only after a time-out", µs.
const LATE: u64 = 5_000_000;

/// What a fork is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Purpose {
    /// The step itself.
    Step,
    /// An option of a question: the question's place in the probe, the option's number.
    Action(usize, usize),
    /// The step under another seed.
    Seed(u64),
}

/// A fork under way.
struct Fork {
    purpose: Purpose,
    phase: Phase,
}

enum Phase {
    Building(Box<Build>),
    Doing(Box<Run>),
}

struct Run {
    play: Play,
    acts: std::vec::IntoIter<Act>,
    doing: Option<Doing>,
    watched: Watched,
    began: u64,
    /// Since when each yes-or-no answer has been yes.
    since: Vec<Option<u64>>,
}

/// Probes the questions of a step.
pub struct Probe {
    script: Script,
    twins: Vec<lesson_format::Twin>,
    acts: Vec<Act>,
    questions: Vec<Question>,
    pending: Vec<Purpose>,
    fork: Option<Fork>,
    done: usize,
    total: usize,
    /// Answer and option values of the step's own fork.
    own: Vec<(Value, Vec<Value>)>,
    holds: Vec<Vec<bool>>,
    seeds: Vec<Vec<Value>>,
    filling: Filling,
}

impl Probe {
    /// Probes one question of a step, by their places in the lesson; `so_far` is the run up to now.
    pub fn new(lesson: &Lesson, so_far: &Script, step: usize, question: usize) -> Option<Probe> {
        let step = lesson.steps.get(step)?;
        let question = step.questions.get(question)?.clone();
        Some(Probe::of(lesson, so_far, step, vec![question]))
    }

    /// Probes all questions of a step together: they share the forks.
    pub fn step(lesson: &Lesson, so_far: &Script, step: usize) -> Option<Probe> {
        let step = lesson.steps.get(step)?;
        Some(Probe::of(lesson, so_far, step, step.questions.clone()))
    }

    fn of(lesson: &Lesson, so_far: &Script, step: &Step, questions: Vec<Question>) -> Probe {
        let mut pending = vec![Purpose::Step];
        for (at, question) in questions.iter().enumerate() {
            if question.kind == Kind::Action {
                let options = 0..question.options.len();
                pending.extend(options.map(|option| Purpose::Action(at, option)));
            }
        }
        if questions.iter().any(may_vary) {
            pending.extend((1..=SEEDS).map(|n| Purpose::Seed(so_far.seed.wrapping_add(n))));
        }
        let holds = questions.iter().map(|q| vec![false; q.options.len()]);
        Probe {
            script: so_far.clone(),
            twins: lesson.twins.clone(),
            acts: step.acts.clone(),
            holds: holds.collect(),
            seeds: vec![Vec::new(); questions.len()],
            questions,
            fork: None,
            done: 0,
            total: pending.len(),
            pending,
            own: Vec::new(),
            filling: Filling::default(),
        }
    }

    /// How far it is: forks done, forks in all.
    pub fn progress(&self) -> (usize, usize) {
        (self.done, self.total)
    }

    /// Goes on for about that many events; true when the options are known.
    ///
    /// # Errors
    /// Why the run cannot be built again.
    pub fn advance(&mut self, budget: u64) -> Result<bool, String> {
        let Some(mut fork) = self.fork.take() else {
            if self.pending.is_empty() {
                return Ok(true);
            }
            let purpose = self.pending.remove(0);
            let build = match purpose {
                Purpose::Seed(seed) => Build::reseeded(&self.script, &self.twins, seed),
                _ => Build::of(&self.script, &self.twins),
            }?;
            let phase = Phase::Building(Box::new(build));
            self.fork = Some(Fork { purpose, phase });
            return Ok(false);
        };
        match fork.phase {
            Phase::Building(mut build) => {
                fork.phase = if build.advance(budget)? {
                    Phase::Doing(Box::new(self.begin(build.finish(), fork.purpose)))
                } else {
                    Phase::Building(build)
                };
                self.fork = Some(fork);
            }
            Phase::Doing(mut run) => {
                if run.advance(&self.questions, budget) {
                    self.harvest(&run, fork.purpose);
                    self.done += 1;
                    return Ok(self.pending.is_empty());
                }
                fork.phase = Phase::Doing(run);
                self.fork = Some(fork);
            }
        }
        Ok(false)
    }

    /// Does all of it at once.
    ///
    /// # Errors
    /// As [`Probe::advance`].
    pub fn finish(mut self) -> Result<Vec<Offered>, String> {
        while !self.advance(u64::MAX)? {}
        Ok(self.offered())
    }

    fn begin(&self, play: Play, purpose: Purpose) -> Run {
        let acts = match purpose {
            Purpose::Action(question, option) => {
                self.questions[question].options[option].acts.clone()
            }
            _ => self.acts.clone(),
        };
        let exprs = self.questions.iter().flat_map(|question| {
            let options = question.options.iter().filter_map(|o| o.value.as_ref());
            options.chain([&question.answer])
        });
        Run {
            watched: Watched::begin(&play.scene(), exprs),
            began: play.world().now().0,
            since: vec![None; self.questions.len()],
            acts: acts.into_iter(),
            doing: None,
            play,
        }
    }

    fn harvest(&mut self, run: &Run, purpose: Purpose) {
        let scene = run.scene();
        match purpose {
            Purpose::Action(question, option) => {
                self.holds[question][option] = scene.holds(&self.questions[question].answer);
            }
            Purpose::Seed(_) => {
                for (seen, question) in self.seeds.iter_mut().zip(&self.questions) {
                    seen.push(scene.value(&question.answer));
                }
            }
            Purpose::Step => {
                self.filling = filling(&scene);
                for (at, question) in self.questions.iter().enumerate() {
                    let answer = run.answer(&scene, question, at);
                    let value =
                        |e: &Option<Expr>| e.as_ref().map_or(Value::None, |e| scene.value(e));
                    let values = question.options.iter().map(|o| value(&o.value));
                    self.own.push((answer, values.collect()));
                }
            }
        }
    }

    /// One set of options for each question asked about; empty before the probe is done.
    pub fn offered(&self) -> Vec<Offered> {
        let mut offered = Vec::new();
        for (at, question) in self.questions.iter().enumerate() {
            let Some((answer, values)) = self.own.get(at) else {
                return Vec::new();
            };
            if question.kind == Kind::Action {
                offered.push(of_actions(question, &self.holds[at]));
                continue;
            }
            let raw = if *answer == Value::Later {
                &Value::Bool(true)
            } else {
                answer
            };
            let differs = |other: &Value| !other.matches(raw, question.within);
            let varies = may_vary(question) && self.seeds[at].iter().any(differs);
            let answer = if varies { &Value::Varies } else { answer };
            offered.push(of_values(question, answer, values, &self.filling));
        }
        offered
    }
}

impl Run {
    fn scene(&self) -> Scene<'_> {
        Scene {
            watched: Some(&self.watched),
            ..self.play.scene()
        }
    }

    fn advance(&mut self, questions: &[Question], budget: u64) -> bool {
        let looks = self.watched.is_live() || questions.iter().any(|q| q.kind == Kind::YesNo);
        let mut left = budget;
        while left > 0 {
            let Some(mut doing) = self.doing.take() else {
                let Some(act) = self.acts.next() else {
                    self.look(questions);
                    return true;
                };
                // What is refused here is refused in the run the person sees, too: a topic that is
                // there already, a client that was started by hand.
                self.doing = Doing::begin(&mut self.play, &act).ok();
                continue;
            };
            // Watched steps are looked at after every event.
            let slice = if looks { 1 } else { left };
            if !doing.advance(&mut self.play, slice) {
                self.doing = Some(doing);
            }
            left = left.saturating_sub(slice);
            if looks {
                self.look(questions);
            }
        }
        false
    }

    fn look(&mut self, questions: &[Question]) {
        let scene = self.play.scene();
        self.watched.look(&scene);
        let scene = Scene {
            watched: Some(&self.watched),
            ..scene
        };
        let now = scene.world.now().0;
        for (since, question) in self.since.iter_mut().zip(questions) {
            if question.kind != Kind::YesNo {
                continue;
            }
            if !scene.holds(&question.answer) {
                *since = None;
            } else if since.is_none() {
                *since = Some(now);
            }
        }
    }

    fn answer(&self, scene: &Scene<'_>, question: &Question, at: usize) -> Value {
        let value = scene.value(&question.answer);
        let since = self.since[at].unwrap_or(self.began);
        let late = question.kind == Kind::YesNo && since > self.began + LATE;
        if value.is_true() && late {
            return Value::Later;
        }
        value
    }
}

/// Whether "differs from seed to seed" may be offered.
fn may_vary(question: &Question) -> bool {
    let says =
        |choice: &lesson_format::Choice| choice.value == Some(Expr::Literal(Literal::Varies));
    question.kind == Kind::YesNo || question.options.iter().any(says)
}

fn filling(scene: &Scene<'_>) -> Filling {
    let texts = |root| match scene.value(&Expr::Root(root, Vec::new())) {
        Value::Texts(all) => all,
        _ => Vec::new(),
    };
    use lesson_format::accessors::{Get, Root};
    let number = |root, name: &String, get| {
        let name = Expr::Literal(Literal::Text(name.clone()));
        let of = Box::new(Expr::Root(root, vec![name]));
        match scene.value(&Expr::Get(of, get, Vec::new())) {
            Value::Number(n) => n,
            Value::Texts(all) => all.len() as i64,
            _ => 0,
        }
    };
    let topics = texts(Root::Topics);
    let groups = texts(Root::Groups);
    let partitions = topics
        .iter()
        .map(|t| number(Root::Topic, t, Get::TopicPartitions));
    Filling {
        stored: topics
            .iter()
            .map(|t| number(Root::Topic, t, Get::TopicStored))
            .sum(),
        members: groups
            .iter()
            .map(|g| number(Root::Group, g, Get::GroupMembers))
            .sum(),
        brokers: match scene.value(&Expr::Root(Root::Brokers, Vec::new())) {
            Value::Numbers(all) => all,
            _ => Vec::new(),
        },
        partitions: partitions.max().unwrap_or(0),
        clients: texts(Root::Consumers),
    }
}
