//! The page's first moments: what was kept, what the address asks for, then the picture.

use kafka_sim::ClusterSpec;

use crate::components::app::{App, AppProps};
use crate::i18n::Lang;
use crate::platform::storage::{self, Slot};
use crate::platform::{document, panic};
use crate::session::handle::SessionHandle;
use crate::session::preferences::Preferences;
use crate::session::{SEED_START, Session};

/// Starts the page in the element `#app`.
pub fn start() {
    panic::install(|| (String::new(), String::new()));
    let mut session = Session::new(ClusterSpec::default(), SEED_START, preferences());
    session.playing = true;
    let session = SessionHandle::new(session);
    let Some(root) = gloo::utils::document().get_element_by_id("app") else {
        return;
    };
    // The waiting text has done its duty.
    root.set_inner_html("");
    yew::Renderer::<App>::with_root_and_props(root, AppProps { session }).render();
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
