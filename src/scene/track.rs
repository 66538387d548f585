//! The scrub track: scale, ticks by shape, leaderless spans, branches, the now mark.

use super::shape::{Area, Colour, Node, Paint};
use super::text::{mono, sans, width};
use crate::i18n::{Lang, Text, sentence};
use crate::view_model::time::{Tick, TickKind, TimeView, Window};

const LINE_Y: f64 = 19.0;
const INSET: f64 = 12.0;
/// More than one tick in this many px becomes a bar as high as their number.
const SLOT: f64 = 5.0;
const BRANCHES_MAX: usize = 3;

/// x of a time on a track of that width.
pub fn x_of(window: Window, w: f64, at: u64) -> f64 {
    let whole = (window.to - window.from).max(1) as f64;
    let inside = at.clamp(window.from, window.to) - window.from;
    INSET + inside as f64 / whole * (w - 2.0 * INSET)
}

/// Time under an x of the track.
pub fn time_at(window: Window, w: f64, x: f64) -> u64 {
    let share = ((x - INSET) / (w - 2.0 * INSET).max(1.0)).clamp(0.0, 1.0);
    window.from + (share * (window.to - window.from) as f64) as u64
}

/// Draws the track, `w` x `h` px; `bare` leaves out the scale's numbers and names (phone).
pub fn draw(view: &TimeView, lang: Lang, w: f64, h: f64, bare: bool) -> Node {
    let mut node = Node::plain();
    let window = view.window();
    let x = |at: u64| x_of(window, w, at);
    scale(&mut node, window, w, bare);
    for &(from, to) in view
        .leaderless
        .iter()
        .filter(|(from, to)| *to >= window.from && *from <= window.to)
    {
        let (l, r) = (x(from), x(to));
        node.rect(
            Area::new(l, LINE_Y - 6.0, (r - l).max(1.0), 12.0),
            0.0,
            Paint::fill(Colour::HatchAlarm),
        );
    }
    node.line(
        INSET,
        LINE_Y,
        w - INSET,
        LINE_Y,
        Paint::stroke(Colour::Rule2, 2.0),
    );
    node.line(
        INSET,
        LINE_Y,
        x(view.end),
        LINE_Y,
        Paint::stroke(Colour::Ink, 2.0),
    );
    leaderless_words(&mut node, view, lang, window, w);
    branches(&mut node, view, lang, window, w, h);
    ticks(&mut node, &view.ticks, window, w);
    let now = x(view.now);
    node.line(
        now,
        3.0,
        now,
        33.0_f64.min(h - 2.0),
        Paint::stroke(Colour::Accent, 2.5),
    );
    node.path(
        format!("M{:.1} 1h12v5l-6 6-6-6z", now - 6.0),
        Paint::fill(Colour::Accent),
    );
    node
}

fn scale(node: &mut Node, window: Window, w: f64, bare: bool) {
    let seconds = (window.to - window.from) / 1_000_000;
    let step = match seconds {
        0..=12 => 1,
        13..=24 => 2,
        _ => 5,
    };
    let first = window.from / 1_000_000;
    for s in first..=first + seconds {
        let x = x_of(window, w, s * 1_000_000);
        let major = s % step == 0;
        node.line(
            x,
            26.0,
            x,
            if major { 31.0 } else { 29.0 },
            Paint::stroke(Colour::Rule2, 1.0),
        );
        if major && !bare {
            let words = s.to_string();
            let half = width(&words, 11.0, true) / 2.0;
            let x = x.clamp(half, (w - half).max(half));
            node.text(mono(x, 50.0, 11.0, words).middle().colour(Colour::Ink3));
        }
    }
}

/// The longest leaderless span carries its words when they fit.
fn leaderless_words(node: &mut Node, view: &TimeView, lang: Lang, window: Window, w: f64) {
    let visible = view
        .leaderless
        .iter()
        .filter(|(from, to)| *to >= window.from && *from <= window.to);
    let Some(&(from, to)) = visible.max_by_key(|(from, to)| to - from) else {
        return;
    };
    let words = sentence::leaderless(lang, to - from);
    let (l, r) = (x_of(window, w, from), x_of(window, w, to));
    if r - l > width(&words, 11.0, false) + 24.0 {
        node.text(
            sans((l + r) / 2.0, 10.0, 11.0, words)
                .middle()
                .colour(Colour::Alarm)
                .class("sans"),
        );
    }
}

