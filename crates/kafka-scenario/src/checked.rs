//! A world whose invariants are checked after every event.
//!
//! After a breach that no setting permits no event happens any more: the world stays as it was
//! when the invariant broke.

use kafka_check::{Checker, Violation};
use kafka_core::types::Time;
use kafka_sim::{Action, ActionError, Applied, World};

use crate::driver::{Driver, Runs};

/// The world, its checker, and the first breach.
#[derive(Debug)]
pub struct Checked {
    world: World,
    checker: Checker,
    broken: Option<Violation>,
}

impl Checked {
    /// Watches a world from here on.
    pub fn new(world: World) -> Checked {
        Checked {
            checker: Checker::new(&world),
            broken: None,
            world,
        }
    }

    /// What the checker knows.
    pub fn checker(&self) -> &Checker {
        &self.checker
    }

    /// The breach that stopped the run.
    pub fn broken(&self) -> Option<&Violation> {
        self.broken.as_ref()
    }
}

impl Driver for Checked {
    fn world(&self) -> &World {
        &self.world
    }

    fn act(&mut self, action: Action) -> Result<Applied, ActionError> {
        let applied = self.world.apply(&action);
        if self.broken.is_none() {
            self.broken = self.checker.after_event(&self.world);
        }
        applied
    }
}

impl Runs for Checked {
    fn step_until(&mut self, until: Time) -> bool {
        if self.broken.is_some() {
            return false;
        }
        let stepped = self.world.step_until(until);
        if stepped {
            self.broken = self.checker.after_event(&self.world);
        } else {
            self.world.run_until(until);
        }
        stepped
    }
}
