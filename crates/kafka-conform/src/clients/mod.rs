//! Recorded lives of clients, replayed with the same calls at the same moments.
//!
//! Compared exactly: what each client told its application, in order (partitions,
//! generations, offsets, error classes and texts); what admin calls found; the
//! states of groups; the kinds of requests on each connection, repeats folded.
//! Not compared: times, the interleaving of different partitions' records, how often
//! a loop ran, which bootstrap server was drawn. Invariant: of a recording only its
//! inputs are read for the replay: calls, settings, and what Kafka drew at random
//! (leaders, coordinators).

mod compare;
mod fact;
mod groups;
mod observe;
mod recording;
mod replay;
mod requests;
mod script;

pub(crate) use script::assignors;

use std::path::{Path, PathBuf};

use self::recording::Recording;
use crate::{Case, Outcome};

/// Replays every story of a folder, by name.
pub fn clients(dir: &Path) -> Vec<Case> {
    let files = match stories(dir) {
        Ok(files) => files,
        Err(error) => {
            return vec![Case {
                name: "clients".to_string(),
                outcome: Outcome::Fail(format!("cannot list {}: {error}", dir.display())),
            }];
        }
    };
    files.iter().map(|file| case(file)).collect()
}

/// The stories of a folder, without their lists of requests.
pub fn stories(dir: &Path) -> std::io::Result<Vec<PathBuf>> {
    let is_story = |file: &PathBuf| {
        let name = file.to_string_lossy();
        name.ends_with(".jsonl") && !name.ends_with(".requests.jsonl")
    };
    Ok(crate::files_of(dir)?.into_iter().filter(is_story).collect())
}

/// The case a file is.
pub fn name(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    format!("clients/{name}")
}

/// Replays one story.
pub fn case(file: &Path) -> Case {
    let outcome = match Recording::read(file) {
        Ok(recording) => run(&recording),
        Err(error) => Outcome::Fail(error),
    };
    Case {
        name: name(file),
        outcome,
    }
}

fn run(recording: &Recording) -> Outcome {
    let script = match script::script(recording) {
        Ok(script) => script,
        Err(reason) => return Outcome::Unsupported(reason),
    };
    let differs = replay::replay(&script).and_then(|played| {
        compare::compare(recording, &script, &played)?;
        groups::compare(recording, &played)?;
        requests::compare(recording, &played)
    });
    match differs {
        Ok(()) => Outcome::Pass,
        Err(difference) => Outcome::Fail(difference),
    }
}
