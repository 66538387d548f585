//! The picture for a room: one partition, at most three brokers, letters of 26 px and more.
//!
//! Drawn for a sheet of 1366 x 524 px and scaled as a whole, so it is the same on every projector.

use super::replica::role_text;
use super::shape::{Area, Colour, Handle, Node, Paint, notches};
use super::text::{mono, sans};
use crate::i18n::{Lang, Text, presenter as words, sentence};
use crate::scene::broker::state_words;
use crate::view_model::cluster::{
    BrokerView, ClusterView, Family, MessageView, PartitionView, Place, Process, ReplicaRole,
    ReplicaView, Sync,
};
use crate::view_model::object::{ObjectId, PartitionName};
use crate::view_model::shows::Shows;
use kafka_lessons::Feature;

/// Width of the sheet.
pub const W: f64 = 1366.0;
/// Height of the sheet.
pub const H: f64 = 524.0;

/// No letter is smaller.
pub const LEAST: f64 = 26.0;

const BANDS: usize = 3;
const CELLS: u64 = 6;
const BAND_H: f64 = 136.0;
const BAND_STEP: f64 = 156.0;
const FIRST_Y: f64 = 40.0;
const LEFT: f64 = 48.0;
const RIGHT: f64 = 1318.0;
const NAME_X: f64 = 76.0;
const CELLS_X: f64 = 350.0;
const CELL_W: f64 = 96.0;
const CELL_H: f64 = 72.0;
const FACTS_X: f64 = 954.0;
const RAIL_X: f64 = 304.0;

/// What is drawn.
#[derive(Clone, Copy)]
pub struct Sheet<'a> {
    /// Language.
    pub lang: Lang,
    /// The cluster.
    pub cluster: &'a ClusterView,
    /// The partition.
    pub partition: Option<&'a PartitionName>,
    /// What the sentence is about.
    pub spotlight: &'a [ObjectId],
    /// All but the spotlight is dimmed.
    pub veil: bool,
    /// What is shown.
    pub shows: Shows,
}

