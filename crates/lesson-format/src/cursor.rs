//! A file as lines, a line as characters read from the left.

use crate::error::{LessonError, Problem};

/// A place in one line.
#[derive(Clone, Debug)]
pub(crate) struct Cursor {
    /// Line, from 1.
    pub(crate) number: usize,
    chars: Vec<char>,
    at: usize,
}

impl Cursor {
    pub(crate) fn new(number: usize, line: &str) -> Cursor {
        let chars = line.chars().collect();
        let mut cursor = Cursor {
            number,
            chars,
            at: 0,
        };
        cursor.blanks();
        cursor
    }

    /// Passes blanks; a comment is the end of the line.
    pub(crate) fn blanks(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
        if self.peek() == Some('#') {
            self.at = self.chars.len();
        }
    }

    pub(crate) fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    pub(crate) fn peek_after(&self) -> Option<char> {
        self.chars.get(self.at + 1).copied()
    }

    pub(crate) fn take(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        Some(c)
    }

    pub(crate) fn is_end(&self) -> bool {
        self.at >= self.chars.len()
    }

    /// Column, from 1.
    pub(crate) fn column(&self) -> usize {
        self.at + 1
    }

    pub(crate) fn error(&self, problem: Problem) -> LessonError {
        self.error_at(self.column(), problem)
    }

    pub(crate) fn error_at(&self, column: usize, problem: Problem) -> LessonError {
        LessonError {
            line: self.number,
            column,
            problem,
        }
    }

    /// The next bare word without passing it.
    pub(crate) fn peek_word(&self) -> String {
        self.clone().take_word()
    }

    fn take_word(&mut self) -> String {
        let mut word = String::new();
        while let Some(c) = self.peek() {
            if c.is_whitespace() || c == '"' {
                break;
            }
            word.push(c);
            self.at += 1;
        }
        self.blanks();
        word
    }

    /// The next bare word, or the complaint that `what` is missing.
    pub(crate) fn word(&mut self, what: &'static str) -> Result<(String, usize), LessonError> {
        let column = self.column();
        let word = self.take_word();
        if word.is_empty() {
            return Err(self.error_at(column, Problem::Missing(what)));
        }
        Ok((word, column))
    }

    pub(crate) fn number<T: std::str::FromStr>(
        &mut self,
        what: &'static str,
    ) -> Result<T, LessonError> {
        let (word, column) = self.word(what)?;
        word.parse()
            .map_err(|_| self.error_at(column, Problem::NotANumber(word)))
    }

    /// A span in µs.
    pub(crate) fn span(&mut self, what: &'static str) -> Result<u64, LessonError> {
        let (word, column) = self.word(what)?;
        span(&word).ok_or_else(|| self.error_at(column, Problem::NotASpan(word)))
    }

    /// A quoted text, `\"`, `\\` and `\n` inside.
    pub(crate) fn quoted(&mut self, what: &'static str) -> Result<String, LessonError> {
        let column = self.column();
        if self.peek() != Some('"') {
            return Err(self.error(Problem::Missing(what)));
        }
        self.at += 1;
        let mut text = String::new();
        let open = |cursor: &Cursor| cursor.error_at(column, Problem::OpenQuote);
        loop {
            match self.take().ok_or_else(|| open(self))? {
                '"' => break,
                '\\' => match self.take().ok_or_else(|| open(self))? {
                    'n' => text.push('\n'),
                    c => text.push(c),
                },
                c => text.push(c),
            }
        }
        self.blanks();
        Ok(text)
    }

    /// The rest of the line, as it stands.
    pub(crate) fn rest(&mut self) -> String {
        let rest: String = self.chars[self.at..].iter().collect();
        self.at = self.chars.len();
        rest.trim_end().to_owned()
    }

    /// Nothing more may follow.
    pub(crate) fn finish(&mut self) -> Result<(), LessonError> {
        if self.is_end() {
            return Ok(());
        }
        Err(self.error(Problem::Unexpected(self.peek_word_or_quote())))
    }

    fn peek_word_or_quote(&self) -> String {
        match self.peek_word() {
            word if word.is_empty() => "\"".to_owned(),
            word => word,
        }
    }
}

/// `5s`, `1.5s`, `200ms` in µs, at most a day.
pub(crate) fn span(text: &str) -> Option<u64> {
    let (number, unit) = match text.strip_suffix("ms") {
        Some(number) => (number, 1_000_u64),
        None => (text.strip_suffix('s')?, 1_000_000),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || fraction.len() > 3 || !digits(fraction) {
        return None;
    }
    let mut us = whole.parse::<u64>().ok()?.checked_mul(unit)?;
    let mut scale = unit;
    for digit in fraction.bytes() {
        scale /= 10;
        us += u64::from(digit - b'0') * scale;
    }
    (us <= 86_400_000_000).then_some(us)
}
