//! Producer and tool cards on the left, group cards on the right, and their wires.

use super::cluster::Options;
use super::layout::{GroupBox, Layout, MemberRow};
use super::replica::corners;
use super::route::{self, Route};
use super::shape::{Area, Colour, Handle, Node, Paint};
use super::text::{self, mono, sans};
use crate::i18n::{Lang, Text, sentence};
use crate::view_model::cluster::{
    AssignedView, ClientKind, ClientView, ClusterView, GroupState, GroupView, MemberView,
};
use crate::view_model::object::ObjectId;
use kafka_lessons::Feature;

/// The line dash of the n-th group.
fn dash(group: usize) -> &'static str {
    ["", "5 3.5", "1.5 3", "8 3 1.5 3"][group % 4]
}

/// Wires of clients and members, below everything else.
pub fn wires(layout: &Layout, view: &ClusterView, selected: Option<&ObjectId>) -> Node {
    let mut node = Node::plain();
    for (i, _) in &layout.clients {
        let client = &view.clients[*i];
        let chosen = selected == Some(&ObjectId::Client(client.name.clone()));
        for broker in &client.targets {
            if let Some(route) = route::client_to_broker(layout, view, &client.name, *broker, None)
            {
                node.path(route.data(), wire(chosen, ""));
            }
        }
    }
    for card in &layout.groups {
        let group = &view.groups[card.group];
        for row in &card.rows {
            let member = &group.members[row.member];
            let chosen = selected == Some(&ObjectId::Client(member.name.clone()));
            if let Some(route) = source_route(layout, view, member, row) {
                node.path(route.data(), wire(chosen, dash(card.group)));
            }
        }
    }
    node
}

fn wire(chosen: bool, dash: &'static str) -> Paint {
    let (colour, width) = if chosen {
        (Colour::Ink, 1.75)
    } else {
        (Colour::Rule2, 1.25)
    };
    Paint::stroke(colour, width).dashed(dash)
}

fn source_route(
    layout: &Layout,
    view: &ClusterView,
    member: &MemberView,
    row: &MemberRow,
) -> Option<Route> {
    let assigned = member.assignment.get(row.assigned?)?;
    route::client_to_broker(
        layout,
        view,
        &member.name,
        assigned.source?,
        Some(&assigned.partition),
    )
}

/// A producer's or tool's card.
pub fn client(lang: Lang, client: &ClientView, area: Area, selected: bool) -> Node {
    let facts = sentence::sent(lang, client.sent, client.acked, client.failed);
    let kind = lang.say(match client.kind {
        ClientKind::Producer => Text::KindProducer,
        ClientKind::Tool => Text::KindTool,
    });
    let mut node = Node::object(Handle {
        id: ObjectId::Client(client.name.clone()),
        name: format!("{kind} {}, {facts}", client.name),
        area,
        level: 1,
        selected,
    });
    node.rect(
        Area::new(area.x + 0.5, area.y + 0.5, area.w - 1.0, area.h - 1.0),
        3.0,
        Paint::both(Colour::Raise, Colour::Rule2, 1.0),
    );
    let (x, room) = (area.x + 12.0, area.w - 22.0);
    let small = area.h < 90.0;
    node.text(
        sans(
            x,
            area.y + if small { 19.0 } else { 22.0 },
            14.0,
            &*client.name,
        )
        .bold()
        .named(room, 12.0),
    );
    if client.kind == ClientKind::Tool {
        node.text(
            sans(x, area.y + if small { 36.0 } else { 40.0 }, 11.5, kind).colour(Colour::Ink2),
        );
    } else if small {
        node.text(
            sans(x, area.y + 36.0, 11.0, facts)
                .colour(Colour::Ink2)
                .within(room),
        );
    } else {
        if let Some(topic) = &client.topic {
            node.text(
                sans(x, area.y + 40.0, 11.5, &**topic)
                    .colour(Colour::Ink2)
                    .named(room, 11.0),
            );
        }
        node.text(
            mono(x, area.y + 60.0, 11.5, format!("acks={}", client.acks))
                .colour(Colour::Ink2)
                .within(room),
        );
        node.text(
            sans(x, area.y + 77.0, 11.5, facts)
                .colour(Colour::Ink2)
                .within(room),
        );
    }
    if let Some(waiting) = &client.waiting {
        if !small {
            let words = waiting.needs_high_watermark.map_or_else(
                || lang.say(Text::WaitsForAck).to_owned(),
                |hw| sentence::needs_watermark(lang, hw),
            );
            node.text(
                sans(x, area.y + 94.0, 11.5, words)
                    .bold()
                    .colour(Colour::Caution)
                    .within(room),
            );
        }
        let place = (area.right() - 16.0, area.y + 17.0);
        node.circle(place.0, place.1, 6.0, Paint::stroke(Colour::Rule, 3.0));
        node.path(
            format!("M{:.1} {:.1}a6 6 0 0 1 6 6", place.0, place.1 - 6.0),
            Paint::stroke(Colour::Caution, 3.0),
        );
    }
    if selected {
        corners(&mut node, area);
    }
    node
}

