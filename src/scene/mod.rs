//! The picture: pure functions from (view, virtual time, size) to shapes and sprites.
//!
//! What it is not: a renderer. A component turns [`shape::Node`]s into SVG and one painter puts
//! [`message::Sprite`]s on the canvas. Invariant: no state; the same arguments give the same picture.

pub mod broker;
pub mod caption;
pub mod client;
pub mod cluster;
mod group;
pub mod group_layout;
pub mod layout;
pub mod lens;
pub mod message;
pub mod phone;
pub mod phone_layout;
pub mod presenter;
pub mod presenter_groups;
pub mod replica;
pub mod route;
pub mod shape;
pub mod text;
pub mod track;

#[cfg(test)]
mod palette;
#[cfg(test)]
mod tests;
