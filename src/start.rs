//! The page's first moments: what the address asks for, what was kept, then the picture.
//!
//! Invariant: text from outside (a link, the browser's storage) that cannot be used is told with its
//! reason and set aside, never overwritten and never a blank page.

use crate::components::app::{App, AppProps};
use crate::i18n::{Lang, open as words};
use crate::interface;
use crate::platform::storage::{self, Slot};
use crate::platform::{address, document, panic};
use crate::session::Session;
use crate::session::handle::SessionHandle;
use crate::session::library::Example;
use crate::session::preferences::Preferences;
use crate::session::script::{Saved, Script};
use crate::session::terminals::Terminals;
use crate::view_model::app::Trouble;

/// Starts the page in the element `#app`.
pub fn start() {
    panic::install();
    let mut session = first();
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
    yew::Renderer::<App>::with_root_and_props(root, AppProps { session }).render();
}

/// The session the page begins with.
fn first() -> Session {
    let preferences = preferences();
    let hash = address::hash();
    if hash.is_empty() {
        return kept(preferences);
    }
    // The run of the link is kept from here on; a reload continues it where it was left.
    address::clear_hash();
    let opened = Script::from_link(&hash)
        .and_then(|script| Session::from_script(&script, preferences.clone()));
    opened.unwrap_or_else(|reason| {
        let mut session = kept(preferences);
        let lang = session.preferences.lang;
        session.tell_trouble(Trouble {
            words: words::bad_link(lang),
            reason,
            remedy: words::bad_link_remedy(lang),
            text: hash,
        });
        session
    })
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
