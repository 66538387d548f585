//! The talking tests: each file of `tests/stories` is a scenario with everything that it
//! prints, in lines that begin with `|`, and the rules it shows. A story that comes out
//! differently fails with the first line that differs; with `UPDATE_STORIES=1` in the
//! environment the files are written anew, to be read before they are committed.

mod stage;
mod tell;

use std::fs;
use std::path::{Path, PathBuf};

use kafka_scenario::{Player, parse};

use stage::Stage;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/stories")
}

fn stories() -> Vec<PathBuf> {
    let entries = fs::read_dir(folder()).expect("the folder of stories");
    let files = entries.flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = files
        .filter(|file| file.extension().is_some_and(|ext| ext == "story"))
        .collect();
    files.sort();
    files
}

/// The story with what it prints now.
fn told(text: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('|')).collect();
    let scenario = parse(&lines.join("\n")).unwrap_or_else(|error| panic!("{error}"));
    let mut stage = Stage::new(&scenario.setup);
    let mut player = Player::default();
    let mut out = String::new();
    let mut next = 0;
    for (index, step) in scenario.steps.iter().enumerate() {
        let following = scenario.steps.get(index + 1);
        // What a step prints stands before the comments of the next one.
        let own = lines[step.line..]
            .iter()
            .take_while(|line| line.trim().starts_with('<'));
        let end = following
            .map_or(lines.len(), |it| it.line - 1)
            .min(step.line + own.count());
        push(&mut out, &lines[next..end]);
        next = end;
        let mut printed = Vec::new();
        stage.about_to(&step.what);
        let played = player.play(&mut stage, step, &mut |stage, command, input| {
            printed = stage.shell(command, input);
        });
        played.unwrap_or_else(|error| panic!("{error}"));
        printed.extend(stage.news());
        printed
            .iter()
            .for_each(|line| out.push_str(&format!("| {line}\n")));
    }
    push(&mut out, &lines[next..]);
    for line in stage.end() {
        out.push_str(&format!("| {line}\n"));
    }
    out
}

fn push(out: &mut String, lines: &[&str]) {
    for line in lines {
        out.push_str(line);
        out.push('\n');
    }
}

/// Elections, ISR and ELR, min ISR, unclean election, truncation, fencing, the quorum:
/// the rules are named in each file.
#[test]
fn every_story_prints_what_it_says() {
    let files = stories();
    assert!(!files.is_empty());
    let mut differences = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("a story");
        let cites = text.lines().any(|line| line.starts_with("# rules: "));
        assert!(cites, "{} names no rules", file.display());
        let now = told(&text);
        if now == text {
            continue;
        }
        if std::env::var_os("UPDATE_STORIES").is_some() {
            fs::write(&file, &now).expect("the story written");
            continue;
        }
        let same = text
            .lines()
            .zip(now.lines())
            .take_while(|(a, b)| a == b)
            .count();
        differences.push(format!(
            "{}, line {}:\n  is   {:?}\n  says {:?}",
            file.display(),
            same + 1,
            now.lines().nth(same),
            text.lines().nth(same)
        ));
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
