//! Opening another run, and giving this one to others.

use kafka_scenario::{ParseError, Scenario};

use kafka_lessons::Lesson;

use super::Errand;
use crate::i18n::{Text, lesson as lesson_words, open as words};
use crate::session::Session;
use crate::session::lesson::progress::Place;
use crate::session::script::{Saved, Script};
use crate::view_model::app::{Dialog, ImportView, ShareView};

/// Shows the link and the scenario of this moment.
pub fn show_share(session: &mut Session) {
    session.playing = false;
    session.overlays.dialog = Some(Dialog::Share(ShareView {
        hash: session.script().link(),
        scenario: session.scenario_text(),
    }));
}

/// Shows what can be opened.
pub fn show_import(session: &mut Session) -> Option<Errand> {
    session.playing = false;
    session.overlays.dialog = Some(Dialog::Import(ImportView::default()));
    Some(Errand::LookForPrevious)
}

/// Opens what a text holds: a link, a kept run or a scenario.
pub fn import(session: &mut Session, text: &str) -> Option<Errand> {
    let trimmed = text.trim();
    if trimmed.starts_with("lesson ") {
        return own_lesson(session, text);
    }
    let hash = trimmed.rsplit_once('#').map(|(_, hash)| hash);
    let link = hash
        .filter(|_| trimmed.contains("://"))
        .or(Some(trimmed).filter(|t| t.starts_with("v1.")));
    let preferences = session.preferences.clone();
    let opened = if let Some(hash) = link {
        Script::from_link(hash).and_then(|script| Session::from_script(&script, preferences))
    } else if trimmed.starts_with('{') {
        Saved::read(trimmed).and_then(|saved| Session::from_saved(&saved, preferences))
    } else {
        return match kafka_scenario::parse(text) {
            Ok(read) => scenario(session, read),
            Err(error) => {
                refuse_scenario(session, text, &error);
                None
            }
        };
    };
    match opened {
        Ok(new) => Some(replace(session, new)),
        Err(reason) => {
            let lang = session.preferences.lang;
            let error = format!("{} {reason}.", words::bad_link(lang));
            refuse(session, text, error, None);
            None
        }
    }
}

/// Opens a lesson from a file of one's own.
fn own_lesson(session: &mut Session, text: &str) -> Option<Errand> {
    let lang = session.preferences.lang;
    let place = |lesson: &Lesson| Place {
        lesson: lesson.id.clone(),
        ..Place::default()
    };
    match Lesson::read(text) {
        Err(error) => {
            let told = error.text(lesson_words::of(lang));
            let told = lesson_words::mistake(lang, &told);
            refuse(
                session,
                text,
                told,
                Some(range(text, error.line, error.column)),
            );
            None
        }
        Ok(lesson) => {
            let place = place(&lesson);
            match super::lesson::open(session, lesson, text, true, &place) {
                Ok(errand) => errand,
                Err(reason) => {
                    refuse(session, text, reason, None);
                    None
                }
            }
        }
    }
}

/// Opens a scenario.
pub fn scenario(session: &mut Session, scenario: Scenario) -> Option<Errand> {
    match Session::open(scenario, None, session.preferences.clone()) {
        Ok(new) => Some(replace(session, new)),
        Err(reason) => {
            session.toast(reason, true, false);
            None
        }
    }
}

/// Opens the run's own scenario again, with its seed or another.
pub fn start_over(session: &mut Session, seed: Option<u64>) -> Option<Errand> {
    let text = session.base.scenario.clone().unwrap_or_default();
    let mut read = kafka_scenario::parse(&text).unwrap_or_default();
    read.setup.seed = seed.unwrap_or(session.base.seed);
    scenario(session, read)
}

/// The browser has copied, or not.
pub fn copied(session: &mut Session, done: bool) {
    let text = if done {
        Text::Copied
    } else {
        Text::CopyRefused
    };
    let words = session.preferences.lang.say(text);
    session.toast(words, !done, false);
}

/// Puts another run in the place of this one, which is kept.
fn replace(session: &mut Session, mut new: Session) -> Errand {
    let before = session.saved().write();
    session.leave_lesson();
    new.lessons = std::mem::take(&mut session.lessons);
    new.speed = session.speed;
    new.shells.restore_histories(session.shells.histories());
    new.shells.set_lang(session.preferences.lang);
    new.take_over(session);
    *session = new;
    let told = words::opened(session.preferences.lang);
    session.toast(told, false, false);
    Errand::KeepPrevious(before)
}

fn refuse_scenario(session: &mut Session, text: &str, error: &ParseError) {
    let told = words::mistake(session.preferences.lang, error);
    refuse(
        session,
        text,
        told,
        Some(range(text, error.line, error.column)),
    );
}

fn refuse(session: &mut Session, text: &str, error: String, place: Option<(u32, u32)>) {
    let previous = matches!(&session.overlays.dialog, Some(Dialog::Import(view)) if view.previous);
    session.overlays.dialog = Some(Dialog::Import(ImportView {
        text: text.to_owned(),
        error: Some(error),
        place,
        previous,
    }));
}

/// The mistake's place to the end of its line, in UTF-16 units.
fn range(text: &str, line_number: usize, column: usize) -> (u32, u32) {
    let units = |text: &str| text.encode_utf16().count() as u32;
    let mut from = 0;
    for (number, line) in text.split('\n').enumerate() {
        if number + 1 == line_number {
            let before: String = line.chars().take(column.saturating_sub(1)).collect();
            return (from + units(&before), from + units(line));
        }
        from += units(line) + 1;
    }
    (from, from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::library::Example;
    use crate::session::preferences::Preferences;

    fn session() -> Session {
        let scenario = Example::QuickStart.scenario();
        Session::open(scenario, None, Preferences::default()).expect("an example")
    }

    fn told(text: &str) -> ImportView {
        let mut session = session();
        assert_eq!(import(&mut session, text), None, "{text}");
        match session.overlays.dialog {
            Some(Dialog::Import(view)) => view,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_mistake_is_told_with_its_place_and_remedy_and_the_text_stays() {
        let text = "scenario 1\ntitle 你好\ncrahs 1\n";
        let view = told(text);
        assert_eq!(view.text, text);
        let error = view.error.expect("a mistake");
        assert!(error.starts_with("Line 3, column 1: "), "{error}");
        assert!(error.contains("crash"), "{error}");
        let (from, to) = view.place.expect("a place");
        let units: Vec<u16> = text.encode_utf16().collect();
        let marked = String::from_utf16_lossy(&units[from as usize..to as usize]);
        assert_eq!(marked, "crahs 1");
    }

    #[test]
    fn a_cut_link_and_a_damaged_run_are_refused_with_a_reason() {
        for text in ["https://example.org/#v1.abc", "v1.", "{\"v\":1}", "{"] {
            assert!(told(text).error.is_some_and(|e| e.len() > 30), "{text}");
        }
    }

    #[test]
    fn the_run_before_is_given_back_to_be_kept() {
        let mut session = session();
        let before = session.saved().write();
        let errand = import(&mut session, Example::KillTheLeader.text());
        assert_eq!(errand, Some(Errand::KeepPrevious(before)));
    }
}
