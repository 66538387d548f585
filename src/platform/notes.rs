//! The window with the teacher's notes, and the channel to it.
//!
//! The window is another file of this page (`notes.html`) that shows what it is told and tells
//! which keys are pressed in it. Nothing leaves the browser.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{BroadcastChannel, MessageEvent};

const NAME: &str = "brokerscope-notes";

/// Opens the window; false when the browser refuses.
pub fn open_window() -> bool {
    let window = gloo::utils::window();
    let opened =
        window.open_with_url_and_target_and_features("./notes.html", NAME, "width=900,height=700");
    opened.ok().flatten().is_some()
}

/// The channel; dropping it closes it.
pub struct Channel {
    channel: BroadcastChannel,
    _listener: Closure<dyn FnMut(MessageEvent)>,
}

impl Channel {
    /// Opens it; `hear` gets each text that the window says.
    pub fn open(mut hear: impl FnMut(String) + 'static) -> Option<Channel> {
        let channel = BroadcastChannel::new(NAME).ok()?;
        let listener = Closure::new(move |event: MessageEvent| {
            if let Some(said) = event.data().as_string() {
                hear(said);
            }
        });
        channel.set_onmessage(Some(listener.as_ref().unchecked_ref()));
        Some(Channel {
            channel,
            _listener: listener,
        })
    }

    /// Says a text to the window, if it is open.
    pub fn say(&self, text: &str) {
        // A closed channel has nobody to tell.
        let _ = self.channel.post_message(&text.into());
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.channel.close();
    }
}
