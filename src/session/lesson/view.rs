//! The panel's view of an open lesson, and the list of lessons.

use std::rc::Rc;

use kafka_lessons::index::INDEX;
use kafka_lessons::{Act, Offered, Predicate, Question, Show, Step, Text as LessonText};

use super::progress::Done;
use super::{Given, Learning, Phase};
use crate::i18n::lesson as words;
use crate::i18n::{Lang, Text};
use crate::session::Session;
use crate::tasks::lesson::Learn;
use crate::view_model::app::Dialog;
use crate::view_model::lesson::{
    BarView, Both, Button, GoalView, LessonRow, LessonView, ListView, OptionView, QuestionView,
    RevealView,
};

/// Makes texts in the languages the learner wants.
#[derive(Clone, Copy)]
struct Speaker {
    lang: Lang,
    both: bool,
}

impl Speaker {
    fn text(self, text: &LessonText) -> Both {
        let other = || text.get(words::of(self.lang.other())).to_owned();
        let main = text.get(words::of(self.lang)).to_owned();
        Both {
            other: self.both.then(other).filter(|other| *other != main),
            main,
        }
    }

    fn fixed(self, text: Text) -> Both {
        let other = || self.lang.other().say(text).to_owned();
        Both {
            main: self.say(text),
            other: self.both.then(other),
        }
    }

    fn say(self, text: Text) -> String {
        self.lang.say(text).to_owned()
    }

    fn button(self, text: Text, does: Learn, key: &'static str) -> Button {
        Button {
            words: self.say(text),
            does,
            key,
            off: None,
        }
    }
}

/// The letter of an option.
fn letter(option: usize) -> char {
    crate::tasks::presenter::letter(option)
}

impl Session {
    /// Shows the list of lessons.
    pub fn show_lessons(&mut self) {
        self.overlays.dialog = Some(Dialog::Lessons(self.lesson_list()));
    }

    /// The list of lessons.
    pub fn lesson_list(&self) -> ListView {
        let lang = self.preferences.lang;
        let of = words::of(lang);
        let rows = INDEX.iter().map(|entry| {
            let done = self.lessons.progress.of(entry.id);
            let steps = done.map_or(0, |done| done.steps.len());
            LessonRow {
                id: entry.id.to_owned(),
                title: entry.title(of).to_owned(),
                group: entry.group(of).to_owned(),
                idea: entry.idea(of).to_owned(),
                facts: words::facts(lang, entry.minutes, entry.steps),
                progress: match steps {
                    0 => String::new(),
                    _ => words::steps_done(lang, steps, entry.steps),
                },
                finished: done.is_some_and(|done| done.finished),
            }
        });
        let loading = self.lessons.loading.as_ref();
        let failed = self.lessons.failed.as_ref();
        ListView {
            rows: rows.collect(),
            loading: loading.map(|place| place.lesson.clone()),
            failed: failed.map(|(_, words)| words.clone()),
        }
    }

    /// The panel, while a lesson is open.
    pub fn lesson_view(&self) -> Option<Rc<LessonView>> {
        let learning = self.lessons.open.as_deref()?;
        let speaker = Speaker {
            lang: self.preferences.lang,
            both: self.preferences.both_languages,
        };
        let done = self.lessons.progress.of(&learning.lesson.id);
        let mut view = LessonView {
            kicker: learning.kicker(speaker),
            bars: learning.bars(speaker, done),
            trouble: learning.trouble.clone(),
            work: self.lesson_work(learning, speaker),
            tools: learning.tools(speaker),
            ..LessonView::default()
        };
        if learning.free {
            learning.show_free(speaker, &mut view);
        } else if view.work.is_none() {
            self.show_phase(learning, speaker, &mut view);
        } else {
            learning.show_work(speaker, &mut view);
        }
        Some(Rc::new(view))
    }

