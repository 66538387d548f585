//! The beginning of a run: a scenario's steps, played in slices.
//!
//! Invariant: `base.scenario` is the text of exactly what was played. A cancelled beginning is cut
//! where it stopped, so a link or a saved run made afterwards still gives the same run.

use kafka_core::types::{Duration, Time};
use kafka_scenario::driver::{Driver, Runs};
use kafka_scenario::{Player, RunError, Scenario, Statement, Step};
use kafka_shell::script::{Ran, run_line_patiently};
use kafka_sim::{Action, ActionError, Applied, Timeline, World};

use kafka_check::Violation;

use super::Session;
use super::checks::Checks;
use super::replay::Replay;
use super::story::StoryLog;
use crate::view_model::time::Progress;

/// Virtual time a command of a scenario has before Ctrl-C, as in native runs.
const PATIENCE: Duration = Duration::from_secs(60);

/// Events after which the story takes in what happened, before its content is forgotten.
const COLLECT_EVENTS: u64 = 256;

/// A scenario that is being played.
pub struct Opening {
    scenario: Scenario,
    next: usize,
    /// Where the `wait` under way began and where it ends.
    wait: Option<(Time, Time)>,
    /// Events left of the `step` under way.
    events: u64,
    player: Player,
    then: Option<Box<Replay>>,
    error: Option<RunError>,
}

impl Opening {
    /// Plays all of a scenario, and then the deeds that followed it.
    pub fn new(scenario: Scenario, then: Option<Box<Replay>>) -> Opening {
        Opening {
            scenario,
            next: 0,
            wait: None,
            events: 0,
            player: Player::default(),
            then,
            error: None,
        }
    }

    /// How far it is, in steps.
    pub fn progress(&self) -> Progress {
        Progress {
            from: 0,
            at: self.next as u64,
            to: self.scenario.steps.len() as u64,
        }
    }

    /// Without what was to follow it.
    pub fn cut(self) -> Opening {
        Opening { then: None, ..self }
    }

    /// The part that was played.
    fn played(&self, now: Time) -> Scenario {
        let mut scenario = self.scenario.clone();
        scenario.steps.truncate(self.next);
        if let (Some((from, _)), Some(step)) = (self.wait, self.scenario.steps.get(self.next)) {
            scenario.steps.push(Step {
                line: step.line,
                what: Statement::Wait(now.since(from)),
            });
        }
        scenario
    }
}

/// The session's world as a scenario and its commands let it move: every event is checked.
struct Stepper<'a> {
    timeline: &'a mut Timeline,
    checks: &'a mut Checks,
    story: &'a mut StoryLog,
    violation: Option<Violation>,
    collected: u64,
}

impl Driver for Stepper<'_> {
    fn world(&self) -> &World {
        self.timeline.world()
    }

    fn act(&mut self, action: Action) -> Result<Applied, ActionError> {
        self.timeline.act(action)
    }
}

impl Runs for Stepper<'_> {
    fn step_until(&mut self, until: Time) -> bool {
        let before = self.timeline.moment().events;
        self.timeline.run_until_within(until, 1);
        let found = self.checks.look(self.timeline);
        self.violation = self.violation.take().or(found);
        let events = self.timeline.moment().events;
        if events >= self.collected + COLLECT_EVENTS {
            self.collected = events;
            self.story.collect(self.timeline);
        }
        events > before
    }
}

impl Session {
    /// Plays on; true when the scenario is at its end or cannot go on.
    pub(super) fn open_slice(&mut self, opening: &mut Opening) -> bool {
        if let Some((_, until)) = opening.wait {
            if !self.run_slice(until) {
                return false;
            }
            opening.wait = None;
            opening.next += 1;
        }
        while opening.events > 0 {
            opening.events -= 1;
            let far = self.timeline.world().now() + Duration::from_secs(86_400);
            if !self.step_event(far) {
                opening.events = 0;
            }
            if opening.events == 0 {
                opening.next += 1;
            }
        }
        let Some(step) = opening.scenario.steps.get(opening.next).cloned() else {
            return true;
        };
        match &step.what {
            Statement::Wait(span) => {
                let now = self.timeline.world().now();
                opening.wait = Some((now, now + *span));
            }
            Statement::Events(count) if *count > 0 => opening.events = *count,
            _ => match self.play_step(&mut opening.player, &step) {
                Ok(()) => opening.next += 1,
                Err(error) => {
                    opening.error = Some(error);
                    return true;
                }
            },
        }
        false
    }

    /// A step that is not a wait; a command runs to its end.
    fn play_step(&mut self, player: &mut Player, step: &Step) -> Result<(), RunError> {
        let mut stepper = Stepper {
            collected: self.timeline.moment().events,
            timeline: &mut self.timeline,
            checks: &mut self.checks,
            story: &mut self.story,
            violation: None,
        };
        let files = self.shells.files();
        let mut ran: Option<(String, Ran)> = None;
        let played = player.play(&mut stepper, step, &mut |driver, line, input| {
            let run = run_line_patiently(&files, driver, line, input, PATIENCE);
            ran = Some((line.to_owned(), run));
        });
        let violation = stepper.violation.take();
        self.story.collect(&self.timeline);
        if let Some((line, ran)) = &ran {
            let input: &[String] = match &step.what {
                Statement::Shell(_, input) => input.as_slice(),
                _ => &[],
            };
            self.shells.get_mut(0).show_ran(line, input, ran);
        }
        if let Some(violation) = violation {
            self.stop_at(violation);
        }
        played
    }

    /// The beginning is over: time flows, or the deeds that followed are done again.
    pub(super) fn opened(&mut self, opening: Opening) {
        let now = self.timeline.world().now();
        self.opened_at = self.timeline.moment();
        let cut = opening.next < opening.scenario.steps.len();
        if cut {
            self.base.scenario = Some(kafka_scenario::print(&opening.played(now)));
        }
        if let Some(error) = &opening.error {
            let words = crate::i18n::open::step_refused(self.preferences.lang, &error.to_string());
            self.toast(words, true, false);
        }
        match opening.then {
            Some(replay) if !cut => self.begin(super::work::Work::Replay(replay)),
            _ => {
                let told = opening.error.is_some() || self.overlays.dialog.is_some();
                self.playing = !told && !self.halted;
            }
        }
    }
}
