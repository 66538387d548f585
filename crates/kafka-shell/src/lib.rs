//! The terminal: words, pipes, processes and Kafka's tools with their exact output.
//!
//! It stands before a [`host::Host`], which the native runner and the page
//! implement. Not here: the simulation, the DOM, files. Invariant: whatever is
//! typed is answered by text, never by a panic.

pub mod admin;
pub mod clock;
pub mod complete;
pub mod data_dir;
pub mod files;
pub mod hints;
pub mod host;
pub mod java;
pub mod jopt;
pub mod json;
pub mod process;
pub mod script;
pub mod sim_host;
pub mod system;
pub mod terminal;
pub mod tools;
pub mod words;
