//! The card of a story: the comment block a file of the failure catalogue begins with.
//!
//! Four comments, each on a line of its own and in this order: `# title en:`, `# title zh:`,
//! `# look en:`, `# look zh:`. The title names what goes wrong; the look says in a sentence or two
//! what to watch. A scenario keeps its card, so links and kept runs have it too. Not here: the story
//! itself. Invariant: a card that was read has four texts that are not empty.

use std::fmt;

/// What a gallery shows of a story before it is opened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Card {
    /// Title in English.
    pub title_en: String,
    /// Title in Chinese.
    pub title_zh: String,
    /// What to look at, in English.
    pub look_en: String,
    /// What to look at, in Chinese.
    pub look_zh: String,
}

/// A file without a whole card.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CardError {
    /// Line, from 1, at which the comment was expected.
    pub line: usize,
    /// The comment that is missing or empty.
    pub wanted: &'static str,
}

impl fmt::Display for CardError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CardError { line, wanted } = self;
        write!(f, "line {line}: `{wanted} TEXT` is missing here; write it")
    }
}

impl std::error::Error for CardError {}

/// Reads the card of a story: the comments right after `scenario 1`.
///
/// # Errors
/// The first comment that is missing, out of order or empty.
pub fn card(text: &str) -> Result<Card, CardError> {
    let mut lines = text.lines().enumerate().skip(1);
    let mut next = |wanted: &'static str| {
        let (at, line) = lines.next().unwrap_or((text.lines().count(), ""));
        let told = line.strip_prefix(wanted).map(str::trim);
        let told = told.filter(|told| !told.is_empty());
        told.map(str::to_owned).ok_or(CardError {
            line: at + 1,
            wanted,
        })
    };
    Ok(Card {
        title_en: next("# title en:")?,
        title_zh: next("# title zh:")?,
        look_en: next("# look en:")?,
        look_zh: next("# look zh:")?,
    })
}

/// The card as it stands in a scenario, line by line.
impl fmt::Display for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# title en: {}", self.title_en)?;
        writeln!(f, "# title zh: {}", self.title_zh)?;
        writeln!(f, "# look en: {}", self.look_en)?;
        writeln!(f, "# look zh: {}", self.look_zh)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "scenario 1\n# title en: A\n# title zh: 甲\n# look en: B\n# look zh: 乙\n";

    #[test]
    fn a_card_is_the_four_comments_after_the_first_line() {
        let read = card(WHOLE);
        let card = Card {
            title_en: "A".to_owned(),
            title_zh: "甲".to_owned(),
            look_en: "B".to_owned(),
            look_zh: "乙".to_owned(),
        };
        assert_eq!(read, Ok(card));
    }

    #[test]
    fn a_scenario_keeps_its_card_through_parse_and_print() {
        let scenario = crate::parse(WHOLE).expect("a scenario");
        let text = crate::print(&scenario);
        assert!(text.starts_with(WHOLE), "{text}");
        assert_eq!(crate::parse(&text), Ok(scenario));
    }

    #[test]
    fn a_comment_that_is_missing_empty_or_elsewhere_is_named() {
        let missing = card("scenario 1\nwait 1s\n").map_err(|error| error.to_string());
        let told = "line 2: `# title en: TEXT` is missing here; write it";
        assert_eq!(missing, Err(told.to_string()));
        let empty = WHOLE.replace("甲", " ");
        let error = CardError {
            line: 3,
            wanted: "# title zh:",
        };
        assert_eq!(card(&empty), Err(error));
        let error = CardError {
            line: 5,
            wanted: "# look zh:",
        };
        let short = WHOLE.replace("# look zh: 乙\n", "");
        assert_eq!(card(&short), Err(error));
    }
}
