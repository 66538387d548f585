//! Group cards on the right: the card, its members, what they have read and what lies before them.

use super::cluster::Options;
use super::group_layout::{Detail, GroupBox, MemberRow};
use super::replica::corners;
use super::shape::{Area, Colour, Handle, Node, Paint};
use super::text::{self, mono, sans};
use crate::i18n::{Lang, Text, sentence};
use crate::view_model::cluster::{AssignedView, GroupState, GroupView, MemberView};
use crate::view_model::object::ObjectId;
use kafka_lessons::Feature;

/// A group's card: the card and its rows as objects.
pub fn card(options: Options<'_>, card: &GroupBox, group: &GroupView) -> Vec<Node> {
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
    let chips = card.detail == Detail::Chip;
    let up = if chips { 6.0 } else { 0.0 };
    pennant(
        &mut head,
        area.x + 12.0,
        area.y + 10.0 - up,
        title,
        card.group,
    );
    let pill_w = text::width(group.state.name(), 11.0, false) + 22.0;
    let pill_w = pill_w.min(118.0);
    let room = area.w - 33.0 - 10.0 - pill_w - 6.0;
    head.text(
        sans(area.x + 33.0, area.y + 23.0 - up, 14.0, title)
            .bold()
            .named(room, 12.0),
    );
    if shown {
        let x = area.right() - 10.0 - pill_w;
        state_pill(&mut head, x, area.y + 10.5 - up, pill_w, group.state);
    }
    if shown && !chips {
        let note = sentence::group_note(lang, &group.assignor, group.generation, group.coordinator);
        head.text(
            sans(area.x + 12.0, area.y + 47.0, 11.0, note)
                .colour(Colour::Ink2)
                .named(area.w - 20.0, 10.0),
        );
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
        nodes.push(if chips {
            chip(options, row, member)
        } else {
            member_row(options, card, row, member)
        });
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
    let area = row.area;
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
    top_rule(&mut node, area);
    let x = card.area.x + 12.0;
    let tall = card.detail == Detail::Tall;
    let base = area.y + if tall { 16.0 } else { 14.0 };
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

fn top_rule(node: &mut Node, area: Area) {
    node.line(
        area.x,
        area.y,
        area.right(),
        area.y,
        Paint::stroke(Colour::Rule, 1.0),
    );
}

/// A member in half a line: its name, the numbers of its partitions, its lag.
fn chip(options: Options<'_>, row: &MemberRow, member: &MemberView) -> Node {
    let (lang, selected) = (options.lang, options.selected);
    let id = ObjectId::Client(member.name.clone());
    let chosen = selected == Some(&id);
    let area = row.area;
    let all = member.assignment.iter();
    let offsets = options.shows.has(Feature::Offsets);
    let lag = all.clone().filter_map(|a| a.lag).filter(|_| offsets);
    let lag: u64 = lag.sum();
    let names: Vec<String> = all.clone().map(|a| a.partition.to_string()).collect();
    let told = match names.as_slice() {
        [] => lang.say(Text::NoPartition).to_owned(),
        names => format!("{}, {}", names.join(" "), sentence::lag(lang, lag)),
    };
    let mut node = Node::object(Handle {
        id,
        name: format!("{}, {told}", member.name),
        area,
        level: 2,
        selected: chosen,
    });
    top_rule(&mut node, area);
    let (x, base) = (area.x + 11.0, area.y + 13.5);
    let colour = if member.alive {
        Colour::Ink
    } else {
        Colour::Ink3
    };
    let name = sans(x, base, 11.5, &*member.name).bold().colour(colour);
    node.text(name.named(46.0, 10.0));
    let numbers: Vec<String> = all.map(|a| a.partition.partition.to_string()).collect();
    let (numbers, colour) = match (numbers.is_empty(), lag) {
        (true, _) => ("—".to_owned(), Colour::Ink3),
        (false, 0) => (numbers.join(" "), Colour::Ink2),
        (false, _) => (numbers.join(" "), Colour::Caution),
    };
    let mut label = mono(area.right() - 8.0, base, 10.5, numbers).colour(colour);
    if lag > 0 {
        label = label.bold();
        let place = area.right() - 8.0 - label.area(1.0).w - 9.0;
        let paint = Paint::both(Colour::HatchLag, Colour::Caution, 1.2);
        node.rect(Area::new(place, base - 7.0, 6.0, 7.0), 0.0, paint);
    }
    node.text(label.end().within(36.0));
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

/// One hatched square a record up to six, then one bar: offsets of five digits stand beside it.
fn lag_squares(right: f64, y: f64, lag: u64, node: &mut Node) {
    let paint = Paint::both(Colour::HatchLag, Colour::Caution, 1.2);
    if lag > 6 {
        node.rect(Area::new(right - 52.0, y, 52.0, 8.0), 0.0, paint);
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
