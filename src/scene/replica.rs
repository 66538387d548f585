//! One replica's cell: tag, pill, log strip with high watermark and log end, numbers.

use super::cluster::Options;
use super::layout::{Column, Layout, Zoom};
use super::shape::{Area, Colour, Handle, Node, Paint, notches};
use super::text::{self, mono, sans};
use crate::i18n::{Text, sentence};
use crate::view_model::cluster::{BrokerView, PartitionView, ReplicaRole, ReplicaView, Sync};
use crate::view_model::object::ObjectId;
use kafka_lessons::Feature;

const STRIP_H: f64 = 24.0;

/// What a cell needs to know.
pub struct Cell<'a> {
    /// Language, and what is shown.
    pub options: Options<'a>,
    /// Layout.
    pub layout: &'a Layout,
    /// Its column.
    pub column: &'a Column,
    /// Its row.
    pub band: Area,
    /// Its broker.
    pub broker: &'a BrokerView,
    /// Its partition.
    pub partition: &'a PartitionView,
    /// The replica.
    pub replica: &'a ReplicaView,
    /// True when the replica or its partition is selected.
    pub selected: bool,
}

impl Cell<'_> {
    /// Draws the cell as one object.
    pub fn draw(&self) -> Node {
        let mut node = Node::object(self.handle());
        match self.layout.zoom {
            Zoom::Glyph => self.glyph(&mut node),
            Zoom::Full | Zoom::Compact => self.detailed(&mut node),
        }
        if self.selected {
            corners(&mut node, self.area());
        }
        node
    }

    fn shows(&self, feature: Feature) -> bool {
        self.options.shows.has(feature)
    }

    /// The epoch as it is coloured; all are alike while epochs are not shown.
    fn hue(&self, epoch: i32) -> i32 {
        if self.shows(Feature::Epochs) {
            epoch
        } else {
            0
        }
    }

    fn dead(&self) -> bool {
        self.broker.process.is_down()
    }

    fn area(&self) -> Area {
        Area::new(
            self.column.content() - 6.0,
            self.band.y + 4.0,
            self.column.room() + 12.0,
            self.band.h - 8.0,
        )
    }

    fn handle(&self) -> Handle {
        let role = self.options.lang.say(role_text(self.replica.role));
        let sync = sentence::sync(self.options.lang, self.replica.sync);
        let name = sentence::replica_name(
            self.options.lang,
            &self.column.partition.to_string(),
            self.broker.id,
            role,
            sync,
            self.replica.high_watermark,
            self.replica.log_end,
        );
        Handle {
            id: ObjectId::Replica(self.column.partition.clone(), self.broker.id),
            name,
            area: self.area(),
            level: 2,
            selected: self.selected,
        }
    }

    fn detailed(&self, node: &mut Node) {
        if self.dead() {
            let ground = Area::new(
                self.column.content() - 4.0,
                self.band.y + 7.0,
                self.column.room() + 6.0,
                self.band.h - 14.0,
            );
            node.rect(ground, 0.0, Paint::fill(Colour::Sheet).opacity(0.72));
        }
        let tag_y = self.band.y
            + if self.layout.zoom == Zoom::Full {
                10.0
            } else {
                6.0
            };
        self.tag(node, tag_y);
        if self.shows(Feature::Isr) {
            let x = self.column.content() + self.column.facts() - 39.0;
            pill(node, x, tag_y + 0.5, self.replica.sync);
        }
        self.strip(node, self.layout.strip_y(&self.band));
        if self.layout.zoom == Zoom::Full {
            self.numbers(node, self.band.bottom() - 11.0);
        }
    }

    fn tag(&self, node: &mut Node, y: f64) {
        let x = self.column.content();
        let wide = self.column.room() >= 96.0;
        if self.replica.role != ReplicaRole::Leader {
            let room = self.column.facts() - 41.0;
            let words = self.options.lang.say(role_text(self.replica.role));
            node.text(
                sans(x, y + 12.0, 11.5, words)
                    .colour(Colour::Ink2)
                    .within(room),
            );
            return;
        }
        let (w, words) = if wide { (53.0, "LEADER") } else { (18.0, "L") };
        if self.partition.changed {
            node.rect(
                Area::new(x - 3.0, y - 3.0, w + 6.0, 22.0),
                2.0,
                Paint::fill(Colour::Mark),
            );
        }
        node.rect(
            Area::new(x, y, w, 16.0),
            2.0,
            Paint::both(Colour::Ink, Colour::Ink, 1.0),
        );
        node.text(
            sans(x + w / 2.0, y + 11.7, 10.5, words)
                .bold()
                .middle()
                .colour(Colour::Sheet),
        );
    }

    fn strip(&self, node: &mut Node, y: f64) {
        let column = self.column;
        if column.folded {
            let x = column.content();
            node.path(
                format!("M{:.1} {y:.1}h-7v24h7", x + 3.0),
                Paint::stroke(Colour::Rule2, 1.0),
            );
            node.text(
                sans(x - 0.5, y + 15.0, 10.0, "…")
                    .middle()
                    .colour(Colour::Ink3),
            );
        } else if self.replica.log_start > 0 {
            let x = column.at(self.replica.log_start);
            node.path(
                format!("M{:.1} {y:.1}h-4v24h4", x + 1.0),
                Paint::stroke(Colour::Rule2, 1.0),
            );
        }
        for record in self
            .replica
            .tail
            .iter()
            .filter(|r| r.offset >= column.first)
        {
            self.record(node, y, record.offset, record.epoch);
        }
        self.ends(node, y);
        self.without_records(node, y);
    }

    /// Says why a strip is bare.
    fn without_records(&self, node: &mut Node, y: f64) {
        if self.replica.log_end > self.column.first.max(self.replica.log_start) {
            return;
        }
        let words = sentence::no_record_here(
            self.options.lang,
            self.replica.log_start,
            self.replica.log_end,
        );
        let x = self.column.at(self.column.first) + 8.0;
        let room = self.column.content() + self.column.room() - x;
        let label = sans(x, y + 16.0, 11.0, words);
        node.text(label.colour(Colour::Ink2).within(room));
    }

    fn record(&self, node: &mut Node, y: f64, offset: u64, epoch: i32) {
        let x = self.column.at(offset);
        let w = self.column.cell;
        let epoch = self.hue(epoch);
        let known = self.shows(Feature::HighWatermark);
        let committed = !known || offset < self.replica.high_watermark;
        let leads = self.replica.role == ReplicaRole::Leader;
        let (fill, edge) = if self.dead() {
            (Colour::Dead, Colour::Rule2)
        } else {
            Colour::of_epoch(epoch)
        };
        let mut paint = Paint::both(fill, edge, if committed { 1.0 } else { 1.5 });
        if !committed {
            paint = paint.dashed("3 2");
        }
        if !leads && !self.dead() {
            paint = paint.opacity(0.5);
        }
        node.rect(
            Area::new(x + 0.75, y + 0.75, w - 1.5, STRIP_H - 1.5),
            0.0,
            paint,
        );
        if !self.dead() {
            for i in 0..notches(epoch) {
                let nx = x + 4.0 + 3.0 * f64::from(i);
                node.line(nx, y + 1.5, nx, y + 5.5, Paint::stroke(edge, 1.5));
            }
        }
        let size = if w >= 22.0 { 12.0 } else { 10.5 };
        let mut label = mono(
            x + w / 2.0,
            y + 12.0 + size * 0.36,
            size,
            offset.to_string(),
        )
        .middle();
        label.bold = leads;
        if self.dead() {
            label = label.colour(Colour::Ink2);
        }
        node.text(label);
    }

    /// The high watermark's T-bar and the log end's caret.
    fn ends(&self, node: &mut Node, y: f64) {
        let ink = if self.dead() {
            Colour::Ink3
        } else {
            Colour::Ink
        };
        if self.shows(Feature::HighWatermark) {
            let hw = self.replica.high_watermark.max(self.column.first);
            let hw = self.column.at(hw);
            let (top, bottom) = (y - 5.0, y + STRIP_H + 2.0);
            let bar = format!("M{:.1} {top:.1}h9M{hw:.1} {top:.1}V{bottom:.1}", hw - 4.5);
            node.path(bar, Paint::stroke(ink, 2.25));
        }
        let leo = self.column.at(self.replica.log_end.max(self.column.first));
        let fill = if self.dead() { Colour::None } else { ink };
        node.path(
            format!("M{leo:.1} {:.1}l4.5 6.5h-9z", y + STRIP_H + 4.0),
            Paint::both(fill, ink, 1.0),
        );
    }

    /// `HW 5  e1  LEO 6`; when that is too wide, without the epoch, which the cells tell too; at
    /// last `e1  5/6`. What is not shown is left out.
    fn numbers(&self, node: &mut Node, y: f64) {
        const SIZE: f64 = 11.0;
        let (x, room) = (self.column.content(), self.column.facts());
        let part = |feature, words: String| {
            if self.shows(feature) {
                words
            } else {
                String::new()
            }
        };
        let hw = self.replica.high_watermark;
        let hw = part(Feature::HighWatermark, format!("HW {hw}"));
        let leo = format!("LEO {}", self.replica.log_end);
        let epoch = part(Feature::Epochs, format!("e{}", self.replica.leader_epoch));
        let wide = |t: &str| text::width(t, SIZE, true);
        let label = |x: f64, t: &str| mono(x, y, SIZE, t).colour(Colour::Ink2);
        let free = room - wide(&hw) - wide(&leo);
        if free >= 6.0 {
            node.text(label(x, &hw));
            if free >= wide(&epoch) + 14.0 {
                node.text(label(x + wide(&hw) + free / 2.0, &epoch).middle());
            }
            node.text(label(x + room, &leo).end());
        } else {
            let hw = part(
                Feature::HighWatermark,
                format!("{}/", self.replica.high_watermark),
            );
            let both = format!("{hw}{}", self.replica.log_end);
            node.text(label(x, &epoch));
            node.text(
                label(x + room, &both)
                    .end()
                    .within(room - wide(&epoch) - 4.0),
            );
        }
    }

    /// A 20 px square: L = leader, filled = in the ISR, ring = out, hatch = dead; below it the log end.
    fn glyph(&self, node: &mut Node) {
        let x = self.column.x + self.column.w / 2.0;
        let numbered = self.band.h >= 40.0;
        let y = self.band.middle() - if numbered { 4.0 } else { 0.0 };
        let square = Area::new(x - 10.0, y - 10.0, 20.0, 20.0);
        let (fill, edge) = Colour::of_epoch(self.hue(self.replica.leader_epoch));
        let in_sync =
            !self.shows(Feature::Isr) || matches!(self.replica.sync, Sync::InSync | Sync::Leaving);
        let paint = match (self.dead(), in_sync) {
            (true, _) => Paint::both(Colour::HatchDead, Colour::Rule2, 1.0),
            (false, true) => Paint::both(fill, edge, 1.25),
            (false, false) => Paint::both(Colour::Sheet, edge, 1.25).dashed("3 2"),
        };
        node.rect(square, 2.0, paint);
        match self.replica.role {
            ReplicaRole::Leader => {
                node.rect(square, 2.0, Paint::fill(Colour::Ink));
                node.text(
                    sans(x, y + 4.2, 12.0, "L")
                        .bold()
                        .middle()
                        .colour(Colour::Sheet),
                );
            }
            _ if !in_sync => node.circle(x, y, 4.0, Paint::stroke(edge, 1.25)),
            _ => {}
        }
        if !numbered {
            return;
        }
        let leo = mono(
            x,
            self.band.bottom() - 5.0,
            11.0,
            self.replica.log_end.to_string(),
        );
        node.text(
            leo.middle()
                .colour(Colour::Ink2)
                .within(self.column.w - 2.0),
        );
    }
}

