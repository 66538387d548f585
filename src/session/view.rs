//! The page's view of a session.

use std::rc::Rc;

use kafka_lessons::Feature;
use kafka_scenario::card::card;
use kafka_sim::{BranchId, Entry, EntryKind, Seq};

use super::{PROFILE, Session};
use crate::i18n::fate::{self, Cause};
use crate::i18n::open;
use crate::i18n::sentence::place;
use crate::i18n::story::sentence;
use crate::tasks::Task;
use crate::view_model::app::{AppView, CardView, Dialog, Locks, MenuView, TitleView};
use crate::view_model::changes;
use crate::view_model::checks::{self, CheckRow};
use crate::view_model::cluster::{ClusterView, Process};
use crate::view_model::flight;
use crate::view_model::inspector::WhyStep;
use crate::view_model::lens::LensKind;
use crate::view_model::matrix::MatrixView;
use crate::view_model::object::ObjectId;
use crate::view_model::shows::Shows;
use crate::view_model::time::{BranchView, TimeView};
use crate::view_model::{matrix, world};

/// Links of a chain of causes shown at most.
const WHY_MAX: usize = 8;

impl Session {
    /// The page at this moment.
    pub fn view(&self) -> AppView {
        let lang = self.preferences.lang;
        let (mut cluster, shows) = (self.cluster(), self.shows());
        cluster.messages.retain(|message| shows.sees(message));
        let cluster = Rc::new(cluster);
        let now = self.timeline.moment();
        AppView {
            preferences: self.preferences.clone(),
            title: self.title(),
            card: self.card(),
            time: Rc::new(self.time()),
            locks: self.locks(),
            inspecting: self.lessons.open.is_some() && self.overlays.inspector,
            story: Rc::new(self.story.view(now, lang, self.preferences.important_only)),
            inspector: Rc::new(self.inspector(&cluster, self.selected.as_ref())),
            terminal: Rc::new(self.shells.view()),
            selected: self.selected.clone(),
            pins: self.pins(&cluster),
            shows,
            hides: self.lesson_shows() != Shows::ALL,
            lens: self.lens,
            matrix: self.matrix(),
            worksheet: self.worksheet.clone(),
            glossary: self.glossary.clone(),
            presenter: self.presenter(&cluster),
            lesson: self.lesson_view(),
            embedded: self.embedded,
            dialog: self.overlays.dialog.clone(),
            menu: self.overlays.menu.as_ref().map(|(object, x, y)| MenuView {
                x: *x,
                y: *y,
                inspector: Rc::new(self.inspector(&cluster, Some(object))),
            }),
            toast: self.overlays.toast.clone(),
            narration: self.narration.clone(),
            cluster,
        }
    }

    /// Who got what by now; made only while it is looked at.
    fn matrix(&self) -> Option<Rc<MatrixView>> {
        if self.lens != LensKind::Matrix {
            return None;
        }
        let checker = self.checks.checker(self.timeline.current())?;
        let learning = self.lessons.open.as_deref();
        let learning = learning.filter(|_| self.shows().has(Feature::Twins));
        let twins = learning.map_or(&[][..], |learning| &learning.lesson.twins);
        let world = self.timeline.world();
        Some(Rc::new(matrix::matrix(world, checker, twins)))
    }

    /// What the open lesson shows of the cluster.
    fn lesson_shows(&self) -> Shows {
        let learning = self.lessons.open.as_deref();
        learning.map_or(Shows::ALL, |l| Shows::of(&l.lesson.shows))
    }

    /// What the picture shows: what the lesson says, unless the person wants to see everything.
    pub fn shows(&self) -> Shows {
        if self.preferences.everything {
            Shows::ALL
        } else {
            self.lesson_shows()
        }
    }

