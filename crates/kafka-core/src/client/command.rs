//! What an application asks its client to do.

use super::producer::{OffsetsToSend, TransactionCall};
use crate::protocol::{AcknowledgeType, OffsetSpec, Request};
use crate::topic_pattern::TopicPattern;
use crate::types::{Bytes, Duration, Name, NodeId, Offset};

/// A partition as an application names it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct NamedPartition {
    /// Topic name.
    pub topic: Name,
    /// Partition number.
    pub partition: u32,
}

/// A record to send.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordToSend {
    /// Topic name.
    pub topic: Name,
    /// Explicit partition (PRO-1).
    pub partition: Option<u32>,
    /// Key.
    pub key: Option<Bytes>,
    /// Value.
    pub value: Option<Bytes>,
    /// Headers.
    pub headers: Vec<(Name, Option<Bytes>)>,
    /// Timestamp in milliseconds; `None` = now.
    pub timestamp_ms: Option<i64>,
}

/// A steady load: one record every `every`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProducerLoad {
    /// Topic name.
    pub topic: Name,
    /// Explicit partition.
    pub partition: Option<u32>,
    /// Pause between sends (> 0).
    pub every: Duration,
    /// Records still to send; `None` = no end.
    pub remaining: Option<u64>,
    /// Number of distinct keys `k0..`; 0 = null keys.
    pub keys: u32,
    /// These keys in turn, instead of `k0..`; empty = none.
    pub key_names: Vec<Bytes>,
    /// Value length in bytes; 0 = the running number as text.
    pub value_bytes: u32,
    /// Running number of the next record.
    pub next: u64,
}

/// A request of an application.
#[derive(Clone, PartialEq, Debug)]
pub enum ClientCommand {
    // Producer
    /// Send one record. The tag comes back in its events (0 = pick one).
    Send(RecordToSend, u64),
    /// Send all that waits.
    Flush,
    /// A transactional method without arguments (TXN-13).
    Transaction(TransactionCall),
    /// sendOffsetsToTransaction (TXN-6).
    SendOffsets(OffsetsToSend),
    /// Begin a steady load.
    StartLoad(ProducerLoad),
    /// End all loads.
    StopLoad,
    // Consumer
    /// Subscribe and start the poll loop.
    Subscribe(Vec<Name>),
    /// Subscribe to the topics whose names match, and start the poll loop.
    SubscribeTo(TopicPattern),
    /// Read these partitions without a group.
    Assign(Vec<NamedPartition>),
    /// Call `poll` once (when no poll loop runs).
    Poll,
    /// Stop calling `poll` (heartbeats go on).
    StopPolling,
    /// Call `poll` again in a loop.
    ResumePolling,
    /// commitSync; `None` = all current positions.
    Commit(Option<Vec<(NamedPartition, Offset)>>),
    /// Set the position.
    Seek(NamedPartition, Offset),
    /// seekToBeginning / seekToEnd.
    SeekTo(Vec<NamedPartition>, OffsetSpec),
    /// Pause (true) or resume fetching of partitions.
    Pause(Vec<NamedPartition>, bool),
    // Share consumer
    /// Acknowledge records that `poll` returned, each with its type (SHG-4).
    Acknowledge(Vec<(NamedPartition, Offset, AcknowledgeType)>),
    /// commitAsync of a share consumer: sends what is acknowledged and does not wait.
    CommitAsync,
    // Admin
    /// Send this request the way Kafka's AdminClient does (right broker, retries)
    /// and report the answer under this number.
    Call(u64, AdminTarget, Box<Request>),
    // All
    /// Close cleanly. For consumers: leave the group (true; a static member stays,
    /// GRP-15) or remain (false).
    Close {
        /// Leave the group.
        leave: bool,
    },
    /// Close a consumer with `GroupMembershipOperation.LEAVE_GROUP`: a static member
    /// leaves as well.
    CloseLeaving,
}

/// Where an admin request must go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AdminTarget {
    /// Any live broker.
    AnyBroker,
    /// This broker.
    Broker(NodeId),
    /// Every broker (ListGroups); one answer each.
    AllBrokers,
    /// The coordinator of this group.
    Coordinator(Name),
    /// The coordinator of this transactional id.
    TransactionCoordinator(Name),
    /// The leader of the named partition.
    Leader(NamedPartition),
}
