//! Broker bands and the controllers' strip.

use super::cluster::Options;
use super::layout::{CLUSTER_X, CONTROL_RAIL, Layout, NAME_W, Zoom};
use super::replica::corners;
use super::shape::{Area, Colour, Handle, Node, Paint};
use super::text::{mono, sans};
use crate::i18n::{Lang, Text, sentence};
use crate::view_model::cluster::{BrokerView, ClusterView, ControllerView, Process, Vote};
use crate::view_model::object::ObjectId;
use kafka_lessons::Feature;

/// State words of a process; `fenced` tells what the controller thinks of a running one.
pub fn state_words(lang: Lang, process: Process, fenced: bool) -> &'static str {
    lang.say(match process {
        Process::Running if fenced => Text::Fenced,
        Process::Running => Text::Running,
        Process::Paused => Text::Paused,
        Process::Stopping => Text::Stopping,
        Process::Stopped { .. } => Text::Stopped,
        Process::Crashed { .. } => Text::Crashed,
    })
}

/// A broker's band with its name column.
pub fn band(
    options: Options<'_>,
    layout: &Layout,
    broker: &BrokerView,
    area: Area,
    selected: bool,
) -> Node {
    let lang = options.lang;
    let state = state_words(lang, broker.process, broker.fenced);
    let mut node = Node::object(Handle {
        id: ObjectId::Broker(broker.id),
        name: sentence::broker_name(lang, broker.id, state, broker.leads),
        area,
        level: 1,
        selected,
    });
    let frame = Area::new(area.x + 0.5, area.y + 0.5, area.w - 1.0, area.h - 1.0);
    let down = broker.process.is_down();
    node.rect(frame, 3.0, frame_paint(broker));
    if down {
        node.rect(
            Area::new(area.x + 8.0, area.y + 8.0, NAME_W - 12.0, area.h - 16.0),
            0.0,
            Paint::fill(Colour::Sheet),
        );
    } else {
        let x = CLUSTER_X + NAME_W;
        node.line(
            x,
            area.y + 1.0,
            x,
            area.bottom() - 1.0,
            Paint::stroke(Colour::Rule, 1.0),
        );
    }
    name_column(options, layout, broker, area, &mut node);
    if selected {
        corners(
            &mut node,
            Area::new(area.x + 4.0, area.y + 4.0, NAME_W - 6.0, area.h - 8.0),
        );
    }
    node
}

fn frame_paint(broker: &BrokerView) -> Paint {
    match broker.process {
        Process::Crashed { .. } | Process::Stopped { .. } => {
            Paint::both(Colour::HatchDead, Colour::Ink3, 1.25).dashed("6 4")
        }
        Process::Running if broker.fenced => {
            Paint::both(Colour::Raise, Colour::Ink3, 1.25).dashed("6 4")
        }
        Process::Running | Process::Paused | Process::Stopping => {
            Paint::both(Colour::Raise, Colour::Ink, 1.25)
        }
    }
}

fn name_column(
    options: Options<'_>,
    layout: &Layout,
    broker: &BrokerView,
    area: Area,
    node: &mut Node,
) {
    let lang = options.lang;
    let x = area.x + 10.0;
    let room = NAME_W - 13.0;
    let first = if layout.zoom == Zoom::Full {
        26.0
    } else {
        (area.h / 2.0 + 5.0).min(20.0)
    };
    let down = broker.process.is_down();
    let name = sans(x, area.y + first, 15.0, sentence::broker(broker.id)).bold();
    node.text(
        name.colour(if down { Colour::Ink2 } else { Colour::Ink })
            .within(room + 4.0),
    );
    if down {
        let y = area.y + first - 5.0;
        node.line(x - 3.0, y, x + 66.0, y, Paint::stroke(Colour::Alarm, 2.0));
    }
    let line = |i: f64| area.y + first + 19.0 * i;
    let fits = |y: f64| y <= area.bottom() - 5.0;
    match broker.process {
        _ if !fits(line(1.0)) => {}
        Process::Crashed { at } | Process::Stopped { at } => {
            down_facts(lang, broker, at, x, area.bottom(), &line, node)
        }
        Process::Paused | Process::Stopping => {
            node.text(state_label(lang, broker, x, line(1.0)).colour(Colour::Caution));
            if broker.process == Process::Paused {
                let y = line(0.0);
                node.path(
                    format!(
                        "M{:.1} {:.1}v12M{:.1} {:.1}v12",
                        x + 72.0,
                        y - 11.0,
                        x + 77.0,
                        y - 11.0
                    ),
                    Paint::stroke(Colour::Caution, 2.5),
                );
            }
        }
        Process::Running if broker.fenced => {
            node.text(state_label(lang, broker, x, line(1.0)).colour(Colour::Ink3))
        }
        Process::Running => node.text(
            sans(x, line(1.0), 11.0, &*broker.address)
                .colour(Colour::Ink3)
                .within(room),
        ),
    }
    let last = if layout.zoom == Zoom::Full {
        area.bottom() - 9.0
    } else {
        line(2.0)
    };
    if !down && layout.zoom == Zoom::Full && options.shows.has(Feature::Timers) {
        session_ring(broker, x + 9.0, (line(1.0) + last) / 2.0 - 2.0, node);
    }
    if !down && fits(last) {
        let words = sentence::leads(lang, broker.leads, broker.led);
        let mut label = sans(x, last, 11.5, words).colour(Colour::Ink2).within(room);
        if broker.led.is_some() {
            node.rect(
                Area::new(area.x + 8.0, last - 12.5, NAME_W - 12.0, 17.0),
                0.0,
                Paint::fill(Colour::Mark),
            );
            label = label.bold().colour(Colour::Ink).within(room);
        }
        node.text(label);
    }
}

