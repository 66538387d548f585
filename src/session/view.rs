//! The page's view of a session.

use std::rc::Rc;

use kafka_sim::{BranchId, Seq};

use super::{PROFILE, Session};
use crate::i18n::story::sentence;
use crate::view_model::app::{AppView, Dialog, MenuView, TitleView};
use crate::view_model::changes;
use crate::view_model::checks::{self, CheckRow};
use crate::view_model::cluster::{ClusterView, Process};
use crate::view_model::inspector::{InspectorView, WhyStep, inspect};
use crate::view_model::object::ObjectId;
use crate::view_model::time::{BranchView, TimeView};
use crate::view_model::world;

/// Links of a chain of causes shown at most.
const WHY_MAX: usize = 8;

impl Session {
    /// The page at this moment.
    pub fn view(&self) -> AppView {
        let lang = self.preferences.lang;
        let cluster = Rc::new(self.cluster());
        let now = self.timeline.moment();
        AppView {
            preferences: self.preferences.clone(),
            title: self.title(),
            time: Rc::new(self.time()),
            story: Rc::new(self.story.view(now, lang, self.preferences.important_only)),
            inspector: Rc::new(self.inspector(&cluster, self.selected.as_ref())),
            terminal: Rc::new(self.terminal.view()),
            selected: self.selected.clone(),
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
        TitleView {
            document: self.document.clone(),
            branch: branch.map(|b| b.name().to_owned()).unwrap_or_default(),
            seed: self.timeline.world().seed(),
            profile: PROFILE.to_owned(),
            digest: format!("{:04x}·{:04x}", digest >> 48, digest >> 32 & 0xffff),
        }
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
            progress: self.work().map(|work| work.progress(self.now())),
        }
    }

    fn inspector(&self, cluster: &ClusterView, object: Option<&ObjectId>) -> InspectorView {
        let mut view = inspect(cluster, object, self.preferences.lang);
        if let Some(object) = object {
            view.why = self.why(object);
        }
        view
    }

    /// The checked rules up to the furthest moment of the branch; broken ones first.
    pub fn check_rows(&self) -> Vec<CheckRow> {
        let verdicts = self.checks.verdicts(self.timeline.current());
        let lang = self.preferences.lang;
        let mut rows: Vec<CheckRow> = verdicts.iter().map(|v| checks::row(lang, v)).collect();
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
        let chain = self.timeline.world().trace().why(last);
        let mut steps: Vec<WhyStep> = chain
            .into_iter()
            .filter_map(|seq| self.why_step(seq))
            .take(WHY_MAX)
            .collect();
        steps.reverse();
        steps
    }

    fn why_step(&self, seq: Seq) -> Option<WhyStep> {
        let item = self.story.item(seq)?;
        Some(WhyStep {
            event: u64::from(seq.0),
            at: item.moment.at.0,
            words: sentence(self.preferences.lang, &item.fact),
        })
    }
}
