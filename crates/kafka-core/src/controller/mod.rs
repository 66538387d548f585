//! A controller: a voter of the quorum, and while it leads the one process that
//! changes cluster metadata (RAFT-14).
//!
//! It turns requests and expired sessions into metadata records; it never talks to
//! brokers on its own. Not here: what brokers do with the records. Invariants: the
//! records of one event are one batch; an answer is sent only when that batch is
//! committed; a controller that does not lead answers NOT_CONTROLLER.

mod active;
mod bootstrap;
mod brokers;
mod configs;
mod contacts;
mod decide;
mod event;
mod log_dirs;
mod partition_change;
mod partitions;
mod placer;
mod reassignment;
mod registration;
#[cfg(test)]
mod tests;
mod topics;

pub use bootstrap::records as bootstrap_records;

use active::Active;
use event::Event;
use registration::Registration;

use crate::config::ControllerConfig;
use crate::metadata::{ClusterImage, MetadataRecord};
use crate::node::{Effect, Effects, Input, Prng, RequestIds};
use crate::raft::{Raft, RaftDisk, RaftIo, Role};
use crate::types::{BrokerId, Duration, Offset, Time};

/// What a controller keeps over restarts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ControllerDisk {
    /// Epoch, vote and metadata log.
    pub raft: RaftDisk,
}

/// A controller process.
#[derive(Clone, Debug)]
pub struct Controller {
    config: ControllerConfig,
    disk: ControllerDisk,
    raft: Raft,
    ids: RequestIds,
    /// Active: everything appended. Others: everything committed (RAFT-12).
    image: ClusterImage,
    /// End of what is known to be committed; never goes back.
    committed: Offset,
    active: Option<Active>,
    registration: Registration,
    stopping: bool,
}

/// What one step may use besides the controller itself.
struct Env<'a> {
    now: Time,
    prng: &'a mut Prng,
    fx: &'a mut Effects,
}

impl Controller {
    /// A process about to start with what an earlier life left on disk.
    pub fn new(config: ControllerConfig, disk: ControllerDisk) -> Controller {
        let raft = Raft::new(config.node, config.quorum.clone());
        Controller {
            config,
            disk,
            raft,
            ids: RequestIds::default(),
            image: ClusterImage::new(),
            committed: Offset::ZERO,
            active: None,
            registration: Registration::Needed,
            stopping: false,
        }
    }

    /// What remains when the process is gone.
    pub fn into_disk(self) -> ControllerDisk {
        self.disk
    }

    /// Its settings.
    pub fn config(&self) -> &ControllerConfig {
        &self.config
    }

    /// The cluster as this controller sees it: with uncommitted changes while active.
    pub fn image(&self) -> &ClusterImage {
        &self.image
    }

    /// Its part in the quorum.
    pub fn raft(&self) -> &Raft {
        &self.raft
    }

    /// Its durable state.
    pub fn disk(&self) -> &ControllerDisk {
        &self.disk
    }

    /// Whether it may change metadata now.
    pub fn is_active(&self) -> bool {
        self.active.is_some()
    }

    /// What is left of a broker's session and how long a whole one is; `None` while this controller
    /// is not active and for a broker whose session expired (BRK-6).
    pub fn session(&self, broker: BrokerId, now: Time) -> Option<(Duration, Duration)> {
        self.active.as_ref()?.contacts.session(broker, now)
    }

    /// Requests whose records are appended but not yet committed.
    pub fn waiting_requests(&self) -> usize {
        self.active.as_ref().map_or(0, Active::waiting)
    }

