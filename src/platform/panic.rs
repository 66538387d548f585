//! Tells the page's boot script about a panic, so that it shows a report instead of a dead page.

use std::cell::RefCell;

use wasm_bindgen::JsValue;

thread_local! {
    /// Link and scenario that lead back to the newest moment known. They are kept here because the
    /// session cannot be asked in a panic: it may be what panics.
    static WAY_BACK: RefCell<(String, String)> = const { RefCell::new((String::new(), String::new())) };
}

/// Remembers the way back to this moment.
pub fn remember(link: String, scenario: String) {
    WAY_BACK.with(|way| *way.borrow_mut() = (link, scenario));
}

/// Installs the hook, through Yew: it would put its own in the place of any other.
pub fn install() {
    yew::set_custom_panic_hook(Box::new(move |info| {
        console_error_panic_hook::hook(info);
        let (link, scenario) =
            WAY_BACK.with(|way| way.try_borrow().map(|way| way.clone()).unwrap_or_default());
        if let Err(error) = announce(&info.to_string(), &link, &scenario) {
            gloo::console::error!(error);
        }
    }));
}

fn announce(message: &str, link: &str, scenario: &str) -> Result<(), JsValue> {
    let detail = js_sys::Object::new();
    for (name, value) in [("message", message), ("link", link), ("scenario", scenario)] {
        if !value.is_empty() {
            js_sys::Reflect::set(&detail, &name.into(), &value.into())?;
        }
    }
    let init = web_sys::CustomEventInit::new();
    init.set_detail(&detail);
    let event = web_sys::CustomEvent::new_with_event_init_dict("brokerscope:panic", &init)?;
    gloo::utils::window().dispatch_event(&event)?;
    Ok(())
}
