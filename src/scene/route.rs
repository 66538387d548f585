//! The ways messages take: edge to edge, never centre to centre.

use super::layout::{CLUSTER_X, CONTROL_RAIL, Layout, NAME_W};
use crate::view_model::cluster::{ClusterView, MessageView, Place};
use crate::view_model::object::PartitionName;

/// A point of the stage.
pub type Point = (f64, f64);

/// A way from a sender to a receiver.
#[derive(Clone, Debug, PartialEq)]
pub enum Route {
    /// Straight pieces.
    Lines(Vec<Point>),
    /// One cubic curve.
    Cubic([Point; 4]),
}

impl Route {
    /// The point at `u` (0 = sender, 1 = receiver) and the direction there in radians.
    pub fn at(&self, u: f64) -> (Point, f64) {
        match self {
            Route::Lines(points) => along(points, u),
            Route::Cubic([a, b, c, d]) => {
                let v = 1.0 - u;
                let mix = |a: f64, b: f64, c: f64, d: f64| {
                    v * v * v * a + 3.0 * v * v * u * b + 3.0 * v * u * u * c + u * u * u * d
                };
                let slope = |a: f64, b: f64, c: f64, d: f64| {
                    v * v * (b - a) + 2.0 * v * u * (c - b) + u * u * (d - c)
                };
                let point = (mix(a.0, b.0, c.0, d.0), mix(a.1, b.1, c.1, d.1));
                let (dx, dy) = (slope(a.0, b.0, c.0, d.0), slope(a.1, b.1, c.1, d.1));
                (point, dy.atan2(dx))
            }
        }
    }

    /// The same way in the other direction.
    pub fn reversed(self) -> Route {
        match self {
            Route::Lines(mut points) => {
                points.reverse();
                Route::Lines(points)
            }
            Route::Cubic([a, b, c, d]) => Route::Cubic([d, c, b, a]),
        }
    }

    /// SVG path data.
    pub fn data(&self) -> String {
        match self {
            Route::Lines(points) => points
                .iter()
                .enumerate()
                .map(|(i, (x, y))| format!("{}{x:.1} {y:.1}", if i == 0 { 'M' } else { 'L' }))
                .collect(),
            Route::Cubic([a, b, c, d]) => format!(
                "M{:.1} {:.1}C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}",
                a.0, a.1, b.0, b.1, c.0, c.1, d.0, d.1
            ),
        }
    }
}

fn along(points: &[Point], u: f64) -> (Point, f64) {
    let length = |a: Point, b: Point| (b.0 - a.0).hypot(b.1 - a.1);
    let whole: f64 = points.windows(2).map(|p| length(p[0], p[1])).sum();
    let mut left = u * whole;
    let mut last = (points.first().copied().unwrap_or_default(), 0.0);
    for pair in points.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let piece = length(a, b);
        let angle = (b.1 - a.1).atan2(b.0 - a.0);
        if left <= piece && piece > 0.0 {
            let f = left / piece;
            return ((a.0 + (b.0 - a.0) * f, a.1 + (b.1 - a.1) * f), angle);
        }
        left -= piece;
        last = (b, angle);
    }
    last
}

/// The way of a message, or `None` when an end of it is not in the picture.
pub fn of_message(layout: &Layout, view: &ClusterView, message: &MessageView) -> Option<Route> {
    let partition = message.partition.as_ref();
    match (&message.from, &message.to) {
        (Place::Broker(a), Place::Broker(b)) => between_brokers(layout, partition, *a, *b),
        (Place::Broker(b), Place::Controller(_)) => broker_to_quorum(layout, *b),
        (Place::Controller(_), Place::Broker(b)) => {
            broker_to_quorum(layout, *b).map(Route::reversed)
        }
        (Place::Controller(a), Place::Controller(b)) => between_controllers(layout, view, *a, *b),
        (Place::Client(c), Place::Broker(b)) => client_to_broker(layout, view, c, *b, partition),
        (Place::Broker(b), Place::Client(c)) => {
            client_to_broker(layout, view, c, *b, partition).map(Route::reversed)
        }
        (Place::Client(_), _) | (_, Place::Client(_)) => None,
    }
}

fn between_brokers(
    layout: &Layout,
    partition: Option<&PartitionName>,
    a: i32,
    b: i32,
) -> Option<Route> {
    let x = partition
        .and_then(|p| layout.column(p))
        .map_or(CLUSTER_X + NAME_W, |column| column.rail());
    let (a, b) = (layout.band(a)?, layout.band(b)?);
    Some(Route::Lines(vec![
        (x, layout.strip_y(a) + 12.0),
        (x, layout.strip_y(b) + 12.0),
    ]))
}

