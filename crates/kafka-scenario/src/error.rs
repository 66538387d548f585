//! What is wrong with a scenario, where, and what to do.

use std::fmt;

/// A mistake in a scenario's text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParseError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub problem: Problem,
}

/// Kinds of mistakes. The page has its own words for each in both languages.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Problem {
    /// The file is longer than a scenario may be (bytes).
    TooLong(usize),
    /// More steps than a scenario may have.
    TooManySteps(usize),
    /// The first statement must be `scenario 1`.
    NoVersion,
    /// This version is not known.
    UnknownVersion(String),
    /// No statement has this name; the nearest one, if there is one.
    UnknownStatement(String, Option<&'static str>),
    /// A setup line after the first step.
    SetupTooLate(String),
    /// A word is missing: what it must be.
    Missing(&'static str),
    /// One word too many.
    Unexpected(String),
    /// Not a whole number in range.
    NotANumber(String),
    /// Not a span like `5s`, `200ms`, `50us`.
    NotASpan(String),
    /// Not `name=value`.
    NotASetting(String),
    /// No setting of this name here; what there is.
    UnknownSetting(String, &'static str),
    /// A value that the setting cannot have; what it can.
    BadValue(String, &'static str),
    /// Kafka refuses the setting.
    BadProperty(String),
    /// A quote is never closed.
    OpenQuote,
    /// `< text` without a command before it.
    InputWithoutCommand,
    /// A client name that was never introduced.
    UnknownClient(String),
    /// A client name that is taken.
    NameTaken(String),
    /// No server of that number in this cluster.
    UnknownServer(u32),
    /// No controller has that number.
    UnknownController(u32),
    /// The brokers of this cluster have no log directory of that number.
    UnknownLogDir(u32),
    /// A broker stands twice in one replica list.
    ReplicaTwice(u32),
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {}, column {}: {}",
            self.line, self.column, self.problem
        )
    }
}

impl std::error::Error for ParseError {}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::TooLong(most) => {
                write!(f, "the scenario is longer than {most} bytes; split it")
            }
            Problem::TooManySteps(most) => {
                write!(f, "the scenario has more than {most} steps; split it")
            }
            Problem::NoVersion => write!(f, "a scenario begins with `scenario 1`; add that line"),
            Problem::UnknownVersion(version) => write!(
                f,
                "version {version} is not known here; this program reads `scenario 1`"
            ),
            Problem::UnknownStatement(word, Some(near)) => {
                write!(f, "there is no statement `{word}`; did you mean `{near}`?")
            }
            Problem::UnknownStatement(word, None) => write!(f, "there is no statement `{word}`"),
            Problem::SetupTooLate(word) => write!(
                f,
                "`{word}` describes the beginning; move it above the first step"
            ),
            Problem::Missing(what) => write!(f, "{what} is missing here"),
            Problem::Unexpected(word) => write!(f, "`{word}` is not expected here; remove it"),
            Problem::NotANumber(word) => write!(f, "`{word}` is not a whole number in range"),
            Problem::NotASpan(word) => {
                write!(f, "`{word}` is not a span of time; write 5s, 200ms or 50us")
            }
            Problem::NotASetting(word) => write!(f, "`{word}` is not name=value"),
            Problem::UnknownSetting(name, known) => {
                write!(f, "there is no setting `{name}` here; there are {known}")
            }
            Problem::BadValue(value, known) => {
                write!(f, "`{value}` is not possible here; write {known}")
            }
            Problem::BadProperty(text) => write!(f, "{text}"),
            Problem::OpenQuote => write!(f, "the quote opened here is never closed; add a \""),
            Problem::InputWithoutCommand => write!(
                f,
                "`<` gives a line to the command before it, and there is none"
            ),
            Problem::UnknownClient(name) => write!(
                f,
                "there is no client `{name}` yet; introduce it with `producer {name}` or `consumer {name} topic=...`"
            ),
            Problem::NameTaken(name) => write!(f, "the name `{name}` is taken; choose another"),
            Problem::UnknownServer(id) => write!(f, "this cluster has no server {id}"),
            Problem::UnknownController(id) => write!(f, "this cluster has no controller {id}"),
            Problem::UnknownLogDir(dir) => write!(
                f,
                "the brokers of this cluster have no log directory {dir}; write `cluster log-dirs=...`"
            ),
            Problem::ReplicaTwice(id) => write!(
                f,
                "broker {id} stands twice in this replica list; name each broker once"
            ),
        }
    }
}
