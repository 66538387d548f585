//! Plain data for each panel, made by pure functions from a read-only world.
//!
//! What it is not: a cache or a model of Kafka. Nothing here is stored; every value is looked up in
//! the simulation when the picture is made. Nothing here knows Yew or a browser.

pub mod app;
pub mod changes;
pub mod checks;
pub mod cluster;
pub mod disks;
pub mod fetched;
pub mod flight;
pub mod groups;
pub mod inspector;
pub mod lens;
pub mod lesson;
pub mod levers;
pub mod logs;
pub mod matrix;
pub mod object;
pub mod pins;
pub mod presenter;
pub mod records;
pub mod shows;
pub mod story;
pub mod terminal;
pub mod time;
pub mod timers;
pub mod worksheet;
pub mod world;

#[cfg(test)]
pub mod sample;
