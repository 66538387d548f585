//! The session as components hold it: shared, compared by identity, told apart from its view.

use std::cell::RefCell;
use std::rc::Rc;

use super::{Moving, Session};
use crate::platform::frame::wall_ms;
use crate::platform::storage::{self, Slot};
use crate::tasks::{self, Errand, Task};
use crate::view_model::app::AppView;

type Listener = Rc<dyn Fn(Rc<AppView>)>;

struct Inner {
    session: RefCell<Session>,
    listener: RefCell<Option<Listener>>,
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

    /// The page now.
    pub fn view(&self) -> Rc<AppView> {
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
            self.do_errand(&errand);
        }
    }

    fn do_errand(&self, errand: &Errand) {
        match errand {
            Errand::SavePreferences => {
                let text = self.read(|session| session.preferences.write());
                storage::write(Slot::Preferences, &text);
            }
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
