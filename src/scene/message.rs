//! Moving marks: where every message under way stands at a moment, as sprites for one painter.
//!
//! Position is (now - sent) / (arrives - sent) along the message's route, nothing else, so pausing,
//! stepping back and scrubbing need no code of their own.

use super::layout::{Layout, NAME_W};
use super::route::{self, Route};
use super::shape::{Area, Colour, notches};
use super::text::width;
use crate::view_model::cluster::{ClusterView, Family, MessageView, Passage};
use crate::view_model::object::ObjectId;

/// The most marks drawn; more are bundled by route.
pub const MARKS_MAX: usize = 400;
/// The most labels beside marks.
const LABELS_MAX: usize = 6;
const LABEL_H: f64 = 20.0;
/// Marks of one route closer than this become one with a count.
const BUNDLE_PX: f64 = 16.0;
/// How long the cross of a dropped message stays, in µs of virtual time.
pub const CROSS_MICROS: u64 = 200_000;

/// One mark on the canvas.
#[derive(Clone, Debug, PartialEq)]
pub struct Sprite {
    /// The message (the newest of a bundle).
    pub id: u64,
    /// Shape.
    pub family: Family,
    /// Filled when a request, hollow when a response.
    pub request: bool,
    /// Centre.
    pub x: f64,
    /// Centre.
    pub y: f64,
    /// Direction of flight in radians.
    pub angle: f64,
    /// Inside of a square.
    pub fill: Colour,
    /// Edge.
    pub edge: Colour,
    /// Notches of the stamped epoch.
    pub notches: u8,
    /// Offset written inside a square.
    pub inside: Option<String>,
    /// Messages this mark stands for.
    pub count: u32,
    /// What the network does to it.
    pub passage: Passage,
    /// True when the message has been lost by now.
    pub lost: bool,
    /// True when it carries an error.
    pub error: bool,
    /// Boxed words beside it.
    pub label: Option<(Area, String)>,
}

/// What the painter needs besides the view.
#[derive(Clone, Copy, Debug, Default)]
pub struct Motion<'a> {
    /// True while time stands still: labels are shown.
    pub paused: bool,
    /// Selected object: its message is labelled first.
    pub selected: Option<&'a ObjectId>,
    /// Flights shorter than this, in µs, would only flash and are left out.
    pub shortest: u64,
}

/// The marks of all messages under way at `now`.
pub fn sprites(
    view: &ClusterView,
    messages: &[MessageView],
    layout: &Layout,
    now: u64,
    motion: Motion<'_>,
) -> Vec<Sprite> {
    let stage = Area::new(0.0, 0.0, layout.w, layout.h);
    let mut taken = vec![layout.strip];
    taken.extend(
        layout
            .bands
            .iter()
            .map(|(_, band)| Area { w: NAME_W, ..*band }),
    );
    taken.extend(layout.clients.iter().map(|(_, card)| *card));
    taken.extend(layout.groups.iter().map(|group| group.area));
    let room = LabelRoom { stage, taken };
    sprites_by(messages, now, motion, &room, |m| {
        route::of_message(layout, view, m)
    })
}

/// Where labels may stand.
pub struct LabelRoom {
    /// Within this.
    pub stage: Area,
    /// Not on these: names and states are there.
    pub taken: Vec<Area>,
}

/// As [`sprites`], with routes from any lens.
pub fn sprites_by(
    messages: &[MessageView],
    now: u64,
    motion: Motion<'_>,
    room: &LabelRoom,
    route_of: impl Fn(&MessageView) -> Option<Route>,
) -> Vec<Sprite> {
    let mut out: Vec<Sprite> = Vec::new();
    let seen = |m: &&MessageView| visible(m, now) && !is_flash(m, motion.shortest);
    for message in messages.iter().filter(seen) {
        let Some(route) = route_of(message) else {
            continue;
        };
        let (point, angle) = route.at(message.progress(now));
        if let Some(near) = out.iter_mut().find(|s| same_mark(s, message, point, angle)) {
            near.count += 1;
            near.id = message.id;
            continue;
        }
        if out.len() < MARKS_MAX {
            out.push(sprite(message, point, angle, now));
        }
    }
    if motion.paused {
        label(&mut out, messages, motion.selected, room);
    }
    out
}

