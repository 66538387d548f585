//! Lessons done in the session as a learner does them, without a browser.

use kafka_lessons::grade::grade;
use kafka_lessons::index;
use kafka_lessons::play::start_of;
use kafka_lessons::{Act, Lesson, Play};

use super::Phase;
use super::progress::Place;
use crate::session::Session;
use crate::session::preferences::Preferences;
use crate::session::tests::classroom::{self, learn, text};
use crate::tasks::action::Action;
use crate::tasks::lesson::Learn;
use crate::tasks::{Task, perform};

fn opened(id: &str, step: Option<&str>) -> Session {
    classroom::opened(Preferences::default(), id, step)
}

fn phase(session: &Session) -> Phase {
    session.lessons.open.as_ref().expect("a lesson").phase
}

/// Answers the questions of the step, each rightly or wrongly.
fn answer_all(session: &mut Session, rightly: bool) {
    while let Phase::Asking(at) = phase(session) {
        let learning = session.lessons.open.as_ref().expect("a lesson");
        let options = &learning.offered[at].options;
        let choice = options.iter().position(|offer| offer.right == rightly);
        let choice = choice.expect("right and wrong options");
        learn(session, Learn::Choose(choice));
        learn(session, Learn::Answer);
    }
}

/// Goes through all steps to the end page.
fn go_through(session: &mut Session, rightly: bool) {
    learn(session, Learn::Next);
    let steps = session
        .lessons
        .open
        .as_ref()
        .map_or(0, |l| l.lesson.steps.len());
    for step in 0..steps {
        answer_all(session, rightly);
        if phase(session) == Phase::Ready {
            learn(session, Learn::Do);
        }
        let view = session.lesson_view().expect("the panel");
        assert_eq!(phase(session), Phase::Revealed, "step {step}");
        assert!(
            view.reveals.iter().all(|r| r.right == rightly),
            "step {step}"
        );
        assert!(view.goals.iter().all(|goal| goal.holds), "step {step}");
        learn(session, Learn::Next);
    }
    assert_eq!(phase(session), Phase::End);
}

/// The lesson's acts in the page are its acts in a headless run: the same digest at the end.
#[test]
fn every_step_of_l01_and_l12_goes_as_in_a_headless_run() {
    for id in ["L01", "L12"] {
        let mut session = opened(id, None);
        assert_eq!(phase(&session), Phase::Poke);
        go_through(&mut session, true);
        let lesson = Lesson::read(text(id)).expect("a lesson");
        let script = start_of(&lesson, None).expect("a start");
        let mut play = Play::replay(&script, &lesson.twins).expect("a run");
        for act in lesson.steps.iter().flat_map(|step| &step.acts) {
            play.act(act).expect("an act");
        }
        assert_eq!(session.timeline.world().digest(), play.digest(), "{id}");
        let done = session.lessons.progress.of(id).expect("progress");
        assert_eq!(done.steps.len(), lesson.steps.len());
        assert!(done.answers.values().all(|answer| answer.right));
    }
}

#[test]
fn wrong_answers_are_told_with_a_reason_and_the_run_is_the_same() {
    let (mut right, mut wrong) = (opened("L12", Some("S2")), opened("L12", Some("S2")));
    answer_all(&mut right, true);
    answer_all(&mut wrong, false);
    let digest = |session: &Session| session.timeline.world().digest();
    assert_eq!(digest(&right), digest(&wrong));
    let view = wrong.lesson_view().expect("the panel");
    for told in &view.reveals {
        let marked = |option: &&crate::view_model::lesson::OptionView| option.right;
        assert!(
            told.options.iter().any(|o| marked(&o)) && !told.right,
            "{told:?}"
        );
        assert!(told.reason.is_some(), "{told:?}");
    }
}

/// The file that is saved holds when it is graded; a false claim in it does not.
#[test]
fn the_result_is_graded_by_doing_it_again() {
    let mut session = opened("L12", None);
    go_through(&mut session, false);
    let learning = session.lessons.open.as_ref().expect("a lesson");
    let file = learning.result();
    let report = grade(&file, index::text).expect("a result");
    assert!(report.holds() && !report.claims.is_empty(), "{report:?}");
    let forged = file.replacen("\"right\": false", "\"right\": true", 1);
    assert!(!grade(&forged, index::text).expect("a result").holds());
}

#[test]
fn a_wrong_answer_is_called_by_the_name_of_its_misconception() {
    let mut session = opened("L12", Some("S3"));
    learn(
        &mut session,
        Learn::Beliefs(Ok(index::MISCONCEPTIONS.into())),
    );
    let learning = session.lessons.open.as_ref().expect("a lesson");
    let tagged = |offer: &kafka_lessons::Offer| offer.tag.is_some() && !offer.right;
    let choice = learning.offered[0].options.iter().position(tagged);
    learn(
        &mut session,
        Learn::Choose(choice.expect("a tagged option")),
    );
    learn(&mut session, Learn::Answer);
    learn(&mut session, Learn::Skip);
    let view = session.lesson_view().expect("the panel");
    assert!(view.reveals[0].belief.is_some(), "{:?}", view.reveals[0]);
}

