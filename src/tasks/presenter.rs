//! The presenter view: what a clicker and a few keys do.

mod lesson;

use super::{Errand, Task, travel};
use crate::platform::keyboard::Press;
use crate::session::Session;
use crate::session::presenter::{Presenting, VOTE_OPTIONS};
use crate::view_model::lens::LensKind;
use crate::view_model::presenter::{Over, PresenterView};

/// Something the presenter view is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Present {
    /// Opens it.
    Open,
    /// Leaves what lies over the picture, else the view.
    Leave,
    /// The next step.
    Next,
    /// The step before.
    Back,
    /// Lays that over the picture, or takes it away.
    Over(Over),
    /// Dims all but the spotlight, or not.
    Veil,
    /// Opens the window with the notes.
    Notes,
    /// The notes window is open, or was refused.
    NotesOpened(bool),
    /// Full screen, or back.
    FullScreen,
    /// Goes to a step of the overview.
    Visit(u64),
    /// Sets the hands counted for an option.
    Hands(usize, u32),
    /// One hand more for an option, or one less.
    Hand(usize, bool),
    /// The next hint of a lesson's step.
    Hint,
    /// Plays again what happened in a lesson's step.
    Again,
}

/// Does it.
pub fn present(session: &mut Session, what: Present) -> Option<Errand> {
    if what == Present::Open {
        session.playing = false;
        session.overlays.menu = None;
        session.presenting.get_or_insert_default();
        return None;
    }
    let state = session.presenting.as_mut()?;
    match what {
        Present::Open => {}
        Present::Leave if state.over != Over::Nothing => state.over = Over::Nothing,
        Present::Leave => session.presenting = None,
        Present::Over(over) => {
            state.over = if state.over == over {
                Over::Nothing
            } else {
                over
            };
        }
        Present::Veil => state.veil = !state.veil,
        Present::Notes => return Some(Errand::OpenNotes),
        Present::NotesOpened(opened) => state.notes_refused = !opened,
        Present::FullScreen => return Some(Errand::FullScreen),
        Present::Hands(option, hands) => count(session, option, |_| hands),
        Present::Hand(option, true) => count(session, option, |hands| hands.saturating_add(1)),
        Present::Hand(option, false) => count(session, option, |hands| hands.saturating_sub(1)),
        Present::Hint => lesson::hint(session),
        Present::Again => lesson::again(session),
        Present::Next | Present::Back | Present::Visit(_) => go(session, what),
    }
    None
}

/// Counts hands for an option of the question that is put to the room.
fn count(session: &mut Session, option: usize, hands: impl Fn(u32) -> u32) {
    let question = lesson::question(session);
    let Some(state) = &mut session.presenting else {
        return;
    };
    let counted = state.hands.entry(question).or_default();
    if let Some(count) = counted.get_mut(option) {
        *count = hands(*count).min(999);
    }
}

fn go(session: &mut Session, what: Present) {
    if session.presented_lesson().is_some() {
        lesson::go(session, &what);
        return;
    }
    if let Some(Presenting { over, .. }) = &mut session.presenting {
        *over = Over::Nothing;
    }
    let selected = session.selected.clone();
    match what {
        Present::Next => match session.steps_around() {
            (_, Some(next)) => travel::visit(session, next),
            _ => travel::next_interesting(session),
        },
        Present::Back => match session.steps_around() {
            (Some(before), _) => travel::visit(session, before),
            _ => travel::to_start(session),
        },
        Present::Visit(event) => travel::visit(session, event),
        _ => {}
    }
    session.selected = selected;
}

/// What a key does while the view is open; `None` = the browser keeps it. A focused button keeps
/// Space and Enter, a field all but Escape and the page keys of a clicker. While hands are counted
/// the letters of the options win over other meanings.
pub fn key(press: &Press, view: &PresenterView) -> Option<Task> {
    if press.control || press.alt {
        return None;
    }
    let own = press.on_control && matches!(press.key.as_str(), " " | "Enter");
    if own || (press.in_text && !matches!(press.key.as_str(), "Escape" | "PageDown" | "PageUp")) {
        return None;
    }
    if view.over == Over::Votes && view.votes.told.is_none() {
        let options = 0..view.votes.options.len();
        let pressed = |at: &usize| {
            press
                .key
                .eq_ignore_ascii_case(letter(*at).encode_utf8(&mut [0; 4]))
        };
        if let Some(option) = options.into_iter().find(pressed) {
            return Some(Task::Present(Present::Hand(option, !press.shift)));
        }
    }
    let what = match press.key.as_str() {
        "PageDown" | "ArrowRight" | " " | "n" | "N" => Present::Next,
        "PageUp" | "ArrowLeft" | "p" | "P" => Present::Back,
        "." | "b" | "B" => Present::Over(Over::Blank),
        "o" | "O" => Present::Over(Over::Overview),
        "v" | "V" => Present::Over(Over::Votes),
        "d" | "D" => Present::Veil,
        "s" | "S" => Present::Notes,
        "h" | "H" => Present::Hint,
        "w" | "W" => Present::Again,
        "f" | "F" => Present::FullScreen,
        "g" | "G" | "Escape" => Present::Leave,
        key => return LensKind::of_key(key).map(Task::Lens),
    };
    Some(Task::Present(what))
}

