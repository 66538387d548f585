//! A learner's result: graded by playing it again, refused when it is damaged or made up.

use kafka_lessons::deeds::Script;
use kafka_lessons::grade::{Report, Verdict, grade};
use kafka_lessons::index::{TEXTS, text};
use kafka_lessons::result::{Answered, LessonResult, Place, Reached};
use kafka_lessons::{Lesson, Play, Probe};

fn place(script: &Script) -> Place {
    Place {
        run: 0,
        events: script.events,
        at: script.at,
        deeds: script.deeds.len() as u32,
    }
}

/// Plays L01, answers right where `right` says so (and claims what is true), reaches its end.
fn result(right: impl Fn(usize) -> bool) -> LessonResult {
    played("L01", right)
}

fn played(id: &str, right: impl Fn(usize) -> bool) -> LessonResult {
    let source = text(id).expect("a lesson");
    let lesson = Lesson::read(source).expect("a lesson");
    let mut play = Play::open(&lesson, None).expect("its start");
    let mut result = LessonResult::new(id, source);
    for (number, step) in lesson.steps.iter().enumerate() {
        let so_far = play.script();
        let offered = Probe::step(&lesson, &so_far, number)
            .expect("a step")
            .finish();
        for (question, offered) in step.questions.iter().zip(offered.expect("answers")) {
            let is_right = right(number);
            let chosen = offered.options.iter().find(|o| o.right == is_right);
            result.answers.push(Answered {
                step: step.id.clone(),
                question: question.id.clone(),
                choice: chosen.map(|offer| offer.key.clone()),
                sure: true,
                hints: number as u32,
                place: place(&so_far),
                right: is_right,
            });
        }
        for act in &step.acts {
            play.act(act).expect("an act");
        }
    }
    result.runs.push(play.script());
    // A reset, and the end without the steps.
    let mut play = Play::open(&lesson, None).expect("its start");
    for act in &lesson.solution {
        play.act(act).expect("an act");
    }
    let script = play.script();
    result.reached.push(Reached {
        step: None,
        place: Place {
            run: 1,
            ..place(&script)
        },
    });
    result.runs.push(script);
    result
}

fn graded(result: &LessonResult) -> Report {
    grade(&result.write(), text).unwrap_or_else(|reason| panic!("{reason}"))
}

#[test]
fn true_claims_hold_whether_the_answers_were_right_or_wrong() {
    let report = graded(&result(|_| true));
    assert!(report.holds(), "{report}");
    assert_eq!((report.right, report.questions, report.ended), (4, 4, true));
    let report = graded(&result(|step| step == 1));
    assert!(report.holds(), "{report}");
    assert_eq!((report.right, report.answered), (1, 4));
}

/// Every lesson, with right and wrong answers in turn: what is claimed of each is what grading
/// finds.
#[test]
fn every_lesson_is_graded_with_right_and_wrong_answers() {
    for (id, _) in TEXTS {
        let result = played(id, |step| step % 2 == 0);
        let report = graded(&result);
        assert!(report.holds(), "{report}");
        let right = result.answers.iter().filter(|answer| answer.right).count();
        let all = result.answers.len();
        assert_eq!((report.right, report.answered), (right, all), "{report}");
        assert!((1..all).contains(&right), "{report}");
    }
}

#[test]
fn made_up_claims_fail_with_a_reason() {
    let mut lied = result(|_| false);
    lied.answers[0].right = true;
    lied.answers[1].choice = Some("17".into());
    // The end before anything was done.
    lied.reached[0].place = lied.answers[0].place;
    let report = graded(&lied);
    let fails = |claim: &kafka_lessons::grade::Claim| matches!(claim.verdict, Verdict::Fails(_));
    assert_eq!(
        report.claims.iter().filter(|c| fails(c)).count(),
        3,
        "{report}"
    );
    assert_eq!((report.right, report.ended), (0, false));
}

fn refusal(text_of: &str) -> String {
    grade(text_of, text)
        .map(|r| r.to_string())
        .expect_err("it must be refused")
}

#[test]
fn what_is_damaged_made_by_hand_or_too_large_is_refused_with_its_reason() {
    let good = result(|_| true).write();
    for (wrong, reason) in [
        (good[..good.len() / 2].to_owned(), "not a result"),
        ("{}".to_owned(), "not a result"),
        (
            good.replace("\"v\": 1,\n  \"lesson\"", "\"v\": 2,\n  \"lesson\""),
            "its format is 2",
        ),
        (good.replace("L01", "L99"), "no lesson `L99`"),
        (
            good.replace("brokerscope-result", "something"),
            "not a `brokerscope-result`",
        ),
        (" ".repeat(2_000_000), "at most"),
        (
            good.replace("cluster brokers=1", "cluster brokers=2"),
            "does not begin with",
        ),
    ] {
        let told = refusal(&wrong);
        assert!(told.contains(reason), "{reason}: {told}");
    }
    let mut far = result(|_| true);
    far.runs[0].at = u64::MAX;
    assert!(refusal(&far.write()).contains("longer than any lesson"));
    let mut other = result(|_| true);
    other.text = "0".repeat(16);
    assert!(refusal(&other.write()).contains("another version"));
    let mut missing = result(|_| true);
    missing.answers[0].place.run = 3;
    assert!(refusal(&missing.write()).contains("run 3"));
    let mut strange = result(|_| true);
    strange.answers[0].question = "P99".into();
    assert!(refusal(&strange.write()).contains("no question"));
}

/// Whatever is cut out of the file, grading gives a report or a reason.
#[test]
fn cut_files_never_panic() {
    let good = result(|_| true).write();
    for at in (0..good.len())
        .step_by(41)
        .filter(|at| good.is_char_boundary(*at))
    {
        assert!(grade(&good[..at], text).is_err());
    }
}
