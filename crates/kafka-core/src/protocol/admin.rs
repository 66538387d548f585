//! Requests of tools: topics, configs, elections, reassignments.
//!
//! Where Kafka answers with an error and a text, both are here: the text is what
//! its tools print.

use super::Listener;
use crate::error::ErrorCode;
use crate::types::{BrokerId, LeaderEpoch, Name, NodeId, TopicId, Uuid};

/// A topic to create (TOP-1..7).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CreatableTopic {
    /// Name.
    pub name: Name,
    /// Partitions, -1 = default.
    pub num_partitions: i32,
    /// Replication factor, -1 = default.
    pub replication_factor: i16,
    /// Manual assignment: partition and replicas; empty = let the placer choose.
    pub assignments: Vec<(i32, Vec<BrokerId>)>,
    /// Config overrides.
    pub configs: Vec<(Name, Option<Name>)>,
}

/// CreateTopics.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CreateTopicsRequest {
    /// The topics.
    pub topics: Vec<CreatableTopic>,
    /// Check everything, append nothing (TOP-6).
    pub validate_only: bool,
}

/// An outcome with Kafka's text.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Outcome {
    /// Error.
    pub error: ErrorCode,
    /// Kafka's text, `None` = the error's default text.
    pub message: Option<Name>,
}

impl Outcome {
    /// Success.
    pub fn ok() -> Outcome {
        Outcome::default()
    }

    /// An error with its text.
    pub fn fail(error: ErrorCode, message: &str) -> Outcome {
        Outcome {
            error,
            message: Some(message.into()),
        }
    }

    /// An error with Kafka's default text.
    pub fn code(error: ErrorCode) -> Outcome {
        Outcome {
            error,
            message: None,
        }
    }

    /// The text a client shows.
    pub fn text(&self) -> &str {
        self.message
            .as_deref()
            .unwrap_or_else(|| self.error.message())
    }
}

/// Answer of CreateTopics: name, outcome, topic.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CreateTopicsResponse {
    /// One a topic.
    pub topics: Vec<(Name, Outcome, Option<(TopicId, Uuid)>)>,
}

/// DeleteTopics, by name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeleteTopicsRequest {
    /// Names.
    pub topics: Vec<Name>,
}

/// Answer of DeleteTopics.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeleteTopicsResponse {
    /// One a topic.
    pub topics: Vec<(Name, Outcome)>,
}

/// A topic to enlarge (TOP-8).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CreatePartitionsTopic {
    /// Name.
    pub name: Name,
    /// New total.
    pub count: i32,
    /// Replicas of each new partition; empty = let the placer choose.
    pub assignments: Vec<Vec<BrokerId>>,
}

/// CreatePartitions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CreatePartitionsRequest {
    /// The topics.
    pub topics: Vec<CreatePartitionsTopic>,
    /// Check everything, append nothing.
    pub validate_only: bool,
}

/// Answer of CreatePartitions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CreatePartitionsResponse {
    /// One a topic.
    pub topics: Vec<(Name, Outcome)>,
}

/// DescribeTopicPartitions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DescribeTopicPartitionsRequest {
    /// Names.
    pub topics: Vec<Name>,
}

/// A described partition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DescribedPartition {
    /// Partition number.
    pub partition: u32,
    /// Leader, if any.
    pub leader: Option<BrokerId>,
    /// Its epoch.
    pub leader_epoch: LeaderEpoch,
    /// Replicas, preferred first.
    pub replicas: Vec<BrokerId>,
    /// ISR in its order.
    pub isr: Vec<BrokerId>,
    /// ELR.
    pub elr: Vec<BrokerId>,
    /// Last known ELR.
    pub last_known_elr: Vec<BrokerId>,
    /// Replicas on fenced or unknown brokers.
    pub offline_replicas: Vec<BrokerId>,
}

/// A described topic.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DescribedTopic {
    /// UNKNOWN_TOPIC_OR_PARTITION, INVALID_TOPIC_EXCEPTION or None.
    pub error: ErrorCode,
    /// Name.
    pub name: Name,
    /// Dense id.
    pub topic: TopicId,
    /// UUID as printed.
    pub uuid: Uuid,
    /// Internal topic.
    pub is_internal: bool,
    /// Partitions in order.
    pub partitions: Vec<DescribedPartition>,
}

/// Answer of DescribeTopicPartitions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DescribeTopicPartitionsResponse {
    /// One a name asked for.
    pub topics: Vec<DescribedTopic>,
}

/// DescribeCluster.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DescribeClusterRequest {
    /// Which kind of server is wanted; others answer MISMATCHED_ENDPOINT_TYPE (KIP-919).
    pub endpoint_type: Listener,
    /// Brokers that are fenced are wanted, too (KIP-1073); controllers have none.
    pub include_fenced: bool,
}

impl DescribeClusterRequest {
    /// What a server answers that was reached at a listener of the kind not wanted.
    pub fn mismatch(&self, reached: Listener) -> Option<DescribeClusterResponse> {
        let text = format!(
            "The request was sent to an endpoint of type {}, but we wanted an endpoint of type {}",
            reached.name(),
            self.endpoint_type.name()
        );
        (reached != self.endpoint_type).then(|| DescribeClusterResponse {
            outcome: Outcome::fail(ErrorCode::MismatchedEndpointType, &text),
            brokers: Vec::new(),
            fenced: Vec::new(),
            controller: None,
            cluster_id: Uuid(0),
        })
    }
}

