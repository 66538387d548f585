//! The cluster lens on a phone, drawn.

use super::broker::{diamond_paint, state_words};
use super::cluster::Options;
use super::phone_layout::{INSET, LABEL_W, NAME_W, PhoneLayout, TOP};
use super::replica::{corners, pill};
use super::shape::{Area, Colour, Handle, Node, Paint, notches};
use super::text::{mono, sans};
use crate::i18n::{Lang, Text, sentence};
use crate::view_model::cluster::{
    BrokerView, ClusterView, GroupView, PartitionView, Process, ReplicaRole, ReplicaView,
};
use crate::view_model::object::{ObjectId, PartitionName};
use kafka_lessons::Feature;

const CELL_H: f64 = 34.0;

/// Draws the phone's cluster.
pub fn draw(view: &ClusterView, layout: &PhoneLayout, options: Options<'_>) -> Vec<Node> {
    let (lang, selected) = (options.lang, options.selected);
    let mut nodes = Vec::new();
    if options.shows.has(Feature::Controllers) {
        nodes.extend(quorum(view, layout, lang));
    }
    let partition = layout
        .partition
        .as_ref()
        .and_then(|p| view.partition(p))
        .map(|(_, p)| p);
    for (id, area) in &layout.rows {
        let Some(broker) = view.broker(*id) else {
            continue;
        };
        nodes.push(row(
            lang,
            broker,
            partition,
            *area,
            selected == Some(&ObjectId::Broker(*id)),
        ));
        let Some(replica) = partition.and_then(|p| p.log(*id)) else {
            continue;
        };
        if let Some(name) = &layout.partition {
            nodes.push(replica_cells(options, layout, name, broker, replica, *area));
        }
    }
    let mut rail = Node::plain();
    rail.line(
        layout.rail(),
        TOP + 14.0,
        layout.rail(),
        layout.below() - 14.0,
        Paint::stroke(Colour::Rule2, 1.0).dashed("1 4"),
    );
    nodes.push(rail);
    nodes.push(clients(view, layout, lang));
    nodes
}

fn quorum(view: &ClusterView, layout: &PhoneLayout, lang: Lang) -> Vec<Node> {
    let mut node = Node::plain();
    node.text(sans(INSET, 25.0, 12.5, "KRaft").bold());
    node.text(
        sans(
            INSET + 42.0,
            25.0,
            12.0,
            sentence::epoch(lang, view.quorum.epoch),
        )
        .colour(Colour::Ink2)
        .within(72.0),
    );
    let count = view.quorum.controllers.len();
    for (i, controller) in view.quorum.controllers.iter().enumerate() {
        let (x, y) = layout.controller(i, count);
        if x + LABEL_W > layout.w {
            break;
        }
        let down = controller.process.is_down();
        node.path(
            format!("M{:.1} {y}l8-8 8 8-8 8z", x - 8.0),
            diamond_paint(controller),
        );
        if down {
            node.path(
                format!("M{:.1} 16l8 8m0 -8l-8 8", x - 4.0),
                Paint::stroke(Colour::Alarm, 2.5),
            );
        }
        let mut label = mono(x + 14.0, 25.0, 12.5, controller.id.to_string());
        label.bold = controller.active;
        node.text(label.colour(if controller.active {
            Colour::Ink
        } else {
            Colour::Ink2
        }));
    }
    vec![node]
}

