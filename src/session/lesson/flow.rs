//! How a lesson moves: from the start to a step, through its questions and acts, to the end.

use std::rc::Rc;

use kafka_core::types::Time;
use kafka_lessons::play::start_of;
use kafka_lessons::{Lesson, Predicate, Probe, Scene};
use kafka_sim::Target;

use super::progress::{Answered, Place};
use super::{Acts, Given, Item, Job, Learning, Phase, SLICE_EVENTS, Then};
use crate::session::Session;
use crate::session::script::Script;
use crate::session::work::Work;
use crate::view_model::object::ObjectId;
use crate::view_model::time::SPEED_SLOW;

impl Session {
    /// Opens a lesson at a step, or before the first.
    ///
    /// # Errors
    /// Why its start state cannot be built, or that it has no such step.
    pub fn open_lesson(
        &mut self,
        lesson: Lesson,
        text: &str,
        own: bool,
        place: &Place,
    ) -> Result<(), String> {
        let step = match &place.step {
            None => None,
            Some(id) => {
                let at = lesson.steps.iter().position(|step| step.id == *id);
                Some(at.ok_or_else(|| format!("{} has no step {id}", lesson.id))?)
            }
        };
        let script = start_of(&lesson, place.seed)?;
        let learning = Learning::new(Rc::new(lesson), text, own, script.seed);
        let before = self.lessons.open.replace(Box::new(learning));
        let then = step.map_or(Then::Poke, Then::Walk);
        if let Err(reason) = self.rebuild(&script, then) {
            self.lessons.open = before;
            return Err(reason);
        }
        Ok(())
    }

    /// Leaves the lesson; the run stays.
    pub fn leave_lesson(&mut self) {
        if self.is_learning_work() {
            self.cancel_work();
        }
        self.lessons.open = None;
        self.lessons.progress.set_open(None);
    }

    /// Whether each of them holds now.
    pub fn holding(&self, learning: &Learning, predicates: &[Predicate]) -> Vec<bool> {
        let Some(checker) = self.checks.checker(self.timeline.current()) else {
            return vec![false; predicates.len()];
        };
        let scene = Scene::new(self.timeline.world(), checker);
        let scene = scene.with_twins(&learning.lesson.twins);
        predicates.iter().map(|p| scene.holds(&p.holds)).collect()
    }

    /// Whether there are goals and all of them hold now.
    fn reached(&self, goals: &[Predicate]) -> bool {
        let learning = self.lessons.open.as_deref();
        let holds = learning.map_or_else(Vec::new, |learning| self.holding(learning, goals));
        !holds.is_empty() && holds.iter().all(|holds| *holds)
    }

    /// Whether the goals of the step hold now.
    fn reached_now(&self) -> bool {
        let learning = self.lessons.open.as_deref();
        let step = learning.and_then(Learning::current);
        step.is_some_and(|step| self.reached(&step.goals))
    }

    /// Claims the goal of the step.
    fn claim_step(&mut self) {
        let script = self.script();
        if let Some(learning) = &mut self.lessons.open {
            let step = learning.current().map(|step| step.id.clone());
            learning.claim_goal(step, script);
        }
    }

    /// Whether the learner reached the step's goals by hand.
    pub(super) fn reached_by_hand(&self) -> bool {
        let learning = self.lessons.open.as_deref();
        let step = learning.filter(|learning| !learning.held);
        let step = step.and_then(Learning::current);
        step.is_some_and(|step| self.reached(&step.goals))
    }

    /// True while the lesson's own work is under way.
    pub fn is_learning_work(&self) -> bool {
        let waits = |learning: &Learning| learning.then.is_some() || learning.job.is_some();
        self.work.is_some() && self.lessons.open.as_deref().is_some_and(waits)
    }

    /// The lesson's work was given up.
    pub(in crate::session) fn stop_lesson(&mut self) {
        if let Some(learning) = &mut self.lessons.open
            && (learning.job.take().is_some() | learning.then.take().is_some())
        {
            learning.phase = Phase::Stopped;
            learning.free = false;
        }
    }

    /// Builds the run of a script in the place of this one.
    fn rebuild(&mut self, script: &Script, then: Then) -> Result<(), String> {
        let mut new = Session::from_script(script, self.preferences.clone())?;
        new.speed = self.speed;
        new.shells.restore_histories(self.shells.histories());
        new.selected = self.selected.take();
        new.overlays.dialog = None;
        new.lessons = std::mem::take(&mut self.lessons);
        new.take_over(self);
        if let Some(learning) = &mut new.lessons.open {
            learning.job = None;
            learning.watching = None;
            learning.then = Some(then);
        }
        *self = new;
        Ok(())
    }