/// A group's card: the card and its rows as objects.
pub fn group(options: Options<'_>, card: &GroupBox, group: &GroupView) -> Vec<Node> {
    let (lang, selected) = (options.lang, options.selected);
    let shown = options.shows.has(Feature::Groups);
    let area = card.area;
    let id = ObjectId::Group(group.name.clone());
    let chosen = selected == Some(&id);
    let title = if group.name.is_empty() {
        "—"
    } else {
        &group.name
    };
    let mut head = Node::object(Handle {
        id,
        name: format!(
            "{} {title}, {}",
            lang.say(Text::KindGroup),
            group.state.name()
        ),
        area,
        level: 1,
        selected: chosen,
    });
    head.rect(
        Area::new(area.x + 0.5, area.y + 0.5, area.w - 1.0, area.h - 1.0),
        3.0,
        Paint::both(Colour::Raise, Colour::Rule2, 1.0),
    );
    pennant(&mut head, area.x + 12.0, area.y + 10.0, title, card.group);
    let pill_w = text::width(group.state.name(), 11.0, false) + 22.0;
    let pill_w = pill_w.min(118.0);
    let room = area.w - 33.0 - 10.0 - pill_w - 6.0;
    head.text(
        sans(area.x + 33.0, area.y + 23.0, 14.0, title)
            .bold()
            .named(room, 12.0),
    );
    if shown {
        let x = area.right() - 10.0 - pill_w;
        state_pill(&mut head, x, area.y + 10.5, pill_w, group.state);
        let note = sentence::group_note(lang, &group.assignor, group.generation, group.coordinator);
        let note = sans(area.x + 12.0, area.y + 47.0, 11.0, note).colour(Colour::Ink2);
        head.text(note.within(area.w - 14.0));
    }
    if card.hidden > 0 {
        head.text(
            sans(
                area.x + 12.0,
                area.bottom() - 5.0,
                11.5,
                sentence::more(lang, card.hidden),
            )
            .colour(Colour::Ink3),
        );
    }
    if chosen {
        corners(&mut head, area);
    }
    let mut nodes = vec![head];
    for row in &card.rows {
        let member = &group.members[row.member];
        nodes.push(member_row(options, card, row, member));
    }
    nodes
}

/// Room of a member's name when its partition stands beside it.
const NAME_ROOM: f64 = 70.0;
/// Room of the partition there.
const PARTITION_ROOM: f64 = 72.0;

/// True when a member's name and its partition fit on one line; otherwise the partition goes
/// below, in the place of the lag's squares.
fn sits_beside(member: &MemberView, partition: &str) -> bool {
    text::width(&member.name, 12.5, false) < NAME_ROOM
        && text::width(partition, 12.0, false) < PARTITION_ROOM
}

fn member_row(options: Options<'_>, card: &GroupBox, row: &MemberRow, member: &MemberView) -> Node {
    let (lang, selected) = (options.lang, options.selected);
    let offsets = options.shows.has(Feature::Offsets);
    let id = ObjectId::Client(member.name.clone());
    let chosen = selected == Some(&id);
    let assigned = row.assigned.and_then(|a| member.assignment.get(a));
    let area = Area::new(card.area.x + 1.0, row.y, card.area.w - 2.0, card.row_h);
    let told = assigned.map_or_else(
        || lang.say(Text::NoPartition).to_owned(),
        |a| a.partition.to_string(),
    );
    let lag = assigned
        .and_then(|a| a.lag)
        .map(|n| format!(", {}", sentence::lag(lang, n)));
    let mut node = Node::object(Handle {
        id,
        name: format!("{}, {told}{}", member.name, lag.unwrap_or_default()),
        area,
        level: 2,
        selected: chosen,
    });
    node.line(
        area.x,
        row.y,
        area.right(),
        row.y,
        Paint::stroke(Colour::Rule, 1.0),
    );
    let x = card.area.x + 12.0;
    let tall = card.row_h > 30.0;
    let base = row.y + if tall { 16.0 } else { 14.0 };
    let beside = sits_beside(member, &told);
    if row.assigned.unwrap_or(0) == 0 {
        let colour = if member.alive {
            Colour::Ink
        } else {
            Colour::Ink3
        };
        let room = match (tall, beside) {
            (true, false) => 128.0,
            (true, true) => NAME_ROOM - 4.0,
            (false, _) => 54.0,
        };
        let name = sans(x, base, 12.5, &*member.name).bold().colour(colour);
        node.text(name.named(room, 11.5));
    }
    match assigned {
        None if tall => node.text(sans(x, base + 14.0, 11.5, told).colour(Colour::Ink3)),
        None => node.text(sans(x + 58.0, base, 11.5, told).colour(Colour::Ink3)),
        Some(assigned) if tall => tall_row(options, card, (base, beside), assigned, &mut node),
        Some(assigned) => {
            node.text(sans(x + 58.0, base, 11.5, told).named(84.0, 11.0));
            if offsets {
                lag_words(lang, card, base, assigned, &mut node);
            }
        }
    }
    if chosen {
        corners(&mut node, area);
    }
    node
}

