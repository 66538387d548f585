//! A terminal of the page: the shell's terminal over the timeline, and the lines on the screen.

use kafka_scenario::driver::Driver;
use kafka_shell::files::Files;
use kafka_shell::hints::Lang as ShellLang;
use kafka_shell::process::{Channel as ShellChannel, Signal};
use kafka_shell::script::Ran;
use kafka_shell::sim_host::SimHost;
use kafka_shell::terminal::{Terminal as Shell, TerminalStatus};
use kafka_sim::{Action, ActionError, Applied, Timeline, World};

use crate::i18n::Lang;
use crate::view_model::terminal::{Channel, Line, Prompt, TerminalView};

/// Lines kept on the screen.
const LINES_MAX: usize = 2_000;
/// Commands kept in the history.
const HISTORY_MAX: usize = 200;

/// The timeline as the shell's world: what a tool does is recorded like any action.
pub struct TimelineDriver<'a>(pub &'a mut Timeline);

impl Driver for TimelineDriver<'_> {
    fn world(&self) -> &World {
        self.0.world()
    }

    fn act(&mut self, action: Action) -> Result<Applied, ActionError> {
        self.0.act(action)
    }
}

/// A terminal.
pub struct Terminal {
    shell: Shell,
    files: Files,
    lang: ShellLang,
    /// The command that was started last, as a name.
    tool: String,
    status: TerminalStatus,
    lines: Vec<Line>,
    dropped: u64,
    /// True while the last line on the screen is not ended.
    open: bool,
    history: Vec<String>,
    choices: Vec<String>,
    completed: (u64, String),
    /// Pieces of text ever put on the screen.
    written: u64,
}

impl Terminal {
    /// One whose tools write and read these files.
    pub fn among(files: Files) -> Terminal {
        Terminal {
            shell: Shell::new(ShellLang::En, true).among(files.clone()),
            files,
            lang: ShellLang::En,
            tool: String::new(),
            status: TerminalStatus::Idle,
            lines: Vec::new(),
            dropped: 0,
            open: false,
            history: Vec::new(),
            choices: Vec::new(),
            completed: (0, String::new()),
            written: 0,
        }
    }

    /// Language of the simulator's own hints.
    pub fn set_lang(&mut self, lang: Lang) {
        self.lang = match lang {
            Lang::En => ShellLang::En,
            Lang::Zh => ShellLang::Zh,
        };
        self.shell.set_lang(self.lang);
    }

    /// The name of the tool that runs.
    pub fn tool(&self) -> Option<&str> {
        (self.status != TerminalStatus::Idle).then_some(&self.tool)
    }

    /// How much was ever put on the screen; it only grows.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// What the shell waits for.
    pub fn status(&self) -> TerminalStatus {
        self.status
    }

    /// A typed line.
    pub fn submit(&mut self, timeline: &mut Timeline, line: &str) {
        self.choices.clear();
        let channel = if self.shell.is_busy() {
            Channel::Input
        } else {
            Channel::Command
        };
        match self.lines.last_mut() {
            // What is typed stands behind the prompt that asked for it.
            Some(last) if channel == Channel::Input && self.open => last.text.push_str(line),
            _ => self.push(channel, line.to_owned()),
        }
        self.end_line();
        if channel == Channel::Command && !line.trim().is_empty() {
            let first = line.split_whitespace().next().unwrap_or_default();
            self.tool = first.rsplit('/').next().unwrap_or_default().to_owned();
            self.history.retain(|old| old != line);
            self.history.push(line.to_owned());
            if self.history.len() > HISTORY_MAX {
                self.history.remove(0);
            }
        }
        self.shell
            .submit(&mut SimHost(&mut TimelineDriver(timeline)), line);
        self.pump(timeline);
    }

    /// Ctrl-C.
    pub fn interrupt(&mut self, timeline: &mut Timeline) {
        if self.shell.is_busy() {
            self.shell.signal(
                &mut SimHost(&mut TimelineDriver(timeline)),
                Signal::Interrupt,
            );
            self.pump(timeline);
        }
    }

    /// Ctrl-D.
    pub fn end_input(&mut self, timeline: &mut Timeline) {
        if self.shell.is_busy() {
            self.shell
                .end_input(&mut SimHost(&mut TimelineDriver(timeline)));
            self.pump(timeline);
        }
    }

    /// Shows a command that a scenario ran, as if it had been typed.
    pub fn show_ran(&mut self, line: &str, input: &[String], ran: &Ran) {
        self.push(Channel::Command, line.to_owned());
        for line in input {
            self.push(Channel::Input, line.clone());
        }
        self.write(Channel::Out, &ran.out);
        self.write(Channel::Err, &ran.err);
        self.write(Channel::Note, &ran.hints);
        self.end_line();
    }

