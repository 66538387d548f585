//! The gallery of failures: its list, and a story that is fetched and opened.

use super::{Errand, open};
use crate::i18n::open as words;
use crate::session::Session;
use crate::view_model::app::{Dialog, GalleryView};

/// Shows the list.
pub fn open(session: &mut Session) {
    session.playing = false;
    session.overlays.dialog = Some(Dialog::Gallery(GalleryView::default()));
}

/// Asks for a story's text.
pub fn fetch(session: &mut Session, id: &'static str) -> Option<Errand> {
    session.overlays.dialog = Some(Dialog::Gallery(GalleryView {
        loading: Some(id),
        failed: None,
    }));
    Some(Errand::FetchStory(id))
}

/// Opens the story, or says why it cannot be had. A list that was closed meanwhile stays closed.
pub fn read(
    session: &mut Session,
    id: &'static str,
    text: Result<String, String>,
) -> Option<Errand> {
    let waits =
        |dialog: &Dialog| matches!(dialog, Dialog::Gallery(view) if view.loading == Some(id));
    if !session.overlays.dialog.as_ref().is_some_and(waits) {
        return None;
    }
    let lang = session.preferences.lang;
    let read = text.map_err(|reason| words::not_fetched(lang, &reason));
    let read = read.and_then(|text| {
        kafka_scenario::parse(&text).map_err(|error| words::mistake(lang, &error))
    });
    match read {
        Ok(scenario) => {
            session.overlays.dialog = None;
            session.selected = None;
            let errand = open::scenario(session, scenario);
            // It is to be looked at, from its end or from its beginning.
            session.playing = false;
            errand
        }
        Err(reason) => {
            session.overlays.dialog = Some(Dialog::Gallery(GalleryView {
                loading: None,
                failed: Some((id, reason)),
            }));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use crate::session::preferences::Preferences;

    const STORY: &str =
        "scenario 1\n# title en: A\n# title zh: 甲\n# look en: B\n# look zh: 乙\nwait 1s\n";

    #[test]
    fn a_story_that_was_fetched_opens_with_its_card_in_the_language_of_the_page() {
        let mut session = Session::empty(Preferences::default());
        open(&mut session);
        assert_eq!(
            fetch(&mut session, "FAIL-01"),
            Some(Errand::FetchStory("FAIL-01"))
        );
        let errand = read(&mut session, "FAIL-01", Ok(STORY.to_owned()));
        assert!(matches!(errand, Some(Errand::KeepPrevious(_))));
        assert_eq!(session.overlays.dialog, None);
        assert!(!session.playing);
        let card = session.view().card.expect("its card");
        assert_eq!((card.title.as_str(), card.look.as_str()), ("A", "B"));
        session.preferences.lang = Lang::Zh;
        assert_eq!(session.view().card.expect("its card").look, "乙");
    }

    #[test]
    fn a_story_that_cannot_be_had_is_told_and_nothing_is_opened() {
        let mut session = Session::empty(Preferences::default());
        let before = session.base.clone();
        fetch(&mut session, "FAIL-01");
        assert_eq!(read(&mut session, "FAIL-01", Err("404".to_owned())), None);
        let told = match &session.overlays.dialog {
            Some(Dialog::Gallery(view)) => view.failed.clone(),
            _ => None,
        };
        assert!(told.is_some_and(|(id, reason)| id == "FAIL-01" && reason.contains("404")));
        assert_eq!(session.base.scenario, before.scenario);
    }

    #[test]
    fn a_story_that_arrives_after_the_list_was_closed_is_not_opened() {
        let mut session = Session::empty(Preferences::default());
        fetch(&mut session, "FAIL-01");
        session.overlays.dialog = None;
        assert_eq!(read(&mut session, "FAIL-01", Ok(STORY.to_owned())), None);
        assert_eq!(session.view().card, None);
    }
}