/// A row of two lines: `(baseline of the first, whether the partition stands on it)`.
fn tall_row(
    options: Options<'_>,
    card: &GroupBox,
    (base, beside): (f64, bool),
    assigned: &AssignedView,
    node: &mut Node,
) {
    let x = card.area.x + 12.0;
    let below = base + 14.0;
    let partition = assigned.partition.to_string();
    let (position_x, flag_x) = if beside {
        node.text(sans(x + NAME_ROOM, base, 12.0, partition).within(PARTITION_ROOM));
        (x, x + NAME_ROOM)
    } else {
        node.text(sans(x, below, 11.5, partition).named(92.0, 11.0));
        (x + 98.0, x + 150.0)
    };
    if !options.shows.has(Feature::Offsets) {
        return;
    }
    let lang = options.lang;
    if let Some(position) = assigned.position {
        node.text(
            mono(position_x, below, 11.0, sentence::position(lang, position))
                .colour(Colour::Ink2)
                .within(flag_x - position_x - 4.0),
        );
    }
    if let Some(committed) = assigned.committed {
        flag(card, flag_x, below, committed, node);
    }
    lag_words(lang, card, base, assigned, node);
    if beside {
        let lag = assigned.lag.unwrap_or(0);
        lag_squares(card.area.right() - 14.0, below - 8.0, lag, node);
    }
}

/// The group's pennant on its committed offset.
fn flag(card: &GroupBox, x: f64, y: f64, committed: u64, node: &mut Node) {
    let fill = if card.group == 0 {
        Colour::Ink
    } else {
        Colour::None
    };
    node.path(
        format!("M{x:.1} {y:.1}v-8h7l-2 2.3 2 2.3h-7"),
        Paint::both(fill, Colour::Ink, 1.2),
    );
    node.text(mono(x + 11.0, y, 11.0, committed.to_string()).colour(Colour::Ink2));
}

fn lag_words(lang: Lang, card: &GroupBox, base: f64, assigned: &AssignedView, node: &mut Node) {
    let Some(lag) = assigned.lag else { return };
    let label = sans(
        card.area.right() - 12.0,
        base,
        11.5,
        sentence::lag(lang, lag),
    )
    .end();
    node.text(if lag > 0 {
        label.bold().colour(Colour::Caution)
    } else {
        label.colour(Colour::Ink2)
    });
}

/// One hatched square a record up to eight, then one bar.
fn lag_squares(right: f64, y: f64, lag: u64, node: &mut Node) {
    let paint = Paint::both(Colour::HatchLag, Colour::Caution, 1.2);
    if lag > 8 {
        node.rect(Area::new(right - 70.0, y, 70.0, 8.0), 0.0, paint);
        return;
    }
    for i in 0..lag {
        node.rect(
            Area::new(right - 7.0 - 9.0 * i as f64, y, 7.0, 8.0),
            0.0,
            paint,
        );
    }
}

/// The group's pennant with its letter: solid, outlined, dashed, striped.
fn pennant(node: &mut Node, x: f64, y: f64, name: &str, index: usize) {
    node.line(x, y, x, y + 22.0, Paint::stroke(Colour::Ink, 1.75));
    let (fill, letter, dash) = match index % 4 {
        0 => (Colour::Ink, Colour::Sheet, ""),
        1 => (Colour::Sheet, Colour::Ink, ""),
        2 => (Colour::Sheet, Colour::Ink, "2.5 2"),
        _ => (Colour::HatchDead, Colour::Ink, ""),
    };
    node.rect(
        Area::new(x, y + 9.0, 15.0, 13.0),
        0.0,
        Paint::both(fill, Colour::Ink, 1.5).dashed(dash),
    );
    let initial: String = name
        .chars()
        .next()
        .map(|c| c.to_uppercase().collect())
        .unwrap_or_default();
    node.text(
        sans(x + 7.5, y + 19.0, 10.5, initial)
            .bold()
            .middle()
            .colour(letter),
    );
}

fn state_pill(node: &mut Node, x: f64, y: f64, w: f64, state: GroupState) {
    let (edge, class, dash) = match state {
        GroupState::Stable => (Colour::Good, "", ""),
        GroupState::PreparingRebalance
        | GroupState::CompletingRebalance
        | GroupState::Assigning
        | GroupState::Reconciling => (Colour::Caution, "rebalancing", "4 3"),
        GroupState::Empty | GroupState::Dead => (Colour::Ink3, "", ""),
    };
    node.rect(
        Area::new(x, y, w, 17.0),
        8.5,
        Paint::both(Colour::Sheet, edge, 1.25)
            .dashed(dash)
            .class(class),
    );
    node.circle(
        x + 7.6,
        y + 8.5,
        3.0,
        if state == GroupState::Stable {
            Paint::fill(edge)
        } else {
            Paint::stroke(edge, 1.2)
        },
    );
    node.text(sans(x + 13.0, y + 12.5, 11.0, state.name()).within(w - 16.0));
    if state == GroupState::Dead {
        node.line(
            x + 4.0,
            y + 8.5,
            x + w - 4.0,
            y + 8.5,
            Paint::stroke(Colour::Ink3, 1.5),
        );
    }
}
