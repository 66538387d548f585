//! A world on its way along a branch: it applies the recorded inputs where they
//! belong and gathers snapshots as it passes.
//!
//! Invariant: where a cursor stands, (events, inputs applied, time), determines
//! its world, however it got there.

use std::rc::Rc;

use kafka_core::types::Time;

use super::{Moment, Recorded, Target};
use crate::action::ActionError;
use crate::world::World;

/// A kept world and how many of its branch's inputs it has seen.
#[derive(Clone, Debug)]
pub(super) struct Saved {
    pub world: Rc<World>,
    pub inputs: usize,
}

impl Saved {
    pub fn moment(&self) -> Moment {
        moment(&self.world, self.inputs)
    }
}

fn moment(world: &World, inputs: usize) -> Moment {
    Moment {
        events: world.events(),
        inputs: inputs as u32,
        at: world.now(),
    }
}

/// Replayed events before the target of a backward seek that are kept near, so
/// that stepping back again and again stays cheap.
const NEAR: u64 = 512;

#[derive(Clone, Debug)]
pub(super) struct Cursor {
    pub world: World,
    pub applied: usize,
    pub inputs: Rc<Vec<Recorded>>,
    /// Inputs that the world refused: a timeline made by hand may hold some.
    pub refused: Vec<(usize, ActionError)>,
    pub spacing: u64,
    pub next_save: u64,
    pub gathered: Vec<Saved>,
    pub near: Option<Saved>,
}

impl Cursor {
    pub fn new(world: World, applied: usize, inputs: Rc<Vec<Recorded>>, spacing: u64) -> Cursor {
        Cursor {
            next_save: world.events() + spacing,
            world,
            applied,
            inputs,
            refused: Vec::new(),
            spacing,
            gathered: Vec::new(),
            near: None,
        }
    }

    pub fn moment(&self) -> Moment {
        moment(&self.world, self.applied)
    }

    pub fn save(&self) -> Saved {
        Saved {
            world: Rc::new(self.world.snapshot()),
            inputs: self.applied,
        }
    }

    /// Moves towards the target, delivering at most `budget` events; true when
    /// there (or when nothing is left to happen).
    pub fn advance(&mut self, target: Target, mut budget: u64) -> bool {
        loop {
            if self.is_input_due(target) {
                self.apply_next();
            } else if self.has_reached(target) {
                return true;
            } else if budget == 0 {
                return false;
            } else {
                budget -= 1;
                if !self.step(target) {
                    self.settle_clock(target);
                    return true;
                }
            }
        }
    }

    /// Whether the next recorded input belongs before the next event and before
    /// the target.
    fn is_input_due(&self, target: Target) -> bool {
        let Some(input) = self.inputs.get(self.applied) else {
            return false;
        };
        if input.events > self.world.events() {
            return false;
        }
        match target {
            Target::Event(events) => self.world.events() < events,
            Target::Time(at) => input.at <= at,
            Target::Moment(moment) => {
                self.world.events() < moment.events || self.applied < moment.inputs as usize
            }
        }
    }

    fn apply_next(&mut self) {
        let input = &self.inputs[self.applied];
        self.world.skip_to(input.at);
        if let Err(error) = self.world.apply(&input.action) {
            self.refused.push((self.applied, error));
        }
        self.applied += 1;
    }

    fn has_reached(&self, target: Target) -> bool {
        match target {
            Target::Event(events) => self.world.events() >= events,
            Target::Time(_) => false,
            Target::Moment(moment) => self.world.events() >= moment.events,
        }
    }

    fn step(&mut self, target: Target) -> bool {
        let limit = match target {
            Target::Time(at) => at,
            Target::Event(_) | Target::Moment(_) => Time(u64::MAX),
        };
        // Events that are due after the next input's moment wait for the input:
        // only a limit in time can end between an event and the input after it.
        if let Some(input) = self.inputs.get(self.applied)
            && input.events == self.world.events()
        {
            return false;
        }
        if !self.world.step_until(limit) {
            return false;
        }
        let events = self.world.events();
        if events >= self.next_save {
            self.next_save = events + self.spacing;
            let saved = self.save();
            self.gathered.push(saved);
        }
        if let Target::Event(wanted) | Target::Moment(Moment { events: wanted, .. }) = target
            && events + NEAR == wanted
        {
            self.near = Some(self.save());
        }
        true
    }

    fn settle_clock(&mut self, target: Target) {
        if let Target::Time(at) = target {
            self.world.skip_to(at);
        }
    }

    /// Sets the clock of a reached moment, which may lie after its last event.
    pub fn arrive(&mut self, target: Target) {
        if let Target::Moment(moment) = target {
            self.world.skip_to(moment.at);
        }
    }
}