    /// What is being worked at.
    fn lesson_work(&self, learning: &Learning, speaker: Speaker) -> Option<(String, u64, u64)> {
        if !self.is_learning_work() {
            return None;
        }
        let text = match learning.phase {
            _ if learning.job.is_none() => Text::LessonBuilding,
            Phase::Probing => Text::LessonProbing,
            _ => Text::LessonDoing,
        };
        let share = self.progress()?;
        Some((speaker.say(text), share.at, share.to))
    }

    fn goals(&self, learning: &Learning, speaker: Speaker, goals: &[Predicate]) -> Vec<GoalView> {
        let holds = self.holding(learning, goals);
        let goals = goals.iter().zip(holds).map(|(goal, holds)| GoalView {
            words: speaker.text(&goal.text),
            holds,
        });
        goals.collect()
    }

    fn show_phase(&self, learning: &Learning, speaker: Speaker, view: &mut LessonView) {
        let lesson = &learning.lesson;
        match learning.phase {
            Phase::Poke => {
                view.heading = speaker.text(&lesson.title);
                view.body
                    .extend(lesson.opening.as_ref().map(|t| speaker.text(t)));
                view.body.push(speaker.text(&lesson.poke));
                view.primary = Some(speaker.button(Text::LessonBegin, Learn::Next, "Enter"));
            }
            Phase::End | Phase::Alone => self.show_end(learning, speaker, view),
            _ => {
                if let Some(step) = learning.current() {
                    self.show_step(learning, step, speaker, view);
                }
            }
        }
    }

    fn show_step(&self, learning: &Learning, step: &Step, speaker: Speaker, view: &mut LessonView) {
        view.heading = speaker.text(&step.title);
        if learning.phase != Phase::Revealed {
            view.body
                .extend(step.body.as_ref().map(|t| speaker.text(t)));
            view.hints = hints(speaker, &step.hints, learning.hints);
        }
        view.goals = self.goals(learning, speaker, &step.goals);
        match learning.phase {
            Phase::Asking(question) => learning.show_question(step, question, speaker, view),
            Phase::Ready => {
                view.commands = commands(speaker, &step.acts);
                let does = if self.reached_by_hand() {
                    Text::LessonNext
                } else {
                    Text::LessonDo
                };
                if !view.goals.is_empty() {
                    view.body.push(speaker.fixed(Text::LessonDoItYourself));
                }
                view.primary = Some(speaker.button(does, Learn::Do, "Enter"));
            }
            Phase::Revealed => {
                let all = step.questions.iter().zip(&learning.offered);
                let all = all.zip(&learning.given);
                view.reveals = all
                    .map(|((question, offered), given)| RevealView {
                        belief: self.belief(speaker, offered, given),
                        ..reveal(speaker, question, offered, given)
                    })
                    .collect();
                view.notice = step.notice.as_ref().map(|t| speaker.text(t));
                let last = learning.step + 1 == learning.lesson.steps.len();
                let next = if last {
                    Text::LessonFinish
                } else {
                    Text::LessonNext
                };
                view.primary = Some(speaker.button(next, Learn::Next, "Enter"));
                view.others
                    .push(speaker.button(Text::LessonWatch, Learn::Watch, "W"));
            }
            _ => {
                view.body = vec![speaker.fixed(Text::LessonStopped)];
                view.primary = Some(speaker.button(Text::LessonReset, Learn::Reset, "Enter"));
                return;
            }
        }
        if learning.phase != Phase::Revealed && learning.hints < step.hints.len() {
            view.others
                .push(speaker.button(Text::LessonHint, Learn::Hint, "N"));
        }
        view.tools.insert(
            0,
            speaker.button(Text::LessonReset, Learn::Reset, "Backspace"),
        );
    }

