//! Time travel: recorded inputs + snapshots + replay.
//!
//! A timeline is a tree of branches. The present is one world on one branch.
//! Moving forward replays the branch's recorded inputs and, past its tip,
//! extends it; moving back starts from a snapshot. Acting in the past makes a
//! new branch; the old future stays reachable. What it is not: a player; nothing
//! here knows real time. Invariant: a moment of a branch always shows the same
//! world, however it was reached (shown by digest in the tests).

mod branch;
mod cursor;
mod data;
mod seek;

use std::rc::Rc;

use kafka_core::types::{Duration, Time};

use crate::action::{Action, ActionError, Applied};
use crate::spec::ClusterSpec;
use crate::trace::{Detail, Seq, Trace};
use crate::world::World;
use cursor::Cursor;

pub use branch::Branch;
pub use data::{BranchData, ImportError, TimelineData};
pub use seek::Seek;

/// Number of a branch, in order of creation; 0 is the first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct BranchId(pub u32);

/// A place on a branch. The order is the order along the branch.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Moment {
    /// Events delivered.
    pub events: u64,
    /// Inputs from outside applied.
    pub inputs: u32,
    /// Virtual time.
    pub at: Time,
}

/// Something that came from outside, and where it belongs.
#[derive(Clone, PartialEq, Debug)]
pub struct Recorded {
    /// After how many events.
    pub events: u64,
    /// At which time.
    pub at: Time,
    /// What.
    pub action: Action,
}

/// Where to go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// Right after that many events, before anything from outside that follows.
    Event(u64),
    /// That virtual time, with everything that happened at it.
    Time(Time),
    /// Exactly that moment.
    Moment(Moment),
}

impl Target {
    /// Whether a world that stands at `moment` has not passed the target.
    fn is_at_or_after(self, moment: Moment, inputs: &[Recorded]) -> bool {
        match self {
            Target::Event(events) => {
                moment.events < events
                    || moment.events == events
                        && inputs
                            .get((moment.inputs as usize).wrapping_sub(1))
                            .is_none_or(|last| last.events < events)
            }
            Target::Time(at) => moment.at <= at,
            Target::Moment(target) => moment <= target,
        }
    }
}

/// The timeline.
#[derive(Clone, Debug)]
pub struct Timeline {
    branches: Vec<Branch>,
    current: BranchId,
    present: Cursor,
}

impl Timeline {
    /// A timeline that begins with a new world.
    pub fn new(spec: ClusterSpec, seed: u64) -> Timeline {
        Timeline::from_world(World::new(spec, seed))
    }

    /// A timeline that begins with this world as it is.
    fn from_world(world: World) -> Timeline {
        let mut present = Cursor::new(world, 0, Rc::new(Vec::new()), 0);
        let root = Branch::root(present.save());
        present.spacing = root.spacing;
        present.next_save = present.world.events() + root.spacing;
        Timeline {
            branches: vec![root],
            current: BranchId(0),
            present,
        }
    }

    /// The present.
    pub fn world(&self) -> &World {
        &self.present.world
    }

    /// The present, to set what its trace keeps.
    pub fn trace_mut(&mut self) -> &mut Trace {
        self.present.world.trace_mut()
    }

    /// Where the present is on its branch.
    pub fn moment(&self) -> Moment {
        self.present.moment()
    }

    /// The beginning of time: what the world was made as (booted, if so).
    pub fn origin(&self) -> Moment {
        self.branches[0].snapshots[0].moment()
    }

    /// The branch of the present.
    pub fn current(&self) -> BranchId {
        self.current
    }

    /// All branches in order of creation.
    pub fn branches(&self) -> impl Iterator<Item = (BranchId, &Branch)> {
        let numbers = (0..).map(BranchId);
        numbers.zip(&self.branches)
    }

    /// A branch.
    pub fn branch(&self, id: BranchId) -> Option<&Branch> {
        self.branches.get(id.0 as usize)
    }

    /// Gives a branch another name. False if there is no such branch.
    pub fn rename(&mut self, id: BranchId, name: &str) -> bool {
        let branch = self.branches.get_mut(id.0 as usize);
        branch
            .map(|branch| name.clone_into(&mut branch.name))
            .is_some()
    }

    /// Whether nothing is recorded after the present on its branch.
    pub fn is_at_tip(&self) -> bool {
        let tip = self.here().tip;
        let now = self.moment();
        (now.events, now.inputs) >= (tip.events, tip.inputs)
    }

    fn here(&self) -> &Branch {
        &self.branches[self.current.0 as usize]
    }

    fn here_mut(&mut self) -> &mut Branch {
        &mut self.branches[self.current.0 as usize]
    }

    /// Delivers one event (after recorded inputs that come before it); false if
    /// nothing is left to happen.
    pub fn step(&mut self) -> bool {
        let before = self.present.world.events();
        self.forward(Target::Event(before + 1), u64::MAX);
        self.present.world.events() > before
    }

    /// Moves forward to a time.
    pub fn run_until(&mut self, at: Time) {
        self.forward(Target::Time(at), u64::MAX);
    }

    /// Moves forward by a span of virtual time.
    pub fn run_for(&mut self, span: Duration) {
        self.run_until(self.world().now() + span);
    }

    /// Moves forward to a time, delivering at most `budget` events, so that a
    /// frame of a picture never takes long. True when there.
    pub fn run_until_within(&mut self, at: Time, budget: u64) -> bool {
        self.forward(Target::Time(at), budget)
    }

