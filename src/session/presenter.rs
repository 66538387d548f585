//! The presenter view of a session: its state, and what it shows at the moment.
//!
//! Without a lesson the steps are the important events of the story, and the sentence of the last
//! one is the caption. An open lesson is presented itself: its steps, its words, its questions.

mod lesson;

use std::collections::BTreeMap;
use std::rc::Rc;

use super::Session;
use super::story::Item;
use crate::i18n::presenter as words;
use crate::i18n::story::sentence;
use crate::i18n::{Lang, Text, sentence as phrases};
use crate::view_model::cluster::ClusterView;
use crate::view_model::object::{ObjectId, PartitionName};
use crate::view_model::presenter::{
    NotesView, Over, PresenterView, Said, StepRow, VoteOption, VotesView,
};

/// Options of a vote without a lesson's question.
pub const VOTE_OPTIONS: usize = 4;

/// What the teacher set.
#[derive(Clone, Debug, Default)]
pub struct Presenting {
    /// What lies over the picture.
    pub over: Over,
    /// All but the spotlight is dimmed.
    pub veil: bool,
    /// Hands counted for each option, by the question; a vote without one has no name.
    pub hands: BTreeMap<String, [u32; VOTE_OPTIONS]>,
    /// The question whose answer is shown, after a lesson's step.
    pub told: usize,
    /// The browser refused the notes window.
    pub notes_refused: bool,
}

/// Items of one moment are one step. It is told by its last item about `partition`, else by its
/// last one that is not about an internal topic.
fn steps<'a>(items: &'a [Item], partition: Option<&PartitionName>) -> Vec<&'a Item> {
    let weight = |item: &Item| {
        let own = item.object.as_ref().and_then(ObjectId::partition);
        (!item.is_internal(), own.is_some() && own == partition)
    };
    let mut steps: Vec<&Item> = Vec::new();
    for item in items.iter().filter(|item| item.important) {
        match steps.last_mut() {
            Some(last) if last.moment == item.moment => {
                if weight(item) >= weight(last) {
                    *last = item;
                }
            }
            _ => steps.push(item),
        }
    }
    steps
}

impl Session {
    /// The trace entries of the step before and of the next one, as far as they are known.
    pub fn steps_around(&self) -> (Option<u64>, Option<u64>) {
        let now = self.timeline.moment();
        let steps = steps(self.presentable(), None);
        let step = steps.partition_point(|item| item.is_reached(now));
        let entry = |at: usize| steps.get(at).map(|item| u64::from(item.seq.0));
        (step.checked_sub(2).and_then(entry), entry(step))
    }

    /// The presenter view now, while it is open.
    pub fn presenter(&self, cluster: &ClusterView) -> Option<Rc<PresenterView>> {
        let state = self.presenting.as_ref()?;
        if let Some(learning) = self.presented_lesson() {
            return Some(Rc::new(self.lesson_sheet(cluster, state, learning)));
        }
        let lang = self.preferences.lang;
        let now = self.timeline.moment();
        let items = self.presentable();
        let told = items
            .iter()
            .rev()
            .filter(|i| i.important && i.is_reached(now));
        let told = told
            .filter(|i| !i.is_internal())
            .find_map(|i| i.object.as_ref()?.partition());
        let partition = self.presented(cluster, told);
        let steps = steps(items, partition.as_ref());
        let step = steps.partition_point(|item| item.is_reached(now));
        let last = step.checked_sub(1).map(|at| steps[at]);
        let spotlight = last.and_then(|item| item.object.clone());
        let row = |item: &&Item| StepRow {
            to: u64::from(item.seq.0),
            at: Some(item.moment.at.0),
            words: sentence(lang, &item.fact),
        };
        let rows: Vec<StepRow> = steps.iter().map(row).collect();
        let say = |lang: Lang| Said {
            head: String::new(),
            words: match last {
                Some(item) => sentence(lang, &item.fact),
                None => lang.say(Text::PresenterStart).to_owned(),
            },
        };
        let lit = spotlight.and_then(|object| in_picture(cluster, partition.as_ref(), object));
        Some(Rc::new(PresenterView {
            over: state.over,
            spotlight: lit.into_iter().collect(),
            partition,
            groups: Vec::new(),
            veil: state.veil,
            caption: [say(lang), say(lang.other())],
            step,
            votes: votes(lang, state),
            notice: self.notice(state),
            notes: self.notes(cluster, step, &rows),
            has_hint: false,
            has_replay: false,
            steps: rows,
        }))
    }

