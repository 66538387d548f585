//! Paints sprites on the one canvas. No decisions: what to draw is in the sprites.

use std::collections::BTreeMap;
use std::f64::consts::TAU;

use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::scene::message::Sprite;
use crate::scene::shape::{Area, Colour};
use crate::view_model::cluster::{Family, Passage};

/// The canvas, its drawing context and the colours of the theme.
pub struct Painter {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    colours: BTreeMap<Colour, String>,
    size: (f64, f64, f64),
}

/// Colours a sprite can have.
fn palette() -> Vec<Colour> {
    let mut all = vec![
        Colour::Ink,
        Colour::Ink2,
        Colour::Sheet,
        Colour::Rule2,
        Colour::Alarm,
        Colour::Caution,
        Colour::Accent,
    ];
    all.extend((0..6).flat_map(|n| [Colour::Epoch(n), Colour::EpochEdge(n)]));
    all
}

impl Painter {
    /// A painter for that canvas; `None` when the browser gives no 2D context.
    pub fn new(canvas: HtmlCanvasElement) -> Option<Painter> {
        let context = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        let mut painter = Painter {
            canvas,
            context,
            colours: BTreeMap::new(),
            size: (0.0, 0.0, 0.0),
        };
        painter.read_colours();
        Some(painter)
    }

    /// Reads the theme's colours anew. A token may be `light-dark(...)`, so the browser is asked
    /// for the computed colour of an element that uses it.
    pub fn read_colours(&mut self) {
        let style = self.canvas.style();
        for colour in palette() {
            let _ = style.set_property("color", colour.paint());
            let computed = gloo::utils::window()
                .get_computed_style(&self.canvas)
                .ok()
                .flatten();
            let value = computed
                .and_then(|c| c.get_property_value("color").ok())
                .unwrap_or_default();
            self.colours.insert(colour, value);
        }
        let _ = style.remove_property("color");
    }

    /// Gives the canvas as many pixels as the screen has under it.
    pub fn resize(&mut self, w: f64, h: f64) {
        let ratio = gloo::utils::window().device_pixel_ratio().clamp(1.0, 3.0);
        if self.size != (w, h, ratio) {
            self.size = (w, h, ratio);
            self.canvas.set_width((w * ratio).round() as u32);
            self.canvas.set_height((h * ratio).round() as u32);
        }
    }

    /// Paints the sprites, arrowheads too when `arrows`.
    pub fn paint(&self, sprites: &[Sprite], arrows: bool) {
        let (w, h, ratio) = self.size;
        let c = &self.context;
        let _ = c.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
        c.clear_rect(0.0, 0.0, w, h);
        c.set_line_join("round");
        for sprite in sprites {
            self.mark(sprite, arrows);
        }
        for sprite in sprites {
            if let Some((area, words)) = &sprite.label {
                self.boxed(area, words, sprite.error);
            }
        }
    }

    fn colour(&self, colour: Colour) -> &str {
        self.colours.get(&colour).map_or("#808080", String::as_str)
    }

    fn mark(&self, s: &Sprite, arrows: bool) {
        let c = &self.context;
        if s.lost {
            self.cross(s.x, s.y);
            return;
        }
        c.set_fill_style_str(self.colour(s.fill));
        c.set_stroke_style_str(self.colour(s.edge));
        c.set_line_width(2.0);
        c.begin_path();
        match s.family {
            Family::Records => c.rect(s.x - 8.0, s.y - 8.0, 16.0, 16.0),
            Family::Data => {
                let _ = c.arc(s.x, s.y, 6.0, 0.0, TAU);
            }
            Family::Control => polygon(
                c,
                &[
                    (s.x, s.y - 7.0),
                    (s.x + 7.0, s.y),
                    (s.x, s.y + 7.0),
                    (s.x - 7.0, s.y),
                ],
            ),
            Family::Group => polygon(
                c,
                &[
                    (s.x, s.y - 7.0),
                    (s.x + 7.5, s.y + 5.5),
                    (s.x - 7.5, s.y + 5.5),
                ],
            ),
        }
        c.fill();
        c.stroke();
        if s.family == Family::Records {
            self.record(s);
        }
        if !s.request {
            self.sign(s);
        }
        if s.passage == Passage::Held {
            c.set_stroke_style_str(self.colour(Colour::Caution));
            c.begin_path();
            let _ = c.arc(s.x, s.y, 12.5, 0.0, TAU);
            c.stroke();
        }
        if arrows && s.passage == Passage::Flying {
            self.arrow(s);
        }
        if s.count > 1 {
            self.words(&format!("×{}", s.count), s.x + 11.0, s.y - 7.0, "600 11px");
        }
    }

