//! The page: everything a browser shows, as a library, so that its pure parts are tested natively.
//!
//! What it is not: a place for Kafka's rules. Those live in `kafka-core`; this crate reads the
//! simulation and draws it.

pub mod components;
pub mod hooks;
pub mod i18n;
pub mod interface;
pub mod platform;
pub mod scene;
pub mod session;
pub mod start;
pub mod tasks;
pub mod view_model;