    /// Goes on from the run right before step `at`: it is built again if anything was tried.
    fn resume_at(&mut self, at: usize, then: Then) {
        let Some(learning) = &mut self.lessons.open else {
            return;
        };
        learning.watching = None;
        let Some(script) = learning.checkpoints.get(at).cloned() else {
            self.restart(Then::Walk(at));
            return;
        };
        let untouched = self.left.is_empty()
            && self.work.is_none()
            && self.timeline.is_at_tip()
            && self.script() == script;
        if untouched {
            self.playing = false;
            if let Some(learning) = &mut self.lessons.open {
                learning.then = Some(then);
            }
            self.lesson_goes_on();
        } else if let Err(reason) = self.rebuild(&script, then) {
            self.lesson_trouble(reason);
        }
    }

    /// Builds the lesson's start again.
    fn restart(&mut self, then: Then) {
        let Some(learning) = &self.lessons.open else {
            return;
        };
        let built = start_of(&learning.lesson, Some(learning.seed));
        let built = built.and_then(|script| self.rebuild(&script, then));
        if let Err(reason) = built {
            self.lesson_trouble(reason);
        }
    }

    fn lesson_trouble(&mut self, reason: String) {
        if let Some(learning) = &mut self.lessons.open {
            learning.trouble = Some(reason);
            learning.job = None;
            learning.then = None;
            learning.phase = Phase::Stopped;
        }
    }

    /// Does the next slice of the lesson's work; true when it is over.
    pub(in crate::session) fn lesson_slice(&mut self) -> bool {
        let Some(mut learning) = self.lessons.open.take() else {
            return true;
        };
        let done = match &mut learning.job {
            None => Ok(true),
            Some(Job::Probe(probe)) => probe.advance(SLICE_EVENTS),
            Some(Job::Acts(acts)) => {
                Ok(acts.advance(self, &learning.lesson.twins, &mut learning.checkpoints))
            }
        };
        self.story.collect(&self.timeline);
        match done {
            Ok(false) => {}
            Ok(true) => {
                if let Some(Job::Probe(probe)) = learning.job.take() {
                    learning.offered = probe.offered();
                }
            }
            Err(reason) => {
                self.lessons.open = Some(learning);
                self.lesson_trouble(reason);
                return true;
            }
        }
        let over = learning.job.is_none();
        self.lessons.open = Some(learning);
        over
    }

    /// After work: what was to follow it. A rule that was broken on the way stops the lesson.
    pub(in crate::session) fn lesson_goes_on(&mut self) {
        if self.work.is_some() {
            return;
        }
        let Some(learning) = &mut self.lessons.open else {
            return;
        };
        if learning.job.is_some() {
            self.stop_lesson();
            return;
        }
        let Some(then) = learning.then.take() else {
            return;
        };
        match then {
            Then::Nothing => {}
            Then::Poke => {
                learning.phase = Phase::Poke;
                self.keep_start();
            }
            Then::Walk(to) => self.walk(to),
            Then::Enter(step) => self.enter(step),
            Then::Ask => self.ask(0),
            Then::Do => self.do_step(),
            Then::Reveal => self.reveal(),
            Then::Alone => {
                learning.phase = Phase::Alone;
                learning.hints = 0;
                (learning.solved, learning.helped) = (false, false);
                self.keep_start();
            }
            Then::Solve => {
                self.keep_start();
                self.solve();
            }
            Then::Watch => self.watch(),
        }
        if let Some(learning) = &self.lessons.open
            && !learning.own
        {
            let place = learning.place();
            self.lessons.progress.set_open(Some(place));
        }
        self.revision += 1;
    }

    fn keep_start(&mut self) {
        let script = self.script();
        if let Some(learning) = &mut self.lessons.open {
            learning.checkpoints = vec![script];
        }
    }

    /// Does the acts of all steps before one.
    fn walk(&mut self, to: usize) {
        self.keep_start();
        let Some(learning) = &mut self.lessons.open else {
            return;
        };
        let lesson = learning.lesson.clone();
        let items = lesson.steps.iter().take(to).flat_map(|step| {
            let acts = step.acts.iter().cloned().map(Item::Act);
            acts.chain([Item::Boundary])
        });
        learning.step = to;
        learning.phase = Phase::Doing;
        let acts = Acts::new(self.timeline.world(), items);
        self.begin_job(Job::Acts(Box::new(acts)), Then::Enter(to));
    }

    fn begin_job(&mut self, job: Job, then: Then) {
        if let Some(learning) = &mut self.lessons.open {
            learning.job = Some(job);
            learning.then = Some(then);
            self.begin(Work::Lesson);
        }
    }

