//! Applying actions: first everything is checked, then done.

use std::rc::Rc;

use kafka_core::types::NodeId;

use super::World;
use crate::action::{Action, ActionError, Applied, DiskState, Needs};
use crate::engine::{Halt, Status};
use crate::net::LinkState;
use crate::process::NodeConfig;
use crate::trace::{EntryKind, NodeIndex, Seq};

impl World {
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
            Start(id) => Some(self.startable(*id)?),
            FailLogDir(id, dir) => {
                Some(self.on_disk(*id, *dir, &[DiskState::Good, DiskState::Full])?)
            }
            FillDisk(id, dir) => Some(self.on_disk(*id, *dir, &[DiskState::Good])?),
            RepairDisk(id, dir) => {
                Some(self.on_disk(*id, *dir, &[DiskState::Full, DiskState::Broken])?)
            }
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
            Heal | AddProducer(_) | AddConsumer(_) | AddShareConsumer(_) | AddAdmin(_) => None,
        })
    }

    pub(super) fn index(&self, id: NodeId) -> Result<u16, ActionError> {
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

    /// A process that does not run and whose first disk lets it.
    fn startable(&self, id: NodeId) -> Result<u16, ActionError> {
        let node = self.in_status(id, Needs::Down)?;
        match self.members[node as usize].disk(0) {
            DiskState::Good => Ok(node),
            bad => Err(ActionError::WrongDisk(id, bad)),
        }
    }

    /// A broker with a disk of that number in one of these states.
    fn on_disk(&self, id: NodeId, dir: u32, fits: &[DiskState]) -> Result<u16, ActionError> {
        let node = self.index(id)?;
        let member = &self.members[node as usize];
        let NodeConfig::Broker(config) = &*member.config else {
            return Err(ActionError::NotABroker(id));
        };
        if dir as usize >= config.log_dirs().len() {
            return Err(ActionError::NoSuchLogDir(id, dir));
        }
        match member.disk(dir) {
            state if fits.contains(&state) => Ok(node),
            state => Err(ActionError::WrongDisk(id, state)),
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
            Action::AddShareConsumer(config) => {
                let mut config = (**config).clone();
                self.default_bootstrap(&mut config.client.bootstrap);
                return self
                    .add_and_start(NodeConfig::ShareConsumer(config), seq)
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
            Action::FailLogDir(_, dir) => self.lose_disk(node, *dir, DiskState::Broken, seq),
            Action::FillDisk(_, dir) => self.lose_disk(node, *dir, DiskState::Full, seq),
            Action::RepairDisk(_, dir) => self.repair_disk(node, *dir),
            Action::Command { command, .. } => {
                self.engine.command(node, Rc::new((**command).clone()), seq);
            }
            _ => {}
        }
    }

    /// Without the directory of the metadata the broker halts; of any other it learns at its next
    /// write (LOG-16).
    fn lose_disk(&mut self, node: u16, dir: u32, state: DiskState, seq: Seq) {
        self.members[node as usize].disks.insert(dir, state);
        if dir != 0 {
            self.engine.process_mut(node).set_disk(dir, state);
        } else if self.engine.nodes[node as usize].status.is_alive() {
            self.engine.halt(node, Halt::Crash, seq);
        }
    }

    /// Room on a full disk, or an empty one, formatted with the cluster's id.
    fn repair_disk(&mut self, node: u16, dir: u32) {
        let state = self.members[node as usize].disks.remove(&dir);
        let process = self.engine.process_mut(node);
        match state {
            Some(DiskState::Broken) => process.replace_disk(dir),
            _ => process.set_disk(dir, DiskState::Good),
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
}
