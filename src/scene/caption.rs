//! How large the presenter's caption is set: as large as its words allow, never below 26 px.
//!
//! The caption has 168 px below the picture at 1366 x 768; its style sheet has one class a setting.

use super::presenter::{LEAST, W};
use super::text::width;
use crate::view_model::presenter::Said;

/// Room for the words, px.
const ROOM: (f64, f64) = (W - 96.0, 160.0);

/// A size for each language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// 35 and 32 px.
    Large,
    /// 30 and 28 px.
    Middle,
    /// 26 px both.
    Small,
    /// 26 px, and only the language of the page.
    Single,
}

impl Setting {
    /// From the largest on.
    pub const ALL: [Setting; 4] = [
        Setting::Large,
        Setting::Middle,
        Setting::Small,
        Setting::Single,
    ];

    /// Its class in the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Setting::Large => "large",
            Setting::Middle => "middle",
            Setting::Small => "small",
            Setting::Single => "single",
        }
    }

    /// Letters of both languages, and their lines, in px.
    fn sizes(self) -> ((f64, f64), f64) {
        match self {
            Setting::Large => ((35.0, 32.0), 1.3),
            Setting::Middle => ((30.0, 28.0), 1.25),
            Setting::Small | Setting::Single => ((LEAST, LEAST), 1.2),
        }
    }
}

/// The largest setting that the words fit in.
pub fn setting(own: &Said, other: &Said) -> Setting {
    let fits = |setting: &&Setting| {
        let ((first, second), line) = setting.sizes();
        let both = first * line * lines(own, first) + second * line * lines(other, second) + 12.0;
        both <= ROOM.1
    };
    let both = &Setting::ALL[..3];
    both.iter().find(fits).copied().unwrap_or(Setting::Single)
}

/// Lines that the words take in letters of that size: a word does not break, so some room is lost.
fn lines(said: &Said, size: f64) -> f64 {
    let words = format!("{} {}", said.head, said.words);
    let wide = width(words.trim(), size, false) * 1.1;
    (wide / (ROOM.0 - size * 3.0)).ceil().max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(count: usize) -> Said {
        Said {
            head: String::new(),
            words: "broker ".repeat(count),
        }
    }

    #[test]
    fn longer_words_are_set_smaller_and_the_longest_in_one_language() {
        let mut last = Setting::Large;
        for count in [3, 8, 15, 22, 30, 50, 80] {
            let now = setting(&said(count), &said(count));
            let place = |s| Setting::ALL.iter().position(|x| *x == s);
            assert!(
                place(now) >= place(last),
                "{count} words: {now:?} after {last:?}"
            );
            last = now;
        }
        assert_eq!(setting(&said(3), &said(3)), Setting::Large);
        assert_eq!(last, Setting::Single);
    }
}
