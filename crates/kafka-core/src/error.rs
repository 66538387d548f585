//! Kafka's error codes, as of 4.3.1.
//!
//! The table is the one Kafka's own `Errors` enum gives (number, name, class,
//! retriable, refreshes metadata, default text). An error is a value of a
//! response, never a failure of a handler.

/// One of Kafka's error codes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
#[repr(i16)]
pub enum ErrorCode {
    /// `UNKNOWN_SERVER_ERROR`
    UnknownServerError = -1,
    /// `NONE`
    #[default]
    None = 0,
    /// `OFFSET_OUT_OF_RANGE`
    OffsetOutOfRange = 1,
    /// `CORRUPT_MESSAGE`
    CorruptMessage = 2,
    /// `UNKNOWN_TOPIC_OR_PARTITION`
    UnknownTopicOrPartition = 3,
    /// `INVALID_FETCH_SIZE`
    InvalidFetchSize = 4,
    /// `LEADER_NOT_AVAILABLE`
    LeaderNotAvailable = 5,
    /// `NOT_LEADER_OR_FOLLOWER`
    NotLeaderOrFollower = 6,
    /// `REQUEST_TIMED_OUT`
    RequestTimedOut = 7,
    /// `BROKER_NOT_AVAILABLE`
    BrokerNotAvailable = 8,
    /// `REPLICA_NOT_AVAILABLE`
    ReplicaNotAvailable = 9,
    /// `MESSAGE_TOO_LARGE`
    MessageTooLarge = 10,
    /// `STALE_CONTROLLER_EPOCH`
    StaleControllerEpoch = 11,
    /// `OFFSET_METADATA_TOO_LARGE`
    OffsetMetadataTooLarge = 12,
    /// `NETWORK_EXCEPTION`
    NetworkException = 13,
    /// `COORDINATOR_LOAD_IN_PROGRESS`
    CoordinatorLoadInProgress = 14,
    /// `COORDINATOR_NOT_AVAILABLE`
    CoordinatorNotAvailable = 15,
    /// `NOT_COORDINATOR`
    NotCoordinator = 16,
    /// `INVALID_TOPIC_EXCEPTION`
    InvalidTopicException = 17,
    /// `RECORD_LIST_TOO_LARGE`
    RecordListTooLarge = 18,
    /// `NOT_ENOUGH_REPLICAS`
    NotEnoughReplicas = 19,
    /// `NOT_ENOUGH_REPLICAS_AFTER_APPEND`
    NotEnoughReplicasAfterAppend = 20,
    /// `INVALID_REQUIRED_ACKS`
    InvalidRequiredAcks = 21,
    /// `ILLEGAL_GENERATION`
    IllegalGeneration = 22,
    /// `INCONSISTENT_GROUP_PROTOCOL`
    InconsistentGroupProtocol = 23,
    /// `INVALID_GROUP_ID`
    InvalidGroupId = 24,
    /// `UNKNOWN_MEMBER_ID`
    UnknownMemberId = 25,
    /// `INVALID_SESSION_TIMEOUT`
    InvalidSessionTimeout = 26,
    /// `REBALANCE_IN_PROGRESS`
    RebalanceInProgress = 27,
    /// `INVALID_COMMIT_OFFSET_SIZE`
    InvalidCommitOffsetSize = 28,
    /// `TOPIC_AUTHORIZATION_FAILED`
    TopicAuthorizationFailed = 29,
    /// `GROUP_AUTHORIZATION_FAILED`
    GroupAuthorizationFailed = 30,
    /// `CLUSTER_AUTHORIZATION_FAILED`
    ClusterAuthorizationFailed = 31,
    /// `INVALID_TIMESTAMP`
    InvalidTimestamp = 32,
    /// `UNSUPPORTED_SASL_MECHANISM`
    UnsupportedSaslMechanism = 33,
    /// `ILLEGAL_SASL_STATE`
    IllegalSaslState = 34,
    /// `UNSUPPORTED_VERSION`
    UnsupportedVersion = 35,
    /// `TOPIC_ALREADY_EXISTS`
    TopicAlreadyExists = 36,
    /// `INVALID_PARTITIONS`
    InvalidPartitions = 37,
    /// `INVALID_REPLICATION_FACTOR`
    InvalidReplicationFactor = 38,
    /// `INVALID_REPLICA_ASSIGNMENT`
    InvalidReplicaAssignment = 39,
    /// `INVALID_CONFIG`
    InvalidConfig = 40,
    /// `NOT_CONTROLLER`
    NotController = 41,
    /// `INVALID_REQUEST`
    InvalidRequest = 42,
    /// `UNSUPPORTED_FOR_MESSAGE_FORMAT`
    UnsupportedForMessageFormat = 43,
    /// `POLICY_VIOLATION`
    PolicyViolation = 44,
    /// `OUT_OF_ORDER_SEQUENCE_NUMBER`
    OutOfOrderSequenceNumber = 45,
    /// `DUPLICATE_SEQUENCE_NUMBER`
    DuplicateSequenceNumber = 46,
    /// `INVALID_PRODUCER_EPOCH`
    InvalidProducerEpoch = 47,
    /// `INVALID_TXN_STATE`
    InvalidTxnState = 48,
    /// `INVALID_PRODUCER_ID_MAPPING`
    InvalidProducerIdMapping = 49,
    /// `INVALID_TRANSACTION_TIMEOUT`
    InvalidTransactionTimeout = 50,
    /// `CONCURRENT_TRANSACTIONS`
    ConcurrentTransactions = 51,
    /// `TRANSACTION_COORDINATOR_FENCED`
    TransactionCoordinatorFenced = 52,
    /// `TRANSACTIONAL_ID_AUTHORIZATION_FAILED`
    TransactionalIdAuthorizationFailed = 53,
    /// `SECURITY_DISABLED`
    SecurityDisabled = 54,
    /// `OPERATION_NOT_ATTEMPTED`
    OperationNotAttempted = 55,
    /// `KAFKA_STORAGE_ERROR`
    KafkaStorageError = 56,
    /// `LOG_DIR_NOT_FOUND`
    LogDirNotFound = 57,
    /// `SASL_AUTHENTICATION_FAILED`
    SaslAuthenticationFailed = 58,
    /// `UNKNOWN_PRODUCER_ID`
    UnknownProducerId = 59,
    /// `REASSIGNMENT_IN_PROGRESS`
    ReassignmentInProgress = 60,
    /// `DELEGATION_TOKEN_AUTH_DISABLED`
    DelegationTokenAuthDisabled = 61,
    /// `DELEGATION_TOKEN_NOT_FOUND`
    DelegationTokenNotFound = 62,
    /// `DELEGATION_TOKEN_OWNER_MISMATCH`
    DelegationTokenOwnerMismatch = 63,
    /// `DELEGATION_TOKEN_REQUEST_NOT_ALLOWED`
    DelegationTokenRequestNotAllowed = 64,
    /// `DELEGATION_TOKEN_AUTHORIZATION_FAILED`
    DelegationTokenAuthorizationFailed = 65,
    /// `DELEGATION_TOKEN_EXPIRED`
    DelegationTokenExpired = 66,
    /// `INVALID_PRINCIPAL_TYPE`
    InvalidPrincipalType = 67,
    /// `NON_EMPTY_GROUP`
    NonEmptyGroup = 68,
    /// `GROUP_ID_NOT_FOUND`
    GroupIdNotFound = 69,
    /// `FETCH_SESSION_ID_NOT_FOUND`
    FetchSessionIdNotFound = 70,
    /// `INVALID_FETCH_SESSION_EPOCH`
    InvalidFetchSessionEpoch = 71,
    /// `LISTENER_NOT_FOUND`
    ListenerNotFound = 72,
    /// `TOPIC_DELETION_DISABLED`
    TopicDeletionDisabled = 73,
    /// `FENCED_LEADER_EPOCH`
    FencedLeaderEpoch = 74,
    /// `UNKNOWN_LEADER_EPOCH`
    UnknownLeaderEpoch = 75,
    /// `UNSUPPORTED_COMPRESSION_TYPE`
    UnsupportedCompressionType = 76,
    /// `STALE_BROKER_EPOCH`
    StaleBrokerEpoch = 77,
    /// `OFFSET_NOT_AVAILABLE`
    OffsetNotAvailable = 78,
    /// `MEMBER_ID_REQUIRED`
    MemberIdRequired = 79,
    /// `PREFERRED_LEADER_NOT_AVAILABLE`
    PreferredLeaderNotAvailable = 80,
    /// `GROUP_MAX_SIZE_REACHED`
    GroupMaxSizeReached = 81,
    /// `FENCED_INSTANCE_ID`
    FencedInstanceId = 82,
    /// `ELIGIBLE_LEADERS_NOT_AVAILABLE`
    EligibleLeadersNotAvailable = 83,
    /// `ELECTION_NOT_NEEDED`
    ElectionNotNeeded = 84,
    /// `NO_REASSIGNMENT_IN_PROGRESS`
    NoReassignmentInProgress = 85,
    /// `GROUP_SUBSCRIBED_TO_TOPIC`
    GroupSubscribedToTopic = 86,
    /// `INVALID_RECORD`
    InvalidRecord = 87,
    /// `UNSTABLE_OFFSET_COMMIT`
    UnstableOffsetCommit = 88,
    /// `THROTTLING_QUOTA_EXCEEDED`
    ThrottlingQuotaExceeded = 89,
    /// `PRODUCER_FENCED`
    ProducerFenced = 90,
    /// `RESOURCE_NOT_FOUND`
    ResourceNotFound = 91,
    /// `DUPLICATE_RESOURCE`
    DuplicateResource = 92,
    /// `UNACCEPTABLE_CREDENTIAL`
    UnacceptableCredential = 93,
    /// `INCONSISTENT_VOTER_SET`
    InconsistentVoterSet = 94,
    /// `INVALID_UPDATE_VERSION`
    InvalidUpdateVersion = 95,
    /// `FEATURE_UPDATE_FAILED`
    FeatureUpdateFailed = 96,
    /// `PRINCIPAL_DESERIALIZATION_FAILURE`
    PrincipalDeserializationFailure = 97,
    /// `SNAPSHOT_NOT_FOUND`
    SnapshotNotFound = 98,
    /// `POSITION_OUT_OF_RANGE`
    PositionOutOfRange = 99,
    /// `UNKNOWN_TOPIC_ID`
    UnknownTopicId = 100,
    /// `DUPLICATE_BROKER_REGISTRATION`
    DuplicateBrokerRegistration = 101,
    /// `BROKER_ID_NOT_REGISTERED`
    BrokerIdNotRegistered = 102,
    /// `INCONSISTENT_TOPIC_ID`
    InconsistentTopicId = 103,
    /// `INCONSISTENT_CLUSTER_ID`
    InconsistentClusterId = 104,
    /// `TRANSACTIONAL_ID_NOT_FOUND`
    TransactionalIdNotFound = 105,
    /// `FETCH_SESSION_TOPIC_ID_ERROR`
    FetchSessionTopicIdError = 106,
    /// `INELIGIBLE_REPLICA`
    IneligibleReplica = 107,
    /// `NEW_LEADER_ELECTED`
    NewLeaderElected = 108,
    /// `OFFSET_MOVED_TO_TIERED_STORAGE`
    OffsetMovedToTieredStorage = 109,
    /// `FENCED_MEMBER_EPOCH`
    FencedMemberEpoch = 110,
    /// `UNRELEASED_INSTANCE_ID`
    UnreleasedInstanceId = 111,
    /// `UNSUPPORTED_ASSIGNOR`
    UnsupportedAssignor = 112,
    /// `STALE_MEMBER_EPOCH`
    StaleMemberEpoch = 113,
    /// `MISMATCHED_ENDPOINT_TYPE`
    MismatchedEndpointType = 114,
    /// `UNSUPPORTED_ENDPOINT_TYPE`
    UnsupportedEndpointType = 115,
    /// `UNKNOWN_CONTROLLER_ID`
    UnknownControllerId = 116,
    /// `UNKNOWN_SUBSCRIPTION_ID`
    UnknownSubscriptionId = 117,
    /// `TELEMETRY_TOO_LARGE`
    TelemetryTooLarge = 118,
    /// `INVALID_REGISTRATION`
    InvalidRegistration = 119,
    /// `TRANSACTION_ABORTABLE`
    TransactionAbortable = 120,
    /// `INVALID_RECORD_STATE`
    InvalidRecordState = 121,
    /// `SHARE_SESSION_NOT_FOUND`
    ShareSessionNotFound = 122,
    /// `INVALID_SHARE_SESSION_EPOCH`
    InvalidShareSessionEpoch = 123,
    /// `FENCED_STATE_EPOCH`
    FencedStateEpoch = 124,
    /// `INVALID_VOTER_KEY`
    InvalidVoterKey = 125,
    /// `DUPLICATE_VOTER`
    DuplicateVoter = 126,
    /// `VOTER_NOT_FOUND`
    VoterNotFound = 127,
    /// `INVALID_REGULAR_EXPRESSION`
    InvalidRegularExpression = 128,
    /// `REBOOTSTRAP_REQUIRED`
    RebootstrapRequired = 129,
    /// `STREAMS_INVALID_TOPOLOGY`
    StreamsInvalidTopology = 130,
    /// `STREAMS_INVALID_TOPOLOGY_EPOCH`
    StreamsInvalidTopologyEpoch = 131,
    /// `STREAMS_TOPOLOGY_FENCED`
    StreamsTopologyFenced = 132,
    /// `SHARE_SESSION_LIMIT_REACHED`
    ShareSessionLimitReached = 133,
}