/// Answer of DescribeCluster.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DescribeClusterResponse {
    /// None or MISMATCHED_ENDPOINT_TYPE; then nothing else is told.
    pub outcome: Outcome,
    /// Unfenced brokers and the fenced ones if they are wanted, or the registered controllers.
    pub brokers: Vec<super::MetadataBroker>,
    /// Those of them that are fenced, by id.
    pub fenced: Vec<NodeId>,
    /// Some live broker.
    pub controller: Option<NodeId>,
    /// Cluster id.
    pub cluster_id: Uuid,
}

/// What a config belongs to.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ConfigResource {
    /// A topic by name.
    Topic(Name),
    /// A broker; `None` = the cluster default.
    Broker(Option<BrokerId>),
    /// A group by id.
    Group(Name),
}

/// ListConfigResources: everything that has dynamic configs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListConfigResourcesRequest {}

/// Answer of ListConfigResources.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListConfigResourcesResponse {
    /// In order of kind and name.
    pub resources: Vec<ConfigResource>,
}

/// DescribeConfigs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DescribeConfigsRequest {
    /// What.
    pub resources: Vec<ConfigResource>,
}

/// Where a config value comes from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ConfigSource {
    /// Set on the topic.
    DynamicTopicConfig,
    /// Set on the broker.
    DynamicBrokerConfig,
    /// Set for all brokers.
    DynamicDefaultBrokerConfig,
    /// In the properties file.
    StaticBrokerConfig,
    /// Kafka's default.
    DefaultConfig,
    /// Set on the group.
    DynamicGroupConfig,
}

/// One described config.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConfigEntry {
    /// Name.
    pub name: Name,
    /// Effective value.
    pub value: Option<Name>,
    /// Source of the effective value.
    pub source: ConfigSource,
    /// Passwords and the like.
    pub is_sensitive: bool,
    /// Cannot be changed at run time.
    pub is_read_only: bool,
    /// All sources, strongest first: (source, config name there, value).
    pub synonyms: Vec<(ConfigSource, Name, Option<Name>)>,
}

/// Answer of DescribeConfigs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DescribeConfigsResponse {
    /// One a resource.
    pub results: Vec<(ConfigResource, Outcome, Vec<ConfigEntry>)>,
}

/// What to do with a config.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AlterOp {
    /// Set it.
    Set(Name),
    /// Back to the default.
    Delete,
    /// Add to a list.
    Append(Name),
    /// Remove from a list.
    Subtract(Name),
}

/// IncrementalAlterConfigs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IncrementalAlterConfigsRequest {
    /// Changes a resource.
    pub resources: Vec<(ConfigResource, Vec<(Name, AlterOp)>)>,
    /// Check everything, append nothing.
    pub validate_only: bool,
}

/// Answer of IncrementalAlterConfigs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IncrementalAlterConfigsResponse {
    /// One a resource.
    pub results: Vec<(ConfigResource, Outcome)>,
}

/// Kind of an asked election (REP-30).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ElectionType {
    /// Make the first replica the leader.
    Preferred,
    /// Accept data loss.
    Unclean,
}

/// ElectLeaders.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ElectLeadersRequest {
    /// Kind.
    pub election_type: ElectionType,
    /// Topic names and partitions; `None` = all.
    pub partitions: Option<Vec<(Name, u32)>>,
}

/// Answer of ElectLeaders.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ElectLeadersResponse {
    /// Error of the whole request.
    pub error: ErrorCode,
    /// One a partition (for "all": only those where something was to do).
    pub partitions: Vec<(Name, u32, Outcome)>,
}

/// AlterPartitionReassignments: target replicas, `None` = cancel (REP-41, REP-42).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AlterPartitionReassignmentsRequest {
    /// The partitions.
    pub partitions: Vec<(Name, u32, Option<Vec<BrokerId>>)>,
}

/// Answer of AlterPartitionReassignments.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AlterPartitionReassignmentsResponse {
    /// Error of the whole request.
    pub error: ErrorCode,
    /// One a partition.
    pub partitions: Vec<(Name, u32, Outcome)>,
}

/// ListPartitionReassignments; `None` = all.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListPartitionReassignmentsRequest {
    /// Topic names and partitions.
    pub partitions: Option<Vec<(Name, u32)>>,
}

/// One running reassignment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OngoingReassignment {
    /// Topic.
    pub topic_name: Name,
    /// Partition.
    pub partition: u32,
    /// Replicas now.
    pub replicas: Vec<BrokerId>,
    /// Being added.
    pub adding: Vec<BrokerId>,
    /// Being removed.
    pub removing: Vec<BrokerId>,
}

/// Answer of ListPartitionReassignments.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListPartitionReassignmentsResponse {
    /// Error.
    pub error: ErrorCode,
    /// What is running.
    pub partitions: Vec<OngoingReassignment>,
}

/// UnregisterBroker.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnregisterBrokerRequest {
    /// The broker.
    pub broker: BrokerId,
}

/// Answer of UnregisterBroker.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnregisterBrokerResponse {
    /// Outcome.
    pub outcome: Outcome,
}
