//! Recorded fault stories, replayed with the same faults at the same moments.
//!
//! Compared exactly: the controller's records for each broker and each partition
//! in order, with all fields; whether an acknowledged value is lost; which epochs
//! every replica ends with. Not compared: times, which values fail, and what the
//! recordings' own notes call incomparable.

mod compare;
mod records;
mod replay;

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::{Case, Outcome};

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
    let outcome = match read(file) {
        Ok(story) => run(&story),
        Err(error) => Outcome::Fail(error),
    };
    Case {
        name: name(file),
        outcome,
    }
}

fn read(file: &Path) -> Result<Value, String> {
    let text = fs::read_to_string(file).map_err(|error| format!("cannot read it: {error}"))?;
    serde_json::from_str(&text).map_err(|error| format!("not JSON: {error}"))
}

fn run(story: &Value) -> Outcome {
    match replay::replay(story) {
        Err(reason) => Outcome::Unsupported(reason),
        Ok(world) => match compare::compare(story, &world) {
            Ok(()) => Outcome::Pass,
            Err(difference) => Outcome::Fail(difference),
        },
    }
}
