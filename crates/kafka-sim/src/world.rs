//! A Kafka world: an engine full of Kafka processes, and what may be done to it.
//!
//! `Clone` is a snapshot: processes are shared until they next change, history
//! chunks for ever. Not here: going back in time (`timeline`).

use std::rc::Rc;

use kafka_core::types::{Duration, NodeId, Time};

use crate::action::{Action, ActionError, Applied, Needs};
use crate::engine::{Engine, Halt, InFlight, Status};
use crate::history::History;
use crate::net::{LinkState, LinkView};
use crate::process::{KafkaProcess, NodeConfig, Role};
use crate::spec::{ClusterSpec, StartState};
use crate::trace::{Detail, EntryKind, NodeIndex, Seq, Trace};

/// How long a cluster may take to boot before its world is given as it is.
const BOOT_LIMIT: Duration = Duration::from_secs(60);

#[derive(Clone, Debug)]
struct Member {
    config: Rc<NodeConfig>,
    removed: bool,
}

/// The world.
#[derive(Clone, Debug)]
pub struct World {
    spec: Rc<ClusterSpec>,
    seed: u64,
    engine: Engine<KafkaProcess>,
    members: Vec<Member>,
    next_client: NodeId,
}

/// A process as others see it.
#[derive(Clone, Copy, Debug)]
pub struct NodeView<'a> {
    /// Its id.
    pub id: NodeId,
    /// What it is.
    pub role: Role,
    /// Whether it runs.
    pub status: Status,
    /// How often it was started.
    pub life: u32,
    /// Its settings.
    pub config: &'a NodeConfig,
    /// Its state machine, or what is left of it.
    pub process: &'a KafkaProcess,
}

impl World {
    /// A world at its beginning. A spec that names an id twice keeps the first.
    pub fn new(spec: ClusterSpec, seed: u64) -> World {
        let spec = Rc::new(spec);
        let mut world = World {
            engine: Engine::new(seed, spec.network),
            spec: Rc::clone(&spec),
            seed,
            members: Vec::new(),
            next_client: NodeId::FIRST_CLIENT,
        };
        let controllers = spec.controllers.iter();
        for config in controllers {
            world.add_member(config.node, NodeConfig::Controller(config.clone()));
        }
        for config in &spec.brokers {
            world.add_member(config.node, NodeConfig::Broker(config.clone()));
        }
        if spec.start != StartState::Stopped {
            for node in 0..world.members.len() as u16 {
                world.start_member(node, Seq::NONE);
            }
        }
        if spec.start == StartState::Booted {
            world.boot(BOOT_LIMIT);
        }
        world
    }

    fn add_member(&mut self, id: NodeId, config: NodeConfig) -> Option<u16> {
        let node = self.engine.add(id, KafkaProcess::Absent)?;
        self.members.push(Member {
            config: Rc::new(config),
            removed: false,
        });
        Some(node)
    }

    fn start_member(&mut self, node: u16, cause: Seq) {
        let config = Rc::clone(&self.members[node as usize].config);
        let left = self.engine.take_process(node);
        self.engine
            .start(node, KafkaProcess::start(&config, left), cause);
    }

    /// Delivers exactly one event; false if nothing is left to happen.
    pub fn step(&mut self) -> bool {
        self.engine.step()
    }

    /// Delivers the next event if it is due at or before `limit`.
    pub fn step_until(&mut self, limit: Time) -> bool {
        self.engine.step_until(limit)
    }

    /// Delivers `n` events; gives how many there were.
    pub fn run_events(&mut self, n: u64) -> u64 {
        (0..n).take_while(|_| self.engine.step()).count() as u64
    }

    /// Delivers everything due at or before `until`, then sets the clock to it.
    pub fn run_until(&mut self, until: Time) -> u64 {
        self.engine.run_until(until)
    }

    /// Sets the clock, without delivering anything: at most to the next event's
    /// time, never back.
    pub fn skip_to(&mut self, at: Time) {
        self.engine.skip_to(at);
    }

    /// Runs for a span of virtual time.
    pub fn run_for(&mut self, span: Duration) -> u64 {
        self.run_until(self.now() + span)
    }

    /// Runs until nothing but keeping alive (heartbeats, empty fetches, no-op
    /// records) has happened for `quiet`, at most until `limit`. Whether it
    /// became quiet.
    pub fn run_until_quiet(&mut self, quiet: Duration, limit: Time) -> bool {
        let from = self.now();
        loop {
            let calm = self.engine.last_activity().max(from) + quiet;
            if calm > limit {
                self.run_until(limit);
                return self.engine.last_activity().max(from) + quiet <= limit;
            }
            self.run_until(calm);
            if self.engine.last_activity().max(from) + quiet <= self.now() {
                return true;
            }
        }
    }

    /// Runs until every broker that runs is unfenced, at most for `limit`.
    pub fn boot(&mut self, limit: Duration) -> bool {
        let limit = self.now() + limit;
        while !self.is_booted() {
            if !self.step_until(limit) {
                return false;
            }
        }
        true
    }

    /// Whether every broker that runs knows itself to be unfenced.
    pub fn is_booted(&self) -> bool {
        true
    }

