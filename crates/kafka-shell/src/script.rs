//! Command lines run to their end, for scripts, recordings and tests.

use kafka_core::types::{Duration, Time};
use kafka_scenario::driver::Runs;

use crate::files::Files;
use crate::hints::Lang;
use crate::process::{Channel, Signal};
use crate::sim_host::SimHost;
use crate::terminal::{Terminal, TerminalStatus};

/// What a command line did.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ran {
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
    /// Hints of the simulator.
    pub hints: String,
    /// Exit status; `None` if it was still running at the limit (and was ended).
    pub exit: Option<i32>,
}

/// A command line that is not waited for.
pub struct Job {
    line: String,
    terminal: Terminal,
    ran: Ran,
}

impl Job {
    /// Starts a command line with an open standard input.
    pub fn start<D: Runs>(driver: &mut D, files: &Files, line: &str, interactive: bool) -> Job {
        let mut terminal = Terminal::new(Lang::En, interactive).among(files.clone());
        terminal.submit(&mut SimHost(driver), line);
        let ran = Ran::default();
        let mut job = Job {
            line: line.to_string(),
            terminal,
            ran,
        };
        job.collect();
        job
    }

    /// The command line.
    pub fn line(&self) -> &str {
        &self.line
    }

    /// Lets it go on after the world has moved; whether it still runs.
    pub fn pump<D: Runs>(&mut self, driver: &mut D) -> bool {
        let status = self.terminal.pump(&mut SimHost(driver));
        self.collect();
        if status == TerminalStatus::Idle && self.ran.exit.is_none() {
            self.ran.exit = Some(self.terminal.last_exit());
        }
        status != TerminalStatus::Idle
    }

    /// Types a line into it.
    pub fn type_line<D: Runs>(&mut self, driver: &mut D, line: &str) {
        self.terminal.submit(&mut SimHost(driver), line);
        self.collect();
    }

    /// Ends its standard input.
    pub fn end_input<D: Runs>(&mut self, driver: &mut D) {
        self.terminal.end_input(&mut SimHost(driver));
        self.collect();
    }

    /// Sends it a signal.
    pub fn signal<D: Runs>(&mut self, driver: &mut D, signal: Signal) {
        self.terminal.signal(&mut SimHost(driver), signal);
        self.collect();
    }

    /// Ends it at once, without a word: SIGKILL.
    pub fn kill<D: Runs>(&mut self, driver: &mut D) {
        self.terminal.abandon(&mut SimHost(driver));
        self.collect();
        self.ran.exit = Some(KILLED);
    }

    /// Lets virtual time pass until it ends, at most `limit`.
    pub fn finish<D: Runs>(mut self, driver: &mut D, limit: Duration) -> Ran {
        if self.ran.exit.is_none() {
            run_or_abandon(driver, &mut self.terminal, limit, &mut self.ran);
        }
        self.ran
    }

    fn collect(&mut self) {
        collect(&mut self.terminal, &mut self.ran);
    }
}

/// Exit status of what SIGKILL ended.
const KILLED: i32 = 137;

/// Virtual time a tool has after Ctrl-C to leave its group and say goodbye.
const FAREWELL: Duration = Duration::from_secs(30);

/// Runs one line with that standard input to its end, at most `limit` of virtual time;
/// what still runs then is ended without a word, as `timeout -s KILL` does.
pub fn run_line<D: Runs>(driver: &mut D, line: &str, input: &str, limit: Duration) -> Ran {
    run_line_among(&Files::default(), driver, line, input, limit)
}

/// As [`run_line`], with these files.
pub fn run_line_among<D: Runs>(
    files: &Files,
    driver: &mut D,
    line: &str,
    input: &str,
    limit: Duration,
) -> Ran {
    let mut terminal = Terminal::new(Lang::En, false).among(files.clone());
    terminal.run_with_input(&mut SimHost(driver), line, input);
    let mut ran = Ran::default();
    run_or_abandon(driver, &mut terminal, limit, &mut ran);
    ran
}

/// Runs one line as a person would who waits for `limit` and then presses Ctrl-C.
pub fn run_line_patiently<D: Runs>(
    files: &Files,
    driver: &mut D,
    line: &str,
    input: &str,
    limit: Duration,
) -> Ran {
    run_line_for(files, driver, line, input, (limit, true))
}

/// Runs one line for `limit` and shows what it printed until then; what still runs is closed
/// properly, which nobody sees.
pub fn run_line_closed<D: Runs>(
    files: &Files,
    driver: &mut D,
    line: &str,
    input: &str,
    limit: Duration,
) -> Ran {
    run_line_for(files, driver, line, input, (limit, false))
}

/// Runs one line for a time and interrupts it then; what it prints after that is seen or not.
fn run_line_for<D: Runs>(
    files: &Files,
    driver: &mut D,
    line: &str,
    input: &str,
    (limit, is_seen): (Duration, bool),
) -> Ran {
    let mut terminal = Terminal::new(Lang::En, false).among(files.clone());
    terminal.run_with_input(&mut SimHost(driver), line, input);
    let (mut ran, mut unseen) = (Ran::default(), Ran::default());
    let until = driver.world().now() + limit;
    if !run(driver, &mut terminal, until, &mut ran) {
        terminal.signal(&mut SimHost(driver), Signal::Interrupt);
        let farewell = if is_seen { &mut ran } else { &mut unseen };
        run_or_abandon(driver, &mut terminal, FAREWELL, farewell);
    }
    ran
}

fn run_or_abandon<D: Runs>(
    driver: &mut D,
    terminal: &mut Terminal,
    limit: Duration,
    ran: &mut Ran,
) {
    let until = driver.world().now() + limit;
    if !run(driver, terminal, until, ran) {
        terminal.abandon(&mut SimHost(driver));
    }
}

/// Whether it ended before `until`, and before time stopped.
fn run<D: Runs>(driver: &mut D, terminal: &mut Terminal, until: Time, ran: &mut Ran) -> bool {
    loop {
        let status = terminal.pump(&mut SimHost(driver));
        collect(terminal, ran);
        let deadline = match status {
            TerminalStatus::Idle => {
                ran.exit = Some(terminal.last_exit());
                return true;
            }
            TerminalStatus::Running { deadline, .. } => deadline,
        };
        let limit = deadline.map_or(until, |deadline| deadline.min(until));
        if driver.world().now() >= until || !pass(driver, limit) {
            return false;
        }
    }
}

/// Lets time pass until a client has something to tell, or `until`. False if time stands
/// still: a broken invariant stops a checked run.
fn pass<D: Runs>(driver: &mut D, until: Time) -> bool {
    let seen = driver.world().history().len();
    loop {
        let stepped = driver.step_until(until);
        if driver.world().history().len() != seen {
            return true;
        }
        if !stepped {
            return driver.world().now() >= until;
        }
    }
}

fn collect(terminal: &mut Terminal, ran: &mut Ran) {
    for chunk in terminal.take_output() {
        let text = match chunk.channel {
            Channel::Out => &mut ran.out,
            Channel::Err => &mut ran.err,
            Channel::Hint => &mut ran.hints,
        };
        text.push_str(&chunk.text);
    }
}
