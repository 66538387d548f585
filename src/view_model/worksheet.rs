//! A lesson's worksheet: questions with their options, tables to fill, and the computed answers.
//!
//! Every answer comes from a run of the lesson, none is written down. What it is not: the lesson's
//! own run in the page; that one is left alone.

use kafka_lessons::worksheet::{Sheet, fill};
use kafka_lessons::{Lesson, Offered, Play, Probe};

/// A worksheet that is being computed, in slices.
pub struct Filling {
    lesson: Lesson,
    play: Play,
    probe: Option<Probe>,
    offered: Vec<Vec<Offered>>,
}

/// A worksheet.
#[derive(Clone, Debug, PartialEq)]
pub struct Filled {
    /// The lesson.
    pub lesson: Lesson,
    /// For each step, for each question: the options.
    pub offered: Vec<Vec<Offered>>,
    /// The tables, filled.
    pub sheets: Vec<Sheet>,
}

impl Filling {
    /// Begins with the text of a lesson.
    ///
    /// # Errors
    /// What is wrong with the text or its scenario.
    pub fn of(text: &str) -> Result<Filling, String> {
        let lesson = Lesson::read(text).map_err(|error| error.to_string())?;
        let play = Play::open(&lesson, None)?;
        Ok(Filling {
            lesson,
            play,
            probe: None,
            offered: Vec::new(),
        })
    }

    /// Steps done, steps in all.
    pub fn progress(&self) -> (usize, usize) {
        (self.offered.len(), self.lesson.steps.len())
    }

    /// Goes on for about so many events; true when all steps are done.
    ///
    /// # Errors
    /// Why a step cannot be done.
    pub fn advance(&mut self, budget: u64) -> Result<bool, String> {
        let number = self.offered.len();
        let Some(step) = self.lesson.steps.get(number) else {
            return Ok(true);
        };
        if self.probe.is_none() {
            self.probe = Probe::step(&self.lesson, &self.play.script(), number);
        }
        if let Some(probe) = &mut self.probe {
            if !probe.advance(budget)? {
                return Ok(false);
            }
            self.offered.push(probe.offered());
        }
        self.probe = None;
        for act in &step.acts {
            self.play.act(act)?;
        }
        Ok(self.offered.len() == self.lesson.steps.len())
    }

    /// The worksheet, once all steps are done.
    ///
    /// # Errors
    /// Why a table cannot be filled.
    pub fn finish(self) -> Result<Filled, String> {
        let sheets = fill(&self.lesson, None)?;
        Ok(Filled {
            lesson: self.lesson,
            offered: self.offered,
            sheets,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every question has three or four options and a right one; every table of the lesson is there.
    #[test]
    fn worksheets_of_all_lessons_are_computed() {
        for (id, text) in kafka_lessons::index::TEXTS {
            let mut filling = Filling::of(text).expect("a lesson of the page");
            let mut slices = 0;
            while !filling.advance(2_000).expect("a step that can be done") {
                slices += 1;
                assert!(slices < 100_000, "{id} never ends");
            }
            let filled = filling.finish().expect("tables");
            assert_eq!(filled.offered.len(), filled.lesson.steps.len(), "{id}");
            for (step, offered) in filled.lesson.steps.iter().zip(&filled.offered) {
                assert_eq!(step.questions.len(), offered.len(), "{id} {}", step.id);
                for offered in offered {
                    assert!((3..=4).contains(&offered.options.len()), "{id} {offered:?}");
                    assert!(offered.right().next().is_some(), "{id} {offered:?}");
                }
            }
            assert_eq!(filled.sheets.len(), filled.lesson.worksheet.len(), "{id}");
        }
    }

    #[test]
    fn a_damaged_lesson_is_refused_with_a_reason() {
        let refused = Filling::of("lesson 1 L99\ntitle").err();
        assert!(refused.is_some_and(|reason| reason.len() > 10));
    }
}