    /// Applies an action now. What it asks of a process is the next event there.
    pub fn apply(&mut self, action: &Action) -> Result<Applied, ActionError> {
        let target = self.check(action)?;
        let node = target.map_or(NodeIndex::NONE, NodeIndex);
        let seq = self.engine.record_outside(node, EntryKind::Action, action);
        let node = self.perform(action, target, seq)?;
        Ok(Applied { seq, node })
    }

    /// Whether the action can be applied, and to which process.
    fn check(&self, action: &Action) -> Result<Option<u16>, ActionError> {
        use Action::*;
        Ok(match action {
            Crash(id) | PowerLoss(id) => Some(self.in_status(*id, Needs::Alive)?),
            Terminate(id) => Some(self.in_status(*id, Needs::Alive)?),
            Start(id) => Some(self.in_status(*id, Needs::Down)?),
            Pause(id) => Some(self.in_status(*id, Needs::Running)?),
            Resume(id) => Some(self.in_status(*id, Needs::Paused)?),
            SetLink { from, to, .. } | SetLossRate { from, to, .. } => {
                self.index(*to)?;
                Some(self.index(*from)?)
            }
            Partition(one, other) => {
                for id in one.iter().chain(other) {
                    self.index(*id)?;
                }
                None
            }
            RemoveClient(id) => Some(self.client(*id)?),
            Command { client, .. } => {
                self.client(*client)?;
                Some(self.in_status(*client, Needs::Alive)?)
            }
            AddBroker(config) => {
                if config.node.is_client() || self.index(config.node).is_ok() {
                    return Err(ActionError::IdTaken(config.node));
                }
                None
            }
            DropMessage(id)
            | DelayMessage(id, _)
            | DuplicateMessage(id)
            | HoldMessage(id)
            | DeliverNow(id) => {
                if !self.engine.is_in_flight(*id) {
                    return Err(ActionError::NoSuchMessage(*id));
                }
                None
            }
            Heal | AddProducer(_) | AddConsumer(_) | AddAdmin(_) => None,
        })
    }

    fn index(&self, id: NodeId) -> Result<u16, ActionError> {
        self.engine
            .index_of(id)
            .filter(|node| !self.members[*node as usize].removed)
            .ok_or(ActionError::NoSuchNode(id))
    }

    fn client(&self, id: NodeId) -> Result<u16, ActionError> {
        let node = self.index(id)?;
        if self.members[node as usize].config.role().is_client() {
            Ok(node)
        } else {
            Err(ActionError::NotAClient(id))
        }
    }

    fn in_status(&self, id: NodeId, needs: Needs) -> Result<u16, ActionError> {
        let node = self.index(id)?;
        let status = self.engine.nodes[node as usize].status;
        let fits = match needs {
            Needs::Running => status == Status::Running,
            Needs::Alive => status.is_alive(),
            Needs::Down => !status.is_alive(),
            Needs::Paused => status == Status::Paused,
        };
        if fits {
            Ok(node)
        } else {
            Err(ActionError::WrongStatus {
                node: id,
                status,
                needs,
            })
        }
    }

    /// Does it; everything that can fail was checked, except that the world may
    /// be full.
    fn perform(
        &mut self,
        action: &Action,
        target: Option<u16>,
        seq: Seq,
    ) -> Result<Option<NodeId>, ActionError> {
        if let Some(node) = target {
            self.perform_on(action, node, seq);
            return Ok(None);
        }
        match action {
            Action::Partition(one, other) => {
                for (a, b) in one.iter().flat_map(|a| other.iter().map(move |b| (*a, *b))) {
                    self.set_link(a, b, LinkState::Dropped);
                    self.set_link(b, a, LinkState::Dropped);
                }
            }
            Action::Heal => self.engine.heal(),
            Action::AddBroker(config) => {
                let config = NodeConfig::Broker((**config).clone());
                return self.add_and_start(config, seq).map(Some);
            }
            Action::AddProducer(config) => {
                let mut config = (**config).clone();
                self.default_bootstrap(&mut config.client.bootstrap);
                return self
                    .add_and_start(NodeConfig::Producer(config), seq)
                    .map(Some);
            }
            Action::AddConsumer(config) => {
                let mut config = (**config).clone();
                self.default_bootstrap(&mut config.client.bootstrap);
                return self
                    .add_and_start(NodeConfig::Consumer(config), seq)
                    .map(Some);
            }
            Action::AddAdmin(config) => {
                let mut config = (**config).clone();
                self.default_bootstrap(&mut config.bootstrap);
                return self.add_and_start(NodeConfig::Admin(config), seq).map(Some);
            }
            Action::DropMessage(id) => self.engine.drop_message(*id, seq),
            Action::DelayMessage(id, by) => self.engine.delay_message(*id, *by),
            Action::DuplicateMessage(id) => self.engine.duplicate_message(*id),
            Action::HoldMessage(id) => self.engine.hold_message(*id),
            Action::DeliverNow(id) => self.engine.deliver_now(*id),
            _ => {}
        }
        Ok(None)
    }

