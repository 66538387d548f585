//! A world whose invariants are checked after every event.

use kafka_check::{Checker, Violation};
use kafka_core::types::Time;
use kafka_scenario::driver::{Driver, Runs};
use kafka_sim::{Action, ActionError, Applied, Seq, World};

use crate::tell;

/// The world, its checker, and the first breach. After a breach no event happens any
/// more: the world stays as it was when the invariant broke.
pub struct Checked {
    world: World,
    checker: Checker,
    broken: Option<Violation>,
    traced: Option<u32>,
}

impl Checked {
    /// Watches a world from here on; `trace` prints every entry as it happens.
    pub fn new(world: World, trace: bool) -> Checked {
        Checked {
            checker: Checker::new(&world),
            broken: None,
            traced: trace.then_some(0),
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

    fn look(&mut self) {
        self.broken = self.checker.after_event(&self.world);
        if let Some(from) = self.traced {
            for (seq, entry) in self.world.trace().iter_from(Seq(from)) {
                println!("{}", tell::line(&self.world, seq, entry));
            }
            self.traced = Some(self.world.trace().len());
        }
    }
}

impl Driver for Checked {
    fn world(&self) -> &World {
        &self.world
    }

    fn act(&mut self, action: Action) -> Result<Applied, ActionError> {
        let applied = self.world.apply(&action);
        if self.broken.is_none() {
            self.look();
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
            self.look();
        } else {
            self.world.run_until(until);
        }
        stepped
    }
}
