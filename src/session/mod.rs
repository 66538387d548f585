//! The state of the page outside Yew: one timeline, what is selected, how time flows.
//!
//! What it is not: a model of Kafka (the timeline's worlds are) or a renderer. Invariant: work that
//! may last longer than a frame is done in slices by [`Session::frame`], so the page never blocks.

pub mod handle;
pub mod preferences;
pub mod story;
mod teller;
pub mod terminal;
mod view;
pub mod work;

use std::rc::Rc;

use kafka_shell::terminal::TerminalStatus;
use kafka_sim::{BranchId, ClusterSpec, Moment, Timeline};

use crate::view_model::app::{Dialog, Toast};
use crate::view_model::cluster::{ClusterView, MessageView};
use crate::view_model::object::ObjectId;
use crate::view_model::time::{SPEED_START, SPEEDS};
use preferences::Preferences;
use story::StoryLog;
use terminal::Terminal;
use work::{Clock, Work};

/// The version of Kafka simulated, as the title block tells it.
pub const PROFILE: &str = "Kafka 4.3, KRaft";

/// The seed of a fresh page: the same for everybody, so that two people see the same.
pub const SEED_START: u64 = 7;

/// A tab that was hidden longer than this comes back without a jump in time.
const HIDDEN_MS: f64 = 500.0;

/// How often Yew hears of a playing session.
const TELL_MS: f64 = 125.0;

/// With reduced motion, playing advances in steps this far apart.
const REDUCED_STEP_MS: f64 = 800.0;

/// What is open over the page.
#[derive(Clone, Debug, Default)]
pub struct Overlays {
    /// Dialog.
    pub dialog: Option<Dialog>,
    /// Menu: object and place.
    pub menu: Option<(ObjectId, f64, f64)>,
    /// Toast.
    pub toast: Option<Toast>,
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
    /// True while time flows.
    pub playing: bool,
    /// Index of the speed.
    pub speed: usize,
    /// What is open over the page.
    pub overlays: Overlays,
    /// Sentence for the narrator.
    pub narration: String,
    /// The story of the branch.
    pub story: StoryLog,
    /// The terminal.
    pub terminal: Terminal,
    /// The cluster before the last step, to mark what changed in it.
    pub before: Option<Rc<ClusterView>>,
    /// Where the present was before each action, for undo.
    pub undo: Vec<(BranchId, Moment)>,
    work: Option<Work>,
    revision: u64,
    wall: Option<f64>,
    told: f64,
    owed_ms: f64,
}

impl Session {
    /// A session on a new timeline.
    pub fn new(spec: ClusterSpec, seed: u64, preferences: Preferences) -> Session {
        let mut session = Session {
            timeline: Timeline::new(spec, seed),
            document: String::new(),
            preferences,
            selected: None,
            playing: false,
            speed: SPEED_START,
            overlays: Overlays::default(),
            narration: String::new(),
            story: StoryLog::default(),
            terminal: Terminal::default(),
            before: None,
            undo: Vec::new(),
            work: None,
            revision: 0,
            wall: None,
            told: 0.0,
            owed_ms: 0.0,
        };
        session.world_changed();
        session
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
        self.work = None;
        self.revision += 1;
    }

    /// The long work under way.
    pub fn work(&self) -> Option<&Work> {
        self.work.as_ref()
    }

    /// Lets the terminal's command go on after time has passed; true while one runs.
    pub fn pump_terminal(&mut self) -> bool {
        let busy = self.terminal.pump(&mut self.timeline);
        self.story.collect(&self.timeline);
        busy
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

    /// Finishes what can be finished in this frame; true when the work ended.
    fn continue_work(&mut self, clock: Clock<'_>) -> bool {
        let Some(mut work) = self.work.take() else {
            return false;
        };
        if self.advance_work(&mut work, clock) {
            work.finish(&mut self.timeline);
            self.world_changed();
            self.narrate_last();
            return true;
        }
        self.revision += 1;
        self.work = Some(work);
        false
    }

    /// A slice of work; a command of the terminal is looked after by the session itself.
    fn advance_work(&mut self, work: &mut Work, clock: Clock<'_>) -> bool {
        let Work::Command {
            until, wants_input, ..
        } = work
        else {
            return work.advance(&mut self.timeline, &mut self.story, clock);
        };
        let end = clock() + work::SLICE_MS;
        while clock() < end {
            let busy = self.pump_terminal();
            let reads = matches!(
                self.terminal.status(),
                TerminalStatus::Running {
                    wants_input: true,
                    ..
                }
            );
            if !busy || self.now() >= *until || (*wants_input && reads) {
                self.playing = busy && !reads;
                return true;
            }
            for _ in 0..work::EVENTS_A_PUMP {
                self.timeline.step();
            }
            self.story.collect(&self.timeline);
        }
        false
    }

    fn play(&mut self, past_ms: f64, clock: Clock<'_>) {
        self.owed_ms += past_ms;
        if self.preferences.reduced_motion && self.owed_ms < REDUCED_STEP_MS {
            return;
        }
        let span = (std::mem::take(&mut self.owed_ms) * 1_000.0 * SPEEDS[self.speed].1) as u64;
        let target = kafka_core::types::Time(self.now() + span);
        work::run_for_a_frame(&mut self.timeline, &mut self.story, target, clock);
        self.pump_terminal();
        self.before = None;
        self.world_changed();
    }

    /// What the canvas needs for this frame.
    pub fn moving(&self) -> Moving {
        let world = self.timeline.world();
        Moving {
            now: world.now().0,
            revision: self.revision,
            playing: self.playing,
            speed: SPEEDS[self.speed].1,
            messages: crate::view_model::flight::messages(
                world,
                &crate::view_model::world::client_names(world),
            ),
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
