//! The page's first moments: what the address asks for, what was kept, then the picture.
//!
//! Invariant: text from outside (a link, the browser's storage) that cannot be used is told with its
//! reason and set aside, never overwritten and never a blank page.

use crate::components::app::{App, AppProps};
use crate::i18n::{Lang, lesson as lesson_words, open as words};
use crate::interface;
use crate::platform::storage::{self, Slot};
use crate::platform::{address, document, panic};
use crate::session::Session;
use crate::session::handle::SessionHandle;
use crate::session::lesson::progress::{Place, Progress};
use crate::session::library::Example;
use crate::session::preferences::Preferences;
use crate::session::script::{Saved, Script};
use crate::session::terminals::Terminals;
use crate::tasks::Task;
use crate::tasks::lesson::Learn;
use crate::view_model::app::Trouble;

/// Starts the page in the element `#app`.
pub fn start() {
    panic::install();
    let (mut session, lesson) = first();
    session.embedded = address::has_parameter("embed");
    if let Some(history) = storage::read(Slot::History) {
        let histories = Terminals::read_histories(&history);
        session.shells.restore_histories(histories);
    }
    let session = SessionHandle::new(session);
    let Some(root) = gloo::utils::document().get_element_by_id("app") else {
        return;
    };
    // The waiting text has done its duty.
    root.set_inner_html("");
    session.keep_running();
    interface::install(&session);
    let handle = session.clone();
    yew::Renderer::<App>::with_root_and_props(root, AppProps { session }).render();
    if let Some(place) = lesson {
        handle.run(Task::Learn(Learn::Open(place)));
    }
}

/// The session the page begins with, and the lesson that is opened in it.
fn first() -> (Session, Option<Place>) {
    let hash = address::hash();
    let (mut session, mut lesson) = match Place::from_link(&hash) {
        _ if hash.is_empty() => (kept(preferences()), None),
        Some(Ok(place)) => {
            address::clear_hash();
            (kept(preferences()), Some(place))
        }
        Some(Err(reason)) => (bad_link(&hash, reason), None),
        None => (linked(&hash), None),
    };
    read_progress(&mut session);
    if hash.is_empty() {
        lesson = session.lessons.progress.open().cloned();
    }
    (session, lesson)
}

/// The session of a link.
fn linked(hash: &str) -> Session {
    // The run of the link is kept from here on; a reload continues it where it was left.
    address::clear_hash();
    let opened =
        Script::from_link(hash).and_then(|script| Session::from_script(&script, preferences()));
    opened.unwrap_or_else(|reason| bad_link(hash, reason))
}

/// What was kept, and that the link cannot be used.
fn bad_link(hash: &str, reason: String) -> Session {
    address::clear_hash();
    let mut session = kept(preferences());
    let lang = session.preferences.lang;
    session.tell_trouble(Trouble {
        words: words::bad_link(lang),
        reason,
        remedy: words::bad_link_remedy(lang),
        text: hash.to_owned(),
    });
    session
}

/// Progress in the lessons; damaged text is set aside.
fn read_progress(session: &mut Session) {
    let Some(text) = storage::read(Slot::Lessons) else {
        return;
    };
    match Progress::read(&text) {
        Ok(progress) => session.lessons.progress = progress,
        Err(reason) => {
            let aside = storage::set_aside(Slot::Lessons, &text);
            let lang = session.preferences.lang;
            session.tell_trouble(Trouble {
                words: lesson_words::bad_progress(lang),
                reason,
                remedy: lesson_words::bad_progress_remedy(lang, aside),
                text,
            });
        }
    }
}

/// What was kept, else the first example.
fn kept(preferences: Preferences) -> Session {
    let Some(text) = storage::read(Slot::Session) else {
        return example(preferences);
    };
    let opened =
        Saved::read(&text).and_then(|saved| Session::from_saved(&saved, preferences.clone()));
    opened.unwrap_or_else(|reason| {
        let aside = storage::set_aside(Slot::Session, &text);
        let mut session = example(preferences);
        let lang = session.preferences.lang;
        session.tell_trouble(Trouble {
            words: words::bad_state(lang),
            reason,
            remedy: words::bad_state_remedy(lang, aside),
            text,
        });
        session
    })
}

fn example(preferences: Preferences) -> Session {
    let scenario = Example::RunningCluster.scenario();
    Session::open(scenario, None, preferences.clone())
        .unwrap_or_else(|_| Session::empty(preferences))
}

/// What was set before; a first visit speaks the browser's language.
fn preferences() -> Preferences {
    let kept = storage::read(Slot::Preferences).and_then(|text| Preferences::read(&text));
    kept.unwrap_or_else(|| {
        let wanted = document::languages();
        let lang = wanted
            .iter()
            .find_map(|tag| Lang::from_tag(tag))
            .unwrap_or_default();
        Preferences {
            lang,
            ..Preferences::default()
        }
    })
}
