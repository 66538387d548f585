//! A headless run: a world, its checker, terminals, and the deeds done so far.
//!
//! It moves as the page's session moves: after every event the checker looks at it and every busy
//! terminal goes on, in the order of their numbers; without an event time moves on, at most to the
//! nearest moment a terminal waits for. So the same deeds give the same digest here and there.
//! Invariant: `script()` replayed gives this run.

mod build;
mod doing;

use kafka_check::{Checker, Violation};
use kafka_core::types::Time;
use kafka_scenario::driver::{Driver, Runs};
use kafka_shell::files::Files;
use kafka_shell::hints::Lang as ShellLang;
use kafka_shell::process::{Channel, Signal};
use kafka_shell::sim_host::SimHost;
use kafka_shell::terminal::{Terminal, TerminalStatus};
use kafka_sim::{Action as SimAction, ActionError, Applied, World};
use lesson_format::Twin;

use crate::action::{self, Action};
use crate::deeds::{Deed, Entry, Script};
use crate::scene::Scene;

pub use build::{Build, start_of};
pub use doing::{Actor, COMMAND_SPAN, Doing, INPUT_SPAN, QUIET};

/// Terminals a run may have.
pub const TERMINALS_MAX: u8 = 8;

/// Lines of output kept a terminal.
const OUTPUT_BYTES_MAX: usize = 256 << 10;

/// The world with its checker.
struct Stage {
    world: World,
    checker: Checker,
    broken: Option<Violation>,
}

impl Driver for Stage {
    fn world(&self) -> &World {
        &self.world
    }

    fn act(&mut self, action: SimAction) -> Result<Applied, ActionError> {
        self.world.apply(&action)
    }
}

impl Runs for Stage {
    fn step_until(&mut self, until: Time) -> bool {
        let delivered = self.world.step_until(until);
        if !delivered {
            self.world.run_until(until);
        }
        let found = self.checker.after_event(&self.world);
        self.broken = self.broken.take().or(found);
        delivered
    }
}

/// A terminal of the run.
struct Seat {
    shell: Terminal,
    status: TerminalStatus,
    output: String,
}

/// A run.
pub struct Play {
    stage: Stage,
    seats: Vec<Seat>,
    files: Files,
    twins: Vec<Twin>,
    base: Script,
    deeds: Vec<Entry>,
}

impl Play {
    /// A run on a world, without anything done.
    fn on(world: World, base: Script, twins: Vec<Twin>) -> Play {
        Play {
            stage: Stage {
                checker: Checker::new(&world),
                broken: None,
                world,
            },
            seats: Vec::new(),
            files: Files::default(),
            twins,
            base,
            deeds: Vec::new(),
        }
    }

    /// The world.
    pub fn world(&self) -> &World {
        &self.stage.world
    }

    /// What is known of its records.
    pub fn checker(&self) -> &Checker {
        &self.stage.checker
    }

