//! The terminals of the page: several screens over one timeline, which share their files.
//!
//! What it is not: the deeds done in them (`session/typing.rs`). Invariant: a terminal keeps its
//! number for as long as the run lasts, so a deed always finds its terminal again; a closed one is
//! hidden, and its number is given to the next that is opened.

use kafka_core::types::Time;
use kafka_lessons::play::TERMINALS_MAX;
use kafka_shell::files::Files;
use kafka_shell::terminal::TerminalStatus;

use super::terminal::Terminal;
use crate::i18n::Lang;
use crate::view_model::terminal::{TerminalTab, TerminalView};

/// Terminals a person can open.
const TABS_MAX: usize = 6;

struct Seat {
    terminal: Terminal,
    open: bool,
    /// How much it had written when it was shown last.
    seen: u64,
}

/// All terminals.
pub struct Terminals {
    seats: Vec<Seat>,
    files: Files,
    lang: Lang,
    shown: u8,
    /// Commands typed before a reload, by terminal.
    histories: Vec<Vec<String>>,
}

impl Default for Terminals {
    fn default() -> Terminals {
        let mut terminals = Terminals {
            seats: Vec::new(),
            files: Files::default(),
            lang: Lang::default(),
            shown: 0,
            histories: Vec::new(),
        };
        terminals.get_mut(0);
        terminals
    }
}

impl Terminals {
    /// What their tools wrote and can read; scenarios share them.
    pub fn files(&self) -> Files {
        self.files.clone()
    }

    /// Language of the simulator's own hints.
    pub fn set_lang(&mut self, lang: Lang) {
        self.lang = lang;
        for seat in &mut self.seats {
            seat.terminal.set_lang(lang);
        }
    }

    /// The number that is used for a wanted one, as in every headless run.
    pub fn number(wanted: u8) -> u8 {
        wanted.min(TERMINALS_MAX - 1)
    }

    /// A terminal that has been used.
    pub fn get(&self, number: u8) -> Option<&Terminal> {
        let seat = self.seats.get(usize::from(number));
        seat.map(|seat| &seat.terminal)
    }

    /// A terminal, which is opened if there is none of that number.
    pub fn get_mut(&mut self, number: u8) -> &mut Terminal {
        let number = usize::from(Terminals::number(number));
        while self.seats.len() <= number {
            let mut terminal = Terminal::among(self.files.clone());
            terminal.set_lang(self.lang);
            let history = self.histories.get_mut(self.seats.len());
            terminal.restore_history(history.map(std::mem::take).unwrap_or_default());
            self.seats.push(Seat {
                terminal,
                open: false,
                seen: 0,
            });
        }
        let seat = &mut self.seats[number];
        seat.open = true;
        &mut seat.terminal
    }

    /// What a terminal waits for.
    pub fn status(&self, number: u8) -> TerminalStatus {
        let terminal = self.get(number);
        terminal.map_or(TerminalStatus::Idle, Terminal::status)
    }

    /// The nearest moment after `now` that any of them waits for.
    pub fn deadline(&self, now: Time) -> Option<Time> {
        let deadlines = self.seats.iter().filter_map(|s| match s.terminal.status() {
            TerminalStatus::Running { deadline, .. } => deadline,
            TerminalStatus::Idle => None,
        });
        deadlines.filter(|deadline| *deadline > now).min()
    }

    /// The shown terminal if no command runs in it, else another open one, else a new one; `None`
    /// when as many are open as can be.
    pub fn idle(&mut self) -> Option<u8> {
        let idle = |number: &u8| self.status(*number) == TerminalStatus::Idle;
        let other = || self.open_ones().map(|(number, _)| number).find(idle);
        let found = Some(self.shown).filter(idle).or_else(other);
        if found.is_none() && self.has_room() {
            self.open();
            return Some(self.shown);
        }
        found
    }

    /// Numbers of those whose command runs, in order.
    pub fn busy(&self) -> Vec<u8> {
        let numbered = (0_u8..).zip(&self.seats);
        let busy = numbered.filter(|(_, seat)| seat.terminal.status() != TerminalStatus::Idle);
        busy.map(|(number, _)| number).collect()
    }

    /// The running terminal of that number, hidden or not.
    pub(super) fn running(&mut self, number: u8) -> Option<&mut Terminal> {
        let seat = self.seats.get_mut(usize::from(number))?;
        let busy = seat.terminal.status() != TerminalStatus::Idle;
        busy.then_some(&mut seat.terminal)
    }