    /// Lets commands go on after time has passed; true while one runs.
    pub fn pump(&mut self, timeline: &mut Timeline) -> bool {
        let was_busy = self.status != TerminalStatus::Idle;
        self.status = self.shell.pump(&mut SimHost(&mut TimelineDriver(timeline)));
        self.take_output();
        let busy = self.status != TerminalStatus::Idle;
        if was_busy && !busy {
            self.end_line();
        }
        busy
    }

    /// The world was moved to where the running command was not typed: the screen stays, the
    /// command is left behind.
    pub fn leave(&mut self, note: &str) {
        self.shell = Shell::new(self.lang, true).among(self.files.clone());
        self.status = TerminalStatus::Idle;
        self.end_line();
        self.push(Channel::Note, note.to_owned());
    }

    fn take_output(&mut self) {
        for chunk in self.shell.take_output() {
            let channel = match chunk.channel {
                ShellChannel::Out => Channel::Out,
                ShellChannel::Err => Channel::Err,
                ShellChannel::Hint => Channel::Note,
            };
            self.write(channel, &chunk.text);
        }
    }

    /// Text of one channel; a chunk may end within a line, which the next one continues.
    fn write(&mut self, channel: Channel, text: &str) {
        self.written += u64::from(!text.is_empty());
        for piece in text.split_inclusive('\n') {
            let ended = piece.ends_with('\n');
            let words = piece.trim_end_matches('\n');
            match self.lines.last_mut() {
                Some(last) if self.open && last.channel == channel => last.text.push_str(words),
                _ => self.push(channel, words.to_owned()),
            }
            self.open = !ended;
        }
        // A hint is a remark of its own even when its text has no line end.
        if channel == Channel::Note {
            self.open = false;
        }
    }

    fn push(&mut self, channel: Channel, text: String) {
        self.written += 1;
        self.lines.push(Line { channel, text });
        self.open = false;
        if self.lines.len() > LINES_MAX {
            let surplus = self.lines.len() - LINES_MAX;
            self.lines.drain(..surplus);
            self.dropped += surplus as u64;
        }
    }

    fn end_line(&mut self) {
        self.open = false;
    }

    /// Puts a line into the field, to be edited.
    pub fn draft(&mut self, line: String) {
        self.completed = (self.completed.0 + 1, line);
        self.choices.clear();
    }

    /// Completes a line: the whole of it when there is one way, else the ways to choose from.
    pub fn complete(&mut self, timeline: &mut Timeline, topics: &[String], line: &str) {
        let found =
            kafka_shell::complete::complete(&SimHost(&mut TimelineDriver(timeline)), topics, line);
        let head = line.rfind([' ', '|', ';']).map_or("", |at| &line[..=at]);
        let common = common_prefix(&found);
        let ended = if found.len() == 1 { " " } else { "" };
        let completed = format!("{head}{common}{ended}");
        let useful = completed.trim_end().len() >= line.trim_end().len() && !found.is_empty();
        self.completed = (
            self.completed.0 + 1,
            if useful { completed } else { line.to_owned() },
        );
        self.choices = if found.len() > 1 {
            found.iter().map(|word| format!("{head}{word}")).collect()
        } else {
            Vec::new()
        };
    }

    /// The commands typed so far, to be kept over a reload.
    pub fn history(&self) -> &[String] {
        &self.history
    }

    /// Brings back commands typed before a reload.
    pub fn restore_history(&mut self, history: Vec<String>) {
        self.history = history;
        self.history.truncate(HISTORY_MAX);
    }

    /// Empties the screen.
    pub fn clear(&mut self) {
        self.dropped = self.printed();
        self.lines.clear();
        self.open = false;
    }

    /// Number of lines ever put on the screen.
    pub fn printed(&self) -> u64 {
        self.dropped + self.lines.len() as u64
    }

    /// What the pane shows.
    pub fn view(&self) -> TerminalView {
        TerminalView {
            lines: self.lines.clone(),
            first: self.dropped,
            prompt: match self.status {
                TerminalStatus::Idle => Prompt::Command,
                TerminalStatus::Running {
                    wants_input: true, ..
                } => Prompt::Input,
                TerminalStatus::Running {
                    wants_input: false, ..
                } => Prompt::Busy,
            },
            history: self.history.clone(),
            choices: self.choices.clone(),
            completed: self.completed.clone(),
            ..TerminalView::default()
        }
    }
}

fn common_prefix(words: &[String]) -> &str {
    let Some(first) = words.first() else {
        return "";
    };
    let shared = |a: &str, b: &str| {
        a.char_indices()
            .zip(b.chars())
            .take_while(|((_, x), y)| x == y)
            .map(|((i, x), _)| i + x.len_utf8())
            .last()
            .unwrap_or(0)
    };
    let len = words.iter().map(|w| shared(first, w)).min().unwrap_or(0);
    &first[..len]
}
