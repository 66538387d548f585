//! `brokerscope shell`: the terminal on a simulated cluster.
//!
//! Virtual time passes only while a command runs, as fast as the machine can; a command
//! that would never end (a consumer) runs until Ctrl-C.

use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration as Wall;

use kafka_core::types::{Duration, Time};
use kafka_scenario::Scenario;
use kafka_scenario::driver::{Driver, Runs};
use kafka_shell::hints::Lang;
use kafka_shell::process::{Channel, Signal};
use kafka_shell::sim_host::SimHost;
use kafka_shell::terminal::{Terminal, TerminalStatus};

use super::{Outcome, run, run::PATIENCE};
use crate::checked::Checked;
use crate::input;

/// Virtual time a reading command passes in one go while the person thinks.
const THINKING: Duration = Duration::from_ms(50);

/// Virtual time between two looks at the keyboard.
const SLICE: Duration = Duration::from_secs(1);

/// Opens a terminal, after playing a scenario if there is one.
pub fn shell(file: Option<&Path>) -> Outcome {
    let scenario = file.map_or_else(|| Ok(Scenario::default()), input::scenario)?;
    let mut checked = Checked::new(input::world(&scenario, scenario.setup.seed)?, false);
    run::play(&scenario, &mut checked, true)?;
    let interrupted = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&interrupted);
    ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed))
        .map_err(|error| format!("cannot listen to Ctrl-C: {error}"))?;
    let person = std::io::stdin().is_terminal();
    let mut session = Session {
        terminal: Terminal::new(Lang::En, person),
        checked,
        lines: read_lines(),
        interrupted,
        person,
    };
    if person {
        println!("A cluster of Apache Kafka, simulated. `help` lists the commands; `exit` ends.");
    }
    session.converse();
    Ok(run::report(&session.checked))
}

/// Standard input by lines, read on a thread of its own so that Ctrl-C is heard.
fn read_lines() -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            if line.is_ok_and(|line| sender.send(line).is_ok()) {
                continue;
            }
            return;
        }
    });
    receiver
}

struct Session {
    terminal: Terminal,
    checked: Checked,
    lines: Receiver<String>,
    interrupted: Arc<AtomicBool>,
    person: bool,
}

impl Session {
    fn converse(&mut self) {
        while self.checked.broken().is_none() {
            self.prompt();
            let Ok(line) = self.lines.recv() else {
                return;
            };
            self.interrupted.store(false, Ordering::Relaxed);
            if matches!(line.trim(), "exit" | "quit") {
                return;
            }
            self.terminal.submit(&mut SimHost(&mut self.checked), &line);
            self.finish();
        }
    }

    fn prompt(&self) {
        if self.person {
            print!("$ ");
            let _ = std::io::stdout().flush();
        }
    }

    /// Lets time pass until the command ends. Nobody can press Ctrl-C in a script, so there
    /// it comes by itself.
    fn finish(&mut self) {
        let patience = self.checked.world().now() + PATIENCE;
        loop {
            let status = self.terminal.pump(&mut SimHost(&mut self.checked));
            self.show();
            let (wants_input, deadline) = match status {
                TerminalStatus::Idle => return,
                TerminalStatus::Running {
                    wants_input,
                    deadline,
                } => (wants_input, deadline),
            };
            let enough = !self.person && self.checked.world().now() >= patience;
            if self.interrupted.swap(false, Ordering::Relaxed) || enough {
                self.terminal
                    .signal(&mut SimHost(&mut self.checked), Signal::Interrupt);
            } else if wants_input {
                self.feed();
            }
            let span = if wants_input { THINKING } else { SLICE };
            let until = self.checked.world().now() + span;
            if !self.pass(deadline.map_or(until, |deadline| deadline.min(until))) {
                return;
            }
        }
    }

    /// Gives the command a line, or the end of input; a person is waited for a moment.
    fn feed(&mut self) {
        let line = if self.person {
            self.lines
                .recv_timeout(Wall::from_millis(50))
                .map_err(|error| error == RecvTimeoutError::Disconnected)
        } else {
            self.lines.recv().map_err(|_| true)
        };
        let mut host = SimHost(&mut self.checked);
        match line {
            Ok(line) => self.terminal.submit(&mut host, &line),
            Err(true) => self.terminal.end_input(&mut host),
            Err(false) => {}
        }
    }

    /// Lets time pass until a client has something to tell; false when time stands still.
    fn pass(&mut self, until: Time) -> bool {
        let seen = self.checked.world().history().len();
        while self.checked.step_until(until) {
            if self.checked.world().history().len() != seen {
                return true;
            }
        }
        self.checked.broken().is_none()
    }

    fn show(&mut self) {
        for chunk in self.terminal.take_output() {
            match chunk.channel {
                Channel::Out => print!("{}", chunk.text),
                Channel::Err => eprint!("{}", chunk.text),
                Channel::Hint => eprint!("# {}", chunk.text),
            }
        }
        let _ = std::io::stdout().flush();
    }
}
