//! Kafka's requests and responses, one struct each, with Kafka's field names.
//!
//! Only fields that a rule reads are kept; there is no byte encoding here. A
//! protocol error is a value of a response. Requests of a client that only the
//! active controller can answer (CreateTopics, ElectLeaders, ...) are sent to any
//! broker, which forwards the same request and hands the answer back, as Kafka's
//! Envelope does.

pub mod admin;
pub mod apis;
pub mod data;
pub mod group;
pub mod log_dirs;
pub mod modern;
pub mod quorum;
mod refusal;
pub mod share;
pub mod share_offsets;
pub mod transaction;
pub mod voters;

pub use admin::*;
pub use apis::*;
pub use data::*;
pub use group::*;
pub use log_dirs::*;
pub use modern::*;
pub use quorum::*;
pub(crate) use refusal::refusal;
pub use share::*;
pub use share_offsets::*;
pub use transaction::*;
pub use voters::*;

macro_rules! apis {
    ($($(#[$doc:meta])* $name:ident($req:ty, $resp:ty) = $text:literal, $class:ident;)*) => {
        /// Any request.
        #[derive(Clone, PartialEq, Debug)]
        pub enum Request {
            $($(#[$doc])* $name($req),)*
        }

        /// Any response.
        #[derive(Clone, PartialEq, Debug)]
        pub enum Response {
            $($(#[$doc])* $name($resp),)*
        }

        /// Which request it is, without its body.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u8)]
        pub enum ApiKey {
            $($(#[$doc])* $name,)*
        }

        impl Request {
            /// Which request it is.
            pub fn api(&self) -> ApiKey {
                match self { $(Request::$name(_) => ApiKey::$name,)* }
            }
        }

        impl Response {
            /// Which request it answers.
            pub fn api(&self) -> ApiKey {
                match self { $(Response::$name(_) => ApiKey::$name,)* }
            }
        }

        impl ApiKey {
            /// Every request that the simulation has.
            pub const ALL: &'static [ApiKey] = &[$(ApiKey::$name,)*];

            /// Kafka's name of the API, as in `OffsetCommit`.
            pub fn name(self) -> &'static str {
                match self { $(ApiKey::$name => $text,)* }
            }

            /// What kind of traffic it is: decides the mark's shape.
            pub fn class(self) -> ApiClass {
                match self { $(ApiKey::$name => ApiClass::$class,)* }
            }
        }
    };
}

/// Kinds of traffic.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ApiClass {
    /// Records and reading them.
    Data,
    /// Quorum, registration, heartbeats, admin.
    Control,
    /// Group membership and offsets.
    Group,
}

apis! {
    /// Client asks which API versions a server speaks.
    ApiVersions(ApiVersionsRequest, ApiVersionsResponse) = "ApiVersions", Control;
    /// Candidate asks for a vote (RAFT-3, RAFT-4).
    Vote(VoteRequest, VoteResponse) = "Vote", Control;
    /// New quorum leader announces itself (RAFT-7).
    BeginQuorumEpoch(BeginQuorumEpochRequest, QuorumEpochResponse) = "BeginQuorumEpoch", Control;
    /// Quorum leader resigns (RAFT-10).
    EndQuorumEpoch(EndQuorumEpochRequest, QuorumEpochResponse) = "EndQuorumEpoch", Control;
    /// Fetch of the metadata log (Kafka's Fetch on `__cluster_metadata-0`; RAFT-11).
    QuorumFetch(QuorumFetchRequest, QuorumFetchResponse) = "Fetch", Control;
    /// Controller announces itself to the active one.
    ControllerRegistration(ControllerRegistrationRequest, ControllerRegistrationResponse) = "ControllerRegistration", Control;
    /// Broker registers an incarnation (BRK-1).
    BrokerRegistration(BrokerRegistrationRequest, BrokerRegistrationResponse) = "BrokerRegistration", Control;
    /// Broker heartbeat (BRK-3).
    BrokerHeartbeat(BrokerHeartbeatRequest, BrokerHeartbeatResponse) = "BrokerHeartbeat", Control;
    /// Partition leader asks to change an ISR (REP-19).
    AlterPartition(AlterPartitionRequest, AlterPartitionResponse) = "AlterPartition", Control;
    /// Broker asks for a block of 1000 producer ids (PRO-13).
    AllocateProducerIds(AllocateProducerIdsRequest, AllocateProducerIdsResponse) = "AllocateProducerIds", Control;
    /// Records for partitions (PRO-7).
    Produce(ProduceRequest, ProduceResponse) = "Produce", Data;
    /// Records from partitions, for followers and consumers (REP-1, CON-3).
    Fetch(FetchRequest, FetchResponse) = "Fetch", Data;
    /// Offsets by time (LOG-13).
    ListOffsets(ListOffsetsRequest, ListOffsetsResponse) = "ListOffsets", Data;
    /// End offset of an epoch (REP-27).
    OffsetForLeaderEpoch(OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse) = "OffsetForLeaderEpoch", Data;
    /// Topics, leaders and brokers as one broker knows them (MET-3).
    Metadata(MetadataRequest, MetadataResponse) = "Metadata", Data;
    /// A producer session (PRO-13).
    InitProducerId(InitProducerIdRequest, InitProducerIdResponse) = "InitProducerId", Data;
    /// Where is a group's coordinator (GRP-1)?
    FindCoordinator(FindCoordinatorRequest, FindCoordinatorResponse) = "FindCoordinator", Group;
    /// Join a classic group (GRP-3).
    JoinGroup(JoinGroupRequest, JoinGroupResponse) = "JoinGroup", Group;
    /// Hand in or fetch the assignment (GRP-11).
    SyncGroup(SyncGroupRequest, SyncGroupResponse) = "SyncGroup", Group;
    /// Group heartbeat (GRP-13).
    Heartbeat(HeartbeatRequest, HeartbeatResponse) = "Heartbeat", Group;
    /// Leave a classic group (GRP-15).
    LeaveGroup(LeaveGroupRequest, LeaveGroupResponse) = "LeaveGroup", Group;
    /// Store offsets (GRP-21).
    OffsetCommit(OffsetCommitRequest, OffsetCommitResponse) = "OffsetCommit", Group;
    /// Read stored offsets (GRP-24).
    OffsetFetch(OffsetFetchRequest, OffsetFetchResponse) = "OffsetFetch", Group;
    /// All groups of one coordinator.
    ListGroups(ListGroupsRequest, ListGroupsResponse) = "ListGroups", Group;
    /// Members and state of classic groups.
    DescribeGroups(DescribeGroupsRequest, DescribeGroupsResponse) = "DescribeGroups", Group;
    /// Remove empty groups.
    DeleteGroups(DeleteGroupsRequest, DeleteGroupsResponse) = "DeleteGroups", Group;
    /// Remove stored offsets.
    OffsetDelete(OffsetDeleteRequest, OffsetDeleteResponse) = "OffsetDelete", Group;
    /// Create topics (TOP-1..TOP-7).
    CreateTopics(CreateTopicsRequest, CreateTopicsResponse) = "CreateTopics", Control;
    /// Delete topics (TOP-9).
    DeleteTopics(DeleteTopicsRequest, DeleteTopicsResponse) = "DeleteTopics", Control;
    /// Add partitions (TOP-8).
    CreatePartitions(CreatePartitionsRequest, CreatePartitionsResponse) = "CreatePartitions", Control;
    /// Partitions with leader, ISR, ELR (KIP-966).
    DescribeTopicPartitions(DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse) = "DescribeTopicPartitions", Control;
    /// Brokers and the controller.
    DescribeCluster(DescribeClusterRequest, DescribeClusterResponse) = "DescribeCluster", Control;
    /// Replicas in a broker's log directories.
    DescribeLogDirs(DescribeLogDirsRequest, DescribeLogDirsResponse) = "DescribeLogDirs", Control;
    /// Move replicas between a broker's log directories (KIP-113).
    AlterReplicaLogDirs(AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponse) = "AlterReplicaLogDirs", Control;
    /// Configs of topics or brokers.
    DescribeConfigs(DescribeConfigsRequest, DescribeConfigsResponse) = "DescribeConfigs", Control;
    /// What has dynamic configs (KIP-1142).
    ListConfigResources(ListConfigResourcesRequest, ListConfigResourcesResponse) = "ListConfigResources", Control;
    /// Change configs.
    IncrementalAlterConfigs(IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse) = "IncrementalAlterConfigs", Control;
    /// Elect preferred or unclean leaders (REP-32).
    ElectLeaders(ElectLeadersRequest, ElectLeadersResponse) = "ElectLeaders", Control;
    /// Start or cancel reassignments (REP-41).
    AlterPartitionReassignments(AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse) = "AlterPartitionReassignments", Control;
    /// Running reassignments (REP-41).
    ListPartitionReassignments(ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse) = "ListPartitionReassignments", Control;
    /// Voters and observers of the controller quorum.
    DescribeQuorum(DescribeQuorumRequest, DescribeQuorumResponse) = "DescribeQuorum", Control;
    /// Raise a log start (LOG-11).
    DeleteRecords(DeleteRecordsRequest, DeleteRecordsResponse) = "DeleteRecords", Data;
    /// Forget a broker.
    UnregisterBroker(UnregisterBrokerRequest, UnregisterBrokerResponse) = "UnregisterBroker", Control;
    /// Acquire records of a share group (SHG-2).
    ShareFetch(ShareFetchRequest, ShareFetchResponse) = "ShareFetch", Data;
    /// Acknowledge records of a share group (SHG-4).
    ShareAcknowledge(ShareAcknowledgeRequest, ShareAcknowledgeResponse) = "ShareAcknowledge", Group;
    /// Join, stay in or leave a share group (SHG-1).
    ShareGroupHeartbeat(ShareGroupHeartbeatRequest, ShareGroupHeartbeatResponse) = "ShareGroupHeartbeat", Group;
    /// Begin a share partition's stored state.
    InitializeShareGroupState(InitializeShareGroupStateRequest, ShareGroupStateResponse) = "InitializeShareGroupState", Group;
    /// A partition leader reads a share partition's state (SHG-7).
    ReadShareGroupState(ReadShareGroupStateRequest, ReadShareGroupStateResponse) = "ReadShareGroupState", Group;
    /// A partition leader stores a share partition's state (SHG-4).
    WriteShareGroupState(WriteShareGroupStateRequest, ShareGroupStateResponse) = "WriteShareGroupState", Group;
    /// Forget a share partition's state.
    DeleteShareGroupState(DeleteShareGroupStateRequest, ShareGroupStateResponse) = "DeleteShareGroupState", Group;
    /// Start offsets and counts of share partitions.
    ReadShareGroupStateSummary(ReadShareGroupStateSummaryRequest, ReadShareGroupStateSummaryResponse) = "ReadShareGroupStateSummary", Group;
    /// Be a member of a group that the coordinator assigns (NGP-1).
    ConsumerGroupHeartbeat(ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse) = "ConsumerGroupHeartbeat", Group;
    /// Members, epochs and assignments of such groups.
    ConsumerGroupDescribe(ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse) = "ConsumerGroupDescribe", Group;
    /// Make partitions part of a transaction (TXN-2, TXN-3).
    AddPartitionsToTxn(AddPartitionsToTxnRequest, AddPartitionsToTxnResponse) = "AddPartitionsToTxn", Data;
    /// Commit or abort a transaction (TXN-7).
    EndTxn(EndTxnRequest, EndTxnResponse) = "EndTxn", Data;
    /// A coordinator tells a partition's leader the outcome (TXN-8).
    WriteTxnMarkers(WriteTxnMarkersRequest, WriteTxnMarkersResponse) = "WriteTxnMarkers", Data;
    /// Store offsets as part of a transaction (TXN-6).
    TxnOffsetCommit(TxnOffsetCommitRequest, TxnOffsetCommitResponse) = "TxnOffsetCommit", Group;
    /// All transactional ids of one coordinator.
    ListTransactions(ListTransactionsRequest, ListTransactionsResponse) = "ListTransactions", Control;
    /// States of transactional ids.
    DescribeTransactions(DescribeTransactionsRequest, DescribeTransactionsResponse) = "DescribeTransactions", Control;
    /// Producers that a partition's log knows.
    DescribeProducers(DescribeProducersRequest, DescribeProducersResponse) = "DescribeProducers", Control;
    /// Start offsets and lag of share groups.
    DescribeShareGroupOffsets(DescribeShareGroupOffsetsRequest, DescribeShareGroupOffsetsResponse) = "DescribeShareGroupOffsets", Group;
    /// Set start offsets of an empty share group.
    AlterShareGroupOffsets(AlterShareGroupOffsetsRequest, AlterShareGroupOffsetsResponse) = "AlterShareGroupOffsets", Group;
    /// An empty share group forgets topics.
    DeleteShareGroupOffsets(DeleteShareGroupOffsetsRequest, DeleteShareGroupOffsetsResponse) = "DeleteShareGroupOffsets", Group;
    /// Members, epochs and assignments of share groups.
    ShareGroupDescribe(ShareGroupDescribeRequest, ShareGroupDescribeResponse) = "ShareGroupDescribe", Group;
    /// Make a group's offsets part of a transaction, before KIP-890 (TXN-6).
    AddOffsetsToTxn(AddOffsetsToTxnRequest, AddOffsetsToTxnResponse) = "AddOffsetsToTxn", Group;
    /// Make a controller a voter of the quorum (RAFT-15).
    AddRaftVoter(AddRaftVoterRequest, RaftVoterResponse) = "AddRaftVoter", Control;
    /// Take a voter out of the quorum (RAFT-15).
    RemoveRaftVoter(RemoveRaftVoterRequest, RaftVoterResponse) = "RemoveRaftVoter", Control;
    /// Broker tells in which log directory its replicas are (KIP-858).
    AssignReplicasToDirs(AssignReplicasToDirsRequest, AssignReplicasToDirsResponse) = "AssignReplicasToDirs", Control;
}

/// Body of ApiVersions: nothing a rule reads.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ApiVersionsRequest {}

/// Answer of ApiVersions.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ApiVersionsResponse {
    /// Whose APIs the server speaks here: those that [`ApiKey::is_on`] names, each in the
    /// versions of its [`ApiDefinition`], the stable ones.
    pub listener: Listener,
    /// Finalized level of `transaction.version`, the one feature that clients act on.
    pub transaction_version: i16,
}
