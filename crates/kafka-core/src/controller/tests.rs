//! Rules of the controller, against what a recorded cluster did.

mod failover;
mod harness;
mod log_dirs;
mod properties;
mod requests;
mod show;
mod stories;
mod topics;