fn state_label(lang: Lang, broker: &BrokerView, x: f64, y: f64) -> super::shape::Label {
    sans(x, y, 12.0, state_words(lang, broker.process, broker.fenced)).bold()
}

fn down_facts(
    lang: Lang,
    broker: &BrokerView,
    at: u64,
    x: f64,
    bottom: f64,
    line: &dyn Fn(f64) -> f64,
    node: &mut Node,
) {
    let crashed = matches!(broker.process, Process::Crashed { .. });
    let y = line(1.0) + 2.0;
    if crashed {
        node.path(
            format!("M{:.1} {:.1}l9 9m0 -9l-9 9", x + 1.5, y - 8.5),
            Paint::stroke(Colour::Alarm, 2.5),
        );
    }
    let colour = if crashed { Colour::Alarm } else { Colour::Ink2 };
    let indent = if crashed { 16.0 } else { 0.0 };
    node.text(
        state_label(lang, broker, x + indent, y)
            .colour(colour)
            .within(NAME_W - 16.0 - indent),
    );
    if line(2.0) + 8.0 < bottom {
        node.text(
            mono(x, line(2.0) + 2.0, 11.5, sentence::crashed_at(at))
                .colour(Colour::Ink2)
                .within(NAME_W - 16.0),
        );
    }
    if broker.fenced && line(3.0) + 8.0 < bottom {
        node.text(sans(x, line(3.0) + 2.0, 11.5, lang.say(Text::Fenced)).colour(Colour::Ink2));
    }
}

/// The ring that drains clockwise while the controller hears no heartbeat.
fn session_ring(broker: &BrokerView, x: f64, y: f64, node: &mut Node) {
    let Some((left, whole)) = broker.session else {
        return;
    };
    let share = left as f64 / whole.max(1) as f64;
    ring(node, x, y, 8.0, share);
    node.text(mono(x + 15.0, y + 4.0, 11.0, sentence::duration(left)).colour(Colour::Ink2));
}

/// A timer ring: drains clockwise from twelve, caution below a fifth.
fn ring(node: &mut Node, x: f64, y: f64, r: f64, share: f64) {
    node.circle(x, y, r, Paint::stroke(Colour::Rule, 3.0));
    let share = share.clamp(0.0, 1.0);
    let colour = if share < 0.2 {
        Colour::Caution
    } else {
        Colour::Ink
    };
    if share >= 0.999 {
        node.circle(x, y, r, Paint::stroke(colour, 3.0));
    } else if share > 0.0 {
        let angle = share * std::f64::consts::TAU;
        let (ex, ey) = (x + r * angle.sin(), y - r * angle.cos());
        let large = u8::from(share > 0.5);
        node.path(
            format!("M{x:.1} {:.1}A{r} {r} 0 {large} 1 {ex:.1} {ey:.1}", y - r),
            Paint::stroke(colour, 3.0),
        );
    }
}