    /// What people believe who give that wrong answer.
    fn belief(&self, speaker: Speaker, offered: &Offered, given: &Given) -> Option<(Both, Both)> {
        let offer = offered.options.get(given.choice?)?;
        let id = offer.tag.filter(|_| !offer.right)?.to_string();
        let entry = self.lessons.beliefs.0.iter().find(|entry| entry.id == id)?;
        Some((speaker.text(&entry.name), speaker.text(&entry.meaning)))
    }

    fn show_end(&self, learning: &Learning, speaker: Speaker, view: &mut LessonView) {
        let lesson = &learning.lesson;
        view.heading = speaker.text(&lesson.idea);
        view.goals = self.goals(learning, speaker, &lesson.end);
        if learning.phase == Phase::End {
            view.body
                .extend(lesson.close.as_ref().map(|t| speaker.text(t)));
            view.goals.clear();
            view.cards = lesson
                .cards
                .iter()
                .map(|card| (speaker.text(&card.claim), speaker.text(&card.truth)))
                .collect();
            view.primary = Some(speaker.button(Text::LessonAlone, Learn::Alone, "Enter"));
            return;
        }
        view.body
            .push(speaker.fixed(match (learning.solved, learning.helped) {
                (true, _) => Text::LessonSolved,
                (false, true) => Text::LessonShown,
                (false, false) => Text::LessonAloneNote,
            }));
        view.hints = hints(speaker, &lesson.end_hints, learning.hints);
        if learning.solved || learning.helped {
            view.free = lesson.free_play.iter().map(|t| speaker.text(t)).collect();
            view.primary = Some(speaker.button(Text::Lessons, Learn::List, "Enter"));
        } else if learning.hints < lesson.end_hints.len() {
            view.others
                .push(speaker.button(Text::LessonHint, Learn::Hint, "N"));
        } else {
            view.others
                .push(speaker.button(Text::LessonSolve, Learn::Solve, ""));
        }
        view.tools.insert(
            0,
            speaker.button(Text::LessonReset, Learn::Reset, "Backspace"),
        );
    }
}

impl Learning {
    fn kicker(&self, speaker: Speaker) -> String {
        let title = speaker.text(&self.lesson.title).main;
        match self.current() {
            Some(_) => words::kicker(speaker.lang, &title, self.step + 1, self.lesson.steps.len()),
            None => title,
        }
    }

    fn bars(&self, speaker: Speaker, done: Option<&Done>) -> Vec<BarView> {
        let now = self.current().map(|step| &step.id);
        let bar = |(at, step): (usize, &Step)| BarView {
            words: words::step_name(speaker.lang, at + 1, &speaker.text(&step.title).main),
            done: done.is_some_and(|done| done.steps.contains(&step.id)),
            now: now == Some(&step.id),
        };
        self.lesson.steps.iter().enumerate().map(bar).collect()
    }

    fn tools(&self, speaker: Speaker) -> Vec<Button> {
        let mut tools = Vec::new();
        if !self.free
            && matches!(
                self.phase,
                Phase::Revealed | Phase::Ready | Phase::Asking(_)
            )
        {
            tools.push(speaker.button(Text::LessonFree, Learn::Free(true), ""));
        }
        if !self.own {
            tools.push(speaker.button(Text::LessonLink, Learn::Link, ""));
            tools.push(speaker.button(Text::Worksheet, Learn::Worksheet, ""));
        }
        tools.push(speaker.button(Text::LessonExport, Learn::Export, ""));
        tools.push(speaker.button(Text::LessonLeave, Learn::Leave, ""));
        tools
    }

    fn show_free(&self, speaker: Speaker, view: &mut LessonView) {
        view.heading = speaker.fixed(Text::LessonFree);
        view.body = vec![speaker.fixed(Text::LessonFreeNote)];
        view.free = self
            .lesson
            .free_play
            .iter()
            .map(|t| speaker.text(t))
            .collect();
        view.primary = Some(speaker.button(Text::LessonBack, Learn::Free(false), "Enter"));
    }

