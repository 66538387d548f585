//! The format of lesson files: text to data, and every mistake with line, column and remedy.
//!
//! It depends on nothing, so that build scripts can refuse a lesson with a mistake or a missing
//! translation. Not here: what a lesson does (`kafka-lessons`), and the statements of the scenario
//! language in it, which are kept as text with their place. Invariant: reading never panics.

pub mod accessors;
mod cursor;
pub mod error;
pub mod expr;
mod expr_read;
pub mod lesson;
mod read;
mod read_step;
#[cfg(test)]
mod tests;
pub mod text;
pub mod words;

pub use error::{LessonError, Problem};
pub use expr::{Expr, Literal};
pub use lesson::*;
pub use read::BYTES_MAX;
pub use text::{Lang, Text};
pub use words::{Entries, Entry};