/// The key that asks for it, as it is named to the person.
pub fn key_named(what: &Present) -> &'static str {
    match what {
        Present::Next => "PgDn",
        Present::Back => "PgUp",
        Present::Over(Over::Blank) => "B",
        Present::Over(Over::Overview) => "O",
        Present::Over(Over::Votes) => "V",
        Present::Veil => "D",
        Present::Notes => "S",
        Present::FullScreen => "F",
        Present::Hint => "H",
        Present::Again => "W",
        _ => "Esc",
    }
}

/// The letter of an option.
pub fn letter(option: usize) -> char {
    const LETTERS: [char; VOTE_OPTIONS] = ['A', 'B', 'C', 'D'];
    LETTERS.get(option).copied().unwrap_or('?')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::library::Example;
    use crate::session::preferences::Preferences;
    use crate::tasks::perform;

    fn press(key: &str) -> Press {
        Press {
            key: key.into(),
            shift: false,
            control: false,
            alt: false,
            in_text: false,
            on_control: false,
        }
    }

    fn session() -> Session {
        let scenario = Example::KillTheLeader.scenario();
        let session = Session::open(scenario, None, Preferences::default());
        let mut session = session.expect("an example");
        session.settle();
        perform(&mut session, Task::ToStart);
        session.settle();
        perform(&mut session, Task::Present(Present::Open));
        session
    }

    fn pressed(session: &mut Session, key: &str) {
        let task = key_task(session, key);
        perform(session, task);
        session.settle();
    }

    fn key_task(session: &Session, name: &str) -> Task {
        let view = session.view().presenter.expect("the view is open");
        key(&press(name), &view).expect("a key of the presenter")
    }

    fn step(session: &Session) -> usize {
        session.view().presenter.as_ref().map_or(0, |p| p.step)
    }

    /// Every kind of clicker sends one of these.
    #[test]
    fn a_clicker_goes_on_and_back() {
        for (next, back) in [
            ("PageDown", "PageUp"),
            ("ArrowRight", "ArrowLeft"),
            (" ", "P"),
            ("N", "p"),
        ] {
            let mut session = session();
            let first = step(&session);
            pressed(&mut session, next);
            pressed(&mut session, next);
            let two = step(&session);
            assert!(two >= first + 2, "{next}: {first}, {two}");
            pressed(&mut session, back);
            assert_eq!(step(&session), two - 1, "{back}");
        }
    }

    #[test]
    fn escape_leaves_what_lies_over_the_picture_first() {
        let mut session = session();
        pressed(&mut session, "B");
        assert_eq!(
            session.view().presenter.as_ref().map(|p| p.over),
            Some(Over::Blank)
        );
        pressed(&mut session, "Escape");
        assert_eq!(
            session.view().presenter.as_ref().map(|p| p.over),
            Some(Over::Nothing)
        );
        pressed(&mut session, "Escape");
        assert!(session.view().presenter.is_none());
    }

    #[test]
    fn a_field_keeps_its_letters_but_not_the_clicker() {
        let typed = |name: &str| Press {
            in_text: true,
            ..press(name)
        };
        let view = session().view().presenter.expect("the presenter");
        assert_eq!(key(&typed("n"), &view), None);
        let next = Some(Task::Present(Present::Next));
        assert_eq!(key(&typed("PageDown"), &view), next);
    }

    /// B covers the picture, but while hands are counted it is one for the second option.
    #[test]
    fn the_letters_of_the_options_count_hands_while_there_is_a_vote() {
        let mut session = session();
        for name in ["V", "b", "b", "d"] {
            pressed(&mut session, name);
        }
        let less = Press {
            shift: true,
            ..press("B")
        };
        let view = session.view().presenter.expect("the presenter");
        perform(&mut session, key(&less, &view).expect("a key"));
        let view = session.view().presenter.expect("the presenter");
        let hands: Vec<u32> = view.votes.options.iter().map(|o| o.hands).collect();
        assert_eq!((view.over, hands), (Over::Votes, vec![0, 1, 0, 1]));
    }

    #[test]
    fn hands_are_counted_for_each_option_and_stay_over_steps() {
        let mut session = session();
        for (option, hands) in [(0, 3), (1, 17), (7, 5), (2, 5_000)] {
            perform(&mut session, Task::Present(Present::Hands(option, hands)));
        }
        pressed(&mut session, "N");
        let view = session.view().presenter.expect("the presenter");
        let hands: Vec<u32> = view.votes.options.iter().map(|o| o.hands).collect();
        assert_eq!(hands, [3, 17, 999, 0]);
    }
}
