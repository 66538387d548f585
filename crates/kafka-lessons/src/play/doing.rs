//! An act of a lesson, done in slices: on a headless run, or on the page's session.

use kafka_core::types::{Duration, Time};
use kafka_shell::terminal::TerminalStatus;
use lesson_format::Act;

use super::Play;
use crate::action::Action;
use crate::scene::Scene;

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

/// Whoever does acts: a run with terminals, which keeps what is done as deeds.
pub trait Actor {
    /// What an expression may look at.
    fn scene(&self) -> Scene<'_>;
    /// What a terminal waits for.
    fn status(&self, terminal: u8) -> TerminalStatus;
    /// Types a line into a terminal.
    fn type_line(&mut self, terminal: u8, line: &str);
    /// Ctrl-C.
    fn interrupt(&mut self, terminal: u8);
    /// Does something to the world.
    ///
    /// # Errors
    /// Why it could not be done; then it is no deed.
    fn intervene(&mut self, action: Action) -> Result<(), String>;
    /// Delivers the next event that is due by `limit`; without one, time moves to `limit` or to
    /// what a terminal waits for. True when an event was delivered.
    fn step_event(&mut self, limit: Time) -> bool;
}

impl Actor for Play {
    fn scene(&self) -> Scene<'_> {
        Play::scene(self)
    }

    fn status(&self, terminal: u8) -> TerminalStatus {
        Play::status(self, terminal)
    }

    fn type_line(&mut self, terminal: u8, line: &str) {
        Play::type_line(self, terminal, line);
    }

    fn interrupt(&mut self, terminal: u8) {
        Play::interrupt(self, terminal);
    }

    fn intervene(&mut self, action: Action) -> Result<(), String> {
        Play::intervene(self, action)
    }

    fn step_event(&mut self, limit: Time) -> bool {
        Play::step_event(self, limit)
    }
}

impl Doing {
    /// Begins an act.
    ///
    /// # Errors
    /// Why a statement could not be done.
    pub fn begin(actor: &mut impl Actor, act: &Act) -> Result<Doing, String> {
        let now = actor.scene().world.now();
        let after = |us: u64| now + Duration(us);
        Ok(Doing(match act {
            Act::Scenario(statement) => {
                actor.intervene(Action::Statement(statement.text.clone()))?;
                None
            }
            Act::Shell { terminal, line, .. } => {
                actor.type_line(*terminal, line);
                Some(Until::Command(*terminal, after(COMMAND_SPAN)))
            }
            Act::Input { terminal, line } => {
                actor.type_line(*terminal, line);
                Some(Until::Time(after(INPUT_SPAN)))
            }
            Act::Interrupt { terminal } => {
                actor.interrupt(*terminal);
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

    /// Lets time pass for an act, for at most that many events; true when it is done.
    pub fn advance(&mut self, actor: &mut impl Actor, budget: u64) -> bool {
        for _ in 0..budget {
            let Some(until) = &self.0 else {
                return true;
            };
            if until.is_over(actor) {
                self.0 = None;
                return true;
            }
            let limit = until.limit(actor);
            let delivered = actor.step_event(limit);
            if matches!(until, Until::Event) && delivered {
                self.0 = None;
                return true;
            }
        }
        self.0.is_none()
    }
}

/// When it is calm, if nothing happens until then.
fn calm(actor: &impl Actor, from: Time) -> Time {
    actor.scene().world.last_activity().max(from) + Duration(QUIET)
}

impl Until {
    fn limit(&self, actor: &impl Actor) -> Time {
        match self {
            Until::Time(at) | Until::Command(_, at) | Until::Holds(_, at) => *at,
            Until::Quiet(from, limit) => calm(actor, *from).min(*limit),
            Until::Event => actor.scene().world.now() + Duration::from_secs(86_400),
        }
    }

    fn is_over(&self, actor: &impl Actor) -> bool {
        let now = actor.scene().world.now();
        match self {
            Until::Time(at) => now >= *at,
            Until::Command(terminal, at) => {
                let goes_on = matches!(
                    actor.status(*terminal),
                    TerminalStatus::Running {
                        wants_input: false,
                        ..
                    }
                );
                !goes_on || now >= *at
            }
            Until::Holds(condition, at) => now >= *at || actor.scene().holds(condition),
            Until::Quiet(from, limit) => now >= *limit || now >= calm(actor, *from),
            Until::Event => false,
        }
    }
}

impl Play {
    /// Does an act to its end.
    ///
    /// # Errors
    /// Why a statement could not be done.
    pub fn act(&mut self, act: &Act) -> Result<(), String> {
        let mut doing = Doing::begin(self, act)?;
        while !doing.advance(self, u64::MAX) {}
        Ok(())
    }
}
