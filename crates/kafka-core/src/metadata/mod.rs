//! The metadata log's records and the image that replaying them gives.
//!
//! Controllers append records; brokers replay them (MET-1). Both keep the same
//! [`ClusterImage`]. Not here: deciding which records to write (`controller`).
//! Invariant: the image is a function of the records applied so far, nothing else.

mod directory;
mod image;
mod record;
mod voters;

pub use directory::*;
pub use image::*;
pub use record::*;
pub use voters::*;
