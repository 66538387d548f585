//! The glossary: terms found in a text, and terms found by a word in either language.
//!
//! The entries are the file `lessons/glossary.txt`, which the build reads and the page fetches when
//! it needs it. What it is not: a dictionary of everything; a term is marked once in a text, at its
//! first place, so that texts stay readable.

use std::collections::BTreeSet;

use lesson_format::{Entries, Entry, Lang, LessonError};

/// Terms with all words that mean them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Glossary {
    entries: Entries,
    /// Words in lower case and the place of their entry, longest first.
    words: Vec<(String, usize)>,
}

/// A part of a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Piece<'a> {
    /// Words that are no term, or one that was marked before.
    Plain(&'a str),
    /// A term as the text has it, and its entry.
    Term(&'a str, &'a Entry),
}

impl Glossary {
    /// Reads the file.
    ///
    /// # Errors
    /// The first mistake, with its place and remedy.
    pub fn read(text: &str) -> Result<Glossary, LessonError> {
        let entries = Entries::read(text)?;
        let mut words = Vec::new();
        for (at, entry) in entries.0.iter().enumerate() {
            for word in words_of(entry) {
                words.push((word.to_lowercase(), at));
            }
        }
        words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
        Ok(Glossary { entries, words })
    }

    /// All entries, in the order of the file.
    pub fn entries(&self) -> &[Entry] {
        &self.entries.0
    }

    /// The entries in which every word of `query` occurs, in either language; those whose name
    /// holds all of it come first.
    pub fn search(&self, query: &str) -> Vec<&Entry> {
        let query = query.trim().to_lowercase();
        let all = |entry: &&Entry| {
            let text = everything(entry);
            query.split_whitespace().all(|word| text.contains(word))
        };
        let mut found: Vec<&Entry> = self.entries.0.iter().filter(all).collect();
        found.sort_by_key(|entry| {
            let is_named = words_of(entry)
                .iter()
                .any(|word| word.to_lowercase().contains(&query));
            !is_named
        });
        found
    }

    /// Cuts a text into terms and what is between them.
    pub fn cut<'a>(&'a self, text: &'a str) -> Vec<Piece<'a>> {
        let mut pieces = Vec::new();
        let mut marked = BTreeSet::new();
        let (mut from, mut at) = (0, 0);
        while at < text.len() {
            match self.term_at(text, at) {
                Some((end, entry)) if marked.insert(entry) => {
                    if from < at {
                        pieces.push(Piece::Plain(&text[from..at]));
                    }
                    pieces.push(Piece::Term(&text[at..end], &self.entries.0[entry]));
                    (from, at) = (end, end);
                }
                Some((end, _)) => at = end,
                None => at += text[at..].chars().next().map_or(1, char::len_utf8),
            }
        }
        if from < text.len() {
            pieces.push(Piece::Plain(&text[from..]));
        }
        pieces
    }

    /// The longest term that begins at a byte of the text: where it ends, and its entry.
    fn term_at(&self, text: &str, at: usize) -> Option<(usize, usize)> {
        let before = text[..at].chars().next_back();
        let fits = |(word, entry): &(String, usize)| {
            let end = at + word.len();
            let own = text.get(at..end)?;
            let same = own.eq_ignore_ascii_case(word);
            // Latin words end where letters end; Chinese ones stand side by side.
            let is_word =
                |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || "_-.".contains(c));
            let after = text[end..].chars();
            let (first, second) = (after.clone().next(), after.clone().nth(1));
            let goes_on = match first {
                Some('.' | '-') => second.is_some_and(|c| c.is_ascii_alphanumeric()),
                first => is_word(first),
            };
            let latin_start = word.starts_with(|c: char| c.is_ascii());
            let latin_end = word.ends_with(|c: char| c.is_ascii());
            let cut = (latin_start && is_word(before)) || (latin_end && goes_on);
            (same && !cut).then_some((end, *entry))
        };
        self.words.iter().find_map(fits)
    }
}

