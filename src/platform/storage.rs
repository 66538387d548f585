//! What the page keeps over reloads. A browser that forbids storage loses nothing but that.

use gloo::storage::{LocalStorage, Storage};

/// Keys of everything the page stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// Preferences.
    Preferences,
    /// The run with its branches.
    Session,
    /// The run that another one took the place of.
    Previous,
    /// Lines typed into the terminal.
    History,
    /// Progress in the lessons.
    Lessons,
}

impl Slot {
    fn key(self) -> &'static str {
        match self {
            Slot::Preferences => "brokerscope.preferences",
            Slot::Session => "brokerscope.session",
            Slot::Previous => "brokerscope.previous",
            Slot::History => "brokerscope.history",
            Slot::Lessons => "brokerscope.lessons",
        }
    }

    /// Where it is set aside to; `www/boot.js` uses the same names.
    fn aside(self) -> &'static str {
        match self {
            Slot::Preferences => "kept.brokerscope.preferences",
            Slot::Session => "kept.brokerscope.session",
            Slot::Previous => "kept.brokerscope.previous",
            Slot::History => "kept.brokerscope.history",
            Slot::Lessons => "kept.brokerscope.lessons",
        }
    }
}

/// The storage; `None` where the browser forbids it, for which gloo would throw.
fn storage() -> Option<web_sys::Storage> {
    let allowed = gloo::utils::window().local_storage();
    allowed.ok().flatten().map(|_| LocalStorage::raw())
}

/// The stored text, if any.
pub fn read(slot: Slot) -> Option<String> {
    storage()?.get_item(slot.key()).ok().flatten()
}

/// Stores text; false when the browser refuses (full, or forbidden).
pub fn write(slot: Slot, text: &str) -> bool {
    storage().is_some_and(|storage| storage.set_item(slot.key(), text).is_ok())
}

/// Keeps damaged text under another name, which is given back.
pub fn set_aside(slot: Slot, text: &str) -> Option<&'static str> {
    let storage = storage()?;
    storage.set_item(slot.aside(), text).ok()?;
    storage.remove_item(slot.key()).ok()?;
    Some(slot.aside())
}
