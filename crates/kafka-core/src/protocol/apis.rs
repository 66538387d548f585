//! What Kafka 4.3 says of each API: its key, its versions, and where it may be sent.
//!
//! Invariant: this is the one table. Servers answer ApiVersions by it, refuse by it what
//! their listener does not speak, and brokers hand requests on to the controller by it.

use super::ApiKey;

/// The kinds of listeners of a server; a request's receiver is always one of the two.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Listener {
    /// Where clients and other brokers talk to a broker.
    #[default]
    Broker,
    /// Where everybody talks to a controller.
    Controller,
}

impl Listener {
    /// Kafka's name, as in the messages of its protocol and of its errors.
    pub const fn name(self) -> &'static str {
        match self {
            Listener::Broker => "BROKER",
            Listener::Controller => "CONTROLLER",
        }
    }
}

/// One row of the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ApiDefinition {
    /// Number of the API.
    pub id: i16,
    /// Oldest version.
    pub min_version: i16,
    /// Newest version.
    pub max_version: i16,
    /// Newest version that servers speak unless told to be unstable.
    pub max_stable_version: i16,
    /// Whether brokers speak it.
    pub on_brokers: bool,
    /// Whether controllers speak it.
    pub on_controllers: bool,
    /// Whether only servers of the cluster may send it.
    pub cluster_action: bool,
    /// Whether a broker hands it on to the active controller.
    pub forwardable: bool,
}

impl ApiDefinition {
    const fn new(id: i16, min_version: i16, max_version: i16) -> ApiDefinition {
        ApiDefinition {
            id,
            min_version,
            max_version,
            max_stable_version: max_version,
            on_brokers: false,
            on_controllers: false,
            cluster_action: false,
            forwardable: false,
        }
    }

    const fn stable_to(self, max_stable_version: i16) -> ApiDefinition {
        ApiDefinition {
            max_stable_version,
            ..self
        }
    }

    const fn of_cluster(self) -> ApiDefinition {
        ApiDefinition {
            cluster_action: true,
            ..self
        }
    }

    const fn forwarded(self) -> ApiDefinition {
        ApiDefinition {
            forwardable: true,
            ..self
        }
    }
}

/// An API that brokers speak.
const fn brokers(id: i16, min: i16, max: i16) -> ApiDefinition {
    ApiDefinition {
        on_brokers: true,
        ..ApiDefinition::new(id, min, max)
    }
}

/// An API that controllers speak.
const fn controllers(id: i16, min: i16, max: i16) -> ApiDefinition {
    ApiDefinition {
        on_controllers: true,
        ..ApiDefinition::new(id, min, max)
    }
}

/// An API that both speak.
const fn both(id: i16, min: i16, max: i16) -> ApiDefinition {
    ApiDefinition {
        on_brokers: true,
        ..controllers(id, min, max)
    }
}

impl ApiKey {
    /// Whether a server speaks it on that listener: if not, no client sends it there.
    pub const fn is_on(self, listener: Listener) -> bool {
        let definition = self.definition();
        match listener {
            Listener::Broker => definition.on_brokers,
            Listener::Controller => definition.on_controllers,
        }
    }

