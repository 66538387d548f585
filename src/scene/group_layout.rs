//! Where the cards of consumer groups stand, and how much each shows.
//!
//! All cards show equally much: two lines a partition, one line a partition, or members side by
//! side, whatever still fits. Invariant: no row leaves its card and no card the stage.

use super::layout::{BAND_GAP, BANDS_Y};
use super::shape::Area;
use crate::view_model::cluster::GroupView;

/// How much of a member is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Two lines for each of its partitions.
    Tall,
    /// One line for each of its partitions.
    Low,
    /// Half a line for the member.
    Chip,
}

/// One row of a group card.
#[derive(Clone, Debug, PartialEq)]
pub struct MemberRow {
    /// Index of the member in its group.
    pub member: usize,
    /// Index of the assigned partition, `None` for a member without one and for a chip.
    pub assigned: Option<usize>,
    /// The row.
    pub area: Area,
}

/// A group's card.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupBox {
    /// Index in the view.
    pub group: usize,
    /// The card.
    pub area: Area,
    /// Its rows.
    pub rows: Vec<MemberRow>,
    /// How much a row shows.
    pub detail: Detail,
    /// Rows that found no room.
    pub hidden: usize,
}

/// Left edge of the cards from the right edge of the stage, and their width.
const FROM_RIGHT: f64 = 220.0;
const WIDTH: f64 = 206.0;
/// Below the cards stands the key to the marks.
const BELOW: f64 = 36.0;
/// Height of the line for rows that found no room.
const MORE: f64 = 18.0;

impl Detail {
    /// Height of a card's head.
    pub fn head(self) -> f64 {
        match self {
            Detail::Tall | Detail::Low => 56.0,
            Detail::Chip => 27.0,
        }
    }

    fn row(self) -> f64 {
        match self {
            Detail::Tall => 36.0,
            Detail::Low => 20.0,
            Detail::Chip => 19.0,
        }
    }

    fn gap(self) -> f64 {
        match self {
            Detail::Tall | Detail::Low => BAND_GAP,
            Detail::Chip => 5.0,
        }
    }

    /// Rows that stand side by side.
    fn abreast(self) -> usize {
        match self {
            Detail::Tall | Detail::Low => 1,
            Detail::Chip => 2,
        }
    }

    fn rows(self, group: &GroupView) -> Vec<(usize, Option<usize>)> {
        let mut rows = Vec::new();
        for (m, member) in group.members.iter().enumerate() {
            if self == Detail::Chip || member.assignment.is_empty() {
                rows.push((m, None));
            } else {
                rows.extend((0..member.assignment.len()).map(|a| (m, Some(a))));
            }
        }
        rows
    }

    /// Height of a card with that many rows of which at most `most` are shown.
    fn card(self, rows: usize, most: usize) -> f64 {
        let lines = rows.min(most).div_ceil(self.abreast());
        let more = if rows > most { MORE } else { 0.0 };
        self.head() + self.row() * lines as f64 + more
    }

    fn all(self, groups: &[GroupView], most: usize) -> f64 {
        let cards = groups
            .iter()
            .map(|g| self.card(self.rows(g).len(), most) + self.gap());
        cards.sum::<f64>() - self.gap()
    }
}

/// What is shown of each member so that most is seen, and the most rows of a card.
fn grade(groups: &[GroupView], room: f64) -> (Detail, usize) {
    let whole = [Detail::Tall, Detail::Low, Detail::Chip];
    if let Some(detail) = whole
        .into_iter()
        .find(|d| d.all(groups, usize::MAX) <= room)
    {
        return (detail, usize::MAX);
    }
    let fits = |most: &usize| Detail::Chip.all(groups, *most) <= room;
    let most = (0..=64).rev().map(|lines| lines * 2).find(fits);
    (Detail::Chip, most.unwrap_or(0))
}

/// The cards of a stage of `w` x `h` px, and how many groups found no room.
pub fn place_groups(groups: &[GroupView], w: f64, h: f64) -> (Vec<GroupBox>, usize) {
    let (detail, most) = grade(groups, h - BANDS_Y - BELOW);
    let mut boxes = Vec::new();
    let mut y = BANDS_Y;
    for (i, group) in groups.iter().enumerate() {
        let rows = detail.rows(group);
        let high = detail.card(rows.len(), most);
        if y + high > h - BELOW {
            break;
        }
        let area = Area::new(w - FROM_RIGHT, y, WIDTH, high);
        boxes.push(GroupBox {
            group: i,
            area,
            hidden: rows.len().saturating_sub(most),
            rows: place_rows(&rows[..rows.len().min(most)], detail, area),
            detail,
        });
        y += high + detail.gap();
    }
    let hidden = groups.len() - boxes.len();
    (boxes, hidden)
}

fn place_rows(rows: &[(usize, Option<usize>)], detail: Detail, card: Area) -> Vec<MemberRow> {
    let abreast = detail.abreast();
    let wide = (card.w - 2.0) / abreast as f64;
    let place = |(r, &(member, assigned)): (usize, &(usize, Option<usize>))| {
        let x = card.x + 1.0 + (r % abreast) as f64 * wide;
        let y = card.y + detail.head() + (r / abreast) as f64 * detail.row();
        MemberRow {
            member,
            assigned,
            area: Area::new(x, y, wide, detail.row()),
        }
    };
    rows.iter().enumerate().map(place).collect()
}