fn row(
    lang: Lang,
    broker: &BrokerView,
    partition: Option<&PartitionView>,
    area: Area,
    selected: bool,
) -> Node {
    let state = state_words(lang, broker.process, broker.fenced);
    let mut node = Node::object(Handle {
        id: ObjectId::Broker(broker.id),
        name: sentence::broker_name(lang, broker.id, state, broker.leads),
        area,
        level: 1,
        selected,
    });
    let down = broker.process.is_down();
    let leads = partition.is_some_and(|p| p.leader == Some(broker.id));
    let follows = !broker.fenced && partition.is_some_and(|p| p.replicas.contains(&broker.id));
    let paint = match (down, leads) {
        (true, _) => Paint::both(Colour::HatchDead, Colour::Ink3, 1.25).dashed("6 4"),
        (false, true) => Paint::both(Colour::Raise, Colour::Ink, 2.5),
        (false, false) if broker.fenced => {
            Paint::both(Colour::Raise, Colour::Ink3, 1.25).dashed("6 4")
        }
        (false, false) => Paint::both(Colour::Raise, Colour::Ink, 1.25),
    };
    node.rect(
        Area::new(area.x + 0.5, area.y + 0.5, area.w - 1.0, area.h - 1.0),
        3.0,
        paint,
    );
    if down {
        node.rect(
            Area::new(area.x + 6.0, area.y + 4.0, NAME_W - 12.0, area.h - 8.0),
            0.0,
            Paint::fill(Colour::Sheet),
        );
    } else {
        node.line(
            area.x + NAME_W,
            area.y + 1.0,
            area.x + NAME_W,
            area.bottom() - 1.0,
            Paint::stroke(Colour::Rule, 1.0),
        );
    }
    let lines = Lines::of(&area);
    let ink = if down { Colour::Ink2 } else { Colour::Ink };
    node.text(
        sans(
            area.x + 12.0,
            lines.name,
            lines.name_size,
            sentence::broker(broker.id),
        )
        .bold()
        .colour(ink)
        .within(NAME_W - 14.0),
    );
    if down {
        node.line(
            area.x + 9.0,
            lines.name - 5.0,
            area.x + 78.0,
            lines.name - 5.0,
            Paint::stroke(Colour::Alarm, 2.0),
        );
    }
    row_state(
        lang,
        broker,
        (leads, follows),
        state,
        (area.x + 12.0, lines),
        &mut node,
    );
    if selected {
        corners(
            &mut node,
            Area::new(area.x + 3.0, area.y + 3.0, NAME_W - 4.0, area.h - 6.0),
        );
    }
    node
}

/// The two lines of a row, the broker's name and its state: baselines and sizes. A low row (above
/// a lesson, or of many brokers) has smaller letters, never a line less.
#[derive(Clone, Copy)]
struct Lines {
    name: f64,
    name_size: f64,
    state: f64,
    state_size: f64,
}

impl Lines {
    fn of(area: &Area) -> Lines {
        let middle = area.middle();
        let (name, name_size, state, state_size) = match area.h > 48.0 {
            true => (middle - 8.0, 15.0, middle + 16.0, 12.5),
            false => (middle - 2.5, 13.0, middle + 11.5, 11.5),
        };
        Lines {
            name,
            name_size,
            state,
            state_size,
        }
    }
}

fn row_state(
    lang: Lang,
    broker: &BrokerView,
    (leads, follows): (bool, bool),
    state: &str,
    (x, lines): (f64, Lines),
    node: &mut Node,
) {
    let (y, size) = (lines.state, lines.state_size);
    match broker.process {
        Process::Crashed { .. } => {
            node.path(
                format!("M{x:.1} {:.1}l9 9m0 -9l-9 9", y - 9.0),
                Paint::stroke(Colour::Alarm, 2.5),
            );
            node.text(
                sans(x + 16.0, y, size, state)
                    .bold()
                    .colour(Colour::Alarm)
                    .within(NAME_W - 32.0),
            );
        }
        Process::Running if leads => {
            let high = size + 3.5;
            node.rect(
                Area::new(x, y - size + 1.0, 64.0, high),
                2.0,
                Paint::both(Colour::Ink, Colour::Ink, 1.0),
            );
            node.text(
                sans(x + 32.0, y + 0.5, size - 0.5, "LEADER")
                    .bold()
                    .middle()
                    .colour(Colour::Sheet),
            );
        }
        Process::Running if follows => {
            node.text(sans(x, y, size, lang.say(Text::Follower)).colour(Colour::Ink2))
        }
        Process::Running if !broker.fenced => node.text(
            sans(x, y, size, state)
                .colour(Colour::Ink2)
                .within(NAME_W - 16.0),
        ),
        _ => node.text(
            sans(x, y, size, state)
                .colour(Colour::Caution)
                .within(NAME_W - 16.0),
        ),
    }
}

