//! Refuses a story of the failure catalogue without a whole card in both languages, and writes the
//! index of the stories, which is in the page while their texts are not.

#[path = "src/card.rs"]
mod card;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::exit;

/// Longest card, in bytes: a link to the story holds it, too.
const CARD_MAX: usize = 2_048;

fn main() {
    let folder = Path::new("../../scenarios/failures");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files: Vec<PathBuf> = match std::fs::read_dir(folder) {
        Ok(entries) => entries.flatten().map(|entry| entry.path()).collect(),
        Err(error) => refuse(folder, &error.to_string()),
    };
    files.sort();
    let mut index = String::new();
    for file in &files {
        let text =
            std::fs::read_to_string(file).unwrap_or_else(|error| refuse(file, &error.to_string()));
        let card = card::card(&text).unwrap_or_else(|error| refuse(file, &error.to_string()));
        let long = card.to_string().len();
        if long > CARD_MAX {
            refuse(
                file,
                &format!("the card has {long} bytes; {CARD_MAX} is the most"),
            );
        }
        let id = file.file_stem().unwrap_or_default().to_string_lossy();
        // Writing to a String cannot fail.
        let _ = writeln!(
            index,
            "    Story {{ id: {id:?}, title_en: {:?}, title_zh: {:?} }},",
            card.title_en, card.title_zh
        );
    }
    let out = std::env::var_os("OUT_DIR").unwrap_or_default();
    let file = Path::new(&out).join("stories.rs");
    let code = format!("&[\n{index}]\n");
    std::fs::write(&file, code).unwrap_or_else(|error| refuse(&file, &error.to_string()));
}

fn refuse(file: &Path, reason: &str) -> ! {
    eprintln!("{}: {reason}", file.display());
    exit(1)
}
