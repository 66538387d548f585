//! The glossary: fetched when it is first needed, opened at an entry.

use kafka_lessons::glossary::Glossary;
use std::rc::Rc;

use super::Errand;
use crate::i18n::open as words;
use crate::session::Session;
use crate::view_model::app::Dialog;
use crate::view_model::fetched::Fetched;

/// Opens it.
pub fn open(session: &mut Session, entry: Option<String>) -> Option<Errand> {
    session.playing = false;
    session.overlays.dialog = Some(Dialog::Glossary(entry));
    need(session)
}

/// Fetches it, unless it is there or under way.
pub fn need(session: &mut Session) -> Option<Errand> {
    session.glossary.ask().then_some(Errand::FetchGlossary)
}

/// Takes in its text, or why there is none.
pub fn read(session: &mut Session, read: Result<String, String>) {
    let lang = session.preferences.lang;
    let read = read.map_err(|reason| words::not_fetched(lang, &reason));
    let read = read.and_then(|text| Glossary::read(&text).map_err(|error| error.to_string()));
    session.glossary = match read {
        Ok(glossary) => Fetched::Ready(Rc::new(glossary)),
        Err(reason) => Fetched::Failed(reason),
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::preferences::Preferences;

    #[test]
    fn it_is_fetched_once_and_again_only_after_a_failure() {
        let mut session = Session::empty(Preferences::default());
        assert_eq!(open(&mut session, None), Some(Errand::FetchGlossary));
        assert_eq!(need(&mut session), None);
        read(&mut session, Err("404".into()));
        assert!(matches!(&session.glossary, Fetched::Failed(reason) if reason.contains("404")));
        assert_eq!(need(&mut session), Some(Errand::FetchGlossary));
        read(&mut session, Ok(kafka_lessons::index::GLOSSARY.into()));
        let glossary = session.glossary.ready().expect("the glossary");
        assert!(glossary.entries().len() >= 60);
        assert_eq!(need(&mut session), None);
    }

    #[test]
    fn a_damaged_file_is_told_with_its_place() {
        let mut session = Session::empty(Preferences::default());
        read(&mut session, Ok("entry x".into()));
        assert!(matches!(&session.glossary, Fetched::Failed(reason) if reason.contains("ine 1")));
    }
}