fn broker_to_quorum(layout: &Layout, broker: i32) -> Option<Route> {
    let band = layout.band(broker)?;
    let y = band.y + band.h * 0.68;
    let top = layout.strip.y + 19.5;
    Some(Route::Lines(vec![
        (CLUSTER_X, y),
        (CONTROL_RAIL, y),
        (CONTROL_RAIL, top),
        (CLUSTER_X, top),
    ]))
}

fn between_controllers(layout: &Layout, view: &ClusterView, a: i32, b: i32) -> Option<Route> {
    let place = |id: i32| {
        let i = view.quorum.controllers.iter().position(|c| c.id == id)?;
        Some(layout.controller(i))
    };
    let (a, b) = (place(a)?, place(b)?);
    let dip = layout.strip.bottom() + 5.0;
    Some(Route::Cubic([
        (a.0, a.1 + 10.0),
        (a.0, dip),
        (b.0, dip),
        (b.0, b.1 + 10.0),
    ]))
}

/// The way from a client's card or member row to a broker.
pub fn client_to_broker(
    layout: &Layout,
    view: &ClusterView,
    client: &str,
    broker: i32,
    partition: Option<&PartitionName>,
) -> Option<Route> {
    let band = layout.band(broker)?;
    if let Some((_, card)) = layout
        .clients
        .iter()
        .find(|(i, _)| view.clients.get(*i).is_some_and(|c| c.name == client))
    {
        let from = (card.right(), card.y + (card.h / 2.0).min(30.0));
        let to = (CLUSTER_X, band.y + (band.h / 2.0).min(30.0));
        return Some(if (from.1 - to.1).abs() < 1.0 {
            Route::Lines(vec![from, to])
        } else {
            Route::Cubic([from, (from.0 + 30.0, from.1), (to.0 - 30.0, to.1), to])
        });
    }
    let (x, y) = member_anchor(layout, view, client, partition)?;
    let exit = band.y + 20.0 + exit_share(view, client) * (band.h - 32.0).max(0.0);
    Some(Route::Cubic([
        (x, y),
        (x - 22.0, y),
        (layout.right + 34.0, exit),
        (layout.right, exit),
    ]))
}

/// Where a band's edge is left for that client: members spread over it in the order of the cards.
fn exit_share(view: &ClusterView, client: &str) -> f64 {
    let members = || view.groups.iter().flat_map(|g| g.members.iter());
    let count = members().count();
    let i = members().position(|m| m.name == client).unwrap_or(0);
    i as f64 / count.saturating_sub(1).max(1) as f64
}

fn member_anchor(
    layout: &Layout,
    view: &ClusterView,
    client: &str,
    partition: Option<&PartitionName>,
) -> Option<Point> {
    for card in &layout.groups {
        let group = &view.groups[card.group];
        let mut anchor = None;
        for row in &card.rows {
            let member = &group.members[row.member];
            if member.name != client {
                continue;
            }
            let here = (card.area.x, row.area.middle());
            let exact = row.assigned.map(|a| &member.assignment[a].partition) == partition
                && partition.is_some();
            if exact {
                return Some(here);
            }
            anchor = anchor.or(Some(here));
        }
        if anchor.is_some() {
            return anchor;
        }
        if group.members.iter().any(|m| m.name == client) {
            return Some((card.area.x, card.area.y + card.detail.head() / 2.0));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_starts_at_the_sender_and_ends_at_the_receiver() {
        let bent = Route::Lines(vec![(206.0, 180.0), (196.0, 180.0), (196.0, 50.0)]);
        assert_eq!(bent.at(0.0).0, (206.0, 180.0));
        assert_eq!(bent.at(1.0).0, (196.0, 50.0));
        let curve = Route::Cubic([(0.0, 0.0), (10.0, 0.0), (20.0, 40.0), (30.0, 40.0)]);
        assert_eq!(curve.at(0.0).0, (0.0, 0.0));
        assert_eq!(curve.at(1.0).0, (30.0, 40.0));
        assert_eq!(curve.clone().reversed().at(0.25).0, curve.at(0.75).0);
    }

    #[test]
    fn a_route_is_walked_at_constant_speed_along_its_pieces() {
        let bent = Route::Lines(vec![(0.0, 0.0), (10.0, 0.0), (10.0, 30.0)]);
        assert_eq!(bent.at(0.25).0, (10.0, 0.0));
        assert_eq!(bent.at(0.5).0, (10.0, 10.0));
        assert_eq!(Route::Lines(vec![(4.0, 5.0)]).at(0.7).0, (4.0, 5.0));
    }
}
