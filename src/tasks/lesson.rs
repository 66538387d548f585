//! Lessons: opening one, answering, going through its steps; and what is locked meanwhile.

use kafka_lessons::{Control, Entries, Lesson};

use super::{Errand, Task};
use crate::i18n::{Text, lesson as words};
use crate::platform::keyboard::Press;
use crate::session::Session;
use crate::session::lesson::Phase;
use crate::session::lesson::progress::Place;
use crate::session::preferences::Pane;
use crate::view_model::lesson::{Button, LessonView};

/// Something a learner asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Learn {
    /// The list of lessons.
    List,
    /// Opens a lesson: its text is fetched.
    Open(Place),
    /// The text is there, or why not.
    Loaded(Place, Result<String, String>),
    /// What people believe about Kafka is there, or not.
    Beliefs(Result<String, String>),
    /// Fetches the text that could not be had again.
    Retry,
    /// Chooses an option.
    Choose(usize),
    /// The learner is sure, or not.
    Sure,
    /// Gives the chosen option as the answer.
    Answer,
    /// Leaves the question out.
    Skip,
    /// Shows the next hint.
    Hint,
    /// Does the step.
    Do,
    /// The first step, or the next one.
    Next,
    /// That step.
    Go(usize),
    /// Begins the step again.
    Reset,
    /// Plays again what happened.
    Watch,
    /// Free play, or back to the step.
    Free(bool),
    /// Reaches the end alone.
    Alone,
    /// Shows one way to the end.
    Solve,
    /// Gives up work under way.
    Cancel,
    /// Copies a link to the step.
    Link,
    /// Shows the lesson's worksheet, to be printed.
    Worksheet,
    /// Saves what was answered and reached as a file.
    Export,
    /// Leaves the lesson.
    Leave,
}

/// Does it.
pub fn learn(session: &mut Session, what: Learn) -> Option<Errand> {
    match what {
        Learn::List => {
            session.playing = false;
            session.show_lessons();
        }
        Learn::Open(place) => return fetch(session, place),
        Learn::Retry => {
            let (place, _) = session.lessons.failed.take()?;
            return fetch(session, place);
        }
        Learn::Loaded(place, text) => return loaded(session, &place, text),
        Learn::Answer => {
            let learning = session.lessons.open.as_ref()?;
            if let Some(choice) = learning.choice {
                session.answer_lesson(Some(choice));
            }
        }
        Learn::Skip => match session.lessons.open.as_ref()?.phase {
            Phase::Asking(_) => session.answer_lesson(None),
            Phase::Probing => session.skip_probing(),
            _ => {}
        },
        Learn::Choose(_) | Learn::Sure | Learn::Hint => choose(session, &what),
        Learn::Do => session.do_lesson_step(),
        Learn::Next => session.next_step(),
        Learn::Go(step) => session.go_to_step(step),
        Learn::Reset => session.reset_step(),
        Learn::Watch => session.watch_step(),
        Learn::Free(free) => session.play_freely(free),
        Learn::Alone => session.end_alone(false),
        Learn::Solve => session.end_alone(true),
        Learn::Cancel => session.cancel_work(),
        Learn::Link => {
            let place = session.lessons.open.as_ref()?.place();
            return Some(Errand::CopyLink(place.link()));
        }
        Learn::Export => {
            let result = session.lessons.open.as_ref()?.result();
            return Some(Errand::Save("brokerscope-result.json", result));
        }
        Learn::Worksheet => {
            session.playing = false;
            let lesson = &session.lessons.open.as_ref()?.lesson;
            session.worksheet = Some(lesson.id.clone());
        }
        Learn::Beliefs(text) => {
            if let Some(read) = text.ok().and_then(|text| Entries::read(&text).ok()) {
                session.lessons.beliefs = read;
            }
        }
        Learn::Leave => session.leave_lesson(),
    }
    None
}

fn choose(session: &mut Session, what: &Learn) {
    let Some(learning) = &mut session.lessons.open else {
        return;
    };
    match what {
        Learn::Choose(option) => {
            let Phase::Asking(question) = learning.phase else {
                return;
            };
            let offered = learning.offered.get(question);
            if offered.is_some_and(|offered| *option < offered.options.len()) {
                learning.choice = Some(*option);
            }
        }
        Learn::Sure => learning.sure = !learning.sure,
        _ => learning.hints += 1,
    }
}

