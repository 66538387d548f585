//! A lesson as data.

use crate::expr::Expr;
use crate::text::Text;

/// A lesson.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lesson {
    /// `L06`.
    pub id: String,
    /// Title.
    pub title: Text,
    /// How long it takes, in minutes.
    pub minutes: u32,
    /// The part of the catalogue it stands in.
    pub group: Text,
    /// What one can do afterwards.
    pub goal: Text,
    /// The one sentence that names the idea.
    pub idea: Text,
    /// What a teacher may say at the beginning.
    pub opening: Option<Text>,
    /// What a teacher may say at the end.
    pub close: Option<Text>,
    /// The scenario it begins with, opened paused.
    pub start: String,
    /// Line of the file the scenario begins at.
    pub start_line: usize,
    /// What the picture shows; the rest is hidden at first.
    pub shows: Vec<Feature>,
    /// Models that are not Kafka, fed with the same records.
    pub twins: Vec<Twin>,
    /// What to try in the first minute.
    pub poke: Text,
    /// Steps in order.
    pub steps: Vec<Step>,
    /// What must hold at the end, reached without a script.
    pub end: Vec<Predicate>,
    /// One way to the end, from the start: the last help.
    pub solution: Vec<Act>,
    /// Help on the way to the end, from gentle to plain.
    pub end_hints: Vec<Text>,
    /// What to try afterwards.
    pub free_play: Vec<Text>,
    /// What old tutorials say, and what is true.
    pub cards: Vec<Card>,
    /// Tables to fill by hand.
    pub worksheet: Vec<Table>,
}

/// What the picture can show or hide.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Feature {
    /// The controllers.
    Controllers,
    /// High watermarks.
    HighWatermark,
    /// Leader epochs.
    Epochs,
    /// In-sync replicas.
    Isr,
    /// Groups and their members.
    Groups,
    /// Committed offsets and lag.
    Offsets,
    /// Internal topics.
    InternalTopics,
    /// Timers of servers and members.
    Timers,
    /// The models that are not Kafka.
    Twins,
}

/// A model that is not Kafka.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Twin {
    /// What it does with a record.
    pub kind: TwinKind,
    /// The topic whose records it is fed with.
    pub topic: String,
    /// The groups whose consumers take part.
    pub groups: Vec<String>,
}

/// Kinds of models that are not Kafka.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TwinKind {
    /// One receiver a message; gone once acknowledged.
    Queue,
    /// Pushed to whoever is connected; kept nowhere.
    Push,
}

/// A step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// `S1`.
    pub id: String,
    /// Title.
    pub title: Text,
    /// What it is about.
    pub body: Option<Text>,
    /// What is done, in order.
    pub acts: Vec<Act>,
    /// What is predicted before it is done.
    pub questions: Vec<Question>,
    /// What to look at afterwards.
    pub notice: Option<Text>,
    /// Help, from gentle to plain.
    pub hints: Vec<Text>,
    /// For whoever teaches.
    pub notes: Notes,
    /// What is locked meanwhile.
    pub locked: Vec<Control>,
    /// Objects to look at, as the page names them: `broker:1`, `partition:t-0`, `group:g`.
    pub spotlight: Vec<String>,
    /// What must hold before one goes on.
    pub goals: Vec<Predicate>,
    /// Line of the file.
    pub line: usize,
}

/// For whoever teaches.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notes {
    /// One sentence to say.
    pub say: Text,
    /// Objects to point at.
    pub point_at: Vec<String>,
    /// An answer to the question that will come.
    pub if_asked: Text,
}

/// A control of the page.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Control {
    /// Typing into terminals.
    Terminal,
    /// Crashing, stopping and starting servers.
    Servers,
    /// Sending records, crashing and closing clients.
    Clients,
    /// Links and messages.
    Network,
    /// Moving in time.
    Time,
}

/// Something that is done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Act {
    /// A statement of the scenario language.
    Scenario(Statement),
    /// A command line.
    Shell {
        /// Terminal, from 0.
        terminal: u8,
        /// The line.
        line: String,
        /// How much of it the learner is shown.
        show: Show,
    },
    /// A line for the command that runs there.
    Input {
        /// Terminal.
        terminal: u8,
        /// The line.
        line: String,
    },
    /// Ctrl-C.
    Interrupt {
        /// Terminal.
        terminal: u8,
    },
    /// Virtual time passes, µs.
    Run(u64),
    /// Virtual time passes until something holds.
    RunUntil {
        /// What.
        condition: Expr,
        /// At most this long, µs.
        limit: u64,
    },
    /// Virtual time passes until nothing but keeping alive happens any more.
    Quiet {
        /// At most this long, µs.
        limit: u64,
    },
    /// One event.
    Step,
}

/// A statement of the scenario language, read when the lesson is opened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statement {
    /// Line of the lesson file.
    pub line: usize,
    /// Column its text begins at.
    pub column: usize,
    /// The text.
    pub text: String,
}

/// How much of a command the learner is shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Show {
    /// All of it.
    Full,
    /// All but this part.
    Blank(String),
    /// Only what it should do.
    Described(Text),
}

/// Something with a live tick.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Predicate {
    /// In words.
    pub text: Text,
    /// As an expression that is yes or no.
    pub holds: Expr,
}

/// A question that is asked before the step is done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Question {
    /// `P1`.
    pub id: String,
    /// What is asked.
    pub ask: Text,
    /// What kind of answer it has.
    pub kind: Kind,
    /// The answer, evaluated after the step on a fork. For actions: what each must make true.
    pub answer: Expr,
    /// Numbers and spans this near count as equal (µs for spans).
    pub within: u64,
    /// Options as written; see `kafka-lessons` for what is offered.
    pub options: Vec<Choice>,
    /// Why it is so.
    pub why: Text,
    /// Line of the file.
    pub line: usize,
}

/// Kinds of answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A number or a span of time.
    Number,
    /// Yes or no.
    YesNo,
    /// A broker's number or none.
    Broker,
    /// A partition's number or none.
    Partition,
    /// A client's name or none.
    Client,
    /// One of several sentences.
    Words,
    /// One of several actions.
    Action,
}

/// An option of a question.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Choice {
    /// Its value, evaluated on the same fork; actions have none.
    pub value: Option<Expr>,
    /// The answer of the unmodified lesson.
    pub golden: bool,
    /// The misconception it shows.
    pub tag: Option<Tag>,
    /// What one may have thought, when no misconception fits.
    pub reason: Option<Text>,
    /// Its words; without them the value's.
    pub label: Option<Text>,
    /// The object it stands for.
    pub target: Option<String>,
    /// What it does, for actions.
    pub acts: Vec<Act>,
}

/// A misconception, M01 to M20.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Tag(pub u8);

impl std::fmt::Display for Tag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "M{:02}", self.0)
    }
}

/// "You may have read": what an old tutorial says, and what is true.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Card {
    /// What one may have read.
    pub claim: Text,
    /// What is true.
    pub truth: Text,
    /// Words whose typing opens the card, as `--zookeeper`.
    pub triggers: Vec<String>,
}

/// A table to fill by hand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Table {
    /// `W1`.
    pub id: String,
    /// The step after which its cells are computed.
    pub after: String,
    /// What to fill in.
    pub title: Text,
    /// Heads of the columns; the first stands above the rows' names.
    pub heads: Vec<Text>,
    /// Rows: a name, and a cell for each further column.
    pub rows: Vec<(Text, Vec<Expr>)>,
}
