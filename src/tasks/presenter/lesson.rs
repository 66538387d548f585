//! The clicker in a lesson: the picture, the question, the hands, the step itself, its answer.
//!
//! One press goes one beat on. Before the step: its title, then each question with the hands
//! counted. Then the step is done and the picture shows it. After it: what to notice, then each
//! question's answer. A press while the lesson works at something is left out.

use super::{Over, Present};
use crate::session::Session;
use crate::session::lesson::Phase;
use crate::tasks::travel;

/// The name of the question put to the room; empty = a vote without one.
pub fn question(session: &Session) -> String {
    let name = session.presented_lesson().and_then(|learning| {
        let Phase::Asking(at) = learning.phase else {
            return None;
        };
        learning.question_name(at)
    });
    name.unwrap_or_default()
}

/// The next hint.
pub fn hint(session: &mut Session) {
    if session.presented_lesson().is_none() {
        return;
    }
    if let Some(learning) = &mut session.lessons.open {
        let hints = learning.current().map_or(0, |step| step.hints.len());
        learning.hints = (learning.hints + 1).min(hints);
    }
}

/// Plays again what happened in the step.
pub fn again(session: &mut Session) {
    let phase = session.presented_lesson().map(|learning| learning.phase);
    if phase == Some(Phase::Revealed) && !session.is_learning_work() {
        lay(session, Over::Nothing, 0);
        session.watch_step();
    }
}

fn lay(session: &mut Session, over: Over, told: usize) {
    if let Some(state) = &mut session.presenting {
        (state.over, state.told) = (over, told);
    }
}

/// One beat on or back, or to a step.
pub fn go(session: &mut Session, what: &Present) {
    if session.is_learning_work() {
        return;
    }
    let (Some(learning), Some(state)) = (session.presented_lesson(), &session.presenting) else {
        return;
    };
    let (phase, step, questions) = (learning.phase, learning.step, learning.offered.len());
    let (shown, told) = (state.over == Over::Votes, state.told);
    match what {
        Present::Visit(step) => {
            lay(session, Over::Nothing, 0);
            session.go_to_step(usize::try_from(*step).unwrap_or(usize::MAX));
        }
        Present::Next => match phase {
            Phase::Asking(_) if !shown => lay(session, Over::Votes, 0),
            Phase::Asking(_) => {
                session.answer_lesson(None);
                let asks = session
                    .presented_lesson()
                    .is_some_and(|l| matches!(l.phase, Phase::Asking(_)));
                lay(session, if asks { Over::Votes } else { Over::Nothing }, 0);
            }
            Phase::Revealed if !shown && questions > 0 => {
                end_replay(session);
                lay(session, Over::Votes, 0);
            }
            Phase::Revealed if shown && told + 1 < questions => {
                lay(session, Over::Votes, told + 1);
            }
            _ => {
                lay(session, Over::Nothing, 0);
                on(session, phase);
            }
        },
        _ => match phase {
            Phase::Revealed if shown && told > 0 => lay(session, Over::Votes, told - 1),
            Phase::Revealed | Phase::Asking(_) if shown => lay(session, Over::Nothing, 0),
            _ => {
                lay(session, Over::Nothing, 0);
                back(session, phase, step);
            }
        },
    }
}

/// Beyond the last beat of a phase.
fn on(session: &mut Session, phase: Phase) {
    match phase {
        Phase::Poke | Phase::Revealed => session.next_step(),
        Phase::Ready => session.do_lesson_step(),
        Phase::Stopped => session.reset_step(),
        Phase::Probing | Phase::Asking(_) | Phase::Doing | Phase::End | Phase::Alone => {}
    }
}

/// Before the first beat of a phase: the beginning of the step, then the step before.
fn back(session: &mut Session, phase: Phase, step: usize) {
    match phase {
        Phase::Poke => {}
        Phase::Revealed => session.go_to_step(step),
        Phase::End => session.go_to_step(step.saturating_sub(1)),
        _ if step > 0 => session.go_to_step(step - 1),
        _ => {
            if let Some(learning) = &mut session.lessons.open {
                learning.phase = Phase::Poke;
            }
            session.reset_step();
        }
    }
}

