//! The terminals: which there are, what was typed into one and what came out.

/// Where a line belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Channel {
    /// A command as typed.
    Command,
    /// A line typed into a running command.
    Input,
    /// Standard output.
    Out,
    /// Standard error.
    Err,
    /// A remark of the page, not of a tool.
    Note,
    /// A non-zero exit status.
    Status,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Line {
    /// Channel.
    pub channel: Channel,
    /// Text, without the line's end.
    pub text: String,
}

/// What the prompt waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Prompt {
    /// A command.
    #[default]
    Command,
    /// A command runs and reads lines.
    Input,
    /// A command runs and reads nothing.
    Busy,
}

/// An open terminal, as its tab tells it.
#[derive(Clone, Debug, PartialEq, Eq, Default, serde::Serialize)]
pub struct TerminalTab {
    /// Its number, from 0; people count from 1.
    #[serde(rename = "terminal")]
    pub number: u8,
    /// True for the one that is shown.
    pub shown: bool,
    /// Name of the tool that runs in it.
    pub tool: Option<String>,
    /// It has written something since it was shown last.
    pub fresh: bool,
}

/// The shown terminal, and the tabs of all.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct TerminalView {
    /// Number of the one that is shown, from 0.
    pub number: u8,
    /// The open ones, in order.
    pub tabs: Vec<TerminalTab>,
    /// True while one more can be opened.
    pub has_room: bool,
    /// Lines, oldest first; of a long session the last ones.
    pub lines: Vec<Line>,
    /// Number of the first line of `lines` in the whole session, so that rows have stable keys.
    pub first: u64,
    /// What it waits for.
    pub prompt: Prompt,
    /// Typed commands, oldest first.
    pub history: Vec<String>,
    /// Completions of the last Tab.
    pub choices: Vec<String>,
    /// The line after the last completion, and how often one was made: a change rewrites the field.
    pub completed: (u64, String),
}
