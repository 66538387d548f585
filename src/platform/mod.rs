//! The only room that touches `web_sys` and `js_sys`.
//!
//! Everything here is small and does one thing to the browser; nothing here knows Kafka or decides
//! anything. What it is not available on: a native build compiles it but never calls it.

pub mod address;
pub mod clipboard;
pub mod document;
pub mod embed;
pub mod fetch;
pub mod files;
pub mod frame;
pub mod keyboard;
pub mod notes;
pub mod painter;
pub mod panic;
pub mod size;
pub mod storage;

pub use web_sys::{
    Element, HtmlCanvasElement, HtmlDialogElement, HtmlElement, HtmlInputElement,
    HtmlSelectElement, HtmlTextAreaElement, PointerEvent, SubmitEvent,
};

/// A fresh seed, drawn by PCG32 from what the browser's clock and generator say; the only draw that
/// is not from a run's own streams. 32 bits stay readable in a title block.
pub fn fresh_seed() -> u64 {
    use rand::{RngExt, SeedableRng};
    let chance = js_sys::Math::random().to_bits();
    let clock = js_sys::Date::now().to_bits();
    let mut generator = rand_pcg::Pcg32::seed_from_u64(chance ^ clock.rotate_left(32));
    u64::from(generator.random::<u32>())
}
