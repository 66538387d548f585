//! A learner's result as a small file: what was done, predicted and reached, with the claims that
//! can be checked by doing it again.
//!
//! The file is JSON with a version and bounds. It carries no name and is sent nowhere. A claim is
//! only a claim: [`crate::grade`] plays the deeds again and says which of them hold.

use serde::{Deserialize, Serialize};

use crate::deeds::Script;

/// Version of the format.
pub const VERSION: u32 = 1;
/// Largest file read, in bytes.
pub const BYTES_MAX: usize = 1_000_000;
/// Most deeds of a result: a lesson takes some dozens.
pub const DEEDS_MAX: usize = 5_000;
/// Most events a result's run may take; far more than a lesson's.
pub const EVENTS_MAX: u64 = 20_000_000;
/// Longest virtual time of a result's run, µs: six hours.
pub const TIME_MAX: u64 = 6 * 3_600 * 1_000_000;
/// Most answers and most reached goals: more than any lesson has.
pub const CLAIMS_MAX: usize = 200;

/// A result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LessonResult {
    /// Always `brokerscope-result`.
    pub kind: String,
    /// Version of the format.
    pub v: u32,
    /// The lesson's id.
    pub lesson: String,
    /// Digest of the lesson's text ([`digest`]): another text may have other answers.
    pub text: String,
    /// The runs, as a reset begins a new one; answers and goals name theirs.
    pub runs: Vec<Script>,
    /// Answers, in the order they were given.
    pub answers: Vec<Answered>,
    /// Goals reached, in order.
    pub reached: Vec<Reached>,
}

/// A moment of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Number of the run.
    pub run: u32,
    /// Events delivered.
    pub events: u64,
    /// Virtual time, µs.
    pub at: u64,
    /// Deeds done before it.
    pub deeds: u32,
}

/// An answer to a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answered {
    /// The step's id.
    pub step: String,
    /// The question's id.
    pub question: String,
    /// Key of the option chosen; `None` if the question was skipped.
    pub choice: Option<String>,
    /// Whether the person was sure.
    pub sure: bool,
    /// Hints taken before.
    pub hints: u32,
    /// The moment of the question, before the step was done.
    pub place: Place,
    /// The claim: the choice is right.
    pub right: bool,
}

/// A goal that was reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reached {
    /// The step's id; `None` is the lesson's end.
    pub step: Option<String>,
    /// The claim: all predicates hold at this moment.
    pub place: Place,
}

impl LessonResult {
    /// A result without answers.
    pub fn new(lesson: &str, text: &str) -> LessonResult {
        LessonResult {
            kind: KIND.to_owned(),
            v: VERSION,
            lesson: lesson.to_owned(),
            text: digest(text),
            runs: Vec::new(),
            answers: Vec::new(),
            reached: Vec::new(),
        }
    }

    /// The text to keep.
    pub fn write(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Reads a result.
    ///
    /// # Errors
    /// A reason for people, in English, as parsers give it. Never panics.
    pub fn read(text: &str) -> Result<LessonResult, String> {
        if text.len() > BYTES_MAX {
            let is = text.len();
            return Err(format!(
                "it has {is} bytes; a result has at most {BYTES_MAX}"
            ));
        }
        let result: LessonResult = serde_json::from_str(text)
            .map_err(|error| format!("it is not a result of a lesson: {error}"))?;
        if result.kind != KIND {
            return Err(format!("it is a `{:.40}`, not a `{KIND}`", result.kind));
        }
        if result.v != VERSION {
            return Err(format!(
                "its format is {}, this program reads {VERSION}",
                result.v
            ));
        }
        result.check()?;
        Ok(result)
    }

    fn check(&self) -> Result<(), String> {
        if self.answers.len() > CLAIMS_MAX || self.reached.len() > CLAIMS_MAX {
            return Err(format!("it has more than {CLAIMS_MAX} answers or goals"));
        }
        for (number, run) in self.runs.iter().enumerate() {
            check_run(run).map_err(|reason| format!("run {number}: {reason}"))?;
        }
        let answers = self.answers.iter().map(|answer| answer.place);
        for place in answers.chain(self.reached.iter().map(|goal| goal.place)) {
            let Some(run) = self.runs.get(place.run as usize) else {
                return Err(format!(
                    "it names run {}, which it does not hold",
                    place.run
                ));
            };
            if place.deeds as usize > run.deeds.len() {
                let (named, held) = (place.deeds, run.deeds.len());
                return Err(format!("it names {named} deeds of a run that holds {held}"));
            }
            if (place.events, place.at) > (run.events, run.at) {
                return Err("it names a moment after the end of its run".into());
            }
        }
        Ok(())
    }
}

const KIND: &str = "brokerscope-result";

fn check_run(run: &Script) -> Result<(), String> {
    // The script's own reader knows its version and order.
    Script::read(&run.write())?;
    if run.deeds.len() > DEEDS_MAX {
        return Err(format!("it has more than {DEEDS_MAX} deeds"));
    }
    if run.events > EVENTS_MAX || run.at > TIME_MAX {
        return Err("it is longer than any lesson takes".into());
    }
    let last = run.deeds.last();
    if last.is_some_and(|deed| (deed.events, deed.at) > (run.events, run.at)) {
        return Err("a deed was done after its end".into());
    }
    Ok(())
}

/// Digest of a lesson's text: FNV-1a, 64 bits. It tells versions apart; it protects nothing.
pub fn digest(text: &str) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in text.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}
