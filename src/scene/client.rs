//! Producer and tool cards on the left, and the wires of all clients.

use super::group_layout::{Detail, MemberRow};
use super::layout::Layout;
use super::replica::corners;
use super::route::{self, Route};
use super::shape::{Area, Colour, Handle, Node, Paint};
use super::text::{mono, sans};
use crate::i18n::{Lang, Text, sentence};
use crate::view_model::cluster::{AssignedView, ClientKind, ClientView, ClusterView, MemberView};
use crate::view_model::object::ObjectId;

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
            for route in source_routes(layout, view, member, (card.detail, row)) {
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

/// From the brokers to a row: one for its partition, or one for each partition of a chip.
fn source_routes(
    layout: &Layout,
    view: &ClusterView,
    member: &MemberView,
    (detail, row): (Detail, &MemberRow),
) -> Vec<Route> {
    let shown = member.assignment.iter().enumerate();
    let shown = shown.filter(|(at, _)| detail == Detail::Chip || row.assigned == Some(*at));
    let route = |(_, assigned): (usize, &AssignedView)| {
        let partition = Some(&assigned.partition);
        route::client_to_broker(layout, view, &member.name, assigned.source?, partition)
    };
    shown.filter_map(route).collect()
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
                .named(room, 10.0),
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
