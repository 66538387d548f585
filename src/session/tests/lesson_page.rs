//! The page around a lesson: its title, its locks, the inspector over the picture.

use crate::i18n::Lang;
use crate::session::Session;
use crate::session::preferences::Preferences;
use crate::session::tests::classroom::{learn, opened};
use crate::tasks::lesson::Learn;
use crate::tasks::{Preference, Task, perform};
use crate::view_model::object::ObjectId;

/// A page in which L12 stands before its second step, in that language.
fn lesson(lang: Lang) -> Session {
    let preferences = Preferences {
        lang,
        ..Preferences::default()
    };
    opened(preferences, "L12", Some("S2"))
}

#[test]
fn the_title_is_the_lessons_in_the_language_of_the_page() {
    for (lang, title) in [
        (Lang::En, "Kill the leader"),
        (Lang::Zh, "干掉 Leader：故障转移"),
    ] {
        assert_eq!(lesson(lang).view().title.document, title);
    }
}

/// What is refused says so before it is pressed, and for the same reason.
#[test]
fn what_is_locked_says_why() {
    let mut session = lesson(Lang::En);
    perform(&mut session, Task::Select(Some(ObjectId::Broker(1))));
    let view = session.view();
    let reason = view.locks.time.expect("a question locks the time bar");
    assert!(view.locks.terminal.is_some() && view.locks.clients.is_some());
    let off: Vec<_> = view.inspector.actions.iter().map(|a| a.off).collect();
    assert!(
        !off.is_empty() && off.iter().all(|off| *off == Some(reason)),
        "{off:?}"
    );
    perform(&mut session, Task::Step);
    let toast = session.view().toast.expect("it is told");
    assert_eq!(toast.words, reason);
    learn(&mut session, Learn::Free(true));
    let view = session.view();
    assert_eq!(view.locks, Default::default(), "free play locks nothing");
    assert!(view.inspector.actions.iter().all(|a| a.off.is_none()));
}

/// Beside a lesson the inspector is for the moment: I and a selection open it, Esc closes it, and
/// the person's preference for other times stays.
#[test]
fn the_inspector_lies_over_a_lesson_only_while_it_is_wanted() {
    let mut session = lesson(Lang::En);
    assert!(
        !session.view().inspecting,
        "a step selects what it is about"
    );
    perform(&mut session, Task::Select(Some(ObjectId::Broker(0))));
    assert!(session.view().inspecting);
    perform(&mut session, Task::Select(None));
    assert!(!session.view().inspecting);
    perform(&mut session, Task::Set(Preference::Inspector));
    assert!(session.view().inspecting && session.preferences.inspector);
    learn(&mut session, Learn::Leave);
    assert!(!session.view().inspecting);
}
