//! Work that may last longer than a frame, in slices.

use kafka_core::types::Time;
use kafka_sim::{BranchId, Seek, Target, Timeline};

use super::story::StoryLog;
use crate::view_model::time::Progress;

/// Wall time in ms.
pub type Clock<'a> = &'a dyn Fn() -> f64;

/// Time a frame may spend on work.
pub const SLICE_MS: f64 = 8.0;

/// Events between two looks at the clock; also few enough that the trace still holds the content
/// of all of them when the story collects it.
const SLICE_EVENTS: u64 = 256;

/// Events between two looks at a running command of the terminal.
pub const EVENTS_A_PUMP: usize = 4;

/// Virtual time a typed command may take before it is left running in the background of play.
pub const COMMAND_SPAN: u64 = 12_000_000;

/// Virtual time that passes after a line typed into a running command.
pub const INPUT_SPAN: u64 = 300_000;

/// How far ahead the search for something important goes before it gives up, in µs.
const SEARCH_SPAN: u64 = 600_000_000;

/// One piece of long work.
pub enum Work {
    /// Goes to a moment.
    Seek {
        /// The seek; taken when it is finished.
        seek: Box<Seek>,
        /// Where it started, and goes to.
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
    /// Runs until the terminal's command has ended, or waits for a line when `wants_input`.
    Command {
        /// Where it started.
        from: u64,
        /// Virtual time at which the command is left to the usual play.
        until: u64,
        /// Whether waiting for a line ends the work.
        wants_input: bool,
    },
    /// Runs until something important happens.
    Search {
        /// Where it started.
        from: u64,
        /// Number of important story items when it started.
        known: usize,
    },
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

    /// A slice; true when there is nothing more to do.
    pub fn advance(
        &mut self,
        timeline: &mut Timeline,
        story: &mut StoryLog,
        clock: Clock<'_>,
    ) -> bool {
        let end = clock() + SLICE_MS;
        loop {
            let done = match self {
                Work::Seek { seek, .. } => seek.advance(SLICE_EVENTS),
                Work::Run { to, .. } => {
                    let arrived = timeline.run_until_within(Time(*to), SLICE_EVENTS);
                    story.collect(timeline);
                    arrived
                }
                // The session holds the terminal and does this one itself.
                Work::Command { .. } => true,
                Work::Search { from, known } => search(timeline, story, *from, *known),
            };
            if done || clock() >= end {
                return done;
            }
        }
    }

    /// Makes the result of finished work the present.
    pub fn finish(self, timeline: &mut Timeline) {
        match self {
            Work::Seek { seek, .. } => timeline.complete(*seek),
            Work::Run { .. } | Work::Command { .. } | Work::Search { .. } => {}
        }
    }

    /// How far it is.
    pub fn progress(&self, now: u64) -> Progress {
        match self {
            Work::Seek { seek, from, to } => match seek.progress() {
                (done, Some(all)) => Progress {
                    from: 0,
                    at: done,
                    to: all,
                },
                (_, None) => Progress {
                    from: *from,
                    at: now,
                    to: *to,
                },
            },
            Work::Run { from, to }
            | Work::Command {
                from, until: to, ..
            } => Progress {
                from: *from,
                at: now,
                to: *to,
            },
            Work::Search { from, .. } => Progress {
                from: *from,
                at: now,
                to: from + SEARCH_SPAN,
            },
        }
    }
}

/// Steps until an important item more is known; each event is a stop, so that the search ends
/// right at the event and not after it.
fn search(timeline: &mut Timeline, story: &mut StoryLog, from: u64, known: usize) -> bool {
    for _ in 0..SLICE_EVENTS {
        if !timeline.step() {
            return true;
        }
        story.collect(timeline);
        let moment = timeline.moment();
        if story.important_until(moment) > known || moment.at.0 > from + SEARCH_SPAN {
            return true;
        }
    }
    false
}

/// Moves forward to `target`, or as far as a frame's time allows.
pub fn run_for_a_frame(
    timeline: &mut Timeline,
    story: &mut StoryLog,
    target: Time,
    clock: Clock<'_>,
) {
    let end = clock() + SLICE_MS;
    while !timeline.run_until_within(target, SLICE_EVENTS) {
        story.collect(timeline);
        if clock() >= end {
            break;
        }
    }
}
