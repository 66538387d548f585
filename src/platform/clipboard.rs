//! Copying text, and saving it as a file.

use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;

/// Copies `text`; `done` hears whether the browser allowed it.
pub fn copy(text: &str, done: impl Fn(bool) + 'static) {
    let promise = gloo::utils::window()
        .navigator()
        .clipboard()
        .write_text(text);
    let done = std::rc::Rc::new(done);
    let failed = done.clone();
    let accept = Closure::once_into_js(move |_: JsValue| done(true));
    let refuse = Closure::once_into_js(move |_: JsValue| failed(false));
    let then = js_sys::Reflect::get(&promise, &JsValue::from_str("then"));
    if let Some(then) = then
        .ok()
        .and_then(|f| f.dyn_into::<js_sys::Function>().ok())
    {
        let _ = then.call2(&promise, &accept, &refuse);
    }
}

/// Offers `text` as a file of that name.
pub fn download(name: &str, text: &str) {
    let saved = || -> Result<(), JsValue> {
        let parts = js_sys::Array::of1(&JsValue::from_str(text));
        let blob = web_sys::Blob::new_with_str_sequence(&parts)?;
        let url = web_sys::Url::create_object_url_with_blob(&blob)?;
        let anchor: web_sys::HtmlElement =
            gloo::utils::document().create_element("a")?.dyn_into()?;
        anchor.set_attribute("href", &url)?;
        anchor.set_attribute("download", name)?;
        anchor.click();
        web_sys::Url::revoke_object_url(&url)
    };
    if let Err(error) = saved() {
        gloo::console::error!(error);
    }
}
