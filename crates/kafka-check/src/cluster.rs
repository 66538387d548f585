//! What the checks read of a cluster.
//!
//! A trait, so that each check can be shown a cluster made by hand that breaks its
//! invariant. The world implements it in `world`. Invariant: reading changes nothing.

use crate::verdict::Setting;
use kafka_core::group::Group;
use kafka_core::metadata::{ClusterImage, MetadataBatch};
use kafka_core::protocol::Acks;
use kafka_core::record::Batch;
use kafka_core::types::{BrokerId, LeaderEpoch, Name, NodeId, Offset, QuorumEpoch, TopicPartition};
use kafka_sim::{Detail, EntryKind, Seq};

/// One trace entry, with process ids instead of dense numbers.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// Its number.
    pub seq: Seq,
    /// The process it happened to.
    pub node: NodeId,
    /// The other process, for messages.
    pub peer: Option<NodeId>,
    /// What kind.
    pub kind: EntryKind,
    /// What it carried.
    pub detail: &'a Detail,
}

/// A replica's log, running or not.
#[derive(Clone, Copy, Debug)]
pub struct ReplicaView<'a> {
    /// First offset that may be read.
    pub log_start: Offset,
    /// Offset of the next append.
    pub log_end: Offset,
    /// What the process knows; `None` if it does not run.
    pub running: Option<RunningReplica<'a>>,
}

/// What a running broker knows of its replica.
#[derive(Clone, Copy, Debug)]
pub struct RunningReplica<'a> {
    /// Its high watermark.
    pub high_watermark: Offset,
    /// Its last stable offset.
    pub last_stable_offset: Offset,
    /// The leader epoch it knows.
    pub leader_epoch: LeaderEpoch,
    /// Whether it leads.
    pub is_leader: bool,
    /// The committed ISR it knows.
    pub isr: &'a [BrokerId],
    /// The ISR it has asked for, if a change is in flight.
    pub pending_isr: &'a [BrokerId],
    /// `min.insync.replicas`, at most the number of replicas.
    pub effective_min_isr: u32,
}

impl RunningReplica<'_> {
    /// The committed ISR and what is being added to it (REP-11).
    pub fn maximal_isr(&self) -> impl Iterator<Item = BrokerId> {
        let added = self.pending_isr.iter();
        let added = added.filter(|broker| !self.isr.contains(broker));
        self.isr.iter().chain(added).copied()
    }
}

/// A voter's durable state and how far it knows the log to be committed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct QuorumView {
    /// Current epoch.
    pub epoch: QuorumEpoch,
    /// Vote cast in it.
    pub voted: Option<NodeId>,
    /// End of the committed part, or UNKNOWN.
    pub high_watermark: Offset,
}

/// A group that reads a partition: one of its members has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reader {
    /// The group.
    pub group: Name,
    /// The partition.
    pub partition: TopicPartition,
    /// Without a committed offset its members begin with the earliest record.
    pub from_earliest: bool,
}

/// A cluster as the checks see it.
pub trait Cluster {
    /// Every replica on a disk, by broker and partition.
    fn replicas(&self) -> Vec<(BrokerId, TopicPartition)>;

    /// One replica; `None` if that broker holds none.
    fn replica(&self, broker: BrokerId, partition: TopicPartition) -> Option<ReplicaView<'_>>;

    /// Shows the batches from `from` on, oldest first, until `visit` says false.
    fn visit_batches(
        &self,
        broker: BrokerId,
        partition: TopicPartition,
        from: Offset,
        visit: &mut dyn FnMut(&Batch) -> bool,
    );

    /// Voters of the quorum.
    fn voters(&self) -> Vec<NodeId>;

    /// One voter; `None` for other processes.
    fn quorum(&self, node: NodeId) -> Option<QuorumView>;

    /// How much of the metadata log a broker has applied; `None` for other processes.
    fn applied(&self, node: NodeId) -> Option<Offset>;

    /// Shows a voter's or a running broker's metadata batches from `from` on, oldest first,
    /// until `visit` says false. A voter's are on its disk, whether it runs or not.
    fn visit_metadata(
        &self,
        node: NodeId,
        from: Offset,
        visit: &mut dyn FnMut(&MetadataBatch) -> bool,
    );

    /// The metadata a broker has applied; `None` for other processes.
    fn image(&self, broker: BrokerId) -> Option<&ClusterImage>;

    /// A group as that broker coordinates it.
    fn group(&self, broker: BrokerId, name: &str) -> Option<&Group>;

    /// `share.delivery.count.limit` of a share group as that broker knows it.
    fn delivery_limit(&self, broker: BrokerId, group: &str) -> Option<u16>;

    /// What a producer waits for.
    fn acks(&self, producer: NodeId) -> Option<Acks>;

    /// Whether a producer's settings let a batch that is sent again come after the one
    /// behind it.
    fn may_reorder(&self, producer: NodeId) -> bool;

    /// Why a producer's records may be elsewhere than where their keys belong; also if
    /// nobody can tell any more, for its process is gone.
    fn strays(&self, producer: NodeId) -> Option<Setting>;

    /// The groups of consumers that read, by what their members have now.
    fn readers(&self) -> Vec<Reader>;

    /// The group of a consumer.
    fn group_of(&self, consumer: NodeId) -> Option<Name>;
}
