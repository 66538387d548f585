//! Preferences.

use super::Preference;
use crate::session::Session;

/// Changes a preference.
pub fn set(session: &mut Session, preference: Preference) {
    if preference == Preference::Inspector && session.lessons.open.is_some() {
        // Beside a lesson there is no room for it: it is laid over the picture, for the moment.
        session.overlays.inspector = !session.overlays.inspector;
        return;
    }
    let p = &mut session.preferences;
    match preference {
        Preference::Language => p.lang = p.lang.other(),
        Preference::Theme => p.theme = p.theme.next(),
        Preference::ReducedMotion => p.reduced_motion = !p.reduced_motion,
        Preference::KeyLine => p.key_line = !p.key_line,
        Preference::Inspector => p.inspector = !p.inspector,
        Preference::Dock => p.dock = !p.dock,
        Preference::TextView => p.text_view = !p.text_view,
        Preference::ImportantOnly => p.important_only = !p.important_only,
        Preference::BothLanguages => p.both_languages = !p.both_languages,
        Preference::Everything => p.everything = !p.everything,
        Preference::SingleKeys => p.single_keys = !p.single_keys,
        Preference::Pane(pane) => p.pane = pane,
    }
    session.shells.set_lang(session.preferences.lang);
}