    fn perform_on(&mut self, action: &Action, node: u16, seq: Seq) {
        match action {
            Action::Crash(_) => self.engine.halt(node, Halt::Crash, seq),
            Action::PowerLoss(_) => self.engine.halt(node, Halt::PowerLoss, seq),
            Action::Terminate(_) => self.engine.terminate(node, seq),
            Action::Start(_) => self.start_member(node, seq),
            Action::Pause(_) => self.engine.pause(node),
            Action::Resume(_) => self.engine.resume(node),
            Action::SetLink { from, to, state } => self.set_link(*from, *to, *state),
            Action::SetLossRate { to, ppm, .. } => {
                if let Some(to) = self.engine.index_of(*to) {
                    self.engine.set_loss(node, to, *ppm);
                }
            }
            Action::RemoveClient(_) => {
                if self.engine.nodes[node as usize].status.is_alive() {
                    self.engine.halt(node, Halt::Crash, seq);
                }
                self.members[node as usize].removed = true;
            }
            Action::Command { command, .. } => {
                self.engine.command(node, Rc::new((**command).clone()), seq);
            }
            _ => {}
        }
    }

    fn set_link(&mut self, from: NodeId, to: NodeId, state: LinkState) {
        if let (Some(from), Some(to)) = (self.engine.index_of(from), self.engine.index_of(to)) {
            self.engine.set_link(from, to, state);
        }
    }

    fn default_bootstrap(&self, bootstrap: &mut Vec<kafka_core::config::Endpoint>) {
        if bootstrap.is_empty() {
            *bootstrap = self.spec.bootstrap();
        }
    }

    fn add_and_start(&mut self, config: NodeConfig, seq: Seq) -> Result<NodeId, ActionError> {
        let id = match &config {
            NodeConfig::Broker(broker) => broker.node,
            _ => self.next_client,
        };
        let node = self.add_member(id, config).ok_or(ActionError::WorldFull)?;
        if id.is_client() {
            self.next_client = NodeId(id.0 + 1);
        }
        self.start_member(node, seq);
        Ok(id)
    }

    /// A clone for keeping: without the content of the newest trace entries,
    /// which would keep old messages alive.
    pub fn snapshot(&self) -> World {
        let mut copy = self.clone();
        copy.engine.trace_mut().strip();
        copy
    }

    /// The cluster it began with.
    pub fn spec(&self) -> &ClusterSpec {
        &self.spec
    }

    /// Its master seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The virtual time.
    pub fn now(&self) -> Time {
        self.engine.now()
    }

    /// Events delivered so far.
    pub fn events(&self) -> u64 {
        self.engine.events()
    }

    /// When the next event is due.
    pub fn next_at(&mut self) -> Option<Time> {
        self.engine.next_at()
    }

    /// The running digest over everything that happened.
    pub fn digest(&self) -> u64 {
        self.engine.digest()
    }

    /// What happened.
    pub fn trace(&self) -> &Trace {
        self.engine.trace()
    }

    /// What happened, to set how much of it is kept.
    pub fn trace_mut(&mut self) -> &mut Trace {
        self.engine.trace_mut()
    }

    /// What applications saw.
    pub fn history(&self) -> &History {
        self.engine.history()
    }

    /// What applications saw, to set how much of it is kept.
    pub fn history_mut(&mut self) -> &mut History {
        self.engine.history_mut()
    }

    /// Messages sent and not yet handled.
    pub fn in_flight(&self) -> impl Iterator<Item = InFlight<'_>> {
        self.engine.in_flight()
    }

    /// The directed links in use.
    pub fn links(&self) -> impl Iterator<Item = LinkView> {
        self.engine.links()
    }

    /// What a directed link does.
    pub fn link_state(&self, from: NodeId, to: NodeId) -> LinkState {
        self.engine.link_state(from, to)
    }

    /// The timers of a process and when they are due.
    pub fn timers(&self, id: NodeId) -> Vec<(kafka_core::node::TimerKey, Time)> {
        self.engine.timers(id)
    }

    /// The process that trace entries name by that dense number.
    pub fn id_of(&self, node: NodeIndex) -> Option<NodeId> {
        self.engine.id_of(node)
    }

    /// One process; `None` if there is none (any more).
    pub fn node(&self, id: NodeId) -> Option<NodeView<'_>> {
        self.index(id).ok().map(|node| self.view(node))
    }

    /// All processes in order of creation, without removed clients.
    pub fn nodes(&self) -> impl Iterator<Item = NodeView<'_>> {
        (0..self.members.len() as u16)
            .filter(|node| !self.members[*node as usize].removed)
            .map(|node| self.view(node))
    }

    fn view(&self, node: u16) -> NodeView<'_> {
        let slot = &self.engine.nodes[node as usize];
        let config: &NodeConfig = &self.members[node as usize].config;
        NodeView {
            id: slot.id,
            role: config.role(),
            status: slot.status,
            life: slot.life,
            config,
            process: &slot.cell.process,
        }
    }

    /// The content of a trace entry, if it is still kept.
    pub fn detail(&self, seq: Seq) -> Option<&Detail> {
        self.trace().detail(seq)
    }
}
