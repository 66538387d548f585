//! An act of a lesson, done in slices.

use kafka_core::types::{Duration, Time};
use kafka_shell::terminal::TerminalStatus;
use lesson_format::Act;

use super::Play;
use crate::action::Action;

/// Virtual time a typed command may take before the next act begins, µs; as in the page.
pub const COMMAND_SPAN: u64 = 12_000_000;
/// Virtual time that passes after a line typed into a running command, µs; as in the page.
pub const INPUT_SPAN: u64 = 300_000;
/// Nothing but keeping alive has to happen for this long: more than a group's first rebalance
/// waits (3 s), less than the interval of automatic commits (5 s), µs.
pub const QUIET: u64 = 3_500_000;

/// What the act under way waits for.
enum Until {
    /// A time.
    Time(Time),
    /// A command that ends or reads, or a time.
    Command(u8, Time),
    /// A condition, or a time.
    Holds(Box<lesson_format::Expr>, Time),
    /// Quiet since that time, or a time.
    Quiet(Time, Time),
    /// Any event.
    Event,
}

/// An act under way.
pub struct Doing(Option<Until>);

impl Play {
    /// Begins an act.
    ///
    /// # Errors
    /// Why a statement could not be done.
    pub fn begin(&mut self, act: &Act) -> Result<Doing, String> {
        let now = self.world().now();
        let after = |us: u64| now + Duration(us);
        Ok(Doing(match act {
            Act::Scenario(statement) => {
                self.intervene(Action::Statement(statement.text.clone()))?;
                None
            }
            Act::Shell { terminal, line, .. } => {
                self.type_line(*terminal, line);
                Some(Until::Command(*terminal, after(COMMAND_SPAN)))
            }
            Act::Input { terminal, line } => {
                self.type_line(*terminal, line);
                Some(Until::Time(after(INPUT_SPAN)))
            }
            Act::Interrupt { terminal } => {
                self.interrupt(*terminal);
                Some(Until::Command(*terminal, after(COMMAND_SPAN)))
            }
            Act::Run(us) => Some(Until::Time(after(*us))),
            Act::RunUntil { condition, limit } => {
                Some(Until::Holds(Box::new(condition.clone()), after(*limit)))
            }
            Act::Quiet { limit } => Some(Until::Quiet(now, after(*limit))),
            Act::Step => Some(Until::Event),
        }))
    }

    /// Lets time pass for an act; true when it is done.
    pub fn advance(&mut self, doing: &mut Doing, budget: u64) -> bool {
        for _ in 0..budget {
            let Some(until) = &doing.0 else {
                return true;
            };
            if self.is_over(until) {
                doing.0 = None;
                return true;
            }
            let limit = match until {
                Until::Time(at) | Until::Command(_, at) | Until::Holds(_, at) => *at,
                Until::Quiet(from, limit) => self.calm(*from).min(*limit),
                Until::Event => self.world().now() + Duration::from_secs(86_400),
            };
            let delivered = self.step_event(limit);
            if matches!(until, Until::Event) && delivered {
                doing.0 = None;
                return true;
            }
        }
        doing.0.is_none()
    }

    /// When it is calm, if nothing happens until then.
    fn calm(&self, from: Time) -> Time {
        self.world().last_activity().max(from) + Duration(QUIET)
    }

    fn is_over(&self, until: &Until) -> bool {
        let now = self.world().now();
        match until {
            Until::Time(at) => now >= *at,
            Until::Command(terminal, at) => {
                let status = self.status(*terminal);
                let goes_on = matches!(
                    status,
                    TerminalStatus::Running {
                        wants_input: false,
                        ..
                    }
                );
                !goes_on || now >= *at
            }
            Until::Holds(condition, at) => now >= *at || self.scene().holds(condition),
            Until::Quiet(from, limit) => now >= *limit || now >= self.calm(*from),
            Until::Event => false,
        }
    }

    /// Does an act to its end.
    ///
    /// # Errors
    /// Why a statement could not be done.
    pub fn act(&mut self, act: &Act) -> Result<(), String> {
        let mut doing = self.begin(act)?;
        while !self.advance(&mut doing, u64::MAX) {}
        Ok(())
    }
}
