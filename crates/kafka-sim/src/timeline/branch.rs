//! One line of history: its recorded inputs and the worlds kept along it.

use std::rc::Rc;

use super::cursor::{Cursor, Saved};
use super::{BranchId, Moment, Recorded, Target};

/// More snapshots than this are thinned out to half, and the spacing doubles:
/// memory stays bounded and a seek replays at most 1/32 of a long history.
const MAX_SNAPSHOTS: usize = 64;

/// Events between snapshots of a young history.
const FIRST_SPACING: u64 = 2048;

/// A branch. Its inputs and snapshots begin at the world's beginning; what lies
/// before the fork is shared with the parent.
#[derive(Clone, Debug)]
pub struct Branch {
    pub(super) name: String,
    pub(super) parent: Option<(BranchId, Moment)>,
    pub(super) inputs: Rc<Vec<Recorded>>,
    pub(super) tip: Moment,
    /// The world at the tip, kept when the present leaves it.
    pub(super) tip_world: Option<Saved>,
    pub(super) snapshots: Vec<Saved>,
    pub(super) near: Option<Saved>,
    pub(super) spacing: u64,
}

impl Branch {
    pub(super) fn root(base: Saved) -> Branch {
        Branch {
            name: "main".to_owned(),
            parent: None,
            inputs: Rc::new(Vec::new()),
            tip: base.moment(),
            tip_world: Some(base.clone()),
            snapshots: vec![base],
            near: None,
            spacing: FIRST_SPACING,
        }
    }

    /// A branch that leaves this one (whose number is `id`) at `fork`.
    pub(super) fn fork(&self, id: BranchId, fork: Moment, name: String) -> Branch {
        let inputs = self.inputs[..fork.inputs as usize].to_vec();
        let before = |saved: &&Saved| saved.moment() <= fork;
        Branch {
            name,
            parent: Some((id, fork)),
            inputs: Rc::new(inputs),
            tip: fork,
            tip_world: None,
            snapshots: self.snapshots.iter().filter(before).cloned().collect(),
            near: self.near.iter().find(before).cloned(),
            spacing: self.spacing,
        }
    }

    /// What people call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Which branch it left, and where; `None` for the first.
    pub fn parent(&self) -> Option<(BranchId, Moment)> {
        self.parent
    }

    /// The furthest moment reached on it.
    pub fn tip(&self) -> Moment {
        self.tip
    }

    /// What came from outside, from the world's beginning on.
    pub fn inputs(&self) -> &[Recorded] {
        &self.inputs
    }

    /// A cursor at the latest kept world not after the target.
    pub(super) fn cursor_before(&self, target: Target) -> Cursor {
        let kept = self
            .snapshots
            .iter()
            .chain(&self.near)
            .chain(&self.tip_world);
        let best = kept
            .filter(|saved| target.is_at_or_after(saved.moment(), &self.inputs))
            .max_by_key(|saved| saved.moment())
            .unwrap_or(&self.snapshots[0]);
        let world = (*best.world).clone();
        Cursor::new(world, best.inputs, Rc::clone(&self.inputs), self.spacing)
    }

    /// Takes over what a cursor gathered.
    pub(super) fn keep(&mut self, cursor: &mut Cursor) {
        for saved in cursor.gathered.drain(..) {
            let at = saved.moment();
            let place = self.snapshots.partition_point(|kept| kept.moment() < at);
            let half = self.spacing / 2;
            let room = |kept: Option<&Saved>| {
                kept.is_none_or(|kept| kept.world.events().abs_diff(at.events) >= half)
            };
            let before = place.checked_sub(1).and_then(|i| self.snapshots.get(i));
            if room(before) && room(self.snapshots.get(place)) {
                self.snapshots.insert(place, saved);
            }
        }
        if let Some(near) = cursor.near.take() {
            self.near = Some(near);
        }
        while self.snapshots.len() > MAX_SNAPSHOTS {
            self.spacing *= 2;
            cursor.spacing = self.spacing;
            let mut number = 0_u32;
            self.snapshots.retain(|_| {
                number += 1;
                number % 2 == 1
            });
        }
    }
}
