//! The picture of groups for a room: partitions at the left, members at the right, and a line from
//! each partition to the member that reads it.
//!
//! Drawn on the same sheet as the brokers, for steps of a lesson that are about groups.

use super::presenter::{H, LEAST, W, corners};
use super::shape::{Area, Colour, Handle, Node, Paint};
use super::text::{mono, sans, width};
use crate::i18n::{Lang, Text, presenter as words, sentence};
use crate::view_model::cluster::{
    ClusterView, GroupKind, GroupView, MemberView, PartitionView, TopicView,
};
use crate::view_model::object::{ObjectId, PartitionName};

const PARTITIONS: usize = 4;
const MEMBERS: usize = 7;
const CELLS: usize = 5;
const TOP: f64 = 44.0;
const ROOM: f64 = 466.0;
const LEFT: f64 = 48.0;
const LOG_W: f64 = 560.0;
const CELLS_X: f64 = 284.0;
const CELL: f64 = 60.0;
const MEMBER_X: f64 = 820.0;
const MEMBER_W: f64 = 498.0;

/// What is drawn.
#[derive(Clone, Copy)]
pub struct GroupSheet<'a> {
    /// Language.
    pub lang: Lang,
    /// The cluster.
    pub cluster: &'a ClusterView,
    /// Names of the groups.
    pub groups: &'a [String],
    /// What the words are about.
    pub spotlight: &'a [ObjectId],
    /// All but the spotlight is dimmed.
    pub veil: bool,
}

/// A member and where it stands.
struct Seat<'a> {
    /// Place of its group among those shown.
    order: usize,
    group: &'a GroupView,
    member: &'a MemberView,
    area: Area,
}

impl<'a> GroupSheet<'a> {
    /// The drawing.
    pub fn draw(&self) -> Vec<Node> {
        let (seats, hidden) = self.seats();
        let logs = self.logs();
        let mut nodes = vec![self.head(hidden), self.lines(&seats, &logs)];
        nodes.extend(
            logs.iter()
                .map(|(name, log, area)| self.log(name, log, *area)),
        );
        nodes.extend(seats.iter().map(|seat| self.seat(seat)));
        nodes.extend(self.light(&seats, &logs));
        nodes
    }

