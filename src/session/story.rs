//! What happened on the present's branch, collected from the trace while its content is kept.
//!
//! Items hold facts, not words: sentences are made for the rows in view, in the language of the
//! moment. Each branch has its own story; items after the present (stepped back) stay listed.

use std::collections::BTreeMap;

use kafka_core::types::{Name, NodeId};
use kafka_sim::{Action, BranchId, Entry, EntryKind, Moment, Recorded, Seq, Timeline, World};

use super::teller::Teller;
use crate::i18n::Lang;
use crate::i18n::story::{Fact, and_more, sentence};
use crate::view_model::object::ObjectId;
use crate::view_model::story::{StoryRow, StoryView};
use crate::view_model::time::{Tick, TickKind};
use crate::view_model::world::client_names;

/// Rows listed around now.
const ROWS: usize = 240;

/// One item.
#[derive(Clone, Debug)]
pub struct Item {
    /// Trace entry.
    pub seq: Seq,
    /// The moment right after it.
    pub moment: Moment,
    /// What it looks like.
    pub kind: TickKind,
    /// Leader, ISR, group, error and the like.
    pub important: bool,
    /// What it says.
    pub fact: Fact,
    /// What it is about.
    pub object: Option<ObjectId>,
}

impl Item {
    /// True when it has happened by that moment.
    pub fn is_reached(&self, now: Moment) -> bool {
        (self.moment.events, self.moment.inputs) <= (now.events, now.inputs)
    }

    /// True when it is about a partition of an internal topic.
    pub fn is_internal(&self) -> bool {
        let partition = self.object.as_ref().and_then(ObjectId::partition);
        partition.is_some_and(|p| p.topic.starts_with("__"))
    }

    /// True when both say the same of different partitions of one internal topic.
    fn is_like(&self, other: &Item) -> bool {
        let topic = |item: &Item| Some(item.object.as_ref()?.partition()?.topic.clone());
        self.is_internal()
            && std::mem::discriminant(&self.fact) == std::mem::discriminant(&other.fact)
            && topic(self) == topic(other)
    }
}

/// Items with the number of like ones that each stands for: what one event did to many partitions
/// of an internal topic is one row.
fn folded<'a>(items: impl Iterator<Item = &'a Item>) -> Vec<(&'a Item, usize)> {
    let mut rows: Vec<(&Item, usize)> = Vec::new();
    // Rows of the newest event begin here.
    let mut start = 0;
    for item in items {
        if rows.last().is_some_and(|(i, _)| i.moment != item.moment) {
            start = rows.len();
        }
        let like = rows[start..].iter_mut().find(|(i, _)| i.is_like(item));
        match like {
            Some((_, more)) if item.is_internal() => *more += 1,
            _ => rows.push((item, 0)),
        }
    }
    rows
}

/// The collected story of one branch.
#[derive(Clone, Default)]
struct Log {
    items: Vec<Item>,
    /// Trace entries looked at.
    seen: u32,
    /// Entries from outside among them: the n-th belongs to the branch's n-th recorded input.
    inputs: usize,
    /// Names of all clients there ever were: a tool is gone before its last words are told.
    names: BTreeMap<NodeId, String>,
}

impl Log {
    /// Takes in the names of clients that came among the entries not looked at so far.
    fn learn_names(&mut self, world: &World, recorded: &[Recorded]) {
        let mut inputs = self.inputs;
        let mut added: BTreeMap<Seq, &Name> = BTreeMap::new();
        for (seq, entry) in world.trace().iter_from(Seq(self.seen)) {
            match entry.kind {
                EntryKind::Action => {
                    let action = recorded.get(inputs).map(|r| &r.action);
                    added.extend(action.and_then(added_client).map(|name| (seq, name)));
                    inputs += 1;
                }
                EntryKind::Started => {
                    if let (Some(name), Some(id)) =
                        (added.get(&entry.cause), world.id_of(entry.node))
                    {
                        self.names.insert(id, name.to_string());
                    }
                }
                _ => {}
            }
        }
        self.names.extend(client_names(world));
    }
}

/// The `client.id` of a client that an action adds.
fn added_client(action: &Action) -> Option<&Name> {
    match action {
        Action::AddProducer(config) => Some(&config.client.client_id),
        Action::AddConsumer(config) => Some(&config.client.client_id),
        Action::AddShareConsumer(config) => Some(&config.client.client_id),
        Action::AddAdmin(config) => Some(&config.client_id),
        _ => None,
    }
}

/// The collected stories of all branches that were visited.
#[derive(Default)]
pub struct StoryLog {
    here: BranchId,
    logs: BTreeMap<BranchId, Log>,
}

