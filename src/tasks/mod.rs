//! What a person can do, one operation a file.
//!
//! Buttons, keys, menus, the terminal and scripts all make a [`Task`]; the session performs it.

pub mod act;
pub mod action;
mod gallery;
pub mod glossary;
pub mod keymap;
pub mod lesson;
pub mod open;
pub mod play;
pub mod presenter;
pub mod settings;
pub mod terminal;
pub mod travel;

use crate::session::Session;
use crate::session::lesson::progress::Place;
use crate::session::library::Example;
use crate::view_model::app::{Dialog, Toast};
use crate::view_model::lens::LensKind;
use crate::view_model::object::ObjectId;
use crate::view_model::story::StoryRow;
use action::Action;
use lesson::Learn;
use presenter::Present;

/// Something a person asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Task {
    /// Plays, or pauses when it plays.
    TogglePlay,
    /// To the next event that changes the picture.
    Step,
    /// To the event before.
    StepBack,
    /// To the next important event.
    NextInteresting,
    /// To the important event before.
    PreviousInteresting,
    /// To the beginning.
    ToStart,
    /// To the end of what has been computed.
    ToEnd,
    /// To a time.
    Seek(u64),
    /// To the moment right after an event.
    SeekEvent(u64),
    /// One speed faster.
    Faster,
    /// One speed slower.
    Slower,
    /// Gives up long work.
    CancelWork,
    /// Selects an object or nothing.
    Select(Option<ObjectId>),
    /// Opens the glossary, at an entry.
    OpenGlossary(Option<String>),
    /// Shows the worksheet of a lesson, or the page again.
    OpenWorksheet(Option<String>),
    /// Fetches the glossary, unless it is there.
    NeedGlossary,
    /// The glossary's text is there, or why it is not.
    GlossaryRead(Result<String, String>),
    /// Asks the presenter view for something.
    Present(Present),
    /// Something of a lesson.
    Learn(Learn),
    /// Looks through another lens.
    Lens(LensKind),
    /// Goes to a row of the story.
    Visit(StoryRow),
    /// Does something to the world.
    Act(Action),
    /// Crashes the leader of the selected partition, or of the first one.
    CrashLeader,
    /// Starts the server that crashed last.
    RestartLast,
    /// Sends one record to the topic of the selection, or to the first one.
    ProduceOne,
    /// Opens the menu of an object at a point of the window.
    OpenMenu(ObjectId, f64, f64),
    /// Closes the menu.
    CloseMenu,
    /// Shows another branch.
    SwitchBranch(u32),
    /// Goes back to the branch before the last action.
    Undo,
    /// Gives a line to the terminal of that number, from 0, and shows it.
    TerminalLine(u8, String),
    /// Runs a command line in a terminal that is free, and shows it.
    Command(String),
    /// Puts a command line into a terminal that is free, to be edited.
    Draft(String),
    /// Asks a terminal for completions of a line.
    TerminalComplete(u8, String),
    /// Ends the running command of a terminal: Ctrl-C.
    TerminalStop(u8),
    /// Empties the screen of a terminal: Ctrl-L.
    TerminalClear(u8),
    /// Ends a terminal's input: Ctrl-D.
    TerminalEnd(u8),
    /// Opens one more terminal and shows it.
    TerminalOpen,
    /// Shows a terminal.
    TerminalShow(u8),
    /// Closes a terminal; its running command is ended.
    TerminalClose(u8),
    /// Opens the list of keys.
    OpenShortcuts,
    /// Opens the dialog that shares this moment.
    OpenShare,
    /// Opens the dialog that opens another run.
    OpenImport,
    /// Opens a scenario, a link or a kept run, given as text.
    Import(String),
    /// Opens an example.
    OpenExample(Example),
    /// Opens the gallery of failures.
    OpenGallery,
    /// Opens a story of it: its text is fetched.
    OpenStory(&'static str),
    /// The text is there, or why not.
    StoryRead(&'static str, Result<String, String>),
    /// Opens the run that another one took the place of.
    OpenPrevious,
    /// Opens the run's scenario again, from its beginning.
    StartOver,
    /// The same with another seed.
    Reseed(u64),
    /// Copies a text.
    Copy(String),
    /// The browser has copied, or not.
    Copied(bool),
    /// Offers a text as a file.
    Save(FileKind, String),
    /// Closes the dialog.
    CloseDialog,
    /// Changes a preference.
    Set(Preference),
    /// Closes the toast.
    DismissToast,
}

/// A preference to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preference {
    /// The other language.
    Language,
    /// The next theme.
    Theme,
    /// Motion.
    ReducedMotion,
    /// Key line.
    KeyLine,
    /// Inspector.
    Inspector,
    /// Dock.
    Dock,
    /// Text view.
    TextView,
    /// Filter of the story.
    ImportantOnly,
    /// Lessons in both languages.
    BothLanguages,
    /// Everything in the picture of a lesson.
    Everything,
    /// Single-letter keys.
    SingleKeys,
    /// Pane of the phone.
    Pane(crate::session::preferences::Pane),
}

/// Something that only the browser can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Errand {
    /// Keeps the preferences.
    SavePreferences,
    /// Keeps the run that another one has just taken the place of.
    KeepPrevious(String),
    /// Reads that run.
    ReadPrevious,
    /// Looks whether there is one, for the dialog.
    LookForPrevious,
    /// Fetches the text of the glossary.
    FetchGlossary,
    /// Fetches a story of the gallery.
    FetchStory(&'static str),
    /// Opens the window with the presenter's notes.
    OpenNotes,
    /// Fills the screen, or leaves it.
    FullScreen,
    /// Fetches the text of a lesson.
    FetchLesson(Place),
    /// Copies a link to this page with that hash.
    CopyLink(String),
    /// Copies a text.
    Copy(String),
    /// Offers a text as a file of that name.
    Save(&'static str, String),
}

/// Files the page writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A scenario.
    Scenario,
    /// Text that could not be used.
    Kept,
}

