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
    /// The objects the sentence is about.
    pub spotlight: Vec<ObjectId>,
    /// Groups that are shown in the place of the brokers; empty = the brokers are shown.
    pub groups: Vec<String>,
    /// True when all but the spotlight is dimmed.
    pub veil: bool,
    /// The sentence, first in the language of the page, then in the other.
    pub caption: [Said; 2],
    /// Number of the step shown; 0 = before the first.
    pub step: usize,
    /// Every step known so far.
    pub steps: Vec<StepRow>,
    /// What is voted on.
    pub votes: VotesView,
    /// A further hint can be shown.
    pub has_hint: bool,
    /// What happened can be played again.
    pub has_replay: bool,
    /// Something the teacher must know, instead of the keys.
    pub notice: Option<String>,
    /// What the notes window shows.
    pub notes: NotesView,
}

/// What is said in one language.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Said {
    /// A title before the words; may be empty.
    pub head: String,
    /// The words.
    pub words: String,
}

/// One step of the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepRow {
    /// What it goes to: a trace entry, or the number of a lesson's step.
    pub to: u64,
    /// When, in µs, where that is known.
    pub at: Option<u64>,
    /// What happens.
    pub words: String,
}

/// A question put to the class and the hands counted.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct VotesView {
    /// The question, first in the language of the page, then in the other; that may be empty.
    pub ask: [String; 2],
    /// "Question 1 of 3", a hint; empty lines are left out.
    pub remarks: Vec<String>,
    /// Option, hands, and after the answer was shown whether it is right.
    pub options: Vec<VoteOption>,
    /// The answer is shown: why it is so, and what people believe who answer otherwise.
    pub told: Option<ToldView>,
}

/// What is told after a vote.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct ToldView {
    /// Why it is so.
    pub why: String,
    /// The belief behind the wrong option with the most hands: its letter, and the sentences.
    pub belief: Option<(char, String)>,
}

/// One option of a vote.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct VoteOption {
    /// Its words; empty = its letter says it all.
    pub words: String,
    /// The same in the other language; empty = there is nothing else to say.
    pub other: String,
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