    fn forward(&mut self, target: Target, budget: u64) -> bool {
        let done = self.present.advance(target, budget);
        if !self.present.gathered.is_empty() {
            let branch = &mut self.branches[self.current.0 as usize];
            branch.keep(&mut self.present);
        }
        self.extend_tip();
        done
    }

    fn extend_tip(&mut self) {
        let now = self.moment();
        let branch = self.here_mut();
        if now > branch.tip {
            branch.tip = now;
            branch.tip_world = None;
        }
    }

    /// Applies an action now. At the tip it is added to the branch; in the past
    /// it makes a new branch, which becomes the present's. If the world refuses
    /// it, nothing changes.
    pub fn act(&mut self, action: Action) -> Result<Applied, ActionError> {
        let now = self.moment();
        let at_tip = self.is_at_tip();
        let applied = self.present.world.apply(&action)?;
        if !at_tip {
            let name = format!("branch {}", self.branches.len());
            let branch = self.here().fork(self.current, now, name);
            self.current = BranchId(self.branches.len() as u32);
            self.branches.push(branch);
        }
        let branch = &mut self.branches[self.current.0 as usize];
        Rc::make_mut(&mut branch.inputs).push(Recorded {
            events: now.events,
            at: now.at,
            action,
        });
        self.present.inputs = Rc::clone(&branch.inputs);
        self.present.applied += 1;
        let now = self.moment();
        let branch = self.here_mut();
        branch.tip = now;
        branch.tip_world = None;
        Ok(applied)
    }

    /// Goes one event back; false at the beginning.
    pub fn step_back(&mut self) -> bool {
        let events = self.present.world.events();
        if events <= self.origin().events {
            return false;
        }
        self.seek(Target::Event(events - 1));
        true
    }

    /// Goes somewhere on the present's branch. Targets before the beginning mean
    /// the beginning; targets after the tip extend the branch.
    pub fn seek(&mut self, target: Target) {
        let mut seek = self.begin_seek(self.current, target);
        seek.advance(u64::MAX);
        self.complete(seek);
    }

    /// Goes to the tip of another branch. False if there is no such branch.
    pub fn switch(&mut self, id: BranchId) -> bool {
        let Some(tip) = self.branch(id).map(Branch::tip) else {
            return false;
        };
        let mut seek = self.begin_seek(id, Target::Moment(tip));
        seek.advance(u64::MAX);
        self.complete(seek);
        true
    }

    /// Begins to go somewhere, on any branch; the present stays until
    /// [`Timeline::complete`]. An unknown branch means the present's.
    pub fn begin_seek(&mut self, branch: BranchId, target: Target) -> Seek {
        self.keep_tip();
        let id = self.branch(branch).map_or(self.current, |_| branch);
        let from = &self.branches[id.0 as usize];
        let mut cursor = from.cursor_before(target);
        // Forward on the same branch, the present may be the nearest start.
        if id == self.current
            && target.is_at_or_after(self.moment(), &from.inputs)
            && self.moment() > cursor.moment()
        {
            cursor = self.present.clone();
        }
        Seek::new(id, target, cursor)
    }

    /// Makes where a seek arrived the present. An unfinished one counts as far
    /// as it came.
    pub fn complete(&mut self, seek: Seek) {
        let (id, mut cursor) = seek.into_parts();
        self.current = id;
        self.branches[id.0 as usize].keep(&mut cursor);
        self.present = cursor;
        self.extend_tip();
    }

    /// Keeps the world at the tip when the present is about to leave it.
    fn keep_tip(&mut self) {
        if self.is_at_tip() && self.here().tip_world.is_none() {
            let saved = self.present.save();
            let branch = self.here_mut();
            branch.tip = saved.moment();
            branch.tip_world = Some(saved);
        }
    }

    /// The whole trace of the present's branch, up to its tip, also when the
    /// present lies before it.
    pub fn full_trace(&self) -> &Trace {
        match &self.here().tip_world {
            Some(tip) if !self.is_at_tip() => tip.world.trace(),
            _ => self.world().trace(),
        }
    }

    /// The content of trace entries of the present's branch, `from..to`: kept,
    /// or rebuilt by replaying from a snapshot. Empty for entries that never were.
    pub fn details(&self, from: Seq, to: Seq) -> Vec<(Seq, Detail)> {
        let numbers = || (from.0..to.0).map(Seq);
        let known = |trace: &Trace| -> Option<Vec<(Seq, Detail)>> {
            let found = numbers().map(|seq| Some((seq, trace.detail(seq)?.clone())));
            found.collect()
        };
        if let Some(found) = known(self.world().trace()) {
            return found;
        }
        let trace = self.full_trace();
        let last = Seq(to.0.min(trace.len()).saturating_sub(1));
        let (Some(first), Some(last)) = (trace.get(from), trace.get(last)) else {
            return Vec::new();
        };
        let start = Target::Event(u64::from(first.event).saturating_sub(1));
        let mut cursor = self.here().cursor_before(start);
        cursor.world.trace_mut().keep_details(usize::MAX);
        let end = Target::Time(last.at);
        cursor.advance(end, u64::MAX);
        let trace = cursor.world.trace();
        numbers()
            .filter_map(|seq| Some((seq, trace.detail(seq)?.clone())))
            .collect()
    }
}
