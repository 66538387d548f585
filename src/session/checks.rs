//! The checks beside the run: every event that is computed is looked at once, and the record-fate
//! ledger of the branch is kept.
//!
//! What it is not: able to change the world. Invariant: the checker of a branch has seen exactly
//! the events up to `at`, the furthest moment computed; moving within the known past checks nothing
//! again, because the same moment always shows the same world.

use std::collections::{BTreeMap, BTreeSet};

use kafka_check::{Checker, Fate, Invariant, Verdict, Violation};
use kafka_core::types::Time;
use kafka_sim::{BranchId, Moment, Target, Timeline};

/// Checkers kept along a branch; more are thinned out to half.
const KEPT_MAX: usize = 16;
/// Events between two of them on a young branch.
const SPACING: u64 = 2_048;

/// The checker of one branch.
#[derive(Clone)]
struct Watch {
    checker: Checker,
    at: Moment,
    kept: Vec<(Moment, Checker)>,
    spacing: u64,
    /// Rules that stopped the run already; each does so once.
    broken: BTreeSet<Invariant>,
}

impl Watch {
    fn new(timeline: &Timeline) -> Watch {
        let (checker, at) = (Checker::new(timeline.world()), timeline.moment());
        Watch {
            kept: vec![(at, checker.clone())],
            checker,
            at,
            spacing: SPACING,
            broken: BTreeSet::new(),
        }
    }

    fn look(&mut self, timeline: &Timeline) -> Option<Violation> {
        let violation = self.checker.after_event(timeline.world());
        self.at = timeline.moment();
        self.keep();
        violation.filter(|v| self.broken.insert(v.invariant))
    }

    fn keep(&mut self) {
        let last = self.kept.last().map_or(0, |(at, _)| at.events);
        if self.at.events < last + self.spacing {
            return;
        }
        self.kept.push((self.at, self.checker.clone()));
        if self.kept.len() > KEPT_MAX {
            self.spacing *= 2;
            let mut number = 0_usize;
            self.kept.retain(|_| {
                number += 1;
                number % 2 == 1
            });
        }
    }

    /// The part of it that lies before a fork.
    fn until(&self, fork: Moment) -> Option<Watch> {
        let before = |(at, _): &&(Moment, Checker)| place(*at) <= place(fork);
        let kept: Vec<_> = self.kept.iter().filter(before).cloned().collect();
        let (at, checker) = kept.last()?.clone();
        Some(Watch {
            checker,
            at,
            kept,
            spacing: self.spacing,
            broken: self.broken.clone(),
        })
    }
}

fn place(moment: Moment) -> (u64, u32) {
    (moment.events, moment.inputs)
}

/// The checkers of all branches.
#[derive(Default)]
pub struct Checks {
    watches: BTreeMap<BranchId, Watch>,
}

impl Checks {
    /// Looks at the event just computed; to be called after every one. Gives the first breach of
    /// a rule that no setting permits.
    pub fn look(&mut self, timeline: &Timeline) -> Option<Violation> {
        let here = timeline.current();
        let watch = self
            .watches
            .entry(here)
            .or_insert_with(|| Watch::new(timeline));
        if place(timeline.moment()) <= place(watch.at) {
            return None;
        }
        watch.look(timeline)
    }

    /// Makes the checker of a branch that was just made: from the nearest one its parent kept, by
    /// going through the events between again.
    pub fn follow(&mut self, timeline: &mut Timeline) {
        let here = timeline.current();
        if self.watches.contains_key(&here) {
            return;
        }
        let parent = timeline.branch(here).and_then(|branch| branch.parent());
        let inherited = parent.and_then(|(id, fork)| self.watches.get(&id)?.until(fork));
        let Some(mut watch) = inherited else { return };
        let now = timeline.moment();
        timeline.seek(Target::Moment(watch.at));
        while timeline.moment().events < now.events {
            timeline.run_until_within(Time(u64::MAX), 1);
            watch.look(timeline);
        }
        timeline.seek(Target::Moment(now));
        watch.look(timeline);
        self.watches.insert(here, watch);
    }

    /// One verdict a rule for the branch that is shown, up to the furthest moment computed; there,
    /// also of what can only be said of a cluster at rest.
    pub fn verdicts(&self, timeline: &Timeline) -> Vec<Verdict> {
        let Some(watch) = self.watches.get(&timeline.current()) else {
            return Vec::new();
        };
        match place(timeline.moment()) == place(watch.at) {
            true => watch.checker.verdicts_at(timeline.world()),
            false => watch.checker.verdicts(),
        }
    }

    /// The checker of the branch, which knows it up to the furthest moment computed.
    pub fn checker(&self, branch: BranchId) -> Option<&Checker> {
        self.watches.get(&branch).map(|watch| &watch.checker)
    }

    /// What became of a record up to the furthest moment computed.
    pub fn fate(&self, branch: BranchId, tag: u64) -> Option<Fate> {
        self.watches.get(&branch)?.checker.fate(tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kafka_core::client::{ClientCommand, RecordToSend};
    use kafka_sim::{Action, ClusterSpec};

    fn run(timeline: &mut Timeline, checks: &mut Checks, events: u64) {
        for _ in 0..events {
            timeline.run_until_within(Time(u64::MAX), 1);
            assert_eq!(checks.look(timeline), None);
        }
    }

    fn produce(timeline: &mut Timeline) {
        let added = timeline.act(Action::AddProducer(Box::default()));
        let client = added.ok().and_then(|applied| applied.node);
        let client = client.expect("a producer");
        let record = RecordToSend {
            topic: "orders".into(),
            partition: None,
            key: None,
            value: Some(b"one".as_slice().into()),
            headers: Vec::new(),
            timestamp_ms: None,
        };
        let command = Box::new(ClientCommand::Send(record, 0));
        let sent = timeline.act(Action::Command { client, command });
        assert!(sent.is_ok());
    }

    /// A branch's ledger knows what was sent before the fork, and not what came after it elsewhere.
    #[test]
    fn a_branch_inherits_the_fates_before_its_fork() {
        let mut timeline = Timeline::new(ClusterSpec::default(), 7);
        let mut checks = Checks::default();
        checks.look(&timeline);
        produce(&mut timeline);
        run(&mut timeline, &mut checks, 1_500);
        let fork = timeline.moment();
        run(&mut timeline, &mut checks, 3_000);
        let main = timeline.current();
        let ledger = checks.watches[&main].checker.ledger();
        let tag = *ledger.tags().first().expect("a record was sent");
        let known = checks.fate(main, tag).expect("the record is known");
        assert!(known.acknowledged.is_some(), "{known:?}");
        timeline.seek(Target::Moment(fork));
        produce(&mut timeline);
        let digest = timeline.world().digest();
        checks.follow(&mut timeline);
        assert_eq!(timeline.world().digest(), digest, "following moved the run");
        run(&mut timeline, &mut checks, 500);
        let inherited = checks.fate(timeline.current(), tag).expect("inherited");
        assert_eq!(inherited.sent, known.sent);
        assert!(checks.verdicts(&timeline).len() > 10);
    }
}