struct Row {
    code: ErrorCode,
    name: &'static str,
    exception: &'static str,
    retriable: bool,
    invalid_metadata: bool,
    message: &'static str,
}

impl ErrorCode {
    fn row(self) -> &'static Row {
        // The table is sorted by code and has no gaps from -1 on.
        &TABLE[(self as i16 + 1) as usize]
    }

    /// The number on the wire.
    pub fn code(self) -> i16 {
        self as i16
    }

    /// The error of a wire number, if Kafka knows it.
    pub fn from_code(code: i16) -> Option<ErrorCode> {
        let index = usize::try_from(i32::from(code) + 1).ok()?;
        TABLE.get(index).map(|row| row.code)
    }

    /// Kafka's name, as in `NOT_LEADER_OR_FOLLOWER`.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Full Java class of the exception clients see; empty for `NONE`.
    pub fn exception(self) -> &'static str {
        self.row().exception
    }

    /// Kafka's default message for this error.
    pub fn message(self) -> &'static str {
        self.row().message
    }

    /// Whether clients may simply try again.
    pub fn is_retriable(self) -> bool {
        self.row().retriable
    }

    /// Whether clients refresh their metadata on it.
    pub fn refreshes_metadata(self) -> bool {
        self.row().invalid_metadata
    }

    /// Whether this is an error at all.
    pub fn is_error(self) -> bool {
        self != ErrorCode::None
    }
}

