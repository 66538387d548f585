//! A lesson in the presenter view: its steps, its words, its questions as votes, its notes.
//!
//! Everything is read from the open lesson; nothing is worked out here.

use kafka_lessons::{Offer, Step, Text as LessonText};

use super::{Presenting, VOTE_OPTIONS, in_picture};
use crate::i18n::{Lang, Text, lesson as lesson_words, presenter as words};
use crate::session::Session;
use crate::session::lesson::{Learning, Phase};
use crate::view_model::cluster::{ClusterView, GroupView};
use crate::view_model::object::ObjectId;
use crate::view_model::presenter::{
    NotesView, PresenterView, Said, StepRow, ToldView, VoteOption, VotesView,
};

/// A lesson's text in a language of the page.
fn say(lang: Lang, text: &LessonText) -> String {
    text.get(lesson_words::of(lang)).to_owned()
}

impl Session {
    /// The lesson that is presented: none in free play, and none at the end without a script.
    pub fn presented_lesson(&self) -> Option<&Learning> {
        let learning = self.lessons.open.as_deref()?;
        let script = !learning.free && learning.phase != Phase::Alone;
        script.then_some(learning)
    }

    pub(super) fn lesson_sheet(
        &self,
        cluster: &ClusterView,
        state: &Presenting,
        learning: &Learning,
    ) -> PresenterView {
        let lang = self.preferences.lang;
        let objects = learning.current().map_or(&[][..], |step| &step.spotlight);
        let objects: Vec<ObjectId> = objects.iter().filter_map(|k| ObjectId::parse(k)).collect();
        let told = objects.iter().find_map(ObjectId::partition);
        let partition = self.presented(cluster, told);
        let groups = groups_of(cluster, &objects);
        let lit = objects.into_iter().filter_map(|object| {
            if groups.is_empty() {
                in_picture(cluster, partition.as_ref(), object)
            } else {
                Some(object)
            }
        });
        let steps = learning.lesson.steps.iter().enumerate();
        let row = |(at, step): (usize, &Step)| StepRow {
            to: at as u64,
            at: None,
            words: say(lang, &step.title),
        };
        let steps: Vec<StepRow> = steps.map(row).collect();
        let step = match learning.phase {
            Phase::Poke => 0,
            Phase::End | Phase::Alone => steps.len(),
            _ => learning.step + 1,
        };
        PresenterView {
            over: state.over,
            spotlight: lit.collect(),
            partition,
            groups,
            veil: state.veil,
            caption: [lang, lang.other()].map(|lang| learning.said(lang)),
            step,
            votes: self.lesson_votes(state, learning),
            has_hint: learning.has_hint(),
            has_replay: learning.phase == Phase::Revealed,
            notice: self.notice(state),
            notes: self.lesson_notes(cluster, learning, words::step_of(lang, step, steps.len())),
            steps,
        }
    }

    /// The open question and the hands; after the step its answer.
    fn lesson_votes(&self, state: &Presenting, learning: &Learning) -> VotesView {
        let lang = self.preferences.lang;
        let (at, told) = match learning.phase {
            Phase::Asking(at) => (at, false),
            _ => (state.told, true),
        };
        let found = learning.current().and_then(|step| {
            let name = learning.question_name(at)?;
            Some((name, step.questions.get(at)?, learning.offered.get(at)?))
        });
        let Some((name, question, offered)) = found else {
            return super::votes(lang, state);
        };
        let hands = state.hands_of(&name);
        let option = |(offer, hands): (&Offer, u32)| {
            let (own, other) = (say(lang, &offer.label), say(lang.other(), &offer.label));
            VoteOption {
                other: if own == other { String::new() } else { other },
                words: own,
                hands,
                right: told.then_some(offer.right),
            }
        };
        let mut remarks = Vec::new();
        if learning.offered.len() > 1 {
            let of = learning.offered.len();
            remarks.push(lesson_words::question_of(lang, at + 1, of));
        }
        if !told {
            remarks.extend(
                learning
                    .hint(lang)
                    .map(|(name, hint)| format!("{name}: {hint}")),
            );
        }
        if !told && hands == [0; VOTE_OPTIONS] {
            remarks.push(lang.say(Text::VoteHelp).to_owned());
        }
        VotesView {
            ask: [lang, lang.other()].map(|lang| say(lang, &question.ask)),
            remarks,
            options: offered.options.iter().zip(hands).map(option).collect(),
            told: told.then(|| ToldView {
                why: say(lang, &question.why),
                belief: self.belief_of_the_room(&offered.options, hands),
            }),
        }
    }

    /// What they believe who raised most hands for something wrong; without hands, what the first
    /// wrong option with a name stands for.
    fn belief_of_the_room(
        &self,
        options: &[Offer],
        hands: [u32; VOTE_OPTIONS],
    ) -> Option<(char, String)> {
        let lang = self.preferences.lang;
        let wrong = options.iter().zip(hands).enumerate();
        let wrong = wrong.filter(|(_, (offer, _))| !offer.right);
        let named = wrong.filter_map(|(at, (offer, hands))| {
            let id = offer.tag.map(|tag| tag.to_string());
            let entries = &self.lessons.beliefs.0;
            let entry = id.and_then(|id| entries.iter().find(|entry| entry.id == id));
            let told = match (entry, &offer.reason) {
                (Some(entry), _) => {
                    words::belief(lang, &say(lang, &entry.name), &say(lang, &entry.meaning))
                }
                (None, reason) => say(lang, reason.as_ref()?),
            };
            Some((hands, at, told))
        });
        let most = named.max_by_key(|(hands, at, _)| (*hands, usize::MAX - at));
        most.map(|(_, at, told)| (crate::tasks::presenter::letter(at), told))
    }

