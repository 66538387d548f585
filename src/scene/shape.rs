//! The vocabulary of the drawing: shapes with colours by token name.
//!
//! A drawing is data, so that it can be printed in tests, checked for overlaps, rendered as SVG
//! by a component and painted on a canvas. Nothing here knows a browser. Lengths are CSS pixels.

use crate::view_model::object::ObjectId;

/// A colour by its token of `style/tokens.css`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Colour {
    /// No paint.
    None,
    /// Page and panels.
    Paper,
    /// Stage.
    Sheet,
    /// Cards.
    Raise,
    /// Text and lines.
    Ink,
    /// Secondary text.
    Ink2,
    /// Tertiary text.
    Ink3,
    /// Decorative hairline.
    Rule,
    /// Object edge.
    Rule2,
    /// Selection, now.
    Accent,
    /// Broken.
    Alarm,
    /// Lagging or waiting.
    Caution,
    /// In sync.
    Good,
    /// Changed in the last step.
    Mark,
    /// Fill of a dead replica's cells.
    Dead,
    /// Fill of a leader epoch, `epoch mod 6`.
    Epoch(u8),
    /// Edge of a leader epoch, `epoch mod 6`.
    EpochEdge(u8),
    /// Diagonal hatch of a dead broker (an SVG pattern).
    HatchDead,
    /// Diagonal hatch of lag (an SVG pattern).
    HatchLag,
    /// Diagonal hatch of a leaderless time (an SVG pattern).
    HatchAlarm,
}

impl Colour {
    /// The value for an SVG `fill` or `stroke` attribute.
    pub fn paint(self) -> &'static str {
        match self {
            Colour::None => "none",
            Colour::Paper => "var(--paper)",
            Colour::Sheet => "var(--sheet)",
            Colour::Raise => "var(--raise)",
            Colour::Ink => "var(--ink)",
            Colour::Ink2 => "var(--ink2)",
            Colour::Ink3 => "var(--ink3)",
            Colour::Rule => "var(--rule)",
            Colour::Rule2 => "var(--rule2)",
            Colour::Accent => "var(--accent)",
            Colour::Alarm => "var(--alarm)",
            Colour::Caution => "var(--caution)",
            Colour::Good => "var(--good)",
            Colour::Mark => "var(--mark)",
            Colour::Dead => "var(--dead)",
            Colour::Epoch(n) => [
                "var(--epoch0)",
                "var(--epoch1)",
                "var(--epoch2)",
                "var(--epoch3)",
                "var(--epoch4)",
                "var(--epoch5)",
            ][usize::from(n % 6)],
            Colour::EpochEdge(n) => [
                "var(--epoch0-edge)",
                "var(--epoch1-edge)",
                "var(--epoch2-edge)",
                "var(--epoch3-edge)",
                "var(--epoch4-edge)",
                "var(--epoch5-edge)",
            ][usize::from(n % 6)],
            Colour::HatchDead => "url(#hatch-dead)",
            Colour::HatchLag => "url(#hatch-lag)",
            Colour::HatchAlarm => "url(#hatch-alarm)",
        }
    }

    /// Fill and edge of a leader epoch; negative epochs (none yet) count as 0.
    pub fn of_epoch(epoch: i32) -> (Colour, Colour) {
        let n = notches(epoch);
        (Colour::Epoch(n), Colour::EpochEdge(n))
    }
}

/// Notches at the upper edge of a cell of that epoch: `epoch mod 6`.
pub fn notches(epoch: i32) -> u8 {
    u8::try_from(epoch.max(0) % 6).unwrap_or(0)
}

/// How a shape is painted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paint {
    /// Inside.
    pub fill: Colour,
    /// Opacity of the inside, 0 to 1.
    pub fill_opacity: f64,
    /// Edge.
    pub stroke: Colour,
    /// Width of the edge.
    pub width: f64,
    /// Dash pattern of the edge; empty = solid.
    pub dash: &'static str,
    /// Extra CSS class; empty = none.
    pub class: &'static str,
}

impl Paint {
    /// Fill without an edge.
    pub const fn fill(fill: Colour) -> Paint {
        Paint {
            fill,
            fill_opacity: 1.0,
            stroke: Colour::None,
            width: 0.0,
            dash: "",
            class: "",
        }
    }

    /// Edge without a fill.
    pub const fn stroke(stroke: Colour, width: f64) -> Paint {
        Paint::both(Colour::None, stroke, width)
    }

