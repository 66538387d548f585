//! What a learner answered and reached, as claims that can be checked by doing it again.

use kafka_lessons::result::{Answered, Place, Reached};

use super::Learning;
use crate::session::script::Script;

impl Learning {
    /// The result so far, as the text of a file.
    pub fn result(&self) -> String {
        self.result.write()
    }

    /// Claims the answers of the step; the first answer to a question counts.
    pub(super) fn claim_answers(&mut self) {
        let (Some(step), Some(run)) = (
            self.lesson.steps.get(self.step).map(|step| step.id.clone()),
            self.checkpoints.get(self.step).cloned(),
        ) else {
            return;
        };
        let known = |question: &str| self.result.answers.iter().any(|a| a.question == question);
        let mut answers = self.answers();
        answers.retain(|(question, _)| !known(question));
        if answers.is_empty() {
            return;
        }
        let place = self.claimed(run);
        let answers = answers.into_iter().map(|(question, answer)| Answered {
            step: step.clone(),
            question,
            choice: answer.choice,
            sure: answer.sure,
            hints: answer.hints,
            place,
            right: answer.right,
        });
        self.result.answers.extend(answers);
    }

    /// Claims the goal of a step, or of the lesson's end.
    pub(super) fn claim_goal(&mut self, step: Option<String>, run: Script) {
        if !self.result.reached.iter().any(|goal| goal.step == step) {
            let place = self.claimed(run);
            self.result.reached.push(Reached { step, place });
        }
    }

    /// The moment a run ends at, in the runs of the result; one that goes on from the last one
    /// takes its place.
    fn claimed(&mut self, run: Script) -> Place {
        let goes_on = |last: &Script, next: &Script| {
            let from = (last.events, last.at);
            let later = next.deeds.get(last.deeds.len());
            next.seed == last.seed
                && next.scenario == last.scenario
                && next.deeds.starts_with(&last.deeds)
                && later.is_none_or(|deed| (deed.events, deed.at) >= from)
                && (next.events, next.at) >= from
        };
        let place = (run.events, run.at, run.deeds.len() as u32);
        match self.result.runs.last_mut() {
            Some(last) if goes_on(last, &run) => *last = run,
            Some(last) if goes_on(&run, last) => {}
            _ => self.result.runs.push(run),
        }
        Place {
            run: self.result.runs.len() as u32 - 1,
            events: place.0,
            at: place.1,
            deeds: place.2,
        }
    }
}
