//! What a world is made of: the cluster at its beginning.

use kafka_core::config::{BrokerConfig, ControllerConfig, Endpoint, QuorumConfig, QuorumFormat};
use kafka_core::types::NodeId;

use crate::net::NetworkSpec;

/// Whether the cluster has to be started.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum StartState {
    /// The servers have been started and every broker is unfenced.
    #[default]
    Booted,
    /// The servers start at time zero.
    Cold,
    /// The servers are configured and not started: somebody starts them.
    Stopped,
}

/// A cluster. `Default` is three brokers and three controllers, booted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClusterSpec {
    /// The controllers: the voters, and those that are there to join them.
    pub controllers: Vec<ControllerConfig>,
    /// The brokers.
    pub brokers: Vec<BrokerConfig>,
    /// The network between all processes.
    pub network: NetworkSpec,
    /// How it begins.
    pub start: StartState,
    /// What the wall clock showed when virtual time was zero, in milliseconds
    /// since the Unix epoch.
    pub clock_epoch_ms: u64,
}

/// 2025-01-01 00:00:00 UTC.
const CLOCK_EPOCH_MS: u64 = 1_735_689_600_000;

impl Default for ClusterSpec {
    fn default() -> ClusterSpec {
        ClusterSpec::quick(3, 3)
    }
}

impl ClusterSpec {
    /// Brokers 0, 1, ... on ports 9092, 9093, ... and controllers 100, 101, ...
    /// (numbers after the brokers' when there are more than 100), all with
    /// Kafka's defaults except that internal topics get at most as many replicas
    /// as there are brokers.
    pub fn quick(brokers: u32, controllers: u32) -> ClusterSpec {
        let first_controller = brokers.max(100);
        let voters = (0..controllers).map(|i| NodeId(first_controller + i));
        let quorum = QuorumConfig {
            voters: voters.collect(),
            ..QuorumConfig::default()
        };
        let controller = |node: &NodeId| ControllerConfig {
            node: *node,
            quorum: quorum.clone(),
            ..ControllerConfig::default()
        };
        let broker = |i: u32| BrokerConfig {
            node: NodeId(i),
            quorum: quorum.clone(),
            port: 9_092_u32.saturating_add(i).min(65_535) as u16,
            offsets_topic_replication_factor: brokers.clamp(1, 3) as i16,
            ..BrokerConfig::default()
        };
        ClusterSpec {
            controllers: quorum.voters.iter().map(controller).collect(),
            brokers: (0..brokers).map(broker).collect(),
            network: NetworkSpec::default(),
            start: StartState::Booted,
            clock_epoch_ms: CLOCK_EPOCH_MS,
        }
    }

    /// The same cluster, but formatted so that voters can change (RAFT-15): the first `voters`
    /// controllers are the voters at first, the others are there to join.
    pub fn with_voters(mut self, voters: usize) -> ClusterSpec {
        let initial: Vec<NodeId> = (self.controllers.iter().take(voters))
            .map(|controller| controller.node)
            .collect();
        for (at, controller) in self.controllers.iter_mut().enumerate() {
            controller.quorum.format = if at < voters {
                QuorumFormat::Initial(initial.clone())
            } else {
                QuorumFormat::Joining
            };
        }
        for broker in &mut self.brokers {
            broker.quorum.format = QuorumFormat::Joining;
        }
        self
    }

    /// The addresses of all brokers, as `bootstrap.servers` would list them.
    pub fn bootstrap(&self) -> Vec<Endpoint> {
        self.brokers
            .iter()
            .map(|broker| Endpoint {
                node: broker.node,
                host: broker.host.clone(),
                port: broker.port,
            })
            .collect()
    }
}
