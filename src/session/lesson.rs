//! A lesson that is open in the page: where the learner is in it, and what is under way.
//!
//! What it is not: a source of answers. They are probed by `kafka-lessons` on forks of the run, and
//! the acts of a step are done in the real run. Invariant: `checkpoints[k]` is the run right before
//! step k, and every step begins on exactly that run, whatever was tried in between.

mod claims;
mod flow;
pub mod progress;
#[cfg(test)]
mod tests;
mod view;

use std::collections::VecDeque;
use std::rc::Rc;

use kafka_check::Checker;
use kafka_core::types::Time;
use kafka_lessons::play::{Actor, Doing};
use kafka_lessons::result::LessonResult;
use kafka_lessons::{Act, Control, Entries, Lesson, Offered, Probe, Scene, Step, Twin};
use kafka_shell::terminal::TerminalStatus;
use kafka_sim::World;
use serde::Serialize;

use super::Session;
use super::script::Script;
use super::work::Work;
use crate::tasks::action::Action;
use crate::view_model::time::Progress as Share;
use progress::{Place, Progress};

/// Events of one slice.
const SLICE_EVENTS: u64 = 256;

/// Lessons in a session: one may be open, and what was done is known of all.
#[derive(Default)]
pub struct Lessons {
    /// The open lesson.
    pub open: Option<Box<Learning>>,
    /// What was done so far.
    pub progress: Progress,
    /// The lesson whose text is on its way.
    pub loading: Option<Place>,
    /// What people believe about Kafka, to name it: fetched with the first lesson. Without it a
    /// wrong answer still has its reason.
    pub beliefs: Entries,
    /// Its text could not be had, and why.
    pub failed: Option<(Place, String)>,
}

/// Where the learner is, for pages that embed this one.
#[derive(Serialize, PartialEq, Eq, Debug)]
pub struct LearningPlace {
    lesson: String,
    /// `None` before the first step and after the last.
    step: Option<String>,
    phase: &'static str,
    /// The id of the open question.
    question: Option<String>,
    /// Work is under way.
    working: bool,
}

/// Where the learner is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// Before the first step: the learner looks around.
    Poke,
    /// The options of the step are worked out.
    Probing,
    /// That question of the step is open.
    Asking(usize),
    /// A step without a question is ready to be done.
    Ready,
    /// The step is done.
    Doing,
    /// It is done: answers, reasons, what to notice.
    Revealed,
    /// After the last step.
    End,
    /// The end is to be reached without a script, from the start.
    Alone,
    /// Work was given up or could not be done; the step can be started again.
    Stopped,
}

/// The learner's answer to a question of the step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// Number of the option; `None` = skipped.
    pub choice: Option<usize>,
    /// The learner was sure.
    pub sure: bool,
}

/// What follows work.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Then {
    /// The learner looks around.
    Poke,
    /// The steps before that one are done, then it begins.
    Walk(usize),
    /// That step begins.
    Enter(usize),
    /// Its questions are asked.
    Ask,
    /// Its acts are done.
    Do,
    /// What happened is told.
    Reveal,
    /// The learner reaches the end alone.
    Alone,
    /// One way to the end is done.
    Solve,
    /// All is as it was.
    Nothing,
    /// What happened is played again.
    Watch,
}

/// Long work of a lesson.
enum Job {
    Probe(Box<Probe>),
    Acts(Box<Acts>),
}

/// Acts to be done in the real run.
struct Acts {
    left: VecDeque<Item>,
    /// For a branch that nothing is known of.
    blank: Checker,
    doing: Option<Doing>,
    done: u64,
}

enum Item {
    Act(Act),
    /// A step ends here.
    Boundary,
}

/// An open lesson.
pub struct Learning {
    /// The lesson.
    pub lesson: Rc<Lesson>,
    /// It is a file of one's own, not one of the list.
    pub own: bool,
    /// Seed of the run.
    pub seed: u64,
    /// Where the learner is.
    pub phase: Phase,
    /// Number of the step.
    pub step: usize,
    /// The learner plays freely and comes back later.
    pub free: bool,
    /// Options of the step's questions, once they are worked out.
    pub offered: Vec<Offered>,
    /// Answers so far.
    pub given: Vec<Given>,
    /// The option that is chosen, but not given as the answer yet.
    pub choice: Option<usize>,
    /// The learner is sure.
    pub sure: bool,
    /// Hints shown.
    pub hints: usize,
    /// The end was reached without a script.
    pub solved: bool,
    /// One way to the end was shown.
    pub helped: bool,
    /// The step's goals held before anything was done.
    held: bool,
    /// Why work stopped.
    pub trouble: Option<String>,
    /// What was answered and reached, as a file.
    result: LessonResult,
    checkpoints: Vec<Script>,
    job: Option<Job>,
    then: Option<Then>,
    /// While what happened is played again: where it ends.
    watching: Option<u64>,
}

impl Learning {
    fn new(lesson: Rc<Lesson>, text: &str, own: bool, seed: u64) -> Learning {
        Learning {
            result: LessonResult::new(&lesson.id, text),
            lesson,
            own,
            seed,
            phase: Phase::Poke,
            step: 0,
            free: false,
            offered: Vec::new(),
            given: Vec::new(),
            choice: None,
            sure: true,
            hints: 0,
            solved: false,
            helped: false,
            held: false,
            trouble: None,
            checkpoints: Vec::new(),
            job: None,
            then: None,
            watching: None,
        }
    }