impl Sheet<'_> {
    /// The drawing.
    pub fn draw(&self) -> Vec<Node> {
        let brokers = self.brokers();
        let found = self.partition.and_then(|name| self.cluster.partition(name));
        let partition = found.map(|(_, partition)| partition);
        let first = partition.map_or(0, first_offset);
        let mut nodes = vec![self.head(&brokers)];
        for (at, broker) in brokers.iter().enumerate() {
            let band = area(at);
            let mut node = self.band(broker, band);
            if let Some((partition, log)) = partition.and_then(|p| Some((p, p.log(broker.id)?))) {
                self.replica(&mut node, broker, partition, log, (first, band));
            }
            nodes.push(node);
        }
        nodes.extend(self.traffic(&brokers));
        nodes.extend(self.light(&brokers));
        nodes
    }

    /// The brokers with a band: those with a replica; at most three, leader and spotlight first.
    fn brokers(&self) -> Vec<&BrokerView> {
        let found = self.partition.and_then(|name| self.cluster.partition(name));
        let holds = |b: &&BrokerView| found.is_none_or(|(_, p)| p.log(b.id).is_some());
        let mut brokers: Vec<&BrokerView> = self.cluster.brokers.iter().filter(holds).collect();
        let leader = found.and_then(|(_, p)| p.leader);
        brokers.sort_by_key(|b| {
            let lit = self.spotlight.contains(&ObjectId::Broker(b.id));
            (Some(b.id) != leader && !lit, b.id)
        });
        brokers.truncate(BANDS);
        brokers.sort_by_key(|b| b.id);
        brokers
    }

    /// The partition's name, and how many brokers have no band.
    fn head(&self, brokers: &[&BrokerView]) -> Node {
        let mut node = Node::plain();
        let name = match self.partition {
            Some(name) => name.to_string(),
            None => self.lang.say(Text::NoTopic).to_owned(),
        };
        let label = mono(NAME_X, 28.0, LEAST, name).colour(Colour::Ink2);
        node.text(label.within(780.0));
        let more = match self.partition.and_then(|name| self.cluster.partition(name)) {
            Some((_, partition)) => partition.replicas.len().saturating_sub(brokers.len()),
            None => self.cluster.brokers.len().saturating_sub(brokers.len()),
        };
        if more > 0 {
            let words = words::more_brokers(self.lang, more);
            node.text(
                sans(RIGHT - 28.0, 28.0, LEAST, words)
                    .end()
                    .colour(Colour::Ink2),
            );
        }
        node
    }

    fn band(&self, broker: &BrokerView, band: Area) -> Node {
        let state = state_words(self.lang, broker.process, broker.fenced);
        let mut node = Node::object(Handle {
            id: ObjectId::Broker(broker.id),
            name: sentence::broker_name(self.lang, broker.id, state, broker.leads),
            area: band,
            level: 1,
            selected: self.spotlight.contains(&ObjectId::Broker(broker.id)),
        });
        let down = broker.process.is_down();
        let leads = self.leads(broker.id);
        let frame = if down {
            Paint::both(Colour::HatchDead, Colour::Ink3, 2.0).dashed("9 6")
        } else if broker.fenced {
            Paint::both(Colour::Raise, Colour::Ink3, 2.0).dashed("9 6")
        } else {
            Paint::both(Colour::Raise, Colour::Ink, if leads { 4.0 } else { 2.0 })
        };
        node.rect(band, 4.0, frame);
        if down {
            let inner = Area::new(band.x + 12.0, band.y + 12.0, band.w - 24.0, band.h - 24.0);
            node.rect(inner, 0.0, Paint::fill(Colour::Sheet).opacity(0.8));
        }
        let name = sans(NAME_X, band.y + 60.0, 36.0, sentence::broker(broker.id)).bold();
        node.text(name.colour(if down { Colour::Ink2 } else { Colour::Ink }));
        self.state(&mut node, broker, band, leads);
        node
    }

    fn leads(&self, broker: i32) -> bool {
        let found = self.partition.and_then(|name| self.cluster.partition(name));
        found.is_some_and(|(_, partition)| partition.leader == Some(broker))
    }

    /// The line under the broker's name.
    fn state(&self, node: &mut Node, broker: &BrokerView, band: Area, leads: bool) {
        let y = band.y + 105.0;
        let words = state_words(self.lang, broker.process, broker.fenced);
        let room = RAIL_X - 30.0 - NAME_X;
        match broker.process {
            Process::Crashed { .. } => {
                let (x, top) = (NAME_X + 2.0, y - 19.0);
                let cross = format!("M{x} {top}l20 20m0 -20l-20 20");
                node.path(cross, Paint::stroke(Colour::Alarm, 4.5));
                let label = sans(NAME_X + 36.0, y, 28.0, words).bold();
                node.text(label.colour(Colour::Alarm).within(room - 36.0));
            }
            Process::Running if leads && !broker.fenced => {
                let tag = Area::new(NAME_X, band.y + 77.0, 146.0, 40.0);
                node.rect(tag, 3.0, Paint::fill(Colour::Ink));
                let label = sans(NAME_X + 73.0, band.y + 106.0, LEAST, "LEADER");
                node.text(label.bold().middle().colour(Colour::Sheet));
            }
            Process::Running if !broker.fenced => {
                let role = self.role(broker.id);
                let words = role.map_or("", |role| self.lang.say(role_text(role)));
                node.text(
                    sans(NAME_X, y, 28.0, words)
                        .colour(Colour::Ink2)
                        .within(room),
                );
            }
            _ => {
                let label = sans(NAME_X, y, 28.0, words).bold();
                node.text(label.colour(Colour::Caution).within(room));
            }
        }
    }

    fn role(&self, broker: i32) -> Option<ReplicaRole> {
        let (_, partition) = self.cluster.partition(self.partition?)?;
        partition.log(broker).map(|log| log.role)
    }

    fn replica(
        &self,
        node: &mut Node,
        broker: &BrokerView,
        partition: &PartitionView,
        log: &ReplicaView,
        (first, band): (u64, Area),
    ) {
        let dead = broker.process.is_down();
        let leads = partition.leader == Some(broker.id);
        let y = band.y + 34.0;
        if first > log.log_start {
            let dots = sans(CELLS_X - 18.0, y + 46.0, 30.0, "…").middle();
            node.text(dots.colour(Colour::Ink3));
        }
        let last = first + CELLS;
        for record in log
            .tail
            .iter()
            .filter(|r| (first..last).contains(&r.offset))
        {
            // A process that does not run knows no high watermark.
            let known = !dead && self.shows.has(Feature::HighWatermark);
            let committed = !known || record.offset < log.high_watermark;
            let look = Look {
                dead,
                leads,
                committed,
            };
            cell(
                node,
                at(first, record.offset),
                y,
                (record.offset, self.hue(record.epoch)),
                look,
            );
        }
        if !dead && self.shows.has(Feature::HighWatermark) {
            let hw = at(first, log.high_watermark.clamp(first, last));
            let bar = format!("M{} {}h24M{hw} {}v92", hw - 12.0, y - 12.0, y - 12.0);
            node.path(bar, Paint::stroke(Colour::Ink, 6.0));
        }
        self.facts(node, log, band, (leads, dead));
    }

    fn facts(&self, node: &mut Node, log: &ReplicaView, band: Area, (leads, dead): (bool, bool)) {
        let ends = match dead || !self.shows.has(Feature::HighWatermark) {
            true => format!("LEO {}", log.log_end),
            false => format!("HW {}, LEO {}", log.high_watermark, log.log_end),
        };
        let mut ends_y = band.y + 114.0;
        if leads {
            ends_y = band.y + 100.0;
            if self.shows.has(Feature::Epochs) {
                let epoch = words::epoch(self.lang, log.leader_epoch);
                node.text(sans(FACTS_X, band.y + 66.0, 28.0, epoch).bold());
            }
        } else if self.shows.has(Feature::Isr) {
            pill(node, self.lang, band.y + 31.0, log.sync);
        }
        let label = sans(FACTS_X, ends_y, LEAST, ends);
        node.text(label.colour(Colour::Ink2));
    }

    /// The epoch as it is coloured; all are alike while epochs are not shown.
    fn hue(&self, epoch: i32) -> i32 {
        if self.shows.has(Feature::Epochs) {
            epoch
        } else {
            0
        }
    }

    /// Records and fetches between the brokers shown, on one rail beside the cells.
    fn traffic(&self, brokers: &[&BrokerView]) -> Option<Node> {
        let row = |place: &Place| match place {
            Place::Broker(id) => brokers.iter().position(|b| b.id == *id),
            _ => None,
        };
        let ways = self.cluster.messages.iter().filter_map(|message| {
            let is_here =
                message.partition.is_none() || message.partition.as_ref() == self.partition;
            let ends = (row(&message.from)?, row(&message.to)?);
            (is_here && self.partition.is_some()).then_some((message, ends))
        });
        // The newest few: more would cover each other in a room.
        let mut ways: Vec<_> = ways.collect();
        ways.sort_by_key(|(message, _)| {
            std::cmp::Reverse((message.family == Family::Records, message.id))
        });
        ways.truncate(2);
        let mut node = Node::plain();
        for (message, ends) in &ways {
            self.message(&mut node, message, *ends);
        }
        (!ways.is_empty()).then_some(node)
    }

    fn message(&self, node: &mut Node, message: &MessageView, (from, to): (usize, usize)) {
        let edge = |row: usize, up: bool| {
            let band = area(row);
            if up {
                band.y + 30.0
            } else {
                band.bottom() - 30.0
            }
        };
        let down = to > from;
        let (y1, y2) = (edge(from, !down), edge(to, down));
        let rail = Paint::stroke(Colour::Rule2, 2.5).dashed("2 9");
        node.line(RAIL_X, y1, RAIL_X, y2, rail);
        let y = y1 + (y2 - y1) * message.progress(self.cluster.now);
        let (ahead, tip) = if down { (36.0, 16.0) } else { (-36.0, -16.0) };
        let arrow = format!("M{RAIL_X} {}l12 {}h-24z", y + ahead + tip, -tip);
        node.path(arrow, Paint::fill(Colour::Ink));
        let (fill, ink) = match (message.family, message.epoch) {
            (Family::Records, Some(epoch)) => Colour::of_epoch(self.hue(epoch)),
            _ => (Colour::Sheet, Colour::Ink),
        };
        match message.family {
            Family::Records | Family::Data if message.offset.is_some() => {
                let square = Area::new(RAIL_X - 24.0, y - 24.0, 48.0, 48.0);
                let radius = if message.family == Family::Data {
                    24.0
                } else {
                    0.0
                };
                node.rect(square, radius, Paint::both(fill, ink, 4.0));
                let offset = message.offset.unwrap_or(0).to_string();
                let size = if offset.len() > 2 { LEAST - 2.0 } else { 30.0 }.max(LEAST);
                node.text(mono(RAIL_X, y + 10.0, size, offset).bold().middle());
            }
            _ => node.circle(RAIL_X, y, 14.0, Paint::both(fill, ink, 4.0)),
        }
    }

    /// Corners around what the sentence is about, and the veil over everything else.
    fn light(&self, brokers: &[&BrokerView]) -> Option<Node> {
        let lit = brokers.iter().enumerate();
        let lit = lit.filter(|(_, b)| self.spotlight.contains(&ObjectId::Broker(b.id)));
        let bands: Vec<Area> = lit.map(|(row, _)| spot(area(row))).collect();
        if bands.is_empty() {
            return None;
        }
        let mut node = Node::plain();
        if self.veil {
            let holes = bands.iter().map(|a| {
                let (l, t, r, b) = (a.x, a.y, a.right(), a.bottom());
                format!("M{l} {t}V{b}H{r}V{t}z")
            });
            let holes: String = holes.collect();
            let veil = format!("M0 0H{W}V{H}H0z{holes}");
            node.path(veil, Paint::fill(Colour::Ink).opacity(0.35));
        }
        for area in bands {
            node.path(corners(area, 40.0), Paint::stroke(Colour::Accent, 6.0));
        }
        Some(node)
    }
}

