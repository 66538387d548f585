//! Lessons: a start state, steps, predictions whose answers are computed, goals, in two languages;
//! and a run told as deeds, which links, kept runs and results are made of.
//!
//! What it is not: a renderer, or a source of answers. Every answer is evaluated on a fork of the
//! run. Invariant: the same lesson, seed and deeds give the same offered options and the same claims.
//!
//! The format (types of a lesson, its reader, expressions) is the crate `lesson-format`, which
//! build scripts use too; it is re-exported here. An [`Act::Scenario`] is kept as text with its
//! place and done as the deed [`action::Action::Statement`].

pub mod action;
pub mod deeds;
pub mod object;

pub use lesson_format::*;
