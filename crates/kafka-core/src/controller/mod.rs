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
mod event;
mod partition_change;
mod partitions;
mod placer;
mod reassignment;
mod refusal;
#[cfg(test)]
mod tests;
mod topics;

use active::{Active, Waiting};
use event::{Event, View};

use crate::config::ControllerConfig;
use crate::error::ErrorCode;
use crate::metadata::{ClusterImage, MetadataRecord};
use crate::node::{Effect, Effects, Input, Prng, RequestIds, TimerKey};
use crate::protocol::{
    AllocateProducerIdsRequest, AllocateProducerIdsResponse, ControllerRegistrationRequest,
    ControllerRegistrationResponse, Request, Response,
};
use crate::raft::{Raft, RaftDisk, RaftIo, Role};
use crate::types::{Duration, NodeId, Offset, ProducerId, RequestId, Time};

/// Ids in one block of producer ids.
const PRODUCER_ID_BLOCK: u32 = 1_000;

/// Pause before a controller announces itself again.
const REGISTRATION_RETRY: Duration = Duration::from_ms(100);

/// What a controller keeps over restarts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ControllerDisk {
    /// Epoch, vote and metadata log.
    pub raft: RaftDisk,
}

/// Whether this life of the controller is known to the cluster.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Registration {
    Needed,
    Asked(NodeId, RequestId),
    Paused,
    Done,
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
        let alone = self.config.quorum.voters.len() == 1;
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

    fn on_request(&mut self, env: &mut Env<'_>, from: NodeId, id: RequestId, request: &Request) {
        let Some(refusal) = refusal::not_controller(request) else {
            return;
        };
        let Some((event, response)) = self.decide(env, request) else {
            env.fx.respond(from, id, refusal);
            return;
        };
        self.finish(env, event);
        let waiting = Waiting {
            from,
            id,
            response,
            refusal,
        };
        // Also without records: the answer may rest on records not yet committed.
        let offset = self.image.next_offset;
        if let Some(active) = &mut self.active {
            active.wait(offset, waiting);
        }
    }

    /// What a request makes the active controller do; `None` if it is not active.
    fn decide(&mut self, env: &mut Env<'_>, request: &Request) -> Option<(Event, Response)> {
        let active = self.active.as_mut()?;
        let contacts = &mut active.contacts;
        let view = View {
            config: &self.config,
            image: &self.image,
        };
        macro_rules! answer {
            ($kind:ident, $decided:expr) => {{
                let (event, response) = $decided;
                (event, Response::$kind(response))
            }};
        }
        Some(match request {
            Request::BrokerRegistration(request) => answer!(
                BrokerRegistration,
                brokers::register(view, contacts, env.now, request)
            ),
            Request::BrokerHeartbeat(request) => answer!(
                BrokerHeartbeat,
                brokers::heartbeat(view, contacts, env.now, request)
            ),
            Request::UnregisterBroker(request) => answer!(
                UnregisterBroker,
                brokers::unregister(view, contacts, request)
            ),
            Request::AlterPartition(request) => {
                answer!(AlterPartition, partitions::alter_partition(view, request))
            }
            Request::ElectLeaders(request) => {
                answer!(ElectLeaders, partitions::elect_leaders(view, request))
            }
            Request::CreateTopics(request) => {
                answer!(CreateTopics, topics::create(view, env.prng, request))
            }
            Request::DeleteTopics(request) => {
                answer!(DeleteTopics, topics::delete(view, request))
            }
            Request::CreatePartitions(request) => answer!(
                CreatePartitions,
                topics::create_partitions(view, env.prng, request)
            ),
            Request::IncrementalAlterConfigs(request) => {
                answer!(IncrementalAlterConfigs, configs::alter(view, request))
            }
            Request::AlterPartitionReassignments(request) => answer!(
                AlterPartitionReassignments,
                reassignment::alter(view, request)
            ),
            Request::ListPartitionReassignments(request) => answer!(
                ListPartitionReassignments,
                (Event::default(), reassignment::list(view, request))
            ),
            Request::AllocateProducerIds(request) => {
                answer!(AllocateProducerIds, allocate_producer_ids(view, request))
            }
            Request::ControllerRegistration(request) => {
                answer!(ControllerRegistration, register_controller(request))
            }
            _ => return None,
        })
    }

    fn on_timer(&mut self, env: &mut Env<'_>, key: TimerKey) {
        if key == TimerKey::ControllerRegistration {
            self.registration = Registration::Needed;
            return;
        }
        let Some(active) = &mut self.active else {
            return;
        };
        let view = View {
            config: &self.config,
            image: &self.image,
        };
        let event = match key {
            TimerKey::ControllerSessions => {
                active.session_timer_fired();
                // One broker an event: the next check sees what this one did (BRK-6).
                let mut event = Event::default();
                if let Some(broker) = active.contacts.take_expired(env.now) {
                    brokers::fence(view, &mut event, broker);
                }
                event
            }
            TimerKey::ControllerNoOp => Event {
                records: vec![MetadataRecord::NoOp],
                notes: Vec::new(),
            },
            TimerKey::ControllerPreferred => partitions::preferred_pass(view),
            TimerKey::ControllerUnclean => partitions::unclean_pass(view),
            _ => return,
        };
        if let Some(period) = active::period(&self.config, key) {
            env.fx.set_timer(key, env.now + period);
        }
        self.finish(env, event);
    }

    /// Announces this life to the active controller once the cluster has begun.
    fn maybe_register(&mut self, env: &mut Env<'_>) {
        let begun = self.committed >= self.image.next_offset && !self.image.features.is_empty();
        let leader = self.raft.leader();
        if matches!(self.registration, Registration::Asked(to, _) if leader.is_some_and(|it| it != to))
        {
            // The one that was asked leads no more; it may never answer.
            self.registration = Registration::Needed;
        }
        if self.registration != Registration::Needed || !begun || self.stopping {
            return;
        }
        let controller = self.config.node;
        if self.active.is_some() {
            self.registration = Registration::Done;
            self.append(env, vec![MetadataRecord::RegisterController { controller }]);
        } else if let Some(leader) = leader.filter(|leader| *leader != controller) {
            let id = self.ids.next_id();
            self.registration = Registration::Asked(leader, id);
            let request = ControllerRegistrationRequest { controller };
            env.fx
                .request(leader, id, Request::ControllerRegistration(request));
        }
    }

    fn on_response(&mut self, env: &mut Env<'_>, id: RequestId, response: &Response) {
        let asked = matches!(self.registration, Registration::Asked(_, asked) if asked == id);
        if let Response::ControllerRegistration(answer) = response
            && asked
        {
            match answer.error {
                ErrorCode::None => self.registration = Registration::Done,
                _ => self.pause_registration(env),
            }
        }
    }

    fn pause_registration(&mut self, env: &mut Env<'_>) {
        self.registration = Registration::Paused;
        let at = env.now + REGISTRATION_RETRY;
        env.fx.set_timer(TimerKey::ControllerRegistration, at);
    }
}