/// What is being played again ends where it ended.
fn end_replay(session: &mut Session) {
    if session.playing {
        session.playing = false;
        travel::to_end(session);
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::platform::keyboard::Press;
    use crate::session::preferences::Preferences;
    use crate::session::tests::classroom::{learn, opened};
    use crate::tasks::lesson::Learn;
    use crate::tasks::presenter::key;
    use crate::tasks::{Task, perform};
    use crate::view_model::presenter::PresenterView;

    fn presented(id: &str, step: Option<&str>) -> Session {
        let mut session = opened(Preferences::default(), id, step);
        let beliefs = Learn::Beliefs(Ok(kafka_lessons::index::MISCONCEPTIONS.to_owned()));
        learn(&mut session, beliefs);
        perform(&mut session, Task::Present(Present::Open));
        session
    }

    fn view(session: &Session) -> Rc<PresenterView> {
        session.view().presenter.expect("the presenter")
    }

    fn pressed(session: &mut Session, name: &str) -> Rc<PresenterView> {
        let press = Press {
            key: name.into(),
            shift: false,
            control: false,
            alt: false,
            in_text: false,
            on_control: false,
        };
        let task = key(&press, &view(session)).expect("a key of the presenter");
        perform(session, task);
        session.settle();
        view(session)
    }

    /// A clicker with one button leads through every step of every lesson: picture, questions,
    /// the step itself, its answers.
    #[test]
    fn one_button_leads_through_a_whole_lesson() {
        for id in ["L01", "L06", "L07", "L12"] {
            let mut session = presented(id, None);
            let lesson = session.lessons.open.as_ref().expect("open").lesson.clone();
            let (mut asked, mut told) = (0, 0);
            for _ in 0..200 {
                let now = pressed(&mut session, "PageDown");
                let voting = now.over == Over::Votes;
                asked += usize::from(voting && now.votes.told.is_none());
                told += usize::from(voting && now.votes.told.is_some());
                if session.lessons.open.as_ref().expect("open").phase == Phase::End {
                    break;
                }
            }
            let questions: usize = lesson.steps.iter().map(|s| s.questions.len()).sum();
            assert_eq!((asked, told), (questions, questions), "{id}");
            assert_eq!(view(&session).step, lesson.steps.len(), "{id}");
        }
    }

    /// The options are those that were worked out; which is right is told after the step only.
    #[test]
    fn a_vote_is_taken_before_the_step_and_answered_after_it() {
        let mut session = presented("L06", Some("S1"));
        let asked = pressed(&mut session, "PageDown");
        assert_eq!(asked.over, Over::Votes);
        assert!(asked.votes.options.iter().all(|o| o.right.is_none()));
        let six = asked.votes.options.iter().position(|o| o.words == "6");
        let six = six.expect("six is offered");
        for _ in 0..3 {
            pressed(&mut session, &super::super::letter(six).to_string());
        }
        let done = pressed(&mut session, "PageDown");
        assert_eq!(done.over, Over::Nothing, "the picture shows the step");
        assert!(done.caption[0].words.starts_with("Three lines"), "{done:?}");
        let told = pressed(&mut session, "PageDown").votes.clone();
        let right: Vec<_> = told
            .options
            .iter()
            .filter(|o| o.right == Some(true))
            .collect();
        assert_eq!(right.len(), 1);
        assert_eq!((right[0].words.as_str(), told.options[six].hands), ("2", 3));
        let (letter, belief) = told.told.and_then(|t| t.belief).expect("M03 is named");
        assert_eq!(letter, super::super::letter(six));
        assert!(belief.contains("The idea behind it"), "{belief}");
        let back = pressed(&mut session, "PageUp");
        assert_eq!((back.over, back.step), (Over::Nothing, 1));
    }

    /// A step about groups shows who reads what; one about brokers shows the brokers.
    #[test]
    fn a_step_about_groups_shows_the_groups() {
        let groups = |session: &Session| view(session).groups.clone();
        let mut session = presented("L06", Some("S2"));
        assert!(
            groups(&session).is_empty(),
            "billing, email and audit have not joined"
        );
        while view(&session).caption[0].head != "Notice" {
            pressed(&mut session, "PageDown");
        }
        assert_eq!(groups(&session), ["audit", "billing", "email"]);
        let brokers = presented("L12", Some("S2"));
        assert!(groups(&brokers).is_empty());
    }

    #[test]
    fn hints_and_the_notes_are_the_lessons() {
        let mut session = presented("L06", Some("S1"));
        let first = view(&session);
        let parts: Vec<&str> = first.notes.parts.iter().map(|(h, _)| h.as_str()).collect();
        assert!(
            parts.starts_with(&["Say", "Now", "Point at", "If they ask"]),
            "{parts:?}"
        );
        assert!(first.has_hint && first.caption[0].head == "Three workers, one group");
        assert_eq!(pressed(&mut session, "h").caption[0].head, "Hint 1 of 2");
        let second = pressed(&mut session, "H");
        assert!(!second.has_hint && second.caption[0].head == "Hint 2 of 2");
        assert_eq!(pressed(&mut session, "h").caption, second.caption);
    }

    #[test]
    fn a_step_gone_back_to_begins_again_and_the_first_leads_to_the_start() {
        let mut session = presented("L06", Some("S2"));
        assert_eq!(view(&session).step, 2);
        assert_eq!(pressed(&mut session, "PageUp").step, 1);
        assert_eq!(pressed(&mut session, "PageUp").step, 0);
        assert_eq!(pressed(&mut session, "PageUp").step, 0);
        perform(&mut session, Task::Present(Present::Visit(2)));
        session.settle();
        assert_eq!(view(&session).step, 3);
    }
}
