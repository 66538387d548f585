//! A timeline as plain data: what a link, a file or a bug report carries.

use std::fmt;
use std::rc::Rc;

use super::branch::Branch;
use super::{BranchId, Moment, Recorded, Timeline};
use crate::spec::ClusterSpec;

/// A timeline without its worlds: replaying gives them back.
#[derive(Clone, PartialEq, Debug)]
pub struct TimelineData {
    /// The cluster.
    pub spec: ClusterSpec,
    /// The master seed.
    pub seed: u64,
    /// The branches in order of creation, at least one.
    pub branches: Vec<BranchData>,
    /// The branch of the present.
    pub current: BranchId,
    /// Where the present is on it.
    pub moment: Moment,
}

/// A branch as plain data.
#[derive(Clone, PartialEq, Debug)]
pub struct BranchData {
    /// Its name.
    pub name: String,
    /// Which earlier branch it left, and where.
    pub parent: Option<(BranchId, Moment)>,
    /// Everything that came from outside, from the beginning on.
    pub inputs: Vec<Recorded>,
    /// The furthest moment reached.
    pub tip: Moment,
}

/// What is wrong with a [`TimelineData`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ImportError {
    /// It has no branch.
    NoBranch,
    /// A branch names a parent that does not come before it.
    BadParent(BranchId),
    /// The inputs of a branch are not in order.
    BadOrder(BranchId),
    /// The present lies on a branch that is not there.
    NoCurrent(BranchId),
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ImportError::NoBranch => write!(f, "the timeline has no branch"),
            ImportError::BadParent(id) => {
                write!(f, "branch {}: its parent must come before it", id.0)
            }
            ImportError::BadOrder(id) => {
                write!(f, "branch {}: its inputs must be in order of events", id.0)
            }
            ImportError::NoCurrent(id) => {
                write!(f, "the present is on branch {}, which is not there", id.0)
            }
        }
    }
}

impl std::error::Error for ImportError {}

impl Timeline {
    /// Everything needed to make this timeline again.
    pub fn export(&self) -> TimelineData {
        let branches = self.branches.iter().map(|branch| BranchData {
            name: branch.name.clone(),
            parent: branch.parent,
            inputs: branch.inputs.to_vec(),
            tip: branch.tip,
        });
        TimelineData {
            spec: self.world().spec().clone(),
            seed: self.world().seed(),
            branches: branches.collect(),
            current: self.current,
            moment: self.moment(),
        }
    }

    /// Makes a timeline of exported data. The present is the beginning; go to
    /// `data.moment` with a (sliced) seek on `data.current`. An input that the
    /// world refuses is skipped and told by the seek.
    pub fn import(data: &TimelineData) -> Result<Timeline, ImportError> {
        check(data)?;
        let mut timeline = Timeline::new(data.spec.clone(), data.seed);
        let root = timeline.branches[0].clone();
        let branch = |data: &BranchData| Branch {
            name: data.name.clone(),
            parent: data.parent,
            inputs: Rc::new(data.inputs.clone()),
            tip: data.tip.max(root.tip),
            tip_world: None,
            ..root.clone()
        };
        timeline.branches = data.branches.iter().map(branch).collect();
        timeline.present.inputs = Rc::clone(&timeline.branches[0].inputs);
        Ok(timeline)
    }
}

fn check(data: &TimelineData) -> Result<(), ImportError> {
    if data.branches.is_empty() {
        return Err(ImportError::NoBranch);
    }
    for (number, branch) in data.branches.iter().enumerate() {
        let id = BranchId(number as u32);
        let is_bad = |(parent, _): (BranchId, Moment)| parent >= id;
        if branch.parent.is_some_and(is_bad) {
            return Err(ImportError::BadParent(id));
        }
        let place = |input: &Recorded| (input.events, input.at);
        if !branch.inputs.is_sorted_by_key(place) {
            return Err(ImportError::BadOrder(id));
        }
    }
    if data.current.0 as usize >= data.branches.len() {
        return Err(ImportError::NoCurrent(data.current));
    }
    Ok(())
}
