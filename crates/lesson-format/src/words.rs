//! Files of short entries in both languages: the glossary and the misconceptions.

use crate::cursor::Cursor;
use crate::error::{LessonError, Problem};
use crate::read::{BYTES_MAX, Lines};
use crate::text::Text;

/// One entry: an id, what it is called and what it means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Stable id: `high-watermark`, `M03`.
    pub id: String,
    /// What it is called.
    pub name: Text,
    /// What it means.
    pub meaning: Text,
    /// Other words that mean it, in either language.
    pub also: Vec<String>,
}

/// Entries in the order of the file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Entries(pub Vec<Entry>);

impl Entries {
    /// Reads entries: `entry ID`, `name` and `meaning` in both languages, and perhaps `also`.
    ///
    /// # Errors
    /// The first mistake, with its place and remedy. Never panics.
    pub fn read(text: &str) -> Result<Entries, LessonError> {
        let top = Cursor::new(1, "");
        if text.len() > BYTES_MAX {
            return Err(top.error(Problem::TooLong(BYTES_MAX)));
        }
        let mut lines = Lines::new(text);
        let mut entries: Vec<Entry> = Vec::new();
        while let Some(mut line) = lines.take() {
            let (word, column) = line.word("`entry`")?;
            if word != "entry" {
                return Err(line.error_at(column, Problem::UnknownWord(word, "entry")));
            }
            let entry = entry(&mut lines, &mut line)?;
            if entries.iter().any(|known| known.id == entry.id) {
                return Err(line.error_at(1, Problem::Twice(entry.id)));
            }
            entries.push(entry);
        }
        Ok(Entries(entries))
    }

    /// The entry of that id.
    pub fn get(&self, id: &str) -> Option<&Entry> {
        self.0.iter().find(|entry| entry.id == id)
    }
}

fn entry(lines: &mut Lines<'_>, line: &mut Cursor) -> Result<Entry, LessonError> {
    let (id, _) = line.word("the entry's id")?;
    line.finish()?;
    let mut part = |word, what| {
        let found = lines.take_word(word);
        let mut found = found.ok_or_else(|| line.error_at(1, Problem::Missing(what)))?;
        lines.text(&mut found)
    };
    let name = part("name", "`name` on the next line")?;
    let meaning = part("meaning", "`meaning` after the name")?;
    let mut also = Vec::new();
    if let Some(mut words) = lines.take_word("also") {
        while !words.is_end() {
            also.push(words.quoted("a word in quotes")?);
        }
    }
    Ok(Entry {
        id,
        name,
        meaning,
        also,
    })
}
