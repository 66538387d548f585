//! The processes of a Kafka world, running or down.

use kafka_core::broker::{Broker, BrokerDisk, DiskFault};
use kafka_core::client::{Admin, Consumer, Producer, ShareConsumer};
use kafka_core::config::{
    BrokerConfig, ClientConfig, ConsumerConfig, ControllerConfig, ProducerConfig,
    ShareConsumerConfig,
};
use kafka_core::controller::{Controller, ControllerDisk};
use kafka_core::node::{Effects, Input, Prng};
use kafka_core::types::{NodeId, Time};

use crate::action::DiskState;
use crate::engine::{Halt, Process};

/// What a process is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Role {
    /// A voter of the controller quorum, or an observer that can become one.
    Controller,
    /// A broker.
    Broker,
    /// A producing application.
    Producer,
    /// A consuming application, alone, in a consumer group or in a share group.
    Consumer,
    /// An administrating tool.
    Admin,
}

impl Role {
    /// Whether it is a client.
    pub fn is_client(self) -> bool {
        !matches!(self, Role::Controller | Role::Broker)
    }
}

/// The settings a process is started with, every time anew.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NodeConfig {
    /// Of a controller.
    Controller(ControllerConfig),
    /// Of a broker.
    Broker(BrokerConfig),
    /// Of a producer.
    Producer(ProducerConfig),
    /// Of a consumer.
    Consumer(ConsumerConfig),
    /// Of a share consumer.
    ShareConsumer(ShareConsumerConfig),
    /// Of a tool.
    Admin(ClientConfig),
}

impl NodeConfig {
    /// What it configures.
    pub fn role(&self) -> Role {
        match self {
            NodeConfig::Controller(_) => Role::Controller,
            NodeConfig::Broker(_) => Role::Broker,
            NodeConfig::Producer(_) => Role::Producer,
            NodeConfig::Consumer(_) | NodeConfig::ShareConsumer(_) => Role::Consumer,
            NodeConfig::Admin(_) => Role::Admin,
        }
    }

    /// The settings every client has; `None` for servers.
    pub fn client(&self) -> Option<&ClientConfig> {
        match self {
            NodeConfig::Controller(_) | NodeConfig::Broker(_) => None,
            NodeConfig::Producer(config) => Some(&config.client),
            NodeConfig::Consumer(config) => Some(&config.client),
            NodeConfig::ShareConsumer(config) => Some(&config.client),
            NodeConfig::Admin(config) => Some(config),
        }
    }
}

/// A state machine, or what is left of it.
#[derive(Clone, Debug, Default)]
pub enum KafkaProcess {
    /// Nothing: never started, or a client that ended.
    #[default]
    Absent,
    /// A running controller.
    Controller(Box<Controller>),
    /// The disk of a controller that does not run.
    ControllerDisk(Box<ControllerDisk>),
    /// A running broker.
    Broker(Box<Broker>),
    /// The disk of a broker that does not run.
    BrokerDisk(Box<BrokerDisk>),
    /// A running producer.
    Producer(Box<Producer>),
    /// A running consumer.
    Consumer(Box<Consumer>),
    /// A running share consumer.
    ShareConsumer(Box<ShareConsumer>),
    /// A running tool.
    Admin(Box<Admin>),
}

impl KafkaProcess {
    /// Starts a process anew on what an earlier life left behind.
    pub fn start(id: NodeId, config: &NodeConfig, left: KafkaProcess) -> KafkaProcess {
        match config {
            NodeConfig::Controller(config) => {
                let disk = match left {
                    KafkaProcess::ControllerDisk(disk) => *disk,
                    _ => ControllerDisk::default(),
                };
                KafkaProcess::Controller(Box::new(Controller::new(config.clone(), disk)))
            }
            NodeConfig::Broker(config) => {
                let disk = match left {
                    KafkaProcess::BrokerDisk(disk) => *disk,
                    _ => BrokerDisk::default(),
                };
                KafkaProcess::Broker(Box::new(Broker::new(config.clone(), disk)))
            }
            NodeConfig::Producer(config) => {
                KafkaProcess::Producer(Box::new(Producer::new(config.clone(), id)))
            }
            NodeConfig::Consumer(config) => {
                KafkaProcess::Consumer(Box::new(Consumer::new(config.clone(), id)))
            }
            NodeConfig::ShareConsumer(config) => {
                KafkaProcess::ShareConsumer(Box::new(ShareConsumer::new(config.clone(), id)))
            }
            NodeConfig::Admin(config) => {
                KafkaProcess::Admin(Box::new(Admin::new(config.clone(), id)))
            }
        }
    }
}

impl KafkaProcess {
    /// What the disk of a log directory is like changes under a broker.
    pub(crate) fn set_disk(&mut self, dir: u32, state: DiskState) {
        let fault = match state {
            DiskState::Good => None,
            DiskState::Full => Some(DiskFault::Full),
            DiskState::Broken => Some(DiskFault::Broken),
        };
        match self {
            KafkaProcess::Broker(broker) => broker.set_disk(dir, fault),
            KafkaProcess::BrokerDisk(disk) => disk.dirs.set_fault(dir, fault),
            KafkaProcess::Absent if fault.is_some() => {
                let mut disk = Box::<BrokerDisk>::default();
                disk.dirs.set_fault(dir, fault);
                *self = KafkaProcess::BrokerDisk(disk);
            }
            _ => {}
        }
    }

    /// The broken disk of a log directory was replaced by an empty, formatted one.
    pub(crate) fn replace_disk(&mut self, dir: u32) {
        match self {
            KafkaProcess::Broker(broker) => broker.replace_disk(dir),
            KafkaProcess::BrokerDisk(disk) => {
                disk.replace(dir);
                if **disk == BrokerDisk::default() {
                    *self = KafkaProcess::Absent;
                }
            }
            _ => {}
        }
    }
}

impl Process for KafkaProcess {
    fn handle(&mut self, now: Time, input: Input<'_>, prng: &mut Prng, effects: &mut Effects) {
        match self {
            KafkaProcess::Controller(controller) => controller.handle(now, input, prng, effects),
            KafkaProcess::Broker(broker) => broker.handle(now, input, prng, effects),
            KafkaProcess::Producer(producer) => producer.handle(now, input, prng, effects),
            KafkaProcess::Consumer(consumer) => consumer.handle(now, input, prng, effects),
            KafkaProcess::ShareConsumer(consumer) => consumer.handle(now, input, prng, effects),
            KafkaProcess::Admin(admin) => admin.handle(now, input, prng, effects),
            KafkaProcess::Absent
            | KafkaProcess::ControllerDisk(_)
            | KafkaProcess::BrokerDisk(_) => {}
        }
    }

    fn halt(&mut self, now: Time, how: Halt) {
        *self = match std::mem::take(self) {
            KafkaProcess::Controller(controller) => {
                KafkaProcess::ControllerDisk(Box::new(controller.into_disk()))
            }
            KafkaProcess::Broker(broker) => {
                let mut disk = broker.into_disk(now);
                if how == Halt::PowerLoss {
                    disk.lose_unflushed();
                }
                KafkaProcess::BrokerDisk(Box::new(disk))
            }
            _ => KafkaProcess::Absent,
        };
    }
}
