//! Where things stand on a phone: one partition, a row a broker, cells of 28 by 34.

use super::layout::window;
use super::message::LabelRoom;
use super::route::Route;
use super::shape::Area;
use crate::view_model::cluster::{ClusterView, MessageView, Place};
use crate::view_model::object::PartitionName;

pub(super) const INSET: f64 = 14.0;
pub(super) const NAME_W: f64 = 104.0;
const CELL: f64 = 28.0;
pub(super) const TOP: f64 = 42.0;

/// Where things stand on a phone.
#[derive(Clone, Debug, PartialEq)]
pub struct PhoneLayout {
    /// Stage width.
    pub w: f64,
    /// Stage height.
    pub h: f64,
    /// Partition shown.
    pub partition: Option<PartitionName>,
    /// Broker rows.
    pub rows: Vec<(i32, Area)>,
    /// First offset drawn.
    pub(super) first: u64,
    pub(super) folded: bool,
    pub(super) cell: f64,
}

/// Where the first controller's diamond stands, and what the label beside one needs.
const FIRST_CONTROLLER: f64 = 150.0;
pub(super) const LABEL_W: f64 = 44.0;

impl PhoneLayout {
    /// Lays out that partition, or the first one.
    pub fn new(
        view: &ClusterView,
        w: f64,
        h: f64,
        partition: Option<&PartitionName>,
    ) -> PhoneLayout {
        let named = partition.filter(|p| view.partition(p).is_some()).cloned();
        let partition = named.or_else(|| {
            view.partitions()
                .find(|(_, t, _)| !t.internal)
                .map(|(name, _, _)| name)
        });
        let count = view.brokers.len().max(1) as f64;
        let row_h = ((h - TOP - 62.0 - 8.0 * count) / count).clamp(28.0, 90.0);
        let rows = view
            .brokers
            .iter()
            .enumerate()
            .map(|(i, b)| {
                (
                    b.id,
                    Area::new(
                        INSET,
                        TOP + i as f64 * (row_h + 8.0),
                        w - 2.0 * INSET,
                        row_h,
                    ),
                )
            })
            .collect();
        let room = w - 2.0 * INSET - NAME_W - 20.0 - 56.0;
        let (first, folded, cell) = partition
            .as_ref()
            .and_then(|p| view.partition(p))
            .map_or((0, false, CELL), |(_, p)| window(p, room, CELL));
        PhoneLayout {
            w,
            h,
            partition,
            rows,
            first,
            folded,
            cell,
        }
    }

    pub(super) fn at(&self, offset: u64) -> f64 {
        INSET + NAME_W + 20.0 + offset.saturating_sub(self.first) as f64 * self.cell
    }

    pub(super) fn row(&self, broker: i32) -> Option<&Area> {
        self.rows
            .iter()
            .find(|(id, _)| *id == broker)
            .map(|(_, a)| a)
    }

    pub(super) fn rail(&self) -> f64 {
        INSET + NAME_W + 8.0
    }

    pub(super) fn below(&self) -> f64 {
        self.rows.last().map_or(TOP, |(_, a)| a.bottom())
    }

    /// Labels stay off the brokers' names and the quorum.
    pub fn label_room(&self) -> LabelRoom {
        let mut taken = vec![Area::new(0.0, 0.0, self.w, TOP)];
        taken.extend(self.rows.iter().map(|(_, row)| Area { w: NAME_W, ..*row }));
        LabelRoom {
            stage: Area::new(0.0, 0.0, self.w, self.h),
            taken,
        }
    }

    /// Middle of a controller's diamond, of so many in the row: the more, the closer.
    pub(super) fn controller(&self, index: usize, count: usize) -> (f64, f64) {
        let room = self.w - INSET - LABEL_W - FIRST_CONTROLLER;
        let step = room / count.saturating_sub(1).max(1) as f64;
        (
            FIRST_CONTROLLER + step.clamp(42.0, 78.0) * index as f64,
            20.0,
        )
    }

    /// The way of a message on a phone.
    pub fn route(&self, view: &ClusterView, message: &MessageView) -> Option<Route> {
        let lines = |a: (f64, f64), b: (f64, f64)| Some(Route::Lines(vec![a, b]));
        let quorum = |id: i32| {
            let controllers = &view.quorum.controllers;
            let i = controllers.iter().position(|c| c.id == id)?;
            Some(self.controller(i, controllers.len()))
        };
        let edge = |broker: i32| self.row(broker).map(|r| (self.rail(), r.middle()));
        // Control traffic runs in the margin and above the rows, never over a name.
        let control = |broker: i32, id: i32| {
            let row = self.row(broker)?;
            let (x, y) = quorum(id)?;
            Some(Route::Lines(vec![
                (INSET, row.middle()),
                (7.0, row.middle()),
                (7.0, TOP - 4.0),
                (x, TOP - 4.0),
                (x, y + 8.0),
            ]))
        };
        let client = |name: &str| {
            let consumer = view
                .groups
                .iter()
                .any(|g| g.members.iter().any(|m| m.name == name));
            (
                if consumer {
                    self.w * 0.75
                } else {
                    self.w * 0.25
                },
                self.below() + 18.0,
            )
        };
        match (&message.from, &message.to) {
            (Place::Broker(a), Place::Broker(b)) => lines(edge(*a)?, edge(*b)?),
            (Place::Broker(b), Place::Controller(c)) => control(*b, *c),
            (Place::Controller(c), Place::Broker(b)) => control(*b, *c).map(Route::reversed),
            (Place::Controller(a), Place::Controller(b)) => lines(quorum(*a)?, quorum(*b)?),
            (Place::Client(c), Place::Broker(b)) => lines(client(c), edge(*b)?),
            (Place::Broker(b), Place::Client(c)) => lines(edge(*b)?, client(c)),
            (Place::Client(_), _) | (_, Place::Client(_)) => None,
        }
    }
}
