//! Keys of the whole window.

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

/// A key press, as the key map needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Press {
    /// `KeyboardEvent.key`.
    pub key: String,
    /// Shift.
    pub shift: bool,
    /// Control or Command.
    pub control: bool,
    /// Alt.
    pub alt: bool,
    /// True while the focus is in a field that takes text.
    pub in_text: bool,
    /// True while the focus is on something that `Space` and `Enter` press.
    pub on_control: bool,
}

/// Listens to the window until dropped; `handle` says whether it used the key.
pub fn listen(handle: impl Fn(Press) -> bool + 'static) -> EventListener {
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(&gloo::utils::window(), "keydown", options, move |event| {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else {
            return;
        };
        if event.default_prevented() || event.is_composing() {
            return;
        }
        let target = event.target().and_then(|t| t.dyn_into::<Element>().ok());
        let name = target
            .as_ref()
            .map(|t| t.tag_name().to_ascii_lowercase())
            .unwrap_or_default();
        let press = Press {
            key: event.key(),
            shift: event.shift_key(),
            control: event.ctrl_key() || event.meta_key(),
            alt: event.alt_key(),
            in_text: matches!(name.as_str(), "input" | "textarea" | "select"),
            on_control: matches!(name.as_str(), "button" | "a" | "summary")
                || target.and_then(|t| t.get_attribute("role")).as_deref() == Some("button"),
        };
        if handle(press) {
            event.prevent_default();
        }
    })
}
