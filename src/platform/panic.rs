//! Tells the page's boot script about a panic, so that it shows a report instead of a dead page.

use wasm_bindgen::JsValue;

/// Installs the hook; `report` gives the link and the scenario text that lead back to this moment.
pub fn install(report: impl Fn() -> (String, String) + Send + Sync + 'static) {
    std::panic::set_hook(Box::new(move |info| {
        console_error_panic_hook::hook(info);
        let (link, scenario) = report();
        if let Err(error) = announce(&info.to_string(), &link, &scenario) {
            gloo::console::error!(error);
        }
    }));
}

fn announce(message: &str, link: &str, scenario: &str) -> Result<(), JsValue> {
    let detail = js_sys::Object::new();
    for (name, value) in [("message", message), ("link", link), ("scenario", scenario)] {
        js_sys::Reflect::set(&detail, &name.into(), &value.into())?;
    }
    let init = web_sys::CustomEventInit::new();
    init.set_detail(&detail);
    let event = web_sys::CustomEvent::new_with_event_init_dict("brokerscope:panic", &init)?;
    gloo::utils::window().dispatch_event(&event)?;
    Ok(())
}
