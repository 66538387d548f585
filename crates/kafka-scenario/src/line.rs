//! One line of a scenario in words, each with its column.

use kafka_core::types::{Duration, NodeId};

use crate::error::{ParseError, Problem};

/// A word and where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) column: usize,
}

/// A line that is read word by word.
pub(crate) struct Line {
    number: usize,
    words: std::vec::IntoIter<Word>,
    /// Column after the last word.
    end: usize,
}

impl Line {
    /// Cuts a line at blanks; `"..."` keeps them, with `\"`, `\\`, `\n`, `\t` inside.
    pub(crate) fn cut(number: usize, text: &str) -> Result<Line, ParseError> {
        let chars: Vec<char> = text.chars().collect();
        let mut words = Vec::new();
        let mut at = 0;
        while at < chars.len() {
            if chars[at].is_whitespace() {
                at += 1;
                continue;
            }
            if chars[at] == '#' {
                break;
            }
            let column = at + 1;
            let (word, next) = word(&chars, at).ok_or(ParseError {
                line: number,
                column,
                problem: Problem::OpenQuote,
            })?;
            words.push(Word { text: word, column });
            at = next;
        }
        Ok(Line {
            number,
            words: words.into_iter(),
            end: chars.len() + 1,
        })
    }

    pub(crate) fn error(&self, column: usize, problem: Problem) -> ParseError {
        ParseError {
            line: self.number,
            column,
            problem,
        }
    }

    pub(crate) fn next(&mut self) -> Option<Word> {
        self.words.next()
    }

    /// The next word, or the complaint that `what` is missing.
    pub(crate) fn want(&mut self, what: &'static str) -> Result<Word, ParseError> {
        let missing = self.missing(what);
        self.words.next().ok_or(missing)
    }

    /// The complaint that `what` is missing.
    pub(crate) fn missing(&self, what: &'static str) -> ParseError {
        self.error(self.end, Problem::Missing(what))
    }

    /// Nothing more may follow.
    pub(crate) fn finish(&mut self) -> Result<(), ParseError> {
        match self.words.next() {
            None => Ok(()),
            Some(word) => Err(self.error(word.column, Problem::Unexpected(word.text))),
        }
    }

    pub(crate) fn number(&mut self, what: &'static str) -> Result<u64, ParseError> {
        let word = self.want(what)?;
        let bad = self.error(word.column, Problem::NotANumber(word.text.clone()));
        word.text.parse().map_err(|_| bad)
    }

    pub(crate) fn node(&mut self, what: &'static str) -> Result<(NodeId, usize), ParseError> {
        let word = self.want(what)?;
        let bad = self.error(word.column, Problem::NotANumber(word.text.clone()));
        let id = word.text.parse().map_err(|_| bad)?;
        Ok((NodeId(id), word.column))
    }

    pub(crate) fn span(&mut self, what: &'static str) -> Result<Duration, ParseError> {
        let word = self.want(what)?;
        let bad = self.error(word.column, Problem::NotASpan(word.text.clone()));
        span(&word.text).ok_or(bad)
    }

    /// All remaining words as `name=value`.
    pub(crate) fn settings(&mut self) -> Result<Vec<(String, String, usize)>, ParseError> {
        let mut settings = Vec::new();
        while let Some(word) = self.next() {
            let Some((name, value)) = word.text.split_once('=') else {
                return Err(self.error(word.column, Problem::NotASetting(word.text)));
            };
            settings.push((name.to_string(), value.to_string(), word.column));
        }
        Ok(settings)
    }
}

fn word(chars: &[char], start: usize) -> Option<(String, usize)> {
    let mut text = String::new();
    let mut at = start;
    let mut quoted = false;
    while let Some(&c) = chars.get(at) {
        match c {
            '"' => quoted = !quoted,
            '\\' if quoted => {
                at += 1;
                text.push(match chars.get(at)? {
                    'n' => '\n',
                    't' => '\t',
                    other => *other,
                });
            }
            c if c.is_whitespace() && !quoted => break,
            c => text.push(c),
        }
        at += 1;
    }
    (!quoted).then_some((text, at))
}

/// `5s`, `1.5s`, `200ms`, `50us`, at most a day.
pub(crate) fn span(text: &str) -> Option<Duration> {
    let (number, unit_us) = if let Some(n) = text.strip_suffix("us") {
        (n, 1_u64)
    } else if let Some(n) = text.strip_suffix("ms") {
        (n, 1_000)
    } else {
        (text.strip_suffix('s')?, 1_000_000)
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() || fraction.len() > 6 || !fraction.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let whole: u64 = whole.parse().ok()?;
    let mut part = 0;
    let mut scale = unit_us;
    for digit in fraction.bytes() {
        scale /= 10;
        part += u64::from(digit - b'0') * scale;
    }
    let us = whole.checked_mul(unit_us)?.checked_add(part)?;
    (us <= 86_400_000_000).then_some(Duration(us))
}

/// The shortest form of a span.
pub(crate) fn show_span(span: Duration) -> String {
    match span.0 {
        us if us % 1_000_000 == 0 => format!("{}s", us / 1_000_000),
        us if us % 1_000 == 0 => format!("{}ms", us / 1_000),
        us => format!("{us}us"),
    }
}

/// A word as it must be written to be read back.
pub(crate) fn show_word(text: &str) -> String {
    let plain = !text.is_empty()
        && !text.starts_with(['#', '<', '$'])
        && text
            .chars()
            .all(|c| !c.is_whitespace() && c != '"' && c != '\\' && c != '#');
    if plain {
        return text.to_string();
    }
    let mut shown = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => shown.push_str("\\\""),
            '\\' => shown.push_str("\\\\"),
            '\n' => shown.push_str("\\n"),
            '\t' => shown.push_str("\\t"),
            c => shown.push(c),
        }
    }
    shown.push('"');
    shown
}