    /// One step of the process.
    pub fn handle(&mut self, now: Time, input: Input<'_>, prng: &mut Prng, fx: &mut Effects) {
        let env = &mut Env { now, prng, fx };
        match input {
            Input::Started => self.with_raft(env, Raft::start),
            Input::Request { from, id, request } => {
                if !self.with_raft(env, |raft, io| raft.on_request(io, from, id, request)) {
                    self.on_request(env, from, id, request);
                }
            }
            Input::Response { from, id, response } => {
                if !self.with_raft(env, |raft, io| raft.on_response(io, from, id, response)) {
                    self.on_response(env, id, response);
                }
            }
            Input::Disconnected { peer } => {
                self.with_raft(env, |raft, io| raft.on_disconnected(io, peer));
                if matches!(self.registration, Registration::Asked(to, _) if to == peer) {
                    self.pause_registration(env);
                }
            }
            Input::Timer(key) => {
                if !self.with_raft(env, |raft, io| raft.on_timer(io, key)) {
                    self.on_timer(env, key);
                }
            }
            Input::Terminate => {
                self.stopping = true;
                self.with_raft(env, Raft::resign);
            }
            Input::Command(_) => {}
        }
        self.follow_quorum(env);
    }

    fn with_raft<T>(
        &mut self,
        env: &mut Env<'_>,
        act: impl FnOnce(&mut Raft, &mut RaftIo<'_>) -> T,
    ) -> T {
        let mut io = RaftIo {
            now: env.now,
            disk: &mut self.disk.raft,
            ids: &mut self.ids,
            prng: env.prng,
            fx: env.fx,
        };
        act(&mut self.raft, &mut io)
    }

    /// Takes or leaves office, replays what was committed, answers who waited for it.
    fn follow_quorum(&mut self, env: &mut Env<'_>) {
        self.committed = self.committed.max(self.raft.high_watermark());
        let epoch = self.raft.epoch(&self.disk.raft);
        let established = self.raft.is_established_leader();
        let in_office = |active: &Active| established && active.epoch == epoch;
        if self.active.as_ref().is_some_and(|it| !in_office(it)) {
            self.retire(env);
        }
        match &mut self.active {
            Some(active) => active.answer_committed(self.committed, env.fx),
            None => {
                self.replay_committed();
                if established && !self.stopping {
                    self.take_office(env);
                }
            }
        }
        // A record of voters, which the quorum appends itself, takes an offset too.
        if self.active.is_some()
            && let Some(next) = self.raft.next_offset(&self.disk.raft)
        {
            self.image.next_offset = next;
        }
        self.maybe_register(env);
        if let Some(active) = &mut self.active {
            active.set_session_timer(env.fx);
        }
        if self.stopping && self.may_exit() {
            env.fx.list.push(Effect::Exit);
        }
    }

    /// A stopping leader stays until the quorum has moved on without it.
    fn may_exit(&self) -> bool {
        let voters = self.raft.voters();
        let alone = voters.len() == 1 && self.raft.is_voter();
        alone || !matches!(self.raft.role(), Role::Leader | Role::Resigned)
    }

    /// Back to what is committed (RAFT-12); nobody gets a promise that may not hold.
    fn retire(&mut self, env: &mut Env<'_>) {
        if let Some(active) = self.active.take() {
            active.retire(env.fx);
        }
        if self.image.next_offset > self.committed {
            self.image = ClusterImage::new();
        }
    }

    fn replay_committed(&mut self) {
        for batch in self.disk.raft.log.read_from(self.image.next_offset) {
            if batch.next_offset() > self.committed {
                break;
            }
            for record in &batch.records {
                self.image.apply(record);
            }
        }
    }

    fn take_office(&mut self, env: &mut Env<'_>) {
        let epoch = self.raft.epoch(&self.disk.raft);
        let active = Active::new(&self.config, &self.image, epoch, env.now, env.fx);
        self.active = Some(active);
        if self.image.features.is_empty() {
            let records = bootstrap::records(&self.config);
            self.append(env, records);
        }
    }

    /// Appends the records of one event and applies them at once.
    fn append(&mut self, env: &mut Env<'_>, records: Vec<MetadataRecord>) {
        if records.is_empty() {
            return;
        }
        for record in &records {
            self.image.apply(record);
        }
        self.with_raft(env, |raft, io| raft.append(io, records));
    }

    fn finish(&mut self, env: &mut Env<'_>, event: Event) {
        self.append(env, event.records);
        for note in event.notes {
            env.fx.note(note);
        }
    }
}
