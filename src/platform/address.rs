//! The hash of the page's address, where links keep their state. It is never sent to a server.

/// The hash without `#`; empty when there is none.
pub fn hash() -> String {
    let hash = gloo::utils::window().location().hash().unwrap_or_default();
    hash.strip_prefix('#').unwrap_or(&hash).to_owned()
}

/// The address of this page with another hash.
pub fn with_hash(hash: &str) -> String {
    let href = gloo::utils::window().location().href().unwrap_or_default();
    let page = href.split('#').next().unwrap_or_default();
    format!("{page}#{hash}")
}

/// Takes the hash out of the address bar, without a new entry in the history.
pub fn clear_hash() {
    let window = gloo::utils::window();
    let href = window.location().href().unwrap_or_default();
    let page = href.split('#').next().unwrap_or_default();
    if let Ok(history) = window.history() {
        // A refusal leaves the old address in the bar: nothing depends on it.
        let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(page));
    }
}

/// Whether the address has a parameter of that name, as in `?embed`.
pub fn has_parameter(name: &str) -> bool {
    let search = gloo::utils::window()
        .location()
        .search()
        .unwrap_or_default();
    let pairs = search.trim_start_matches('?').split('&').map(str::to_owned);
    let mut names = pairs.map(|pair| pair.split('=').next().unwrap_or_default().to_owned());
    names.any(|known| known == name)
}

/// Loads the page again.
pub fn reload() {
    let _ = gloo::utils::window().location().reload();
}
