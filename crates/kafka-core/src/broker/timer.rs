//! A timer that is moved rarely.

use crate::node::{Effects, TimerKey};
use crate::types::Time;

/// A timer shared by many waits: it is set when a wait is due before it, and left
/// alone when a wait ends early. When it fires its owner looks who is due and asks
/// for the next time, so no wait ends late and no message costs a timer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LazyTimer {
    key: TimerKey,
    armed: Option<Time>,
}

impl LazyTimer {
    /// A timer that is not set.
    pub fn new(key: TimerKey) -> LazyTimer {
        LazyTimer { key, armed: None }
    }

    /// Somebody wants to be looked at no later than `at`.
    pub fn need(&mut self, at: Time, fx: &mut Effects) {
        if self.armed.is_none_or(|armed| at < armed) {
            self.armed = Some(at);
            fx.set_timer(self.key, at);
        }
    }

    /// The timer fired.
    pub fn fired(&mut self) {
        self.armed = None;
    }
}