    fn lesson_notes(&self, cluster: &ClusterView, learning: &Learning, step: String) -> NotesView {
        let lang = self.preferences.lang;
        let lesson = &learning.lesson;
        let text = |text: &LessonText| vec![say(lang, text)];
        let spoken = |text: &Option<LessonText>| text.as_ref().map_or_else(Vec::new, text_of(lang));
        let now = learning.said(lang);
        let mut parts = vec![(Text::NotesNow, vec![words::joined(&now.head, &now.words)])];
        let next = match (learning.phase, learning.current()) {
            (Phase::Poke, _) => {
                parts.insert(0, (Text::NotesSay, spoken(&lesson.opening)));
                lesson.steps.first()
            }
            (_, Some(step)) => {
                parts.insert(0, (Text::NotesSay, text(&step.notes.say)));
                let pointed = step.notes.point_at.iter();
                let pointed: Vec<String> = pointed.map(|key| words::pointed(lang, key)).collect();
                if !pointed.is_empty() {
                    parts.push((
                        Text::NotesPoint,
                        vec![pointed.join(lang.either(", ", "、"))],
                    ));
                }
                parts.push((Text::NotesAsked, text(&step.notes.if_asked)));
                parts.push((Text::NotesAnswers, learning.answers_in_words(lang, step)));
                lesson.steps.get(learning.step + 1)
            }
            (_, None) => {
                parts.insert(0, (Text::NotesSay, spoken(&lesson.close)));
                None
            }
        };
        parts.extend(next.map(|step| (Text::NotesNext, text(&step.title))));
        parts.retain(|(_, lines)| !lines.is_empty());
        self.notes_of(cluster, parts, step)
    }
}

/// The groups that a step is about, by itself or by their members.
fn groups_of(cluster: &ClusterView, objects: &[ObjectId]) -> Vec<String> {
    let about = |group: &&GroupView| {
        objects.iter().any(|object| match object {
            ObjectId::Group(name) => group.name == *name,
            ObjectId::Client(name) => group.members.iter().any(|m| m.name == *name),
            _ => false,
        })
    };
    let groups = cluster.groups.iter().filter(about);
    groups.map(|group| group.name.clone()).collect()
}

fn text_of(lang: Lang) -> impl Fn(&LessonText) -> Vec<String> {
    move |text| vec![say(lang, text)]
}

impl Learning {
    /// The name that hands are kept under: `S1.P2`.
    pub fn question_name(&self, at: usize) -> Option<String> {
        let step = self.current()?;
        let question = step.questions.get(at)?;
        Some(format!("{}.{}", step.id, question.id))
    }

    /// The hint that is shown, with its name.
    fn hint(&self, lang: Lang) -> Option<(String, String)> {
        let all = &self.current()?.hints;
        let at = self.hints.min(all.len()).checked_sub(1)?;
        Some((
            lesson_words::hint_of(lang, at + 1, all.len()),
            say(lang, &all[at]),
        ))
    }

    fn has_hint(&self) -> bool {
        let waits = matches!(self.phase, Phase::Asking(_) | Phase::Ready);
        let hints = self.current().map_or(0, |step| step.hints.len());
        waits && self.hints < hints
    }

    /// What stands under the picture.
    fn said(&self, lang: Lang) -> Said {
        let lesson = &self.lesson;
        let (head, words) = match (self.phase, self.current()) {
            (Phase::Poke, _) => (say(lang, &lesson.title), say(lang, &lesson.goal)),
            (_, None) => (String::new(), say(lang, &lesson.idea)),
            (Phase::Stopped, _) => (String::new(), lang.say(Text::LessonStopped).to_owned()),
            (Phase::Revealed, Some(step)) => match &step.notice {
                Some(notice) => (lang.say(Text::LessonNotice).to_owned(), say(lang, notice)),
                None => (say(lang, &step.title), String::new()),
            },
            (_, Some(step)) => self.hint(lang).unwrap_or_else(|| {
                let body = step
                    .body
                    .as_ref()
                    .map_or_else(String::new, |t| say(lang, t));
                (say(lang, &step.title), body)
            }),
        };
        Said { head, words }
    }

    /// Each question's right answers, for the notes.
    fn answers_in_words(&self, lang: Lang, step: &Step) -> Vec<String> {
        let all = step.questions.iter().zip(&self.offered);
        let answer = all.map(|(question, offered)| {
            let right = offered.options.iter().enumerate();
            let right = right.filter(|(_, offer)| offer.right).map(|(at, offer)| {
                let letter = crate::tasks::presenter::letter(at);
                format!("{letter} ({})", say(lang, &offer.label))
            });
            let right: Vec<String> = right.collect();
            words::joined(&say(lang, &question.ask), &right.join(", "))
        });
        answer.collect()
    }
}
