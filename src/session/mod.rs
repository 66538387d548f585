//! The state of the page outside Yew: one timeline, what is selected, how time flows.
//!
//! What it is not: a model of Kafka (the timeline's worlds are) or a renderer. Invariant: work that
//! may last longer than a frame is done in slices by [`Session::frame`], so the page never blocks.

pub mod checks;
mod export;
mod fate;
mod flow;
pub mod handle;
mod inspecting;
pub mod lesson;
pub mod library;
mod opening;
mod pace;
mod pins;
pub mod preferences;
pub mod presenter;
pub mod replay;
pub mod script;
pub mod story;
mod teller;
pub mod terminal;
pub mod terminals;
#[cfg(test)]
pub mod tests;
mod typing;
mod view;
mod why;
pub mod work;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use kafka_lessons::glossary::Glossary;
use kafka_scenario::Scenario;
use kafka_sim::{BranchId, ClusterSpec, Moment, Timeline};

use crate::view_model::app::{Dialog, Toast, Trouble};
use crate::view_model::cluster::{ClusterView, MessageView};
use crate::view_model::fetched::Fetched;
use crate::view_model::lens::LensKind;
use crate::view_model::object::ObjectId;
use crate::view_model::time::SPEED_START;
use checks::Checks;
use lesson::Lessons;
use preferences::Preferences;
use presenter::Presenting;
use replay::Replay;
use script::{Entry, Saved, Script};
use story::StoryLog;
use terminals::Terminals;
use work::{Clock, Work};

/// The version of Kafka simulated, as the title block tells it.
pub const PROFILE: &str = "Kafka 4.3, KRaft";

/// The seed of a fresh page: the same for everybody, so that two people see the same.
pub const SEED_START: u64 = 7;

/// A tab that was hidden longer than this comes back without a jump in time.
const HIDDEN_MS: f64 = 500.0;

/// How often Yew hears of a playing session.
const TELL_MS: f64 = 125.0;

/// What is open over the page.
#[derive(Clone, Debug, Default)]
pub struct Overlays {
    /// Dialog.
    pub dialog: Option<Dialog>,
    /// Menu: object and place.
    pub menu: Option<(ObjectId, f64, f64)>,
    /// Toast.
    pub toast: Option<Toast>,
    /// The inspector, over the picture of a lesson.
    pub inspector: bool,
}

/// The moving part of a frame.
pub struct Moving {
    /// Virtual time.
    pub now: u64,
    /// Grows with every change of the world.
    pub revision: u64,
    /// True while time flows.
    pub playing: bool,
    /// Virtual seconds a wall second.
    pub speed: f64,
    /// Messages under way.
    pub messages: Vec<MessageView>,
}

/// The session.
pub struct Session {
    /// The run.
    pub timeline: Timeline,
    /// Its name.
    pub document: String,
    /// What the person set.
    pub preferences: Preferences,
    /// Selected object.
    pub selected: Option<ObjectId>,
    /// How the moment is looked at.
    pub lens: LensKind,
    /// The lesson whose worksheet is shown.
    pub worksheet: Option<String>,
    /// The glossary, as far as it was fetched.
    pub glossary: Fetched<Glossary>,
    /// The presenter view, while it is open.
    pub presenting: Option<Presenting>,
    /// True while time flows.
    pub playing: bool,
    /// Index of the speed.
    pub speed: usize,
    /// What is open over the page.
    pub overlays: Overlays,
    /// Sentence for the narrator.
    pub narration: String,
    /// The lesson that is open, and what was done of all of them.
    pub lessons: Lessons,
    /// The page stands within another one: no header, controls locked.
    pub embedded: bool,
    /// The story of the branch.
    pub story: StoryLog,
    /// The terminals.
    pub shells: Terminals,
    /// The cluster before the last step, to mark what changed in it.
    pub before: Option<Rc<ClusterView>>,
    /// Where the present was before each action, for undo.
    pub undo: Vec<(BranchId, Moment)>,
    /// Seed and scenario of the run.
    pub base: Script,
    /// What is checked beside the run.
    pub checks: Checks,
    deeds: BTreeMap<BranchId, Vec<Entry>>,
    /// Deeds in the past that have made no branch so far.
    unplaced: Vec<Entry>,
    /// Terminals whose command was left behind since the last deed.
    left: BTreeSet<u8>,
    /// A broken rule has just stopped the run.
    halted: bool,
    /// Where the scenario's own steps were over.
    opened_at: Moment,
    work: Option<Work>,
    revision: u64,
    wall: Option<f64>,
    told: f64,
    owed_ms: f64,
    /// Virtual seconds a wall second in the last frame.
    rate: f64,
    /// Until when the last thing worth watching is watched.
    watched_until: u64,
}

