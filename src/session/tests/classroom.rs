//! A page in which a lesson is open, for the tests of everything that belongs to lessons.

use kafka_lessons::index;

use crate::session::Session;
use crate::session::lesson::progress::Place;
use crate::session::preferences::Preferences;
use crate::tasks::lesson::Learn;
use crate::tasks::{Task, perform};

/// The text of a lesson.
pub fn text(id: &str) -> &'static str {
    index::text(id).expect("a lesson of the list")
}

/// Does it, and what it begins.
pub fn learn(session: &mut Session, what: Learn) {
    perform(session, Task::Learn(what));
    session.settle();
}

/// A page in which that lesson is open, before a step or at its beginning.
pub fn opened(preferences: Preferences, id: &str, step: Option<&str>) -> Session {
    let mut session = Session::empty(preferences);
    let place = Place {
        lesson: id.into(),
        step: step.map(str::to_owned),
        seed: None,
    };
    perform(&mut session, Task::Learn(Learn::Open(place.clone())));
    learn(&mut session, Learn::Loaded(place, Ok(text(id).to_owned())));
    session
}
