//! Reading a file of the page itself; the content security policy forbids any other address.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

/// Fetches a text of this page; `done` hears it, or what the browser or the server says.
pub fn text(address: &str, done: impl FnOnce(Result<String, String>) + 'static) {
    let done = std::rc::Rc::new(std::cell::Cell::new(Some(done)));
    let tell = move |result| {
        if let Some(done) = done.take() {
            done(result);
        }
    };
    let (read, refused) = (tell.clone(), tell.clone());
    let on_response = move |response: JsValue| {
        let get = |key: &str| Reflect::get(&response, &key.into()).unwrap_or_default();
        if get("ok").as_bool() != Some(true) {
            let status = get("status").as_f64().unwrap_or(0.0);
            tell(Err(format!("{status}")));
            return;
        }
        let text = get("text").dyn_into::<Function>().ok();
        let text = text.and_then(|text| text.call0(&response).ok());
        if let Some(promise) = text.and_then(|text| text.dyn_into::<Promise>().ok()) {
            let failed = tell.clone();
            then(
                &promise,
                move |text| read(text.as_string().ok_or_else(|| "no text".to_owned())),
                move |error| failed(Err(words(&error))),
            );
        }
    };
    let promise = gloo::utils::window().fetch_with_str(address);
    then(&promise, on_response, move |error| {
        refused(Err(words(&error)));
    });
}

fn then(
    promise: &Promise,
    accept: impl FnOnce(JsValue) + 'static,
    refuse: impl FnOnce(JsValue) + 'static,
) {
    let (accept, refuse) = (Closure::once_into_js(accept), Closure::once_into_js(refuse));
    let then = Reflect::get(promise, &"then".into());
    if let Some(then) = then.ok().and_then(|f| f.dyn_into::<Function>().ok()) {
        let _ = then.call2(promise, &accept, &refuse);
    }
}

fn words(error: &JsValue) -> String {
    let message = Reflect::get(error, &"message".into()).ok();
    let message = message.and_then(|message| message.as_string());
    message.unwrap_or_else(|| format!("{error:?}"))
}