impl Session {
    /// A session on a new timeline.
    pub fn new(spec: ClusterSpec, seed: u64, preferences: Preferences) -> Session {
        let mut session = Session {
            timeline: Timeline::new(spec, seed),
            document: String::new(),
            preferences,
            selected: None,
            lens: LensKind::default(),
            worksheet: None,
            glossary: Fetched::default(),
            presenting: None,
            playing: false,
            speed: SPEED_START,
            overlays: Overlays::default(),
            narration: String::new(),
            lessons: Lessons::default(),
            embedded: false,
            story: StoryLog::default(),
            shells: Terminals::default(),
            before: None,
            undo: Vec::new(),
            base: Script::new(seed),
            checks: Checks::default(),
            deeds: BTreeMap::new(),
            unplaced: Vec::new(),
            left: BTreeSet::new(),
            halted: false,
            opened_at: Moment::default(),
            work: None,
            revision: 0,
            wall: None,
            told: 0.0,
            owed_ms: 0.0,
            rate: 0.0,
            watched_until: 0,
        };
        session.opened_at = session.timeline.moment();
        session.checks.look(&session.timeline);
        session.follow_branch();
        session.world_changed();
        session
    }

    /// A session on what a scenario tells; it is played in slices, and then `replay` is done.
    ///
    /// # Errors
    /// A setting that Kafka refuses.
    pub fn open(
        scenario: Scenario,
        replay: Option<Box<Replay>>,
        preferences: Preferences,
    ) -> Result<Session, String> {
        let spec = kafka_scenario::spec(&scenario.setup).map_err(|error| error.to_string())?;
        let mut session = Session::new(spec, scenario.setup.seed, preferences);
        session.document = scenario.setup.title.clone().unwrap_or_default();
        session.base.scenario = Some(kafka_scenario::print(&scenario));
        let opening = opening::Opening::new(scenario, replay);
        session.work = Some(Work::Open(Box::new(opening)));
        Ok(session)
    }

    /// A session on a cluster with nothing in it.
    pub fn empty(preferences: Preferences) -> Session {
        Session::new(ClusterSpec::default(), SEED_START, preferences)
    }

    /// Goes on in the place of another session: the frames' clock does not jump.
    pub fn take_over(&mut self, before: &Session) {
        self.lens = before.lens;
        self.glossary.clone_from(&before.glossary);
        self.embedded = before.embedded;
        self.presenting.clone_from(&before.presenting);
        self.wall = before.wall;
        self.told = before.told;
        self.revision = before.revision + 1;
    }

    /// Grows with every change of the world.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Tells that something from outside could not be used.
    pub fn tell_trouble(&mut self, trouble: Trouble) {
        self.overlays.dialog = Some(Dialog::Trouble(trouble));
    }

    /// Finishes the work under way at once; for callers that cannot wait for frames.
    pub fn settle(&mut self) {
        while let Some(mut work) = self.work.take() {
            while !self.advance_work(&mut work, &|| 0.0) {}
            self.finish_work(work);
        }
    }

    /// The session of a link.
    ///
    /// # Errors
    /// What is wrong with its scenario.
    pub fn from_script(script: &Script, preferences: Preferences) -> Result<Session, String> {
        let replay = Box::new(Replay::of(script));
        Session::rebuilt(script.scenario.as_deref(), script.seed, replay, preferences)
    }

