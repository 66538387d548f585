//! A checked world that can tell its trace as it happens.

use kafka_check::{Checker, Violation};
use kafka_core::types::Time;
use kafka_scenario::checked;
use kafka_scenario::driver::{Driver, Runs};
use kafka_sim::{Action, ActionError, Applied, Seq, World};

use crate::tell;

/// A checked world, and the first trace entry not printed yet, if its trace is told.
pub struct Checked {
    inner: checked::Checked,
    traced: Option<u32>,
}

impl Checked {
    /// Watches a world from here on; `trace` prints every entry as it happens.
    pub fn new(world: World, trace: bool) -> Checked {
        Checked {
            inner: checked::Checked::new(world),
            traced: trace.then_some(0),
        }
    }

    /// What the checker knows.
    pub fn checker(&self) -> &Checker {
        self.inner.checker()
    }

    /// The breach that stopped the run.
    pub fn broken(&self) -> Option<&Violation> {
        self.inner.broken()
    }

    fn look(&mut self) {
        if let Some(from) = self.traced {
            let world = self.inner.world();
            for (seq, entry) in world.trace().iter_from(Seq(from)) {
                println!("{}", tell::line(world, seq, entry));
            }
            self.traced = Some(world.trace().len());
        }
    }
}

impl Driver for Checked {
    fn world(&self) -> &World {
        self.inner.world()
    }

    fn act(&mut self, action: Action) -> Result<Applied, ActionError> {
        let applied = self.inner.act(action);
        self.look();
        applied
    }
}

impl Runs for Checked {
    fn step_until(&mut self, until: Time) -> bool {
        let stepped = self.inner.step_until(until);
        if stepped {
            self.look();
        }
        stepped
    }
}
