//! The talking tests in `tests/stories`: each scenario must end exactly as written.
//!
//! After a wanted change: `UPDATE_STORIES=1 cargo test -p kafka-conform --test stories`
//! writes the new outcomes; read the difference before committing it.

use kafka_conform::{tell, tell_servers};
use std::fs;
use std::path::{Path, PathBuf};

fn stories(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("the folder of stories") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            stories(&path, found);
        } else if path.extension().is_some_and(|ext| ext == "story") {
            found.push(path);
        }
    }
}

/// Whether a comment cites a rule, as in `GRP-6`.
fn cites_a_rule(text: &str) -> bool {
    let comments = text.lines().filter(|line| line.starts_with('#'));
    let words =
        comments.flat_map(|line| line.split(|c: char| !c.is_ascii_alphanumeric() && c != '-'));
    words.into_iter().any(|word| {
        word.split_once('-').is_some_and(|(family, number)| {
            family.len() >= 3
                && family.chars().all(|c| c.is_ascii_uppercase())
                && number.parse::<u32>().is_ok()
        })
    })
}

/// The first lines that differ.
fn difference(written: &str, told: &str) -> Option<String> {
    let length = written.lines().count().max(told.lines().count());
    let mut pairs = (0..length).map(|at| (at + 1, written.lines().nth(at), told.lines().nth(at)));
    let (line, written, told) = pairs.find(|(_, written, told)| written != told)?;
    let show = |text: Option<&str>| text.unwrap_or("(nothing)").to_string();
    let (written, told) = (show(written), show(told));
    Some(format!(
        "line {line}\n  written: {written}\n  happens: {told}"
    ))
}

/// Every story cites its rules and ends as written.
#[test]
fn every_story_ends_as_written() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/stories");
    let update = std::env::var_os("UPDATE_STORIES").is_some();
    let mut files = Vec::new();
    stories(&root, &mut files);
    files.sort();
    assert!(!files.is_empty());
    let mut wrong = Vec::new();
    for file in files {
        let name = file
            .strip_prefix(&root)
            .unwrap_or(&file)
            .display()
            .to_string();
        let written = fs::read_to_string(&file).expect("a story");
        if !cites_a_rule(&written) {
            wrong.push(format!("{name} cites no rule"));
        }
        let of_servers = name.starts_with("servers");
        let told = if of_servers {
            tell_servers(&written)
        } else {
            tell(&written)
        };
        match told {
            Err(error) => wrong.push(format!("{name}: {error}")),
            Ok(told) if update => fs::write(&file, told).expect("the story is written"),
            Ok(told) => wrong.extend(difference(&written, &told).map(|d| format!("{name}, {d}"))),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A story whose outcome was changed by hand is noticed.
#[test]
fn a_changed_outcome_is_a_difference() {
    let told = tell("scenario 1\nwait 1s\n$ echo-nothing\n").expect("a story");
    assert_eq!(difference(&told, &told), None);
    let changed = format!("{told}| 9.999 nothing of that kind\n");
    assert!(difference(&changed, &told).is_some());
}
