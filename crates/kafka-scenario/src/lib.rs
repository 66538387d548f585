//! The scenario language and everything that describes a cluster in text.
//!
//! Not here: the terminal and its tools (`kafka-shell`). Invariant: reading never
//! panics; a mistake is told with its place and its remedy.

pub mod properties;