    /// The session of a kept run.
    ///
    /// # Errors
    /// What is wrong with its scenario.
    pub fn from_saved(saved: &Saved, preferences: Preferences) -> Result<Session, String> {
        let replay = Box::new(script::replay(saved));
        Session::rebuilt(saved.scenario.as_deref(), saved.seed, replay, preferences)
    }

    fn rebuilt(
        scenario: Option<&str>,
        seed: u64,
        replay: Box<Replay>,
        preferences: Preferences,
    ) -> Result<Session, String> {
        if let Some(text) = scenario {
            let scenario = kafka_scenario::parse(text).map_err(|error| error.to_string())?;
            return Session::open(scenario, Some(replay), preferences);
        }
        let mut session = Session::new(ClusterSpec::default(), seed, preferences);
        session.begin(Work::Replay(replay));
        Ok(session)
    }

    /// True while the run is built up; nothing can be done to it meanwhile.
    pub fn is_opening(&self) -> bool {
        matches!(
            self.work,
            Some(Work::Open(_) | Work::Replay(_) | Work::Lesson)
        )
    }

    /// Virtual time now.
    pub fn now(&self) -> u64 {
        self.timeline.world().now().0
    }

    /// End of what has been computed on this branch.
    pub fn end(&self) -> u64 {
        let tip = self
            .timeline
            .branch(self.timeline.current())
            .map(|b| b.tip().at.0);
        tip.unwrap_or(0).max(self.now())
    }

    /// To be called after the present moved or the world was changed.
    pub fn world_changed(&mut self) {
        self.story.collect(&self.timeline);
        self.revision += 1;
    }

    /// Starts long work; work under way is given up.
    pub fn begin(&mut self, work: Work) {
        self.playing = false;
        self.work = Some(work);
    }

    /// Gives up long work; the present stays where it is.
    pub fn cancel_work(&mut self) {
        if self.work.is_some() {
            self.stop_lesson();
        }
        if let Some(Work::Open(opening)) = self.work.take() {
            self.opened(opening.cut());
            self.playing = false;
        }
        self.revision += 1;
    }

    /// The long work under way.
    pub fn work(&self) -> Option<&Work> {
        self.work.as_ref()
    }

    /// Does what a frame may do in its time; true when the page should be told of a change.
    pub fn frame(&mut self, wall: f64, clock: Clock<'_>) -> bool {
        let past = self.wall.replace(wall).map_or(0.0, |last| wall - last);
        let past = if past > HIDDEN_MS { 0.0 } else { past.max(0.0) };
        if self.work.is_some() {
            return self.continue_work(clock) || self.is_time_to_tell(wall);
        }
        if !self.playing {
            return false;
        }
        self.play(past, clock);
        self.is_time_to_tell(wall)
    }

    fn is_time_to_tell(&mut self, wall: f64) -> bool {
        let due = wall - self.told >= TELL_MS;
        if due {
            self.told = wall;
        }
        due
    }

    /// Does a frame's share of long work; true when it ended.
    fn continue_work(&mut self, clock: Clock<'_>) -> bool {
        let Some(mut work) = self.work.take() else {
            return false;
        };
        if self.advance_work(&mut work, clock) {
            self.finish_work(work);
            return true;
        }
        self.revision += 1;
        self.work = Some(work);
        false
    }

    /// What the canvas needs for this frame.
    pub fn moving(&self) -> Moving {
        let (world, shows) = (self.timeline.world(), self.shows());
        let mut messages = crate::view_model::flight::messages(
            world,
            &crate::view_model::world::client_names(world),
        );
        messages.retain(|message| shows.sees(message));
        Moving {
            now: world.now().0,
            revision: self.revision,
            playing: self.playing,
            speed: self.rate,
            messages,
        }
    }

    /// Tells the narrator the sentence of the last event.
    pub fn narrate_last(&mut self) {
        let now = self.timeline.moment();
        if let Some(words) = self.story.sentence_at(now, self.preferences.lang) {
            self.narration = words;
        }
    }

    /// Shows a short message.
    pub fn toast(&mut self, words: impl Into<String>, error: bool, undo: bool) {
        self.overlays.toast = Some(Toast {
            words: words.into(),
            error,
            undo,
        });
    }
}
