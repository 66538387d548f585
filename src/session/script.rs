//! A kept run as work for the page: its deeds and moments in the order of doing them again.
//!
//! The data is `kafka_lessons::deeds`, which native programs read too.

pub use kafka_lessons::deeds::{Deed, Entry, Fork, Saved, SavedBranch, Script, until};

use kafka_core::types::Time;
use kafka_sim::{BranchId, Moment};

use super::replay::{Part, Replay};

/// What has to be done to have it all again.
pub fn replay(saved: &Saved) -> Replay {
    let mut parts = Vec::new();
    for branch in &saved.branches {
        let mut from = (0, 0);
        if let Some(fork) = branch.fork {
            parts.push(Part::Go(BranchId(fork.parent), fork.moment()));
            from = (fork.events, fork.at);
        }
        let is_own = |e: &&Entry| branch.fork.is_none() || (e.events, e.at) >= from;
        let own = branch.deeds.iter().filter(is_own);
        parts.extend(own.cloned().map(Part::Do));
        if branch.fork.is_some() {
            parts.push(Part::Name(branch.name.clone()));
        }
        parts.push(Part::Until(branch.events, branch.at));
    }
    let shown = Moment {
        events: saved.events,
        inputs: saved.inputs,
        at: Time(saved.at),
    };
    parts.push(Part::Go(BranchId(saved.current), shown));
    Replay::new(parts)
}