fn replica_cells(
    options: Options<'_>,
    layout: &PhoneLayout,
    name: &PartitionName,
    broker: &BrokerView,
    replica: &ReplicaView,
    area: Area,
) -> Node {
    let (lang, shows) = (options.lang, options.shows);
    let dead = broker.process.is_down();
    let id = ObjectId::Replica(name.clone(), broker.id);
    let chosen = options.selected == Some(&id);
    let role = lang.say(if replica.role == ReplicaRole::Leader {
        Text::Leader
    } else {
        Text::Follower
    });
    let hit = Area::new(
        area.x + NAME_W + 4.0,
        area.y + 3.0,
        area.w - NAME_W - 8.0,
        area.h - 6.0,
    );
    let mut node = Node::object(Handle {
        id,
        name: sentence::replica_name(
            lang,
            &name.to_string(),
            broker.id,
            role,
            sentence::sync(lang, replica.sync),
            replica.high_watermark,
            replica.log_end,
        ),
        area: hit,
        level: 2,
        selected: chosen,
    });
    if dead {
        node.rect(hit, 0.0, Paint::fill(Colour::Sheet).opacity(0.72));
    }
    let high = CELL_H.min(area.h - 12.0);
    let y = area.middle() - high / 2.0 + 1.0;
    if layout.folded {
        node.text(
            sans(
                layout.at(layout.first) - 7.0,
                y + high / 2.0 + 4.0,
                12.0,
                "…",
            )
            .middle()
            .colour(Colour::Ink3),
        );
    }
    for record in replica.tail.iter().filter(|r| r.offset >= layout.first) {
        let epochs = shows.has(Feature::Epochs);
        let epoch = if epochs { record.epoch } else { 0 };
        let known = shows.has(Feature::HighWatermark);
        let committed = !known || record.offset < replica.high_watermark;
        let look = (dead, committed, replica.role == ReplicaRole::Leader);
        cell(layout, (record.offset, epoch), look, (y, high), &mut node);
    }
    ends(options, layout, replica, dead, (y, high), &mut node);
    if shows.has(Feature::Isr) {
        pill(&mut node, area.right() - 48.0, area.y + 7.0, replica.sync);
    }
    if area.h > 48.0 {
        let text = format!("LEO {}", replica.log_end);
        node.text(
            mono(area.right() - 9.0, area.bottom() - 10.0, 11.5, text)
                .end()
                .colour(Colour::Ink2),
        );
    }
    if chosen {
        corners(&mut node, hit);
    }
    node
}

/// High watermark, log end, and why the strip is bare if it is.
fn ends(
    options: Options<'_>,
    layout: &PhoneLayout,
    replica: &ReplicaView,
    dead: bool,
    (y, high): (f64, f64),
    node: &mut Node,
) {
    let ink = if dead { Colour::Ink3 } else { Colour::Ink };
    if options.shows.has(Feature::HighWatermark) {
        let hw = layout.at(replica.high_watermark.max(layout.first));
        let (top, bottom) = (y - 5.0, y + high + 2.0);
        let bar = format!("M{:.1} {top:.1}h9M{hw:.1} {top:.1}V{bottom:.1}", hw - 4.5);
        node.path(bar, Paint::stroke(ink, 2.5));
    }
    let leo = layout.at(replica.log_end.max(layout.first));
    let fill = if dead { Colour::None } else { ink };
    node.path(
        format!("M{leo:.1} {:.1}l4.5 6.5h-9z", y + high + 4.0),
        Paint::both(fill, ink, 1.0),
    );
    if replica.log_end <= layout.first.max(replica.log_start) {
        let words = sentence::no_record_here(options.lang, replica.log_start, replica.log_end);
        let (x, y) = (layout.at(layout.first) + 10.0, y + high / 2.0 + 4.0);
        node.text(sans(x, y, 12.0, words).colour(Colour::Ink2));
    }
}

