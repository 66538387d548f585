//! The cluster lens: everything of it that stands still, as nodes from back to front.

use super::broker;
use super::layout::{BANDS_Y, CLUSTER_X, Column, Layout, NAME_W, Zoom};
use super::replica::Cell;
use super::shape::{Area, Colour, Handle, Node, Paint};
use super::text::{sans, width};
use super::{client, group};
use crate::i18n::{Lang, Text, sentence};
use crate::view_model::cluster::ClusterView;
use crate::view_model::object::ObjectId;
use crate::view_model::shows::Shows;
use kafka_lessons::Feature;

/// What is drawn besides the view itself.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// Language of the words.
    pub lang: Lang,
    /// Selected object.
    pub selected: Option<&'a ObjectId>,
    /// True when the key line is shown.
    pub key_line: bool,
    /// What is shown of the cluster.
    pub shows: Shows,
}

/// Draws the cluster lens.
pub fn draw(view: &ClusterView, layout: &Layout, options: Options<'_>) -> Vec<Node> {
    let (lang, shows) = (options.lang, options.shows);
    let mut nodes = vec![captions(view, layout, lang)];
    if shows.has(Feature::Controllers) {
        nodes.extend(broker::quorum(lang, layout, view, options.selected));
    }
    nodes.push(heads(view, layout, options));
    let column_heads = layout.columns.iter();
    nodes.extend(column_heads.filter_map(|column| column_head(view, layout, options, column)));
    nodes.push(client::wires(layout, view, options.selected));
    for (id, area) in &layout.bands {
        if let Some(broker) = view.broker(*id) {
            let selected = options.selected == Some(&ObjectId::Broker(*id));
            nodes.push(broker::band(options, layout, broker, *area, selected));
        }
    }
    nodes.push(rails(layout));
    nodes.extend(cells(view, layout, options));
    nodes.push(summary(view, layout, lang));
    for (i, area) in &layout.clients {
        let client = &view.clients[*i];
        let selected = options.selected == Some(&ObjectId::Client(client.name.clone()));
        nodes.push(client::client(lang, client, *area, selected));
    }
    for card in &layout.groups {
        nodes.extend(group::card(options, card, &view.groups[card.group]));
    }
    if options.key_line {
        nodes.push(key_line(layout, options));
    }
    nodes.retain(|n| n.handle.is_some() || !n.shapes.is_empty());
    nodes
}

fn captions(view: &ClusterView, layout: &Layout, lang: Lang) -> Node {
    let mut node = Node::plain();
    let right = layout.w - 220.0;
    for (x, text) in [
        (16.0, Text::Producers),
        (CLUSTER_X, Text::Cluster),
        (right, Text::ConsumerGroups),
    ] {
        let words = lang.say(text).to_uppercase();
        node.text(
            sans(x, 20.0, 11.0, words)
                .bold()
                .colour(Colour::Ink3)
                .class("caption"),
        );
    }
    let hint = |node: &mut Node, x: f64, text: Text| {
        node.text(sans(x, BANDS_Y + 18.0, 12.0, lang.say(text)).colour(Colour::Ink3));
    };
    if view.clients.is_empty() {
        hint(&mut node, 16.0, Text::NoProducer);
    }
    if view.groups.is_empty() {
        hint(&mut node, right, Text::NoGroup);
    }
    if view.brokers.is_empty() {
        hint(&mut node, CLUSTER_X + 12.0, Text::NoBroker);
    }
    let below = |bottom: f64| bottom + 16.0;
    if layout.hidden_clients > 0 {
        let bottom = layout.clients.last().map_or(BANDS_Y, |(_, a)| a.bottom());
        node.text(
            sans(
                16.0,
                below(bottom),
                11.5,
                sentence::more(lang, layout.hidden_clients),
            )
            .colour(Colour::Ink3),
        );
    }
    if layout.hidden_brokers > 0 {
        let words = sentence::more(lang, layout.hidden_brokers);
        node.text(sans(CLUSTER_X + 110.0, 20.0, 11.0, words).colour(Colour::Ink3));
    }
    if layout.hidden_groups > 0 {
        let words = sentence::more(lang, layout.hidden_groups);
        node.text(
            sans(layout.w - 14.0, 20.0, 11.0, words)
                .end()
                .colour(Colour::Ink3),
        );
    }
    node
}