    fn show_work(&self, speaker: Speaker, view: &mut LessonView) {
        let title = self
            .current()
            .map_or(&self.lesson.title, |step| &step.title);
        view.heading = speaker.text(title);
        let body = self.current().and_then(|step| step.body.as_ref());
        view.body.extend(body.map(|t| speaker.text(t)));
        if self.phase == Phase::Probing {
            view.others
                .push(speaker.button(Text::LessonSkip, Learn::Skip, "X"));
            view.lock = Some(speaker.say(Text::LockedByQuestion));
        }
        view.others
            .push(speaker.button(Text::Cancel, Learn::Cancel, ""));
    }

    fn show_question(&self, step: &Step, at: usize, speaker: Speaker, view: &mut LessonView) {
        let (Some(question), Some(offered)) = (step.questions.get(at), self.offered.get(at)) else {
            return;
        };
        view.question = Some(QuestionView {
            number: match self.offered.len() {
                1 => String::new(),
                of => words::question_of(speaker.lang, at + 1, of),
            },
            ask: speaker.text(&question.ask),
            options: options(speaker, offered, self.choice, false),
            sure: self.sure,
        });
        view.commands = commands(speaker, &step.acts);
        view.lock = Some(speaker.say(Text::LockedByQuestion));
        let mut answer = speaker.button(Text::LessonAnswer, Learn::Answer, "Enter");
        if self.choice.is_none() {
            answer.off = Some(speaker.say(Text::LessonChoose));
        }
        view.primary = Some(answer);
        view.others
            .push(speaker.button(Text::LessonSkip, Learn::Skip, "X"));
    }
}

fn options(
    speaker: Speaker,
    offered: &Offered,
    chosen: Option<usize>,
    told: bool,
) -> Vec<OptionView> {
    let option = |(at, offer): (usize, &kafka_lessons::Offer)| OptionView {
        letter: letter(at),
        label: speaker.text(&offer.label),
        chosen: chosen == Some(at),
        right: told && offer.right,
    };
    offered.options.iter().enumerate().map(option).collect()
}

fn reveal(speaker: Speaker, question: &Question, offered: &Offered, given: &Given) -> RevealView {
    let own = given.choice.and_then(|at| offered.options.get(at));
    let right = own.map(|offer| offer.right);
    let reason = own.filter(|offer| !offer.right).and_then(|offer| {
        let reason = offer.reason.as_ref();
        reason.map(|reason| speaker.text(reason))
    });
    RevealView {
        ask: speaker.text(&question.ask),
        options: options(speaker, offered, given.choice, true),
        verdict: words::verdict(speaker.lang, right, given.sure).to_owned(),
        right: right == Some(true),
        belief: None,
        reason,
        why: speaker.text(&question.why),
    }
}

fn hints(speaker: Speaker, all: &[LessonText], shown: usize) -> Vec<(String, Both)> {
    let hint = |(at, text): (usize, &LessonText)| {
        let name = words::hint_of(speaker.lang, at + 1, all.len());
        (name, speaker.text(text))
    };
    all.iter().take(shown).enumerate().map(hint).collect()
}

/// The commands of a step as they are shown before it is done: in full, with a gap, or described.
fn commands(speaker: Speaker, acts: &[Act]) -> Vec<String> {
    let command = |act: &Act| match act {
        Act::Shell { line, show, .. } => Some(match show {
            Show::Full => format!("$ {line}"),
            Show::Blank(part) => format!("$ {}", line.replacen(part.as_str(), "____", 1)),
            Show::Described(text) => speaker.text(text).main,
        }),
        Act::Input { line, .. } => Some(format!("> {line}")),
        Act::Interrupt { .. } => Some("Ctrl-C".to_owned()),
        Act::Scenario(statement) => Some(statement.text.clone()),
        Act::Run(_) | Act::RunUntil { .. } | Act::Quiet { .. } | Act::Step => None,
    };
    acts.iter().filter_map(command).collect()
}
