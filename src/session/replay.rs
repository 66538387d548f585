//! Doing again what a script tells: in slices, branch by branch.

use std::collections::VecDeque;

use kafka_core::types::Time;
use kafka_sim::{BranchId, Moment, Seek, Target};

use super::Session;
use super::script::{Deed, Entry, Script};
use crate::view_model::time::Progress;

/// Events of one slice.
const SLICE_EVENTS: u64 = 256;

/// One part of a replay.
#[derive(Clone, Debug)]
pub enum Part {
    /// To a known moment of a branch.
    Go(BranchId, Moment),
    /// To the deed's moment, and the deed.
    Do(Entry),
    /// To a moment: events delivered, virtual time in µs.
    Until(u64, u64),
    /// Names the branch.
    Name(String),
}

/// A replay under way.
#[derive(Default)]
pub struct Replay {
    parts: VecDeque<Part>,
    seek: Option<Box<Seek>>,
    done: u64,
    /// Virtual time flows when it is done.
    pub plays: bool,
}

impl Replay {
    /// What these parts tell.
    pub fn new(parts: Vec<Part>) -> Replay {
        Replay {
            parts: parts.into(),
            ..Replay::default()
        }
    }

    /// What one script tells.
    pub fn of(script: &Script) -> Replay {
        let deeds = script.deeds.iter().cloned().map(Part::Do);
        let end = Part::Until(script.events, script.at);
        Replay::new(deeds.chain([end]).collect())
    }

    /// How far it is, in parts.
    pub fn progress(&self) -> Progress {
        Progress {
            from: 0,
            at: self.done,
            to: self.done + self.parts.len() as u64,
        }
    }
}

impl Session {
    /// Does the next part or some of it; true when nothing is left.
    pub(super) fn replay(&mut self, replay: &mut Replay) -> bool {
        let Some(part) = replay.parts.front() else {
            return true;
        };
        let finished = match part.clone() {
            Part::Go(branch, moment) => self.replay_seek(&mut replay.seek, branch, moment),
            Part::Until(events, at) => self.approach(events, Time(at)),
            Part::Name(name) => {
                let here = self.timeline.current();
                self.timeline.rename(here, &name)
            }
            Part::Do(entry) => {
                let there = self.approach(entry.events, Time(entry.at));
                if there {
                    self.redo(entry.terminal, &entry.deed);
                }
                there
            }
        };
        if finished {
            replay.parts.pop_front();
            replay.done += 1;
        }
        replay.parts.is_empty()
    }

    fn replay_seek(
        &mut self,
        seek: &mut Option<Box<Seek>>,
        branch: BranchId,
        moment: Moment,
    ) -> bool {
        let here = (self.timeline.current(), self.timeline.moment());
        if seek.is_none() && here == (branch, moment) {
            // Commands that run at the moment shown go on.
            return true;
        }
        let mut under_way = match seek.take() {
            Some(under_way) => under_way,
            None => {
                self.leave_terminals();
                Box::new(self.timeline.begin_seek(branch, Target::Moment(moment)))
            }
        };
        if under_way.advance(SLICE_EVENTS) {
            self.timeline.complete(*under_way);
            return true;
        }
        *seek = Some(under_way);
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

    fn redo(&mut self, terminal: u8, deed: &Deed) {
        match deed {
            Deed::Line(line) | Deed::Input(line) => self.type_line_in(terminal, line),
            // It is kept again by itself, at the same moment.
            Deed::Ended => {}
            Deed::Interrupt => self.interrupt_in(terminal),
            Deed::EndInput => self.end_input_in(terminal),
            Deed::Close => self.close_terminal(terminal),
            Deed::Leave => self.leave_terminal(Some(terminal)),
            Deed::Act(action) => {
                // What was possible then is possible now; a made-up script may hold other things.
                if let Err(problem) = crate::tasks::act::apply_action(self, action.clone()) {
                    self.toast(problem, true, false);
                }
            }
        }
        self.story.collect(&self.timeline);
    }
}