/// A record by offset and epoch; dead, committed, of the leader.
fn cell(
    layout: &PhoneLayout,
    (offset, epoch): (u64, i32),
    (dead, committed, leads): (bool, bool, bool),
    (y, high): (f64, f64),
    node: &mut Node,
) {
    let x = layout.at(offset);
    let (fill, edge) = if dead {
        (Colour::Dead, Colour::Rule2)
    } else {
        Colour::of_epoch(epoch)
    };
    let mut paint = Paint::both(fill, edge, if committed { 1.0 } else { 1.5 });
    if !committed {
        paint = paint.dashed("3 2");
    }
    if !leads && !dead {
        paint = paint.opacity(0.5);
    }
    node.rect(Area::new(x + 0.75, y, layout.cell - 1.5, high), 0.0, paint);
    if !dead {
        for i in 0..notches(epoch) {
            let nx = x + 4.0 + 3.0 * f64::from(i);
            node.line(nx, y + 0.75, nx, y + 4.75, Paint::stroke(edge, 1.5));
        }
    }
    let mut label = mono(
        x + layout.cell / 2.0,
        y + high / 2.0 + 5.0,
        13.0,
        offset.to_string(),
    )
    .middle();
    label.bold = leads;
    node.text(if dead {
        label.colour(Colour::Ink2)
    } else {
        label
    });
}

/// Producers left, consumers right, one line each.
fn clients(view: &ClusterView, layout: &PhoneLayout, lang: Lang) -> Node {
    let mut node = Node::plain();
    let y = layout.below() + 22.0;
    let half = layout.w / 2.0;
    node.line(
        half,
        y - 14.0,
        half,
        y + 26.0,
        Paint::stroke(Colour::Rule, 1.0),
    );
    let room = half - INSET - 12.0;
    node.text(
        sans(INSET, y, 13.0, lang.say(Text::Producers))
            .bold()
            .within(room),
    );
    node.text(
        sans(half + 16.0, y, 13.0, lang.say(Text::ConsumerGroups))
            .bold()
            .within(room),
    );
    let produced = view
        .clients
        .iter()
        .max_by_key(|c| (c.waiting.is_some(), c.sent))
        .map_or_else(
            || (lang.say(Text::NoProducer).to_owned(), Colour::Ink3),
            |c| match &c.waiting {
                Some(_) => (
                    format!("{}: {}", c.name, lang.say(Text::WaitsForAck)),
                    Colour::Caution,
                ),
                None => (
                    format!(
                        "{}: {}",
                        c.name,
                        sentence::sent(lang, c.sent, c.acked, c.failed)
                    ),
                    Colour::Ink2,
                ),
            },
        );
    node.text(
        sans(INSET, y + 21.0, 12.5, produced.0)
            .colour(produced.1)
            .within(room),
    );
    for (row, words) in group_lines(view, lang).into_iter().enumerate() {
        let y = y + 21.0 + 16.0 * row as f64;
        let words = sans(half + 16.0, y, 12.5, words).colour(Colour::Ink2);
        node.text(words.within(room));
    }
    node
}

/// One line for the first group and one for the rest.
fn group_lines(view: &ClusterView, lang: Lang) -> Vec<String> {
    let line = |group: &GroupView| {
        let lag = sentence::lag(lang, group.lag());
        format!("{} · {} · {lag}", group.name, group.state.name())
    };
    match view.groups.as_slice() {
        [] => vec![lang.say(Text::NoGroup).to_owned()],
        [one] => vec![line(one)],
        [one, other] => vec![line(one), line(other)],
        [one, rest @ ..] => vec![line(one), sentence::more(lang, rest.len())],
    }
}
