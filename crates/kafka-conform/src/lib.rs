//! Conformance: recordings of real Kafka replayed against our own code, case by case.
//!
//! A folder of recordings goes in, verdicts come out; printing, filtering and exit
//! codes are the command line's. Invariant: an expected answer is only ever compared
//! with what the rules computed from the case's inputs, never looked up, so any folder
//! of the same layout can be replayed.

use std::fs;
use std::path::{Path, PathBuf};

mod clients;
mod oracles;
mod stories;
mod traces;
mod transcripts;

pub use clients::clients;
pub use stories::{tell, tell_servers};
pub use traces::traces;
pub use transcripts::transcripts;

/// What became of one recorded case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Our answer is Kafka's.
    Pass,
    /// The first difference, in words.
    Fail(String),
    /// We do not claim this case; the reason.
    Unsupported(String),
}

/// One recorded case and its verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Folder, file and line, for example `oracles/murmur2.jsonl#12` (lines from 1).
    pub name: String,
    /// The verdict.
    pub outcome: Outcome,
}

/// Replays a folder with the sub-folders `oracles`, `transcripts`, `traces` and `clients`
/// (those that are there), and hands over each case as soon as it is decided. With `only`,
/// cases whose name does not contain it are left out.
pub fn folder(dir: &Path, only: Option<&str>, each: &mut dyn FnMut(Case)) {
    let wanted = |name: &str| only.is_none_or(|only| name.contains(only));
    let oracles = dir.join("oracles");
    if oracles.is_dir() {
        let cases = self::oracles(&oracles).into_iter();
        cases.filter(|case| wanted(&case.name)).for_each(&mut *each);
    }
    let transcripts = dir.join("transcripts");
    for file in transcripts::files(&transcripts) {
        if wanted(&transcripts::name(&transcripts, &file)) {
            each(transcripts::case(&transcripts, &file));
        }
    }
    for file in files_of(&dir.join("traces")).unwrap_or_default() {
        if wanted(&traces::name(&file)) {
            each(traces::case(&file));
        }
    }
    for file in clients::stories(&dir.join("clients")).unwrap_or_default() {
        if wanted(&clients::name(&file)) {
            each(clients::case(&file));
        }
    }
}

/// Replays every oracle file of `dir` (the folder with the `*.jsonl` files), in order
/// of file name and line. A file or line that cannot be read is a failed case.
pub fn oracles(dir: &Path) -> Vec<Case> {
    let files = match files_of(dir) {
        Ok(files) => files,
        Err(error) => {
            return vec![Case {
                name: "oracles".to_string(),
                outcome: Outcome::Fail(format!("cannot list {}: {error}", dir.display())),
            }];
        }
    };
    files
        .iter()
        .flat_map(|file| oracles::replay(file))
        .collect()
}

/// The data files of a folder, sorted by name.
fn files_of(dir: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        let is_data = path
            .extension()
            .is_some_and(|ext| ext == "jsonl" || ext == "json");
        if is_data && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