    /// The cluster now, with what changed in the last step marked.
    pub fn cluster(&self) -> ClusterView {
        let mut cluster = world::cluster(self.timeline.world());
        self.add_times(&mut cluster);
        if let Some(before) = &self.before {
            changes::mark(&mut cluster, before);
        }
        cluster
    }

    /// Since when servers are down and partitions without a leader: the story knows.
    fn add_times(&self, cluster: &mut ClusterView) {
        let now = self.timeline.moment();
        let passed = || {
            self.story
                .items()
                .iter()
                .rev()
                .filter(|i| i.is_reached(now))
        };
        let last = |object: ObjectId| {
            passed()
                .find(|i| i.object.as_ref() == Some(&object) && i.fact.is_end_of_process())
                .map(|i| i.moment.at.0)
        };
        for broker in &mut cluster.brokers {
            if let (Process::Crashed { at } | Process::Stopped { at }, Some(since)) =
                (&mut broker.process, last(ObjectId::Broker(broker.id)))
            {
                *at = since;
            }
        }
        let names: Vec<_> = cluster
            .partitions()
            .filter(|(_, _, p)| p.leader.is_none())
            .map(|(name, _, _)| name)
            .collect();
        for name in names {
            let since = passed()
                .take_while(|i| !i.fact.gives_leader(&name.to_string()))
                .filter(|i| i.fact.takes_leader(&name.to_string()))
                .last()
                .map(|i| i.moment.at.0);
            if let Some(partition) = cluster.partition_mut(&name) {
                partition.leaderless_since = since.or(Some(now.at.0));
            }
        }
    }

    /// Tells the open dialog whether the run before can be opened.
    pub fn offer_previous(&mut self, found: bool) {
        if let Some(Dialog::Import(view)) = &mut self.overlays.dialog {
            view.previous = found;
        }
    }

    fn title(&self) -> TitleView {
        let here = self.timeline.current();
        let branch = self.timeline.branch(here).filter(|_| here != BranchId(0));
        let digest = self.timeline.world().digest();
        let lang = self.preferences.lang;
        let learning = self.lessons.open.as_deref();
        let lesson = learning.map(|l| l.lesson.title.get(crate::i18n::lesson::of(lang)));
        let lesson = lesson.map(str::to_owned);
        let document = lesson.or_else(|| self.card().map(|card| card.title));
        TitleView {
            document: document.unwrap_or_else(|| open::title(lang, &self.document).to_owned()),
            branch: branch.map(|b| b.name().to_owned()).unwrap_or_default(),
            seed: self.timeline.world().seed(),
            profile: PROFILE.to_owned(),
            digest: format!("{:04x}·{:04x}", digest >> 48, digest >> 32 & 0xffff),
        }
    }

    /// The card of the scenario this run began with.
    fn card(&self) -> Option<CardView> {
        let card = card(self.base.scenario.as_deref()?).ok()?;
        let (title, look) = self
            .preferences
            .lang
            .either((card.title_en, card.look_en), (card.title_zh, card.look_zh));
        Some(CardView { title, look })
    }

    fn time(&self) -> TimeView {
        let here = self.timeline.current();
        TimeView {
            now: self.now(),
            end: self.end(),
            event: self.timeline.moment().events,
            playing: self.playing,
            speed: self.speed,
            ticks: self.story.ticks(),
            leaderless: self.story.leaderless(self.end()),
            branches: self
                .timeline
                .branches()
                .map(|(id, branch)| BranchView {
                    id: id.0,
                    name: if id == BranchId(0) {
                        String::new()
                    } else {
                        branch.name().to_owned()
                    },
                    fork: branch.parent().map_or(0, |(_, fork)| fork.at.0),
                    end: branch.tip().at.0,
                    current: id == here,
                })
                .collect(),
            progress: self.progress(),
        }
    }

