//! The story: one sentence an event.

use super::time::TickKind;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoryRow {
    /// Number of the event in the trace.
    pub event: u64,
    /// When.
    pub at: u64,
    /// Mark.
    pub kind: TickKind,
    /// The sentence.
    pub words: String,
    /// True for leader, ISR, group, error and the like.
    pub important: bool,
    /// True after the time shown (computed, then stepped back).
    pub future: bool,
}

/// The rows in view and which one is now.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct StoryView {
    /// Rows in time order; of a long run the window around now.
    pub rows: Vec<StoryRow>,
    /// Index of the last row at or before now.
    pub now: Option<usize>,
    /// True when only important rows are listed.
    pub important_only: bool,
}
