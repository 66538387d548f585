//! Where everything of the cluster lens stands: brokers are rows, partitions are columns.
//!
//! The layout is a function of (view, size, opened topic) and nothing else, so it never jumps
//! while messages move. Invariant: one `first` offset a column, so that the replicas of a
//! partition stand exactly under each other on one offset scale.

use super::group_layout::{GroupBox, place_groups};
use super::shape::Area;
use crate::view_model::cluster::{ClusterView, PartitionView, TopicView};
use crate::view_model::object::PartitionName;

/// Left edge of the cluster.
pub const CLUSTER_X: f64 = 206.0;
/// Width of the column with the brokers' names.
pub const NAME_W: f64 = 96.0;
/// x of the rail that carries control traffic.
pub const CONTROL_RAIL: f64 = 196.0;
/// Top of the first broker band.
pub const BANDS_Y: f64 = 112.0;
/// Room between bands, and between cards.
pub const BAND_GAP: f64 = 12.0;
const RIGHT_W: f64 = 272.0;
const TOPIC_GAP: f64 = 14.0;
const STRIP_MIN_COLUMN: f64 = 92.0;
const STRIP_MAX_COLUMN: f64 = 484.0;
const GLYPH_MIN_COLUMN: f64 = 30.0;
const SUMMARY_W: f64 = 104.0;

/// How much a replica cell shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zoom {
    /// Tag, pill, strip, numbers.
    Full,
    /// Tag, pill, strip.
    Compact,
    /// One square.
    Glyph,
}

/// One partition's column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Partition.
    pub partition: PartitionName,
    /// Left edge.
    pub x: f64,
    /// Width.
    pub w: f64,
    /// First offset drawn in every replica of the column.
    pub first: u64,
    /// True when some replica has older records than `first`.
    pub folded: bool,
    /// Width of one offset.
    pub cell: f64,
}

impl Column {
    /// x of the rail that carries the column's replication.
    pub fn rail(&self) -> f64 {
        self.x + 6.0
    }

    /// Left edge of the contents.
    pub fn content(&self) -> f64 {
        self.x + 16.0
    }

    /// Width of the contents.
    pub fn room(&self) -> f64 {
        self.w - 20.0
    }

    /// Width of the words above and below the strip: in a wide column they stay together.
    pub fn facts(&self) -> f64 {
        self.room().min(176.0)
    }

    /// x of the boundary before `offset`.
    pub fn at(&self, offset: u64) -> f64 {
        let base = if self.folded { 5.0 } else { 0.0 };
        self.content() + base + offset.saturating_sub(self.first) as f64 * self.cell
    }
}

/// A topic's head above its columns.
#[derive(Clone, Debug, PartialEq)]
pub struct TopicHead {
    /// Name.
    pub topic: String,
    /// Left edge.
    pub x: f64,
    /// Right edge.
    pub right: f64,
}

/// What did not get a column of its own.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Folded {
    /// Left edge of the summarising column.
    pub x: f64,
    /// Topics without columns.
    pub topics: usize,
    /// Partitions without columns.
    pub partitions: usize,
    /// Those of them with an ISR smaller than the replica set.
    pub under_replicated: usize,
}

/// The whole cluster lens.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// Stage width.
    pub w: f64,
    /// Stage height.
    pub h: f64,
    /// Detail.
    pub zoom: Zoom,
    /// Right edge of the cluster.
    pub right: f64,
    /// The controllers' strip.
    pub strip: Area,
    /// Broker bands by broker id.
    pub bands: Vec<(i32, Area)>,
    /// Brokers that found no room.
    pub hidden_brokers: usize,
    /// Columns from left to right.
    pub columns: Vec<Column>,
    /// Topic heads.
    pub heads: Vec<TopicHead>,
    /// Summarising column.
    pub folded: Option<Folded>,
    /// Client cards: index in the view and area.
    pub clients: Vec<(usize, Area)>,
    /// Clients that found no room.
    pub hidden_clients: usize,
    /// Group cards.
    pub groups: Vec<GroupBox>,
    /// Groups that found no room.
    pub hidden_groups: usize,
}