    /// What an expression may look at.
    pub fn scene(&self) -> Scene<'_> {
        Scene::new(&self.stage.world, &self.stage.checker).with_twins(&self.twins)
    }

    /// The running digest over everything that happened.
    pub fn digest(&self) -> u64 {
        self.stage.world.digest()
    }

    /// The first rule of Kafka that was broken; no run of a lesson breaks one.
    pub fn broken(&self) -> Option<&Violation> {
        self.stage.broken.as_ref()
    }

    /// The run up to now.
    pub fn script(&self) -> Script {
        Script {
            deeds: self.deeds.clone(),
            events: self.stage.world.events(),
            at: self.stage.world.now().0,
            ..self.base.clone()
        }
    }

    /// What a terminal has shown so far: commands' output without prompts.
    pub fn output(&self, terminal: u8) -> &str {
        let seat = self.seats.get(usize::from(terminal));
        seat.map_or("", |seat| &seat.output)
    }

    /// What a terminal waits for.
    pub fn status(&self, terminal: u8) -> TerminalStatus {
        let seat = self.seats.get(usize::from(terminal));
        seat.map_or(TerminalStatus::Idle, |seat| seat.status)
    }

    /// Delivers the next event that is due by `limit`; without one, time moves to `limit` or to
    /// what a terminal waits for. True when an event was delivered.
    pub fn step_event(&mut self, limit: Time) -> bool {
        let now = self.stage.world.now();
        let deadlines = self.seats.iter().filter_map(|seat| match seat.status {
            TerminalStatus::Running { deadline, .. } => deadline,
            TerminalStatus::Idle => None,
        });
        let nearest = deadlines.filter(|deadline| *deadline > now).min();
        let due = nearest.map_or(limit, |deadline| limit.min(deadline));
        let delivered = self.stage.step_until(due);
        self.look_after_terminals();
        delivered
    }

    fn look_after_terminals(&mut self) {
        for number in 0..self.seats.len() {
            if self.seats[number].status == TerminalStatus::Idle {
                continue;
            }
            let (events, at) = self.place();
            self.pump(number);
            if self.seats[number].status == TerminalStatus::Idle {
                self.deeds.push(Entry {
                    events,
                    at,
                    terminal: number as u8,
                    deed: Deed::Ended,
                });
            }
        }
    }

    fn pump(&mut self, number: usize) {
        let seat = &mut self.seats[number];
        seat.status = seat.shell.pump(&mut SimHost(&mut self.stage));
        for chunk in seat.shell.take_output() {
            if chunk.channel != Channel::Hint && seat.output.len() < OUTPUT_BYTES_MAX {
                seat.output.push_str(&chunk.text);
            }
        }
    }

    fn place(&self) -> (u64, u64) {
        (self.stage.world.events(), self.stage.world.now().0)
    }

    fn keep(&mut self, (events, at): (u64, u64), terminal: u8, deed: Deed) {
        self.deeds.push(Entry {
            events,
            at,
            terminal,
            deed,
        });
    }

    fn seat(&mut self, terminal: u8) -> usize {
        let number = usize::from(terminal.min(TERMINALS_MAX - 1));
        while self.seats.len() <= number {
            self.seats.push(Seat {
                shell: Terminal::new(ShellLang::En, true).among(self.files.clone()),
                status: TerminalStatus::Idle,
                output: String::new(),
            });
        }
        number
    }

    /// Types a line into a terminal.
    pub fn type_line(&mut self, terminal: u8, line: &str) {
        let number = self.seat(terminal);
        let place = self.place();
        let deed = match self.seats[number].status {
            TerminalStatus::Idle => Deed::Line(line.to_owned()),
            TerminalStatus::Running { .. } => Deed::Input(line.to_owned()),
        };
        self.seats[number]
            .shell
            .submit(&mut SimHost(&mut self.stage), line);
        self.pump(number);
        self.keep(place, terminal, deed);
    }

    /// Ctrl-C.
    pub fn interrupt(&mut self, terminal: u8) {
        let number = self.seat(terminal);
        let place = self.place();
        if self.seats[number].shell.is_busy() {
            let host = &mut SimHost(&mut self.stage);
            self.seats[number].shell.signal(host, Signal::Interrupt);
            self.pump(number);
        }
        self.keep(place, terminal, Deed::Interrupt);
    }

    /// Ctrl-D.
    pub fn end_input(&mut self, terminal: u8) {
        let number = self.seat(terminal);
        let place = self.place();
        if self.seats[number].shell.is_busy() {
            let host = &mut SimHost(&mut self.stage);
            self.seats[number].shell.end_input(host);
            self.pump(number);
        }
        self.keep(place, terminal, Deed::EndInput);
    }

    /// A terminal is closed: its command is interrupted.
    pub fn close(&mut self, terminal: u8) {
        let number = self.seat(terminal);
        let place = self.place();
        if self.seats[number].shell.is_busy() {
            let host = &mut SimHost(&mut self.stage);
            self.seats[number].shell.signal(host, Signal::Interrupt);
            self.pump(number);
        }
        self.keep(place, terminal, Deed::Close);
    }

    /// The command of a terminal is left behind: nobody looks after its clients any more, as in the
    /// page, where time was moved away from under it.
    pub fn leave(&mut self, terminal: u8) {
        let number = self.seat(terminal);
        let place = self.place();
        let seat = &mut self.seats[number];
        seat.shell = Terminal::new(ShellLang::En, true).among(self.files.clone());
        seat.status = TerminalStatus::Idle;
        self.keep(place, terminal, Deed::Leave);
    }

    /// Does something to the world.
    ///
    /// # Errors
    /// Why it could not be done; then it is no deed.
    pub fn intervene(&mut self, action: Action) -> Result<(), String> {
        let place = self.place();
        action::apply(&mut self.stage, &action).map_err(|refusal| refusal.to_string())?;
        self.keep(place, 0, Deed::Act(action));
        Ok(())
    }

    /// Does a deed again.
    ///
    /// # Errors
    /// Why an intervention could not be done.
    pub fn redo(&mut self, terminal: u8, deed: &Deed) -> Result<(), String> {
        match deed {
            Deed::Line(line) | Deed::Input(line) => self.type_line(terminal, line),
            // It is kept again by itself, at the same moment.
            Deed::Ended => {}
            Deed::Interrupt => self.interrupt(terminal),
            Deed::EndInput => self.end_input(terminal),
            Deed::Close => self.close(terminal),
            Deed::Leave => self.leave(terminal),
            Deed::Act(action) => self.intervene(action.clone())?,
        }
        Ok(())
    }
}
