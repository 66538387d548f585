//! What is typed into terminals, kept as deeds, and how their commands go on.
//!
//! Invariant: after every event each busy terminal goes on, in the order of their numbers, never at
//! the end of a frame; so the same deeds give the same run here and in `kafka_lessons::Play`.

use kafka_lessons::play::TERMINALS_MAX;
use kafka_shell::terminal::TerminalStatus;

use super::Session;
use super::script::Deed;
use super::terminals::Terminals;
use crate::i18n::Text;
use crate::view_model::terminal::TerminalTab;

impl Session {
    /// The open terminals, in order.
    pub fn terminals(&self) -> Vec<TerminalTab> {
        self.shells.tabs()
    }

    /// Lets the terminals' commands go on; true while one runs.
    pub fn look_after_terminals(&mut self) -> bool {
        let mut any = false;
        for number in 0..TERMINALS_MAX {
            let place = self.timeline.moment();
            let Some(terminal) = self.shells.running(number) else {
                continue;
            };
            let busy = terminal.pump(&mut self.timeline);
            any |= busy;
            self.follow_branch();
            if !busy {
                self.keep_deed(place, number, Deed::Ended);
            }
        }
        any
    }

    /// A line for a terminal, which is opened if need be and shown; kept as a deed.
    pub fn type_line_in(&mut self, terminal: u8, line: &str) {
        let number = Terminals::number(terminal);
        let place = self.timeline.moment();
        let typed = line.to_owned();
        let deed = match self.shells.status(number) {
            TerminalStatus::Idle => Deed::Line(typed),
            TerminalStatus::Running { .. } => Deed::Input(typed),
        };
        self.shells.show(number);
        let terminal = self.shells.get_mut(number);
        terminal.submit(&mut self.timeline, line);
        self.keep_deed(place, number, deed);
    }

    /// Ctrl-C, kept as a deed.
    pub fn interrupt_in(&mut self, terminal: u8) {
        let number = Terminals::number(terminal);
        let place = self.timeline.moment();
        if let Some(terminal) = self.shells.running(number) {
            terminal.interrupt(&mut self.timeline);
        }
        self.keep_deed(place, number, Deed::Interrupt);
    }

    /// Ctrl-D, kept as a deed.
    pub fn end_input_in(&mut self, terminal: u8) {
        let number = Terminals::number(terminal);
        let place = self.timeline.moment();
        if let Some(terminal) = self.shells.running(number) {
            terminal.end_input(&mut self.timeline);
        }
        self.keep_deed(place, number, Deed::EndInput);
    }

    /// Closes a terminal: its command is interrupted and ends in the background. Kept as a deed
    /// unless the terminal has never been used. The last open one stays.
    pub fn close_terminal(&mut self, terminal: u8) {
        let number = Terminals::number(terminal);
        let place = self.timeline.moment();
        let used = self.shells.get(number).is_some_and(|t| t.written() > 0);
        if let Some(terminal) = self.shells.running(number) {
            terminal.interrupt(&mut self.timeline);
        }
        self.shells.hide(number);
        if used {
            self.keep_deed(place, number, Deed::Close);
        }
    }

    /// The running commands are left behind, because time moves to where they were not typed. It is
    /// a deed only if something is done there: a mere look at the past changes nothing.
    pub fn leave_terminals(&mut self) {
        self.unplaced.clear();
        self.leave_terminal(None);
    }

    /// The running command of that terminal, or of all, is left behind.
    pub(super) fn leave_terminal(&mut self, only: Option<u8>) {
        let note = self.preferences.lang.say(Text::CommandLeft);
        let left = self.shells.leave(only, note);
        self.left.extend(left);
    }
}
