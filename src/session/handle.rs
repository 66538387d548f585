//! The session as components hold it: shared, compared by identity, told apart from its view.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo::events::EventListener;
use gloo::timers::callback::Interval;

use super::{Moving, Session};
use crate::platform::frame::wall_ms;
use crate::platform::storage::{self, Slot};
use crate::platform::{address, clipboard, document, fetch, notes, panic};
use crate::tasks::lesson::Learn;
use crate::tasks::presenter::Present;
use crate::tasks::{self, Errand, Task};
use crate::view_model::app::AppView;

/// How often the run is kept, in ms.
const KEEP_MS: u32 = 1_000;

type Listener = Rc<dyn Fn(Rc<AppView>)>;

struct Inner {
    session: RefCell<Session>,
    listener: RefCell<Option<Listener>>,
    keeper: RefCell<Option<(Interval, EventListener)>>,
    /// Revision that was kept last.
    kept: Cell<Option<u64>>,
    /// Revision of the progress in lessons that was kept last.
    kept_progress: Cell<u64>,
    /// True once the browser refused to keep it; that is told once.
    refused: Cell<bool>,
}

/// A shared session.
#[derive(Clone)]
pub struct SessionHandle(Rc<Inner>);

impl PartialEq for SessionHandle {
    fn eq(&self, other: &SessionHandle) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl SessionHandle {
    /// Shares a session.
    pub fn new(session: Session) -> SessionHandle {
        SessionHandle(Rc::new(Inner {
            session: RefCell::new(session),
            listener: RefCell::new(None),
            keeper: RefCell::new(None),
            kept: Cell::new(None),
            kept_progress: Cell::new(0),
            refused: Cell::new(false),
        }))
    }

    /// Tells `listener` of every new view from now on.
    pub fn listen(&self, listener: Listener) {
        *self.0.listener.borrow_mut() = Some(listener);
    }

    /// Tells nobody any more.
    pub fn stop_listening(&self) {
        self.0.listener.borrow_mut().take();
    }

    /// The page now; a lesson whose end has just been reached notes it.
    pub fn view(&self) -> Rc<AppView> {
        self.0.session.borrow_mut().look_at_goal();
        Rc::new(self.0.session.borrow().view())
    }

    /// Reads the session.
    pub fn read<T>(&self, reader: impl FnOnce(&Session) -> T) -> T {
        reader(&self.0.session.borrow())
    }

    /// Changes the session and shows the result.
    pub fn change<T>(&self, change: impl FnOnce(&mut Session) -> T) -> T {
        let result = change(&mut self.0.session.borrow_mut());
        self.tell();
        result
    }

    /// Performs a task and shows the result.
    pub fn run(&self, task: Task) {
        let errand = self.change(|session| tasks::perform(session, task));
        if let Some(errand) = errand {
            self.do_errand(errand);
        }
    }

    fn do_errand(&self, errand: Errand) {
        match errand {
            Errand::SavePreferences => {
                let text = self.read(|session| session.preferences.write());
                storage::write(Slot::Preferences, &text);
            }
            Errand::KeepPrevious(text) => {
                storage::write(Slot::Previous, &text);
                self.keep();
            }
            Errand::ReadPrevious => {
                if let Some(text) = storage::read(Slot::Previous) {
                    self.run(Task::Import(text));
                }
            }
            Errand::LookForPrevious => {
                let found = storage::read(Slot::Previous).is_some();
                self.change(|session| session.offer_previous(found));
            }
            Errand::FetchLesson(place) => {
                let (handle, other) = (self.clone(), self.clone());
                fetch::text("lessons/misconceptions.txt", move |text| {
                    other.run(Task::Learn(Learn::Beliefs(text)));
                });
                fetch::text(&format!("lessons/{}.lesson", place.lesson), move |text| {
                    handle.run(Task::Learn(Learn::Loaded(place, text)));
                });
            }
            Errand::CopyLink(hash) => self.do_errand(Errand::Copy(address::with_hash(&hash))),
            Errand::Copy(text) => {
                let handle = self.clone();
                clipboard::copy(&text, move |done| handle.run(Task::Copied(done)));
            }
            Errand::FetchGlossary => {
                let handle = self.clone();
                fetch::text("./lessons/glossary.txt", move |read| {
                    handle.run(Task::GlossaryRead(read));
                });
            }
            Errand::FetchStory(id) => {
                let handle = self.clone();
                fetch::text(&format!("failures/{id}.scenario"), move |text| {
                    handle.run(Task::StoryRead(id, text));
                });
            }
            Errand::OpenNotes => {
                let opened = notes::open_window();
                self.run(Task::Present(Present::NotesOpened(opened)));
            }
            Errand::FullScreen => document::toggle_full_screen(),
            Errand::Save(name, text) => clipboard::download(name, &text),
        }
    }

    /// Keeps the run from now on: every second that something changed, and when the page is left.
    pub fn keep_running(&self) {
        let (each, last) = (self.clone(), self.clone());
        let timer = Interval::new(KEEP_MS, move || each.keep());
        let leave = EventListener::new(&gloo::utils::window(), "pagehide", move |_| last.keep());
        *self.0.keeper.borrow_mut() = Some((timer, leave));
    }

    /// Keeps the run as it is now, unless it is just being built up or nothing changed.
    fn keep(&self) {
        // After a failure what is kept stays as it is: this session may be what is wrong.
        if document::shows_report() {
            return;
        }
        let Ok(session) = self.0.session.try_borrow() else {
            return;
        };
        let progress = &session.lessons.progress;
        if self.0.kept_progress.replace(progress.revision()) != progress.revision() {
            storage::write(Slot::Lessons, &progress.write());
        }
        let revision = session.revision();
        if session.is_opening() || self.0.kept.replace(Some(revision)) == Some(revision) {
            return;
        }
        let link = address::with_hash(&session.script().link());
        panic::remember(link, session.scenario_text());
        let kept = storage::write(Slot::Session, &session.saved().write());
        let history = serde_json::to_string(&session.shells.histories()).unwrap_or_default();
        storage::write(Slot::History, &history);
        drop(session);
        if !kept && !self.0.refused.replace(true) {
            self.change(|session| {
                let words = crate::i18n::open::not_kept(session.preferences.lang);
                session.toast(words, true, false);
            });
        }
    }

    /// Lets a frame's work be done; gives what the canvas shows.
    pub fn frame(&self, wall: f64) -> Moving {
        let tell = self.0.session.borrow_mut().frame(wall, &wall_ms);
        if tell {
            self.tell();
        }
        self.0.session.borrow().moving()
    }

    fn tell(&self) {
        // The view is made before the listener is called: a listener may come back with a task.
        let listener = self.0.listener.borrow().clone();
        if let Some(listener) = listener {
            listener(self.view());
        }
    }
}
