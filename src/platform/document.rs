//! Attributes of the document, focus, scrolling, and styles that depend on a pointer.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

fn root() -> Option<Element> {
    gloo::utils::document().document_element()
}

/// Sets or removes an attribute of `<html>`.
pub fn set_root_attribute(name: &str, value: Option<&str>) {
    let Some(root) = root() else { return };
    let _ = match value {
        Some(value) => root.set_attribute(name, value),
        None => root.remove_attribute(name),
    };
}

/// The languages the person's browser asks for, best first.
pub fn languages() -> Vec<String> {
    let languages = gloo::utils::window().navigator().languages();
    languages.iter().filter_map(|l| l.as_string()).collect()
}

/// True once the page shows the report of a failure in place of itself.
pub fn shows_report() -> bool {
    let found = gloo::utils::document().query_selector("main.report");
    found.is_ok_and(|report| report.is_some())
}

/// Lets the page fill the screen, or leaves that again. A browser that refuses stays as it is.
pub fn toggle_full_screen() {
    let document = gloo::utils::document();
    if document.fullscreen_element().is_some() {
        document.exit_fullscreen();
    } else if let Some(root) = root() {
        let _ = root.request_fullscreen();
    }
}

/// Asks the browser to print the page.
pub fn print() {
    // A browser that cannot print has its own words for it.
    let _ = gloo::utils::window().print();
}

/// Sets the title of the window.
pub fn set_title(title: &str) {
    gloo::utils::document().set_title(title);
}

/// True when the media query holds.
pub fn matches(query: &str) -> bool {
    gloo::utils::window()
        .match_media(query)
        .ok()
        .flatten()
        .is_some_and(|m| m.matches())
}

/// Focuses the element with that id; false when there is none.
pub fn focus(id: &str) -> bool {
    let element = gloo::utils::document().get_element_by_id(id);
    let Some(element) = element.and_then(|e| e.dyn_into::<HtmlElement>().ok()) else {
        return false;
    };
    element.focus().is_ok()
}

/// Focuses an SVG or HTML element inside `parent` that matches the selector.
pub fn focus_within(parent: &Element, selector: &str) {
    let Ok(Some(found)) = parent.query_selector(selector) else {
        return;
    };
    // SVG elements have focus() too, but web_sys types it on SvgElement only.
    let focus = js_sys::Reflect::get(&found, &"focus".into());
    if let Some(focus) = focus
        .ok()
        .and_then(|f| f.dyn_into::<js_sys::Function>().ok())
    {
        let _ = focus.call0(&found);
    }
}

/// Focuses the cell that many rows below and columns right of `cell` in its table's body; false
/// when `cell` is none of them. At an edge the focus stays.
pub fn go_to_cell(cell: &Element, down: i32, right: i32) -> bool {
    let Ok(Some(row)) = cell.closest("tbody > tr") else {
        return false;
    };
    let column = position(&row, cell);
    let Some(body) = row.parent_element() else {
        return false;
    };
    let Some(target) = child(&body, position(&body, &row) + down)
        .and_then(|row| child(&row, column + right))
        .and_then(|cell| cell.dyn_into::<HtmlElement>().ok())
    else {
        return true;
    };
    target.focus().is_ok()
}

fn position(parent: &Element, wanted: &Element) -> i32 {
    let children = parent.children();
    let found = (0..children.length()).find(|at| children.item(*at).as_ref() == Some(wanted));
    found.and_then(|at| i32::try_from(at).ok()).unwrap_or(-1)
}

fn child(parent: &Element, at: i32) -> Option<Element> {
    parent.children().item(u32::try_from(at).ok()?)
}

/// True when the focus is inside the element with that id.
pub fn focus_is_within(id: &str) -> bool {
    let document = gloo::utils::document();
    match (document.get_element_by_id(id), document.active_element()) {
        (Some(region), Some(active)) => region.contains(Some(&active)),
        _ => false,
    }
}

/// Scrolls the element of that id to its beginning.
pub fn scroll_to_top(id: &str) {
    if let Some(element) = gloo::utils::document().get_element_by_id(id) {
        element.set_scroll_top(0);
    }
}

/// Scrolls `element` to its end.
pub fn scroll_to_end(element: &Element) {
    element.set_scroll_top(element.scroll_height());
}

/// Scrolls `child` into view inside its scroller, as little as possible.
pub fn reveal(parent: &Element, selector: &str) {
    let Ok(Some(child)) = parent.query_selector(selector) else {
        return;
    };
    let (inner, outer) = (
        child.get_bounding_client_rect(),
        parent.get_bounding_client_rect(),
    );
    let above = inner.top() - outer.top();
    let below = inner.bottom() - outer.bottom();
    if above < 0.0 {
        parent.set_scroll_top(parent.scroll_top() + above as i32);
    } else if below > 0.0 {
        parent.set_scroll_top(parent.scroll_top() + below.ceil() as i32);
    }
    let left = inner.left() - outer.left();
    let right = inner.right() - outer.right();
    if left < 0.0 {
        parent.set_scroll_left(parent.scroll_left() + left as i32);
    } else if right > 0.0 {
        parent.set_scroll_left(parent.scroll_left() + right.ceil() as i32);
    }
}

/// Places a fixed element at a point of the window, moved so that all of it is visible.
/// Done by script because the content security policy forbids style attributes.
pub fn place_at(element: &HtmlElement, x: f64, y: f64) {
    let area = element.get_bounding_client_rect();
    let window = gloo::utils::window();
    let size = |v: Result<wasm_bindgen::JsValue, _>| {
        v.ok()
            .and_then(|v: wasm_bindgen::JsValue| v.as_f64())
            .unwrap_or(0.0)
    };
    let x = x
        .min(size(window.inner_width()) - area.width() - 8.0)
        .max(8.0);
    let y = y
        .min(size(window.inner_height()) - area.height() - 8.0)
        .max(8.0);
    let style = element.style();
    let _ = style.set_property("left", &format!("{x}px"));
    let _ = style.set_property("top", &format!("{y}px"));
}

/// Places a fixed element under another one, or above it where there is no room below.
pub fn place_below(element: &HtmlElement, anchor: &Element) {
    let (own, at) = (
        element.get_bounding_client_rect(),
        anchor.get_bounding_client_rect(),
    );
    let height = gloo::utils::window().inner_height();
    let height = height.ok().and_then(|v| v.as_f64()).unwrap_or(0.0);
    let below = at.bottom() + 2.0;
    let y = if below + own.height() + 8.0 > height {
        at.top() - own.height() - 2.0
    } else {
        below
    };
    place_at(element, at.left(), y);
}

/// x of a pointer event inside the element, and the element's width, in px.
pub fn pointer_x(element: &Element, client_x: i32) -> (f64, f64) {
    let area = element.get_bounding_client_rect();
    (f64::from(client_x) - area.left(), area.width())
}

/// Middle of an element in the window.
pub fn middle_of(element: &Element) -> (f64, f64) {
    let area = element.get_bounding_client_rect();
    (
        area.left() + area.width() / 2.0,
        area.top() + area.height() / 2.0,
    )
}
