//! Kafka's error codes, as of 4.3.1.
//!
//! The table is the one Kafka's own `Errors` enum gives. An error is a value of a
//! response, never a failure of a handler.

/// Makes the codes and their table of one list: code = number, name, Java class, retriable,
/// refreshes metadata, message.
macro_rules! errors {
    ($($(#[$mark:meta])* $code:ident = $number:literal, $name:literal, $exception:literal,
        $retriable:literal, $invalid_metadata:literal, $message:literal;)*) => {
        /// One of Kafka's error codes.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
        #[repr(i16)]
        pub enum ErrorCode {
            $(#[doc = concat!("`", $name, "`")] $(#[$mark])* $code = $number,)*
        }

        static TABLE: &[Row] = &[$(Row {
            code: ErrorCode::$code,
            name: $name,
            exception: $exception,
            retriable: $retriable,
            invalid_metadata: $invalid_metadata,
            message: $message,
        },)*];
    };
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

    /// What a coordinator tells its client when what was asked could not be stored for this
    /// reason (GRP-23; as in Kafka's `CoordinatorOperationExceptionHelper`).
    pub fn when_not_stored(self) -> ErrorCode {
        match self {
            ErrorCode::UnknownTopicOrPartition
            | ErrorCode::NotEnoughReplicas
            | ErrorCode::NotEnoughReplicasAfterAppend
            | ErrorCode::RequestTimedOut => ErrorCode::CoordinatorNotAvailable,
            ErrorCode::NotLeaderOrFollower | ErrorCode::KafkaStorageError => {
                ErrorCode::NotCoordinator
            }
            ErrorCode::MessageTooLarge
            | ErrorCode::RecordListTooLarge
            | ErrorCode::InvalidFetchSize => ErrorCode::UnknownServerError,
            other => other,
        }
    }

    /// Whether this is an error at all.
    pub fn is_error(self) -> bool {
        self != ErrorCode::None
    }
}

errors! {
    UnknownServerError = -1, "UNKNOWN_SERVER_ERROR", "org.apache.kafka.common.errors.UnknownServerException", false, false,
        "The server experienced an unexpected error when processing the request.";
    #[default]
    None = 0, "NONE", "", false, false,
        "NONE";
    OffsetOutOfRange = 1, "OFFSET_OUT_OF_RANGE", "org.apache.kafka.common.errors.OffsetOutOfRangeException", false, false,
        "The requested offset is not within the range of offsets maintained by the server.";
    CorruptMessage = 2, "CORRUPT_MESSAGE", "org.apache.kafka.common.errors.CorruptRecordException", true, false,
        "This message has failed its CRC checksum, exceeds the valid size, has a null key for a compacted topic, or is otherwise corrupt.";
    UnknownTopicOrPartition = 3, "UNKNOWN_TOPIC_OR_PARTITION", "org.apache.kafka.common.errors.UnknownTopicOrPartitionException", true, true,
        "This server does not host this topic-partition.";
    InvalidFetchSize = 4, "INVALID_FETCH_SIZE", "org.apache.kafka.common.errors.InvalidFetchSizeException", false, false,
        "The requested fetch size is invalid.";
    LeaderNotAvailable = 5, "LEADER_NOT_AVAILABLE", "org.apache.kafka.common.errors.LeaderNotAvailableException", true, true,
        "There is no leader for this topic-partition as we are in the middle of a leadership election.";
    NotLeaderOrFollower = 6, "NOT_LEADER_OR_FOLLOWER", "org.apache.kafka.common.errors.NotLeaderOrFollowerException", true, true,
        "For requests intended only for the leader, this error indicates that the broker is not the current leader. For requests intended for any replica, this error indicates that the broker is not a replica of the topic partition.";
    RequestTimedOut = 7, "REQUEST_TIMED_OUT", "org.apache.kafka.common.errors.TimeoutException", true, false,
        "The request timed out.";
    BrokerNotAvailable = 8, "BROKER_NOT_AVAILABLE", "org.apache.kafka.common.errors.BrokerNotAvailableException", false, false,
        "The broker is not available.";
    ReplicaNotAvailable = 9, "REPLICA_NOT_AVAILABLE", "org.apache.kafka.common.errors.ReplicaNotAvailableException", true, true,
        "The replica is not available for the requested topic-partition. Produce/Fetch requests and other requests intended only for the leader or follower return NOT_LEADER_OR_FOLLOWER if the broker is not a replica of the topic-partition.";
    MessageTooLarge = 10, "MESSAGE_TOO_LARGE", "org.apache.kafka.common.errors.RecordTooLargeException", false, false,
        "The request included a message larger than the max message size the server will accept.";
    StaleControllerEpoch = 11, "STALE_CONTROLLER_EPOCH", "org.apache.kafka.common.errors.ControllerMovedException", false, false,
        "The controller moved to another broker.";
    OffsetMetadataTooLarge = 12, "OFFSET_METADATA_TOO_LARGE", "org.apache.kafka.common.errors.OffsetMetadataTooLarge", false, false,
        "The metadata field of the offset request was too large.";
    NetworkException = 13, "NETWORK_EXCEPTION", "org.apache.kafka.common.errors.NetworkException", true, true,
        "The server disconnected before a response was received.";
    CoordinatorLoadInProgress = 14, "COORDINATOR_LOAD_IN_PROGRESS", "org.apache.kafka.common.errors.CoordinatorLoadInProgressException", true, false,
        "The coordinator is loading and hence can't process requests.";
    CoordinatorNotAvailable = 15, "COORDINATOR_NOT_AVAILABLE", "org.apache.kafka.common.errors.CoordinatorNotAvailableException", true, false,
        "The coordinator is not available.";
    NotCoordinator = 16, "NOT_COORDINATOR", "org.apache.kafka.common.errors.NotCoordinatorException", true, false,
        "This is not the correct coordinator.";
    InvalidTopicException = 17, "INVALID_TOPIC_EXCEPTION", "org.apache.kafka.common.errors.InvalidTopicException", false, false,
        "The request attempted to perform an operation on an invalid topic.";
    RecordListTooLarge = 18, "RECORD_LIST_TOO_LARGE", "org.apache.kafka.common.errors.RecordBatchTooLargeException", false, false,
        "The request included message batch larger than the configured segment size on the server.";
    NotEnoughReplicas = 19, "NOT_ENOUGH_REPLICAS", "org.apache.kafka.common.errors.NotEnoughReplicasException", true, false,
        "Messages are rejected since there are fewer in-sync replicas than required.";
    NotEnoughReplicasAfterAppend = 20, "NOT_ENOUGH_REPLICAS_AFTER_APPEND", "org.apache.kafka.common.errors.NotEnoughReplicasAfterAppendException", true, false,
        "Messages are written to the log, but to fewer in-sync replicas than required.";
    InvalidRequiredAcks = 21, "INVALID_REQUIRED_ACKS", "org.apache.kafka.common.errors.InvalidRequiredAcksException", false, false,
        "Produce request specified an invalid value for required acks.";
    IllegalGeneration = 22, "ILLEGAL_GENERATION", "org.apache.kafka.common.errors.IllegalGenerationException", false, false,
        "Specified group generation id is not valid.";
    InconsistentGroupProtocol = 23, "INCONSISTENT_GROUP_PROTOCOL", "org.apache.kafka.common.errors.InconsistentGroupProtocolException", false, false,
        "The group member's supported protocols are incompatible with those of existing members or first group member tried to join with empty protocol type or empty protocol list.";
    InvalidGroupId = 24, "INVALID_GROUP_ID", "org.apache.kafka.common.errors.InvalidGroupIdException", false, false,
        "The group id is invalid.";
    UnknownMemberId = 25, "UNKNOWN_MEMBER_ID", "org.apache.kafka.common.errors.UnknownMemberIdException", false, false,
        "The coordinator is not aware of this member.";
    InvalidSessionTimeout = 26, "INVALID_SESSION_TIMEOUT", "org.apache.kafka.common.errors.InvalidSessionTimeoutException", false, false,
        "The session timeout is not within the range allowed by the broker (as configured by group.min.session.timeout.ms and group.max.session.timeout.ms).";
    RebalanceInProgress = 27, "REBALANCE_IN_PROGRESS", "org.apache.kafka.common.errors.RebalanceInProgressException", false, false,
        "The group is rebalancing, so a rejoin is needed.";
    InvalidCommitOffsetSize = 28, "INVALID_COMMIT_OFFSET_SIZE", "org.apache.kafka.common.errors.InvalidCommitOffsetSizeException", false, false,
        "The committing offset data size is not valid.";
    TopicAuthorizationFailed = 29, "TOPIC_AUTHORIZATION_FAILED", "org.apache.kafka.common.errors.TopicAuthorizationException", false, false,
        "Topic authorization failed.";
    GroupAuthorizationFailed = 30, "GROUP_AUTHORIZATION_FAILED", "org.apache.kafka.common.errors.GroupAuthorizationException", false, false,
        "Group authorization failed.";
    ClusterAuthorizationFailed = 31, "CLUSTER_AUTHORIZATION_FAILED", "org.apache.kafka.common.errors.ClusterAuthorizationException", false, false,
        "Cluster authorization failed.";
    InvalidTimestamp = 32, "INVALID_TIMESTAMP", "org.apache.kafka.common.errors.InvalidTimestampException", false, false,
        "The timestamp of the message is out of acceptable range.";
    UnsupportedSaslMechanism = 33, "UNSUPPORTED_SASL_MECHANISM", "org.apache.kafka.common.errors.UnsupportedSaslMechanismException", false, false,
        "The broker does not support the requested SASL mechanism.";
    IllegalSaslState = 34, "ILLEGAL_SASL_STATE", "org.apache.kafka.common.errors.IllegalSaslStateException", false, false,
        "Request is not valid given the current SASL state.";
    UnsupportedVersion = 35, "UNSUPPORTED_VERSION", "org.apache.kafka.common.errors.UnsupportedVersionException", false, false,
        "The version of API is not supported.";
    TopicAlreadyExists = 36, "TOPIC_ALREADY_EXISTS", "org.apache.kafka.common.errors.TopicExistsException", false, false,
        "Topic with this name already exists.";
    InvalidPartitions = 37, "INVALID_PARTITIONS", "org.apache.kafka.common.errors.InvalidPartitionsException", false, false,
        "Number of partitions is below 1.";
    InvalidReplicationFactor = 38, "INVALID_REPLICATION_FACTOR", "org.apache.kafka.common.errors.InvalidReplicationFactorException", false, false,
        "Replication factor is below 1 or larger than the number of available brokers.";
    InvalidReplicaAssignment = 39, "INVALID_REPLICA_ASSIGNMENT", "org.apache.kafka.common.errors.InvalidReplicaAssignmentException", false, false,
        "Replica assignment is invalid.";
    InvalidConfig = 40, "INVALID_CONFIG", "org.apache.kafka.common.errors.InvalidConfigurationException", false, false,
        "Configuration is invalid.";
    NotController = 41, "NOT_CONTROLLER", "org.apache.kafka.common.errors.NotControllerException", true, false,
        "This is not the correct controller for this cluster.";
    InvalidRequest = 42, "INVALID_REQUEST", "org.apache.kafka.common.errors.InvalidRequestException", false, false,
        "This most likely occurs because of a request being malformed by the client library or the message was sent to an incompatible broker. See the broker logs for more details.";
    UnsupportedForMessageFormat = 43, "UNSUPPORTED_FOR_MESSAGE_FORMAT", "org.apache.kafka.common.errors.UnsupportedForMessageFormatException", false, false,
        "The message format version on the broker does not support the request.";
    PolicyViolation = 44, "POLICY_VIOLATION", "org.apache.kafka.common.errors.PolicyViolationException", false, false,
        "Request parameters do not satisfy the configured policy.";
    OutOfOrderSequenceNumber = 45, "OUT_OF_ORDER_SEQUENCE_NUMBER", "org.apache.kafka.common.errors.OutOfOrderSequenceException", false, false,
        "The broker received an out of order sequence number.";
    DuplicateSequenceNumber = 46, "DUPLICATE_SEQUENCE_NUMBER", "org.apache.kafka.common.errors.DuplicateSequenceException", false, false,
        "The broker received a duplicate sequence number.";
    InvalidProducerEpoch = 47, "INVALID_PRODUCER_EPOCH", "org.apache.kafka.common.errors.InvalidProducerEpochException", false, false,
        "Producer attempted to produce with an old epoch.";
    InvalidTxnState = 48, "INVALID_TXN_STATE", "org.apache.kafka.common.errors.InvalidTxnStateException", false, false,
        "The producer attempted a transactional operation in an invalid state.";
    InvalidProducerIdMapping = 49, "INVALID_PRODUCER_ID_MAPPING", "org.apache.kafka.common.errors.InvalidPidMappingException", false, false,
        "The producer attempted to use a producer id which is not currently assigned to its transactional id.";
    InvalidTransactionTimeout = 50, "INVALID_TRANSACTION_TIMEOUT", "org.apache.kafka.common.errors.InvalidTxnTimeoutException", false, false,
        "The transaction timeout is larger than the maximum value allowed by the broker (as configured by transaction.max.timeout.ms).";
    ConcurrentTransactions = 51, "CONCURRENT_TRANSACTIONS", "org.apache.kafka.common.errors.ConcurrentTransactionsException", true, false,
        "The producer attempted to update a transaction while another concurrent operation on the same transaction was ongoing.";
    TransactionCoordinatorFenced = 52, "TRANSACTION_COORDINATOR_FENCED", "org.apache.kafka.common.errors.TransactionCoordinatorFencedException", false, false,
        "Indicates that the transaction coordinator sending a WriteTxnMarker is no longer the current coordinator for a given producer.";
    TransactionalIdAuthorizationFailed = 53, "TRANSACTIONAL_ID_AUTHORIZATION_FAILED", "org.apache.kafka.common.errors.TransactionalIdAuthorizationException", false, false,
        "Transactional Id authorization failed.";
    SecurityDisabled = 54, "SECURITY_DISABLED", "org.apache.kafka.common.errors.SecurityDisabledException", false, false,
        "Security features are disabled.";
    OperationNotAttempted = 55, "OPERATION_NOT_ATTEMPTED", "org.apache.kafka.common.errors.OperationNotAttemptedException", false, false,
        "The broker did not attempt to execute this operation. This may happen for batched RPCs where some operations in the batch failed, causing the broker to respond without trying the rest.";
    KafkaStorageError = 56, "KAFKA_STORAGE_ERROR", "org.apache.kafka.common.errors.KafkaStorageException", true, true,
        "Disk error when trying to access log file on the disk.";
    LogDirNotFound = 57, "LOG_DIR_NOT_FOUND", "org.apache.kafka.common.errors.LogDirNotFoundException", false, false,
        "The user-specified log directory is not found in the broker config.";
    SaslAuthenticationFailed = 58, "SASL_AUTHENTICATION_FAILED", "org.apache.kafka.common.errors.SaslAuthenticationException", false, false,
        "SASL Authentication failed.";
    UnknownProducerId = 59, "UNKNOWN_PRODUCER_ID", "org.apache.kafka.common.errors.UnknownProducerIdException", false, false,
        "This exception is raised by the broker if it could not locate the producer metadata associated with the producerId in question. This could happen if, for instance, the producer's records were deleted because their retention time had elapsed. Once the last records of the producerId are removed, the producer's metadata is removed from the broker, and future appends by the producer will return this exception.";
    ReassignmentInProgress = 60, "REASSIGNMENT_IN_PROGRESS", "org.apache.kafka.common.errors.ReassignmentInProgressException", false, false,
        "A partition reassignment is in progress.";
    DelegationTokenAuthDisabled = 61, "DELEGATION_TOKEN_AUTH_DISABLED", "org.apache.kafka.common.errors.DelegationTokenDisabledException", false, false,
        "Delegation Token feature is not enabled.";
    DelegationTokenNotFound = 62, "DELEGATION_TOKEN_NOT_FOUND", "org.apache.kafka.common.errors.DelegationTokenNotFoundException", false, false,
        "Delegation Token is not found on server.";
    DelegationTokenOwnerMismatch = 63, "DELEGATION_TOKEN_OWNER_MISMATCH", "org.apache.kafka.common.errors.DelegationTokenOwnerMismatchException", false, false,
        "Specified Principal is not valid Owner/Renewer.";
    DelegationTokenRequestNotAllowed = 64, "DELEGATION_TOKEN_REQUEST_NOT_ALLOWED", "org.apache.kafka.common.errors.UnsupportedByAuthenticationException", false, false,
        "Delegation Token requests are not allowed on PLAINTEXT/1-way SSL channels and on delegation token authenticated channels.";
    DelegationTokenAuthorizationFailed = 65, "DELEGATION_TOKEN_AUTHORIZATION_FAILED", "org.apache.kafka.common.errors.DelegationTokenAuthorizationException", false, false,
        "Delegation Token authorization failed.";
    DelegationTokenExpired = 66, "DELEGATION_TOKEN_EXPIRED", "org.apache.kafka.common.errors.DelegationTokenExpiredException", false, false,
        "Delegation Token is expired.";
    InvalidPrincipalType = 67, "INVALID_PRINCIPAL_TYPE", "org.apache.kafka.common.errors.InvalidPrincipalTypeException", false, false,
        "Supplied principalType is not supported.";
    NonEmptyGroup = 68, "NON_EMPTY_GROUP", "org.apache.kafka.common.errors.GroupNotEmptyException", false, false,
        "The group is not empty.";
    GroupIdNotFound = 69, "GROUP_ID_NOT_FOUND", "org.apache.kafka.common.errors.GroupIdNotFoundException", false, false,
        "The group id does not exist.";
    FetchSessionIdNotFound = 70, "FETCH_SESSION_ID_NOT_FOUND", "org.apache.kafka.common.errors.FetchSessionIdNotFoundException", true, false,
        "The fetch session ID was not found.";
    InvalidFetchSessionEpoch = 71, "INVALID_FETCH_SESSION_EPOCH", "org.apache.kafka.common.errors.InvalidFetchSessionEpochException", true, false,
        "The fetch session epoch is invalid.";
    ListenerNotFound = 72, "LISTENER_NOT_FOUND", "org.apache.kafka.common.errors.ListenerNotFoundException", true, true,
        "There is no listener on the leader broker that matches the listener on which metadata request was processed.";
    TopicDeletionDisabled = 73, "TOPIC_DELETION_DISABLED", "org.apache.kafka.common.errors.TopicDeletionDisabledException", false, false,
        "Topic deletion is disabled.";
    FencedLeaderEpoch = 74, "FENCED_LEADER_EPOCH", "org.apache.kafka.common.errors.FencedLeaderEpochException", true, true,
        "The leader epoch in the request is older than the epoch on the broker.";
    UnknownLeaderEpoch = 75, "UNKNOWN_LEADER_EPOCH", "org.apache.kafka.common.errors.UnknownLeaderEpochException", true, false,
        "The leader epoch in the request is newer than the epoch on the broker.";
    UnsupportedCompressionType = 76, "UNSUPPORTED_COMPRESSION_TYPE", "org.apache.kafka.common.errors.UnsupportedCompressionTypeException", false, false,
        "The requesting client does not support the compression type of given partition.";
    StaleBrokerEpoch = 77, "STALE_BROKER_EPOCH", "org.apache.kafka.common.errors.StaleBrokerEpochException", false, false,
        "Broker epoch has changed.";
    OffsetNotAvailable = 78, "OFFSET_NOT_AVAILABLE", "org.apache.kafka.common.errors.OffsetNotAvailableException", true, false,
        "The leader high watermark has not caught up from a recent leader election so the offsets cannot be guaranteed to be monotonically increasing.";
    MemberIdRequired = 79, "MEMBER_ID_REQUIRED", "org.apache.kafka.common.errors.MemberIdRequiredException", false, false,
        "The group member needs to have a valid member id before actually entering a consumer group.";
    PreferredLeaderNotAvailable = 80, "PREFERRED_LEADER_NOT_AVAILABLE", "org.apache.kafka.common.errors.PreferredLeaderNotAvailableException", true, true,
        "The preferred leader was not available.";
    GroupMaxSizeReached = 81, "GROUP_MAX_SIZE_REACHED", "org.apache.kafka.common.errors.GroupMaxSizeReachedException", false, false,
        "The group has reached its maximum size.";
    FencedInstanceId = 82, "FENCED_INSTANCE_ID", "org.apache.kafka.common.errors.FencedInstanceIdException", false, false,
        "The broker rejected this static consumer since another consumer with the same group.instance.id has registered with a different member.id.";
    EligibleLeadersNotAvailable = 83, "ELIGIBLE_LEADERS_NOT_AVAILABLE", "org.apache.kafka.common.errors.EligibleLeadersNotAvailableException", true, true,
        "Eligible topic partition leaders are not available.";
    ElectionNotNeeded = 84, "ELECTION_NOT_NEEDED", "org.apache.kafka.common.errors.ElectionNotNeededException", true, true,
        "Leader election not needed for topic partition.";
    NoReassignmentInProgress = 85, "NO_REASSIGNMENT_IN_PROGRESS", "org.apache.kafka.common.errors.NoReassignmentInProgressException", false, false,
        "No partition reassignment is in progress.";
    GroupSubscribedToTopic = 86, "GROUP_SUBSCRIBED_TO_TOPIC", "org.apache.kafka.common.errors.GroupSubscribedToTopicException", false, false,
        "Deleting offsets of a topic is forbidden while the consumer group is actively subscribed to it.";
    InvalidRecord = 87, "INVALID_RECORD", "org.apache.kafka.common.InvalidRecordException", false, false,
        "This record has failed the validation on broker and hence will be rejected.";
    UnstableOffsetCommit = 88, "UNSTABLE_OFFSET_COMMIT", "org.apache.kafka.common.errors.UnstableOffsetCommitException", true, false,
        "There are unstable offsets that need to be cleared.";
    ThrottlingQuotaExceeded = 89, "THROTTLING_QUOTA_EXCEEDED", "org.apache.kafka.common.errors.ThrottlingQuotaExceededException", true, false,
        "The throttling quota has been exceeded.";
    ProducerFenced = 90, "PRODUCER_FENCED", "org.apache.kafka.common.errors.ProducerFencedException", false, false,
        "There is a newer producer with the same transactionalId which fences the current one.";
    ResourceNotFound = 91, "RESOURCE_NOT_FOUND", "org.apache.kafka.common.errors.ResourceNotFoundException", false, false,
        "A request illegally referred to a resource that does not exist.";
    DuplicateResource = 92, "DUPLICATE_RESOURCE", "org.apache.kafka.common.errors.DuplicateResourceException", false, false,
        "A request illegally referred to the same resource twice.";
    UnacceptableCredential = 93, "UNACCEPTABLE_CREDENTIAL", "org.apache.kafka.common.errors.UnacceptableCredentialException", false, false,
        "Requested credential would not meet criteria for acceptability.";
    InconsistentVoterSet = 94, "INCONSISTENT_VOTER_SET", "org.apache.kafka.common.errors.InconsistentVoterSetException", false, false,
        "Indicates that the either the sender or recipient of a voter-only request is not one of the expected voters.";
    InvalidUpdateVersion = 95, "INVALID_UPDATE_VERSION", "org.apache.kafka.common.errors.InvalidUpdateVersionException", false, false,
        "The given update version was invalid.";
    FeatureUpdateFailed = 96, "FEATURE_UPDATE_FAILED", "org.apache.kafka.common.errors.FeatureUpdateFailedException", false, false,
        "Unable to update finalized features due to an unexpected server error.";
    PrincipalDeserializationFailure = 97, "PRINCIPAL_DESERIALIZATION_FAILURE", "org.apache.kafka.common.errors.PrincipalDeserializationException", false, false,
        "Request principal deserialization failed during forwarding. This indicates an internal error on the broker cluster security setup.";
    SnapshotNotFound = 98, "SNAPSHOT_NOT_FOUND", "org.apache.kafka.common.errors.SnapshotNotFoundException", false, false,
        "Requested snapshot was not found.";
    PositionOutOfRange = 99, "POSITION_OUT_OF_RANGE", "org.apache.kafka.common.errors.PositionOutOfRangeException", false, false,
        "Requested position is not greater than or equal to zero, and less than the size of the snapshot.";
    UnknownTopicId = 100, "UNKNOWN_TOPIC_ID", "org.apache.kafka.common.errors.UnknownTopicIdException", true, true,
        "This server does not host this topic ID.";
    DuplicateBrokerRegistration = 101, "DUPLICATE_BROKER_REGISTRATION", "org.apache.kafka.common.errors.DuplicateBrokerRegistrationException", false, false,
        "This broker ID is already in use.";
    BrokerIdNotRegistered = 102, "BROKER_ID_NOT_REGISTERED", "org.apache.kafka.common.errors.BrokerIdNotRegisteredException", false, false,
        "The given broker ID was not registered.";
    InconsistentTopicId = 103, "INCONSISTENT_TOPIC_ID", "org.apache.kafka.common.errors.InconsistentTopicIdException", true, true,
        "The log's topic ID did not match the topic ID in the request.";
    InconsistentClusterId = 104, "INCONSISTENT_CLUSTER_ID", "org.apache.kafka.common.errors.InconsistentClusterIdException", false, false,
        "The clusterId in the request does not match that found on the server.";
    TransactionalIdNotFound = 105, "TRANSACTIONAL_ID_NOT_FOUND", "org.apache.kafka.common.errors.TransactionalIdNotFoundException", false, false,
        "The transactionalId could not be found.";
    FetchSessionTopicIdError = 106, "FETCH_SESSION_TOPIC_ID_ERROR", "org.apache.kafka.common.errors.FetchSessionTopicIdException", true, false,
        "The fetch session encountered inconsistent topic ID usage.";
    IneligibleReplica = 107, "INELIGIBLE_REPLICA", "org.apache.kafka.common.errors.IneligibleReplicaException", false, false,
        "The new ISR contains at least one ineligible replica.";
    NewLeaderElected = 108, "NEW_LEADER_ELECTED", "org.apache.kafka.common.errors.NewLeaderElectedException", false, false,
        "The AlterPartition request successfully updated the partition state but the leader has changed.";
    OffsetMovedToTieredStorage = 109, "OFFSET_MOVED_TO_TIERED_STORAGE", "org.apache.kafka.common.errors.OffsetMovedToTieredStorageException", false, false,
        "The requested offset is moved to tiered storage.";
    FencedMemberEpoch = 110, "FENCED_MEMBER_EPOCH", "org.apache.kafka.common.errors.FencedMemberEpochException", false, false,
        "The member epoch is fenced by the group coordinator. The member must abandon all its partitions and rejoin.";
    UnreleasedInstanceId = 111, "UNRELEASED_INSTANCE_ID", "org.apache.kafka.common.errors.UnreleasedInstanceIdException", false, false,
        "The instance ID is still used by another member in the consumer group. That member must leave first.";
    UnsupportedAssignor = 112, "UNSUPPORTED_ASSIGNOR", "org.apache.kafka.common.errors.UnsupportedAssignorException", false, false,
        "The assignor or its version range is not supported by the consumer group.";
    StaleMemberEpoch = 113, "STALE_MEMBER_EPOCH", "org.apache.kafka.common.errors.StaleMemberEpochException", false, false,
        "The member epoch is stale. The member must retry after receiving its updated member epoch via the ConsumerGroupHeartbeat API.";
    MismatchedEndpointType = 114, "MISMATCHED_ENDPOINT_TYPE", "org.apache.kafka.common.errors.MismatchedEndpointTypeException", false, false,
        "The request was sent to an endpoint of the wrong type.";
    UnsupportedEndpointType = 115, "UNSUPPORTED_ENDPOINT_TYPE", "org.apache.kafka.common.errors.UnsupportedEndpointTypeException", false, false,
        "This endpoint type is not supported yet.";
    UnknownControllerId = 116, "UNKNOWN_CONTROLLER_ID", "org.apache.kafka.common.errors.UnknownControllerIdException", false, false,
        "This controller ID is not known.";
    UnknownSubscriptionId = 117, "UNKNOWN_SUBSCRIPTION_ID", "org.apache.kafka.common.errors.UnknownSubscriptionIdException", false, false,
        "Client sent a push telemetry request with an invalid or outdated subscription ID.";
    TelemetryTooLarge = 118, "TELEMETRY_TOO_LARGE", "org.apache.kafka.common.errors.TelemetryTooLargeException", false, false,
        "Client sent a push telemetry request larger than the maximum size the broker will accept.";
    InvalidRegistration = 119, "INVALID_REGISTRATION", "org.apache.kafka.common.errors.InvalidRegistrationException", false, false,
        "The controller has considered the broker registration to be invalid.";
    TransactionAbortable = 120, "TRANSACTION_ABORTABLE", "org.apache.kafka.common.errors.TransactionAbortableException", false, false,
        "The server encountered an error with the transaction. The client can abort the transaction to continue using this transactional ID.";
    InvalidRecordState = 121, "INVALID_RECORD_STATE", "org.apache.kafka.common.errors.InvalidRecordStateException", false, false,
        "The record state is invalid. The acknowledgement of delivery could not be completed.";
    ShareSessionNotFound = 122, "SHARE_SESSION_NOT_FOUND", "org.apache.kafka.common.errors.ShareSessionNotFoundException", true, false,
        "The share session was not found.";
    InvalidShareSessionEpoch = 123, "INVALID_SHARE_SESSION_EPOCH", "org.apache.kafka.common.errors.InvalidShareSessionEpochException", true, false,
        "The share session epoch is invalid.";
    FencedStateEpoch = 124, "FENCED_STATE_EPOCH", "org.apache.kafka.common.errors.FencedStateEpochException", false, false,
        "The share coordinator rejected the request because the share-group state epoch did not match.";
    InvalidVoterKey = 125, "INVALID_VOTER_KEY", "org.apache.kafka.common.errors.InvalidVoterKeyException", false, false,
        "The voter key doesn't match the receiving replica's key.";
    DuplicateVoter = 126, "DUPLICATE_VOTER", "org.apache.kafka.common.errors.DuplicateVoterException", false, false,
        "The voter is already part of the set of voters.";
    VoterNotFound = 127, "VOTER_NOT_FOUND", "org.apache.kafka.common.errors.VoterNotFoundException", false, false,
        "The voter is not part of the set of voters.";
    InvalidRegularExpression = 128, "INVALID_REGULAR_EXPRESSION", "org.apache.kafka.common.errors.InvalidRegularExpression", false, false,
        "The regular expression is not valid.";
    RebootstrapRequired = 129, "REBOOTSTRAP_REQUIRED", "org.apache.kafka.common.errors.RebootstrapRequiredException", false, false,
        "Client metadata is stale. The client should rebootstrap to obtain new metadata.";
    StreamsInvalidTopology = 130, "STREAMS_INVALID_TOPOLOGY", "org.apache.kafka.common.errors.StreamsInvalidTopologyException", false, false,
        "The supplied topology is invalid.";
    StreamsInvalidTopologyEpoch = 131, "STREAMS_INVALID_TOPOLOGY_EPOCH", "org.apache.kafka.common.errors.StreamsInvalidTopologyEpochException", false, false,
        "The supplied topology epoch is invalid.";
    StreamsTopologyFenced = 132, "STREAMS_TOPOLOGY_FENCED", "org.apache.kafka.common.errors.StreamsTopologyFencedException", false, false,
        "The supplied topology epoch is outdated.";
    ShareSessionLimitReached = 133, "SHARE_SESSION_LIMIT_REACHED", "org.apache.kafka.common.errors.ShareSessionLimitReachedException", true, false,
        "The limit of share sessions has been reached.";
}

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