/// Around a band.
fn spot(band: Area) -> Area {
    Area::new(28.0, band.y - 17.0, 1310.0, band.h + 34.0)
}

/// Four corners with arms of that length.
pub fn corners(area: Area, arm: f64) -> String {
    let (l, t, r, b) = (area.x, area.y, area.right(), area.bottom());
    let (top, bottom) = (t + arm, b - arm);
    format!(
        "M{l} {top}V{t}h{arm}M{} {t}h{arm}v{arm}M{r} {bottom}v{arm}h-{arm}M{} {b}h-{arm}v-{arm}",
        r - arm,
        l + arm,
    )
}

fn area(row: usize) -> Area {
    let y = FIRST_Y + BAND_STEP * row as f64;
    Area::new(LEFT, y, RIGHT - LEFT, BAND_H)
}

/// One first offset for all replicas, so that they stand exactly under each other.
fn first_offset(partition: &PartitionView) -> u64 {
    let end = partition.logs.iter().map(|l| l.log_end).max().unwrap_or(0);
    let start = partition.logs.iter().map(|l| l.log_start).min();
    end.saturating_sub(CELLS).max(start.unwrap_or(0))
}

fn at(first: u64, offset: u64) -> f64 {
    CELLS_X + CELL_W * offset.saturating_sub(first) as f64
}

