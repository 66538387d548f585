//! Text of a file that a person chose.

use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use web_sys::HtmlInputElement;

/// Reads the chosen file of a file field; `done` hears its text. An unreadable one gives none.
pub fn read_chosen(input: &HtmlInputElement, done: impl FnOnce(String) + 'static) {
    let Some(file) = input.files().and_then(|files| files.get(0)) else {
        return;
    };
    let read = Closure::once_into_js(move |text: JsValue| {
        done(text.as_string().unwrap_or_default());
    });
    let refused = Closure::once_into_js(|error: JsValue| gloo::console::error!(error));
    let promise: JsValue = file.text().into();
    let then = js_sys::Reflect::get(&promise, &JsValue::from_str("then"));
    if let Some(then) = then
        .ok()
        .and_then(|f| f.dyn_into::<js_sys::Function>().ok())
    {
        let _ = then.call2(&promise, &read, &refused);
    }
}
