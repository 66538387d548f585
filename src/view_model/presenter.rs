//! The presenter view: one partition, one sentence in each language, the way through the run.

use super::object::{ObjectId, PartitionName};

/// What lies over the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Over {
    /// Nothing.
    #[default]
    Nothing,
    /// A blank sheet: the class looks at the teacher.
    Blank,
    /// All steps.
    Overview,
    /// Hands counted.
    Votes,
}

/// The presenter view at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct PresenterView {
    /// What lies over the picture.
    pub over: Over,
    /// The partition shown.
    pub partition: Option<PartitionName>,
    /// The object the sentence is about.
    pub spotlight: Option<ObjectId>,
    /// True when all but the spotlight is dimmed.
    pub veil: bool,
    /// The sentence, first in the language of the page, then in the other.
    pub caption: [String; 2],
    /// Number of the step shown; 0 = before the first.
    pub step: usize,
    /// Every step known so far.
    pub steps: Vec<StepRow>,
    /// What is voted on.
    pub votes: VotesView,
    /// Something the teacher must know, instead of the keys.
    pub notice: Option<String>,
    /// What the notes window shows.
    pub notes: NotesView,
}

/// One step of the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepRow {
    /// Trace entry that it goes to.
    pub event: u64,
    /// When, in µs.
    pub at: u64,
    /// What happens.
    pub words: String,
}

/// A question put to the class and the hands counted.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct VotesView {
    /// The question.
    pub ask: String,
    /// Option, hands, and after the answer was shown whether it is right.
    pub options: Vec<VoteOption>,
}

/// One option of a vote.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct VoteOption {
    /// Its words; empty = its letter says it all.
    pub words: String,
    /// Hands counted.
    pub hands: u32,
    /// Right or wrong, once the answer is shown.
    pub right: Option<bool>,
}

/// What the teacher reads in the second window.
#[derive(Clone, Debug, PartialEq, Eq, Default, serde::Serialize)]
pub struct NotesView {
    /// Language tag.
    pub lang: &'static str,
    /// Title of the window.
    pub title: String,
    /// Clock.
    pub clock: String,
    /// "Step 5 of 6".
    pub step: String,
    /// Headings and what stands under them.
    pub parts: Vec<(String, Vec<String>)>,
}
