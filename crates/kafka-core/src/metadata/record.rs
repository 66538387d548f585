//! Records of `__cluster_metadata`, named as Kafka names them.

use super::voters::VoterSet;
use crate::protocol::ConfigResource;
use crate::types::{
    BrokerEpoch, BrokerId, IncarnationId, Name, NodeId, Offset, ProducerId, QuorumEpoch, TopicId,
    Uuid,
};

/// One record of the metadata log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MetadataRecord {
    /// Control record a new quorum leader appends (RAFT-7).
    LeaderChange {
        /// The leader.
        leader: NodeId,
        /// Who granted it the vote.
        granting: Vec<NodeId>,
    },
    /// Control record: the `kraft.version` of a quorum whose voters may change (RAFT-15).
    KRaftVersion(i16),
    /// Control record: the voters from here on (RAFT-15).
    KRaftVoters(VoterSet),
    /// Keeps the high watermark moving (`metadata.max.idle.interval.ms`).
    NoOp,
    /// Begin of a batch of records that belong together (bootstrap).
    BeginTransaction(Name),
    /// Its end.
    EndTransaction,
    /// Finalised feature level.
    FeatureLevel {
        /// Feature name, as in `metadata.version`.
        name: Name,
        /// Level.
        level: i16,
    },
    /// A config set (Some) or removed (None).
    Config {
        /// Of what.
        resource: ConfigResource,
        /// Config name.
        name: Name,
        /// New value.
        value: Option<Name>,
    },
    /// A controller announces itself.
    RegisterController {
        /// Its id.
        controller: NodeId,
    },
    /// A broker incarnation; starts fenced (BRK-1).
    RegisterBroker {
        /// Broker.
        broker: BrokerId,
        /// Incarnation.
        incarnation: IncarnationId,
        /// Offset at which the registration event begins.
        broker_epoch: BrokerEpoch,
        /// Rack.
        rack: Option<Name>,
        /// Host clients are told.
        host: Name,
        /// Port clients are told.
        port: u16,
        /// Its log directories that can be used, ascending.
        directories: Vec<Uuid>,
    },
    /// Fenced, unfenced, entering controlled shutdown, with fewer log directories.
    BrokerRegistrationChange {
        /// Broker.
        broker: BrokerId,
        /// Its epoch.
        broker_epoch: BrokerEpoch,
        /// `Some(true)` now fenced, `Some(false)` now unfenced.
        fenced: Option<bool>,
        /// Entering controlled shutdown.
        in_controlled_shutdown: bool,
        /// The log directories that are left, ascending.
        directories: Option<Vec<Uuid>>,
    },
    /// A broker is forgotten.
    UnregisterBroker {
        /// Broker.
        broker: BrokerId,
        /// Its epoch.
        broker_epoch: BrokerEpoch,
    },
    /// A topic.
    Topic {
        /// Name.
        name: Name,
        /// Dense number.
        topic: TopicId,
        /// UUID as printed.
        uuid: Uuid,
    },
    /// A topic is gone.
    RemoveTopic {
        /// Which.
        topic: TopicId,
    },
    /// A new partition, complete state.
    Partition {
        /// Topic.
        topic: TopicId,
        /// Partition.
        partition: u32,
        /// Its state.
        state: PartitionRegistration,
    },
    /// A change of a partition; absent fields keep their value (REP-28).
    PartitionChange {
        /// Topic.
        topic: TopicId,
        /// Partition.
        partition: u32,
        /// The changed fields.
        change: PartitionChange,
    },
    /// Ends what is left of an ELR when `min.insync.replicas` changed (REP-37).
    ClearElr {
        /// Topic, `None` = all.
        topic: Option<Name>,
    },
    /// A block of producer ids was handed out.
    ProducerIds {
        /// To whom.
        broker: BrokerId,
        /// Its epoch.
        broker_epoch: BrokerEpoch,
        /// First id of the next block.
        next: ProducerId,
    },
}

/// Fields of a PARTITION_CHANGE_RECORD; `None` = unchanged.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PartitionChange {
    /// New ISR.
    pub isr: Option<Vec<BrokerId>>,
    /// New leader (`Some(None)` = no leader); its presence bumps the leader epoch.
    pub leader: Option<Option<BrokerId>>,
    /// New replicas.
    pub replicas: Option<Vec<BrokerId>>,
    /// New removing replicas.
    pub removing: Option<Vec<BrokerId>>,
    /// New adding replicas.
    pub adding: Option<Vec<BrokerId>>,
    /// New recovery state: true = RECOVERING (1).
    pub recovering: Option<bool>,
    /// New ELR.
    pub elr: Option<Vec<BrokerId>>,
    /// New last known ELR.
    pub last_known_elr: Option<Vec<BrokerId>>,
    /// New directories of all replicas.
    pub directories: Option<Vec<Uuid>>,
}

impl PartitionChange {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        *self == PartitionChange::default()
    }
}

/// Complete state of a partition as the controller keeps it (section 4).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PartitionRegistration {
    /// Replicas, preferred first.
    pub replicas: Vec<BrokerId>,
    /// In-sync replicas in their order.
    pub isr: Vec<BrokerId>,
    /// Being removed.
    pub removing: Vec<BrokerId>,
    /// Being added.
    pub adding: Vec<BrokerId>,
    /// Leader, if any.
    pub leader: Option<BrokerId>,
    /// After an unclean election, until the leader clears it.
    pub recovering: bool,
    /// Leader epoch.
    pub leader_epoch: crate::types::LeaderEpoch,
    /// Partition epoch.
    pub partition_epoch: crate::types::PartitionEpoch,
    /// Eligible leader replicas.
    pub elr: Vec<BrokerId>,
    /// Last known ELR.
    pub last_known_elr: Vec<BrokerId>,
    /// Directory of each replica; empty: where each broker has its first.
    pub directories: Vec<Uuid>,
}

impl PartitionRegistration {
    /// Applies a change record: +1 on the partition epoch always, +1 on the
    /// leader epoch iff the leader field is present (REP-22).
    pub fn apply(&mut self, change: &PartitionChange) {
        if let Some(isr) = &change.isr {
            self.isr.clone_from(isr);
        }
        if let Some(leader) = change.leader {
            self.leader = leader;
            self.leader_epoch = self.leader_epoch.next();
        }
        if let Some(replicas) = &change.replicas {
            self.replicas.clone_from(replicas);
        }
        if let Some(removing) = &change.removing {
            self.removing.clone_from(removing);
        }
        if let Some(adding) = &change.adding {
            self.adding.clone_from(adding);
        }
        if let Some(recovering) = change.recovering {
            self.recovering = recovering;
        }
        if let Some(elr) = &change.elr {
            self.elr.clone_from(elr);
        }
        if let Some(last) = &change.last_known_elr {
            self.last_known_elr.clone_from(last);
        }
        if let Some(directories) = &change.directories {
            self.directories.clone_from(directories);
        }
        self.partition_epoch = self.partition_epoch.next();
    }
}

/// Records appended by one controller event: never split (RAFT-14).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MetadataBatch {
    /// Offset of the first record.
    pub base_offset: Offset,
    /// Quorum epoch it was appended in.
    pub epoch: QuorumEpoch,
    /// When the leader appended it, in milliseconds of virtual time.
    pub append_time_ms: u64,
    /// The records, at least one.
    pub records: Vec<MetadataRecord>,
}

impl MetadataBatch {
    /// Offset after the last record.
    pub fn next_offset(&self) -> Offset {
        self.base_offset.plus(self.records.len() as i64)
    }
}