#[test]
fn a_link_to_a_step_begins_on_the_run_that_the_steps_before_give() {
    let mut walked = opened("L12", None);
    learn(&mut walked, Learn::Next);
    for _ in 0..2 {
        answer_all(&mut walked, true);
        if phase(&walked) == Phase::Ready {
            learn(&mut walked, Learn::Do);
        }
        learn(&mut walked, Learn::Next);
    }
    let linked = opened("L12", Some("S3"));
    assert_eq!(phase(&linked), Phase::Asking(0));
    assert_eq!(linked.script(), walked.script());
}

#[test]
fn controls_are_locked_while_a_question_is_open_and_free_play_unlocks_them() {
    let mut session = opened("L12", Some("S2"));
    let before = session.script();
    perform(&mut session, Task::CrashLeader);
    session.settle();
    assert_eq!(session.script(), before);
    let told = session
        .overlays
        .toast
        .as_ref()
        .map(|toast| toast.words.clone());
    assert_eq!(
        told.as_deref(),
        Some("Locked until you answer or skip the question.")
    );

    learn(&mut session, Learn::Free(true));
    perform(&mut session, Task::CrashLeader);
    session.settle();
    assert_ne!(session.script(), before);
    learn(&mut session, Learn::Free(false));
    assert_eq!(
        (phase(&session), session.script()),
        (Phase::Asking(0), before)
    );
}

#[test]
fn a_step_begins_again_whatever_was_done_in_it() {
    let mut session = opened("L12", Some("S2"));
    let before = session.script();
    answer_all(&mut session, false);
    perform(&mut session, Task::ProduceOne);
    session.settle();
    learn(&mut session, Learn::Reset);
    assert_eq!(
        (phase(&session), session.script()),
        (Phase::Asking(0), before)
    );
}

#[test]
fn a_question_may_be_left_out_and_hints_come_one_by_one() {
    let mut session = opened("L12", Some("S3"));
    learn(&mut session, Learn::Hint);
    let view = session.lesson_view().expect("the panel");
    assert_eq!(view.hints.len(), 1);
    learn(&mut session, Learn::Skip);
    learn(&mut session, Learn::Skip);
    assert_eq!(phase(&session), Phase::Revealed);
    let view = session.lesson_view().expect("the panel");
    assert!(
        view.reveals
            .iter()
            .all(|told| told.options.iter().all(|o| !o.chosen))
    );
}

#[test]
fn what_happened_can_be_seen_again_and_the_lesson_goes_on_after_it() {
    let mut session = opened("L12", Some("S2"));
    answer_all(&mut session, true);
    let after = session.script();
    learn(&mut session, Learn::Watch);
    assert!(session.playing && session.now() < after.at);
    learn(&mut session, Learn::Next);
    assert_eq!(
        (phase(&session), session.script()),
        (Phase::Asking(0), after)
    );
}

#[test]
fn work_that_is_given_up_leaves_a_step_that_can_begin_again() {
    let mut session = opened("L12", None);
    perform(&mut session, Task::Learn(Learn::Next));
    learn(&mut session, Learn::Do);
    learn(&mut session, Learn::Next);
    learn(&mut session, Learn::Reset);
    perform(&mut session, Task::Learn(Learn::Reset));
    learn(&mut session, Learn::Cancel);
    assert_eq!(phase(&session), Phase::Stopped);
    learn(&mut session, Learn::Reset);
    assert_eq!(phase(&session), Phase::Asking(0));
}

#[test]
fn the_end_is_reached_alone_or_one_way_is_shown() {
    let mut session = opened("L12", None);
    go_through(&mut session, true);
    learn(&mut session, Learn::Alone);
    session.look_at_goal();
    let solved = |s: &Session| s.lessons.open.as_ref().is_some_and(|l| l.solved);
    assert!(!solved(&session));
    learn(&mut session, Learn::Solve);
    let view = session.lesson_view().expect("the panel");
    assert!(view.goals.iter().all(|goal| goal.holds), "{:?}", view.goals);
    session.look_at_goal();
    assert!(!solved(&session), "a way that was shown is not one's own");
    learn(&mut session, Learn::Reset);
    let lesson = Lesson::read(text("L12")).expect("a lesson");
    for act in lesson.solution {
        match act {
            Act::Scenario(statement) => {
                perform(&mut session, Task::Act(Action::Statement(statement.text)));
            }
            Act::Shell { terminal, line, .. } => {
                perform(&mut session, Task::TerminalLine(terminal, line));
            }
            _ => {
                let until = session.now() + 60_000_000;
                crate::tasks::travel::run_on(&mut session, until);
            }
        }
        session.settle();
    }
    session.look_at_goal();
    assert!(solved(&session));
    assert!(
        session
            .lessons
            .progress
            .of("L12")
            .is_some_and(|done| done.finished)
    );
}

#[test]
fn a_text_that_cannot_be_had_or_read_is_told_and_asked_for_again() {
    let place = Place {
        lesson: "L01".into(),
        ..Place::default()
    };
    for answer in [
        Err("HTTP 404".to_owned()),
        Ok("lesson 1 L01\nnonsense".to_owned()),
    ] {
        let mut session = Session::empty(Preferences::default());
        perform(&mut session, Task::Learn(Learn::Open(place.clone())));
        learn(&mut session, Learn::Loaded(place.clone(), answer));
        assert!(session.lesson_list().failed.is_some());
        learn(&mut session, Learn::Retry);
        assert_eq!(session.lessons.loading.as_ref(), Some(&place));
        learn(
            &mut session,
            Learn::Loaded(place.clone(), Ok(text("L01").to_owned())),
        );
        assert_eq!(phase(&session), Phase::Poke);
    }
}