/// A role by name.
pub fn role_text(role: ReplicaRole) -> Text {
    match role {
        ReplicaRole::Leader => Text::Leader,
        ReplicaRole::Follower => Text::Follower,
        ReplicaRole::Led => Text::Led,
        ReplicaRole::Followed => Text::Followed,
    }
}

/// The ISR pill: 39 x 15.
pub fn pill(node: &mut Node, x: f64, y: f64, sync: Sync) {
    let (words, edge, ink) = match sync {
        Sync::InSync => ("ISR", Colour::Good, Colour::Ink),
        Sync::Out => ("out", Colour::Ink3, Colour::Ink2),
        Sync::Eligible => ("ELR", Colour::Caution, Colour::Ink),
        Sync::Joining => ("+ISR", Colour::Caution, Colour::Ink),
        Sync::Leaving => ("−ISR", Colour::Caution, Colour::Ink),
    };
    let mut paint = Paint::both(Colour::Sheet, edge, 1.25);
    if matches!(sync, Sync::Out | Sync::Joining | Sync::Leaving) {
        paint = paint.dashed("3 2");
    }
    node.rect(Area::new(x, y, 39.0, 15.0), 7.5, paint);
    if sync == Sync::Eligible {
        node.rect(
            Area::new(x + 2.0, y + 2.0, 35.0, 11.0),
            5.5,
            Paint::stroke(edge, 0.75),
        );
    }
    let wide = matches!(sync, Sync::Joining | Sync::Leaving);
    if !wide {
        let dot = match sync {
            Sync::InSync => Paint::fill(edge),
            _ => Paint::stroke(edge, 1.2),
        };
        node.circle(x + 6.7, y + 7.5, 2.6, dot);
    }
    let tx = if wide { x + 19.5 } else { x + 22.5 };
    node.text(sans(tx, y + 11.2, 10.5, words).middle().colour(ink));
}

/// The four corner brackets of the selection.
pub fn corners(node: &mut Node, area: Area) {
    let (l, t, r, b) = (area.x, area.y, area.right(), area.bottom());
    node.path(
        format!(
            "M{l:.1} {:.1}V{t:.1}H{:.1}M{:.1} {t:.1}H{r:.1}V{:.1}M{r:.1} {:.1}V{b:.1}H{:.1}M{:.1} {b:.1}H{l:.1}V{:.1}",
            t + 10.0,
            l + 10.0,
            r - 10.0,
            t + 10.0,
            b - 10.0,
            r - 10.0,
            l + 10.0,
            b - 10.0
        ),
        Paint::stroke(Colour::Accent, 2.5),
    );
}