impl Layout {
    /// Lays the view out on a stage of `w` x `h` px; `open` is the topic whose partitions are
    /// shown when not all fit.
    pub fn new(view: &ClusterView, w: f64, h: f64, open: Option<&str>) -> Layout {
        let right = (w - RIGHT_W).max(CLUSTER_X + NAME_W + STRIP_MIN_COLUMN);
        let (bands, hidden_brokers) = place_bands(view, right, h);
        let band_h = bands.first().map_or(96.0, |(_, band)| band.h);
        let mut columns = Columns::new(view, right, open);
        if band_h < 64.0 {
            columns.strip = false;
        }
        let zoom = match () {
            () if !columns.strip => Zoom::Glyph,
            () if band_h < 96.0 => Zoom::Compact,
            () => Zoom::Full,
        };
        let (clients, hidden_clients) = place_clients(view.clients.len(), h, band_h);
        let (groups, hidden_groups) = place_groups(&view.groups, w, h);
        Layout {
            w,
            h,
            zoom,
            right,
            strip: Area::new(CLUSTER_X, 30.0, right - CLUSTER_X, 38.0),
            bands,
            hidden_brokers,
            heads: columns.heads,
            folded: columns.folded,
            columns: columns.columns,
            clients,
            hidden_clients,
            groups,
            hidden_groups,
        }
    }

    /// The band of that broker.
    pub fn band(&self, broker: i32) -> Option<&Area> {
        self.bands
            .iter()
            .find(|(id, _)| *id == broker)
            .map(|(_, area)| area)
    }

    /// The column of that partition, if it has one.
    pub fn column(&self, partition: &PartitionName) -> Option<&Column> {
        self.columns.iter().find(|c| &c.partition == partition)
    }

    /// Top of the log strips in a band.
    pub fn strip_y(&self, band: &Area) -> f64 {
        match self.zoom {
            Zoom::Full => (band.y + 38.0 + (band.h - 104.0) / 2.0).round(),
            Zoom::Compact => band.y + band.h - 36.0,
            Zoom::Glyph => (band.middle() - 12.0).round(),
        }
    }

    /// Centre of the i-th controller's diamond.
    pub fn controller(&self, i: usize) -> (f64, f64) {
        (self.strip.x + 142.0 + 118.0 * i as f64, self.strip.y + 19.5)
    }
}

/// Bands as high as the room allows; crowded ones come closer, and what does not fit is counted.
fn place_bands(view: &ClusterView, right: f64, h: f64) -> (Vec<(i32, Area)>, usize) {
    const LOW: f64 = 24.0;
    let room = h - 128.0 - 28.0;
    let count = view.brokers.len().max(1) as f64;
    let high = |gap: f64, count: f64| ((room - gap * (count - 1.0)) / count).floor();
    let gap = if high(BAND_GAP, count) >= 40.0 {
        BAND_GAP
    } else {
        4.0
    };
    let shown = if high(gap, count) >= LOW {
        view.brokers.len()
    } else {
        ((room + gap) / (LOW + gap)).floor().max(1.0) as usize
    };
    let high = high(gap, shown.max(1) as f64).clamp(LOW, 148.0);
    let bands = view
        .brokers
        .iter()
        .take(shown)
        .enumerate()
        .map(|(i, b)| {
            let y = BANDS_Y + i as f64 * (high + gap);
            (b.id, Area::new(CLUSTER_X, y, right - CLUSTER_X, high))
        })
        .collect();
    (bands, view.brokers.len() - shown)
}

struct Columns {
    strip: bool,
    columns: Vec<Column>,
    heads: Vec<TopicHead>,
    folded: Option<Folded>,
}

