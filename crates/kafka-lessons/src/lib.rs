//! Lessons: a start state, steps, predictions whose answers are computed, goals, in two languages;
//! and a run told as deeds, which links, kept runs and results are made of.
//!
//! What it is not: a renderer, or a source of answers. Every answer is evaluated on a fork of the
//! run. Invariant: the same lesson, seed and deeds give the same offered options and the same claims.
//!
//! The format (types of a lesson, its reader, expressions) is the crate `lesson-format`, which
//! build scripts use too; it is re-exported here.
//!
//! How a page uses it:
//! - [`play::start_of`] gives the [`deeds::Script`] of a lesson's start; open the session on it.
//! - An [`Act`] is done by the page's own tasks: `Scenario` as the deed
//!   [`action::Action::Statement`], `Shell` and `Input` typed into the terminal of that number. After a
//!   `Shell` time passes until the command has ended, reads, or [`play::COMMAND_SPAN`] is over;
//!   after an `Input` for [`play::INPUT_SPAN`]; a `Quiet` ends as [`play::QUIET`] says. [`Play`]
//!   does all of it headless.
//! - [`Probe::step`] with `session.script()` answers all questions of a step; `advance` it in
//!   slices, then take [`Probe::offered`], one [`Offered`] a question, in the lesson's order.
//! - [`Scene::new`] over the session's world and checker tells whether a [`Predicate`] holds.
//! - With several terminals, every busy one goes on after each event in the order of their numbers,
//!   and time without an event moves at most to the nearest deadline of any of them: so a script
//!   gives the same digest in the page and here.

pub mod action;
pub mod deeds;
pub mod glossary;
pub mod grade;
pub mod index;
pub mod names;
pub mod object;
pub mod offer;
pub mod play;
pub mod probe;
pub mod result;
pub mod scene;
pub mod twin;
pub mod value;
pub mod worksheet;

pub use offer::{Offer, Offered};
pub use play::{Build, Play};
pub use probe::Probe;
pub use scene::{Scene, Watched};
pub use value::Value;

pub use lesson_format::*;