    /// A step begins: its options are worked out.
    fn enter(&mut self, step: usize) {
        let Some(learning) = &mut self.lessons.open else {
            return;
        };
        learning.begin_step(step);
        let lesson = learning.lesson.clone();
        let Some(now) = lesson.steps.get(step) else {
            learning.phase = Phase::End;
            self.selected = None;
            return;
        };
        self.selected = now.spotlight.iter().find_map(|key| ObjectId::parse(key));
        if now.questions.is_empty() {
            learning.phase = Phase::Ready;
            let held = self.reached(&now.goals);
            if let Some(learning) = &mut self.lessons.open {
                learning.held = held;
            }
            return;
        }
        let script = &learning.checkpoints[step];
        if let Some(probe) = Probe::step(&lesson, script, step) {
            learning.phase = Phase::Probing;
            self.begin_job(Job::Probe(Box::new(probe)), Then::Ask);
        }
    }

    /// Opens a question of the step, or does the step when all are answered.
    fn ask(&mut self, question: usize) {
        let Some(learning) = &mut self.lessons.open else {
            return;
        };
        learning.choice = None;
        learning.sure = true;
        if question < learning.offered.len() {
            learning.phase = Phase::Asking(question);
        } else {
            let step = learning.step;
            learning.phase = Phase::Doing;
            self.resume_at(step, Then::Do);
        }
    }

    /// Gives the chosen option as the answer, or none.
    pub fn answer_lesson(&mut self, choice: Option<usize>) {
        let Some(learning) = &mut self.lessons.open else {
            return;
        };
        let Phase::Asking(question) = learning.phase else {
            return;
        };
        learning.given.push(Given {
            choice,
            sure: learning.sure,
        });
        self.ask(question + 1);
    }

    fn do_step(&mut self) {
        let Some(learning) = &mut self.lessons.open else {
            return;
        };
        let Some(step) = learning.lesson.steps.get(learning.step) else {
            return;
        };
        let items = step.acts.iter().cloned().map(Item::Act);
        let acts = Acts::new(self.timeline.world(), items);
        learning.phase = Phase::Doing;
        self.begin_job(Job::Acts(Box::new(acts)), Then::Reveal);
    }

    /// The step is done, by its acts or by the learner: what happened is told.
    fn reveal(&mut self) {
        let script = self.script();
        let Some(learning) = &mut self.lessons.open else {
            return;
        };
        learning.phase = Phase::Revealed;
        let next = learning.step + 1;
        learning.checkpoints.truncate(next);
        learning.checkpoints.push(script);
        learning.claim_answers();
        if self.reached_now() {
            self.claim_step();
        }
        let Some(learning) = &mut self.lessons.open else {
            return;
        };
        let (lesson, own) = (learning.lesson.clone(), learning.own);
        let (Some(step), false) = (lesson.steps.get(learning.step), own) else {
            return;
        };
        let answers = learning.answers();
        self.lessons.progress.note(&lesson.id, |done| {
            done.steps.insert(step.id.clone());
            for (id, answer) in answers {
                done.answers.entry(id).or_insert(answer);
            }
        });
    }

    fn solve(&mut self) {
        let Some(learning) = &mut self.lessons.open else {
            return;
        };
        learning.phase = Phase::Alone;
        learning.helped = true;
        let solution = learning.lesson.solution.iter().cloned();
        let acts = Acts::new(self.timeline.world(), solution.map(Item::Act));
        self.begin_job(Job::Acts(Box::new(acts)), Then::Nothing);
    }

    /// Plays again what happened in the step, slowly.
    fn watch(&mut self) {
        let Some(learning) = &mut self.lessons.open else {
            return;
        };
        let (from, to) = (learning.step, learning.step + 1);
        let (Some(from), Some(to)) = (
            learning.checkpoints.get(from).map(|s| s.at),
            learning.checkpoints.get(to).map(|s| s.at),
        ) else {
            return;
        };
        learning.watching = Some(to);
        self.leave_terminals();
        let here = self.timeline.current();
        let mut seek = self.timeline.begin_seek(here, Target::Time(Time(from)));
        while !seek.advance(SLICE_EVENTS) {}
        self.timeline.complete(seek);
        self.speed = SPEED_SLOW;
        self.playing = true;
        self.world_changed();
    }

    /// Where play stops by itself: at the end of what is watched again.
    pub(in crate::session) fn watch_limit(&mut self, target: Time) -> Time {
        let Some(learning) = &mut self.lessons.open else {
            return target;
        };
        match learning.watching {
            Some(end) if target.0 >= end => {
                learning.watching = None;
                self.playing = false;
                Time(end)
            }
            _ => target,
        }
    }

