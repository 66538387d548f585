//! The canvas between two renders: what the frame loop needs to paint.

use std::rc::Rc;

use crate::platform::HtmlCanvasElement;
use crate::platform::painter::Painter;
use crate::scene::lens::Lens;
use crate::scene::message::Motion;
use crate::session::handle::SessionHandle;
use crate::session::preferences::Theme;
use crate::view_model::cluster::ClusterView;
use crate::view_model::object::ObjectId;

/// Arrowheads show the direction while time stands or is slower than this.
const ARROWS_BELOW: f64 = 0.05;

/// Marks that would be seen for less than this, in µs of wall time, are not drawn while playing.
const FLASH_MICROS: f64 = 50_000.0;

/// Everything a frame is painted from.
#[derive(Default)]
pub struct Surface {
    /// Layout of the last render.
    pub lens: Option<Rc<Lens>>,
    /// View of the last render.
    pub view: Rc<ClusterView>,
    /// Selected object.
    pub selected: Option<ObjectId>,
    /// Theme.
    pub theme: Theme,
    /// Stage size in px.
    pub size: (f64, f64),
    painter: Option<Painter>,
    painted: Option<Painted>,
}

/// What the canvas shows; an equal picture is not painted twice.
#[derive(PartialEq)]
struct Painted {
    now: u64,
    revision: u64,
    theme: Theme,
    dark: bool,
    selected: Option<ObjectId>,
    lens: Rc<Lens>,
}

impl Surface {
    /// Lets the session advance, then paints what is in flight.
    pub fn frame(
        &mut self,
        canvas: Option<&HtmlCanvasElement>,
        session: &SessionHandle,
        wall: f64,
    ) {
        let moving = session.frame(wall);
        let (Some(lens), Some(canvas)) = (self.lens.clone(), canvas) else {
            return;
        };
        let painted = Painted {
            now: moving.now,
            revision: moving.revision,
            theme: self.theme,
            dark: crate::platform::document::matches("(prefers-color-scheme: dark)"),
            selected: self.selected.clone(),
            lens: lens.clone(),
        };
        if self.painted.as_ref() == Some(&painted) {
            return;
        }
        let Some(painter) = self.painter.take().or_else(|| Painter::new(canvas.clone())) else {
            return;
        };
        let painter = self.painter.insert(painter);
        let same_theme = self
            .painted
            .as_ref()
            .is_some_and(|p| p.theme == painted.theme && p.dark == painted.dark);
        if !same_theme {
            painter.read_colours();
        }
        painter.resize(self.size.0, self.size.1);
        let motion = Motion {
            paused: !moving.playing,
            selected: self.selected.as_ref(),
            shortest: if moving.playing {
                (moving.speed * FLASH_MICROS) as u64
            } else {
                0
            },
        };
        let sprites = lens.sprites(&self.view, &moving.messages, moving.now, motion);
        painter.paint(&sprites, !moving.playing || moving.speed < ARROWS_BELOW);
        self.painted = Some(painted);
    }
}