/// Topic names, brackets, partition labels, the leaderless mark, and a dashed place for the first topic.
fn heads(view: &ClusterView, layout: &Layout, options: Options<'_>) -> Node {
    let lang = options.lang;
    let mut node = Node::plain();
    for head in &layout.heads {
        let room = head.right - head.x;
        let name = sans(head.x, 86.0, 12.5, &*head.topic)
            .bold()
            .named(room, 11.0);
        let named = width(&name.text, name.size, false);
        node.text(name);
        let Some(topic) = view.topics.iter().find(|t| t.name == head.topic) else {
            continue;
        };
        let note = sentence::topic_note(lang, topic.partitions.len(), topic.replication_factor);
        if named * 1.1 + width(&note, 11.5, false) + 24.0 < room {
            node.text(
                sans(head.right, 86.0, 11.5, note)
                    .end()
                    .colour(Colour::Ink3),
            );
        }
        node.path(
            format!("M{:.1} 98V92.5H{:.1}V98", head.x + 0.5, head.right - 0.5),
            Paint::stroke(Colour::Ink2, 1.0),
        );
    }
    let internal: usize = view
        .topics
        .iter()
        .filter(|t| t.internal)
        .map(|t| t.partitions.len())
        .sum();
    let folded = view.topics.iter().find(|t| t.internal);
    if let Some(topic) = folded.filter(|_| options.shows.has(Feature::InternalTopics)) {
        internal_chip(layout, &topic.name, internal, &mut node);
    }
    node
}

/// Internal topics are folded behind one line at the right of the captions.
fn internal_chip(layout: &Layout, name: &str, partitions: usize, node: &mut Node) {
    let words = format!("{name} × {partitions}");
    node.text(
        sans(layout.right, 20.0, 11.0, words)
            .end()
            .colour(Colour::Ink3),
    );
}

/// The partition as a whole: what stands over its replicas.
fn column_head(
    view: &ClusterView,
    layout: &Layout,
    options: Options<'_>,
    column: &Column,
) -> Option<Node> {
    let (lang, name) = (options.lang, &column.partition);
    let (_, partition) = view.partition(name)?;
    let id = ObjectId::Partition(name.clone());
    let mut node = Node::object(Handle {
        name: sentence::partition_name(lang, &name.to_string(), partition.leader),
        area: Area::new(column.x, 90.0, column.w - 4.0, 24.0),
        level: 1,
        selected: options.selected == Some(&id),
        id,
    });
    let glyph = layout.zoom == Zoom::Glyph;
    let words = if glyph {
        name.partition.to_string()
    } else {
        sentence::partition(lang, name.partition)
    };
    let label = if glyph {
        sans(column.x + column.w / 2.0, 107.0, 11.0, words).middle()
    } else {
        sans(column.content(), 107.0, 11.0, words)
    };
    match partition.leaderless_since {
        None => node.text(label.colour(Colour::Ink3)),
        Some(since) => {
            let x = if glyph {
                column.x + 3.0
            } else {
                column.content()
            };
            let w = if glyph { column.w - 6.0 } else { column.room() };
            if glyph {
                node.text(label.colour(Colour::Alarm).bold());
            } else {
                let waited = sentence::leaderless(lang, view.now.saturating_sub(since));
                node.text(
                    sans(x, 107.0, 11.0, waited)
                        .bold()
                        .colour(Colour::Alarm)
                        .within(w + 12.0),
                );
            }
            node.rect(
                Area::new(x, 98.5, w, 4.0),
                0.0,
                Paint::fill(Colour::HatchAlarm),
            );
        }
    }
    Some(node)
}

/// The dotted rail at the left of each column.
fn rails(layout: &Layout) -> Node {
    let mut node = Node::plain();
    let Some((_, last)) = layout.bands.last() else {
        return node;
    };
    if layout.zoom == Zoom::Glyph {
        return node;
    }
    for column in &layout.columns {
        let x = column.rail();
        node.line(
            x,
            98.0,
            x,
            last.bottom() - 10.0,
            Paint::stroke(Colour::Rule2, 1.0).dashed("1 4"),
        );
    }
    node
}