/// PRO-13: the next block of producer ids.
fn allocate_producer_ids(
    view: View<'_>,
    request: &AllocateProducerIdsRequest,
) -> (Event, AllocateProducerIdsResponse) {
    let mut event = Event::default();
    let (broker, broker_epoch) = (request.broker, request.broker_epoch);
    if let Err(error) = brokers::check_epoch(view, broker, broker_epoch) {
        let answer = AllocateProducerIdsResponse {
            error,
            start: ProducerId::NONE,
            len: 0,
        };
        return (event, answer);
    }
    let start = view.image.next_producer_id;
    event.records.push(MetadataRecord::ProducerIds {
        broker,
        broker_epoch,
        next: ProducerId(start.0 + i64::from(PRODUCER_ID_BLOCK)),
    });
    let answer = AllocateProducerIdsResponse {
        error: ErrorCode::None,
        start,
        len: PRODUCER_ID_BLOCK,
    };
    (event, answer)
}

fn register_controller(
    request: &ControllerRegistrationRequest,
) -> (Event, ControllerRegistrationResponse) {
    let controller = request.controller;
    let event = Event {
        records: vec![MetadataRecord::RegisterController { controller }],
        notes: Vec::new(),
    };
    let error = ErrorCode::None;
    (event, ControllerRegistrationResponse { error })
}