    /// Its row. The fetch of the metadata log is Kafka's Fetch.
    pub const fn definition(self) -> ApiDefinition {
        match self {
            ApiKey::Produce => brokers(0, 3, 13),
            ApiKey::Fetch | ApiKey::QuorumFetch => both(1, 4, 18),
            ApiKey::ListOffsets => brokers(2, 1, 11),
            ApiKey::Metadata => brokers(3, 0, 13),
            ApiKey::OffsetCommit => brokers(8, 2, 10),
            ApiKey::OffsetFetch => brokers(9, 1, 10),
            ApiKey::FindCoordinator => brokers(10, 0, 6),
            ApiKey::JoinGroup => brokers(11, 0, 9),
            ApiKey::Heartbeat => brokers(12, 0, 4),
            ApiKey::LeaveGroup => brokers(13, 0, 5),
            ApiKey::SyncGroup => brokers(14, 0, 5),
            ApiKey::DescribeGroups => brokers(15, 0, 6),
            ApiKey::ListGroups => brokers(16, 0, 5),
            ApiKey::ApiVersions => both(18, 0, 4),
            ApiKey::CreateTopics => both(19, 2, 7).forwarded(),
            ApiKey::DeleteTopics => both(20, 1, 6).forwarded(),
            ApiKey::DeleteRecords => brokers(21, 0, 2),
            ApiKey::InitProducerId => brokers(22, 0, 6).stable_to(5),
            ApiKey::OffsetForLeaderEpoch => brokers(23, 2, 4),
            ApiKey::AddPartitionsToTxn => brokers(24, 0, 5),
            ApiKey::AddOffsetsToTxn => brokers(25, 0, 4),
            ApiKey::EndTxn => brokers(26, 0, 5),
            ApiKey::WriteTxnMarkers => brokers(27, 1, 2).of_cluster(),
            ApiKey::TxnOffsetCommit => brokers(28, 0, 5),
            ApiKey::DescribeConfigs => both(32, 1, 4),
            ApiKey::AlterReplicaLogDirs => brokers(34, 1, 2),
            ApiKey::DescribeLogDirs => brokers(35, 1, 5),
            ApiKey::CreatePartitions => both(37, 0, 3).forwarded(),
            ApiKey::DeleteGroups => brokers(42, 0, 2),
            ApiKey::ElectLeaders => both(43, 0, 2).forwarded(),
            ApiKey::IncrementalAlterConfigs => both(44, 0, 1).forwarded(),
            ApiKey::AlterPartitionReassignments => both(45, 0, 1).forwarded(),
            ApiKey::ListPartitionReassignments => both(46, 0, 0).forwarded(),
            ApiKey::OffsetDelete => brokers(47, 0, 0),
            ApiKey::Vote => controllers(52, 0, 2).of_cluster(),
            ApiKey::BeginQuorumEpoch => controllers(53, 0, 1).of_cluster(),
            ApiKey::EndQuorumEpoch => controllers(54, 0, 1).of_cluster(),
            ApiKey::DescribeQuorum => both(55, 0, 2).of_cluster().forwarded(),
            ApiKey::AlterPartition => controllers(56, 2, 3).of_cluster(),
            ApiKey::DescribeCluster => both(60, 0, 2),
            ApiKey::DescribeProducers => brokers(61, 0, 0),
            ApiKey::BrokerRegistration => controllers(62, 0, 4).of_cluster(),
            ApiKey::BrokerHeartbeat => controllers(63, 0, 2).of_cluster(),
            ApiKey::UnregisterBroker => both(64, 0, 0).forwarded(),
            ApiKey::DescribeTransactions => brokers(65, 0, 0),
            ApiKey::ListTransactions => brokers(66, 0, 2),
            ApiKey::AllocateProducerIds => controllers(67, 0, 0).of_cluster().forwarded(),
            ApiKey::ConsumerGroupHeartbeat => brokers(68, 0, 1),
            ApiKey::ConsumerGroupDescribe => brokers(69, 0, 1),
            ApiKey::ControllerRegistration => controllers(70, 0, 0),
            ApiKey::AssignReplicasToDirs => controllers(73, 0, 0),
            ApiKey::ListConfigResources => brokers(74, 0, 1),
            ApiKey::DescribeTopicPartitions => brokers(75, 0, 0),
            ApiKey::ShareGroupHeartbeat => brokers(76, 1, 1),
            ApiKey::ShareGroupDescribe => brokers(77, 1, 1),
            ApiKey::ShareFetch => brokers(78, 1, 2),
            ApiKey::ShareAcknowledge => brokers(79, 1, 2),
            ApiKey::AddRaftVoter => both(80, 0, 1).forwarded(),
            ApiKey::RemoveRaftVoter => both(81, 0, 0).forwarded(),
            ApiKey::InitializeShareGroupState => brokers(83, 0, 0).of_cluster(),
            ApiKey::ReadShareGroupState => brokers(84, 0, 0).of_cluster(),
            ApiKey::WriteShareGroupState => brokers(85, 0, 1).of_cluster(),
            ApiKey::DeleteShareGroupState => brokers(86, 0, 0).of_cluster(),
            ApiKey::ReadShareGroupStateSummary => brokers(87, 0, 1).of_cluster(),
            ApiKey::DescribeShareGroupOffsets => brokers(90, 0, 1),
            ApiKey::AlterShareGroupOffsets => brokers(91, 0, 0),
            ApiKey::DeleteShareGroupOffsets => brokers(92, 0, 0),
        }
    }
}