fn cells(view: &ClusterView, layout: &Layout, options: Options<'_>) -> Vec<Node> {
    let mut nodes = Vec::new();
    for (id, band) in &layout.bands {
        let Some(broker) = view.broker(*id) else {
            continue;
        };
        for column in &layout.columns {
            let Some((_, partition)) = view.partition(&column.partition) else {
                continue;
            };
            let Some(replica) = partition.log(*id) else {
                continue;
            };
            let selected = match options.selected {
                Some(ObjectId::Replica(p, b)) => p == &column.partition && b == id,
                Some(ObjectId::Partition(p)) => {
                    p == &column.partition && partition.leader == Some(*id)
                }
                _ => false,
            };
            nodes.push(
                Cell {
                    options,
                    layout,
                    column,
                    band: *band,
                    broker,
                    partition,
                    replica,
                    selected,
                }
                .draw(),
            );
        }
    }
    nodes
}

fn summary(view: &ClusterView, layout: &Layout, lang: Lang) -> Node {
    let mut node = Node::plain();
    if layout.heads.is_empty() && !view.brokers.is_empty() {
        let bottom = layout.bands.last().map_or(BANDS_Y, |(_, b)| b.bottom());
        let area = Area::new(CLUSTER_X + NAME_W + 16.0, 94.5, 168.0, bottom - 100.0);
        node.rect(area, 3.0, Paint::stroke(Colour::Rule2, 1.0).dashed("4 4"));
        node.text(
            sans(area.x, 86.0, 12.5, lang.say(Text::NoTopic))
                .bold()
                .colour(Colour::Ink2),
        );
    }

    let Some(folded) = &layout.folded else {
        return node;
    };
    if folded.partitions == 0 {
        return node;
    }
    let lines = sentence::folded(
        lang,
        folded.topics,
        folded.partitions,
        folded.under_replicated,
    );
    let bottom = layout.bands.last().map_or(BANDS_Y, |(_, b)| b.bottom());
    let area = Area::new(folded.x + 4.0, BANDS_Y + 4.0, 96.0, bottom - BANDS_Y - 8.0);
    node.rect(
        area,
        3.0,
        Paint::both(Colour::Paper, Colour::Rule2, 1.0).dashed("4 4"),
    );
    for (i, line) in lines.iter().enumerate() {
        node.text(
            sans(
                area.x + 6.0,
                area.y + 18.0 + 16.0 * i as f64,
                11.0,
                line.as_str(),
            )
            .colour(Colour::Ink2)
            .within(86.0),
        );
    }
    node
}

/// The one key of the picture, under it.
fn key_line(layout: &Layout, options: Options<'_>) -> Node {
    let (lang, shows) = (options.lang, options.shows);
    let mut node = Node::plain();
    let y = layout.h - 22.0;
    let mut x = CLUSTER_X;
    let ink = Paint::both(Colour::Ink, Colour::Ink, 2.0);
    for (i, text) in [
        Text::KeyRecords,
        Text::KeyData,
        Text::KeyControl,
        Text::KeyGroup,
        Text::KeyResponse,
        Text::KeyWatermark,
    ]
    .into_iter()
    .enumerate()
    {
        if text == Text::KeyWatermark && !shows.has(Feature::HighWatermark) {
            break;
        }
        let words = lang.say(text);
        let m = x + 6.0;
        match i {
            0 => node.rect(
                Area::new(x, y - 6.0, 12.0, 12.0),
                0.0,
                Paint::both(Colour::Sheet, Colour::Ink, 2.0),
            ),
            1 => node.circle(m, y, 4.0, ink),
            2 => node.path(format!("M{m:.1} {:.1}l5 5-5 5-5-5z", y - 5.0), ink),
            3 => node.path(format!("M{m:.1} {:.1}l5 8h-10z", y - 5.0), ink),
            4 => node.circle(m, y, 4.5, Paint::both(Colour::Sheet, Colour::Ink, 1.8)),
            _ => node.path(
                format!(
                    "M{:.1} {:.1}h7M{m:.1} {:.1}v13M{:.1} {:.1}h7",
                    m - 3.5,
                    y - 7.0,
                    y - 7.0,
                    m - 3.5,
                    y + 6.0
                ),
                Paint::stroke(Colour::Ink, 2.0),
            ),
        }
        node.text(sans(x + 18.0, y + 4.0, 11.5, words).colour(Colour::Ink2));
        x += 18.0 + width(words, 11.5, false) * 1.08 + 20.0;
        if x > layout.w - 120.0 {
            break;
        }
    }
    node
}