/// The strip of the controller quorum, its diamonds as objects.
pub fn quorum(
    lang: Lang,
    layout: &Layout,
    view: &ClusterView,
    selected: Option<&ObjectId>,
) -> Vec<Node> {
    let strip = layout.strip;
    let mut ground = Node::plain();
    ground.rect(
        Area::new(strip.x + 0.5, strip.y + 0.5, strip.w - 1.0, strip.h),
        3.0,
        Paint::both(Colour::Paper, Colour::Rule2, 1.0),
    );
    ground.text(
        sans(
            strip.x + 12.0,
            strip.y + 17.0,
            12.5,
            lang.say(Text::KraftQuorum),
        )
        .bold()
        .within(108.0),
    );
    ground.text(
        sans(
            strip.x + 12.0,
            strip.y + 32.0,
            11.5,
            sentence::epoch(lang, view.quorum.epoch),
        )
        .colour(Colour::Ink2),
    );
    let ends = format!(
        "HW {} · LEO {}",
        view.quorum.high_watermark, view.quorum.log_end
    );
    let last = view.quorum.controllers.len().saturating_sub(1);
    if strip.right() - layout.controller(last).0 - 80.0 > 124.0 {
        let right = strip.right() - 12.0;
        ground.text(
            sans(right, strip.y + 17.0, 11.5, lang.say(Text::MetadataLog))
                .end()
                .colour(Colour::Ink2),
        );
        ground.text(mono(right, strip.y + 32.0, 11.5, ends).end());
    }
    ground.line(
        CONTROL_RAIL,
        strip.y + 19.5,
        CONTROL_RAIL,
        rail_end(layout),
        Paint::stroke(Colour::Rule2, 1.0).dashed("1 4"),
    );
    let y = strip.y + 19.5;
    ground.line(
        CONTROL_RAIL,
        y,
        CLUSTER_X,
        y,
        Paint::stroke(Colour::Rule2, 1.0).dashed("1 4"),
    );
    let mut nodes = vec![ground];
    for (i, controller) in view.quorum.controllers.iter().enumerate() {
        nodes.push(diamond(lang, layout.controller(i), controller, selected));
    }
    nodes
}

fn rail_end(layout: &Layout) -> f64 {
    layout
        .bands
        .last()
        .map_or(layout.strip.bottom(), |(_, band)| band.y + band.h * 0.68)
}

/// State words of a controller.
pub fn controller_words(lang: Lang, controller: &ControllerView) -> &'static str {
    match (controller.process, controller.active, &controller.vote) {
        (Process::Running, true, _) => lang.say(Text::Active),
        (Process::Running, false, Vote::Observer) => lang.say(Text::Observer),
        (process, ..) => state_words(lang, process, false),
    }
}

/// A controller's diamond: dashed when it is down or only observes, filled when it leads.
pub(super) fn diamond_paint(controller: &ControllerView) -> Paint {
    let observes = controller.vote == Vote::Observer;
    match (controller.process.is_down() || observes, controller.active) {
        (true, _) => Paint::both(Colour::Sheet, Colour::Ink3, 1.75).dashed("3 2"),
        (false, true) => Paint::both(Colour::Ink, Colour::Ink, 1.75),
        (false, false) => Paint::both(Colour::Sheet, Colour::Ink, 1.75),
    }
}

fn diamond(
    lang: Lang,
    (x, y): (f64, f64),
    controller: &ControllerView,
    selected: Option<&ObjectId>,
) -> Node {
    let id = ObjectId::Controller(controller.id);
    let state = controller_words(lang, controller);
    let chosen = selected == Some(&id);
    let area = Area::new(x - 16.0, y - 17.0, 96.0, 34.0);
    let mut node = Node::object(Handle {
        id,
        name: format!(
            "{} {}, {state}",
            lang.say(Text::KindController),
            controller.id
        ),
        area,
        level: 1,
        selected: chosen,
    });
    let down = controller.process.is_down();
    let observes = controller.vote == Vote::Observer;
    node.path(
        format!("M{:.1} {y:.1}l10-10 10 10-10 10z", x - 10.0),
        diamond_paint(controller),
    );
    if down {
        node.path(
            format!("M{:.1} {:.1}l9 9m0 -9l-9 9", x - 4.5, y - 4.5),
            Paint::stroke(Colour::Alarm, 2.5),
        );
    }
    let told = controller.active || observes || controller.process != Process::Running;
    let ink = if down { Colour::Ink2 } else { Colour::Ink };
    let name_y = if told { y - 2.5 } else { y + 4.5 };
    node.text(
        mono(x + 18.0, name_y, 13.0, controller.id.to_string())
            .bold()
            .colour(ink),
    );
    if told {
        let colour = if down { Colour::Alarm } else { Colour::Ink2 };
        node.text(
            sans(x + 18.0, y + 11.5, 11.5, state)
                .colour(colour)
                .within(62.0),
        );
    }
    if chosen {
        corners(&mut node, area);
    }
    node
}
