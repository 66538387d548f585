//! One `requestAnimationFrame` loop, outside Yew.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::render::{AnimationFrame, request_animation_frame};

/// A running loop; dropping it stops it.
pub struct FrameLoop {
    slot: Rc<RefCell<Option<AnimationFrame>>>,
}

impl FrameLoop {
    /// Calls `each` with the wall time in ms on every frame.
    pub fn start(each: impl FnMut(f64) + 'static) -> FrameLoop {
        let slot = Rc::new(RefCell::new(None));
        next(&slot, Rc::new(RefCell::new(each)));
        FrameLoop { slot }
    }
}

fn next(slot: &Rc<RefCell<Option<AnimationFrame>>>, each: Rc<RefCell<impl FnMut(f64) + 'static>>) {
    let again = Rc::downgrade(slot);
    let frame = request_animation_frame(move |now| {
        let Some(slot) = again.upgrade() else { return };
        // The next frame is asked for first, so that a panic in `each` does not pass unseen
        // as a picture that merely stands still: the next call panics again.
        next(&slot, each.clone());
        (each.borrow_mut())(now);
    });
    *slot.borrow_mut() = Some(frame);
}

impl Drop for FrameLoop {
    fn drop(&mut self) {
        self.slot.borrow_mut().take();
    }
}

/// Wall time in ms, for time budgets.
pub fn wall_ms() -> f64 {
    gloo::utils::window().performance().map_or(0.0, |p| p.now())
}
