//! The panel of an open lesson and the list of lessons, as words and choices.

use crate::tasks::lesson::Learn;

/// A text, and the same in the other language when the learner wants both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Both {
    /// In the page's language.
    pub main: String,
    /// In the other one.
    pub other: Option<String>,
}

/// A button of the panel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// Its words.
    pub words: String,
    /// What it asks for.
    pub does: Learn,
    /// Its key, as the person is told.
    pub key: &'static str,
    /// Why it cannot be used now.
    pub off: Option<String>,
}

/// An option of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionView {
    /// `A` to `D`.
    pub letter: char,
    /// Its words.
    pub label: Both,
    /// The learner chose it.
    pub chosen: bool,
    /// It is the answer; only told afterwards.
    pub right: bool,
}

/// An open question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuestionView {
    /// "Question 1 of 3"; empty when it is the only one.
    pub number: String,
    /// What is asked.
    pub ask: Both,
    /// Options.
    pub options: Vec<OptionView>,
    /// The learner is sure.
    pub sure: bool,
}

/// A question after the step was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevealView {
    /// What was asked.
    pub ask: Both,
    /// Options, with the answer and the learner's own marked.
    pub options: Vec<OptionView>,
    /// How the learner's answer was.
    pub verdict: String,
    /// True when it was the right one.
    pub right: bool,
    /// What people believe who answer so: its name, and what is true.
    pub belief: Option<(Both, Both)>,
    /// What may stand behind a wrong answer.
    pub reason: Option<Both>,
    /// Why it is so.
    pub why: Both,
}

/// Something with a live tick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoalView {
    /// In words.
    pub words: Both,
    /// It holds now.
    pub holds: bool,
}

/// A bar of the progress line: a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BarView {
    /// "Step 2: kill -9".
    pub words: String,
    /// It was done, now or on an earlier day.
    pub done: bool,
    /// The learner is there.
    pub now: bool,
}

/// The panel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LessonView {
    /// `KILL THE LEADER, STEP 2 OF 8`.
    pub kicker: String,
    /// The steps.
    pub bars: Vec<BarView>,
    /// The large words.
    pub heading: Both,
    /// Paragraphs below it.
    pub body: Vec<Both>,
    /// What is being worked at, done, and all of it.
    pub work: Option<(String, u64, u64)>,
    /// Why work stopped.
    pub trouble: Option<String>,
    /// The open question.
    pub question: Option<QuestionView>,
    /// What is told after the step.
    pub reveals: Vec<RevealView>,
    /// What to notice.
    pub notice: Option<Both>,
    /// Commands of the step as they are shown before it is done.
    pub commands: Vec<String>,
    /// Goals.
    pub goals: Vec<GoalView>,
    /// "Hint 1 of 2" and the hint, so far.
    pub hints: Vec<(String, Both)>,
    /// What to try freely.
    pub free: Vec<Both>,
    /// What old tutorials say, and what is true.
    pub cards: Vec<(Both, Both)>,
    /// Why controls are locked.
    pub lock: Option<String>,
    /// The one main action.
    pub primary: Option<Button>,
    /// Other actions.
    pub others: Vec<Button>,
    /// Rarely needed ones, as link, language, leave.
    pub tools: Vec<Button>,
}

/// A lesson in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LessonRow {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Part of the catalogue.
    pub group: String,
    /// The one sentence.
    pub idea: String,
    /// "15 min, 8 steps".
    pub facts: String,
    /// "3 of 8 steps done"; empty at first.
    pub progress: String,
    /// Its end was reached.
    pub finished: bool,
}

/// The list of lessons.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListView {
    /// Lessons in the order of the catalogue.
    pub rows: Vec<LessonRow>,
    /// The one whose text is on its way.
    pub loading: Option<String>,
    /// Why a text could not be had.
    pub failed: Option<String>,
}
