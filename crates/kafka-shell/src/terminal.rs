//! A terminal: lines in, output out, one foreground command at a time.
//!
//! It starts what a line asks for, carries input and signals to it, joins pipes,
//! and remembers the exit status. It holds no world: every call is given the
//! [`Host`]. Invariant: `pump` only goes forward; it never runs the world itself.

use std::collections::VecDeque;

use kafka_core::types::Time;

use crate::files::Files;
use crate::hints::{Hint, Lang};
use crate::host::Host;
use crate::process::{Channel, Chunk, Process, Setting, Signal, Status};
use crate::system::{self, COMMANDS};
use crate::tools::{self, TOOLS};
use crate::words::{Command, Join, Pipeline, read};

/// Longest line a terminal reads, in bytes.
pub const LINE_BYTES_MAX: usize = 16_384;

/// A command that runs.
struct Running {
    process: Process,
    /// Commands behind it in the pipeline.
    following: VecDeque<Command>,
    /// Its output is the next command's input.
    captured: String,
    /// Its output goes into this file; true: at its end.
    output: Option<(String, bool)>,
    /// Standard input comes from a person.
    typed: bool,
}

/// What a terminal waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TerminalStatus {
    /// A new command line.
    Idle,
    /// Virtual time has to pass.
    Running {
        /// A line typed now is the input of the command that runs.
        wants_input: bool,
        /// It goes on at this time at the latest.
        deadline: Option<Time>,
    },
}

/// A terminal.
#[derive(Default)]
pub struct Terminal {
    lang: Lang,
    interactive: bool,
    running: Option<Running>,
    background: Vec<Running>,
    pending: VecDeque<Pipeline>,
    output: Vec<Chunk>,
    last_exit: i32,
    files: Files,
}

impl Terminal {
    /// A terminal at which a person sits (prompts are shown), or a script.
    pub fn new(lang: Lang, interactive: bool) -> Terminal {
        Terminal {
            lang,
            interactive,
            ..Terminal::default()
        }
    }

    /// The same terminal among these files.
    pub fn among(self, files: Files) -> Terminal {
        Terminal { files, ..self }
    }

    /// Language of the simulator's own texts from now on.
    pub fn set_lang(&mut self, lang: Lang) {
        self.lang = lang;
    }

    /// Exit status of the last command that ended.
    pub fn last_exit(&self) -> i32 {
        self.last_exit
    }

    /// Whether a foreground command runs.
    pub fn is_busy(&self) -> bool {
        self.running.is_some() || !self.pending.is_empty()
    }

    /// What was written since the last call, in order.
    pub fn take_output(&mut self) -> Vec<Chunk> {
        std::mem::take(&mut self.output)
    }

    /// A typed line: input of the running command if it reads, else a new command.
    pub fn submit(&mut self, host: &mut dyn Host, line: &str) {
        if let Some(running) = &mut self.running {
            if running.typed {
                running.process.feed(line.to_string());
            } else {
                self.hint(&Hint::Busy);
            }
        } else {
            self.begin(line);
        }
        self.pump(host);
    }

    /// Runs a line with that standard input (a script, a recording).
    pub fn run_with_input(&mut self, host: &mut dyn Host, line: &str, input: &str) {
        self.begin(line);
        self.start_next(host);
        if let Some(running) = &mut self.running
            && running.typed
        {
            feed_all(&mut running.process, input);
            running.typed = false;
        }
        self.pump(host);
    }

    fn begin(&mut self, line: &str) {
        if let Some(odd) = line.chars().find(|c| is_odd(*c)) {
            self.hint(&Hint::OddCharacter(odd));
        }
        let cut = floor_boundary(line, LINE_BYTES_MAX);
        match read(&line[..cut]) {
            Ok(pipelines) => self.pending.extend(pipelines),
            Err(error) => {
                self.hint(&Hint::Unreadable(error.column, error.reason));
                self.last_exit = 2;
            }
        }
    }

    /// Ctrl-D.
    pub fn end_input(&mut self, host: &mut dyn Host) {
        if let Some(running) = &mut self.running {
            running.process.end_input();
        }
        self.pump(host);
    }

    /// Ctrl-C, or SIGTERM from outside.
    pub fn signal(&mut self, host: &mut dyn Host, signal: Signal) {
        self.pending.clear();
        if let Some(running) = &mut self.running {
            running.process.signal(signal);
        }
        self.pump(host);
    }

    /// Ends everything at once: the world was moved to where these commands have
    /// not been typed.
    pub fn abandon(&mut self, host: &mut dyn Host) {
        self.pending.clear();
        for mut running in self
            .running
            .take()
            .into_iter()
            .chain(self.background.drain(..))
        {
            running.process.kill(host);
        }
    }

    /// Lets the commands go on after the world has moved.
    pub fn pump(&mut self, host: &mut dyn Host) -> TerminalStatus {
        self.pump_background(host);
        loop {
            self.start_next(host);
            let Some(running) = &mut self.running else {
                return TerminalStatus::Idle;
            };
            let status = running.process.pump(host);
            collect(running, &self.files, &mut self.output);
            match status {
                Status::Waiting {
                    wants_input,
                    deadline,
                } => {
                    return TerminalStatus::Running {
                        wants_input: wants_input && running.typed,
                        deadline,
                    };
                }
                Status::Done(exit) => self.finish(host, exit),
            }
        }
    }

