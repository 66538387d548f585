//! The only room that touches `web_sys` and `js_sys`.
//!
//! Everything here is small and does one thing to the browser; nothing here knows Kafka or decides
//! anything. What it is not available on: a native build compiles it but never calls it.

pub mod address;
pub mod clipboard;
pub mod document;
pub mod frame;
pub mod keyboard;
pub mod painter;
pub mod panic;
pub mod size;
pub mod storage;

pub use web_sys::{
    Element, HtmlCanvasElement, HtmlDialogElement, HtmlElement, HtmlInputElement,
    HtmlSelectElement, HtmlTextAreaElement, PointerEvent, SubmitEvent,
};

/// A fresh seed from the browser's generator; the only draw that is not from the run's own streams.
pub fn fresh_seed() -> u64 {
    // 32 bits are enough, and stay readable in a link.
    (js_sys::Math::random() * f64::from(u32::MAX)) as u64
}
