//! Everything the page shows at one moment: made anew for each picture, compared by components.

use std::rc::Rc;

use kafka_lessons::glossary::Glossary;

use super::cluster::ClusterView;
use super::fetched::Fetched;
use super::inspector::InspectorView;
use super::lens::LensKind;
use super::lesson::{LessonView, ListView};
use super::matrix::MatrixView;
use super::object::ObjectId;
use super::pins::PinView;
use super::presenter::PresenterView;
use super::shows::Shows;
use super::story::StoryView;
use super::terminal::TerminalView;
use super::time::TimeView;
use crate::session::preferences::Preferences;

/// A dialog that can be open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dialog {
    /// The list of keys.
    Shortcuts,
    /// The glossary, open at that entry.
    Glossary(Option<String>),
    /// Link and scenario of the run.
    Share(ShareView),
    /// The list of lessons.
    Lessons(ListView),
    /// Another run to open.
    Import(ImportView),
    /// The stories of the failure catalogue.
    Gallery(GalleryView),
    /// Something from outside cannot be used.
    Trouble(Trouble),
}

/// What can be given to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareView {
    /// The hash of the link, without `#`.
    pub hash: String,
    /// The run as a scenario.
    pub scenario: String,
}

/// What is being opened.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct ImportView {
    /// The text in the field.
    pub text: String,
    /// What is wrong with it.
    pub error: Option<String>,
    /// Where, in UTF-16 units from its start.
    pub place: Option<(u32, u32)>,
    /// True when the run before can be opened.
    pub previous: bool,
}

/// The gallery while one of its stories is fetched.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct GalleryView {
    /// The id of the story whose text is on its way.
    pub loading: Option<&'static str>,
    /// The story whose text could not be had, and why.
    pub failed: Option<(&'static str, String)>,
}

/// What to look at in a story that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardView {
    /// What goes wrong.
    pub title: String,
    /// What to watch.
    pub look: String,
}

/// Text from outside that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What happened.
    pub words: String,
    /// Why, as the reader of the text says it.
    pub reason: String,
    /// What was done, and what to do.
    pub remedy: String,
    /// The text.
    pub text: String,
}

/// One short message over the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// The sentence.
    pub words: String,
    /// True when something failed.
    pub error: bool,
    /// True when the last action can be taken back.
    pub undo: bool,
}

/// A context menu: where it opens, in px of the window.
#[derive(Clone, Debug, PartialEq)]
pub struct MenuView {
    /// Left.
    pub x: f64,
    /// Top.
    pub y: f64,
    /// For what.
    pub inspector: Rc<InspectorView>,
}

/// What identifies the run.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct TitleView {
    /// Name of the scenario.
    pub document: String,
    /// Name of the branch; empty = the first.
    pub branch: String,
    /// Seed.
    pub seed: u64,
    /// Kafka version simulated.
    pub profile: String,
    /// Digest of the run up to now, as shown.
    pub digest: String,
}

/// Why controls cannot be used now; `None` = they can.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Locks {
    /// The time bar.
    pub time: Option<&'static str>,
    /// Typing into terminals.
    pub terminal: Option<&'static str>,
    /// Sending records.
    pub clients: Option<&'static str>,
}

/// The page at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct AppView {
    /// What the person set.
    pub preferences: Preferences,
    /// The run's identity.
    pub title: TitleView,
    /// What to look at, when a story is open.
    pub card: Option<CardView>,
    /// The cluster.
    pub cluster: Rc<ClusterView>,
    /// Time.
    pub time: Rc<TimeView>,
    /// What is locked now.
    pub locks: Locks,
    /// The inspector lies over the picture of a lesson.
    pub inspecting: bool,
    /// Story.
    pub story: Rc<StoryView>,
    /// Inspector.
    pub inspector: Rc<InspectorView>,
    /// Terminal.
    pub terminal: Rc<TerminalView>,
    /// Selected object.
    pub selected: Option<ObjectId>,
    /// Answers that name objects of the picture.
    pub pins: Vec<PinView>,
    /// What the picture shows.
    pub shows: Shows,
    /// The open lesson would hide something of it.
    pub hides: bool,
    /// The lens.
    pub lens: LensKind,
    /// What the lens "Who got what" shows, while it is chosen.
    pub matrix: Option<Rc<MatrixView>>,
    /// The lesson whose worksheet is shown instead of everything else.
    pub worksheet: Option<String>,
    /// The glossary.
    pub glossary: Fetched<Glossary>,
    /// The presenter view, while it is open.
    pub presenter: Option<Rc<PresenterView>>,
    /// The open lesson.
    pub lesson: Option<Rc<LessonView>>,
    /// The page stands within another one: no header.
    pub embedded: bool,
    /// Open dialog.
    pub dialog: Option<Dialog>,
    /// Open menu.
    pub menu: Option<MenuView>,
    /// Toast.
    pub toast: Option<Toast>,
    /// Sentence for the narrator.
    pub narration: String,
}
