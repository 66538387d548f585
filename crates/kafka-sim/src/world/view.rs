//! Reading a world: all that pictures, checkers and tools may see.

use kafka_core::broker::{Broker, BrokerDisk};
use kafka_core::client::{Admin, Consumer, Producer, ShareConsumer};
use kafka_core::controller::Controller;
use kafka_core::metadata::ClusterImage;
use kafka_core::node::TimerKey;
use kafka_core::types::{Name, NodeId, Time, TopicId};

use super::World;
use crate::action::DiskState;
use crate::engine::{InFlight, Status};
use crate::history::History;
use crate::net::{LinkState, LinkView};
use crate::process::{KafkaProcess, NodeConfig, Role};
use crate::spec::ClusterSpec;
use crate::trace::{Detail, NodeIndex, Seq, Trace};

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
    pub fn timers(&self, id: NodeId) -> Vec<(TimerKey, Time)> {
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

    /// The settings of every process there ever was, removed clients too, in order of creation.
    pub fn ever(&self) -> impl Iterator<Item = (NodeId, &NodeConfig)> {
        let slots = self.engine.nodes.iter();
        slots
            .zip(&self.members)
            .map(|(slot, member)| (slot.id, &*member.config))
    }

    /// When something last happened that is not mere keeping alive.
    pub fn last_activity(&self) -> Time {
        self.engine.last_activity()
    }

    /// All processes in order of creation, without removed clients.
    pub fn nodes(&self) -> impl Iterator<Item = NodeView<'_>> {
        (0..self.members.len() as u16)
            .filter(|node| !self.members[*node as usize].removed)
            .map(|node| self.view(node))
    }

    /// Clients that were removed, in order of creation: what they were given stays told of them.
    pub fn former_clients(&self) -> impl Iterator<Item = NodeView<'_>> {
        (0..self.members.len() as u16)
            .filter(|node| self.members[*node as usize].removed)
            .map(|node| self.view(node))
    }

    /// A running controller; `None` if it does not run.
    pub fn controller(&self, id: NodeId) -> Option<&Controller> {
        match self.node(id)?.process {
            KafkaProcess::Controller(controller) => Some(controller),
            _ => None,
        }
    }

    /// A running broker; `None` if it does not run.
    pub fn broker(&self, id: NodeId) -> Option<&Broker> {
        match self.node(id)?.process {
            KafkaProcess::Broker(broker) => Some(broker),
            _ => None,
        }
    }

    /// The state of the disk under a log directory of a broker.
    pub fn disk_state(&self, id: NodeId, dir: u32) -> DiskState {
        let member = self.index(id).ok();
        member.map_or(DiskState::Good, |node| {
            self.members[node as usize].disk(dir)
        })
    }

    /// The running brokers, in order of creation.
    pub fn brokers(&self) -> impl Iterator<Item = &Broker> {
        self.nodes().filter_map(|node| match node.process {
            KafkaProcess::Broker(broker) => Some(&**broker),
            _ => None,
        })
    }

    /// The disk of a broker that does not run.
    pub fn broker_disk(&self, id: NodeId) -> Option<&BrokerDisk> {
        match self.node(id)?.process {
            KafkaProcess::BrokerDisk(disk) => Some(disk),
            _ => None,
        }
    }

    /// A running producer; `None` if it does not run.
    pub fn producer(&self, id: NodeId) -> Option<&Producer> {
        match self.node(id)?.process {
            KafkaProcess::Producer(producer) => Some(producer),
            _ => None,
        }
    }

    /// A running consumer; `None` if it does not run.
    pub fn consumer(&self, id: NodeId) -> Option<&Consumer> {
        match self.node(id)?.process {
            KafkaProcess::Consumer(consumer) => Some(consumer),
            _ => None,
        }
    }

    /// A running share consumer; `None` if it does not run.
    pub fn share_consumer(&self, id: NodeId) -> Option<&ShareConsumer> {
        match self.node(id)?.process {
            KafkaProcess::ShareConsumer(consumer) => Some(consumer),
            _ => None,
        }
    }

    /// A running tool; `None` if it does not run.
    pub fn admin(&self, id: NodeId) -> Option<&Admin> {
        match self.node(id)?.process {
            KafkaProcess::Admin(admin) => Some(admin),
            _ => None,
        }
    }

    /// The running controller that leads the quorum in the newest epoch.
    pub fn active_controller(&self) -> Option<&Controller> {
        let leaders = self.nodes().filter_map(|node| match node.process {
            KafkaProcess::Controller(controller) if controller.raft().is_leader() => {
                Some(&**controller)
            }
            _ => None,
        });
        leaders.max_by_key(|controller| controller.raft().epoch(&controller.disk().raft))
    }

    /// The newest metadata that a running controller knows: the active one's, else that of
    /// the one that has applied most.
    pub fn metadata(&self) -> Option<&ClusterImage> {
        let active = self.active_controller().map(Controller::image);
        active.or_else(|| {
            let controllers = self.nodes().filter_map(|node| match node.process {
                KafkaProcess::Controller(controller) => Some(controller.image()),
                _ => None,
            });
            controllers.max_by_key(|image| image.next_offset)
        })
    }

    /// The name of a topic in the newest metadata.
    pub fn topic_name(&self, topic: TopicId) -> Option<&Name> {
        Some(&self.metadata()?.topics.get(&topic)?.name)
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
