//! The stories of the failure catalogue, section 12 of the reference: which there are.
//!
//! Each is a file of `scenarios/failures`, named by its id; the build reads their cards. Not here:
//! their texts, which the page fetches when one is opened.

/// A story.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Story {
    /// The catalogue's id, as in FAIL-04; its file has this name.
    pub id: &'static str,
    /// Title in English.
    pub title_en: &'static str,
    /// Title in Chinese.
    pub title_zh: &'static str,
}

/// All of them, in the catalogue's order.
pub const STORIES: &[Story] = include!(concat!(env!("OUT_DIR"), "/stories.rs"));
