//! The processes of a Kafka world, running or down.

use kafka_core::config::{
    BrokerConfig, ClientConfig, ConsumerConfig, ControllerConfig, ProducerConfig,
};
use kafka_core::node::{Effects, Input, Prng};
use kafka_core::types::Time;

use crate::engine::{Halt, Process};

/// What a process is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Role {
    /// A voter of the controller quorum.
    Controller,
    /// A broker.
    Broker,
    /// A producing application.
    Producer,
    /// A consuming application.
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
            NodeConfig::Consumer(_) => Role::Consumer,
            NodeConfig::Admin(_) => Role::Admin,
        }
    }

    /// The settings every client has; `None` for servers.
    pub fn client(&self) -> Option<&ClientConfig> {
        match self {
            NodeConfig::Controller(_) | NodeConfig::Broker(_) => None,
            NodeConfig::Producer(config) => Some(&config.client),
            NodeConfig::Consumer(config) => Some(&config.client),
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
}

impl KafkaProcess {
    /// Starts the process anew on what an earlier life left behind.
    pub fn start(_config: &NodeConfig, _left: KafkaProcess) -> KafkaProcess {
        KafkaProcess::Absent
    }
}

impl Process for KafkaProcess {
    fn handle(&mut self, _now: Time, _input: Input<'_>, _prng: &mut Prng, _effects: &mut Effects) {}

    fn halt(&mut self, _how: Halt) {}
}