/// Every word that means the entry: its names, without what stands in brackets, and the others.
fn words_of(entry: &Entry) -> Vec<&str> {
    let names = [&entry.name.en, &entry.name.zh];
    let parts = names
        .into_iter()
        .flat_map(|name| name.split([',', '，', '、', '(', ')', '（', '）', '与']));
    let also = entry.also.iter().map(String::as_str);
    let mut words: Vec<&str> = parts.map(str::trim).chain(also).collect();
    words.retain(|word| word.chars().count() > 1 || !word.is_ascii());
    words
}

fn everything(entry: &Entry) -> String {
    let mut text = String::new();
    for lang in [Lang::En, Lang::Zh] {
        for part in [entry.name.get(lang), entry.meaning.get(lang)] {
            text.push_str(&part.to_lowercase());
            text.push('\n');
        }
    }
    text + &entry.also.join("\n").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glossary() -> Glossary {
        Glossary::read(crate::index::GLOSSARY).expect("the glossary of the page")
    }

    fn terms<'a>(pieces: &[Piece<'a>]) -> Vec<(&'a str, &'a str)> {
        let terms = pieces.iter().filter_map(|piece| match piece {
            Piece::Term(words, entry) => Some((*words, entry.id.as_str())),
            Piece::Plain(_) => None,
        });
        terms.collect()
    }

    #[test]
    fn it_has_all_terms_and_each_is_one_sentence_in_both_languages() {
        let glossary = glossary();
        assert!(
            glossary.entries().len() >= 60,
            "{}",
            glossary.entries().len()
        );
        for entry in glossary.entries() {
            let (en, zh) = (&entry.meaning.en, &entry.meaning.zh);
            assert!(en.ends_with('.') && en.len() < 160, "{en}");
            assert!(zh.ends_with('。') && zh.chars().count() < 80, "{zh}");
        }
    }

    /// No two entries claim the same word: a text would link to the wrong one.
    #[test]
    fn a_word_means_one_entry() {
        let glossary = glossary();
        let mut owners = std::collections::BTreeMap::new();
        for (word, entry) in &glossary.words {
            let owner = *owners.entry(word).or_insert(entry);
            assert_eq!(owner, entry, "{word}");
        }
    }

    #[test]
    fn terms_are_marked_once_as_whole_words_and_the_longest_wins() {
        let glossary = glossary();
        let text = "The high watermark is below the LEO: a consumer group's consumers wait; the high watermark moves on. Logs, e-mail and catalog-1 are no terms, session.timeout.ms is.";
        let pieces = glossary.cut(text);
        let whole: String = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Plain(text) | Piece::Term(text, _) => *text,
            })
            .collect();
        assert_eq!(whole, text);
        let found = terms(&pieces);
        let expected = [
            ("high watermark", "high-watermark"),
            ("LEO", "leo"),
            ("consumer group", "consumer-group"),
            ("consumers", "consumer"),
            ("session.timeout.ms", "session-timeout"),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn chinese_terms_are_found_without_spaces() {
        let glossary = glossary();
        let found = glossary.cut("消费组的偏移量存放在高水位以下的分区里");
        let ids: Vec<&str> = terms(&found).into_iter().map(|(_, id)| id).collect();
        assert_eq!(
            ids,
            ["consumer-group", "offset", "high-watermark", "partition"]
        );
    }

    #[test]
    fn a_term_is_found_by_either_language_its_name_first() {
        let glossary = glossary();
        for query in ["high water", "高水位", "HW"] {
            let found = glossary.search(query);
            assert_eq!(found[0].id, "high-watermark", "{query}");
        }
        assert_eq!(glossary.search("no such term at all"), Vec::<&Entry>::new());
        assert_eq!(glossary.search(" ").len(), glossary.entries().len());
    }

    #[test]
    fn a_damaged_glossary_is_refused_with_its_place() {
        let error = Glossary::read("entry isr\n  name en \"x\"\n").expect_err("no Chinese name");
        assert_eq!(error.line, 2);
    }
}
