//! `cargo xtask tidy`: the house rules as a failing test.
//!
//! Each rule is a function from a source to its breaches. What it is not: a formatter or a linter
//! of Rust; rustfmt and clippy do that. A rule is here because a review would otherwise have to
//! look for it.

mod arrows;
mod page;
mod pins;
mod shape;
mod words;

use std::path::Path;

use crate::project::{self, Outcome};

/// A source file, as the rules see it.
pub struct Source {
    /// Its path from the project's root, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// A broken rule: where, and what to do.
#[derive(Debug, PartialEq, Eq)]
pub struct Breach {
    path: String,
    line: usize,
    message: String,
    weight: Weight,
}

/// What a breach means for the outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weight {
    /// The check fails.
    Fails,
    /// Only said: the next one to work there should mend it.
    Noted,
}

impl Source {
    /// A breach in this source; lines count from 1.
    fn breach(&self, line: usize, message: impl Into<String>) -> Breach {
        Breach {
            path: self.path.clone(),
            line,
            message: message.into(),
            weight: Weight::Fails,
        }
    }

    /// Something to mend that does not fail the check.
    fn note(&self, line: usize, message: impl Into<String>) -> Breach {
        Breach {
            weight: Weight::Noted,
            ..self.breach(line, message)
        }
    }
}

/// Folders that hold no source of ours.
const SKIPPED: [&str; 7] = [
    ".git",
    "target",
    "dist",
    "node_modules",
    "tests/browser/node_modules",
    "tests/browser/out",
    "tests/real-kafka",
];

/// Files with these endings are read; the rest (pictures, lock files) are not.
const READ: [&str; 13] = [
    ".rs",
    ".toml",
    ".md",
    ".html",
    ".css",
    ".js",
    ".mjs",
    ".json",
    ".svg",
    ".webmanifest",
    ".txt",
    ".sh",
    ".ci/run",
];

/// Checks every rule on every source.
pub fn check() -> Outcome {
    let sources = sources(&project::root());
    let mut breaches = Vec::new();
    for source in &sources {
        breaches.extend(shape::check(source));
        breaches.extend(words::check(source));
        breaches.extend(page::check(source));
        breaches.extend(arrows::check(source));
    }
    breaches.extend(pins::check(&sources));
    breaches.sort_by_key(|breach| breach.weight == Weight::Fails);
    for breach in &breaches {
        let note = if breach.weight == Weight::Noted {
            "note: "
        } else {
            ""
        };
        println!("{}:{}: {note}{}", breach.path, breach.line, breach.message);
    }
    println!("{} sources looked at.", sources.len());
    let failing = breaches
        .iter()
        .filter(|breach| breach.weight == Weight::Fails);
    match failing.count() {
        0 => Ok(()),
        count => Err(format!("{count} house rule(s) broken; see the lines above")),
    }
}

fn sources(root: &Path) -> Vec<Source> {
    let mut sources = Vec::new();
    for path in project::files_under_except(root, &SKIPPED) {
        let name = path
            .strip_prefix(root)
            .unwrap_or(&path)
            .to_string_lossy()
            .replace('\\', "/");
        let wanted = READ.iter().any(|ending| name.ends_with(ending));
        if let (true, Ok(text)) = (wanted, std::fs::read_to_string(&path)) {
            sources.push(Source { path: name, text });
        }
    }
    sources
}

#[cfg(test)]
fn source(path: &str, text: &str) -> Source {
    Source {
        path: path.to_owned(),
        text: text.to_owned(),
    }
}
