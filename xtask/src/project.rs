//! Where things are: the project's root, and cargo itself.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What every command returns: nothing, or one message a person can act on.
pub type Outcome = Result<(), String>;

/// The target triple of the page and of the determinism probe.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The folder that holds the workspace's `Cargo.toml`.
///
/// Read when the program runs, not when it was built, because several clones may share one
/// target folder and so one copy of this program.
pub fn root() -> PathBuf {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    manifest
        .and_then(|folder| folder.parent().map(PathBuf::from))
        .unwrap_or_else(|| PathBuf::from("."))
}

/// The cargo that started this program, run in the project's root.
pub fn cargo() -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// Every file under a folder, in a fixed order; none if there is no such folder.
pub fn files_under(folder: &Path) -> Vec<PathBuf> {
    files_under_except(folder, &[])
}

/// The same without some folders below it, given by their paths from `folder`.
pub fn files_under_except(folder: &Path, skipped: &[&str]) -> Vec<PathBuf> {
    let skipped: Vec<PathBuf> = skipped.iter().map(|name| folder.join(name)).collect();
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && !skipped.contains(&path) => folders.push(path),
                Ok(kind) if kind.is_file() => files.push(path),
                _ => {}
            }
        }
    }
    files.sort();
    files
}