impl Columns {
    /// Everything as strips if it fits, else everything as glyphs, else the opened topic as
    /// glyphs and the rest in one summarising column.
    fn new(view: &ClusterView, right: f64, open: Option<&str>) -> Columns {
        let topics: Vec<&TopicView> = view.topics.iter().filter(|t| !t.internal).collect();
        let count: usize = topics.iter().map(|t| t.partitions.len()).sum();
        let breaks = topics.len().saturating_sub(1) as f64;
        let room = right - CLUSTER_X - NAME_W - TOPIC_GAP * breaks;
        let each = room / count.max(1) as f64;
        if each >= STRIP_MIN_COLUMN {
            return Columns::build(&topics, each.min(STRIP_MAX_COLUMN), true, usize::MAX);
        }
        if each >= GLYPH_MIN_COLUMN {
            return Columns::build(&topics, each.min(48.0), false, usize::MAX);
        }
        let opened = topics
            .iter()
            .copied()
            .find(|t| Some(t.name.as_str()) == open)
            .or_else(|| topics.first().copied());
        let room = right - CLUSTER_X - NAME_W - SUMMARY_W;
        let fit = (room / GLYPH_MIN_COLUMN).floor().max(1.0) as usize;
        let shown: Vec<&TopicView> = opened.into_iter().collect();
        let partitions = shown
            .iter()
            .map(|t| t.partitions.len())
            .sum::<usize>()
            .min(fit);
        let each = (room / partitions.max(1) as f64).clamp(GLYPH_MIN_COLUMN, 48.0);
        let mut columns = Columns::build(&shown, each, false, fit);
        let drawn = &columns.columns;
        let rest: Vec<&PartitionView> = topics
            .iter()
            .flat_map(|t| t.partitions.iter().map(move |p| (t, p)))
            .filter(|(t, p)| {
                !drawn
                    .iter()
                    .any(|c| c.partition.topic == t.name && c.partition.partition == p.partition)
            })
            .map(|(_, p)| p)
            .collect();
        columns.folded = Some(Folded {
            x: right - SUMMARY_W,
            topics: topics.len() - shown.len(),
            partitions: rest.len(),
            under_replicated: rest
                .iter()
                .filter(|p| p.isr.len() < p.replicas.len())
                .count(),
        });
        columns
    }

    fn build(topics: &[&TopicView], w: f64, strip: bool, limit: usize) -> Columns {
        let mut x = CLUSTER_X + NAME_W;
        let mut columns = Vec::new();
        let mut heads = Vec::new();
        for topic in topics {
            let left = x;
            for partition in topic.partitions.iter().take(limit) {
                columns.push(column(&topic.name, partition, x, w));
                x += w;
            }
            heads.push(TopicHead {
                topic: topic.name.clone(),
                x: left,
                right: x - 7.0,
            });
            x += TOPIC_GAP;
        }
        Columns {
            strip,
            columns,
            heads,
            folded: None,
        }
    }
}

/// Width of one offset in a column of that width: few partitions get large cells.
fn cell_width(column: f64) -> f64 {
    match column {
        w if w >= 400.0 => 28.0,
        w if w >= 240.0 => 22.0,
        w if w >= 170.0 => 18.0,
        _ => 15.2,
    }
}

fn column(topic: &str, partition: &PartitionView, x: f64, w: f64) -> Column {
    let room = w - 20.0;
    let (first, folded, cell) = window(partition, room, cell_width(w));
    Column {
        partition: PartitionName {
            topic: topic.to_owned(),
            partition: partition.partition,
        },
        x,
        w,
        first,
        folded,
        cell,
    }
}

/// The first offset shown, whether older ones are folded, and the width of a cell, for one
/// partition in `room` px: cells widen with the number of digits.
pub fn window(partition: &PartitionView, room: f64, cell: f64) -> (u64, bool, f64) {
    let start = partition
        .logs
        .iter()
        .map(|r| r.log_start)
        .min()
        .unwrap_or(0);
    let end = partition.logs.iter().map(|r| r.log_end).max().unwrap_or(0);
    let digits = end.saturating_sub(1).max(1).ilog10() + 1;
    let cell = cell.max(f64::from(digits) * 7.2 + 4.6);
    // One cell of room stays free, so that the caret of the log end has a place.
    let cells = |room: f64| (room / cell).floor().max(1.0) as u64;
    if end - start.min(end) <= cells(room) {
        (start, false, cell)
    } else {
        (end - cells(room - 5.0), true, cell)
    }
}

fn place_clients(count: usize, h: f64, band_h: f64) -> (Vec<(usize, Area)>, usize) {
    let room = h - BANDS_Y - 16.0;
    let tall = band_h.clamp(96.0, 104.0);
    let high = if count as f64 * (tall + BAND_GAP) <= room + BAND_GAP {
        tall
    } else {
        46.0
    };
    let step = if high > 46.0 {
        band_h.max(tall) + BAND_GAP
    } else {
        high + 8.0
    };
    let step = if count as f64 * step > room + BAND_GAP {
        high + 8.0
    } else {
        step
    };
    let fit = ((room + 8.0) / step).floor().max(0.0) as usize;
    let shown = count.min(fit);
    let cards = (0..shown)
        .map(|i| (i, Area::new(16.0, BANDS_Y + i as f64 * step, 138.0, high)))
        .collect();
    (cards, count - shown)
}
