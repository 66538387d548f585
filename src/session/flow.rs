//! How virtual time passes: by frames, by events, by long work.
//!
//! While a command of the terminal runs it is looked after following every single event, never at
//! the end of a frame: what a tool does then depends on the run alone, and a replay does the same.

use kafka_core::types::Time;
use kafka_shell::terminal::TerminalStatus;
use kafka_sim::Moment;

use super::Session;
use super::script::{Deed, Script};
use super::work::{Clock, SEARCH_SPAN, Work};
use crate::view_model::time::SPEEDS;

/// Time a frame may spend on work.
const SLICE_MS: f64 = 8.0;

/// Events between two looks at the clock; also few enough that the trace still holds the content
/// of all of them when the story collects it.
const SLICE_EVENTS: u64 = 256;

/// With reduced motion, playing advances in steps this far apart.
const REDUCED_STEP_MS: f64 = 800.0;

impl Session {
    /// Delivers the next event that is due by `limit`; without one, time moves to `limit` or to
    /// where the running command waits for. True when an event was delivered.
    pub fn step_event(&mut self, limit: Time) -> bool {
        let before = self.timeline.moment().events;
        let due = match self.terminal.status() {
            TerminalStatus::Running {
                deadline: Some(deadline),
                ..
            } if deadline > self.timeline.world().now() => limit.min(deadline),
            _ => limit,
        };
        self.timeline.run_until_within(due, 1);
        self.look_after_terminal();
        self.timeline.moment().events > before
    }

    /// Lets the terminal's command go on; true while one runs.
    pub fn look_after_terminal(&mut self) -> bool {
        if self.terminal.status() == TerminalStatus::Idle {
            return false;
        }
        let busy = self.terminal.pump(&mut self.timeline);
        self.follow_branch();
        busy
    }

    /// Runs towards `until` for a slice; true when there.
    fn run_slice(&mut self, until: Time) -> bool {
        let arrived = if self.terminal.status() == TerminalStatus::Idle {
            self.timeline.run_until_within(until, SLICE_EVENTS)
        } else {
            let mut left = SLICE_EVENTS;
            while left > 0 && (self.step_event(until) || self.timeline.world().now() < until) {
                left -= 1;
            }
            left > 0
        };
        self.story.collect(&self.timeline);
        arrived
    }

    /// Plays for the wall time that has passed.
    pub(super) fn play(&mut self, past_ms: f64, clock: Clock<'_>) {
        self.owed_ms += past_ms;
        if self.preferences.reduced_motion && self.owed_ms < REDUCED_STEP_MS {
            return;
        }
        self.rate = self.pace();
        let span = (std::mem::take(&mut self.owed_ms) * 1_000.0 * self.rate) as u64;
        let target = Time(self.now() + span);
        let end = clock() + SLICE_MS;
        if self.rate > SPEEDS[self.speed].1 {
            self.play_quietly(target, clock, end);
        } else {
            while !self.run_slice(target) && clock() < end {}
        }
        self.before = None;
        self.world_changed();
    }

    /// A frame's share of long work; true when it is finished.
    pub(super) fn advance_work(&mut self, work: &mut Work, clock: Clock<'_>) -> bool {
        let end = clock() + SLICE_MS;
        loop {
            let done = match work {
                Work::Seek { seek, .. } => seek.advance(SLICE_EVENTS),
                Work::Run { to, .. } => self.run_slice(Time(*to)),
                Work::Command {
                    until, wants_input, ..
                } => self.run_command(*until, *wants_input),
                Work::Search { from, known } => self.search(*from, *known),
                Work::Replay { script, done } => self.replay(script, done),
            };
            if done || clock() >= end {
                return done;
            }
        }
    }

    /// Takes over what finished work found.
    pub(super) fn finish_work(&mut self, work: Work) {
        match work {
            Work::Seek { seek, .. } => self.timeline.complete(*seek),
            Work::Replay { .. } => self.playing = false,
            Work::Run { .. } | Work::Command { .. } | Work::Search { .. } => {}
        }
        self.world_changed();
        self.narrate_last();
    }

    fn run_command(&mut self, until: u64, wants_input: bool) -> bool {
        for _ in 0..SLICE_EVENTS {
            let reads = matches!(
                self.terminal.status(),
                TerminalStatus::Running {
                    wants_input: true,
                    ..
                }
            );
            let idle = self.terminal.status() == TerminalStatus::Idle;
            if idle || self.now() >= until || (wants_input && reads) {
                // A command that goes on without input lives in the usual play.
                self.playing = !idle && !reads;
                return true;
            }
            self.step_event(Time(until));
        }
        self.story.collect(&self.timeline);
        false
    }