fn visible(message: &MessageView, now: u64) -> bool {
    let end = match message.passage {
        Passage::Dropped { at } => at + CROSS_MICROS,
        Passage::Held | Passage::AtDoor => u64::MAX,
        Passage::Flying => message.arrives,
    };
    message.sent <= now && now <= end
}

fn is_flash(message: &MessageView, shortest: u64) -> bool {
    message.passage == Passage::Flying && message.arrives - message.sent < shortest
}

fn same_mark(sprite: &Sprite, message: &MessageView, point: (f64, f64), angle: f64) -> bool {
    sprite.family == message.family
        && sprite.request == message.request
        && sprite.passage == message.passage
        && (sprite.angle - angle).abs() < 0.2
        && (sprite.x - point.0).hypot(sprite.y - point.1) < BUNDLE_PX
        && sprite.inside == message_inside(message)
}

fn message_inside(message: &MessageView) -> Option<String> {
    match message.family {
        Family::Records => message.offset.map(|o| o.to_string()),
        Family::Data | Family::Control | Family::Group => None,
    }
}

fn sprite(message: &MessageView, (x, y): (f64, f64), angle: f64, now: u64) -> Sprite {
    let (fill, edge) = match (message.family, message.epoch) {
        (Family::Records, Some(epoch)) => Colour::of_epoch(epoch),
        (Family::Records, None) => (Colour::Sheet, Colour::Ink),
        _ if message.request => (Colour::Ink, Colour::Ink),
        _ => (Colour::Sheet, Colour::Ink),
    };
    Sprite {
        id: message.id,
        family: message.family,
        request: message.request,
        x,
        y,
        angle,
        fill,
        edge: if message.error.is_some() {
            Colour::Alarm
        } else {
            edge
        },
        notches: message.epoch.map_or(0, notches),
        inside: message_inside(message),
        count: 1,
        passage: message.passage,
        lost: matches!(message.passage, Passage::Dropped { at } if at <= now),
        error: message.error.is_some(),
        label: None,
    }
}

/// Labels the selected message and then the newest, at free places right of the marks.
fn label(
    sprites: &mut [Sprite],
    messages: &[MessageView],
    selected: Option<&ObjectId>,
    room: &LabelRoom,
) {
    let mut order: Vec<usize> = (0..sprites.len()).collect();
    order.sort_by_key(|&i| {
        (
            selected != Some(&ObjectId::Message(sprites[i].id)),
            std::cmp::Reverse(sprites[i].id),
        )
    });
    let marks: Vec<Area> = sprites
        .iter()
        .map(|s| Area::new(s.x - 9.0, s.y - 9.0, 18.0, 18.0))
        .collect();
    let mut taken = room.taken.clone();
    for i in order.into_iter().take(LABELS_MAX) {
        let Some(message) = messages.iter().find(|m| m.id == sprites[i].id) else {
            continue;
        };
        let mut words = message.label();
        if sprites[i].count > 1 {
            words = format!("{words} ×{}", sprites[i].count);
        }
        let w = width(&words, 11.5, false) + 14.0;
        if let Some(place) = free_place(&marks, &taken, &marks[i], w, room.stage) {
            taken.push(place);
            sprites[i].label = Some((place, words));
        }
    }
}

fn free_place(marks: &[Area], taken: &[Area], mark: &Area, w: f64, stage: Area) -> Option<Area> {
    let right = mark.right() + 5.0;
    let left = mark.x - 5.0 - w;
    let y = mark.middle() - LABEL_H / 2.0;
    let candidates = [
        (right, 0.0),
        (left, 0.0),
        (right, -20.0),
        (right, 20.0),
        (left, -20.0),
        (left, 20.0),
        (right, -40.0),
        (right, 40.0),
    ];
    candidates
        .into_iter()
        .map(|(x, dy)| Area::new(x, y + dy, w, LABEL_H))
        .find(|place| {
            stage.contains(place)
                && !taken.iter().any(|t| t.overlaps(place))
                && !marks.iter().any(|m| m != mark && m.overlaps(place))
        })
}