    /// The step the learner is at, if it is one.
    pub fn current(&self) -> Option<&Step> {
        let outside = matches!(self.phase, Phase::Poke | Phase::End | Phase::Alone);
        self.lesson.steps.get(self.step).filter(|_| !outside)
    }

    /// The place of a link or of the next visit.
    pub fn place(&self) -> Place {
        let step = match self.phase {
            Phase::Poke => None,
            Phase::End | Phase::Alone => self.lesson.steps.last(),
            _ => self.lesson.steps.get(self.step),
        };
        Place {
            lesson: self.lesson.id.clone(),
            step: step.map(|step| step.id.clone()),
            seed: Some(self.seed),
        }
    }

    /// Whether a control is locked now.
    pub fn locks(&self, control: Control) -> bool {
        if self.free {
            return false;
        }
        let asked = matches!(self.phase, Phase::Probing | Phase::Asking(_));
        asked || self.current().is_some_and(|s| s.locked.contains(&control))
    }

    /// True while a question is open.
    pub fn asks(&self) -> bool {
        !self.free && matches!(self.phase, Phase::Probing | Phase::Asking(_))
    }

    /// How far work is.
    pub fn progress(&self) -> (u64, u64) {
        match &self.job {
            Some(Job::Probe(probe)) => {
                let (done, all) = probe.progress();
                (done as u64, all as u64)
            }
            Some(Job::Acts(acts)) => (acts.done, acts.done + acts.left.len() as u64),
            None => (0, 0),
        }
    }
}

impl Acts {
    fn new(world: &World, acts: impl IntoIterator<Item = Item>) -> Acts {
        Acts {
            left: acts.into_iter().collect(),
            blank: Checker::new(world),
            doing: None,
            done: 0,
        }
    }

    /// Goes on for a slice; true when all is done.
    fn advance(
        &mut self,
        session: &mut Session,
        twins: &[Twin],
        checkpoints: &mut Vec<Script>,
    ) -> bool {
        let blank = &self.blank;
        let actor = &mut InPage {
            session,
            twins,
            blank,
        };
        if let Some(mut doing) = self.doing.take() {
            if !doing.advance(actor, SLICE_EVENTS) {
                self.doing = Some(doing);
                return false;
            }
            self.done += 1;
        }
        match self.left.pop_front() {
            None => return true,
            Some(Item::Boundary) => {
                checkpoints.push(actor.session.script());
                self.done += 1;
            }
            Some(Item::Act(act)) => match Doing::begin(actor, &act) {
                Ok(doing) => self.doing = Some(doing),
                // The fork that worked out the answers was refused it, too.
                Err(reason) => actor.session.toast(reason, true, false),
            },
        }
        false
    }
}

/// The session as acts are done in it.
struct InPage<'a> {
    session: &'a mut Session,
    twins: &'a [Twin],
    blank: &'a Checker,
}

impl Actor for InPage<'_> {
    fn scene(&self) -> Scene<'_> {
        let session = &self.session;
        let known = session.checks.checker(session.timeline.current());
        let world = session.timeline.world();
        Scene::new(world, known.unwrap_or(self.blank)).with_twins(self.twins)
    }

    fn status(&self, terminal: u8) -> TerminalStatus {
        self.session.shells.status(terminal)
    }

    fn type_line(&mut self, terminal: u8, line: &str) {
        let lang = self.session.preferences.lang;
        self.session.shells.set_lang(lang);
        self.session.type_line_in(terminal, line);
    }

    fn interrupt(&mut self, terminal: u8) {
        self.session.interrupt_in(terminal);
    }

    fn intervene(&mut self, action: Action) -> Result<(), String> {
        crate::tasks::act::apply_action(self.session, action)
    }

    fn step_event(&mut self, limit: Time) -> bool {
        self.session.step_event(limit)
    }
}

impl Phase {
    fn name(self) -> &'static str {
        match self {
            Phase::Poke => "looking",
            Phase::Probing => "probing",
            Phase::Asking(_) => "asking",
            Phase::Ready => "ready",
            Phase::Doing => "doing",
            Phase::Revealed => "revealed",
            Phase::End => "end",
            Phase::Alone => "alone",
            Phase::Stopped => "stopped",
        }
    }
}

impl Session {
    /// Where the learner is, when a lesson is open.
    pub fn learning_place(&self) -> Option<LearningPlace> {
        let learning = self.lessons.open.as_deref()?;
        let step = learning.current();
        let question = match learning.phase {
            Phase::Asking(at) => step.and_then(|step| step.questions.get(at)),
            _ => None,
        };
        Some(LearningPlace {
            lesson: learning.lesson.id.clone(),
            step: step.map(|step| step.id.clone()),
            phase: learning.phase.name(),
            question: question.map(|question| question.id.clone()),
            working: self.is_learning_work(),
        })
    }

    /// How far the work under way is.
    pub fn progress(&self) -> Option<Share> {
        match (self.work()?, &self.lessons.open) {
            (Work::Lesson, Some(learning)) => {
                let (at, to) = learning.progress();
                Some(Share { from: 0, at, to })
            }
            (work, _) => Some(work.progress(self.now())),
        }
    }
}
