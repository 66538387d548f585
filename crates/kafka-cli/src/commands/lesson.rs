//! `brokerscope lesson` and `brokerscope grade`.

use std::path::{Path, PathBuf};

use kafka_lessons::grade::grade;
use kafka_lessons::result::BYTES_MAX;
use kafka_lessons::{Lang, Lesson, Offered, Play, Probe, Question, index};

use super::{Finding, Outcome};

/// Plays a lesson: every step, with its questions, what is offered, and what happens.
pub fn lesson(file: &Path, seed: Option<u64>, lang: Lang) -> Outcome {
    let place = file.display();
    let text = read(file, kafka_lessons::BYTES_MAX)?;
    let lesson = Lesson::read(&text).map_err(|error| format!("{place}: {}", error.text(lang)))?;
    let mut play = Play::open(&lesson, seed).map_err(|error| format!("{place}: {error}"))?;
    println!("{} {}", lesson.id, lesson.title.get(lang));
    println!("{}", lesson.idea.get(lang));
    let mut finding = Finding::Nothing;
    for (number, step) in lesson.steps.iter().enumerate() {
        println!("\n{} {}", step.id, step.title.get(lang));
        let fail = |error: String| format!("{place}: {}: {error}", step.id);
        let probe = Probe::step(&lesson, &play.script(), number).ok_or("no such step")?;
        let offered = probe.finish().map_err(fail)?;
        for (question, offered) in step.questions.iter().zip(&offered) {
            if !show(question, offered, lang) {
                finding = Finding::Something;
            }
        }
        for act in &step.acts {
            play.act(act).map_err(fail)?;
        }
        let scene = play.scene();
        for goal in &step.goals {
            finding = tick(&goal.text, scene.holds(&goal.holds), lang, finding);
        }
    }
    let mut play = Play::open(&lesson, seed)?;
    for act in &lesson.solution {
        play.act(act)
            .map_err(|error| format!("{place}: solution: {error}"))?;
    }
    println!();
    let scene = play.scene();
    for end in &lesson.end {
        finding = tick(&end.text, scene.holds(&end.holds), lang, finding);
    }
    Ok(finding)
}

fn tick(text: &kafka_lessons::Text, holds: bool, lang: Lang, finding: Finding) -> Finding {
    println!("  [{}] {}", if holds { "x" } else { " " }, text.get(lang));
    if holds { finding } else { Finding::Something }
}

/// Prints a question; false if the golden option is not what happens.
fn show(question: &Question, offered: &Offered, lang: Lang) -> bool {
    println!("  {} {}", question.id, question.ask.get(lang));
    for offer in &offered.options {
        let mark = if offer.right { "->" } else { "  " };
        let tag = offer
            .tag
            .map_or_else(String::new, |tag| format!("  ({tag})"));
        println!("   {mark} {}{tag}", offer.label.get(lang));
    }
    if question.within > 0 {
        let measured = offered.value.label(question.kind);
        println!("      measured: {}", measured.get(lang));
    }
    if !offered.golden {
        println!("      the lesson's golden answer is another one");
    }
    offered.golden
}

/// Grades results; the exit status tells whether every claim of every file holds.
pub fn grade_files(files: &[PathBuf]) -> Outcome {
    let (mut refused, mut failed) = (0, 0);
    for file in files {
        let graded = read(file, BYTES_MAX).and_then(|text| {
            grade(&text, index::text).map_err(|reason| format!("{}: {reason}", file.display()))
        });
        match graded {
            Ok(report) => {
                failed += usize::from(!report.holds());
                print!("{}: {report}", file.display());
            }
            Err(reason) => {
                refused += 1;
                println!("{reason}: refused");
            }
        }
    }
    let good = files.len() - refused - failed;
    println!("# {good} good, {failed} with claims that do not hold, {refused} refused");
    Ok(if refused + failed == 0 {
        Finding::Nothing
    } else {
        Finding::Something
    })
}

/// Reads a text file within a bound.
fn read(file: &Path, most: usize) -> Result<String, String> {
    let place = file.display();
    let size = std::fs::metadata(file)
        .map_err(|error| format!("{place}: {error}"))?
        .len();
    if size > most as u64 {
        return Err(format!(
            "{place}: it has {size} bytes; at most {most} are read"
        ));
    }
    std::fs::read_to_string(file).map_err(|error| format!("{place}: {error}"))
}