    /// Steps until an important item more is known; each event is a stop, so that the search ends
    /// right at the event and not after it.
    fn search(&mut self, from: u64, known: usize) -> bool {
        let limit = Time(from + SEARCH_SPAN);
        for _ in 0..SLICE_EVENTS {
            let delivered = self.step_event(limit);
            self.story.collect(&self.timeline);
            let found = self.story.important_until(self.timeline.moment()) > known;
            if found || (!delivered && self.timeline.world().now() >= limit) {
                return true;
            }
        }
        false
    }

    /// Does the script's next deeds; true when its moment is reached.
    fn replay(&mut self, script: &Script, done: &mut usize) -> bool {
        let next = script.deeds.get(*done);
        let (events, at) = next.map_or((script.events, script.at), |e| (e.events, e.at));
        if !self.approach(events, Time(at)) {
            return false;
        }
        let Some(entry) = next else { return true };
        self.redo(&entry.deed);
        *done += 1;
        false
    }

    /// Towards a moment: first its events, then its time, which may lie after the last of them.
    fn approach(&mut self, events: u64, at: Time) -> bool {
        let mut left = SLICE_EVENTS;
        while self.timeline.moment().events < events && self.timeline.world().now() <= at {
            if left == 0 {
                self.story.collect(&self.timeline);
                return false;
            }
            left -= 1;
            if !self.step_event(at) && self.timeline.world().now() >= at {
                break;
            }
        }
        while self.timeline.world().now() < at {
            self.step_event(at);
        }
        self.story.collect(&self.timeline);
        true
    }

    fn redo(&mut self, deed: &Deed) {
        match deed {
            Deed::Line(line) => self.type_line(line),
            Deed::Interrupt => self.interrupt(),
            Deed::Leave => self.leave_terminal(),
            Deed::Act(action) => {
                // What was possible then is possible now; a made-up script may hold other things.
                if let Err(problem) = crate::tasks::act::apply_action(self, action.clone()) {
                    self.toast(problem, true, false);
                }
            }
        }
        self.story.collect(&self.timeline);
    }

    /// A line for the terminal, kept as a deed.
    pub fn type_line(&mut self, line: &str) {
        let place = self.timeline.moment();
        self.terminal.submit(&mut self.timeline, line);
        self.keep_deed(place, Deed::Line(line.to_owned()));
    }

    /// Ctrl-C, kept as a deed.
    pub fn interrupt(&mut self) {
        let place = self.timeline.moment();
        self.terminal.interrupt(&mut self.timeline);
        self.keep_deed(place, Deed::Interrupt);
    }

    /// The running command is left behind, because time moves to where it was not typed. It is a
    /// deed only if something is done there: a mere look at the past changes nothing.
    pub fn leave_terminal(&mut self) {
        let note = self.preferences.lang.say(crate::i18n::Text::CommandLeft);
        if self.terminal.leave(note) {
            self.left = true;
        }
    }

    /// Keeps what was done from `place` on; done in the past, it begins a new branch's deeds.
    pub fn keep_deed(&mut self, place: Moment, deed: Deed) {
        self.follow_branch();
        let here = self.timeline.current();
        let (events, at) = (place.events, place.at.0);
        let deeds = self.deeds.entry(here).or_default();
        let left = std::mem::take(&mut self.left).then_some(Deed::Leave);
        deeds.extend(
            left.into_iter()
                .chain([deed])
                .map(|deed| super::script::Entry { events, at, deed }),
        );
    }

    /// A branch that was just made has its parent's deeds up to the fork.
    pub fn follow_branch(&mut self) {
        let here = self.timeline.current();
        if self.deeds.contains_key(&here) {
            return;
        }
        let parent = self.timeline.branch(here).and_then(|b| b.parent());
        let inherited = parent.and_then(|(id, fork)| {
            let script = Script {
                deeds: self.deeds.get(&id)?.clone(),
                ..Script::new(0)
            };
            Some(script.until(fork))
        });
        self.deeds.insert(here, inherited.unwrap_or_default());
    }

    /// The run up to now, to be kept or sent.
    pub fn script(&self) -> Script {
        let now = self.timeline.moment();
        let all = Script {
            deeds: self
                .deeds
                .get(&self.timeline.current())
                .cloned()
                .unwrap_or_default(),
            ..self.base.clone()
        };
        Script {
            deeds: all.until(now),
            events: now.events,
            at: now.at.0,
            ..all
        }
    }
}