#[derive(Clone, Copy)]
struct Look {
    dead: bool,
    leads: bool,
    committed: bool,
}

fn cell(node: &mut Node, x: f64, y: f64, (offset, epoch): (u64, i32), look: Look) {
    let (fill, edge) = if look.dead {
        (Colour::Dead, Colour::Rule2)
    } else {
        Colour::of_epoch(epoch)
    };
    let mut paint = Paint::both(fill, edge, if look.committed { 1.5 } else { 2.5 });
    if !look.committed {
        paint = paint.dashed("6 4");
    }
    if !look.leads && !look.dead {
        paint = paint.opacity(0.5);
    }
    let area = Area::new(x + 0.75, y + 0.75, CELL_W - 1.5, CELL_H - 1.5);
    node.rect(area, 0.0, paint);
    if !look.dead {
        for i in 0..notches(epoch) {
            let nx = x + 8.0 + 7.0 * f64::from(i);
            node.line(nx, y + 2.0, nx, y + 11.0, Paint::stroke(edge, 3.0));
        }
    }
    let mut label = mono(x + CELL_W / 2.0, y + 49.0, 36.0, offset.to_string()).middle();
    label.bold = look.leads || look.dead;
    if look.dead {
        label = label.colour(Colour::Ink2);
    }
    node.text(label.named(CELL_W - 6.0, LEAST));
}