    fn record(&self, s: &Sprite) {
        let c = &self.context;
        c.set_line_width(1.5);
        for i in 0..s.notches {
            let x = s.x - 5.0 + 3.0 * f64::from(i);
            c.begin_path();
            c.move_to(x, s.y - 7.0);
            c.line_to(x, s.y - 3.0);
            c.stroke();
        }
        if let Some(inside) = &s.inside {
            c.set_text_align("center");
            self.words(
                inside,
                s.x,
                s.y + 4.0,
                if inside.len() > 2 {
                    "600 9px"
                } else {
                    "600 11px"
                },
            );
            c.set_text_align("start");
        }
    }

    /// A response carries + or −.
    fn sign(&self, s: &Sprite) {
        if s.family == Family::Records {
            return;
        }
        let c = &self.context;
        c.set_line_width(1.5);
        c.begin_path();
        c.move_to(s.x - 2.5, s.y + 0.5);
        c.line_to(s.x + 2.5, s.y + 0.5);
        if !s.error {
            c.move_to(s.x, s.y - 2.0);
            c.line_to(s.x, s.y + 3.0);
        }
        c.stroke();
    }

    fn arrow(&self, s: &Sprite) {
        let c = &self.context;
        let (cos, sin) = (s.angle.cos(), s.angle.sin());
        let at = |along: f64, across: f64| {
            (
                s.x + along * cos - across * sin,
                s.y + along * sin + across * cos,
            )
        };
        c.set_fill_style_str(self.colour(Colour::Ink));
        c.begin_path();
        polygon(c, &[at(18.0, 0.0), at(11.5, 4.5), at(11.5, -4.5)]);
        c.fill();
    }

    fn cross(&self, x: f64, y: f64) {
        let c = &self.context;
        c.set_stroke_style_str(self.colour(Colour::Alarm));
        c.set_line_width(2.5);
        c.begin_path();
        c.move_to(x - 6.0, y - 6.0);
        c.line_to(x + 6.0, y + 6.0);
        c.move_to(x + 6.0, y - 6.0);
        c.line_to(x - 6.0, y + 6.0);
        c.stroke();
    }

    fn boxed(&self, area: &Area, words: &str, error: bool) {
        let c = &self.context;
        c.set_fill_style_str(self.colour(Colour::Sheet));
        c.set_stroke_style_str(self.colour(if error { Colour::Alarm } else { Colour::Rule2 }));
        c.set_line_width(1.0);
        c.begin_path();
        c.rect(area.x + 0.5, area.y + 0.5, area.w - 1.0, area.h - 1.0);
        c.fill();
        c.stroke();
        self.words(words, area.x + 7.0, area.y + 14.0, "11.5px");
    }

    fn words(&self, words: &str, x: f64, y: f64, font: &str) {
        let c = &self.context;
        c.set_font(&format!(
            "{font} Inter, 'Segoe UI', 'Noto Sans', 'Noto Sans CJK SC', system-ui, sans-serif"
        ));
        c.set_fill_style_str(self.colour(Colour::Ink));
        let _ = c.fill_text(words, x, y);
    }
}

fn polygon(c: &CanvasRenderingContext2d, points: &[(f64, f64)]) {
    for (i, (x, y)) in points.iter().enumerate() {
        if i == 0 {
            c.move_to(*x, *y);
        } else {
            c.line_to(*x, *y);
        }
    }
    c.close_path();
}