    /// The number of the one that is shown.
    pub fn shown(&self) -> u8 {
        self.shown
    }

    /// Shows a terminal, which is opened if there is none of that number.
    pub fn show(&mut self, number: u8) {
        let number = Terminals::number(number);
        self.get_mut(number);
        self.look();
        self.shown = number;
    }

    /// What the shown one has written is seen.
    fn look(&mut self) {
        if let Some(seat) = self.seats.get_mut(usize::from(self.shown)) {
            seat.seen = seat.terminal.written();
        }
    }

    /// What all of them have written is seen.
    pub fn look_at_all(&mut self) {
        for seat in &mut self.seats {
            seat.seen = seat.terminal.written();
        }
    }

    fn open_ones(&self) -> impl DoubleEndedIterator<Item = (u8, &Seat)> {
        (0_u8..)
            .zip(&self.seats)
            .filter(|(_, seat)| seat.open)
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// True while one more can be opened.
    pub fn has_room(&self) -> bool {
        self.open_ones().count() < TABS_MAX
    }

    /// Opens one more, with an empty screen, and shows it; its number is the lowest free one.
    pub fn open(&mut self) {
        if !self.has_room() {
            return;
        }
        let idle = |seat: &Seat| seat.terminal.status() == TerminalStatus::Idle;
        let mut seats = self.seats.iter();
        let free = seats.position(|seat| !seat.open && idle(seat));
        let number = free.unwrap_or(self.seats.len());
        let number = u8::try_from(number).unwrap_or(u8::MAX);
        if number < TERMINALS_MAX {
            self.get_mut(number).clear();
            self.show(number);
        }
    }

    /// Hides a terminal; the last one stays.
    pub fn hide(&mut self, number: u8) {
        if self.open_ones().count() < 2 {
            return;
        }
        if let Some(seat) = self.seats.get_mut(usize::from(number)) {
            seat.open = false;
            seat.terminal.clear();
        }
        if self.shown == number {
            let before = self.open_ones().rfind(|(other, _)| *other < number);
            let next = before.or_else(|| self.open_ones().next());
            if let Some(next) = next.map(|(number, _)| number) {
                self.show(next);
            }
        }
    }

    /// The world was moved to where the running commands were not typed: the screens stay, the
    /// commands are left behind. Gives the numbers of the terminals that had one.
    pub fn leave(&mut self, only: Option<u8>, note: &str) -> Vec<u8> {
        let numbers = self.busy().into_iter();
        let left = numbers.filter(|number| only.is_none_or(|only| only == *number));
        let left: Vec<u8> = left.collect();
        for number in &left {
            if let Some(terminal) = self.running(*number) {
                terminal.leave(note);
            }
        }
        left
    }

    /// The commands typed so far, by terminal, to be kept over a reload.
    pub fn histories(&self) -> Vec<Vec<String>> {
        let terminals = self.seats.iter().map(|seat| &seat.terminal);
        let typed = terminals.map(|terminal| terminal.history().to_vec());
        let unused = self.histories.iter().skip(self.seats.len()).cloned();
        typed.chain(unused).collect()
    }

    /// Brings back commands typed before a reload.
    pub fn restore_histories(&mut self, mut histories: Vec<Vec<String>>) {
        histories.truncate(usize::from(TERMINALS_MAX));
        for (seat, history) in self.seats.iter_mut().zip(&mut histories) {
            seat.terminal.restore_history(std::mem::take(history));
        }
        self.histories = histories;
    }

    /// Reads kept commands; pages with one terminal kept one list. Damaged text is no loss worth
    /// telling.
    pub fn read_histories(text: &str) -> Vec<Vec<String>> {
        serde_json::from_str(text)
            .or_else(|_| serde_json::from_str(text).map(|one| vec![one]))
            .unwrap_or_default()
    }

    /// The open ones, in order.
    pub fn tabs(&self) -> Vec<TerminalTab> {
        let tab = |(number, seat): (u8, &Seat)| TerminalTab {
            number,
            shown: number == self.shown,
            tool: seat.terminal.tool().map(str::to_owned),
            fresh: number != self.shown && seat.terminal.written() > seat.seen,
        };
        self.open_ones().map(tab).collect()
    }

    /// What the pane shows.
    pub fn view(&self) -> TerminalView {
        let screen = self.get(self.shown).map(Terminal::view);
        TerminalView {
            number: self.shown,
            tabs: self.tabs(),
            has_room: self.has_room(),
            ..screen.unwrap_or_default()
        }
    }
}
