//! What the page keeps over reloads. A browser that forbids storage loses nothing but that.

use gloo::storage::{LocalStorage, Storage};

/// Keys of everything the page stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// Preferences.
    Preferences,
    /// The run: scenario text and moment.
    Session,
}

impl Slot {
    fn key(self) -> &'static str {
        match self {
            Slot::Preferences => "brokerscope.preferences",
            Slot::Session => "brokerscope.session",
        }
    }
}

/// The stored text, if any.
pub fn read(slot: Slot) -> Option<String> {
    LocalStorage::raw().get_item(slot.key()).ok().flatten()
}

/// Stores text; false when the browser refuses (full, or forbidden).
pub fn write(slot: Slot, text: &str) -> bool {
    LocalStorage::raw().set_item(slot.key(), text).is_ok()
}

/// Forgets what is stored.
pub fn clear(slot: Slot) {
    let _ = LocalStorage::raw().remove_item(slot.key());
}