fn fetch(session: &mut Session, place: Place) -> Option<Errand> {
    session.lessons.failed = None;
    session.lessons.loading = Some(place.clone());
    session.show_lessons();
    Some(Errand::FetchLesson(place))
}

/// The text of a lesson of the list has come, unless another one is waited for by now.
fn loaded(session: &mut Session, place: &Place, text: Result<String, String>) -> Option<Errand> {
    if session.lessons.loading.as_ref() != Some(place) {
        return None;
    }
    session.lessons.loading = None;
    let lang = session.preferences.lang;
    let told = match text {
        Err(reason) => words::not_loaded(lang, &place.lesson, &reason),
        Ok(text) => match Lesson::read(&text) {
            Err(error) => words::not_usable(lang, &place.lesson, &error.text(words::of(lang))),
            Ok(lesson) => match open(session, lesson, &text, false, place) {
                Ok(errand) => return errand,
                Err(reason) => words::not_usable(lang, &place.lesson, &reason),
            },
        },
    };
    session.lessons.failed = Some((place.clone(), told));
    session.show_lessons();
    None
}

/// Opens a lesson in the place of the run, which is kept unless it is a lesson's.
///
/// # Errors
/// Why it cannot be begun.
pub fn open(
    session: &mut Session,
    lesson: Lesson,
    text: &str,
    own: bool,
    place: &Place,
) -> Result<Option<Errand>, String> {
    let kept = session.lessons.open.is_none();
    let before = kept.then(|| session.saved().write());
    session.open_lesson(lesson, text, own, place)?;
    // On a phone the lesson is a pane among others: it is the one to see first.
    session.preferences.pane = Pane::Story;
    Ok(before.map(Errand::KeepPrevious))
}

/// The control a task belongs to, as lessons lock them.
fn control(task: &Task) -> Option<Control> {
    Some(match task {
        Task::TerminalLine(..)
        | Task::Command(_)
        | Task::Draft(_)
        | Task::TerminalStop(_)
        | Task::TerminalEnd(_) => Control::Terminal,
        Task::CrashLeader | Task::RestartLast => Control::Servers,
        Task::ProduceOne => Control::Clients,
        Task::Act(action) => return action.control(),
        Task::TogglePlay
        | Task::Step
        | Task::StepBack
        | Task::NextInteresting
        | Task::PreviousInteresting
        | Task::ToStart
        | Task::ToEnd
        | Task::Seek(_)
        | Task::SeekEvent(_)
        | Task::Visit(_)
        | Task::SwitchBranch(_)
        | Task::Undo => Control::Time,
        _ => return None,
    })
}

/// Why a task cannot be done now; `None` = it can.
pub fn lock(session: &Session, task: &Task) -> Option<Text> {
    let control = control(task)?;
    let learning = session.lessons.open.as_ref();
    if let Some(learning) = learning
        && learning.locks(control)
    {
        return Some(if learning.asks() {
            Text::LockedByQuestion
        } else {
            Text::LockedByStep
        });
    }
    let frozen = session.embedded && control != Control::Time;
    let free = learning.is_some_and(|learning| learning.free);
    (frozen && !free).then_some(Text::LockedHere)
}

/// What a key does while a lesson is open; `None` = what it does without one.
pub fn key(press: &Press, single: bool, view: &LessonView) -> Option<Task> {
    if press.control || press.alt || press.in_text {
        return None;
    }
    let own = press.on_control && matches!(press.key.as_str(), " " | "Enter");
    if own {
        return None;
    }
    let pressed = press.key.to_ascii_uppercase();
    if let Some(question) = &view.question
        && single
    {
        let mut letters = pressed.chars();
        if let (Some(letter), None) = (letters.next(), letters.next()) {
            let at = question.options.iter().position(|o| o.letter == letter);
            if let Some(at) = at {
                return Some(Task::Learn(Learn::Choose(at)));
            }
        }
    }
    let buttons = || view.primary.iter().chain(&view.others).chain(&view.tools);
    let usable = |button: &&Button| {
        let letter = button.key.chars().count() == 1;
        button.off.is_none() && button.key.eq_ignore_ascii_case(&press.key) && (single || !letter)
    };
    let found = buttons().find(usable);
    found.map(|button| Task::Learn(button.does.clone()))
}
