//! What may happen next.

use std::fmt;

use kafka_core::node::TimerKey;
use kafka_core::types::NodeId;

/// One step of a search: the network, a clock or the world outside decides.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Choice {
    /// The first message under way from one to the other arrives.
    Deliver(NodeId, NodeId),
    /// A broker is given so many of the metadata batches it lacks.
    Metadata(NodeId, u32),
    /// The producer's next record reaches that leader.
    Append(NodeId),
    /// What followers wait for at that leader is not coming: their fetches are answered
    /// (`replica.fetch.wait.max.ms`).
    WaitEnds(NodeId),
    /// A broker tries again what failed.
    Retry(NodeId, TimerKey),
    /// A broker's session expires.
    Fence(NodeId),
    /// A fenced broker's heartbeat reaches the controller.
    Unfence(NodeId),
    /// A preferred election.
    Prefer,
    /// A process ends.
    Halt(NodeId),
    /// A process starts, registers, recovers and is unfenced.
    Start(NodeId),
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Choice::Deliver(from, to) => write!(f, "a message of {from} reaches {to}"),
            Choice::Metadata(node, count) => {
                write!(f, "broker {node} applies {count} metadata batch(es)")
            }
            Choice::Append(node) => write!(f, "a record reaches leader {node}"),
            Choice::WaitEnds(node) => write!(f, "the fetches that wait at broker {node} end"),
            Choice::Retry(node, key) => write!(f, "broker {node} tries again ({key:?})"),
            Choice::Fence(node) => write!(f, "the session of broker {node} expires"),
            Choice::Unfence(node) => write!(f, "broker {node} is unfenced"),
            Choice::Prefer => write!(f, "a preferred election"),
            Choice::Halt(node) => write!(f, "broker {node} stops"),
            Choice::Start(node) => write!(f, "broker {node} starts"),
        }
    }
}
