//! The list of lessons: what is known of each before its text is fetched. Written by `build.rs`.

use lesson_format::Lang;

/// A lesson in the list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IndexEntry {
    /// `L06`; its text is `lessons/L06.lesson`.
    pub id: &'static str,
    /// Title, in English and Chinese.
    pub title: (&'static str, &'static str),
    /// The part of the catalogue, in English and Chinese.
    pub group: (&'static str, &'static str),
    /// The one sentence, in English and Chinese.
    pub idea: (&'static str, &'static str),
    /// How long it takes, in minutes.
    pub minutes: u32,
    /// Number of its steps.
    pub steps: usize,
}

impl IndexEntry {
    /// Its title in one language.
    pub fn title(&self, lang: Lang) -> &'static str {
        of(self.title, lang)
    }

    /// Its part of the catalogue in one language.
    pub fn group(&self, lang: Lang) -> &'static str {
        of(self.group, lang)
    }

    /// Its one sentence in one language.
    pub fn idea(&self, lang: Lang) -> &'static str {
        of(self.idea, lang)
    }
}

fn of((en, zh): (&'static str, &'static str), lang: Lang) -> &'static str {
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}

include!(concat!(env!("OUT_DIR"), "/index.rs"));

/// The glossary, for native programs; the page fetches `lessons/glossary.txt`.
#[cfg(not(target_arch = "wasm32"))]
pub const GLOSSARY: &str = include_str!("../../../lessons/glossary.txt");

/// The misconceptions, for native programs; the page fetches `lessons/misconceptions.txt`.
#[cfg(not(target_arch = "wasm32"))]
pub const MISCONCEPTIONS: &str = include_str!("../../../lessons/misconceptions.txt");

/// The text of a lesson, for native programs; the page fetches it.
#[cfg(not(target_arch = "wasm32"))]
pub fn text(id: &str) -> Option<&'static str> {
    let found = TEXTS.iter().find(|(known, _)| *known == id);
    found.map(|(_, text)| *text)
}
