//! The timers of one process: readable, and each pointing at its queued event.

use std::collections::BTreeMap;

use kafka_core::node::TimerKey;
use kafka_core::types::Time;

use crate::slab::Key;

/// A timer that is set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Armed {
    pub due: Time,
    pub event: Key,
}

/// All timers of one process. Invariant: each names a live queued event, and
/// each queued timer event is named here.
#[derive(Clone, Debug, Default)]
pub(crate) struct Timers {
    armed: BTreeMap<TimerKey, Armed>,
}

impl Timers {
    /// Sets a timer; gives back the one it replaces.
    pub fn set(&mut self, key: TimerKey, armed: Armed) -> Option<Armed> {
        self.armed.insert(key, armed)
    }

    /// Forgets a timer.
    pub fn remove(&mut self, key: TimerKey) -> Option<Armed> {
        self.armed.remove(&key)
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.armed.clear();
    }

    /// All that are set, in the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (TimerKey, Time)> {
        self.armed.iter().map(|(key, armed)| (*key, armed.due))
    }
}
