//! The commands. Each returns what it found, or why its input cannot be used.

pub mod bench;
pub mod check;
pub mod conform;
pub mod explore;
pub mod lesson;
pub mod run;
pub mod shell;
pub mod swarm;

/// What a command found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Finding {
    /// All is well.
    Nothing,
    /// A broken invariant or a failed case, which was printed.
    Something,
}

/// What a command returns; the error is one message for a person.
pub type Outcome = Result<Finding, String>;
