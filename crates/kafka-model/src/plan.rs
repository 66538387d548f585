//! What a search begins with and how much may happen in it.

use kafka_core::config::{
    BrokerConfig, ControllerConfig, ProducerConfig, QuorumConfig, Truncation,
};
use kafka_core::protocol::Acks;
use kafka_core::types::NodeId;
use kafka_sim::NodeConfig;
use kafka_sim::engine::Halt;

/// The one controller.
pub(crate) const CONTROLLER: NodeId = NodeId(100);
/// Who sends the records.
pub(crate) const PRODUCER: NodeId = NodeId(10_000);

/// How often something from outside may still happen.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Budget {
    /// Records that are sent, one a batch, with acks=all.
    pub records: u32,
    /// Processes that end.
    pub crashes: u32,
    /// Processes that start again, once their session has expired (BRK-1).
    pub starts: u32,
    /// Leaders whose session expires although they run: so many elections. (That of a
    /// broker that is down expires in any case.)
    pub fences: u32,
    /// Brokers that run and are unfenced again.
    pub unfences: u32,
    /// Preferred elections that change something.
    pub preferred: u32,
}

/// A small cluster with one partition on every broker, and what may happen to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plan {
    /// Brokers, numbered from 0; the partition's replicas in that order.
    pub brokers: u32,
    /// Broker 1 leads at first, with everybody in sync; otherwise broker 0 does.
    pub second_leads: bool,
    /// `min.insync.replicas` of the topic.
    pub min_isr: u32,
    /// Eligible leader replicas (KIP-966).
    pub elr: bool,
    /// How followers cut their logs.
    pub truncation: Truncation,
    /// The high watermark stands while the ISR is too small (REP-9).
    pub strict_min_isr: bool,
    /// How a process ends.
    pub halt: Halt,
    /// What may happen.
    pub budget: Budget,
}

impl Default for Plan {
    fn default() -> Plan {
        Plan {
            brokers: 2,
            second_leads: false,
            min_isr: 1,
            elr: true,
            truncation: Truncation::Epochs,
            strict_min_isr: true,
            halt: Halt::Crash,
            budget: Budget::default(),
        }
    }
}

impl Plan {
    /// The brokers.
    pub(crate) fn replicas(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.brokers).map(NodeId)
    }

    /// Settings of every process. A follower's back-off is over at once: the search chooses
    /// when it asks again.
    pub(crate) fn settings(&self) -> Vec<(NodeId, NodeConfig)> {
        let quorum = QuorumConfig {
            voters: vec![CONTROLLER],
            ..QuorumConfig::default()
        };
        let broker = |node| {
            NodeConfig::Broker(BrokerConfig {
                node,
                quorum: quorum.clone(),
                replica_fetch_backoff_ms: 0,
                truncation: self.truncation,
                strict_min_isr: self.strict_min_isr,
                ..BrokerConfig::default()
            })
        };
        let controller = NodeConfig::Controller(ControllerConfig {
            node: CONTROLLER,
            quorum: quorum.clone(),
            elr_version: self.elr.into(),
            ..ControllerConfig::default()
        });
        let producer = NodeConfig::Producer(ProducerConfig {
            acks: Acks::All,
            ..ProducerConfig::default()
        });
        let brokers = self.replicas().map(|node| (node, broker(node)));
        brokers
            .chain([(CONTROLLER, controller), (PRODUCER, producer)])
            .collect()
    }
}