    fn shown(&self) -> impl Iterator<Item = &'a GroupView> {
        let (cluster, groups) = (self.cluster, self.groups);
        let found = groups.iter();
        found.filter_map(|name| cluster.groups.iter().find(|group| group.name == *name))
    }

    /// Members in their seats, and how many have none.
    fn seats(&self) -> (Vec<Seat<'a>>, usize) {
        let members = self.shown().enumerate().flat_map(|(order, group)| {
            let members = group.members.iter();
            members.map(move |member| (order, group, member))
        });
        let all: Vec<_> = members.collect();
        let count = all.len().min(MEMBERS);
        let step = (ROOM / count.max(1) as f64).min(104.0);
        let seat = |(row, &(order, group, member)): (usize, &(usize, _, _))| Seat {
            order,
            group,
            member,
            area: Area::new(MEMBER_X, TOP + step * row as f64, MEMBER_W, step - 12.0),
        };
        let seats = all.iter().take(MEMBERS).enumerate().map(seat);
        (seats.collect(), all.len() - count)
    }

    /// The topic that the members read, else the first one.
    fn topic(&self) -> Option<&'a TopicView> {
        let mut read = self.shown().flat_map(|group| &group.members);
        let read = read.find_map(|m| m.assignment.first().map(|a| &a.partition.topic));
        let mut topics = self.cluster.topics.iter();
        topics.find(|t| read.map_or(!t.internal, |name| t.name == *name))
    }

    fn logs(&self) -> Vec<(PartitionName, &'a PartitionView, Area)> {
        let Some(topic) = self.topic() else {
            return Vec::new();
        };
        let count = topic.partitions.len().clamp(1, PARTITIONS);
        let step = (ROOM / count as f64).min(140.0);
        let log = |(row, partition): (usize, &'a PartitionView)| {
            let name = PartitionName {
                topic: topic.name.clone(),
                partition: partition.partition,
            };
            let area = Area::new(LEFT, TOP + step * row as f64, LOG_W, step - 14.0);
            (name, partition, area)
        };
        let partitions = topic.partitions.iter().take(PARTITIONS).enumerate();
        partitions.map(log).collect()
    }

    fn head(&self, hidden: usize) -> Node {
        let mut node = Node::plain();
        let topic = self
            .topic()
            .map_or(self.lang.say(Text::NoTopic), |t| &t.name);
        let label = mono(LEFT, 28.0, LEAST, topic).colour(Colour::Ink2);
        node.text(label.named(LOG_W, LEAST));
        if hidden > 0 {
            let more = words::more_members(self.lang, hidden);
            let label = sans(MEMBER_X, 28.0, LEAST, more).colour(Colour::Ink2);
            node.text(label.within(MEMBER_W));
        }
        node
    }

    /// From each partition to whoever reads it; a dash a group.
    fn lines(&self, seats: &[Seat<'_>], logs: &[(PartitionName, &PartitionView, Area)]) -> Node {
        let mut node = Node::plain();
        for seat in seats {
            for assigned in &seat.member.assignment {
                let found = logs.iter().find(|(name, ..)| *name == assigned.partition);
                let Some((_, _, log)) = found else {
                    continue;
                };
                let dash = ["", "14 9", "4 8", "22 8 4 8"][seat.order % 4];
                let paint = Paint::stroke(Colour::Ink, 3.5).dashed(dash);
                node.line(
                    log.right(),
                    log.middle(),
                    MEMBER_X,
                    seat.area.middle(),
                    paint,
                );
            }
        }
        node
    }

    fn log(&self, name: &PartitionName, log: &PartitionView, area: Area) -> Node {
        let mut node = Node::object(Handle {
            id: ObjectId::Partition(name.clone()),
            name: name.to_string(),
            area,
            level: 1,
            selected: false,
        });
        node.rect(area, 4.0, Paint::both(Colour::Raise, Colour::Ink, 2.0));
        let label = sans(
            area.x + 18.0,
            area.middle() + 10.0,
            28.0,
            name_of(self.lang, name),
        );
        node.text(label.bold().named(CELLS_X - LEFT - 30.0, LEAST));
        let longest = log.logs.iter().max_by_key(|replica| replica.log_end);
        let tail = longest.map_or(&[][..], |replica| &replica.tail);
        let side = CELL.min(area.h - 16.0);
        // Cells widen with the number of digits, and fewer stand in the same room.
        let digits = tail
            .last()
            .map_or_else(String::new, |r| r.offset.to_string());
        let wide = CELL.max(width(&digits, 28.0, true) + 12.0);
        let shown = (CELL * CELLS as f64 / wide).floor() as usize;
        let youngest = &tail[tail.len().saturating_sub(shown)..];
        for (at, record) in youngest.iter().enumerate() {
            let cell = Area::new(
                CELLS_X + wide * at as f64,
                area.middle() - side / 2.0,
                wide,
                side,
            );
            let (fill, edge) = Colour::of_epoch(0);
            node.rect(cell, 0.0, Paint::both(fill, edge, 1.5));
            let x = cell.x + wide / 2.0;
            let label = mono(x, area.middle() + 10.0, 28.0, record.offset.to_string());
            node.text(label.middle().within(wide - 4.0));
        }
        node
    }

    fn seat(&self, seat: &Seat<'_>) -> Node {
        let (area, member) = (seat.area, seat.member);
        let idle = member.assignment.is_empty();
        let note = match (member.alive, idle) {
            (false, _) => self.lang.say(Text::Crashed).to_owned(),
            (true, true) => self.lang.say(Text::NoPartition).to_owned(),
            // What a share group is behind is nobody's own.
            (true, false) if seat.group.kind == GroupKind::Share => String::new(),
            (true, false) => lag(self.lang, member),
        };
        let mut node = Node::object(Handle {
            id: ObjectId::Client(member.name.clone()),
            name: format!("{}, {} {note}", member.name, seat.group.name),
            area,
            level: 2,
            selected: false,
        });
        let frame = match member.alive {
            true => Paint::both(Colour::Raise, Colour::Ink, 2.0),
            false => Paint::both(Colour::HatchDead, Colour::Ink3, 2.0).dashed("9 6"),
        };
        node.rect(area, 4.0, frame);
        let y = area.middle() + 10.0;
        let name = sans(area.x + 20.0, y, 30.0, &*member.name).bold();
        node.text(name.named(150.0, LEAST));
        let group = sans(area.x + 186.0, y, LEAST, &*seat.group.name).colour(Colour::Ink2);
        node.text(group.named(130.0, LEAST));
        let colour = if member.alive {
            Colour::Ink2
        } else {
            Colour::Alarm
        };
        let note = sans(area.right() - 16.0, y, LEAST, note);
        let note = note.end().colour(colour);
        node.text(note.within(150.0));
        node
    }

    /// Corners around what the words are about; a group's are around all its members.
    fn light(
        &self,
        seats: &[Seat<'_>],
        logs: &[(PartitionName, &PartitionView, Area)],
    ) -> Option<Node> {
        let mut lit: Vec<Area> = Vec::new();
        for object in self.spotlight {
            let own = seats.iter().filter(|seat| match object {
                ObjectId::Group(name) => seat.group.name == *name,
                ObjectId::Client(name) => seat.member.name == *name,
                _ => false,
            });
            let own = own.map(|seat| seat.area);
            let log = logs
                .iter()
                .filter(|(name, ..)| Some(name) == object.partition());
            let areas = own.chain(log.map(|(_, _, area)| *area));
            lit.extend(areas.reduce(around));
        }
        if lit.is_empty() {
            return None;
        }
        let lit = lit
            .into_iter()
            .map(|a| Area::new(a.x - 12.0, a.y - 5.0, a.w + 24.0, a.h + 10.0));
        let lit: Vec<Area> = lit.collect();
        let mut node = Node::plain();
        if self.veil {
            let hole = |a: &Area| format!("M{} {}v{}h{}v{}z", a.x, a.y, a.h, a.w, -a.h);
            let holes: String = lit.iter().map(hole).collect();
            let veil = format!("M0 0H{W}V{H}H0z{holes}");
            node.path(veil, Paint::fill(Colour::Ink).opacity(0.35));
        }
        for area in lit {
            node.path(corners(area, 26.0), Paint::stroke(Colour::Accent, 6.0));
        }
        Some(node)
    }
}

/// How far the member is behind.
fn lag(lang: Lang, member: &MemberView) -> String {
    let lag = member.lag();
    lag.map_or_else(String::new, |lag| sentence::lag(lang, lag))
}

/// "partition 0": the topic stands above all of them.
fn name_of(lang: Lang, name: &PartitionName) -> String {
    sentence::partition(lang, name.partition)
}

fn around(a: Area, b: Area) -> Area {
    let (x, y) = (a.x.min(b.x), a.y.min(b.y));
    Area::new(
        x,
        y,
        a.right().max(b.right()) - x,
        a.bottom().max(b.bottom()) - y,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::shape::{Label, Shape};
    use crate::view_model::sample;

    fn drawn(lang: Lang) -> Vec<Node> {
        let cluster = sample::failover();
        let groups: Vec<String> = cluster.groups.iter().map(|g| g.name.clone()).collect();
        let spotlight = [ObjectId::Group(groups[0].clone())];
        let sheet = GroupSheet {
            lang,
            cluster: &cluster,
            groups: &groups,
            spotlight: &spotlight,
            veil: true,
        };
        sheet.draw()
    }

    /// Nothing below 26 px, nothing outside the sheet, no two words over each other.
    #[test]
    fn a_room_can_read_who_reads_which_partition() {
        for lang in Lang::ALL {
            let nodes = drawn(lang);
            let labels = nodes
                .iter()
                .flat_map(|n| &n.shapes)
                .filter_map(|s| match s {
                    Shape::Text(label) => Some(label),
                    _ => None,
                });
            let labels: Vec<&Label> = labels.collect();
            let sheet = Area::new(0.0, 0.0, W, H);
            for (i, label) in labels.iter().enumerate() {
                assert!(label.size >= LEAST, "{label:?}");
                assert!(sheet.contains(&label.area(1.15)), "{label:?}");
                for other in &labels[i + 1..] {
                    let (a, b) = (label.area(1.15), other.area(1.15));
                    assert!(!a.overlaps(&b), "{label:?} over {other:?}");
                }
            }
        }
    }

    /// One line for each assigned partition that is drawn.
    #[test]
    fn every_assigned_partition_has_a_line_to_its_reader() {
        let nodes = drawn(Lang::En);
        let is_line = |shape: &&Shape| matches!(shape, Shape::Line(..));
        let lines = nodes.iter().flat_map(|n| &n.shapes).filter(is_line).count();
        let cluster = sample::failover();
        let members = cluster.groups.iter().flat_map(|group| &group.members);
        let assigned = members.flat_map(|member| &member.assignment);
        let topics: Vec<&str> = assigned
            .clone()
            .map(|a| a.partition.topic.as_str())
            .collect();
        let own = assigned.filter(|a| a.partition.topic == topics[0]).count();
        assert!(lines > 0 && lines == own, "{lines} lines, {own} assigned");
    }
}