    fn pump_background(&mut self, host: &mut dyn Host) {
        let mut jobs = std::mem::take(&mut self.background);
        jobs.retain_mut(|job| {
            let status = job.process.pump(host);
            collect(job, &self.files, &mut self.output);
            !matches!(status, Status::Done(_))
        });
        self.background.append(&mut jobs);
    }

    fn finish(&mut self, host: &mut dyn Host, exit: i32) {
        let Some(mut ended) = self.running.take() else {
            return;
        };
        match ended.following.pop_front() {
            Some(next) => {
                let mut running = self.start(host, next, ended.following, false);
                feed_all(&mut running.process, &ended.captured);
                self.running = Some(running);
            }
            None => self.last_exit = exit,
        }
    }

    fn start_next(&mut self, host: &mut dyn Host) {
        while self.running.is_none() {
            let Some(pipeline) = self.pending.pop_front() else {
                return;
            };
            let wanted = match pipeline.join {
                Join::Always => true,
                Join::And => self.last_exit == 0,
                Join::Or => self.last_exit != 0,
            };
            if !wanted {
                continue;
            }
            let mut commands: VecDeque<Command> = pipeline.commands.into();
            let Some(first) = commands.pop_front() else {
                continue;
            };
            let running = self.start(host, first, commands, !pipeline.background);
            if pipeline.background {
                let number = self.background.len() + 1;
                self.write(Channel::Out, format!("[{number}] {}\n", 26_100 + number));
                self.background.push(running);
            } else {
                self.running = Some(running);
            }
        }
    }

    fn start(
        &self,
        host: &dyn Host,
        command: Command,
        following: VecDeque<Command>,
        typed: bool,
    ) -> Running {
        let words = command.words;
        let name = words.first().cloned().unwrap_or_default();
        let typed_input = command.here_string.is_none() && command.input.is_none();
        let setting = Setting {
            interactive: self.interactive && typed && typed_input,
            lang: self.lang,
            files: self.files.clone(),
        };
        let rest: Vec<String> = words.iter().skip(1).cloned().collect();
        let input = command.input.map(|path| (self.files.read(&path), path));
        let mut process = if let Some((None, path)) = &input {
            let message = format!("bash: {path}: No such file or directory\n");
            Process::start(host, setting, |ctx| async move {
                ctx.err(message);
                1
            })
        } else if let Some(tool) = tools::find(&name) {
            Process::start(host, setting, |ctx| (tool.start)(ctx, rest))
        } else if COMMANDS.contains(&name.as_str()) {
            let behind = following
                .iter()
                .map(|command| command.words.clone())
                .collect();
            Process::start(host, setting, |ctx| system::run(ctx, words, behind))
        } else {
            Process::start(host, setting, |ctx| async move {
                ctx.err(format!("bash: {name}: command not found\n"));
                if let Some(close) = closest(&name) {
                    ctx.hint(&Hint::DidYouMean(close));
                }
                127
            })
        };
        let mut typed = typed;
        let text = command.here_string.or(input.and_then(|(text, _)| text));
        if let Some(text) = text {
            feed_all(&mut process, &text);
            typed = false;
        }
        Running {
            process,
            following,
            captured: String::new(),
            output: command.output,
            typed,
        }
    }

    fn hint(&mut self, hint: &Hint) {
        let text = hint.text(self.lang);
        self.write(Channel::Hint, text);
    }

    fn write(&mut self, channel: Channel, text: String) {
        self.output.push(Chunk { channel, text });
    }
}

/// Standard output goes into a file or on to the next command of a pipeline; the rest is
/// shown.
fn collect(running: &mut Running, files: &Files, output: &mut Vec<Chunk>) {
    for chunk in running.process.take_output() {
        if let (Some((path, append)), Channel::Out) = (&mut running.output, chunk.channel) {
            let written = files.write(path, &chunk.text, *append);
            *append = true;
            if !written {
                let text = format!("bash: {path}: No space left on device\n");
                let channel = Channel::Err;
                output.push(Chunk { channel, text });
            }
        } else if chunk.channel == Channel::Out && !running.following.is_empty() {
            running.captured.push_str(&chunk.text);
        } else {
            output.push(chunk);
        }
    }
}

fn feed_all(process: &mut Process, text: &str) {
    for line in text.lines() {
        process.feed(line.to_string());
    }
    process.end_input();
}

/// Punctuation that word processors put in place of the plain one.
fn is_odd(c: char) -> bool {
    matches!(c, '“' | '”' | '‘' | '’' | '–' | '—' | '　' | '：' | '，')
}

fn floor_boundary(text: &str, at: usize) -> usize {
    let mut cut = at.min(text.len());
    while !text.is_char_boundary(cut) {
        cut -= 1;
    }
    cut
}

/// The known name nearest to a mistyped one, at most two edits away.
fn closest(word: &str) -> Option<String> {
    let file = word.rsplit('/').next().unwrap_or(word);
    let bare = file.strip_suffix(".sh").unwrap_or(file);
    let tools = TOOLS
        .iter()
        .map(|tool| (tool.name, format!("{}.sh", tool.name)));
    let others = COMMANDS.iter().map(|name| (*name, (*name).to_string()));
    tools
        .chain(others)
        .map(|(name, shown)| (distance(bare, name), shown))
        .filter(|(edits, _)| *edits <= 2)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, shown)| shown)
}

/// Number of single-character edits between two words.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