impl StoryLog {
    /// Takes in what the trace holds beyond what was collected.
    pub fn collect(&mut self, timeline: &Timeline) {
        self.here = timeline.current();
        if !self.logs.contains_key(&self.here) {
            let log = self.start_branch(timeline);
            self.logs.insert(self.here, log);
        }
        let Some(log) = self.logs.get_mut(&self.here) else {
            return;
        };
        let world = timeline.world();
        let len = world.trace().len();
        if len <= log.seen {
            return;
        }
        let recorded = timeline.branch(self.here).map_or(&[][..], |b| b.inputs());
        log.learn_names(world, recorded);
        let teller = Teller::new(world, log.names.clone());
        for (seq, entry) in world.trace().iter_from(Seq(log.seen)) {
            let mut action = None;
            if entry.kind == EntryKind::Action {
                action = recorded.get(log.inputs).map(|r| &r.action);
                log.inputs += 1;
            }
            if let Some(told) = teller.tell(entry, world.detail(seq), action) {
                log.items.push(Item {
                    seq,
                    moment: Moment {
                        events: u64::from(entry.event),
                        inputs: log.inputs as u32,
                        at: entry.at,
                    },
                    kind: told.kind,
                    important: told.important,
                    fact: told.fact,
                    object: told.object,
                });
            }
        }
        log.seen = len;
    }

    /// A new branch shares its parent's story up to the fork; the action that made it is new.
    fn start_branch(&self, timeline: &Timeline) -> Log {
        let parent = timeline.branch(self.here).and_then(|b| b.parent());
        let Some((mut log, fork)) =
            parent.and_then(|(id, fork)| Some((self.logs.get(&id)?.clone(), fork)))
        else {
            return Log::default();
        };
        let is_shared = |entry: &Entry, inputs: usize| {
            u64::from(entry.event) <= fork.events
                && (entry.kind != EntryKind::Action || inputs <= fork.inputs as usize)
        };
        (log.seen, log.inputs) = (0, 0);
        for (seq, entry) in timeline.world().trace().iter_from(Seq(0)) {
            let inputs = log.inputs + usize::from(entry.kind == EntryKind::Action);
            if !is_shared(entry, inputs) {
                break;
            }
            log.inputs = inputs;
            log.seen = seq.0 + 1;
        }
        let seen = log.seen;
        log.items.retain(|item| item.seq.0 < seen);
        log
    }

    /// The items of the present's branch, also those after the present.
    pub fn items(&self) -> &[Item] {
        self.logs.get(&self.here).map_or(&[], |log| &log.items)
    }

    /// Important items up to that moment.
    pub fn important_until(&self, now: Moment) -> usize {
        self.items()
            .iter()
            .filter(|i| i.important && i.is_reached(now))
            .count()
    }

    /// The last important item before that moment.
    pub fn important_before(&self, now: Moment) -> Option<&Item> {
        self.items()
            .iter()
            .rev()
            .find(|i| i.important && i.moment.at < now.at)
    }

    /// The important item that follows that moment, if it has been computed.
    pub fn important_after(&self, now: Moment) -> Option<&Item> {
        self.items()
            .iter()
            .find(|i| i.important && !i.is_reached(now))
    }

    /// The sentence of the last thing that happened by the event of that moment.
    pub fn sentence_at(&self, now: Moment, lang: Lang) -> Option<String> {
        let item = self.items().iter().rev().find(|i| i.is_reached(now))?;
        (item.moment.events == now.events).then(|| sentence(lang, &item.fact))
    }

    /// The rows around now.
    pub fn view(&self, now: Moment, lang: Lang, important_only: bool) -> StoryView {
        let wanted = self
            .items()
            .iter()
            .filter(|i| i.important || !important_only);
        let listed = folded(wanted);
        let passed = listed.partition_point(|(i, _)| i.is_reached(now));
        let from = passed.saturating_sub(ROWS * 3 / 4);
        let to = (from + ROWS).min(listed.len());
        let rows = listed[from..to]
            .iter()
            .map(|(item, more)| StoryRow {
                event: u64::from(item.seq.0),
                at: item.moment.at.0,
                kind: item.kind,
                words: match more {
                    0 => sentence(lang, &item.fact),
                    more => and_more(lang, &item.fact, *more),
                },
                important: item.important,
                future: !item.is_reached(now),
            })
            .collect();
        StoryView {
            rows,
            now: passed
                .checked_sub(1)
                .filter(|i| *i >= from)
                .map(|i| i - from),
            important_only,
        }
    }

    /// Ticks for the track.
    pub fn ticks(&self) -> Vec<Tick> {
        let important = self.items().iter().filter(|i| i.important);
        important
            .map(|i| Tick {
                at: i.moment.at.0,
                kind: i.kind,
            })
            .collect()
    }

    /// Times in which some partition had no leader; one that lasts ends at `end`.
    pub fn leaderless(&self, end: u64) -> Vec<(u64, u64)> {
        let mut open: BTreeMap<&str, u64> = BTreeMap::new();
        let mut spans = Vec::new();
        for item in self.items() {
            let Fact::PartitionChanged(change) = &item.fact else {
                continue;
            };
            let at = item.moment.at.0;
            if change.to.is_none() {
                open.entry(&change.partition).or_insert(at);
            } else if let Some(from) = open.remove(change.partition.as_str()) {
                spans.push((from, at));
            }
        }
        spans.extend(open.into_values().map(|from| (from, end)));
        spans
    }

    /// The item of that trace entry.
    pub fn item(&self, seq: Seq) -> Option<&Item> {
        let at = self.items().partition_point(|i| i.seq < seq);
        self.items().get(at).filter(|i| i.seq == seq)
    }
}
