//! The scenario language and everything that describes a cluster in text.
//!
//! A scenario is a text file: the cluster it begins with, then one statement a
//! line. It carries lessons, tests, terminal sessions, bug reports and links.
//! Not here: the terminal and its tools (`kafka-shell`), which `$` lines use.
//! Invariant: reading never panics; a mistake is told with its place and its
//! remedy; printing what was read and reading it again gives the same scenario.

pub mod ast;
pub mod card;
pub mod checked;
pub mod clients;
pub mod command;
pub mod driver;
pub mod error;
pub mod gallery;
mod line;
pub mod parse;
pub mod print;
pub mod properties;
pub mod run;
mod setup;
pub mod share;

pub use ast::{Scenario, Setup, Statement, Step};
pub use error::{ParseError, Problem};
pub use parse::parse;
pub use print::print;
pub use run::{Player, RunError, spec};
