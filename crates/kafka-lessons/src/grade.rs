//! Grading: the deeds of a result are done again, and each claim is compared with what happens.
//!
//! It trusts nothing of the file: not whether an answer is right, not that a goal was reached, not
//! that a run began with the lesson. Invariant: the same file gives the same report.

use std::fmt;

use lesson_format::{Lesson, Predicate};

use crate::deeds::Script;
use crate::play::{Play, start_of};
use crate::probe::Probe;
use crate::result::{Answered, LessonResult, Place, Reached, digest};

/// What became of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Holds,
    /// It does not: why.
    Fails(String),
}

/// One claim and its verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// What is claimed.
    pub what: String,
    /// Whether it holds.
    pub verdict: Verdict,
}

/// What a result comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The lesson's id.
    pub lesson: String,
    /// Claims in the order of the file.
    pub claims: Vec<Claim>,
    /// Questions answered right, as played again.
    pub right: usize,
    /// Questions answered.
    pub answered: usize,
    /// Questions skipped.
    pub skipped: usize,
    /// Questions of the lesson.
    pub questions: usize,
    /// Whether the lesson's end was reached.
    pub ended: bool,
}

impl Report {
    /// Whether every claim holds.
    pub fn holds(&self) -> bool {
        self.claims
            .iter()
            .all(|claim| claim.verdict == Verdict::Holds)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = if self.ended { "reached" } else { "not reached" };
        writeln!(
            f,
            "{}: {} of {} questions right, {} skipped, end {end}",
            self.lesson, self.right, self.questions, self.skipped
        )?;
        for claim in &self.claims {
            match &claim.verdict {
                Verdict::Holds => writeln!(f, "  holds  {}", claim.what)?,
                Verdict::Fails(why) => writeln!(f, "  FAILS  {}: {why}", claim.what)?,
            }
        }
        Ok(())
    }
}

/// Grades a result; `text` gives a lesson's text by its id.
///
/// # Errors
/// Why the file cannot be graded: damaged, too large, of another lesson or version.
pub fn grade<'t>(file: &str, text: impl Fn(&str) -> Option<&'t str>) -> Result<Report, String> {
    let result = LessonResult::read(file)?;
    let id = &result.lesson;
    let text = text(id).ok_or_else(|| format!("there is no lesson `{id:.20}` here"))?;
    if digest(text) != result.text {
        return Err(format!("it was made with another version of lesson {id}"));
    }
    let lesson = Lesson::read(text).map_err(|error| format!("lesson {id}: {error}"))?;
    for (number, run) in result.runs.iter().enumerate() {
        let start = start_of(&lesson, Some(run.seed))?;
        if run.scenario != start.scenario {
            return Err(format!(
                "run {number} does not begin with lesson {id}'s start"
            ));
        }
    }
    let questions = lesson.steps.iter().map(|step| step.questions.len()).sum();
    let mut report = Report {
        lesson: id.clone(),
        claims: Vec::new(),
        right: 0,
        answered: 0,
        skipped: 0,
        questions,
        ended: false,
    };
    for answer in &result.answers {
        answered(&lesson, &result, answer, &mut report)?;
    }
    for goal in &result.reached {
        reached(&lesson, &result, goal, &mut report)?;
    }
    Ok(report)
}

/// The run up to a place.
fn until(result: &LessonResult, place: Place) -> Script {
    let mut script = result.runs[place.run as usize].clone();
    script.deeds.truncate(place.deeds as usize);
    (script.events, script.at) = (place.events, place.at);
    script
}

fn answered(
    lesson: &Lesson,
    result: &LessonResult,
    answer: &Answered,
    report: &mut Report,
) -> Result<(), String> {
    let what = format!("{} {} is answered right", answer.step, answer.question);
    let step = lesson.steps.iter().position(|s| s.id == answer.step);
    let found = step.and_then(|step| {
        let mut questions = lesson.steps[step].questions.iter();
        let at = questions.position(|q| q.id == answer.question)?;
        Some((step, at))
    });
    let Some((step, question)) = found else {
        let (step, question) = (&answer.step, &answer.question);
        return Err(format!(
            "the lesson has no question {step:.10} {question:.10}"
        ));
    };
    let Some(choice) = &answer.choice else {
        report.skipped += 1;
        return Ok(());
    };
    let again = report.claims.iter().any(|claim| claim.what == what);
    let probe = Probe::new(lesson, &until(result, answer.place), step, question);
    let probe = probe.ok_or("the question is gone")?;
    let offered = probe.finish();
    let offered = offered.map_err(|reason| format!("its run cannot be played: {reason}"))?;
    let offer = offered.first().and_then(|offered| offered.find(choice));
    let verdict = match offer {
        None => Verdict::Fails(format!("`{choice:.40}` was not offered there")),
        Some(offer) if offer.right == answer.right => Verdict::Holds,
        Some(_) if answer.right => Verdict::Fails("played again, another option is right".into()),
        Some(_) => Verdict::Fails("played again, it is right".into()),
    };
    // A question that is asked again after a reset counts once, with its first answer.
    if !again {
        report.answered += 1;
        report.right += usize::from(offer.is_some_and(|offer| offer.right));
    }
    let what = if answer.right {
        what
    } else {
        format!("{} {} is answered wrong", answer.step, answer.question)
    };
    report.claims.push(Claim { what, verdict });
    Ok(())
}

fn reached(
    lesson: &Lesson,
    result: &LessonResult,
    goal: &Reached,
    report: &mut Report,
) -> Result<(), String> {
    let (what, predicates): (String, &[Predicate]) = match &goal.step {
        None => ("the lesson's end is reached".into(), &lesson.end),
        Some(id) => {
            let step = lesson.steps.iter().find(|step| step.id == *id);
            let step = step.ok_or_else(|| format!("the lesson has no step {id:.10}"))?;
            (format!("the goals of {id} are reached"), &step.goals)
        }
    };
    let play = Play::replay(&until(result, goal.place), &lesson.twins);
    let play = play.map_err(|reason| format!("its run cannot be played: {reason}"))?;
    let scene = play.scene();
    let missing = predicates.iter().find(|p| !scene.holds(&p.holds));
    let verdict = match missing {
        None => Verdict::Holds,
        Some(predicate) => Verdict::Fails(format!("`{}` does not hold there", predicate.text.en)),
    };
    report.ended |= goal.step.is_none() && verdict == Verdict::Holds;
    report.claims.push(Claim { what, verdict });
    Ok(())
}
