//! Who holds a world and lets it move: a bare [`World`] in native runs, the page's
//! timeline in the browser. Everything that changes the world goes through
//! [`Driver::act`], so it is recorded where recording happens.

use kafka_core::types::Time;
use kafka_sim::{Action, ActionError, Applied, World};

/// Something that holds a world and may change it.
pub trait Driver {
    /// The world as it is now.
    fn world(&self) -> &World;

    /// Changes it.
    ///
    /// # Errors
    /// The world's refusal.
    fn act(&mut self, action: Action) -> Result<Applied, ActionError>;
}

/// Something whose virtual time a script can let pass.
pub trait Runs: Driver {
    /// Delivers the next event if it is due at `until` or before; says whether
    /// there was one. Without one, time moves to `until`.
    fn step_until(&mut self, until: Time) -> bool;
}

impl Driver for World {
    fn world(&self) -> &World {
        self
    }

    fn act(&mut self, action: Action) -> Result<Applied, ActionError> {
        self.apply(&action)
    }
}

impl Runs for World {
    fn step_until(&mut self, until: Time) -> bool {
        let delivered = World::step_until(self, until);
        if !delivered {
            self.run_until(until);
        }
        delivered
    }
}