    /// Fill and edge.
    pub const fn both(fill: Colour, stroke: Colour, width: f64) -> Paint {
        Paint {
            fill,
            fill_opacity: 1.0,
            stroke,
            width,
            dash: "",
            class: "",
        }
    }

    /// With a dash pattern.
    pub const fn dashed(mut self, dash: &'static str) -> Paint {
        self.dash = dash;
        self
    }

    /// With a fill opacity.
    pub const fn opacity(mut self, opacity: f64) -> Paint {
        self.fill_opacity = opacity;
        self
    }

    /// With a CSS class.
    pub const fn class(mut self, class: &'static str) -> Paint {
        self.class = class;
        self
    }
}

/// Which end of a text its `x` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Left end.
    Start,
    /// Middle.
    Middle,
    /// Right end.
    End,
}

/// One line of text.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// x of the anchor.
    pub x: f64,
    /// Baseline.
    pub y: f64,
    /// Words.
    pub text: String,
    /// Font size in px; 11 is the floor except inside pills and cells.
    pub size: f64,
    /// Anchor.
    pub anchor: Anchor,
    /// Colour.
    pub colour: Colour,
    /// Semibold.
    pub bold: bool,
    /// Monospaced.
    pub mono: bool,
    /// Extra CSS class; empty = none.
    pub class: &'static str,
}

/// An axis-parallel box.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Area {
    /// Left.
    pub x: f64,
    /// Top.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

impl Area {
    /// A box.
    pub const fn new(x: f64, y: f64, w: f64, h: f64) -> Area {
        Area { x, y, w, h }
    }

    /// Right edge.
    pub fn right(&self) -> f64 {
        self.x + self.w
    }

    /// Lower edge.
    pub fn bottom(&self) -> f64 {
        self.y + self.h
    }

    /// Vertical middle.
    pub fn middle(&self) -> f64 {
        self.y + self.h / 2.0
    }

    /// True when both share more than a hair's breadth.
    pub fn overlaps(&self, other: &Area) -> bool {
        const HAIR: f64 = 0.5;
        self.x + HAIR < other.right()
            && other.x + HAIR < self.right()
            && self.y + HAIR < other.bottom()
            && other.y + HAIR < self.bottom()
    }

    /// True when `other` lies within this box.
    pub fn contains(&self, other: &Area) -> bool {
        other.x >= self.x
            && other.y >= self.y
            && other.right() <= self.right()
            && other.bottom() <= self.bottom()
    }
}

/// One primitive.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// Rectangle with corner radius.
    Rect(Area, f64, Paint),
    /// Line from a point to a point.
    Line([f64; 4], Paint),
    /// SVG path data.
    Path(String, Paint),
    /// Circle: centre x, centre y, radius.
    Circle([f64; 3], Paint),
    /// Text.
    Text(Label),
}

/// What a node of the drawing is to a reader who does not see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Handle {
    /// Identity.
    pub id: ObjectId,
    /// Name read aloud.
    pub name: String,
    /// Area that takes the pointer and shows the focus.
    pub area: Area,
    /// Depth in the tree: 1 = broker, controller, client, group; 2 = replica, member.
    pub level: u8,
    /// True when this is the selected object.
    pub selected: bool,
}

/// A group of shapes; with a handle it is an object that can be selected.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Node {
    /// The object, if it is one.
    pub handle: Option<Handle>,
    /// Shapes, lowest first.
    pub shapes: Vec<Shape>,
}

impl Node {
    /// A node that is drawn only.
    pub fn plain() -> Node {
        Node::default()
    }

    /// A node that is an object.
    pub fn object(handle: Handle) -> Node {
        Node {
            handle: Some(handle),
            shapes: Vec::new(),
        }
    }

    /// Adds a rectangle.
    pub fn rect(&mut self, area: Area, radius: f64, paint: Paint) {
        self.shapes.push(Shape::Rect(area, radius, paint));
    }

    /// Adds a line.
    pub fn line(&mut self, x1: f64, y1: f64, x2: f64, y2: f64, paint: Paint) {
        self.shapes.push(Shape::Line([x1, y1, x2, y2], paint));
    }

    /// Adds a path.
    pub fn path(&mut self, data: String, paint: Paint) {
        self.shapes.push(Shape::Path(data, paint));
    }

    /// Adds a circle.
    pub fn circle(&mut self, x: f64, y: f64, r: f64, paint: Paint) {
        self.shapes.push(Shape::Circle([x, y, r], paint));
    }

    /// Adds text.
    pub fn text(&mut self, label: Label) {
        if !label.text.is_empty() {
            self.shapes.push(Shape::Text(label));
        }
    }
}
