//! `brokerscope conform`: recordings of real Kafka, replayed case by case.

use std::path::Path;

use kafka_conform::{Case, Outcome as Verdict};
use serde_json::json;

use super::{Finding, Outcome};

/// Counts of verdicts.
#[derive(Default)]
struct Tally {
    passed: u32,
    failed: u32,
    unsupported: u32,
}

impl Tally {
    fn add(&mut self, case: &Case) {
        match case.outcome {
            Verdict::Pass => self.passed += 1,
            Verdict::Fail(_) => self.failed += 1,
            Verdict::Unsupported(_) => self.unsupported += 1,
        }
    }

    fn total(&self) -> u32 {
        self.passed + self.failed + self.unsupported
    }
}

/// Replays the folder's cases whose name contains `only`, printing each verdict.
pub fn conform(dir: &Path, only: Option<&str>, json: bool) -> Outcome {
    if !dir.is_dir() {
        return Err(format!(
            "{}: there is no such folder; give one with transcripts, traces, clients or oracles",
            dir.display()
        ));
    }
    let mut tally = Tally::default();
    kafka_conform::folder(dir, only, &mut |case| {
        tally.add(&case);
        println!("{}", if json { as_json(&case) } else { as_text(&case) });
    });
    if tally.total() == 0 {
        return Err(match only {
            Some(only) => format!("{}: no case's name contains {only:?}", dir.display()),
            None => format!("{}: there are no recordings in it", dir.display()),
        });
    }
    close(&tally, json);
    Ok(match tally.failed {
        0 => Finding::Nothing,
        _ => Finding::Something,
    })
}

fn as_text(case: &Case) -> String {
    let name = &case.name;
    match &case.outcome {
        Verdict::Pass => format!("pass {name}"),
        Verdict::Fail(difference) => format!("FAIL {name}: {difference}"),
        Verdict::Unsupported(reason) => format!("unsupported {name}: {reason}"),
    }
}

fn as_json(case: &Case) -> String {
    let name = &case.name;
    match &case.outcome {
        Verdict::Pass => json!({ "case": name, "outcome": "pass" }),
        Verdict::Fail(difference) => {
            json!({ "case": name, "outcome": "fail", "difference": difference })
        }
        Verdict::Unsupported(reason) => {
            json!({ "case": name, "outcome": "unsupported", "reason": reason })
        }
    }
    .to_string()
}

fn close(tally: &Tally, json: bool) {
    let Tally {
        passed,
        failed,
        unsupported,
    } = tally;
    let of = tally.total();
    if json {
        let line =
            json!({ "passed": passed, "failed": failed, "unsupported": unsupported, "of": of });
        println!("{line}");
    } else {
        println!("conform: {passed} passed, {failed} failed, {unsupported} unsupported of {of}");
    }
}