const fn row(
    code: ErrorCode,
    name: &'static str,
    exception: &'static str,
    retriable: bool,
    invalid_metadata: bool,
    message: &'static str,
) -> Row {
    Row {
        code,
        name,
        exception,
        retriable,
        invalid_metadata,
        message,
    }
}

static TABLE: &[Row] = &[
    row(
        ErrorCode::UnknownServerError,
        "UNKNOWN_SERVER_ERROR",
        "org.apache.kafka.common.errors.UnknownServerException",
        false,
        false,
        "The server experienced an unexpected error when processing the request.",
    ),
    row(ErrorCode::None, "NONE", "", false, false, "NONE"),
    row(
        ErrorCode::OffsetOutOfRange,
        "OFFSET_OUT_OF_RANGE",
        "org.apache.kafka.common.errors.OffsetOutOfRangeException",
        false,
        false,
        "The requested offset is not within the range of offsets maintained by the server.",
    ),
    row(
        ErrorCode::CorruptMessage,
        "CORRUPT_MESSAGE",
        "org.apache.kafka.common.errors.CorruptRecordException",
        true,
        false,
        "This message has failed its CRC checksum, exceeds the valid size, has a null key for a compacted topic, or is otherwise corrupt.",
    ),
    row(
        ErrorCode::UnknownTopicOrPartition,
        "UNKNOWN_TOPIC_OR_PARTITION",
        "org.apache.kafka.common.errors.UnknownTopicOrPartitionException",
        true,
        true,
        "This server does not host this topic-partition.",
    ),
    row(
        ErrorCode::InvalidFetchSize,
        "INVALID_FETCH_SIZE",
        "org.apache.kafka.common.errors.InvalidFetchSizeException",
        false,
        false,
        "The requested fetch size is invalid.",
    ),
    row(
        ErrorCode::LeaderNotAvailable,
        "LEADER_NOT_AVAILABLE",
        "org.apache.kafka.common.errors.LeaderNotAvailableException",
        true,
        true,
        "There is no leader for this topic-partition as we are in the middle of a leadership election.",
    ),
    row(
        ErrorCode::NotLeaderOrFollower,
        "NOT_LEADER_OR_FOLLOWER",
        "org.apache.kafka.common.errors.NotLeaderOrFollowerException",
        true,
        true,
        "For requests intended only for the leader, this error indicates that the broker is not the current leader. For requests intended for any replica, this error indicates that the broker is not a replica of the topic partition.",
    ),
    row(
        ErrorCode::RequestTimedOut,
        "REQUEST_TIMED_OUT",
        "org.apache.kafka.common.errors.TimeoutException",
        true,
        false,
        "The request timed out.",
    ),
    row(
        ErrorCode::BrokerNotAvailable,
        "BROKER_NOT_AVAILABLE",
        "org.apache.kafka.common.errors.BrokerNotAvailableException",
        false,
        false,
        "The broker is not available.",
    ),
    row(
        ErrorCode::ReplicaNotAvailable,
        "REPLICA_NOT_AVAILABLE",
        "org.apache.kafka.common.errors.ReplicaNotAvailableException",
        true,
        true,
        "The replica is not available for the requested topic-partition. Produce/Fetch requests and other requests intended only for the leader or follower return NOT_LEADER_OR_FOLLOWER if the broker is not a replica of the topic-partition.",
    ),
    row(
        ErrorCode::MessageTooLarge,
        "MESSAGE_TOO_LARGE",
        "org.apache.kafka.common.errors.RecordTooLargeException",
        false,
        false,
        "The request included a message larger than the max message size the server will accept.",
    ),
    row(
        ErrorCode::StaleControllerEpoch,
        "STALE_CONTROLLER_EPOCH",
        "org.apache.kafka.common.errors.ControllerMovedException",
        false,
        false,
        "The controller moved to another broker.",
    ),
    row(
        ErrorCode::OffsetMetadataTooLarge,
        "OFFSET_METADATA_TOO_LARGE",
        "org.apache.kafka.common.errors.OffsetMetadataTooLarge",
        false,
        false,
        "The metadata field of the offset request was too large.",
    ),
    row(
        ErrorCode::NetworkException,
        "NETWORK_EXCEPTION",
        "org.apache.kafka.common.errors.NetworkException",
        true,
        true,
        "The server disconnected before a response was received.",
    ),
    row(
        ErrorCode::CoordinatorLoadInProgress,
        "COORDINATOR_LOAD_IN_PROGRESS",
        "org.apache.kafka.common.errors.CoordinatorLoadInProgressException",
        true,
        false,
        "The coordinator is loading and hence can't process requests.",
    ),
    row(
        ErrorCode::CoordinatorNotAvailable,
        "COORDINATOR_NOT_AVAILABLE",
        "org.apache.kafka.common.errors.CoordinatorNotAvailableException",
        true,
        false,
        "The coordinator is not available.",
    ),
    row(
        ErrorCode::NotCoordinator,
        "NOT_COORDINATOR",
        "org.apache.kafka.common.errors.NotCoordinatorException",
        true,
        false,
        "This is not the correct coordinator.",
    ),
    row(
        ErrorCode::InvalidTopicException,
        "INVALID_TOPIC_EXCEPTION",
        "org.apache.kafka.common.errors.InvalidTopicException",
        false,
        false,
        "The request attempted to perform an operation on an invalid topic.",
    ),
    row(
        ErrorCode::RecordListTooLarge,
        "RECORD_LIST_TOO_LARGE",
        "org.apache.kafka.common.errors.RecordBatchTooLargeException",
        false,
        false,
        "The request included message batch larger than the configured segment size on the server.",
    ),
    row(
        ErrorCode::NotEnoughReplicas,
        "NOT_ENOUGH_REPLICAS",
        "org.apache.kafka.common.errors.NotEnoughReplicasException",
        true,
        false,
        "Messages are rejected since there are fewer in-sync replicas than required.",
    ),
    row(
        ErrorCode::NotEnoughReplicasAfterAppend,
        "NOT_ENOUGH_REPLICAS_AFTER_APPEND",
        "org.apache.kafka.common.errors.NotEnoughReplicasAfterAppendException",
        true,
        false,
        "Messages are written to the log, but to fewer in-sync replicas than required.",
    ),
    row(
        ErrorCode::InvalidRequiredAcks,
        "INVALID_REQUIRED_ACKS",
        "org.apache.kafka.common.errors.InvalidRequiredAcksException",
        false,
        false,
        "Produce request specified an invalid value for required acks.",
    ),
    row(
        ErrorCode::IllegalGeneration,
        "ILLEGAL_GENERATION",
        "org.apache.kafka.common.errors.IllegalGenerationException",
        false,
        false,
        "Specified group generation id is not valid.",
    ),
    row(
        ErrorCode::InconsistentGroupProtocol,
        "INCONSISTENT_GROUP_PROTOCOL",
        "org.apache.kafka.common.errors.InconsistentGroupProtocolException",
        false,
        false,
        "The group member's supported protocols are incompatible with those of existing members or first group member tried to join with empty protocol type or empty protocol list.",
    ),
    row(
        ErrorCode::InvalidGroupId,
        "INVALID_GROUP_ID",
        "org.apache.kafka.common.errors.InvalidGroupIdException",
        false,
        false,
        "The group id is invalid.",
    ),
    row(
        ErrorCode::UnknownMemberId,
        "UNKNOWN_MEMBER_ID",
        "org.apache.kafka.common.errors.UnknownMemberIdException",
        false,
        false,
        "The coordinator is not aware of this member.",
    ),
    row(
        ErrorCode::InvalidSessionTimeout,
        "INVALID_SESSION_TIMEOUT",
        "org.apache.kafka.common.errors.InvalidSessionTimeoutException",
        false,
        false,
        "The session timeout is not within the range allowed by the broker (as configured by group.min.session.timeout.ms and group.max.session.timeout.ms).",
    ),
    row(
        ErrorCode::RebalanceInProgress,
        "REBALANCE_IN_PROGRESS",
        "org.apache.kafka.common.errors.RebalanceInProgressException",
        false,
        false,
        "The group is rebalancing, so a rejoin is needed.",
    ),
    row(
        ErrorCode::InvalidCommitOffsetSize,
        "INVALID_COMMIT_OFFSET_SIZE",
        "org.apache.kafka.common.errors.InvalidCommitOffsetSizeException",
        false,
        false,
        "The committing offset data size is not valid.",
    ),
    row(
        ErrorCode::TopicAuthorizationFailed,
        "TOPIC_AUTHORIZATION_FAILED",
        "org.apache.kafka.common.errors.TopicAuthorizationException",
        false,
        false,
        "Topic authorization failed.",
    ),
    row(
        ErrorCode::GroupAuthorizationFailed,
        "GROUP_AUTHORIZATION_FAILED",
        "org.apache.kafka.common.errors.GroupAuthorizationException",
        false,
        false,
        "Group authorization failed.",
    ),
    row(
        ErrorCode::ClusterAuthorizationFailed,
        "CLUSTER_AUTHORIZATION_FAILED",
        "org.apache.kafka.common.errors.ClusterAuthorizationException",
        false,
        false,
        "Cluster authorization failed.",
    ),
    row(
        ErrorCode::InvalidTimestamp,
        "INVALID_TIMESTAMP",
        "org.apache.kafka.common.errors.InvalidTimestampException",
        false,
        false,
        "The timestamp of the message is out of acceptable range.",
    ),
    row(
        ErrorCode::UnsupportedSaslMechanism,
        "UNSUPPORTED_SASL_MECHANISM",
        "org.apache.kafka.common.errors.UnsupportedSaslMechanismException",
        false,
        false,
        "The broker does not support the requested SASL mechanism.",
    ),
    row(
        ErrorCode::IllegalSaslState,
        "ILLEGAL_SASL_STATE",
        "org.apache.kafka.common.errors.IllegalSaslStateException",
        false,
        false,
        "Request is not valid given the current SASL state.",
    ),
    row(
        ErrorCode::UnsupportedVersion,
        "UNSUPPORTED_VERSION",
        "org.apache.kafka.common.errors.UnsupportedVersionException",
        false,
        false,
        "The version of API is not supported.",
    ),
    row(
        ErrorCode::TopicAlreadyExists,
        "TOPIC_ALREADY_EXISTS",
        "org.apache.kafka.common.errors.TopicExistsException",
        false,
        false,
        "Topic with this name already exists.",
    ),
    row(
        ErrorCode::InvalidPartitions,
        "INVALID_PARTITIONS",
        "org.apache.kafka.common.errors.InvalidPartitionsException",
        false,
        false,
        "Number of partitions is below 1.",
    ),
    row(
        ErrorCode::InvalidReplicationFactor,
        "INVALID_REPLICATION_FACTOR",
        "org.apache.kafka.common.errors.InvalidReplicationFactorException",
        false,
        false,
        "Replication factor is below 1 or larger than the number of available brokers.",
    ),
    row(
        ErrorCode::InvalidReplicaAssignment,
        "INVALID_REPLICA_ASSIGNMENT",
        "org.apache.kafka.common.errors.InvalidReplicaAssignmentException",
        false,
        false,
        "Replica assignment is invalid.",
    ),
    row(
        ErrorCode::InvalidConfig,
        "INVALID_CONFIG",
        "org.apache.kafka.common.errors.InvalidConfigurationException",
        false,
        false,
        "Configuration is invalid.",
    ),
    row(
        ErrorCode::NotController,
        "NOT_CONTROLLER",
        "org.apache.kafka.common.errors.NotControllerException",
        true,
        false,
        "This is not the correct controller for this cluster.",
    ),
    row(
        ErrorCode::InvalidRequest,
        "INVALID_REQUEST",
        "org.apache.kafka.common.errors.InvalidRequestException",
        false,
        false,
        "This most likely occurs because of a request being malformed by the client library or the message was sent to an incompatible broker. See the broker logs for more details.",
    ),
    row(
        ErrorCode::UnsupportedForMessageFormat,
        "UNSUPPORTED_FOR_MESSAGE_FORMAT",
        "org.apache.kafka.common.errors.UnsupportedForMessageFormatException",
        false,
        false,
        "The message format version on the broker does not support the request.",
    ),
    row(
        ErrorCode::PolicyViolation,
        "POLICY_VIOLATION",
        "org.apache.kafka.common.errors.PolicyViolationException",
        false,
        false,
        "Request parameters do not satisfy the configured policy.",
    ),
    row(
        ErrorCode::OutOfOrderSequenceNumber,
        "OUT_OF_ORDER_SEQUENCE_NUMBER",
        "org.apache.kafka.common.errors.OutOfOrderSequenceException",
        false,
        false,
        "The broker received an out of order sequence number.",
    ),
    row(
        ErrorCode::DuplicateSequenceNumber,
        "DUPLICATE_SEQUENCE_NUMBER",
        "org.apache.kafka.common.errors.DuplicateSequenceException",
        false,
        false,
        "The broker received a duplicate sequence number.",
    ),
    row(
        ErrorCode::InvalidProducerEpoch,
        "INVALID_PRODUCER_EPOCH",
        "org.apache.kafka.common.errors.InvalidProducerEpochException",
        false,
        false,
        "Producer attempted to produce with an old epoch.",
    ),
    row(
        ErrorCode::InvalidTxnState,
        "INVALID_TXN_STATE",
        "org.apache.kafka.common.errors.InvalidTxnStateException",
        false,
        false,
        "The producer attempted a transactional operation in an invalid state.",
    ),
    row(
        ErrorCode::InvalidProducerIdMapping,
        "INVALID_PRODUCER_ID_MAPPING",
        "org.apache.kafka.common.errors.InvalidPidMappingException",
        false,
        false,
        "The producer attempted to use a producer id which is not currently assigned to its transactional id.",
    ),
    row(
        ErrorCode::InvalidTransactionTimeout,
        "INVALID_TRANSACTION_TIMEOUT",
        "org.apache.kafka.common.errors.InvalidTxnTimeoutException",
        false,
        false,
        "The transaction timeout is larger than the maximum value allowed by the broker (as configured by transaction.max.timeout.ms).",
    ),
    row(
        ErrorCode::ConcurrentTransactions,
        "CONCURRENT_TRANSACTIONS",
        "org.apache.kafka.common.errors.ConcurrentTransactionsException",
        true,
        false,
        "The producer attempted to update a transaction while another concurrent operation on the same transaction was ongoing.",
    ),
    row(
        ErrorCode::TransactionCoordinatorFenced,
        "TRANSACTION_COORDINATOR_FENCED",
        "org.apache.kafka.common.errors.TransactionCoordinatorFencedException",
        false,
        false,
        "Indicates that the transaction coordinator sending a WriteTxnMarker is no longer the current coordinator for a given producer.",
    ),
    row(
        ErrorCode::TransactionalIdAuthorizationFailed,
        "TRANSACTIONAL_ID_AUTHORIZATION_FAILED",
        "org.apache.kafka.common.errors.TransactionalIdAuthorizationException",
        false,
        false,
        "Transactional Id authorization failed.",
    ),
    row(
        ErrorCode::SecurityDisabled,
        "SECURITY_DISABLED",
        "org.apache.kafka.common.errors.SecurityDisabledException",
        false,
        false,
        "Security features are disabled.",
    ),
    row(
        ErrorCode::OperationNotAttempted,
        "OPERATION_NOT_ATTEMPTED",
        "org.apache.kafka.common.errors.OperationNotAttemptedException",
        false,
        false,
        "The broker did not attempt to execute this operation. This may happen for batched RPCs where some operations in the batch failed, causing the broker to respond without trying the rest.",
    ),
    row(
        ErrorCode::KafkaStorageError,
        "KAFKA_STORAGE_ERROR",
        "org.apache.kafka.common.errors.KafkaStorageException",
        true,
        true,
        "Disk error when trying to access log file on the disk.",
    ),
    row(
        ErrorCode::LogDirNotFound,
        "LOG_DIR_NOT_FOUND",
        "org.apache.kafka.common.errors.LogDirNotFoundException",
        false,
        false,
        "The user-specified log directory is not found in the broker config.",
    ),
    row(
        ErrorCode::SaslAuthenticationFailed,
        "SASL_AUTHENTICATION_FAILED",
        "org.apache.kafka.common.errors.SaslAuthenticationException",
        false,
        false,
        "SASL Authentication failed.",
    ),
    row(
        ErrorCode::UnknownProducerId,
        "UNKNOWN_PRODUCER_ID",
        "org.apache.kafka.common.errors.UnknownProducerIdException",
        false,
        false,
        "This exception is raised by the broker if it could not locate the producer metadata associated with the producerId in question. This could happen if, for instance, the producer's records were deleted because their retention time had elapsed. Once the last records of the producerId are removed, the producer's metadata is removed from the broker, and future appends by the producer will return this exception.",
    ),
    row(
        ErrorCode::ReassignmentInProgress,
        "REASSIGNMENT_IN_PROGRESS",
        "org.apache.kafka.common.errors.ReassignmentInProgressException",
        false,
        false,
        "A partition reassignment is in progress.",
    ),
    row(
        ErrorCode::DelegationTokenAuthDisabled,
        "DELEGATION_TOKEN_AUTH_DISABLED",
        "org.apache.kafka.common.errors.DelegationTokenDisabledException",
        false,
        false,
        "Delegation Token feature is not enabled.",
    ),
    row(
        ErrorCode::DelegationTokenNotFound,
        "DELEGATION_TOKEN_NOT_FOUND",
        "org.apache.kafka.common.errors.DelegationTokenNotFoundException",
        false,
        false,
        "Delegation Token is not found on server.",
    ),
    row(
        ErrorCode::DelegationTokenOwnerMismatch,
        "DELEGATION_TOKEN_OWNER_MISMATCH",
        "org.apache.kafka.common.errors.DelegationTokenOwnerMismatchException",
        false,
        false,
        "Specified Principal is not valid Owner/Renewer.",
    ),
    row(
        ErrorCode::DelegationTokenRequestNotAllowed,
        "DELEGATION_TOKEN_REQUEST_NOT_ALLOWED",
        "org.apache.kafka.common.errors.UnsupportedByAuthenticationException",
        false,
        false,
        "Delegation Token requests are not allowed on PLAINTEXT/1-way SSL channels and on delegation token authenticated channels.",
    ),
    row(
        ErrorCode::DelegationTokenAuthorizationFailed,
        "DELEGATION_TOKEN_AUTHORIZATION_FAILED",
        "org.apache.kafka.common.errors.DelegationTokenAuthorizationException",
        false,
        false,
        "Delegation Token authorization failed.",
    ),
    row(
        ErrorCode::DelegationTokenExpired,
        "DELEGATION_TOKEN_EXPIRED",
        "org.apache.kafka.common.errors.DelegationTokenExpiredException",
        false,
        false,
        "Delegation Token is expired.",
    ),
    row(
        ErrorCode::InvalidPrincipalType,
        "INVALID_PRINCIPAL_TYPE",
        "org.apache.kafka.common.errors.InvalidPrincipalTypeException",
        false,
        false,
        "Supplied principalType is not supported.",
    ),
    row(
        ErrorCode::NonEmptyGroup,
        "NON_EMPTY_GROUP",
        "org.apache.kafka.common.errors.GroupNotEmptyException",
        false,
        false,
        "The group is not empty.",
    ),
    row(
        ErrorCode::GroupIdNotFound,
        "GROUP_ID_NOT_FOUND",
        "org.apache.kafka.common.errors.GroupIdNotFoundException",
        false,
        false,
        "The group id does not exist.",
    ),
    row(
        ErrorCode::FetchSessionIdNotFound,
        "FETCH_SESSION_ID_NOT_FOUND",
        "org.apache.kafka.common.errors.FetchSessionIdNotFoundException",
        true,
        false,
        "The fetch session ID was not found.",
    ),
    row(
        ErrorCode::InvalidFetchSessionEpoch,
        "INVALID_FETCH_SESSION_EPOCH",
        "org.apache.kafka.common.errors.InvalidFetchSessionEpochException",
        true,
        false,
        "The fetch session epoch is invalid.",
    ),
    row(
        ErrorCode::ListenerNotFound,
        "LISTENER_NOT_FOUND",
        "org.apache.kafka.common.errors.ListenerNotFoundException",
        true,
        true,
        "There is no listener on the leader broker that matches the listener on which metadata request was processed.",
    ),
    row(
        ErrorCode::TopicDeletionDisabled,
        "TOPIC_DELETION_DISABLED",
        "org.apache.kafka.common.errors.TopicDeletionDisabledException",
        false,
        false,
        "Topic deletion is disabled.",
    ),
    row(
        ErrorCode::FencedLeaderEpoch,
        "FENCED_LEADER_EPOCH",
        "org.apache.kafka.common.errors.FencedLeaderEpochException",
        true,
        true,
        "The leader epoch in the request is older than the epoch on the broker.",
    ),
    row(
        ErrorCode::UnknownLeaderEpoch,
        "UNKNOWN_LEADER_EPOCH",
        "org.apache.kafka.common.errors.UnknownLeaderEpochException",
        true,
        false,
        "The leader epoch in the request is newer than the epoch on the broker.",
    ),
    row(
        ErrorCode::UnsupportedCompressionType,
        "UNSUPPORTED_COMPRESSION_TYPE",
        "org.apache.kafka.common.errors.UnsupportedCompressionTypeException",
        false,
        false,
        "The requesting client does not support the compression type of given partition.",
    ),
    row(
        ErrorCode::StaleBrokerEpoch,
        "STALE_BROKER_EPOCH",
        "org.apache.kafka.common.errors.StaleBrokerEpochException",
        false,
        false,
        "Broker epoch has changed.",
    ),
    row(
        ErrorCode::OffsetNotAvailable,
        "OFFSET_NOT_AVAILABLE",
        "org.apache.kafka.common.errors.OffsetNotAvailableException",
        true,
        false,
        "The leader high watermark has not caught up from a recent leader election so the offsets cannot be guaranteed to be monotonically increasing.",
    ),
    row(
        ErrorCode::MemberIdRequired,
        "MEMBER_ID_REQUIRED",
        "org.apache.kafka.common.errors.MemberIdRequiredException",
        false,
        false,
        "The group member needs to have a valid member id before actually entering a consumer group.",
    ),
    row(
        ErrorCode::PreferredLeaderNotAvailable,
        "PREFERRED_LEADER_NOT_AVAILABLE",
        "org.apache.kafka.common.errors.PreferredLeaderNotAvailableException",
        true,
        true,
        "The preferred leader was not available.",
    ),
    row(
        ErrorCode::GroupMaxSizeReached,
        "GROUP_MAX_SIZE_REACHED",
        "org.apache.kafka.common.errors.GroupMaxSizeReachedException",
        false,
        false,
        "The group has reached its maximum size.",
    ),
    row(
        ErrorCode::FencedInstanceId,
        "FENCED_INSTANCE_ID",
        "org.apache.kafka.common.errors.FencedInstanceIdException",
        false,
        false,
        "The broker rejected this static consumer since another consumer with the same group.instance.id has registered with a different member.id.",
    ),
    row(
        ErrorCode::EligibleLeadersNotAvailable,
        "ELIGIBLE_LEADERS_NOT_AVAILABLE",
        "org.apache.kafka.common.errors.EligibleLeadersNotAvailableException",
        true,
        true,
        "Eligible topic partition leaders are not available.",
    ),
    row(
        ErrorCode::ElectionNotNeeded,
        "ELECTION_NOT_NEEDED",
        "org.apache.kafka.common.errors.ElectionNotNeededException",
        true,
        true,
        "Leader election not needed for topic partition.",
    ),
    row(
        ErrorCode::NoReassignmentInProgress,
        "NO_REASSIGNMENT_IN_PROGRESS",
        "org.apache.kafka.common.errors.NoReassignmentInProgressException",
        false,
        false,
        "No partition reassignment is in progress.",
    ),
    row(
        ErrorCode::GroupSubscribedToTopic,
        "GROUP_SUBSCRIBED_TO_TOPIC",
        "org.apache.kafka.common.errors.GroupSubscribedToTopicException",
        false,
        false,
        "Deleting offsets of a topic is forbidden while the consumer group is actively subscribed to it.",
    ),
    row(
        ErrorCode::InvalidRecord,
        "INVALID_RECORD",
        "org.apache.kafka.common.InvalidRecordException",
        false,
        false,
        "This record has failed the validation on broker and hence will be rejected.",
    ),
    row(
        ErrorCode::UnstableOffsetCommit,
        "UNSTABLE_OFFSET_COMMIT",
        "org.apache.kafka.common.errors.UnstableOffsetCommitException",
        true,
        false,
        "There are unstable offsets that need to be cleared.",
    ),
    row(
        ErrorCode::ThrottlingQuotaExceeded,
        "THROTTLING_QUOTA_EXCEEDED",
        "org.apache.kafka.common.errors.ThrottlingQuotaExceededException",
        true,
        false,
        "The throttling quota has been exceeded.",
    ),
    row(
        ErrorCode::ProducerFenced,
        "PRODUCER_FENCED",
        "org.apache.kafka.common.errors.ProducerFencedException",
        false,
        false,
        "There is a newer producer with the same transactionalId which fences the current one.",
    ),
    row(
        ErrorCode::ResourceNotFound,
        "RESOURCE_NOT_FOUND",
        "org.apache.kafka.common.errors.ResourceNotFoundException",
        false,
        false,
        "A request illegally referred to a resource that does not exist.",
    ),
    row(
        ErrorCode::DuplicateResource,
        "DUPLICATE_RESOURCE",
        "org.apache.kafka.common.errors.DuplicateResourceException",
        false,
        false,
        "A request illegally referred to the same resource twice.",
    ),
    row(
        ErrorCode::UnacceptableCredential,
        "UNACCEPTABLE_CREDENTIAL",
        "org.apache.kafka.common.errors.UnacceptableCredentialException",
        false,
        false,
        "Requested credential would not meet criteria for acceptability.",
    ),
    row(
        ErrorCode::InconsistentVoterSet,
        "INCONSISTENT_VOTER_SET",
        "org.apache.kafka.common.errors.InconsistentVoterSetException",
        false,
        false,
        "Indicates that the either the sender or recipient of a voter-only request is not one of the expected voters.",
    ),
    row(
        ErrorCode::InvalidUpdateVersion,
        "INVALID_UPDATE_VERSION",
        "org.apache.kafka.common.errors.InvalidUpdateVersionException",
        false,
        false,
        "The given update version was invalid.",
    ),
    row(
        ErrorCode::FeatureUpdateFailed,
        "FEATURE_UPDATE_FAILED",
        "org.apache.kafka.common.errors.FeatureUpdateFailedException",
        false,
        false,
        "Unable to update finalized features due to an unexpected server error.",
    ),
    row(
        ErrorCode::PrincipalDeserializationFailure,
        "PRINCIPAL_DESERIALIZATION_FAILURE",
        "org.apache.kafka.common.errors.PrincipalDeserializationException",
        false,
        false,
        "Request principal deserialization failed during forwarding. This indicates an internal error on the broker cluster security setup.",
    ),
    row(
        ErrorCode::SnapshotNotFound,
        "SNAPSHOT_NOT_FOUND",
        "org.apache.kafka.common.errors.SnapshotNotFoundException",
        false,
        false,
        "Requested snapshot was not found.",
    ),
    row(
        ErrorCode::PositionOutOfRange,
        "POSITION_OUT_OF_RANGE",
        "org.apache.kafka.common.errors.PositionOutOfRangeException",
        false,
        false,
        "Requested position is not greater than or equal to zero, and less than the size of the snapshot.",
    ),
    row(
        ErrorCode::UnknownTopicId,
        "UNKNOWN_TOPIC_ID",
        "org.apache.kafka.common.errors.UnknownTopicIdException",
        true,
        true,
        "This server does not host this topic ID.",
    ),
    row(
        ErrorCode::DuplicateBrokerRegistration,
        "DUPLICATE_BROKER_REGISTRATION",
        "org.apache.kafka.common.errors.DuplicateBrokerRegistrationException",
        false,
        false,
        "This broker ID is already in use.",
    ),
    row(
        ErrorCode::BrokerIdNotRegistered,
        "BROKER_ID_NOT_REGISTERED",
        "org.apache.kafka.common.errors.BrokerIdNotRegisteredException",
        false,
        false,
        "The given broker ID was not registered.",
    ),
    row(
        ErrorCode::InconsistentTopicId,
        "INCONSISTENT_TOPIC_ID",
        "org.apache.kafka.common.errors.InconsistentTopicIdException",
        true,
        true,
        "The log's topic ID did not match the topic ID in the request.",
    ),
    row(
        ErrorCode::InconsistentClusterId,
        "INCONSISTENT_CLUSTER_ID",
        "org.apache.kafka.common.errors.InconsistentClusterIdException",
        false,
        false,
        "The clusterId in the request does not match that found on the server.",
    ),
    row(
        ErrorCode::TransactionalIdNotFound,
        "TRANSACTIONAL_ID_NOT_FOUND",
        "org.apache.kafka.common.errors.TransactionalIdNotFoundException",
        false,
        false,
        "The transactionalId could not be found.",
    ),
    row(
        ErrorCode::FetchSessionTopicIdError,
        "FETCH_SESSION_TOPIC_ID_ERROR",
        "org.apache.kafka.common.errors.FetchSessionTopicIdException",
        true,
        false,
        "The fetch session encountered inconsistent topic ID usage.",
    ),
    row(
        ErrorCode::IneligibleReplica,
        "INELIGIBLE_REPLICA",
        "org.apache.kafka.common.errors.IneligibleReplicaException",
        false,
        false,
        "The new ISR contains at least one ineligible replica.",
    ),
    row(
        ErrorCode::NewLeaderElected,
        "NEW_LEADER_ELECTED",
        "org.apache.kafka.common.errors.NewLeaderElectedException",
        false,
        false,
        "The AlterPartition request successfully updated the partition state but the leader has changed.",
    ),
    row(
        ErrorCode::OffsetMovedToTieredStorage,
        "OFFSET_MOVED_TO_TIERED_STORAGE",
        "org.apache.kafka.common.errors.OffsetMovedToTieredStorageException",
        false,
        false,
        "The requested offset is moved to tiered storage.",
    ),
    row(
        ErrorCode::FencedMemberEpoch,
        "FENCED_MEMBER_EPOCH",
        "org.apache.kafka.common.errors.FencedMemberEpochException",
        false,
        false,
        "The member epoch is fenced by the group coordinator. The member must abandon all its partitions and rejoin.",
    ),
    row(
        ErrorCode::UnreleasedInstanceId,
        "UNRELEASED_INSTANCE_ID",
        "org.apache.kafka.common.errors.UnreleasedInstanceIdException",
        false,
        false,
        "The instance ID is still used by another member in the consumer group. That member must leave first.",
    ),
    row(
        ErrorCode::UnsupportedAssignor,
        "UNSUPPORTED_ASSIGNOR",
        "org.apache.kafka.common.errors.UnsupportedAssignorException",
        false,
        false,
        "The assignor or its version range is not supported by the consumer group.",
    ),
    row(
        ErrorCode::StaleMemberEpoch,
        "STALE_MEMBER_EPOCH",
        "org.apache.kafka.common.errors.StaleMemberEpochException",
        false,
        false,
        "The member epoch is stale. The member must retry after receiving its updated member epoch via the ConsumerGroupHeartbeat API.",
    ),
    row(
        ErrorCode::MismatchedEndpointType,
        "MISMATCHED_ENDPOINT_TYPE",
        "org.apache.kafka.common.errors.MismatchedEndpointTypeException",
        false,
        false,
        "The request was sent to an endpoint of the wrong type.",
    ),
    row(
        ErrorCode::UnsupportedEndpointType,
        "UNSUPPORTED_ENDPOINT_TYPE",
        "org.apache.kafka.common.errors.UnsupportedEndpointTypeException",
        false,
        false,
        "This endpoint type is not supported yet.",
    ),
    row(
        ErrorCode::UnknownControllerId,
        "UNKNOWN_CONTROLLER_ID",
        "org.apache.kafka.common.errors.UnknownControllerIdException",
        false,
        false,
        "This controller ID is not known.",
    ),
    row(
        ErrorCode::UnknownSubscriptionId,
        "UNKNOWN_SUBSCRIPTION_ID",
        "org.apache.kafka.common.errors.UnknownSubscriptionIdException",
        false,
        false,
        "Client sent a push telemetry request with an invalid or outdated subscription ID.",
    ),
    row(
        ErrorCode::TelemetryTooLarge,
        "TELEMETRY_TOO_LARGE",
        "org.apache.kafka.common.errors.TelemetryTooLargeException",
        false,
        false,
        "Client sent a push telemetry request larger than the maximum size the broker will accept.",
    ),
    row(
        ErrorCode::InvalidRegistration,
        "INVALID_REGISTRATION",
        "org.apache.kafka.common.errors.InvalidRegistrationException",
        false,
        false,
        "The controller has considered the broker registration to be invalid.",
    ),
    row(
        ErrorCode::TransactionAbortable,
        "TRANSACTION_ABORTABLE",
        "org.apache.kafka.common.errors.TransactionAbortableException",
        false,
        false,
        "The server encountered an error with the transaction. The client can abort the transaction to continue using this transactional ID.",
    ),
    row(
        ErrorCode::InvalidRecordState,
        "INVALID_RECORD_STATE",
        "org.apache.kafka.common.errors.InvalidRecordStateException",
        false,
        false,
        "The record state is invalid. The acknowledgement of delivery could not be completed.",
    ),
    row(
        ErrorCode::ShareSessionNotFound,
        "SHARE_SESSION_NOT_FOUND",
        "org.apache.kafka.common.errors.ShareSessionNotFoundException",
        true,
        false,
        "The share session was not found.",
    ),
    row(
        ErrorCode::InvalidShareSessionEpoch,
        "INVALID_SHARE_SESSION_EPOCH",
        "org.apache.kafka.common.errors.InvalidShareSessionEpochException",
        true,
        false,
        "The share session epoch is invalid.",
    ),
    row(
        ErrorCode::FencedStateEpoch,
        "FENCED_STATE_EPOCH",
        "org.apache.kafka.common.errors.FencedStateEpochException",
        false,
        false,
        "The share coordinator rejected the request because the share-group state epoch did not match.",
    ),
    row(
        ErrorCode::InvalidVoterKey,
        "INVALID_VOTER_KEY",
        "org.apache.kafka.common.errors.InvalidVoterKeyException",
        false,
        false,
        "The voter key doesn't match the receiving replica's key.",
    ),
    row(
        ErrorCode::DuplicateVoter,
        "DUPLICATE_VOTER",
        "org.apache.kafka.common.errors.DuplicateVoterException",
        false,
        false,
        "The voter is already part of the set of voters.",
    ),
    row(
        ErrorCode::VoterNotFound,
        "VOTER_NOT_FOUND",
        "org.apache.kafka.common.errors.VoterNotFoundException",
        false,
        false,
        "The voter is not part of the set of voters.",
    ),
    row(
        ErrorCode::InvalidRegularExpression,
        "INVALID_REGULAR_EXPRESSION",
        "org.apache.kafka.common.errors.InvalidRegularExpression",
        false,
        false,
        "The regular expression is not valid.",
    ),
    row(
        ErrorCode::RebootstrapRequired,
        "REBOOTSTRAP_REQUIRED",
        "org.apache.kafka.common.errors.RebootstrapRequiredException",
        false,
        false,
        "Client metadata is stale. The client should rebootstrap to obtain new metadata.",
    ),
    row(
        ErrorCode::StreamsInvalidTopology,
        "STREAMS_INVALID_TOPOLOGY",
        "org.apache.kafka.common.errors.StreamsInvalidTopologyException",
        false,
        false,
        "The supplied topology is invalid.",
    ),
    row(
        ErrorCode::StreamsInvalidTopologyEpoch,
        "STREAMS_INVALID_TOPOLOGY_EPOCH",
        "org.apache.kafka.common.errors.StreamsInvalidTopologyEpochException",
        false,
        false,
        "The supplied topology epoch is invalid.",
    ),
    row(
        ErrorCode::StreamsTopologyFenced,
        "STREAMS_TOPOLOGY_FENCED",
        "org.apache.kafka.common.errors.StreamsTopologyFencedException",
        false,
        false,
        "The supplied topology epoch is outdated.",
    ),
    row(
        ErrorCode::ShareSessionLimitReached,
        "SHARE_SESSION_LIMIT_REACHED",
        "org.apache.kafka.common.errors.ShareSessionLimitReachedException",
        true,
        false,
        "The limit of share sessions has been reached.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_finds_its_own_row() {
        for (index, row) in TABLE.iter().enumerate() {
            assert_eq!(row.code as i16, index as i16 - 1, "{}", row.name);
            assert_eq!(ErrorCode::from_code(row.code.code()), Some(row.code));
        }
        assert_eq!(ErrorCode::from_code(-2), None);
        assert_eq!(ErrorCode::from_code(i16::MAX), None);
    }
}
