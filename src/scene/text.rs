//! Text that fits: widths estimated without a browser, truncation, and short builders of labels.
//!
//! The estimate is on the safe side for the fonts of `--sans` and exact (0.602 em) for `--mono`.

use super::shape::{Anchor, Area, Colour, Label};

/// Estimated width of `text` in px at `size`.
pub fn width(text: &str, size: f64, mono: bool) -> f64 {
    text.chars().map(|c| em(c, mono)).sum::<f64>() * size
}

fn em(c: char, mono: bool) -> f64 {
    match c {
        // Chinese, full-width forms and punctuation take a full em.
        '\u{2E80}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF00}'..='\u{FFEF}' => 1.0,
        _ if mono => 0.602,
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' | '·' => 0.32,
        'f' | 't' | 'r' | '-' | '(' | ')' | '[' | ']' | '/' => 0.40,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.93,
        'A'..='Z' | '_' | '+' | '=' | '<' | '>' => 0.70,
        _ => 0.60,
    }
}

/// `text`, cut at the end with "…" when it is wider than `room`.
pub fn fit(text: &str, room: f64, size: f64, mono: bool) -> String {
    if width(text, size, mono) <= room {
        return text.to_owned();
    }
    let mut left = room - em('…', mono) * size;
    let mut kept = String::new();
    for c in text.chars() {
        left -= em(c, mono) * size;
        if left < 0.0 {
            break;
        }
        kept.push(c);
    }
    kept.push('…');
    kept
}

/// `text`, cut in its middle with "…" when it is wider than `room`: names of one family begin
/// alike, and their ends tell them apart.
pub fn fit_middle(text: &str, room: f64, size: f64, mono: bool) -> String {
    if width(text, size, mono) <= room {
        return text.to_owned();
    }
    let each = (room - em('…', mono) * size) / 2.0;
    let taken = |letters: &mut dyn Iterator<Item = char>| {
        let mut left = each;
        let fits = |c: &char| {
            left -= em(*c, mono) * size;
            left >= 0.0
        };
        letters.take_while(fits).collect::<Vec<char>>()
    };
    let head = taken(&mut text.chars());
    let mut tail = taken(&mut text.chars().rev());
    tail.reverse();
    head.into_iter().chain(['…']).chain(tail).collect()
}

/// A label in the interface font, left aligned, in ink.
pub fn sans(x: f64, y: f64, size: f64, text: impl Into<String>) -> Label {
    Label {
        x,
        y,
        text: text.into(),
        size,
        anchor: Anchor::Start,
        colour: Colour::Ink,
        bold: false,
        mono: false,
        class: "",
    }
}

/// A label in the monospaced font, left aligned, in ink.
pub fn mono(x: f64, y: f64, size: f64, text: impl Into<String>) -> Label {
    Label {
        mono: true,
        ..sans(x, y, size, text)
    }
}

impl Label {
    /// In that colour.
    pub fn colour(mut self, colour: Colour) -> Label {
        self.colour = colour;
        self
    }

    /// Semibold.
    pub fn bold(mut self) -> Label {
        self.bold = true;
        self
    }

    /// Right aligned.
    pub fn end(mut self) -> Label {
        self.anchor = Anchor::End;
        self
    }

    /// Centred.
    pub fn middle(mut self) -> Label {
        self.anchor = Anchor::Middle;
        self
    }

    /// With a CSS class.
    pub fn class(mut self, class: &'static str) -> Label {
        self.class = class;
        self
    }

    /// Cut to `room` px.
    pub fn within(mut self, room: f64) -> Label {
        self.text = fit(&self.text, room, self.size, self.mono);
        self
    }

    /// Cut in the middle to `room` px, after trying a smaller size down to `least`.
    pub fn named(mut self, room: f64, least: f64) -> Label {
        while self.size > least && width(&self.text, self.size, self.mono) > room {
            self.size = (self.size - 0.5).max(least);
        }
        self.text = fit_middle(&self.text, room, self.size, self.mono);
        self
    }

    /// The box the words take, `factor` times as wide as estimated.
    pub fn area(&self, factor: f64) -> Area {
        let w = width(&self.text, self.size, self.mono) * factor;
        let x = match self.anchor {
            Anchor::Start => self.x,
            Anchor::Middle => self.x - w / 2.0,
            Anchor::End => self.x - w,
        };
        Area::new(x, self.y - self.size * 0.8, w, self.size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_untouched_and_what_does_not_is_cut_within_the_room() {
        assert_eq!(fit("orders", 100.0, 12.0, false), "orders");
        let cut = fit("my-replicated-topic-with-a-long-name", 80.0, 12.0, false);
        assert!(
            cut.ends_with('…') && width(&cut, 12.0, false) <= 80.0,
            "{cut}"
        );
        let name = fit_middle("console-consumer-59807", 100.0, 12.0, false);
        assert!(
            name.starts_with("cons")
                && name.ends_with("9807")
                && width(&name, 12.0, false) <= 100.0,
            "{name}"
        );
        let chinese = fit("消费组正在重新分配分区", 60.0, 12.0, false);
        assert_eq!(chinese, "消费组正…");
    }
}
