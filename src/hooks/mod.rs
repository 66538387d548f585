//! Hooks shared by components.

use yew::prelude::*;

use crate::platform::Element;
use crate::platform::frame::FrameLoop;
use crate::platform::size::SizeWatch;
use crate::session::handle::SessionHandle;

/// Lets time flow while a component stands in the place of the picture, whose frame loop does so
/// otherwise.
#[hook]
pub fn use_time(session: &SessionHandle) {
    use_effect_with(session.clone(), |session| {
        let session = session.clone();
        let frames = FrameLoop::start(move |wall| {
            session.frame(wall);
        });
        move || drop(frames)
    });
}

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
