//! Refuses a lesson with a mistake or a missing translation, and writes the index of the lessons,
//! which is in the page while their texts are not.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::exit;

use lesson_format::{Entries, Lesson, LessonError};

fn main() {
    let folder = Path::new("../../lessons");
    println!("cargo::rerun-if-changed=../../lessons");
    let mut files: Vec<PathBuf> = match std::fs::read_dir(folder) {
        Ok(entries) => entries.flatten().map(|entry| entry.path()).collect(),
        Err(error) => refuse(folder, &error.to_string()),
    };
    files.sort();
    let (mut index, mut texts) = (String::new(), String::new());
    for file in &files {
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) => refuse(file, &error.to_string()),
        };
        let name = file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name.ends_with(".lesson") {
            match Lesson::read(&text) {
                Ok(lesson) => add(&mut index, &mut texts, &lesson, &name),
                Err(error) => refuse(file, &place(&error)),
            }
        } else if let Err(error) = Entries::read(&text) {
            refuse(file, &place(&error));
        }
    }
    let out = std::env::var_os("OUT_DIR").unwrap_or_default();
    let code = format!(
        "/// The lessons, in the order of the catalogue.\npub const INDEX: &[IndexEntry] = &[\n{index}];\n\n/// Their texts, for native programs.\n#[cfg(not(target_arch = \"wasm32\"))]\npub const TEXTS: &[(&str, &str)] = &[\n{texts}];\n"
    );
    let file = Path::new(&out).join("index.rs");
    if let Err(error) = std::fs::write(&file, code) {
        refuse(&file, &error.to_string());
    }
}

fn place(error: &LessonError) -> String {
    format!("{}:{}: {}", error.line, error.column, error.problem)
}

fn add(index: &mut String, texts: &mut String, lesson: &Lesson, name: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(
        index,
        "    IndexEntry {{ id: {:?}, title: ({:?}, {:?}), group: ({:?}, {:?}), idea: ({:?}, {:?}), minutes: {}, steps: {} }},",
        lesson.id,
        lesson.title.en,
        lesson.title.zh,
        lesson.group.en,
        lesson.group.zh,
        lesson.idea.en,
        lesson.idea.zh,
        lesson.minutes,
        lesson.steps.len(),
    );
    let _ = writeln!(
        texts,
        "    ({:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/../../lessons/{name}\"))),",
        lesson.id,
    );
}

fn refuse(file: &Path, reason: &str) -> ! {
    eprintln!("{}:{reason}", file.display());
    exit(1)
}
