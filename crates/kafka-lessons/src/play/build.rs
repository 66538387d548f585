//! A run built up from a lesson's start or a script, in slices.

use std::collections::VecDeque;

use kafka_core::types::{Duration, Time};
use kafka_scenario::{Player, Scenario, Statement, Step};
use kafka_shell::script::run_line_patiently;
use kafka_sim::World;
use lesson_format::{Lesson, Twin};

use super::Play;
use crate::deeds::{Entry, Script};

/// Virtual time a command of a scenario has before Ctrl-C, as in native runs and the page.
const PATIENCE: Duration = Duration::from_secs(60);

/// A run that is being built up.
pub struct Build {
    play: Play,
    player: Player,
    steps: VecDeque<Step>,
    /// Where the `wait` under way ends.
    wait: Option<Time>,
    /// Events left of the `step` under way.
    events: u64,
    deeds: VecDeque<Entry>,
    end: Option<(u64, u64)>,
    /// Deeds are done at their times, whatever the number of events: another seed.
    by_time: bool,
    total: usize,
}

impl Build {
    /// What a script tells, on a scenario with the script's seed.
    ///
    /// # Errors
    /// What is wrong with its scenario, in English.
    pub fn of(script: &Script, twins: &[Twin]) -> Result<Build, String> {
        let scenario = match &script.scenario {
            Some(text) => kafka_scenario::parse(text).map_err(|error| error.to_string())?,
            None => Scenario::default(),
        };
        let mut build = Build::start(scenario, script, twins)?;
        build.deeds = script.deeds.iter().cloned().collect();
        build.end = Some((script.events, script.at));
        build.total = build.steps.len() + build.deeds.len() + 1;
        Ok(build)
    }

    /// The same deeds at the same times, under another seed.
    ///
    /// # Errors
    /// As [`Build::of`].
    pub fn reseeded(script: &Script, twins: &[Twin], seed: u64) -> Result<Build, String> {
        let mut script = script.clone();
        script.seed = seed;
        let mut build = Build::of(&script, twins)?;
        build.by_time = true;
        Ok(build)
    }

    fn start(scenario: Scenario, script: &Script, twins: &[Twin]) -> Result<Build, String> {
        let spec = kafka_scenario::spec(&scenario.setup).map_err(|error| error.to_string())?;
        let base = Script {
            scenario: script.scenario.clone(),
            ..Script::new(script.seed)
        };
        Ok(Build {
            play: Play::on(World::new(spec, script.seed), base, twins.to_vec()),
            player: Player::default(),
            total: scenario.steps.len(),
            steps: scenario.steps.into(),
            wait: None,
            events: 0,
            deeds: VecDeque::new(),
            end: None,
            by_time: false,
        })
    }

    /// How far it is: parts done, parts in all.
    pub fn progress(&self) -> (usize, usize) {
        let left = self.steps.len() + self.deeds.len() + usize::from(self.end.is_some());
        (self.total.saturating_sub(left), self.total)
    }

    /// Goes on for at most that many events, not counting a scenario's command; true when it is
    /// built.
    ///
    /// # Errors
    /// A step or deed that the world refuses.
    pub fn advance(&mut self, budget: u64) -> Result<bool, String> {
        let mut left = budget;
        while left > 0 {
            if let Some(until) = self.wait {
                left -= 1;
                if !self.play.step_event(until) && self.play.world().now() >= until {
                    self.wait = None;
                }
            } else if self.events > 0 {
                left -= 1;
                self.events -= 1;
                let far = self.play.world().now() + Duration::from_secs(86_400);
                if !self.play.step_event(far) {
                    self.events = 0;
                }
            } else if let Some(step) = self.steps.pop_front() {
                left -= 1;
                self.step(&step)?;
            } else if let Some((events, at)) = self.next_place() {
                left -= 1;
                if self.approach(events, at) {
                    self.arrive()?;
                }
            } else {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The run, once it is built.
    pub fn finish(self) -> Play {
        self.play
    }

    fn step(&mut self, step: &Step) -> Result<(), String> {
        match &step.what {
            Statement::Wait(span) => self.wait = Some(self.play.world().now() + *span),
            Statement::Events(count) => self.events = *count,
            _ => {
                let files = self.play.files.clone();
                let stage = &mut self.play.stage;
                let mut shell = |driver: &mut super::Stage, line: &str, input: &str| {
                    run_line_patiently(&files, driver, line, input, PATIENCE);
                };
                let played = self.player.play(stage, step, &mut shell);
                played.map_err(|error| error.to_string())?;
            }
        }
        Ok(())
    }

    fn next_place(&self) -> Option<(u64, u64)> {
        let deed = self.deeds.front().map(|entry| (entry.events, entry.at));
        deed.or(self.end)
    }

    /// One event towards a moment; true when there.
    fn approach(&mut self, events: u64, at: u64) -> bool {
        let world = self.play.world();
        let (now, done) = (world.now().0, world.events());
        if self.by_time {
            // Everything that is due by then has happened.
            return !self.play.step_event(Time(at)) && self.play.world().now().0 >= at;
        }
        if (done >= events || now > at) && now >= at {
            return true;
        }
        if !self.play.step_event(Time(at)) {
            return self.play.world().now().0 >= at;
        }
        let world = self.play.world();
        world.events() >= events && world.now().0 >= at
    }

    fn arrive(&mut self) -> Result<(), String> {
        match self.deeds.pop_front() {
            // Under another seed a deed may be impossible; the rest goes on.
            Some(entry) if self.by_time => {
                let _ = self.play.redo(entry.terminal, &entry.deed);
            }
            Some(entry) => self.play.redo(entry.terminal, &entry.deed)?,
            None => self.end = None,
        }
        Ok(())
    }
}

impl Play {
    /// A lesson's start, under a seed or its own.
    ///
    /// # Errors
    /// What is wrong with its scenario, in English.
    pub fn open(lesson: &Lesson, seed: Option<u64>) -> Result<Play, String> {
        Play::replay(&start_of(lesson, seed)?, &lesson.twins)
    }

    /// What a script tells, at once; [`Build`] does it in slices.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn replay(script: &Script, twins: &[Twin]) -> Result<Play, String> {
        let mut build = Build::of(script, twins)?;
        while !build.advance(u64::MAX)? {}
        Ok(build.finish())
    }
}

/// The script of a lesson's start: its scenario under a seed, and nothing done.
///
/// # Errors
/// What is wrong with its scenario, in English.
pub fn start_of(lesson: &Lesson, seed: Option<u64>) -> Result<Script, String> {
    let mut scenario = kafka_scenario::parse(&lesson.start).map_err(|error| error.to_string())?;
    if let Some(seed) = seed {
        scenario.setup.seed = seed;
    }
    let seed = scenario.setup.seed;
    Ok(Script {
        scenario: Some(kafka_scenario::print(&scenario)),
        ..Script::new(seed)
    })
}
