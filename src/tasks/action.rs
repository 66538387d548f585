//! What a person can do to the world, as data: shared with the native programs.

pub use kafka_lessons::action::{Action, Server};
