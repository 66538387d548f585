//! The checked rules as the page lists them.

use kafka_check::{Outcome, Verdict};
use kafka_sim::World;
use serde::Serialize;

use crate::i18n::{Lang, checks};

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckRow {
    /// Its number in the reference, `INV-1`.
    pub id: &'static str,
    /// Its name in the reference.
    pub name: &'static str,
    /// The rule in words.
    pub rule: &'static str,
    /// How it stands, in words.
    pub outcome: String,
    /// False once it was broken and no setting permits that.
    pub holds: bool,
    /// True when it was broken, permitted or not.
    pub seen: bool,
    /// What was found, in words.
    pub found: Option<String>,
    /// Trace entries to look at, the breaking one last.
    pub evidence: Vec<u64>,
}

/// The row of a verdict.
pub fn row(lang: Lang, world: &World, verdict: &Verdict) -> CheckRow {
    let first = verdict.first.as_ref();
    CheckRow {
        id: verdict.invariant.id(),
        name: verdict.invariant.name(),
        rule: checks::rule(lang, verdict.invariant),
        outcome: checks::outcome(lang, verdict.outcome),
        holds: verdict.outcome != Outcome::Violated,
        seen: verdict.outcome != Outcome::Holds,
        found: first.map(|violation| checks::found(lang, world, violation)),
        evidence: first.map_or_else(Vec::new, |violation| {
            let seqs = violation.evidence.iter();
            seqs.map(|seq| u64::from(seq.0)).collect()
        }),
    }
}