fn branches(node: &mut Node, view: &TimeView, lang: Lang, window: Window, w: f64, h: f64) {
    let others: Vec<_> = view
        .branches
        .iter()
        .filter(|b| !b.current && b.end >= window.from)
        .collect();
    for (i, branch) in others.iter().take(BRANCHES_MAX).enumerate() {
        let y = 34.0 + 6.0 * i as f64;
        if y > h - 4.0 {
            break;
        }
        let (l, r) = (x_of(window, w, branch.fork), x_of(window, w, branch.end));
        node.path(
            format!(
                "M{l:.1} {LINE_Y}C{:.1} {LINE_Y} {:.1} {y:.1} {:.1} {y:.1}H{r:.1}",
                l + 12.0,
                l + 6.0,
                l + 20.0,
                r = r.max(l + 24.0)
            ),
            Paint::stroke(Colour::Ink2, 1.5).dashed("4 3"),
        );
        if i == 0 && h > 44.0 && others.len() == 1 {
            let name = if branch.name.is_empty() {
                lang.say(Text::MainBranch)
            } else {
                &branch.name
            };
            let tx = r.max(l + 24.0) + 6.0;
            if tx + width(name, 11.0, false) < w {
                node.text(
                    sans(tx, y + 3.5, 11.0, name)
                        .colour(Colour::Ink2)
                        .class("sans halo"),
                );
            }
        }
    }
    if others.len() > BRANCHES_MAX {
        node.text(
            sans(
                w - 2.0,
                h - 2.0,
                11.0,
                format!("+{}", others.len() - BRANCHES_MAX),
            )
            .end()
            .colour(Colour::Ink2)
            .class("sans"),
        );
    }
}

fn ticks(node: &mut Node, ticks: &[Tick], window: Window, w: f64) {
    let mut slots: std::collections::BTreeMap<u32, (u32, TickKind, f64)> =
        std::collections::BTreeMap::new();
    for tick in ticks
        .iter()
        .filter(|t| t.at >= window.from && t.at <= window.to)
    {
        let x = x_of(window, w, tick.at);
        let entry = slots.entry((x / SLOT) as u32).or_insert((0, tick.kind, x));
        entry.0 += 1;
        if tick.kind > entry.1 {
            (entry.1, entry.2) = (tick.kind, x);
        }
    }
    for (count, kind, x) in slots.into_values() {
        if count > 1 && !matches!(kind, TickKind::Failure | TickKind::Action) {
            let high = f64::from(count.min(9)) + 3.0;
            node.rect(
                Area::new(x - 1.5, LINE_Y - high / 2.0, 3.0, high),
                0.0,
                Paint::fill(Colour::Ink2),
            );
            continue;
        }
        tick(node, kind, x);
    }
}

fn tick(node: &mut Node, kind: TickKind, x: f64) {
    let ink = Paint::fill(Colour::Ink2);
    match kind {
        TickKind::Records => node.rect(Area::new(x - 3.0, LINE_Y - 3.0, 6.0, 6.0), 0.0, ink),
        TickKind::Control => node.path(
            format!("M{x:.1} {:.1}l4.5 4.5-4.5 4.5-4.5-4.5z", LINE_Y - 4.5),
            ink,
        ),
        TickKind::Group => node.path(format!("M{x:.1} {:.1}l4.5 7.5h-9z", LINE_Y - 4.0), ink),
        TickKind::Failure => node.path(
            format!("M{:.1} {:.1}l9 9m0 -9l-9 9", x - 4.5, LINE_Y - 4.5),
            Paint::stroke(Colour::Alarm, 2.4),
        ),
        TickKind::Action => node.path(
            format!("M{x:.1} {:.1}V3h9l-2.5 3 2.5 3h-9", LINE_Y - 1.0),
            Paint::both(Colour::Ink, Colour::Ink, 1.0),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_press_on_a_drawn_time_gives_that_time_back() {
        let window = Window {
            from: 5_000_000,
            to: 35_000_000,
        };
        for at in [5_000_000, 12_386_000, 34_999_000] {
            let back = time_at(window, 588.0, x_of(window, 588.0, at));
            assert!(back.abs_diff(at) < 2_000, "{at} {back}");
        }
        assert_eq!(time_at(window, 588.0, -50.0), window.from);
        assert_eq!(time_at(window, 588.0, 9_000.0), window.to);
    }

    #[test]
    fn crowded_ticks_become_one_bar_but_a_failure_stays_visible() {
        let crowd = |kind| Tick {
            at: 1_000_000,
            kind,
        };
        let mut view = TimeView {
            end: 2_000_000,
            ..TimeView::default()
        };
        view.ticks = vec![crowd(TickKind::Records); 7];
        let bars = draw(&view, Lang::En, 500.0, 52.0, true);
        view.ticks.push(crowd(TickKind::Failure));
        let failed = draw(&view, Lang::En, 500.0, 52.0, true);
        let alarms = |node: &Node| {
            node.shapes.iter().filter(|s| matches!(s, super::super::shape::Shape::Path(_, p) if p.stroke == Colour::Alarm)).count()
        };
        assert_eq!((alarms(&bars), alarms(&failed)), (0, 1));
    }
}