fn pill(node: &mut Node, lang: Lang, y: f64, sync: Sync) {
    let words = words::sync(lang, sync);
    let (edge, ink, dash) = match sync {
        Sync::InSync => (Colour::Good, Colour::Ink, ""),
        Sync::Out => (Colour::Ink3, Colour::Ink2, "3 2"),
        Sync::Eligible => (Colour::Caution, Colour::Ink, ""),
        Sync::Joining | Sync::Leaving => (Colour::Caution, Colour::Ink, "3 2"),
    };
    let w = super::text::width(words, LEAST, false) + 54.0;
    let mut frame = Paint::both(Colour::Sheet, edge, 2.0);
    frame.dash = dash;
    node.rect(Area::new(FACTS_X + 0.5, y, w, 42.0), 21.0, frame);
    let dot = if sync == Sync::InSync {
        Paint::fill(edge)
    } else {
        Paint::stroke(edge, 2.0)
    };
    node.circle(FACTS_X + 19.0, y + 21.0, 7.0, dot);
    node.text(sans(FACTS_X + 32.0, y + 30.0, LEAST, words).colour(ink));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::shape::Shape;
    use crate::view_model::sample;

    fn drawn(lang: Lang) -> Vec<Node> {
        let cluster = sample::failover();
        let name = cluster
            .partitions()
            .find(|(_, topic, _)| !topic.internal)
            .map(|(name, ..)| name);
        Sheet {
            lang,
            cluster: &cluster,
            partition: name.as_ref(),
            spotlight: &[ObjectId::Broker(1)],
            veil: true,
            shows: Shows::ALL,
        }
        .draw()
    }

    /// Row 9 of the design: nothing below 26 px, nothing outside the sheet, no two words over
    /// each other, also when they are 1.15 times as wide as estimated.
    #[test]
    fn a_room_can_read_every_word() {
        for lang in Lang::ALL {
            let nodes = drawn(lang);
            let labels: Vec<_> = nodes
                .iter()
                .flat_map(|n| &n.shapes)
                .filter_map(|s| match s {
                    Shape::Text(label) => Some(label),
                    _ => None,
                })
                .collect();
            assert!(labels.len() > 9, "{labels:?}");
            let sheet = Area::new(0.0, 0.0, W, H);
            for (i, label) in labels.iter().enumerate() {
                assert!(label.size >= LEAST, "{label:?}");
                let own = label.area(1.15);
                assert!(sheet.contains(&own), "{label:?}");
                for other in &labels[i + 1..] {
                    assert!(!own.overlaps(&other.area(1.15)), "{label:?} over {other:?}");
                }
            }
        }
    }

    #[test]
    fn at_most_three_brokers_have_a_band() {
        let bands = drawn(Lang::En)
            .iter()
            .filter(|n| n.handle.is_some())
            .count();
        assert!((1..=3).contains(&bands), "{bands}");
    }
}
