//! Recorded fault stories, replayed with the same faults at the same moments.
//!
//! Compared exactly: the controllers' records for each broker and each partition in
//! order, with all fields; that the records of an event are together; the exceptions
//! producers saw; whether an acknowledged value is lost; the epochs of every replica and
//! which replicas agree; what tools printed. Not compared: times, which values fail, and
//! what the recordings' own notes call incomparable.
//!
//! A real cluster leaves things to chance (in which order sessions that end together are
//! checked, whether a restarted broker asks before or after the check): a recording is
//! one of the possible runs. So a story passes if the rules can bring forth exactly this
//! run from the recorded steps, in one of a fixed number of attempts that differ only in
//! what chance decides. Invariant: an attempt sees of the recording only what was done
//! and how long processes took, never what the rules must answer.

mod compare;
mod records;
mod replay;
mod requests;
mod senders;
mod story;

use std::fs;
use std::path::Path;

use crate::{Case, Outcome};
use compare::Difference;
use replay::Stopped;
use story::Story;

/// How often a story is played before its difference counts. Of the recorded stories the
/// one with the rarest chance comes out in one attempt of eight.
const ATTEMPTS: u64 = 200;
/// After so many attempts with the same difference, chance has no part in it.
const ENOUGH: u64 = 60;

/// Replays every story of a folder, by name.
pub fn traces(dir: &Path) -> Vec<Case> {
    let files = match crate::files_of(dir) {
        Ok(files) => files,
        Err(error) => {
            return vec![Case {
                name: "traces".to_string(),
                outcome: Outcome::Fail(format!("cannot list {}: {error}", dir.display())),
            }];
        }
    };
    files.iter().map(|file| case(file)).collect()
}

/// The case a file is.
pub fn name(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    format!("traces/{name}")
}

/// Replays one story.
pub fn case(file: &Path) -> Case {
    let text = fs::read_to_string(file).map_err(|error| format!("cannot read it: {error}"));
    let outcome = match text.and_then(|text| Story::read(&text)) {
        Ok(story) => run(&story),
        Err(error) => Outcome::Fail(error),
    };
    Case {
        name: name(file),
        outcome,
    }
}

/// Plays the story until it comes out as recorded. The difference told is that of the
/// attempt that agreed longest.
fn run(story: &Story) -> Outcome {
    let mut nearest: Option<Difference> = None;
    let mut varies = false;
    for attempt in 0..ATTEMPTS {
        if attempt == ENOUGH && !varies {
            break;
        }
        let difference = match replay::replay(story, attempt) {
            Err(Stopped::Missing(reason)) => return Outcome::Unsupported(reason),
            Err(Stopped::Differs(text)) => Difference { text, agreed: 0 },
            Ok(play) => match compare::compare(story, &play) {
                Ok(()) => return Outcome::Pass,
                Err(difference) => difference,
            },
        };
        varies |= (nearest.as_ref()).is_some_and(|it| it.text != difference.text);
        if nearest
            .as_ref()
            .is_none_or(|it| it.agreed < difference.agreed)
        {
            nearest = Some(difference);
        }
    }
    Outcome::Fail(nearest.map_or_else(String::new, |it| it.text))
}