impl FileKind {
    fn name(self) -> &'static str {
        match self {
            FileKind::Scenario => "brokerscope-scenario.txt",
            FileKind::Kept => "brokerscope-kept.txt",
        }
    }
}

impl Task {
    /// True when it moves time or changes the world.
    fn touches_run(&self) -> bool {
        !matches!(
            self,
            Task::Select(_)
                | Task::Lens(_)
                | Task::OpenGlossary(_)
                | Task::NeedGlossary
                | Task::OpenWorksheet(_)
                | Task::GlossaryRead(_)
                | Task::TerminalShow(_)
                | Task::Present(_)
                | Task::Learn(_)
                | Task::OpenMenu(..)
                | Task::CloseMenu
                | Task::Draft(_)
                | Task::CancelWork
                | Task::OpenShortcuts
                | Task::OpenImport
                | Task::OpenGallery
                | Task::OpenStory(_)
                | Task::Copy(_)
                | Task::Copied(_)
                | Task::Save(..)
                | Task::CloseDialog
                | Task::DismissToast
                | Task::Set(_)
                | Task::Faster
                | Task::Slower
        )
    }
}

/// Performs a task; what only the browser can do is given back. A run that is being built up is
/// left alone until it is there, or the building is cancelled.
pub fn perform(session: &mut Session, task: Task) -> Option<Errand> {
    if session.is_opening() && task.touches_run() {
        return None;
    }
    if let Some(reason) = lesson::lock(session, &task) {
        session.toast(session.preferences.lang.say(reason), false, false);
        return None;
    }
    let passing = |toast: &Toast| !toast.error && !toast.undo;
    if session.overlays.toast.as_ref().is_some_and(passing) {
        session.overlays.toast = None;
    }
    match task {
        Task::TogglePlay => play::toggle(session),
        Task::Faster => play::faster(session),
        Task::Slower => play::slower(session),
        Task::Step => travel::step(session),
        Task::StepBack => travel::step_back(session),
        Task::NextInteresting => travel::next_interesting(session),
        Task::PreviousInteresting => travel::previous_interesting(session),
        Task::ToStart => travel::to_start(session),
        Task::ToEnd => travel::to_end(session),
        Task::Seek(at) => travel::seek(session, at),
        Task::SeekEvent(entry) => travel::visit(session, entry),
        Task::Visit(row) => travel::visit_row(session, &row),
        Task::SwitchBranch(id) => travel::switch_branch(session, id),
        Task::Undo => travel::undo(session),
        Task::CancelWork => session.cancel_work(),
        Task::Select(object) => {
            session.overlays.inspector = object.is_some();
            session.selected = object;
            session.overlays.menu = None;
            // The inspector's words have cards.
            if session.selected.is_some() {
                return glossary::need(session);
            }
        }
        Task::OpenGlossary(entry) => return glossary::open(session, entry),
        Task::OpenWorksheet(lesson) => {
            session.playing = false;
            session.overlays.dialog = None;
            session.worksheet = lesson;
        }
        Task::NeedGlossary => return glossary::need(session),
        Task::GlossaryRead(read) => glossary::read(session, read),
        Task::Present(what) => return presenter::present(session, what),
        Task::Learn(what) => return lesson::learn(session, what),
        Task::Lens(lens) => session.lens = lens,
        Task::Act(action) => act::act(session, action),
        Task::CrashLeader => act::crash_leader(session),
        Task::RestartLast => act::restart_last(session),
        Task::ProduceOne => act::produce_one(session),
        Task::OpenMenu(object, x, y) => {
            session.playing = false;
            session.overlays.menu = Some((object, x, y));
        }
        Task::CloseMenu => session.overlays.menu = None,
        Task::TerminalLine(number, line) => terminal::submit(session, number, &line),
        Task::Command(line) => terminal::command(session, &line),
        Task::Draft(line) => terminal::draft(session, line),
        Task::TerminalComplete(number, line) => terminal::complete(session, number, &line),
        Task::TerminalStop(number) => terminal::interrupt(session, number),
        Task::TerminalClear(number) => session.shells.get_mut(number).clear(),
        Task::TerminalEnd(number) => terminal::end_input(session, number),
        Task::TerminalOpen => session.shells.open(),
        Task::TerminalShow(number) => session.shells.show(number),
        Task::TerminalClose(number) => terminal::close(session, number),
        Task::OpenShortcuts => {
            session.playing = false;
            session.overlays.dialog = Some(Dialog::Shortcuts);
        }
        Task::OpenShare => open::show_share(session),
        Task::OpenImport => return open::show_import(session),
        Task::Import(text) => return open::import(session, &text),
        Task::OpenGallery => gallery::open(session),
        Task::OpenStory(id) => return gallery::fetch(session, id),
        Task::StoryRead(id, text) => return gallery::read(session, id, text),
        Task::OpenExample(example) => return open::scenario(session, example.scenario()),
        Task::OpenPrevious => return Some(Errand::ReadPrevious),
        Task::StartOver => return open::start_over(session, None),
        Task::Reseed(seed) => return open::start_over(session, Some(seed)),
        Task::Copy(text) => return Some(Errand::Copy(text)),
        Task::Copied(done) => open::copied(session, done),
        Task::Save(kind, text) => return Some(Errand::Save(kind.name(), text)),
        Task::CloseDialog => session.overlays.dialog = None,
        Task::DismissToast => session.overlays.toast = None,
        Task::Set(preference) => {
            settings::set(session, preference);
            return Some(Errand::SavePreferences);
        }
    }
    None
}
