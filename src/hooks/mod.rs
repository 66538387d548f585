//! Hooks shared by components.

use yew::prelude::*;

use crate::platform::Element;
use crate::platform::size::SizeWatch;

/// Width and height of an element in px, kept up to date; (0, 0) before it is measured.
#[hook]
pub fn use_size(node: &NodeRef) -> (f64, f64) {
    let size = use_state(|| (0.0, 0.0));
    let setter = size.setter();
    use_effect_with(node.clone(), move |node| {
        let watch = node.cast::<Element>().map(|element| {
            SizeWatch::new(&element, move |w, h| setter.set((w.round(), h.round())))
        });
        move || drop(watch)
    });
    *size
}
