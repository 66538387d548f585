//! Work that may last longer than a frame.

use kafka_sim::{BranchId, Seek, Target, Timeline};

use super::opening::Opening;
use super::replay::Replay;
use super::story::StoryLog;
use crate::view_model::time::Progress;

/// Wall time in ms.
pub type Clock<'a> = &'a dyn Fn() -> f64;

/// Virtual time a typed command may take before it is left running in the background of play.
pub const COMMAND_SPAN: u64 = 12_000_000;

/// Virtual time that passes after a line typed into a running command.
pub const INPUT_SPAN: u64 = 300_000;

/// How far ahead the search for something important goes before it gives up, in µs.
pub const SEARCH_SPAN: u64 = 600_000_000;

/// One piece of long work.
pub enum Work {
    /// Goes to a moment that has been computed.
    Seek {
        /// The seek.
        seek: Box<Seek>,
        /// Where it started.
        from: u64,
        /// Where it goes to, as a time when that is known.
        to: u64,
    },
    /// Runs on to a time that has not been computed.
    Run {
        /// Where it started.
        from: u64,
        /// Where it goes to.
        to: u64,
    },
    /// Runs until a terminal's command has ended, or waits for a line when `wants_input`.
    Command {
        /// Its number.
        terminal: u8,
        /// Where it started.
        from: u64,
        /// Virtual time at which the command is left to the usual play.
        until: u64,
        /// Whether waiting for a line ends the work.
        wants_input: bool,
        /// Time flowed before, and does so again when the work is done.
        plays: bool,
    },
    /// Runs until something important happens.
    Search {
        /// Where it started.
        from: u64,
        /// Number of important story items when it started.
        known: usize,
    },
    /// Does again what a script tells.
    Replay(Box<Replay>),
    /// Plays the scenario a run begins with.
    Open(Box<Opening>),
    /// Whatever the open lesson has under way.
    Lesson,
}

impl Work {
    /// Goes to `target` on a branch.
    pub fn seek(timeline: &mut Timeline, branch: BranchId, target: Target) -> Work {
        let from = timeline.world().now().0;
        let to = match target {
            Target::Time(at) => at.0,
            Target::Moment(moment) => moment.at.0,
            Target::Event(_) => from,
        };
        let seek = Box::new(timeline.begin_seek(branch, target));
        Work::Seek { seek, from, to }
    }

    /// Runs until something important happens.
    pub fn search(timeline: &Timeline, story: &StoryLog) -> Work {
        Work::Search {
            from: timeline.world().now().0,
            known: story.important_until(timeline.moment()),
        }
    }

    /// Runs on to a time.
    pub fn run(timeline: &Timeline, to: u64) -> Work {
        Work::Run {
            from: timeline.world().now().0,
            to,
        }
    }

    /// Wall time in ms it may take of a frame. Nobody plays while a run is built up again.
    pub fn slice_ms(&self) -> f64 {
        match self {
            Work::Replay(_) | Work::Open(_) | Work::Lesson => 40.0,
            _ => 8.0,
        }
    }

    /// How far it is.
    pub fn progress(&self, now: u64) -> Progress {
        let span = |from: u64, to: u64| Progress { from, at: now, to };
        match self {
            Work::Seek { seek, from, to } => match seek.progress() {
                (done, Some(all)) => Progress {
                    from: 0,
                    at: done,
                    to: all,
                },
                (_, None) => span(*from, *to),
            },
            Work::Run { from, to }
            | Work::Command {
                from, until: to, ..
            } => span(*from, *to),
            Work::Search { from, .. } => span(*from, from + SEARCH_SPAN),
            Work::Replay(replay) => replay.progress(),
            Work::Open(opening) => opening.progress(),
            // The lesson knows; see `Session::progress`.
            Work::Lesson => span(now, now),
        }
    }
}
