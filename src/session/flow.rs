//! How virtual time passes: by frames, by events, by long work.
//!
//! While a command of a terminal runs it is looked after following every single event, never at
//! the end of a frame: what a tool does then depends on the run alone, and a replay does the same.

use kafka_check::Violation;
use kafka_core::types::Time;
use kafka_shell::terminal::TerminalStatus;
use kafka_sim::Moment;

use super::Session;
use super::script::{self, Deed, Entry, Fork, Saved, SavedBranch, Script};
use super::work::{COMMAND_SPAN, Clock, SEARCH_SPAN, Work};
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
    /// the nearest moment a running command waits for. True when an event was delivered.
    pub fn step_event(&mut self, limit: Time) -> bool {
        let before = self.timeline.moment().events;
        let nearest = self.shells.deadline(self.timeline.world().now());
        let due = nearest.map_or(limit, |deadline| limit.min(deadline));
        self.timeline.run_until_within(due, 1);
        self.check();
        self.look_after_terminals();
        self.timeline.moment().events > before
    }

    /// Looks at the event just delivered; a broken rule stops the run right there.
    fn check(&mut self) {
        let found = self.checks.look(&self.timeline);
        if let Some(violation) = found {
            self.stop_at(violation);
        }
    }

    /// Stops the run at this event and tells which rule is broken.
    pub fn stop_at(&mut self, violation: Violation) {
        self.playing = false;
        self.halted = true;
        self.selected = None;
        let lang = self.preferences.lang;
        let words = crate::i18n::checks::broken(lang, self.timeline.world(), &violation);
        self.toast(words, true, false);
    }

    /// Runs towards `until` for a slice; true when there, or stopped by a broken rule.
    pub(super) fn run_slice(&mut self, until: Time) -> bool {
        let mut left = SLICE_EVENTS;
        while left > 0 && (self.step_event(until) || self.timeline.world().now() < until) {
            left -= 1;
            if self.halted {
                break;
            }
        }
        self.story.collect(&self.timeline);
        left > 0
    }

    /// Plays for the wall time that has passed.
    pub(super) fn play(&mut self, past_ms: f64, clock: Clock<'_>) {
        self.owed_ms += past_ms;
        if self.preferences.reduced_motion && self.owed_ms < REDUCED_STEP_MS {
            return;
        }
        self.rate = self.pace();
        let span = (std::mem::take(&mut self.owed_ms) * 1_000.0 * self.rate) as u64;
        let target = self.watch_limit(Time(self.now() + span));
        let end = clock() + SLICE_MS;
        self.halted = false;
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
        let end = clock() + work.slice_ms();
        self.halted = false;
        loop {
            let done = match work {
                Work::Seek { seek, .. } => seek.advance(SLICE_EVENTS),
                Work::Run { to, .. } => self.run_slice(Time(*to)),
                Work::Command {
                    terminal,
                    until,
                    wants_input,
                    plays,
                    ..
                } => self.run_command(*terminal, *until, *wants_input, *plays),
                Work::Search { from, known } => self.search(*from, *known),
                Work::Replay(replay) => self.replay(replay),
                Work::Open(opening) => self.open_slice(opening),
                Work::Lesson => self.lesson_slice(),
            };
            if done || self.halted || clock() >= end {
                return done || self.halted;
            }
        }
    }

    /// Takes over what finished work found.
    pub(super) fn finish_work(&mut self, work: Work) {
        match work {
            Work::Seek { seek, .. } => self.timeline.complete(*seek),
            Work::Open(opening) => self.opened(*opening),
            Work::Replay(replay) => {
                self.playing = replay.plays;
                self.shells.look_at_all();
            }
            Work::Run { .. } | Work::Command { .. } | Work::Search { .. } | Work::Lesson => {}
        }
        self.world_changed();
        self.narrate_last();
        self.lesson_goes_on();
    }

    fn run_command(&mut self, terminal: u8, until: u64, wants_input: bool, plays: bool) -> bool {
        for _ in 0..SLICE_EVENTS {
            let status = self.shells.status(terminal);
            let reads = matches!(
                status,
                TerminalStatus::Running {
                    wants_input: true,
                    ..
                }
            );
            let idle = status == TerminalStatus::Idle;
            if idle || self.now() >= until || (wants_input && reads) {
                // A command that goes on without input lives in the usual play.
                self.playing = plays || (!idle && !reads);
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

    /// Delivers that many events, the last by `limit`.
    pub fn run_events(&mut self, events: u64, limit: Time) {
        self.halted = false;
        for _ in 0..events {
            if !self.step_event(limit) && self.timeline.world().now() >= limit || self.halted {
                break;
            }
            if self.timeline.moment().events.is_multiple_of(SLICE_EVENTS) {
                self.story.collect(&self.timeline);
            }
        }
        self.world_changed();
    }

    /// Lets time pass until the shown terminal's command ends or reads.
    pub fn finish_command(&mut self) {
        let from = self.now();
        self.begin(Work::Command {
            terminal: self.shells.shown(),
            from,
            until: from + COMMAND_SPAN,
            wants_input: true,
            plays: false,
        });
    }

    /// Keeps what was done from `place` on. Done in the past, it begins a new branch's deeds; until
    /// there is that branch, because a command has not acted so far, it waits for it.
    pub fn keep_deed(&mut self, place: Moment, terminal: u8, deed: Deed) {
        self.follow_branch();
        let (events, at) = (place.events, place.at.0);
        let left = std::mem::take(&mut self.left).into_iter();
        let left = left.map(|terminal| (terminal, Deed::Leave));
        let entries = left.chain([(terminal, deed)]);
        let entries = entries.map(|(terminal, deed)| Entry {
            events,
            at,
            terminal,
            deed,
        });
        if self.timeline.is_at_tip() {
            let here = self.timeline.current();
            self.deeds.entry(here).or_default().extend(entries);
        } else {
            self.unplaced.extend(entries);
        }
    }

    /// A branch that was just made has its parent's deeds up to the fork, and its checks.
    pub fn follow_branch(&mut self) {
        let here = self.timeline.current();
        if self.deeds.contains_key(&here) {
            return;
        }
        let parent = self.timeline.branch(here).and_then(|b| b.parent());
        let mut deeds = parent.map_or_else(Vec::new, |(id, fork)| {
            let all = self.deeds.get(&id).map_or(&[][..], Vec::as_slice);
            script::until(all, fork)
        });
        deeds.append(&mut self.unplaced);
        self.deeds.insert(here, deeds);
        self.checks.follow(&mut self.timeline);
    }

    /// The run up to now, to be sent.
    pub fn script(&self) -> Script {
        let now = self.timeline.moment();
        let here = self.timeline.current();
        let deeds = self.deeds.get(&here).map_or(&[][..], Vec::as_slice);
        Script {
            deeds: script::until(deeds, now),
            events: now.events,
            at: now.at.0,
            ..self.base.clone()
        }
    }

    /// The whole run with all its branches, to be kept.
    pub fn saved(&self) -> Saved {
        let now = self.timeline.moment();
        let branches = self.timeline.branches().map(|(id, branch)| SavedBranch {
            name: branch.name().to_owned(),
            fork: branch.parent().map(|(parent, fork)| Fork {
                parent: parent.0,
                events: fork.events,
                inputs: fork.inputs,
                at: fork.at.0,
            }),
            deeds: self.deeds.get(&id).cloned().unwrap_or_default(),
            events: branch.tip().events,
            at: branch.tip().at.0,
        });
        Saved {
            branches: branches.collect(),
            current: self.timeline.current().0,
            events: now.events,
            inputs: now.inputs,
            at: now.at.0,
            ..Saved::new(&self.base)
        }
    }
}