    /// Begins the first step, or the next one.
    pub fn next_step(&mut self) {
        let Some(learning) = &self.lessons.open else {
            return;
        };
        match learning.phase {
            Phase::Poke => self.resume_at(0, Then::Enter(0)),
            Phase::Revealed => {
                let next = learning.step + 1;
                self.resume_at(next, Then::Enter(next));
            }
            _ => {}
        }
    }

    /// Goes to a step: by what was kept of the run, or by doing all steps before it.
    pub fn go_to_step(&mut self, step: usize) {
        let Some(learning) = &mut self.lessons.open else {
            return;
        };
        if step < learning.lesson.steps.len() {
            learning.free = false;
            self.resume_at(step, Then::Enter(step));
        }
    }

    /// Does the step that has no question, or that was done by hand so far.
    pub fn do_lesson_step(&mut self) {
        let Some(learning) = &self.lessons.open else {
            return;
        };
        let step = learning.step;
        if learning.phase == Phase::Ready {
            if self.reached_by_hand() {
                self.playing = false;
                self.reveal();
                self.revision += 1;
            } else {
                self.resume_at(step, Then::Do);
            }
        }
    }

    /// The step's questions are left out, and it is done.
    pub fn skip_probing(&mut self) {
        self.cancel_work();
        let Some(learning) = &mut self.lessons.open else {
            return;
        };
        learning.offered.clear();
        let step = learning.step;
        self.resume_at(step, Then::Do);
    }

    /// Begins the step again, or whatever the learner is at.
    pub fn reset_step(&mut self) {
        let Some(learning) = &mut self.lessons.open else {
            return;
        };
        learning.free = false;
        learning.trouble = None;
        let step = learning.step;
        match learning.phase {
            Phase::Poke => self.restart(Then::Poke),
            Phase::Alone => self.restart(Then::Alone),
            Phase::End => self.resume_at(step, Then::Nothing),
            _ => self.resume_at(step, Then::Enter(step)),
        }
    }

    /// The learner tries the end without a script, or sees one way to it.
    pub fn end_alone(&mut self, solved: bool) {
        if self.lessons.open.is_some() {
            self.restart(if solved { Then::Solve } else { Then::Alone });
        }
    }

    /// Free play begins, or ends where it began.
    pub fn play_freely(&mut self, free: bool) {
        let Some(learning) = &mut self.lessons.open else {
            return;
        };
        if learning.free == free {
            return;
        }
        learning.free = free;
        if free {
            return;
        }
        let at = match learning.phase {
            Phase::Revealed => learning.step + 1,
            Phase::Poke => 0,
            _ => learning.step,
        };
        self.resume_at(at, Then::Nothing);
    }

    /// Plays again what happened in the step.
    pub fn watch_step(&mut self) {
        let Some(learning) = &self.lessons.open else {
            return;
        };
        if learning.phase == Phase::Revealed {
            let next = learning.step + 1;
            self.resume_at(next, Then::Watch);
        }
    }

    /// Looks whether the end is reached; to be called while the page is told of changes.
    pub fn look_at_goal(&mut self) {
        let Some(mut learning) = self.lessons.open.take() else {
            return;
        };
        let alone = learning.phase == Phase::Alone && !learning.helped;
        if alone && !learning.solved && self.work.is_none() {
            let end = self.holding(&learning, &learning.lesson.end);
            if !end.is_empty() && end.iter().all(|holds| *holds) {
                learning.solved = true;
                learning.claim_goal(None, self.script());
                if !learning.own {
                    let id = &learning.lesson.id;
                    self.lessons.progress.note(id, |done| done.finished = true);
                }
            }
        }
        self.lessons.open = Some(learning);
    }
}

impl Learning {
    /// What is known of the step is forgotten: another one begins, or the same again.
    fn begin_step(&mut self, step: usize) {
        self.step = step;
        self.free = false;
        self.offered.clear();
        self.given.clear();
        self.choice = None;
        self.sure = true;
        self.hints = 0;
        self.trouble = None;
    }

    /// The answers of the step, by the id of the question.
    pub(super) fn answers(&self) -> Vec<(String, Answered)> {
        let Some(step) = self.lesson.steps.get(self.step) else {
            return Vec::new();
        };
        let all = step.questions.iter().zip(&self.offered).zip(&self.given);
        let answers = all.map(|((question, offered), given)| {
            let offer = given.choice.and_then(|at| offered.options.get(at));
            let answer = Answered {
                choice: offer.map(|offer| offer.key.clone()),
                sure: given.sure,
                right: offer.is_some_and(|offer| offer.right),
                hints: u32::try_from(self.hints).unwrap_or(u32::MAX),
            };
            (question.id.clone(), answer)
        });
        answers.collect()
    }
}