    /// Why a task cannot be done now, if a lesson or the page around this one locks it.
    pub(super) fn locked(&self, task: &Task) -> Option<&'static str> {
        let reason = crate::tasks::lesson::lock(self, task)?;
        Some(self.preferences.lang.say(reason))
    }

    fn locks(&self) -> Locks {
        Locks {
            time: self.locked(&Task::Step),
            terminal: self.locked(&Task::TerminalStop(0)),
            clients: self.locked(&Task::ProduceOne),
        }
    }

    /// The checked rules up to the furthest moment of the branch; broken ones first.
    pub fn check_rows(&self) -> Vec<CheckRow> {
        let verdicts = self.checks.verdicts(&self.timeline);
        let (lang, world) = (self.preferences.lang, self.timeline.world());
        let row = |verdict| checks::row(lang, world, verdict);
        let mut rows: Vec<CheckRow> = verdicts.iter().map(row).collect();
        rows.sort_by_key(|row| (row.holds, !row.seen));
        rows
    }

    /// The chain of causes of the last thing told about an object, root first.
    pub fn why(&self, object: &ObjectId) -> Vec<WhyStep> {
        let now = self.timeline.moment();
        let wanted = object
            .partition()
            .map_or_else(|| object.clone(), |p| ObjectId::Partition(p.clone()));
        let items = self
            .story
            .items()
            .iter()
            .rev()
            .filter(|i| i.is_reached(now));
        let about = |important: bool| {
            items
                .clone()
                .find(|i| i.object.as_ref() == Some(&wanted) && (i.important || !important))
        };
        let last = match object {
            ObjectId::Event(seq) => u32::try_from(*seq).ok().map(Seq),
            _ => about(true).or_else(|| about(false)).map(|i| i.seq),
        };
        let Some(last) = last else { return Vec::new() };
        let mut chain = self.timeline.world().trace().why(last);
        self.end_with_silence(&mut chain);
        let root = chain.pop();
        let between = chain.len().saturating_sub(WHY_MAX);
        chain.truncate(WHY_MAX);
        let mut steps: Vec<WhyStep> = chain.iter().filter_map(|s| self.why_step(*s)).collect();
        if between > 0 {
            let words = fate::folded(self.preferences.lang, between);
            let first = root.and_then(|seq| self.why_step(seq));
            steps.extend(first.map(|root| WhyStep { words, ..root }));
        }
        steps.extend(root.and_then(|seq| self.why_step(seq)));
        steps.reverse();
        steps
    }

    /// A link of a chain: what the story tells of it, else what kind of event it was.
    fn why_step(&self, seq: Seq) -> Option<WhyStep> {
        let lang = self.preferences.lang;
        let world = self.timeline.world();
        let entry = world.trace().get(seq)?;
        let words = match self.story.item(seq) {
            Some(item) => sentence(lang, &item.fact),
            None => fate::cause(lang, &self.cause(entry)?),
        };
        Some(WhyStep {
            event: u64::from(seq.0),
            at: entry.at.0,
            words,
        })
    }

    fn cause(&self, entry: &Entry) -> Option<Cause> {
        let world = self.timeline.world();
        let names = world::client_names(world);
        let name = |index| {
            let id = world.id_of(index)?;
            Some(place(&flight::place(world, id, &names)))
        };
        let who = name(entry.node)?;
        let api = || entry.api.map_or("", |api| api.name()).to_owned();
        let peer = || name(entry.peer).unwrap_or_default();
        Some(match entry.kind {
            EntryKind::Request => Cause::Request(who, api(), peer()),
            EntryKind::Response => Cause::Response(who, api(), peer()),
            EntryKind::Disconnected => Cause::Disconnected(who, peer()),
            EntryKind::Timer => Cause::Timer(who),
            EntryKind::Started => Cause::Started(who),
            EntryKind::Command => Cause::Command(who),
            EntryKind::Terminate => Cause::Terminate(who),
            EntryKind::Note
            | EntryKind::Client
            | EntryKind::Exited
            | EntryKind::Lost
            | EntryKind::Action => return None,
        })
    }
}
