//! An object of methods on `window`, with plain values.

use js_sys::{Error, Object, Reflect};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;

/// What a method gives: a value, or a sentence that is thrown as an `Error`.
pub type Answer = Result<JsValue, String>;

/// A method with at most one argument.
pub struct Method {
    name: &'static str,
    call: Box<dyn Fn(JsValue) -> Answer>,
}

impl Method {
    /// A method.
    pub fn new(name: &'static str, call: impl Fn(JsValue) -> Answer + 'static) -> Method {
        Method {
            name,
            call: Box::new(call),
        }
    }
}

/// Publishes the methods as `window.NAME`, once for the life of the page.
pub fn publish(name: &str, version: u32, methods: Vec<Method>) {
    let object = Object::new();
    let set = |key: &str, value: &JsValue| Reflect::set(&object, &key.into(), value);
    let _ = set("version", &version.into());
    for Method { name, call } in methods {
        let thrown = move |argument| call(argument).map_err(|words| Error::new(&words).into());
        let closure: Closure<dyn Fn(JsValue) -> Result<JsValue, JsValue>> = Closure::new(thrown);
        let _ = set(name, &closure.into_js_value());
    }
    let window = gloo::utils::window();
    if let Err(error) = Reflect::set(&window, &name.into(), &Object::freeze(&object)) {
        gloo::console::error!(error);
    }
}

/// Text given by a caller.
///
/// # Errors
/// It is something else.
pub fn text(value: &JsValue) -> Result<String, String> {
    value
        .as_string()
        .ok_or_else(|| "a text is expected here".to_owned())
}

/// A value given by a caller.
///
/// # Errors
/// What does not fit.
pub fn read<T: DeserializeOwned>(value: JsValue) -> Result<T, String> {
    let read = serde_wasm_bindgen::from_value(value);
    read.map_err(|error| error.to_string().trim_start_matches("Error: ").to_owned())
}

/// A value for a caller.
///
/// # Errors
/// It has no JavaScript form.
pub fn write<T: Serialize>(value: &T) -> Answer {
    value
        .serialize(&Serializer::json_compatible())
        .map_err(|error| error.to_string())
}
