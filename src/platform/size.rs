//! The size of an element, watched.

use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, ResizeObserver};

/// Watches one element until dropped.
pub struct SizeWatch {
    observer: Option<ResizeObserver>,
    _called: Closure<dyn FnMut(JsValue)>,
}

impl SizeWatch {
    /// Calls `changed` with width and height in px, at once and on every change.
    pub fn new(element: &Element, changed: impl Fn(f64, f64) + 'static) -> SizeWatch {
        let watched = element.clone();
        let called = Closure::new(move |_: JsValue| {
            let area = watched.get_bounding_client_rect();
            changed(area.width(), area.height());
        });
        let observer = ResizeObserver::new(called.as_ref().unchecked_ref()).ok();
        if let Some(observer) = &observer {
            observer.observe(element);
        }
        SizeWatch {
            observer,
            _called: called,
        }
    }
}

impl Drop for SizeWatch {
    fn drop(&mut self) {
        if let Some(observer) = &self.observer {
            observer.disconnect();
        }
    }
}
