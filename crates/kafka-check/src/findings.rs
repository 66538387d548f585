//! Collects breaches while an event is looked at.

use kafka_sim::Seq;

use crate::invariant::Invariant;
use crate::verdict::{Breach, Outcome, Setting, Verdict, Violation};

/// What was found so far: the first breach of each kind, and how many there were.
#[derive(Clone, Debug, Default)]
pub(crate) struct Findings {
    /// Breaches since the last time somebody took them.
    fresh: Vec<Violation>,
    worst: Vec<Violation>,
}

impl Findings {
    /// A breach; `permit` names the setting that allows it and the entry that shows
    /// the setting at work.
    pub(crate) fn report(
        &mut self,
        invariant: Invariant,
        seq: Seq,
        permit: Option<(Setting, Option<Seq>)>,
        breach: Breach,
    ) {
        let found = Findings::finding(invariant, seq, permit, breach);
        self.fresh.push(found);
    }

    /// A breach as it is reported.
    pub(crate) fn finding(
        invariant: Invariant,
        seq: Seq,
        permit: Option<(Setting, Option<Seq>)>,
        breach: Breach,
    ) -> Violation {
        let mut evidence: Vec<Seq> = permit.and_then(|(_, seq)| seq).into_iter().collect();
        evidence.push(seq);
        let outcome = match permit {
            Some((setting, _)) => Outcome::AllowedBy(setting),
            None => Outcome::Violated,
        };
        Violation {
            invariant,
            outcome,
            evidence,
            breach,
        }
    }

    /// A breach that nothing permits.
    pub(crate) fn violated(&mut self, invariant: Invariant, seq: Seq, breach: Breach) {
        self.report(invariant, seq, None, breach);
    }

    /// Files what is new and gives the first breach that nothing permits.
    pub(crate) fn take_violated(&mut self) -> Option<Violation> {
        let mut first = None;
        for violation in self.fresh.drain(..) {
            let is_violated = violation.outcome == Outcome::Violated;
            let mut known = self.worst.iter_mut();
            let slot = known.find(|v| v.invariant == violation.invariant);
            if is_violated && first.is_none() {
                first = Some(violation.clone());
            }
            match slot {
                Some(old) if is_violated && old.outcome != Outcome::Violated => *old = violation,
                Some(_) => {}
                None => self.worst.push(violation),
            }
        }
        first
    }

    /// One verdict an invariant.
    pub(crate) fn verdicts(&self) -> Vec<Verdict> {
        let verdict = |invariant: &Invariant| {
            let first = self.worst.iter().find(|v| v.invariant == *invariant);
            Verdict {
                invariant: *invariant,
                outcome: first.map_or(Outcome::Holds, |v| v.outcome),
                first: first.cloned(),
            }
        };
        Invariant::ALL.iter().map(verdict).collect()
    }
}