    /// The story from where the run begins: what was before cannot be gone to.
    fn presentable(&self) -> &[Item] {
        let (items, origin) = (self.story.items(), self.timeline.origin());
        &items[items.partition_point(|item| item.is_reached(origin))..]
    }

    /// The selected partition, else the one the story is at, else the first.
    fn presented(
        &self,
        cluster: &ClusterView,
        told: Option<&PartitionName>,
    ) -> Option<PartitionName> {
        let is_shown = |name: &&PartitionName| {
            let found = cluster.partition(name);
            found.is_some_and(|(topic, _)| !topic.internal)
        };
        let selected = self.selected.as_ref().and_then(ObjectId::partition);
        let first = || {
            let mut all = cluster.partitions();
            all.find(|(_, topic, _)| !topic.internal)
                .map(|(name, ..)| name)
        };
        let named = selected.filter(is_shown).or(told.filter(is_shown));
        named.cloned().or_else(first)
    }

    /// What the teacher must know: toasts are not shown in a room.
    fn notice(&self, state: &Presenting) -> Option<String> {
        if state.notes_refused {
            return Some(self.preferences.lang.say(Text::NotesRefused).to_owned());
        }
        let toast = self.overlays.toast.as_ref()?;
        Some(toast.words.clone())
    }

    /// What the teacher reads beside the picture.
    fn notes(&self, cluster: &ClusterView, step: usize, rows: &[StepRow]) -> NotesView {
        let lang = self.preferences.lang;
        let now = step.checked_sub(1).and_then(|at| rows.get(at));
        let told = |row: Option<&StepRow>| match row {
            Some(row) => vec![row.words.clone()],
            None => vec![lang.say(Text::NotesUnknown).to_owned()],
        };
        let own = vec![
            (Text::NotesNow, told(now)),
            (Text::NotesNext, told(rows.get(step))),
        ];
        self.notes_of(cluster, own, words::step_of(lang, step, rows.len()))
    }

    /// The notes: some parts of one's own, then the partitions and the keys.
    fn notes_of(
        &self,
        cluster: &ClusterView,
        mut parts: Vec<(Text, Vec<String>)>,
        step: String,
    ) -> NotesView {
        let lang = self.preferences.lang;
        let state = cluster
            .partitions()
            .filter(|(_, topic, _)| !topic.internal)
            .map(|(name, _, p)| {
                let end = p.ends().map_or(0, |(_, end)| end);
                words::partition_state(lang, &name.to_string(), p.leader, &p.isr, end)
            });
        parts.push((Text::Partitions, state.collect()));
        parts.push((Text::Shortcuts, vec![lang.say(Text::NotesKeys).to_owned()]));
        let parts = parts.into_iter().filter(|(_, lines)| !lines.is_empty());
        NotesView {
            lang: lang.tag(),
            title: lang.say(Text::NotesTitle).to_owned(),
            clock: phrases::clock(self.now()),
            step,
            parts: parts
                .map(|(head, lines)| (lang.say(head).to_owned(), lines))
                .collect(),
        }
    }
}

impl Presenting {
    /// Hands counted for a question so far.
    pub fn hands_of(&self, question: &str) -> [u32; VOTE_OPTIONS] {
        self.hands.get(question).copied().unwrap_or_default()
    }
}

fn votes(lang: Lang, state: &Presenting) -> VotesView {
    let option = |hands: u32| VoteOption {
        hands,
        ..VoteOption::default()
    };
    VotesView {
        ask: [lang.say(Text::VoteAsk).to_owned(), String::new()],
        remarks: vec![lang.say(Text::VoteHelp).to_owned()],
        options: state.hands_of("").into_iter().map(option).collect(),
        told: None,
    }
}

/// The broker whose band shows the object.
fn in_picture(
    cluster: &ClusterView,
    shown: Option<&PartitionName>,
    object: ObjectId,
) -> Option<ObjectId> {
    match object {
        ObjectId::Broker(_) => Some(object),
        ObjectId::Replica(_, broker) => Some(ObjectId::Broker(broker)),
        ObjectId::Partition(name) | ObjectId::Record(name, _) if Some(&name) == shown => {
            let (_, partition) = cluster.partition(&name)?;
            partition.leader.map(ObjectId::Broker)
        }
        _ => None,
    }
}
